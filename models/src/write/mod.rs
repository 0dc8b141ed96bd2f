//! The write stage: mutations as data ([`Mutation`]) to statements in one transaction.
//!
//! A [`Writer`] does a mutation level by level: rows that others refer to before them, related rows after them, all rows of a
//! level in one statement. The number of statements is a function of the mutation's shape, never of the number of rows (on
//! SQLite one prepared statement runs once a row: there is no round trip to save).

mod change;
mod collect;
mod create;
mod dangling;
mod error;
mod links;
mod relate;
mod signal;
mod single;
mod tree;
mod validate;
mod values;
mod violation;
mod writer;

pub use collect::Deleted;
pub use dangling::placed;
pub use error::{InputPath, Problem, Violation, ViolationKind, WriteError, at, below, shown_key};
pub use single::{SingleInserts, create_single};
pub use tree::{Action, Change, Key, Mutation, NewRow, OnConflict, Outcome, RelatedChange, Target};
pub use validate::check;
pub use values::default_value;
pub use writer::{WriteContext, Writer};

pub(crate) use values::moment;

use crate::registry::{Field, Model};
use crate::value::Value;

/// A value as its field holds it.
///
/// # Errors
/// [`WriteError::Validation`] when the column cannot hold it.
pub(crate) fn fitted(model: &Model, field: &Field, value: &Value) -> Result<Value, WriteError> {
    values::fit(field, value).map_err(|(rule, message)| {
        WriteError::Validation(vec![Problem::new(
            InputPath::new(),
            (&model.name, &field.name),
            rule,
            message,
        )])
    })
}
