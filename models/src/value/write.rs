//! Values as they stand in a GraphQL response: JSON appended to one byte buffer.
//!
//! These functions take the storage forms, allocate nothing beyond the buffer, and give the same bytes for the
//! same value of either database.

use super::{
    Decimal, MAX_DATETIME_MICROS, MAX_DAYS, MICROS_PER_DAY, MIN_DATETIME_MICROS, MIN_DAYS, Value, ValueError,
    civil_from_days, parse_sqlite_date, parse_sqlite_datetime, parse_sqlite_time,
};
use crate::registry::LogicalType;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Appends a JSON string. The escapes are those of PostgreSQL's JSON output: the short ones where there are
/// some, `\u00xx` for other control characters, everything else as it is.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    write_escaped(out, text.as_bytes());
    out.push(b'"');
}

fn write_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut run = 0;
    let mut at = 0;
    loop {
        at += clean_prefix(&bytes[at..]);
        let Some(&byte) = bytes.get(at) else { break };
        out.extend_from_slice(&bytes[run..at]);
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&hex_pair(byte));
            }
        }
        at += 1;
        run = at;
    }
    out.extend_from_slice(&bytes[run..]);
}

/// How many bytes from the start need no escape. Thirty-two bytes are looked at together, without a branch between them,
/// which compiles to vector instructions. In what is left eight are: for each byte below 0x80, the subtraction of 0x20
/// borrows into the top bit when it is a control character, and the subtraction of one does when the byte equals the
/// one that was xored.
fn clean_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    for block in bytes.chunks_exact(32) {
        let dirty = block.iter().fold(0, |dirty, byte| dirty | u8::from(needs_escape(*byte)));
        if dirty != 0 {
            break;
        }
        at += 32;
    }
    for chunk in bytes[at..].chunks_exact(8) {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        let control = word.wrapping_sub(ONES * 0x20);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        if (control | quote | backslash) & !word & TOPS != 0 {
            break;
        }
        at += 8;
    }
    // The word test may stop early after a borrow between bytes, never late; this loop decides.
    let rest = &bytes[at..];
    at + rest.iter().position(|byte| needs_escape(*byte)).unwrap_or(rest.len())
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Appends `true` or `false`.
pub fn write_boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends a JSON number: `Int`.
pub fn write_integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a number in quotes: `BigInt`, which JavaScript's numbers cannot hold.
pub fn write_big_integer(out: &mut Vec<u8>, value: i64) {
    out.push(b'"');
    write_integer(out, value);
    out.push(b'"');
}

/// Appends the shortest JSON number that reads back as the same float; `1.0` for one, `0.0` for both zeros.
///
/// # Errors
/// [`ValueError::NotFinite`] for NaN and infinities, which JSON cannot hold.
pub fn write_float(out: &mut Vec<u8>, value: f64) -> Result<(), ValueError> {
    if !value.is_finite() {
        return Err(ValueError::NotFinite);
    }
    // Adding zero turns -0.0 into 0.0: SQLite does not keep the sign, so nothing may show it.
    out.extend_from_slice(zmij::Buffer::new().format_finite(value + 0.0).as_bytes());
    Ok(())
}

/// Appends `"YYYY-MM-DD"` from days since 1970-01-01.
///
/// # Errors
/// Outside of the years 0001 to 9999.
pub fn write_date_days(out: &mut Vec<u8>, days: i32) -> Result<(), ValueError> {
    if !(MIN_DAYS..=MAX_DAYS).contains(&days) {
        return Err(ValueError::out_of_range("a date is in the years 0001 to 9999", &format!("day {days}")));
    }
    out.push(b'"');
    push_date(out, days);
    out.push(b'"');
    Ok(())
}

/// Appends `"YYYY-MM-DD"` from SQLite's text.
///
/// # Errors
/// When the text is not a date.
pub fn write_date_sqlite(out: &mut Vec<u8>, text: &str) -> Result<(), ValueError> {
    parse_sqlite_date(text)?;
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Appends `"HH:MM:SS"`, or `"HH:MM:SS.ffffff"` when there is a fraction, from microseconds since midnight.
///
/// # Errors
/// Outside of one day (PostgreSQL's 24:00:00 is).
pub fn write_time_micros(out: &mut Vec<u8>, micros: i64) -> Result<(), ValueError> {
    if !(0..MICROS_PER_DAY).contains(&micros) {
        return Err(ValueError::out_of_range("a time is before 24:00:00", &format!("{micros} microseconds")));
    }
    out.push(b'"');
    push_time(out, micros);
    out.push(b'"');
    Ok(())
}

/// Appends what [`write_time_micros`] appends, from SQLite's text.
///
/// # Errors
/// When the text is not a time.
pub fn write_time_sqlite(out: &mut Vec<u8>, text: &str) -> Result<(), ValueError> {
    let micros = parse_sqlite_time(text)?;
    out.push(b'"');
    push_time(out, micros);
    out.push(b'"');
    Ok(())
}

/// Appends RFC 3339 in UTC from microseconds since 1970-01-01T00:00:00Z: `"2024-06-15T12:00:00Z"`, with six
/// fraction digits when the fraction is not zero.
///
/// # Errors
/// Outside of the years 0001 to 9999.
pub fn write_datetime_micros(out: &mut Vec<u8>, micros: i64) -> Result<(), ValueError> {
    if !(MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS).contains(&micros) {
        let found = format!("{micros} microseconds");
        return Err(ValueError::out_of_range("a date and time is in the years 0001 to 9999 in UTC", &found));
    }
    out.push(b'"');
    push_date(out, micros.div_euclid(MICROS_PER_DAY) as i32);
    out.push(b'T');
    push_time(out, micros.rem_euclid(MICROS_PER_DAY));
    out.extend_from_slice(b"Z\"");
    Ok(())
}

/// Appends what [`write_datetime_micros`] appends, from SQLite's `YYYY-MM-DD HH:MM:SS[.ffffff]`.
///
/// # Errors
/// When the text is not a date and time.
pub fn write_datetime_sqlite(out: &mut Vec<u8>, text: &str) -> Result<(), ValueError> {
    let micros = parse_sqlite_datetime(text)?;
    let bytes = text.as_bytes();
    out.push(b'"');
    match bytes.len() {
        // The usual lengths: whole seconds, and a fraction of six digits. Valid, so ASCII.
        19 => {
            out.extend_from_slice(&bytes[..10]);
            out.push(b'T');
            out.extend_from_slice(&bytes[11..]);
        }
        26 if micros % 1_000_000 != 0 => {
            out.extend_from_slice(&bytes[..10]);
            out.push(b'T');
            out.extend_from_slice(&bytes[11..]);
        }
        _ => {
            out.extend_from_slice(&bytes[..10]);
            out.push(b'T');
            push_time(out, micros.rem_euclid(MICROS_PER_DAY));
        }
    }
    out.extend_from_slice(b"Z\"");
    Ok(())
}

/// Appends an ISO 8601 duration: `"P1DT2H3M4.500000S"`, `"-PT1S"`, `"PT0S"`.
pub fn write_duration_micros(out: &mut Vec<u8>, micros: i64) {
    out.extend_from_slice(if micros < 0 { b"\"-P" } else { b"\"P" });
    let total = micros.unsigned_abs();
    let day = MICROS_PER_DAY as u64;
    let (days, rest) = (total / day, total % day);
    let (seconds, fraction) = (rest / 1_000_000, (rest % 1_000_000) as u32);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if days > 0 {
        push_component(out, days, b'D');
    }
    if rest > 0 || days == 0 {
        out.push(b'T');
        if hours > 0 {
            push_component(out, hours, b'H');
        }
        if minutes > 0 {
            push_component(out, minutes, b'M');
        }
        if fraction > 0 {
            push_component(out, seconds, b'.');
            push_six(out, fraction);
            out.push(b'S');
        } else if seconds > 0 || rest == 0 {
            push_component(out, seconds, b'S');
        }
    }
    out.push(b'"');
}

fn push_component(out: &mut Vec<u8>, value: u64, letter: u8) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    out.push(letter);
}

/// Appends a UUID in its usual form: lower case, with hyphens.
pub fn write_uuid(out: &mut Vec<u8>, bytes: &[u8; 16]) {
    let mut text = [b'-'; 38];
    text[0] = b'"';
    text[37] = b'"';
    let mut at = 1;
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at..at + 2].copy_from_slice(&hex_pair(*byte));
        at += 2;
    }
    out.extend_from_slice(&text);
}

/// Appends a UUID from SQLite's 32 hexadecimal digits (or the form with hyphens).
///
/// # Errors
/// When the text is not a UUID.
pub fn write_uuid_hex(out: &mut Vec<u8>, text: &str) -> Result<(), ValueError> {
    let bytes = super::sqlite::read_uuid(text)?;
    write_uuid(out, &bytes);
    Ok(())
}

/// Appends a decimal in quotes.
pub fn write_decimal(out: &mut Vec<u8>, decimal: &Decimal) {
    out.push(b'"');
    decimal.write(out);
    out.push(b'"');
}

/// Appends a decimal in quotes from a scaled integer: 450 with scale 2 is `"4.50"`.
pub fn write_scaled_integer(out: &mut Vec<u8>, unscaled: i64, scale: u16) {
    out.extend_from_slice(if unscaled < 0 { b"\"-" } else { b"\"" });
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(unscaled.unsigned_abs()).as_bytes();
    let scale = usize::from(scale);
    let point = digits.len().saturating_sub(scale);
    out.extend_from_slice(if point == 0 { b"0" } else { &digits[..point] });
    if scale > 0 {
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', scale.saturating_sub(digits.len())));
        out.extend_from_slice(&digits[point..]);
    }
    out.push(b'"');
}

/// Appends a decimal in quotes from its order-preserving text on SQLite.
///
/// # Errors
/// When the text is not of that form.
pub fn write_ordered_text(out: &mut Vec<u8>, text: &str) -> Result<(), ValueError> {
    write_decimal(out, &super::sqlite::read_ordered_text(text)?);
    Ok(())
}

/// Appends a decimal in quotes from a REAL of a NUMERIC column of Django's, with exactly `scale` digits after
/// the point: fifteen significant digits of the float, rounded half to even, as Django's converter does.
///
/// # Errors
/// When the float is not finite.
pub fn write_decimal_real(out: &mut Vec<u8>, value: f64, scale: u16) -> Result<(), ValueError> {
    write_decimal(out, &super::sqlite::decimal_from_real(value, scale)?);
    Ok(())
}

/// Appends bytes in base64 (the standard alphabet, with padding).
pub fn write_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The buffer has exactly the length that the encoding needs, so this cannot fail.
    let written = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
    out.push(b'"');
}

/// Appends any value of a type as it stands in a GraphQL response.
///
/// # Errors
/// When the value has no JSON form (NaN, a year outside of 0001 to 9999).
pub fn write_value(out: &mut Vec<u8>, logical: &LogicalType, value: &Value) -> Result<(), ValueError> {
    if let LogicalType::Custom(custom) = logical {
        return write_value(out, custom.value_type(), value);
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(value) => write_boolean(out, *value),
        Value::Int(value) if *logical == LogicalType::Int64 => write_big_integer(out, *value),
        Value::Int(value) => write_integer(out, *value),
        Value::Float(value) => write_float(out, *value)?,
        Value::Decimal(value) => write_decimal(out, value),
        Value::Text(value) => write_string(out, value),
        Value::Date(days) => write_date_days(out, *days)?,
        Value::Time(micros) => write_time_micros(out, *micros)?,
        Value::DateTime(micros) => write_datetime_micros(out, *micros)?,
        Value::Duration(micros) => write_duration_micros(out, *micros),
        Value::Uuid(bytes) => write_uuid(out, bytes),
        Value::Json(text) => out.extend_from_slice(text.as_bytes()),
        Value::Binary(bytes) => write_base64(out, bytes),
        Value::Array(elements) => {
            let element_type = match logical {
                LogicalType::Array(element) => element,
                other => other,
            };
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(out, element_type, element)?;
            }
            out.push(b']');
        }
    }
    Ok(())
}

/// Appends `YYYY-MM-DD`; the day must be of the years 0001 to 9999.
pub(crate) fn push_date(out: &mut Vec<u8>, days: i32) {
    let civil = civil_from_days(days);
    let year = civil.year as u32;
    let [a, b] = two_digits(year / 100);
    let [c, d] = two_digits(year % 100);
    let [e, f] = two_digits(civil.month);
    let [g, h] = two_digits(civil.day);
    out.extend_from_slice(&[a, b, c, d, b'-', e, f, b'-', g, h]);
}

/// Appends `HH:MM:SS[.ffffff]`; the time must be within a day.
pub(crate) fn push_time(out: &mut Vec<u8>, micros: i64) {
    let seconds = (micros / 1_000_000) as u32;
    let fraction = (micros % 1_000_000) as u32;
    let [a, b] = two_digits(seconds / 3600);
    let [c, d] = two_digits(seconds / 60 % 60);
    let [e, f] = two_digits(seconds % 60);
    out.extend_from_slice(&[a, b, b':', c, d, b':', e, f]);
    if fraction > 0 {
        out.push(b'.');
        push_six(out, fraction);
    }
}

fn push_six(out: &mut Vec<u8>, number: u32) {
    let [a, b] = two_digits(number / 10_000);
    let [c, d] = two_digits(number / 100 % 100);
    let [e, f] = two_digits(number % 100);
    out.extend_from_slice(&[a, b, c, d, e, f]);
}

/// The decimal digits of a number below 100.
pub(super) fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// The two lower-case hexadecimal digits of a byte.
pub(super) fn hex_pair(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn datetimes_have_one_form() {
        let cases = [
            (0, "1970-01-01 00:00:00", "\"1970-01-01T00:00:00Z\""),
            (1, "1970-01-01 00:00:00.000001", "\"1970-01-01T00:00:00.000001Z\""),
            (500_000, "1970-01-01 00:00:00.5", "\"1970-01-01T00:00:00.500000Z\""),
            (-1, "1969-12-31 23:59:59.999999", "\"1969-12-31T23:59:59.999999Z\""),
            (0, "1970-01-01 00:00:00.000000", "\"1970-01-01T00:00:00Z\""),
            (0, "1970-01-01T00:00", "\"1970-01-01T00:00:00Z\""),
            (MIN_DATETIME_MICROS, "0001-01-01 00:00:00", "\"0001-01-01T00:00:00Z\""),
            (MAX_DATETIME_MICROS, "9999-12-31 23:59:59.999999", "\"9999-12-31T23:59:59.999999Z\""),
        ];
        for (micros, text, expected) in cases {
            assert_eq!(written(|out| write_datetime_micros(out, micros).unwrap()), expected);
            assert_eq!(written(|out| write_datetime_sqlite(out, text).unwrap()), expected, "{text}");
        }
        let mut out = Vec::new();
        assert!(write_datetime_micros(&mut out, MAX_DATETIME_MICROS + 1).is_err());
        assert!(write_datetime_micros(&mut out, i64::MIN).is_err());
        assert!(write_datetime_sqlite(&mut out, "2024-02-30 00:00:00").is_err());
        assert!(write_datetime_sqlite(&mut out, "2024-02-20\u{e9}00:00:00").is_err());
        assert!(write_date_days(&mut out, MAX_DAYS + 1).is_err());
        assert!(write_time_micros(&mut out, MICROS_PER_DAY).is_err());
        assert!(out.is_empty(), "nothing is written before an error");
    }

    #[test]
    fn durations() {
        let cases = [
            (0, "PT0S"),
            (1, "PT0.000001S"),
            (-500_000, "-PT0.500000S"),
            (86_400_000_000, "P1D"),
            (90_061_000_000, "P1DT1H1M1S"),
            (3_600_000_000, "PT1H"),
            (61_500_000, "PT1M1.500000S"),
            (i64::MIN, "-P106751991DT4H54.775808S"),
        ];
        for (micros, expected) in cases {
            assert_eq!(written(|out| write_duration_micros(out, micros)), format!("\"{expected}\""));
        }
    }

    #[test]
    fn floats() {
        let cases = [
            (1.0, "1.0"),
            (-0.0, "0.0"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (123_456_789.0, "123456789.0"),
            (5e-324, "5e-324"),
        ];
        for (value, expected) in cases {
            assert_eq!(written(|out| write_float(out, value).unwrap()), expected);
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(write_float(&mut Vec::new(), value), Err(ValueError::NotFinite));
        }
    }

    #[test]
    fn scaled_integers() {
        let cases = [
            (450, 2, "4.50"),
            (-5, 2, "-0.05"),
            (0, 2, "0.00"),
            (7, 0, "7"),
            (100, 2, "1.00"),
            (99, 2, "0.99"),
            (i64::MIN, 18, "-9.223372036854775808"),
        ];
        for (value, scale, expected) in cases {
            assert_eq!(written(|out| write_scaled_integer(out, value, scale)), format!("\"{expected}\""));
            assert_eq!(Decimal::from_scaled(value, u32::from(scale)).to_string(), expected);
        }
    }

    #[test]
    fn uuids() {
        let text = "00112233-4455-6677-8899-aabbccddeeff";
        let hex = text.replace('-', "");
        let expected = format!("\"{text}\"");
        assert_eq!(written(|out| write_uuid_hex(out, &hex).unwrap()), expected);
        assert_eq!(written(|out| write_uuid_hex(out, &hex.to_uppercase()).unwrap()), expected);
        assert_eq!(written(|out| write_uuid(out, uuid::Uuid::parse_str(text).unwrap().as_bytes())), expected);
        assert!(write_uuid_hex(&mut Vec::new(), &hex[1..]).is_err());
    }

    proptest! {
        #[test]
        fn strings_read_back(text in any::<String>()) {
            let json = written(|out| write_string(out, &text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn strings_with_many_escapes_read_back(text in "[ -~\u{0}-\u{1f}\"\\\\é]{0,80}") {
            let json = written(|out| write_string(out, &text));
            prop_assert!(json.bytes().all(|byte| byte >= 0x20));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn floats_read_back(value in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
            let json = written(|out| write_float(out, value).unwrap());
            prop_assert_eq!(json.parse::<f64>().unwrap(), value);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
        }

        #[test]
        fn bytes_read_back(bytes: Vec<u8>) {
            let json = written(|out| write_base64(out, &bytes));
            prop_assert_eq!(STANDARD.decode(json.trim_matches('"')).unwrap(), bytes);
        }

        #[test]
        fn datetimes_read_back(micros in MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS) {
            let json = written(|out| write_datetime_micros(out, micros).unwrap());
            prop_assert_eq!(super::super::parse_datetime(json.trim_matches('"')), Ok(micros));
        }
    }
}
