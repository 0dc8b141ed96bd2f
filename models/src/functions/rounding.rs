//! `ceil`, `floor`, `round`.

use super::{Function, Rule, Volatility, small, takes};
use crate::bind::{Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn number(value: &Typed) -> Result<LogicalType, String> {
    types::computed_number(&value.logical)
        .ok_or_else(|| format!("{} cannot be rounded", types::type_name(&value.logical)))
}

/// A whole number: of a decimal one without digits after the point.
fn whole_rule(operands: &[Typed], usage: &'static str) -> Result<Rule, String> {
    let [value] = operands else { return Err(takes(usage)) };
    let logical = number(value)?;
    let result = match &logical {
        LogicalType::Decimal { .. } => types::decimal_type(0),
        other => other.clone(),
    };
    Rule::strict(operands, vec![Some(logical)], result)
}

fn whole(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    name: &'static str,
    of_float: &'static str,
    of_decimal: &'static str,
) -> Result<Sql, CompileError> {
    let value = compiler.scalar(&operands[0])?;
    Ok(match (compiler.dialect(), &operands[0].logical) {
        (Dialect::Postgres, LogicalType::Decimal { .. } | LogicalType::Float) => Sql::call(name, vec![value]),
        (Dialect::Sqlite, LogicalType::Float) => Sql::call(of_float, vec![value]),
        (Dialect::Sqlite, LogicalType::Decimal { .. }) => Sql::call(of_decimal, vec![value]),
        _ => value,
    })
}

pub(super) static CEIL: Function = Function {
    name: "ceil",
    doc: "The nearest whole number that is not smaller.",
    usage: "ceil(number)",
    volatility: Volatility::Immutable,
    types: |operands| whole_rule(operands, "ceil(number)"),
    compile: |compiler, operands, _| whole(compiler, operands, "ceil", "nuages_ceil", "nuages_decimal_ceil"),
};

pub(super) static FLOOR: Function = Function {
    name: "floor",
    doc: "The nearest whole number that is not larger.",
    usage: "floor(number)",
    volatility: Volatility::Immutable,
    types: |operands| whole_rule(operands, "floor(number)"),
    compile: |compiler, operands, _| {
        whole(compiler, operands, "floor", "nuages_floor", "nuages_decimal_floor")
    },
};

pub(super) static ROUND: Function = Function {
    name: "round",
    doc: "The nearest number with so many digits after the point, none when no number is given, in the type of the \
        number. Negative digits round before the point. A half goes away from zero; of a float without digits to the \
        even neighbour, and with digits the float is rounded by its decimal digits.",
    usage: "round(number), or round(number, digits)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let (Some(value), true) = (operands.first(), operands.len() <= 2) else {
            return Err(takes("round(number, digits)"));
        };
        let logical = number(value)?;
        let mut wanted = vec![Some(logical.clone())];
        wanted.extend(operands.get(1).map(|_| Some(LogicalType::Int64)));
        Rule::strict(operands, wanted, logical)
    },
    compile: |compiler, operands, result| {
        let value = compiler.scalar(&operands[0])?;
        let digits = match operands.get(1) {
            Some(digits) => Some(small(compiler, digits)?),
            None => None,
        };
        Ok(match compiler.dialect() {
            Dialect::Postgres => match (result, digits) {
                (LogicalType::Decimal { .. } | LogicalType::Float, None) => Sql::call("round", vec![value]),
                (LogicalType::Decimal { .. }, Some(digits)) => Sql::call("round", vec![value, digits]),
                (_, None) => value,
                (other, Some(digits)) => {
                    let rounded = Sql::call("round", vec![Sql::cast(value, "numeric"), digits]);
                    Sql::cast(rounded, if *other == LogicalType::Float { "float8" } else { "int8" })
                }
            },
            Dialect::Sqlite => match (result, digits) {
                (LogicalType::Float, None) => Sql::call("nuages_round", vec![value]),
                (LogicalType::Float, Some(digits)) => {
                    let decimal = Sql::call("nuages_decimal_of_float", vec![value]);
                    let rounded = Sql::call("nuages_decimal_round", vec![decimal, digits]);
                    Sql::call("nuages_decimal_to_float", vec![rounded])
                }
                (LogicalType::Decimal { .. }, digits) => {
                    Sql::call("nuages_decimal_round", vec![value, digits.unwrap_or(Sql::Integer(0))])
                }
                (_, None) => value,
                (_, Some(digits)) => {
                    let rounded = Sql::call("nuages_decimal_round", vec![value, digits]);
                    Sql::call("nuages_decimal_to_integer", vec![rounded, Sql::Text("64".to_owned())])
                }
            },
        })
    },
};
