//! `slice`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Scalar, Typed};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use crate::value::Value;

const USAGE: &str = "slice(list, from, to)";

pub(super) static SLICE: Function = Function {
    name: "slice",
    doc: "The elements of a list from a position, which counts from 0, up to another, which is left out.",
    usage: USAGE,
    volatility: Volatility::Immutable,
    types: |operands| match operands {
        [list, from, to] if position(from).is_some() && position(to).is_some() => match &list.logical {
            LogicalType::Array(_) => Rule::strict(operands, vec![None; 3], list.logical.clone()),
            _ => Err(takes(USAGE)),
        },
        _ => Err(format!("{}; the positions are written down", takes(USAGE))),
    },
    compile: |compiler, operands, _| {
        let list = compiler.scalar(&operands[0])?;
        let (Some(from), Some(to)) = (position(&operands[1]), position(&operands[2])) else {
            return Err(CompileError::Invalid(takes(USAGE)));
        };
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::Slice { of: Box::new(list), from: from + 1, to },
            Dialect::Sqlite => {
                Sql::call("nuages_json_slice", vec![list, Sql::Integer(from.into()), Sql::Integer(to.into())])
            }
        })
    },
};

fn position(operand: &Typed) -> Option<u32> {
    match &operand.scalar {
        // So that the one after it is a position too.
        Scalar::Slot(Slot::Constant(Value::Int(position))) => {
            i32::try_from(*position).ok().and_then(|position| u32::try_from(position).ok())
        }
        _ => None,
    }
}
