//! `coalesce`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::types;
use crate::sql::Sql;

pub(super) static COALESCE: Function = Function {
    name: "coalesce",
    doc: "The first value that is not NULL.",
    usage: "coalesce(a, b, …)",
    volatility: Volatility::Immutable,
    types: |operands| {
        if operands.len() < 2 {
            return Err(takes("coalesce(a, b, …)"));
        }
        let common = types::common(operands).map_err(|error| error.to_string())?;
        let nullable = operands.iter().all(|operand| operand.nullable);
        Ok(Rule { operands: vec![Some(common.clone()); operands.len()], result: common, nullable })
    },
    compile: |compiler, operands, _| {
        let values = operands.iter().map(|operand| compiler.scalar(operand)).collect::<Result<_, _>>()?;
        Ok(Sql::call("coalesce", values))
    },
};
