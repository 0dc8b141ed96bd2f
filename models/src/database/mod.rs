//! The one module that knows drivers: connections, sessions, and running statements.
//!
//! PostgreSQL goes through tokio-postgres and deadpool, SQLite through rusqlite on blocking threads. Nothing outside
//! names a driver's type.

mod data_error;
mod export;
mod parameter;
pub mod postgres;
pub mod sqlite;
pub(crate) mod transaction;

pub use export::Row;
pub use parameter::Param;
pub use postgres::Lone;
pub use transaction::{Begun, CopyError, Isolation, Transaction};

use postgres::Postgres;
use sqlite::Sqlite;

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A connected database: pools of connections, cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    engine: Engine,
}

/// The database's own pool.
#[derive(Debug, Clone)]
pub(crate) enum Engine {
    /// SQLite.
    Sqlite(Sqlite),
    /// PostgreSQL.
    Postgres(Postgres),
}

/// A column's value as the driver gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// PostgreSQL's binary form.
    Binary(&'a [u8]),
    /// SQLite's INTEGER.
    Integer(i64),
    /// SQLite's REAL.
    Real(f64),
    /// SQLite's TEXT.
    Text(&'a str),
    /// SQLite's BLOB.
    Blob(&'a [u8]),
}

/// Why the database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL is of no database that is known here.
    #[error("`{url}` is no database URL; write `sqlite:PATH` or `postgres://USER@HOST/NAME`")]
    Url {
        /// The URL, without its password.
        url: String,
    },
    /// It cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A statement took too long.
    #[error("the database cancelled the statement: it took too long")]
    Timeout,
    /// A statement was cancelled.
    #[error("the statement was cancelled")]
    Cancelled,
    /// A value does not fit the parameter's type.
    #[error("{0}")]
    Value(String),
    /// A row broke a constraint; the text is for the log, never for a client.
    #[error("{}", .0.message)]
    Constraint(Box<BrokenConstraint>),
    /// Another transaction was in the way: the same transaction may succeed when it is begun again.
    #[error("{0}")]
    Retry(String),
    /// A statement failed; the text is for the log, never for a client.
    #[error("{message}")]
    Statement {
        /// The database's own words.
        message: String,
        /// SQLSTATE or SQLite's extended code.
        code: Option<String>,
    },
}

/// A constraint that a row broke, as the database tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenConstraint {
    /// The database's own words.
    pub message: String,
    /// What kind of constraint.
    pub kind: ConstraintKind,
    /// The table of the row.
    pub table: Option<String>,
    /// The columns, where the database names them.
    pub columns: Vec<String>,
    /// The values of the columns as the database writes them, joined by `, `, where it tells them.
    pub values: Option<String>,
    /// The constraint's or index's name, where it has one.
    pub name: Option<String>,
}

/// The kinds of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstraintKind {
    /// A unique index or a primary key.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A condition.
    Check,
    /// A column without a value.
    NotNull,
    /// PostgreSQL's exclusion constraints.
    Exclusion,
}

/// How to connect.
#[derive(Debug, Clone, Default)]
pub struct DatabaseOptions {
    /// Connections of the pool; about the number of cores when absent.
    pub pool_size: Option<usize>,
    /// Longest time of a statement (PostgreSQL) or of a reading transaction (SQLite), in milliseconds.
    pub statement_timeout_ms: Option<u64>,
}

impl DatabaseOptions {
    fn pool_size(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        self.pool_size.unwrap_or((cores * 2).max(4)).max(1)
    }
}

impl Database {
    /// Connects to `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When the URL is not one of these or the database cannot be reached.
    pub async fn connect(url: &str, options: DatabaseOptions) -> Result<Self, DatabaseError> {
        let engine = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(Postgres::connect(url, &options).await?)
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            Engine::Sqlite(Sqlite::open(path, &options).await?)
        } else {
            let shown = match (url.find("://"), url.rfind('@')) {
                (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &url[..scheme], &url[at..]),
                _ => url.to_owned(),
            };
            return Err(DatabaseError::Url { url: shown });
        };
        Ok(Self { engine })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        match self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The collation that folds case by Unicode's simple mapping, as found when connecting to PostgreSQL.
    pub fn folding_collation(&self) -> Option<&str> {
        match &self.engine {
            Engine::Sqlite(_) => None,
            Engine::Postgres(postgres) => postgres.folding_collation(),
        }
    }

    /// Runs statements that return nothing, one after the other in one transaction (DDL, scripts).
    ///
    /// # Errors
    /// The first statement's error; nothing is kept then.
    pub async fn execute_all(&self, statements: &[String]) -> Result<(), DatabaseError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let statements = statements.to_vec();
                sqlite
                    .write(move |connection| {
                        statements.iter().try_for_each(|statement| connection.execute_batch(statement))
                    })
                    .await
            }
            Engine::Postgres(postgres) => postgres.execute_all(statements).await,
        }
    }

    /// Runs one query without parameters and gives every value as text (introspection, tests).
    ///
    /// # Errors
    /// The statement's error.
    pub async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let sql = sql.to_owned();
                sqlite.read(move |session| session.query_text(&sql)).await
            }
            Engine::Postgres(postgres) => postgres.query_text(sql).await,
        }
    }

    /// Runs one statement once for each list of parameters, all in one transaction. SQLite numbers parameters
    /// `?1`, PostgreSQL `$1`.
    ///
    /// # Errors
    /// The first failure, with the position of its list; nothing is kept then.
    pub async fn execute_many(&self, sql: &str, rows: Vec<Vec<Param>>) -> Result<(), (usize, DatabaseError)> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.execute_many(sql.to_owned(), rows).await,
            Engine::Postgres(postgres) => postgres.execute_many(sql, &rows).await,
        }
    }

    /// Lets connections prepare their statements anew: those that were prepared before a table was changed have the types that its
    /// columns had. (SQLite knows by itself.)
    pub fn forget_statements(&self) {
        if let Engine::Postgres(postgres) = &self.engine {
            postgres.forget_statements();
        }
    }

    /// Whether a statement runs now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        self.query_text("SELECT 1").await.map(|_| ())
    }
}
