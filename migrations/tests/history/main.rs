//! States, operations and migration files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod detect;
mod files;
mod generated;
mod models;
mod operations;
mod properties;
mod states;
