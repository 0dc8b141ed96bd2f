//! Conditions and groups of values that are computed over the neighbours of rows. SQL computes those last, so the query that has
//! them becomes the source of another, which filters and groups its rows: Django's filters of window annotations.

use super::effective_order;
use crate::Registry;
use crate::expr::Expr;
use crate::query::{QuerySet, Scope, Source};

/// Whether a condition speaks of a value over neighbours.
pub(super) fn in_condition(query: &QuerySet, condition: &Expr) -> bool {
    has_window(query, query.annotations.len(), condition)
}

/// Whether one of the computed values is over neighbours.
pub(super) fn in_values(query: &QuerySet) -> bool {
    let mut values = query.annotations.iter().enumerate();
    values.any(|(position, (_, value))| has_window(query, position, value))
}

/// Whether an expression has a window, or names a value before the position that has one.
fn has_window(query: &QuerySet, before: usize, expr: &Expr) -> bool {
    match expr {
        Expr::Window(_) => true,
        Expr::Path(path) => {
            let name = path.join(".");
            let known = query.annotations[..before].iter().rposition(|(known, _)| *known == name);
            known.is_some_and(|position| has_window(query, position, &query.annotations[position].1))
        }
        // Other queries have windows of their own.
        Expr::Query(_) | Expr::Exists(_) => false,
        Expr::InQuery { left, .. } => has_window(query, before, left),
        _ => {
            let mut found = false;
            expr.clone().each_part(&mut |part| found |= has_window(query, before, part));
            found
        }
    }
}

/// A query whose rows are those of the given one. Rows of the model keep all of its columns under the columns' own names, so
/// that paths still begin at them.
pub(super) fn pushed_down(query: &QuerySet, registry: &Registry) -> QuerySet {
    let model = registry.model(query.model);
    let mut inner = query.clone();
    let (columns, hidden) = (std::mem::take(&mut inner.columns), std::mem::take(&mut inner.hidden));
    let order = effective_order(query, registry);
    inner.order.clear();
    let mut outer = QuerySet { manager: Scope::Unscoped, columns, order, ..QuerySet::all(query.model) };
    (outer.distinct, inner.distinct) = (query.distinct, false);
    outer.distinct_on = std::mem::take(&mut inner.distinct_on);
    (outer.reverse, inner.reverse) = (query.reverse, false);
    outer.lock = inner.lock.take();
    if query.group.is_none() && query.has_fields() {
        let fields = model.fields.iter();
        inner.columns = fields.map(|field| (field.column.clone(), Expr::name(field.name.clone()))).collect();
        let values = query.annotations.iter();
        inner.columns.extend(values.map(|(name, _)| (name.clone(), Expr::name(name.clone()))));
    }
    outer.hidden = hidden;
    outer.source = Some(Source::Query(Box::new(inner)));
    outer
}
