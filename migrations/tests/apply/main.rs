//! Changing tables with rows in them, and applying migrations, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod bed;
mod executor;
mod interrupted;

mod pairs;
#[path = "../migrate/postgres_cluster.rs"]
mod postgres_cluster;
