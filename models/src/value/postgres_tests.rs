//! The binary formats against bytes that PostgreSQL 15's send functions gave.

use super::*;
use crate::value::{MAX_DATETIME_MICROS, MIN_DATETIME_MICROS, from_json, parse_text};
use proptest::prelude::*;

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// `numeric_send` of each text.
const NUMERICS: [(&str, &str); 18] = [
    ("0", "0000000000000000"),
    ("0.00", "0000000000000002"),
    ("1", "00010000000000000001"),
    ("-1", "00010000400000000001"),
    ("4.50", "000200000000000200041388"),
    ("10000", "00010001000000000001"),
    ("10000.0001", "0003000100000004000100000001"),
    ("0.0001", "0001ffff000000040001"),
    ("0.00001", "0001fffe0000000503e8"),
    ("0.12345678", "0002ffff0000000804d2162e"),
    ("-0.05", "0001ffff4000000201f4"),
    ("99999999", "0002000100000000270f270f"),
    ("123456789.987654321", "0006000200000009000109291a852694153803e8"),
    ("100000000000000000000", "00010005000000000001"),
    ("0.00000000000000000001", "0001fffb000000140001"),
    ("1000000000000.5", "000500030000000100010000000000001388"),
    ("9999.9999", "0002000000000004270f270f"),
    ("0.000000010", "0001fffe000000090001"),
];

#[test]
fn numerics() {
    for (text, hex) in NUMERICS {
        let bytes = unhex(hex);
        let mut out = Vec::new();
        write_numeric_binary(&mut out, &bytes, None).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("\"{text}\""));
        assert_eq!(pg_decode_numeric(&bytes).unwrap().to_string(), text);
        let mut encoded = BytesMut::new();
        pg_encode_numeric(&Decimal::parse(text).unwrap(), &mut encoded).unwrap();
        assert_eq!(encoded, bytes, "{text}");
    }
}

#[test]
fn numerics_at_another_scale() {
    let cases = [
        ("4.50", 3, "4.500"),
        ("4.50", 1, "4.5"),
        ("-0.05", 1, "-0.1"),
        ("0.00001", 2, "0.00"),
        ("1", 2, "1.00"),
    ];
    for (text, scale, expected) in cases {
        let (_, hex) = NUMERICS.iter().find(|(own, _)| *own == text).unwrap();
        let mut out = Vec::new();
        write_numeric_binary(&mut out, &unhex(hex), Some(scale)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("\"{expected}\""));
    }
}

#[test]
fn what_is_no_numeric() {
    for hex in ["00000000c0000000", "00000000f0000020", "00000000d0000020"] {
        assert_eq!(write_numeric_binary(&mut Vec::new(), &unhex(hex), None), Err(ValueError::NotFinite));
    }
    for hex in
        ["", "00", "0001000000000000", "0001000000000000ffff", "00010000000000000001ff", "0000000012340000"]
    {
        let mut out = Vec::new();
        assert!(
            matches!(write_numeric_binary(&mut out, &unhex(hex), None), Err(ValueError::Corrupt { .. })),
            "{hex}"
        );
        assert!(out.is_empty());
    }
}

#[test]
fn columns_as_postgresql_sends_them() {
    let list = |element| LogicalType::Array(Box::new(element));
    let cases = [
        (LogicalType::DateTime, "0002bdeb3d7d3001", "\"2024-06-15T12:00:00.000001Z\""),
        (LogicalType::Date, "ffffffff", "\"1999-12-31\""),
        (LogicalType::Time, "000000141dd75fff", "\"23:59:59.999999\""),
        // '-1 year 2 mons 3 days 04:05:06.7' is -10 months: 300 days back, 3 days on.
        (LogicalType::Duration, "000000036c966ee000000003fffffff6", "\"-P296DT19H54M53.300000S\""),
        (LogicalType::IpAddress, "02200004c0000201", "\"192.0.2.1\""),
        (LogicalType::IpAddress, "0340001020010db8000000000000000000000001", "\"2001:db8::1/64\""),
        (LogicalType::Json, "017b2262223a205b312c2022782079225d7d", "{\"b\":[1,\"x y\"]}"),
        (
            list(list(LogicalType::Int32)),
            "00000002000000010000001700000002000000010000000200000001000000040000000100000004000000020000000400000003ffffffff",
            "[[1,2],[3,null]]",
        ),
        (
            list(LogicalType::Text),
            "0000000100000001000000190000000300000001000000016100000002c3a9ffffffff",
            "[\"a\",\"é\",null]",
        ),
        (list(LogicalType::Int64), "000000000000000000000014", "[]"),
        (
            LogicalType::Range(RangeBound::Int32),
            "020000000400000001000000040000000a",
            r#"{"lower":1,"upper":10,"bounds":"[)"}"#,
        ),
        (
            LogicalType::Range(RangeBound::Decimal),
            "100000000c000200000000000200011388",
            r#"{"lower":"1.50","upper":null,"bounds":"()"}"#,
        ),
        (LogicalType::Range(RangeBound::Date), "01", r#"{"empty":true}"#),
        (LogicalType::Boolean, "01", "true"),
        (LogicalType::Int64, "7fffffffffffffff", "\"9223372036854775807\""),
        (LogicalType::Int32, "ffff", "-1"),
        (LogicalType::Float, "3ff0000000000000", "1.0"),
        (LogicalType::Float, "3dcccccd", "0.1"),
        (LogicalType::Decimal { digits: 4, scale: 2 }, "000200000000000200041388", "\"4.50\""),
    ];
    for (logical, hex, expected) in cases {
        let bytes = unhex(hex);
        let mut out = Vec::new();
        pg_write(&mut out, &logical, &bytes).unwrap();
        assert_eq!(String::from_utf8(out.clone()).unwrap(), expected);
        // Duration's months and float4 do not come back as they were; everything else does.
        if !matches!(logical, LogicalType::Duration | LogicalType::Float)
            && !expected.contains('/')
            && bytes.len() != 2
        {
            let json = serde_json::from_slice(&out).unwrap();
            let mut encoded = BytesMut::new();
            assert!(pg_encode(&logical, &from_json(&logical, &json).unwrap(), &mut encoded).unwrap());
            let mut again = Vec::new();
            pg_write(&mut again, &logical, &encoded).unwrap();
            assert_eq!(again, out, "{logical:?}");
        }
    }
}

#[test]
fn what_postgresql_can_hold_and_a_response_cannot() {
    let cases = [
        (LogicalType::DateTime, "7fffffffffffffff"),
        (LogicalType::DateTime, "8000000000000000"),
        (LogicalType::Date, "7fffffff"),
        (LogicalType::Date, "80000000"),
        (LogicalType::Float, "7ff8000000000000"),
        (LogicalType::Float, "7ff0000000000000"),
        // 24:00:00
        (LogicalType::Time, "000000141dd76000"),
    ];
    for (logical, hex) in cases {
        let mut out = Vec::new();
        assert!(pg_write(&mut out, &logical, &unhex(hex)).is_err(), "{logical:?} {hex}");
        assert!(out.is_empty());
    }
}

#[test]
fn ragged_lists_are_refused() {
    let logical = LogicalType::Array(Box::new(LogicalType::Array(Box::new(LogicalType::Int32))));
    for json in ["[[1],[2,3]]", "[[1],null]", "[[1],[]]"] {
        let value = parse_text(&logical, json).unwrap();
        assert!(pg_encode(&logical, &value, &mut BytesMut::new()).is_err(), "{json}");
    }
}

fn any_type() -> impl Strategy<Value = LogicalType> {
    let leaf = prop_oneof![
        Just(LogicalType::Boolean),
        Just(LogicalType::Int32),
        Just(LogicalType::Float),
        Just(LogicalType::Decimal { digits: 10, scale: 2 }),
        Just(LogicalType::Text),
        Just(LogicalType::Date),
        Just(LogicalType::Time),
        Just(LogicalType::DateTime),
        Just(LogicalType::Duration),
        Just(LogicalType::Uuid),
        Just(LogicalType::Json),
        Just(LogicalType::IpAddress),
        Just(LogicalType::Range(RangeBound::Decimal)),
    ];
    prop_oneof![leaf.clone(), leaf.prop_map(|element| LogicalType::Array(Box::new(element)))]
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(logical in any_type(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let mut out = Vec::new();
        if pg_write(&mut out, &logical, &bytes).is_err() {
            prop_assert!(out.is_empty());
        }
    }

    #[test]
    fn numerics_round_trip(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?") {
        let decimal = Decimal::parse(&text).unwrap();
        let mut bytes = BytesMut::new();
        pg_encode_numeric(&decimal, &mut bytes).unwrap();
        prop_assert_eq!(pg_decode_numeric(&bytes).unwrap().to_string(), decimal.to_string());
        let mut out = Vec::new();
        write_numeric_binary(&mut out, &bytes, None).unwrap();
        prop_assert_eq!(String::from_utf8(out).unwrap(), format!("\"{decimal}\""));
    }

    #[test]
    fn rounded_numerics_are_rounded_decimals(value: i64, scale in 0u32..12, wanted in 0u16..12) {
        let decimal = Decimal::from_scaled(value, scale);
        let mut bytes = BytesMut::new();
        pg_encode_numeric(&decimal, &mut bytes).unwrap();
        let mut out = Vec::new();
        write_numeric_binary(&mut out, &bytes, Some(wanted)).unwrap();
        let expected = decimal.round(u32::from(wanted), Rounding::HalfAwayFromZero);
        prop_assert_eq!(String::from_utf8(out).unwrap(), format!("\"{expected}\""));
    }

    #[test]
    fn times_round_trip(micros in MIN_DATETIME_MICROS..=MAX_DATETIME_MICROS, length: i64) {
        let mut bytes = BytesMut::new();
        pg_encode_timestamptz(micros, &mut bytes).unwrap();
        prop_assert_eq!(pg_decode_timestamptz(&bytes), Ok(micros));
        let mut bytes = BytesMut::new();
        pg_encode_interval(length, &mut bytes);
        prop_assert_eq!(pg_decode_interval(&bytes), Ok(length));
    }
}
