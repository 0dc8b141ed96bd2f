//! `sign`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::types;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static SIGN: Function = Function {
    name: "sign",
    doc: "-1, 0 or 1, in the type of the number.",
    usage: "sign(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [value] = operands else { return Err(takes("sign(number)")) };
        let Some(logical) = types::computed_number(&value.logical) else {
            return Err(format!("{} has no sign", types::type_name(&value.logical)));
        };
        let result = match &logical {
            LogicalType::Decimal { .. } => types::decimal_type(0),
            other => other.clone(),
        };
        Rule::strict(operands, vec![Some(logical)], result)
    },
    compile: |compiler, operands, result| {
        let value = compiler.scalar(&operands[0])?;
        Ok(match (compiler.dialect(), result) {
            (Dialect::Postgres, LogicalType::Int64) => Sql::cast(Sql::call("sign", vec![value]), "int8"),
            (Dialect::Postgres, _) => Sql::call("sign", vec![value]),
            (Dialect::Sqlite, LogicalType::Decimal { .. }) => Sql::call("nuages_decimal_sign", vec![value]),
            (Dialect::Sqlite, LogicalType::Float) => Sql::cast(Sql::call("sign", vec![value]), "REAL"),
            (Dialect::Sqlite, _) => Sql::call("sign", vec![value]),
        })
    },
};
