//! Parts of dates and times, in a time zone.

use super::number::OUT_OF_RANGE;
use super::{Failure, NativeFunction, integer_argument, text_argument};
use crate::value::sqlite::datetime_text;
use crate::value::write::{push_date, push_time};
use crate::value::{
    Civil, MICROS_PER_DAY, MIN_DAYS, civil_from_days, days_from_civil, parse_sqlite_date,
    parse_sqlite_datetime, parse_sqlite_time,
};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};
use rusqlite::functions::Context;
use rusqlite::types::Value;
use std::sync::Arc;

pub(super) const DATE_PART: NativeFunction = NativeFunction {
    name: "nuages_date_part",
    arity: 3,
    doc: "A part (by Django's name) of a date, a time, or an instant in a time zone.",
    call: |context| {
        let stored = text_argument(context, 0)?;
        let (days, micros) = if stored.len() == "YYYY-MM-DD".len() {
            (parse_sqlite_date(stored)?, 0)
        } else if stored.as_bytes().get(2) == Some(&b':') {
            (0, parse_sqlite_time(stored)?)
        } else {
            local(context, stored, 2)?
        };
        Ok(Value::Integer(part(text_argument(context, 1)?, days, micros)?))
    },
};

pub(super) const DURATION_PART: NativeFunction = NativeFunction {
    name: "nuages_duration_part",
    arity: 2,
    doc: "A part (by its name in expressions) of a duration in microseconds; each has the duration's sign.",
    call: |context| {
        let micros = integer_argument(context, 0)?;
        let seconds = micros / 1_000_000;
        Ok(Value::Integer(match text_argument(context, 1)? {
            "day" => micros / MICROS_PER_DAY,
            "hour" => seconds / 3600 % 24,
            "minute" => seconds / 60 % 60,
            "second" => seconds % 60,
            "millisecond" | "microsecond" => micros % 60_000_000,
            "epoch" => micros,
            other => return Err(format!("a duration has no part `{other}`").into()),
        }))
    },
};

pub(super) const DATE_IN: NativeFunction = NativeFunction {
    name: "nuages_date_in",
    arity: 2,
    doc: "The day of an instant in a time zone.",
    call: |context| {
        let (days, _) = local(context, text_argument(context, 0)?, 1)?;
        let mut text = Vec::new();
        push_date(&mut text, days);
        Ok(Value::Text(String::from_utf8(text)?))
    },
};

pub(super) const TIME_IN: NativeFunction = NativeFunction {
    name: "nuages_time_in",
    arity: 2,
    doc: "The time of day of an instant in a time zone.",
    call: |context| {
        let (_, micros) = local(context, text_argument(context, 0)?, 1)?;
        let mut text = Vec::new();
        push_time(&mut text, micros);
        Ok(Value::Text(String::from_utf8(text)?))
    },
};

pub(super) const DATETIME_ADD: NativeFunction = NativeFunction {
    name: "nuages_datetime_add",
    arity: 2,
    doc: "The instant so many microseconds later.",
    call: |context| {
        let instant = parse_sqlite_datetime(text_argument(context, 0)?)?;
        let later = instant.checked_add(integer_argument(context, 1)?);
        let text = later.and_then(|later| datetime_text(later).ok());
        Ok(Value::Text(text.ok_or(NO_DATE)?))
    },
};

pub(super) const DATETIME_DIFFERENCE: NativeFunction = NativeFunction {
    name: "nuages_datetime_difference",
    arity: 2,
    doc: "The microseconds from the second instant to the first.",
    call: |context| {
        let first = parse_sqlite_datetime(text_argument(context, 0)?)?;
        Ok(Value::Integer(first - parse_sqlite_datetime(text_argument(context, 1)?)?))
    },
};

pub(super) const TIME_DIFFERENCE: NativeFunction = NativeFunction {
    name: "nuages_time_difference",
    arity: 2,
    doc: "The microseconds from the second time of day to the first.",
    call: |context| {
        let first = parse_sqlite_time(text_argument(context, 0)?)?;
        Ok(Value::Integer(first - parse_sqlite_time(text_argument(context, 1)?)?))
    },
};

pub(super) const TRUNC: NativeFunction = NativeFunction {
    name: "nuages_trunc",
    arity: 3,
    doc: "The beginning of the unit that a date, a time, or an instant in a time zone is in.",
    call: |context| {
        let stored = text_argument(context, 0)?;
        let unit = text_argument(context, 1)?;
        let mut text = Vec::new();
        if stored.len() == "YYYY-MM-DD".len() {
            push_date(&mut text, first_day(unit, parse_sqlite_date(stored)?)?);
            return Ok(Value::Text(String::from_utf8(text)?));
        }
        if stored.as_bytes().get(2) == Some(&b':') {
            let micros = parse_sqlite_time(stored)?;
            push_time(&mut text, micros - micros % unit_micros(unit)?);
            return Ok(Value::Text(String::from_utf8(text)?));
        }
        let (days, micros) = local(context, stored, 2)?;
        let instant = parse_sqlite_datetime(stored)?;
        let begin = match unit_micros(unit) {
            // The hour goes on with the same offset, also where the clock shows it twice.
            Ok(micros_of_unit) => instant - micros % micros_of_unit,
            Err(_) => midnight(context, first_day(unit, days)?)?,
        };
        Ok(Value::Text(datetime_text(begin).map_err(|_| NO_DATE)?))
    },
};

pub(super) const ADD_MONTHS: NativeFunction = NativeFunction {
    name: "nuages_add_months",
    arity: 2,
    doc: "The date or instant so many months later; a day that the month lacks becomes its last.",
    call: |context| {
        let stored = text_argument(context, 0)?;
        let (date, time) = stored.split_at_checked("YYYY-MM-DD".len()).ok_or("expected a date")?;
        let Civil { year, month, day } = civil_from_days(parse_sqlite_date(date)?);
        let months = i64::from(i32::try_from(integer_argument(context, 1)?).map_err(|_| OUT_OF_RANGE)?);
        let total = i64::from(year) * 12 + i64::from(month) - 1 + months;
        let year = i32::try_from(total.div_euclid(12))?;
        if !(1..=9999).contains(&year) {
            return Err(NO_DATE.into());
        }
        let month = u32::try_from(total.rem_euclid(12))? + 1;
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let first = days_from_civil(year, month, 1);
        let last = days_from_civil(next_year, next_month, 1) - 1;
        let mut text = Vec::new();
        push_date(&mut text, (first + i32::try_from(day)? - 1).min(last));
        text.extend_from_slice(time.as_bytes());
        Ok(Value::Text(String::from_utf8(text)?))
    },
};

const NO_DATE: &str = "nuages: a date or time is out of range";

fn unit_micros(unit: &str) -> Result<i64, Failure> {
    match unit {
        "hour" => Ok(3_600_000_000),
        "minute" => Ok(60_000_000),
        "second" => Ok(1_000_000),
        "millisecond" => Ok(1_000),
        "microsecond" => Ok(1),
        other => Err(format!("a time has no unit `{other}`").into()),
    }
}

/// The first day of the unit that a day is in.
fn first_day(unit: &str, days: i32) -> Result<i32, Failure> {
    let Civil { year, month, .. } = civil_from_days(days);
    let first = match unit {
        "millennium" => days_from_civil((year - 1) / 1000 * 1000 + 1, 1, 1),
        "century" => days_from_civil((year - 1) / 100 * 100 + 1, 1, 1),
        "decade" => days_from_civil(year / 10 * 10, 1, 1),
        "year" => days_from_civil(year, 1, 1),
        "quarter" => days_from_civil(year, (month - 1) / 3 * 3 + 1, 1),
        "month" => days_from_civil(year, month, 1),
        // 1970-01-01 was a Thursday.
        "week" => days - (days + 3).rem_euclid(7),
        "day" => days,
        other => return Err(format!("a date has no unit `{other}`").into()),
    };
    if first < MIN_DAYS { Err(NO_DATE.into()) } else { Ok(first) }
}

/// The instant at which a day begins in the zone of the third argument. Where the clock skips midnight the offset before
/// counts, where it shows midnight twice the offset after, as PostgreSQL chooses.
fn midnight(context: &Context<'_>, days: i32) -> Result<i64, Failure> {
    let zone = zone(context, 2)?;
    let Civil { year, month, day } = civil_from_days(days);
    let date = jiff::civil::date(i16::try_from(year)?, i8::try_from(month)?, i8::try_from(day)?);
    let offset = match zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } => before,
        AmbiguousOffset::Fold { after, .. } => after,
    };
    Ok(i64::from(days) * MICROS_PER_DAY - i64::from(offset.seconds()) * 1_000_000)
}

/// The time zone that the n-th argument names.
fn zone(context: &Context<'_>, argument: i32) -> Result<Arc<TimeZone>, Failure> {
    context
        .get_or_create_aux(argument, |value| -> Result<TimeZone, Failure> {
            TimeZone::get(value.as_str()?).map_err(|_| "nuages: there is no such time zone".into())
        })
        .map_err(|error| error.to_string().into())
}

/// Day and microsecond of the day of an instant, in the zone of the n-th argument.
fn local(context: &Context<'_>, stored: &str, zone: i32) -> Result<(i32, i64), Failure> {
    let zone = self::zone(context, zone)?;
    let instant = parse_sqlite_datetime(stored)?;
    // The library's instants end a day before the year 9999 does, and begin before ours; rules do not change there.
    let seconds = instant.div_euclid(1_000_000);
    let known = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let offset = i64::from(zone.to_offset(Timestamp::from_second(known)?).seconds());
    let shifted = instant + offset * 1_000_000;
    Ok((i32::try_from(shifted.div_euclid(MICROS_PER_DAY))?, shifted.rem_euclid(MICROS_PER_DAY)))
}

fn part(name: &str, days: i32, micros: i64) -> Result<i64, Failure> {
    let Civil { year, month, day } = civil_from_days(days);
    // 1970-01-01 was a Thursday, the fourth day of the ISO week.
    let iso_week_day = (i64::from(days) + 3).rem_euclid(7) + 1;
    let seconds = micros / 1_000_000;
    Ok(match name {
        "year" => i64::from(year),
        "month" => i64::from(month),
        "day" => i64::from(day),
        "quarter" => (i64::from(month) + 2) / 3,
        "week_day" => iso_week_day % 7 + 1,
        "iso_week_day" => iso_week_day,
        "iso_year" => iso_week(days, iso_week_day).0,
        "week" => iso_week(days, iso_week_day).1,
        "day_of_year" => i64::from(days) - i64::from(days_from_civil(year, 1, 1)) + 1,
        "hour" => seconds / 3600,
        "minute" => seconds / 60 % 60,
        "second" => seconds % 60,
        "millisecond" | "microsecond" => micros % 60_000_000,
        "decade" => i64::from(year).div_euclid(10),
        "century" => (i64::from(year) + 99) / 100,
        "millennium" => (i64::from(year) + 999) / 1000,
        "epoch" => i64::from(days) * MICROS_PER_DAY + micros,
        other => return Err(format!("a date has no part `{other}`").into()),
    })
}

/// Year and number of the ISO 8601 week: both are those of the week's Thursday.
fn iso_week(days: i32, iso_week_day: i64) -> (i64, i64) {
    let thursday = i64::from(days) + 4 - iso_week_day;
    let year = civil_from_days(i32::try_from(thursday).unwrap_or(days)).year;
    let first = i64::from(days_from_civil(year, 1, 1));
    (i64::from(year), (thursday - first) / 7 + 1)
}
