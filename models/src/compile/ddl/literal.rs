//! Values as literals. In a statement they are parameters; what a database keeps has none.

use crate::compile::StatementSlot;
use crate::database::{Dialect, Param};
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, RangeBound};
use crate::run::constant_parameter;
use crate::sql::Sql;
use crate::value::{Value, write_value};
use std::borrow::Cow;

/// The literal of a slot. A list is a [`Sql::Row`] of its elements.
///
/// # Errors
/// When the value is none of the type, or is known only with a request.
pub(super) fn literal(slot: &StatementSlot, dialect: Dialect) -> Result<Sql, CompileError> {
    let value = match &slot.slot {
        Slot::Constant(value) => value,
        Slot::TimeZone => return Err(invalid("the time zone of a request is not known here; say which")),
        _ => return Err(invalid("a value of a request is not known here")),
    };
    if dialect == Dialect::Postgres {
        if let (LogicalType::Range(bound), Value::Json(text)) = (&slot.logical, value) {
            return range(*bound, text).map(Sql::Text);
        }
        if let Some(text) = moment(value)? {
            return Ok(Sql::Text(text));
        }
    }
    if let (Value::Array(elements), LogicalType::Array(element)) = (value, &slot.logical) {
        let elements = elements.iter().map(|value| {
            let slot = StatementSlot {
                slot: Slot::Constant(value.clone()),
                logical: element.as_ref().clone(),
                ..slot.clone()
            };
            literal(&slot, dialect)
        });
        return elements.collect::<Result<_, _>>().map(Sql::Row);
    }
    let parameter = constant_parameter(slot, dialect).map_err(|error| invalid(&error.to_string()))?;
    Ok(of_parameter(parameter, &slot.logical, dialect))
}

fn invalid(problem: &str) -> CompileError {
    CompileError::Invalid(problem.to_owned())
}

fn of_parameter(parameter: Param, logical: &LogicalType, dialect: Dialect) -> Sql {
    match parameter {
        Param::Null => Sql::Null,
        // SQLite's own booleans are integers, and before 3.23 it knew no words for them.
        Param::Bool(value) if dialect == Dialect::Sqlite => Sql::Integer(i64::from(value)),
        Param::Bool(value) => Sql::Boolean(value),
        Param::Int(i64::MIN) => Sql::Binary {
            left: Box::new(Sql::Integer(-i64::MAX)),
            operator: "-",
            right: Box::new(Sql::Integer(1)),
        },
        Param::Int(value) => Sql::Integer(value),
        // The shortest digits that give the same number; with a point or an exponent, so that it stays a float.
        Param::Float(value) => Sql::Number(format!("{value:?}")),
        // One spelling for one number, so that `10.50` for `10.5` is no change.
        Param::Literal(text) if matches!(logical, LogicalType::Decimal { .. }) && text.contains('.') => {
            Sql::Number(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        Param::Literal(text) if matches!(logical, LogicalType::Decimal { .. }) => Sql::Number(text),
        Param::Text(text) | Param::Literal(text) => Sql::Text(text),
        Param::Bytes(bytes) if dialect == Dialect::Sqlite => Sql::Blob(Cow::Owned(bytes)),
        Param::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Sql::Text(format!("\\x{digits}"))
        }
        Param::Interval(micros) => Sql::Text(format!("{micros} microseconds")),
        Param::Array(elements) => {
            Sql::Row(elements.into_iter().map(|element| of_parameter(element, logical, dialect)).collect())
        }
        Param::Integers(elements) => Sql::Row(elements.into_iter().map(Sql::Integer).collect()),
        // Of a value of the model file these were written before.
        Param::Date(number) => Sql::Integer(i64::from(number)),
        Param::Time(number) | Param::Timestamp(number) => Sql::Integer(number),
        Param::Uuid(bytes) => Sql::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

/// A date, a time, an instant, a UUID as the API writes it, which PostgreSQL reads too.
fn moment(value: &Value) -> Result<Option<String>, CompileError> {
    let logical = match value {
        Value::Date(_) => LogicalType::Date,
        Value::Time(_) => LogicalType::Time,
        Value::DateTime(_) => LogicalType::DateTime,
        Value::Uuid(_) => LogicalType::Uuid,
        _ => return Ok(None),
    };
    let mut text = Vec::new();
    write_value(&mut text, &logical, value).map_err(|error| invalid(&error.to_string()))?;
    Ok(Some(String::from_utf8_lossy(&text).trim_matches('"').to_owned()))
}

/// A range in PostgreSQL's text form.
fn range(bound: RangeBound, json: &str) -> Result<String, CompileError> {
    let document: serde_json::Value =
        serde_json::from_str(json).map_err(|error| invalid(&error.to_string()))?;
    if document.get("empty").and_then(serde_json::Value::as_bool) == Some(true) {
        return Ok("empty".to_owned());
    }
    let side = |name: &str| match document.get(name) {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(text)) if bound == RangeBound::DateTime => format!("\"{text}\""),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let bounds = document.get("bounds").and_then(serde_json::Value::as_str).unwrap_or("[)");
    let (open, close) = bounds.split_at(bounds.len().min(1));
    Ok(format!("{open}{},{}{close}", side("lower"), side("upper")))
}

/// A list of literals as an array's text, for PostgreSQL.
pub(super) fn array_text(elements: &[Sql]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let elements: Vec<String> = elements
        .iter()
        .map(|element| match element {
            Sql::Null => "NULL".to_owned(),
            Sql::Text(text) => quoted(text),
            Sql::Integer(number) => number.to_string(),
            Sql::Number(number) => number.clone(),
            Sql::Boolean(value) => value.to_string(),
            Sql::Row(inner) => array_text(inner),
            other => quoted(&crate::sql::render_expression(other, Dialect::Postgres)),
        })
        .collect();
    format!("{{{}}}", elements.join(","))
}
