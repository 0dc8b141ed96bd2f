//! `element`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Scalar, Typed};
use crate::compile::{type_of, word};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::registry::LogicalType;
use crate::sql::Sql;
use crate::value::Value;

const USAGE: &str = "element(list, position, …)";

pub(super) static ELEMENT: Function = Function {
    name: "element",
    doc: "The element of a list at a position from 0, of a list of lists at several; NULL when there is none.",
    usage: USAGE,
    volatility: Volatility::Immutable,
    types: |operands| {
        let Some((list, positions)) = operands.split_first().filter(|(_, positions)| !positions.is_empty())
        else {
            return Err(takes(USAGE));
        };
        let mut result = list.logical.clone();
        for at in positions {
            let (LogicalType::Array(element), true) = (result, position(at).is_some()) else {
                return Err(takes(USAGE));
            };
            result = *element;
        }
        if matches!(result, LogicalType::Array(_)) {
            return Err(
                "a list inside of a list is no value of its own; say which of its elements".to_owned()
            );
        }
        Ok(Rule { operands: vec![None; operands.len()], result, nullable: true })
    },
    compile: |compiler, operands, result| {
        let list = compiler.scalar(&operands[0])?;
        let positions: Vec<String> =
            operands[1..].iter().filter_map(position).map(|position| position.to_string()).collect();
        Ok(match compiler.dialect() {
            Dialect::Postgres => {
                // Lists of lists are one array there, which has no elements that are lists.
                let path = Sql::cast(Sql::Text(format!("{{{}}}", positions.join(","))), "text[]");
                if *result == LogicalType::Json {
                    return Ok(Sql::binary(Sql::call("to_jsonb", vec![list]), "#>", path));
                }
                Sql::cast(Sql::binary(Sql::call("to_jsonb", vec![list]), "#>>", path), type_of(result))
            }
            Dialect::Sqlite => {
                if *result == LogicalType::Json {
                    let path = format!("[{}]", positions.join(","));
                    return Ok(Sql::call("nuages_json_get", vec![list, Sql::Text(path)]));
                }
                let path = format!("$[{}]", positions.join("]["));
                let element = Sql::call("json_extract", vec![list, Sql::Text(path)]);
                // A list holds its elements as the API writes them, and a value is held as a column holds it.
                match result {
                    LogicalType::Decimal { .. } => Sql::call("nuages_decimal_of_text", vec![element]),
                    LogicalType::Float => Sql::cast(element, "REAL"),
                    LogicalType::Time
                    | LogicalType::DateTime
                    | LogicalType::Duration
                    | LogicalType::Uuid
                    | LogicalType::Binary => {
                        Sql::call("nuages_cast_text", vec![element, Sql::Text(word(result).to_owned())])
                    }
                    _ => element,
                }
            }
        })
    },
};

fn position(operand: &Typed) -> Option<u32> {
    match &operand.scalar {
        Scalar::Slot(Slot::Constant(Value::Int(position))) => u32::try_from(*position).ok(),
        _ => None,
    }
}
