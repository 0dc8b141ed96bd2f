//! Random trees are printed and read back; random texts are answered.

use super::*;
use crate::aggregates::AGGREGATES;
use crate::lookups::{LOOKUPS, Operands};
use crate::windows::WINDOWS;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        prop::sample::select(vec![
            "outer", "select", "order", "date", "user", "from", "case", "both", "null", "is", "Title",
            "naïve", "a b", "x\"y", "count", "any", "rows", "interval", "array", "not", "in", "exists",
            "cast", "trim",
        ])
        .prop_map(str::to_owned),
    ]
}

fn paths() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(names(), 1..4)
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Int),
        (-9i64..9).prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Float),
        (any::<i64>(), 0u32..20)
            .prop_map(|(digits, scale)| Value::Decimal(Decimal::from_scaled(digits, scale))),
        "[a-z'\\\\\"%:$@ -]{0,8}".prop_map(Value::Text),
        "\\PC{0,5}".prop_map(Value::Text),
        (crate::value::MIN_DAYS..=crate::value::MAX_DAYS).prop_map(Value::Date),
        (0i64..86_400_000_000).prop_map(Value::Time),
        (crate::value::MIN_DATETIME_MICROS..=crate::value::MAX_DATETIME_MICROS).prop_map(Value::DateTime),
        any::<i64>().prop_map(Value::Duration),
        any::<[u8; 16]>().prop_map(Value::Uuid),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(Value::Binary),
        prop::collection::vec("[a-z']{0,3}", 0..3)
            .prop_map(|keys| Value::Json(serde_json::Value::from(keys).to_string())),
    ]
}

fn slots() -> impl Strategy<Value = Slot> {
    prop_oneof![
        8 => scalars().prop_map(Slot::Constant),
        1 => Just(Slot::Constant(Value::Null)),
        1 => prop::collection::vec(scalars(), 0..3).prop_map(|values| Slot::Constant(Value::Array(values))),
        2 => names().prop_map(Slot::Named),
        2 => names().prop_map(Slot::Session),
        1 => Just(Slot::Now),
    ]
}

fn types() -> impl Strategy<Value = LogicalType> {
    let simple = prop::sample::select(vec![
        LogicalType::Boolean,
        LogicalType::Int16,
        LogicalType::Int32,
        LogicalType::Int64,
        LogicalType::Float,
        LogicalType::Decimal { digits: 12, scale: 2 },
        LogicalType::Text,
        LogicalType::Date,
        LogicalType::Time,
        LogicalType::DateTime,
        LogicalType::Duration,
        LogicalType::Uuid,
        LogicalType::Json,
        LogicalType::Binary,
        LogicalType::IpAddress,
        LogicalType::Range(crate::registry::RangeBound::Date),
        LogicalType::SearchVector,
    ]);
    (simple, any::<bool>())
        .prop_map(|(logical, list)| if list { LogicalType::Array(Box::new(logical)) } else { logical })
}

fn orders(of: BoxedStrategy<Expr>) -> impl Strategy<Value = Vec<OrderBy>> {
    let key = (of, any::<bool>(), any::<bool>()).prop_map(|(key, descending, first)| OrderBy {
        key,
        descending,
        nulls: if first { Nulls::First } else { Nulls::Last },
    });
    prop::collection::vec(key, 0..3)
}

fn frames() -> impl Strategy<Value = Frame> {
    let bound = prop::sample::select(vec![
        FrameBound::UnboundedPreceding,
        FrameBound::Preceding(3),
        FrameBound::CurrentRow,
        FrameBound::Following(0),
        FrameBound::UnboundedFollowing,
    ]);
    let unit = prop::sample::select(vec![FrameUnit::Rows, FrameUnit::Range, FrameUnit::Groups]);
    (unit, bound.clone(), bound).prop_map(|(unit, start, end)| Frame { unit, start, end })
}

fn lookups(of: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let operands = prop::collection::vec(of.clone(), 2);
    let list = prop_oneof![
        prop::collection::vec(scalars(), 0..3).prop_map(|values| Expr::constant(Value::Array(values))),
        names().prop_map(|name| Expr::Slot(Slot::Named(name))),
    ];
    (of, prop::sample::select(LOOKUPS.to_vec()), operands, list).prop_map(
        |(left, lookup, mut operands, list)| {
            let right = match lookup.operands {
                Operands::SameList | Operands::TextList => vec![list],
                operands_of => {
                    operands.truncate(operands_of.count());
                    operands
                }
            };
            Expr::lookup(left, lookup.name, right)
        },
    )
}

fn calls(of: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let two = prop::collection::vec(of.clone(), 2);
    let few = prop::collection::vec(of.clone(), 1..4);
    let path = prop::collection::vec(
        prop_oneof![
            "[a-z' ]{0,3}".prop_map(serde_json::Value::from),
            (-3i64..3).prop_map(serde_json::Value::from)
        ],
        0..3,
    );
    prop_oneof![
        (prop::sample::select(vec!["+", "-", "*", "/", "%", "power"]), two)
            .prop_map(|(name, arguments)| Expr::call(name, arguments)),
        of.clone().prop_map(|of| Expr::call("negate", vec![of])),
        (
            prop::sample::select(vec![
                "concat", "coalesce", "length", "substr", "trim", "trunc", "year", "date"
            ]),
            few
        )
            .prop_map(|(name, arguments)| Expr::call(name, arguments)),
        (of.clone(), any::<i64>())
            .prop_map(|(of, months)| Expr::call("add_months", vec![of, Expr::constant(Value::Int(months))])),
        (prop::sample::select(vec!["json_path", "json_text"]), of, path).prop_map(|(name, of, path)| {
            let path = Value::Json(serde_json::Value::from(path).to_string());
            Expr::call(name, vec![of, Expr::constant(path)])
        }),
    ]
}

fn aggregates(of: BoxedStrategy<Expr>) -> impl Strategy<Value = Aggregate> {
    let parts = (of.clone(), any::<bool>(), prop::option::of(of.clone()), orders(of));
    (prop::sample::select(AGGREGATES.to_vec()), any::<bool>(), parts).prop_map(
        |(function, star, (value, distinct, filter, order))| {
            let star = star && function.name == "count";
            Aggregate {
                function: function.name,
                arguments: if star { Vec::new() } else { vec![value] },
                distinct: distinct && !star,
                filter,
                order: if star { Vec::new() } else { order },
            }
        },
    )
}

fn windows(of: BoxedStrategy<Expr>) -> impl Strategy<Value = Window> {
    let names: Vec<&'static str> = WINDOWS.iter().map(|window| window.name).chain(["sum", "count"]).collect();
    let parts = (
        prop::collection::vec(of.clone(), 0..3),
        prop::option::of(of.clone()),
        prop::collection::vec(of.clone(), 0..3),
        orders(of),
        prop::option::of(frames()),
    );
    (prop::sample::select(names), parts).prop_map(
        |(function, (arguments, filter, partition, order, frame))| Window {
            function,
            arguments,
            filter,
            partition,
            order,
            frame,
        },
    )
}

/// A query as the text gives it: what its group is follows from its column.
fn queries(of: BoxedStrategy<Expr>) -> impl Strategy<Value = (Expr, QuerySet)> {
    let bounds = (prop::option::of(0u64..100), prop::option::of(0u64..100));
    let parts = (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(of.clone()),
        prop::collection::vec(paths(), 0..3),
        prop::option::of(of.clone()),
        orders(of.clone()),
        bounds,
    );
    (of, parts).prop_map(|(column, (live, distinct, filter, keys, having, order, (limit, offset)))| {
        let registry = registry();
        let post = registry.model_named("Post").unwrap();
        let keys: Vec<_> = keys.into_iter().map(|path| (path.join("."), Expr::Path(path))).collect();
        let group = (!keys.is_empty()).then_some(Grouping { keys, row_annotations: 0 });
        let set = QuerySet {
            manager: if live { Scope::Manager(1) } else { Scope::Default },
            distinct,
            filter,
            having: having.filter(|_| group.is_some()),
            group,
            order,
            limit: limit.map(Bound::Inline),
            offset: offset.map(Bound::Inline),
            ..QuerySet::all(post.id)
        };
        (column, set)
    })
}

fn with_column((column, mut set): (Expr, QuerySet)) -> QuerySet {
    let registry = registry();
    let post = registry.model(set.model);
    if set.group.is_none() && crate::text::query::aggregates_rows(&registry, post, &column) {
        set.group = Some(Grouping::default());
    }
    set.columns = vec![(crate::text::query::column_name(&column), column)];
    set
}

fn trees() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        paths().prop_map(Expr::Path),
        slots().prop_map(Expr::Slot),
        (1u8..3, paths()).prop_map(|(levels, path)| Expr::Outer { levels, path }),
        (
            prop::sample::select(vec!["preview", "lower"]),
            prop::option::of(names()),
            prop::collection::vec((names(), slots()), 0..3)
        )
            .prop_map(|(field, above, mut arguments)| {
                arguments.sort_by(|(a, _), (b, _)| a.cmp(b));
                arguments.dedup_by(|(a, _), (b, _)| a == b);
                Expr::Annotated { path: above.into_iter().chain([field.to_owned()]).collect(), arguments }
            }),
    ];
    leaf.prop_recursive(5, 48, 4, |of| {
        let boxed = of.clone().boxed();
        prop_oneof![
            3 => prop::collection::vec(of.clone(), 2..4).prop_map(Expr::And),
            3 => prop::collection::vec(of.clone(), 2..4).prop_map(Expr::Or),
            3 => of.clone().prop_map(not),
            6 => lookups(boxed.clone()),
            6 => calls(boxed.clone()),
            2 => (prop::collection::vec((of.clone(), of.clone()), 1..3), prop::option::of(of.clone()))
                .prop_map(|(branches, otherwise)| Expr::Case { branches, otherwise: otherwise.map(Box::new) }),
            2 => (of.clone(), types()).prop_map(|(of, to)| Expr::Cast { of: Box::new(of), to }),
            2 => (paths(), prop::sample::select(vec![Quantifier::One, Quantifier::Some, Quantifier::Every, Quantifier::None]), of.clone())
                .prop_map(|(path, quantifier, filter)| Expr::Related { path, quantifier, filter: Box::new(filter) }),
            2 => aggregates(boxed.clone()).prop_map(|aggregate| Expr::Aggregate(Box::new(aggregate))),
            2 => windows(boxed.clone()).prop_map(|window| Expr::Window(Box::new(window))),
            1 => queries(boxed.clone()).prop_map(|query| Expr::Query(Box::new(with_column(query)))),
            1 => queries(boxed.clone()).prop_map(|(_, set)| Expr::Exists(Box::new(set))),
            1 => (of, queries(boxed)).prop_map(|(left, query)| Expr::InQuery { left: Box::new(left), query: Box::new(with_column(query)) }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_are_printed_and_read_back(tree in trees()) {
        let registry = registry();
        let printed = print(&tree, &registry);
        match parse(&printed, &registry) {
            Ok(read) => {
                prop_assert_eq!(print(&read, &registry), printed.clone());
                prop_assert_eq!(read, tree, "{}", printed);
            }
            // Deep trees have a bound that proptest does not know.
            Err(error) => prop_assert!(error.message.contains("nested too deeply"), "{}: {}", printed, error),
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}") {
        answered(&text);
    }

    #[test]
    fn any_words_are_answered(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..30)) {
        answered(&words.join(" "));
        answered(&words.concat());
    }

    #[test]
    fn broken_texts_are_answered(tree in trees(), cuts in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(WORDS.to_vec())), 1..4)) {
        let registry = registry();
        let mut text = print(&tree, &registry);
        for (place, word) in cuts {
            let at = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect::<Vec<_>>();
            let at = *place.get(&at);
            let end = text[at..].char_indices().nth(2).map_or(text.len(), |(length, _)| at + length);
            text.replace_range(at..end, word);
        }
        answered(&text);
    }
}

const WORDS: [&str; 74] = [
    "a",
    "b.c",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    ",",
    "'x'",
    "1",
    "2.5",
    "+",
    "-",
    "*",
    "/",
    "=",
    "<>",
    "->",
    "->>",
    "::",
    "text",
    ":a",
    "@b",
    "and",
    "or",
    "not",
    "is",
    "null",
    "in",
    "between",
    "case",
    "when",
    "then",
    "else",
    "end",
    "count",
    "sum",
    "filter",
    "where",
    "over",
    "partition",
    "by",
    "order",
    "rows",
    "unbounded",
    "preceding",
    "current",
    "row",
    "select",
    "from",
    "Post",
    "limit",
    "exists",
    "extract",
    "year",
    "substring",
    "for",
    "trim",
    "both",
    "position",
    "cast",
    "as",
    "interval",
    "'1 month'",
    "date",
    "'2024-01-01'",
    "any",
    "array",
    "distinct",
    "like",
    "at time zone",
    "desc nulls first",
    "$1;",
];

/// Whatever the text is, it is read or refused, with a place in it, and soon.
fn answered(text: &str) {
    let registry = registry();
    let begun = Instant::now();
    for error in [parse(text, &registry).err(), parse_order(text, &registry).err()].into_iter().flatten() {
        assert!(text.get(error.span.clone()).is_some(), "{text}: {error:?}");
        assert!(!error.message.is_empty() && error.line > 0 && error.column > 0, "{text}: {error:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{text}");
}

/// On a quarter of a worker's stack.
fn on_a_small_stack(text: String) -> Result<Expr, TextError> {
    let builder = std::thread::Builder::new().stack_size(512 * 1024);
    builder.spawn(move || parse(&text, &registry())).unwrap().join().unwrap()
}

#[test]
fn long_and_deep_texts_are_bounded() {
    let repeated = |part: &str, count: usize| part.repeat(count);
    for text in [
        format!("{}1{}", repeated("(", 10_000), repeated(")", 10_000)),
        format!("{}1{}", repeated("(", 7_000), repeated(")", 7_000)),
        format!("{}1{}", repeated("(", 65), repeated(")", 65)),
        format!("{}a", repeated("not ", 1_900)),
        format!("{}a", repeated("- ", 1_900)),
        format!("{}a", repeated("-(", 63)),
        format!("{}a", repeated("case when ", 700)),
        format!("{}a", repeated("f(", 900)),
        format!("a{}", repeated(" in (a", 600)),
        format!("a{}", repeated(" + a", 999)),
        format!("a{}", repeated("::text", 900)),
        format!("a{}", repeated(" is null", 900)),
        format!("a{}", repeated(" between a and a", 300)),
        format!("{}a", repeated("a = ", 990)),
        format!("{}1", repeated("exists(select 1 from Post where ", 200)),
        repeated("a ", 9_000),
        repeated("x", 20_000),
        repeated("'", 3_001),
    ] {
        let begun = Instant::now();
        let shown: String = text.chars().take(40).collect();
        assert!(on_a_small_stack(text).is_err(), "{shown}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{shown}");
    }
    // Long, but not deep.
    for text in [
        format!("a{}", repeated(" and a = 1", 399)),
        format!("a{}", repeated(" || a", 900)),
        format!("a in (1{})", repeated(", 2", 900)),
    ] {
        let shown: String = text.chars().take(40).collect();
        let expr = on_a_small_stack(text);
        assert!(expr.is_ok(), "{shown}: {expr:?}");
    }
    // As deep as allowed.
    let nested = format!("{}1{}", repeated("(", 64), repeated(")", 64));
    assert!(on_a_small_stack(nested).is_ok());
}
