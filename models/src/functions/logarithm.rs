//! `exp`, `ln`, `log`.

use super::{Function, Rule, Volatility, call, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static EXP: Function = Function {
    name: "exp",
    doc: "e to the power of the number, as a float.",
    usage: "exp(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("exp(number)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float)], LogicalType::Float)
    },
    compile: |compiler, operands, _| call(compiler, operands, "exp", "nuages_exp"),
};

pub(super) static LN: Function = Function {
    name: "ln",
    doc: "The natural logarithm, as a float; of zero and of negative numbers an error.",
    usage: "ln(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("ln(number)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float)], LogicalType::Float)
    },
    compile: |compiler, operands, _| call(compiler, operands, "ln", "nuages_ln"),
};

pub(super) static LOG: Function = Function {
    name: "log",
    doc: "The logarithm of the second number to the base of the first, as a float; of zero and of negative numbers an \
        error.",
    usage: "log(base, number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("log(base, number)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float); 2], LogicalType::Float)
    },
    compile: |compiler, operands, _| {
        let (base, number) = (compiler.scalar(&operands[0])?, compiler.scalar(&operands[1])?);
        Ok(match compiler.dialect() {
            // A whole logarithm comes out whole: the quotient of two floats may miss it.
            Dialect::Postgres => Sql::cast(
                Sql::call("log", vec![Sql::cast(base, "numeric"), Sql::cast(number, "numeric")]),
                "float8",
            ),
            Dialect::Sqlite => Sql::call("nuages_log", vec![base, number]),
        })
    },
};
