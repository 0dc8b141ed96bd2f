//! Models, expressions, query compiler and database access of Nuages.
//!
//! The crate never speaks GraphQL or HTTP. SQL text is written by the compile stage only, and drivers are
//! known to the `database` module only.

pub mod aggregates;
pub mod bind;
pub mod build;
pub mod compile;
pub mod cursor;
pub mod database;
pub mod define;
pub mod english;
pub mod expr;
pub mod functions;
pub mod lookups;
pub mod objects;
pub mod pattern;
pub mod plan;
pub mod prepare;
pub mod query;
pub mod registry;
pub mod run;
pub mod sql;
pub mod text;
pub mod value;
pub mod windows;
pub mod write;

pub use registry::Registry;
