//! Decimals of Django's NUMERIC columns in a form that compares exactly.

use super::{FunctionError, NativeFunction, Volatility, count_argument};
use crate::value::sqlite::{SqliteRef, decimal_from_numeric, ordered_text};
use crate::value::{Decimal, ValueError};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

pub(super) static FUNCTIONS: &[NativeFunction] = &[
    NativeFunction {
        name: "nuages_decimal_real",
        arguments: &["value", "scale"],
        doc: "The decimal that a NUMERIC column holds as INTEGER, REAL or TEXT, rounded to the scale as Django reads \
              it, times ten to the scale: an integer. An error when that has more than 64 bits.",
        volatility: Volatility::Immutable,
        example: "4.35, 2",
        body: |context| {
            let scale = count_argument(context, 1)?;
            let decimal = decimal(context, scale)?;
            decimal.to_scaled_i64(u32::from(scale)).map(Value::Integer).ok_or_else(|| {
                ValueError::DecimalDigits { digits: 18, scale, found: decimal.to_string() }.into()
            })
        },
    },
    NativeFunction {
        name: "nuages_decimal_ordered",
        arguments: &["value", "digits", "scale"],
        doc: "The decimal of a NUMERIC column in the ordered text form, for fields of more than 18 digits.",
        volatility: Volatility::Immutable,
        example: "4.35, 20, 2",
        body: |context| {
            let (digits, scale) = (count_argument(context, 1)?, count_argument(context, 2)?);
            Ok(Value::Text(ordered_text(&decimal(context, scale)?, digits, scale)?))
        },
    },
];

fn decimal(context: &Context<'_>, scale: u16) -> Result<Decimal, FunctionError> {
    let refused = || FunctionError::Argument { position: 1, expected: "a number" };
    let stored = match context.get_raw(0) {
        ValueRef::Integer(value) => SqliteRef::Integer(value),
        ValueRef::Real(value) => SqliteRef::Real(value),
        ValueRef::Text(bytes) => SqliteRef::Text(std::str::from_utf8(bytes).map_err(|_| refused())?),
        ValueRef::Null | ValueRef::Blob(_) => return Err(refused()),
    };
    Ok(decimal_from_numeric(stored, scale)?)
}
