//! Runs a query on both databases and reads what comes, without the run stage: only the statement is under test.

use nuages::{Config, Project, data};
use nuages_models::Registry;
use nuages_models::bind::Binder;
use nuages_models::compile::{Compiler, Conversion};
use nuages_models::database::sqlite::functions;
use nuages_models::database::{DatabaseError, Dialect, Param};
use nuages_models::expr::Slot;
use nuages_models::prepare::{Strategy, Target};
use nuages_models::query::{QuerySet, Scope};
use nuages_models::registry::LogicalType;
use nuages_models::run::RunError;
use nuages_models::value::sqlite::{SqliteRef, SqliteValue, decode, encode};
use nuages_models::value::{Value, postgres};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::workspace;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use tokio_postgres::types::{FromSql, Type};

/// Both databases with the rows of the kinds of values.
pub(crate) struct Asked {
    registry: Registry,
    databases: Vec<TestDatabase>,
    sqlite: rusqlite::Connection,
    postgres: tokio_postgres::Client,
    folding_collation: Option<String>,
}

impl Asked {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("models")).unwrap();
        let models = workspace::path("tests/models/kinds.toml");
        fs::copy(models, folder.path().join("models/kinds.toml")).unwrap();
        let file = File::open(workspace::path("tests/data/blog_small.jsonl.gz")).unwrap();
        let rows: String = BufReader::new(flate2::read::GzDecoder::new(file))
            .lines()
            .map(Result::unwrap)
            .filter(|line| line.starts_with("{\"table\": \"kinds_kind"))
            .map(|line| line + "\n")
            .collect();
        let mut databases = Vec::new();
        let (mut registry, mut folding_collation) = (None, None);
        for dialect in BACKENDS {
            let database = TestDatabase::empty(dialect, "functions");
            let config = Config { database: database.url.clone(), ..Config::default() };
            let project = Project::with_config(folder.path(), config);
            let read = project.registry().unwrap();
            let connected = project.connect().await.unwrap();
            project.migrate(&read, &connected).await.unwrap();
            data::load(&connected, &read, rows.as_bytes(), |_, _| {}).await.unwrap();
            folding_collation = connected.folding_collation().map(str::to_owned);
            registry = Some(read);
            databases.push(database);
        }
        let sqlite = rusqlite::Connection::open(databases[0].path()).unwrap();
        functions::register(&sqlite).unwrap();
        let (postgres, connection) =
            tokio_postgres::connect(&databases[1].url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        postgres.batch_execute("SET timezone = 'UTC'").await.unwrap();
        Self { registry: registry.unwrap(), databases, sqlite, postgres, folding_collation }
    }

    /// All rows.
    pub(crate) fn kinds(&self) -> QuerySet {
        assert_eq!(self.databases.len(), 2);
        let model = self.registry.model_named("Kind").unwrap().id;
        QuerySet { manager: Scope::Unscoped, ..QuerySet::all(model) }
    }

    /// The rows of a query, or what a client is told.
    pub(crate) async fn rows(&self, query: &QuerySet, dialect: Dialect) -> Result<Vec<Vec<Value>>, String> {
        let bound = Binder::new(&self.registry).query(query).map_err(|error| error.to_string())?;
        let collation = self.folding_collation.clone().filter(|_| dialect == Dialect::Postgres);
        let target = Target { dialect, folding_collation: collation, strategy: Strategy::Auto };
        let mut compiler = Compiler::new(&target);
        let select = compiler.select(&bound).map_err(|error| error.to_string())?;
        let statement = compiler.finish(&select);
        let mut values = Vec::new();
        for slot in &statement.slots {
            let value = match &slot.slot {
                Slot::Constant(value) => value.clone(),
                Slot::TimeZone => Value::Text("Asia/Kathmandu".to_owned()),
                Slot::Now => Value::DateTime(0),
                other => panic!("{other:?}"),
            };
            values.push((value, slot));
        }
        let columns = &bound.columns;
        let told = |message: String, code: Option<String>| match RunError::from(DatabaseError::Statement {
            message,
            code,
        }) {
            RunError::BadInput(told) => told,
            other => format!("internal: {other}\n{}", statement.sql),
        };
        let unreadable = |error| format!("unreadable: {error}");
        let mut rows = Vec::new();
        match dialect {
            Dialect::Sqlite => {
                let failed = |error: rusqlite::Error| match error {
                    rusqlite::Error::SqliteFailure(code, message) => {
                        told(message.unwrap_or_default(), Some(code.extended_code.to_string()))
                    }
                    other => told(other.to_string(), None),
                };
                let parameters = values.iter().map(|(value, slot)| {
                    match encode(&slot.logical, slot.encoding, value).unwrap() {
                        SqliteValue::Null => Param::Null,
                        SqliteValue::Integer(value) => Param::Int(value),
                        SqliteValue::Real(value) => Param::Float(value),
                        SqliteValue::Text(text) => Param::Text(text),
                        SqliteValue::Blob(bytes) => Param::Bytes(bytes),
                    }
                });
                let mut prepared = self.sqlite.prepare(&statement.sql).map_err(failed)?;
                let mut found = prepared.query(rusqlite::params_from_iter(parameters)).map_err(failed)?;
                while let Some(row) = found.next().map_err(failed)? {
                    let mut read = Vec::new();
                    for (index, (column, _)) in columns.iter().enumerate() {
                        use rusqlite::types::ValueRef;
                        let stored = match row.get_ref(index).unwrap() {
                            ValueRef::Null => SqliteRef::Null,
                            ValueRef::Integer(value) => SqliteRef::Integer(value),
                            ValueRef::Real(value) => SqliteRef::Real(value),
                            ValueRef::Text(text) => SqliteRef::Text(std::str::from_utf8(text).unwrap()),
                            ValueRef::Blob(bytes) => SqliteRef::Blob(bytes),
                        };
                        read.push(decode(&column.logical, column.encoding, stored).map_err(unreadable)?);
                    }
                    rows.push(read);
                }
            }
            Dialect::Postgres => {
                let failed = |error: tokio_postgres::Error| match error.as_db_error() {
                    Some(database) => told(database.to_string(), Some(database.code().code().to_owned())),
                    None => told(format!("{error:?}"), None),
                };
                let parameters = values.iter().map(|(value, slot)| match (slot.conversion, value) {
                    (Conversion::JsonPath, Value::Json(path)) => {
                        let steps: Vec<serde_json::Value> = serde_json::from_str(path).unwrap();
                        let step = |step: &serde_json::Value| {
                            Param::Text(step.as_str().map_or_else(|| step.to_string(), str::to_owned))
                        };
                        Param::Array(steps.iter().map(step).collect())
                    }
                    (_, Value::Json(range)) if matches!(slot.logical, LogicalType::Range(_)) => {
                        let range: serde_json::Value = serde_json::from_str(range).unwrap();
                        Param::Literal(match range["empty"].as_bool() {
                            Some(true) => "empty".to_owned(),
                            _ => format!("[{},{})", range["lower"], range["upper"]),
                        })
                    }
                    _ => param(value),
                });
                let parameters: Vec<Param> = parameters.collect();
                let found = self.postgres.prepare(&statement.sql).await.map_err(failed)?;
                let parameters =
                    parameters.iter().map(|value| value as &(dyn tokio_postgres::types::ToSql + Sync));
                let parameters: Vec<_> = parameters.collect();
                for row in self.postgres.query(&found, &parameters).await.map_err(failed)? {
                    let mut read = Vec::new();
                    for (index, (column, _)) in columns.iter().enumerate() {
                        read.push(match row.get::<_, Option<Raw>>(index) {
                            None => Value::Null,
                            Some(Raw(bytes)) => {
                                postgres::pg_decode(&column.logical, &bytes).map_err(unreadable)?
                            }
                        });
                    }
                    rows.push(read);
                }
            }
        }
        Ok(rows)
    }
}

fn param(value: &Value) -> Param {
    match value {
        Value::Null => Param::Null,
        Value::Boolean(value) => Param::Bool(*value),
        Value::Int(value) => Param::Int(*value),
        Value::Float(value) => Param::Float(*value),
        Value::Decimal(decimal) => Param::Literal(decimal.to_string()),
        Value::Text(text) => Param::Text(text.clone()),
        Value::Date(days) => Param::Date(*days),
        Value::Time(micros) => Param::Time(*micros),
        Value::DateTime(micros) => Param::Timestamp(*micros),
        Value::Duration(micros) => Param::Interval(*micros),
        Value::Uuid(bytes) => Param::Uuid(*bytes),
        Value::Json(text) => Param::Literal(text.clone()),
        Value::Binary(bytes) => Param::Bytes(bytes.clone()),
        Value::Array(elements) => Param::Array(elements.iter().map(param).collect()),
    }
}

/// The bytes of any type, as they are.
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
