//! The pipeline from a request to the bytes of its response, on an empty SQLite database.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "expose/builder.rs"]
#[allow(dead_code, reason = "the builder is shared with the tests of the expose stage")]
mod builder;

use nuages_models::database::{Database, DatabaseOptions};
use nuages_schema::{Engine, EngineOptions, Request, Response, ResponseKind};
use serde_json::{Value, json};
use std::sync::Arc;

async fn engine() -> Engine {
    let database = Database::connect("sqlite::memory:", DatabaseOptions::default()).await.unwrap();
    let tables = [
        "create table test_user (id integer primary key, email text, name text, is_active integer, password text, created_at text)",
        "create table test_category (id integer primary key, name text, parent_id integer)",
        "insert into test_user values (1, 'a@example.org', 'Ann', 1, 'x', '2024-01-01 00:00:00'), (2, 'b@example.org', 'Bob', 0, 'x', '2024-01-02 00:00:00')",
        "insert into test_category values (1, 'root', null), (2, 'leaf', 1), (3, 'orphan', 99)",
    ];
    database.execute_all(&tables.map(str::to_owned)).await.unwrap();
    Engine::new(Arc::new(builder::blog()), database, EngineOptions::default())
        .unwrap_or_else(|e| panic!("{e}"))
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|error| panic!("{error}: {:?}", response.body))
}

async fn run(engine: &Engine, query: &str, variables: Value) -> (ResponseKind, Value) {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    let response = engine.execute(Request { query: query.to_owned(), variables, ..Request::default() }).await;
    (response.kind, json_of(&response))
}

#[tokio::test]
async fn data() {
    let engine = engine().await;
    let query = "query ($w: UserFilter) { __typename users(where: $w) { id name } }";
    let (kind, json) = run(&engine, query, json!({"w": {"name": {"startsWith": "A"}}})).await;
    assert_eq!(kind, ResponseKind::Executed);
    assert_eq!(json, json!({"data": {"__typename": "Query", "users": [{"id": "1", "name": "Ann"}]}}));
    let (_, json) = run(&engine, query, json!({"w": {"name": {"startsWith": "B"}}})).await;
    assert_eq!(json["data"]["users"], json!([{"id": "2", "name": "Bob"}]));
    assert_eq!(engine.cached(), (1, 1));
    let (_, json) = run(&engine, query, json!({})).await;
    assert_eq!(json["data"]["users"].as_array().map(Vec::len), Some(2));
    assert_eq!(engine.cached(), (1, 2));
}

#[tokio::test]
async fn cursors_of_pages() {
    let engine = engine().await;
    let query = "query ($after: String) { usersConnection(first: 1, after: $after, orderBy: {name: DESC}) {
        nodes { name } pageInfo { hasNextPage endCursor } } }";
    let (_, first) = run(&engine, query, json!({})).await;
    assert_eq!(first["data"]["usersConnection"]["nodes"][0]["name"], "Bob", "{first}");
    let cursor = &first["data"]["usersConnection"]["pageInfo"]["endCursor"];
    let (_, second) = run(&engine, query, json!({ "after": cursor })).await;
    assert_eq!(second["data"]["usersConnection"]["nodes"][0]["name"], "Ann", "{second}");
    assert_eq!(second["data"]["usersConnection"]["pageInfo"]["hasNextPage"], false);
    let other = query.replace("DESC", "ASC");
    let (kind, json) = run(&engine, &other, json!({ "after": cursor })).await;
    assert_eq!(kind, ResponseKind::RequestError);
    assert!(json["errors"][0]["message"].as_str().unwrap().contains("another ordering"), "{json}");
}

#[tokio::test]
async fn request_errors_have_no_data() {
    let engine = engine().await;
    for query in
        ["{", "{ nothing }", "{ users(limit: -1) { id } }", "query ($x: Int!) { users(limit: $x) { id } }"]
    {
        let (kind, json) = run(&engine, query, json!({})).await;
        assert_eq!(kind, ResponseKind::RequestError, "{query}");
        assert!(json.get("data").is_none(), "{json}");
        assert_eq!(json["errors"][0]["extensions"]["code"], "BAD_INPUT", "{json}");
        assert!(json["errors"][0]["locations"][0]["line"].is_u64(), "{json}");
    }
    assert_eq!(engine.cached().1, 0, "errors are not kept as plans");
    let (kind, json) = run(&engine, "{ users(where: {name: {regex: \"(\"}}) { id } }", json!({})).await;
    assert_eq!((kind, json.get("data")), (ResponseKind::RequestError, None));
}

#[tokio::test]
async fn request_time_zones_are_checked() {
    let engine = engine().await;
    let request = Request {
        query: "{ users { id } }".to_owned(),
        time_zone: Some("Mars/Olympus".to_owned()),
        ..Request::default()
    };
    let response = engine.execute(request).await;
    assert_eq!(response.kind, ResponseKind::RequestError);
    assert!(json_of(&response)["errors"][0]["message"].as_str().unwrap().contains("Mars/Olympus"));
}

#[tokio::test]
async fn a_failing_database_says_nothing_of_itself() {
    let engine = engine().await;
    let (kind, json) = run(&engine, "{ posts { id } }", json!({})).await;
    assert_eq!(kind, ResponseKind::Executed);
    assert_eq!(json["data"], Value::Null);
    assert_eq!(json["errors"][0]["extensions"]["code"], "INTERNAL");
    assert!(!json.to_string().contains("test_post"), "{json}");
}

#[tokio::test]
async fn debug_shows_statements_and_plan() {
    let engine = engine().await;
    let request = Request { query: "{ users { id } }".to_owned(), debug: true, ..Request::default() };
    let json = json_of(&engine.execute(request).await);
    assert!(json["extensions"]["queries"][0]["sql"].as_str().unwrap().contains("test_user"), "{json}");
    assert_eq!(json["extensions"]["queries"][0]["rows"], 2);
    assert!(json["extensions"]["plan"].as_str().unwrap().starts_with("users: many User"), "{json}");
}

#[tokio::test]
async fn introspection_is_complete() {
    let engine = engine().await;
    let json: Value = serde_json::from_str(&engine.introspection_json().unwrap()).unwrap();
    assert_eq!(json["__schema"]["queryType"]["name"], "Query");
    assert!(engine.sdl().contains("type Query"));
}

#[tokio::test]
async fn requests_at_once_share_plans() {
    let engine = Arc::new(engine().await);
    let tasks: Vec<_> = (0..32)
        .map(|task| {
            let engine = engine.clone();
            tokio::spawn(async move {
                for number in 0..50 {
                    let name = format!("{}", (task + number) % 7);
                    let (kind, json) = run(
                        &engine,
                        "query ($w: UserFilter) { users(where: $w) { id } }",
                        json!({"w": {"name": {"ne": name}}}),
                    )
                    .await;
                    assert_eq!(kind, ResponseKind::Executed, "{json}");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(engine.cached(), (1, 1));
}

/// The blog without what the tests of mutations have no table for.
async fn writing() -> Engine {
    let database = Database::connect("sqlite::memory:", DatabaseOptions::default()).await.unwrap();
    let tables = [
        "create table test_category (id integer primary key, name text not null unique, parent_id integer)",
        "create table test_tag (id integer primary key, name text not null)",
        "create table test_post (id integer primary key, author_id integer, category_id integer)",
        "create table test_post_tags (id integer primary key, post_id integer, tag_id integer)",
        "insert into test_category values (1, 'root', null), (2, 'leaf', 1)",
    ];
    database.execute_all(&tables.map(str::to_owned)).await.unwrap();
    let options = EngineOptions { now: Some(0), max_written_rows: 20, ..EngineOptions::default() };
    Engine::new(Arc::new(builder::blog()), database, options).unwrap_or_else(|e| panic!("{e}"))
}

const CREATE: &str = "mutation ($rows: [CategoryCreate!]!, $n: Int) {
    createCategories(input: $rows) { affected categories(limit: $n) { id name parent { name } } }
}";

#[tokio::test]
async fn data_of_any_size_and_shape_shares_a_plan() {
    let engine = writing().await;
    for rows in [
        json!([]),
        json!([{"name": "a"}]),
        json!([{"name": "b", "parentId": 1}, {"name": "c", "parent": {"connect": {"name": "root"}}}]),
        json!([{"name": "d", "children": {"create": [{"name": "e"}, {"name": "f"}]}}]),
    ] {
        let (kind, json) = run(&engine, CREATE, json!({ "rows": rows })).await;
        assert_eq!(kind, ResponseKind::Executed);
        let affected = rows.as_array().unwrap().len();
        assert_eq!(json["data"]["createCategories"]["affected"], affected, "{json}");
        assert_eq!(engine.cached(), (1, 1));
    }
    let (_, json) = run(&engine, CREATE, json!({"rows": [{"name": "g"}, {"name": "h"}], "n": 1})).await;
    assert_eq!(json["data"]["createCategories"]["categories"][0]["name"], "g", "{json}");
    assert_eq!(json["data"]["createCategories"]["categories"].as_array().map(Vec::len), Some(1));
    assert_eq!(engine.cached(), (1, 2));
}

#[tokio::test]
async fn a_failing_step_takes_all_back() {
    let engine = writing().await;
    let mutation = "mutation ($last: String!) {
        one: createCategory(input: {name: \"one\"}) { name }
        two: createCategory(input: {name: $last}) { name }
    }";
    let (kind, json) = run(&engine, mutation, json!({"last": "root"})).await;
    assert_eq!(kind, ResponseKind::Executed);
    assert_eq!(json["data"], Value::Null, "{json}");
    assert_eq!(json["errors"][0]["path"], json!(["two"]));
    assert_eq!(json["errors"][0]["extensions"]["code"], "UNIQUE_VIOLATION");
    assert_eq!(json["errors"][0]["extensions"]["field"], "name");
    let count = "{ categoriesAggregate { count } }";
    assert_eq!(run(&engine, count, json!({})).await.1["data"]["categoriesAggregate"]["count"], 2);
    let (_, json) = run(&engine, mutation, json!({"last": "two"})).await;
    assert_eq!(json, json!({"data": {"one": {"name": "one"}, "two": {"name": "two"}}}));
    assert_eq!(run(&engine, count, json!({})).await.1["data"]["categoriesAggregate"]["count"], 4);
}

#[tokio::test]
async fn a_dry_run_leaves_nothing() {
    let engine = writing().await;
    let mutation = "mutation ($dry: Boolean!) @dryRun(if: $dry) { deleteCategories(where: {name: {eq: \"leaf\"}}) { affected categories { name parent { name } } } }";
    let expected = json!({"data": {"deleteCategories": {"affected": 1, "categories": [{"name": "leaf", "parent": {"name": "root"}}]}}});
    for dry in [true, true, false] {
        assert_eq!(run(&engine, mutation, json!({ "dry": dry })).await.1, expected);
    }
    let (_, json) = run(&engine, mutation, json!({"dry": false})).await;
    assert_eq!(json["data"]["deleteCategories"]["affected"], 0, "{json}");
}

#[tokio::test]
async fn a_field_that_fails_takes_the_write_back() {
    let engine = writing().await;
    let mutation = "mutation { createCategory(input: {name: \"new\"}) { postsConnection { totalCount nodes { title } } } }";
    let (_, json) = run(&engine, mutation, json!({})).await;
    // The table of posts has no titles.
    assert_eq!(json["data"], Value::Null, "{json}");
    let count = run(&engine, "{ categoriesAggregate { count } }", json!({})).await.1;
    assert_eq!(count["data"]["categoriesAggregate"]["count"], 2);
}

#[tokio::test]
async fn writes_are_bounded_and_only_by_post() {
    let engine = writing().await;
    let rows: Vec<Value> = (0..21).map(|number| json!({"name": format!("n{number}")})).collect();
    let (kind, json) = run(&engine, CREATE, json!({ "rows": rows })).await;
    assert_eq!(kind, ResponseKind::RequestError);
    assert_eq!(json["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{json}");
    let query = "mutation { deleteTag(id: 1) { id } }".to_owned();
    let response = engine.execute(Request { query, read_only: true, ..Request::default() }).await;
    assert_eq!(response.kind, ResponseKind::MethodNotAllowed);
}

#[tokio::test]
async fn debug_shows_the_statements_of_writes() {
    let engine = writing().await;
    let query = "mutation { a: createCategory(input: {name: \"x\"}) { name } b: updateCategory(id: 1, set: {name: \"y\"}) { name } }";
    let request = Request { query: query.to_owned(), debug: true, ..Request::default() };
    let json = json_of(&engine.execute(request).await);
    let statements: Vec<&str> = json["extensions"]["queries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|query| query["sql"].as_str().unwrap().split_whitespace().next().unwrap())
        .collect();
    assert_eq!(statements, ["INSERT", "SELECT", "SELECT", "UPDATE", "SELECT"], "{json}");
    assert!(json["extensions"]["plan"].as_str().unwrap().contains("b: node by id"), "{json}");
}
