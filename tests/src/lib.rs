//! What the end-to-end suites stand on: throw-away databases, projects with data in them, running servers, and
//! golden case folders.
//!
//! Every failure here is a failing test, so the functions panic with the remedy instead of returning errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

pub mod cluster;
pub mod data;
pub mod databases;
pub mod golden;
pub mod postgres;
pub mod program;
pub mod server;
pub mod source;
pub mod subject;
pub mod watched;
pub mod workspace;
