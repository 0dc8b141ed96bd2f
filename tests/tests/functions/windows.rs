//! Window functions over six rows: their `i` is 3, 3, 11, 12, 13, 14 in the order of their ids.

use crate::cases::{ManyCase, among, decimal, k, p};
use nuages_models::expr::{Expr, Frame, FrameBound, FrameUnit, Window};
use nuages_models::query::OrderBy;
use nuages_models::value::Value;

const ROWS: [&str; 6] = ["third", "sum02", "txt1", "txt2", "txt3", "txt4"];

fn over(function: &'static str, arguments: Vec<Expr>, frame: Option<(FrameBound, FrameBound)>) -> Window {
    let frame = frame.map(|(start, end)| Frame { unit: FrameUnit::Rows, start, end });
    let order = vec![OrderBy::by(p("i"), false), OrderBy::by(p("id"), false)];
    Window { function, arguments, filter: None, partition: Vec::new(), order, frame }
}

fn is(window: Window, expected: &[Value]) -> ManyCase {
    ManyCase {
        filter: among(&ROWS),
        expr: Expr::Window(Box::new(window)),
        expected: Ok(Value::Array(expected.to_vec())),
    }
}

pub(crate) fn cases() -> Vec<ManyCase> {
    let ints = |values: [i64; 6]| values.map(Value::Int);
    let floats = |values: [f64; 6]| values.map(Value::Float);
    let by_i = |window: Window| Window { order: vec![OrderBy::by(p("i"), false)], ..window };
    let whole = Some((FrameBound::UnboundedPreceding, FrameBound::UnboundedFollowing));
    let around = Some((FrameBound::Preceding(1), FrameBound::Following(1)));
    let nth = |n: i64| over("nth_value", vec![p("i"), k(n)], whole);
    vec![
        is(over("row_number", Vec::new(), None), &ints([1, 2, 3, 4, 5, 6])),
        is(by_i(over("rank", Vec::new(), None)), &ints([1, 1, 3, 4, 5, 6])),
        is(by_i(over("dense_rank", Vec::new(), None)), &ints([1, 1, 2, 3, 4, 5])),
        is(by_i(over("percent_rank", Vec::new(), None)), &floats([0.0, 0.0, 0.4, 0.6, 0.8, 1.0])),
        is(
            by_i(over("cume_dist", Vec::new(), None)),
            &floats([2.0 / 6.0, 2.0 / 6.0, 0.5, 4.0 / 6.0, 5.0 / 6.0, 1.0]),
        ),
        is(over("ntile", vec![k(4)], None), &ints([1, 1, 2, 2, 3, 4])),
        is(over("lag", vec![p("i"), k(2), k(0)], None), &ints([0, 0, 3, 3, 11, 12])),
        is(
            over("lead", vec![p("dec")], None),
            &[
                decimal("0.200000"),
                decimal("1.250000"),
                decimal("2.250000"),
                decimal("3.250000"),
                decimal("4.250000"),
                Value::Null,
            ],
        ),
        is(over("first_value", vec![p("i")], around), &ints([3, 3, 3, 11, 12, 13])),
        is(over("last_value", vec![p("i")], around), &ints([3, 11, 12, 13, 14, 14])),
        is(nth(3), &ints([11; 6])),
        is(over("sum", vec![p("i")], around), &ints([6, 17, 26, 36, 39, 27])),
        is(over("count", Vec::new(), around), &ints([2, 3, 3, 3, 3, 2])),
        is(
            over("sum", vec![k(decimal("0.5"))], around),
            &["1.0", "1.5", "1.5", "1.5", "1.5", "1.0"].map(decimal),
        ),
        is(over("sum", vec![p("big")], whole), &["4513599627370500"; 6].map(decimal)),
        is(over("avg", vec![p("i")], around), &floats([3.0, 17.0 / 3.0, 26.0 / 3.0, 12.0, 13.0, 13.5])),
        is(
            over("variance", vec![p("i")], around),
            &floats([0.0, 128.0 / 9.0, 146.0 / 9.0, 2.0 / 3.0, 2.0 / 3.0, 0.25]),
        ),
        is(over("bit_or", vec![p("i")], around), &ints([3, 11, 15, 15, 15, 15])),
        is(over("bool_and", vec![p("b")], whole), &[const { Value::Boolean(false) }; 6]),
        is(
            over("string_agg", vec![p("txt"), k("-")], around),
            &["third-Third", "third-Third-abc", "Third-abc-ABC", "abc-ABC-aBc", "ABC-aBc-ab", "aBc-ab"]
                .map(|text| Value::Text(text.to_owned())),
        ),
        is(
            Window {
                filter: Some(Expr::lookup(p("i"), "gt", vec![k(11)])),
                partition: vec![p("small")],
                ..over("array_agg", vec![p("i")], None)
            },
            &[
                Value::Null,
                Value::Null,
                Value::Null,
                Value::Array(vec![Value::Int(12)]),
                Value::Array(vec![Value::Int(13)]),
                Value::Array(vec![Value::Int(14)]),
            ],
        ),
    ]
}
