//! Aggregates of a group over the related rows of its members that cannot be made of the aggregates of each member: distinct
//! values, deviations, texts put together. They are over the pairs of members and related rows, in a sub-query that reads
//! the group's members again.

use super::Typed;
use super::binder::{Binder, Place};
use crate::expr::{Aggregate, Expr};
use crate::prepare::CompileError;
use crate::query::{Grouping, NamedJoin, QuerySet};

/// The name of the related rows in the sub-query.
const RELATED: &str = "related rows";

impl Binder<'_> {
    /// The aggregate as a sub-query; `None` when it cannot be one.
    pub(super) fn over_pairs(
        &mut self,
        at: Place,
        aggregate: &Aggregate,
        path: &[String],
    ) -> Option<Result<Typed, CompileError>> {
        let query = self.frames[at.frame()].query.as_deref()?;
        let group = query.group.as_ref()?;
        let mut value = Expr::Aggregate(Box::new(aggregate.clone()));
        if !led_through(&mut value, path) || speaks_of_outer(query, 0) {
            return None;
        }
        let isnull = |value: Expr| Expr::lookup(value, "isnull", Vec::new());
        let mut conditions: Vec<Expr> = query.filter.iter().cloned().collect();
        conditions.push(Expr::Not(Box::new(isnull(Expr::name(RELATED)))));
        for (name, key) in &group.keys {
            let outer = Expr::Outer { levels: 1, path: vec![name.clone()] };
            conditions.push(Expr::Or(vec![
                Expr::lookup(key.clone(), "exact", vec![outer.clone()]),
                Expr::And(vec![isnull(key.clone()), isnull(outer)]),
            ]));
        }
        let rows = group.row_annotations;
        let join = NamedJoin { name: RELATED.to_owned(), path: path.to_vec(), on: None };
        let pairs = QuerySet {
            manager: query.manager,
            source: query.source.clone(),
            joins: query.joins.iter().cloned().chain([join]).collect(),
            annotations: query.annotations.iter().take(rows).cloned().collect(),
            filter: Some(Expr::And(conditions)),
            group: Some(Grouping { keys: Vec::new(), row_annotations: rows }),
            columns: vec![("value".to_owned(), value)],
            ..QuerySet::all(query.model)
        };
        Some(self.scalar(at, &Expr::Query(Box::new(pairs))))
    }
}

/// Leads the paths through the relation through its name; false when one leads elsewhere from where it begins.
fn led_through(expr: &mut Expr, path: &[String]) -> bool {
    match expr {
        Expr::Path(names) if names.starts_with(path) => {
            names.splice(..path.len(), [RELATED.to_owned()]);
            true
        }
        Expr::Path(names) => names.first() != path.first(),
        Expr::Annotated { .. } | Expr::Related { .. } | Expr::Outer { .. } => false,
        Expr::Query(_) | Expr::Exists(_) | Expr::InQuery { .. } => false,
        _ => {
            let mut all = true;
            expr.each_part(&mut |part| all &= led_through(part, path));
            all
        }
    }
}

/// Whether a query speaks of one around it, which would be one level further away.
fn speaks_of_outer(query: &QuerySet, depth: u8) -> bool {
    fn of_expr(expr: &mut Expr, depth: u8) -> bool {
        match expr {
            Expr::Outer { levels, .. } => *levels > depth,
            Expr::Query(query) | Expr::Exists(query) => speaks_of_outer(query, depth + 1),
            Expr::InQuery { left, query } => of_expr(left, depth) || speaks_of_outer(query, depth + 1),
            Expr::Related { filter, .. } => of_expr(filter, depth + 1),
            _ => {
                let mut found = false;
                expr.each_part(&mut |part| found |= of_expr(part, depth));
                found
            }
        }
    }
    let mut found = false;
    query.clone().each_part(&mut |part| found |= of_expr(part, depth));
    found
}
