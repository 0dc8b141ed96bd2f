//! The words of migration files: one table of the operations and their keys.

use crate::operation::Operation;

/// An operation in a file: `[[operations]]` with its verb and other keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keys {
    /// The key that says which operation it is, and what it is about.
    pub(super) verb: &'static str,
    /// What the verb's value is, for messages.
    pub(super) about: About,
    /// The other keys; those of a model file for `create_model`.
    pub(super) others: &'static [&'static str],
}

/// What an operation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// `blog.Post`
    Model,
    /// `blog.Post.title`
    Field,
    /// SQL.
    Sql,
    /// A note for the reader, or true.
    Note,
}

const fn row(verb: &'static str, about: About, others: &'static [&'static str]) -> Keys {
    Keys { verb, about, others }
}

const CREATE_MODEL: Keys = row("create_model", About::Model, &[]);
const DELETE_MODEL: Keys = row("delete_model", About::Model, &[]);
const RENAME_MODEL: Keys = row("rename_model", About::Model, &["to"]);
const ADD_FIELD: Keys = row("add_field", About::Field, &["field", "fill"]);
const REMOVE_FIELD: Keys = row("remove_field", About::Field, &[]);
const ALTER_FIELD: Keys = row("alter_field", About::Field, &["field", "fill"]);
const RENAME_FIELD: Keys = row("rename_field", About::Field, &["to"]);
const ADD_INDEX: Keys = row("add_index", About::Model, &["index", "concurrently"]);
const REMOVE_INDEX: Keys = row("remove_index", About::Model, &["name", "concurrently"]);
const RENAME_INDEX: Keys = row("rename_index", About::Model, &["name", "to"]);
const ADD_CONSTRAINT: Keys = row("add_constraint", About::Model, &["constraint", "not_valid"]);
const REMOVE_CONSTRAINT: Keys = row("remove_constraint", About::Model, &["name"]);
const ALTER_TABLE: Keys =
    row("alter_table", About::Model, &["table", "db_comment", "managed", "primary_key", "unique_together"]);
const ALTER_MANAGERS: Keys = row("alter_managers", About::Model, &["managers"]);
const RUN_SQL: Keys = row("run_sql", About::Sql, &["reverse", "state"]);
const UPDATE_ROWS: Keys = row("update_rows", About::Model, &["where", "set", "batch", "reverse"]);
const SEPARATE: Keys = row("separate_database_and_state", About::Note, &["database", "state"]);

/// Every operation, in the order of the documentation.
pub(super) const OPERATIONS: &[Keys] = &[
    CREATE_MODEL,
    DELETE_MODEL,
    RENAME_MODEL,
    ADD_FIELD,
    REMOVE_FIELD,
    ALTER_FIELD,
    RENAME_FIELD,
    ADD_INDEX,
    REMOVE_INDEX,
    RENAME_INDEX,
    ADD_CONSTRAINT,
    REMOVE_CONSTRAINT,
    ALTER_TABLE,
    ALTER_MANAGERS,
    RUN_SQL,
    UPDATE_ROWS,
    SEPARATE,
];

/// The keys of a file.
pub(super) const FILE: &[&str] = &["dependencies", "replaces", "atomic", "operations"];

/// SQL of one database each.
pub(super) const FOR_BOTH: [&str; 2] = ["postgres", "sqlite"];

/// `reverse` of an update that needs no undoing.
pub(super) const NOTHING: &str = "nothing";

/// The words for an operation.
pub(super) fn keys(operation: &Operation) -> Keys {
    match operation {
        Operation::CreateModel(_) => CREATE_MODEL,
        Operation::DeleteModel { .. } => DELETE_MODEL,
        Operation::RenameModel { .. } => RENAME_MODEL,
        Operation::AddField { .. } => ADD_FIELD,
        Operation::RemoveField { .. } => REMOVE_FIELD,
        Operation::AlterField { .. } => ALTER_FIELD,
        Operation::RenameField { .. } => RENAME_FIELD,
        Operation::AddIndex { .. } => ADD_INDEX,
        Operation::RemoveIndex { .. } => REMOVE_INDEX,
        Operation::RenameIndex { .. } => RENAME_INDEX,
        Operation::AddConstraint { .. } => ADD_CONSTRAINT,
        Operation::RemoveConstraint { .. } => REMOVE_CONSTRAINT,
        Operation::AlterTable { .. } => ALTER_TABLE,
        Operation::AlterManagers { .. } => ALTER_MANAGERS,
        Operation::RunSql(_) => RUN_SQL,
        Operation::UpdateRows(_) => UPDATE_ROWS,
        Operation::SeparateDatabaseAndState { .. } => SEPARATE,
    }
}
