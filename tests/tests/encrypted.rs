//! Encrypted fields: tokens in the database, text everywhere else; keys that change; on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages::data;
use nuages_models::Registry;
use nuages_models::build::f;
use nuages_models::database::{Database, DatabaseOptions};
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::{BulkCreate, Orm};
use nuages_models::registry::Keyring;
use nuages_models::value::Value;
use nuages_models::values;
use nuages_schema::{Engine, EngineOptions, Request};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use std::io::Cursor;
use std::sync::Arc;

const MODELS: &str = "\
[Person.fields]
name = { type = \"char\", max_length = 50 }
ssn = { type = \"encrypted\", max_length = 11, null = true }
updated_at = { type = \"datetime\", auto_now = true }
";

fn registry(keys: &[String]) -> Registry {
    let file = SourceFile { path: "models/people.toml".to_owned(), text: MODELS.to_owned() };
    define(&[file]).unwrap().with_keys(&Keyring::new(keys).unwrap())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

async fn tokens(database: &Database) -> Vec<String> {
    let rows =
        database.query_text("SELECT ssn FROM people_person WHERE ssn IS NOT NULL ORDER BY id").await.unwrap();
    rows.into_iter().map(|row| row[0].clone().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_tokens_in_the_database_only() {
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "encrypted");
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        let (old, new) = (Keyring::generate(), Keyring::generate());
        let first = registry(std::slice::from_ref(&old));
        nuages_migrations::migrate(&database, &first).await.unwrap();

        let orm = Orm::new(Arc::new(first.clone()), database.clone());
        let people = orm.objects("Person");
        let ann = people.create(values! { "name" => "Ann", "ssn" => "123-45-6789" }).await.unwrap();
        assert_eq!(ann.get("ssn"), Some(&text("123-45-6789")), "{dialect:?}");
        let rows = ["Bob", "Cid"].map(|name| values! { "name" => name, "ssn" => "987-65-4321" });
        people.bulk_create(rows, &BulkCreate::default()).await.unwrap();
        people.create(values! { "name" => "Dee" }).await.unwrap();
        let too_long = people.create(values! { "name" => "Eve", "ssn" => "123-45-67890" }).await.unwrap_err();
        assert!(too_long.to_string().contains("at most 11 characters"), "{too_long}");
        let lines = "{\"model\": \"Person\", \"row\": {\"name\": \"Fay\", \"ssn\": \"000-00-0000\"}}\n";
        data::load(&database, &first, Cursor::new(lines), |_, _| {}).await.unwrap();

        let stored = tokens(&database).await;
        assert_eq!(stored.len(), 4, "{dialect:?}");
        assert!(stored.iter().all(|token| token.starts_with("gAAAA")), "{dialect:?}: {stored:?}");
        assert_ne!(stored[1], stored[2], "equal texts have different tokens");

        let seen = people.clone().order_by(["id"]).values(&["ssn"]).flat().await.unwrap();
        let all =
            [text("123-45-6789"), text("987-65-4321"), text("987-65-4321"), Value::Null, text("000-00-0000")];
        assert_eq!(seen, all, "{dialect:?}");
        assert_eq!(people.clone().filter(f("ssn").is_null()).count().await.unwrap(), 1);
        for refused in [
            people.clone().filter(f("ssn").eq("123-45-6789")),
            people.clone().filter(f("ssn").icontains("123")),
            people.clone().order_by(["ssn"]),
        ] {
            let error = refused.rows().await.unwrap_err().to_string();
            assert!(error.contains("encrypted") || error.contains("ssn"), "{dialect:?}: {error}");
        }

        let engine =
            Engine::new(Arc::new(first.clone()), database.clone(), EngineOptions::default()).unwrap();
        assert!(engine.sdl().contains("ssn: String"), "{}", engine.sdl());
        let query = "{ people(where: {ssn: {isNull: false}}, limit: 1, orderBy: [{id: ASC}]) { name ssn } }";
        let answer = engine.execute(Request { query: query.to_owned(), ..Request::default() }).await;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(
            body, "{\"data\":{\"people\":[{\"name\":\"Ann\",\"ssn\":\"123-45-6789\"}]}}",
            "{dialect:?}"
        );

        let both = registry(&[new.clone(), old]);
        let before = people.clone().order_by(["id"]).values(&["updated_at"]).flat().await.unwrap();
        let rotating = Orm::new(Arc::new(both), database.clone());
        assert_eq!(data::rotate(&rotating).await.unwrap(), 5, "{dialect:?}");
        assert!(tokens(&database).await.iter().all(|token| !stored.contains(token)), "{dialect:?}");
        let after = Orm::new(Arc::new(registry(&[new])), database.clone()).objects("Person");
        assert_eq!(after.clone().order_by(["id"]).values(&["ssn"]).flat().await.unwrap(), all, "{dialect:?}");
        assert_eq!(
            after.order_by(["id"]).values(&["updated_at"]).flat().await.unwrap(),
            before,
            "{dialect:?}"
        );

        let stale = people.rows().await.unwrap_err().to_string();
        assert!(stale.contains("cannot be decrypted"), "{dialect:?}: {stale}");
        let without = Orm::new(Arc::new(registry(&[])), database.clone()).objects("Person");
        let error = without.create(values! { "name" => "Gil", "ssn" => "1" }).await.unwrap_err().to_string();
        assert!(error.contains("encryption keys"), "{dialect:?}: {error}");
    }
}
