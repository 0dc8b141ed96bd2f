//! `mod`: `%` as a function, and for floats too.

use super::{Function, Rule, Volatility, arithmetic, takes};
use crate::bind::types;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static MOD: Function = Function {
    name: "mod",
    doc: "What division leaves, with the sign of the dividend. Floats are divided by their decimal digits. Dividing by \
        zero is an error.",
    usage: "mod(a, b)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("mod(a, b)")) };
        let common = types::common(operands).map_err(|error| error.to_string())?;
        if common == LogicalType::Float {
            return Rule::strict(operands, vec![Some(LogicalType::Float); 2], LogicalType::Float);
        }
        (arithmetic::MODULO.types)(operands)
    },
    compile: |compiler, operands, result| {
        if *result != LogicalType::Float {
            return (arithmetic::MODULO.compile)(compiler, operands, result);
        }
        let (a, b) = (compiler.scalar(&operands[0])?, compiler.scalar(&operands[1])?);
        Ok(match compiler.dialect() {
            Dialect::Postgres => {
                let rest = Sql::call("mod", vec![Sql::cast(a, "numeric"), Sql::cast(b, "numeric")]);
                Sql::cast(rest, "float8")
            }
            Dialect::Sqlite => {
                let decimal = |value| Sql::call("nuages_decimal_of_float", vec![value]);
                let rest = Sql::call("nuages_decimal_modulo", vec![decimal(a), decimal(b)]);
                Sql::call("nuages_decimal_to_float", vec![rest])
            }
        })
    },
};
