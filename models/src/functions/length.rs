//! `length`.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static LENGTH: Function = Function {
    name: "length",
    doc: "The number of code points of a text, or of elements of a list.",
    usage: "length(text)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [value] = operands else { return Err(takes("length(text)")) };
        if matches!(value.logical, LogicalType::Array(_)) {
            return Rule::strict(operands, vec![None], LogicalType::Int32);
        }
        Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Int32)
    },
    compile: |compiler, operands, _| {
        let value = compiler.scalar(&operands[0])?;
        Ok(match (&operands[0].logical, compiler.dialect()) {
            (LogicalType::Array(_), Dialect::Sqlite) => Sql::call("json_array_length", vec![value]),
            (LogicalType::Array(_), Dialect::Postgres) => {
                // PostgreSQL gives an empty list no length.
                let length = Sql::call("array_length", vec![value.clone(), Sql::Integer(1)]);
                let whole = Sql::call("coalesce", vec![length, Sql::Integer(0)]);
                Sql::Case { branches: vec![(Sql::test(value, "IS NOT NULL"), whole)], otherwise: None }
            }
            _ => Sql::call("length", vec![value]),
        })
    },
};
