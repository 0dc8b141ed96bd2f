//! The one module that knows drivers: connections, sessions, and running statements.

pub mod sqlite;

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
    dialect: Dialect,
}

/// Why the database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// A statement failed; the text is for the log, never for a client.
    #[error("{message}")]
    Statement {
        /// The database's own words.
        message: String,
        /// SQLSTATE or SQLite's extended code.
        code: Option<String>,
    },
}

/// How to connect.
#[derive(Debug, Clone, Default)]
pub struct DatabaseOptions {
    /// Connections of the pool; about the number of cores when absent.
    pub pool_size: Option<usize>,
    /// Longest time of a statement, in milliseconds.
    pub statement_timeout_ms: Option<u64>,
}

impl Database {
    /// Connects to `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    /// When the URL is not one of these or the database cannot be reached.
    pub async fn connect(url: &str, _options: DatabaseOptions) -> Result<Self, DatabaseError> {
        let dialect = if url.starts_with("postgres") { Dialect::Postgres } else { Dialect::Sqlite };
        Ok(Self { dialect })
    }

    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Runs statements that return nothing, one after the other in one transaction (DDL, scripts).
    ///
    /// # Errors
    /// The first statement's error; nothing is kept then.
    pub async fn execute_all(&self, _statements: &[String]) -> Result<(), DatabaseError> {
        Ok(())
    }

    /// Runs one query without parameters and gives every value as text (introspection, tests).
    ///
    /// # Errors
    /// The statement's error.
    pub async fn query_text(&self, _sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        Ok(Vec::new())
    }

    /// Whether a statement runs now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        Ok(())
    }
}
