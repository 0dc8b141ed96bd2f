//! Dates, times, time zones, durations.

use crate::cases::{Case, call, date, datetime, decimal, duration, fails, is, k, on, p, time};
use nuages_models::value::Value;

pub(crate) fn cases() -> Vec<Case> {
    let n = Value::Null;
    let dt = |text: &str| k(datetime(text));
    let mut cases = vec![
        is(call!("date", p("dt"), k("Europe/Berlin")), date("2024-02-01")),
        is(call!("time", p("dt"), k("UTC")), time("23:59:59.999999")),
        is(call!("date", p("dt")), date("2024-02-01")),
        is(call!("year", p("d")), 2024),
        is(call!("month", p("dt"), k("Europe/Berlin")), 2),
        is(call!("day", p("d")), 31),
        is(call!("week", p("d")), 5),
        is(call!("week_day", p("d")), 4),
        is(call!("iso_week_day", p("d")), 3),
        on("big53", call!("iso_year", p("d")), 2025),
        is(call!("quarter", p("d")), 1),
        on("big53", call!("day_of_year", p("d")), 365),
        is(call!("hour", p("dt"), k("Asia/Kathmandu")), 5),
        is(call!("minute", p("dt"), k("Asia/Kathmandu")), 44),
        is(call!("second", p("dt"), k("UTC")), 59),
        is(call!("millisecond", p("dt")), decimal("59999.999")),
        is(call!("microsecond", p("dt")), 59_999_999),
        on("neg", call!("microsecond", p("t")), 59_999_999),
        is(call!("epoch", p("dt")), decimal("1706745599.999999")),
        is(call!("epoch", p("dt")), decimal("1706745599.999999")),
        on("zero", call!("epoch", p("d")), decimal("1704067200.000000")),
        is(call!("epoch", k(datetime("1969-12-31T23:59:59.5Z"))), decimal("-0.500000")),
        is(call!("decade", p("d")), 202),
        is(call!("century", k(date("2000-12-31"))), 20),
        is(call!("century", k(date("2001-01-01"))), 21),
        is(call!("millennium", k(date("2000-12-31"))), 2),
        is(call!("millennium", p("dt"), k("UTC")), 3),
        is(call!("day", k(duration("-P1DT25H0M1.5S"))), -2),
        is(call!("hour", k(duration("-P1DT25H0M1.5S"))), -1),
        is(call!("minute", k(duration("PT90M"))), 30),
        is(call!("second", k(duration("-P1DT25H0M1.5S"))), -1),
        is(call!("millisecond", k(duration("-P1DT25H0M1.5S"))), decimal("-1500.000")),
        is(call!("microsecond", k(duration("-P1DT25H0M1.5S"))), -1_500_000),
        is(call!("epoch", k(duration("-P1DT25H0M1.5S"))), decimal("-176401.500000")),
        on("allnull", call!("hour", p("dur")), n.clone()),
        // PostgreSQL alone would take it for a rule: two hours behind.
        on("sum02", call!("hour", p("dt"), call!("nullif", k("UTC"), p("code"))), 0),
        Case {
            row: "sum02",
            expr: call!("hour", p("dt"), p("code")),
            expected: Err("there is no such time zone"),
        },
        fails(call!("hour", p("dt"), k("Mars/Olympus")), "there is no such time zone"),
        on("allnull", call!("trunc", p("dt"), k("month")), n.clone()),
        // The request's time zone is Asia/Kathmandu, 5:45 hours ahead.
        is(call!("trunc", p("dt"), k("day")), datetime("2024-01-31T18:15:00Z")),
        // An hour that the clock shows twice goes on in its own half.
        is(
            call!("trunc", dt("2024-10-27T00:30:00Z"), k("hour"), k("Europe/Berlin")),
            datetime("2024-10-27T00:00:00Z"),
        ),
        is(
            call!("trunc", dt("2024-10-27T01:30:00Z"), k("hour"), k("Europe/Berlin")),
            datetime("2024-10-27T01:00:00Z"),
        ),
        is(
            call!("trunc", dt("2024-10-27T12:00:00Z"), k("day"), k("Europe/Berlin")),
            datetime("2024-10-26T22:00:00Z"),
        ),
        // The clock skips midnight.
        is(
            call!("trunc", dt("2018-11-04T12:00:00Z"), k("day"), k("America/Sao_Paulo")),
            datetime("2018-11-04T03:00:00Z"),
        ),
        // The clock goes back to before midnight, and to midnight.
        is(
            call!("trunc", dt("2018-10-28T12:00:00Z"), k("day"), k("Asia/Beirut")),
            datetime("2018-10-27T22:00:00Z"),
        ),
        is(
            call!("trunc", dt("2018-11-04T12:00:00Z"), k("day"), k("America/Havana")),
            datetime("2018-11-04T05:00:00Z"),
        ),
        is(
            call!("trunc", dt("2024-06-15T12:34:56.5Z"), k("minute"), k("Asia/Kathmandu")),
            datetime("2024-06-15T12:34:00Z"),
        ),
        is(
            call!("trunc", dt("2024-06-15T12:34:56.5Z"), k("hour"), k("Asia/Kathmandu")),
            datetime("2024-06-15T12:15:00Z"),
        ),
        on("txt1", call!("trunc", p("d"), k("week")), date("2020-12-21")),
        on("txt1", call!("trunc", p("d"), k("quarter")), date("2020-10-01")),
        on("txt1", call!("trunc", p("d"), k("year")), date("2020-01-01")),
        on("neg", call!("trunc", p("d"), k("week")), date("1969-12-29")),
        on("txt1", call!("trunc", p("t"), k("hour")), time("01:00:00")),
        on("neg", call!("trunc", p("t"), k("second")), time("23:59:59")),
        fails(call!("trunc", p("dt"), k("day"), k("No/Where")), "there is no such time zone"),
        is(call!("add_months", p("d"), k(1)), date("2024-02-29")),
        is(call!("add_months", p("d"), k(13)), date("2025-02-28")),
        is(call!("add_months", p("d"), k(-2)), date("2023-11-30")),
        is(call!("add_months", p("dt"), k(1)), datetime("2024-02-29T23:59:59.999999Z")),
        on("allnull", call!("add_months", p("d"), k(1)), n.clone()),
        is(call!("age", p("d"), k("2024-01-01")), duration("P30D")),
        is(call!("age", p("dt"), k("2024-02-01T00:00:00Z")), duration("-PT0.000001S")),
        is(call!("age", p("t"), k("00:00:03")), duration("-PT2S")),
        is(call!("-", p("dt"), k("2024-01-01T00:00:00Z")), duration("P30DT23H59M59.999999S")),
        is(call!("-", p("d"), k("2024-01-01")), duration("P30D")),
        is(call!("-", p("dt"), p("d")), duration("PT23H59M59.999999S")),
        is(call!("+", p("dt"), k("P1DT1S")), datetime("2024-02-02T00:00:00.999999Z")),
        is(call!("-", p("dt"), k("PT1H")), datetime("2024-01-31T22:59:59.999999Z")),
        is(call!("+", p("d"), k("P1D")), datetime("2024-02-01T00:00:00Z")),
        is(call!("+", k(duration("P1D")), p("dt")), datetime("2024-02-01T23:59:59.999999Z")),
        is(call!("+", k(duration("P1D")), k(duration("PT1H"))), duration("P1DT1H")),
        is(call!("*", k(duration("PT1H")), k(36)), duration("P1DT12H")),
        is(call!("negate", k(duration("PT1H"))), duration("-PT1H")),
        on("allnull", call!("-", p("dt"), k("2024-01-01T00:00:00Z")), n),
    ];
    for (unit, begin) in [
        ("year", "2023-12-31T23:00:00Z"),
        ("quarter", "2024-06-30T22:00:00Z"),
        ("month", "2024-08-31T22:00:00Z"),
        ("week", "2024-09-15T22:00:00Z"),
        ("day", "2024-09-20T22:00:00Z"),
        ("hour", "2024-09-21T11:00:00Z"),
        ("minute", "2024-09-21T11:22:00Z"),
        ("second", "2024-09-21T11:22:33Z"),
        ("millisecond", "2024-09-21T11:22:33.444Z"),
        ("microsecond", "2024-09-21T11:22:33.444444Z"),
        ("decade", "2019-12-31T23:00:00Z"),
        ("century", "2000-12-31T23:00:00Z"),
        ("millennium", "2000-12-31T23:00:00Z"),
    ] {
        let value = dt("2024-09-21T11:22:33.444444Z");
        cases.push(is(call!("trunc", value, k(unit), k("Europe/Berlin")), datetime(begin)));
    }
    cases
}
