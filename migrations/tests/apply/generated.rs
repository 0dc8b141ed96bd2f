//! Generated pairs of models: what the detector finds is applied to a database with rows, undone, and applied again.

use crate::bed::{Bed, assert_names, bed, fill, registry};
use crate::executor::{go, to};
use nuages_migrations::editor::Unconvertible;
use nuages_migrations::executor::ExecuteError;
use nuages_migrations::{
    Fill, FillReason, History, MigrationFile, ModelName, ProjectState, Questioner, State, Verdict, detect,
    state,
};
use nuages_models::database::Dialect;
use nuages_models::define::{FieldDefinition, SourceFile};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Numbers that look random and are the same on every machine (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

const KINDS: &[&str] = &[
    "type = 'integer'",
    "type = 'integer', null = true",
    "type = 'big_integer'",
    "type = 'char', max_length = 20",
    "type = 'char', max_length = 40, null = true",
    "type = 'text'",
    "type = 'decimal', max_digits = 8, decimal_places = 2",
    "type = 'decimal', max_digits = 12, decimal_places = 4",
    "type = 'float'",
    "type = 'boolean'",
    "type = 'positive_integer'",
    "type = 'datetime'",
    "type = 'date'",
    "type = 'integer', unique = true",
    "type = 'char', max_length = 20, unique = true",
    "type = 'integer', db_default = 7",
    "type = 'integer', default = 5, db_comment = 'five'",
    "type = 'uuid', default = 'uuid'",
    "type = 'decimal', max_digits = 25, decimal_places = 2",
    "type = 'time', null = true",
    "type = 'json', default = { a = 1 }",
];

/// Which kinds a kind can become with its values.
const BECOMES: &[&[usize]] = &[
    &[1, 2, 3, 6, 8, 10, 13, 15, 18],
    &[0, 2, 4],
    &[0, 3, 8],
    &[4, 5, 14, 0, 6],
    &[3, 5],
    &[3, 4, 0],
    &[7, 3, 8, 18, 0],
    &[6, 3],
    &[3, 6],
    &[0, 3],
    &[0, 2, 3],
    &[4],
    &[11, 3],
    &[0, 14, 2],
    &[3, 5],
    &[0, 16, 3],
    &[0, 15],
    &[4],
    &[6, 3, 7],
    &[4],
    &[5],
];

#[derive(Clone)]
enum Kind {
    Plain(usize),
    Reference { to: usize, null: bool },
    Links { to: usize },
}

#[derive(Clone)]
struct Model {
    name: String,
    /// The number in its name, which it keeps when it is renamed.
    number: usize,
    table: bool,
    fields: Vec<(String, Kind)>,
    index: bool,
    together: bool,
    check: bool,
}

fn kind(numbers: &mut Numbers, models: usize) -> Kind {
    match numbers.below(10) {
        0 => Kind::Reference { to: numbers.below(models), null: numbers.chance(70) },
        1 => Kind::Links { to: numbers.below(models) },
        _ => Kind::Plain(numbers.below(KINDS.len())),
    }
}

fn project(numbers: &mut Numbers) -> Vec<Model> {
    let count = 1 + numbers.below(3);
    (0..count)
        .map(|number| Model {
            name: format!("Old{number}"),
            number,
            table: numbers.chance(20),
            fields: (0..2 + numbers.below(3)).map(|at| (format!("f{at}"), kind(numbers, count))).collect(),
            index: numbers.chance(40),
            together: numbers.chance(30),
            check: numbers.chance(30),
        })
        .collect()
}

fn changed(numbers: &mut Numbers, models: &[Model]) -> Vec<Model> {
    let mut out = models.to_vec();
    let count = out.len();
    for model in &mut out {
        if numbers.chance(15) {
            // With other changes it would be another model.
            model.name = format!("New{}", model.number);
            continue;
        }
        let flip = |numbers: &mut Numbers, flag: &mut bool| *flag ^= numbers.chance(15);
        flip(numbers, &mut model.table);
        flip(numbers, &mut model.index);
        flip(numbers, &mut model.together);
        flip(numbers, &mut model.check);
        let mut fields = Vec::new();
        for (name, kind) in std::mem::take(&mut model.fields) {
            match (numbers.below(10), kind) {
                (0, _) => {}
                (1, kind) => fields.push((name.replace('f', "g"), kind)),
                (2..=4, Kind::Plain(kind)) => {
                    fields.push((name, Kind::Plain(numbers.one_of(BECOMES[kind]))));
                }
                (2, Kind::Reference { to, null }) => fields.push((name, Kind::Reference { to, null: !null })),
                (_, kind) => fields.push((name, kind)),
            }
        }
        if numbers.chance(40) {
            fields.push(("h9".to_owned(), kind(numbers, count)));
        }
        model.fields = fields;
    }
    if numbers.chance(15) {
        let mut new = project(numbers).swap_remove(0);
        new.name = "Other9".to_owned();
        new.fields.retain(|(_, kind)| matches!(kind, Kind::Plain(_)));
        new.number = 9;
        out.push(new);
    }
    out
}

fn text(models: &[Model]) -> String {
    let mut text = String::new();
    for model in models {
        let (name, number) = (&model.name, model.number);
        let columns: Vec<&str> = model
            .fields
            .iter()
            .filter(|(_, kind)| !matches!(kind, Kind::Links { .. }))
            .map(|(name, _)| name.as_str())
            .collect();
        let plain =
            model.fields.iter().find(|(_, kind)| matches!(kind, Kind::Plain(_))).map(|(name, _)| name);
        writeln!(text, "[{name}]").unwrap();
        if model.table {
            writeln!(text, "table = 'table_{number}'").unwrap();
        }
        if model.together && columns.len() > 1 {
            writeln!(text, "unique_together = [['{}', '{}']]", columns[0], columns[1]).unwrap();
        }
        writeln!(text, "[{name}.fields]\ntitle = {{ type = 'char', max_length = 30 }}").unwrap();
        for (field, kind) in &model.fields {
            let target = |to: &usize| &models[*to].name;
            let related = format!("{}_{field}", name.to_lowercase());
            let definition = match kind {
                Kind::Plain(kind) => KINDS[*kind].to_owned(),
                Kind::Reference { to, null } => {
                    // A row must be there before it can be referred to.
                    let null = *null || models[*to].number >= number;
                    let to = target(to);
                    format!(
                        "type = 'foreign_key', on_delete = 'cascade', to = '{to}', null = {null}, related_name = '{related}'"
                    )
                }
                Kind::Links { to } if models[*to].number == number => {
                    "type = 'many_to_many', to = 'self'".to_owned()
                }
                Kind::Links { to } => {
                    format!("type = 'many_to_many', to = '{}', related_name = '{related}'", target(to))
                }
            };
            writeln!(text, "{field} = {{ {definition} }}").unwrap();
        }
        if let (true, Some(column)) = (model.index, columns.first()) {
            writeln!(text, "[[{name}.indexes]]\nfields = ['-{column}', 'title']").unwrap();
            writeln!(text, "[[{name}.indexes]]\nname = 'lower_{number}'\nexpressions = ['lower(title)']\nwhere = \"title <> ''\"").unwrap();
        }
        if let (true, Some(plain)) = (model.check, plain) {
            writeln!(text, "[[{name}.constraints]]\nname = 'check_{number}'\ncheck = \"{plain} is not null or title <> ''\"").unwrap();
        }
    }
    text
}

/// Whoever has the same number is the same one.
struct Same;

fn number(name: &str) -> String {
    name.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned()
}

fn same(from: &str, to: &str) -> Verdict {
    if number(from) == number(to) { Verdict::Yes } else { Verdict::No }
}

impl Questioner for Same {
    fn renamed_model(&mut self, from: &ModelName, to: &ModelName) -> Verdict {
        same(&from.name, &to.name)
    }

    fn renamed_field(&mut self, _: &ModelName, from: &str, to: &str) -> Verdict {
        same(from, to)
    }

    fn fill(
        &mut self,
        _: &ModelName,
        _: &str,
        field: &FieldDefinition,
        _: FillReason,
    ) -> Option<Option<Fill>> {
        let value = match field.kind.as_str() {
            "char" | "text" => "x".into(),
            "boolean" => true.into(),
            "datetime" => "2024-02-29T12:30:00Z".into(),
            "date" => "2024-02-29".into(),
            "decimal" => "1.25".into(),
            "float" => 1.5.into(),
            _ => 1.into(),
        };
        Some(Some(Fill::Value(value)))
    }
}

fn project_state(text: &str) -> ProjectState {
    let file = SourceFile { path: "models/shop.toml".to_owned(), text: text.to_owned() };
    ProjectState::from_files(&[file]).unwrap_or_else(|errors| panic!("{}\n{text}", errors.render(false))).0
}

fn migration(name: &str, from: &ProjectState, to: &ProjectState, case: &str) -> MigrationFile {
    let operations =
        detect(from, to, &Default::default(), &mut Same).unwrap_or_else(|error| panic!("{case}: {error}"));
    let dependencies = if name.starts_with("0001") { Vec::new() } else { vec!["0001_from".to_owned()] };
    MigrationFile { name: name.to_owned(), dependencies, replaces: Vec::new(), atomic: true, operations }
}

/// Whether something is told to be impossible, which is an answer too.
fn is_told(error: &ExecuteError) -> bool {
    let unconvertible =
        Unconvertible { table: String::new(), column: String::new(), from: String::new(), to: String::new() };
    let words = unconvertible.to_string();
    let words = words.split(": there is").nth(1).unwrap_or_default();
    matches!(error, ExecuteError::Impossible { reason, .. } if reason.contains(words))
}

/// What became of a pair.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// It was told to be impossible.
    pub told: bool,
    /// Rows forbade something, so it went on without rows.
    pub emptied: bool,
}

/// Detects what leads from one model file to another, applies it to a database with rows, undoes it, and applies it again. Models
/// are the same that have the same number in their names.
pub async fn detect_and_apply(bed: &mut Bed, from: &str, to_text: &str, case: &str) -> Outcome {
    let case = format!("{case}\n{from}\n--\n{to_text}");
    let (before, after) = (Arc::new(registry(from)), registry(to_text));
    let (first, second) = (project_state(from), project_state(to_text));
    let history = History::new(vec![
        migration("0001_from", &ProjectState::default(), &first, &case),
        migration("0002_to", &first, &second, &case),
    ])
    .unwrap();
    let state_of_all = history.state().unwrap();
    assert!(detect(&state_of_all, &second, &Default::default(), &mut Same).unwrap().is_empty(), "{case}");
    let mut outcome = Outcome::default();
    bed.clear().await;
    match go(bed, &history, &to("0001")).await {
        Err(error) if is_told(&error) => return Outcome { told: true, emptied: false },
        other => drop(other.unwrap_or_else(|error| panic!("{case}\n{error}"))),
    }
    assert_eq!(state(&bed.database, &before).await.unwrap(), State::Current, "{case}");
    fill(bed, &before).await;
    let mut counts = counts(bed, &first).await;
    // The rows of a model that goes are gone.
    counts.retain(|of, _| second.models.keys().any(|name| number(name) == *of));
    let rounds =
        [("latest", &after, &second), ("0001", before.as_ref(), &first), ("latest", &after, &second)];
    for (target, registry, models) in rounds {
        match go(bed, &history, &to(target)).await {
            Ok(_) => {}
            Err(error) if is_told(&error) => {
                outcome.told = true;
                break;
            }
            // What rows forbid does not happen without rows.
            Err(ExecuteError::Refused { .. }) => {
                outcome.emptied = true;
                empty(bed).await;
                go(bed, &history, &to(target)).await.unwrap_or_else(|error| panic!("{case}\n{error}"));
            }
            Err(error) => panic!("{case}\n{error}"),
        }
        let found = state(&bed.database, registry).await.unwrap();
        assert_eq!(found, State::Current, "{target}: {case}");
        assert_names(bed, &case, registry, &[]).await;
        if outcome.emptied {
            continue;
        }
        for (number, count) in self::counts(bed, models).await {
            if let Some(expected) = counts.get(&number) {
                assert_eq!(count, *expected, "{number}, {target}: {case}");
            }
        }
    }
    outcome
}

/// The cases of one database.
async fn cases(dialect: Dialect, seeds: std::ops::Range<u64>) {
    let mut bed = bed(dialect).await;
    let (mut done, mut emptied) = (0, 0);
    for seed in seeds {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let models = project(&mut numbers);
        let other = changed(&mut numbers, &models);
        let outcome =
            detect_and_apply(&mut bed, &text(&models), &text(&other), &format!("case {seed}")).await;
        done += u32::from(!outcome.told);
        emptied += u32::from(outcome.emptied);
    }
    assert!(done > 10 && emptied * 4 < done, "{done} of which {emptied} without rows");
}

/// How many rows each model has, by the number in its name.
async fn counts(bed: &Bed, state: &ProjectState) -> BTreeMap<String, String> {
    let mut counts = BTreeMap::new();
    for model in state.models.values().filter(|model| model.proxy_of.is_none() && !model.unmanaged) {
        let rows = bed.texts(&format!("SELECT count(*) FROM {}", model.table_name())).await;
        counts.insert(number(&model.name), rows[0].clone());
    }
    counts
}

async fn empty(bed: &Bed) {
    let sql = match bed.dialect {
        Dialect::Postgres => {
            "SELECT 'DELETE FROM ' || quote_ident(relname) FROM pg_class WHERE relkind = 'r' \
            AND relnamespace = current_schema()::regnamespace AND relname <> 'nuages_migrations'"
        }
        Dialect::Sqlite => {
            "SELECT 'DELETE FROM \"' || name || '\"' FROM sqlite_schema WHERE type = 'table' \
            AND name NOT LIKE 'sqlite%' AND name <> 'nuages_migrations'"
        }
    };
    let statements = bed.texts(sql).await;
    bed.database.execute_all(&statements).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    cases(Dialect::Sqlite, 0..70).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    cases(Dialect::Postgres, 0..45).await;
}
