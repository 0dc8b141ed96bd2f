//! Which requests share a plan.

use crate::builder::blog;
use crate::planning::{KEY, Planning, filled, kept};
use nuages_models::cursor::{fingerprint, seal};
use nuages_models::query::{OrderBy, complete_order};
use nuages_schema::operation::{Operation, OperationCache};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::{Arc, OnceLock};

/// Plans the variables unless a plan is known. Gives the plan as it would run, and whether it was known.
fn request(planning: &Planning, operation: &Operation, variables: Value) -> (String, bool) {
    let variables = planning.coerce(operation, variables).unwrap_or_else(|error| panic!("{error:?}"));
    let known = operation.plans.find(&variables, planning.surroundings(operation));
    let hit = known.is_some();
    let planned = known.unwrap_or_else(|| {
        let (draft, trace) =
            planning.draft(operation, &variables).unwrap_or_else(|error| panic!("{error:?}"));
        operation.plans.insert(trace, kept(draft))
    });
    let part = &planned.parts[0];
    let draft = nuages_schema::plan::Draft {
        plan: part.plan.clone(),
        arguments: part.arguments.clone(),
        nodes: part.nodes.clone(),
        write: part.write.clone(),
    };
    let arguments =
        planning.resolve(operation, &draft, &variables).unwrap_or_else(|error| panic!("{error:?}"));
    let nodes = format!("{:?}", arguments.nodes);
    (format!("{:?}{nodes}", filled(draft.plan, &arguments)), hit)
}

fn shared(document: &str, first: Value, second: Value) -> bool {
    let planning = Planning::of(blog());
    let operation = planning.operation(document).unwrap_or_else(|error| panic!("{error:?}"));
    assert!(!request(&planning, &operation, first).1);
    request(&planning, &operation, second).1
}

const WHERE: &str = "query ($w: PostFilter) { posts(where: $w) { id } }";

#[test]
fn a_filter_of_known_structure_is_a_hit() {
    for (first, second) in [
        (json!({}), json!({})),
        (json!({"title": {"eq": "a"}}), json!({"title": {"eq": "b"}})),
        (json!({"views": {"in": [1]}}), json!({"views": {"in": [1, 2, 3]}})),
        (json!({"metadata": {"in": [1]}}), json!({"metadata": {"in": [1, "2"]}})),
        (json!({"views": {"in": []}}), json!({"views": {"in": [7]}})),
        (
            json!({"or": [{"views": {"gt": 1}}, {"slug": {"iContains": "x"}}]}),
            json!({"or": [{"views": {"gt": 2}}, {"slug": {"iContains": "y"}}]}),
        ),
        (
            json!({"createdAt": {"tz": "Europe/Berlin", "year": {"eq": 1}}}),
            json!({"createdAt": {"tz": "UTC", "year": {"eq": 2}}}),
        ),
        (
            json!({"metadata": {"path": [{"path": ["a"], "eq": {"x": 1}}]}}),
            json!({"metadata": {"path": [{"path": ["a"], "eq": [2]}]}}),
        ),
        (json!({"status": {"eq": "draft"}}), json!({"status": {"eq": "draft"}})),
    ] {
        assert!(shared(WHERE, json!({ "w": first }), json!({ "w": second })), "{first} {second}");
    }
}

#[test]
fn filters_of_different_structure_never_share() {
    for (first, second) in [
        (json!({}), json!(null)),
        (json!({"title": {"eq": "a"}}), json!({"title": {"ne": "a"}})),
        (json!({"title": {"eq": "a"}}), json!({"slug": {"eq": "a"}})),
        (json!({"title": {"eq": "a"}}), json!({"title": {"eq": "a"}, "views": {"gt": 1}})),
        (json!({"title": {"eq": "a"}, "views": {"gt": 1}}), json!({"title": {"eq": "a"}})),
        (json!({"title": {"isNull": true}}), json!({"title": {"isNull": false}})),
        (json!({"or": []}), json!({"or": [{}]})),
        (json!({"or": [{}]}), json!({"and": [{}]})),
        (json!({"status": {"eq": "draft"}}), json!({"status": {"eq": "published"}})),
        (json!({"status": {"in": ["draft"]}}), json!({"status": {"in": ["draft", "published"]}})),
        (
            json!({"metadata": {"path": [{"path": ["a"], "eq": 1}]}}),
            json!({"metadata": {"path": [{"path": ["b"], "eq": 1}]}}),
        ),
        (
            json!({"metadata": {"path": [{"path": ["a"], "eq": 1}]}}),
            json!({"metadata": {"path": [{"path": ["a", "b"], "eq": 1}]}}),
        ),
        (json!({"author": {"isActive": {"eq": true}}}), json!({"author": {"isActive": {"eq": false}}})),
        (json!({"comments": {"some": {}}}), json!({"comments": {"none": {}}})),
    ] {
        assert!(!shared(WHERE, json!({ "w": first }), json!({ "w": second })), "{first} {second}");
    }
}

#[test]
fn structural_arguments() {
    let document = "query ($o: [PostOrder!], $d: [PostField!], $m: PostManager, $s: Boolean!) {
        posts(orderBy: $o, distinctOn: $d, manager: $m) { id title @skip(if: $s) } }";
    let base = json!({"s": true});
    for (name, value) in [
        ("o", json!([{"title": "ASC"}])),
        ("o", json!([{"title": "DESC"}, {"id": "ASC"}])),
        ("o", json!([{"author": {"name": "ASC"}}])),
        ("d", json!(["title"])),
        ("m", json!("newest")),
        ("s", json!(false)),
    ] {
        let mut other = base.clone();
        other[name] = value;
        assert!(!shared(document, base.clone(), other.clone()), "{other}");
        assert!(!shared(document, other.clone(), base.clone()), "{other}");
        assert!(shared(document, other.clone(), other.clone()), "{other}");
    }
}

#[test]
fn limits_are_told_eight_times() {
    let planning = Planning::of(blog());
    let operation = planning.operation("query ($n: Int) { posts(limit: $n) { id } }").unwrap();
    for n in 1..=8 {
        assert!(!request(&planning, &operation, json!({ "n": n })).1);
    }
    let (text, hit) = request(&planning, &operation, json!({"n": 100}));
    assert!(!hit && text.contains("Inline(100)"), "{text}");
    for n in 101..150 {
        let (text, hit) = request(&planning, &operation, json!({ "n": n }));
        assert!(hit && text.contains(&format!("Inline({n})")), "{text}");
    }
    assert!(request(&planning, &operation, json!({"n": 3})).1);
    assert_eq!(operation.plans.len(), 9);
    // A bad limit is refused although the plan is known.
    let bad = planning.coerce(&operation, json!({"n": 1001})).unwrap();
    assert!(operation.plans.find(&bad, planning.surroundings(&operation)).is_none());
}

#[test]
fn cursors_share_by_their_nulls() {
    let planning = Planning::of(blog());
    let post = planning.registry.model_named("Post").unwrap();
    let order = complete_order(post, &[OrderBy::new(vec!["rating".to_owned()], true)]);
    let cursor = |values: &str| {
        let mut text = Vec::new();
        seal(&mut text, KEY, fingerprint("Post", &order, ""), values.as_bytes());
        json!({ "c": String::from_utf8(text).unwrap() })
    };
    let document =
        "query ($c: String) { postsConnection(orderBy: {rating: DESC}, after: $c) { totalCount } }";
    assert!(shared(document, cursor("[\"1.00\",\"1\"]"), cursor("[\"2.00\",\"5\"]")));
    assert!(shared(document, cursor("[null,\"1\"]"), cursor("[null,\"5\"]")));
    assert!(!shared(document, cursor("[null,\"1\"]"), cursor("[\"2.00\",\"5\"]")));
    assert!(!shared(document, json!({}), cursor("[\"2.00\",\"5\"]")));
    // A null where no null can be, or a value of another type, was not sealed by this server for this ordering.
    let operation = planning.operation(document).unwrap();
    for values in ["[\"1.00\"]", "[\"1.00\",\"1\",2]", "{}"] {
        let variables = planning.coerce(&operation, cursor(values)).unwrap();
        assert!(planning.draft(&operation, &variables).is_err(), "{values}");
    }
}

#[test]
fn node_ids_share_by_their_models() {
    use base64::Engine as _;
    let document = "query ($ids: [ID!]!) { nodes(nodeIds: $ids) { nodeId } }";
    let ids = |texts: &[&str]| {
        let ids: Vec<String> =
            texts.iter().map(|text| base64::engine::general_purpose::STANDARD.encode(text)).collect();
        json!({ "ids": ids })
    };
    assert!(shared(document, ids(&["Post:1", "User:1"]), ids(&["User:2", "Post:9"])));
    assert!(shared(document, ids(&["Post:1", "x"]), ids(&["?", "Post:9"])));
    assert!(!shared(document, ids(&["Post:1"]), ids(&["Post:1", "User:1"])));
}

#[test]
fn introspection_shares_by_whole_values() {
    let document = "query ($n: String!) { __type(name: $n) { name } }";
    assert!(shared(document, json!({"n": "Post"}), json!({"n": "Post"})));
    assert!(!shared(document, json!({"n": "Post"}), json!({"n": "User"})));
}

#[test]
fn two_operations_never_share() {
    let planning = Planning::of(blog());
    let cache = OperationCache::new(100, 1 << 20);
    let text = "query A { posts { id } } query B { users { id } }";
    let operation = |name: &str| {
        Arc::new(
            Operation::parse(&planning.exposure.schema, text, Some(name)).unwrap_or_else(|e| panic!("{e:?}")),
        )
    };
    cache.insert(operation("A"));
    assert!(cache.find(text, Some("B")).is_none());
    cache.insert(operation("B"));
    assert_eq!(cache.find(text, Some("A")).unwrap().definition.name.as_ref().unwrap(), "A");
    assert_eq!(cache.find(text, Some("B")).unwrap().definition.name.as_ref().unwrap(), "B");
    assert!(cache.find(text, None).is_none());
    assert!(cache.find("query A { posts { id } } query B { users { id } } ", Some("A")).is_none());
    // Plans belong to their operation: the same variables find nothing of another.
    let (a, b) = (cache.find(text, Some("A")).unwrap(), cache.find(text, Some("B")).unwrap());
    assert!(!request(&planning, &a, json!({})).1);
    assert!(!request(&planning, &b, json!({})).1);
    assert!(request(&planning, &a, json!({})).0 != request(&planning, &b, json!({})).0);
}

#[test]
fn the_operation_cache_is_bounded() {
    let planning = Planning::of(blog());
    let cache = OperationCache::new(16, 1 << 20);
    let first = "{ posts { id } }";
    let parse = |text: &str| Arc::new(planning.operation(text).unwrap_or_else(|error| panic!("{error:?}")));
    cache.insert(parse(first));
    for number in 0..200 {
        cache.insert(parse(&format!("{{ a{number}: posts {{ id }} }}")));
        assert!(cache.find(first, None).is_some(), "an operation in use is kept");
    }
    assert!(cache.len() <= 16);
    let small = OperationCache::new(1_000, 8 * 1_000);
    for number in 0..200 {
        small.insert(parse(&format!("{{ a{number}: posts {{ id }} }}")));
    }
    assert!(small.len() <= 16, "{}", small.len());
}

#[test]
fn plans_are_bounded() {
    let planning = Planning::of(blog());
    let operation = planning.operation(WHERE).unwrap();
    let favourite = json!({"w": {"title": {"eq": "x"}}});
    request(&planning, &operation, favourite.clone());
    for number in 0..2_000_usize {
        let keys = ["title", "slug"];
        let parts: Vec<Value> = (0..12).map(|bit| json!({ keys[number >> bit & 1]: {"eq": "x"} })).collect();
        request(&planning, &operation, json!({"w": {"and": parts}}));
        assert!(request(&planning, &operation, favourite.clone()).1, "a plan in use is kept");
        assert!(operation.plans.len() <= 256);
    }
}

#[test]
fn what_is_too_large_is_not_kept() {
    let planning = Planning::of(blog());
    let operation = planning.operation(WHERE).unwrap();
    let long = "x".repeat(100_000);
    request(&planning, &operation, json!({"w": {"metadata": {"path": [{"path": [long], "eq": 1}]}}}));
    let wide: Vec<Value> = (0..490).map(|_| json!({"title": {"eq": "x"}})).collect();
    request(&planning, &operation, json!({"w": {"or": wide}}));
    assert!(operation.plans.is_empty());
    for number in 0..500 {
        let long = format!("{number}{}", "x".repeat(50_000));
        request(&planning, &operation, json!({"w": {"metadata": {"path": [{"path": [long], "eq": 1}]}}}));
        assert!(operation.plans.weight() <= 4 << 20);
    }
}

// The property tests: filters that are written and filters that are passed plan alike, and whatever is shared is
// right.

fn text() -> BoxedStrategy<Value> {
    "[a-c]{0,2}".prop_map(Value::from).boxed()
}

fn operators(
    value: impl Strategy<Value = Value> + Clone + 'static,
    names: &'static [&'static str],
) -> BoxedStrategy<Value> {
    let list = prop::collection::vec(value.clone(), 0..3).prop_map(Value::from);
    let pair = prop::collection::vec(value.clone(), 2).prop_map(Value::from);
    let member = prop_oneof![
        (prop::sample::select(names), value).prop_map(|(name, value)| (name.to_owned(), value)),
        (prop::sample::select(vec!["in", "notIn"]), list).prop_map(|(name, value)| (name.to_owned(), value)),
        pair.prop_map(|value| ("range".to_owned(), value)),
        any::<bool>().prop_map(|value| ("isNull".to_owned(), Value::from(value))),
    ];
    prop::collection::vec(member, 0..3)
        .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into())
        .boxed()
}

fn filter() -> BoxedStrategy<Value> {
    let numbers = || operators((0..3_i32).prop_map(Value::from), &["eq", "ne", "gt", "lte"]);
    let zone = prop::sample::select(vec!["UTC", "Europe/Berlin"]);
    let instants = prop_oneof![
        (zone, numbers()).prop_map(|(zone, part)| json!({"tz": zone, "year": part})),
        numbers().prop_map(|part| json!({ "hour": part })),
        Just(json!({"gt": "2024-01-01T00:00:00Z"})),
    ];
    let status = prop::sample::select(vec!["draft", "published"]);
    let choices = prop_oneof![
        status.clone().prop_map(|status| json!({ "eq": status })),
        prop::collection::vec(status, 0..3).prop_map(|list| json!({ "notIn": list })),
    ];
    let documents = prop_oneof![
        (text(), numbers())
            .prop_map(|(key, _)| json!({"path": [{"path": [key, "0"], "contains": {"a": [1, null]}}]})),
        text().prop_map(|key| json!({"hasAnyKeys": [key, "x"]})),
        text().prop_map(|value| json!({"in": [value, {"b": 1.5}]})),
    ];
    let leaf = prop_oneof![
        operators(text(), &["eq", "ne", "iContains", "startsWith", "regex"])
            .prop_map(|it| json!({ "title": it })),
        numbers().prop_map(|it| json!({ "views": it })),
        numbers().prop_map(|it| json!({"title": {"length": it}})),
        operators(prop::sample::select(vec![json!("1.5"), json!(2)]), &["eq", "gt"])
            .prop_map(|it| json!({ "rating": it })),
        prop::sample::select(vec![json!("7"), json!(8)])
            .prop_map(|id| json!({"authorId": {"in": [id, "9"]}})),
        instants.prop_map(|it| json!({ "createdAt": it })),
        choices.prop_map(|it| json!({ "status": it })),
        documents.prop_map(|it| json!({ "metadata": it })),
        any::<bool>().prop_map(|it| json!({"author": {"isActive": {"eq": it}}})),
        Just(json!({})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({ "and": parts })),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| json!({ "or": parts })),
            inner.clone().prop_map(|part| json!({ "not": part })),
            (prop::sample::select(vec!["some", "every", "none"]), inner.clone())
                .prop_map(|(quantifier, part)| json!({"tags": {"some": {"posts": {quantifier: part}}}})),
            (inner.clone(), inner).prop_map(|(a, b)| {
                let (Value::Object(mut a), Value::Object(b)) = (a, b) else { panic!("filters are objects") };
                a.extend(b);
                Value::Object(a)
            }),
        ]
    })
    .boxed()
}

/// The value as a GraphQL literal. Texts below `status` are names of an enum.
fn literal(value: &Value, name_of_enum: bool) -> String {
    match value {
        Value::String(text) if name_of_enum => text.clone(),
        Value::Array(elements) => {
            let elements: Vec<String> =
                elements.iter().map(|element| literal(element, name_of_enum)).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, member)| format!("{key}: {}", literal(member, name_of_enum || key == "status")))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

fn planning() -> &'static Planning {
    static PLANNING: OnceLock<Planning> = OnceLock::new();
    PLANNING.get_or_init(|| Planning::of(blog()))
}

proptest! {
    #[test]
    fn written_and_passed_filters_plan_alike(filter in filter()) {
        let planning = planning();
        let (written, arguments) = planning.run(&format!("{{ posts(where: {}) {{ id }} }}", literal(&filter, false)), json!({}));
        prop_assert!(arguments.values.is_empty());
        let (passed, arguments) = planning.run(WHERE, json!({ "w": filter }));
        prop_assert_eq!(written, filled(passed, &arguments));
    }

    #[test]
    fn shared_plans_are_right(filters in prop::collection::vec(filter(), 2..12)) {
        let planning = planning();
        let shared = planning.operation(WHERE).unwrap();
        for filter in filters {
            let alone = planning.operation(WHERE).unwrap();
            let (expected, _) = request(planning, &alone, json!({ "w": filter }));
            let (first, _) = request(planning, &shared, json!({ "w": filter }));
            let (second, hit) = request(planning, &shared, json!({ "w": filter }));
            prop_assert_eq!(&first, &expected);
            prop_assert_eq!(&second, &expected);
            prop_assert!(hit);
        }
    }
}
