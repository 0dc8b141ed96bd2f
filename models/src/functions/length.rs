//! `length`.

use super::{Function, Rule, Volatility, takes};
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static LENGTH: Function = Function {
    name: "length",
    doc: "The number of code points of a text.",
    usage: "length(text)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("length(text)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Int32)
    },
    compile: |compiler, operands, _| Ok(Sql::call("length", vec![compiler.scalar(&operands[0])?])),
};
