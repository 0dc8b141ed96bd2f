//! Nodes whose rows are values made of many rows: aggregates of a query, of the related rows of each parent, of groups.

use super::page::{self, Columns, GroupQuery};
use super::{AggregateShape, CompileError, Link, Preparer, Shape, filter_of, quoted, shape};
use crate::bind::Binder;
use crate::database::Dialect;
use crate::plan::{AggregateLoad, AggregateValue, PlanField};

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
