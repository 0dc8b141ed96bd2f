//! Reading the rows of a query as values.

use super::executor::{Executor, mixed};
use super::{Arguments, RunError, parameters};
use crate::database::postgres::PostgresSession;
use crate::database::sqlite::{SqliteSession, SqliteStatement};
use crate::database::transaction::Inner;
use crate::database::{Cell, Engine, Param};
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
    executor: &Executor,
    statement: &Arc<RowsStatement>,
    arguments: &Arguments,
    timeout_ms: u64,
) -> Result<Vec<Vec<Value>>, RunError> {
    let parameters = parameters::of_statement(&statement.statement.slots, arguments, executor.dialect())?;
    fetch(executor, statement, parameters, timeout_ms).await
}

/// As [`fetch_rows`], with parameters that are ready.
pub(crate) async fn fetch(
    executor: &Executor,
    statement: &Arc<RowsStatement>,
    parameters: Vec<Param>,
    timeout_ms: u64,
) -> Result<Vec<Vec<Value>>, RunError> {
    let work = async {
        match (executor.database().engine(), executor.inner()) {
            (Engine::Postgres(pool), None) => {
                let session = pool.session().await?;
                postgres_rows(&session, statement, &parameters).await
            }
            (Engine::Postgres(_), Some(Inner::Postgres(transaction))) => {
                postgres_rows(transaction.session(), statement, &parameters).await
            }
            (Engine::Sqlite(pool), None) => {
                let statement = Arc::clone(statement);
                pool.read(move |session| sqlite_rows(session, &statement, &parameters)).await
            }
            (Engine::Sqlite(_), Some(Inner::Sqlite(transaction))) => {
                let statement = Arc::clone(statement);
                transaction.with(move |session| sqlite_rows(session, &statement, &parameters)).await
            }
            _ => Err(mixed()),
        }
    };
    match tokio::time::timeout(Duration::from_millis(timeout_ms), work).await {
        Ok(Err(RunError::Timeout { .. })) | Err(_) => Err(RunError::Timeout { timeout_ms }),
        Ok(result) => result,
    }
}

pub(super) async fn postgres_rows(
    session: &PostgresSession,
    statement: &RowsStatement,
    parameters: &[Param],
) -> Result<Vec<Vec<Value>>, RunError> {
    let rows = session.query(&statement.statement.sql, parameters).await?;
    rows.iter().map(|row| values(&statement.columns, |column| row.cell(column))).collect()
}

fn sqlite_rows(
    session: &SqliteSession<'_>,
    statement: &RowsStatement,
    parameters: &[Param],
) -> Result<Vec<Vec<Value>>, RunError> {
    let mut prepared = session.prepare(&statement.statement.sql)?;
    let mut rows = Vec::new();
    append_sqlite_rows(&mut prepared, statement, parameters, &mut rows)?;
    Ok(rows)
}

pub(super) fn append_sqlite_rows(
    prepared: &mut SqliteStatement<'_>,
    statement: &RowsStatement,
    parameters: &[Param],
    rows: &mut Vec<Vec<Value>>,
) -> Result<(), RunError> {
    for (index, parameter) in parameters.iter().enumerate() {
        prepared.bind(index + 1, parameter)?;
    }
    prepared.each(&mut |row| {
        rows.push(values(&statement.columns, |column| row.cell(column))?);
        Ok::<bool, RunError>(true)
    })
}

/// Calls a function with each row as it comes, on a thread that may block; memory stays flat. Within a transaction all rows
/// are read first: its connection must be free for other statements meanwhile.
///
/// # Errors
/// As [`fetch_rows`], and those of the function.
pub async fn each_row<F>(
    executor: &Executor,
    statement: Arc<RowsStatement>,
    arguments: &Arguments,
    mut f: F,
) -> Result<(), RunError>
where
    F: FnMut(Vec<Value>) -> Result<(), RunError> + Send + 'static,
{
    let parameters = parameters::of_statement(&statement.statement.slots, arguments, executor.dialect())?;
    if executor.transaction().is_some() {
        let rows = fetch(executor, &statement, parameters, u64::from(u32::MAX)).await?;
        let work = tokio::task::spawn_blocking(move || rows.into_iter().try_for_each(f)).await;
        return work.map_err(|error| RunError::Internal(error.to_string()))?;
    }
    let queries = vec![(statement.statement.sql.clone(), parameters)];
    let database = executor.database();
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
