//! Changes of a part of a JSON document: the same on both databases, and what `value/json_change.rs` says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_models::Registry;
use nuages_models::build::{E, f, json_merge, json_remove, json_set};
use nuages_models::database::{Database, DatabaseOptions};
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::{Orm, QueryError};
use nuages_models::value::json::Node;
use nuages_models::value::{Value, json_change};
use nuages_models::values;
use nuages_schema::{Engine, EngineOptions, Request};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use serde_json::json;
use std::sync::Arc;

const MODELS: &str = "\
[Doc.fields]
n = { type = \"integer\", default = 7 }
data = { type = \"json\", null = true }
";

const DOCUMENTS: &[Option<&str>] = &[
    None,
    Some("null"),
    Some("5"),
    Some("\"text\""),
    Some("{}"),
    Some("[]"),
    Some(r#"{"a":1,"b":{"c":null,"d":[1,{"e":2}]}}"#),
    Some(r#"{"a":{"b":{"c":{"x":1}}},"0":"zero","é\"":true}"#),
    Some(r#"[{"a":1},[2,3],null,"s"]"#),
    Some(r#"{"a":[{"0":{"x":1}},{"b":{}}],"b":false}"#),
];

const PATHS: &[&[&str]] = &[
    &["a"],
    &["b", "c"],
    &["b", "d", "1", "e"],
    &["b", "d", "-1"],
    &["b", "d", "5"],
    &["a", "b", "c", "x"],
    &["0"],
    &["0", "a"],
    &["-9", "n"],
    &["a", "0", "0", "x"],
    &["é\"", "z"],
    &["", "a'b\\c"],
];

const PATCHES: &[&str] = &[
    "{}",
    "null",
    "[1]",
    r#"{"a":null}"#,
    r#"{"a":2,"new":{"deep":{"er":[1,null],"gone":null}}}"#,
    r#"{"b":{"c":1,"d":null}}"#,
    r#"{"a":{"b":{"c":{"x":null,"y":2}}}}"#,
    r#"{"a":{"0":{"0":{"y":2}}}}"#,
    r#"{"0":{"a":null,"b":1},"é\"":{"k\\":"v'"}}"#,
    r#"{"b":{"d":{"1":{"e":3}}}}"#,
];

fn registry() -> Arc<Registry> {
    let file = SourceFile { path: "models/docs.toml".to_owned(), text: MODELS.to_owned() };
    Arc::new(define(&[file]).unwrap())
}

fn node(text: Option<&str>) -> Option<Node<'_>> {
    text.map(|text| Node::parse(text).unwrap())
}

/// A change by its name, as an expression, and what it makes of a document (`Err` when something is in the way).
type Change = (String, E, Box<dyn Fn(Option<&str>) -> Result<Option<String>, ()>>);

fn changes() -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for path in PATHS {
        let steps: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
        for (value, text) in
            [(E::from(1), "1"), (E::from(Value::Json("{\"k\":[]}".into())), "{\"k\":[]}"), (f("n"), "7")]
        {
            let (steps, text) = (steps.clone(), text.to_owned());
            changes.push((
                format!("set {path:?} {text}"),
                json_set(f("data"), path.iter().copied(), value),
                Box::new(move |document| {
                    let changed = json_change::set(node(document), &steps, Node::parse(&text).unwrap());
                    changed.map(|node| Some(node.to_canonical())).map_err(|json_change::Obstacle| ())
                }),
            ));
        }
        changes.push((
            format!("remove {path:?}"),
            json_remove(f("data"), path.iter().copied()),
            Box::new(move |document| {
                Ok(node(document).map(|node| json_change::remove(node, &steps).to_canonical()))
            }),
        ));
    }
    for patch in PATCHES {
        changes.push((
            format!("merge {patch}"),
            json_merge(f("data"), &serde_json::from_str(patch).unwrap()),
            Box::new(move |document| {
                Ok(Some(json_change::merge(node(document), Node::parse(patch).unwrap()).to_canonical()))
            }),
        ));
    }
    changes
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_do_what_is_written() {
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "json");
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        let registry = registry();
        nuages_migrations::migrate(&database, &registry).await.unwrap();
        let docs = Orm::new(registry, database).objects("Doc");
        for document in DOCUMENTS {
            let value = document.map_or(Value::Null, |text| Value::Json(text.to_owned()));
            docs.create(values! { "data" => value }).await.unwrap();
        }
        for (name, change, expected) in changes() {
            for (index, document) in DOCUMENTS.iter().enumerate() {
                let row = docs.clone().filter(f("id").eq(i64::try_from(index + 1).unwrap()));
                let shown = format!("{dialect:?}: {name} of {document:?}");
                let seen = row.annotate("changed", change.clone()).values(&["changed"]).flat().await;
                match (seen, expected(*document)) {
                    (Ok(seen), Ok(expected)) => {
                        assert_eq!(seen, [expected.map_or(Value::Null, Value::Json)], "{shown}");
                    }
                    (Err(error), Err(())) => {
                        let told = "a JSON document has something else where the path leads";
                        assert!(error.to_string().contains(told), "{shown}: {error}");
                    }
                    (seen, expected) => panic!("{shown}: {seen:?} {expected:?}"),
                }
            }
        }
        // Many rows at once, one change inside of another.
        let change = json_remove(
            json_set(json_merge(f("data"), &json!({"a": {"b": 1}})), ["a", "c"], f("id")),
            ["a", "b"],
        );
        let objects = docs.clone().filter(f("data").at(["zzz"]).is_null() & f("id").is_in([4, 6, 7]));
        assert_eq!(objects.update(values! { "data" => change }).await.unwrap(), 3, "{dialect:?}");
        let seen = docs
            .clone()
            .filter(f("id").is_in([4, 7]))
            .order_by(["id"])
            .values(&["data"])
            .flat()
            .await
            .unwrap();
        let document = |text: &str| Value::Json(text.to_owned());
        assert_eq!(
            seen,
            [document(r#"{"a":{"c":4}}"#), document(r#"{"a":{"c":7},"b":{"c":null,"d":[1,{"e":2}]}}"#)],
            "{dialect:?}"
        );
        // One change does not fit: nothing is changed.
        let before = docs.clone().order_by(["id"]).values(&["data"]).flat().await.unwrap();
        let error =
            docs.clone().update(values! { "data" => json_set(f("data"), ["a", "b"], 1) }).await.unwrap_err();
        assert!(error.to_string().contains("something else where the path leads"), "{dialect:?}: {error}");
        assert_eq!(
            docs.clone().order_by(["id"]).values(&["data"]).flat().await.unwrap(),
            before,
            "{dialect:?}"
        );
        for (change, expected) in [
            (json_set(f("data"), vec!["a"; 65], 1), "at most 64 keys"),
            (json_set(f("n"), ["a"], 1), "a JSON document is needed here, not an integer"),
            (
                json_merge(f("data"), &(0..40).fold(json!(1), |inner, _| json!({"a": inner}))),
                "at most 32 objects in one another",
            ),
        ] {
            let error = docs.clone().update(values! { "data" => change }).await.unwrap_err().to_string();
            assert!(error.contains(expected), "{dialect:?}: {error}");
        }
    }
}

/// What docs/django.md shows.
async fn change_metadata(orm: &Orm) -> Result<(), QueryError> {
    let metadata = json_set(json_merge(f("metadata"), &json!({ "color": "blue" })), ["size", "width"], 12);
    let person = orm.objects("Person").filter(f("id").eq(1));
    person.update(values! { "metadata" => json_remove(metadata, ["draft"]) }).await?;
    Ok(())
}

#[tokio::test]
async fn the_page_for_django_users_is_right() {
    let place = TestDatabase::empty(BACKENDS[0], "json");
    let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
    let text = "[Person.fields]\nmetadata = { type = 'json', default = { draft = true } }".to_owned();
    let registry = Arc::new(define(&[SourceFile { path: "models/docs.toml".to_owned(), text }]).unwrap());
    nuages_migrations::migrate(&database, &registry).await.unwrap();
    let orm = Orm::new(registry, database);
    orm.objects("Person").create(values! {}).await.unwrap();
    change_metadata(&orm).await.unwrap();
    let changed = orm.objects("Person").values(&["metadata"]).flat().await.unwrap();
    assert_eq!(changed, [Value::Json(r#"{"size":{"width":12},"color":"blue"}"#.to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_change_parts_of_documents() {
    let mut answers = Vec::new();
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "json");
        let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
        let registry = registry();
        nuages_migrations::migrate(&database, &registry).await.unwrap();
        let options = |expressions| EngineOptions { expressions, ..EngineOptions::default() };
        let engine = Engine::new(Arc::clone(&registry), database.clone(), options(true)).unwrap();
        let closed = Engine::new(registry, database, options(false)).unwrap();
        assert!(engine.sdl().contains("input JSONCalc {") && engine.sdl().contains("data: JSONCalc\n"));
        assert!(
            closed.sdl().contains("input JSONCalc {") && !closed.sdl().contains("Expr"),
            "{}",
            closed.sdl()
        );
        let mut seen = Vec::new();
        for query in [
            "mutation { createDocs(input: [{data: {a: 1, tags: [\"x\"]}}, {data: null}]) { affected } }",
            "mutation ($patch: JSON) { updateDoc(id: 1, calc: {data: {merge: $patch, set: [{path: [\"b\", \"c\"], value: 2}, {path: [\"tags\", \"9\"], value: \"y\"}, {path: [\"z\"]}], remove: [[\"a\"], [\"nowhere\", \"x\"]]}}) { data } }",
            "mutation { updateDocs(where: {}, set: {n: 8}, calc: {data: {set: [{path: [\"all\"], value: [true]}]}}) { affected docs { n data } } }",
            "mutation { updateDoc(id: 1, calc: {data: {expr: \"json_object('n', n)\", merge: {m: 1}}}) { data } }",
            "mutation { updateDoc(id: 2, calc: {data: {}}) { data } }",
            "mutation { updateDoc(id: 1, calc: {data: {expr: \"json_set(data, '[\\\"k\\\"]', n + 1)\"}}) { data } }",
            "mutation { updateDoc(id: 1, set: {data: 1}, calc: {data: {merge: {}}}) { data } }",
            "mutation { updateDoc(id: 1, calc: {data: {set: [{path: [], value: 1}]}}) { data } }",
            "mutation { updateDoc(id: 1, calc: {data: {set: [{path: [\"n\", \"x\"], value: 1}]}}) { data } }",
            "mutation { updateDoc(id: 1, calc: {data: {expr: \"nope\"}}) { data } }",
            "mutation { updateDoc(id: 1, calc: {data: \"n\"}) { data } }",
            "mutation { upsertDoc(key: {id: 1}, create: {}, calc: {data: {remove: [[\"m\"]]}}) { created doc { data } } }",
        ] {
            let serde_json::Value::Object(variables) = json!({"patch": {"deep": {"er": 1, "no": null}}})
            else {
                continue;
            };
            let request = |query: &str| Request {
                query: query.to_owned(),
                variables: variables.clone(),
                ..Request::default()
            };
            let answer = engine.execute(request(query)).await;
            seen.push(format!("{query}\n  {}", String::from_utf8_lossy(&answer.body)));
        }
        let query = "mutation { updateDoc(id: 1, calc: {data: {merge: {last: true}}}) { data } }".to_owned();
        let answer = closed.execute(Request { query, ..Request::default() }).await;
        seen.push(String::from_utf8_lossy(&answer.body).into_owned());
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
    insta::assert_snapshot!(answers[0].join("\n"));
}
