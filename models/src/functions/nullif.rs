//! `nullif`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::types;
use crate::sql::Sql;

pub(super) static NULLIF: Function = Function {
    name: "nullif",
    doc: "The first value, or NULL when it is equal to the second.",
    usage: "nullif(a, b)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("nullif(a, b)")) };
        let common = types::common(operands).map_err(|error| error.to_string())?;
        Ok(Rule { operands: vec![Some(common.clone()); 2], result: common, nullable: true })
    },
    compile: |compiler, operands, _| {
        let values = operands.iter().map(|operand| compiler.scalar(operand)).collect::<Result<_, _>>()?;
        Ok(Sql::call("nullif", values))
    },
};
