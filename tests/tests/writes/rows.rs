//! One row at a time: every kind of field, every rule, values that are computed.

use crate::World;
use nuages_models::build::{case, f, func, subquery, value};
use nuages_models::objects::{QueryError, Row, Values};
use nuages_models::value::{Decimal, Value};
use nuages_models::values;
use nuages_models::write::WriteError;

fn decimal(text: &str) -> Value {
    Value::Decimal(Decimal::parse(text).unwrap())
}

fn json(text: &str) -> Value {
    Value::Json(text.to_owned())
}

fn texts(all: &[&str]) -> Value {
    Value::Array(all.iter().map(|text| Value::from(*text)).collect())
}

/// A row with a value in every field; `n` makes them differ.
pub(crate) fn full(n: i64) -> Values {
    values! {
        "small" => 32_767, "int" => -2_147_483_648_i64 + n, "big" => i64::MAX - n, "pos" => n, "ratio" => 0.1,
        "price" => decimal("-9999.99"), "wide" => decimal("12345678901234567890.0123456789"), "flag" => false,
        "code" => "äöü🦀x", "note" => "a 'quoted' \"line\"\n\\ {x,NULL}", "day" => Value::Date(-719_162),
        "hour" => Value::Time(86_399_999_999), "at" => Value::DateTime(1_700_000_000_123_456),
        "long" => Value::Duration(-90_061_000_001), "doc" => json(r#"{"a":[1,null,"x"],"b":{}}"#),
        "bytes" => Value::Binary(vec![0, 255, 92]), "address" => Value::from("2001:db8::1"),
        "tags" => texts(&["a,b", "", "\"q\\", "NULL", "{x}"]),
        "numbers" => Value::Array(vec![Value::Int(1), Value::Null, Value::Int(-3)]),
        "span" => json(r#"{"lower":1,"upper":9,"bounds":"[)"}"#),
        "days" => json(r#"{"lower":"2024-01-01","upper":null,"bounds":"[)"}"#),
    }
}

fn without(row: &Row, names: &[&str]) -> String {
    let mut json = row.to_json();
    for name in names {
        json.as_object_mut().unwrap().remove(*name);
    }
    json.to_string()
}

/// What differs from one database or moment to another.
const OF_ITS_OWN: [&str; 4] = ["key", "made", "changed", "begun"];

#[tokio::test]
async fn every_kind_of_field_comes_back_as_it_was_written() {
    let mut seen = Vec::new();
    for world in World::both().await {
        let things = world.orm.objects("Thing");
        let one = things.create(full(1)).await.unwrap();
        let empty = things.create(Values::new()).await.unwrap();
        // Several at once take another way on PostgreSQL.
        let many = things.bulk_create([full(1), full(2)], &Default::default()).await.unwrap();
        let read = things.clone().order_by(["id"]).rows().await.unwrap();
        assert_eq!(read[0], one, "{:?}", world.dialect());
        assert_eq!(read[1], empty, "{:?}", world.dialect());
        assert_eq!(read[2], *many[0].as_ref().unwrap(), "{:?}", world.dialect());
        let [.., id] = ["key", "made", "changed", "begun", "id"];
        let same = [&OF_ITS_OWN[..], &[id]].concat();
        assert_eq!(without(&read[0], &same), without(&read[2], &same), "{:?}", world.dialect());
        for (name, value) in [("flag", Value::Boolean(true)), ("note", Value::from("none"))] {
            assert_eq!(empty.get(name), Some(&value));
        }
        assert_ne!(read[2].get("key"), read[3].get("key"), "each row has a UUID of its own");
        assert!(matches!(empty.get("begun"), Some(Value::DateTime(_))));
        assert_eq!(empty.get("made"), empty.get("changed"));
        let before = empty.get("changed").cloned();
        things.clone().filter(f("id").eq(2)).update(values! { "note" => "new" }).await.unwrap();
        let after = things.clone().filter(f("id").eq(2)).get().await.unwrap();
        assert_ne!(after.get("changed").cloned(), before);
        assert_eq!(after.get("made"), empty.get("made"));
        seen.push(read.iter().map(|row| without(row, &OF_ITS_OWN)).collect::<Vec<_>>());
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_row_of_nothing_but_its_key_is_made() {
    for world in World::both().await {
        let bare = world.orm.objects("Bare");
        assert_eq!(bare.create(Values::new()).await.unwrap().get("id"), Some(&Value::Int(1)));
        let more = vec![Values::new(); 3];
        assert_eq!(bare.bulk_create(more, &Default::default()).await.unwrap().len(), 3);
        assert_eq!(bare.count().await.unwrap(), 4);
    }
}

#[tokio::test]
async fn wrong_values_name_their_field_and_nothing_is_written() {
    let mut seen = Vec::new();
    for world in World::both().await {
        let things = world.orm.objects("Thing");
        things.create(full(1)).await.unwrap();
        let before = world.dump("Thing").await;
        let wrong: Vec<(&str, Value)> = vec![
            ("small", Value::Int(32_768)),
            ("int", Value::Int(1 << 31)),
            ("int", Value::from("x")),
            ("pos", Value::Int(-1)),
            ("ratio", Value::Float(f64::NAN)),
            ("ratio", Value::Float(f64::INFINITY)),
            ("price", decimal("10000.00")),
            ("price", Value::Float(f64::NAN)),
            ("wide", decimal("123456789012345678901")),
            ("flag", Value::Null),
            ("flag", Value::from("maybe")),
            ("code", Value::from("123456")),
            ("note", Value::from("a\0b")),
            ("tags", texts(&["a\0b"])),
            ("doc", json(r#"{"a":"\u0000"}"#)),
            ("doc", json("{not json")),
            ("day", Value::from("2024-02-30")),
            ("day", Value::Date(i32::MAX)),
            ("hour", Value::Time(86_400_000_000)),
            ("at", Value::DateTime(i64::MAX)),
            ("address", Value::from("1.2.3")),
            ("span", json(r#"{"lower":9,"upper":1,"bounds":"[)"}"#)),
            ("numbers", Value::Array(vec![Value::Int(1 << 40)])),
        ];
        for (name, value) in wrong {
            let what = format!("{:?} {name} {value:?}", world.dialect());
            for many in [false, true] {
                let rows = if many {
                    vec![full(2), values! { name => value.clone() }]
                } else {
                    vec![values! { name => value.clone() }]
                };
                let Err(error) = things.bulk_create(rows, &Default::default()).await else {
                    panic!("{what} was written")
                };
                assert!(error.to_string().contains(name), "{what}: {error}");
                if !many {
                    seen.push(format!("{name}: {error}"));
                }
            }
            let Err(error) = things.clone().update(values! { name => value.clone() }).await else {
                panic!("{what} was put into a row")
            };
            assert!(
                !matches!(error, QueryError::Run(nuages_models::run::RunError::Internal(_))),
                "{what}: {error}"
            );
            assert_eq!(world.dump("Thing").await, before, "{what}");
        }
        for (name, error) in [("tittle", "title"), ("nothing", "nothing")] {
            let problem = world.orm.objects("Entry").create(values! { name => 1 }).await.unwrap_err();
            assert!(problem.to_string().contains(error), "{problem}");
        }
        let missing = world.orm.objects("Entry").create(values! { "title" => "x" }).await.unwrap_err();
        assert!(missing.to_string().contains("author"), "{missing}");
        let dangling = values! { "title" => "x", "author" => 99 };
        let dangling = world.orm.objects("Entry").create(dangling).await.unwrap_err();
        seen.push(dangling.to_string());
        world.orm.objects("Person").create(values! { "email" => "a@b.co" }).await.unwrap();
        let twice = world.orm.objects("Person").create(values! { "email" => "a@b.co" }).await.unwrap_err();
        seen.push(twice.to_string());
    }
    let half = seen.len() / 2;
    for (sqlite, postgres) in seen[..half].iter().zip(&seen[half..]) {
        assert_eq!(sqlite, postgres);
    }
}

#[tokio::test]
async fn computed_values_are_rounded_and_refused_alike() {
    let mut seen = Vec::new();
    for world in World::both().await {
        let things = world.orm.objects("Thing");
        let start = values! { "int" => 7, "small" => 3, "price" => decimal("10.05"), "wide" => decimal("1"), "code" => "abc",
        "big" => 5, "pos" => 1, "ratio" => 2.5 };
        things.bulk_create([start.clone(), start], &Default::default()).await.unwrap();
        let best = things.clone().order_by(["-id"]).values(&["int"]).limit(1);
        let changes = vec![
            values! { "int" => f("int") + 1, "price" => f("price") * decimal("1.5") },
            values! { "price" => f("price") / 3, "wide" => f("wide") / 3 },
            values! { "price" => f("ratio") * 1.002 },
            values! { "price" => f("int"), "ratio" => f("price") },
            values! { "int" => case().when(f("id").eq(1), 10).otherwise(f("int") * 2) },
            values! { "big" => subquery(best.query().unwrap().clone()) },
            values! { "code" => func("upper", [f("code")]), "note" => func("concat", [f("code"), value("!")]) },
            values! { "int" => f("big"), "big" => f("int") },
            values! { "price" => value(decimal("-0.005")) },
            // What the columns cannot hold.
            values! { "int" => f("int") + 2_147_483_647 },
            values! { "small" => f("small") * 20_000 },
            values! { "big" => f("big") + i64::MAX },
            values! { "pos" => f("pos") - 2 },
            values! { "price" => f("price") + 99_999 },
            values! { "wide" => f("wide") + decimal("100000000000000000000") },
            values! { "code" => func("repeat", [f("code"), value(3)]) },
            values! { "int" => f("int") / 0 },
            values! { "int" => f("code") },
            values! { "int" => f("missing") + 1 },
        ];
        for change in changes {
            let done = things.clone().order_by(["id"]).update(change.clone()).await;
            let done = done.map_err(|error| error.to_string());
            let rows = things.clone().order_by(["id"]).rows().await.unwrap();
            let rows: Vec<String> = rows.iter().map(|row| without(row, &OF_ITS_OWN)).collect();
            seen.push(format!("{:?} {done:?} {rows:?}", change.names().collect::<Vec<_>>()));
        }
    }
    let half = seen.len() / 2;
    let differing: Vec<_> = seen[..half].iter().zip(&seen[half..]).filter(|(a, b)| a != b).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(seen[..half].iter().filter(|line| line.contains("Err(")).count(), 10, "{:#?}", &seen[..half]);
}

#[tokio::test]
async fn rows_are_got_or_created_and_updated_or_created() {
    for world in World::both().await {
        let people = world.orm.objects("Person");
        let ann = || values! { "email" => "ann@b.co" };
        let (first, created) = people.get_or_create(ann(), values! { "name" => "Ann" }).await.unwrap();
        assert!(created);
        let (second, created) = people.get_or_create(ann(), values! { "name" => "Other" }).await.unwrap();
        assert!(!created && first == second);
        let (third, created) =
            people.update_or_create(ann(), values! { "visits" => f("visits") + 1 }, None).await.unwrap();
        assert!(!created && third.get("visits") == Some(&Value::Int(1)));
        let new = values! { "name" => "Bob" };
        let bob = values! { "email" => "bob@b.co" };
        let (bob, created) =
            people.update_or_create(bob, values! { "name" => "x" }, Some(new)).await.unwrap();
        assert!(created && bob.get("name") == Some(&Value::from("Bob")));
        // Another row is in the way: that is an error, not that row.
        let error = people.get_or_create(values! { "name" => "Zoe" }, ann()).await.unwrap_err();
        assert!(matches!(error, QueryError::Write(WriteError::Violation(_))), "{error}");
        people.create(values! { "email" => "c@b.co", "name" => "Ann" }).await.unwrap();
        let several = people.get_or_create(values! { "name" => "Ann" }, ann()).await.unwrap_err();
        assert!(matches!(several, QueryError::MultipleObjects { .. }), "{several}");
        assert_eq!(people.count().await.unwrap(), 3);
    }
}
