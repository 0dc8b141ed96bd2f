//! [`Lone`]: a connection outside of the pool and outside of transactions.

use super::{Postgres, failure, texts};
use crate::database::{Database, DatabaseError, Engine};
use deadpool_postgres::{ClientWrapper, Object};

/// A connection of PostgreSQL for what no transaction can do: `CREATE INDEX CONCURRENTLY`, locks that are held for longer than a
/// transaction. Its statements may take as long as they need. Dropping it closes it, which gives its locks back.
pub struct Lone {
    client: ClientWrapper,
}

impl std::fmt::Debug for Lone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lone").finish_non_exhaustive()
    }
}

impl Database {
    /// A connection outside of the pool; `None` on SQLite, which has one writer and nothing that cannot be part of a transaction.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn lone(&self) -> Result<Option<Lone>, DatabaseError> {
        match self.engine() {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(postgres) => postgres.lone().await.map(Some),
        }
    }
}

impl Postgres {
    async fn lone(&self) -> Result<Lone, DatabaseError> {
        let mut session = self.session().await?;
        let client = session.client.take().ok_or(DatabaseError::Cancelled)?;
        // The pool forgets it, and may open another in its place.
        let lone = Lone { client: Object::take(client) };
        lone.batch("SET statement_timeout = 0").await?;
        Ok(lone)
    }
}

impl Lone {
    /// Runs one statement that returns nothing.
    ///
    /// # Errors
    /// The statement's error.
    pub async fn batch(&self, sql: &str) -> Result<(), DatabaseError> {
        self.client.batch_execute(sql).await.map_err(|error| failure(&error))
    }

    /// Runs one query without parameters and gives every value as text.
    ///
    /// # Errors
    /// The statement's error.
    pub async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        let messages = self.client.simple_query(sql).await.map_err(|error| failure(&error))?;
        Ok(messages.iter().filter_map(texts).collect())
    }
}
