//! [`Executor`]: on which connection statements run.

use super::RunError;
use crate::database::transaction::Inner;
use crate::database::{Database, Dialect, Transaction};
use std::sync::Arc;

/// On which connection statements run: any of a pool, each statement for itself, or the one of a transaction. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Executor {
    /// Any connection.
    Pool(Database),
    /// The connection of a transaction, which sees what it has done.
    Transaction(Database, Arc<Transaction>),
}

impl Executor {
    /// The database.
    pub fn database(&self) -> &Database {
        match self {
            Self::Pool(database) | Self::Transaction(database, _) => database,
        }
    }

    /// Which SQL it speaks.
    pub fn dialect(&self) -> Dialect {
        self.database().dialect()
    }

    /// The transaction, when there is one.
    pub fn transaction(&self) -> Option<&Arc<Transaction>> {
        match self {
            Self::Pool(_) => None,
            Self::Transaction(_, transaction) => Some(transaction),
        }
    }

    pub(super) fn inner(&self) -> Option<&Inner> {
        self.transaction().map(|transaction| transaction.inner())
    }
}

impl From<Database> for Executor {
    fn from(database: Database) -> Self {
        Self::Pool(database)
    }
}

/// What cannot happen: the database's kind is that of its transactions.
pub(super) fn mixed() -> RunError {
    RunError::Internal("a transaction of another kind of database".to_owned())
}
