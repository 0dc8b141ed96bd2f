//! `dumpdata`: the rows of all tables as they are at one moment, as lines that [`super::load`] takes.

use super::DataError;
use nuages_models::Registry;
use nuages_models::database::{Cell, Database, Row};
use nuages_models::registry::{Field, LogicalType, Model, ModelId, RelationKind};
use nuages_models::sql::quoted_identifier;
use nuages_models::value::postgres::pg_decode;
use nuages_models::value::sqlite::{SqliteRef, decode};
use nuages_models::value::write::{write_integer, write_string};
use nuages_models::value::{Value, ValueError, write_value};
use std::io::Write;
use tokio::sync::mpsc;

/// Lines are handed over when they are longer than this together, in bytes.
const CHUNK_BYTES: usize = 1 << 16;

/// Lines, and how many.
#[derive(Default)]
struct Chunk {
    text: Vec<u8>,
    rows: u64,
}

/// Whether all of these are models: to be asked before a file is written over.
///
/// # Errors
/// [`DataError::UnknownModel`], with the nearest name.
pub fn check_models(registry: &Registry, names: &[String]) -> Result<(), DataError> {
    for name in names {
        if registry.model_named(name).is_none() {
            let close =
                registry.models().iter().map(|m| (strsim::damerau_levenshtein(&m.name, name), &m.name)).min();
            let hint = close.filter(|(distance, _)| *distance <= 3).map(|(_, known)| known.clone());
            return Err(DataError::UnknownModel { name: name.clone(), hint });
        }
    }
    Ok(())
}

/// Writes the rows of the models (of all of them when none is named) as lines, those that others refer to first, as
/// the database is at one moment: while others write, every reference still leads to a row of the dump. Generated
/// columns are left out. `progress` is told how many rows were written. Gives that number.
///
/// # Errors
/// When a model is unknown, a value has no form in JSON, or reading or writing fails.
pub async fn dump(
    database: &Database,
    registry: &Registry,
    names: &[String],
    out: &mut impl Write,
    mut progress: impl FnMut(u64),
) -> Result<u64, DataError> {
    check_models(registry, names)?;
    let wanted = |model: &&Model| names.is_empty() || names.contains(&model.name);
    let tables: Vec<Table> = in_order(registry).into_iter().filter(wanted).map(Table::new).collect();
    let queries = tables.iter().map(|table| (table.query.clone(), Vec::new())).collect();
    let (sender, mut chunks) = mpsc::channel(2);
    let mut pending = Pending { sender, chunk: Chunk::default() };
    let (mut table, mut number) = (0, 0);
    let reading = database.each_row(queries, move |position, row| {
        number = if position == table { number + 1 } else { 1 };
        table = position;
        tables[position].write(&mut pending.chunk.text, row, number)?;
        pending.chunk.rows += 1;
        pending.hand_over_above(CHUNK_BYTES)
    });
    let writing = async {
        let mut rows = 0;
        while let Some(Chunk { text, rows: more }) = chunks.recv().await {
            out.write_all(&text)?;
            rows += more;
            progress(rows);
        }
        out.flush()?;
        Ok::<u64, DataError>(rows)
    };
    // When writing fails the reading is dropped, and with it its statement.
    let ((), rows) = futures::try_join!(reading, writing)?;
    Ok(rows)
}

/// What is not handed over yet; the rest follows when the reading ends.
struct Pending {
    sender: mpsc::Sender<Chunk>,
    chunk: Chunk,
}

impl Pending {
    fn hand_over_above(&mut self, bytes: usize) -> Result<(), DataError> {
        if self.chunk.text.len() <= bytes {
            return Ok(());
        }
        let chunk = std::mem::take(&mut self.chunk);
        self.sender.blocking_send(chunk).map_err(|_| DataError::File(std::io::ErrorKind::BrokenPipe.into()))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // Nobody takes it after an error.
        let _ = self.hand_over_above(0);
    }
}

/// Tables that others refer to first, as far as they do not refer to each other in a circle.
fn in_order(registry: &Registry) -> Vec<&Model> {
    fn visit<'r>(registry: &'r Registry, id: ModelId, seen: &mut [bool], out: &mut Vec<&'r Model>) {
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
    table: String,
    model: String,
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
        Self { table: model.table.clone(), model: model.name.clone(), fields, query }
    }

    fn write(&self, out: &mut Vec<u8>, row: &Row<'_, '_>, number: u64) -> Result<(), DataError> {
        out.extend_from_slice(b"{\"model\":");
        write_string(out, &self.model);
        out.extend_from_slice(b",\"row\":{");
        for (index, field) in self.fields.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_string(out, &field.name);
            out.push(b':');
            value(field, row.cell(index)).and_then(|value| write(out, field, &value)).map_err(|error| {
                DataError::Value {
                    table: self.table.clone(),
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
    text == "null" || text.starts_with("{\"$json\":")
}
