//! JSON documents.

use crate::cases::{Case, call, decimal, duration, fails, is, json, k, null, on, p};
use nuages_models::value::Value;

pub(crate) fn cases() -> Vec<Case> {
    let path = |text: &str| k(json(text));
    vec![
        on("txt2", call!("json_path", p("js"), path(r#"["nested","x",1]"#)), json("3")),
        on("txt2", call!("json_text", p("js"), path(r#"["s"]"#)), "ABC"),
        on("txt2", call!("json_number", p("js"), path(r#"["n"]"#)), 2.0),
        on("txt2", call!("json_number", p("js"), path(r#"["s"]"#)), Value::Null),
        on("txt1", call!("json_array_length", p("js")), 1),
        on("txt2", call!("json_array_length", p("js")), Value::Null),
        on("allnull", call!("json_array_length", p("js")), Value::Null),
        is(call!("json_object"), json("{}")),
        is(call!("json_array"), json("[]")),
        is(
            call!("json_object", k("bb"), p("i"), k("a"), p("txt"), k("bb"), null()),
            json(r#"{"a":"1","bb":null}"#),
        ),
        is(
            call!(
                "json_array",
                p("i"),
                p("big"),
                p("dec"),
                p("f"),
                p("b"),
                p("d"),
                p("t"),
                p("dt"),
                p("dur"),
                p("uid"),
                p("js"),
                k("a\"b\\é\u{1}")
            ),
            json(
                r#"[1,1,1.000000,1,true,"2024-01-31","00:00:01","2024-01-31T23:59:59.999999+00:00","PT0.000001S","00000000-0000-4000-8000-000000000001",1,"a\"b\\é\u0001"]"#,
            ),
        ),
        on(
            "allnull",
            call!("json_array", p("i"), p("dec"), p("b"), p("dt"), p("dur"), p("js"), p("txt")),
            json("[null,null,null,null,null,null,null]"),
        ),
        on(
            "txt1",
            call!("json_object", k("nested"), call!("json_array", p("js"), k(decimal("1.50")))),
            json(r#"{"nested":[["abc"],1.50]}"#),
        ),
        is(
            call!("json_array", k(1e20), k(1.5e-7), k(0.5), k(duration("-P1DT1.5S"))),
            json(r#"[100000000000000000000,0.00000015,0.5,"-P1DT1.500000S"]"#),
        ),
        on(
            "neg",
            call!("json_array", p("t"), p("dt")),
            json(r#"["23:59:59.999999","1969-12-31T23:59:59+00:00"]"#),
        ),
        is(
            call!("json_array", k(Value::Time(500_000)), k(Value::DateTime(120_000))),
            json(r#"["00:00:00.5","1970-01-01T00:00:00.12+00:00"]"#),
        ),
        is(
            call!("json_array", k(Value::Array(vec![decimal("1.50"), Value::Null, decimal("-2.25")]))),
            json("[[1.50,null,-2.25]]"),
        ),
        is(
            call!("json_array", k(Value::Array(vec![Value::DateTime(500_000), Value::DateTime(0)]))),
            json(r#"[["1970-01-01T00:00:00.5+00:00","1970-01-01T00:00:00+00:00"]]"#),
        ),
        is(call!("json_array", k(Value::Array(vec![Value::Float(1e20)]))), json("[[100000000000000000000]]")),
        is(
            call!("json_object", k("list"), k(Value::Array(vec![Value::Text("a\"b".to_owned())]))),
            json(r#"{"list":["a\"b"]}"#),
        ),
        on(
            "txt2",
            call!("json_set", call!("json_object"), path(r#"["a","b"]"#), p("i")),
            json(r#"{"a":{"b":12}}"#),
        ),
        on(
            "txt2",
            call!("json_merge", call!("json_object", k("a"), k(1)), k(json(r#"{"a":null,"b":{"c":1}}"#))),
            json(r#"{"b":{"c":1}}"#),
        ),
        on(
            "txt2",
            call!("json_remove", call!("json_object", k("a"), k(1), k("b"), k(2)), path(r#"["a"]"#)),
            json(r#"{"b":2}"#),
        ),
        fails(
            call!("json_set", call!("json_array", k(1)), path(r#"["a"]"#), k(1)),
            "a JSON document has something else where the path leads",
        ),
    ]
}
