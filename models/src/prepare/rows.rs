//! The bind and compile stages for a query whose rows are read as values, not written as JSON.

use super::{CompileError, Target};
use crate::bind::Binder;
use crate::compile::{Compiler, Statement};
use crate::query::QuerySet;
use crate::registry::{LogicalType, Registry, SqliteEncoding};

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
    let select = compiler.select(&bound)?;
    // The columns that only the ordering needs come last and are not read.
    let columns = bound
        .columns
        .iter()
        .take(bound.columns.len() - bound.for_order)
        .map(|(typed, name)| RowsColumn {
            name: name.clone().unwrap_or_default(),
            logical: typed.logical.clone(),
            encoding: typed.encoding,
            nullable: typed.nullable,
        })
        .collect();
    Ok(RowsStatement { statement: compiler.finish(&select), columns })
}
