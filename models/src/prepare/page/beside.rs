//! Aggregates of the related rows of each row of a page, told beside the row.

use super::{Columns, Keys, KeysAt, PageQuery, column_name, core};
use crate::bind::{Alias, Binder, BoundExpr, Scalar, TableScope, Typed};
use crate::compile::Compiler;
use crate::prepare::CompileError;
use crate::query::QuerySet;
use crate::registry::Registry;
use crate::sql::{From, Join, Sql, Table};

/// Aggregates of the related rows of each row of a page, joined to it (PostgreSQL). As a page of their own they would cost a
/// round trip more, and PostgreSQL would do the same: look the related rows up for one row after the other.
#[derive(Debug)]
pub(in crate::prepare) struct Beside {
    /// Alias of what is joined.
    pub(in crate::prepare) alias: Alias,
    /// The related rows.
    pub(in crate::prepare) scope: TableScope,
    /// Which of them.
    pub(in crate::prepare) filter: Option<BoundExpr>,
    /// The values.
    pub(in crate::prepare) columns: Columns,
    /// How they are found.
    pub(in crate::prepare) keys: Keys,
    /// The keys in the row of the page.
    pub(in crate::prepare) of_row: Vec<Typed>,
}

impl Beside {
    /// One of its values, as a column of the page.
    pub(in crate::prepare) fn value(alias: Alias, column: usize, typed: &Typed) -> Typed {
        Typed { scalar: Scalar::Column { alias, column: column_name(column) }, ..typed.clone() }
    }

    /// The sub-query. `outside` says how a column of the page is written there.
    pub(super) fn beside(
        &self,
        mut outside: impl FnMut(Sql) -> Sql,
        binder: &mut Binder<'_>,
        registry: &Registry,
        compiler: &mut Compiler<'_>,
    ) -> Result<From, CompileError> {
        let mut keys = Vec::with_capacity(self.of_row.len());
        for key in &self.of_row {
            keys.push(outside(compiler.scalar(key)?));
        }
        let (all, none) = (QuerySet::all(self.scope.model), Columns::new(false));
        let page = PageQuery {
            query: &all,
            beyond: 0,
            scope: &self.scope,
            filter: self.filter.clone(),
            order: Vec::new(),
            distinct_on: Vec::new(),
            columns: &none,
            keys: Some(self.keys.clone()),
            aggregates: &[],
        };
        let mut rows = core(&page, binder, registry, compiler, KeysAt::Row(&keys))?;
        for (index, typed) in self.columns.typed.iter().enumerate() {
            rows.columns.push((compiler.scalar(typed)?, Some(column_name(index))));
        }
        if rows.columns.is_empty() {
            // Without an aggregate there would be a row for each row, not one of all.
            rows.columns.push((Sql::CountAll, None));
        }
        let table = Table::Derived { select: Box::new(rows), alias: self.alias.name() };
        Ok(From { join: Join::Lateral, table, on: None })
    }
}
