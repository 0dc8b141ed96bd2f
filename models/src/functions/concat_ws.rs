//! `concat_ws`.

use super::{Function, Rule, Volatility, call, takes};
use crate::bind::types;
use crate::registry::LogicalType;

pub(super) static CONCAT_WS: Function = Function {
    name: "concat_ws",
    doc: "The texts one after the other with a separator between them; NULLs are left out.",
    usage: "concat_ws(separator, a, b, …)",
    volatility: Volatility::Immutable,
    types: |operands| {
        if operands.len() < 2 {
            return Err(takes("concat_ws(separator, a, b, …)"));
        }
        for operand in operands {
            if operand.logical != LogicalType::Text && !types::is_flexible(operand) {
                let name = types::type_name(&operand.logical);
                return Err(format!("{name} is no text; convert it with cast(… as text)"));
            }
        }
        Ok(Rule {
            operands: vec![Some(LogicalType::Text); operands.len()],
            result: LogicalType::Text,
            nullable: operands[0].nullable,
        })
    },
    compile: |compiler, operands, _| call(compiler, operands, "concat_ws", "concat_ws"),
};
