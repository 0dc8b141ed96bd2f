//! `color`: `#rrggbb` for everybody, an integer in the database; it has no order.

use nuages_models::registry::{FieldType, LogicalType};
use nuages_models::value::Value;

/// A colour of 24 bits.
#[derive(Debug)]
pub(crate) struct Color;

impl FieldType for Color {
    fn name(&self) -> &'static str {
        "color"
    }

    fn doc(&self) -> &'static str {
        "Colour, such as \"#1e90ff\"."
    }

    fn scalar(&self) -> &'static str {
        "Color"
    }

    fn value_type(&self) -> LogicalType {
        LogicalType::Text
    }

    fn stored_type(&self) -> LogicalType {
        LogicalType::Int32
    }

    fn clean(&self, value: Value) -> Result<Value, String> {
        bits(&value).map(text)
    }

    fn store(&self, value: &Value) -> Result<Value, String> {
        bits(value).map(Value::Int)
    }

    fn load(&self, stored: Value) -> Result<Value, String> {
        match stored {
            Value::Int(bits @ 0..=0xff_ffff) => Ok(text(bits)),
            other => Err(format!("{other:?} is no colour")),
        }
    }
}

fn text(bits: i64) -> Value {
    Value::Text(format!("#{bits:06x}"))
}

fn bits(value: &Value) -> Result<i64, String> {
    let digits = match value {
        Value::Text(text) => text.strip_prefix('#').filter(|digits| digits.len() == 6),
        _ => None,
    };
    digits
        .and_then(|digits| i64::from_str_radix(digits, 16).ok().filter(|bits| *bits >= 0))
        .ok_or_else(|| "a colour is `#` and six hexadecimal digits, as in #1e90ff".to_owned())
}
