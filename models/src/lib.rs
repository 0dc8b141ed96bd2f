//! Models, expressions, query compiler and database access of Nuages.
//!
//! The crate never speaks GraphQL or HTTP. SQL text is written by the compile stage only, and drivers are
//! known to the `database` module only.

pub mod database;
pub mod pattern;
pub mod registry;
pub mod value;

pub use registry::Registry;
