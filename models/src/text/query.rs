//! Sub-queries: `select … from Model where …`.

use super::error::TextError;
use super::read::Reader;
use crate::define::nearest;
use crate::expr::{Expr, Slot};
use crate::query::{Bound, Grouping, QuerySet, Scope};
use crate::registry::{Member, Model, Registry};
use crate::value::Value;
use sqlparser::ast::{
    Distinct, Expr as Tree, GroupByExpr, LimitClause, OrderByKind, Query, Select, SelectItem, SetExpr,
    Spanned, TableFactor,
};
use sqlparser::tokenizer::Span;

impl Reader<'_> {
    /// A sub-query that stands for a value or a list of values: it has one column.
    pub(super) fn value_query(&mut self, query: &Query) -> Result<QuerySet, TextError> {
        let select = self.select_of(query)?;
        let [SelectItem::UnnamedExpr(column)] = select.projection.as_slice() else {
            return Err(self
                .beside(select, "a sub-query has one column, without a name")
                .hint("(select max(views) from Post where author = outer.id)"));
        };
        let column = self.expression(column)?;
        let mut set = self.query(query, select)?;
        let model = self.registry.model(set.model);
        if set.group.is_none() && aggregates_rows(self.registry, model, &column) {
            set.group = Some(Grouping::default());
        }
        set.columns = vec![(column_name(&column), column)];
        Ok(set)
    }

    /// A sub-query of which only the rows matter.
    pub(super) fn exists_query(&mut self, query: &Query) -> Result<QuerySet, TextError> {
        let select = self.select_of(query)?;
        let counts = match select.projection.as_slice() {
            [SelectItem::Wildcard(_)] => true,
            [SelectItem::UnnamedExpr(column)] => {
                matches!(self.expression(column)?, Expr::Path(_) | Expr::Slot(Slot::Constant(_)))
            }
            _ => false,
        };
        if !counts {
            return Err(self
                .beside(select, "`exists` asks for rows, not for values")
                .hint("exists(select 1 from Post where …)"));
        }
        self.query(query, select)
    }

    fn beside(&self, select: &Select, message: &str) -> TextError {
        let span = select.projection.first().map_or(select.select_token.0.span, Spanned::span);
        let span = if span == Span::empty() { select.select_token.0.span } else { span };
        self.source.error(span, message)
    }

    fn select_of<'q>(&self, query: &'q Query) -> Result<&'q Select, TextError> {
        let plain = query.with.is_none()
            && query.fetch.is_none()
            && query.locks.is_empty()
            && query.for_clause.is_none()
            && query.settings.is_none()
            && query.format_clause.is_none()
            && query.pipe_operators.is_empty();
        match query.body.as_ref() {
            SetExpr::Select(select) if plain => Ok(select),
            _ => Err(self
                .source
                .error(query.span(), "this form of a sub-query has no meaning here")
                .hint("(select max(views) from Post where author = outer.id order by … limit 1)")),
        }
    }

    /// All but the columns.
    fn query(&mut self, query: &Query, select: &Select) -> Result<QuerySet, TextError> {
        let (model, manager) = self.source_of(select)?;
        let mut set = QuerySet { manager, ..QuerySet::all(model) };
        let plain = select.top.is_none()
            && select.exclude.is_none()
            && select.into.is_none()
            && select.lateral_views.is_empty()
            && select.prewhere.is_none()
            && select.connect_by.is_empty()
            && select.cluster_by.is_empty()
            && select.distribute_by.is_empty()
            && select.sort_by.is_empty()
            && select.named_window.is_empty()
            && select.qualify.is_none()
            && select.value_table_mode.is_none()
            && select.select_modifiers.is_none();
        if !plain {
            return Err(self.beside(select, "this form of a sub-query has no meaning here"));
        }
        set.distinct = match &select.distinct {
            None | Some(Distinct::All) => false,
            Some(Distinct::Distinct) => true,
            Some(Distinct::On(_)) => return Err(self.beside(select, "`distinct on` has no text form")),
        };
        if let Some(filter) = &select.selection {
            set.filter = Some(self.expression(filter)?);
        }
        set.group = self.group(&select.group_by)?;
        if let Some(having) = &select.having {
            set.having = Some(self.expression(having)?);
            if set.group.is_none() {
                return Err(self
                    .error(having, "`having` is of groups")
                    .hint("add `group by`, or write the condition after `where`"));
            }
        }
        if let Some(order) = &query.order_by {
            let OrderByKind::Expressions(keys) = &order.kind else {
                return Err(self.beside(select, "the ordering of the sub-query cannot be read"));
            };
            set.order = self.ordering(keys)?;
        }
        match &query.limit_clause {
            None => {}
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
                set.limit = limit.as_ref().map(|limit| self.bound(limit)).transpose()?;
                set.offset = offset.as_ref().map(|offset| self.bound(&offset.value)).transpose()?;
            }
            Some(_) => return Err(self.beside(select, "write `limit 10 offset 20`")),
        }
        Ok(set)
    }

    fn source_of(&self, select: &Select) -> Result<(crate::registry::ModelId, Scope), TextError> {
        let [table] = select.from.as_slice() else {
            return Err(self
                .beside(select, "a sub-query reads one model")
                .hint("(select max(views) from Post)"));
        };
        let TableFactor::Table { name, alias: None, args: None, .. } = &table.relation else {
            return Err(self
                .beside(select, "a sub-query reads one model")
                .hint("(select max(views) from Post)"));
        };
        if !table.joins.is_empty() {
            return Err(self
                .beside(select, "a sub-query reads one model")
                .hint("paths take the place of joins: author.name"));
        }
        let names: Vec<_> = name.0.iter().filter_map(|part| part.as_ident()).collect();
        let (Some(model_name), rest) = (names.first(), names.get(1..).unwrap_or_default()) else {
            return Err(self.beside(select, "the name of a model is missing"));
        };
        let Some(model) = self.registry.model_named(&model_name.value) else {
            let known = self
                .registry
                .models()
                .iter()
                .filter(|model| !model.implicit)
                .map(|model| model.name.as_str());
            return Err(self
                .source
                .error(model_name.span, format!("there is no model `{}`", model_name.value))
                .maybe_hint(
                    nearest(&model_name.value, known).map(|near| format!("did you mean `{near}`?")),
                ));
        };
        let scope = match rest.first() {
            None => Scope::Default,
            Some(manager) => {
                let position =
                    model.managers.iter().position(|known| known.name == manager.value).ok_or_else(|| {
                        let known = model.managers.iter().map(|manager| manager.name.as_str());
                        self.source
                            .error(manager.span, format!("{} has no manager `{}`", model.name, manager.value))
                            .maybe_hint(
                                nearest(&manager.value, known).map(|near| format!("did you mean `{near}`?")),
                            )
                    })?;
                if position == 0 { Scope::Default } else { Scope::Manager(position) }
            }
        };
        Ok((model.id, scope))
    }

    fn group(&mut self, group: &GroupByExpr) -> Result<Option<Grouping>, TextError> {
        let GroupByExpr::Expressions(keys, modifiers) = group else {
            return Ok(None);
        };
        if keys.is_empty() && modifiers.is_empty() {
            return Ok(None);
        }
        let mut named = Vec::with_capacity(keys.len());
        for tree in keys {
            match self.expression(tree)? {
                Expr::Path(path) if modifiers.is_empty() => named.push((path.join("."), Expr::Path(path))),
                _ => {
                    return Err(self
                        .error(tree, "a sub-query is grouped by names only")
                        .hint("group by author, category.name"));
                }
            }
        }
        Ok(Some(Grouping { keys: named, row_annotations: 0 }))
    }

    fn bound(&mut self, tree: &Tree) -> Result<Bound, TextError> {
        match self.expression(tree)? {
            Expr::Slot(Slot::Constant(Value::Int(count))) if count >= 0 => {
                Ok(Bound::Inline(count.unsigned_abs()))
            }
            _ => Err(self.error(tree, "a number of rows is a whole number that is written here")),
        }
    }
}

/// The name of a sub-query's only column.
pub(crate) fn column_name(column: &Expr) -> String {
    match column {
        Expr::Path(path) => path.join("."),
        _ => "value".to_owned(),
    }
}

/// Whether a column is one value of all rows: an aggregate stands in it that is not of each row's related rows.
pub(crate) fn aggregates_rows(registry: &Registry, model: &Model, expr: &Expr) -> bool {
    match expr {
        Expr::Aggregate(aggregate) => {
            let mut paths = Vec::new();
            for part in aggregate
                .arguments
                .iter()
                .chain(&aggregate.filter)
                .chain(aggregate.order.iter().map(|key| &key.key))
            {
                crate::bind::paths_of(part, &mut paths);
            }
            !paths.into_iter().any(|path| leads_to_many(registry, model, path))
        }
        Expr::Query(_) | Expr::Exists(_) | Expr::Window(_) => false,
        Expr::InQuery { left, .. } => aggregates_rows(registry, model, left),
        other => {
            let mut found = false;
            other.clone().each_part(&mut |part| found |= aggregates_rows(registry, model, part));
            found
        }
    }
}

fn leads_to_many(registry: &Registry, model: &Model, path: &[String]) -> bool {
    let mut model = model;
    for name in path {
        let Some(Member::Relation(id)) = model.member(name) else { return false };
        let relation = model.relation(id);
        if !relation.is_to_one() {
            return true;
        }
        model = registry.model(relation.target);
    }
    false
}
