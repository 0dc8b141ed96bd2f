//! The binary from the outside: exit codes, what goes to which stream, signals.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod migrate;
mod migration_files;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn nuages(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuages"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for variable in ["DATABASE_URL", "NUAGES_DATABASE", "NUAGES_ADDRESS", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    nuages(folder, arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["init"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    folder
}

#[test]
fn init_refuses_to_overwrite() {
    let folder = project();
    let output = run(folder.path(), &["init"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nuages.toml is there already"), "{}", text(&output.stderr));
}

#[test]
fn a_new_project_is_valid() {
    let folder = project();
    let output = run(folder.path(), &["check"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let output = run(folder.path(), &["schema"]);
    assert!(text(&output.stdout).contains("type Query"), "{}", text(&output.stderr));
    assert!(!folder.path().join("nuages.db").exists(), "the schema needs no database");
}

#[test]
fn what_the_database_has_not_is_told_by_check() {
    let folder = project();
    let models = "[Item.fields]\nname = { type = \"text\" }\n[[Item.constraints]]\nname = \"item_name\"\ncheck = \"name ~ '^a'\"\n";
    std::fs::remove_dir_all(folder.path().join("models")).unwrap();
    std::fs::write(folder.path().join("models.toml"), models).unwrap();
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(&output.stderr);
    assert!(complaint.contains("`regex` cannot stand in a check on SQLite"), "{complaint}");
    let output = run(folder.path(), &["check", "--database", "postgres://nobody@127.0.0.1:1/nothing"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn mistakes_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("nuages init ."), "{}", text(&output.stderr));

    std::fs::write(folder.path().join("nuages.toml"), "adress = \"x\"\n").unwrap();
    let output = run(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let complaint = text(&output.stderr);
    assert!(
        complaint.contains("nuages.toml:1") && complaint.contains("did you mean `address`?"),
        "{complaint}"
    );

    let output = run(folder.path(), &["serv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("'serve'"), "{}", text(&output.stderr));
    assert_eq!(run(folder.path(), &["serve", "--debug=maybe"]).status.code(), Some(2));
}

#[test]
fn a_query_is_run_from_the_shell() {
    let folder = project();
    let output = run(folder.path(), &["query", ".", "{ __typename }", "--variables", "{\"a\": 1}"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["data"].is_object());
    assert!(text(&output.stdout).lines().count() > 1, "it is pretty-printed");

    let mut piped = nuages(folder.path(), &["query", "-"]);
    let mut child = piped.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{ __typename }").unwrap();
    let piped = child.wait_with_output().unwrap();
    assert_eq!(piped.stdout, output.stdout);

    let output = run(folder.path(), &["query", "{ a }", "--variables", "[1]"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--variables must be a JSON object"), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn serve_says_where_and_stops_at_a_signal() {
    let folder = project();
    let arguments = ["serve", "--address", "127.0.0.1:0", "--database", "sqlite::memory:"];
    let mut command = nuages(folder.path(), &arguments);
    command.env("NUAGES_LOG", "json").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("Nuages serves this project at http://127.0.0.1:"), "{line}");
    assert!(line.ends_with("/graphql (sqlite::memory:)\n"), "{line}");

    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "not JSON: {line}");
    }
    assert!(log.contains("stopping"), "{log}");
}
