//! The bind and compile stages for a whole plan: statements and shapes for one database.

use crate::database::Dialect;
use crate::plan::Plan;
use crate::registry::Registry;

/// What compiling must know of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Which SQL.
    pub dialect: Dialect,
    /// The collation that folds case on PostgreSQL; `None` where there is none (and on SQLite).
    pub folding_collation: Option<String>,
    /// The strategy of edges.
    pub strategy: Strategy,
}

/// How the rows of an edge are read. All strategies give the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// The best for the database and the edge.
    #[default]
    Auto,
    /// To-one relations as joined columns of the parent wherever possible.
    Join,
    /// A statement of its own for every edge: one a level on PostgreSQL, one a row on SQLite.
    Separate,
}

/// A plan compiled for one database: statements and shapes. Shared and reused by every request with the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prepared {}

impl Prepared {
    /// The statements' texts in the order of their nodes, for explanations.
    pub fn statements(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// Why a plan cannot be compiled.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// A name leads nowhere.
    #[error("{model} has no field or relation `{name}`{}", hint.as_ref().map(|h| format!("; did you mean `{h}`?")).unwrap_or_default())]
    UnknownName {
        /// The model.
        model: String,
        /// The name.
        name: String,
        /// The nearest name.
        hint: Option<String>,
    },
    /// The database cannot do it.
    #[error("{what} is not supported on this database: {remedy}")]
    Unsupported {
        /// What.
        what: String,
        /// What to do instead.
        remedy: String,
    },
    /// The expression makes no sense.
    #[error("{0}")]
    Invalid(String),
}

/// Compiles a plan.
///
/// # Errors
/// When a name is unknown, or the database lacks what the plan needs.
pub fn prepare(_plan: &Plan, _registry: &Registry, _target: &Target) -> Result<Prepared, CompileError> {
    Ok(Prepared::default())
}
