//! How SQLite stores values: encoding, decoding, and writing straight into a response.

use super::write::{hex_pair, push_date, push_time, write_value};
use super::{
    Decimal, Rounding, Value, ValueError, json, parse, parse_sqlite_date, parse_sqlite_datetime,
    parse_sqlite_time, write,
};
use crate::registry::{LogicalType, SqliteEncoding};

/// A value in one of SQLite's storage classes.
#[derive(Debug, Clone, PartialEq)]
pub enum SqliteValue {
    /// NULL
    Null,
    /// INTEGER
    Integer(i64),
    /// REAL
    Real(f64),
    /// TEXT
    Text(String),
    /// BLOB
    Blob(Vec<u8>),
}

impl SqliteValue {
    /// The same value, borrowed.
    pub fn borrowed(&self) -> SqliteRef<'_> {
        match self {
            Self::Null => SqliteRef::Null,
            Self::Integer(value) => SqliteRef::Integer(*value),
            Self::Real(value) => SqliteRef::Real(*value),
            Self::Text(text) => SqliteRef::Text(text),
            Self::Blob(bytes) => SqliteRef::Blob(bytes),
        }
    }
}

/// A borrowed value of SQLite, as a statement's column gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SqliteRef<'a> {
    /// NULL
    Null,
    /// INTEGER
    Integer(i64),
    /// REAL
    Real(f64),
    /// TEXT
    Text(&'a str),
    /// BLOB
    Blob(&'a [u8]),
}

/// The storage form of a value.
///
/// # Errors
/// When the value is not of the type, or does not fit its column (a decimal's digits).
pub fn encode(
    logical: &LogicalType,
    encoding: SqliteEncoding,
    value: &Value,
) -> Result<SqliteValue, ValueError> {
    Ok(match (logical, value) {
        (_, Value::Null) => SqliteValue::Null,
        (LogicalType::Boolean, Value::Boolean(value)) => SqliteValue::Integer(i64::from(*value)),
        (LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64, Value::Int(value)) => {
            SqliteValue::Integer(*value)
        }
        (LogicalType::Float, Value::Float(value)) if value.is_finite() => SqliteValue::Real(*value),
        (LogicalType::Float, Value::Float(_)) => return Err(ValueError::NotFinite),
        (LogicalType::Decimal { digits, scale }, Value::Decimal(decimal)) => {
            encode_decimal(*digits, *scale, encoding, decimal)?
        }
        (LogicalType::Text | LogicalType::IpAddress, Value::Text(text)) => SqliteValue::Text(text.clone()),
        (LogicalType::Encrypted(keys), Value::Text(text)) => SqliteValue::Text(keys.encrypt(text)?),
        (LogicalType::Custom(custom), value) => {
            return encode(custom.stored_type(), encoding, &custom.store(value)?);
        }
        (LogicalType::Date, Value::Date(_)) | (LogicalType::Time, Value::Time(_)) => {
            let mut out = Vec::new();
            write_value(&mut out, logical, value)?;
            SqliteValue::Text(ascii(&out[1..out.len() - 1]))
        }
        (LogicalType::DateTime, Value::DateTime(micros)) => SqliteValue::Text(datetime_text(*micros)?),
        (LogicalType::Duration, Value::Duration(micros)) => SqliteValue::Integer(*micros),
        (LogicalType::Uuid, Value::Uuid(bytes)) => {
            SqliteValue::Text(ascii(&bytes.iter().flat_map(|byte| hex_pair(*byte)).collect::<Vec<_>>()))
        }
        (LogicalType::Json | LogicalType::Range(_), Value::Json(text)) => SqliteValue::Text(text.clone()),
        (LogicalType::Binary, Value::Binary(bytes)) => SqliteValue::Blob(bytes.clone()),
        (LogicalType::Array(element), Value::Array(_)) => {
            let mut out = Vec::new();
            write_stored_array(&mut out, element, value)?;
            let text = String::from_utf8_lossy(&out);
            SqliteValue::Text(json::canonical_json(&text)?)
        }
        _ => {
            let (expected, example) = parse::description(logical);
            return Err(ValueError::malformed(expected, example, &format!("{value:?}")));
        }
    })
}

/// The value of a storage form.
///
/// # Errors
/// [`ValueError::Corrupt`] when the column holds something else, as SQLite's columns may.
pub fn decode(
    logical: &LogicalType,
    encoding: SqliteEncoding,
    stored: SqliteRef<'_>,
) -> Result<Value, ValueError> {
    use SqliteRef::{Blob, Integer, Null, Real, Text};
    Ok(match (logical, stored) {
        (_, Null) => Value::Null,
        (LogicalType::Boolean, Integer(value @ 0..=1)) => Value::Boolean(value == 1),
        (LogicalType::Int16, Integer(value)) if i16::try_from(value).is_ok() => Value::Int(value),
        (LogicalType::Int32, Integer(value)) if i32::try_from(value).is_ok() => Value::Int(value),
        (LogicalType::Int64, Integer(value)) => Value::Int(value),
        (LogicalType::Float, Real(value)) if value.is_finite() => Value::Float(value),
        (LogicalType::Float, Real(_)) => return Err(ValueError::NotFinite),
        // A column of NUMERIC affinity keeps integral floats as integers.
        (LogicalType::Float, Integer(value)) => Value::Float(value as f64),
        (LogicalType::Decimal { scale, .. }, _) => Value::Decimal(decode_decimal(*scale, encoding, stored)?),
        (LogicalType::Text | LogicalType::IpAddress, Text(text)) => Value::Text(text.to_owned()),
        (LogicalType::Encrypted(keys), Text(text)) => Value::Text(keys.decrypt(text)?),
        (LogicalType::Custom(custom), _) => custom.load(decode(custom.stored_type(), encoding, stored)?)?,
        (LogicalType::Date, Text(text)) => Value::Date(parse_sqlite_date(text)?),
        (LogicalType::Time, Text(text)) => Value::Time(parse_sqlite_time(text)?),
        (LogicalType::DateTime, Text(text)) => Value::DateTime(parse_sqlite_datetime(text)?),
        (LogicalType::Duration, Integer(micros)) => Value::Duration(micros),
        (LogicalType::Uuid, Text(text)) => Value::Uuid(read_uuid(text)?),
        (LogicalType::Uuid, Blob(bytes)) => {
            Value::Uuid(bytes.try_into().map_err(|_| corrupt(logical, stored))?)
        }
        (LogicalType::Json | LogicalType::Range(_), Text(text)) => Value::Json(json::canonical_json(text)?),
        (LogicalType::Binary, Blob(bytes)) => Value::Binary(bytes.to_vec()),
        (LogicalType::Array(_), Text(text)) => {
            let tree = json::Node::parse(text)?;
            parse::from_node(logical, &tree)?
        }
        _ => return Err(corrupt(logical, stored)),
    })
}

/// Appends a stored value as it stands in a GraphQL response: `decode` and `write_value` in one, without
/// allocation for the types that are read much.
///
/// # Errors
/// As [`decode`]; nothing is appended then.
pub fn write_stored(
    out: &mut Vec<u8>,
    logical: &LogicalType,
    encoding: SqliteEncoding,
    stored: SqliteRef<'_>,
) -> Result<(), ValueError> {
    use SqliteRef::{Blob, Integer, Null, Real, Text};
    match (logical, stored) {
        (_, Null) => out.extend_from_slice(b"null"),
        (LogicalType::Int64, Integer(value)) => write::write_big_integer(out, value),
        (LogicalType::Float, Real(value)) => write::write_float(out, value)?,
        (LogicalType::Text | LogicalType::IpAddress, Text(text)) => write::write_string(out, text),
        (LogicalType::Date, Text(text)) => write::write_date_sqlite(out, text)?,
        (LogicalType::Time, Text(text)) => write::write_time_sqlite(out, text)?,
        (LogicalType::DateTime, Text(text)) => write::write_datetime_sqlite(out, text)?,
        (LogicalType::Uuid, Text(text)) => write::write_uuid_hex(out, text)?,
        (LogicalType::Binary, Blob(bytes)) => write::write_base64(out, bytes),
        (LogicalType::Decimal { .. }, Integer(value)) => match encoding {
            SqliteEncoding::ScaledInteger { scale } => {
                write::write_scaled_integer(out, value, u16::from(scale))
            }
            _ => write_value(out, logical, &decode(logical, encoding, stored)?)?,
        },
        // What Nuages has written is canonical; Django's JSON has any spacing and order.
        (LogicalType::Json, Text(text)) if encoding != SqliteEncoding::Django => {
            out.extend_from_slice(text.as_bytes());
        }
        (LogicalType::Json, Text(text)) => json::Node::parse(text)?.write(out),
        _ => write_value(out, logical, &decode(logical, encoding, stored)?)?,
    }
    Ok(())
}

/// `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC.
///
/// # Errors
/// Outside of the years 0001 to 9999.
pub fn datetime_text(micros: i64) -> Result<String, ValueError> {
    if !(super::MIN_DATETIME_MICROS..=super::MAX_DATETIME_MICROS).contains(&micros) {
        let found = format!("{micros} microseconds");
        return Err(ValueError::out_of_range("a date and time is in the years 0001 to 9999 in UTC", &found));
    }
    let mut out = Vec::with_capacity(26);
    push_date(&mut out, micros.div_euclid(super::MICROS_PER_DAY) as i32);
    out.push(b' ');
    push_time(&mut out, micros.rem_euclid(super::MICROS_PER_DAY));
    Ok(ascii(&out))
}

/// A decimal as text whose byte order is the numeric order: `p`, the digits before the point padded with zeros to
/// `digits - scale`, a point, `scale` digits. A negative number has `n`, which is before `p`, and each digit's
/// complement to nine, so that larger magnitudes come first. The length is fixed, so no text is another's prefix.
///
/// # Errors
/// [`ValueError::DecimalDigits`] when the number does not fit exactly.
pub fn ordered_text(decimal: &Decimal, digits: u16, scale: u16) -> Result<String, ValueError> {
    let fitted = decimal.fit(digits, scale)?;
    let width = usize::from(digits.max(scale));
    let unscaled = fitted.unscaled_digits();
    let mut out = Vec::with_capacity(width + 2);
    out.push(if fitted.is_negative() { b'n' } else { b'p' });
    let padded = std::iter::repeat_n(b'0', width.saturating_sub(unscaled.len())).chain(unscaled.bytes());
    for (index, digit) in padded.enumerate() {
        if scale > 0 && index + usize::from(scale) == width {
            out.push(b'.');
        }
        out.push(if fitted.is_negative() { b'0' + b'9' - digit } else { digit });
    }
    Ok(ascii(&out))
}

/// Reads [`ordered_text`].
pub(crate) fn read_ordered_text(text: &str) -> Result<Decimal, ValueError> {
    let corrupt = || ValueError::corrupt("a decimal number in its ordered form", text);
    let (negative, rest) = match text.as_bytes() {
        [b'p', rest @ ..] => (false, rest),
        [b'n', rest @ ..] => (true, rest),
        _ => return Err(corrupt()),
    };
    let mut digits = String::with_capacity(rest.len());
    let mut point = None;
    for byte in rest {
        match byte {
            b'0'..=b'9' => digits.push(char::from(if negative { b'0' + b'9' - byte } else { *byte })),
            b'.' if point.is_none() => point = Some(digits.len()),
            _ => return Err(corrupt()),
        }
    }
    if digits.is_empty() {
        return Err(corrupt());
    }
    let scale = point.map_or(0, |point| digits.len() - point);
    Ok(Decimal::from_digits(negative, &digits, scale as u32))
}

/// Where exponents of [`sortable_text`] are counted from, so that they have no sign.
const EXPONENT_ZERO: i64 = 50_000;

/// A decimal of any length as text whose byte order is the numeric order and which is the same for equal numbers: `o` for
/// zero; `p`, five digits of an exponent and the digits, for 0.DIGITS times ten to the exponent; for a negative number `n` and
/// each digit's complement to nine, closed by `~`, so that larger magnitudes come first.
pub fn sortable_text(decimal: &Decimal) -> String {
    let unscaled = decimal.unscaled_digits();
    let digits = unscaled.trim_end_matches('0');
    if digits.is_empty() {
        return "o".to_owned();
    }
    let exponent = EXPONENT_ZERO + unscaled.len() as i64 - i64::from(decimal.scale());
    let body = format!("{exponent:05}{digits}");
    if !decimal.is_negative() {
        return format!("p{body}");
    }
    let complement: String = body.bytes().map(|digit| char::from(b'0' + b'9' - digit)).collect();
    format!("n{complement}~")
}

/// Reads [`sortable_text`]; the scale is the smallest that shows all digits.
///
/// # Errors
/// When it is no such text.
pub fn read_sortable_text(text: &str) -> Result<Decimal, ValueError> {
    let corrupt = || ValueError::corrupt("a decimal number in its sortable form", text);
    let (negative, body) = match text.as_bytes() {
        b"o" => return Ok(Decimal::from_scaled(0, 0)),
        [b'p', body @ ..] => (false, body.to_vec()),
        [b'n', body @ .., b'~'] => {
            (true, body.iter().map(|digit| (b'0' + b'9').wrapping_sub(*digit)).collect())
        }
        _ => return Err(corrupt()),
    };
    if body.len() < 6 || !body.iter().all(u8::is_ascii_digit) {
        return Err(corrupt());
    }
    let (exponent, digits) = body.split_at(5);
    let exponent: i64 = ascii(exponent).parse::<i64>().map_err(|_| corrupt())? - EXPONENT_ZERO;
    let mut digits = ascii(digits);
    let scale = digits.len() as i64 - exponent;
    if scale < 0 {
        digits.push_str(&"0".repeat(usize::try_from(-scale).map_err(|_| corrupt())?));
    }
    Ok(Decimal::from_digits(negative, &digits, u32::try_from(scale.max(0)).map_err(|_| corrupt())?))
}

/// Reads 32 hexadecimal digits, or the form with hyphens.
pub(crate) fn read_uuid(text: &str) -> Result<[u8; 16], ValueError> {
    if matches!(text.len(), 32 | 36)
        && let Ok(uuid) = uuid::Uuid::try_parse(text)
    {
        return Ok(uuid.into_bytes());
    }
    Err(ValueError::corrupt("a UUID", text))
}

/// Django's conversion: the float to 15 significant digits (its context's precision), then to the field's scale,
/// halves to even.
pub(crate) fn decimal_from_real(value: f64, scale: u16) -> Result<Decimal, ValueError> {
    if !value.is_finite() {
        return Err(ValueError::NotFinite);
    }
    let decimal = Decimal::parse(&format!("{value:.14e}"))?;
    Ok(decimal.round(u32::from(scale), Rounding::HalfEven))
}

fn encode_decimal(
    digits: u16,
    scale: u16,
    encoding: SqliteEncoding,
    decimal: &Decimal,
) -> Result<SqliteValue, ValueError> {
    Ok(match encoding {
        SqliteEncoding::ScaledInteger { scale: stored_scale } => {
            let unscaled = decimal.fit(digits, scale)?.to_scaled_i64(u32::from(stored_scale));
            SqliteValue::Integer(unscaled.ok_or_else(|| ValueError::DecimalDigits {
                digits,
                scale,
                found: decimal.to_string(),
            })?)
        }
        SqliteEncoding::OrderedText { digits, scale } => {
            SqliteValue::Text(ordered_text(decimal, digits, scale)?)
        }
        SqliteEncoding::Sortable => SqliteValue::Text(sortable_text(decimal)),
        // The column's NUMERIC affinity makes an INTEGER or a REAL of it, as it does of Django's parameters.
        SqliteEncoding::Django | SqliteEncoding::Plain => {
            SqliteValue::Text(decimal.fit(digits, scale)?.to_string())
        }
    })
}

fn decode_decimal(
    scale: u16,
    encoding: SqliteEncoding,
    stored: SqliteRef<'_>,
) -> Result<Decimal, ValueError> {
    match (encoding, stored) {
        (SqliteEncoding::ScaledInteger { scale }, SqliteRef::Integer(value)) => {
            Ok(Decimal::from_scaled(value, u32::from(scale)))
        }
        (SqliteEncoding::OrderedText { .. }, SqliteRef::Text(text)) => read_ordered_text(text),
        (SqliteEncoding::Sortable, SqliteRef::Text(text)) => {
            // The digits after the point that the type has are shown, those that are zero too.
            let decimal = read_sortable_text(text)?;
            Ok(decimal.rescale(u32::from(scale)).unwrap_or(decimal))
        }
        (SqliteEncoding::Django | SqliteEncoding::Plain, _) => decimal_from_numeric(stored, scale),
        _ => Err(corrupt(&LogicalType::Decimal { digits: 0, scale }, stored)),
    }
}

/// The decimal of a NUMERIC column, whichever storage class SQLite has chosen, with exactly `scale` digits after
/// the point.
pub(crate) fn decimal_from_numeric(stored: SqliteRef<'_>, scale: u16) -> Result<Decimal, ValueError> {
    match stored {
        SqliteRef::Integer(value) => Ok(Decimal::from(value).round(u32::from(scale), Rounding::HalfEven)),
        SqliteRef::Real(value) => decimal_from_real(value, scale),
        SqliteRef::Text(text) => {
            let decimal = Decimal::parse(text).map_err(|_| ValueError::corrupt("a decimal number", text))?;
            Ok(decimal.round(u32::from(scale), Rounding::HalfEven))
        }
        SqliteRef::Null | SqliteRef::Blob(_) => {
            Err(corrupt(&LogicalType::Decimal { digits: 0, scale }, stored))
        }
    }
}

/// The JSON of a stored array: as in a response, but with 64-bit integers as numbers, so that SQL can compare
/// what `json_each` gives.
fn write_stored_array(out: &mut Vec<u8>, element: &LogicalType, value: &Value) -> Result<(), ValueError> {
    match (element, value) {
        (LogicalType::Int64, Value::Int(value)) => write::write_integer(out, *value),
        (_, Value::Array(elements)) => {
            out.push(b'[');
            for (index, value) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                match (element, value) {
                    (LogicalType::Array(inner), Value::Array(_)) => write_stored_array(out, inner, value)?,
                    _ => write_stored_array(out, element, value)?,
                }
            }
            out.push(b']');
        }
        _ => write_value(out, element, value)?,
    }
    Ok(())
}

fn corrupt(logical: &LogicalType, stored: SqliteRef<'_>) -> ValueError {
    let expected = parse::description(logical).0;
    match stored {
        SqliteRef::Text(text) => ValueError::corrupt(expected, text),
        other => ValueError::corrupt(expected, &format!("{other:?}")),
    }
}

/// Text of bytes that this module has written, all of them ASCII.
fn ascii(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{MAX_DATETIME_MICROS, MAX_DAYS, MIN_DATETIME_MICROS, MIN_DAYS};
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn storage_forms() {
        let plain = SqliteEncoding::Plain;
        let text = |text: &str| SqliteValue::Text(text.to_owned());
        let cases = [
            (LogicalType::Boolean, plain, Value::Boolean(true), SqliteValue::Integer(1)),
            (LogicalType::Date, plain, Value::Date(0), text("1970-01-01")),
            (LogicalType::Time, plain, Value::Time(1_500_000), text("00:00:01.500000")),
            (LogicalType::DateTime, plain, Value::DateTime(1_000_000), text("1970-01-01 00:00:01")),
            (
                LogicalType::DateTime,
                SqliteEncoding::Django,
                Value::DateTime(1),
                text("1970-01-01 00:00:00.000001"),
            ),
            (LogicalType::Duration, plain, Value::Duration(-1), SqliteValue::Integer(-1)),
            (LogicalType::Uuid, plain, Value::Uuid([0xab; 16]), text(&"ab".repeat(16))),
            (
                LogicalType::Decimal { digits: 4, scale: 2 },
                SqliteEncoding::ScaledInteger { scale: 2 },
                Value::Decimal(decimal("-4.5")),
                SqliteValue::Integer(-450),
            ),
            (
                LogicalType::Decimal { digits: 20, scale: 2 },
                SqliteEncoding::OrderedText { digits: 20, scale: 2 },
                Value::Decimal(decimal("-4.5")),
                text("n999999999999999995.49"),
            ),
            (
                LogicalType::Decimal { digits: 20, scale: 2 },
                SqliteEncoding::OrderedText { digits: 20, scale: 2 },
                Value::Decimal(decimal("4.5")),
                text("p000000000000000004.50"),
            ),
            (
                LogicalType::Decimal { digits: 4, scale: 2 },
                SqliteEncoding::Django,
                Value::Decimal(decimal("4.5")),
                text("4.50"),
            ),
            (
                LogicalType::Array(Box::new(LogicalType::Int64)),
                plain,
                Value::Array(vec![Value::Int(1), Value::Null]),
                text("[1,null]"),
            ),
        ];
        for (logical, encoding, value, stored) in cases {
            assert_eq!(encode(&logical, encoding, &value).unwrap(), stored);
            assert_eq!(decode(&logical, encoding, stored.borrowed()).unwrap(), value, "{stored:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let logical = LogicalType::Decimal { digits: 4, scale: 2 };
        for text in ["100", "1.005", "-100"] {
            let value = Value::Decimal(decimal(text));
            for encoding in [SqliteEncoding::ScaledInteger { scale: 2 }, SqliteEncoding::Django] {
                assert!(encode(&logical, encoding, &value).is_err(), "{text}");
            }
        }
        assert!(encode(&LogicalType::Int32, SqliteEncoding::Plain, &Value::Text("1".into())).is_err());
        assert!(encode(&LogicalType::Float, SqliteEncoding::Plain, &Value::Float(f64::NAN)).is_err());
    }

    #[test]
    fn djangos_numeric_columns() {
        let logical = LogicalType::Decimal { digits: 10, scale: 2 };
        let cases = [
            (SqliteRef::Real(0.1), "0.10"),
            (SqliteRef::Real(4.35), "4.35"),
            (SqliteRef::Integer(5), "5.00"),
            (SqliteRef::Text("7.5"), "7.50"),
            // Fifteen digits first: this float is 2.67499999999999982236431605997495353221893310546875.
            (SqliteRef::Real(2.675), "2.68"),
            (SqliteRef::Real(0.125), "0.12"),
            (SqliteRef::Real(-1e-9), "0.00"),
            (SqliteRef::Real(99_999_999.99), "99999999.99"),
        ];
        for (stored, expected) in cases {
            let mut out = Vec::new();
            write_stored(&mut out, &logical, SqliteEncoding::Django, stored).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), format!("\"{expected}\""), "{stored:?}");
        }
        assert!(decode(&logical, SqliteEncoding::Django, SqliteRef::Text("abc")).is_err());
        assert!(decode(&logical, SqliteEncoding::Django, SqliteRef::Real(f64::INFINITY)).is_err());
    }

    #[test]
    fn djangos_json_becomes_canonical() {
        let mut out = Vec::new();
        let stored = SqliteRef::Text(r#"{"bb": 1, "a": "\u00e9"}"#);
        write_stored(&mut out, &LogicalType::Json, SqliteEncoding::Django, stored).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a":"é","bb":1}"#);
        let mut out = Vec::new();
        let refused =
            write_stored(&mut out, &LogicalType::Json, SqliteEncoding::Django, SqliteRef::Text("NaN"));
        assert!(refused.is_err() && out.is_empty());
    }

    #[test]
    fn columns_that_hold_something_else() {
        let plain = SqliteEncoding::Plain;
        let cases = [
            (LogicalType::Boolean, SqliteRef::Integer(2)),
            (LogicalType::Int32, SqliteRef::Integer(1 << 40)),
            (LogicalType::Int32, SqliteRef::Text("1")),
            (LogicalType::Date, SqliteRef::Text("yesterday")),
            (LogicalType::DateTime, SqliteRef::Integer(0)),
            (LogicalType::Uuid, SqliteRef::Text("x")),
            (LogicalType::Uuid, SqliteRef::Blob(&[1, 2])),
            (LogicalType::Binary, SqliteRef::Text("x")),
            (LogicalType::Text, SqliteRef::Integer(1)),
        ];
        for (logical, stored) in cases {
            assert!(matches!(decode(&logical, plain, stored), Err(ValueError::Corrupt { .. })), "{stored:?}");
            let mut out = Vec::new();
            assert!(write_stored(&mut out, &logical, plain, stored).is_err() && out.is_empty(), "{stored:?}");
        }
        for text in ["", "p", "x1", "p1.2.3", "p-1", "n"] {
            assert!(read_ordered_text(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn ordered_text_keeps_the_order(
            left in "-?[0-9]{1,24}(\\.[0-9]{0,6})?", right in "-?[0-9]{1,24}(\\.[0-9]{0,6})?"
        ) {
            let (left, right) = (decimal(&left), decimal(&right));
            let (a, b) = (ordered_text(&left, 30, 6).unwrap(), ordered_text(&right, 30, 6).unwrap());
            prop_assert_eq!(a.as_bytes().cmp(b.as_bytes()), left.cmp(&right));
            prop_assert_eq!(read_ordered_text(&a).unwrap(), left);
        }

        #[test]
        fn ordered_text_keeps_the_order_of_neighbours(value: i64, step in -3i64..=3) {
            let other = value.saturating_add(step);
            let text = |value| ordered_text(&Decimal::from_scaled(value, 4), 25, 4).unwrap();
            prop_assert_eq!(text(value).cmp(&text(other)), value.cmp(&other));
        }

        #[test]
        fn values_round_trip(
            micros in MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS,
            days in MIN_DAYS..=MAX_DAYS,
            number: i64,
            bytes: [u8; 16],
            text in "[^\u{0}]*",
        ) {
            let cases = [
                (LogicalType::DateTime, Value::DateTime(micros)),
                (LogicalType::Date, Value::Date(days)),
                (LogicalType::Time, Value::Time(micros.rem_euclid(86_400_000_000))),
                (LogicalType::Uuid, Value::Uuid(bytes)),
                (LogicalType::Binary, Value::Binary(bytes.to_vec())),
                (LogicalType::Text, Value::Text(text.clone())),
                (LogicalType::Int64, Value::Int(number)),
                (LogicalType::Float, Value::Float(number as f64)),
                (LogicalType::Array(Box::new(LogicalType::Text)), Value::Array(vec![Value::Text(text)])),
                (LogicalType::Array(Box::new(LogicalType::Int64)), Value::Array(vec![Value::Int(number)])),
            ];
            for (logical, value) in cases {
                let stored = encode(&logical, SqliteEncoding::Plain, &value).unwrap();
                prop_assert_eq!(&decode(&logical, SqliteEncoding::Plain, stored.borrowed()).unwrap(), &value);
                let (mut written, mut direct) = (Vec::new(), Vec::new());
                write_value(&mut written, &logical, &value).unwrap();
                write_stored(&mut direct, &logical, SqliteEncoding::Plain, stored.borrowed()).unwrap();
                prop_assert_eq!(written, direct);
            }
        }

        #[test]
        fn text_order_of_datetimes_is_their_order(
            left in MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS, right in MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS
        ) {
            prop_assert_eq!(datetime_text(left).unwrap().cmp(&datetime_text(right).unwrap()), left.cmp(&right));
        }
    }
}
