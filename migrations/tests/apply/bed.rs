//! A database with rows, and what stays of them when its tables change.

use crate::postgres_cluster;
use nuages_migrations::editor::{self, ColumnFill, Step};
use nuages_migrations::{Generated, Names, Renames, State, Table, migrate, state, tables_of};
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseOptions, Dialect};
use nuages_models::define::{SourceFile, define};
use nuages_models::objects::{Orm, Values};
use nuages_models::registry::{Field, LogicalType, Model};
use nuages_models::value::{Decimal, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub struct Bed {
    pub database: Database,
    pub url: String,
    pub dialect: Dialect,
    _folder: Option<tempfile::TempDir>,
}

pub async fn bed(dialect: Dialect) -> Bed {
    let (url, folder) = match dialect {
        Dialect::Postgres => (postgres_cluster::new_database().await, None),
        Dialect::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            (format!("sqlite://{}", folder.path().join("test.db").display()), Some(folder))
        }
    };
    let database = connect(&url).await;
    Bed { database, url, dialect, _folder: folder }
}

pub async fn connect(url: &str) -> Database {
    Database::connect(url, DatabaseOptions { pool_size: Some(2), ..Default::default() }).await.unwrap()
}

impl Bed {
    /// The same database without any tables.
    pub async fn clear(&mut self) {
        match self.dialect {
            Dialect::Postgres => self.run(&["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"]).await,
            Dialect::Sqlite => *self = bed(Dialect::Sqlite).await,
        }
    }

    pub async fn run(&self, sql: &[&str]) {
        let statements: Vec<String> = sql.iter().map(|sql| (*sql).to_owned()).collect();
        self.database.execute_all(&statements).await.unwrap();
    }

    pub async fn column(&self, sql: &str) -> Vec<Option<String>> {
        let rows = self.database.query_text(sql).await.unwrap();
        rows.into_iter().map(|row| row.into_iter().next().unwrap()).collect()
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        self.column(sql).await.into_iter().map(|cell| cell.unwrap_or_else(|| "NULL".to_owned())).collect()
    }
}

pub fn registry(text: &str) -> Registry {
    let file = SourceFile { path: "models/shop.toml".to_owned(), text: text.to_owned() };
    define(&[file]).unwrap_or_else(|errors| panic!("{}\n{text}", errors.render(false)))
}

/// The value of a field in the row with this number.
fn value(field: &Field, number: i64) -> Option<Value> {
    Some(match &field.logical {
        LogicalType::Boolean => Value::Boolean(number % 2 == 0),
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => Value::Int(number),
        LogicalType::Float => Value::Float(number as f64),
        LogicalType::Decimal { .. } => Value::Decimal(Decimal::parse(&number.to_string()).unwrap()),
        // Digits, so that it can become a number.
        LogicalType::Text => Value::Text(number.to_string()),
        LogicalType::Date => Value::Date(i32::try_from(number).unwrap() + 19_000),
        LogicalType::Time => Value::Time(number * 1_000_000),
        LogicalType::DateTime => Value::DateTime(number * 86_400_000_000),
        LogicalType::Duration => Value::Duration(number * 1_500_000),
        LogicalType::Uuid => Value::Uuid([u8::try_from(number).unwrap(); 16]),
        LogicalType::Json => Value::Json(format!("{{\"n\":{number}}}")),
        _ => return None,
    })
}

/// Puts three rows into each table.
pub async fn fill(bed: &Bed, registry: &Arc<Registry>) {
    let orm = Orm::new(Arc::clone(registry), bed.database.clone());
    let has_table = |model: &&Model| model.managed && model.proxy_for.is_none();
    let mut waiting: Vec<&Model> = registry.models().iter().filter(has_table).collect();
    let mut filled: Vec<String> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|model| {
            model.relations.iter().filter(|relation| !relation.pairs.is_empty()).all(|relation| {
                let target = registry.model(relation.target);
                let open = relation.pairs.iter().all(|(here, _)| model.field(*here).null);
                !model.fields.iter().any(|field| field.relation == Some(relation.id))
                    || open
                    || filled.contains(&target.name)
            })
        });
        let model = waiting.remove(ready.expect("tables that need each other"));
        for number in 1..=3 {
            row(bed, &orm, registry, model, number).await;
        }
        filled.push(model.name.clone());
    }
}

async fn row(bed: &Bed, orm: &Orm, registry: &Registry, model: &Model, number: i64) {
    if model.implicit {
        let ends: Vec<&Field> = model.fields.iter().filter(|field| field.relation.is_some()).collect();
        let columns: Vec<String> = ends.iter().map(|field| format!("\"{}\"", field.column)).collect();
        let key = match ends[0].logical {
            LogicalType::Text => format!("'{number}'"),
            _ => number.to_string(),
        };
        let values = vec![key; ends.len()].join(", ");
        let sql = format!("INSERT INTO \"{}\" ({}) VALUES ({values})", model.table, columns.join(", "));
        bed.run(&[&sql]).await;
        return;
    }
    let mut values = Values::new();
    for field in &model.fields {
        let left_out = field.generated.is_some() || field.auto_increment;
        if left_out || (field.null && (field.relation.is_some() || number == 3)) {
            continue;
        }
        let name = match field.relation {
            Some(id) => model.relation(id).name.clone(),
            None => field.name.clone(),
        };
        values = values.set(&name, value(field, number).unwrap());
    }
    let created = orm.objects(&model.name).unscoped().create(values).await;
    if let Err(error) = created {
        panic!("{} {number}: {error}\n{registry:?}", model.name);
    }
}

/// What is said of a change.
#[derive(Default, Clone)]
pub struct Said {
    /// Models by their names before and after.
    pub models: Vec<(&'static str, &'static str)>,
    /// Fields by (model before, name before) and name after.
    pub fields: Vec<(&'static str, &'static str, &'static str)>,
}

impl Said {
    fn names(&self) -> Names {
        Names {
            models: self.models.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect(),
            fields: self
                .fields
                .iter()
                .map(|(model, old, new)| (((*model).to_owned(), (*old).to_owned()), (*new).to_owned()))
                .collect(),
        }
    }

    fn reversed(&self) -> Self {
        let of_models: HashMap<_, _> = self.models.iter().copied().collect();
        let models = self.models.iter().map(|(old, new)| (*new, *old)).collect();
        let fields =
            self.fields.iter().map(|(model, old, new)| (*of_models.get(model).unwrap_or(model), *new, *old));
        Self { models, fields: fields.collect() }
    }
}

/// A literal for rows that are there, where a column needs one.
fn fill_of(table: &Table, column: &nuages_migrations::Column, dialect: Dialect) -> ColumnFill {
    let value = match (&column.logical, dialect) {
        (LogicalType::Boolean, Dialect::Postgres) => "false",
        (LogicalType::Boolean, Dialect::Sqlite) => "0",
        (LogicalType::Text, _) => "'x'",
        (LogicalType::Date, _) => "'2001-02-03'",
        (LogicalType::Time, _) => "'04:05:06'",
        (LogicalType::DateTime, _) => "'2001-02-03 04:05:06'",
        (LogicalType::Uuid, Dialect::Sqlite) => "'00000000000000000000000000000001'",
        (LogicalType::Uuid, Dialect::Postgres) => "'00000000-0000-0000-0000-000000000001'",
        (LogicalType::Json, _) => "'{}'",
        (LogicalType::Duration, Dialect::Postgres) => "'1 second'",
        (LogicalType::Decimal { digits, .. }, Dialect::Sqlite) if *digits > 18 => "NULL",
        _ => "1",
    };
    ColumnFill {
        table: table.name.clone(),
        column: column.name.clone(),
        value: value.to_owned(),
        literal: true,
    }
}

/// The fills that a change needs; `None`: rows that are there cannot get what it needs.
fn fills(before: &[Table], after: &[Table], renames: &Renames, dialect: Dialect) -> Option<Vec<ColumnFill>> {
    let mut fills = Vec::new();
    for table in after {
        let Some(old) = before.iter().find(|old| renames.table(&old.name) == table.name) else { continue };
        let keys = |column: &str| {
            table.primary_key.iter().any(|key| key == column)
                || table.constraints.iter().any(|constraint| match constraint {
                    nuages_migrations::Constraint::Unique { columns, .. } => {
                        columns.iter().any(|c| c == column)
                    }
                    nuages_migrations::Constraint::ForeignKey(key) => key.columns.iter().any(|c| c == column),
                    nuages_migrations::Constraint::Check { .. } => false,
                })
                || table.indexes.iter().any(|index| index.unique)
        };
        for column in table.columns.iter().filter(|column| !column.null) {
            let was = old.columns.iter().find(|was| renames.column(&table.name, &was.name) == column.name);
            let needed = match was {
                Some(was) => was.null && !matches!(column.generated, Generated::Stored(_)),
                None => column.generated == Generated::Never,
            };
            let impossible = matches!(column.generated, Generated::Identity) && was.is_none();
            if (needed && keys(&column.name)) || impossible {
                return None;
            }
            if needed {
                fills.push(fill_of(table, column, dialect));
            }
        }
    }
    Some(fills)
}

type Contents = BTreeMap<(String, String), Vec<Option<String>>>;

/// The values of columns that stay what they are, by their names afterwards.
async fn contents(bed: &Bed, here: &[Table], there: &[Table], renames: &Renames) -> Contents {
    let mut all = Contents::new();
    for table in here {
        let name = renames.table(&table.name);
        let Some(other) = there.iter().find(|other| other.name == name) else { continue };
        for column in &table.columns {
            let new = renames.column(name, &column.name);
            let same = other.columns.iter().find(|other| other.name == new);
            let kept = same.is_some_and(|same| {
                same.logical == column.logical
                    && same.generated == column.generated
                    && (same.null || !column.null)
            });
            if !kept {
                continue;
            }
            let sql = format!("SELECT \"{}\" FROM \"{}\" ORDER BY 1", column.name, table.name);
            let mut values = bed.column(&sql).await;
            values.sort();
            all.insert((name.to_owned(), new.to_owned()), values);
        }
    }
    all
}

/// Runs steps as the executor does.
pub async fn run_steps(bed: &Bed, steps: &[Step]) -> Result<(), String> {
    let transaction = bed.database.begin_schema_change().await.unwrap();
    for step in steps {
        for statement in editor::render(step, bed.dialect) {
            let result = transaction.batch(&statement).await;
            result.map_err(|error| format!("{error}\n{statement}\nof {steps:#?}"))?;
        }
    }
    if bed.dialect == Dialect::Sqlite {
        let dangling = transaction.query_text("PRAGMA foreign_key_check").await.unwrap();
        assert!(dangling.is_empty(), "{dangling:?}");
    }
    transaction.commit().await.map_err(|error| error.to_string())
}

/// Changes tables with rows in them, and changes them back. Panics with the name of the case when something is lost or differs.
pub async fn there_and_back(bed: &mut Bed, case: &str, from: &str, to: &str, said: &Said) {
    bed.clear().await;
    let (before, after) = (Arc::new(registry(from)), Arc::new(registry(to)));
    migrate(&bed.database, &before).await.unwrap_or_else(|error| panic!("{case}: {error}"));
    fill(bed, &before).await;
    change(bed, &format!("{case}, there"), &before, &after, said).await;
    change(bed, &format!("{case}, back"), &after, &before, &said.reversed()).await;
}

async fn change(bed: &Bed, case: &str, before: &Registry, after: &Registry, said: &Said) {
    let renames = Renames::between(before, after, &said.names());
    let (old, new) = (tables_of(before, bed.dialect).unwrap(), tables_of(after, bed.dialect).unwrap());
    let fills = match fills(&old, &new, &renames, bed.dialect) {
        Some(fills) => fills,
        None => {
            let tables: Vec<String> =
                old.iter().map(|table| format!("DELETE FROM \"{}\"", table.name)).collect();
            bed.database.execute_all(&tables).await.unwrap();
            Vec::new()
        }
    };
    let steps = editor::plan(&old, &new, &renames, &fills, bed.dialect)
        .unwrap_or_else(|error| panic!("{case}: {error}"));
    let risks = editor::risks(&old, &new, &renames, &fills, &steps, bed.dialect).unwrap();
    for risk in risks.iter().filter(|risk| risk.kind == editor::RiskKind::Refused) {
        let editor::When::Found(sql) = &risk.when else { continue };
        let found =
            bed.database.query_text(sql).await.unwrap_or_else(|error| panic!("{case}: {error}\n{sql}"));
        assert_eq!(found[0][0].as_deref(), Some("0"), "{case}: {risk:?}");
    }
    let stays = contents(bed, &old, &new, &renames).await;
    run_steps(bed, &steps).await.unwrap_or_else(|error| panic!("{case}: {error}"));
    let found = state(&bed.database, after).await.unwrap();
    assert!(found == State::Current || new.is_empty(), "{case}: {found:#?}\n{steps:#?}");
    let kept = contents(bed, &new, &new, &Renames::default()).await;
    for (column, values) in &stays {
        assert_eq!(kept.get(column), Some(values), "{case}: {column:?}\n{steps:#?}");
    }
    assert_names(bed, case, after, &steps).await;
    let again = editor::plan(&new, &new, &Renames::default(), &[], bed.dialect).unwrap();
    assert!(again.is_empty(), "{case}: {again:?}");
}

/// Everything has the name that a new database would give it.
pub async fn assert_names(bed: &Bed, case: &str, after: &Registry, steps: &[Step]) {
    let tables = tables_of(after, bed.dialect).unwrap();
    let fresh = nuages_migrations::render::create(&tables, bed.dialect);
    match bed.dialect {
        Dialect::Postgres => {
            let sql = "SELECT 'relation ' || relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace \
                AND relname NOT LIKE 'nuages_migrations%' \
                UNION SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                WHERE connamespace = current_schema()::regnamespace AND conname NOT LIKE 'nuages_migrations%' \
                UNION SELECT 'sequence ' || c.relname || format_type(s.seqtypid, NULL) || s.seqmax \
                FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relnamespace = current_schema()::regnamespace \
                UNION SELECT 'comment ' || c.relname || '.' || coalesce(a.attname, '') || ' ' || d.description \
                FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass \
                LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0 \
                WHERE c.relnamespace = current_schema()::regnamespace ORDER BY 1";
            let transaction = bed.database.begin().await.unwrap();
            let found = transaction.query_text(sql).await.unwrap();
            transaction.batch("CREATE SCHEMA fresh; SET LOCAL search_path = fresh").await.unwrap();
            for statement in &fresh {
                transaction.batch(statement).await.unwrap();
            }
            let expected = transaction.query_text(sql).await.unwrap();
            assert_eq!(found, expected, "{case}\n{steps:#?}");
        }
        Dialect::Sqlite => {
            let other = connect("sqlite::memory:").await;
            other.execute_all(&fresh).await.unwrap();
            let sql = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' \
                AND tbl_name <> 'nuages_migrations' ORDER BY name";
            // The order of columns may differ.
            let sorted = |rows: Vec<Vec<Option<String>>>| -> Vec<Vec<String>> {
                rows.into_iter()
                    .map(|row| {
                        let text: Vec<String> = row.into_iter().map(Option::unwrap_or_default).collect();
                        let text = text.join("\n").replace(",\n    ", "\n").replace(", \"", "\n\"");
                        let mut lines: Vec<String> = text
                            .split(['\n', ','])
                            .map(|line| line.trim().trim_end_matches(") STRICT").trim().to_owned())
                            .filter(|line| !line.is_empty())
                            .collect();
                        lines.sort();
                        lines
                    })
                    .collect()
            };
            let found = sorted(bed.database.query_text(sql).await.unwrap());
            assert_eq!(found, sorted(other.query_text(sql).await.unwrap()), "{case}\n{steps:#?}");
        }
    }
}
