//! Loading and dumping on both databases.
#![expect(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a panic is how a test fails")]

#[path = "../../migrations/tests/migrate/postgres_cluster.rs"]
mod postgres_cluster;

use nuages::data::{DataError, dump, load, open};
use nuages_migrations::migrate;
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseOptions, Dialect};
use nuages_models::define::{SourceFile, define, read_project};
use std::path::{Path, PathBuf};

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// An empty database with the models' tables; the folder holds it.
async fn created(registry: &Registry, dialect: Dialect) -> (Database, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = match dialect {
        Dialect::Sqlite => format!("sqlite://{}", folder.path().join("t.db").display()),
        Dialect::Postgres => postgres_cluster::new_database().await,
    };
    let options = DatabaseOptions { pool_size: Some(2), ..Default::default() };
    let database = Database::connect(&url, options).await.unwrap();
    migrate(&database, registry).await.unwrap();
    (database, folder)
}

fn blog() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/blog")
}

fn blog_models() -> Registry {
    define(&read_project(&blog()).unwrap()).unwrap()
}

fn models(text: &str) -> Registry {
    define(&[SourceFile { path: "app.toml".to_owned(), text: text.to_owned() }]).unwrap()
}

async fn dumped(database: &Database, registry: &Registry) -> String {
    let mut out = Vec::new();
    let rows = dump(database, registry, &[], &mut out, |_| {}).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count() as u64, rows);
    text
}

async fn count(database: &Database, table: &str) -> String {
    database.query_text(&format!("SELECT count(*) FROM {table}")).await.unwrap()[0][0].clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blog_goes_from_database_to_database_unchanged() {
    let registry = blog_models();
    let mut dumps = Vec::new();
    for dialect in BOTH {
        let (database, _folder) = created(&registry, dialect).await;
        let file = open(&blog().join("data/blog.jsonl.gz")).unwrap();
        let mut told = 0;
        let report = load(&database, &registry, file, |rows, _| told = rows).await.unwrap();
        assert_eq!((report.tables["blog_post"], report.tables["blog_comment"]), (120, 400));
        assert_eq!(told, report.rows());
        let dump = dumped(&database, &registry).await;
        assert_eq!(dump.lines().count() as u64, report.rows());
        let (other, _folder) = created(&registry, dialect).await;
        load(&other, &registry, dump.as_bytes(), |_, _| {}).await.unwrap();
        assert!(dumped(&other, &registry).await == dump, "{dialect:?}");
        dumps.push(dump);
    }
    assert!(dumps[0] == dumps[1], "SQLite and PostgreSQL differ");
}

const KINDS: &str = r#"
[Kind]
[Kind.fields]
t   = { type = "char", max_length = 50, null = true }
f   = { type = "float", null = true }
d   = { type = "decimal", max_digits = 6, decimal_places = 2, null = true }
big = { type = "decimal", max_digits = 30, decimal_places = 10, null = true }
i   = { type = "big_integer", null = true }
day = { type = "date", null = true }
at  = { type = "datetime", null = true }
tm  = { type = "time", null = true }
dur = { type = "duration", null = true }
u   = { type = "uuid", null = true }
b   = { type = "binary", null = true }
j   = { type = "json", null = true }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn values_at_the_edges_of_their_types_survive() {
    let registry = models(KINDS);
    let lines = [
        r#"{"model":"Kind","row":{"id":1}}"#,
        r#"{"model":"Kind","row":{"id":2,"t":"a\\b\tc\nd\r\\N \"q\" 'q' 日本","f":1.7976931348623157e308,"d":"-9999.99"}}"#,
        r#"{"model":"Kind","row":{"id":3,"t":"\\.","big":"-12345678901234567890.0123456789","i":"-9223372036854775808","f":5e-324}}"#,
        r#"{"model":"Kind","row":{"id":4,"day":"0001-01-01","at":"0001-01-01T00:00:00Z","tm":"00:00:00","dur":-1,"i":9223372036854775807}}"#,
        r#"{"model":"Kind","row":{"id":5,"day":"9999-12-31","at":"9999-12-31T23:59:59.999999Z","tm":"23:59:59.999999","dur":9007199254740993}}"#,
        r#"{"model":"Kind","row":{"id":6,"u":"ffffffff-ffff-4fff-bfff-ffffffffffff","b":"AP8=","j":{"b":[1,null],"a":{"$json":1}}}}"#,
        r#"{"model":"Kind","row":{"id":7,"j":{"$json":null}}}"#,
        r#"{"model":"Kind","row":{"id":8,"j":{"$json":{"$json":[]}}}}"#,
        r#"{"model":"Kind","row":{"id":9,"t":"","j":""}}"#,
    ];
    let mut dumps = Vec::new();
    for dialect in BOTH {
        let (database, _folder) = created(&registry, dialect).await;
        load(&database, &registry, lines.join("\n").as_bytes(), |_, _| {}).await.unwrap();
        let json_null =
            database.query_text("SELECT id FROM app_kind WHERE j IS NOT NULL ORDER BY id").await.unwrap();
        assert_eq!(json_null.len(), 4, "{json_null:?}");
        let dump = dumped(&database, &registry).await;
        let (other, _folder) = created(&registry, dialect).await;
        load(&other, &registry, dump.as_bytes(), |_, _| {}).await.unwrap();
        assert_eq!(dumped(&other, &registry).await, dump, "{dialect:?}");
        dumps.push(dump);
    }
    assert_eq!(dumps[0], dumps[1]);
    for part in [
        "\"big\":\"-12345678901234567890.0123456789\"",
        "\"i\":-9223372036854775808",
        "{\"$json\":null}",
        "{\"$json\":{\"$json\":[]}}",
        "\"at\":\"0001-01-01T00:00:00Z\"",
    ] {
        assert!(dumps[0].contains(part), "{part} not in {}", dumps[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_wrong_line_is_named_and_nothing_is_kept() {
    let registry = blog_models();
    let good = r#"{"table":"blog_tag","row":{"id":1,"name":"a"}}"#;
    for dialect in BOTH {
        let (database, _folder) = created(&registry, dialect).await;
        for (bad, part) in [
            (r#"{"table":"blog_tagg","row":{}}"#, "did you mean `blog_tag`?"),
            (r#"{"model":"Tga","row":{}}"#, "did you mean `Tag`?"),
            (r#"{"table":"blog_tag","row":{"id":2,"nam":"b"}}"#, "did you mean `name`?"),
            (r#"{"table":"blog_tag","row":{"id":"x","name":"b"}}"#, "`id`"),
            (r#"{"table":"blog_tag","row":{"id":2,"name":null}}"#, "name"),
            (
                r#"{"table":"blog_tag","row":{"id":2,"name":"a"}}"#,
                if dialect == Dialect::Sqlite { "UNIQUE" } else { "unique" },
            ),
            (r#"{"table":"blog_tag","row":{"id":2,"name":"b"}"#, "JSON"),
            ("[]", "a line is"),
        ] {
            let text = format!("{good}\n\n{bad}\n{good}");
            match load(&database, &registry, text.as_bytes(), |_, _| {}).await {
                Err(DataError::Line { line: 3, message }) => {
                    assert!(message.contains(part), "{part}: {message}")
                }
                other => panic!("{bad}: {other:?}"),
            }
            assert_eq!(count(&database, "blog_tag").await, "0", "{bad}");
        }
        let dangling = r#"{"table":"blog_profile","row":{"id":1,"user_id":99,"bio":""}}"#;
        let error = load(&database, &registry, dangling.as_bytes(), |_, _| {}).await.unwrap_err();
        assert!(matches!(error, DataError::Inconsistent(_)), "{error}");
        let message = error.to_string();
        assert!(message.contains("blog_profile") && message.contains("blog_user"), "{message}");
        assert_eq!(count(&database, "blog_profile").await, "0");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn children_may_come_before_parents_and_counting_goes_on() {
    let registry = blog_models();
    let lines = "{\"table\":\"blog_category\",\"row\":{\"id\":7,\"name\":\"child\",\"parent_id\":41}}\n\
                 {\"table\":\"blog_category\",\"row\":{\"id\":41,\"name\":\"parent\"}}\n";
    for dialect in BOTH {
        let (database, _folder) = created(&registry, dialect).await;
        load(&database, &registry, lines.as_bytes(), |_, _| {}).await.unwrap();
        // A file without the largest keys must not turn the counter back.
        database.execute_all(&["DELETE FROM blog_category".to_owned()]).await.unwrap();
        let low = "{\"table\":\"blog_category\",\"row\":{\"id\":3,\"name\":\"low\"}}";
        load(&database, &registry, low.as_bytes(), |_, _| {}).await.unwrap();
        database.execute_all(&["INSERT INTO blog_category (name) VALUES ('next')".to_owned()]).await.unwrap();
        let next = database.query_text("SELECT id FROM blog_category WHERE name = 'next'").await.unwrap();
        let next: i64 = next[0][0].as_deref().unwrap().parse().unwrap();
        assert!(next > 41, "{dialect:?}: {next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_one_moment_while_others_write() {
    let registry = blog_models();
    for dialect in BOTH {
        let (database, _folder) = created(&registry, dialect).await;
        let writer = database.clone();
        let models = registry.clone();
        let writing = tokio::spawn(async move {
            for id in 1..=60 {
                let pair = format!(
                    "{{\"table\":\"blog_user\",\"row\":{{\"id\":{id},\"email\":\"{id}@x.org\",\"name\":\"\"}}}}\n\
                     {{\"table\":\"blog_profile\",\"row\":{{\"id\":{id},\"user_id\":{id},\"bio\":\"\"}}}}\n"
                );
                load(&writer, &models, pair.as_bytes(), |_, _| {}).await.unwrap();
            }
        });
        while !writing.is_finished() {
            let text = dumped(&database, &registry).await;
            let of = |model: &str| {
                text.lines().filter(|line| line.contains(&format!("\"model\":\"{model}\""))).count()
            };
            assert_eq!(of("User"), of("Profile"), "{dialect:?}");
        }
        writing.await.unwrap();
    }
}
