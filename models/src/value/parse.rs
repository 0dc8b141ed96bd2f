//! A client's values, read strictly by their logical type.

use super::json::Node;
use super::{
    Decimal, Value, ValueError, parse_date, parse_datetime, parse_duration, parse_time, range, sqlite,
};
use crate::registry::{LogicalType, SqliteEncoding};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;
use std::net::IpAddr;

/// Base64 as clients write it: the padding may be absent.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Most significant digits that survive a reader which holds JSON numbers as 64-bit floats.
const EXACT_FLOAT_DIGITS: usize = 15;

/// Reads a value from its text form: what stands between the quotes in JSON, or the digits of a number. Arrays
/// are JSON texts. Ranges are JSON texts or PostgreSQL's form (`[1,10)`).
///
/// # Errors
/// What was expected, with an example.
pub fn parse_text(logical: &LogicalType, text: &str) -> Result<Value, ValueError> {
    match logical {
        LogicalType::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(malformed_as(logical, text)),
        },
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => integer(logical, text),
        LogicalType::Float => float(text),
        LogicalType::Decimal { digits, scale } => {
            Decimal::parse(text)?.fit(*digits, *scale).map(Value::Decimal)
        }
        LogicalType::Text | LogicalType::Encrypted(_) => {
            without_null_character(text).map(|text| Value::Text(text.to_owned()))
        }
        LogicalType::Date => parse_date(text).map(Value::Date),
        LogicalType::Time => parse_time(text).map(Value::Time),
        LogicalType::DateTime => parse_datetime(text).map(Value::DateTime),
        LogicalType::Duration => parse_duration(text).map(Value::Duration),
        LogicalType::Uuid => {
            let uuid = uuid::Uuid::try_parse(text).map_err(|_| malformed_as(logical, text))?;
            Ok(Value::Uuid(uuid.into_bytes()))
        }
        LogicalType::Json => super::canonical_json(text).map(Value::Json),
        LogicalType::Binary => {
            BASE64.decode(text).map(Value::Binary).map_err(|_| malformed_as(logical, text))
        }
        LogicalType::IpAddress => {
            let address: IpAddr = text.parse().map_err(|_| malformed_as(logical, text))?;
            Ok(Value::Text(address.to_string()))
        }
        LogicalType::Array(_) => from_node(logical, &Node::parse(text)?),
        LogicalType::Range(bound) => range::parse_text(*bound, text).map(Value::Json),
        LogicalType::SearchVector => Err(ValueError::Unsupported { type_name: "search vector" }),
        LogicalType::Custom(custom) => custom.clean(parse_text(custom.value_type(), text)?),
    }
}

/// Reads a value from JSON. `null` is [`Value::Null`] for every type. Int64 and decimals may be numbers or
/// strings; integers must be integral (`2.0` is); dates, times, UUIDs, addresses and bytes are strings.
///
/// A JSON number for a decimal must not have more than 15 significant digits unless it is an integer of 64
/// bits: what is longer was already rounded when the JSON was read.
///
/// # Errors
/// What was expected, with an example.
pub fn from_json(logical: &LogicalType, json: &serde_json::Value) -> Result<Value, ValueError> {
    from_node(logical, &node(json, 0)?)
}

/// [`from_json`] for a tree that is read already.
pub(super) fn from_node(logical: &LogicalType, node: &Node<'_>) -> Result<Value, ValueError> {
    match (logical, node) {
        (LogicalType::Json, _) => Ok(Value::Json(node.to_canonical())),
        (_, Node::Null) => Ok(Value::Null),
        (LogicalType::Custom(custom), _) => custom.clean(from_node(custom.value_type(), node)?),
        (LogicalType::SearchVector, _) => Err(ValueError::Unsupported { type_name: "search vector" }),
        (LogicalType::Range(bound), _) => range::from_node(*bound, node).map(Value::Json),
        (LogicalType::Array(element), Node::Array(elements)) => {
            elements.iter().map(|node| from_node(element, node)).collect::<Result<_, _>>().map(Value::Array)
        }
        (LogicalType::Boolean, Node::Boolean(value)) => Ok(Value::Boolean(*value)),
        (LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64, Node::Number(number)) => {
            let whole = match number.split_once('.') {
                Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
                _ => number,
            };
            integer(logical, whole)
        }
        (LogicalType::Float, Node::Number(number)) => float(number),
        (LogicalType::Decimal { .. }, Node::Number(number)) => {
            if is_rounded(number) {
                let expected = "a decimal number of at most 15 digits (give longer ones as strings)";
                return Err(ValueError::malformed(expected, "\"0.1234567890123456789\"", number));
            }
            parse_text(logical, number)
        }
        (
            LogicalType::Int64
            | LogicalType::Decimal { .. }
            | LogicalType::Text
            | LogicalType::Encrypted(_)
            | LogicalType::Date
            | LogicalType::Time
            | LogicalType::DateTime
            | LogicalType::Duration
            | LogicalType::Uuid
            | LogicalType::Binary
            | LogicalType::IpAddress,
            Node::Text(text),
        ) => parse_text(logical, text),
        _ => Err(malformed_as(logical, &node.to_canonical())),
    }
}

/// The tree of a JSON value. Its numbers are those that the JSON reader has kept.
fn node(json: &serde_json::Value, depth: usize) -> Result<Node<'_>, ValueError> {
    use serde_json::Value as Json;
    if depth > super::json::MAX_DEPTH {
        return Err(ValueError::JsonDepth { limit: super::json::MAX_DEPTH });
    }
    Ok(match json {
        Json::Null => Node::Null,
        Json::Bool(value) => Node::Boolean(*value),
        Json::Number(number) => {
            // A float of -0.0 or with an exponent takes `jsonb`'s form here.
            let text = number.to_string();
            Node::Number(Cow::Owned(super::canonical_json(&text)?))
        }
        Json::String(text) => Node::Text(Cow::Borrowed(without_null_character(text)?)),
        Json::Array(elements) => {
            Node::Array(elements.iter().map(|element| node(element, depth + 1)).collect::<Result<_, _>>()?)
        }
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                Ok((Cow::Borrowed(without_null_character(key)?), node(value, depth + 1)?))
            });
            Node::object(members.collect::<Result<_, ValueError>>()?)
        }
    })
}

/// The value, when it is one of the type: of its form and within its bounds.
///
/// # Errors
/// What was expected.
pub(crate) fn fits_type(logical: &LogicalType, value: Value) -> Result<Value, ValueError> {
    match (logical, &value) {
        (LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64, Value::Int(number)) => {
            return integer(logical, &number.to_string());
        }
        (LogicalType::Decimal { digits, scale }, Value::Decimal(decimal)) => {
            return decimal.fit(*digits, *scale).map(Value::Decimal);
        }
        (LogicalType::Text, Value::Text(text)) => {
            without_null_character(text)?;
        }
        _ => {
            sqlite::encode(logical, SqliteEncoding::Plain, &value)?;
        }
    }
    Ok(value)
}

fn integer(logical: &LogicalType, text: &str) -> Result<Value, ValueError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed_as(logical, text));
    }
    let (smallest, largest, bounds) = match logical {
        LogicalType::Int16 => {
            (i64::from(i16::MIN), i64::from(i16::MAX), "a small integer is from -32768 to 32767")
        }
        LogicalType::Int32 => {
            (i64::from(i32::MIN), i64::from(i32::MAX), "an integer is from -2147483648 to 2147483647")
        }
        _ => (i64::MIN, i64::MAX, "a big integer is from -9223372036854775808 to 9223372036854775807"),
    };
    match text.parse() {
        Ok(value) if (smallest..=largest).contains(&value) => Ok(Value::Int(value)),
        _ => Err(ValueError::out_of_range(bounds, text)),
    }
}

fn float(text: &str) -> Result<Value, ValueError> {
    // Rust also reads `inf`, `infinity` and `nan`.
    let unsigned = text.trim_start_matches(['-', '+']);
    if unsigned.eq_ignore_ascii_case("nan")
        || unsigned.eq_ignore_ascii_case("inf")
        || unsigned.eq_ignore_ascii_case("infinity")
    {
        return Err(ValueError::NotFinite);
    }
    let value: f64 = text.parse().map_err(|_| malformed_as(&LogicalType::Float, text))?;
    if value.is_infinite() {
        return Err(ValueError::out_of_range("a float is below 1.8e308", text));
    }
    // There is no negative zero: SQLite does not keep it.
    Ok(Value::Float(value + 0.0))
}

/// Whether a JSON number has more digits than a 64-bit float keeps and is no 64-bit integer.
fn is_rounded(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return false;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len() > EXACT_FLOAT_DIGITS
}

fn without_null_character(text: &str) -> Result<&str, ValueError> {
    if text.as_bytes().contains(&0) { Err(ValueError::NullCharacter) } else { Ok(text) }
}

fn malformed_as(logical: &LogicalType, found: &str) -> ValueError {
    let (expected, example) = description(logical);
    ValueError::malformed(expected, example, found)
}

/// The type with its article, and one of its values as JSON.
pub(super) fn description(logical: &LogicalType) -> (&'static str, &'static str) {
    match logical {
        LogicalType::Boolean => ("a boolean", "true"),
        LogicalType::Int16 => ("a small integer", "7"),
        LogicalType::Int32 => ("an integer", "7"),
        LogicalType::Int64 => ("a big integer", "\"9007199254740993\""),
        LogicalType::Float => ("a finite number", "1.5"),
        LogicalType::Decimal { .. } => ("a decimal number", "\"12.50\""),
        LogicalType::Text | LogicalType::Encrypted(_) => ("text", "\"text\""),
        LogicalType::Date => ("a date", "\"2024-06-15\""),
        LogicalType::Time => ("a time of day", "\"13:45:30\""),
        LogicalType::DateTime => ("a date and time with an offset", "\"2024-06-15T12:00:00Z\""),
        LogicalType::Duration => ("a duration", "\"P3DT4H\""),
        LogicalType::Uuid => ("a UUID", "\"6fa459ea-ee8a-3ca4-894e-db77e160355e\""),
        LogicalType::Json => ("JSON", "{\"key\": [1, true]}"),
        LogicalType::Binary => ("bytes in base64", "\"bnVhZ2Vz\""),
        LogicalType::IpAddress => ("an IPv4 or IPv6 address", "\"192.0.2.1\""),
        LogicalType::Array(_) => ("a list", "[…]"),
        LogicalType::Range(_) => ("a range", "{\"lower\": 1, \"upper\": 10, \"bounds\": \"[)\"}"),
        LogicalType::SearchVector => ("a search vector", "none"),
        LogicalType::Custom(custom) => description(custom.value_type()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::write_value;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(logical: LogicalType, json: serde_json::Value) -> Result<Value, ValueError> {
        from_json(&logical, &json)
    }

    #[test]
    fn integers_keep_to_their_size() {
        assert_eq!(read(LogicalType::Int32, json!(2_147_483_647)), Ok(Value::Int(2_147_483_647)));
        assert!(matches!(
            read(LogicalType::Int32, json!(2_147_483_648_i64)),
            Err(ValueError::OutOfRange { .. })
        ));
        assert!(matches!(read(LogicalType::Int16, json!(-32_769)), Err(ValueError::OutOfRange { .. })));
        assert_eq!(read(LogicalType::Int64, json!("-9223372036854775808")), Ok(Value::Int(i64::MIN)));
        assert!(matches!(read(LogicalType::Int64, json!(u64::MAX)), Err(ValueError::OutOfRange { .. })));
        assert_eq!(read(LogicalType::Int32, json!(2.0)), Ok(Value::Int(2)));
        assert_eq!(read(LogicalType::Int32, json!(1e3)), Ok(Value::Int(1000)));
        for json in [json!(2.5), json!("2"), json!(true), json!([2]), json!("")] {
            assert!(
                matches!(read(LogicalType::Int32, json.clone()), Err(ValueError::Malformed { .. })),
                "{json}"
            );
        }
        assert_eq!(read(LogicalType::Int32, json!(null)), Ok(Value::Null));
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        let decimal = LogicalType::Decimal { digits: 20, scale: 2 };
        let text = |json| match read(decimal.clone(), json) {
            Ok(Value::Decimal(value)) => value.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(text(json!("1.5")), "1.50");
        assert_eq!(text(json!(1.1)), "1.10");
        assert_eq!(text(json!(-7)), "-7.00");
        assert_eq!(text(json!(123_456_789_012_345_678_i64)), "123456789012345678.00");
        assert!(read(decimal.clone(), json!(0.123_456_789_012_345_67)).is_err());
        assert!(matches!(read(decimal.clone(), json!("1.005")), Err(ValueError::DecimalDigits { .. })));
        assert!(matches!(
            read(decimal.clone(), json!("1234567890123456789")),
            Err(ValueError::DecimalDigits { .. })
        ));
        for json in [json!("NaN"), json!("Infinity"), json!("1,5"), json!(""), json!(false)] {
            assert!(read(decimal.clone(), json.clone()).is_err(), "{json}");
        }
    }

    #[test]
    fn other_scalars() {
        let ip = |text: &str| parse_text(&LogicalType::IpAddress, text);
        assert_eq!(ip("2001:DB8::0:1"), Ok(Value::Text("2001:db8::1".into())));
        assert_eq!(ip("192.0.2.1"), Ok(Value::Text("192.0.2.1".into())));
        assert!(ip("192.0.2.01").is_err() && ip("192.0.2.256").is_err() && ip("").is_err());
        let uuid =
            [0x6f, 0xa4, 0x59, 0xea, 0xee, 0x8a, 0x3c, 0xa4, 0x89, 0x4e, 0xdb, 0x77, 0xe1, 0x60, 0x35, 0x5e];
        for text in [
            "6fa459ea-ee8a-3ca4-894e-db77e160355e",
            "6FA459EAEE8A3CA4894EDB77E160355E",
            "{6fa459ea-ee8a-3ca4-894e-db77e160355e}",
            "urn:uuid:6fa459ea-ee8a-3ca4-894e-db77e160355e",
        ] {
            assert_eq!(parse_text(&LogicalType::Uuid, text), Ok(Value::Uuid(uuid)), "{text}");
        }
        assert!(parse_text(&LogicalType::Uuid, "6fa459ea").is_err());
        assert_eq!(read(LogicalType::Binary, json!("AP8=")), Ok(Value::Binary(vec![0, 255])));
        assert_eq!(read(LogicalType::Binary, json!("AP8")), Ok(Value::Binary(vec![0, 255])));
        assert!(read(LogicalType::Binary, json!("AP8*")).is_err());
        assert_eq!(read(LogicalType::Text, json!("a\u{0}b")), Err(ValueError::NullCharacter));
        assert_eq!(read(LogicalType::Float, json!(3)), Ok(Value::Float(3.0)));
        assert!(
            parse_text(&LogicalType::Float, "NaN").is_err()
                && parse_text(&LogicalType::Float, "1e400").is_err()
        );
        assert!(parse_text(&LogicalType::Boolean, "1").is_err());
        assert!(read(LogicalType::SearchVector, json!("a")).is_err());
    }

    #[test]
    fn json_is_canonical_whatever_it_holds() {
        let given = json!({"bb": 1e2, "a": [null, -0.0, {"k": "v"}]});
        assert_eq!(
            read(LogicalType::Json, given),
            Ok(Value::Json(r#"{"a":[null,0.0,{"k":"v"}],"bb":100.0}"#.into()))
        );
        assert_eq!(read(LogicalType::Json, json!(null)), Ok(Value::Json("null".into())));
        assert_eq!(read(LogicalType::Json, json!({"a\u{0}": 1})), Err(ValueError::NullCharacter));
    }

    #[test]
    fn lists_name_the_wrong_element() {
        let list = LogicalType::Array(Box::new(LogicalType::Int32));
        assert_eq!(
            read(list.clone(), json!([1, null, 3])),
            Ok(Value::Array(vec![Value::Int(1), Value::Null, Value::Int(3)]))
        );
        let message = read(list.clone(), json!([1, "x"])).unwrap_err().to_string();
        assert!(message.contains('x') && message.contains("an integer"), "{message}");
        assert!(read(list, json!(1)).is_err());
    }

    #[test]
    fn messages_are_short() {
        let message = parse_text(&LogicalType::Date, &"x".repeat(100_000)).unwrap_err().to_string();
        assert!(message.len() < 200, "{message}");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in any::<i64>(), real in proptest::num::f64::NORMAL) {
            let cases = [
                (LogicalType::Int64, Value::Int(value)),
                (LogicalType::Duration, Value::Duration(value)),
                (LogicalType::Decimal { digits: 25, scale: 6 }, Value::Decimal(Decimal::from_scaled(value, 6))),
                (LogicalType::Float, Value::Float(real)),
                (LogicalType::Time, Value::Time(value.rem_euclid(86_400_000_000))),
                (LogicalType::Binary, Value::Binary(value.to_le_bytes().to_vec())),
            ];
            for (logical, value) in cases {
                let mut out = Vec::new();
                write_value(&mut out, &logical, &value).unwrap();
                let text = String::from_utf8(out).unwrap();
                let tree = Node::parse(&text).unwrap();
                prop_assert_eq!(from_node(&logical, &tree), Ok(value));
            }
        }
    }
}
