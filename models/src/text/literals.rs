//! Values as they are written down.

use super::error::{Source, TextError};
use super::rewrite::Entry;
use super::types;
use crate::registry::LogicalType;
use crate::value::{Decimal, Value, parse_duration, parse_text, write_value};
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

const SECOND: i64 = 1_000_000;

/// A type's word before a text: `date '2024-01-31'`. Gives the value and how many tokens it takes.
pub(super) fn typed(
    source: Source<'_>,
    tokens: &[TokenWithSpan],
) -> Result<Option<(Entry, usize)>, TextError> {
    let word_at = |at: usize| match tokens.get(at).map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => Some(word.value.to_ascii_lowercase()),
        _ => None,
    };
    let Some(word) = word_at(0) else { return Ok(None) };
    let zone = matches!(word.as_str(), "timestamp" | "time")
        && matches!(word_at(1).as_deref(), Some("with" | "without"))
        && word_at(2).as_deref() == Some("time")
        && word_at(3).as_deref() == Some("zone");
    let at = if zone { 4 } else { 1 };
    let Some(TokenWithSpan { token: Token::SingleQuotedString(text), span }) = tokens.get(at) else {
        return Ok(None);
    };
    let wrong = |message: String| source.error(*span, message);
    if word == "interval" || word == "duration" {
        // `interval '7' day` says the unit behind the number.
        let unit = word_at(at + 1).filter(|unit| unit_of(unit).is_some());
        let whole = unit.as_ref().map_or_else(|| text.clone(), |unit| format!("{text} {unit}"));
        return match interval(&whole) {
            Ok(entry) => Ok(Some((entry, at + 1 + usize::from(unit.is_some())))),
            Err(problem) => Err(wrong(problem).hint("interval '7 days', '1 hour 30 minutes', 'P7D'")),
        };
    }
    let value = if matches!(word.as_str(), "decimal" | "numeric") {
        Decimal::parse(text).map(Value::Decimal).map_err(|problem| wrong(problem.to_string()))?
    } else {
        let Some(logical) = types::of_word(&word) else { return Ok(None) };
        let text = if logical == LogicalType::DateTime { completed(text) } else { text.clone() };
        parse_text(&logical, &text).map_err(|problem| wrong(problem.to_string()))?
    };
    Ok(Some((Entry::Value(value), at + 1)))
}

/// A datetime as people write it in SQL: `2024-01-31`, `2024-01-31 10:00`. Without a zone it is UTC.
fn completed(text: &str) -> String {
    let (date, time) = match text.split_once([' ', 'T', 't']) {
        Some((date, time)) => (date, time.trim_start()),
        None if text.len() == 10 => (text, "00:00:00"),
        None => return text.to_owned(),
    };
    let zone = time.find(['+', '-', 'Z', 'z']).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let seconds = if time.trim().len() == 5 { ":00" } else { "" };
    let zone = match zone.len() {
        0 => "Z".to_owned(),
        // `+02` is short for `+02:00`.
        3 => format!("{zone}:00"),
        _ => zone.to_owned(),
    };
    format!("{date}T{}{seconds}{zone}", time.trim())
}

/// A number: whole ones are integers, ones with a point decimals, ones with an exponent floats.
pub(super) fn number(
    source: Source<'_>,
    span: Span,
    negative: bool,
    written: &str,
) -> Result<Value, TextError> {
    let mut digits = written.replace('_', "");
    if negative {
        digits.insert(0, '-');
    }
    if digits.contains(['x', 'X', 'o', 'O', 'b', 'B']) {
        return Err(source.error(span, format!("`{written}` is no number")).hint("write 12, 1.50 or 1.5e3"));
    }
    if digits.contains(['e', 'E']) {
        return match digits.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Value::Float(float)),
            _ => Err(source.error(span, format!("`{written}` is too large for a float"))),
        };
    }
    if !digits.contains('.')
        && let Ok(integer) = digits.parse::<i64>()
    {
        return Ok(Value::Int(integer));
    }
    let decimal = Decimal::parse(digits.trim_end_matches('.'));
    decimal.map(Value::Decimal).map_err(|problem| source.error(span, problem.to_string()))
}

/// The months and microseconds of a unit.
fn unit_of(word: &str) -> Option<(i64, i64)> {
    Some(match word {
        "year" | "years" => (12, 0),
        "month" | "months" => (1, 0),
        "week" | "weeks" => (0, 7 * 86_400 * SECOND),
        "day" | "days" => (0, 86_400 * SECOND),
        "hour" | "hours" => (0, 3_600 * SECOND),
        "minute" | "minutes" => (0, 60 * SECOND),
        "second" | "seconds" => (0, SECOND),
        "millisecond" | "milliseconds" => (0, 1_000),
        "microsecond" | "microseconds" => (0, 1),
        _ => return None,
    })
}

/// `7 days`, `1 month 3 days`, `1 hour -30 minutes`, or ISO 8601.
fn interval(text: &str) -> Result<Entry, String> {
    let lower = text.trim().to_ascii_lowercase();
    if lower.trim_start_matches(['-', '+']).starts_with('p') {
        let micros =
            parse_duration(&text.trim().to_ascii_uppercase()).map_err(|problem| problem.to_string())?;
        return Ok(Entry::Value(Value::Duration(micros)));
    }
    let too_large = || "the interval is too long".to_owned();
    let (mut months, mut micros, mut calendar) = (0_i64, 0_i64, false);
    let mut words = lower.split_whitespace();
    let mut any = false;
    while let Some(number) = words.next() {
        let Some(unit) = words.next() else {
            return Err(format!("a unit is missing after `{number}` in the interval"));
        };
        let Some((of_months, of_micros)) = unit_of(unit) else {
            return Err(format!("`{unit}` is no unit of time"));
        };
        any = true;
        let decimal = Decimal::parse(number).map_err(|_| format!("`{number}` is no number of {unit}"))?;
        if of_months > 0 {
            let whole =
                decimal.to_scaled_i64(0).ok_or_else(|| format!("`{number} {unit}` is no whole number"))?;
            let total = whole.checked_mul(of_months).and_then(|more| months.checked_add(more));
            months = total.ok_or_else(too_large)?;
            calendar = true;
        } else {
            let millionths = decimal
                .rescale(6)
                .and_then(|exact| format!("0{}", exact.unscaled_digits()).parse::<i128>().ok())
                .and_then(|digits| digits.checked_mul(i128::from(of_micros)));
            let exact = millionths
                .ok_or_else(|| format!("`{number}` is too long, or has more than six decimal places"))?;
            let exact = if decimal.is_negative() { -exact } else { exact };
            if exact % 1_000_000 != 0 {
                return Err(format!("`{number} {unit}` is no whole number of microseconds"));
            }
            let more = i64::try_from(exact / 1_000_000).map_err(|_| too_large())?;
            micros = micros.checked_add(more).ok_or_else(too_large)?;
        }
    }
    match (any, calendar) {
        (false, _) => Err("the interval is empty".to_owned()),
        (true, true) => Ok(Entry::Months(months, micros)),
        (true, false) => Ok(Entry::Value(Value::Duration(micros))),
    }
}

/// A value in the form that is read as the same value.
pub(super) fn print(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:e}"),
        Value::Decimal(decimal) => {
            let mut digits = Vec::new();
            decimal.write(&mut digits);
            let digits = String::from_utf8_lossy(&digits).into_owned();
            // Without a point it would be read as an integer.
            if digits.contains('.') { digits } else { format!("decimal '{digits}'") }
        }
        Value::Text(text) => quoted(text),
        Value::Date(_) => format!("date {}", written(&LogicalType::Date, value)),
        Value::Time(_) => format!("time {}", written(&LogicalType::Time, value)),
        Value::DateTime(_) => format!("timestamptz {}", written(&LogicalType::DateTime, value)),
        Value::Uuid(_) => format!("uuid {}", written(&LogicalType::Uuid, value)),
        Value::Binary(_) => format!("binary {}", written(&LogicalType::Binary, value)),
        Value::Json(json) => format!("json {}", quoted(json)),
        Value::Duration(micros) => format!("interval '{}'", duration(*micros)),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(print).collect();
            format!("array[{}]", elements.join(", "))
        }
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value in its JSON form, which is a string without anything to escape.
fn written(logical: &LogicalType, value: &Value) -> String {
    let mut text = Vec::new();
    // The value is of the type, so it can be written; an empty text would be refused when it is read.
    let _ = write_value(&mut text, logical, value);
    quoted(String::from_utf8_lossy(&text).trim_matches('"'))
}

fn duration(micros: i64) -> String {
    let negative = micros < 0;
    let total = micros.unsigned_abs();
    let second = SECOND.unsigned_abs();
    let parts = [
        (total / (86_400 * second), "day"),
        (total / (3_600 * second) % 24, "hour"),
        (total / (60 * second) % 60, "minute"),
        (total / second % 60, "second"),
        (total % second, "microsecond"),
    ];
    let sign = if negative { "-" } else { "" };
    let words: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{sign}{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}
