//! `dumpdata`: the database's rows as lines that [`super::load`] takes.

use super::Progress;
use super::row::wrapped;
use flate2::Compression;
use flate2::write::GzEncoder;
use nuages_models::Registry;
use nuages_models::database::{Cell, Database, DatabaseError, Row};
use nuages_models::registry::{Field, LogicalType, Model, ModelId, RelationKind};
use nuages_models::sql::quoted_identifier;
use nuages_models::value::postgres::pg_decode;
use nuages_models::value::sqlite::{SqliteRef, decode};
use nuages_models::value::write::{write_integer, write_string};
use nuages_models::value::{Value, ValueError, write_value};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Rows between two reports of progress.
const REPORT_ROWS: u64 = 1_000;

/// Why the dump is not whole.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file cannot be written.
    #[error("the data cannot be written: {0}")]
    Write(#[from] io::Error),
    /// The database cannot be read.
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
}

/// Dumps into a file, compressed when its name ends in `.gz`; as [`dump`]. Gives the number of rows.
///
/// # Errors
/// As [`dump`]; when the file cannot be created. What was written so far stays.
pub async fn dump_file(
    database: &Database,
    registry: &Registry,
    path: &Path,
    progress: impl FnMut(Progress) + Send + 'static,
) -> Result<u64, DumpError> {
    let file = BufWriter::new(File::create(path)?);
    if path.extension().is_some_and(|extension| extension == "gz") {
        let (rows, encoder) =
            dump(database, registry, GzEncoder::new(file, Compression::default()), progress).await?;
        encoder.finish()?.flush()?;
        Ok(rows)
    } else {
        let (rows, mut file) = dump(database, registry, file, progress).await?;
        file.flush()?;
        Ok(rows)
    }
}

/// Writes every row of every table that the models have, as the database is at one moment: tables that others refer
/// to first, rows by primary key, columns in the order of the fields, generated ones left out. Gives the number of
/// rows, and the writer back.
///
/// # Errors
/// When the database or the writer fails; when a value has no form in JSON.
pub async fn dump<W: Write + Send + 'static>(
    database: &Database,
    registry: &Registry,
    out: W,
    mut progress: impl FnMut(Progress) + Send + 'static,
) -> Result<(u64, W), DumpError> {
    let tables: Vec<Table> = in_order(registry).into_iter().map(Table::new).collect();
    let queries = tables.iter().map(|table| table.query.clone()).collect();
    // The writer goes to the thread that takes the rows, and comes back when all are taken.
    let (give_back, back) = tokio::sync::oneshot::channel();
    let mut state = State { out: Some(out), give_back: Some(give_back), rows: 0 };
    let mut current = (0, 0);
    let mut line = Vec::new();
    database
        .each_row(queries, move |position, row| {
            current = if current.0 == position { (position, current.1 + 1) } else { (position, 1) };
            line.clear();
            tables[position].write(&mut line, row, current.1)?;
            if let Some(out) = &mut state.out {
                out.write_all(&line)?;
            }
            state.rows += 1;
            if state.rows % REPORT_ROWS == 0 {
                progress(Progress { rows: state.rows, ..Progress::default() });
            }
            Ok::<_, DumpError>(())
        })
        .await?;
    back.await.map_err(|error| DumpError::Write(io::Error::other(error)))
}

/// Owns the writer while rows are taken; when it goes, the writer is given back.
struct State<W> {
    out: Option<W>,
    give_back: Option<tokio::sync::oneshot::Sender<(u64, W)>>,
    rows: u64,
}

impl<W> Drop for State<W> {
    fn drop(&mut self) {
        if let (Some(out), Some(give_back)) = (self.out.take(), self.give_back.take()) {
            // Nobody waits for it after an error.
            let _ = give_back.send((self.rows, out));
        }
    }
}

/// Tables that others refer to first, as far as they do not refer to each other in a circle.
fn in_order(registry: &Registry) -> Vec<&Model> {
    fn visit<'r>(registry: &'r Registry, id: ModelId, seen: &mut Vec<bool>, out: &mut Vec<&'r Model>) {
        let mut stack = vec![(id, 0)];
        while let Some((id, next)) = stack.pop() {
            let model = registry.model(id);
            if next == 0 {
                if seen[id.0 as usize] {
                    continue;
                }
                seen[id.0 as usize] = true;
            }
            let forward = |kind| matches!(kind, RelationKind::ForeignKey | RelationKind::OneToOne);
            match model.relations.iter().skip(next).position(|relation| forward(relation.kind)) {
                Some(step) => {
                    let at = next + step;
                    stack.push((id, at + 1));
                    let target = model.relations[at].target;
                    if !seen[target.0 as usize] {
                        stack.push((target, 0));
                    }
                }
                None => out.push(model),
            }
        }
    }
    let mut seen = vec![false; registry.models().len()];
    let mut out = Vec::new();
    for model in registry.models() {
        visit(registry, model.id, &mut seen, &mut out);
    }
    out.retain(|model| model.proxy_for.is_none());
    out
}

struct Table {
    name: String,
    fields: Vec<Field>,
    query: String,
}

impl Table {
    fn new(model: &Model) -> Self {
        let fields: Vec<Field> =
            model.fields.iter().filter(|field| field.generated.is_none()).cloned().collect();
        let columns: Vec<String> = fields.iter().map(|field| quoted_identifier(&field.column)).collect();
        let keys: Vec<String> =
            model.primary_key.iter().map(|id| quoted_identifier(&model.field(*id).column)).collect();
        let query = format!(
            "SELECT {} FROM {} ORDER BY {}",
            columns.join(", "),
            quoted_identifier(&model.table),
            keys.join(", ")
        );
        Self { name: model.table.clone(), fields, query }
    }

    fn write(&self, out: &mut Vec<u8>, row: &Row<'_, '_>, number: u64) -> Result<(), DumpError> {
        out.extend_from_slice(b"{\"table\":");
        write_string(out, &self.name);
        out.extend_from_slice(b",\"row\":{");
        for (index, field) in self.fields.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_string(out, &field.column);
            out.push(b':');
            value(field, row.cell(index)).and_then(|value| write(out, field, &value)).map_err(|error| {
                DumpError::Value {
                    table: self.name.clone(),
                    row: number,
                    column: field.column.clone(),
                    error,
                }
            })?;
        }
        out.extend_from_slice(b"}}\n");
        Ok(())
    }
}

fn value(field: &Field, cell: Cell<'_>) -> Result<Value, ValueError> {
    let stored = match cell {
        Cell::Null => return Ok(Value::Null),
        Cell::Binary(bytes) => return pg_decode(&field.logical, bytes),
        Cell::Integer(value) => SqliteRef::Integer(value),
        Cell::Real(value) => SqliteRef::Real(value),
        Cell::Text(text) => SqliteRef::Text(text),
        Cell::Blob(bytes) => SqliteRef::Blob(bytes),
    };
    decode(&field.logical, field.sqlite, stored)
}

fn write(out: &mut Vec<u8>, field: &Field, value: &Value) -> Result<(), ValueError> {
    match value {
        // The API gives large integers as strings; a data file need not.
        Value::Int(value) => write_integer(out, *value),
        Value::Json(text) if field.logical == LogicalType::Json && needs_wrapping(text) => {
            out.extend_from_slice(b"{\"$json\":");
            out.extend_from_slice(text.as_bytes());
            out.push(b'}');
        }
        _ => write_value(out, &field.logical, value)?,
    }
    Ok(())
}

/// JSON's null would be read as SQL's, and what looks like the wrapping would lose it.
fn needs_wrapping(text: &str) -> bool {
    text == "null" || wrapped(text).is_some()
}
