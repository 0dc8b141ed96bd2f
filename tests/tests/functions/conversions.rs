//! Conversions between types.

use crate::cases::{Case, cast, date, datetime, decimal, duration, fails, is, json, k, on, p, text, time};
use nuages_models::expr::Expr;
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;

const WRONG: &str = "a text is not a value of its type";
const RANGE: &str = "a number is out of range";

pub(crate) fn cases() -> Vec<Case> {
    use LogicalType::{
        Binary, Boolean, Date, DateTime, Duration, Float, Int16, Int32, Int64, IpAddress, Json, Text, Time,
        Uuid,
    };
    let two = LogicalType::Decimal { digits: 10, scale: 2 };
    let uuid = "00000000-0000-4000-8000-000000000001";
    let mut cases = vec![
        on("neg", cast(p("f"), Int32), -2),
        on("tiny", cast(p("dec"), Int64), 0),
        fails(cast(Expr::call("+", vec![k(3_000_000_000), k(1)]), Int32), RANGE),
        is(cast(Expr::call("+", vec![k(2.5), k(0.0)]), Int64), 2),
        on("neg", cast(p("dec"), Int64), -2),
        is(cast(p("b"), Int32), 1),
        is(cast(p("i"), Boolean), true),
        is(cast(p("i"), Float), 1.0),
        is(cast(p("i"), two.clone()), decimal("1.00")),
        on("third", cast(p("f"), two.clone()), decimal("0.10")),
        on("txt1", cast(p("dec"), Float), 1.25),
        is(cast(p("txt"), Int32), 1),
        is(cast(text(" 12 "), Int64), 12),
        is(cast(text("1.50"), two.clone()), decimal("1.50")),
        is(cast(text("1e3"), Float), 1000.0),
        fails(cast(text("abc"), Int32), WRONG),
        fails(cast(Expr::call("+", vec![p("i"), k(40_000)]), Int16), RANGE),
        on("max", cast(p("small"), Int16), 32_767),
        is(cast(text("A P\n8="), Binary), Value::Binary(vec![0, 255])),
        fails(cast(text("1.5"), Int32), WRONG),
        fails(cast(text("99999999999999999999"), Int64), RANGE),
        fails(cast(text("x"), Float), WRONG),
        fails(cast(text("x"), two), WRONG),
        on("allnull", cast(p("txt"), Int32), Value::Null),
        is(cast(text("yes"), Boolean), true),
        is(cast(text(" F "), Boolean), false),
        fails(cast(text("2"), Boolean), WRONG),
        is(cast(text("2024-02-29"), Date), date("2024-02-29")),
        fails(cast(text("today"), Date), WRONG),
        is(cast(text("12:30"), Time), time("12:30:00")),
        fails(cast(text("noon"), Time), WRONG),
        is(cast(text("2024-01-01T00:00:00+02:00"), DateTime), datetime("2023-12-31T22:00:00Z")),
        fails(cast(text("2024-01-01"), DateTime), WRONG),
        is(cast(text("-P1DT1H0.5S"), Duration), duration("-P1DT1H0.5S")),
        is(cast(text("P2W"), Duration), duration("P14D")),
        fails(cast(text("1 day"), Duration), WRONG),
        fails(cast(text("P"), Duration), WRONG),
        is(cast(cast(text(uuid), Uuid), Text), uuid),
        fails(cast(text("x"), Uuid), WRONG),
        is(cast(cast(text("192.0.2.1"), IpAddress), Text), "192.0.2.1"),
        is(Expr::call("address_text", vec![cast(text("2001:DB8::1"), IpAddress)]), "2001:db8::1"),
        is(cast(text("AP8="), Binary), Value::Binary(vec![0, 255])),
        is(cast(cast(text("AP8="), Binary), Text), "AP8="),
        is(cast(p("big"), Text), "1"),
        is(cast(p("dec"), Text), "1.000000"),
        is(cast(p("b"), Text), "true"),
        is(cast(p("d"), Text), "2024-01-31"),
        is(cast(p("t"), Text), "00:00:01"),
        on("neg", cast(p("t"), Text), "23:59:59.999999"),
        is(cast(k(Value::Time(500_000)), Text), "00:00:00.500000"),
        is(cast(p("dt"), Text), "2024-01-31T23:59:59.999999Z"),
        on("zero", cast(p("dt"), Text), "2024-01-01T00:00:00Z"),
        is(cast(p("uid"), Text), uuid),
        on("txt2", cast(p("js"), Text), r#"{"n": 2, "s": "ABC", "nested": {"x": [2, 3]}}"#),
        on("neg", cast(p("js"), Float), -1.0),
        on("neg", cast(p("js"), Int64), -1),
        fails(cast(cast(text("x"), Json), Int64), "a JSON document is not a value of the type"),
        is(cast(text("x"), Json), json("\"x\"")),
        is(cast(p("dt"), Date), date("2024-01-31")),
        is(cast(p("dt"), Time), time("23:59:59.999999")),
        is(cast(p("d"), DateTime), datetime("2024-01-31T00:00:00Z")),
        on("allnull", cast(p("dur"), Text), Value::Null),
    ];
    for (row, shown) in [
        ("one", "1"),
        ("zero", "0"),
        ("neg", "-1.5"),
        ("max", "1.7976931348623157e+308"),
        ("tiny", "5e-324"),
        ("third", "0.1"),
        ("big53", "9.007199254740992e+15"),
    ] {
        cases.push(on(row, cast(p("f"), Text), shown));
    }
    for shown in [
        "PT0S",
        "PT0.000001S",
        "-PT1S",
        "P1D",
        "P1DT2H3M4.500000S",
        "-P36500D",
        "PT1M",
        "PT1H",
        "PT1H1S",
        "P1DT1M",
    ] {
        let value = Expr::call("+", vec![k(duration(shown)), k(duration("PT0S"))]);
        cases.push(is(cast(value, Text), shown));
    }
    cases
}
