//! `nuages inspectdb` on databases of others: what it writes is checked, served and queried at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use flate2::read::GzDecoder;
use nuages_models::database::Dialect;
use nuages_tests::data::{Project, foreign_file};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::{postgres, program, workspace};
use serde_json::Value;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Writes the project of a database, and checks it.
fn project(database: &TestDatabase, app: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut arguments = vec!["inspectdb", &database.url, "--output", path];
    arguments.extend(app.iter().flat_map(|app| ["--app", app]));
    program::run(&arguments, &[]);
    program::run(&["check", path], &[]);
    program::run(&["schema", path], &[]);
    folder
}

fn ask(project: &Path, document: &str) -> Value {
    let output = program::run(&["query", project.to_str().unwrap(), document], &[]);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Begins a history of migrations: the tables are taken over, and nothing is left to be done.
fn begin_history(project: &Path) {
    let path = project.to_str().unwrap();
    program::run(&["makemigrations", path, "--no-input"], &[]);
    program::run(&["migrate", path], &[]);
    program::run(&["makemigrations", path, "--check"], &[]);
    let shown = program::run(&["showmigrations", path], &[]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("[X] 0001_initial") && !shown.contains("[ ]"), "{shown}");
}

fn dump(name: &str) -> Option<String> {
    let mut sql = String::new();
    GzDecoder::new(File::open(foreign_file(name)?).ok()?).read_to_string(&mut sql).ok()?;
    Some(sql)
}

#[test]
fn chinook_as_it_is_published() {
    let Some(sql) = dump("upstream/chinook_pg_serial.sql.gz") else {
        eprintln!(
            "skipped: the published Chinook is not on this machine (set NUAGES_ORACLE_DATA to its folder)"
        );
        return;
    };
    // The script makes its own database; this one is there.
    let kept = sql.lines().filter(|line| {
        !["DROP DATABASE", "CREATE DATABASE", "\\c "].iter().any(|start| line.starts_with(start))
    });
    let database = TestDatabase::empty(Dialect::Postgres, "inspect_chinook");
    postgres::run_script(&database.url, &kept.collect::<Vec<_>>().join("\n"));
    let project = project(&database, Some("chinook"));
    let answer = ask(
        project.path(),
        "{ artists(where: {name: {eq: \"AC/DC\"}}) { name albums(orderBy: [{title: ASC}], limit: 1) { title tracks(limit: 1, \
           orderBy: [{trackId: ASC}]) { name unitPrice mediaType { name } playlists(orderBy: [{playlistId: ASC}], limit: 1) { name } } } } \
         invoices(where: {invoiceDate: {gte: \"2009-01-01T00:00:00Z\"}}, orderBy: [{invoiceId: ASC}], limit: 1) { total customer { supportRep { lastName reports { lastName } } } } \
         tracksAggregate { count } }",
    );
    assert_eq!(answer["data"]["tracksAggregate"]["count"], 3503, "{answer:#}");
    assert_eq!(answer["data"]["artists"][0]["albums"][0]["tracks"][0]["unitPrice"], "0.99", "{answer:#}");
    assert!(answer["data"]["invoices"][0]["total"].is_string(), "{answer:#}");
    begin_history(project.path());
}

#[test]
fn databases_that_django_made() {
    for dialect in BACKENDS {
        let Some(database) = TestDatabase::filled(dialect, Project::Pagila) else { return };
        let project = project(&database, None);
        let answer = ask(
            project.path(),
            "{ films(where: {title: {eq: \"ACADEMY DINOSAUR\"}}) { title rentalRate specialFeatures language { name } \
               actorsAggregate { count } categories { name } } \
             payments(where: {amount: {gt: \"11.98\"}, paymentDate: {lt: \"2030-01-01T00:00:00Z\"}}, orderBy: [{paymentId: ASC}], limit: 1) { amount paymentDate customer { activebool createDate } } }",
        );
        let film = &answer["data"]["films"][0];
        assert_eq!(film["rentalRate"], "0.99", "{dialect:?}: {answer:#}");
        assert_eq!(film["actorsAggregate"]["count"], 10, "{dialect:?}: {answer:#}");
        assert_eq!(answer["data"]["payments"][0]["amount"], "11.99", "{dialect:?}: {answer:#}");
        begin_history(project.path());
    }
}

#[test]
fn postgres_in_its_own_style() {
    let script = workspace::path("migrations/tests/inspectdb/cases/rental.postgres.sql");
    let database = TestDatabase::empty(Dialect::Postgres, "inspect_rental");
    postgres::run_script(&database.url, &std::fs::read_to_string(script).unwrap());
    let project = project(&database, None);
    let answer = ask(
        project.path(),
        "{ films(where: {rating: {in: [\"PG\", \"NC-17\", \"nothing\"]}}, orderBy: [{rating: DESC}]) { title rating releaseYear specialFeatures } \
           languages(where: {name: {eq: \"English\"}}) { name } \
           payments(where: {paymentDate: {gte: \"2022-03-01T10:00:00Z\"}}) { amount paymentDate } \
           rentalByCategories { category films } }",
    );
    assert_eq!(answer["data"]["films"][0]["rating"], "PG", "{answer:#}");
    assert_eq!(answer["data"]["films"].as_array().unwrap().len(), 2, "{answer:#}");
    assert_eq!(answer["data"]["languages"][0]["name"], "English", "{answer:#}");
    assert_eq!(answer["data"]["payments"][0]["paymentDate"], "2022-03-01T10:00:00Z", "{answer:#}");
    begin_history(project.path());
    let answer = ask(
        project.path(),
        "mutation { \
           many: createFilms(input: [{title: \"X\", languageId: \"1\", rating: \"PG\", releaseYear: 2001}, {title: \"Y\", languageId: \"1\", rating: \"R\"}]) \
             { films { rating releaseYear rentalDuration } } \
           one: createFilm(input: {title: \"Z\", languageId: \"1\", specialFeatures: [\"a\"]}) { rating specialFeatures } \
           set: updateFilms(where: {title: {eq: \"X\"}}, set: {rating: \"NC-17\", releaseYear: 2002}) { films { rating releaseYear } } \
           paid: createPayments(input: [{rentalId: \"1\", amount: \"1.00\", paymentDate: \"2022-05-01T00:00:00Z\"}, {rentalId: \"1\", amount: \"2.00\", paymentDate: \"2022-05-02T00:00:00Z\"}]) \
             { payments { amount paymentDate } } \
           language: createLanguages(input: [{name: \"Suomi\"}, {name: \"Sámi\"}]) { languages { name } } }",
    );
    let data = &answer["data"];
    assert_eq!(data["many"]["films"][0]["rating"], "PG", "{answer:#}");
    assert_eq!(data["many"]["films"][0]["releaseYear"], 2001, "{answer:#}");
    assert_eq!(data["one"]["rating"], "G", "{answer:#}");
    assert_eq!(data["set"]["films"][0]["rating"], "NC-17", "{answer:#}");
    assert_eq!(data["paid"]["payments"][1]["paymentDate"], "2022-05-02T00:00:00Z", "{answer:#}");
    assert_eq!(data["language"]["languages"][1]["name"], "Sámi", "{answer:#}");
}

#[test]
fn nothing_is_overwritten_and_no_file_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("sqlite:{}", folder.path().join("none.db").display());
    let output = program::command(&["inspectdb", &missing]).output().unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("there is no file"));
    assert!(!folder.path().join("none.db").exists());
    let database = TestDatabase::empty(Dialect::Sqlite, "inspect_twice");
    rusqlite::Connection::open(database.path())
        .unwrap()
        .execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        .unwrap();
    let project = project(&database, Some("t"));
    let path = project.path().to_str().unwrap();
    let again = program::command(&["inspectdb", &database.url, "-o", path, "--app", "t"]).output().unwrap();
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("is there already"));
    let printed = program::run(&["inspectdb", &database.url], &[]);
    assert!(String::from_utf8_lossy(&printed.stdout).contains("table   = \"t\""));
}
