//! Values as ones of another type: what a function or a comparison asks for.

use super::types::{computed, convert_value, is_flexible, is_number, type_name, wider};
use super::{BoundExpr, Scalar, Typed};
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::Value;

/// The value as one of the type, where nothing can be lost; written values are read as the type.
///
/// # Errors
/// When it is no value of the type.
pub(crate) fn convert(value: Typed, to: &LogicalType) -> Result<Typed, CompileError> {
    if is_flexible(&value) {
        return flexible(value, to);
    }
    let encoding = computed(to);
    if value.logical == *to && value.encoding == encoding {
        return Ok(value);
    }
    let fits = value.logical == *to
        || is_number(&value.logical) && is_number(to) && widens(&value.logical, to)
        || value.logical == LogicalType::Date && *to == LogicalType::DateTime
        || matches!((&value.logical, to), (LogicalType::Json, LogicalType::Json));
    if !fits {
        return Err(CompileError::Invalid(format!(
            "{} is needed here, not {}",
            type_name(to),
            type_name(&value.logical)
        )));
    }
    Ok(cast(value, to))
}

/// Whether no value of the first type is lost in the second.
fn widens(from: &LogicalType, to: &LogicalType) -> bool {
    match (from, to) {
        // A computed decimal has no bound of its digits.
        (LogicalType::Decimal { .. }, LogicalType::Decimal { .. }) => true,
        _ => wider(from, to).is_some_and(|wide| std::mem::discriminant(&wide) == std::mem::discriminant(to)),
    }
}

/// The value as one of the type, whatever it takes; the compile stage says what cannot be.
pub(crate) fn cast(value: Typed, to: &LogicalType) -> Typed {
    let nullable = value.nullable;
    Typed { scalar: Scalar::Cast(Box::new(value)), logical: to.clone(), encoding: computed(to), nullable }
}

/// A written value as one of the type and of an encoding.
fn flexible(value: Typed, to: &LogicalType) -> Result<Typed, CompileError> {
    retyped(value, to, computed(to))
}

/// A written value, or one that comes with the session, as one of the type in the encoding of what it is compared with.
///
/// # Errors
/// When it is no value of the type.
pub(crate) fn retyped(
    value: Typed,
    to: &LogicalType,
    encoding: SqliteEncoding,
) -> Result<Typed, CompileError> {
    let nullable = value.nullable;
    let scalar = match value.scalar {
        Scalar::Slot(Slot::Constant(constant)) => match convert_value(&constant, to)? {
            Value::Null => Scalar::Null,
            converted => Scalar::Slot(Slot::Constant(converted)),
        },
        other => other,
    };
    Ok(Typed { scalar, logical: to.clone(), encoding, nullable })
}

/// Both values in one type and encoding, so that they can be compared.
///
/// # Errors
/// When they have no type in common.
pub(super) fn aligned(left: Typed, right: Typed) -> Result<(Typed, Typed), CompileError> {
    match (is_flexible(&left), is_flexible(&right)) {
        // A number that the column cannot hold is still compared with it as a number.
        (false, true) if keeps(&left.logical, &right) => {
            let right = retyped(right, &left.logical, left.encoding)?;
            return Ok((left, right));
        }
        (true, false) if keeps(&right.logical, &left) => {
            let left = retyped(left, &right.logical, right.encoding)?;
            return Ok((left, right));
        }
        _ => {}
    }
    let same = left.logical == right.logical && left.encoding == right.encoding;
    let both_integers = super::types::is_integer(&left.logical) && super::types::is_integer(&right.logical);
    if same || both_integers && !is_flexible(&left) && !is_flexible(&right) {
        return Ok((left, right));
    }
    let to = super::types::common(&[left.clone(), right.clone()])?;
    Ok((convert(left, &to)?, convert(right, &to)?))
}

/// Whether a written value can be compared as one of the column's own type.
fn keeps(column: &LogicalType, written: &Typed) -> bool {
    let Scalar::Slot(Slot::Constant(value)) = &written.scalar else { return true };
    let loses = match column {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => {
            matches!(value, Value::Decimal(_) | Value::Float(_))
        }
        LogicalType::Decimal { .. } => matches!(value, Value::Float(_)),
        _ => false,
    };
    !loses
}

/// A condition as a value.
pub(super) fn condition_value(condition: BoundExpr) -> Typed {
    // A boolean that stands alone is its own value.
    if let BoundExpr::Lookup { lookup, left, .. } = &condition
        && lookup.name == "is_true"
    {
        return left.clone();
    }
    let nullable = condition.nullable();
    Typed {
        scalar: Scalar::Condition(Box::new(condition)),
        logical: LogicalType::Boolean,
        encoding: SqliteEncoding::Plain,
        nullable,
    }
}
