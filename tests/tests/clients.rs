//! Other people's clients and tools against a running server: the scripts of `tests/clients`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_models::database::Dialect;
use nuages_tests::data::Project;
use nuages_tests::databases::TestDatabase;
use nuages_tests::server::{Server, Settings};
use nuages_tests::workspace;
use std::process::Command;

/// Runs one script against a fresh server.
fn run(script: &str, settings: Settings, arguments: &[&str]) {
    let folder = workspace::path("tests/clients");
    assert!(
        folder.join("node_modules").is_dir(),
        "the packages of tests/clients are not installed: run `npm ci` there, or scripts/test"
    );
    let database = TestDatabase::filled(Dialect::Sqlite, Project::Blog)
        .expect("the blog's data is part of the repository");
    let mut server = Server::start(Project::Blog, database, settings);
    let output = Command::new("node")
        .arg(script)
        .arg(server.url())
        .args(arguments)
        .current_dir(&folder)
        .output()
        .unwrap_or_else(|error| {
            panic!("node does not start ({error}): install Node.js 22 or newer, or run scripts/test")
        });
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}: {}\n{text}", output.status);
    println!("{text}");
    server.assert_healthy();
}

#[test]
fn graphql_over_http_audit() {
    run("audit.mjs", Settings::default(), &[]);
}

#[test]
fn introspection() {
    run("introspection.mjs", Settings::default(), &[]);
}

#[test]
fn apollo_client() {
    run("apollo.mjs", Settings::default(), &[]);
}

#[test]
fn urql() {
    run("urql.mjs", Settings::default(), &[]);
}

#[test]
fn relay_compiler() {
    run("relay.mjs", Settings { relay: true, ..Settings::default() }, &[]);
}

#[test]
fn graphql_codegen() {
    run("codegen.mjs", Settings::default(), &[]);
}

#[test]
fn graphiql() {
    let screenshot = workspace::path("target/graphiql.png");
    let screenshot = screenshot.to_str().expect("the workspace's path is UTF-8");
    run("graphiql.mjs", Settings::default(), &[screenshot]);
}
