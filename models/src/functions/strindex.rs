//! `strindex`.

use super::{Function, Rule, Volatility, call, takes};
use crate::registry::LogicalType;

pub(super) static STRINDEX: Function = Function {
    name: "strindex",
    doc: "The position of the first place of a part in a text, from 1; 0 when there is none.",
    usage: "strindex(text, part)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("strindex(text, part)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text); 2], LogicalType::Int32)
    },
    compile: |compiler, operands, _| call(compiler, operands, "strpos", "instr"),
};
