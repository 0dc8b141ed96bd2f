//! Literals of model files as values of logical types, in the canonical JSON form that the registry holds.
//!
//! Decimals are text with all their places (`"1.50"`), moments are RFC 3339 in UTC, durations ISO 8601, UUIDs
//! hyphenated, bytes base64, ranges `{"lower": …, "upper": …}` where the upper bound is outside and an absent
//! bound is open.

use super::tree::{Table, Value};
use crate::registry::{LogicalType, RangeBound};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde_json::{Map, Value as Json};
use std::cmp::Ordering;
use std::net::IpAddr;

/// The literal as a value of the type.
///
/// # Errors
/// What is wrong with it, to stand after "because": `it is a text, not an integer`.
pub(super) fn check(logical: &LogicalType, value: &Value) -> Result<Json, String> {
    match logical {
        LogicalType::Boolean => match value {
            Value::Boolean(flag) => Ok(Json::Bool(*flag)),
            _ => Err(not(value, "true or false")),
        },
        LogicalType::Int16 => integer(value, i64::from(i16::MIN), i64::from(i16::MAX)),
        LogicalType::Int32 => integer(value, i64::from(i32::MIN), i64::from(i32::MAX)),
        LogicalType::Int64 => integer(value, i64::MIN, i64::MAX),
        LogicalType::Float => float(value),
        LogicalType::Decimal { digits, scale } => {
            decimal(value, usize::from(*digits), Some(usize::from(*scale))).map(Json::String)
        }
        LogicalType::Text | LogicalType::Encrypted(_) => match value {
            Value::Text(text) if text.contains('\0') => Err("text cannot have U+0000".to_owned()),
            Value::Text(text) => Ok(Json::String(text.clone())),
            _ => Err(not(value, "a text")),
        },
        LogicalType::Date => date(moment(value, "a date such as \"2024-12-31\"")?).map(Json::String),
        LogicalType::Time => time(moment(value, "a time such as \"23:59:59\"")?).map(Json::String),
        LogicalType::DateTime => {
            datetime(moment(value, "a datetime such as \"2024-12-31T23:59:59Z\"")?).map(Json::String)
        }
        LogicalType::Duration => duration(moment(value, "a duration such as \"PT1H30M\"")?).map(Json::String),
        LogicalType::Uuid => {
            let text = moment(value, "a UUID")?;
            let uuid = uuid::Uuid::parse_str(text).map_err(|_| format!("`{text}` is not a UUID"))?;
            Ok(Json::String(uuid.hyphenated().to_string()))
        }
        LogicalType::Json => json(value),
        LogicalType::Binary => {
            let text = moment(value, "bytes as base64 text")?;
            let bytes = BASE64.decode(text).map_err(|_| format!("`{text}` is not base64"))?;
            Ok(Json::String(BASE64.encode(bytes)))
        }
        LogicalType::IpAddress => {
            let text = moment(value, "an IP address")?;
            let address: IpAddr = text.parse().map_err(|_| format!("`{text}` is not an IP address"))?;
            Ok(Json::String(address.to_string()))
        }
        LogicalType::Array(items) => match value {
            Value::List(values) => values
                .iter()
                .map(|value| check(items, &value.value))
                .collect::<Result<Vec<_>, _>>()
                .map(Json::Array),
            _ => Err(not(value, "a list")),
        },
        LogicalType::Range(bound) => match value {
            Value::Table(table) => range(*bound, table),
            _ => Err(not(value, "a range such as { lower = 1, upper = 10 }")),
        },
        LogicalType::SearchVector => Err("a search vector has no literals".to_owned()),
        LogicalType::Custom(custom) => {
            // Read as its value's type first, so that the words are those of the file.
            let given = crate::value::from_json(logical, &check(custom.value_type(), value)?);
            let clean = given.map_err(|error| error.to_string())?;
            custom.store(&clean).map_err(|error| error.to_string())?;
            let mut text = Vec::new();
            match &clean {
                // Literals of integers are numbers, whatever the API makes of large ones.
                crate::value::Value::Int(number) => return Ok(Json::from(*number)),
                other => {
                    crate::value::write_value(&mut text, logical, other).map_err(|error| error.to_string())?
                }
            }
            serde_json::from_slice(&text).map_err(|error| error.to_string())
        }
    }
}

/// The order of two checked values, `None` where the type has none.
pub(super) fn compare(logical: &LogicalType, left: &Json, right: &Json) -> Option<Ordering> {
    match logical {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => {
            Some(left.as_i64()?.cmp(&right.as_i64()?))
        }
        LogicalType::Float => left.as_f64()?.partial_cmp(&right.as_f64()?),
        LogicalType::Decimal { .. } => Some(compare_decimals(left.as_str()?, right.as_str()?)),
        LogicalType::Date | LogicalType::Text => Some(left.as_str()?.cmp(right.as_str()?)),
        LogicalType::Time => {
            let (left, right): (Time, Time) = (left.as_str()?.parse().ok()?, right.as_str()?.parse().ok()?);
            Some(left.cmp(&right))
        }
        LogicalType::DateTime => {
            let (left, right): (Timestamp, Timestamp) =
                (left.as_str()?.parse().ok()?, right.as_str()?.parse().ok()?);
            Some(left.cmp(&right))
        }
        LogicalType::Duration => {
            let (left, right): (SignedDuration, SignedDuration) =
                (left.as_str()?.parse().ok()?, right.as_str()?.parse().ok()?);
            Some(left.cmp(&right))
        }
        LogicalType::Custom(custom) => compare(custom.value_type(), left, right),
        _ => None,
    }
}

/// A checked value as plain text: `3`, `1.50`, `2024-12-31`.
pub(super) fn plain_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn not(value: &Value, expected: &str) -> String {
    format!("it is {}, not {expected}", value.describe())
}

fn integer(value: &Value, least: i64, most: i64) -> Result<Json, String> {
    match value {
        Value::Integer(number) => match i64::try_from(*number) {
            Ok(number) if (least..=most).contains(&number) => Ok(Json::from(number)),
            _ => Err(format!("{number} is not between {least} and {most}")),
        },
        _ => Err(not(value, "an integer")),
    }
}

fn float(value: &Value) -> Result<Json, String> {
    let number = match value {
        Value::Integer(number) => *number as f64,
        Value::Float(text) => text.parse().map_err(|_| format!("`{text}` is not a number"))?,
        _ => return Err(not(value, "a number")),
    };
    serde_json::Number::from_f64(number)
        .map(Json::Number)
        .ok_or_else(|| "NaN and infinity are not allowed".to_owned())
}

/// A decimal as text with `scale` places; without a scale as it is.
fn decimal(value: &Value, digits: usize, scale: Option<usize>) -> Result<String, String> {
    let text = match value {
        Value::Integer(number) => number.to_string(),
        Value::Float(text) | Value::Text(text) => text.clone(),
        _ => return Err(not(value, "a decimal such as 1.5 or \"1.50\"")),
    };
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || unsigned.ends_with('.') {
        return Err(format!("`{text}` is not a decimal; write digits with a point, such as \"1.50\""));
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let scale = scale.unwrap_or(fraction.len());
    if fraction.len() > scale {
        return Err(format!("{text} has more than {scale} digits after the point"));
    }
    if whole.len() + scale > digits {
        return Err(format!("{text} has more than {} digits before the point", digits - scale));
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let number = if scale == 0 { whole.to_owned() } else { format!("{whole}.{fraction:0<scale$}") };
    let is_zero = number.bytes().all(|byte| byte == b'0' || byte == b'.');
    Ok(if negative && !is_zero { format!("-{number}") } else { number })
}

/// Compares decimals in the form of [`decimal`]. Digit strings, because they may be longer than any integer.
fn compare_decimals(left: &str, right: &str) -> Ordering {
    let split = |text: &str| {
        let unsigned = text.trim_start_matches('-').to_owned();
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) => (whole.to_owned(), fraction.trim_end_matches('0').to_owned()),
            None => (unsigned, String::new()),
        };
        (text.starts_with('-'), whole, fraction)
    };
    let (left_negative, left_whole, left_fraction) = split(left);
    let (right_negative, right_whole, right_fraction) = split(right);
    let magnitude = left_whole
        .len()
        .cmp(&right_whole.len())
        .then_with(|| left_whole.cmp(&right_whole))
        .then_with(|| left_fraction.cmp(&right_fraction));
    match (left_negative, right_negative) {
        (false, false) => magnitude,
        (true, true) => magnitude.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

/// Text, or a date or time as TOML writes it.
fn moment<'v>(value: &'v Value, expected: &str) -> Result<&'v str, String> {
    match value {
        Value::Text(text) | Value::Moment(text) => Ok(text),
        _ => Err(not(value, expected)),
    }
}

fn date(text: &str) -> Result<String, String> {
    // The parser takes a datetime as well, and would drop its time.
    let parsed: Date = (text.len() == 10)
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| format!("`{text}` is not a date such as 2024-12-31"))?;
    check_year(parsed)?;
    Ok(parsed.to_string())
}

fn check_year(date: Date) -> Result<(), String> {
    if date.year() < 1 { Err("years are from 0001 to 9999".to_owned()) } else { Ok(()) }
}

fn time(text: &str) -> Result<String, String> {
    let parsed: Time = (!text.contains(['T', ' ', '-']))
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| format!("`{text}` is not a time such as 23:59:59"))?;
    check_microseconds(i64::from(parsed.subsec_nanosecond()))?;
    Ok(parsed.to_string())
}

fn datetime(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is not a datetime such as 2024-12-31T23:59:59Z");
    let instant = match text.parse::<Timestamp>() {
        Ok(instant) => instant,
        // Without an offset it is UTC. A day alone would be midnight by accident.
        Err(_) if text.len() > 10 => {
            let civil: DateTime = text.parse().map_err(|_| wrong())?;
            jiff::tz::TimeZone::UTC.to_timestamp(civil).map_err(|_| wrong())?
        }
        Err(_) => return Err(wrong()),
    };
    check_microseconds(i64::from(instant.subsec_nanosecond()))?;
    check_year(jiff::tz::TimeZone::UTC.to_datetime(instant).date())?;
    Ok(instant.to_string())
}

fn duration(text: &str) -> Result<String, String> {
    let wrong = |_| format!("`{text}` is not a duration of days, hours, minutes and seconds such as PT1H30M");
    let span: Span = text.parse().map_err(wrong)?;
    // Months and years have no fixed length, so this refuses them.
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(wrong)?;
    check_microseconds(i64::from(length.subsec_nanos()))?;
    if i64::try_from(length.as_micros()).is_err() {
        return Err(format!("{text} is too long"));
    }
    Ok(length.to_string())
}

fn check_microseconds(nanoseconds: i64) -> Result<(), String> {
    if nanoseconds % 1000 == 0 { Ok(()) } else { Err("times are exact to the microsecond".to_owned()) }
}

fn json(value: &Value) -> Result<Json, String> {
    match value {
        Value::Boolean(flag) => Ok(Json::Bool(*flag)),
        Value::Integer(_) => integer(value, i64::MIN, i64::MAX),
        Value::Float(_) => float(value),
        Value::Text(_) => check(&LogicalType::Text, value),
        Value::Moment(text) => Ok(Json::String(text.clone())),
        Value::List(items) => {
            items.iter().map(|item| json(&item.value)).collect::<Result<Vec<_>, _>>().map(Json::Array)
        }
        Value::Table(table) => table
            .entries
            .iter()
            .map(|(key, value)| Ok((key.value.clone(), json(&value.value)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Json::Object),
    }
}

fn range(bound: RangeBound, table: &Table) -> Result<Json, String> {
    let logical = match bound {
        RangeBound::Int32 => LogicalType::Int32,
        RangeBound::Int64 => LogicalType::Int64,
        RangeBound::Date => LogicalType::Date,
        RangeBound::DateTime => LogicalType::DateTime,
        // The bounds of `numrange` have any number of digits.
        RangeBound::Decimal => LogicalType::Decimal { digits: 0, scale: 0 },
    };
    let mut bounds = Map::new();
    for name in ["lower", "upper"] {
        let given = table.entries.iter().find(|(key, _)| key.value == name);
        let checked = match given {
            None => Json::Null,
            Some((_, value)) if bound == RangeBound::Decimal => {
                decimal(&value.value, 1000, None).map(Json::String)?
            }
            Some((_, value)) => check(&logical, &value.value)?,
        };
        bounds.insert(name.to_owned(), checked);
    }
    if let Some((key, _)) = table.entries.iter().find(|(key, _)| !bounds.contains_key(&key.value)) {
        return Err(format!("a range has `lower` and `upper`, not `{}`", key.value));
    }
    if compare(&logical, &bounds["lower"], &bounds["upper"]) == Some(Ordering::Greater) {
        return Err("the lower bound is above the upper one".to_owned());
    }
    Ok(Json::Object(bounds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::define::tree::{At, Place};

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn decimals_are_exact_and_padded() {
        let logical = LogicalType::Decimal { digits: 4, scale: 2 };
        for (given, wanted) in [
            ("1.5", "1.50"),
            ("0", "0.00"),
            ("-0.0", "0.00"),
            ("-99.99", "-99.99"),
            ("007", "7.00"),
            ("+1", "1.00"),
        ] {
            assert_eq!(check(&logical, &text(given)), Ok(Json::from(wanted)), "{given}");
        }
        assert_eq!(check(&logical, &Value::Float("0.1".to_owned())), Ok(Json::from("0.10")));
        for bad in ["100", "1.005", "1e2", "", ".5", "1.", "x", "1.-5", "--1"] {
            assert!(check(&logical, &text(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn decimals_compare_by_value() {
        for (left, right, wanted) in [
            ("2.50", "10.00", Ordering::Less),
            ("-2.50", "-10.00", Ordering::Greater),
            ("-1.00", "0.00", Ordering::Less),
            ("1.5", "1.50", Ordering::Equal),
            ("1.05", "1.5", Ordering::Less),
        ] {
            assert_eq!(compare_decimals(left, right), wanted, "{left} {right}");
        }
    }

    #[test]
    fn moments_become_canonical() {
        for (logical, given, wanted) in [
            (LogicalType::DateTime, "2024-12-31T23:59:59+01:00", "2024-12-31T22:59:59Z"),
            (LogicalType::DateTime, "2024-12-31 23:59:59", "2024-12-31T23:59:59Z"),
            (LogicalType::DateTime, "2024-12-31T23:59:59.25Z", "2024-12-31T23:59:59.25Z"),
            (LogicalType::Date, "2024-02-29", "2024-02-29"),
            (LogicalType::Time, "07:05", "07:05:00"),
            (LogicalType::Duration, "P1DT1H", "PT25H"),
            (LogicalType::Uuid, "00112233445566778899AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff"),
            (LogicalType::IpAddress, "2001:DB8::0:1", "2001:db8::1"),
            (LogicalType::Binary, "AAE=", "AAE="),
        ] {
            assert_eq!(check(&logical, &text(given)), Ok(Json::from(wanted)), "{given}");
        }
        for (logical, bad) in [
            (LogicalType::Date, "2023-02-29"),
            (LogicalType::Date, "2024-12-31T00:00:00"),
            (LogicalType::DateTime, "2024-12-31"),
            (LogicalType::DateTime, "2024-12-31T23:59:59.0000001Z"),
            (LogicalType::DateTime, "-000001-01-01T00:00:00Z"),
            (LogicalType::Time, "25:00"),
            (LogicalType::Time, "2024-12-31T10:00"),
            (LogicalType::Duration, "P1M"),
            (LogicalType::Uuid, "xyz"),
            (LogicalType::IpAddress, "1.2.3"),
            (LogicalType::Binary, "?"),
            (LogicalType::SearchVector, "a"),
        ] {
            assert!(check(&logical, &text(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn instants_compare_by_time_not_by_text() {
        let (whole, fraction) = (Json::from("2024-01-01T00:00:00Z"), Json::from("2024-01-01T00:00:00.5Z"));
        assert_eq!(compare(&LogicalType::DateTime, &whole, &fraction), Some(Ordering::Less));
    }

    #[test]
    fn integers_have_their_range() {
        assert_eq!(check(&LogicalType::Int16, &Value::Integer(32767)), Ok(Json::from(32767)));
        assert!(check(&LogicalType::Int16, &Value::Integer(32768)).is_err());
        assert!(check(&LogicalType::Int64, &Value::Integer(i128::from(i64::MAX) + 1)).is_err());
        assert!(check(&LogicalType::Int32, &text("1")).is_err());
        assert!(check(&LogicalType::Float, &Value::Float("nan".to_owned())).is_err());
    }

    #[test]
    fn ranges_have_an_order() {
        let at = Place { file: 0, start: 0, end: 0 };
        let table = |lower: i128, upper: i128| {
            let entry = |name: &str, n| (At::new(name.to_owned(), at), At::new(Value::Integer(n), at));
            Value::Table(Table { entries: vec![entry("lower", lower), entry("upper", upper)] })
        };
        let logical = LogicalType::Range(RangeBound::Int32);
        assert_eq!(check(&logical, &table(1, 3)), Ok(serde_json::json!({"lower": 1, "upper": 3})));
        assert!(check(&logical, &table(3, 1)).is_err());
        assert!(check(&LogicalType::Range(RangeBound::Decimal), &table(10, 9)).is_err());
    }
}
