//! Why a write failed, in terms of models and of the input.

use super::tree::Key;
use crate::objects::QueryError;
use crate::prepare::CompileError;
use crate::registry::Model;
use crate::run::{PathSegment, RunError};
use crate::value::write_value;

/// Where something stands in the input: `["input", "posts", "create", 3, "title"]`.
pub type InputPath = Vec<PathSegment>;

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WriteError {
    /// Values break rules of their fields; found before anything was sent. All problems of the input.
    #[error("{}", summary(.0))]
    Validation(Vec<Problem>),
    /// A row that must be there is not.
    #[error("there is no {model} with {key}")]
    NotFound {
        /// The model.
        model: String,
        /// The key, for people.
        key: String,
        /// Where it stands in the input.
        path: InputPath,
    },
    /// The database refused a row by one of its constraints.
    #[error("{0}")]
    Violation(Box<Violation>),
    /// Rows that refer to the deleted ones forbid it.
    #[error("{model} cannot be deleted: {count} {} of {by} {} to it by `{relation}` ({})", if *count == 1 { "row" } else { "rows" }, if *count == 1 { "refers" } else { "refer" }, if *restricted { "restrict" } else { "protect" })]
    Protected {
        /// The model of the rows that were to be deleted.
        model: String,
        /// The model of the rows that refer to them.
        by: String,
        /// Their relation.
        relation: String,
        /// How many there are at least.
        count: u64,
        /// Whether the rule is `restrict`; otherwise it is `protect`.
        restricted: bool,
    },
    /// The row is not what was expected.
    #[error("the {model} has changed: {} is no longer as expected", fields.join(", "))]
    Conflict {
        /// The model.
        model: String,
        /// The fields that differ.
        fields: Vec<String>,
        /// The values that the expected fields have now, by field, in JSON form.
        current: Vec<(String, serde_json::Value)>,
        /// Where it stands in the input.
        path: InputPath,
    },
    /// More rows than a bulk write may touch.
    #[error("more than {at_most} rows of {model} match, and no more may be written: nothing was")]
    TooMany {
        /// The model.
        model: String,
        /// How many may match.
        at_most: u64,
        /// Where it stands in the input.
        path: InputPath,
    },
    /// The input makes no sense: a relation that cannot be disconnected, an unknown key.
    #[error("{message}")]
    Misuse {
        /// What, and what to do instead.
        message: String,
        /// Where it stands in the input.
        path: InputPath,
    },
    /// A receiver of a signal has refused.
    #[error("{message}")]
    Refused {
        /// Why, for the client.
        message: String,
    },
    /// An expression is wrong.
    #[error(transparent)]
    Expression(#[from] CompileError),
    /// The database failed.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl WriteError {
    /// Whether the same may succeed in another transaction: this one was in the way of others.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Run(RunError::Retry(_)))
    }
}

impl From<QueryError> for WriteError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Write(error) => error,
            QueryError::Run(error) => Self::Run(error),
            QueryError::Expression(error) => Self::Expression(error),
            other => Self::Misuse { message: other.to_string(), path: InputPath::new() },
        }
    }
}

/// A value that breaks a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where it stands in the input.
    pub path: InputPath,
    /// The model.
    pub model: String,
    /// The field or relation.
    pub field: String,
    /// The rule: `required`, `null`, `max_length`, `min`, `max`, `regex`, `choices`, `format`, `decimal`, `range`, `read_only`.
    pub rule: &'static str,
    /// For people.
    pub message: String,
}

/// A constraint of the database that a row broke.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}", self.text())]
pub struct Violation {
    /// What kind of constraint.
    pub kind: ViolationKind,
    /// The model.
    pub model: String,
    /// The fields, when they are known.
    pub fields: Vec<String>,
    /// The values of the fields as the database writes them, where it tells them. They may be of rows that a client must not
    /// see.
    pub values: Option<String>,
    /// The constraint's name in the model or in the database, when it has one.
    pub constraint: Option<String>,
    /// Where the mutation stands in the input.
    pub path: InputPath,
}

/// The kinds of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViolationKind {
    /// Two rows with the same key.
    Unique,
    /// A row that refers to none, or that is still referred to.
    ForeignKey,
    /// A condition of the model.
    Check,
    /// A value is missing.
    NotNull,
}

impl Violation {
    fn text(&self) -> String {
        let Self { model, fields, constraint, .. } = self;
        let named = constraint.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        match self.kind {
            ViolationKind::Unique if fields.is_empty() => {
                format!("there is a {model} like this already{named}")
            }
            ViolationKind::Unique => {
                format!("there is a {model} with this {} already{named}", fields.join(" and "))
            }
            ViolationKind::ForeignKey if fields.is_empty() => {
                format!(
                    "a row of {model} refers to a row that does not exist, or is still referred to{named}"
                )
            }
            ViolationKind::ForeignKey => {
                format!("{} of {model} refers to a row that does not exist{named}", fields.join(" and "))
            }
            ViolationKind::Check if fields.is_empty() => format!("a rule of {model} is broken{named}"),
            ViolationKind::Check => {
                format!("a value of {} of {model} is not allowed{named}", fields.join(" and "))
            }
            ViolationKind::NotNull => format!("{} of {model} must have a value", fields.join(" and ")),
        }
    }
}

impl Problem {
    /// A problem of a field, below the place of its row.
    pub fn new(path: InputPath, (model, field): (&str, &str), rule: &'static str, message: String) -> Self {
        Self { path, model: model.to_owned(), field: field.to_owned(), rule, message }
    }
}

fn summary(problems: &[Problem]) -> String {
    match problems {
        [] => "a value is not valid".to_owned(),
        [only] => only.message.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
    }
}

/// The place below another.
pub fn below(path: &InputPath, step: &str) -> InputPath {
    let mut path = path.clone();
    path.push(PathSegment::Key(step.to_owned()));
    path
}

/// The place of an element.
pub fn at(path: &InputPath, index: usize) -> InputPath {
    let mut path = path.clone();
    path.push(PathSegment::Index(index));
    path
}

/// A key for people.
pub fn shown_key(model: &Model, key: &Key) -> String {
    let parts: Vec<String> = key
        .0
        .iter()
        .map(|(id, value)| {
            let field = model.field(*id);
            let mut text = Vec::new();
            let shown = match write_value(&mut text, &field.logical, value) {
                Ok(()) => String::from_utf8_lossy(&text).into_owned(),
                Err(_) => "?".to_owned(),
            };
            format!("{} {shown}", field.name)
        })
        .collect();
    parts.join(" and ")
}
