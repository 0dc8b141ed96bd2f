//! `concat` and `||`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::types;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static CONCAT: Function = Function {
    name: "concat",
    doc: "The texts one after the other; NULL counts as the empty text.",
    usage: "concat(a, b, …), or a || b",
    volatility: Volatility::Immutable,
    types: |operands| {
        if operands.is_empty() {
            return Err(takes("concat(a, b, …)"));
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
            nullable: false,
        })
    },
    compile: |compiler, operands, _| {
        let mut whole: Option<Sql> = None;
        for operand in operands {
            let part = compiler.scalar(operand)?;
            let part = if operand.nullable {
                Sql::call("coalesce", vec![part, Sql::Text(String::new())])
            } else {
                part
            };
            whole = Some(match whole {
                Some(before) => Sql::binary(before, "||", part),
                None => part,
            });
        }
        Ok(whole.unwrap_or(Sql::Text(String::new())))
    },
};
