//! `loaddata`: a file's rows into the database, all or none.

use super::row::{Row, Tables};
use super::{Counted, Progress, copy};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseError, Dialect, Param, Transaction};
use nuages_models::registry::{FieldId, ModelId};
use nuages_models::sql::quoted_identifier;
use nuages_models::value::Value;
use nuages_models::value::sqlite::{SqliteValue, encode};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;

/// Most rows of one batch.
const BATCH_ROWS: usize = 2_000;
/// A batch is sent when its lines are longer than this together, in bytes.
const BATCH_BYTES: usize = 1 << 20;
/// Longest line, in bytes.
const LINE_BYTES: u64 = 64 << 20;

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadReport {
    /// All rows.
    pub rows: u64,
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("the data cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A line is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// From 1, in the uncompressed text.
        line: u64,
        /// What is wrong and what to write instead.
        reason: String,
    },
    /// The database refused a row.
    #[error("line {line}: the database refused the row: {error}")]
    Refused {
        /// From 1.
        line: u64,
        /// Its own words.
        #[source]
        error: DatabaseError,
    },
    /// The database refused the whole: a reference that leads nowhere, say.
    #[error("nothing was loaded: {0}")]
    Database(#[from] DatabaseError),
}

/// Loads a file; as [`load`].
///
/// # Errors
/// As [`load`]; when the file cannot be opened.
pub async fn load_file(
    database: &Database,
    registry: &Registry,
    path: &Path,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<LoadReport, LoadError> {
    let file = File::open(path)?;
    let total_bytes = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = Counted { inner: file, bytes: Arc::clone(&bytes) };
    let mut report = |step: Progress| {
        progress(Progress { bytes: bytes.load(Ordering::Relaxed), total_bytes, ..step });
    };
    if path.extension().is_some_and(|extension| extension == "gz") {
        load(database, registry, MultiGzDecoder::new(BufReader::new(counted)), &mut report).await
    } else {
        load(database, registry, counted, &mut report).await
    }
}

/// Loads rows in one transaction: an error anywhere, and nothing is kept. Tables may come in any order and rows may
/// refer to later ones, because references are checked at the end. After explicit keys PostgreSQL's sequences are
/// moved on.
///
/// # Errors
/// The first wrong line with its number; what the database refused, with the line where it is known.
pub async fn load(
    database: &Database,
    registry: &Registry,
    input: impl Read + Send + 'static,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<LoadReport, LoadError> {
    let dialect = database.dialect();
    let tables = Arc::new(Tables::new(registry.clone(), now_micros()));
    let transaction = database.begin().await?;
    let (sender, mut batches) = mpsc::channel(2);
    let reading = {
        let tables = Arc::clone(&tables);
        tokio::task::spawn_blocking(move || Reader { tables: &tables, dialect, sender }.run(input))
    };
    let mut report = LoadReport::default();
    let mut loaded: BTreeMap<ModelId, u64> = BTreeMap::new();
    while let Some(batch) = batches.recv().await {
        let rows = batch.lines.len() as u64;
        *loaded.entry(batch.model).or_default() += rows;
        insert(&transaction, &tables, batch).await?;
        report.rows += rows;
        progress(Progress { rows: report.rows, ..Progress::default() });
    }
    // The transaction goes with the error.
    reading.await.map_err(|error| LoadError::Read(io::Error::other(error)))??;
    if dialect == Dialect::Postgres {
        move_sequences(&transaction, &tables, loaded.keys()).await?;
    }
    transaction.commit().await?;
    report.tables = loaded.into_iter().map(|(id, rows)| (tables.model(id).table.clone(), rows)).collect();
    Ok(report)
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Rows of the same columns of the same table.
struct Batch {
    model: ModelId,
    columns: Vec<FieldId>,
    /// Each row's line.
    lines: Vec<u64>,
    rows: Rows,
}

/// Rows in the form in which they are sent.
enum Rows {
    Sqlite(Vec<Vec<Param>>),
    Postgres(Vec<u8>),
}

/// Turns text into batches, on a thread of its own.
struct Reader<'t> {
    tables: &'t Tables,
    dialect: Dialect,
    sender: mpsc::Sender<Batch>,
}

impl Reader<'_> {
    fn run(self, input: impl Read) -> Result<(), LoadError> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let mut text = Vec::new();
        let mut batch: Option<Batch> = None;
        let mut batch_bytes = 0;
        let mut line = 0;
        loop {
            text.clear();
            if input.by_ref().take(LINE_BYTES + 1).read_until(b'\n', &mut text)? == 0 {
                break;
            }
            line += 1;
            let wrong = |reason: String| LoadError::Line { line, reason };
            if text.len() as u64 > LINE_BYTES {
                return Err(wrong(format!("is longer than {} MiB", LINE_BYTES >> 20)));
            }
            let text = std::str::from_utf8(&text).map_err(|error| wrong(format!("is not UTF-8: {error}")))?;
            // Files from some systems begin with a byte order mark.
            let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text }.trim();
            if text.is_empty() {
                continue;
            }
            let row = self.tables.read(text).map_err(wrong)?;
            let fits = batch
                .as_ref()
                .is_some_and(|batch| batch.model == row.model && batch.columns.iter().eq(row.values.keys()));
            if !fits
                || batch_bytes > BATCH_BYTES
                || batch.as_ref().is_some_and(|b| b.lines.len() >= BATCH_ROWS)
            {
                if !self.send(batch.take()) {
                    return Ok(());
                }
                batch_bytes = 0;
            }
            batch_bytes += text.len();
            let batch = batch.get_or_insert_with(|| self.new_batch(&row));
            self.add(batch, row, line)?;
        }
        self.send(batch);
        Ok(())
    }

    /// False when nobody takes batches any more: the database has refused one.
    fn send(&self, batch: Option<Batch>) -> bool {
        batch.is_none_or(|batch| self.sender.blocking_send(batch).is_ok())
    }

    fn new_batch(&self, row: &Row) -> Batch {
        Batch {
            model: row.model,
            columns: row.values.keys().copied().collect(),
            lines: Vec::new(),
            rows: match self.dialect {
                Dialect::Sqlite => Rows::Sqlite(Vec::new()),
                Dialect::Postgres => Rows::Postgres(Vec::new()),
            },
        }
    }

    fn add(&self, batch: &mut Batch, row: Row, line: u64) -> Result<(), LoadError> {
        let model = self.tables.model(row.model);
        let wrong = |column: &str, error: nuages_models::value::ValueError| LoadError::Line {
            line,
            reason: format!("`{column}`: {error}"),
        };
        batch.lines.push(line);
        match &mut batch.rows {
            Rows::Sqlite(rows) => {
                let parameters = row.values.iter().map(|(id, value)| {
                    let field = model.field(*id);
                    encode(&field.logical, field.sqlite, value)
                        .map(parameter)
                        .map_err(|error| wrong(&field.column, error))
                });
                rows.push(parameters.collect::<Result<_, _>>()?);
            }
            Rows::Postgres(text) => {
                for (index, (id, value)) in row.values.iter().enumerate() {
                    let field = model.field(*id);
                    if index > 0 {
                        text.push(b'\t');
                    }
                    check_scale(&field.logical, value)
                        .and_then(|()| copy::push_field(text, &field.logical, value))
                        .map_err(|error| wrong(&field.column, error))?;
                }
                text.push(b'\n');
            }
        }
        Ok(())
    }
}

/// PostgreSQL would round a decimal silently; SQLite's encoding refuses it. So both refuse it.
fn check_scale(
    logical: &nuages_models::registry::LogicalType,
    value: &Value,
) -> Result<(), nuages_models::value::ValueError> {
    match (logical, value) {
        (nuages_models::registry::LogicalType::Decimal { digits, scale }, Value::Decimal(decimal)) => {
            decimal.fit(*digits, *scale).map(|_| ())
        }
        _ => Ok(()),
    }
}

fn parameter(value: SqliteValue) -> Param {
    match value {
        SqliteValue::Null => Param::Null,
        SqliteValue::Integer(value) => Param::Int(value),
        SqliteValue::Real(value) => Param::Float(value),
        SqliteValue::Text(text) => Param::Text(text),
        SqliteValue::Blob(bytes) => Param::Bytes(bytes),
    }
}

async fn insert(transaction: &Transaction, tables: &Tables, batch: Batch) -> Result<(), LoadError> {
    let model = tables.model(batch.model);
    let table = quoted_identifier(&model.table);
    let names: Vec<String> =
        batch.columns.iter().map(|id| quoted_identifier(&model.field(*id).column)).collect();
    let first = batch.lines.first().copied().unwrap_or_default();
    let refused = |position: usize, error| LoadError::Refused {
        line: batch.lines.get(position).copied().unwrap_or(first),
        error,
    };
    if names.is_empty() {
        // Every column makes its own value.
        let sql = format!("INSERT INTO {table} DEFAULT VALUES");
        let rows = vec![Vec::new(); batch.lines.len()];
        return transaction
            .execute_many(&sql, rows)
            .await
            .map_err(|(position, error)| refused(position, error));
    }
    let names = names.join(", ");
    match batch.rows {
        Rows::Sqlite(rows) => {
            let slots: Vec<String> = (1..=batch.columns.len()).map(|number| format!("?{number}")).collect();
            let sql = format!("INSERT INTO {table} ({names}) VALUES ({})", slots.join(", "));
            transaction.execute_many(&sql, rows).await.map_err(|(position, error)| refused(position, error))
        }
        Rows::Postgres(text) => {
            let sql = format!("COPY {table} ({names}) FROM STDIN");
            let copied = transaction.copy_in(&sql, Bytes::from(text)).await;
            copied.map(|_| ()).map_err(|failed| match failed.line {
                Some(line) => refused(line.saturating_sub(1), failed.error),
                None => refused(0, failed.error),
            })
        }
    }
}

/// Sets the sequences of the loaded tables behind the largest key, and never back.
async fn move_sequences(
    transaction: &Transaction,
    tables: &Tables,
    loaded: impl Iterator<Item = &ModelId>,
) -> Result<(), LoadError> {
    for id in loaded {
        let model = tables.model(*id);
        for field in model.fields.iter().filter(|field| field.auto_increment) {
            let table = quoted_identifier(&model.table);
            let column = quoted_identifier(&field.column);
            let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
            let sequence = format!("pg_get_serial_sequence({}, {})", literal(&table), literal(&field.column));
            let sql = format!(
                "SELECT setval({sequence}, greatest((SELECT max({column}) FROM {table}), nextval({sequence})))"
            );
            transaction.batch(&sql).await?;
        }
    }
    Ok(())
}
