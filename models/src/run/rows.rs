//! Reading the rows of a query as values.

use super::{Arguments, RunError, parameters};
use crate::database::{Cell, Database, Engine};
use crate::prepare::{RowsColumn, RowsStatement};
use crate::value::postgres::pg_decode;
use crate::value::sqlite::{SqliteRef, decode};
use crate::value::{Value, ValueError};
use std::sync::Arc;
use std::time::Duration;

/// All rows. Dropping the future cancels the statement in the database.
///
/// # Errors
/// When the statement fails, takes longer than `timeout_ms`, or a column holds no value of its type.
pub async fn fetch_rows(
    database: &Database,
    statement: &Arc<RowsStatement>,
    arguments: &Arguments,
    timeout_ms: u64,
) -> Result<Vec<Vec<Value>>, RunError> {
    let parameters = parameters::of_statement(&statement.statement.slots, arguments, database.dialect())?;
    let work = async {
        match database.engine() {
            Engine::Postgres(pool) => {
                let session = pool.session().await?;
                let rows = session.query(&statement.statement.sql, &parameters).await?;
                rows.iter()
                    .map(|row| values(&statement.columns, |column| row.cell(column)))
                    .collect::<Result<Vec<_>, _>>()
            }
            Engine::Sqlite(pool) => {
                let statement = Arc::clone(statement);
                pool.read(move |session| {
                    let mut prepared = session.prepare(&statement.statement.sql)?;
                    for (index, parameter) in parameters.iter().enumerate() {
                        prepared.bind(index + 1, parameter)?;
                    }
                    let mut rows = Vec::new();
                    prepared.each(&mut |row| {
                        rows.push(values(&statement.columns, |column| row.cell(column))?);
                        Ok::<bool, RunError>(true)
                    })?;
                    Ok(rows)
                })
                .await
            }
        }
    };
    match tokio::time::timeout(Duration::from_millis(timeout_ms), work).await {
        Ok(Err(RunError::Timeout { .. })) | Err(_) => Err(RunError::Timeout { timeout_ms }),
        Ok(result) => result,
    }
}

/// Calls a function with each row as it comes, on a thread that may block; memory stays flat.
///
/// # Errors
/// As [`fetch_rows`], and those of the function.
pub async fn each_row<F>(
    database: &Database,
    statement: Arc<RowsStatement>,
    arguments: &Arguments,
    mut f: F,
) -> Result<(), RunError>
where
    F: FnMut(Vec<Value>) -> Result<(), RunError> + Send + 'static,
{
    let parameters = parameters::of_statement(&statement.statement.slots, arguments, database.dialect())?;
    let queries = vec![(statement.statement.sql.clone(), parameters)];
    database.each_row(queries, move |_, row| f(values(&statement.columns, |column| row.cell(column))?)).await
}

fn values<'r>(columns: &[RowsColumn], cell: impl Fn(usize) -> Cell<'r>) -> Result<Vec<Value>, RunError> {
    columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            value(column, cell(index)).map_err(|error| {
                RunError::Internal(format!(
                    "the column `{}` holds no value of its type: {error}",
                    column.name
                ))
            })
        })
        .collect()
}

fn value(column: &RowsColumn, cell: Cell<'_>) -> Result<Value, ValueError> {
    let stored = match cell {
        Cell::Null => return Ok(Value::Null),
        Cell::Binary(bytes) => return pg_decode(&column.logical, bytes),
        Cell::Integer(value) => SqliteRef::Integer(value),
        Cell::Real(value) => SqliteRef::Real(value),
        Cell::Text(value) => SqliteRef::Text(value),
        Cell::Blob(value) => SqliteRef::Blob(value),
    };
    decode(&column.logical, column.encoding, stored)
}
