//! One column of every portable type, filtered, ordered and paged: both databases give the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flate2::read::GzDecoder;
use nuages::{Config, Project, data};
use nuages_models::database::Dialect;
use nuages_schema::Request;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::workspace;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};

#[tokio::test]
async fn every_type_answers_alike() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    fs::copy(workspace::path("tests/models/kinds.toml"), folder.path().join("models/kinds.toml")).unwrap();
    let rows = BufReader::new(GzDecoder::new(
        File::open(workspace::path("tests/data/blog_small.jsonl.gz")).unwrap(),
    ));
    let rows: String = rows
        .lines()
        .map(Result::unwrap)
        .filter(|line| line.starts_with("{\"table\": \"kinds_"))
        .map(|line| line + "\n")
        .collect();
    let query = fs::read_to_string(workspace::path("tests/kinds/query.graphql")).unwrap();

    let mut answers = Vec::new();
    for dialect in BACKENDS {
        let database = TestDatabase::empty(dialect, "kinds");
        let config = Config { database: database.url.clone(), ..Config::default() };
        let project = Project::with_config(folder.path(), config);
        let registry = project.registry().unwrap();
        let connected = project.connect().await.unwrap();
        project.migrate(&registry, &connected).await.unwrap();
        let report = data::load(&connected, &registry, rows.as_bytes(), |_, _| {}).await.unwrap();
        assert_eq!(report.tables["kinds_kind"], 51);
        let engine = project.engine(registry, connected).unwrap();
        let answer = engine.execute(Request { query: query.clone(), ..Request::default() }).await;
        answers.push(String::from_utf8(answer.body.to_vec()).unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    let answer: serde_json::Value = serde_json::from_str(&answers[0]).unwrap();
    assert!(answer.get("errors").is_none(), "{answer}");
    // What no column can hold lies between what it can: no error, and no row too many.
    let codes = |name: &str| -> Vec<&str> {
        answer["data"][name].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect()
    };
    assert_eq!(codes("c"), ["neg", "zero"]);
    assert_eq!(codes("i"), ["one", "max"]);
    assert_eq!(codes("n"), ["one", "neg"]);
    assert_eq!(codes("m"), Vec::<&str>::new());
}

/// Django's decimals on SQLite are rounded numbers, of more digits than declared at times.
#[tokio::test]
async fn pages_go_on_after_a_number_that_is_wider_than_its_column() {
    let folder = tempfile::tempdir().unwrap();
    let models = "[Price]\nmanaged = false\ntable = \"price\"\n[Price.fields]\n\
        amount = { type = \"decimal\", max_digits = 20, decimal_places = 6 }\n";
    fs::write(folder.path().join("models.toml"), models).unwrap();
    let database = TestDatabase::empty(Dialect::Sqlite, "prices");
    rusqlite::Connection::open(database.path())
        .unwrap()
        .execute_batch(
            "CREATE TABLE price (id integer PRIMARY KEY, amount decimal NOT NULL);
             INSERT INTO price VALUES (1, -99999999999999.999999), (2, 0.5), (3, 1)",
        )
        .unwrap();
    let config = Config { database: database.url.clone(), ..Config::default() };
    let project = Project::with_config(folder.path(), config);
    let engine = project.engine(project.registry().unwrap(), project.connect().await.unwrap()).unwrap();
    let ask = async |after: Option<&str>| {
        let query = "query ($after: String) { pricesConnection(first: 1, after: $after, orderBy: [{ amount: ASC }]) \
            { edges { cursor node { id } } } }";
        let variables = serde_json::json!({ "after": after }).as_object().unwrap().clone();
        let answer = engine.execute(Request { query: query.into(), variables, ..Request::default() }).await;
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"]["pricesConnection"]["edges"][0].clone()
    };
    let first = ask(None).await;
    assert_eq!(first["node"]["id"], "1");
    assert_eq!(ask(first["cursor"].as_str()).await["node"]["id"], "2");
}

#[tokio::test]
async fn addresses_are_put_in_order_by_number_and_tested_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let models = "[Visit]\n[Visit.fields]\naddress = { type = \"ip_address\", null = true }\n";
    fs::write(folder.path().join("models.toml"), models).unwrap();
    let rows = [r#""10.0.0.1""#, r#""2001:DB8:0::1""#, r#""9.0.0.1""#, "null"];
    let rows: Vec<String> =
        rows.iter().map(|address| format!(r#"{{"model":"Visit","row":{{"address":{address}}}}}"#)).collect();
    let query = r#"{
        starts: visits(where: { address: { startsWith: "10." } }) { address }
        folded: visits(where: { address: { iContains: "DB8", length: { gt: 9 } } }) { address }
        matches: visits(where: { address: { regex: "^9" } }) { address }
        equal: visits(where: { address: { eq: "2001:db8::0:1", in: ["2001:db8::1"] } }) { address }
        others: visitsConnection(where: { not: { address: { endsWith: "1" } } }) { totalCount }
        inOrder: visits(orderBy: [{ address: ASC }]) { address }
        last: visitsConnection(orderBy: [{ address: ASC }], last: 2) { nodes { address } }
        below: visits(where: { address: { lt: "10.0.0.1" } }) { address }
        between: visits(where: { address: { range: ["9.255.255.255", "::"] } }) { address }
        distinct: visits(distinctOn: [address]) { address }
    }"#;
    let expected = r#"{"data":{"starts":[{"address":"10.0.0.1"}],"folded":[{"address":"2001:db8::1"}],"matches":[{"address":"9.0.0.1"}],"equal":[{"address":"2001:db8::1"}],"others":{"totalCount":1},"inOrder":[{"address":"9.0.0.1"},{"address":"10.0.0.1"},{"address":"2001:db8::1"},{"address":null}],"last":{"nodes":[{"address":"2001:db8::1"},{"address":null}]},"below":[{"address":"9.0.0.1"}],"between":[{"address":"10.0.0.1"}],"distinct":[{"address":"9.0.0.1"},{"address":"10.0.0.1"},{"address":"2001:db8::1"},{"address":null}]}}"#;
    for dialect in BACKENDS {
        let database = TestDatabase::empty(dialect, "addresses");
        let config = Config { database: database.url.clone(), ..Config::default() };
        let project = Project::with_config(folder.path(), config);
        let registry = project.registry().unwrap();
        let connected = project.connect().await.unwrap();
        project.migrate(&registry, &connected).await.unwrap();
        data::load(&connected, &registry, rows.join("\n").as_bytes(), |_, _| {}).await.unwrap();
        let engine = project.engine(registry, connected).unwrap();
        let answer = engine.execute(Request { query: query.into(), ..Request::default() }).await;
        assert_eq!(String::from_utf8(answer.body.to_vec()).unwrap(), expected, "{dialect:?}");
    }
}
