//! Aggregates of all rows.

use crate::cases::{ManyCase, among, call, cast, decimal, json, k, p};
use nuages_models::expr::{Aggregate, Expr};
use nuages_models::query::OrderBy;
use nuages_models::registry::LogicalType;
use nuages_models::value::Value;

const ROWS: [&str; 6] = ["allnull", "txt1", "txt2", "txt3", "txt4", "third"];

struct Made(Aggregate);

impl Made {
    fn distinct(mut self) -> Self {
        self.0.distinct = true;
        self
    }

    fn order(mut self, key: Expr, descending: bool) -> Self {
        self.0.order.push(OrderBy::by(key, descending));
        self
    }

    fn filter(mut self, filter: Expr) -> Self {
        self.0.filter = Some(filter);
        self
    }

    fn of(self, codes: &[&str], expected: Value) -> ManyCase {
        ManyCase { filter: among(codes), expr: Expr::Aggregate(Box::new(self.0)), expected: Ok(expected) }
    }

    fn is(self, expected: Value) -> ManyCase {
        self.of(&ROWS, expected)
    }
}

fn of(function: &'static str, arguments: Vec<Expr>) -> Made {
    Made(Aggregate { function, arguments, distinct: false, filter: None, order: Vec::new() })
}

pub(crate) fn count() -> Expr {
    Expr::Aggregate(Box::new(of("count", Vec::new()).0))
}

pub(crate) fn cases() -> Vec<ManyCase> {
    let list = |values: &[Value]| Value::Array(values.to_vec());
    let text = |text: &str| Value::Text(text.to_owned());
    let int = Value::Int;
    let float = Value::Float;
    let large = || Expr::lookup(p("i"), "gt", vec![k(11)]);
    let mut cases = vec![
        of("count", vec![p("i")]).is(int(5)),
        of("count", vec![p("small")]).distinct().is(int(4)),
        of("sum", vec![p("i")]).is(int(53)),
        of("sum", vec![p("dec")]).is(decimal("11.100000")),
        of("sum", vec![p("i")]).filter(large()).is(int(39)),
        of("avg", vec![p("i")]).is(float(10.6)),
        of("min", vec![p("txt")]).is(text("ABC")),
        of("max", vec![p("d")]).is(crate::cases::date("2024-03-31")),
        of("stddev", vec![p("i")]).is(float(3.929_376_540_877_7)),
        of("stddev_pop", vec![p("i")]).is(float(3.929_376_540_877_7)),
        of("stddev_samp", vec![p("i")]).is(float(4.393_176_527_297_759)),
        of("variance", vec![p("i")]).is(float(15.44)),
        of("var_pop", vec![p("i")]).is(float(15.44)),
        of("variance_samp", vec![p("i")]).is(float(19.3)),
        of("var_samp", vec![p("i")]).is(float(19.3)),
        of("variance", vec![p("small")]).distinct().is(float(1.25)),
        of("variance", vec![p("dec")]).of(&["txt1", "txt2", "txt3"], float(2.0 / 3.0)),
        of("variance", vec![p("i")]).filter(large()).is(float(2.0 / 3.0)),
        of("variance", vec![p("i")]).of(&["one"], float(0.0)),
        of("variance_samp", vec![p("i")]).of(&["one"], Value::Null),
        of("string_agg", vec![p("txt"), k("; ")]).order(p("id"), false).is(text("third; abc; ABC; aBc; ab")),
        of("string_agg", vec![p("txt"), k("")]).order(p("txt"), true).is(text("thirdabcabaBcABC")),
        of("string_agg", vec![p("txt"), k(", ")])
            .filter(large())
            .order(p("i"), false)
            .is(text("ABC, aBc, ab")),
        of("string_agg", vec![call!("left", p("txt"), k(1)), k(", ")]).distinct().is(text("A, a, t")),
        of("array_agg", vec![p("i")]).order(p("id"), false).is(list(&[
            Value::Null,
            int(3),
            int(11),
            int(12),
            int(13),
            int(14),
        ])),
        of("array_agg", vec![p("small")]).distinct().is(list(&[int(0), int(1), int(2), int(3), Value::Null])),
        of("array_agg", vec![p("dec")])
            .order(p("id"), true)
            .of(&["txt1", "third"], list(&[decimal("1.250000"), decimal("0.100000")])),
        of("array_agg", vec![p("dt")]).of(&["zero"], list(&[crate::cases::datetime("2024-01-01T00:00:00Z")])),
        of("array_agg", vec![p("dur")]).of(&["neg"], list(&[crate::cases::duration("-PT1S")])),
        of("array_agg", vec![p("b")]).order(p("id"), false).is(list(&[
            Value::Null,
            Value::Boolean(true),
            Value::Boolean(true),
            Value::Boolean(false),
            Value::Null,
            Value::Boolean(true),
        ])),
        of("array_agg", vec![p("js")]).of(&["txt1"], list(&[json("[\"abc\"]")])),
        of("array_agg", vec![p("f")]).of(&["max"], list(&[float(f64::MAX)])),
        of("array_agg", vec![p("big")]).of(&["max"], list(&[int(i64::MAX)])),
        of("array_agg", vec![p("uid")]).of(&["allnull"], list(&[Value::Null])),
        of("json_agg", vec![p("txt")])
            .order(p("id"), false)
            .is(json(r#"[null,"third","abc","ABC","aBc","ab"]"#)),
        of("json_agg", vec![p("small")]).distinct().is(json("[0,1,2,3,null]")),
        of("json_agg", vec![call!("json_object", k("n"), p("i"), k("d"), p("dec"))])
            .order(p("id"), false)
            .of(&["one", "neg"], json(r#"[{"d":1.000000,"n":1},{"d":-1.500000,"n":-1}]"#)),
        of("json_agg", vec![p("dur")]).of(&["neg"], json("[\"-PT1S\"]")),
        of("json_agg", vec![p("dec")]).distinct().of(
            &["one", "neg", "txt1", "txt2", "allnull"],
            json("[-1.500000,1.000000,1.250000,2.250000,null]"),
        ),
        of("json_agg", vec![p("dec")])
            .distinct()
            .order(p("dec"), true)
            .filter(Expr::lookup(p("dec"), "lt", vec![k(2)]))
            .of(&["one", "neg", "txt1", "txt2"], json("[1.250000,1.000000,-1.500000]")),
        of("json_agg", vec![p("dur")])
            .distinct()
            .of(&["one", "neg", "max"], json(r#"["-PT1S","PT0.000001S","P36500D"]"#)),
        of("json_agg", vec![p("dur")]).distinct().of(&[], Value::Null),
        of("bit_xor", vec![p("i")]).of(&["txt1", "txt2", "txt3"], int(11 ^ 12 ^ 13)),
        of("bool_and", vec![p("b")]).is(Value::Boolean(false)),
        of("bool_or", vec![p("b")]).is(Value::Boolean(true)),
        of("bool_and", vec![large()]).filter(large()).is(Value::Boolean(true)),
        of("bit_and", vec![p("i")]).of(&["txt1", "txt3"], int(9)),
        of("bit_or", vec![p("i")]).of(&["txt1", "txt3"], int(15)),
        of("bit_and", vec![p("big")]).of(&["min", "neg"], int(i64::MIN)),
        of("any_value", vec![p("i")]).is(int(3)),
        of("any_value", vec![p("b")]).is(Value::Boolean(false)),
        of("any_value", vec![p("js")]).of(&["allnull", "txt1"], json("[\"abc\"]")),
        of("any_value", vec![cast(p("uid"), LogicalType::Text)])
            .of(&["one", "neg"], text("00000000-0000-4000-8000-000000000001")),
        of("any_value", vec![p("dec")]).is(decimal("0.100000")),
    ];
    for name in [
        "sum",
        "avg",
        "min",
        "max",
        "stddev",
        "variance",
        "variance_samp",
        "array_agg",
        "json_agg",
        "bit_and",
        "bit_or",
        "any_value",
    ] {
        cases.push(of(name, vec![p("i")]).of(&[], Value::Null));
    }
    cases.push(of("string_agg", vec![p("txt"), k(",")]).of(&[], Value::Null));
    cases.push(of("string_agg", vec![p("txt"), k(",")]).distinct().of(&[], Value::Null));
    cases.push(of("bool_and", vec![p("b")]).of(&["allnull"], Value::Null));
    cases.push(of("bool_or", vec![p("b")]).of(&[], Value::Null));
    cases
}
