//! Values: stand-in until the real module is merged.
use crate::registry::LogicalType;

/// A value.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    Null,
    Boolean(bool),
    Int(i64),
    Float(f64),
    Decimal(String),
    Text(String),
    Date(i32),
    Time(i64),
    DateTime(i64),
    Duration(i64),
    Uuid([u8; 16]),
    Json(String),
    Binary(Vec<u8>),
    Array(Vec<Value>),
}

/// Why a text is not a value of its type.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(pub String);

/// The value of a type in JSON form.
///
/// # Errors
/// When the JSON is not a value of the type.
pub fn from_json(_logical: &LogicalType, value: &serde_json::Value) -> Result<Value, ValueError> {
    Ok(Value::Text(value.to_string()))
}
/// The value of a type in text form.
///
/// # Errors
/// When the text is not a value of the type.
pub fn parse_text(_logical: &LogicalType, text: &str) -> Result<Value, ValueError> {
    Ok(Value::Text(text.to_owned()))
}
