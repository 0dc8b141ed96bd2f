//! The bind and compile stages for a query whose rows are read as values, not written as JSON.

use super::{CompileError, Target};
use crate::bind::Binder;
use crate::compile::{Compiler, Statement};
use crate::query::QuerySet;
use crate::registry::{LogicalType, Registry, SqliteEncoding};
use crate::sql::{From, Join, Order, Select, Sql, Table};

/// A query compiled for one database.
#[derive(Debug, Clone, PartialEq)]
pub struct RowsStatement {
    /// The statement.
    pub statement: Statement,
    /// Its columns in order.
    pub columns: Vec<RowsColumn>,
}

/// A column of a query.
#[derive(Debug, Clone, PartialEq)]
pub struct RowsColumn {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub logical: LogicalType,
    /// How SQLite gives them.
    pub encoding: SqliteEncoding,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// Compiles a query.
///
/// # Errors
/// When a name is unknown, parts do not go together, or the database lacks what the query needs.
pub fn prepare_rows(
    query: &QuerySet,
    registry: &Registry,
    target: &Target,
) -> Result<RowsStatement, CompileError> {
    let bound = Binder::new(registry).query(query)?;
    let mut compiler = Compiler::new(target);
    let mut select = compiler.select(&bound)?;
    if !bound.distinct_on.is_empty() && target.dialect == crate::database::Dialect::Sqlite {
        select = first_of_each(select);
    }
    let columns = bound
        .columns
        .iter()
        .map(|(typed, name)| RowsColumn {
            name: name.clone().unwrap_or_default(),
            logical: typed.logical.clone(),
            encoding: typed.encoding,
            nullable: typed.nullable,
        })
        .collect();
    Ok(RowsStatement { statement: compiler.finish(&select), columns })
}

/// DISTINCT ON for SQLite: the rows of each combination are numbered in the query's order, and the first ones kept.
fn first_of_each(mut select: Select) -> Select {
    const INNER: &str = "numbered";
    const NUMBER: &str = "number";
    let partition = std::mem::take(&mut select.distinct_on);
    let order = std::mem::take(&mut select.order);
    let (limit, offset) = (select.limit.take(), select.offset.take());
    let columns: Vec<(Sql, Option<String>)> = std::mem::take(&mut select.columns);
    let mut outer = Select { limit, offset, ..Select::default() };
    for (index, (column, name)) in columns.into_iter().enumerate() {
        let inner = format!("c{index}");
        outer.columns.push((Sql::column(INNER, &inner), name));
        select.columns.push((column, Some(inner)));
    }
    for (index, key) in order.iter().enumerate() {
        let inner = format!("k{index}");
        outer.order.push(Order { key: Sql::column(INNER, &inner), ..key.clone() });
        select.columns.push((key.key.clone(), Some(inner)));
    }
    select.columns.push((Sql::RowNumber { partition, order }, Some(NUMBER.to_owned())));
    let table = Table::Derived { select: Box::new(select), alias: INNER.to_owned() };
    outer.from.push(From { join: Join::Inner, table, on: None });
    outer.filter = Some(Sql::binary(Sql::column(INNER, NUMBER), "=", Sql::Integer(1)));
    outer
}
