//! What the database module promises of PostgreSQL, and only a server can show.

use crate::postgres_cluster::new_database;
use nuages_models::database::{Database, DatabaseError, DatabaseOptions, Param};
use std::time::Duration;

async fn connect(url: &str, statement_timeout_ms: Option<u64>) -> Database {
    let options = DatabaseOptions { pool_size: Some(2), statement_timeout_ms };
    Database::connect(url, options).await.unwrap()
}

async fn single(database: &Database, sql: &str) -> Option<String> {
    database.query_text(sql).await.unwrap()[0][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_statement_is_cancelled_and_its_transaction_undone() {
    let database = connect(&new_database().await, None).await;
    database.execute_all(&["CREATE TABLE t (a integer)".to_owned()]).await.unwrap();
    let transaction = database.begin().await.unwrap();
    transaction.batch("INSERT INTO t VALUES (1)").await.unwrap();
    let waiting = tokio::spawn(async move { transaction.batch("SELECT pg_sleep(60)").await });
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active' \
        AND datname = current_database()";
    let until = async |expected: &str| {
        for _ in 0..100 {
            if single(&database, running).await.as_deref() == Some(expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{expected} running statements are expected");
    };
    until("1").await;
    waiting.abort();
    until("0").await;
    assert_eq!(single(&database, "SELECT count(*) FROM t").await.as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_left_open_never_returns_to_the_pool() {
    let url = new_database().await;
    let options = DatabaseOptions { pool_size: Some(1), ..Default::default() };
    let database = Database::connect(&url, options).await.unwrap();
    let transaction = database.begin().await.unwrap();
    transaction.batch("CREATE TABLE t (a integer)").await.unwrap();
    drop(transaction);
    assert_eq!(single(&database, "SELECT to_regclass('t')").await, None);
    assert_eq!(single(&database, "SELECT count(*) FROM pg_prepared_xacts").await.as_deref(), Some("0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_time_out_and_say_so() {
    let database = connect(&new_database().await, Some(100)).await;
    let error = database.query_text("SELECT pg_sleep(60)").await.unwrap_err();
    assert!(matches!(error, DatabaseError::Timeout), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_take_the_type_of_their_column_or_are_refused() {
    let database = connect(&new_database().await, None).await;
    let table = "CREATE TABLE t (s smallint, n numeric, f real, ns numeric[], us uuid[], ts text[])";
    database.execute_all(&[table.to_owned()]).await.unwrap();
    let sql = "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6)";
    let uuid = "ffffffff-ffff-4fff-bfff-ffffffffffff";
    let row = |small: i64| {
        vec![
            Param::Int(small),
            Param::Int(i64::MIN),
            Param::Int(3),
            Param::Array(vec![Param::Int(1), Param::Null, Param::Float(2.5)]),
            Param::Array(vec![Param::Text(uuid.to_owned())]),
            Param::Array(vec![Param::Text("a\"b\\,".to_owned()), Param::Null]),
        ]
    };
    database.execute_many(sql, vec![row(-32_768)]).await.unwrap();
    let stored = database.query_text("SELECT s, n, f, ns, us, ts[1] FROM t").await.unwrap();
    let stored: Vec<&str> = stored[0].iter().map(|cell| cell.as_deref().unwrap()).collect();
    assert_eq!(
        stored,
        ["-32768", "-9223372036854775808", "3", "{1,NULL,2.5}", &format!("{{{uuid}}}"), "a\"b\\,"]
    );
    let (position, error) = database.execute_many(sql, vec![row(1), row(32_768)]).await.unwrap_err();
    assert_eq!(position, 1);
    assert!(matches!(error, DatabaseError::Value(_)), "{error}");
    assert_eq!(single(&database, "SELECT count(*) FROM t").await.as_deref(), Some("1"));
}
