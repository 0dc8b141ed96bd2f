//! Field types of an embedder's own, on both databases: model files, tables, writes, filters, GraphQL, data files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod color;
mod money;

use color::Color;
use money::Money;
use nuages::{Config, Project, data};
use nuages_migrations::ProjectState;
use nuages_models::Registry;
use nuages_models::build::{coalesce, count, f, max, value};
use nuages_models::database::{Database, DatabaseOptions, Dialect};
use nuages_models::define::{FIELD_KINDS, SourceFile, define, define_with, json_schema};
use nuages_models::objects::{BulkCreate, Conflicts, Orm};
use nuages_models::registry::{Comparison, FieldType, FieldTypeError, FieldTypes, LogicalType};
use nuages_models::value::{Decimal, Value};
use nuages_models::values;
use nuages_schema::{Engine, EngineOptions, Request};
use nuages_tests::databases::{BACKENDS, TestDatabase};
use std::io::Cursor;
use std::sync::Arc;

const MODELS: &str = "\
[Shade]
primary_key = [\"tone\"]
[Shade.fields]
tone = { type = \"money\" }
[Item.fields]
name = { type = \"char\", max_length = 40, unique = true }
price = { type = \"money\", min = 0, max = 1000, index = true }
rounded = { type = \"money\", step = 5, null = true }
color = { type = \"color\", default = \"#FFFFFF\", choices = [\"#ffffff\", \"#1e90ff\", \"#000000\"] }
edge = { type = \"color\", null = true, unique = true }
[Sale.fields]
item = { type = \"foreign_key\", to = \"Item\", on_delete = \"cascade\", related_name = \"sales\" }
paid = { type = \"money\" }
";

fn types() -> FieldTypes {
    both().unwrap()
}

fn both() -> Result<FieldTypes, FieldTypeError> {
    let types = FieldTypes::new().with(Money { step: 1 })?;
    types.with(Color)
}

fn file(text: &str) -> SourceFile {
    SourceFile { path: "models/shop.toml".to_owned(), text: text.to_owned() }
}

fn registry() -> Registry {
    define_with(&[file(MODELS)], &types()).unwrap()
}

fn amount(text: &str) -> Value {
    Value::Decimal(Decimal::parse(text).unwrap())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

async fn connected(place: &TestDatabase, registry: &Registry) -> Database {
    let database = Database::connect(&place.url, DatabaseOptions::default()).await.unwrap();
    nuages_migrations::migrate(&database, registry).await.unwrap();
    // What is there is what the models say.
    nuages_migrations::migrate(&database, registry).await.unwrap();
    database
}

async fn ask(engine: &Engine, query: &str) -> String {
    let answer = engine.execute(Request { query: query.to_owned(), ..Request::default() }).await;
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn rust_reads_and_writes_values() {
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "custom");
        let registry = registry();
        let database = connected(&place, &registry).await;
        let orm = Orm::new(Arc::new(registry), database.clone());
        let items = orm.objects("Item");

        let pen =
            items.create(values! { "name" => "pen", "price" => "1.5", "edge" => "#0A0B0C" }).await.unwrap();
        assert_eq!(pen.get("price"), Some(&amount("1.50")), "{dialect:?}");
        assert_eq!(pen.get("color"), Some(&text("#ffffff")));
        assert_eq!(pen.get("edge"), Some(&text("#0a0b0c")));
        assert_eq!(pen.get("rounded"), Some(&Value::Null));
        let rows = (2..40).map(|n| {
            values! { "name" => format!("item {n}"), "price" => Decimal::from_scaled(n * 100, 2), "rounded" => "0.35", "color" => "#1e90ff" }
        });
        items.bulk_create(rows, &BulkCreate::default()).await.unwrap();
        let stored = database
            .query_text("SELECT price, rounded, color FROM shop_item ORDER BY id LIMIT 2")
            .await
            .unwrap();
        let some = |value: &str| Some(value.to_owned());
        assert_eq!(
            stored,
            [vec![some("150"), None, some("16777215")], vec![some("200"), some("35"), some("2003199")]]
        );

        let named = |objects: nuages_models::objects::Objects| async move {
            objects.order_by(["id"]).values(&["name"]).flat().await.unwrap()
        };
        let found = [
            (items.clone().filter(f("price").eq("1.50")), "pen"),
            (items.clone().filter(f("price").eq(amount("1.5"))), "pen"),
            (items.clone().filter(f("price").lt(2)), "pen"),
            (items.clone().filter(f("price").range("2.5", "3.5")), "item 3"),
            (items.clone().filter(f("price").is_in(["39", "1000"])), "item 39"),
            (items.clone().filter(f("edge").eq("#0A0B0c")), "pen"),
            (items.clone().filter(f("color").ne("#1E90FF")), "pen"),
            (items.clone().filter(f("edge").is_in(["#0a0b0c", "#ffffff"])), "pen"),
            (items.clone().filter(f("rounded").is_null()), "pen"),
            (items.clone().order_by(["price"]).limit(1), "pen"),
            (items.clone().order_by(["-price"]).limit(1), "item 39"),
        ];
        for (index, (objects, name)) in found.into_iter().enumerate() {
            let seen = if index < 9 {
                named(objects).await
            } else {
                objects.values(&["name"]).flat().await.unwrap()
            };
            assert_eq!(seen, [text(name)], "{dialect:?} {index}");
        }
        let highest = items.clone().aggregate([("top", max("price"))]).await.unwrap();
        assert_eq!(highest.get("top"), Some(&amount("39.00")), "{dialect:?}");
        let by_color = items
            .clone()
            .group_by(&["color"])
            .annotate("n", count("*"))
            .order_by(["n"])
            .rows()
            .await
            .unwrap();
        assert_eq!(by_color.len(), 2);
        assert_eq!(by_color[0].get("color"), Some(&text("#ffffff")), "{dialect:?}");

        let one = items.clone().filter(f("name").eq("pen"));
        one.clone().update(values! { "price" => "2", "color" => "#000000" }).await.unwrap();
        let computed = coalesce([f("price"), value("3")]);
        one.clone().update(values! { "price" => computed }).await.unwrap();
        assert_eq!(one.clone().get().await.unwrap().get("price"), Some(&amount("2.00")), "{dialect:?}");
        let error = one.clone().update(values! { "rounded" => f("price") }).await.unwrap_err().to_string();
        let expected =
            "`rounded` holds a value of the type `money` with {\"step\":5}, not a value of the type `money`";
        assert_eq!(error, expected, "{dialect:?}");
        let update =
            Conflicts::Update { unique_fields: vec!["name".into()], update_fields: vec!["price".into()] };
        let again = BulkCreate { conflicts: update, ..BulkCreate::default() };
        items.bulk_create([values! { "name" => "pen", "price" => "7.25" }], &again).await.unwrap();
        #[derive(serde::Deserialize, Debug, PartialEq)]
        struct Item {
            price: String,
            edge: Option<String>,
        }
        let row = one.get().await.unwrap();
        let typed = row.deserialize::<Item>().unwrap();
        assert_eq!(typed, Item { price: "7.25".into(), edge: Some("#0a0b0c".into()) });
        orm.related("Item", 1, "sales").create(values! { "paid" => "7.25" }).await.unwrap();
        let shade = orm.objects("Shade").save(values! { "tone" => "3.10" }).await.unwrap();
        assert_eq!(orm.objects("Shade").refresh(&shade).await.unwrap().get("tone"), Some(&amount("3.10")));

        for (row, expected) in [
            (values! { "name" => "x", "price" => "1.505" }, "too many digits"),
            (values! { "name" => "x", "price" => "cheap" }, "\"cheap\" is not a decimal number"),
            (
                values! { "name" => "x", "price" => 1, "rounded" => "0.33" },
                "`rounded`: an amount must be a multiple of 5 cents",
            ),
            (
                values! { "name" => "x", "price" => 1, "color" => "red" },
                "`color`: a colour is `#` and six hexadecimal digits, as in #1e90ff",
            ),
        ] {
            let error = items.create(row).await.unwrap_err().to_string();
            assert!(error.contains(expected), "{dialect:?}: {error}");
        }
        for (refused, expected) in [
            (items.clone().order_by(["color"]), "`color` cannot be ordered by"),
            (items.clone().filter(f("color").gt("#000000")), "does not apply to a value of the type `color`"),
            (
                items.clone().filter(f("color").icontains("00")),
                "does not apply to a value of the type `color`",
            ),
            (items.clone().filter(f("color").eq("red")), "six hexadecimal digits"),
            (items.clone().filter((f("price") + 1).gt(2)), "money"),
        ] {
            let error = refused.rows().await.unwrap_err().to_string();
            assert!(error.contains(expected), "{dialect:?}: {error}");
        }
        let outside = database.begin().await.unwrap();
        outside.batch("UPDATE shop_item SET color = -5 WHERE id = 1").await.unwrap();
        outside.commit().await.unwrap();
        let error = items.filter(f("id").eq(1)).get().await.unwrap_err().to_string();
        assert!(error.contains("is no colour"), "{dialect:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_has_a_scalar_of_it() {
    let mut answers = Vec::new();
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "custom");
        let registry = registry();
        let database = connected(&place, &registry).await;
        let engine = Engine::new(Arc::new(registry), database, EngineOptions::default()).unwrap();
        let sdl = engine.sdl();
        for part in [
            "\"\"\"Amount with cents, such as \"12.50\".\"\"\"\nscalar Money",
            "scalar Color",
            "price: Money!",
            "edge: Color\n",
            "input MoneyFilter {",
            "price: MoneyFilter",
            "range: [Money!]",
        ] {
            assert!(sdl.contains(part), "{part}\n{sdl}");
        }
        let filter = sdl.split("input ColorFilter {").nth(1).unwrap().split('}').next().unwrap();
        assert!(filter.contains("in: [Color!]") && !filter.contains("gt:"), "{filter}");
        let order = sdl.split("input ItemOrder").nth(1).unwrap().split('}').next().unwrap();
        assert!(order.contains("price: Direction") && !order.contains("color"), "{order}");

        let mut seen = Vec::new();
        for query in [
            "mutation { createItems(input: [{name: \"pen\", price: \"1.50\", color: \"#000000\"}, {name: \"cup\", price: 3, edge: \"#ABCDEF\"}]) { items { name price color edge rounded } } }",
            "mutation { updateItem(id: 2, set: {price: \"4.05\", rounded: 0.1}, expect: {edge: \"#abcdef\"}) { price rounded } }",
            "mutation { updateItem(id: 2, set: {price: 5}, expect: {price: 4}) { price } }",
            "mutation { upsertItem(key: {edge: \"#ABCDEF\"}, create: {name: \"no\", price: 0}, update: {price: 6}) { created item { name price } } }",
            "{ items(where: {price: {gte: \"1.5\", lt: 6}}, orderBy: [{price: DESC}]) { name price } }",
            "{ items(where: {edge: {in: [\"#ABCDEF\"]}, color: {ne: \"#000000\"}}) { name color } }",
            "{ itemBy(key: {edge: \"#abcdef\"}) { name } }",
            "{ itemsConnection(first: 1, orderBy: [{price: DESC}]) { nodes { price } pageInfo { hasNextPage } } }",
            "{ itemsAggregate { max { price } count } }",
            "{ itemsGroupBy(by: [{color: true}], where: {color: {eq: \"#FFFFFF\"}}) { key { color } count } }",
            "{ items(where: {expr: \"price > 2 and color = '#FFFFFF'\"}) { name } }",
            "mutation { createItem(input: {name: \"x\", price: \"1001\", rounded: \"0.33\", color: \"#123456\"}) { id } }",
            "mutation { createItem(input: {name: \"x\", price: \"much\", color: \"red\"}) { id } }",
            "{ items(where: {color: {eq: \"red\"}}) { name } }",
            "{ items(where: {color: {eq: 7}}) { name } }",
            "mutation { createShade(input: {tone: \"0.30\"}) { id nodeId tone } }",
            "{ shade(id: \"0.30\") { id tone } }",
            "{ shades(where: {id: {in: [\"0.3\"]}}) { tone } }",
        ] {
            seen.push(format!("{query}\n  {}", ask(&engine, query).await));
        }
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
    insta::assert_snapshot!(answers[0].join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn data_files_have_values() {
    for dialect in BACKENDS {
        let place = TestDatabase::empty(dialect, "custom");
        let registry = registry();
        let database = connected(&place, &registry).await;
        let lines = "{\"model\": \"Item\", \"row\": {\"id\": 1, \"name\": \"pen\", \"price\": \"1.5\", \"edge\": \"#00FF00\"}}\n";
        data::load(&database, &registry, Cursor::new(lines), |_, _| {}).await.unwrap();
        let mut out = Vec::new();
        data::dump(&database, &registry, &["Item".to_owned()], &mut out, |_| {}).await.unwrap();
        let dumped = "{\"model\":\"Item\",\"row\":{\"id\":1,\"name\":\"pen\",\"price\":\"1.50\",\"rounded\":null,\"color\":\"#ffffff\",\"edge\":\"#00ff00\"}}\n";
        assert_eq!(String::from_utf8(out).unwrap(), dumped, "{dialect:?}");
        let wrong = "{\"model\": \"Item\", \"row\": {\"name\": \"x\", \"price\": 1, \"color\": \"red\"}}";
        let error =
            data::load(&database, &registry, wrong.as_bytes(), |_, _| {}).await.unwrap_err().to_string();
        assert_eq!(
            error, "line 1: `color`: a colour is `#` and six hexadecimal digits, as in #1e90ff",
            "{dialect:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_know_what_is_stored() {
    let (state, _) = ProjectState::from_files_with(&[file(MODELS)], &types()).unwrap();
    let item = &state.models["Item"];
    let kinds: Vec<&str> = item.fields.values().map(|field| field.kind.as_str()).collect();
    assert_eq!(kinds, ["big_auto", "char", "big_integer", "big_integer", "integer", "integer"]);
    assert_eq!(item.fields["color"].options["default"], 0xff_ffff);
    let history = state.registry().unwrap();
    for dialect in BACKENDS {
        // The tables of the history are those of the models, so that nothing is there to be done.
        let place = TestDatabase::empty(dialect, "custom");
        let database = connected(&place, &history).await;
        nuages_migrations::migrate(&database, &registry()).await.unwrap();
        let (of_history, of_models) = (
            nuages_migrations::tables_of(&history, dialect).unwrap(),
            nuages_migrations::tables_of(&registry(), dialect).unwrap(),
        );
        assert_eq!(of_history, of_models, "{dialect:?}");
    }
}

#[test]
fn model_files_are_checked() {
    let problems = |text: &str| define_with(&[file(text)], &types()).unwrap_err().render(false);
    for (fields, expected) in [
        ("a = { type = 'color', default = 'red' }", "a colour is `#` and six hexadecimal digits"),
        (
            "a = { type = 'money', step = 0 }",
            "the money `a` cannot be so: `step` is a number of cents, at least 1",
        ),
        ("a = { type = 'money', min = 2, max = 1 }", "`max` is below `min`"),
        ("a = { type = 'money', default = 1.234 }", "more than 2 digits after the point"),
        ("a = { type = 'money', step = 5, default = 0.03 }", "a multiple of 5 cents"),
        ("a = { type = 'money', stepp = 5 }", "did you mean `step`?"),
        ("a = { type = 'money', max_length = 5 }", "`max_length` is not an option of the type `money`"),
        ("a = { type = 'color', primary_key = true }", "`primary_key` is not an option of the type `color`"),
        ("a = { type = 'mony' }", "did you mean `money`?"),
    ] {
        let shown = problems(&format!("[A.fields]\n{fields}"));
        assert!(shown.contains(expected) && shown.contains("shop.toml:2"), "{fields}\n{shown}");
    }
    let check = "[A.fields]\na = { type = 'money' }\nb = { type = 'money', null = true }\n[[A.constraints]]\nname = 'c'\ncheck = ";
    assert!(
        problems(&format!("{check}'a > 12.5'")).contains("a check has no written values of the type `money`")
    );
    define_with(&[file(&format!("{check}'b is null or a > b'"))], &types()).unwrap();
    assert!(define(&[file(MODELS)]).unwrap_err().render(false).contains("`money` is not a field type"));
    let schema = json_schema(&types()).to_string();
    assert!(schema.contains("field_money") && schema.contains("Amounts are multiples"), "{schema}");
    assert!(!json_schema(&FieldTypes::new()).to_string().contains("money"));
    let project = Project::with_config("nowhere", Config::default()).with_field_types(types());
    assert_eq!(project.clone(), project);
}

/// A type that says what it is told to.
#[derive(Debug, Clone)]
struct Odd {
    name: &'static str,
    scalar: &'static str,
    stored: LogicalType,
    comparison: Comparison,
}

impl FieldType for Odd {
    fn name(&self) -> &'static str {
        self.name
    }
    fn doc(&self) -> &'static str {
        "Odd."
    }
    fn scalar(&self) -> &'static str {
        self.scalar
    }
    fn value_type(&self) -> LogicalType {
        LogicalType::Json
    }
    fn stored_type(&self) -> LogicalType {
        self.stored.clone()
    }
    fn comparison(&self) -> Comparison {
        self.comparison
    }
    fn clean(&self, _: Value) -> Result<Value, String> {
        Ok(Value::Int(1))
    }
}

#[tokio::test]
async fn badly_made_types_are_refused() {
    let odd = Odd { name: "odd", scalar: "Odd", stored: LogicalType::Json, comparison: Comparison::Nothing };
    let refused = |odd: Odd| types().with(odd).unwrap_err().to_string();
    assert_eq!(
        refused(Odd { name: "Odd one", ..odd.clone() }),
        "the field type `Odd one` cannot be used: its name must be lower case letters, digits and `_`"
    );
    for (odd, expected) in [
        (Odd { name: FIELD_KINDS[0].name, ..odd.clone() }, "there is a field type of this name already"),
        (Odd { name: "money", ..odd.clone() }, "there is a field type of this name already"),
        (Odd { scalar: "Money", ..odd.clone() }, "another field type has the scalar `Money` already"),
        (Odd { scalar: "odd", ..odd.clone() }, "a capital letter, then letters and digits"),
        (Odd { stored: LogicalType::IpAddress, ..odd.clone() }, "an IP address is no stored form"),
        (Odd { comparison: Comparison::Equality, ..odd.clone() }, "say Comparison::Nothing"),
    ] {
        let error = refused(odd);
        assert!(error.contains(expected), "{error}");
    }
    // A type that breaks its word is told of, and nothing is written.
    let types = FieldTypes::new().with(odd.clone()).unwrap();
    let registry = define_with(&[file("[A.fields]\na = { type = 'odd' }")], &types).unwrap();
    let place = TestDatabase::empty(Dialect::Sqlite, "custom");
    let database = connected(&place, &registry).await;
    let orm = Orm::new(Arc::new(registry), database.clone());
    let error =
        orm.objects("A").create(values! { "a" => Value::Json("{}".into()) }).await.unwrap_err().to_string();
    assert!(error.contains("is not JSON"), "{error}");
    // No scalar takes the name of a built-in one.
    let types = FieldTypes::new().with(Odd { scalar: "Decimal", ..odd }).unwrap();
    let registry = define_with(&[file("[A.fields]\na = { type = 'odd' }")], &types).unwrap();
    let error = Engine::new(Arc::new(registry), database, EngineOptions::default()).unwrap_err().to_string();
    assert!(error.contains("Decimal"), "{error}");
}
