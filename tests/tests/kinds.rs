//! One column of every portable type, filtered, ordered and paged: both databases give the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use flate2::read::GzDecoder;
use nuages::{Config, Project, data};
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
