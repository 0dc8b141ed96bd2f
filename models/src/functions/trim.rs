//! `trim`, `ltrim`, `rtrim`. Both databases have them with one meaning: the second argument is a set of characters.

use super::{Function, Rule, Volatility, call, takes};
use crate::registry::LogicalType;

macro_rules! trim_function {
    ($item:ident, $name:literal, $postgres:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(text), or ", $name, "(text, characters)"),
            volatility: Volatility::Immutable,
            types: |operands| {
                if !matches!(operands.len(), 1 | 2) {
                    return Err(takes(concat!($name, "(text, characters)")));
                }
                Rule::strict(operands, vec![Some(LogicalType::Text); operands.len()], LogicalType::Text)
            },
            compile: |compiler, operands, _| call(compiler, operands, $postgres, $name),
        };
    };
}

trim_function!(
    TRIM,
    "trim",
    "btrim",
    "The text without spaces, or without the given characters, at both ends."
);
trim_function!(
    LTRIM,
    "ltrim",
    "ltrim",
    "The text without spaces, or without the given characters, at its beginning."
);
trim_function!(
    RTRIM,
    "rtrim",
    "rtrim",
    "The text without spaces, or without the given characters, at its end."
);
