//! SQLite.

pub mod functions;
