//! Killed between any two statements, and run again.

use crate::bed::{Bed, bed, connect, registry};
use crate::executor::{FIRST, MODELS, SECOND, THIRD, go, history, rows, to};
use nuages_migrations::executor::{ExecuteError, MigrateOptions, apply};
use nuages_migrations::{History, State, state};
use nuages_models::database::Dialect;

/// Stops after each number of statements in turn and runs again; then the rows must be as if nothing had happened.
async fn stop_everywhere(dialect: Dialect, history: &History, models: &str, read: &str, expected: &[&str]) {
    let bed = bed(dialect).await;
    let models = registry(models);
    go(&bed, history, &to("0001")).await.unwrap();
    let mut stops = 0;
    for limit in 1.. {
        // The way back of the round before has led here.
        rows(&bed).await;
        let stopped =
            stop(&bed, history, &MigrateOptions { stop_after: Some(limit), ..large("latest") }).await;
        go(&bed, history, &large("latest")).await.unwrap_or_else(|error| panic!("after {limit}: {error}"));
        assert_eq!(state(&bed.database, &models).await.unwrap(), State::Current, "after {limit}");
        assert_eq!(bed.texts(read).await, expected, "after {limit}");
        let back = stop(&bed, history, &MigrateOptions { stop_after: Some(limit), ..large("0001") }).await;
        go(&bed, history, &large("0001")).await.unwrap_or_else(|error| panic!("back after {limit}: {error}"));
        assert_eq!(
            bed.texts("SELECT title FROM shop_book ORDER BY id").await,
            ["one", "two", "three"],
            "back after {limit}"
        );
        if !stopped && !back {
            break;
        }
        stops += 1;
    }
    assert!(stops > 10, "{stops}");
}

/// Every table is large.
fn large(target: &str) -> MigrateOptions {
    MigrateOptions { large_rows: 1, ..to(target) }
}

async fn stop(bed: &Bed, history: &History, options: &MigrateOptions) -> bool {
    let database = connect(&bed.url).await;
    match apply(&database, history, options, &mut |_| {}).await {
        Err(ExecuteError::Stopped(_)) => true,
        Ok(_) => false,
        Err(other) => panic!("{other}"),
    }
}

/// A migration that is not atomic, with each kind of step.
const STEPWISE: (&str, &str) = (
    "0004_stepwise",
    r#"
atomic = false

[[operations]]
update_rows = "shop.Book"
set = { rating = "rating + 1" }
batch = 1
reverse = { set = { rating = "rating - 1" } }

[[operations]]
add_field = "shop.Book.code"
field = { type = "char", max_length = 30, null = true }

[[operations]]
update_rows = "shop.Book"
set = { code = "headline || 'x'" }
reverse = "nothing"

[[operations]]
alter_field = "shop.Book.code"
field = { type = "char", max_length = 30, unique = true }

[[operations]]
add_constraint = "shop.Book"
constraint = { name = "book_code", check = "code <> ''" }
not_valid = true

[[operations]]
add_field = "shop.Book.editor"
field = { type = "foreign_key", to = "Author", on_delete = "set_null", null = true, related_name = "edited" }
"#,
);

fn stepwise_models() -> String {
    format!(
        "{}[[Book.constraints]]\nname = \"book_code\"\ncheck = \"code <> ''\"\n",
        MODELS.replace(
            "rating = { type = \"integer\" }\n",
            "rating = { type = \"integer\" }\ncode = { type = \"char\", max_length = 30, unique = true }\n\
             editor = { type = \"foreign_key\", to = \"Author\", on_delete = \"set_null\", null = true, related_name = \"edited\" }\n"
        )
    )
}

const READ: &str = "SELECT headline || ' ' || pages || ' ' || rating FROM shop_book ORDER BY id";

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let history = history(&[FIRST, SECOND, THIRD, STEPWISE]);
    stop_everywhere(
        Dialect::Sqlite,
        &history,
        &stepwise_models(),
        READ,
        &["one 10 14", "two 200 4", "three 30 34"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    let history = history(&[FIRST, SECOND, THIRD, STEPWISE]);
    stop_everywhere(
        Dialect::Postgres,
        &history,
        &stepwise_models(),
        READ,
        &["one 10 14", "two 200 4", "three 30 34"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_a_killed_build_left_is_built_anew() {
    let bed = bed(Dialect::Postgres).await;
    let index = "[[operations]]\nadd_index = \"shop.Book\"\nindex = { name = \"by_pages\", fields = [\"-pages\"] }\n\
        concurrently = true\n";
    let history = history(&[FIRST, ("0002_index", index)]);
    go(&bed, &history, &to("0001")).await.unwrap();
    // As a build leaves it that was killed.
    bed.run(&[
        "CREATE INDEX by_pages ON shop_book (pages)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_pages'::regclass",
    ])
    .await;
    go(&bed, &history, &to("latest")).await.unwrap();
    let indexes = bed.texts("SELECT pg_get_indexdef(indexrelid) || indisvalid FROM pg_index WHERE indexrelid = 'by_pages'::regclass");
    assert_eq!(indexes.await, ["CREATE INDEX by_pages ON public.shop_book USING btree (pages DESC)true"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_others_hold_is_waited_for() {
    let bed = bed(Dialect::Postgres).await;
    let history = history(&[FIRST, SECOND]);
    go(&bed, &history, &to("0001")).await.unwrap();
    let other = bed.database.begin().await.unwrap();
    other.batch("SELECT * FROM shop_book").await.unwrap();
    let url = bed.url.clone();
    let waiting = tokio::spawn(async move {
        let database = connect(&url).await;
        let history = crate::executor::history(&[FIRST, SECOND]);
        let options = MigrateOptions { lock_timeout_ms: 50, ..to("latest") };
        apply(&database, &history, &options, &mut |_| {}).await
    });
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    assert!(!waiting.is_finished());
    // Others read meanwhile, because nobody queues behind the waiting change for long.
    bed.texts("SELECT count(*) FROM shop_book").await;
    other.roll_back().await.unwrap();
    drop(other);
    assert_eq!(waiting.await.unwrap().unwrap().done, ["0002_rating"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_were_prepared_before_are_forgotten() {
    let bed = bed(Dialect::Postgres).await;
    let update = "[[operations]]\nupdate_rows = \"shop.Book\"\nset = { pages = \"pages + 3000000000\" }\nwhere = \"pages < 20\"\n\
        batch = 1\nreverse = \"nothing\"\n";
    let small = update.replace("3000000000", "1");
    let grow = "[[operations]]\nalter_field = \"shop.Book.pages\"\nfield = { type = \"big_integer\", null = true }\n";
    let history = history(&[FIRST, ("0002_small", &small), ("0003_grow", grow), ("0004_large", update)]);
    go(&bed, &history, &to("0001")).await.unwrap();
    rows(&bed).await;
    go(&bed, &history, &to("0002")).await.unwrap();
    go(&bed, &history, &to("latest")).await.unwrap();
    assert_eq!(bed.texts("SELECT pages FROM shop_book ORDER BY id").await, ["3000000011", "NULL", "30"]);
}
