//! [`Transaction`]: several writes that stay together, a stream of them if need be.

use super::postgres::PostgresTransaction;
use super::sqlite::SqliteTransaction;
use super::{Database, DatabaseError, Dialect, Engine, Param};
use bytes::Bytes;

/// One transaction that writes, on a connection of its own. Dropping it undoes everything.
///
/// On SQLite it holds the write lock from the beginning (`BEGIN IMMEDIATE`).
#[derive(Debug)]
pub struct Transaction {
    inner: Inner,
}

/// The database's own transaction.
#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(SqliteTransaction),
    Postgres(Box<PostgresTransaction>),
}

/// A failed [`Transaction::copy_in`].
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct CopyError {
    /// The offending line of the data, counted from 1, when the database names one.
    pub line: Option<usize>,
    /// What is wrong.
    #[source]
    pub error: DatabaseError,
}

/// What a transaction may see of others. SQLite's are all serializable: it has one writer at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// Each statement sees what was committed before it.
    #[default]
    ReadCommitted,
    /// All statements see what was committed before the first; a write over another's fails, to be tried again.
    RepeatableRead,
    /// As if transactions ran one after the other; one that could not fails, to be tried again.
    Serializable,
}

/// Whether a transaction is begun for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Begun {
    /// It is.
    #[default]
    First,
    /// Another was in its way before. On PostgreSQL, where a deadlock takes a second to be found, it now has the database
    /// for itself, as far as this process goes and for a short while: it waits for those that run, and new ones wait for it.
    Again,
}

impl Database {
    /// Begins a transaction of a request or of a program's own code: with the database's usual limit of time.
    ///
    /// # Errors
    /// When no connection can be had, or another process holds SQLite's lock for too long.
    pub async fn begin_isolated(
        &self,
        isolation: Isolation,
        begun: Begun,
    ) -> Result<Transaction, DatabaseError> {
        let inner = match self.engine() {
            Engine::Sqlite(sqlite) => Inner::Sqlite(sqlite.begin().await?),
            Engine::Postgres(postgres) => {
                Inner::Postgres(Box::new(postgres.begin_isolated(isolation, begun).await?))
            }
        };
        Ok(Transaction { inner })
    }

    /// Begins a transaction that changes tables: as [`begin`](Self::begin), and on SQLite without the enforcement of foreign keys,
    /// which would delete rows when a table is made anew. Whoever uses it looks for dangling rows (`PRAGMA foreign_key_check`)
    /// before it commits.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn begin_schema_change(&self) -> Result<Transaction, DatabaseError> {
        match self.engine() {
            Engine::Sqlite(sqlite) => {
                Ok(Transaction { inner: Inner::Sqlite(sqlite.begin_schema_change().await?) })
            }
            Engine::Postgres(_) => self.begin().await,
        }
    }

    /// Begins a transaction that writes as long as it takes.
    ///
    /// # Errors
    /// When no connection can be had, or another process holds SQLite's lock for too long.
    pub async fn begin(&self) -> Result<Transaction, DatabaseError> {
        let inner = match self.engine() {
            Engine::Sqlite(sqlite) => Inner::Sqlite(sqlite.begin().await?),
            Engine::Postgres(postgres) => Inner::Postgres(Box::new(postgres.begin().await?)),
        };
        Ok(Transaction { inner })
    }
}

impl Transaction {
    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs statements that return nothing, separated by semicolons.
    ///
    /// # Errors
    /// The statement's error. PostgreSQL refuses everything but the end after that.
    pub async fn batch(&self, sql: &str) -> Result<(), DatabaseError> {
        match &self.inner {
            Inner::Sqlite(transaction) => {
                let sql = sql.to_owned();
                transaction.run(move |connection| connection.execute_batch(&sql)).await
            }
            Inner::Postgres(transaction) => transaction.session().batch(sql).await,
        }
    }

    /// Runs one query without parameters and gives every value as text.
    ///
    /// # Errors
    /// The statement's error.
    pub async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        match &self.inner {
            Inner::Sqlite(transaction) => transaction.query_text(sql.to_owned()).await,
            Inner::Postgres(transaction) => transaction.session().query_text(sql).await,
        }
    }

    /// Runs one statement once for each list of parameters. SQLite numbers parameters `?1`, PostgreSQL `$1`.
    ///
    /// # Errors
    /// The first failure, with the position of its list.
    pub async fn execute_many(&self, sql: &str, rows: Vec<Vec<Param>>) -> Result<(), (usize, DatabaseError)> {
        match &self.inner {
            Inner::Sqlite(transaction) => transaction.execute_many(sql.to_owned(), rows).await,
            Inner::Postgres(transaction) => {
                for (index, row) in rows.iter().enumerate() {
                    transaction.session().execute(sql, row).await.map_err(|error| (index, error))?;
                }
                Ok(())
            }
        }
    }

    /// Sends data to a `COPY … FROM STDIN` statement (PostgreSQL).
    ///
    /// # Errors
    /// When the data or the statement is wrong, and on SQLite, which has no such statement.
    pub async fn copy_in(&self, sql: &str, data: Bytes) -> Result<u64, CopyError> {
        match &self.inner {
            Inner::Sqlite(_) => Err(CopyError {
                line: None,
                error: DatabaseError::Statement {
                    message: "SQLite has no COPY statement".to_owned(),
                    code: None,
                },
            }),
            Inner::Postgres(transaction) => transaction.session().copy_in(sql, data).await,
        }
    }

    /// Keeps everything. Nothing runs on the transaction afterwards.
    ///
    /// # Errors
    /// When a deferred constraint is violated, a statement has failed, or the connection is lost; nothing is kept then.
    pub async fn commit(&self) -> Result<(), DatabaseError> {
        match &self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await,
            Inner::Postgres(transaction) => transaction.commit().await,
        }
    }

    /// Finds what a commit would find, and takes everything back.
    ///
    /// # Errors
    /// As [`Transaction::commit`].
    pub async fn try_out(&self) -> Result<(), DatabaseError> {
        match &self.inner {
            Inner::Sqlite(transaction) => transaction.try_out().await,
            Inner::Postgres(transaction) => transaction.try_out().await,
        }
    }

    /// Takes everything back at once; the connection is free for others then. Nothing runs on the transaction afterwards.
    ///
    /// # Errors
    /// When the connection is lost, which takes everything back too.
    pub async fn roll_back(&self) -> Result<(), DatabaseError> {
        match &self.inner {
            Inner::Sqlite(transaction) => transaction.roll_back().await,
            Inner::Postgres(transaction) => transaction.roll_back().await,
        }
    }

    /// A place to which the transaction can be taken back. Names are identifiers of the caller's making, never a client's.
    ///
    /// # Errors
    /// When the transaction has failed already or the connection is lost.
    pub async fn savepoint(&self, name: &str) -> Result<(), DatabaseError> {
        self.batch(&format!("SAVEPOINT {name}")).await
    }

    /// Keeps what has been done since a savepoint, as part of what surrounds it.
    ///
    /// # Errors
    /// As [`Transaction::savepoint`].
    pub async fn release(&self, name: &str) -> Result<(), DatabaseError> {
        self.batch(&format!("RELEASE SAVEPOINT {name}")).await
    }

    /// Takes back what has been done since a savepoint. A transaction in which a statement has failed works again.
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn roll_back_to(&self, name: &str) -> Result<(), DatabaseError> {
        match &self.inner {
            Inner::Sqlite(_) => self.batch(&format!("ROLLBACK TO SAVEPOINT {name}")).await?,
            Inner::Postgres(transaction) => transaction.roll_back_to(name).await?,
        }
        self.release(name).await
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

#[cfg(test)]
mod tests {
    use super::super::DatabaseOptions;
    use super::*;

    async fn open(folder: &tempfile::TempDir, options: DatabaseOptions) -> Database {
        let url = format!("sqlite://{}", folder.path().join("t.db").display());
        let database = Database::connect(&url, options).await.unwrap();
        database.execute_all(&["CREATE TABLE t (a INTEGER UNIQUE)".to_owned()]).await.unwrap();
        database
    }

    async fn count(database: &Database) -> Option<String> {
        database.query_text("SELECT count(*) FROM t").await.unwrap()[0][0].clone()
    }

    #[tokio::test]
    async fn keeps_all_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(&folder, DatabaseOptions::default()).await;
        let sql = "INSERT INTO t VALUES (?1)";
        let rows = || vec![vec![Param::Int(1)], vec![Param::Int(2)]];

        let dropped = database.begin().await.unwrap();
        dropped.execute_many(sql, rows()).await.unwrap();
        assert_eq!(dropped.query_text("SELECT max(a) FROM t").await.unwrap(), [[Some("2".to_owned())]]);
        drop(dropped);

        let kept = database.begin().await.unwrap();
        assert_eq!(kept.query_text("SELECT count(*) FROM t").await.unwrap(), [[Some("0".to_owned())]]);
        kept.execute_many(sql, rows()).await.unwrap();
        let (position, error) =
            kept.execute_many(sql, vec![vec![Param::Int(3)], vec![Param::Int(2)]]).await.unwrap_err();
        assert_eq!(position, 1);
        assert!(error.to_string().contains("UNIQUE"), "{error}");
        kept.commit().await.unwrap();
        assert_eq!(count(&database).await.as_deref(), Some("3"));
    }

    #[tokio::test]
    async fn one_writer_at_a_time_and_readers_are_not_held_up() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(&folder, DatabaseOptions::default()).await;
        let first = database.begin().await.unwrap();
        first.execute_many("INSERT INTO t VALUES (?1)", vec![vec![Param::Int(1)]]).await.unwrap();
        assert_eq!(count(&database).await.as_deref(), Some("0"));
        let other = database.clone();
        let second = tokio::spawn(async move { other.begin().await.unwrap().commit().await });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(!second.is_finished());
        first.commit().await.unwrap();
        second.await.unwrap().unwrap();
        assert_eq!(count(&database).await.as_deref(), Some("1"));
    }

    #[tokio::test]
    async fn a_read_that_takes_too_long_is_a_timeout() {
        let folder = tempfile::tempdir().unwrap();
        let options = DatabaseOptions { pool_size: Some(1), statement_timeout_ms: Some(100) };
        let database = open(&folder, options).await;
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        assert!(matches!(database.query_text(endless).await, Err(DatabaseError::Timeout)));
        // The connection is whole again.
        assert_eq!(count(&database).await.as_deref(), Some("0"));
    }
}
