//! Values in the text format of PostgreSQL's COPY, which every column type reads.

use nuages_models::registry::LogicalType;
use nuages_models::value::sqlite::datetime_text;
use nuages_models::value::{Value, ValueError, write_value};
use std::fmt::Write;

const MICROS_PER_SECOND: u64 = 1_000_000;

/// Appends a field of a COPY line, without what separates fields.
///
/// # Errors
/// When the value is out of its type's range.
pub(super) fn push_field(out: &mut Vec<u8>, logical: &LogicalType, value: &Value) -> Result<(), ValueError> {
    match literal(logical, value)? {
        None => out.extend_from_slice(b"\\N"),
        Some(text) => {
            for byte in text.bytes() {
                match byte {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b'\t' => out.extend_from_slice(b"\\t"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    byte => out.push(byte),
                }
            }
        }
    }
    Ok(())
}

/// The value as the type's input function takes it; `None` for NULL.
fn literal(logical: &LogicalType, value: &Value) -> Result<Option<String>, ValueError> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Boolean(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(text) => text.clone(),
        Value::Json(text) => match logical {
            LogicalType::Range(_) => range(text),
            _ => text.clone(),
        },
        // The zone is ignored by columns that have none; they are taken as UTC.
        Value::DateTime(micros) => format!("{}+00", datetime_text(*micros)?),
        Value::Duration(micros) => interval(*micros),
        Value::Binary(bytes) => {
            let mut out = String::with_capacity(2 + bytes.len() * 2);
            out.push_str("\\x");
            for byte in bytes {
                // Writing to a string cannot fail.
                let _ = write!(out, "{byte:02x}");
            }
            out
        }
        Value::Decimal(_) | Value::Date(_) | Value::Time(_) | Value::Uuid(_) => {
            let mut json = Vec::new();
            write_value(&mut json, logical, value)?;
            String::from_utf8_lossy(&json).trim_matches('"').to_owned()
        }
        Value::Array(elements) => {
            let element_type = match logical {
                LogicalType::Array(element) => element,
                other => other,
            };
            let mut out = String::from("{");
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                match literal(element_type, element)? {
                    None => out.push_str("NULL"),
                    Some(inner) if matches!(element, Value::Array(_)) => out.push_str(&inner),
                    Some(text) => push_quoted(&mut out, &text),
                }
            }
            out.push('}');
            out
        }
    }))
}

fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

/// Hours, minutes and seconds: the one form that holds all durations exactly.
fn interval(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let all = micros.unsigned_abs();
    let (seconds, fraction) = (all / MICROS_PER_SECOND, all % MICROS_PER_SECOND);
    format!("{sign}{}:{:02}:{:02}.{fraction:06}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `{"lower": 1, "upper": null, "bounds": "[)"}` as `["1",)`. The object was checked when it was read.
fn range(json: &str) -> String {
    let Ok(object) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json) else {
        return json.to_owned();
    };
    if object.get("empty") == Some(&serde_json::Value::Bool(true)) {
        return "empty".to_owned();
    }
    let bounds = object.get("bounds").and_then(serde_json::Value::as_str).unwrap_or("[)");
    let mut out = bounds.chars().take(1).collect::<String>();
    for (key, end) in [("lower", ","), ("upper", "")] {
        match object.get(key) {
            None | Some(serde_json::Value::Null) => {}
            Some(serde_json::Value::String(text)) => push_quoted(&mut out, text),
            Some(other) => push_quoted(&mut out, &other.to_string()),
        }
        out.push_str(end);
    }
    out.extend(bounds.chars().skip(1));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(logical: &LogicalType, value: &Value) -> String {
        let mut out = Vec::new();
        push_field(&mut out, logical, value).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn fields_are_escaped_twice_where_they_must_be() {
        let text = LogicalType::Text;
        assert_eq!(field(&text, &Value::Text("a\\b\tc\nd\re".to_owned())), "a\\\\b\\tc\\nd\\re");
        assert_eq!(field(&text, &Value::Text("\\N".to_owned())), "\\\\N");
        assert_eq!(field(&text, &Value::Null), "\\N");
        let array = LogicalType::Array(Box::new(LogicalType::Text));
        let value =
            Value::Array(vec![Value::Text("a\"\\".to_owned()), Value::Null, Value::Text("NULL".to_owned())]);
        assert_eq!(field(&array, &value), r#"{"a\\"\\\\",NULL,"NULL"}"#);
        assert_eq!(field(&LogicalType::Binary, &Value::Binary(vec![0, 255])), "\\\\x00ff");
    }

    #[test]
    fn durations_and_ranges() {
        assert_eq!(interval(-1), "-0:00:00.000001");
        assert_eq!(interval(90_061_000_001), "25:01:01.000001");
        assert_eq!(interval(i64::MIN), "-2562047788:00:54.775808");
        assert_eq!(range(r#"{"lower":1,"upper":null,"bounds":"[)"}"#), r#"["1",)"#);
        assert_eq!(range(r#"{"empty":true}"#), "empty");
    }
}
