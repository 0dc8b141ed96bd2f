//! Parts of dates and times, in a time zone: day, time of day, year, month and the rest, with Django's numbering.

use super::{Function, Rule, Volatility};
use crate::bind::{Scalar, Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;

/// The instant's local date and time in the zone of the argument, on PostgreSQL.
pub(super) fn local(compiler: &mut Compiler<'_>, operands: &[Typed]) -> Result<Sql, CompileError> {
    let value = compiler.scalar(&operands[0])?;
    if operands[0].logical != LogicalType::DateTime {
        return Ok(value);
    }
    let zone = zone(compiler, operands)?;
    Ok(Sql::binary(value, "AT TIME ZONE", zone))
}

/// The time zone that is given, else the request's. What is no instant has none.
pub(super) fn zone(compiler: &mut Compiler<'_>, operands: &[Typed]) -> Result<Sql, CompileError> {
    match operands.get(1) {
        Some(zone) => compiler.scalar(zone),
        None if operands[0].logical == LogicalType::DateTime => {
            let scalar = Scalar::Slot(Slot::TimeZone);
            let logical = LogicalType::Text;
            compiler.scalar(&Typed { scalar, logical, encoding: SqliteEncoding::Plain, nullable: false })
        }
        None => Ok(Sql::Text("UTC".to_owned())),
    }
}

/// A value of a date, a time or an instant; the last may be followed by a time zone.
fn rule(
    operands: &[Typed],
    applies: fn(&LogicalType) -> bool,
    needed: &str,
    result: LogicalType,
) -> Result<Rule, String> {
    let (Some(value), true) = (operands.first(), operands.len() <= 2) else {
        return Err("write it with a value, and a time zone where it is an instant's".to_owned());
    };
    if !applies(&value.logical) {
        return Err(format!("{needed} is needed here, not {}", types::type_name(&value.logical)));
    }
    let mut wanted = vec![None];
    wanted.extend(operands.get(1).map(|_| Some(LogicalType::Text)));
    Rule::strict(operands, wanted, result)
}

fn is_instant(logical: &LogicalType) -> bool {
    *logical == LogicalType::DateTime
}

fn has_date(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::DateTime | LogicalType::Date)
}

fn has_time(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::DateTime | LogicalType::Time)
}

macro_rules! instant {
    ($item:ident, $name:literal, $result:ident, $postgres:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(datetime), or ", $name, "(datetime, zone)"),
            volatility: Volatility::Stable,
            types: |operands| rule(operands, is_instant, "a datetime", LogicalType::$result),
            compile: |compiler, operands, _| match compiler.dialect() {
                Dialect::Postgres => Ok(Sql::cast(local(compiler, operands)?, $postgres)),
                Dialect::Sqlite => {
                    let value = compiler.scalar(&operands[0])?;
                    let zone = zone(compiler, operands)?;
                    Ok(Sql::call($sqlite, vec![value, zone]))
                }
            },
        };
    };
}

instant!(DATE, "date", Date, "date", "nuages_date_in", "The day of an instant in a time zone.");
instant!(TIME, "time", Time, "time", "nuages_time_in", "The time of day of an instant in a time zone.");

/// `extract` gives numeric; parts are whole numbers (seconds without their fraction, as Django has them).
fn part(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    postgres: &'static str,
    name: &'static str,
) -> Result<Sql, CompileError> {
    match compiler.dialect() {
        Dialect::Postgres => {
            let extract = Sql::Extract { part: postgres, of: Box::new(local(compiler, operands)?) };
            let whole = if name == "second" { Sql::call("trunc", vec![extract]) } else { extract };
            let number = Sql::cast(whole, "int8");
            // PostgreSQL counts days of the week from Sunday as 0, Django from Sunday as 1.
            Ok(if name == "week_day" { Sql::binary(number, "+", Sql::Integer(1)) } else { number })
        }
        Dialect::Sqlite => {
            let value = compiler.scalar(&operands[0])?;
            let zone = zone(compiler, operands)?;
            Ok(Sql::call("nuages_date_part", vec![value, Sql::Text(name.to_owned()), zone]))
        }
    }
}

macro_rules! part_function {
    ($item:ident, $name:literal, $postgres:literal, $applies:ident, $needed:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(value), or ", $name, "(datetime, zone)"),
            volatility: Volatility::Stable,
            types: |operands| rule(operands, $applies, $needed, LogicalType::Int32),
            compile: |compiler, operands, _| part(compiler, operands, $postgres, $name),
        };
    };
}

part_function!(YEAR, "year", "year", has_date, "a date or datetime", "The year.");
part_function!(MONTH, "month", "month", has_date, "a date or datetime", "The month from 1 to 12.");
part_function!(DAY, "day", "day", has_date, "a date or datetime", "The day of the month from 1.");
part_function!(
    WEEK,
    "week",
    "week",
    has_date,
    "a date or datetime",
    "The ISO 8601 week of the year from 1 to 53."
);
part_function!(
    WEEK_DAY,
    "week_day",
    "dow",
    has_date,
    "a date or datetime",
    "The day of the week, Sunday is 1."
);
part_function!(
    ISO_WEEK_DAY,
    "iso_week_day",
    "isodow",
    has_date,
    "a date or datetime",
    "The day of the week, Monday is 1."
);
part_function!(
    ISO_YEAR,
    "iso_year",
    "isoyear",
    has_date,
    "a date or datetime",
    "The year that the ISO 8601 week belongs to."
);
part_function!(QUARTER, "quarter", "quarter", has_date, "a date or datetime", "The quarter from 1 to 4.");
part_function!(
    DAY_OF_YEAR,
    "day_of_year",
    "doy",
    has_date,
    "a date or datetime",
    "The day of the year from 1."
);
part_function!(HOUR, "hour", "hour", has_time, "a time or datetime", "The hour from 0 to 23.");
part_function!(MINUTE, "minute", "minute", has_time, "a time or datetime", "The minute from 0 to 59.");
part_function!(
    SECOND,
    "second",
    "second",
    has_time,
    "a time or datetime",
    "The second from 0 to 59, without its fraction."
);
