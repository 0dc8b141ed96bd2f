//! Values in PostgreSQL's text form: for COPY, and for lists of what has no place in an array.

use super::sqlite::datetime_text;
use super::{Value, ValueError, write_value};
use crate::registry::LogicalType;
use serde_json::Value as Json;

/// A value that is not NULL as PostgreSQL reads it.
///
/// # Errors
/// When the value has no text form (a year outside of 0001 to 9999), or cannot be encrypted.
pub fn pg_text(logical: &LogicalType, value: &Value) -> Result<String, ValueError> {
    if let LogicalType::Custom(custom) = logical {
        return pg_text(custom.stored_type(), &custom.store(value)?);
    }
    Ok(match value {
        Value::Text(text) => match logical {
            LogicalType::Encrypted(keys) => keys.encrypt(text)?,
            _ => text.clone(),
        },
        Value::Json(text) if matches!(logical, LogicalType::Range(_)) => range_text(text),
        Value::Json(text) => text.clone(),
        Value::Boolean(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::DateTime(micros) => format!("{}+00", datetime_text(*micros)?),
        Value::Duration(micros) => interval(*micros),
        Value::Binary(bytes) => bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
        Value::Array(elements) => {
            let element_type = match logical {
                LogicalType::Array(element) => element.as_ref(),
                other => other,
            };
            let parts: Result<Vec<String>, ValueError> = elements
                .iter()
                .map(|element| match element {
                    Value::Null => Ok("NULL".to_owned()),
                    Value::Array(_) => pg_text(element_type, element),
                    other => Ok(quoted(&pg_text(element_type, other)?)),
                })
                .collect();
            format!("{{{}}}", parts?.join(","))
        }
        // The rest is a JSON string of the very text that PostgreSQL reads.
        other => {
            let mut json = Vec::new();
            write_value(&mut json, logical, other)?;
            String::from_utf8_lossy(&json).trim_matches('"').to_owned()
        }
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Hours, minutes and seconds: the one form that holds all durations exactly.
fn interval(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (seconds, fraction) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    format!("{sign}{}:{:02}:{:02}.{fraction:06}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A range object as `["1","10")`.
fn range_text(json: &str) -> String {
    let range: Json = serde_json::from_str(json).unwrap_or_default();
    if range.get("empty") == Some(&Json::Bool(true)) {
        return "empty".to_owned();
    }
    let bounds = range.get("bounds").and_then(Json::as_str).unwrap_or("[)");
    let (open, close) = bounds.split_at_checked(1).unwrap_or(("[", ")"));
    let end = |name: &str| match range.get(name) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => quoted(text),
        Some(other) => quoted(&other.to_string()),
    };
    format!("{open}{},{}{close}", end("lower"), end("upper"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::RangeBound;

    #[test]
    fn lists_and_ranges_are_quoted() {
        let list = Value::Array(vec![Value::Text("a\"b\\".to_owned()), Value::Null]);
        let logical = LogicalType::Array(Box::new(LogicalType::Text));
        assert_eq!(pg_text(&logical, &list).unwrap(), "{\"a\\\"b\\\\\",NULL}");
        let range = Value::Json("{\"lower\":1,\"upper\":null,\"bounds\":\"(]\"}".to_owned());
        assert_eq!(pg_text(&LogicalType::Range(RangeBound::Int32), &range).unwrap(), "(\"1\",]");
        assert_eq!(
            pg_text(&LogicalType::Duration, &Value::Duration(-3_600_000_001)).unwrap(),
            "-1:00:00.000001"
        );
    }
}
