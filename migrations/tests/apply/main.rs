//! Changing tables with rows in them, and applying migrations, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod bed;
mod conversions;
mod detected;
mod executor;
mod generated;
mod interrupted;

mod pairs;
#[path = "../migrate/postgres_cluster.rs"]
mod postgres_cluster;
