//! Arithmetic of integers and floats with PostgreSQL's errors: SQLite's own operators make a float of an overflow and NULL
//! of a division by zero.

use super::{ANY, Failure, NativeFunction, integer_argument, text_argument};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use std::cmp::Ordering;

/// What the database says; the run stage makes an error of the client's input of it.
pub(super) const OUT_OF_RANGE: &str = "nuages: a number is out of range";
pub(super) const WRONG_TEXT: &str = "nuages: a text is not a value of its type";
pub(super) const DIVISION_BY_ZERO: &str = "nuages: division by zero";

fn checked(context: &Context<'_>, operation: fn(i64, i64) -> Option<i64>) -> Result<Value, Failure> {
    let (a, b) = (integer_argument(context, 0)?, integer_argument(context, 1)?);
    operation(a, b).map(Value::Integer).ok_or_else(|| OUT_OF_RANGE.into())
}

macro_rules! integer_function {
    ($item:ident, $name:literal, $operation:expr, $doc:literal) => {
        pub(super) const $item: NativeFunction =
            NativeFunction { name: $name, arity: 2, doc: $doc, call: |context| checked(context, $operation) };
    };
}

integer_function!(ADD, "nuages_add", i64::checked_add, "The sum of two integers; an overflow is an error.");
integer_function!(
    SUBTRACT,
    "nuages_subtract",
    i64::checked_sub,
    "The difference of two integers; an overflow is an error."
);
integer_function!(
    MULTIPLY,
    "nuages_multiply",
    i64::checked_mul,
    "The product of two integers; an overflow is an error."
);

pub(super) const DIVIDE: NativeFunction = NativeFunction {
    name: "nuages_divide",
    arity: 2,
    doc: "The whole part of the quotient of two integers; a division by zero is an error.",
    call: |context| {
        if integer_argument(context, 1)? == 0 {
            return Err(DIVISION_BY_ZERO.into());
        }
        checked(context, i64::checked_div)
    },
};

pub(super) const MODULO: NativeFunction = NativeFunction {
    name: "nuages_modulo",
    arity: 2,
    doc: "What the division of two integers leaves; a division by zero is an error.",
    call: |context| {
        if integer_argument(context, 1)? == 0 {
            return Err(DIVISION_BY_ZERO.into());
        }
        // The smallest integer divided by -1 leaves nothing, although the quotient is out of range.
        checked(context, |a, b| Some(a.checked_rem(b).unwrap_or(0)))
    },
};

pub(super) const ABS: NativeFunction = NativeFunction {
    name: "nuages_abs",
    arity: 1,
    doc: "The integer without its sign; an overflow is an error.",
    call: |context| {
        integer_argument(context, 0)?.checked_abs().map(Value::Integer).ok_or_else(|| OUT_OF_RANGE.into())
    },
};

/// A float argument; integers are floats too.
pub(super) fn float_argument(context: &Context<'_>, index: usize) -> Result<f64, Failure> {
    match context.get_raw(index) {
        ValueRef::Real(value) => Ok(value),
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        ValueRef::Integer(value) => Ok(value as f64),
        other => Err(format!("expected a number, found {}", other.data_type()).into()),
    }
}

/// A float that is a value.
pub(super) fn finite(value: f64) -> Result<Value, Failure> {
    if value.is_finite() { Ok(Value::Real(value)) } else { Err(OUT_OF_RANGE.into()) }
}

pub(super) const FLOAT: NativeFunction = NativeFunction {
    name: "nuages_float",
    arity: 1,
    doc: "The float itself; an infinite one is an error.",
    call: |context| finite(float_argument(context, 0)?),
};

pub(super) const FLOAT_DIVIDE: NativeFunction = NativeFunction {
    name: "nuages_float_divide",
    arity: 2,
    doc: "The quotient of two floats; a division by zero is an error.",
    call: |context| {
        let divisor = float_argument(context, 1)?;
        if divisor == 0.0 {
            return Err(DIVISION_BY_ZERO.into());
        }
        let dividend = float_argument(context, 0)?;
        let quotient = dividend / divisor;
        // Too small to be told from zero: an error, as for PostgreSQL.
        if quotient == 0.0 && dividend != 0.0 {
            return Err(OUT_OF_RANGE.into());
        }
        finite(quotient)
    },
};

pub(super) const FLOAT_MULTIPLY: NativeFunction = NativeFunction {
    name: "nuages_float_multiply",
    arity: 2,
    doc: "The product of two floats; one that is too small to be told from zero is an error.",
    call: |context| {
        let (left, right) = (float_argument(context, 0)?, float_argument(context, 1)?);
        let product = left * right;
        if product == 0.0 && left != 0.0 && right != 0.0 {
            return Err(OUT_OF_RANGE.into());
        }
        finite(product)
    },
};

pub(super) const FLOAT_TEXT: NativeFunction = NativeFunction {
    name: "nuages_float_text",
    arity: 1,
    doc: "The shortest text that reads back as the same float, as PostgreSQL writes it.",
    call: |context| Ok(Value::Text(postgres_text(float_argument(context, 0)?))),
};

/// A float as PostgreSQL writes it: no fraction for whole numbers, an exponent from 1e+15 on and below 1e-04.
fn postgres_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..15).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

pub(super) const CAST_INTEGER: NativeFunction = NativeFunction {
    name: "nuages_cast_integer",
    arity: 2,
    doc: "A number or a text as an integer of 16, 32 or 64 bits; what is none is an error.",
    call: |context| {
        let value = match context.get_raw(0) {
            ValueRef::Integer(value) => value,
            ValueRef::Real(value) => of_float(value)?,
            _ => {
                let text = text_argument(context, 0)?;
                integer(text)?
            }
        };
        in_bits(value, text_argument(context, 1)?)
    },
};

/// A text's integer, in PostgreSQL's decimal form.
fn integer(text: &str) -> Result<i64, Failure> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.trim().parse::<i64>().map_err(|error| match error.kind() {
        PosOverflow | NegOverflow => OUT_OF_RANGE.into(),
        _ => WRONG_TEXT.into(),
    })
}

/// The integer if it has no more than so many bits.
pub(super) fn in_bits(value: i64, bits: &str) -> Result<Value, Failure> {
    let fits = match bits {
        "16" => i16::try_from(value).is_ok(),
        "32" => i32::try_from(value).is_ok(),
        _ => true,
    };
    if fits { Ok(Value::Integer(value)) } else { Err(OUT_OF_RANGE.into()) }
}

/// The nearest integer, a half going to the even one, as PostgreSQL rounds floats.
fn of_float(value: f64) -> Result<i64, Failure> {
    let rounded = value.round_ties_even();
    // The bounds are powers of two, which floats hold exactly.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded) {
        #[expect(clippy::cast_possible_truncation, reason = "it was checked")]
        return Ok(rounded as i64);
    }
    Err(OUT_OF_RANGE.into())
}

pub(super) const CAST_FLOAT: NativeFunction = NativeFunction {
    name: "nuages_cast_float",
    arity: 1,
    doc: "A text as a float; what is none is an error.",
    call: |context| {
        let text = text_argument(context, 0)?;
        let value: f64 = text.trim().parse().map_err(|_| WRONG_TEXT)?;
        finite(value)
    },
};

pub(super) const GREATEST: NativeFunction = NativeFunction {
    name: "nuages_greatest",
    arity: ANY,
    doc: "The largest of the values that are not NULL; they are of one type.",
    call: |context| chosen(context, Ordering::Greater),
};

pub(super) const LEAST: NativeFunction = NativeFunction {
    name: "nuages_least",
    arity: ANY,
    doc: "The smallest of the values that are not NULL; they are of one type.",
    call: |context| chosen(context, Ordering::Less),
};

fn chosen(context: &Context<'_>, wanted: Ordering) -> Result<Value, Failure> {
    let mut best = ValueRef::Null;
    for index in 0..context.len() {
        let value = context.get_raw(index);
        if value != ValueRef::Null && (best == ValueRef::Null || order(value, best) == wanted) {
            best = value;
        }
    }
    Ok(best.try_into()?)
}

/// SQLite's order of two values of one type.
fn order(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    #[expect(clippy::cast_precision_loss, reason = "one of them is a float")]
    let float = |value| match value {
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Real(value) => Some(value),
        _ => None,
    };
    match (a, b) {
        (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
        (ValueRef::Text(a) | ValueRef::Blob(a), ValueRef::Text(b) | ValueRef::Blob(b)) => a.cmp(b),
        _ => match (float(a), float(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            _ => Ordering::Equal,
        },
    }
}
