//! What holds of every condition and every value, whatever they are: random ones, on both databases.
//!
//! What is random is a tape of numbers from which an expression is read choice by choice; a tape that has ended gives
//! zeros, the simplest choice, so that a failure shrinks to a small expression.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod tables;

use flate2::read::GzDecoder;
use nuages::{Config, Project, data};
use nuages_models::build::{E, case, count, every, f, func, none, some, sum};
use nuages_models::database::Dialect;
use nuages_models::expr::Expr;
use nuages_models::lookups::{LOOKUPS, Lookup, Operands};
use nuages_models::objects::{Objects, Orm, QueryError};
use nuages_models::registry::{LogicalType, Model, Registry};
use nuages_models::value::Value;
use nuages_tests::data::Project as TestProject;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::workspace;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestCaseError, TestRunner};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::Command;
use std::sync::Arc;
use tokio::runtime::Runtime;

const CASES: u32 = 300;
const PATTERNS: [&str; 5] = ["o", "^A", "[0-9]+$", "e.*t", ""];
/// Tests that the database's extensions make, or of types that only PostgreSQL has.
const ELSEWHERE: [&str; 4] =
    ["search", "trigram_similar", "trigram_word_similar", "trigram_strict_word_similar"];

/// The same rows on both databases.
struct Rows {
    registry: Arc<Registry>,
    orms: Vec<Orm>,
    /// The values of each model's columns.
    pool: HashMap<(String, String), Vec<Value>>,
    databases: Vec<TestDatabase>,
}

impl Rows {
    async fn blog() -> Self {
        let databases = BACKENDS.map(|dialect| TestDatabase::filled(dialect, TestProject::Blog).unwrap());
        Self::of(&TestProject::Blog.folder(), databases.into(), None).await
    }

    async fn kinds() -> (tempfile::TempDir, Self) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("models")).unwrap();
        fs::copy(workspace::path("tests/models/kinds.toml"), folder.path().join("models/kinds.toml"))
            .unwrap();
        let file = File::open(workspace::path("tests/data/blog_small.jsonl.gz")).unwrap();
        let lines = BufReader::new(GzDecoder::new(file)).lines().map(Result::unwrap);
        let rows: String =
            lines.filter(|line| line.starts_with("{\"table\": \"kinds_")).map(|line| line + "\n").collect();
        let databases = BACKENDS.map(|dialect| TestDatabase::empty(dialect, "properties"));
        let made = Self::of(folder.path(), databases.into(), Some(rows)).await;
        (folder, made)
    }

    async fn of(folder: &std::path::Path, databases: Vec<TestDatabase>, rows: Option<String>) -> Self {
        let mut orms = Vec::new();
        for database in &databases {
            let config = Config { database: database.url.clone(), ..Config::default() };
            let project = Project::with_config(folder, config);
            let registry = project.registry().unwrap();
            let connected = project.connect().await.unwrap();
            if let Some(rows) = &rows {
                project.migrate(&registry, &connected).await.unwrap();
                data::load(&connected, &registry, rows.as_bytes(), |_, _| {}).await.unwrap();
            }
            orms.push(Orm::new(Arc::new(registry.clone()), connected));
        }
        let registry = Arc::new(orms[0].registry().clone());
        let mut pool = HashMap::new();
        for model in registry.models() {
            for field in &model.fields {
                let values = orms[0].objects(&model.name).unscoped().values(&[&field.name]).distinct();
                let mut values: Vec<Value> = values.flat().await.unwrap();
                values.retain(|value| *value != Value::Null);
                values.sort_by_key(|value| format!("{value:?}"));
                pool.insert((model.name.clone(), field.name.clone()), values);
            }
        }
        Self { registry, orms, pool, databases }
    }

    /// What each database says; `None` when one of them fails in the middle, as at a number that is too large, which
    /// another order of evaluation may not come across.
    async fn both<T, F: AsyncFn(&Orm) -> Result<T, QueryError>>(
        &self,
        ask: F,
    ) -> Option<[Result<T, QueryError>; 2]> {
        let answers = [ask(&self.orms[0]).await, ask(&self.orms[1]).await];
        let failed = |answer: &Result<T, QueryError>| matches!(answer, Err(QueryError::Run(_)));
        (!answers.iter().any(failed)).then_some(answers)
    }
}

/// Choices, read one after the other.
struct Tape<'t> {
    choices: &'t [u16],
    at: usize,
}

impl Tape<'_> {
    fn choose(&mut self, among: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % among.max(1)
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.choose(among.len())]
    }
}

/// Expressions over the rows of one model.
struct Maker<'r, 't> {
    rows: &'r Rows,
    tape: Tape<'t>,
}

impl<'r> Maker<'r, '_> {
    fn condition(&mut self, model: &'r Model, depth: usize) -> Expr {
        match if depth == 0 { 0 } else { self.tape.choose(10) } {
            0..=4 => self.test(model),
            5 => Expr::And(vec![self.condition(model, depth - 1), self.condition(model, depth - 1)]),
            6 => Expr::Or(vec![self.condition(model, depth - 1), self.condition(model, depth - 1)]),
            7 | 8 => Expr::Not(Box::new(self.condition(model, depth - 1))),
            _ => {
                let many: Vec<_> = model.relations.iter().filter(|relation| !relation.is_to_one()).collect();
                if many.is_empty() {
                    return self.test(model);
                }
                let relation = *self.tape.pick(&many);
                let inner = self.condition(self.rows.registry.model(relation.target), depth - 1);
                let name = &relation.name;
                match self.tape.choose(3) {
                    0 => some(name, inner).into(),
                    1 => every(name, inner).into(),
                    _ => none(name, inner).into(),
                }
            }
        }
    }

    /// A column, at times that of a related row.
    fn path(&mut self, model: &'r Model) -> (Vec<String>, &'r Model, LogicalType, String) {
        let one: Vec<_> = model.relations.iter().filter(|relation| relation.is_to_one()).collect();
        let (mut path, mut at) = (Vec::new(), model);
        if !one.is_empty() && self.tape.choose(4) == 3 {
            let relation = *self.tape.pick(&one);
            path.push(relation.name.clone());
            at = self.rows.registry.model(relation.target);
        }
        let field = self.tape.pick(&at.fields);
        path.push(field.name.clone());
        (path, at, field.logical.clone(), field.name.clone())
    }

    fn test(&mut self, model: &'r Model) -> Expr {
        let (path, at, logical, field) = self.path(model);
        let lookups = lookups_of(&logical);
        let lookup = *self.tape.pick(&lookups);
        self.test_by(model, lookup, Expr::Path(path), &logical, (at.name.clone(), field))
    }

    /// One lookup of one column, with whatever operands.
    fn test_by(
        &mut self,
        model: &'r Model,
        lookup: &'static Lookup,
        left: Expr,
        logical: &LogicalType,
        of_field: (String, String),
    ) -> Expr {
        let operands = match lookup.operands {
            Operands::None => Vec::new(),
            Operands::Same | Operands::Bound | Operands::Range => {
                vec![self.operand(model, &of_field, logical)]
            }
            Operands::SamePair => {
                vec![Expr::constant(self.constant(&of_field)), Expr::constant(self.constant(&of_field))]
            }
            Operands::SameList => {
                vec![Expr::constant(Value::Array(
                    (0..self.tape.choose(4)).map(|_| self.constant(&of_field)).collect(),
                ))]
            }
            Operands::Text if lookup.name.ends_with("regex") => {
                vec![Expr::constant(Value::Text((*self.tape.pick(&PATTERNS)).to_owned()))]
            }
            Operands::Text => vec![Expr::constant(self.text())],
            Operands::TextList => {
                vec![Expr::constant(Value::Array((0..self.tape.choose(3)).map(|_| self.text()).collect()))]
            }
        };
        if operands.iter().any(|operand| *operand == Expr::constant(Value::Null)) {
            return Expr::lookup(left, "isnull", Vec::new());
        }
        Expr::lookup(left, lookup.name, operands)
    }

    /// A value of the column, or a column of the same type.
    fn operand(&mut self, model: &'r Model, of: &(String, String), logical: &LogicalType) -> Expr {
        let (path, _, other, _) = self.path(model);
        if self.tape.choose(4) == 3 && other == *logical && *logical != LogicalType::Json {
            return Expr::Path(path);
        }
        Expr::constant(self.constant(of))
    }

    fn constant(&mut self, of: &(String, String)) -> Value {
        let values = &self.rows.pool[of];
        if values.is_empty() { Value::Null } else { self.tape.pick(values).clone() }
    }

    /// A part of a text that is in the rows.
    fn text(&mut self) -> Value {
        let mut texts: Vec<&str> = self
            .rows
            .pool
            .values()
            .flatten()
            .filter_map(|value| match value {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        texts.sort_unstable();
        texts.push("a");
        let text: Vec<char> = self.tape.pick(&texts).chars().collect();
        let from = self.tape.choose(text.len().max(1));
        let length = 1 + self.tape.choose(4);
        Value::Text(text.into_iter().skip(from).take(length).collect())
    }

    /// A value that is computed of a row.
    fn value(&mut self, model: &'r Model, depth: usize) -> E {
        let (path, _, logical, _) = self.path(model);
        let own = f(&path.join("."));
        if depth == 0 {
            return own;
        }
        match (self.tape.choose(8), &logical) {
            (0, _) => own,
            (1, _) => {
                let condition = self.condition(model, 1);
                case().when(condition, own.clone()).otherwise(own)
            }
            (2, _) => {
                let many: Vec<_> = model.relations.iter().filter(|relation| !relation.is_to_one()).collect();
                let Some(relation) = many.get(self.tape.choose(many.len())) else { return own };
                count(&relation.name).into()
            }
            (choice, LogicalType::Text) => match choice {
                3 => func("lower", [own]),
                4 => func("length", [own]),
                5 => func("substr", [own, 2.into(), 5.into()]),
                6 => func("concat", [own.clone(), func("upper", [own])]),
                _ => func("reverse", [own]),
            },
            (choice, LogicalType::Int16 | LogicalType::Int32 | LogicalType::Decimal { .. }) => match choice {
                3 => own * 3,
                4 => own - 7,
                5 => own / 4,
                6 => func("abs", [own]),
                _ => func("round", [own]),
            },
            (choice, LogicalType::Date | LogicalType::DateTime) => match choice {
                3 => func("year", [own]),
                4 => func("week", [own]),
                5 => func("quarter", [own]),
                6 => func("trunc", [own, "month".into()]),
                _ => func("day_of_year", [own]),
            },
            _ => own,
        }
    }
}

/// The lookups of a type that both databases have.
fn lookups_of(logical: &LogicalType) -> Vec<&'static Lookup> {
    let shared = |lookup: &&Lookup| (lookup.accepts)(logical) && !ELSEWHERE.contains(&lookup.name);
    LOOKUPS.iter().copied().filter(shared).collect()
}

fn key(model: &Model) -> Vec<&str> {
    model.primary_key.iter().map(|id| model.field(*id).name.as_str()).collect()
}

fn tape() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), 0..40)
}

fn run(test: impl Fn(&[u16]) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(Cases {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 500,
        ..Cases::default()
    });
    runner.run(&tape(), |tape| test(&tape)).unwrap_or_else(|error| panic!("{error}"));
    println!("{runner}");
}

async fn keys(query: &Objects, model: &Model) -> Result<Vec<String>, QueryError> {
    let key = key(model);
    let rows = query.clone().order_by(key.clone()).values(&key).rows().await?;
    Ok(rows.iter().map(|row| row.to_json().to_string()).collect())
}

/// `filter` and `exclude` divide the rows, `count` counts them, and both databases agree.
async fn partition(rows: &Rows, model: &Model, condition: &Expr) -> Result<(), TestCaseError> {
    let asked = rows.both(async |orm: &Orm| {
        let all = orm.objects(&model.name).unscoped();
        let (within, without) =
            (all.clone().filter(condition.clone()), all.clone().exclude(condition.clone()));
        let counted = (within.count().await?, without.exists().await?);
        Ok((keys(&within, model).await?, keys(&without, model).await?, keys(&all, model).await?, counted))
    });
    let Some([sqlite, postgres]) = asked.await else {
        return Err(TestCaseError::reject("it is out of range"));
    };
    let said = format!("{}: {condition:?}", model.name);
    prop_assert_eq!(&sqlite, &postgres, "{}", &said);
    let Ok((within, without, all, (count, exists))) = sqlite else {
        return Err(TestCaseError::reject("it is no condition"));
    };
    prop_assert_eq!(count, within.len() as u64, "{}", &said);
    prop_assert_eq!(exists, !without.is_empty(), "{}", &said);
    prop_assert!(within.iter().all(|key| !without.contains(key)), "{}", &said);
    prop_assert_eq!(within.len() + without.len(), all.len(), "{}", &said);
    Ok(())
}

/// A value of each row is the same on both databases, and so is the order by it.
async fn values(rows: &Rows, model: &Model, value: &E) -> Result<(), TestCaseError> {
    let asked = rows.both(async |orm: &Orm| {
        let key = key(model);
        let query = orm.objects(&model.name).unscoped().annotate("computed", value.clone());
        let order: Vec<&str> = ["computed"].into_iter().chain(key.clone()).collect();
        let columns: Vec<&str> = key.into_iter().chain(["computed"]).collect();
        let rows = query.order_by(order).values(&columns).rows().await?;
        Ok(rows.iter().map(|row| row.to_json().to_string()).collect::<Vec<_>>())
    });
    let Some([sqlite, postgres]) = asked.await else {
        return Err(TestCaseError::reject("it is out of range"));
    };
    prop_assert_eq!(sqlite, postgres, "{}: {:?}", model.name, value);
    Ok(())
}

#[test]
fn conditions_divide_the_rows_of_every_type() {
    let runtime = Runtime::new().unwrap();
    let (_folder, rows) = runtime.block_on(Rows::kinds());
    let model = rows.registry.model_named("Kind").unwrap();
    run(|choices| {
        let mut maker = Maker { rows: &rows, tape: Tape { choices, at: 0 } };
        let condition = maker.condition(model, 3);
        runtime.block_on(partition(&rows, model, &condition))
    });
    run(|choices| {
        let mut maker = Maker { rows: &rows, tape: Tape { choices, at: 0 } };
        let value = maker.value(model, 2);
        runtime.block_on(values(&rows, model, &value))
    });
}

/// Every lookup of every type that takes it, not only those that chance picks.
#[test]
fn every_lookup_divides_the_rows() {
    let runtime = Runtime::new().unwrap();
    let (_folder, rows) = runtime.block_on(Rows::kinds());
    let model = rows.registry.model_named("Kind").unwrap();
    for field in &model.fields {
        for lookup in lookups_of(&field.logical) {
            for attempt in 0..8 {
                let choices = tables::choices(&format!("{attempt} {} {}", field.name, lookup.name));
                let mut maker = Maker { rows: &rows, tape: Tape { choices: &choices, at: 0 } };
                let of_field = (model.name.clone(), field.name.clone());
                let left = Expr::name(field.name.clone());
                let condition = maker.test_by(model, lookup, left, &field.logical, of_field);
                match runtime.block_on(partition(&rows, model, &condition)) {
                    Ok(()) | Err(TestCaseError::Reject(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
}

#[test]
fn conditions_divide_the_rows_of_related_models() {
    let runtime = Runtime::new().unwrap();
    let rows = runtime.block_on(Rows::blog());
    let models =
        ["Post", "User", "Comment", "Tag", "Category"].map(|name| rows.registry.model_named(name).unwrap());
    run(|choices| {
        let mut maker = Maker { rows: &rows, tape: Tape { choices, at: 0 } };
        let model = *maker.tape.pick(&models);
        let condition = maker.condition(model, 3);
        runtime.block_on(partition(&rows, model, &condition))
    });
    run(|choices| {
        let mut maker = Maker { rows: &rows, tape: Tape { choices, at: 0 } };
        let model = *maker.tape.pick(&models);
        let value = maker.value(model, 2);
        runtime.block_on(values(&rows, model, &value))
    });
}

#[test]
fn groups_add_up_to_the_whole() {
    let runtime = Runtime::new().unwrap();
    let rows = runtime.block_on(Rows::blog());
    let model = rows.registry.model_named("Post").unwrap();
    run(|choices| {
        let mut maker = Maker { rows: &rows, tape: Tape { choices, at: 0 } };
        let (condition, by) = (maker.condition(model, 2), maker.value(model, 1));
        let asked = rows.both(async |orm: &Orm| {
            let posts = orm.objects("Post").unscoped().filter(condition.clone());
            let whole = posts.aggregate([("rows", count("*")), ("views", sum("views").default(0))]).await?;
            let groups = posts.annotate("by", by.clone()).group_by(&["by"]);
            let groups =
                groups.annotate("rows", count("*")).annotate("sum_of_views", sum("views").default(0));
            Ok((
                whole.to_json(),
                groups.order_by(["by"]).rows().await?.iter().map(|row| row.to_json()).collect::<Vec<_>>(),
            ))
        });
        let Some([sqlite, postgres]) = runtime.block_on(asked) else {
            return Err(TestCaseError::reject("it is out of range"));
        };
        prop_assert_eq!(&sqlite, &postgres, "{:?} by {:?}", &condition, &by);
        let Ok((whole, groups)) = sqlite else { return Err(TestCaseError::reject("it is no condition")) };
        let number =
            |value: &serde_json::Value| value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap();
        let total = |name: &str| groups.iter().map(|group| number(&group[name])).sum::<i64>();
        prop_assert_eq!(total("rows"), number(&whole["rows"]));
        prop_assert_eq!(total("sum_of_views"), number(&whole["views"]));
        Ok(())
    });
}

/// A database file is SQLite's: any program reads it, without what Nuages adds to its connections.
#[tokio::test]
async fn other_programs_read_the_file() {
    let (_folder, rows) = Rows::kinds().await;
    let path = rows.databases[0].path();
    assert_eq!(rows.orms[0].database().dialect(), Dialect::Sqlite);
    let ask = |sql: &str| {
        let said = Command::new("sqlite3").arg(&path).arg(sql).output();
        let said = said.expect("the sqlite3 program is needed: apt-get install sqlite3");
        assert!(said.status.success(), "{sql}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap()
    };
    assert_eq!(ask("PRAGMA integrity_check").trim(), "ok");
    assert_eq!(ask("PRAGMA foreign_key_check").trim(), "");
    let ours =
        rows.orms[0].objects("Kind").filter(f("i").gte(0)).order_by(["id"]).values(&["code", "i", "txt"]);
    let ours: Vec<String> = ours.rows().await.unwrap().iter().map(|row| row.to_json().to_string()).collect();
    let theirs = ask("SELECT json_array(code, i, txt) FROM kinds_kind WHERE i >= 0 ORDER BY id");
    let theirs: Vec<serde_json::Value> =
        theirs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(theirs) {
        let ours: serde_json::Value = serde_json::from_str(ours).unwrap();
        assert_eq!(serde_json::json!([ours["code"], ours["i"], ours["txt"]]), theirs);
    }
}
