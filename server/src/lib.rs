//! The Nuages server: projects, configuration, HTTP and the command line.
//!
//! A Rust program embeds it in one of two ways: [`serve`] runs a project on a port of its own, and [`router`] gives
//! the routes for a program that has an axum server already.

pub mod cli;
pub mod config;
pub mod data;
pub mod executor;
pub mod http;
pub mod project;
mod reload;
mod serve;
pub mod telemetry;

pub use config::{Config, ConfigErrors, Overrides};
pub use executor::EngineExecutor;
pub use http::{HttpOptions, ServerState, router};
pub use project::{Project, ProjectError};
pub use serve::{ServeError, Server, serve};
