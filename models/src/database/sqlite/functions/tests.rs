//! The table of functions, and what each answers.

use super::*;
use std::collections::HashSet;

fn connection() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    register(&connection).unwrap();
    connection
}

/// The value of an SQL expression as text; `NULL` for NULL.
fn value(connection: &Connection, expression: &str) -> String {
    let value = connection.query_row(&format!("select {expression}"), [], |row| row.get::<_, Value>(0));
    match value.unwrap_or_else(|error| panic!("{expression}: {error}")) {
        Value::Null => "NULL".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => value.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{bytes:?}"),
    }
}

fn assert_values(cases: &[(&str, &str)]) {
    let connection = connection();
    for (expression, expected) in cases {
        assert_eq!(value(&connection, expression), *expected, "{expression}");
    }
}

fn assert_fails(expression: &str, words: &str) {
    let error = connection()
        .query_row(&format!("select {expression}"), [], |row| row.get::<_, Value>(0))
        .unwrap_err();
    assert!(error.to_string().contains(words), "{expression}: {error}");
}

#[test]
fn the_table() {
    let built_in: HashSet<String> = {
        let bare = Connection::open_in_memory().unwrap();
        let mut statement = bare.prepare("select name from pragma_function_list").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(built_in.contains("upper"));
    let connection = connection();
    let mut seen = HashSet::new();
    for function in FUNCTIONS.iter().copied().flatten() {
        let name = function.name;
        assert!(name.starts_with("nuages_") && !built_in.contains(name), "{name}");
        assert!(seen.insert((name, function.arguments.len())), "{name} is there twice");
        assert!(function.doc.len() > 20 && function.doc.ends_with('.'), "{name}");
        assert!(!function.arguments.is_empty(), "{name}");
        assert_ne!(value(&connection, &format!("{name}({})", function.example)), "NULL", "{name}");
        let nulls = vec!["null"; function.arguments.len()].join(", ");
        assert_eq!(value(&connection, &format!("{name}({nulls})")), "NULL", "{name}");
    }
    // Deterministic, as the table says: SQLite takes them into an index only then.
    connection.execute_batch("create table t (x text); create index i on t (nuages_upper(x))").unwrap();
}

#[test]
fn case_is_mapped_one_to_one() {
    assert_values(&[
        ("nuages_upper('abcXYZ1é')", "ABCXYZ1É"),
        ("nuages_upper('straße')", "STRAßE"),
        ("nuages_upper('ŉ')", "ŉ"),
        ("nuages_upper('ﬁ')", "ﬁ"),
        ("nuages_lower('ÀÉÎ')", "àéî"),
        ("nuages_lower('ΑΣ')", "ασ"),
        ("nuages_lower('İ')", "i"),
        ("nuages_lower('ẞ')", "ß"),
        ("nuages_upper('𐐨')", "𐐀"),
        ("nuages_upper('')", ""),
        ("nuages_upper(null)", "NULL"),
        ("nuages_upper(12)", "12"),
    ]);
    assert_fails("nuages_upper(x'ff')", "text");
}

#[test]
fn substrings_are_case_sensitive() {
    assert_values(&[
        ("nuages_contains('Straße', 'aß')", "1"),
        ("nuages_contains('abc', 'B')", "0"),
        ("nuages_contains('abc', '')", "1"),
        ("nuages_contains('a%c', '%')", "1"),
        ("nuages_starts('abc', 'ab')", "1"),
        ("nuages_starts('abc', 'Ab')", "0"),
        ("nuages_ends('abc', 'bc')", "1"),
        ("nuages_ends('abc', 'abcd')", "0"),
        ("nuages_contains(null, 'a')", "NULL"),
        ("nuages_contains('a', null)", "NULL"),
        ("nuages_contains(123, '2')", "1"),
    ]);
}

#[test]
fn patterns() {
    assert_values(&[
        ("nuages_regexp('^a.c$', 'abc')", "1"),
        ("nuages_regexp('(.)\\1', 'hello')", "1"),
        ("nuages_regexp('b', 'ac')", "0"),
        ("nuages_regexp(null, 'ac')", "NULL"),
        ("nuages_regexp('a', null)", "NULL"),
    ]);
    assert_fails("nuages_regexp('(', 'a')", "regular expression");
    assert_fails(
        "nuages_regexp('^(?:(a*)*)*\\1b$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')",
        "regular expression",
    );
}

#[test]
fn a_pattern_may_differ_by_row() {
    let connection = connection();
    let count: i64 = connection
        .query_row(
            "with t(p, x) as (values ('^a', 'ab'), ('^b', 'ab'), ('b$', 'ab'), ('a', 'ab'))
             select sum(nuages_regexp(p, x)) from t",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(count, 3);
}

#[test]
fn parts_of_instants() {
    let cases = [
        // Berlin's clocks jump from 02:00 to 03:00 at 01:00 UTC, and back from 03:00 to 02:00.
        ("2024-03-31 00:59:59", "hour", "Europe/Berlin", "1"),
        ("2024-03-31 01:00:00", "hour", "Europe/Berlin", "3"),
        ("2024-10-27 00:59:59.999999", "hour", "Europe/Berlin", "2"),
        ("2024-10-27 01:00:00", "hour", "Europe/Berlin", "2"),
        ("2024-10-27 02:00:00", "hour", "Europe/Berlin", "3"),
        // Kathmandu is five hours and three quarters ahead.
        ("2024-06-15 18:14:59", "day", "Asia/Kathmandu", "15"),
        ("2024-06-15 18:15:00", "day", "Asia/Kathmandu", "16"),
        ("2024-06-15 12:00:00", "minute", "Asia/Kathmandu", "45"),
        // Lord Howe's summer time is half an hour.
        ("2024-01-01 00:00:00", "hour", "Australia/Lord_Howe", "11"),
        ("2024-07-01 00:00:00", "minute", "Australia/Lord_Howe", "30"),
        // Kiritimati is fourteen hours ahead, Pago Pago eleven behind.
        ("2023-12-31 10:00:00", "year", "Pacific/Kiritimati", "2024"),
        ("2024-01-01 10:59:59", "year", "Pacific/Pago_Pago", "2023"),
        ("9999-12-31 23:59:59.999999", "year", "Pacific/Kiritimati", "10000"),
        ("0001-01-01 00:00:00", "year", "UTC", "1"),
        ("2024-02-29 00:00:00", "day", "utc", "29"),
        ("1969-12-31 23:59:59.5", "second", "UTC", "59"),
    ];
    let connection = connection();
    for (datetime, part, zone, expected) in cases {
        let expression = format!("nuages_date_part('{datetime}', '{part}', '{zone}')");
        assert_eq!(value(&connection, &expression), expected, "{expression}");
    }
    assert_fails("nuages_date_part('2024-01-01 00:00:00', 'hour', 'Mars/Olympus')", "Mars/Olympus");
    assert_fails("nuages_date_part('2024-01-01 00:00:00', 'hour', '+02:00')", "time zone");
    assert_fails("nuages_date_part('2024-01-01 00:00:00', 'fortnight', 'UTC')", "fortnight");
    assert_fails("nuages_date_part('2024-02-30 00:00:00', 'hour', 'UTC')", "2024-02-30");
}

#[test]
fn parts_of_dates_and_times() {
    let cases = [
        // ISO weeks around the turn of years: PostgreSQL 15 gives the same.
        ("2020-12-31", "53", "2020", "5", "4"),
        ("2021-01-01", "53", "2020", "6", "5"),
        ("2021-01-03", "53", "2020", "1", "7"),
        ("2021-01-04", "1", "2021", "2", "1"),
        ("2024-12-30", "1", "2025", "2", "1"),
        ("2023-01-01", "52", "2022", "1", "7"),
        ("0001-01-01", "1", "1", "2", "1"),
        ("9999-12-31", "52", "9999", "6", "5"),
    ];
    let connection = connection();
    for (date, week, iso_year, week_day, iso_week_day) in cases {
        let part = |part: &str| value(&connection, &format!("nuages_part_of_date('{date}', '{part}')"));
        assert_eq!(
            (part("week"), part("iso_year"), part("week_day"), part("iso_week_day")),
            (week.into(), iso_year.into(), week_day.into(), iso_week_day.into()),
            "{date}"
        );
    }
    assert_values(&[
        ("nuages_part_of_date('2024-03-31', 'quarter')", "1"),
        ("nuages_part_of_date('2024-04-01', 'quarter')", "2"),
        ("nuages_part_of_date('2024-12-01', 'quarter')", "4"),
        ("nuages_part_of_date('2024-02-29', 'month')", "2"),
        ("nuages_part_of_time('23:59:58.999999', 'second')", "58"),
        ("nuages_part_of_time('23:59:58', 'minute')", "59"),
        ("nuages_part_of_time('23:59:58', 'hour')", "23"),
    ]);
    assert_fails("nuages_part_of_date('2024-03-31', 'hour')", "hour");
    assert_fails("nuages_part_of_time('12:00:00', 'year')", "year");
}

#[test]
fn dates_and_times_in_a_zone() {
    assert_values(&[
        ("nuages_date_in('2024-06-15 22:00:00', 'Europe/Berlin')", "2024-06-16"),
        ("nuages_date_in('2024-12-15 22:59:59', 'Europe/Berlin')", "2024-12-15"),
        ("nuages_date_in('2024-02-28 10:00:00', 'Pacific/Kiritimati')", "2024-02-29"),
        ("nuages_date_in('2024-03-01 05:00:00', 'America/New_York')", "2024-03-01"),
        ("nuages_date_in('2024-03-01 04:59:59', 'America/New_York')", "2024-02-29"),
        ("nuages_time_in('2024-06-15 12:00:00', 'Asia/Kathmandu')", "17:45:00"),
        ("nuages_time_in('2024-06-15 12:00:00.000001', 'UTC')", "12:00:00.000001"),
        // Local mean time before standard time, to the second.
        ("nuages_time_in('1880-01-01 00:00:00', 'Europe/Berlin')", "00:53:28"),
    ]);
    assert_fails("nuages_date_in('9999-12-31 23:00:00', 'Pacific/Kiritimati')", "9999");
    assert_fails("nuages_date_in('0001-01-01 00:00:00', 'America/New_York')", "0001");
}

#[test]
fn json() {
    assert_values(&[
        (r#"nuages_json_get('{"a": [1, {"b": null}]}', '["a", 1]')"#, r#"{"b":null}"#),
        (r#"nuages_json_get('{"a": [1, {"b": null}]}', '["a", -1, "b"]')"#, "null"),
        (r#"nuages_json_get('{"a": 1}', '["b"]')"#, "NULL"),
        (r#"nuages_json_get('[1,2]', '[2]')"#, "NULL"),
        (r#"nuages_json_get('[1,2]', '["0"]')"#, "NULL"),
        (r#"nuages_json_get('{"0": "x"}', '["0"]')"#, "\"x\""),
        (r#"nuages_json_get('{"0": "x"}', '[0]')"#, "NULL"),
        (r#"nuages_json_get('[1e2]', '[]')"#, "[100]"),
        (r#"nuages_json_text('{"a": "x\n"}', '["a"]')"#, "x\n"),
        (r#"nuages_json_text('{"a": null}', '["a"]')"#, "NULL"),
        (r#"nuages_json_text('{"a": [ 1 ]}', '["a"]')"#, "[1]"),
        (r#"nuages_json_equal('{"a":1,"b":[]}', '{"b":[],"a":1.0}')"#, "1"),
        (r#"nuages_json_equal('1', '"1"')"#, "0"),
        (r#"nuages_json_contains('{"a":{"b":1,"c":2}}', '{"a":{"b":1}}')"#, "1"),
        (r#"nuages_json_contains('[1,2]', '3')"#, "0"),
        (r#"nuages_json_has_key('{"a":null}', 'a')"#, "1"),
        (r#"nuages_json_has_key('{"a":null}', 'b')"#, "0"),
        (r#"nuages_json_has_key(null, 'b')"#, "NULL"),
    ]);
    assert_fails("nuages_json_get('{', '[]')", "JSON");
    assert_fails("nuages_json_get('{}', '{}')", "keys and indexes");
    assert_fails("nuages_json_get('{}', '[1.5]')", "keys and indexes");
}

#[test]
fn decimals_compare_exactly() {
    assert_values(&[
        ("nuages_decimal_real(4.35, 2)", "435"),
        ("nuages_decimal_real(0.1 + 0.2, 1)", "3"),
        ("nuages_decimal_real(7, 2)", "700"),
        ("nuages_decimal_real('7.5', 2)", "750"),
        ("nuages_decimal_real(-0.005, 2)", "0"),
        ("nuages_decimal_real(null, 2)", "NULL"),
        ("nuages_decimal_ordered(4.35, 20, 2)", "p000000000000000004.35"),
        ("nuages_decimal_ordered(-4.35, 20, 2) < nuages_decimal_ordered(-4.34, 20, 2)", "1"),
    ]);
    assert_fails("nuages_decimal_real(9223372036854775807, 2)", "digits");
    assert_fails("nuages_decimal_real('x', 2)", "decimal");
    assert_fails("nuages_decimal_real(1, -1)", "integer");
    // A column as Django declares it.
    let connection = connection();
    connection
        .execute_batch(
            "create table t (price decimal); insert into t values ('4.350'), ('4.3500001'), ('5.00')",
        )
        .unwrap();
    let equal = value(&connection, "count(*) from t where nuages_decimal_real(price, 2) = 435");
    assert_eq!(equal, "2");
}
