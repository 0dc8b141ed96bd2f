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
//! | state | model files, or [`Operation`]s one after the other → [`ProjectState`] | [`ProjectState`] |
//!
//! The crate knows nothing of GraphQL and HTTP, and no driver.

mod compare;
mod describe;
pub mod editor;
pub mod executor;
mod file;
mod history;
mod inspect;
mod migrate;
mod name;
mod operation;
pub mod render;
mod state;
mod table;

pub use compare::{Aspect, Difference};
pub use describe::{Unsupported, tables_of};
pub use file::{MigrationFile, read};
pub use history::{History, HistoryError, Planned};
pub use inspect::{FoundColumn, FoundForeignKey, FoundIndex, FoundTable};
pub use migrate::{MigrateError, MigrateReport, State, migrate, state};
pub use name::migration_name;
pub use operation::{
    Fill, Irreversible, Names, Operation, OperationError, Renames, RunSql, SqlText, TableChanges, UndoRows,
    UpdateRows, apply_all,
};
pub use state::{ModelName, ProjectState};
pub use table::{
    Column, ColumnCheck, Constraint, ForeignKey, Generated, Index, IndexKey, Key, Table, derived_name,
};
