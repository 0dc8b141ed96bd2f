//! What the documents promise is true: the README's command answers its query as printed, and links lead somewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_models::database::Dialect;
use nuages_tests::data::Project;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::golden::laid_out;
use nuages_tests::program;
use nuages_tests::server::{Server, Settings};
use nuages_tests::workspace;
use std::fs;

const DOCUMENTS: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/models.md",
    "docs/graphql.md",
    "docs/serving.md",
];

fn read(name: &str) -> String {
    fs::read_to_string(workspace::path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The contents of the first fenced block of a language.
fn block<'text>(text: &'text str, language: &str) -> &'text str {
    let fence = format!("```{language}\n");
    let start = text.find(&fence).unwrap_or_else(|| panic!("there is no block of {language}")) + fence.len();
    let length = text[start..].find("```").expect("the block ends");
    &text[start..start + length]
}

/// What a reader does: the command on an empty database, the query in GraphiQL.
#[tokio::test]
async fn the_example_is_what_the_server_answers() {
    let readme = read("README.md");
    for dialect in BACKENDS {
        let settings = Settings { debug: true, ..Settings::default() };
        let server = Server::start(Project::Blog, TestDatabase::empty(dialect, "readme"), settings);
        let request = serde_json::json!({ "query": block(&readme, "graphql") });
        let response = reqwest::Client::new().post(server.url()).json(&request).send().await.unwrap();
        let mut answer: serde_json::Value = response.json().await.unwrap();
        let extensions = answer.as_object_mut().unwrap().remove("extensions").unwrap();
        assert_eq!(laid_out(&answer.to_string()), laid_out(block(&readme, "json")), "{dialect:?}");
        if dialect == Dialect::Postgres {
            assert_eq!(
                extensions["queries"].as_array().unwrap().len(),
                3,
                "the README says three statements"
            );
        }
    }
}

#[test]
fn the_models_of_the_documents_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.toml"), block(&read("docs/models.md"), "toml")).unwrap();
    program::run(&["check", folder.path().to_str().unwrap()], &[]);
}

#[test]
fn links_lead_somewhere() {
    let mut found = Vec::new();
    for name in DOCUMENTS {
        let text = read(name);
        let folder = workspace::path(name).parent().unwrap().to_owned();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            let file = target.split('#').next().unwrap();
            if !file.is_empty() && !file.contains("://") && !folder.join(file).exists() {
                found.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
}
