//! DDL as data: the tables of a registry, rendered for SQLite and PostgreSQL, created and compared.
//!
//! | stage | input → output | module |
//! |---|---|---|
//! | describe | `Registry` + dialect → [`Table`]s | [`tables_of`] |
//! | render | [`Table`]s → statements | [`render`] |
//! | inspect | a database → its [`FoundTable`]s | `inspect` |
//! | compare | [`Table`]s + [`FoundTable`]s → [`Difference`]s | `compare` |
//! | migrate | all of them, in one transaction | [`migrate`] |
//! | inspectdb | a database → model files | [`inspectdb()`] |
//!
//! The crate knows nothing of GraphQL and HTTP, and no driver.

mod compare;
mod describe;
mod inspect;
mod inspectdb;
mod migrate;
pub mod render;
mod table;
mod translate;

pub use compare::{Aspect, Difference, Weight};
pub use describe::{Unsupported, tables_of};
pub use inspect::{FoundColumn, FoundForeignKey, FoundIndex, FoundTable};
pub use inspectdb::{InspectError, InspectOptions, Inspected, inspectdb};
pub use migrate::{MigrateError, MigrateReport, State, migrate, state};
pub use table::{
    Column, ColumnCheck, Constraint, ForeignKey, Generated, Index, IndexKey, Key, Table, derived_name,
};
