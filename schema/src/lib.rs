//! The GraphQL schema of a registry of models, and the planner from GraphQL operations to queries.
//!
//! The crate never writes SQL and knows no driver.

pub mod engine;
pub mod error;
pub mod expose;
pub mod introspection;
pub mod limits;
pub mod names;
pub mod operation;
pub mod plan;
mod response;
mod write;
mod write_error;

pub use engine::{Engine, EngineOptions, Request, Response, ResponseKind};
