//! What the documents promise is true: the README's example is a golden case, and links lead somewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_tests::golden::laid_out;
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

#[test]
fn the_example_is_a_golden_case() {
    let readme = read("README.md");
    assert_eq!(block(&readme, "graphql"), read("tests/cases/readme/example/query.graphql"));
    assert_eq!(laid_out(block(&readme, "json")), read("tests/cases/readme/example/response.json"));
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
