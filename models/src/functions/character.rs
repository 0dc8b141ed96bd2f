//! `chr` and `ord`: characters and their code points.

use super::{Function, Rule, Volatility, call, small, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static CHR: Function = Function {
    name: "chr",
    doc: "The character of a code point; an error when there is none, and for U+0000.",
    usage: "chr(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("chr(number)")) };
        Rule::strict(operands, vec![Some(LogicalType::Int64)], LogicalType::Text)
    },
    compile: |compiler, operands, _| {
        let number = small(compiler, &operands[0])?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("chr", vec![number]),
            Dialect::Sqlite => Sql::call("nuages_chr", vec![number]),
        })
    },
};

pub(super) static ORD: Function = Function {
    name: "ord",
    doc: "The code point of the first character of a text; 0 for the empty text.",
    usage: "ord(text)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("ord(text)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Int32)
    },
    compile: |compiler, operands, _| call(compiler, operands, "ascii", "nuages_ord"),
};
