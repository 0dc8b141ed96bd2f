//! Parts of dates and times, in a time zone: day, time of day, year, month and the rest, with Django's numbering; and of
//! durations, whose days have 24 hours and whose parts all have the duration's sign.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Scalar, Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;
use crate::value::Value;

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
        Some(given) => given_zone(compiler, given),
        None if operands[0].logical == LogicalType::DateTime => {
            let scalar = Scalar::Slot(Slot::TimeZone);
            let logical = LogicalType::Text;
            compiler.scalar(&Typed { scalar, logical, encoding: SqliteEncoding::Plain, nullable: false })
        }
        None => Ok(Sql::Text("UTC".to_owned())),
    }
}

/// A zone that is computed must be a name with an area, as `Europe/Berlin`, or UTC. PostgreSQL would take abbreviations too,
/// and whatever else reads as a rule of its own (`x1` is an hour behind), which no other database does. Zones that come with
/// a request are looked at before they come here.
fn given_zone(compiler: &mut Compiler<'_>, given: &Typed) -> Result<Sql, CompileError> {
    let zone = compiler.scalar(given)?;
    match &given.scalar {
        Scalar::Slot(Slot::Constant(Value::Text(name))) if jiff::tz::TimeZone::get(name).is_err() => {
            return Err(CompileError::Invalid("there is no such time zone".to_owned()));
        }
        Scalar::Slot(_) | Scalar::Null => return Ok(zone),
        _ => {}
    }
    let text = |text: &str| Sql::Text(text.to_owned());
    let position = match compiler.dialect() {
        Dialect::Postgres => "strpos",
        Dialect::Sqlite => "instr",
    };
    let upper = || Sql::call("upper", vec![zone.clone()]);
    let named = Sql::Or(vec![
        Sql::binary(Sql::call(position, vec![zone.clone(), text("/")]), ">", Sql::Integer(0)),
        Sql::binary(upper(), "=", text("UTC")),
        Sql::binary(upper(), "=", text("GMT")),
    ]);
    // What is no name is made one that there is not, so that it is the database that refuses it.
    let given = Sql::test(zone.clone(), "IS NOT NULL");
    Ok(Sql::Case { branches: vec![(named, zone), (given, text("no/such/zone"))], otherwise: None })
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
    if operands.len() == 2 && value.logical != LogicalType::DateTime {
        return Err(format!("{} has no time zone", types::type_name(&value.logical)));
    }
    let mut wanted = vec![None];
    wanted.extend(operands.get(1).map(|_| Some(LogicalType::Text)));
    Rule::strict(operands, wanted, result)
}

fn is_instant(logical: &LogicalType) -> bool {
    *logical == LogicalType::DateTime
}

fn has_days(logical: &LogicalType) -> bool {
    has_date(logical) || *logical == LogicalType::Duration
}

fn has_date(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::DateTime | LogicalType::Date)
}

fn has_time(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::DateTime | LogicalType::Time | LogicalType::Duration)
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

/// `extract` gives numeric; parts are whole numbers (seconds without their fraction, as Django has them), but for those with
/// digits after the point.
fn part(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    postgres: &'static str,
    name: &'static str,
    result: &LogicalType,
) -> Result<Sql, CompileError> {
    let is_duration = operands[0].logical == LogicalType::Duration;
    let scale = match result {
        LogicalType::Decimal { scale, .. } => Some(Sql::Integer(i64::from(*scale))),
        _ => None,
    };
    match compiler.dialect() {
        Dialect::Postgres => {
            let of = match name {
                // Seconds since 1970 are of the instant itself.
                "epoch" => compiler.scalar(&operands[0])?,
                _ if is_duration => Sql::call("justify_hours", vec![compiler.scalar(&operands[0])?]),
                _ => local(compiler, operands)?,
            };
            let extract = Sql::Extract { part: postgres, of: Box::new(of) };
            if let Some(scale) = scale {
                return Ok(Sql::call("round", vec![extract, scale]));
            }
            let whole = if name == "second" { Sql::call("trunc", vec![extract]) } else { extract };
            let number = Sql::cast(whole, "int8");
            // PostgreSQL counts days of the week from Sunday as 0, Django from Sunday as 1.
            Ok(if name == "week_day" { Sql::binary(number, "+", Sql::Integer(1)) } else { number })
        }
        Dialect::Sqlite => {
            let value = compiler.scalar(&operands[0])?;
            let name = Sql::Text(name.to_owned());
            let number = if is_duration {
                Sql::call("nuages_duration_part", vec![value, name])
            } else {
                let zone = match postgres {
                    "epoch" => Sql::Text("UTC".to_owned()),
                    _ => zone(compiler, operands)?,
                };
                Sql::call("nuages_date_part", vec![value, name, zone])
            };
            Ok(match scale {
                Some(scale) => Sql::call("nuages_decimal_scaled", vec![number, scale]),
                None => number,
            })
        }
    }
}

macro_rules! part_function {
    ($item:ident, $name:literal, $postgres:literal, $applies:ident, $needed:literal, $doc:literal) => {
        part_function!($item, $name, $postgres, $applies, $needed, LogicalType::Int32, $doc);
    };
    ($item:ident, $name:literal, $postgres:literal, $applies:ident, $needed:literal, $result:expr, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(value), or ", $name, "(datetime, zone)"),
            volatility: Volatility::Stable,
            types: |operands| rule(operands, $applies, $needed, $result),
            compile: |compiler, operands, result| part(compiler, operands, $postgres, $name, result),
        };
    };
}

part_function!(YEAR, "year", "year", has_date, "a date or datetime", "The year.");
part_function!(MONTH, "month", "month", has_date, "a date or datetime", "The month from 1 to 12.");
part_function!(
    DAY,
    "day",
    "day",
    has_days,
    "a date, a datetime or a duration",
    "The day of the month from 1; of a duration its days of 24 hours."
);
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
part_function!(HOUR, "hour", "hour", has_time, "a time, a datetime or a duration", "The hour from 0 to 23.");
part_function!(
    MINUTE,
    "minute",
    "minute",
    has_time,
    "a time, a datetime or a duration",
    "The minute from 0 to 59."
);
part_function!(
    SECOND,
    "second",
    "second",
    has_time,
    "a time, a datetime or a duration",
    "The second from 0 to 59, without its fraction."
);
part_function!(
    MILLISECOND,
    "millisecond",
    "milliseconds",
    has_time,
    "a time, a datetime or a duration",
    types::decimal_type(3),
    "The milliseconds since the minute began, with three digits after the point, as SQL's extract has them."
);
part_function!(
    MICROSECOND,
    "microsecond",
    "microseconds",
    has_time,
    "a time, a datetime or a duration",
    "The microseconds since the minute began, as SQL's extract has them."
);
part_function!(
    DECADE,
    "decade",
    "decade",
    has_date,
    "a date or datetime",
    "The year divided by ten, without what is left."
);
part_function!(
    CENTURY,
    "century",
    "century",
    has_date,
    "a date or datetime",
    "The century; the first begins with the year 1."
);
part_function!(
    MILLENNIUM,
    "millennium",
    "millennium",
    has_date,
    "a date or datetime",
    "The millennium; the first begins with the year 1."
);

pub(super) static EPOCH: Function = Function {
    name: "epoch",
    doc: "The seconds since 1970 began in UTC, or of a duration all of its seconds, with six digits after the point.",
    usage: "epoch(value)",
    volatility: Volatility::Immutable,
    types: |operands| match operands {
        [value] if has_days(&value.logical) => Rule::strict(operands, vec![None], types::decimal_type(6)),
        [value] => Err(format!(
            "a date, a datetime or a duration is needed here, not {}",
            types::type_name(&value.logical)
        )),
        _ => Err(takes("epoch(value)")),
    },
    compile: |compiler, operands, result| part(compiler, operands, "epoch", "epoch", result),
};
