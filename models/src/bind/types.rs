//! Types of values and of expressions, and the type that two of them have in common.

use super::binder::Binder;
use super::{Scalar, Typed};
use crate::expr::{Expr, Slot};
use crate::prepare::CompileError;
use crate::registry::{LogicalType, ModelId, Registry, SqliteEncoding};
use crate::value::{Decimal, Value};

/// Digits of a computed decimal, of which only the scale is known.
pub(crate) const COMPUTED_DIGITS: u16 = 1000;
/// Digits after the point of what division gives.
pub(crate) const DIVISION_SCALE: u16 = 20;
/// Digits after the point of what an average gives.
pub(crate) const AVERAGE_SCALE: u16 = 16;

/// The type of an expression over a model and whether it may be NULL, with the annotations that it may use.
///
/// # Errors
/// When it does not bind.
pub fn expression_type(
    registry: &Registry,
    model: ModelId,
    annotations: &[(String, Expr)],
    expr: &Expr,
) -> Result<(LogicalType, bool), CompileError> {
    let mut binder = Binder::new(registry);
    binder.enter(model);
    binder.annotate(annotations);
    let typed = binder.value(expr)?;
    Ok((typed.logical, typed.nullable))
}

/// The type of an aggregate of values of a type; `None` where it does not apply.
pub fn aggregate_type(function: &str, logical: &LogicalType) -> Option<LogicalType> {
    let aggregate = crate::aggregates::find(function)?;
    let of = Typed {
        scalar: Scalar::Slot(Slot::Now),
        logical: logical.clone(),
        encoding: computed(logical),
        nullable: true,
    };
    (aggregate.types)(&[of]).ok().map(|rule| rule.result)
}

/// The type of a value; `None` for NULL, which is of any.
pub fn value_type(value: &Value) -> Option<LogicalType> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(_) => LogicalType::Boolean,
        Value::Int(_) => LogicalType::Int64,
        Value::Float(_) => LogicalType::Float,
        Value::Decimal(decimal) => decimal_type(u16::try_from(decimal.scale()).unwrap_or(u16::MAX)),
        Value::Text(_) => LogicalType::Text,
        Value::Date(_) => LogicalType::Date,
        Value::Time(_) => LogicalType::Time,
        Value::DateTime(_) => LogicalType::DateTime,
        Value::Duration(_) => LogicalType::Duration,
        Value::Uuid(_) => LogicalType::Uuid,
        Value::Json(_) => LogicalType::Json,
        Value::Binary(_) => LogicalType::Binary,
        Value::Array(elements) => {
            LogicalType::Array(Box::new(elements.iter().find_map(value_type).unwrap_or(LogicalType::Text)))
        }
    })
}

/// A computed decimal with so many digits after the point.
pub(crate) fn decimal_type(scale: u16) -> LogicalType {
    LogicalType::Decimal { digits: COMPUTED_DIGITS, scale }
}

/// How SQLite holds computed values of a type.
pub(crate) fn computed(logical: &LogicalType) -> SqliteEncoding {
    match logical {
        LogicalType::Decimal { .. } => SqliteEncoding::Sortable,
        _ => SqliteEncoding::Plain,
    }
}

/// Whether the value takes the type that its surroundings want: it was written down, or comes with the request.
pub(crate) fn is_flexible(typed: &Typed) -> bool {
    match &typed.scalar {
        Scalar::Null => true,
        Scalar::Slot(slot) => !matches!(slot, Slot::Now),
        _ => false,
    }
}

/// How wide a numeric type is; `None` for others.
fn width(logical: &LogicalType) -> Option<u8> {
    Some(match logical {
        LogicalType::Int16 => 0,
        LogicalType::Int32 => 1,
        LogicalType::Int64 => 2,
        LogicalType::Decimal { .. } => 3,
        LogicalType::Float => 4,
        _ => return None,
    })
}

/// Whether it is a numeric type.
pub(crate) fn is_number(logical: &LogicalType) -> bool {
    width(logical).is_some()
}

/// The type that numbers of a type are computed in; `None` for what is no number.
pub(crate) fn computed_number(logical: &LogicalType) -> Option<LogicalType> {
    match logical {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => Some(LogicalType::Int64),
        LogicalType::Decimal { scale, .. } => Some(decimal_type(*scale)),
        LogicalType::Float => Some(LogicalType::Float),
        _ => None,
    }
}

/// Whether it is an integer type.
pub(crate) fn is_integer(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64)
}

/// The type that holds the values of both; `None` when there is none.
pub(crate) fn wider(a: &LogicalType, b: &LogicalType) -> Option<LogicalType> {
    if a == b {
        return Some(a.clone());
    }
    if let (LogicalType::Decimal { scale: a, .. }, LogicalType::Decimal { scale: b, .. }) = (a, b) {
        return Some(decimal_type(*a.max(b)));
    }
    let (narrow, wide) = if width(a)? < width(b)? { (a, b) } else { (b, a) };
    Some(match (narrow, wide) {
        (_, LogicalType::Decimal { scale, .. }) => decimal_type(*scale),
        _ => wide.clone(),
    })
}

/// The type that values have in common. What was written down takes the type of the others where it fits.
///
/// # Errors
/// When there is none.
pub(crate) fn common(values: &[Typed]) -> Result<LogicalType, CompileError> {
    let mut firm = None;
    for value in values.iter().filter(|value| !is_flexible(value)) {
        firm = Some(merged(firm, &value.logical)?);
    }
    let Some(firm) = firm else {
        let mut written = None;
        for value in values.iter().filter(|value| value.scalar != Scalar::Null) {
            written = Some(merged(written, &value.logical)?);
        }
        let is_small = |value: &Typed| match &value.scalar {
            Scalar::Slot(Slot::Constant(Value::Int(number))) => i32::try_from(*number).is_ok(),
            other => *other == Scalar::Null,
        };
        return Ok(match written {
            // So that the sum of a few of them is an integer too.
            Some(LogicalType::Int64) if values.iter().all(is_small) => LogicalType::Int32,
            written => written.unwrap_or(LogicalType::Text),
        });
    };
    // A number that was written down may need more than the others have.
    let mut needed = firm;
    for value in values {
        if let Scalar::Slot(Slot::Constant(constant)) = &value.scalar {
            needed = match (constant, &needed) {
                (Value::Decimal(decimal), logical) if is_integer(logical) => {
                    decimal_type(u16::try_from(decimal.scale()).unwrap_or(u16::MAX))
                }
                (Value::Decimal(_), LogicalType::Decimal { .. }) => {
                    wider(&needed, &value.logical).unwrap_or(needed)
                }
                (Value::Float(_), logical) if is_number(logical) => LogicalType::Float,
                (Value::Int(number), LogicalType::Int16 | LogicalType::Int32)
                    if i32::try_from(*number).is_err() =>
                {
                    LogicalType::Int64
                }
                (Value::Int(number), LogicalType::Int16) if i16::try_from(*number).is_err() => {
                    LogicalType::Int32
                }
                _ => needed,
            };
        }
    }
    Ok(needed)
}

fn merged(known: Option<LogicalType>, logical: &LogicalType) -> Result<LogicalType, CompileError> {
    match known {
        None => Ok(logical.clone()),
        Some(known) => wider(&known, logical).ok_or_else(|| {
            CompileError::Invalid(format!(
                "{} and {} cannot stand together; convert one of them with cast",
                type_name(&known),
                type_name(logical)
            ))
        }),
    }
}

/// A type in the words of model files.
pub(crate) fn type_name(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Boolean => "a boolean".to_owned(),
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => "an integer".to_owned(),
        LogicalType::Float => "a float".to_owned(),
        LogicalType::Decimal { .. } => "a decimal".to_owned(),
        LogicalType::Text => "a text".to_owned(),
        LogicalType::Date => "a date".to_owned(),
        LogicalType::Time => "a time".to_owned(),
        LogicalType::DateTime => "a datetime".to_owned(),
        LogicalType::Duration => "a duration".to_owned(),
        LogicalType::Uuid => "a UUID".to_owned(),
        LogicalType::Json => "a JSON document".to_owned(),
        LogicalType::Binary => "bytes".to_owned(),
        LogicalType::IpAddress => "an IP address".to_owned(),
        LogicalType::Array(element) => format!("a list of {}", type_name(element)),
        LogicalType::Range(_) => "a range".to_owned(),
        LogicalType::SearchVector => "a search vector".to_owned(),
        LogicalType::Encrypted(_) => "an encrypted text".to_owned(),
        LogicalType::Custom(custom) => format!("a value of the type {custom}"),
    }
}

/// A written value as one of another type.
///
/// # Errors
/// When it is none.
pub(crate) fn convert_value(value: &Value, to: &LogicalType) -> Result<Value, CompileError> {
    let wrong = |problem: String| CompileError::Invalid(problem);
    Ok(match (value, to) {
        (Value::Null, _) => Value::Null,
        (Value::Int(number), LogicalType::Decimal { .. }) => Value::Decimal(Decimal::from_scaled(*number, 0)),
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        (Value::Int(number), LogicalType::Float) => Value::Float(*number as f64),
        (Value::Int(number), LogicalType::Json) => Value::Json(number.to_string()),
        (Value::Boolean(value), LogicalType::Json) => Value::Json(value.to_string()),
        (Value::Float(_) | Value::Decimal(_), LogicalType::Json) => {
            let mut text = Vec::new();
            let of = value_type(value).unwrap_or(LogicalType::Text);
            crate::value::write_value(&mut text, &of, value).map_err(|error| wrong(error.to_string()))?;
            let text = String::from_utf8_lossy(&text).trim_matches('"').to_owned();
            Value::Json(crate::value::canonical_json(&text).map_err(|error| wrong(error.to_string()))?)
        }
        (Value::Decimal(decimal), LogicalType::Float) => {
            let mut text = Vec::new();
            decimal.write(&mut text);
            let number = String::from_utf8_lossy(&text).parse::<f64>();
            Value::Float(number.map_err(|_| wrong("the number is too large for a float".to_owned()))?)
        }
        (Value::Text(text), LogicalType::Json) => {
            Value::Json(serde_json::Value::from(text.as_str()).to_string())
        }
        (_, LogicalType::Custom(custom)) => {
            let given = convert_value(value, custom.value_type())?;
            custom.clean(given).map_err(|error| wrong(error.to_string()))?
        }
        (Value::Text(_), LogicalType::Text | LogicalType::Encrypted(_)) => value.clone(),
        (Value::Text(text), LogicalType::Boolean) if text == "t" || text == "f" => {
            Value::Boolean(text == "t")
        }
        (Value::Text(text), to) => {
            crate::value::parse_text(to, text).map_err(|error| wrong(error.to_string()))?
        }
        // A range is written as a document of its bounds.
        (Value::Json(text), LogicalType::Range(_)) => {
            let json = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
            crate::value::from_json(to, &json).map_err(|error| wrong(error.to_string()))?
        }
        (Value::Array(elements), LogicalType::Array(element)) => Value::Array(
            elements.iter().map(|value| convert_value(value, element)).collect::<Result<_, _>>()?,
        ),
        (Value::Int(_), to) if is_integer(to) => value.clone(),
        (Value::Decimal(_), LogicalType::Decimal { .. }) => value.clone(),
        (Value::Date(days), LogicalType::DateTime) => Value::DateTime(i64::from(*days) * 86_400_000_000),
        (value, to) if value_type(value).as_ref() == Some(to) => value.clone(),
        (value, to) => {
            let of = value_type(value).map_or_else(|| "NULL".to_owned(), |of| type_name(&of));
            return Err(wrong(format!("{of} cannot stand for {}", type_name(to))));
        }
    })
}
