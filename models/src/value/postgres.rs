//! PostgreSQL's binary formats: reading columns, writing them straight into a response, and parameters.
//!
//! The formats are those of the send and receive functions of each type in PostgreSQL's sources
//! (`src/backend/utils/adt`). All numbers are big-endian. Nothing here trusts a length.

use super::range::{Range, bound_type};
use super::{Decimal, Rounding, Value, ValueError, parse, write, write_jsonb_compact, write_value};
use crate::registry::{LogicalType, RangeBound};
use bytes::{BufMut, BytesMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// 2000-01-01, PostgreSQL's epoch, in days since 1970-01-01.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * super::MICROS_PER_DAY;

const NUMERIC_NEGATIVE: u16 = 0x4000;
/// The bits of the signs of NaN and both infinities.
const NUMERIC_SPECIAL: u16 = 0xc000;
/// Digits of a numeric's group.
const GROUP: usize = 4;

/// `inet`'s address families.
const FAMILY_V4: u8 = 2;
const FAMILY_V6: u8 = 3;

/// Reads the value of a column.
///
/// # Errors
/// [`ValueError::Corrupt`] when the bytes are not of the type, [`ValueError::NotFinite`] and
/// [`ValueError::OutOfRange`] for what PostgreSQL can hold and Nuages cannot (NaN, infinite dates).
pub fn pg_decode(logical: &LogicalType, bytes: &[u8]) -> Result<Value, ValueError> {
    Ok(match logical {
        LogicalType::Boolean => Value::Boolean(pg_decode_boolean(bytes)?),
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => Value::Int(pg_decode_integer(bytes)?),
        LogicalType::Float => Value::Float(pg_decode_float(bytes)?),
        LogicalType::Decimal { scale, .. } => {
            Value::Decimal(pg_decode_numeric(bytes)?.round(u32::from(*scale), Rounding::HalfAwayFromZero))
        }
        LogicalType::Text => Value::Text(pg_decode_text(bytes)?.to_owned()),
        LogicalType::Encrypted(keys) => Value::Text(keys.decrypt(pg_decode_text(bytes)?)?),
        LogicalType::Custom(custom) => custom.load(pg_decode(custom.stored_type(), bytes)?)?,
        LogicalType::Date => Value::Date(pg_decode_date(bytes)?),
        LogicalType::Time => Value::Time(pg_decode_time(bytes)?),
        LogicalType::DateTime => Value::DateTime(pg_decode_timestamptz(bytes)?),
        LogicalType::Duration => Value::Duration(pg_decode_interval(bytes)?),
        LogicalType::Uuid => Value::Uuid(*pg_decode_uuid(bytes)?),
        LogicalType::Json => {
            let mut out = Vec::new();
            write_jsonb_compact(&mut out, pg_decode_jsonb(bytes)?);
            Value::Json(String::from_utf8(out).map_err(|_| ValueError::corrupt_binary("JSON", bytes))?)
        }
        LogicalType::Binary => Value::Binary(bytes.to_vec()),
        LogicalType::IpAddress => Value::Text(pg_decode_inet(bytes)?),
        LogicalType::Array(element) => pg_decode_array(element, bytes)?,
        LogicalType::Range(bound) => Value::Json(decode_range(*bound, bytes)?.to_json(*bound)?),
        LogicalType::SearchVector => return Err(ValueError::Unsupported { type_name: "search vector" }),
    })
}

/// Appends a column's value as it stands in a GraphQL response, without a [`Value`] in between for the types
/// that are read much.
///
/// # Errors
/// As [`pg_decode`]; nothing is appended then.
pub fn pg_write(out: &mut Vec<u8>, logical: &LogicalType, bytes: &[u8]) -> Result<(), ValueError> {
    match logical {
        LogicalType::Boolean => write::write_boolean(out, pg_decode_boolean(bytes)?),
        LogicalType::Int16 | LogicalType::Int32 => write::write_integer(out, pg_decode_integer(bytes)?),
        LogicalType::Int64 => write::write_big_integer(out, pg_decode_integer(bytes)?),
        LogicalType::Float => write_float_binary(out, bytes)?,
        LogicalType::Decimal { scale, .. } => write_numeric_binary(out, bytes, Some(*scale))?,
        LogicalType::Text => write::write_string(out, pg_decode_text(bytes)?),
        LogicalType::Encrypted(keys) => write::write_string(out, &keys.decrypt(pg_decode_text(bytes)?)?),
        LogicalType::Date => write::write_date_days(out, pg_decode_date(bytes)?)?,
        LogicalType::Time => write::write_time_micros(out, pg_decode_time(bytes)?)?,
        LogicalType::DateTime => write::write_datetime_micros(out, pg_decode_timestamptz(bytes)?)?,
        LogicalType::Duration => write::write_duration_micros(out, pg_decode_interval(bytes)?),
        LogicalType::Uuid => write::write_uuid(out, pg_decode_uuid(bytes)?),
        LogicalType::Json => write_jsonb_compact(out, pg_decode_jsonb(bytes)?),
        LogicalType::Binary => write::write_base64(out, bytes),
        LogicalType::IpAddress
        | LogicalType::Array(_)
        | LogicalType::Range(_)
        | LogicalType::Custom(_)
        | LogicalType::SearchVector => {
            let value = pg_decode(logical, bytes)?;
            let start = out.len();
            if let Err(error) = write_value(out, logical, &value) {
                out.truncate(start);
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Appends a parameter of the type; `false` when the value is NULL, of which nothing is appended. The column's
/// types are `bool`, `int2`, `int4`, `int8`, `float8`, `numeric`, `text`, `date`, `time`, `timestamptz`,
/// `interval`, `uuid`, `jsonb`, `bytea`, `inet`, and arrays and ranges of them.
///
/// # Errors
/// When the value is not of the type or the type cannot hold it.
pub fn pg_encode(logical: &LogicalType, value: &Value, out: &mut BytesMut) -> Result<bool, ValueError> {
    let out_of_range =
        |value: i64| ValueError::out_of_range("it does not fit the column", &value.to_string());
    match (logical, value) {
        (_, Value::Null) => return Ok(false),
        (LogicalType::Boolean, Value::Boolean(value)) => out.put_u8(u8::from(*value)),
        (LogicalType::Int16, Value::Int(value)) => {
            out.put_i16(i16::try_from(*value).map_err(|_| out_of_range(*value))?);
        }
        (LogicalType::Int32, Value::Int(value)) => {
            out.put_i32(i32::try_from(*value).map_err(|_| out_of_range(*value))?);
        }
        (LogicalType::Int64, Value::Int(value)) => out.put_i64(*value),
        (LogicalType::Float, Value::Float(value)) => out.put_f64(*value),
        (LogicalType::Decimal { .. }, Value::Decimal(value)) => pg_encode_numeric(value, out)?,
        (LogicalType::Text, Value::Text(text)) => out.put_slice(text.as_bytes()),
        (LogicalType::Encrypted(keys), Value::Text(text)) => out.put_slice(keys.encrypt(text)?.as_bytes()),
        (LogicalType::Custom(custom), value) => {
            return pg_encode(custom.stored_type(), &custom.store(value)?, out);
        }
        (LogicalType::Date, Value::Date(days)) => pg_encode_date(*days, out)?,
        (LogicalType::Time, Value::Time(micros)) => pg_encode_time(*micros, out),
        (LogicalType::DateTime, Value::DateTime(micros)) => pg_encode_timestamptz(*micros, out)?,
        (LogicalType::Duration, Value::Duration(micros)) => pg_encode_interval(*micros, out),
        (LogicalType::Uuid, Value::Uuid(bytes)) => pg_encode_uuid(bytes, out),
        (LogicalType::Json, Value::Json(text)) => pg_encode_jsonb(text, out),
        (LogicalType::Binary, Value::Binary(bytes)) => out.put_slice(bytes),
        (LogicalType::IpAddress, Value::Text(text)) => pg_encode_inet(text, out)?,
        (LogicalType::Array(element), Value::Array(elements)) => pg_encode_array(element, elements, out)?,
        (LogicalType::Range(bound), Value::Json(text)) => encode_range(*bound, text, out)?,
        _ => {
            let (expected, example) = parse::description(logical);
            return Err(ValueError::malformed(expected, example, &format!("{value:?}")));
        }
    }
    Ok(true)
}

/// The OID of the type as an array's element or a parameter (`src/include/catalog/pg_type.dat`).
///
/// # Errors
/// For search vectors, which are no parameters.
pub fn pg_oid(logical: &LogicalType) -> Result<u32, ValueError> {
    Ok(match logical {
        LogicalType::Boolean => 16,
        LogicalType::Binary => 17,
        LogicalType::Int64 => 20,
        LogicalType::Int16 => 21,
        LogicalType::Int32 => 23,
        LogicalType::Text | LogicalType::Encrypted(_) => 25,
        LogicalType::Float => 701,
        LogicalType::IpAddress => 869,
        LogicalType::Date => 1082,
        LogicalType::Time => 1083,
        LogicalType::DateTime => 1184,
        LogicalType::Duration => 1186,
        LogicalType::Decimal { .. } => 1700,
        LogicalType::Uuid => 2950,
        LogicalType::Json => 3802,
        LogicalType::Range(RangeBound::Int32) => 3904,
        LogicalType::Range(RangeBound::Decimal) => 3906,
        LogicalType::Range(RangeBound::DateTime) => 3910,
        LogicalType::Range(RangeBound::Date) => 3912,
        LogicalType::Range(RangeBound::Int64) => 3926,
        LogicalType::Custom(custom) => return pg_oid(custom.stored_type()),
        LogicalType::Array(element) => match element.as_ref() {
            LogicalType::Boolean => 1000,
            LogicalType::Binary => 1001,
            LogicalType::Int64 => 1016,
            LogicalType::Int16 => 1005,
            LogicalType::Int32 => 1007,
            LogicalType::Text | LogicalType::Encrypted(_) => 1009,
            LogicalType::Float => 1022,
            LogicalType::IpAddress => 1041,
            LogicalType::Date => 1182,
            LogicalType::Time => 1183,
            LogicalType::DateTime => 1185,
            LogicalType::Duration => 1187,
            LogicalType::Decimal { .. } => 1231,
            LogicalType::Uuid => 2951,
            LogicalType::Json => 3807,
            LogicalType::Range(RangeBound::Int32) => 3905,
            LogicalType::Range(RangeBound::Decimal) => 3907,
            LogicalType::Range(RangeBound::DateTime) => 3911,
            LogicalType::Range(RangeBound::Date) => 3913,
            LogicalType::Range(RangeBound::Int64) => 3927,
            // An array of arrays is an array of more dimensions.
            LogicalType::Array(_) => return pg_oid(element),
            LogicalType::Custom(custom) => {
                return pg_oid(&LogicalType::Array(Box::new(custom.stored_type().clone())));
            }
            LogicalType::SearchVector => return Err(ValueError::Unsupported { type_name: "search vector" }),
        },
        LogicalType::SearchVector => return Err(ValueError::Unsupported { type_name: "search vector" }),
    })
}

/// Reads `bool`.
///
/// # Errors
/// When the bytes are not of the type; so for all functions below.
pub fn pg_decode_boolean(bytes: &[u8]) -> Result<bool, ValueError> {
    match bytes {
        [0] => Ok(false),
        [1] => Ok(true),
        _ => Err(ValueError::corrupt_binary("a boolean", bytes)),
    }
}

/// Reads `int2`, `int4` or `int8` by its length: an existing table's column may be of another size than its field.
pub fn pg_decode_integer(bytes: &[u8]) -> Result<i64, ValueError> {
    match bytes.len() {
        2 => Ok(i64::from(i16::from_be_bytes(fixed(bytes)?))),
        4 => Ok(i64::from(i32::from_be_bytes(fixed(bytes)?))),
        8 => Ok(i64::from_be_bytes(fixed(bytes)?)),
        _ => Err(ValueError::corrupt_binary("an integer", bytes)),
    }
}

/// Reads `float8` or `float4`.
pub fn pg_decode_float(bytes: &[u8]) -> Result<f64, ValueError> {
    let value = match bytes.len() {
        4 => f64::from(f32::from_be_bytes(fixed(bytes)?)),
        8 => f64::from_be_bytes(fixed(bytes)?),
        _ => return Err(ValueError::corrupt_binary("a float", bytes)),
    };
    if value.is_finite() { Ok(value) } else { Err(ValueError::NotFinite) }
}

/// Appends `float8` or `float4`; the latter with the digits that its own precision has.
pub fn write_float_binary(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), ValueError> {
    let value = pg_decode_float(bytes)?;
    if bytes.len() == 4 {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value as f32 + 0.0).as_bytes());
        return Ok(());
    }
    write::write_float(out, value)
}

/// Reads `text`, `varchar`, `bpchar`.
pub fn pg_decode_text(bytes: &[u8]) -> Result<&str, ValueError> {
    std::str::from_utf8(bytes).map_err(|_| ValueError::corrupt_binary("text", bytes))
}

/// Reads `date` as days since 1970-01-01.
pub fn pg_decode_date(bytes: &[u8]) -> Result<i32, ValueError> {
    let days = i32::from_be_bytes(fixed(bytes)?);
    let expected = "a date is in the years 0001 to 9999";
    days.checked_add(EPOCH_DAYS)
        .filter(|days| (super::MIN_DAYS..=super::MAX_DAYS).contains(days))
        .ok_or_else(|| ValueError::out_of_range(expected, &format!("day {days}")))
}

/// Reads `time` as microseconds since midnight.
pub fn pg_decode_time(bytes: &[u8]) -> Result<i64, ValueError> {
    Ok(i64::from_be_bytes(fixed(bytes)?))
}

/// Reads `timestamptz` (or `timestamp`, as UTC) as microseconds since 1970-01-01T00:00:00Z.
pub fn pg_decode_timestamptz(bytes: &[u8]) -> Result<i64, ValueError> {
    let micros = i64::from_be_bytes(fixed(bytes)?);
    let expected = "a date and time is in the years 0001 to 9999 in UTC";
    micros
        .checked_add(EPOCH_MICROS)
        .filter(|micros| (super::MIN_DATETIME_MICROS..=super::MAX_DATETIME_MICROS).contains(micros))
        .ok_or_else(|| ValueError::out_of_range(expected, &format!("{micros} microseconds after 2000")))
}

/// Reads `interval` as microseconds. A day has 24 hours; months are 30 days and twelve of them 365, which is what
/// Django's driver makes of them.
pub fn pg_decode_interval(bytes: &[u8]) -> Result<i64, ValueError> {
    let parts: [u8; 16] = fixed(bytes)?;
    let (micros, rest) = parts.split_at(8);
    let (days, months) = rest.split_at(4);
    let (micros, days, months) = (
        i64::from_be_bytes(fixed(micros)?),
        i32::from_be_bytes(fixed(days)?),
        i32::from_be_bytes(fixed(months)?),
    );
    let days = i128::from(days) + i128::from(months / 12) * 365 + i128::from(months % 12) * 30;
    let total = days * i128::from(super::MICROS_PER_DAY) + i128::from(micros);
    i64::try_from(total)
        .map_err(|_| ValueError::out_of_range("a duration is below 292,000 years", &format!("{days} days")))
}

/// Reads `uuid`.
pub fn pg_decode_uuid(bytes: &[u8]) -> Result<&[u8; 16], ValueError> {
    bytes.try_into().map_err(|_| ValueError::corrupt_binary("a UUID", bytes))
}

/// The text of a `jsonb`, with PostgreSQL's spaces.
pub fn pg_decode_jsonb(bytes: &[u8]) -> Result<&[u8], ValueError> {
    match bytes {
        [1, text @ ..] => Ok(text),
        _ => Err(ValueError::corrupt_binary("JSON", bytes)),
    }
}

/// Reads `inet` as canonical text; the network's length is shown when it is not a single address.
pub fn pg_decode_inet(bytes: &[u8]) -> Result<String, ValueError> {
    let corrupt = || ValueError::corrupt_binary("an address", bytes);
    let [family, bits, _is_cidr, length, rest @ ..] = bytes else { return Err(corrupt()) };
    let (address, all_bits) = match (*family, *length) {
        (FAMILY_V4, 4) => (IpAddr::V4(Ipv4Addr::from(fixed::<4>(rest)?)), 32),
        (FAMILY_V6, 16) => (IpAddr::V6(Ipv6Addr::from(fixed::<16>(rest)?)), 128),
        _ => return Err(corrupt()),
    };
    Ok(if *bits == all_bits { address.to_string() } else { format!("{address}/{bits}") })
}

/// The parts of a binary `numeric`.
struct Numeric<'a> {
    /// Groups of four digits, two bytes each.
    groups: &'a [u8],
    /// The power of 10,000 of the first group.
    weight: i32,
    negative: bool,
    /// Digits after the point that are shown.
    scale: u16,
}

impl<'a> Numeric<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ValueError> {
        let corrupt = || ValueError::corrupt_binary("a numeric", bytes);
        let [n0, n1, w0, w1, s0, s1, d0, d1, groups @ ..] = bytes else { return Err(corrupt()) };
        let sign = u16::from_be_bytes([*s0, *s1]);
        if sign & NUMERIC_SPECIAL == NUMERIC_SPECIAL {
            return Err(ValueError::NotFinite);
        }
        let numeric = Self {
            groups,
            weight: i32::from(i16::from_be_bytes([*w0, *w1])),
            negative: sign == NUMERIC_NEGATIVE,
            scale: u16::from_be_bytes([*d0, *d1]),
        };
        let valid = groups.len() == 2 * usize::from(u16::from_be_bytes([*n0, *n1]))
            && (sign == 0 || sign == NUMERIC_NEGATIVE)
            && groups.chunks_exact(2).all(|group| u16::from_be_bytes([group[0], group[1]]) < 10_000);
        if valid { Ok(numeric) } else { Err(corrupt()) }
    }

    /// The four digits at a power of 10,000; zeros where none are stored.
    fn group(&self, power: i32) -> u32 {
        let stored =
            usize::try_from(self.weight - power).ok().and_then(|at| self.groups.get(2 * at..2 * at + 2));
        stored.map_or(0, |group| u32::from(u16::from_be_bytes([group[0], group[1]])))
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.negative && self.groups.iter().any(|byte| *byte != 0) {
            out.push(b'-');
        }
        if self.weight < 0 {
            out.push(b'0');
        } else {
            out.extend_from_slice(itoa::Buffer::new().format(self.group(self.weight)).as_bytes());
            for power in (0..self.weight).rev() {
                out.extend_from_slice(&four_digits(self.group(power)));
            }
        }
        let scale = usize::from(self.scale);
        if scale > 0 {
            out.push(b'.');
            let start = out.len();
            let mut power = -1;
            while out.len() < start + scale {
                out.extend_from_slice(&four_digits(self.group(power)));
                power -= 1;
            }
            out.truncate(start + scale);
        }
    }
}

fn four_digits(group: u32) -> [u8; 4] {
    let [a, b] = write::two_digits(group / 100);
    let [c, d] = write::two_digits(group % 100);
    [a, b, c, d]
}

/// Appends a binary `numeric` in quotes: with `scale` digits after the point (rounded half away from zero when
/// it has more), or exactly as PostgreSQL prints it when `scale` is `None`.
pub fn write_numeric_binary(out: &mut Vec<u8>, bytes: &[u8], scale: Option<u16>) -> Result<(), ValueError> {
    let numeric = Numeric::read(bytes)?;
    let missing = match scale {
        Some(scale) if scale < numeric.scale => {
            let decimal = pg_decode_numeric(bytes)?.round(u32::from(scale), Rounding::HalfAwayFromZero);
            write::write_decimal(out, &decimal);
            return Ok(());
        }
        Some(scale) => usize::from(scale - numeric.scale),
        None => 0,
    };
    out.push(b'"');
    numeric.write(out);
    if missing > 0 {
        if numeric.scale == 0 {
            out.push(b'.');
        }
        out.extend(std::iter::repeat_n(b'0', missing));
    }
    out.push(b'"');
    Ok(())
}

/// Reads `numeric` with the digits after the point that it shows.
pub fn pg_decode_numeric(bytes: &[u8]) -> Result<Decimal, ValueError> {
    let numeric = Numeric::read(bytes)?;
    let mut text = Vec::new();
    numeric.write(&mut text);
    let digits: String =
        text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    Ok(Decimal::from_digits(numeric.negative, &digits, u32::from(numeric.scale)))
}

/// Appends `numeric`.
///
/// # Errors
/// When it has more digits than PostgreSQL's numeric (131072 before the point, 16383 after it).
pub fn pg_encode_numeric(decimal: &Decimal, out: &mut BytesMut) -> Result<(), ValueError> {
    let too_long = || {
        ValueError::out_of_range("a numeric has at most 131072 digits before and 16383 after the point", "it")
    };
    let scale = u16::try_from(decimal.scale()).ok().filter(|scale| *scale <= 16_383).ok_or_else(too_long)?;
    let digits = decimal.unscaled_digits().as_bytes();
    // Aligned at the point, both parts are whole groups of four digits.
    let whole = digits.len().saturating_sub(usize::from(scale));
    let leading = (GROUP - whole % GROUP) % GROUP;
    let fraction_zeros = usize::from(scale).saturating_sub(digits.len());
    let trailing = (GROUP - usize::from(scale) % GROUP) % GROUP;
    let mut aligned = Vec::with_capacity(digits.len() + 2 * GROUP + fraction_zeros);
    aligned.resize(leading, b'0');
    aligned.extend_from_slice(&digits[..whole]);
    aligned.resize(aligned.len() + fraction_zeros, b'0');
    aligned.extend_from_slice(&digits[whole..]);
    aligned.resize(aligned.len() + trailing, b'0');
    let groups: Vec<u16> = aligned
        .chunks_exact(GROUP)
        .map(|group| group.iter().fold(0, |value, digit| value * 10 + u16::from(digit - b'0')))
        .collect();
    let first = groups.iter().position(|group| *group != 0).unwrap_or(groups.len());
    let last = groups.iter().rposition(|group| *group != 0).map_or(first, |at| at + 1);
    let stored = &groups[first..last];
    let weight =
        if stored.is_empty() { 0 } else { (whole + leading) as i64 / GROUP as i64 - 1 - first as i64 };
    out.put_i16(i16::try_from(stored.len()).map_err(|_| too_long())?);
    out.put_i16(i16::try_from(weight).map_err(|_| too_long())?);
    out.put_u16(if decimal.is_negative() { NUMERIC_NEGATIVE } else { 0 });
    out.put_u16(scale);
    for group in stored {
        out.put_u16(*group);
    }
    Ok(())
}

/// Appends `date` from days since 1970-01-01.
///
/// # Errors
/// Outside of the years 0001 to 9999.
pub fn pg_encode_date(days: i32, out: &mut BytesMut) -> Result<(), ValueError> {
    if !(super::MIN_DAYS..=super::MAX_DAYS).contains(&days) {
        return Err(ValueError::out_of_range("a date is in the years 0001 to 9999", &format!("day {days}")));
    }
    out.put_i32(days - EPOCH_DAYS);
    Ok(())
}

/// Appends `time` from microseconds since midnight.
pub fn pg_encode_time(micros: i64, out: &mut BytesMut) {
    out.put_i64(micros);
}

/// Appends `timestamptz` from microseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// Outside of the years 0001 to 9999.
pub fn pg_encode_timestamptz(micros: i64, out: &mut BytesMut) -> Result<(), ValueError> {
    if !(super::MIN_DATETIME_MICROS..=super::MAX_DATETIME_MICROS).contains(&micros) {
        let expected = "a date and time is in the years 0001 to 9999 in UTC";
        return Err(ValueError::out_of_range(expected, &format!("{micros} microseconds")));
    }
    out.put_i64(micros - EPOCH_MICROS);
    Ok(())
}

/// Appends `interval`: whole days as days, so that other tools show them as such, and the rest as microseconds.
pub fn pg_encode_interval(micros: i64, out: &mut BytesMut) {
    out.put_i64(micros % super::MICROS_PER_DAY);
    // 64 bits of microseconds are at most 106,751,991 days.
    out.put_i32((micros / super::MICROS_PER_DAY) as i32);
    out.put_i32(0);
}

/// Appends `uuid`.
pub fn pg_encode_uuid(bytes: &[u8; 16], out: &mut BytesMut) {
    out.put_slice(bytes);
}

/// Appends `jsonb` from JSON text.
pub fn pg_encode_jsonb(text: &str, out: &mut BytesMut) {
    out.put_u8(1);
    out.put_slice(text.as_bytes());
}

/// Appends `inet` from an address without a network's length.
///
/// # Errors
/// When the text is not an address.
pub fn pg_encode_inet(text: &str, out: &mut BytesMut) -> Result<(), ValueError> {
    let address: IpAddr =
        text.parse().map_err(|_| ValueError::malformed("an IPv4 or IPv6 address", "\"192.0.2.1\"", text))?;
    match address {
        IpAddr::V4(address) => {
            out.put_slice(&[FAMILY_V4, 32, 0, 4]);
            out.put_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            out.put_slice(&[FAMILY_V6, 128, 0, 16]);
            out.put_slice(&address.octets());
        }
    }
    Ok(())
}

/// Reads an array; one of several dimensions is an array of arrays.
pub fn pg_decode_array(element: &LogicalType, bytes: &[u8]) -> Result<Value, ValueError> {
    let corrupt = || ValueError::corrupt_binary("an array", bytes);
    let mut reader = Reader { rest: bytes };
    let dimensions = reader.i32().filter(|count| (0..=6).contains(count)).ok_or_else(corrupt)?;
    reader.take(8).ok_or_else(corrupt)?;
    let mut lengths = Vec::new();
    for _ in 0..dimensions {
        // An empty array has no dimensions, so that no dimension is empty.
        let length = reader.i32().and_then(|length| usize::try_from(length).ok());
        lengths.push(length.filter(|length| *length > 0).ok_or_else(corrupt)?);
        reader.take(4).ok_or_else(corrupt)?;
    }
    let mut innermost = element;
    while let LogicalType::Array(inner) = innermost {
        innermost = inner;
    }
    let value =
        if lengths.is_empty() { Value::Array(Vec::new()) } else { reader.dimension(innermost, &lengths)? };
    if reader.rest.is_empty() { Ok(value) } else { Err(corrupt()) }
}

/// Appends an array.
///
/// # Errors
/// When an element is not of the type, or inner arrays differ in length.
pub fn pg_encode_array(
    element: &LogicalType,
    elements: &[Value],
    out: &mut BytesMut,
) -> Result<(), ValueError> {
    let ragged =
        || ValueError::malformed("a list whose inner lists have one length", "[[1, 2], [3, 4]]", "it");
    let (mut innermost, mut lengths, mut level) = (element, vec![elements.len()], elements);
    while let LogicalType::Array(inner) = innermost {
        let Some(first) = level.first() else { break };
        let Value::Array(next) = first else { return Err(ragged()) };
        lengths.push(next.len());
        (innermost, level) = (inner, next);
    }
    while let LogicalType::Array(inner) = innermost {
        innermost = inner;
    }
    let dimensions = if lengths.contains(&0) { 0 } else { lengths.len() };
    out.put_i32(dimensions as i32);
    // The flag says whether there may be NULLs; PostgreSQL looks for itself.
    out.put_i32(1);
    out.put_u32(pg_oid(innermost)?);
    for length in lengths.iter().take(dimensions) {
        out.put_i32(i32::try_from(*length).map_err(|_| ragged())?);
        out.put_i32(1);
    }
    encode_elements(innermost, elements, &lengths, out)
        .and_then(|same| if same { Ok(()) } else { Err(ragged()) })
}

/// Appends the elements of all dimensions; `false` when an inner array has another length.
fn encode_elements(
    innermost: &LogicalType,
    elements: &[Value],
    lengths: &[usize],
    out: &mut BytesMut,
) -> Result<bool, ValueError> {
    let Some((length, inner)) = lengths.split_first() else { return Ok(false) };
    if elements.len() != *length {
        return Ok(false);
    }
    for value in elements {
        match value {
            Value::Array(values) => {
                if !encode_elements(innermost, values, inner, out)? {
                    return Ok(false);
                }
            }
            _ if !inner.is_empty() => return Ok(false),
            _ => encode_counted(innermost, value, out)?,
        }
    }
    Ok(true)
}

/// Appends a value after its length; -1 is NULL's.
fn encode_counted(logical: &LogicalType, value: &Value, out: &mut BytesMut) -> Result<(), ValueError> {
    let start = out.len();
    out.put_i32(-1);
    if pg_encode(logical, value, out)? {
        let length = i32::try_from(out.len() - start - 4)
            .map_err(|_| ValueError::out_of_range("a value is below 2 GiB", "it"))?;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

// Flags of a binary range (`src/include/utils/rangetypes.h`).
const RANGE_EMPTY: u8 = 0x01;
const RANGE_LOWER_INCLUSIVE: u8 = 0x02;
const RANGE_UPPER_INCLUSIVE: u8 = 0x04;
const RANGE_LOWER_INFINITE: u8 = 0x08;
const RANGE_UPPER_INFINITE: u8 = 0x10;

fn decode_range(bound: RangeBound, bytes: &[u8]) -> Result<Range, ValueError> {
    let corrupt = || ValueError::corrupt_binary("a range", bytes);
    let (flags, rest) = bytes.split_first().ok_or_else(corrupt)?;
    if flags & RANGE_EMPTY != 0 {
        return Ok(Range::Empty);
    }
    let logical = bound_type(bound);
    let mut reader = Reader { rest };
    let mut read = |infinite: u8| {
        if flags & infinite != 0 {
            return Ok(None);
        }
        let bytes = reader.counted().flatten().ok_or_else(corrupt)?;
        // A decimal bound keeps the scale that it has.
        match bound {
            RangeBound::Decimal => pg_decode_numeric(bytes).map(|decimal| Some(Value::Decimal(decimal))),
            _ => pg_decode(&logical, bytes).map(Some),
        }
    };
    let (lower, upper) = (read(RANGE_LOWER_INFINITE)?, read(RANGE_UPPER_INFINITE)?);
    let (lower_inclusive, upper_inclusive) =
        (flags & RANGE_LOWER_INCLUSIVE != 0, flags & RANGE_UPPER_INCLUSIVE != 0);
    Ok(Range::Bounds { lower, upper, lower_inclusive, upper_inclusive })
}

fn encode_range(bound: RangeBound, json: &str, out: &mut BytesMut) -> Result<(), ValueError> {
    let range = Range::from_node(bound, &super::json::Node::parse(json)?)?.normalized()?;
    let Range::Bounds { lower, upper, lower_inclusive, upper_inclusive } = range else {
        out.put_u8(RANGE_EMPTY);
        return Ok(());
    };
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    out.put_u8(
        flag(lower_inclusive, RANGE_LOWER_INCLUSIVE)
            | flag(upper_inclusive, RANGE_UPPER_INCLUSIVE)
            | flag(lower.is_none(), RANGE_LOWER_INFINITE)
            | flag(upper.is_none(), RANGE_UPPER_INFINITE),
    );
    let logical = bound_type(bound);
    for value in [lower, upper].into_iter().flatten() {
        encode_counted(&logical, &value, out)?;
    }
    Ok(())
}

/// Takes parts from the front of a slice.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn i32(&mut self) -> Option<i32> {
        self.take(4).and_then(|bytes| bytes.try_into().ok()).map(i32::from_be_bytes)
    }

    /// A value after its length: `Some(None)` is NULL, `None` is malformed.
    fn counted(&mut self) -> Option<Option<&'a [u8]>> {
        match self.i32()? {
            -1 => Some(None),
            length => self.take(usize::try_from(length).ok()?).map(Some),
        }
    }

    fn dimension(&mut self, element: &LogicalType, lengths: &[usize]) -> Result<Value, ValueError> {
        let corrupt = || ValueError::Corrupt { expected: "an array", found: "a list cut short".to_owned() };
        let Some((length, inner)) = lengths.split_first() else { return Err(corrupt()) };
        // The length is not trusted for an allocation: each element takes at least four bytes.
        let mut values = Vec::with_capacity((*length).min(self.rest.len() / 4));
        for _ in 0..*length {
            // Four bytes an element, whatever the inner lengths claim, so that the loop ends with the bytes.
            if self.rest.is_empty() {
                return Err(corrupt());
            }
            values.push(if inner.is_empty() {
                match self.counted().ok_or_else(corrupt)? {
                    Some(bytes) => pg_decode(element, bytes)?,
                    None => Value::Null,
                }
            } else {
                self.dimension(element, inner)?
            });
        }
        Ok(Value::Array(values))
    }
}

fn fixed<const LENGTH: usize>(bytes: &[u8]) -> Result<[u8; LENGTH], ValueError> {
    bytes.try_into().map_err(|_| ValueError::corrupt_binary("a value of another length", bytes))
}

#[cfg(test)]
#[path = "postgres_tests.rs"]
mod tests;
