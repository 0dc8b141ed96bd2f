//! The write stage: mutations as data ([`Mutation`]) to statements in one transaction.

mod error;
mod tree;

pub use error::{InputPath, Problem, Violation, ViolationKind, WriteError, at, below, shown_key};
pub use tree::{Action, Change, Key, Mutation, NewRow, OnConflict, Outcome, RelatedChange, Target};
