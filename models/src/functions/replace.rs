//! `replace`.

use super::{Function, Rule, Volatility, call, takes};
use crate::registry::LogicalType;

pub(super) static REPLACE: Function = Function {
    name: "replace",
    doc: "The text with another text in each place of a part; an empty part is nowhere.",
    usage: "replace(text, part, replacement)",
    volatility: Volatility::Immutable,
    types: |operands| {
        // Django's default replacement is the empty text; here it is written down.
        let [_, _, _] = operands else { return Err(takes("replace(text, part, replacement)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text); 3], LogicalType::Text)
    },
    compile: |compiler, operands, _| call(compiler, operands, "replace", "replace"),
};
