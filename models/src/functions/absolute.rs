//! `abs`.

use super::{Function, Rule, Volatility, call, takes};
use crate::bind::types;
use crate::registry::LogicalType;

pub(super) static ABS: Function = Function {
    name: "abs",
    doc: "The number without its sign.",
    usage: "abs(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [value] = operands else { return Err(takes("abs(number)")) };
        let Some(logical) = types::computed_number(&value.logical) else {
            return Err(format!("{} has no sign", types::type_name(&value.logical)));
        };
        Rule::strict(operands, vec![Some(logical.clone())], logical)
    },
    compile: |compiler, operands, result| {
        let sqlite = match result {
            LogicalType::Decimal { .. } => "nuages_decimal_abs",
            LogicalType::Float => "abs",
            _ => "nuages_abs",
        };
        call(compiler, operands, "abs", sqlite)
    },
};
