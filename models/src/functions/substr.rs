//! `substr`.

use super::{Function, Rule, Volatility, small, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static SUBSTR: Function = Function {
    name: "substr",
    doc: "The part of a text from a position on, which counts from 1, of so many characters or to the end. \
        Positions before the first count too, so `substr('abc', 0, 2)` is `a`. A negative length is an error.",
    usage: "substr(text, start), or substr(text, start, length)",
    volatility: Volatility::Immutable,
    types: |operands| {
        if !matches!(operands.len(), 2 | 3) {
            return Err(takes("substr(text, start, length)"));
        }
        let mut wanted = vec![Some(LogicalType::Text)];
        wanted.resize(operands.len(), Some(LogicalType::Int64));
        Rule::strict(operands, wanted, LogicalType::Text)
    },
    compile: |compiler, operands, _| {
        let mut arguments = vec![compiler.scalar(&operands[0])?];
        for operand in &operands[1..] {
            arguments.push(small(compiler, operand)?);
        }
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("substr", arguments),
            Dialect::Sqlite => Sql::call("nuages_substr", arguments),
        })
    },
};
