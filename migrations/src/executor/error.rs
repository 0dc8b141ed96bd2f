//! Why migrations cannot be applied.

use super::risk::FoundRisk;
use crate::compare::Difference;
use crate::describe::Unsupported;
use crate::history::HistoryError;
use crate::migrate::{MigrateError, lines};
use crate::operation::Irreversible;
use nuages_models::database::DatabaseError;
use nuages_models::objects::QueryError;

/// Why migrations cannot be applied. What a migration has done is taken back then, unless it cannot be one transaction: it
/// goes on where it stopped when it is run again.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The files do not make a history.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Applied migrations whose files say something else now.
    #[error(
        "the files of applied migrations were changed afterwards: {}. The database has what they said before. Restore them and \
         write a new migration for the change (nuages makemigrations); if the change makes no difference to the database, \
         nuages migrate --fake records them as they are now",
        .0.join(", ")
    )]
    Edited(Vec<String>),
    /// A migration that was interrupted, and whose file says something else now, or which is to go the other way.
    #[error("{migration} was interrupted {when} and {reason}")]
    Interrupted {
        /// Which.
        migration: String,
        /// After which step.
        when: String,
        /// What is in the way, and what to do.
        reason: String,
    },
    /// A migration cannot be undone; nothing was done.
    #[error("{migration} cannot be undone, so nothing was: {error}")]
    Irreversible {
        /// Which.
        migration: String,
        /// Which of its operations, and why.
        error: Irreversible,
    },
    /// An operation cannot be done.
    #[error("{migration}: {operation}: {reason}")]
    Impossible {
        /// Which migration.
        migration: String,
        /// Which operation.
        operation: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// The models of a state contradict each other.
    #[error(
        "{migration}: the models contradict each other at this point of the history; change its operations:\n{errors}"
    )]
    State {
        /// In which migration.
        migration: String,
        /// How.
        errors: String,
    },
    /// A state needs what the database has not.
    #[error("{migration}: the models cannot become tables:\n{}", lines(.unsupported))]
    Unsupported {
        /// In which migration.
        migration: String,
        /// What.
        unsupported: Vec<Unsupported>,
    },
    /// The rows that are there are in the way.
    #[error("{migration} cannot be applied, and nothing of it was:\n{}", lines(.risks))]
    Refused {
        /// Which.
        migration: String,
        /// Why not, and what to do.
        risks: Vec<FoundRisk>,
    },
    /// `--strict`, and something would lock or lose.
    #[error("nothing was done, because of --strict:\n{}", lines(.0))]
    Strict(Vec<FoundRisk>),
    /// The tables that a migration makes are there already, and are others.
    #[error(
        "{migration} cannot be applied, and not be taken as applied: some of its tables are there already, and not as it makes \
         them. Let it say what is there, and write a second migration for the rest; or change the tables:\n{}",
        lines(.differences)
    )]
    NotInitial {
        /// Which.
        migration: String,
        /// How they differ.
        differences: Vec<Difference>,
    },
    /// Rows would refer to nothing.
    #[error(
        "{migration}: after it, rows would refer to rows that do not exist: {rows}. Nothing of it was kept"
    )]
    Dangling {
        /// Which.
        migration: String,
        /// Which rows.
        rows: String,
    },
    /// A statement failed.
    #[error("{migration}: {operation}: the database refused: {error}\n{statement}")]
    Statement {
        /// In which migration.
        migration: String,
        /// In which operation.
        operation: String,
        /// The statement.
        statement: String,
        /// Why.
        #[source]
        error: DatabaseError,
    },
    /// Rows could not be written.
    #[error("{migration}: {operation}: {error}")]
    Rows {
        /// In which migration.
        migration: String,
        /// In which operation.
        operation: String,
        /// Why.
        #[source]
        error: Box<QueryError>,
    },
    /// The database could not be looked at.
    #[error(transparent)]
    Look(#[from] MigrateError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A test has ended it.
    #[error("stopped after {0} statements")]
    Stopped(usize),
}

impl ExecuteError {
    /// Whether somebody else was in the way, so that it may succeed when it is tried again.
    pub(crate) fn is_waiting(&self) -> bool {
        let error = match self {
            Self::Statement { error, .. } | Self::Database(error) => error,
            _ => return false,
        };
        match error {
            DatabaseError::Retry(_) => true,
            // PostgreSQL's lock_not_available: the time of lock_timeout is over.
            DatabaseError::Statement { code, .. } => code.as_deref() == Some("55P03"),
            _ => false,
        }
    }
}
