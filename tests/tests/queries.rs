//! Methods of the QuerySet API that no page of the documentation shows, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages::{Config, Project};
use nuages_models::build::f;
use nuages_models::database::{Database, DatabaseOptions};
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::Orm;
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;
use nuages_models::values;
use nuages_tests::data::Project as TestProject;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use std::sync::Arc;

async fn blogs() -> Vec<(TestDatabase, Orm)> {
    let mut orms = Vec::new();
    for dialect in BACKENDS {
        let database = TestDatabase::filled(dialect, TestProject::Blog).unwrap();
        let config = Config { database: database.url.clone(), ..Config::default() };
        let project = Project::with_config(TestProject::Blog.folder(), config);
        let registry = project.registry().unwrap();
        let connected = project.connect().await.unwrap();
        orms.push((database, Orm::new(Arc::new(registry), connected)));
    }
    orms
}

#[tokio::test]
async fn rows_in_bulk() {
    for (_database, orm) in blogs().await {
        let users = orm.objects("User");
        let first = users.clone().order_by(["id"]).first().await.unwrap().unwrap();
        let email = first.get("email").cloned().unwrap();
        let Value::Text(text) = &email else { panic!("{email:?}") };
        let by_email = users.in_bulk("email", vec![email.clone()]).await.unwrap();
        assert_eq!(by_email.keys().collect::<Vec<_>>(), [text]);
        let by_key = users.in_bulk("pk", vec![Value::Int(1), Value::Int(3), Value::Int(-1)]).await.unwrap();
        let mut keys: Vec<&str> = by_key.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["1", "3"]);
        let all = users.in_bulk("pk", None).await.unwrap();
        assert_eq!(all.len() as u64, users.count().await.unwrap());
        assert!(users.in_bulk("pk", Vec::new()).await.unwrap().is_empty());
        let several =
            users.in_bulk("name", vec![Value::Text("Bob".to_owned())]).await.unwrap_err().to_string();
        assert!(several.contains("unique"), "{several}");
        let misspelt = users.in_bulk("emial", None).await.unwrap_err().to_string();
        assert!(misspelt.contains("email"), "{misspelt}");
        let sliced = users.limit(2).in_bulk("pk", vec![Value::Int(1)]).await.unwrap_err().to_string();
        assert!(sliced.contains("sliced last"), "{sliced}");
    }
}

#[tokio::test]
async fn rows_in_bulk_by_keys_of_several_fields() {
    let text = "[Seat]\nprimary_key = ['hall', 'number']\n[Seat.fields]\nhall = { type = 'char', max_length = 9 }\n\
        number = { type = 'integer' }\n";
    let file = SourceFile { path: "models/theatre.toml".to_owned(), text: text.to_owned() };
    let registry = define(&[file]).unwrap();
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "seats");
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        nuages_migrations::migrate(&database, &registry).await.unwrap();
        let seats = Orm::new(Arc::new(registry.clone()), database).objects("Seat");
        for (hall, number) in [("a", 1), ("a", 2), ("b", 1)] {
            seats.create(values! { "hall" => hall, "number" => number }).await.unwrap();
        }
        let key = |hall: &str, number| Value::Array(vec![Value::Text(hall.to_owned()), Value::Int(number)]);
        let found = seats.in_bulk("pk", vec![key("b", 1), key("a", 2), key("b", 2)]).await.unwrap();
        let mut keys: Vec<&str> = found.keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, ["[\"a\",2]", "[\"b\",1]"], "{dialect:?}");
        assert_eq!(found["[\"a\",2]"].get("number"), Some(&Value::Int(2)));
        assert_eq!(seats.in_bulk("pk", None).await.unwrap().len(), 3);
        let short = seats.in_bulk("pk", vec![Value::Array(vec![Value::Text("a".to_owned())])]).await;
        assert!(short.is_err(), "a key of two fields has two values: {short:?}");
    }
}

#[tokio::test]
async fn raw_rows_with_related_rows() {
    let mut seen = Vec::new();
    for (_database, orm) in blogs().await {
        let raw = orm.raw("Post", "SELECT * FROM blog_post WHERE views > $1", vec![Value::Int(100)]);
        let popular = raw.filter(f("published").eq(true)).order_by(["-views", "id"]).limit(4);
        let whole = popular.clone().select_related(&["author"]).prefetch_related(["tags"]);
        let (records, statements) = whole.records().await.unwrap();
        let plain = orm.objects("Post").unscoped().filter(f("views").gt(100) & f("published").eq(true));
        let plain = plain.order_by(["-views", "id"]).limit(4);
        let plain = plain.select_related(&["author"]).prefetch_related(["tags"]).records().await.unwrap();
        assert_eq!((&records, records.is_empty()), (&plain.0, false));
        let with_more = popular.raw_column("half", LogicalType::Int64).prefetch_related(["tags"]);
        assert!(with_more.records().await.is_err());
        seen.push((records, statements > 0));
    }
    assert_eq!(seen[0], seen[1]);
}
