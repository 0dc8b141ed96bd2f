//! What two states cannot tell, and who is asked for it.

use crate::operation::{Fill, OperationError};
use crate::state::ModelName;
use nuages_models::define::{DefineErrors, FieldDefinition};
use std::fmt;

/// The answer to "is this a rename?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Yes,
    /// It is not: the old one goes, with what is in it.
    No,
    /// Nobody says.
    Undecided,
}

/// Why existing rows need a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillReason {
    /// A field that is not null and has no default is added.
    Added,
    /// A field that may be null becomes one that is not.
    BecomesNotNull,
}

/// Who decides what two states cannot tell.
pub trait Questioner {
    /// Whether a model that is gone is the new one under another name.
    fn renamed_model(&mut self, from: &ModelName, to: &ModelName) -> Verdict;

    /// Whether a field that is gone is the new one under another name.
    fn renamed_field(&mut self, model: &ModelName, from: &str, to: &str) -> Verdict;

    /// What existing rows get in a field; `None` when nobody says, `Some(None)` when there is nothing to fill (rows with NULL
    /// have been dealt with, or there are no rows).
    fn fill(
        &mut self,
        model: &ModelName,
        name: &str,
        field: &FieldDefinition,
        reason: FillReason,
    ) -> Option<Option<Fill>>;
}

/// Something that must be decided, and was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecided {
    /// Was the model renamed?
    Model {
        /// The one that is gone.
        from: ModelName,
        /// The one that is new.
        to: ModelName,
    },
    /// Was the field renamed?
    Field {
        /// In which model.
        model: ModelName,
        /// The one that is gone.
        from: String,
        /// The one that is new.
        to: String,
    },
    /// What do existing rows get?
    Fill {
        /// In which model.
        model: ModelName,
        /// In which field.
        name: String,
        /// Why they need it.
        reason: FillReason,
    },
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model { from, to } => write!(
                f,
                "the model {from} is gone and {to} is new. Was it renamed? If so, its rows stay:\n  \
                 write renamed_from = \"{}\" in {to}, or run with --rename {from}={to};\n  \
                 if not, run with --no-renames: {from} is deleted with its rows",
                from.name
            ),
            Self::Field { model, from, to } => write!(
                f,
                "{model}: the field {from} is gone and {to} is new. Was it renamed? If so, its values stay:\n  \
                 write renamed_from = \"{from}\" in {to}, or run with --rename {model}.{from}={model}.{to};\n  \
                 if not, run with --no-renames: {from} is removed with its values"
            ),
            Self::Fill { model, name, reason } => {
                let what = match reason {
                    FillReason::Added => {
                        "is new, not null and has no default, so existing rows have no value for it"
                    }
                    FillReason::BecomesNotNull => {
                        "becomes not null and has no default, so rows with NULL have no value for it"
                    }
                };
                write!(
                    f,
                    "{model}.{name} {what}. One of:\n  \
                     give it a default in the model file;\n  \
                     let it be null = true;\n  \
                     say what existing rows get, once: --fill {model}.{name}=VALUE, \
                     or --fill {model}.{name}='{{ expr = \"…\" }}'"
                )
            }
        }
    }
}

/// Whether rows of a field need a value is no question while it may be another one under a new name.
pub(super) fn without_consequences(undecided: Vec<Undecided>) -> Vec<Undecided> {
    let renamed: Vec<(ModelName, String)> = undecided
        .iter()
        .filter_map(|question| match question {
            Undecided::Field { model, to, .. } => Some((model.clone(), to.clone())),
            _ => None,
        })
        .collect();
    let stays = |question: &Undecided| match question {
        Undecided::Fill { model, name, .. } => !renamed.iter().any(|(of, to)| of == model && to == name),
        _ => true,
    };
    undecided.into_iter().filter(stays).collect()
}

/// Why no operations were found.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// Something must be decided.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Undecided(Vec<Undecided>),
    /// An operation does not fit the state before it: the changes need more than one migration.
    #[error(
        "{0}. The changes cannot be made at once: make some of them first, each with a migration of its own"
    )]
    Operation(OperationError),
    /// The models contradict each other after an operation: the changes need more than one migration.
    #[error(
        "after `{operation}` the models would contradict each other. Make some of the changes first, with a migration of \
        their own, or write the migration by hand (`makemigrations --empty`):\n{}",
        .errors.render(false)
    )]
    State {
        /// The operation.
        operation: String,
        /// How. The places are in the state as model files.
        errors: DefineErrors,
    },
    /// The operations that were found do not lead to the models.
    #[error(
        "no operations were found that lead to {}. Write the migration by hand (`makemigrations --empty`)",
        .0.join(", ")
    )]
    Incomplete(Vec<String>),
}
