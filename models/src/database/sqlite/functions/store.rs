//! Computed values in the form in which columns hold them, for expressions that are written into rows.

use super::{NativeFunction, integer_argument, text_argument};
use crate::value::sqlite::{ordered_text, read_sortable_text};
use crate::value::{Decimal, Rounding};
use rusqlite::functions::Context;
use rusqlite::types::Value;

const OUT_OF_RANGE: &str = super::number::OUT_OF_RANGE;

/// The decimal with the column's digits after the point, rounded; the column's digits come second and third.
fn fitted(context: &Context<'_>) -> Result<(Decimal, u16, u16), super::Failure> {
    let decimal = read_sortable_text(text_argument(context, 0)?)?;
    let digits = u16::try_from(integer_argument(context, 1)?)?;
    let scale = u16::try_from(integer_argument(context, 2)?)?;
    let rounded = decimal.round(u32::from(scale), Rounding::HalfAwayFromZero);
    Ok((rounded.fit(digits, scale).map_err(|_| OUT_OF_RANGE)?, digits, scale))
}

pub(super) const SCALED: NativeFunction = NativeFunction {
    name: "nuages_store_scaled",
    arity: 3,
    doc: "A computed decimal for a column of scaled integers with so many digits, so many of them after the point.",
    call: |context| {
        let (decimal, _, scale) = fitted(context)?;
        decimal.to_scaled_i64(u32::from(scale)).map(Value::Integer).ok_or_else(|| OUT_OF_RANGE.into())
    },
};

pub(super) const ORDERED: NativeFunction = NativeFunction {
    name: "nuages_store_ordered",
    arity: 3,
    doc: "A computed decimal for a column of ordered texts with so many digits, so many of them after the point.",
    call: |context| {
        let (decimal, digits, scale) = fitted(context)?;
        Ok(Value::Text(ordered_text(&decimal, digits, scale).map_err(|_| OUT_OF_RANGE)?))
    },
};

pub(super) const TEXT: NativeFunction = NativeFunction {
    name: "nuages_store_text",
    arity: 2,
    doc: "A text for a column of at most so many characters; a longer one is an error.",
    call: |context| {
        let text = text_argument(context, 0)?;
        let limit = usize::try_from(integer_argument(context, 1)?)?;
        if text.chars().count() > limit {
            return Err("nuages: a text is too long".into());
        }
        Ok(Value::Text(text.to_owned()))
    },
};
