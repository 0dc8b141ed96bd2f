//! `power` (`^`) and `sqrt`.

use super::{Function, Rule, Volatility, call, takes};
use crate::registry::LogicalType;

pub(super) static POWER: Function = Function {
    name: "power",
    doc: "The first number to the power of the second, as a float. A fractional power of a negative number and a \
        negative power of zero are errors.",
    usage: "power(a, b), or a ^ b",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("power(a, b)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float); 2], LogicalType::Float)
    },
    compile: |compiler, operands, _| call(compiler, operands, "power", "nuages_power"),
};

pub(super) static SQRT: Function = Function {
    name: "sqrt",
    doc: "The square root, as a float; of a negative number an error.",
    usage: "sqrt(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("sqrt(number)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float)], LogicalType::Float)
    },
    compile: |compiler, operands, _| call(compiler, operands, "sqrt", "nuages_sqrt"),
};
