//! A request that is given up is given up in the database too, and leaves its connection whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_models::database::{Database, DatabaseOptions};
use nuages_tests::postgres;
use std::time::{Duration, Instant};

/// Long enough for the statement to have begun.
const BEGUN: Duration = Duration::from_millis(300);
/// Long enough for a cancellation on a busy machine, and much shorter than the statement.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn postgres_cancels_the_statement_of_a_dropped_request() {
    let url = postgres::create_database("cancel");
    let database = Database::connect(&url, DatabaseOptions::default()).await.unwrap();
    let running =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'";
    let count = async || database.query_text(running).await.unwrap()[0][0].clone().unwrap();

    let statement = database.query_text("SELECT pg_sleep(600)");
    let watch = async {
        tokio::time::sleep(BEGUN).await;
        count().await
    };
    tokio::select! {
        _ = statement => panic!("the statement ended"),
        seen = watch => assert_eq!(seen, "1", "the statement runs"),
    }
    // Here the request is gone.
    let start = Instant::now();
    while count().await != "0" {
        assert!(start.elapsed() < PATIENCE, "the statement still runs");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn sqlite_interrupts_the_statement_of_a_dropped_request() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("x.db").display());
    // One connection: what follows can only run when the statement has ended.
    let options = DatabaseOptions { pool_size: Some(1), ..DatabaseOptions::default() };
    let database = Database::connect(&url, options).await.unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    assert!(tokio::time::timeout(BEGUN, database.query_text(endless)).await.is_err(), "it has no end");
    let next = tokio::time::timeout(PATIENCE, database.query_text("SELECT 7")).await;
    assert_eq!(next.expect("the connection is free again").unwrap()[0][0].as_deref(), Some("7"));
}
