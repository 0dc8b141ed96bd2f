//! What can go wrong in a run, with what it was about.

use std::io;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or a process.
    #[error("{what}: {source}")]
    Io {
        /// The file or program.
        what: String,
        /// The system's words.
        source: io::Error,
    },
    /// The PostgreSQL server of the run.
    #[error("PostgreSQL: {}", .0.as_db_error().map_or_else(|| .0.to_string(), |error| error.to_string()))]
    Postgres(#[from] tokio_postgres::Error),
    /// The SQLite file of the run.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A program that prepares the data ended badly.
    #[error("{program} ended with {status}")]
    Program {
        /// The program and its arguments.
        program: String,
        /// How it ended.
        status: String,
    },
    /// A contestant did not start, answered with an error, or did not answer.
    #[error("{contestant}: {message}")]
    Contestant {
        /// Which.
        contestant: String,
        /// What happened.
        message: String,
    },
    /// Contestants gave different answers.
    #[error("the answers differ:\n{0}")]
    Differs(String),
    /// An argument has no meaning here.
    #[error("{0}")]
    Argument(String),
}

impl Failure {
    /// Of a file or a process, with what it is.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// Of a contestant.
    pub fn contestant(contestant: &str, message: impl Into<String>) -> Self {
        Self::Contestant { contestant: contestant.to_owned(), message: message.into() }
    }
}
