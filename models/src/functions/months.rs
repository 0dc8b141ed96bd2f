//! `add_months` and `age`: arithmetic of dates that operators do not have.

use super::{Function, Rule, Volatility, arithmetic, small, takes};
use crate::bind::types;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static ADD_MONTHS: Function = Function {
    name: "add_months",
    doc: "The date or the instant (in UTC) so many months later; a day that the month does not have becomes its last.",
    usage: "add_months(value, months)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [value, _] = operands else { return Err(takes("add_months(value, months)")) };
        if !matches!(value.logical, LogicalType::Date | LogicalType::DateTime) {
            return Err(format!(
                "a date or a datetime is needed here, not {}",
                types::type_name(&value.logical)
            ));
        }
        Rule::strict(operands, vec![None, Some(LogicalType::Int64)], value.logical.clone())
    },
    compile: |compiler, operands, result| {
        let (value, months) = (compiler.scalar(&operands[0])?, small(compiler, &operands[1])?);
        Ok(match compiler.dialect() {
            Dialect::Postgres => {
                let utc = || Sql::Text("UTC".to_owned());
                let interval = Sql::call("make_interval", vec![Sql::Integer(0), months]);
                if *result == LogicalType::Date {
                    return Ok(Sql::cast(Sql::binary(value, "+", interval), "date"));
                }
                let local = Sql::binary(value, "AT TIME ZONE", utc());
                Sql::binary(Sql::binary(local, "+", interval), "AT TIME ZONE", utc())
            }
            Dialect::Sqlite => Sql::call("nuages_add_months", vec![value, months]),
        })
    },
};

pub(super) static AGE: Function = Function {
    name: "age",
    doc: "The duration from the second date, time or datetime to the first: their difference.",
    usage: "age(a, b)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("age(a, b)")) };
        let rule = (arithmetic::SUBTRACT.types)(operands)?;
        if rule.result != LogicalType::Duration {
            return Err("two dates, times or datetimes are needed".to_owned());
        }
        Ok(rule)
    },
    compile: |compiler, operands, result| (arithmetic::SUBTRACT.compile)(compiler, operands, result),
};
