//! `repeat`.

use super::{Function, Rule, Volatility, small, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static REPEAT: Function = Function {
    name: "repeat",
    doc: "The text so many times; none at all is the empty text.",
    usage: "repeat(text, times)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("repeat(text, times)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text), Some(LogicalType::Int64)], LogicalType::Text)
    },
    compile: |compiler, operands, _| {
        let arguments = vec![compiler.scalar(&operands[0])?, small(compiler, &operands[1])?];
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("repeat", arguments),
            Dialect::Sqlite => Sql::call("nuages_repeat", arguments),
        })
    },
};
