//! Every function, aggregate, window function and conversion, asked of both databases: the answers are PostgreSQL's, and
//! the errors are the same words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod aggregates;
mod ask;
mod cases;
mod conversions;
mod json;
mod math;
mod text;
mod time;
mod windows;

use ask::Asked;
use cases::{Case, names};
use nuages_models::aggregates::AGGREGATES;
use nuages_models::database::Dialect;
use nuages_models::expr::{Aggregate, Expr};
use nuages_models::functions::FUNCTIONS;
use nuages_models::query::{Grouping, QuerySet};
use nuages_models::registry::{LogicalType, RangeBound};
use nuages_models::value::Value;
use nuages_models::windows::WINDOWS;
use nuages_tests::databases::BACKENDS;
use std::collections::BTreeSet;

fn all_cases() -> Vec<Case> {
    [text::cases(), math::cases(), time::cases(), json::cases(), conversions::cases()]
        .into_iter()
        .flatten()
        .collect()
}

#[tokio::test]
async fn values_of_rows() {
    let asked = Asked::new().await;
    let mut wrong = Vec::new();
    for case in all_cases() {
        for dialect in BACKENDS {
            let query = QuerySet {
                filter: Some(Expr::lookup(
                    Expr::name("code"),
                    "exact",
                    vec![Expr::constant(Value::Text(case.row.to_owned()))],
                )),
                columns: vec![("value".to_owned(), case.expr.clone())],
                ..asked.kinds()
            };
            let got = asked.rows(&query, dialect).await.map(|rows| rows[0][0].clone());
            check(&mut wrong, &format!("{dialect:?} {:?}", case.expr), got, &case.expected);
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn values_of_many_rows() {
    let asked = Asked::new().await;
    let mut wrong = Vec::new();
    for case in aggregates::cases() {
        for dialect in BACKENDS {
            let query = QuerySet {
                filter: Some(case.filter.clone()),
                group: Some(Grouping::default()),
                columns: vec![("value".to_owned(), case.expr.clone())],
                ..asked.kinds()
            };
            let got = asked.rows(&query, dialect).await.map(|rows| rows[0][0].clone());
            check(&mut wrong, &format!("{dialect:?} {:?}", case.expr), got, &case.expected);
        }
    }
    for case in windows::cases() {
        for dialect in BACKENDS {
            let query = QuerySet {
                filter: Some(case.filter.clone()),
                columns: vec![("value".to_owned(), case.expr.clone())],
                order: vec![nuages_models::query::OrderBy::by(Expr::name("id"), false)],
                ..asked.kinds()
            };
            let got = asked.rows(&query, dialect).await;
            let got = got.map(|rows| Value::Array(rows.into_iter().map(|mut row| row.remove(0)).collect()));
            check(&mut wrong, &format!("{dialect:?} {:?}", case.expr), got, &case.expected);
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Grouping by a computed value: the key is the same expression in both places, parameters included.
#[tokio::test]
async fn groups_of_computed_values() {
    let asked = Asked::new().await;
    let key = Expr::call(
        "trunc",
        vec![Expr::name("dt"), cases::k("month"), Expr::constant(Value::Text("Europe/Berlin".to_owned()))],
    );
    let query = QuerySet {
        filter: Some(cases::among(&["third", "txt1", "txt2", "one"])),
        group: Some(Grouping { keys: vec![("month".to_owned(), key)], row_annotations: 0 }),
        columns: vec![("month".to_owned(), Expr::name("month")), ("n".to_owned(), aggregates::count())],
        order: vec![nuages_models::query::OrderBy::by(Expr::name("month"), false)],
        ..asked.kinds()
    };
    for dialect in BACKENDS {
        let rows = asked.rows(&query, dialect).await.unwrap();
        let expected = vec![
            vec![cases::datetime("2024-01-31T23:00:00Z"), Value::Int(1)],
            vec![cases::datetime("2024-02-29T23:00:00Z"), Value::Int(3)],
        ];
        assert_eq!(rows, expected, "{dialect:?}");
    }
}

/// Different computed values in their own order: the key is the column, parameters included.
#[tokio::test]
async fn different_computed_values() {
    let asked = Asked::new().await;
    let first = Expr::call("left", vec![Expr::name("txt"), cases::k(1)]);
    let query = QuerySet {
        filter: Some(cases::among(&["third", "sum02", "txt1", "txt3"])),
        columns: vec![("first".to_owned(), first.clone())],
        distinct: true,
        order: vec![nuages_models::query::OrderBy::by(first, true)],
        ..asked.kinds()
    };
    for dialect in BACKENDS {
        let rows = asked.rows(&query, dialect).await.unwrap();
        let expected = ["t", "a", "T"].map(|text| vec![Value::Text(text.to_owned())]);
        assert_eq!(rows, expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn random_numbers_differ() {
    let asked = Asked::new().await;
    for dialect in BACKENDS {
        let query = QuerySet {
            columns: vec![("value".to_owned(), Expr::call("random", Vec::new()))],
            ..asked.kinds()
        };
        let rows = asked.rows(&query, dialect).await.unwrap();
        let mut seen = BTreeSet::new();
        for row in rows {
            let Value::Float(number) = row[0] else { panic!("{row:?}") };
            assert!((0.0..1.0).contains(&number), "{number}");
            assert!(seen.insert(number.to_bits()), "{number} came twice");
        }
    }
}

#[tokio::test]
async fn random_uuids_differ() {
    let asked = Asked::new().await;
    for dialect in BACKENDS {
        let query = QuerySet {
            columns: vec![("value".to_owned(), Expr::call("uuid4", Vec::new()))],
            ..asked.kinds()
        };
        let mut seen = BTreeSet::new();
        for row in asked.rows(&query, dialect).await.unwrap() {
            let Value::Uuid(uuid) = row[0] else { panic!("{row:?}") };
            assert!(uuid[6] >> 4 == 4 && uuid[8] >> 6 == 2, "{uuid:?} is not of version 4");
            assert!(seen.insert(uuid), "{uuid:?} came twice");
        }
    }
}

#[test]
fn everything_has_a_case() {
    let mut seen: BTreeSet<&'static str> = BTreeSet::from(["random", "uuid4", "uuid7", "first"]);
    // Lists, ranges and accents: the oracle asks them, of PostgreSQL.
    seen.extend(["element", "range_start", "range_end", "isempty", "unaccent"]);
    seen.extend(["lower_inc", "lower_inf", "upper_inc", "upper_inf"]);
    // `ranges_together` asks these.
    seen.extend(["range_merge", "range_intersect_agg"]);
    for case in all_cases() {
        if case.expected.is_ok() {
            names(&case.expr, &mut seen);
        }
    }
    for case in aggregates::cases().iter().chain(&windows::cases()) {
        names(&case.expr, &mut seen);
    }
    let all = FUNCTIONS
        .iter()
        .map(|function| function.name)
        .chain(AGGREGATES.iter().map(|aggregate| aggregate.name))
        .chain(WINDOWS.iter().map(|window| window.name));
    let missing: Vec<&str> = all.filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no case: {missing:?}");
}

fn check(
    wrong: &mut Vec<String>,
    what: &str,
    got: Result<Value, String>,
    expected: &Result<Value, &'static str>,
) {
    let alike = match (&got, expected) {
        (Ok(got), Ok(expected)) => alike(got, expected),
        (Err(got), Err(expected)) => got == expected,
        _ => false,
    };
    if !alike {
        wrong.push(format!("{what}\n   got {got:?}\n   not {expected:?}"));
    }
}

/// Floats agree to twelve digits, decimals to the last of theirs.
fn alike(got: &Value, expected: &Value) -> bool {
    match (got, expected) {
        (Value::Float(got), Value::Float(expected)) => {
            (got - expected).abs() <= expected.abs().max(1e-300) * 1e-12
        }
        (Value::Decimal(got), Value::Decimal(expected)) => got.to_string() == expected.to_string(),
        (Value::Array(got), Value::Array(expected)) => {
            got.len() == expected.len()
                && got.iter().zip(expected).all(|(got, expected)| alike(got, expected))
        }
        _ => got == expected,
    }
}

/// What only one database has says so.
#[tokio::test]
async fn what_is_missing_is_named() {
    let asked = Asked::new().await;
    for (dialect, name) in [(Dialect::Sqlite, "und-x-icu"), (Dialect::Postgres, "NOCASE")] {
        let collated = Expr::call("collate", vec![Expr::name("txt"), cases::k(name)]);
        let query = QuerySet { columns: vec![("value".to_owned(), collated)], ..asked.kinds() };
        let refused = asked.rows(&query, dialect).await.unwrap_err();
        assert!(refused.contains("collation"), "{dialect:?}: {refused}");
    }
}

#[tokio::test]
async fn random_identifiers_have_their_version() {
    let asked = Asked::new().await;
    for (name, version) in [("uuid4", 0x40), ("uuid7", 0x70)] {
        for dialect in BACKENDS {
            let query = QuerySet {
                columns: vec![("value".to_owned(), Expr::call(name, Vec::new()))],
                ..asked.kinds()
            };
            let rows = asked.rows(&query, dialect).await.unwrap();
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
            let mut seen = BTreeSet::new();
            for row in rows {
                let Value::Uuid(bytes) = row[0] else { panic!("{row:?}") };
                assert_eq!((bytes[6] & 0xf0, bytes[8] & 0xc0), (version, 0x80), "{dialect:?} {name}");
                assert!(seen.insert(bytes), "{dialect:?} {name} came twice");
                if name == "uuid7" {
                    let millis = bytes[..6].iter().fold(0u128, |whole, byte| whole << 8 | u128::from(*byte));
                    assert!(now.abs_diff(millis) < 60_000, "{dialect:?}: {millis} is not {now}");
                }
            }
        }
    }
}

/// Ranges are PostgreSQL's.
#[tokio::test]
async fn ranges_together() {
    let asked = Asked::new().await;
    let range = |text: &str| Expr::Cast {
        of: Box::new(Expr::constant(cases::json(text))),
        to: LogicalType::Range(RangeBound::Int32),
    };
    let of_row = Expr::Case {
        branches: vec![(
            Expr::lookup(Expr::name("code"), "exact", vec![cases::k("one")]),
            range(r#"{"lower":1,"upper":6}"#),
        )],
        otherwise: Some(Box::new(range(r#"{"lower":4,"upper":9}"#))),
    };
    let aggregate = |function, distinct| {
        Expr::Aggregate(Box::new(Aggregate {
            function,
            arguments: vec![of_row.clone()],
            distinct,
            filter: None,
            order: Vec::new(),
        }))
    };
    let first = r#"{"bounds":"[)","lower":1,"upper":6}"#;
    let last = r#"{"bounds":"[)","lower":4,"upper":9}"#;
    for (expr, expected) in [
        (aggregate("range_merge", false), cases::json(r#"{"lower":1,"upper":9,"bounds":"[)"}"#)),
        (aggregate("range_intersect_agg", false), cases::json(r#"{"lower":4,"upper":6,"bounds":"[)"}"#)),
        (aggregate("json_agg", true), cases::json(&format!("[{first},{last}]"))),
        (aggregate("array_agg", true), Value::Array(vec![cases::json(first), cases::json(last)])),
    ] {
        let query = QuerySet {
            filter: Some(cases::among(&["one", "neg"])),
            group: Some(Grouping::default()),
            columns: vec![("value".to_owned(), expr.clone())],
            ..asked.kinds()
        };
        let plain = |value: &Value| match value {
            Value::Json(text) => serde_json::from_str(text).unwrap(),
            Value::Array(values) => serde_json::Value::from_iter(values.iter().map(|value| match value {
                Value::Json(text) => serde_json::from_str::<serde_json::Value>(text).unwrap(),
                other => panic!("{other:?}"),
            })),
            other => panic!("{other:?}"),
        };
        let rows =
            asked.rows(&query, Dialect::Postgres).await.unwrap_or_else(|error| panic!("{expr:?}: {error}"));
        assert_eq!(plain(&rows[0][0]), plain(&expected), "{expr:?}");
        assert!(asked.rows(&query, Dialect::Sqlite).await.is_err(), "{expr:?}");
    }
    let query = QuerySet {
        columns: vec![("value".to_owned(), Expr::call("json_array", vec![range(r#"{"empty":true}"#)]))],
        limit: Some(nuages_models::query::Bound::Inline(1)),
        ..asked.kinds()
    };
    let rows = asked.rows(&query, Dialect::Postgres).await;
    assert_eq!(rows, Ok(vec![vec![cases::json(r#"[{"empty":true}]"#)]]));
}
