//! `trunc`: the beginning of the year, month, hour … that a value is in.

use super::date_part::zone;
use super::{Function, Rule, Volatility, takes};
use crate::bind::{Scalar, Typed, types};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use crate::value::Value;

const DATE_UNITS: [&str; 8] = ["millennium", "century", "decade", "year", "quarter", "month", "week", "day"];
const TIME_UNITS: [&str; 5] = ["hour", "minute", "second", "millisecond", "microsecond"];

/// The unit, which is part of the statement: grouping by a truncation must see that it is the same everywhere.
fn unit(operand: &Typed) -> Option<&'static str> {
    let Scalar::Slot(Slot::Constant(Value::Text(given))) = &operand.scalar else { return None };
    DATE_UNITS.into_iter().chain(TIME_UNITS).find(|unit| unit == given)
}

pub(super) static TRUNC: Function = Function {
    name: "trunc",
    doc: "The beginning of the millennium, century, decade, year, quarter, month, week (from Monday), day, hour, minute, \
        second, millisecond or microsecond that a date, a time or a datetime is in; of a datetime the instant at which it begins in the time zone, the request's when \
        none is given.",
    usage: "trunc(value, 'month'), or trunc(datetime, 'month', zone)",
    volatility: Volatility::Stable,
    types: |operands| {
        let ([value, given] | [value, given, _]) = operands else {
            return Err(takes("trunc(value, 'month', zone)"));
        };
        let all = || DATE_UNITS.into_iter().chain(TIME_UNITS).collect::<Vec<_>>().join(", ");
        let unit = unit(given).ok_or_else(|| format!("the unit must be written down: {}", all()))?;
        let fits = match &value.logical {
            LogicalType::DateTime => true,
            LogicalType::Date => DATE_UNITS.contains(&unit),
            LogicalType::Time => TIME_UNITS.contains(&unit),
            other => {
                return Err(format!(
                    "a date, a time or a datetime is needed here, not {}",
                    types::type_name(other)
                ));
            }
        };
        if !fits {
            return Err(format!("{} has no {unit}", types::type_name(&value.logical)));
        }
        let mut wanted = vec![None, None];
        if operands.len() == 3 {
            if value.logical != LogicalType::DateTime {
                return Err(format!("{} has no time zone", types::type_name(&value.logical)));
            }
            wanted.push(Some(LogicalType::Text));
        }
        Rule::strict(operands, wanted, value.logical.clone())
    },
    compile: |compiler, operands, _| {
        let value = compiler.scalar(&operands[0])?;
        let Some(unit) = unit(&operands[1]) else {
            return Err(CompileError::Invalid("the unit of `trunc` must be written down".to_owned()));
        };
        let unit = Sql::Text(unit.to_owned());
        let mut with_zone = vec![operands[0].clone()];
        with_zone.extend(operands.get(2).cloned());
        Ok(match (compiler.dialect(), &operands[0].logical) {
            (Dialect::Postgres, LogicalType::DateTime) => {
                Sql::call("date_trunc", vec![unit, value, zone(compiler, &with_zone)?])
            }
            (Dialect::Postgres, LogicalType::Date) => {
                Sql::cast(Sql::call("date_trunc", vec![unit, Sql::cast(value, "timestamp")]), "date")
            }
            (Dialect::Postgres, _) => {
                Sql::cast(Sql::call("date_trunc", vec![unit, Sql::cast(value, "interval")]), "time")
            }
            (Dialect::Sqlite, _) => Sql::call("nuages_trunc", vec![value, unit, zone(compiler, &with_zone)?]),
        })
    },
};
