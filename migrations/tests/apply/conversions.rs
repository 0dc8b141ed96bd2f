//! What values become when the type of their column changes, and which are refused.

use crate::bed::{bed, connect, registry, run_steps};
use nuages_migrations::editor::{self, RiskKind, When};
use nuages_migrations::{Renames, migrate, tables_of};
use nuages_models::database::Dialect;
use nuages_models::objects::{Orm, Values};
use nuages_models::registry::LogicalType;
use nuages_models::value::{Value, from_json};
use serde_json::json;
use std::sync::Arc;

struct Case {
    from: &'static str,
    to: &'static str,
    /// Values before and after, in JSON form; `None`: it must be refused.
    values: Vec<(serde_json::Value, Option<serde_json::Value>)>,
}

fn case(
    from: &'static str,
    to: &'static str,
    values: Vec<(serde_json::Value, Option<serde_json::Value>)>,
) -> Case {
    Case { from, to, values }
}

const INT: &str = "{ type = \"integer\", null = true }";
const SMALL: &str = "{ type = \"small_integer\", null = true }";
const BIG: &str = "{ type = \"big_integer\", null = true }";
const BOOLEAN: &str = "{ type = \"boolean\", null = true }";
const FLOAT: &str = "{ type = \"float\", null = true }";
const CHAR: &str = "{ type = \"char\", max_length = 40, null = true }";
const CHAR3: &str = "{ type = \"char\", max_length = 3, null = true }";
const DECIMAL2: &str = "{ type = \"decimal\", max_digits = 8, decimal_places = 2, null = true }";
const DECIMAL1: &str = "{ type = \"decimal\", max_digits = 4, decimal_places = 1, null = true }";
const DECIMAL4: &str = "{ type = \"decimal\", max_digits = 10, decimal_places = 4, null = true }";
const LARGE: &str = "{ type = \"decimal\", max_digits = 25, decimal_places = 3, null = true }";
const DATE: &str = "{ type = \"date\", null = true }";
const TIME: &str = "{ type = \"time\", null = true }";
const DATETIME: &str = "{ type = \"datetime\", null = true }";
const UUID: &str = "{ type = \"uuid\", null = true }";
const JSON: &str = "{ type = \"json\", null = true }";

fn cases() -> Vec<Case> {
    let id = "00112233-4455-6677-8899-aabbccddeeff";
    vec![
        case(INT, SMALL, vec![(json!(-32768), Some(json!(-32768))), (json!(32768), None)]),
        case(BIG, INT, vec![(json!(2147483647), Some(json!(2147483647))), (json!(-2147483649_i64), None)]),
        case(
            INT,
            BOOLEAN,
            vec![(json!(0), Some(json!(false))), (json!(1), Some(json!(true))), (json!(2), None)],
        ),
        case(BOOLEAN, INT, vec![(json!(true), Some(json!(1))), (json!(false), Some(json!(0)))]),
        case(BOOLEAN, CHAR, vec![(json!(true), Some(json!("true"))), (json!(false), Some(json!("false")))]),
        case(
            CHAR,
            BOOLEAN,
            vec![
                (json!("True"), Some(json!(true))),
                (json!("0"), Some(json!(false))),
                (json!("no"), Some(json!(false))),
                (json!("perhaps"), None),
                (json!(""), None),
            ],
        ),
        case(INT, CHAR, vec![(json!(-7), Some(json!("-7")))]),
        case(INT, CHAR3, vec![(json!(999), Some(json!("999"))), (json!(1000), None)]),
        case(
            CHAR,
            INT,
            vec![
                (json!("-7"), Some(json!(-7))),
                (json!("+007"), Some(json!(7))),
                (json!(" 5 "), Some(json!(5))),
                (json!("2147483648"), None),
                (json!("5x"), None),
                (json!(""), None),
                (json!("1.5"), None),
                (json!("99999999999999999999"), None),
            ],
        ),
        case(
            CHAR,
            FLOAT,
            vec![(json!("1.5"), Some(json!(1.5))), (json!("2e3"), Some(json!(2000.0))), (json!("x"), None)],
        ),
        case(
            CHAR,
            DECIMAL2,
            vec![
                (json!("1.5"), Some(json!("1.50"))),
                (json!("-3"), Some(json!("-3.00"))),
                (json!("1.005"), None),
                (json!("1000000"), None),
                (json!("1,5"), None),
                (json!("."), None),
            ],
        ),
        case(INT, DECIMAL2, vec![(json!(999999), Some(json!("999999.00"))), (json!(1000000), None)]),
        case(INT, LARGE, vec![(json!(-5), Some(json!("-5.000")))]),
        case(DECIMAL2, INT, vec![(json!("-3.00"), Some(json!(-3))), (json!("3.01"), None)]),
        case(
            LARGE,
            INT,
            vec![
                (json!("12.000"), Some(json!(12))),
                (json!("12.001"), None),
                (json!("3000000000.000"), None),
            ],
        ),
        case(DECIMAL2, DECIMAL4, vec![(json!("-1.25"), Some(json!("-1.2500")))]),
        case(
            DECIMAL2,
            DECIMAL1,
            vec![(json!("1.50"), Some(json!("1.5"))), (json!("1.25"), None), (json!("1000.00"), None)],
        ),
        case(DECIMAL2, LARGE, vec![(json!("-1.25"), Some(json!("-1.250")))]),
        case(
            LARGE,
            DECIMAL2,
            vec![
                (json!("-1.250"), Some(json!("-1.25"))),
                (json!("1.255"), None),
                (json!("1000000.000"), None),
            ],
        ),
        case(DECIMAL2, FLOAT, vec![(json!("1.25"), Some(json!(1.25)))]),
        case(LARGE, FLOAT, vec![(json!("1.250"), Some(json!(1.25)))]),
        case(
            DECIMAL2,
            CHAR,
            vec![(json!("-0.05"), Some(json!("-0.05"))), (json!("3.00"), Some(json!("3.00")))],
        ),
        case(LARGE, CHAR, vec![(json!("-0.050"), Some(json!("-0.050")))]),
        case(FLOAT, INT, vec![(json!(3.0), Some(json!(3))), (json!(3.5), None), (json!(3e9), None)]),
        case(FLOAT, BIG, vec![(json!(-3.0), Some(json!(-3))), (json!(1e19), None)]),
        case(FLOAT, DECIMAL2, vec![(json!(0.5), Some(json!("0.50"))), (json!(1e6), None)]),
        case(FLOAT, CHAR, vec![(json!(0.1), Some(json!("0.1"))), (json!(-2.5), Some(json!("-2.5")))]),
        case(INT, FLOAT, vec![(json!(3), Some(json!(3.0)))]),
        case(CHAR, CHAR3, vec![(json!("äöü"), Some(json!("äöü"))), (json!("abcd"), None)]),
        case(DATE, DATETIME, vec![(json!("2024-02-29"), Some(json!("2024-02-29T00:00:00Z")))]),
        case(
            DATETIME,
            DATE,
            vec![
                (json!("2024-02-29T00:00:00Z"), Some(json!("2024-02-29"))),
                (json!("2024-02-29T00:00:01Z"), None),
            ],
        ),
        case(DATE, CHAR, vec![(json!("2024-02-29"), Some(json!("2024-02-29")))]),
        case(CHAR, DATE, vec![(json!("2024-02-29"), Some(json!("2024-02-29"))), (json!("29.2.2024"), None)]),
        case(
            TIME,
            CHAR,
            vec![
                (json!("07:08:09"), Some(json!("07:08:09"))),
                (json!("07:08:09.5"), Some(json!("07:08:09.500000"))),
            ],
        ),
        case(CHAR, TIME, vec![(json!("07:08:09.5"), Some(json!("07:08:09.5"))), (json!("7 o'clock"), None)]),
        case(
            DATETIME,
            CHAR,
            vec![
                (json!("2024-02-29T07:08:09Z"), Some(json!("2024-02-29 07:08:09"))),
                (json!("2024-02-29T07:08:09.000001Z"), Some(json!("2024-02-29 07:08:09.000001"))),
            ],
        ),
        case(
            CHAR,
            DATETIME,
            vec![
                (json!("2024-02-29 07:08:09"), Some(json!("2024-02-29T07:08:09Z"))),
                (json!("2024-02-29 07:08:09.25"), Some(json!("2024-02-29T07:08:09.25Z"))),
                (json!("yesterday"), None),
            ],
        ),
        case(UUID, CHAR, vec![(json!(id), Some(json!(id)))]),
        case(
            CHAR,
            UUID,
            vec![
                (json!(id), Some(json!(id))),
                (json!("00112233445566778899AABBCCDDEEFF"), Some(json!(id))),
                (json!("no"), None),
            ],
        ),
        case(JSON, CHAR, vec![(json!([1, 2]), Some(json!("[1, 2]")))]),
        case(CHAR, JSON, vec![(json!("{\"b\":1,\"a\":[]}"), Some(json!({"a": [], "b": 1})))]),
    ]
}

async fn all(dialect: Dialect) {
    let mut bed = bed(dialect).await;
    let mut wrong = Vec::new();
    for Case { from, to, values } in cases() {
        let text = |field: &str| format!("[Item.fields]\nx = {field}\n");
        let (before, after) = (Arc::new(registry(&text(from))), Arc::new(registry(&text(to))));
        let logical = |registry: &nuages_models::Registry| -> LogicalType {
            registry.models()[0].fields[1].logical.clone()
        };
        let (old, new) = (tables_of(&before, dialect).unwrap(), tables_of(&after, dialect).unwrap());
        let none = Renames::default();
        let steps = editor::plan(&old, &new, &none, &[], dialect).unwrap();
        let risks = editor::risks(&old, &new, &none, &[], &steps, dialect).unwrap();
        bed.clear().await;
        // A connection remembers the types of a statement's parameters.
        bed.database = connect(&bed.url).await;
        migrate(&bed.database, &before).await.unwrap();
        let orm = Orm::new(Arc::clone(&before), bed.database.clone());
        let there = Orm::new(Arc::clone(&after), bed.database.clone());
        let put = |value: Value| {
            let objects = orm.objects("Item");
            async move { objects.create(Values::new().set("x", value)).await.map(drop) }
        };
        for (value, _) in values.iter().filter(|(_, expected)| expected.is_none()) {
            put(from_json(&logical(&before), value).unwrap()).await.unwrap();
            let mut found = 0;
            for risk in risks.iter().filter(|risk| risk.kind == RiskKind::Refused) {
                if let When::Found(sql) = &risk.when {
                    let rows = bed.texts(sql).await;
                    found += rows[0].parse::<u32>().unwrap();
                }
            }
            if found == 0 {
                wrong.push(format!("{from} → {to}: {value} is not refused"));
            }
            bed.run(&["DELETE FROM shop_item"]).await;
        }
        let kept: Vec<_> =
            values.iter().filter_map(|(value, expected)| Some((value, expected.as_ref()?))).collect();
        for (value, _) in &kept {
            put(from_json(&logical(&before), value).unwrap()).await.unwrap();
        }
        put(Value::Null).await.unwrap();
        for risk in risks.iter().filter(|risk| risk.kind == RiskKind::Refused) {
            if let When::Found(sql) = &risk.when
                && bed.texts(sql).await != ["0"]
            {
                wrong.push(format!("{from} → {to}: {sql} refuses"));
            }
        }
        if let Err(error) = run_steps(&bed, &steps).await {
            wrong.push(format!("{from} → {to}: {}", error.chars().take(600).collect::<String>()));
            continue;
        }
        let found = there.objects("Item").order_by(["id"]).values(&["x"]).flat().await.unwrap();
        let mut expected: Vec<Value> =
            kept.iter().map(|(_, expected)| from_json(&logical(&after), expected).unwrap()).collect();
        expected.push(Value::Null);
        if found != expected {
            wrong.push(format!("{from} → {to}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    all(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    all(Dialect::Postgres).await;
}

#[test]
fn what_has_no_conversion_is_refused() {
    for (from, to) in [(DATE, TIME), (JSON, INT), (UUID, INT), (DATE, INT), (TIME, DATETIME)] {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let table = |field: &str| {
                tables_of(&registry(&format!("[Item.fields]\nx = {field}\n")), dialect).unwrap()
            };
            let error =
                editor::plan(&table(from), &table(to), &Renames::default(), &[], dialect).unwrap_err();
            assert!(error.to_string().contains("UpdateRows"), "{error}");
        }
    }
}
