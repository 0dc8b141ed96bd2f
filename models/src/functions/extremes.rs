//! `greatest` and `least`. NULLs are left out, as PostgreSQL has it; SQLite's own are NULL when one value is.

use super::{Function, Rule, Volatility, call, takes};
use crate::bind::{Typed, types};
use crate::registry::LogicalType;

fn rule(operands: &[Typed], usage: &'static str) -> Result<Rule, String> {
    if operands.len() < 2 {
        return Err(takes(usage));
    }
    let common = types::common(operands).map_err(|error| error.to_string())?;
    let ordered = match &common {
        LogicalType::Boolean
        | LogicalType::Text
        | LogicalType::Date
        | LogicalType::Time
        | LogicalType::DateTime
        | LogicalType::Duration
        | LogicalType::Uuid => true,
        other => types::is_number(other),
    };
    if !ordered {
        return Err(format!("{} has no order that both databases share", types::type_name(&common)));
    }
    let nullable = operands.iter().all(|operand| operand.nullable);
    Ok(Rule { operands: vec![Some(common.clone()); operands.len()], result: common, nullable })
}

pub(super) static GREATEST: Function = Function {
    name: "greatest",
    doc: "The largest of the values that are not NULL.",
    usage: "greatest(a, b, …)",
    volatility: Volatility::Immutable,
    types: |operands| rule(operands, "greatest(a, b, …)"),
    compile: |compiler, operands, _| call(compiler, operands, "greatest", "nuages_greatest"),
};

pub(super) static LEAST: Function = Function {
    name: "least",
    doc: "The smallest of the values that are not NULL.",
    usage: "least(a, b, …)",
    volatility: Volatility::Immutable,
    types: |operands| rule(operands, "least(a, b, …)"),
    compile: |compiler, operands, _| call(compiler, operands, "least", "nuages_least"),
};
