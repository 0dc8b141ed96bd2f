//! Nodes whose rows are values made of many rows: aggregates of a query, of the related rows of each parent, of groups.

use super::page::{self, Beside, Columns, GroupQuery, Keys};
use super::{
    AggregateShape, CompileError, Link, NodeLink, Preparer, RowBuilder, Shape, Strategy, filter_of, quoted,
    shape,
};
use crate::bind::{Alias, Binder};
use crate::database::Dialect;
use crate::plan::{AggregateLoad, AggregateValue, PlanField};
use crate::registry::{Model, Relation};

impl Preparer<'_> {
    pub(super) fn aggregate(
        &mut self,
        load: &AggregateLoad,
        link: Link<'_>,
    ) -> Result<(usize, Vec<Shape<AggregateShape>>), CompileError> {
        let number = self.reserve(link);
        let query = &load.query;
        let mut binder = Binder::new(self.registry);
        binder.enter(query.model);
        binder.annotate(&query.annotations);
        let filter = filter_of(&mut binder, query)?;
        let model = self.registry.model(query.model);
        let keys = self.keys(link, model);
        let group = query.group.as_ref().map_or(&[][..], |group| &group.keys);
        let group = binder.group(group)?;
        let having = match &query.having {
            Some(having) => Some(binder.filter(having)?),
            None => None,
        };
        let order = binder.order(&query.order)?;
        let mut columns = Columns::new(keys.is_some() && self.target.dialect == Dialect::Postgres);
        let fields = values(&load.fields, &mut binder, &mut columns)?;
        let Some(scope) = binder.scope().cloned() else {
            return Err(CompileError::Invalid("a query ended before it began".to_owned()));
        };
        let grouped =
            GroupQuery { scope: &scope, filter, group, having, order, columns: &columns, keys, query };
        self.nodes[number].statement = page::grouped(grouped, &mut binder, self.registry, self.target)?;
        Ok((number, fields))
    }

    /// Whether aggregates of the rows that are related to a row are told beside it: where that saves a round trip, and each
    /// row comes once. Rows below other rows may come many times, and their aggregates are then computed once.
    pub(super) fn is_told_beside(&self, alias: Alias, builder: &RowBuilder<'_, '_>) -> bool {
        self.target.dialect == Dialect::Postgres
            && self.target.strategy != Strategy::Separate
            && alias == builder.alias
            && matches!(self.nodes[builder.node].link, NodeLink::Root)
    }

    /// Aggregates of related rows as columns of the row.
    pub(super) fn beside(
        &self,
        model: &Model,
        relation: &Relation,
        load: &AggregateLoad,
        builder: &mut RowBuilder<'_, '_>,
    ) -> Result<Vec<Shape<AggregateShape>>, CompileError> {
        let query = &load.query;
        let mut binder = builder.binder.beside();
        binder.enter(query.model);
        binder.annotate(&query.annotations);
        let filter = filter_of(&mut binder, query)?;
        // All related rows are one group.
        binder.group(&[])?;
        let mut columns = Columns::new(false);
        let mut fields = values(&load.fields, &mut binder, &mut columns)?;
        let Some(scope) = binder.leave() else {
            return Err(CompileError::Invalid("a query ended before it began".to_owned()));
        };
        builder.binder.go_on_after(&binder);
        let alias = builder.binder.alias();
        let places: Vec<usize> = columns
            .typed()
            .iter()
            .enumerate()
            .map(|(column, typed)| builder.columns.add(Beside::value(alias, column, typed)))
            .collect();
        moved(&mut fields, &places);
        let pairs = relation.through.as_ref().map_or(&relation.pairs, |through| &through.source);
        let of_row = pairs.iter().map(|(here, _)| crate::bind::column(builder.alias, model.field(*here)));
        builder.aggregates.push(Beside {
            alias,
            scope,
            filter,
            columns,
            keys: Keys::of_relation(self.registry, model, relation),
            of_row: of_row.collect(),
        });
        Ok(fields)
    }
}

/// Lets values be read from where their columns are now.
fn moved(fields: &mut [Shape<AggregateShape>], places: &[usize]) {
    for field in fields {
        match &mut field.value {
            AggregateShape::Column { column, .. } => {
                *column = places.get(*column).copied().unwrap_or(*column)
            }
            AggregateShape::Object(fields) => moved(fields, places),
            AggregateShape::Json(_) => {}
        }
    }
}

fn values(
    fields: &[PlanField<AggregateValue>],
    binder: &mut Binder<'_>,
    columns: &mut Columns,
) -> Result<Vec<Shape<AggregateShape>>, CompileError> {
    fields
        .iter()
        .map(|field| {
            let value = match &field.value {
                AggregateValue::Value { value, encoder, nullable } => {
                    let typed = binder.value(value)?;
                    AggregateShape::Column {
                        encoder: encoder.clone(),
                        logical: typed.logical.clone(),
                        encoding: typed.encoding,
                        nullable: *nullable,
                        column: columns.add(typed),
                    }
                }
                AggregateValue::Object(fields) => AggregateShape::Object(values(fields, binder, columns)?),
                AggregateValue::Typename(name) => AggregateShape::Json(quoted(name)),
            };
            Ok(shape(&field.key, value))
        })
        .collect()
}
