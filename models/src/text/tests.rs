//! The text spelling: what each form means, what is refused and where, and that printing and reading are inverse.

use super::*;
use crate::define::{SourceFile, define};
use crate::expr::{Aggregate, Frame, FrameBound, FrameUnit, Quantifier, Slot, Window};
use crate::query::{Bound, Grouping, Nulls, QuerySet, Scope};
use crate::registry::LogicalType;
use crate::value::{Decimal, Value};

mod built;
mod random;
mod refusals;

fn registry() -> Registry {
    let text = r#"
[User.fields]
name = { type = "char", max_length = 100 }
[Post.fields]
title = { type = "char", max_length = 200 }
views = { type = "integer" }
author = { type = "foreign_key", to = "User", on_delete = "cascade", related_name = "posts" }
[Post.annotations]
preview = { expr = "left(title, :length)", args = { length = { type = "integer", default = 50 }, more = { type = "char", max_length = 3, default = "…" } } }
lower = { expr = "title", args = { length = { type = "integer", default = 50 } } }
[Post.managers]
objects = {}
live = { filter = "views > 0" }
"#;
    let file = SourceFile { path: "blog.toml".to_owned(), text: text.to_owned() };
    define(&[file]).unwrap()
}

fn read(text: &str) -> Expr {
    parse(text, &registry()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn name(text: &str) -> Expr {
    Expr::Path(text.split('.').map(str::to_owned).collect())
}

fn int(number: i64) -> Expr {
    Expr::constant(Value::Int(number))
}

fn text(value: &str) -> Expr {
    Expr::constant(Value::Text(value.to_owned()))
}

fn not(of: Expr) -> Expr {
    Expr::Not(Box::new(of))
}

fn boolean(value: bool) -> Expr {
    Expr::constant(Value::Boolean(value))
}

#[track_caller]
fn means(written: &str, expected: Expr) {
    assert_eq!(read(written), expected, "{written}");
    let printed = print(&expected, &registry());
    assert_eq!(read(&printed), expected, "{written} is printed as {printed}");
}

/// The text reads as the other text does.
#[track_caller]
fn same(written: &str, other: &str) {
    assert_eq!(read(written), read(other), "{written} and {other}");
}

/// The message, and the part of the text that it is about.
#[track_caller]
fn refused(written: &str) -> (String, String) {
    match parse(written, &registry()) {
        Ok(expr) => panic!("{written} is read as {expr:?}"),
        Err(error) => {
            assert!(written.get(error.span.clone()).is_some(), "{written}: {error:?}");
            (error.to_string(), written[error.span].to_owned())
        }
    }
}

#[test]
fn values() {
    means("12", int(12));
    means("-12", int(-12));
    means("-9223372036854775808", int(i64::MIN));
    means(
        "9223372036854775808",
        Expr::constant(Value::Decimal(Decimal::parse("9223372036854775808").unwrap())),
    );
    means("1.50", Expr::constant(Value::Decimal(Decimal::parse("1.50").unwrap())));
    means("1_000", int(1000));
    means("1.5e3", Expr::constant(Value::Float(1500.0)));
    means("'it''s'", text("it's"));
    means("true", boolean(true));
    means("null", Expr::constant(Value::Null));
    means("date '2024-01-31'", Expr::constant(Value::Date(19_753)));
    means("time '10:30:00'", Expr::constant(Value::Time(37_800_000_000)));
    let instant = Expr::constant(Value::DateTime(1_706_695_200_000_000));
    for written in [
        "timestamp '2024-01-31T10:00:00Z'",
        "timestamptz '2024-01-31 10:00'",
        "datetime '2024-01-31 11:00:00+01'",
        "timestamp with time zone '2024-01-31 10:00:00'",
    ] {
        means(written, instant.clone());
    }
    let day = 86_400_000_000;
    for (written, micros) in [
        ("interval '7 days'", 7 * day),
        ("interval '7' day", 7 * day),
        ("interval 'P7D'", 7 * day),
        ("interval '1.5 hours'", day / 16),
        ("interval '1 day -2 hours'", day - day / 12),
        ("-interval '2 weeks'", -14 * day),
        ("interval '0 days'", 0),
        ("interval '-9223372036854775808 microseconds'", i64::MIN),
    ] {
        means(written, Expr::constant(Value::Duration(micros)));
    }
    means(
        "uuid '00000000-0000-0000-0000-000000000001'",
        Expr::constant(Value::Uuid([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
    );
    means("json '{\"a\": 1}'", Expr::constant(Value::Json("{\"a\":1}".to_owned())));
    means(
        "array['a', 'b']",
        Expr::constant(Value::Array(vec![Value::Text("a".to_owned()), Value::Text("b".to_owned())])),
    );
    means("array[]", Expr::constant(Value::Array(Vec::new())));
}

#[test]
fn names_and_slots() {
    means("title", name("title"));
    means("author.name", name("author.name"));
    // Words of SQL are names where they stand for values.
    for word in [
        "user",
        "path",
        "order",
        "date",
        "first",
        "limit",
        "filter",
        "rows",
        "position",
        "count",
        "any",
        "point",
        "box",
        "user.name",
        "case.end",
    ] {
        means(word, name(word));
    }
    means("\"select\"", name("select"));
    means("\"Ünter\"", name("Ünter"));
    means("post.select", name("post.select"));
    means("outer.x", Expr::Outer { levels: 1, path: vec!["x".to_owned()] });
    means(
        "outer.outer.author.name",
        Expr::Outer { levels: 2, path: vec!["author".to_owned(), "name".to_owned()] },
    );
    means("\"outer\".x", name("outer.x"));
    means("outer", name("outer"));
    means(":length", Expr::Slot(Slot::Named("length".to_owned())));
    means("@user_id * 2", Expr::call("*", vec![Expr::Slot(Slot::Session("user_id".to_owned())), int(2)]));
    means(
        "views=@user_id",
        Expr::lookup(name("views"), "exact", vec![Expr::Slot(Slot::Session("user_id".to_owned()))]),
    );
    means(
        "views<@user_id",
        Expr::lookup(name("views"), "lt", vec![Expr::Slot(Slot::Session("user_id".to_owned()))]),
    );
    means("now()", Expr::Slot(Slot::Now));
    same("current_timestamp", "now()");
}

#[test]
fn operators() {
    means("a + b * c", Expr::call("+", vec![name("a"), Expr::call("*", vec![name("b"), name("c")])]));
    means("(a + b) * c", Expr::call("*", vec![Expr::call("+", vec![name("a"), name("b")]), name("c")]));
    means("a - (b - c)", Expr::call("-", vec![name("a"), Expr::call("-", vec![name("b"), name("c")])]));
    means("a / b % c", Expr::call("%", vec![Expr::call("/", vec![name("a"), name("b")]), name("c")]));
    means("a ^ 2", Expr::call("power", vec![name("a"), int(2)]));
    means("(-2) ^ 2", Expr::call("power", vec![int(-2), int(2)]));
    means("-(2)", Expr::call("negate", vec![int(2)]));
    means("-a", Expr::call("negate", vec![name("a")]));
    means("- -a", Expr::call("negate", vec![Expr::call("negate", vec![name("a")])]));
    means("a - -5", Expr::call("-", vec![name("a"), int(-5)]));
    same("a>-5", "a > -5");
    same("a*-b", "a * -b");
    same("+a", "a");
    means("a || b || 'c'", Expr::call("concat", vec![name("a"), name("b"), text("c")]));
    same("concat(a, b, 'c')", "a || b || 'c'");
    means(
        "a || (b || c)",
        Expr::call("concat", vec![name("a"), Expr::call("concat", vec![name("b"), name("c")])]),
    );
}

#[test]
fn tests_of_values() {
    for (operator, lookup) in [
        ("=", "exact"),
        ("<", "lt"),
        ("<=", "lte"),
        (">", "gt"),
        (">=", "gte"),
        ("~", "regex"),
        ("~*", "iregex"),
        ("@>", "json_contains"),
        ("?", "has_key"),
    ] {
        means(&format!("a {operator} 'b'"), Expr::lookup(name("a"), lookup, vec![text("b")]));
    }
    means("a <> b", not(Expr::lookup(name("a"), "exact", vec![name("b")])));
    same("a != b", "a <> b");
    same("not a = b", "a <> b");
    means("a !~ 'b'", not(Expr::lookup(name("a"), "regex", vec![text("b")])));
    means("a is null", Expr::lookup(name("a"), "isnull", Vec::new()));
    means("a is not null", not(Expr::lookup(name("a"), "isnull", Vec::new())));
    same("a is true", "coalesce(a, false)");
    same("a is not true", "not coalesce(a, false)");
    same("a is false", "not coalesce(a, true)");
    same("a is unknown", "a is null");
    same("a is not distinct from b", "coalesce(a = b, a is null and b is null)");
    same("a is distinct from 1 and c", "not coalesce(a = 1, a is null and 1 is null) and c");
    same("a is not distinct from null", "a is null");
    means(
        "a between 1 and 2 and b",
        Expr::And(vec![Expr::lookup(name("a"), "range", vec![int(1), int(2)]), name("b")]),
    );
    means("a not between 1 and 2", not(Expr::lookup(name("a"), "range", vec![int(1), int(2)])));
    let list = |values: &[i64]| Expr::constant(Value::Array(values.iter().map(|n| Value::Int(*n)).collect()));
    means("a in (1, -2)", Expr::lookup(name("a"), "in", vec![list(&[1, -2])]));
    means("a not in (1)", not(Expr::lookup(name("a"), "in", vec![list(&[1])])));
    means("a = any(array[])", Expr::lookup(name("a"), "in", vec![list(&[])]));
    same("a in (1, b)", "a = 1 or a = b");
    same("a in (:b)", "a = :b");
    let ids = Expr::Slot(Slot::Named("ids".to_owned()));
    means("a in :ids", Expr::lookup(name("a"), "in", vec![ids.clone()]));
    means(
        "a not in @ids and b",
        Expr::And(vec![
            not(Expr::lookup(name("a"), "in", vec![Expr::Slot(Slot::Session("ids".to_owned()))])),
            name("b"),
        ]),
    );
    same("a = any(:ids)", "a in :ids");
    same("title like 'a%'", "startswith(title, 'a')");
    same("title like '%a\\%'", "endswith(title, 'a%')");
    same("title not ilike '%a%'", "not icontains(title, 'a')");
    same("title like 'a'", "title = 'a'");
    same("title ilike 'a'", "iexact(title, 'a')");
    means(
        "icontains(title, :part)",
        Expr::lookup(name("title"), "icontains", vec![Expr::Slot(Slot::Named("part".to_owned()))]),
    );
    means(
        "has_keys(data, array['a'])",
        Expr::lookup(
            name("data"),
            "has_keys",
            vec![Expr::constant(Value::Array(vec![Value::Text("a".to_owned())]))],
        ),
    );
}

#[test]
fn logic_and_cases() {
    means("a and b or not c", Expr::Or(vec![Expr::And(vec![name("a"), name("b")]), not(name("c"))]));
    means("(a or b) and c", Expr::And(vec![Expr::Or(vec![name("a"), name("b")]), name("c")]));
    means("a and (b and c)", Expr::And(vec![name("a"), Expr::And(vec![name("b"), name("c")])]));
    means("not (a and b)", not(Expr::And(vec![name("a"), name("b")])));
    means(
        "case when a > 1 then 'x' else 'y' end",
        Expr::Case {
            branches: vec![(Expr::lookup(name("a"), "gt", vec![int(1)]), text("x"))],
            otherwise: Some(Box::new(text("y"))),
        },
    );
    same("case a when 1 then 'x' when b then 'y' end", "case when a = 1 then 'x' when a = b then 'y' end");
    means(
        "cast(a as decimal(12, 2))",
        Expr::Cast { of: Box::new(name("a")), to: LogicalType::Decimal { digits: 12, scale: 2 } },
    );
    for (written, to) in [
        ("text", LogicalType::Text),
        ("double precision", LogicalType::Float),
        ("bigint", LogicalType::Int64),
        ("numeric(4,2)", LogicalType::Decimal { digits: 4, scale: 2 }),
        ("timestamp with time zone", LogicalType::DateTime),
        ("jsonb", LogicalType::Json),
        ("text[]", LogicalType::Array(Box::new(LogicalType::Text))),
    ] {
        means(&format!("a::{written}"), Expr::Cast { of: Box::new(name("a")), to: to.clone() });
        means(&format!("cast(a as {written})"), Expr::Cast { of: Box::new(name("a")), to });
    }
    same("-1::text", "-(cast(1 as text))");
}

#[test]
fn special_calls() {
    means("extract(year from a)", Expr::call("year", vec![name("a")]));
    same("extract(isodow from a at time zone 'Europe/Berlin')", "iso_week_day(a, 'Europe/Berlin')");
    same("date_part('hour', a)", "hour(a)");
    same("(a at time zone :zone)::date", "date(a, :zone)");
    same("date(a at time zone 'UTC')", "date(a, 'UTC')");
    means("trunc(a, 'month')", Expr::call("trunc", vec![name("a"), text("month")]));
    same("date_trunc('month', a)", "trunc(a, 'month')");
    same("date_trunc('month', a, 'UTC')", "trunc(a, 'month', 'UTC')");
    same("trunc(a at time zone 'UTC', 'month')", "trunc(a, 'month', 'UTC')");
    means("a + interval '1 month'", Expr::call("add_months", vec![name("a"), int(1)]));
    means("a - interval '2 years'", Expr::call("add_months", vec![name("a"), int(-24)]));
    same("a + interval '1 month 2 days'", "(a + interval '1 month') + interval '2 days'");
    same("interval '1 month' + a", "a + interval '1 month'");
    means("substr(a, 2, 3)", Expr::call("substr", vec![name("a"), int(2), int(3)]));
    same("substring(a from 2 for 3)", "substr(a, 2, 3)");
    same("substring(a for 3)", "substr(a, 1, 3)");
    same("position('x' in a)", "strindex(a, 'x')");
    same("strpos(a, 'x')", "strindex(a, 'x')");
    same("trim(both 'x' from a)", "trim(a, 'x')");
    same("trim(leading from a)", "ltrim(a)");
    same("trim(trailing 'x' from a)", "rtrim(a, 'x')");
    same("trim('x' from a)", "trim(a, 'x')");
    means("trim(a)", Expr::call("trim", vec![name("a")]));
    means(
        "ceil(a) + floor(b)",
        Expr::call("+", vec![Expr::call("ceil", vec![name("a")]), Expr::call("floor", vec![name("b")])]),
    );
    let path = |path: &str| Expr::constant(Value::Json(path.to_owned()));
    means("metadata->'a'->>'b'", Expr::call("json_text", vec![name("metadata"), path("[\"a\",\"b\"]")]));
    means("metadata->'a'->0", Expr::call("json_path", vec![name("metadata"), path("[\"a\",0]")]));
    same("metadata #>> '{a,0}'", "metadata->'a'->>0");
    same("metadata #> array['a', 'b']", "metadata->'a'->'b'");
    same("profile.metadata->'address'->>'city' = 'Rome'", "(profile.metadata->'address'->>'city') = 'Rome'");
    means("metadata-> -1", Expr::call("json_path", vec![name("metadata"), path("[-1]")]));
    means(
        "(a->'b')->'c'",
        Expr::call(
            "json_path",
            vec![Expr::call("json_path", vec![name("a"), path("[\"b\"]")]), path("[\"c\"]")],
        ),
    );
}

fn aggregate(function: &'static str, arguments: Vec<Expr>) -> Aggregate {
    Aggregate { function, arguments, distinct: false, filter: None, order: Vec::new() }
}

#[test]
fn aggregates_windows_and_related_rows() {
    means("count(posts)", Expr::Aggregate(Box::new(aggregate("count", vec![name("posts")]))));
    means("count(*)", Expr::Aggregate(Box::new(aggregate("count", Vec::new()))));
    means(
        "count(distinct posts.author) filter (where posts.views > 1)",
        Expr::Aggregate(Box::new(Aggregate {
            distinct: true,
            filter: Some(Expr::lookup(name("posts.views"), "gt", vec![int(1)])),
            ..aggregate("count", vec![name("posts.author")])
        })),
    );
    means(
        "first(comments.author.name order by comments.created_at desc, comments.id nulls first)",
        Expr::Aggregate(Box::new(Aggregate {
            order: vec![
                OrderBy::by(name("comments.created_at"), true),
                OrderBy { nulls: Nulls::First, ..OrderBy::by(name("comments.id"), false) },
            ],
            ..aggregate("first", vec![name("comments.author.name")])
        })),
    );
    let window = Window {
        function: "rank",
        arguments: Vec::new(),
        filter: None,
        partition: vec![name("author")],
        order: vec![OrderBy::by(name("views"), true)],
        frame: None,
    };
    means("rank() over (partition by author order by views desc)", Expr::Window(Box::new(window.clone())));
    means(
        "sum(views) filter (where views > 0) over (order by id rows between 1 preceding and current row)",
        Expr::Window(Box::new(Window {
            function: "sum",
            arguments: vec![name("views")],
            filter: Some(Expr::lookup(name("views"), "gt", vec![int(0)])),
            partition: Vec::new(),
            order: vec![OrderBy::by(name("id"), false)],
            frame: Some(Frame {
                unit: FrameUnit::Rows,
                start: FrameBound::Preceding(1),
                end: FrameBound::CurrentRow,
            }),
        })),
    );
    same(
        "sum(views) over (range unbounded preceding)",
        "sum(views) over (range between unbounded preceding and current row)",
    );
    means(
        "count(*) over ()",
        Expr::Window(Box::new(Window {
            function: "count",
            partition: Vec::new(),
            order: Vec::new(),
            ..window
        })),
    );
    let related = |quantifier, filter| Expr::Related {
        path: vec!["posts".to_owned()],
        quantifier,
        filter: Box::new(filter),
    };
    means(
        "some(posts, views > outer.x)",
        related(
            Quantifier::Some,
            Expr::lookup(name("views"), "gt", vec![Expr::Outer { levels: 1, path: vec!["x".to_owned()] }]),
        ),
    );
    means("none(posts)", related(Quantifier::None, Expr::And(Vec::new())));
    means("every(posts, true)", related(Quantifier::Every, boolean(true)));
    means(
        "one(posts, views = 1)",
        related(Quantifier::One, Expr::lookup(name("views"), "exact", vec![int(1)])),
    );
}

#[test]
fn computed_fields_with_arguments() {
    let annotated = |path: &[&str], arguments: &[(&str, i64)]| Expr::Annotated {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        arguments: arguments
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Slot::Constant(Value::Int(*value))))
            .collect(),
    };
    means("preview(length => 20)", annotated(&["preview"], &[("length", 20)]));
    means("post.preview(length => 20)", annotated(&["post", "preview"], &[("length", 20)]));
    same("preview(20)", "preview(length => 20)");
    same("preview(length := 20)", "preview(length => 20)");
    means("preview()", annotated(&["preview"], &[]));
    // The name of a function is one of a computed field in quotation marks, or with named arguments.
    means("\"lower\"()", annotated(&["lower"], &[]));
    means("lower(length => 3)", annotated(&["lower"], &[("length", 3)]));
}

#[test]
fn sub_queries() {
    let registry = registry();
    let post = registry.model_named("Post").unwrap().id;
    let correlated =
        Expr::lookup(name("author"), "exact", vec![Expr::Outer { levels: 1, path: vec!["id".to_owned()] }]);
    let set = QuerySet { filter: Some(correlated.clone()), ..QuerySet::all(post) };
    let maximum = Expr::Aggregate(Box::new(aggregate("max", vec![name("views")])));
    means(
        "(select max(views) from Post where author = outer.id)",
        Expr::Query(Box::new(QuerySet {
            group: Some(Grouping::default()),
            columns: vec![("value".to_owned(), maximum)],
            ..set.clone()
        })),
    );
    means(
        "(select distinct title from Post.live where author = outer.id order by views desc limit 1 offset 2)",
        Expr::Query(Box::new(QuerySet {
            manager: Scope::Manager(1),
            distinct: true,
            columns: vec![("title".to_owned(), name("title"))],
            order: vec![OrderBy::by(name("views"), true)],
            limit: Some(Bound::Inline(1)),
            offset: Some(Bound::Inline(2)),
            ..set.clone()
        })),
    );
    means("exists(select 1 from Post where author = outer.id)", Expr::Exists(Box::new(set.clone())));
    same(
        "not exists(select * from Post where author = outer.id)",
        "not exists(select 1 from Post where author = outer.id)",
    );
    let authors = QuerySet {
        group: Some(Grouping { keys: vec![("author".to_owned(), name("author"))], row_annotations: 0 }),
        having: Some(Expr::lookup(
            Expr::Aggregate(Box::new(aggregate("count", Vec::new()))),
            "gt",
            vec![int(3)],
        )),
        columns: vec![("author".to_owned(), name("author"))],
        ..QuerySet::all(post)
    };
    let among = Expr::InQuery { left: Box::new(name("id")), query: Box::new(authors) };
    means("id in (select author from Post group by author having count(*) > 3)", among.clone());
    means("id not in (select author from Post group by author having count(*) > 3)", not(among));
    same("id = any(select author from Post)", "id in (select author from Post)");
    // An aggregate of each row's related rows is no aggregate of the rows.
    match read("(select count(posts) from User where id = outer.author.id)") {
        Expr::Query(query) => assert_eq!(query.group, None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn orderings() {
    let registry = registry();
    let keys =
        parse_order("views desc nulls last, author.name, length(title) nulls first", &registry).unwrap();
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0], OrderBy { nulls: Nulls::Last, ..OrderBy::by(name("views"), true) });
    assert_eq!(
        print_order(&keys, &registry),
        "views desc nulls last, author.name, length(title) nulls first"
    );
    assert!(parse_order("views desc,", &registry).is_err());
    assert!(parse("views desc", &registry).is_err());
}

#[test]
fn collations_and_parts() {
    let collated = |of: &str, collation: &str| Expr::call("collate", vec![name(of), text(collation)]);
    means("collate(a, 'und-x-icu')", collated("a", "und-x-icu"));
    means("extract(millisecond from a)", Expr::call("millisecond", vec![name("a")]));
    means("extract(epoch from a)", Expr::call("epoch", vec![name("a")]));
    means("extract(century from a)", Expr::call("century", vec![name("a")]));
    means("gen_random_uuid()", Expr::call("uuid4", Vec::new()));
}
