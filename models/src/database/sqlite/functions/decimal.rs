//! Exact decimals in their sortable text form (see [`crate::value::sqlite::sortable_text`]).

use super::number::{DIVISION_BY_ZERO, WRONG_TEXT, finite, float_argument, in_bits};
use super::{Failure, NativeFunction, integer_argument, text_argument};
use crate::value::arithmetic::{self, ArithmeticError};
use crate::value::sqlite::{
    SqliteRef, decimal_from_numeric, read_ordered_text, read_sortable_text, sortable_text,
};
use crate::value::{Decimal, Rounding};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

/// More digits than any decimal has, before or after the point.
const MOST_DIGITS: i64 = 140_000;

/// An argument in the sortable form, or an integer.
pub(super) fn decimal_of(value: ValueRef<'_>) -> Result<Decimal, Failure> {
    match value {
        ValueRef::Integer(value) => Ok(Decimal::from_scaled(value, 0)),
        ValueRef::Text(text) => Ok(read_sortable_text(std::str::from_utf8(text)?)?),
        other => Err(format!("expected a decimal, found {}", other.data_type()).into()),
    }
}

fn decimal_argument(context: &Context<'_>, index: usize) -> Result<Decimal, Failure> {
    decimal_of(context.get_raw(index))
}

fn sortable(decimal: &Decimal) -> Value {
    Value::Text(sortable_text(decimal))
}

fn scale_argument(context: &Context<'_>, index: usize) -> Result<u32, Failure> {
    Ok(u32::try_from(integer_argument(context, index)?)?)
}

fn result(computed: Result<Decimal, ArithmeticError>) -> Result<Value, Failure> {
    match computed {
        Ok(decimal) => Ok(sortable(&decimal)),
        Err(ArithmeticError::DivisionByZero) => Err(DIVISION_BY_ZERO.into()),
        Err(error) => Err(format!("nuages: {error}").into()),
    }
}

macro_rules! decimal_function {
    ($item:ident, $name:literal, $arity:literal, $doc:literal, $call:expr) => {
        pub(super) const $item: NativeFunction =
            NativeFunction { name: $name, arity: $arity, doc: $doc, call: $call };
    };
}

decimal_function!(OF_INTEGER, "nuages_decimal", 1, "An integer as a decimal.", |context| {
    Ok(sortable(&decimal_argument(context, 0)?))
});
decimal_function!(
    OF_FLOAT,
    "nuages_decimal_of_float",
    1,
    "A float as a decimal of at most 15 significant digits, as PostgreSQL converts it.",
    |context| {
        let text = format!("{:.14e}", float_argument(context, 0)?);
        Ok(sortable(&Decimal::parse(&text)?))
    }
);
decimal_function!(
    OF_TEXT,
    "nuages_decimal_of_text",
    1,
    "A text as a decimal; what is none is an error.",
    |context| {
        let text = text_argument(context, 0)?;
        let decimal = Decimal::parse(text.trim()).map_err(|_| WRONG_TEXT)?;
        Ok(sortable(&decimal))
    }
);
decimal_function!(
    OF_SCALED,
    "nuages_decimal_scaled",
    2,
    "The decimal of a column of scaled integers.",
    |context| {
        let scale = scale_argument(context, 1)?;
        Ok(sortable(&Decimal::from_scaled(integer_argument(context, 0)?, scale)))
    }
);
decimal_function!(
    OF_ORDERED,
    "nuages_decimal_ordered",
    1,
    "The decimal of a column of ordered texts.",
    |context| Ok(sortable(&read_ordered_text(text_argument(context, 0)?)?))
);
decimal_function!(
    OF_NUMERIC,
    "nuages_decimal_numeric",
    2,
    "The decimal of one of Django's NUMERIC columns.",
    |context| {
        let stored = match context.get_raw(0) {
            ValueRef::Integer(value) => SqliteRef::Integer(value),
            ValueRef::Real(value) => SqliteRef::Real(value),
            ValueRef::Text(text) => SqliteRef::Text(std::str::from_utf8(text)?),
            other => return Err(format!("expected a number, found {}", other.data_type()).into()),
        };
        Ok(sortable(&decimal_from_numeric(stored, u16::try_from(integer_argument(context, 1)?)?)?))
    }
);
decimal_function!(TO_FLOAT, "nuages_decimal_to_float", 1, "A decimal as the nearest float.", |context| {
    finite(decimal_argument(context, 0)?.to_string().parse()?)
});
decimal_function!(
    TO_INTEGER,
    "nuages_decimal_to_integer",
    2,
    "A decimal as the nearest integer of 16, 32 or 64 bits, a half going away from zero.",
    |context| {
        let rounded = decimal_argument(context, 0)?.round(0, Rounding::HalfAwayFromZero);
        let Some(value) = rounded.to_scaled_i64(0) else {
            return Err("nuages: a number is out of range".into());
        };
        in_bits(value, text_argument(context, 1)?)
    }
);
decimal_function!(
    TEXT,
    "nuages_decimal_text",
    2,
    "A decimal's digits, with so many after the point.",
    |context| {
        let rounded =
            decimal_argument(context, 0)?.round(scale_argument(context, 1)?, Rounding::HalfAwayFromZero);
        let scale = scale_argument(context, 1)?;
        Ok(Value::Text(rounded.rescale(scale).unwrap_or(rounded).to_string()))
    }
);
decimal_function!(ADD, "nuages_decimal_add", 2, "The sum of two decimals.", |context| {
    result(arithmetic::add(&decimal_argument(context, 0)?, &decimal_argument(context, 1)?))
});
decimal_function!(SUBTRACT, "nuages_decimal_subtract", 2, "The difference of two decimals.", |context| {
    result(arithmetic::subtract(&decimal_argument(context, 0)?, &decimal_argument(context, 1)?))
});
decimal_function!(MULTIPLY, "nuages_decimal_multiply", 2, "The product of two decimals.", |context| {
    result(arithmetic::multiply(&decimal_argument(context, 0)?, &decimal_argument(context, 1)?))
});
decimal_function!(
    DIVIDE,
    "nuages_decimal_divide",
    3,
    "The quotient of two decimals with so many digits after the point; a division by zero is an error.",
    |context| {
        let scale = scale_argument(context, 2)?;
        result(arithmetic::divide(&decimal_argument(context, 0)?, &decimal_argument(context, 1)?, scale))
    }
);
decimal_function!(
    MODULO,
    "nuages_decimal_modulo",
    2,
    "What the division of two decimals leaves; a division by zero is an error.",
    |context| result(arithmetic::modulo(&decimal_argument(context, 0)?, &decimal_argument(context, 1)?))
);
decimal_function!(NEGATE, "nuages_decimal_negate", 1, "The decimal with the other sign.", |context| result(
    arithmetic::negate(&decimal_argument(context, 0)?)
));
decimal_function!(ABS, "nuages_decimal_abs", 1, "The decimal without its sign.", |context| {
    let value = decimal_argument(context, 0)?;
    result(if value.is_negative() { arithmetic::negate(&value) } else { Ok(value) })
});
decimal_function!(SIGN, "nuages_decimal_sign", 1, "-1, 0 or 1 as a decimal.", |context| {
    let value = decimal_argument(context, 0)?;
    let sign = i64::from(!value.is_zero()) * if value.is_negative() { -1 } else { 1 };
    Ok(sortable(&Decimal::from_scaled(sign, 0)))
});
decimal_function!(CEIL, "nuages_decimal_ceil", 1, "The nearest whole decimal not below it.", |context| {
    result(arithmetic::whole(&decimal_argument(context, 0)?, false))
});
decimal_function!(FLOOR, "nuages_decimal_floor", 1, "The nearest whole decimal not above it.", |context| {
    result(arithmetic::whole(&decimal_argument(context, 0)?, true))
});
decimal_function!(
    ROUND,
    "nuages_decimal_round",
    2,
    "The nearest decimal with so many digits after the point, or zeros before it, a half going away from zero.",
    |context| {
        let value = decimal_argument(context, 0)?;
        // More digits than a value has, before or after the point, change nothing any more.
        let digits = integer_argument(context, 1)?;
        let digits = i32::try_from(digits).map_err(|_| super::number::OUT_OF_RANGE)?;
        let digits = i64::from(digits).clamp(-MOST_DIGITS, MOST_DIGITS);
        if let Ok(scale) = u32::try_from(digits) {
            return Ok(sortable(&value.round(scale.min(value.scale()), Rounding::HalfAwayFromZero)));
        }
        let zeros = u32::try_from(-digits)?;
        let smaller =
            Decimal::from_digits(value.is_negative(), value.unscaled_digits(), value.scale() + zeros)
                .round(0, Rounding::HalfAwayFromZero);
        let larger = format!("{}{}", smaller.unscaled_digits(), "0".repeat(zeros as usize));
        Ok(sortable(&Decimal::from_digits(smaller.is_negative(), &larger, 0)))
    }
);
