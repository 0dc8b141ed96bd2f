//! The oracle: queries whose answers Django gave, asked through the QuerySet API on both databases.
//!
//! `NUAGES_ORACLE_CASES` names another file of cases, `NUAGES_ORACLE_REPORT` a file that gets one JSON line a case and
//! database. Without them every case must pass that `tests/oracle/not_yet.txt` and `tests/oracle/differences.toml` do not
//! name, and what the latter names must be answered as `tests/oracle/differences.jsonl` says; `NUAGES_ORACLE_UPDATE=1` writes
//! the first and the last anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod compare;
mod expression;
mod operation;
mod query;
mod tree;
mod value;
mod world;
mod writing;

use futures::FutureExt;
use nuages_models::database::Dialect;
use nuages_models::objects::QueryError;
use nuages_tests::databases::BACKENDS;
use nuages_tests::workspace;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use world::{Absent, World};

/// The answers of the cases that are answered differently on purpose.
const ANSWERS: &str = "tests/oracle/differences.jsonl";

/// Why a case has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The API says no: an answer where an error is expected.
    Query(QueryError),
    /// The API has no way to say it at all, as it should be: an answer where an error is expected.
    Refused(String),
    /// Not built yet.
    Unsupported(String),
    /// The case itself cannot be understood.
    Case(String),
    /// The data is not on this machine.
    Absent(String),
}

/// How a case went on one database.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed(String),
    /// Answered differently on purpose.
    Different(String),
    Skipped(String),
}

/// A deliberate difference.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    cases: Vec<String>,
    /// What is answered instead.
    answer: String,
    /// The rule of DESIGN that it follows.
    rule: String,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Differences {
    difference: Vec<Difference>,
}

#[tokio::test(flavor = "multi_thread")]
async fn oracle() {
    let given = std::env::var_os("NUAGES_ORACLE_CASES").map(PathBuf::from);
    let file = given.clone().unwrap_or_else(|| workspace::path("tests/oracle/open.jsonl"));
    let cases = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let cases: Vec<Json> = cases
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).expect("a case is a line of JSON"))
        .collect();
    let differences = differences();
    let answers = answers();
    let update = given.is_none() && std::env::var_os("NUAGES_ORACLE_UPDATE").is_some();
    let mut different: Vec<Json> = Vec::new();
    let mut world = World::default();
    let mut report = String::new();
    let mut outcomes: Vec<(String, String, &'static str, Outcome)> = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap_or_default().to_owned();
        let area = case["tags"][0].as_str().unwrap_or("other").to_owned();
        for dialect in BACKENDS {
            let Some(expected) = expected(case, dialect) else { continue };
            let run = AssertUnwindSafe(answer(&mut world, case, dialect)).catch_unwind().await;
            let run = run.unwrap_or_else(|_| Err(Failure::Case("the run panicked".to_owned())));
            let (mut outcome, got) = judged(case, &expected, run);
            if let (Outcome::Failed(_), Some(why)) = (&outcome, differences.get(&id)) {
                let known = answers.get(&(id.clone(), name(dialect).to_owned()));
                outcome = if update
                    || known.is_some_and(|known| {
                        compare::same(known, &got, case["ordered"].as_bool() != Some(false))
                    }) {
                    different.push(json!({"id": id, "database": name(dialect), "answer": got}));
                    Outcome::Different(why.clone())
                } else {
                    Outcome::Failed(format!("deliberately different, but not as {ANSWERS} says"))
                };
            }
            let why = match &outcome {
                Outcome::Passed => String::new(),
                Outcome::Failed(why) => why.clone(),
                Outcome::Different(why) => format!("deliberately different: {why}"),
                Outcome::Skipped(why) => format!("skipped: {why}"),
            };
            let line = json!({
                "id": id, "database": name(dialect), "pass": outcome == Outcome::Passed, "why": why, "got": got,
            });
            let _ = writeln!(report, "{line}");
            outcomes.push((id.clone(), area.clone(), name(dialect), outcome));
        }
    }
    if let Some(file) = std::env::var_os("NUAGES_ORACLE_REPORT") {
        fs::write(file, report).expect("the report can be written");
    }
    if update {
        let lines: String = different.iter().map(|line| format!("{line}\n")).collect();
        fs::write(workspace::path(ANSWERS), lines).unwrap();
    }
    print_scores(&outcomes);
    if given.is_none() {
        check(&outcomes);
    }
}

fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgres",
    }
}

/// What a case expects: Django's answer, or the right one where Django's is a known trap. Where the databases differ, both
/// answer as PostgreSQL does.
fn expected(case: &Json, dialect: Dialect) -> Option<Json> {
    let own = match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "pg",
    };
    case["expected"].get(own)?;
    let differs = case["same_on_both"].as_bool() == Some(false);
    let key = if differs { "pg" } else { own };
    let right = case.get("right_answer").and_then(|right| right["expected"].get(key));
    right.or_else(|| case["expected"].get(key)).or_else(|| case["expected"].get(own)).cloned()
}

async fn answer(world: &mut World, case: &Json, dialect: Dialect) -> Result<operation::Answer, Failure> {
    let app = case["data"][0].as_str().unwrap_or_default();
    let place = world.place(app, dialect).await.map_err(|absent| match absent {
        Absent::Data(why) => Failure::Absent(why),
        Absent::Broken(why) => Failure::Case(why),
    })?;
    let zone = case["timezone"].as_str().unwrap_or("UTC");
    operation::ask(&place.orm.clone().time_zone(zone), &case["query"]).await
}

fn judged(case: &Json, expected: &Json, run: Result<operation::Answer, Failure>) -> (Outcome, Json) {
    match (run, expected.get("error").and_then(Json::as_str)) {
        (Err(Failure::Query(error)), Some(_)) => (Outcome::Passed, json!({"error": error.to_string()})),
        (Err(Failure::Refused(why)), Some(_)) => (Outcome::Passed, json!({"error": why})),
        (Err(Failure::Query(error)), None) => {
            (Outcome::Failed(error.to_string()), json!({"error": error.to_string()}))
        }
        (Err(Failure::Refused(why) | Failure::Case(why)), _) => {
            (Outcome::Failed(why.clone()), json!({"error": why}))
        }
        (Err(Failure::Unsupported(why)), _) => {
            (Outcome::Failed(format!("not there yet: {why}")), json!({"error": why}))
        }
        (Err(Failure::Absent(why)), _) => (Outcome::Skipped(why), Json::Null),
        (Ok((got, _)), Some(error)) => (Outcome::Failed(format!("an answer, and {error} is expected")), got),
        (Ok((mut got, statements)), None) => {
            let mut wanted = expected["value"].clone();
            if case["query"]["op"] == "fetch" {
                compare::arrange(&mut got, &case["query"]["selection"]);
                compare::arrange(&mut wanted, &case["query"]["selection"]);
            }
            if !compare::same(&wanted, &got, case["ordered"].as_bool() != Some(false)) {
                return (Outcome::Failed("another answer".to_owned()), got);
            }
            match (statements, expected["sql_queries"].as_u64()) {
                (Some(ours), Some(budget)) if ours as u64 > budget => {
                    (Outcome::Failed(format!("{ours} statements, and {budget} are enough")), got)
                }
                _ => (Outcome::Passed, got),
            }
        }
    }
}

/// What is answered where an answer is different on purpose, by case and database.
fn answers() -> HashMap<(String, String), Json> {
    let text = fs::read_to_string(workspace::path(ANSWERS)).unwrap_or_default();
    let lines =
        text.lines().map(|line| serde_json::from_str::<Json>(line).expect("an answer is a line of JSON"));
    let word = |line: &Json, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    lines.map(|line| ((word(&line, "id"), word(&line, "database")), line["answer"].clone())).collect()
}

fn differences() -> HashMap<String, String> {
    let text = fs::read_to_string(workspace::path("tests/oracle/differences.toml")).unwrap();
    let table: Differences = toml::from_str(&text).expect("the table of differences is TOML");
    let of = |difference: Difference| {
        let why = format!("{} (DESIGN: {})", difference.answer, difference.rule);
        difference.cases.into_iter().map(move |case| (case, why.clone()))
    };
    table.difference.into_iter().flat_map(of).collect()
}

fn print_scores(outcomes: &[(String, String, &'static str, Outcome)]) {
    let mut areas: BTreeMap<(&str, &str), [usize; 4]> = BTreeMap::new();
    for (_, area, database, outcome) in outcomes {
        let place = match outcome {
            Outcome::Passed => 0,
            Outcome::Failed(_) => 1,
            Outcome::Different(_) => 2,
            Outcome::Skipped(_) => 3,
        };
        areas.entry((area, database)).or_default()[place] += 1;
        areas.entry(("~", database)).or_default()[place] += 1;
    }
    for ((area, database), [passed, failed, different, skipped]) in areas {
        let area = if area == "~" { "in all" } else { area };
        println!(
            "{area} on {database}: {passed} passed, {failed} failed, {different} different on purpose, {skipped} skipped"
        );
    }
    for (id, _, database, outcome) in outcomes {
        if let Outcome::Failed(why) = outcome {
            println!("FAILED {id} on {database}: {why}");
        }
    }
}

/// That nothing fails but what is known to.
fn check(outcomes: &[(String, String, &'static str, Outcome)]) {
    let file = workspace::path("tests/oracle/not_yet.txt");
    if std::env::var_os("NUAGES_ORACLE_UPDATE").is_some() {
        let mut text = String::from(
            "# Cases that do not pass yet: id, database, why. NUAGES_ORACLE_UPDATE=1 writes this file.\n",
        );
        for (id, _, database, outcome) in outcomes {
            if let Outcome::Failed(why) = outcome {
                let _ = writeln!(text, "{id} {database} {}", why.replace('\n', " "));
            }
        }
        fs::write(&file, text).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap();
    let known: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    let mut regressed = Vec::new();
    for (id, _, database, outcome) in outcomes {
        let is_known = known.contains(&(id.as_str(), *database));
        match outcome {
            Outcome::Failed(why) if !is_known => regressed.push(format!("{id} on {database}: {why}")),
            Outcome::Passed if is_known => {
                println!("{id} on {database} passes now: take it out of not_yet.txt")
            }
            _ => {}
        }
    }
    assert!(regressed.is_empty(), "{} cases do not pass:\n{}", regressed.len(), regressed.join("\n"));
}
