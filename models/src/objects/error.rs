//! Why a query has no answer.

use crate::prepare::CompileError;
use crate::run::RunError;
use crate::write::WriteError;

/// Why a query has no answer. Django's name of each is in its description.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QueryError {
    /// `get` found no row. Django's `DoesNotExist`.
    #[error("no {model} matches the query")]
    DoesNotExist {
        /// The model.
        model: String,
    },
    /// `get` found several rows. Django's `MultipleObjectsReturned`.
    #[error("several rows of {model} match the query, and `get` wants one")]
    MultipleObjects {
        /// The model.
        model: String,
    },
    /// There is no such model.
    #[error("there is no model `{name}`{}", hint.as_ref().map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default())]
    UnknownModel {
        /// The name.
        name: String,
        /// The nearest name.
        hint: Option<String>,
    },
    /// The query cannot be asked so: it is sliced already, or combined. Django's `TypeError` and `NotSupportedError`.
    #[error("{0}")]
    Misuse(String),
    /// A name is unknown, a lookup does not fit, the database lacks what is needed. Django's `FieldError`.
    #[error(transparent)]
    Expression(#[from] CompileError),
    /// The database failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A write failed: a value breaks a rule, a constraint is broken, something forbids a deletion. Django's
    /// `ValidationError`, `IntegrityError`, `ProtectedError`.
    #[error(transparent)]
    Write(WriteError),
    /// A row does not fit the type that it is read into.
    #[error("a row of {model} does not fit: {problem}")]
    Shape {
        /// The model.
        model: String,
        /// What is wrong.
        problem: String,
    },
}
