//! States, operations and migration files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod detect;
mod files;
mod models;
mod properties;
mod states;
