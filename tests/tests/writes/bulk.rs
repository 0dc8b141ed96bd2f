//! Many rows at once.

use crate::World;
use nuages_models::build::{E, concat, f};
use nuages_models::database::Dialect;
use nuages_models::objects::{BulkCreate, Conflicts, Row, Values};
use nuages_models::value::Value;
use nuages_models::values;
use nuages_schema::Request;
use serde_json::json;
use std::time::Instant;

const ROWS: i64 = 10_000;

fn int(row: &Row, name: &str) -> i64 {
    match row.get(name) {
        Some(Value::Int(number)) => *number,
        other => panic!("{name}: {other:?}"),
    }
}

#[tokio::test]
async fn ten_thousand_rows_come_back_in_order_and_change_at_once() {
    for world in World::both().await {
        let things = world.orm.objects("Thing");
        // Rows with different columns, in turns.
        let rows = (0..ROWS).map(|n| match n % 3 {
            0 => values! { "big" => n },
            1 => values! { "big" => n, "int" => n, "note" => "x" },
            _ => values! { "note" => format!("n{n}"), "big" => n },
        });
        let start = Instant::now();
        let made = things.bulk_create(rows, &BulkCreate::default()).await.unwrap();
        let created = start.elapsed();
        assert!(made.iter().zip(0..).all(|(row, n)| int(row.as_ref().unwrap(), "big") == n));
        let read = things.clone().order_by(["big"]).rows().await.unwrap();
        assert!(read.iter().zip(&made).all(|(read, made)| Some(read) == made.as_ref()));
        let changes = made.iter().flatten().map(|row| {
            let id = int(row, "id");
            values! { "id" => id, "int" => id * 2, "code" => format!("{}", id % 7) }
        });
        let start = Instant::now();
        let changed = things.bulk_update(changes, &["int", "code"], None).await.unwrap();
        eprintln!(
            "{:?}: {ROWS} rows created in {created:?}, changed in {:?}",
            world.dialect(),
            start.elapsed()
        );
        assert_eq!(changed, ROWS as u64);
        let wrong = things.clone().exclude(f("int").eq(f("id") * 2)).count().await.unwrap();
        assert_eq!(wrong, 0);
        // A failure far down leaves nothing of the batches before it.
        let mut rows: Vec<Values> = (0..2_500).map(|n| values! { "big" => n }).collect();
        rows.push(values! { "big" => "x" });
        let options = BulkCreate { batch_size: Some(1_000), ..BulkCreate::default() };
        things.bulk_create(rows, &options).await.unwrap_err();
        assert_eq!(things.count().await.unwrap(), ROWS as u64);
    }
}

#[tokio::test]
async fn rows_that_are_there_are_left_out_or_updated() {
    for world in World::both().await {
        let people = world.orm.objects("Person");
        let person = |n: i64, name: &str| values! { "email" => format!("p{n}@b.co"), "name" => name };
        people.bulk_create((0..10).map(|n| person(n * 3, "old")), &BulkCreate::default()).await.unwrap();
        let ignore = BulkCreate { conflicts: Conflicts::Ignore, ..BulkCreate::default() };
        let made = people.bulk_create((0..30).map(|n| person(n, "new")), &ignore).await.unwrap();
        for (made, n) in made.iter().zip(0..30) {
            let shown = made.as_ref().map(|row| row.get("email").cloned());
            let expected = (n % 3 != 0).then(|| Some(Value::from(format!("p{n}@b.co"))));
            assert_eq!(shown, expected, "{:?}", world.dialect());
        }
        // The same row twice in one call is made once.
        let twice = people.bulk_create([person(50, "a"), person(50, "b")], &ignore).await.unwrap();
        assert!(twice[0].is_some() && twice[1].is_none());
        let update = |unique: &[&str], update: &[&str]| BulkCreate {
            conflicts: Conflicts::Update {
                unique_fields: unique.iter().map(ToString::to_string).collect(),
                update_fields: update.iter().map(ToString::to_string).collect(),
            },
            batch_size: Some(7),
        };
        let rows = (20..40).map(|n| person(n, "newest"));
        let made = people.bulk_create(rows, &update(&["email"], &["name"])).await.unwrap();
        let keys: Vec<i64> = made.iter().map(|row| int(row.as_ref().unwrap(), "id")).collect();
        for (n, id) in (20..40).zip(keys) {
            let row = people.clone().filter(f("id").eq(id)).get().await.unwrap();
            assert_eq!(row.get("email"), Some(&Value::from(format!("p{n}@b.co"))), "{:?}", world.dialect());
            assert_eq!(row.get("name"), Some(&Value::from("newest")));
        }
        assert_eq!(people.count().await.unwrap(), 41);
        for (unique, fields) in [(vec!["name"], vec!["visits"]), (vec!["email"], vec![])] {
            people.bulk_create([person(1, "x")], &update(&unique, &fields)).await.unwrap_err();
        }
    }
}

#[tokio::test]
async fn keys_of_several_columns_are_written_by_the_thousand() {
    for world in World::both().await {
        let pairs = world.orm.objects("Pair");
        let rows = (0..3_000).map(|n| values! { "left" => n / 50, "right" => n % 50 });
        let made = pairs.bulk_create(rows, &BulkCreate::default()).await.unwrap();
        assert_eq!(made.len(), 3_000);
        let changes = (0..2_500).map(|n| values! { "left" => n / 50, "right" => n % 50, "n" => n });
        assert_eq!(pairs.bulk_update(changes, &["n"], None).await.unwrap(), 2_500);
        let wrong = pairs.clone().filter(f("n").ne(f("left") * 50 + f("right")) & f("left").lt(50));
        assert_eq!(wrong.count().await.unwrap(), 0);
        // All to one value: found by keys again.
        let alike = (0..2_500).map(|n| values! { "left" => n / 50, "right" => n % 50, "n" => f("n") + 1 });
        assert_eq!(pairs.bulk_update(alike, &["n"], None).await.unwrap(), 2_500);
        let deleted = pairs.clone().filter(f("left").lt(30)).delete().await.unwrap();
        assert_eq!(deleted.total, 1_500);
        let conflict = pairs.create(values! { "left" => 59, "right" => 1 }).await.unwrap_err();
        assert_eq!(conflict.to_string(), "there is a Pair with this left and right already");
    }
}

#[tokio::test]
async fn one_row_costs_few_statements() {
    for world in World::both().await {
        let people = world.orm.objects("Person");
        let rounds = 300;
        let start = Instant::now();
        for n in 0..rounds {
            people.create(values! { "email" => format!("p{n}@b.co") }).await.unwrap();
        }
        let create = start.elapsed() / rounds;
        let start = Instant::now();
        for n in 0..rounds {
            let one = people.clone().filter(f("email").eq(format!("p{n}@b.co")));
            assert_eq!(one.update(values! { "visits" => f("visits") + 1 }).await.unwrap(), 1);
        }
        let update = start.elapsed() / rounds;
        eprintln!("{:?}: create {create:?}, update {update:?}", world.dialect());
        assert_eq!(people.clone().filter(f("visits").eq(1)).count().await.unwrap(), u64::from(rounds));
        assert!(matches!(world.dialect(), Dialect::Sqlite | Dialect::Postgres));
    }
}

/// What a client's new row gives to one that is there: columns of any type.
#[tokio::test]
async fn conflicts_take_over_documents_lists_and_bytes() {
    let row = |n: usize| {
        format!(
            "{{ id: 1, doc: {{ a: {n} }}, bytes: \"AQI{n}\", tags: [\"t{n}\"], numbers: [{n}, 7], note: \"n{n}\" }}"
        )
    };
    let document = |n: usize| {
        let update = "[doc, bytes, tags, numbers]";
        let rows = format!("[{}, {{ id: {}, tags: [] }}]", row(n), n + 5);
        format!(
            "mutation {{ createThings(input: {rows}, onConflict: {{ fields: [id], update: {update} }}) {{ affected things {{ id doc bytes tags numbers note }} }} }}"
        )
    };
    for world in World::both().await {
        let engine = world.engine();
        let mut last = serde_json::Value::Null;
        for n in [1, 2] {
            let response = engine.execute(Request { query: document(n), ..Request::default() }).await;
            last = serde_json::from_slice(&response.body).unwrap();
        }
        let expected = json!({"data": {"createThings": {"affected": 2, "things": [
            {"id": "1", "doc": {"a": 2}, "bytes": "AQI2", "tags": ["t2"], "numbers": [2, 7], "note": "n1"},
            {"id": "7", "doc": null, "bytes": null, "tags": [], "numbers": null, "note": "none"},
        ]}}});
        assert_eq!(last, expected, "{:?}", world.dialect());
    }
}

/// Rows that are left out by a key that only some rows have are told from those that are made.
#[tokio::test]
async fn ignored_rows_are_told_by_their_values() {
    for world in World::both().await {
        let editions = world.orm.objects("Edition");
        editions.create(values! { "name" => "a", "out" => true }).await.unwrap();
        let rows =
            [("a", true, "x"), ("a", false, "y"), ("a", true, "z"), ("b", true, "1"), ("b", true, "2")]
                .map(|(name, out, note)| values! { "name" => name, "out" => out, "note" => note });
        let options = BulkCreate { conflicts: Conflicts::Ignore, ..BulkCreate::default() };
        let made = editions.bulk_create(rows, &options).await.unwrap();
        let note = |row: &Option<Row>| row.as_ref().and_then(|row| row.get("note").cloned());
        let text = |text: &str| Some(Value::from(text));
        let notes: Vec<Option<Value>> = made.iter().map(note).collect();
        assert_eq!(notes, [None, text("y"), None, text("1"), None], "{:?}", world.dialect());
        // What is given is what is there.
        for row in made.into_iter().flatten() {
            assert_eq!(editions.refresh(&row).await.unwrap(), row, "{:?}", world.dialect());
        }
    }
}

/// Expressions of their own are one statement for many rows, and each row gets its own.
#[tokio::test]
async fn rows_with_expressions_change_together() {
    let mut dumps = Vec::new();
    for world in World::both().await {
        let things = world.orm.objects("Thing");
        let rows = (0..250_i64).map(|n| {
            values! {
                "key" => Value::Uuid([7; 16]), "int" => n, "small" => n, "price" => "1.50", "code" => format!("c{n}"),
                "note" => "n", "at" => Value::DateTime(n), "begun" => Value::DateTime(0),
            }
        });
        things.bulk_create(rows, &BulkCreate::default()).await.unwrap();
        let changes = (0..250_i64).map(|n| {
            let note: E = if n % 2 == 0 { concat([f("note"), E::from(Value::from(format!("{n}")))]) } else { Value::from("plain").into() };
            let price: E = if n % 3 == 0 { Value::Null.into() } else { f("price") + n };
            let small: E = if n % 5 == 0 { Value::Int(n).into() } else { f("small") + f("int") };
            values! { "id" => n + 1, "int" => f("int") * n, "small" => small, "price" => price, "note" => note, "code" => format!("d{n}") }
        });
        let fields = ["int", "small", "price", "note", "code"];
        assert_eq!(things.bulk_update(changes, &fields, None).await.unwrap(), 250, "{:?}", world.dialect());
        // The same expression for all of them.
        let alike = (1..251_i64).map(|id| values! { "id" => id, "int" => f("int") + 1 });
        assert_eq!(things.bulk_update(alike, &["int"], None).await.unwrap(), 250);
        let rows = things.order_by(["id"]).values(&["id", "int", "small", "price", "note", "code"]);
        let shown: Vec<String> =
            rows.rows().await.unwrap().iter().map(|row| row.to_json().to_string()).collect();
        assert_eq!(shown[5], r#"{"id":6,"int":26,"small":5,"price":"6.50","note":"plain","code":"d5"}"#);
        assert_eq!(shown[6], r#"{"id":7,"int":37,"small":12,"price":null,"note":"n6","code":"d6"}"#);
        dumps.push(shown);
        // So many statements for two rows, and no more for forty.
        world.orm.objects("Person").create(values! { "email" => "a@b.co" }).await.unwrap();
        let entries = (0..40_i64).map(|n| values! { "title" => format!("t{n}"), "author" => 1 });
        world.orm.objects("Entry").bulk_create(entries, &BulkCreate::default()).await.unwrap();
        let engine = world.engine();
        let mut counts = Vec::new();
        for rows in [2, 40] {
            let update = (1..=rows)
                .map(|n| format!("{{ key: {{ id: {n} }}, calc: {{ title: \"concat(title, '-{n}')\" }} }}"));
            let update: Vec<String> = update.collect();
            let query = format!(
                "mutation {{ updatePerson(id: 1, set: {{ entries: {{ update: [{}] }} }}) {{ entries(limit: 2, orderBy: [{{ id: ASC }}]) {{ title }} }} }}",
                update.join(", ")
            );
            let response = engine.execute(Request { query, debug: true, ..Request::default() }).await;
            let answer: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
            let title = &answer["data"]["updatePerson"]["entries"][1]["title"];
            assert_eq!(*title, if rows == 2 { "t1-2" } else { "t1-2-2" }, "{answer}");
            counts.push(answer["extensions"]["queries"].as_array().unwrap().len());
        }
        assert_eq!(counts[0], counts[1], "{:?}", world.dialect());
    }
    assert_eq!(dumps[0], dumps[1]);
}
