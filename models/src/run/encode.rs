//! Column values to JSON, straight from what the drivers give.

use crate::plan::Encoder;
use crate::prepare::KeyColumn;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::postgres::{pg_decode_integer, pg_decode_text, pg_write};
use crate::value::sqlite::{SqliteRef, write_stored};
use crate::value::write::write_string;
use std::borrow::Cow;

pub(super) use crate::database::Cell;

/// Why a value cannot be written, for the client.
pub(super) type Problem = String;

/// Appends a value that is not NULL.
pub(super) fn write(
    out: &mut Vec<u8>,
    encoder: &Encoder,
    logical: &LogicalType,
    encoding: SqliteEncoding,
    cell: Cell<'_>,
) -> Result<(), Problem> {
    match encoder {
        Encoder::Int => {
            let value = integer(cell)?;
            if i32::try_from(value).is_err() {
                return Err(format!("{value} does not fit `Int`, which has 32 bits"));
            }
            number(out, value);
        }
        // What is stored of them need not be a number.
        Encoder::Number if matches!(logical, LogicalType::Custom(_)) => {
            id_part(out, logical, encoding, cell)?
        }
        Encoder::Number => number(out, integer(cell)?),
        Encoder::BigInt => {
            let value = integer(cell)?;
            out.push(b'"');
            number(out, value);
            out.push(b'"');
        }
        Encoder::Id(LogicalType::Text | LogicalType::IpAddress) => plain(out, logical, encoding, cell)?,
        Encoder::Id(_) => {
            // The text of every other type's ids is plain ASCII.
            out.push(b'"');
            id_part(out, logical, encoding, cell)?;
            out.push(b'"');
        }
        Encoder::Enum(names) => {
            let stored = choice(cell)?;
            let Some((_, name)) = names.iter().find(|(value, _)| **value == *stored) else {
                return Err("the stored value is not one of the choices".to_owned());
            };
            write_string(out, name);
        }
        _ => plain(out, logical, encoding, cell)?,
    }
    Ok(())
}

/// A value as its type is written everywhere.
fn plain(
    out: &mut Vec<u8>,
    logical: &LogicalType,
    encoding: SqliteEncoding,
    cell: Cell<'_>,
) -> Result<(), Problem> {
    let written = match cell {
        Cell::Binary(bytes) => pg_write(out, logical, bytes),
        Cell::Null => write_stored(out, logical, encoding, SqliteRef::Null),
        Cell::Integer(value) => write_stored(out, logical, encoding, SqliteRef::Integer(value)),
        Cell::Real(value) => write_stored(out, logical, encoding, SqliteRef::Real(value)),
        Cell::Text(value) => write_stored(out, logical, encoding, SqliteRef::Text(value)),
        Cell::Blob(value) => write_stored(out, logical, encoding, SqliteRef::Blob(value)),
    };
    // What is wrong with a stored value is the operator's matter; the client learns which field it is.
    written.map_err(|error| format!("the column does not hold a value of the field's type: {error}"))
}

fn number(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

fn integer(cell: Cell<'_>) -> Result<i64, Problem> {
    let wrong = || "the column does not hold an integer; the model and the table differ".to_owned();
    match cell {
        Cell::Integer(value) => Ok(value),
        Cell::Binary(bytes) => pg_decode_integer(bytes).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

fn text(cell: Cell<'_>) -> Result<&str, Problem> {
    let wrong = || "the column does not hold text; the model and the table differ".to_owned();
    match cell {
        Cell::Text(text) => Ok(text),
        Cell::Binary(bytes) => pg_decode_text(bytes).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// The text of a choice's value. Choices are of text or of integers, and integers are sent in 2, 4 or 8 bytes of which
/// the first is no first byte of a text.
fn choice(cell: Cell<'_>) -> Result<Cow<'_, str>, Problem> {
    match cell {
        Cell::Integer(value) => Ok(value.to_string().into()),
        Cell::Binary(bytes) if matches!(bytes.len(), 2 | 4 | 8) && matches!(bytes[0], 0 | 0xFF) => {
            integer(cell).map(|value| value.to_string().into())
        }
        other => text(other).map(Cow::Borrowed),
    }
}

/// A primary key that is an integer.
pub(super) fn integer_id(logical: &LogicalType, cell: Cell<'_>) -> Option<i64> {
    match logical {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => integer(cell).ok(),
        _ => None,
    }
}

/// A primary key as one text: its value, or a JSON array of the texts of its parts.
pub(super) fn write_id<'r>(
    out: &mut Vec<u8>,
    keys: &[KeyColumn],
    cell: impl Fn(usize) -> Cell<'r>,
) -> Result<(), Problem> {
    if let [key] = keys {
        return id_part(out, &key.logical, key.encoding, cell(key.column));
    }
    out.push(b'[');
    for (index, key) in keys.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let mut part = Vec::new();
        id_part(&mut part, &key.logical, key.encoding, cell(key.column))?;
        write_string(out, &String::from_utf8_lossy(&part));
    }
    out.push(b']');
    Ok(())
}

/// The text of one part of a key, without quotes and escapes.
fn id_part(
    out: &mut Vec<u8>,
    logical: &LogicalType,
    encoding: SqliteEncoding,
    cell: Cell<'_>,
) -> Result<(), Problem> {
    match logical {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => number(out, integer(cell)?),
        LogicalType::Text => out.extend_from_slice(text(cell)?.as_bytes()),
        other => {
            // Any other type's JSON form is a string or a number; an id is its text.
            let mut quoted = Vec::new();
            plain(&mut quoted, other, encoding, cell)?;
            let text = quoted.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
            out.extend_from_slice(text.unwrap_or(&quoted));
        }
    }
    Ok(())
}

/// A key of an ordering as JSON from which [`crate::value::from_json`] makes the same value again.
pub(super) fn write_key(out: &mut Vec<u8>, key: &KeyColumn, cell: Cell<'_>) -> Result<(), Problem> {
    if matches!(cell, Cell::Null) {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    plain(out, &key.logical, key.encoding, cell)
}
