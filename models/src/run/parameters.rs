//! Values to parameters: conversions, encodings, and the keys of parents.

use super::{Arguments, RunError};
use crate::compile::{Conversion, StatementSlot};
use crate::database::{Dialect, Param};
use crate::expr::Slot;
use crate::pattern;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::postgres::pg_encode;
use crate::value::sqlite::{SqliteValue, encode, ordered_text, sortable_text};
use crate::value::{Decimal, Value, write_value};

/// The parameters of a statement; those that hold a parent's key are left NULL for the executor to set.
pub(super) fn of_statement(
    slots: &[StatementSlot],
    arguments: &Arguments,
    dialect: Dialect,
) -> Result<Vec<Param>, RunError> {
    of_values(slots, (arguments, &arguments.values), dialect)
}

/// The parameters of a statement, with values in place of those of the arguments.
pub(super) fn of_values(
    slots: &[StatementSlot],
    (arguments, values): (&Arguments, &[Value]),
    dialect: Dialect,
) -> Result<Vec<Param>, RunError> {
    slots.iter().map(|slot| one(slot, (arguments, values), dialect)).collect()
}

/// The parameter of a slot that is part of the plan, for DDL, where it becomes a literal.
///
/// # Errors
/// When its value fits neither its type nor its conversion, or comes with a request.
pub(crate) fn constant_parameter(slot: &StatementSlot, dialect: Dialect) -> Result<Param, RunError> {
    match slot.slot {
        Slot::Constant(_) => one(slot, (&Arguments::default(), &[]), dialect),
        _ => Err(RunError::Internal("a value of a request is not known here".to_owned())),
    }
}

fn one(
    slot: &StatementSlot,
    (arguments, values): (&Arguments, &[Value]),
    dialect: Dialect,
) -> Result<Param, RunError> {
    let value = match &slot.slot {
        Slot::ParentKey(_) => return Ok(Param::Null),
        Slot::TimeZone => return Ok(Param::Text(arguments.time_zone.clone())),
        Slot::Now => &Value::DateTime(arguments.now),
        Slot::Session(name) => arguments
            .session
            .get(name)
            .ok_or_else(|| RunError::BadInput(format!("the session has no variable `{name}`")))?,
        Slot::Named(name) => {
            return Err(RunError::Internal(format!("the argument `{name}` was not replaced")));
        }
        Slot::Constant(value) => value,
        Slot::Argument(index) => values
            .get(*index as usize)
            .ok_or_else(|| RunError::Internal(format!("the argument {index} is missing")))?,
    };
    let converted = match (slot.conversion, value) {
        (Conversion::StoredAbove | Conversion::StoredBelow, Value::Decimal(decimal)) => match slot.encoding {
            SqliteEncoding::ScaledInteger { scale } => {
                return Ok(neighbour(decimal, scale, slot.conversion));
            }
            _ => None,
        },
        (Conversion::Among, Value::Array(elements)) if dialect == Dialect::Sqlite => {
            return among(elements, &slot.logical, slot.encoding);
        }
        (Conversion::Plain | Conversion::Among | Conversion::StoredAbove | Conversion::StoredBelow, _) => {
            None
        }
        (Conversion::LikeStart, Value::Text(text)) => Some(format!("{}%", pattern::escape_like(text))),
        (Conversion::LikePart, Value::Text(text)) => Some(format!("%{}%", pattern::escape_like(text))),
        (Conversion::LikeEnd, Value::Text(text)) => Some(format!("%{}", pattern::escape_like(text))),
        (Conversion::Pattern, Value::Text(text)) => {
            Some(pattern::translate(text, dialect).map_err(|error| RunError::BadInput(error.to_string()))?)
        }
        (Conversion::PatternIgnoringCase, Value::Text(text)) => Some(
            pattern::translate_ignoring_case(text, dialect)
                .map_err(|error| RunError::BadInput(error.to_string()))?,
        ),
        (Conversion::JsonPath, Value::Json(path)) => return json_path(path),
        _ => return Err(RunError::Internal("a value does not fit its conversion".to_owned())),
    };
    if let Some(text) = converted {
        return Ok(Param::Text(text));
    }
    match dialect {
        // Ranges have no text form that JSON could stand for.
        Dialect::Postgres if matches!(slot.logical, LogicalType::Range(_)) && *value != Value::Null => {
            let mut bytes = bytes::BytesMut::new();
            pg_encode(&slot.logical, value, &mut bytes)
                .map_err(|error| RunError::BadInput(error.to_string()))?;
            Ok(Param::Bytes(bytes.to_vec()))
        }
        Dialect::Postgres => match (&slot.logical, value) {
            (LogicalType::Encrypted(_) | LogicalType::Custom(_), _) => in_storage(&slot.logical, value),
            (LogicalType::Array(element), Value::Array(values))
                if matches!(**element, LogicalType::Encrypted(_) | LogicalType::Custom(_)) =>
            {
                let stored =
                    values.iter().map(|value| in_storage(element, value)).collect::<Result<_, _>>()?;
                Ok(Param::Array(stored))
            }
            _ => Ok(postgres(value)),
        },
        Dialect::Sqlite => sqlite(value, &slot.logical, slot.encoding),
    }
}

/// A value of a type as PostgreSQL holds it.
pub(super) fn in_storage(logical: &LogicalType, value: &Value) -> Result<Param, RunError> {
    match (logical, value) {
        (LogicalType::Encrypted(keys), Value::Text(text)) => {
            keys.encrypt(text).map(Param::Text).map_err(|error| RunError::Internal(error.to_string()))
        }
        (LogicalType::Custom(custom), _) => custom
            .store(value)
            .map(|stored| postgres(&stored))
            .map_err(|error| RunError::BadInput(error.to_string())),
        _ => Ok(postgres(value)),
    }
}

/// The keys and positions of a path as texts.
fn json_path(path: &str) -> Result<Param, RunError> {
    let steps: Vec<serde_json::Value> =
        serde_json::from_str(path).map_err(|error| RunError::Internal(error.to_string()))?;
    let steps = steps.into_iter().map(|step| match step {
        serde_json::Value::String(key) => Param::Text(key),
        other => Param::Text(other.to_string()),
    });
    Ok(Param::Array(steps.collect()))
}

/// A value for PostgreSQL, whose stored form is the value itself.
fn postgres(value: &Value) -> Param {
    match value {
        Value::Null => Param::Null,
        Value::Boolean(value) => Param::Bool(*value),
        Value::Int(value) => Param::Int(*value),
        Value::Float(value) => Param::Float(*value),
        Value::Decimal(decimal) => {
            let mut text = Vec::new();
            decimal.write(&mut text);
            Param::Literal(String::from_utf8_lossy(&text).into_owned())
        }
        Value::Text(text) => Param::Text(text.clone()),
        Value::Date(days) => Param::Date(*days),
        Value::Time(micros) => Param::Time(*micros),
        Value::DateTime(micros) => Param::Timestamp(*micros),
        Value::Duration(micros) => Param::Interval(*micros),
        Value::Uuid(bytes) => Param::Uuid(*bytes),
        Value::Json(text) => Param::Literal(text.clone()),
        Value::Binary(bytes) => Param::Bytes(bytes.clone()),
        Value::Array(elements) => Param::Array(elements.iter().map(postgres).collect()),
    }
}

/// Values for SQLite, each as the column that it meets is stored: JSON text of a list of them.
fn among(elements: &[Value], logical: &LogicalType, encoding: SqliteEncoding) -> Result<Param, RunError> {
    let LogicalType::Array(element_type) = logical else {
        return Err(RunError::Internal("a list is of no type of lists".to_owned()));
    };
    let mut json = vec![b'['];
    for element in elements {
        // A value that no stored one can equal is simply not in the list.
        let Some(stored) = stored(element, element_type, encoding)? else { continue };
        if json.len() > 1 {
            json.push(b',');
        }
        match stored {
            SqliteValue::Null => json.extend_from_slice(b"null"),
            SqliteValue::Integer(value) => json.extend_from_slice(value.to_string().as_bytes()),
            SqliteValue::Real(value) => write_value(&mut json, &LogicalType::Float, &Value::Float(value))
                .map_err(|error| RunError::BadInput(error.to_string()))?,
            SqliteValue::Text(text) => crate::value::write::write_string(&mut json, &text),
            SqliteValue::Blob(bytes) => {
                json.push(b'"');
                bytes.iter().for_each(|byte| json.extend_from_slice(format!("{byte:02X}").as_bytes()));
                json.push(b'"');
            }
        }
    }
    json.push(b']');
    Ok(Param::Text(String::from_utf8_lossy(&json).into_owned()))
}

/// A value for SQLite, as the column that it meets is stored.
fn sqlite(value: &Value, logical: &LogicalType, encoding: SqliteEncoding) -> Result<Param, RunError> {
    match stored(value, logical, encoding)? {
        Some(stored) => Ok(param(stored)),
        // Compared as a number: between the stored ones, or beyond all of them.
        None => Ok(between(value, encoding)),
    }
}

/// A text between the ordered texts of the two nearest numbers of a column, or beyond all of them.
fn between_texts(decimal: &Decimal, digits: u16, scale: u16) -> String {
    let mut text = Vec::new();
    decimal.write(&mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let kept = fraction.get(..usize::from(scale)).unwrap_or(fraction);
    let nearer_to_zero =
        Decimal::parse(&format!("{whole}.{kept}0")).and_then(|cut| ordered_text(&cut, digits, scale));
    let Ok(nearer_to_zero) = nearer_to_zero else {
        // Every stored text begins with `n` or `p`.
        return if decimal.is_negative() { "m" } else { "q" }.to_owned();
    };
    if !decimal.is_negative() {
        return format!("{nearer_to_zero}~");
    }
    if nearer_to_zero.starts_with('p') {
        // Between the largest negative number and zero.
        return "o".to_owned();
    }
    // The next smaller number's text is one less, digit by digit with borrowing.
    let mut bytes = nearer_to_zero.into_bytes();
    for byte in bytes.iter_mut().rev().filter(|byte| byte.is_ascii_digit()) {
        if *byte > b'0' {
            *byte -= 1;
            break;
        }
        *byte = b'9';
    }
    format!("{}~", String::from_utf8_lossy(&bytes))
}

/// One part of a key for SQLite.
pub(super) fn sqlite_key(
    value: &Value,
    logical: &LogicalType,
    encoding: SqliteEncoding,
) -> Result<Param, RunError> {
    sqlite(value, logical, encoding)
}

fn param(stored: SqliteValue) -> Param {
    match stored {
        SqliteValue::Null => Param::Null,
        SqliteValue::Integer(value) => Param::Int(value),
        SqliteValue::Real(value) => Param::Float(value),
        SqliteValue::Text(text) => Param::Text(text),
        SqliteValue::Blob(bytes) => Param::Bytes(bytes),
    }
}

/// The stored form of an operand, or `None` for a decimal that the column cannot hold exactly: it is equal to no stored
/// value, but greater or less than some.
fn stored(
    value: &Value,
    logical: &LogicalType,
    encoding: SqliteEncoding,
) -> Result<Option<SqliteValue>, RunError> {
    if let (Value::Decimal(decimal), LogicalType::Decimal { .. }) = (value, logical) {
        match encoding {
            SqliteEncoding::ScaledInteger { scale } => {
                return Ok(decimal.to_scaled_i64(u32::from(scale)).map(SqliteValue::Integer));
            }
            SqliteEncoding::Plain | SqliteEncoding::Django => {
                let mut text = Vec::new();
                decimal.write(&mut text);
                let number = String::from_utf8_lossy(&text).parse::<f64>().unwrap_or(f64::NAN);
                return Ok(Some(SqliteValue::Real(number)));
            }
            SqliteEncoding::Sortable => return Ok(Some(SqliteValue::Text(sortable_text(decimal)))),
            SqliteEncoding::OrderedText { digits, scale } => {
                return Ok(ordered_text(decimal, digits, scale).ok().map(SqliteValue::Text));
            }
        }
    }
    encode(logical, encoding, value).map(Some).map_err(|error| RunError::BadInput(error.to_string()))
}

fn between(value: &Value, encoding: SqliteEncoding) -> Param {
    if let (Value::Decimal(decimal), SqliteEncoding::OrderedText { digits, scale }) = (value, encoding) {
        return Param::Text(between_texts(decimal, digits, scale));
    }
    if !matches!((value, encoding), (Value::Decimal(_), SqliteEncoding::ScaledInteger { .. })) {
        return Param::Null;
    }
    // Only equality comes here: no stored integer is a half.
    Param::Float(0.5)
}

/// The stored integer that is nearest to a decimal from above or from below, the decimal itself when it can be stored.
/// `column < 1.005` is `column < 101` where hundredths are stored: exact, whatever the number of digits.
fn neighbour(decimal: &Decimal, scale: u8, conversion: Conversion) -> Param {
    let exact = decimal.rescale(u32::from(scale)).is_some();
    let digits = decimal.unscaled_digits();
    let dropped = (decimal.scale() as usize).saturating_sub(usize::from(scale));
    let kept = digits.get(..digits.len().saturating_sub(dropped)).unwrap_or_default();
    let kept_scale = decimal.scale().min(u32::from(scale));
    let toward_zero = Decimal::from_digits(decimal.is_negative(), kept, kept_scale);
    let away = match (conversion, decimal.is_negative()) {
        _ if exact => 0,
        (Conversion::StoredAbove, false) => 1,
        (Conversion::StoredBelow, true) => -1,
        _ => 0,
    };
    // Beyond all stored numbers otherwise.
    let beyond = if decimal.is_negative() { -1e300 } else { 1e300 };
    let stored = toward_zero.to_scaled_i64(u32::from(scale)).and_then(|integer| integer.checked_add(away));
    stored.map_or(Param::Float(beyond), Param::Int)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_cannot_hold_lies_between_what_it_can() {
        let decimal = |text: &str| Decimal::parse(text).unwrap();
        let stored = |text: &str| ordered_text(&decimal(text), 5, 2).unwrap();
        for (below, operand, above) in [
            ("0.00", "0.001", "0.01"),
            ("-0.01", "-0.001", "0.00"),
            ("-0.02", "-0.015", "-0.01"),
            ("-1.00", "-0.999", "-0.99"),
            ("-10.00", "-9.9901", "-9.99"),
            ("9.99", "9.995", "10.00"),
            ("999.98", "999.985", "999.99"),
        ] {
            let between = between_texts(&decimal(operand), 5, 2);
            assert!(stored(below) < between && between < stored(above), "{operand}: {between}");
        }
        assert!(between_texts(&decimal("1000"), 5, 2) > stored("999.99"));
        assert!(between_texts(&decimal("-1000"), 5, 2) < stored("-999.99"));
    }

    #[test]
    fn numbers_are_compared_exactly_with_scaled_integers() {
        let both = |text: &str| {
            let decimal = Decimal::parse(text).unwrap();
            [Conversion::StoredBelow, Conversion::StoredAbove].map(|to| neighbour(&decimal, 2, to))
        };
        for (text, below, above) in [
            ("1.00", 100, 100),
            ("1", 100, 100),
            ("1.005", 100, 101),
            ("-1.005", -101, -100),
            ("0.001", 0, 1),
            ("-0.001", -1, 0),
            // More than 2^53 hundredths: no real number lies between these two.
            ("90071992547409930.994", 9_007_199_254_740_993_099, 9_007_199_254_740_993_100),
            ("-90071992547409930.991", -9_007_199_254_740_993_100, -9_007_199_254_740_993_099),
        ] {
            assert_eq!(both(text), [Param::Int(below), Param::Int(above)], "{text}");
        }
        assert_eq!(both("1e30"), [Param::Float(1e300), Param::Float(1e300)]);
        assert_eq!(both("-1e30"), [Param::Float(-1e300), Param::Float(-1e300)]);
    }
}
