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

const DOCUMENTS: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/migrations.md",
    "docs/models.md",
    "docs/graphql.md",
    "docs/mutations.md",
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

/// Every mutation of the page is one that the blog understands; whether its rows are there is another matter.
#[tokio::test]
async fn the_mutations_of_the_documents_are_valid() {
    let text = read("docs/mutations.md");
    let blocks = text.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mutations: Vec<&str> = blocks.filter(|block| block.starts_with("mutation")).collect();
    assert!(mutations.len() >= 4, "{mutations:?}");
    let server = Server::start(
        Project::Blog,
        TestDatabase::empty(Dialect::Sqlite, "mutations"),
        Settings { debug: true, ..Settings::default() },
    );
    for mutation in mutations {
        let request = serde_json::json!({ "query": mutation });
        let response = reqwest::Client::new().post(server.url()).json(&request).send().await.unwrap();
        let answer: serde_json::Value = response.json().await.unwrap();
        assert!(answer.get("data").is_some(), "{mutation}\n{answer}");
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let code = |error: &serde_json::Value| error["extensions"]["code"].as_str().unwrap().to_owned();
        let of_input = errors
            .iter()
            .find(|error| matches!(code(error).as_str(), "BAD_INPUT" | "VALIDATION" | "INTERNAL"));
        assert!(of_input.is_none(), "{mutation}\n{answer}");
    }
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
