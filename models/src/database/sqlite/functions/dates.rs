//! Parts of dates and times, and instants in a time zone.
//!
//! Zones come from the bundled IANA database, never from the machine, so that two servers agree.

use super::{FunctionError, NativeFunction, Volatility, text_argument};
use crate::value::write::{push_date, push_time};
use crate::value::{
    Civil, MAX_DAYS, MICROS_PER_DAY, MIN_DAYS, ValueError, civil_from_days, days_from_civil,
    parse_sqlite_date, parse_sqlite_datetime, parse_sqlite_time,
};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use rusqlite::functions::Context;
use rusqlite::types::Value;
use std::sync::Arc;

pub(super) static FUNCTIONS: &[NativeFunction] = &[
    NativeFunction {
        name: "nuages_date_part",
        arguments: &["datetime", "part", "zone"],
        doc: "A part of an instant (UTC text) as the clocks of the zone show it: year, month, day, quarter, week (ISO \
              8601), week_day (Django's: Sunday is 1, Saturday 7), iso_week_day (Monday is 1, Sunday 7), iso_year, \
              hour, minute, second (without its fraction).",
        volatility: Volatility::Immutable,
        example: "'2024-06-15 12:00:00', 'hour', 'Europe/Berlin'",
        body: |context| {
            let (days, time) = local(context, 2)?;
            let part = text_argument(context, 1)?;
            date_part(days, &part)
                .or_else(|| time_part(time, &part))
                .ok_or_else(|| FunctionError::Part(part.into_owned()))
        },
    },
    NativeFunction {
        name: "nuages_part_of_date",
        arguments: &["date", "part"],
        doc: "A part of a date: those of nuages_date_part but hour, minute and second.",
        volatility: Volatility::Immutable,
        example: "'2024-06-15', 'week_day'",
        body: |context| {
            let days = parse_sqlite_date(&text_argument(context, 0)?)?;
            let part = text_argument(context, 1)?;
            date_part(days, &part).ok_or_else(|| FunctionError::Part(part.into_owned()))
        },
    },
    NativeFunction {
        name: "nuages_part_of_time",
        arguments: &["time", "part"],
        doc: "A part of a time of day: hour, minute, or second (without its fraction).",
        volatility: Volatility::Immutable,
        example: "'12:34:56.789000', 'second'",
        body: |context| {
            let time = parse_sqlite_time(&text_argument(context, 0)?)?;
            let part = text_argument(context, 1)?;
            time_part(time, &part).ok_or_else(|| FunctionError::Part(part.into_owned()))
        },
    },
    NativeFunction {
        name: "nuages_date_in",
        arguments: &["datetime", "zone"],
        doc: "The date (YYYY-MM-DD) of an instant (UTC text) in the zone. An error outside of the years 0001 to 9999.",
        volatility: Volatility::Immutable,
        example: "'2024-06-15 23:00:00', 'Asia/Kathmandu'",
        body: |context| {
            let (days, _) = local(context, 1)?;
            if !(MIN_DAYS..=MAX_DAYS).contains(&days) {
                let found = text_argument(context, 0)?;
                return Err(ValueError::out_of_range("a date is in the years 0001 to 9999", &found).into());
            }
            Ok(written(|out| push_date(out, days)))
        },
    },
    NativeFunction {
        name: "nuages_time_in",
        arguments: &["datetime", "zone"],
        doc: "The time of day (HH:MM:SS, with six fraction digits when they are not zero) of an instant (UTC text) \
              in the zone.",
        volatility: Volatility::Immutable,
        example: "'2024-06-15 23:00:00.500000', 'Asia/Kathmandu'",
        body: |context| {
            let (_, time) = local(context, 1)?;
            Ok(written(|out| push_time(out, time)))
        },
    },
];

/// Days since 1970-01-01 and microseconds since midnight that the zone's clocks show at the instant of the first
/// argument. The zone is the argument at `zone_index`.
fn local(context: &Context<'_>, zone_index: usize) -> Result<(i32, i64), FunctionError> {
    let micros = parse_sqlite_datetime(&text_argument(context, 0)?)?;
    let zone = zone(context, zone_index)?;
    // The last hours of year 9999 are beyond jiff's instants; no zone has a change there.
    let instant = Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    });
    let local = micros + i64::from(zone.to_offset(instant).seconds()) * 1_000_000;
    Ok((local.div_euclid(MICROS_PER_DAY) as i32, local.rem_euclid(MICROS_PER_DAY)))
}

/// The zone of an argument, looked up once a statement.
fn zone(context: &Context<'_>, index: usize) -> Result<Arc<TimeZone>, FunctionError> {
    let position = index as i32;
    if let Some(zone) = context.get_aux::<TimeZone>(position)? {
        return Ok(zone);
    }
    let name = text_argument(context, index)?;
    let found = TimeZoneDatabase::bundled().get(&name).map_err(|_| FunctionError::Zone(name.into_owned()))?;
    Ok(context.set_aux(position, found)?)
}

fn date_part(days: i32, part: &str) -> Option<Value> {
    let Civil { year, month, day } = civil_from_days(days);
    // 1970-01-01 was a Thursday; Monday is 0 here.
    let week_day = (days + 3).rem_euclid(7);
    // An ISO week belongs to the year of its Thursday.
    let thursday = days - week_day + 3;
    let iso_year = civil_from_days(thursday).year;
    Some(Value::Integer(match part {
        "year" => i64::from(year),
        "month" => i64::from(month),
        "day" => i64::from(day),
        "quarter" => i64::from(month.div_ceil(3)),
        "week" => i64::from((thursday - days_from_civil(iso_year, 1, 1)) / 7 + 1),
        "week_day" => i64::from((week_day + 1) % 7 + 1),
        "iso_week_day" => i64::from(week_day + 1),
        "iso_year" => i64::from(iso_year),
        _ => return None,
    }))
}

fn time_part(micros: i64, part: &str) -> Option<Value> {
    let seconds = micros / 1_000_000;
    Some(Value::Integer(match part {
        "hour" => seconds / 3600,
        "minute" => seconds / 60 % 60,
        "second" => seconds % 60,
        _ => return None,
    }))
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut out = Vec::with_capacity(16);
    write(&mut out);
    Value::Text(String::from_utf8_lossy(&out).into_owned())
}
