//! `loaddata` and `dumpdata`: rows as JSON lines, streamed both ways.
//!
//! A line is `{"model": "Post", "row": {"id": 1, "title": "…"}}`, or `{"table": "blog_post", "row": …}` with the columns'
//! names. Values are in the form of the API; a JSON document may be wrapped as `{"$json": …}`, which tells JSON's null from no
//! value. Rows may come in any order: foreign keys are checked at the end, and everything is one transaction.

mod dump;
mod rotate;

pub use dump::{check_models, dump};
pub use rotate::rotate;

use bytes::Bytes;
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseError, Dialect, Param, Transaction};
use nuages_models::registry::{Field, LogicalType, Model};
use nuages_models::sql::quoted_identifier as quoted;
use nuages_models::value::sqlite::{SqliteValue, encode};
use nuages_models::value::{Value, ValueError, from_json, pg_text};
use nuages_models::write::default_value;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Rows that are sent to the database at once.
const BATCH: usize = 500;
/// How SQLite loads: references are checked at the end, and 128 MiB of pages are kept, because rows whose indexed values come in any order
/// change pages all over the file. With fewer each page is written to the journal and read again many times.
const LOADING: &str = "PRAGMA defer_foreign_keys = ON; PRAGMA cache_size = -131072";
/// As SQLite was before, once everything is sent. After an error the bound stays as it is: it is a bound, not memory that is taken.
const LOADED: &str = "PRAGMA cache_size = -16000";
/// Longest line, in bytes.
const MAX_LINE: usize = 64 << 20;

/// Opens a file of lines; `-` is the standard input, and `.gz` is unpacked.
///
/// # Errors
/// When it cannot be opened.
pub fn open(path: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(path)?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        return Ok(Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(file))));
    }
    Ok(Box::new(BufReader::new(file)))
}

/// Where lines are written.
pub enum Output {
    /// As they are.
    Plain(Box<dyn Write + Send>),
    /// Packed.
    Packed(flate2::write::GzEncoder<BufWriter<File>>),
}

/// Makes a file of lines; without a path it is the standard output, and `.gz` is packed.
///
/// # Errors
/// When it cannot be made.
pub fn create(path: Option<&Path>) -> std::io::Result<Output> {
    let Some(path) = path else {
        return Ok(Output::Plain(Box::new(BufWriter::new(std::io::stdout()))));
    };
    let file = BufWriter::new(File::create(path)?);
    if path.extension().is_some_and(|extension| extension == "gz") {
        return Ok(Output::Packed(flate2::write::GzEncoder::new(file, flate2::Compression::default())));
    }
    Ok(Output::Plain(Box::new(file)))
}

impl Output {
    /// Writes what is still in memory.
    ///
    /// # Errors
    /// When that fails; the file is incomplete then.
    pub fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Plain(mut out) => out.flush(),
            Self::Packed(out) => out.finish()?.flush(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Packed(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Packed(out) => out.flush(),
        }
    }
}

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadReport {
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
}

impl LoadReport {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.tables.values().sum()
    }
}

/// Why data was not loaded or dumped.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A line is wrong. Nothing was loaded.
    #[error("line {line}: {message}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Some of several lines is wrong. Nothing was loaded.
    #[error("lines {first} to {last}: {message}")]
    Lines {
        /// The first of them, counted from 1.
        first: usize,
        /// The last.
        last: usize,
        /// What is wrong.
        message: String,
    },
    /// The rows do not fit together. Nothing was loaded.
    #[error("the data is inconsistent, nothing was loaded: {0}")]
    Inconsistent(DatabaseError),
    /// There is no such model.
    #[error("there is no model `{name}`{}", hint.as_ref().map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default())]
    UnknownModel {
        /// As given.
        name: String,
        /// The nearest name.
        hint: Option<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A value has no form in JSON, or is not of its column's type.
    #[error("row {row} of {table}, column {column}: {error}")]
    Value {
        /// The table.
        table: String,
        /// From 1, in the order of the primary key.
        row: u64,
        /// The column.
        column: String,
        /// What is wrong with it.
        #[source]
        error: ValueError,
    },
    /// The file failed.
    #[error("the data cannot be read or written: {0}")]
    File(#[from] std::io::Error),
}

/// Loads lines in one transaction. `progress` is told how many rows have been sent and how many bytes read.
///
/// # Errors
/// The first problem, with its line; nothing is loaded then.
pub async fn load(
    database: &Database,
    registry: &Registry,
    mut source: impl BufRead,
    mut progress: impl FnMut(u64, u64),
) -> Result<LoadReport, DataError> {
    let transaction = database.begin().await?;
    let defer = match database.dialect() {
        Dialect::Sqlite => LOADING,
        Dialect::Postgres => "SET CONSTRAINTS ALL DEFERRED",
    };
    transaction.batch(defer).await?;
    let mut loader = Loader {
        transaction: &transaction,
        registry,
        now: now_micros(),
        batch: Batch::default(),
        report: LoadReport::default(),
    };
    let (mut line, mut bytes, mut text) = (0, 0, Vec::new());
    loop {
        text.clear();
        let read = std::io::Read::take(&mut source, MAX_LINE as u64).read_until(b'\n', &mut text)?;
        if read == 0 {
            break;
        }
        line += 1;
        bytes += read as u64;
        if read == MAX_LINE && !text.ends_with(b"\n") {
            return Err(DataError::Line {
                line,
                message: format!("the line is longer than {MAX_LINE} bytes"),
            });
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        loader.line(line, &text).await?;
        if loader.batch.rows.is_empty() {
            progress(loader.report.rows(), bytes);
        }
    }
    loader.flush().await?;
    let report = loader.report;
    progress(report.rows(), bytes);
    if database.dialect() == Dialect::Postgres {
        restart_sequences(&transaction, registry, &report).await?;
    }
    if database.dialect() == Dialect::Sqlite {
        transaction.batch(LOADED).await?;
    }
    transaction.commit().await.map_err(DataError::Inconsistent)?;
    Ok(report)
}

/// Whether none of the managed tables has a row.
///
/// # Errors
/// When a table cannot be read.
pub async fn is_empty(database: &Database, registry: &Registry) -> Result<bool, DatabaseError> {
    for model in registry.models().iter().filter(|model| model.managed && model.proxy_for.is_none()) {
        let rows = database.query_text(&format!("SELECT 1 FROM {} LIMIT 1", quoted(&model.table))).await?;
        if !rows.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

struct Loader<'a> {
    transaction: &'a Transaction,
    registry: &'a Registry,
    now: i64,
    batch: Batch,
    report: LoadReport,
}

/// Rows of one table with the same columns.
#[derive(Default)]
struct Batch {
    table: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    lines: Vec<usize>,
}

/// A value with its column's type.
struct Cell {
    value: Value,
    logical: LogicalType,
    encoding: nuages_models::registry::SqliteEncoding,
}

impl Loader<'_> {
    async fn line(&mut self, line: usize, text: &[u8]) -> Result<(), DataError> {
        let wrong = |message: String| DataError::Line { line, message };
        let parsed: Json =
            serde_json::from_slice(text).map_err(|error| wrong(format!("this is not JSON: {error}")))?;
        let (model, row) = self.target(&parsed).map_err(wrong)?;
        let (columns, cells) = self.cells(model, row).map_err(wrong)?;
        let table = model.table.clone();
        if self.batch.rows.len() >= BATCH || self.batch.table != table || self.batch.columns != columns {
            self.flush().await?;
            self.batch.table = table;
            self.batch.columns = columns;
        }
        self.batch.rows.push(cells);
        self.batch.lines.push(line);
        Ok(())
    }

    /// The model and the row that a line speaks of.
    fn target<'l>(&self, line: &'l Json) -> Result<(&'_ Model, &'l Map<String, Json>), String> {
        let shape = "a line is {\"model\": NAME, \"row\": {…}} or {\"table\": NAME, \"row\": {…}}";
        let Some(row) = line.get("row").and_then(Json::as_object) else { return Err(shape.to_owned()) };
        let models = self.registry.models();
        let (kind, name, found) = if let Some(name) = line.get("model").and_then(Json::as_str) {
            ("model", name, self.registry.model_named(name))
        } else if let Some(name) = line.get("table").and_then(Json::as_str) {
            ("table", name, models.iter().find(|model| model.table == name && model.proxy_for.is_none()))
        } else {
            return Err(shape.to_owned());
        };
        let known = models.iter().map(|model| if kind == "model" { &model.name } else { &model.table });
        found
            .map(|model| (model, row))
            .ok_or_else(|| format!("there is no {kind} `{name}`{}", nearest(name, known)))
    }

    /// The columns of a row with their values; those that were not given get their defaults.
    fn cells(&self, model: &Model, row: &Map<String, Json>) -> Result<(Vec<String>, Vec<Cell>), String> {
        for name in row.keys() {
            if !model.fields.iter().any(|field| field.column == *name || field.name == *name) {
                let known = model.fields.iter().map(|field| &field.name);
                return Err(format!("{} has no field `{name}`{}", model.name, nearest(name, known)));
            }
        }
        let mut columns = Vec::new();
        let mut cells = Vec::new();
        for field in model.fields.iter().filter(|field| field.generated.is_none()) {
            let given = row.get(&field.column).or_else(|| row.get(&field.name));
            let value = match given {
                Some(Json::Null) => Value::Null,
                Some(json) => value_of(field, json).map_err(|error| format!("`{}`: {error}", field.name))?,
                None => match default_value(field, self.now)
                    .map_err(|error| format!("the default of `{}`: {error}", field.name))?
                {
                    Some(value) => value,
                    // The database counts, or has a default of its own.
                    None => continue,
                },
            };
            if value == Value::Null && !field.null {
                return Err(format!("`{}` of {} must have a value", field.name, model.name));
            }
            columns.push(field.column.clone());
            cells.push(Cell { value, logical: field.logical.clone(), encoding: field.sqlite });
        }
        Ok((columns, cells))
    }

    async fn flush(&mut self) -> Result<(), DataError> {
        let Batch { table, columns, rows, lines } = std::mem::take(&mut self.batch);
        if rows.is_empty() {
            return Ok(());
        }
        let count = rows.len() as u64;
        let names: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        match self.transaction.dialect() {
            Dialect::Sqlite => self.insert(&table, &names, &rows, &lines).await?,
            Dialect::Postgres => self.copy(&table, &names, &rows, &lines).await?,
        }
        *self.report.tables.entry(table).or_default() += count;
        Ok(())
    }

    async fn insert(
        &self,
        table: &str,
        columns: &[String],
        rows: &[Vec<Cell>],
        lines: &[usize],
    ) -> Result<(), DataError> {
        let slots: Vec<String> = (1..=columns.len()).map(|index| format!("?{index}")).collect();
        let sql =
            format!("INSERT INTO {} ({}) VALUES ({})", quoted(table), columns.join(", "), slots.join(", "));
        let mut parameters = Vec::with_capacity(rows.len());
        for (row, line) in rows.iter().zip(lines) {
            let row: Result<Vec<Param>, _> = row.iter().map(stored).collect();
            parameters.push(row.map_err(|message| DataError::Line { line: *line, message })?);
        }
        self.transaction.execute_many(&sql, parameters).await.map_err(|(index, error)| {
            let line = lines.get(index).or(lines.last()).copied().unwrap_or_default();
            DataError::Line { line, message: error.to_string() }
        })
    }

    async fn copy(
        &self,
        table: &str,
        columns: &[String],
        rows: &[Vec<Cell>],
        lines: &[usize],
    ) -> Result<(), DataError> {
        let sql = format!("COPY {} ({}) FROM STDIN", quoted(table), columns.join(", "));
        let mut data = Vec::new();
        for (row, line) in rows.iter().zip(lines) {
            for (index, cell) in row.iter().enumerate() {
                if index > 0 {
                    data.push(b'\t');
                }
                copy_text(&mut data, cell).map_err(|message| DataError::Line { line: *line, message })?;
            }
            data.push(b'\n');
        }
        self.transaction.copy_in(&sql, Bytes::from(data)).await.map(|_| ()).map_err(|failure| {
            let message = failure.error.to_string();
            let line = failure.line.and_then(|line| lines.get(line.checked_sub(1)?)).copied();
            match (line, lines.first(), lines.last()) {
                (Some(line), _, _) => DataError::Line { line, message },
                (None, Some(first), Some(last)) => DataError::Lines { first: *first, last: *last, message },
                _ => DataError::Database(failure.error),
            }
        })
    }
}

/// A value of a field. Durations may be microseconds, and documents may be wrapped.
fn value_of(field: &Field, json: &Json) -> Result<Value, String> {
    let unwrapped = match (&field.logical, json) {
        (LogicalType::Json, Json::Object(members)) if members.len() == 1 => {
            members.get("$json").unwrap_or(json)
        }
        (LogicalType::Duration, Json::Number(micros)) => {
            return micros
                .as_i64()
                .map(Value::Duration)
                .ok_or_else(|| "microseconds are an integer".to_owned());
        }
        _ => json,
    };
    from_json(&field.logical, unwrapped).map_err(|error| error.to_string())
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A value as SQLite stores it.
fn stored(cell: &Cell) -> Result<Param, String> {
    if cell.value == Value::Null {
        return Ok(Param::Null);
    }
    Ok(match encode(&cell.logical, cell.encoding, &cell.value).map_err(|error| error.to_string())? {
        SqliteValue::Null => Param::Null,
        SqliteValue::Integer(value) => Param::Int(value),
        SqliteValue::Real(value) => Param::Float(value),
        SqliteValue::Text(text) => Param::Text(text),
        SqliteValue::Blob(bytes) => Param::Bytes(bytes),
    })
}

/// A value in the text form of COPY.
fn copy_text(out: &mut Vec<u8>, cell: &Cell) -> Result<(), String> {
    if cell.value == Value::Null {
        out.extend_from_slice(b"\\N");
        return Ok(());
    }
    let text = pg_text(&cell.logical, &cell.value).map_err(|error| error.to_string())?;
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => out.push(other),
        }
    }
    Ok(())
}

/// Rows came with their keys; the next key that the database gives must be greater.
async fn restart_sequences(
    transaction: &Transaction,
    registry: &Registry,
    report: &LoadReport,
) -> Result<(), DatabaseError> {
    for model in registry.models().iter().filter(|model| report.tables.contains_key(&model.table)) {
        for field in model.fields.iter().filter(|field| field.auto_increment) {
            let (table, column) = (quoted(&model.table), quoted(&field.column));
            // Never back: keys of deleted rows must not be given again.
            let sequence = format!("pg_get_serial_sequence({}, {})", literal(&table), literal(&field.column));
            let sql = format!(
                "SELECT setval({sequence}, greatest((SELECT max({column}) FROM {table}), nextval({sequence})))"
            );
            transaction.batch(&sql).await?;
        }
    }
    Ok(())
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n String>) -> String {
    let close = known.map(|known| (strsim::damerau_levenshtein(known, name), known)).min();
    match close {
        Some((distance, known)) if distance <= 3 => format!("; did you mean `{known}`?"),
        _ => String::new(),
    }
}
