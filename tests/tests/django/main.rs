//! docs/django.md cannot go stale: its Rust is that of [`reading`] and [`writing`], its model files load, its migrations are applied and undone, its
//! GraphQL runs, and everything gives the same on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod migrating;
mod reading;
mod writing;

use nuages::{Config, Project};
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::Orm;
use nuages_schema::Request;
use nuages_tests::data::Project as TestProject;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::workspace;
use std::fs;
use std::sync::Arc;

/// The blocks of a language, with the line at which each begins.
fn blocks(language: &str) -> Vec<(usize, String)> {
    let page = fs::read_to_string(workspace::path("docs/django.md")).unwrap();
    let mut found = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim() == format!("```{language}") {
            let text = lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```");
            found.push((number + 1, text.collect::<Vec<_>>().join("\n")));
        }
    }
    assert!(!found.is_empty(), "the page has blocks in {language}");
    found
}

/// A text whose lines may be broken anywhere, as a formatter breaks them.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<String>().replace(",)", ")").replace(",}", "}")
}

#[test]
fn rust_is_what_runs() {
    let source = flat(
        &[
            include_str!("reading.rs"),
            include_str!("writing.rs"),
            include_str!("../custom_fields/money.rs"),
            include_str!("../custom_fields/main.rs"),
            include_str!("../json_changes.rs"),
        ]
        .concat(),
    );
    for (line, block) in blocks("rust") {
        assert!(
            source.contains(&flat(&block)),
            "docs/django.md:{line}: this is in none of the files that are run:\n{block}"
        );
    }
}

#[test]
fn model_files_load() {
    for (line, text) in blocks("toml") {
        let file = SourceFile { path: "models/blog.toml".to_owned(), text };
        if let Err(errors) = define(&[file]) {
            panic!("docs/django.md:{line}: {errors}");
        }
    }
}

#[tokio::test]
async fn both_databases_give_the_same() {
    let mut answers: Vec<Vec<String>> = Vec::new();
    for dialect in BACKENDS {
        let database = TestDatabase::filled(dialect, TestProject::Blog).unwrap();
        let config = Config { database: database.url.clone(), ..Config::default() };
        let project = Project::with_config(TestProject::Blog.folder(), config);
        let registry = project.registry().unwrap();
        let connected = project.connect().await.unwrap();
        let orm = Orm::new(Arc::new(registry.clone()), connected.clone());
        let mut seen = Vec::new();
        for section in [
            reading::basics(&orm).await,
            reading::conditions(&orm).await,
            reading::fields(&orm).await,
            reading::aggregates(&orm).await,
            reading::subqueries(&orm).await,
            reading::related(&orm).await,
            reading::functions(&orm).await,
            reading::loading(&orm).await,
            reading::sets(&orm).await,
            reading::raw(&orm).await,
            reading::single(&orm).await,
            reading::managers(&orm).await,
        ] {
            seen.extend(section.unwrap_or_else(|error| panic!("{dialect:?}: {error}")));
        }
        let engine = project.engine(registry, connected).unwrap();
        for (line, query) in blocks("graphql") {
            let answer = engine.execute(Request { query, ..Request::default() }).await;
            let body = String::from_utf8(answer.body.to_vec()).unwrap();
            assert!(!body.contains("\"errors\""), "docs/django.md:{line}: {body}");
            seen.push(body);
        }
        // The page's queries see the data as it was.
        for section in [
            writing::rows(&orm).await,
            writing::by_value(&orm).await,
            writing::many(&orm).await,
            writing::links(&orm).await,
            writing::transactions(&orm).await,
            writing::deletion(&orm).await,
            writing::signals(&orm).await,
        ] {
            seen.extend(section.unwrap_or_else(|error| panic!("{dialect:?}: {error}")));
        }
        answers.push(seen);
    }
    for (sqlite, postgres) in answers[0].iter().zip(&answers[1]) {
        assert_eq!(sqlite, postgres);
    }
    assert_eq!(answers[0].len(), answers[1].len());
}
