//! [`Database::each_row`]: whole tables, one row after the other, in flat memory.

use super::postgres::PostgresRow;
use super::sqlite::SqliteRow;
use super::{Cell, Database, DatabaseError, Engine, Param};
use tokio::sync::mpsc;

/// Rows that are on their way from the server to the thread that takes them.
const IN_FLIGHT: usize = 256;

/// A row of either database.
#[derive(Debug)]
pub enum Row<'r, 's> {
    /// SQLite's.
    Sqlite(&'r SqliteRow<'r, 's>),
    /// PostgreSQL's.
    Postgres(&'r PostgresRow),
}

impl Row<'_, '_> {
    /// A column's value.
    pub fn cell(&self, column: usize) -> Cell<'_> {
        match self {
            Self::Sqlite(row) => row.cell(column),
            Self::Postgres(row) => row.cell(column),
        }
    }
}

impl Database {
    /// Runs the queries in order and calls `f` with each query's position and row. All of them see one state of the
    /// database, and they may take as long as they need. `f` runs on a thread that may block.
    ///
    /// # Errors
    /// The first error of a query or of `f`.
    pub async fn each_row<E, F>(&self, queries: Vec<(String, Vec<Param>)>, mut f: F) -> Result<(), E>
    where
        E: From<DatabaseError> + Send + 'static,
        F: FnMut(usize, &Row<'_, '_>) -> Result<(), E> + Send + 'static,
    {
        let postgres = match self.engine() {
            Engine::Sqlite(sqlite) => {
                return sqlite
                    .read_at_leisure(move |session| {
                        for (position, (sql, parameters)) in queries.iter().enumerate() {
                            let mut statement = session.prepare(sql)?;
                            for (index, parameter) in parameters.iter().enumerate() {
                                statement.bind(index + 1, parameter)?;
                            }
                            statement.each(&mut |row| f(position, &Row::Sqlite(row)).map(|()| true))?;
                        }
                        Ok(())
                    })
                    .await;
            }
            Engine::Postgres(postgres) => postgres,
        };
        let session = postgres.session().await?;
        session.begin_snapshot().await?;
        session.batch("SET LOCAL statement_timeout = 0").await?;
        let (sender, mut receiver) = mpsc::channel::<(usize, PostgresRow)>(IN_FLIGHT);
        let taker = tokio::task::spawn_blocking(move || {
            while let Some((position, row)) = receiver.blocking_recv() {
                f(position, &Row::Postgres(&row))?;
            }
            Ok::<(), E>(())
        });
        let mut sent = Ok(());
        for (position, (sql, parameters)) in queries.iter().enumerate() {
            match session.send_rows(sql, parameters, position, &sender).await {
                Ok(true) => {}
                // The error of `f` comes below.
                Ok(false) => break,
                Err(error) => {
                    sent = Err(error);
                    break;
                }
            }
        }
        drop(sender);
        taker.await.map_err(|error| {
            DatabaseError::Unavailable(format!("the thread that takes rows failed: {error}"))
        })??;
        sent?;
        session.end_snapshot().await?;
        Ok(())
    }
}
