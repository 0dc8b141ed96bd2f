//! Parts of dates and times, in a time zone.

use super::{Failure, NativeFunction, integer_argument, text_argument};
use crate::value::sqlite::datetime_text;
use crate::value::write::{push_date, push_time};
use crate::value::{
    Civil, MICROS_PER_DAY, civil_from_days, days_from_civil, parse_sqlite_date, parse_sqlite_datetime,
    parse_sqlite_time,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::functions::Context;
use rusqlite::types::Value;

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
        Ok(Value::Text(text.ok_or("nuages: a date and time is in the years 0001 to 9999 in UTC")?))
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

/// Day and microsecond of the day of an instant, in the zone of the n-th argument.
fn local(context: &Context<'_>, stored: &str, zone: i32) -> Result<(i32, i64), Failure> {
    let zone = context.get_or_create_aux(zone, |value| -> Result<TimeZone, Failure> {
        Ok(TimeZone::get(value.as_str()?)?)
    })?;
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
        "hour" => seconds / 3600,
        "minute" => seconds / 60 % 60,
        "second" => seconds % 60,
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
