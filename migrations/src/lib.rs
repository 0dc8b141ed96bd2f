//! DDL as data: the tables of a registry, rendered for SQLite and PostgreSQL, created and compared.
//!
//! | stage | input → output | module |
//! |---|---|---|
//! | describe | `Registry` + dialect → [`Table`]s | [`tables_of`] |
//! | render | [`Table`]s → statements | [`render`] |
//! | inspect | a database → its [`FoundTable`]s | `inspect` |
//! | compare | [`Table`]s + [`FoundTable`]s → [`Difference`]s | `compare` |
//! | edit | [`Table`]s before and after → steps → statements | [`editor`] |
//! | execute | [`History`] + a database → scripts → a migrated database | [`executor`] |
//! | migrate | all of them, in one transaction | [`migrate`] |
//! | read | migration files → [`MigrationFile`]s → [`History`] | [`read`], [`History`] |
//! | detect | two [`ProjectState`]s → [`Operation`]s | [`detect()`] |
//! | state | model files, or [`Operation`]s one after the other → [`ProjectState`] | [`ProjectState`] |
//! | inspectdb | a database → model files | [`inspectdb()`] |
//!
//! The crate knows nothing of GraphQL and HTTP, and no driver.

mod compare;
mod describe;
mod detect;
pub mod editor;
pub mod executor;
mod file;
mod history;
mod inspect;
mod inspectdb;
mod merge;
mod migrate;
mod name;
mod operation;
pub mod render;
mod squash;
mod state;
mod table;
mod translate;

pub use compare::{Aspect, Difference, Weight};
pub use describe::{Unsupported, tables_of};
pub use detect::{DetectError, FillReason, Questioner, Undecided, Verdict, detect, read_fill};
pub use file::{MigrationFile, read};
pub use history::{History, HistoryError, Planned};
pub use inspect::{FoundColumn, FoundForeignKey, FoundIndex, FoundTable};
pub use inspectdb::{InspectError, InspectOptions, Inspected, inspectdb};
pub use merge::{MergeError, merge};
pub use migrate::{MigrateError, MigrateReport, State, migrate, state};
pub use name::migration_name;
pub use operation::{
    Fill, Irreversible, Names, Operation, OperationError, Renames, RunSql, SqlText, TableChanges, UndoRows,
    UpdateRows, apply_all, optimize,
};
pub use squash::{SquashError, optimized, squash};
pub use state::{ModelName, ProjectState};
pub use table::{
    Column, ColumnCheck, Constraint, ForeignKey, Generated, Index, IndexKey, Key, Table, derived_name,
};
