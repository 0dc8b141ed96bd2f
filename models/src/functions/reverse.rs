//! `reverse`.

use super::{Function, Rule, Volatility, call, takes};
use crate::registry::LogicalType;

pub(super) static REVERSE: Function = Function {
    name: "reverse",
    doc: "The code points of a text in the opposite order.",
    usage: "reverse(text)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("reverse(text)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Text)
    },
    compile: |compiler, operands, _| call(compiler, operands, "reverse", "nuages_reverse"),
};
