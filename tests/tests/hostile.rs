//! Malformed, oversized and absurd requests: each gets a clear 4xx or a GraphQL error, in time, and the server goes on
//! as if nothing had been. Never a 5xx, a panic, an abort or a hang.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_tests::data::Project;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::server::{Server, Settings};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

const DEPTH: usize = 10_000;

/// What an answer must be. Whatever it is, it comes within [`PATIENCE`] and is no 5xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A 4xx status, or `errors` with messages.
    Refused,
    /// `errors`, in a GraphQL response.
    GraphqlError,
    /// Exactly this status, with a body that says why.
    Status(u16),
    /// Either an answer without errors or a refusal: only the server's health is in question.
    Anything,
}

const PATIENCE: Duration = Duration::from_secs(20);

struct Attack {
    name: String,
    method: Method,
    /// What follows `/graphql`.
    query: String,
    content_type: Option<&'static str>,
    body: Vec<u8>,
    expected: Expected,
}

fn post(name: &str, body: impl Into<Vec<u8>>, expected: Expected) -> Attack {
    Attack {
        name: name.to_owned(),
        method: Method::POST,
        query: String::new(),
        content_type: Some("application/json"),
        body: body.into(),
        expected,
    }
}

fn document(name: &str, query: impl AsRef<str>, expected: Expected) -> Attack {
    post(name, json!({"query": query.as_ref()}).to_string(), expected)
}

fn with_variables(name: &str, query: &str, variables: Value, expected: Expected) -> Attack {
    post(name, json!({"query": query, "variables": variables}).to_string(), expected)
}

fn nested(open: &str, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(DEPTH), close.repeat(DEPTH))
}

fn listed(separator: &str, item: impl Fn(usize) -> String) -> String {
    (0..DEPTH).map(item).collect::<Vec<_>>().join(separator)
}

fn deep_and_wide() -> Vec<Attack> {
    use Expected::{Anything, Refused};
    let deep_not = nested("{not: ", "{}", "}");
    let deep_and = nested("{and: [", "{}", "]}");
    // 2^30 fields when written out.
    let mut bomb = String::from("{ users { ...F0 } }");
    for level in 0..30 {
        let next = level + 1;
        let _ = write!(
            bomb,
            " fragment F{level} on User {{ a: posts {{ author {{ ...F{next} }} }} b: posts {{ author {{ ...F{next} }} }} }}"
        );
    }
    bomb.push_str(" fragment F30 on User { id }");
    vec![
        document("a very long wrong name", format!("{{ {} }}", "post".repeat(100_000)), Refused),
        document(
            "a very long wrong path",
            format!("{{ posts(where: {{ {}x: 1 }}) {{ id }} }}", "and__".repeat(50_000)),
            Refused,
        ),
        document(
            "many wrong names",
            format!("{{ posts {{ {} }} }}", listed(" ", |index| format!("titel{index}"))),
            Refused,
        ),
        document("deep selections", nested("{ author", "{ id }", "}"), Refused),
        document(
            "deep real selections",
            format!("{{ posts {} }}", nested("{ author { posts ", "{ id }", "} }")),
            Refused,
        ),
        document("deep selections without an end", "{ author".repeat(DEPTH), Refused),
        document(
            "deep inline fragments",
            format!("{{ posts {} }}", nested("{ ... on Post ", "{ id }", "}")),
            Refused,
        ),
        document("deep input objects", format!("{{ posts(where: {deep_not}) {{ id }} }}"), Refused),
        document("deep input lists of objects", format!("{{ posts(where: {deep_and}) {{ id }} }}"), Refused),
        document("deep lists", format!("{{ posts(where: {}) {{ id }} }}", nested("[", "", "]")), Refused),
        document("deep lists without an end", format!("{{ posts(where: {}", "[".repeat(DEPTH)), Refused),
        document("deep type", format!("query($v: {}) {{ __typename }}", nested("[", "Int", "]")), Refused),
        document("fragment bomb", bomb, Refused),
        document(
            "fragment cycle",
            "{ posts { ...A } } fragment A on Post { ...B } fragment B on Post { ...A }",
            Refused,
        ),
        document(
            "fragment of itself",
            "{ posts { ...A } } fragment A on Post { author { posts { ...A } } }",
            Refused,
        ),
        document("wide aliases", format!("{{ {} }}", listed(" ", |i| format!("a{i}: __typename"))), Anything),
        document(
            "wide root fields",
            format!("{{ {} }}", listed(" ", |i| format!("a{i}: posts {{ id }}"))),
            Refused,
        ),
        document(
            "wide repetition",
            format!("{{ posts {{ {} }} }}", listed(" ", |_| "id".to_owned())),
            Anything,
        ),
        document(
            "wide filter",
            format!(
                "{{ posts(where: {{or: [{}]}}) {{ id }} }}",
                listed(",", |i| format!("{{views: {{eq: {i}}}}}"))
            ),
            Anything,
        ),
        document(
            "wide list of values",
            format!("{{ posts(where: {{views: {{in: [{}]}}}}) {{ id }} }}", listed(",", |i| i.to_string())),
            Anything,
        ),
        document(
            "wide ordering",
            format!("{{ posts(orderBy: [{}]) {{ id }} }}", listed(",", |_| "{id: ASC}".to_owned())),
            Anything,
        ),
        document("many operations", listed(" ", |i| format!("query Q{i} {{ __typename }}")), Refused),
        document(
            "many fragments",
            format!("{{ __typename }} {}", listed(" ", |i| format!("fragment F{i} on Post {{ id }}"))),
            Refused,
        ),
        document(
            "many variables",
            format!("query({}) {{ __typename }}", listed(" ", |i| format!("$v{i}: Int"))),
            Refused,
        ),
        document(
            "many directives",
            format!("{{ __typename {} }}", "@include(if: true) ".repeat(DEPTH)),
            Refused,
        ),
        document(
            "deep introspection",
            format!("{{ __schema {{ types {} }} }}", nested("{ fields { type ", "{ name }", "} }")),
            Refused,
        ),
        post(
            "deep variables",
            format!(
                r#"{{"query":"query($w: PostFilter) {{ posts(where: $w) {{ id }} }}","variables":{{"w":{}}}}}"#,
                nested(r#"{"not":"#, "{}", "}")
            ),
            Refused,
        ),
        post(
            "deep lists in variables",
            format!(
                r#"{{"query":"query($w: PostFilter) {{ posts(where: $w) {{ id }} }}","variables":{{"w":{}}}}}"#,
                nested("[", "", "]")
            ),
            Refused,
        ),
        post("deep JSON", nested("[", "", "]"), Refused),
        post("deep JSON without an end", "{\"query\":".repeat(DEPTH), Refused),
        with_variables(
            "wide variable",
            "query($w: PostFilter) { posts(where: $w) { id } }",
            json!({"w": {"or": (0..DEPTH).map(|i| json!({"views": {"eq": i}})).collect::<Vec<_>>()}}),
            Anything,
        ),
        document(
            "a long string",
            format!("{{ posts(where: {{title: {{eq: \"{}\"}}}}) {{ id }} }}", "x".repeat(1 << 20)),
            Anything,
        ),
        document("a long name", format!("{{ {} }}", "x".repeat(100_000)), Refused),
        post("a body without measure", vec![b' '; 64 << 20], Refused),
    ]
}

fn inputs() -> Vec<Attack> {
    use Expected::{GraphqlError, Refused};
    let filter = "query($w: PostFilter) { posts(where: $w) { id } }";
    let limit = "query($n: Int!) { posts(limit: $n) { id } }";
    let order = "query($o: [PostOrder!]) { posts(orderBy: $o) { id } }";
    vec![
        document("a number for a filter", "{ posts(where: 5) { id } }", GraphqlError),
        document("a string for a filter", "{ posts(where: \"junk\") { id } }", GraphqlError),
        document("a list for a filter", "{ posts(where: [{}, 5]) { id } }", GraphqlError),
        document("an unknown input key", "{ posts(where: {nonsense: {eq: 1}}) { id } }", GraphqlError),
        document("an unknown operator", "{ posts(where: {views: {nonsense: 1}}) { id } }", GraphqlError),
        document("an unknown argument", "{ posts(nonsense: 1) { id } }", GraphqlError),
        document("a duplicate argument", "{ posts(limit: 1, limit: 2) { id } }", GraphqlError),
        document(
            "a duplicate input key",
            "{ posts(where: {views: {eq: 1}, views: {eq: 2}}) { id } }",
            GraphqlError,
        ),
        document("a duplicate operator", "{ posts(where: {views: {eq: 1, eq: 2}}) { id } }", GraphqlError),
        document(
            "two members of a @oneOf",
            "{ posts(orderBy: [{id: ASC, title: ASC}]) { id } }",
            GraphqlError,
        ),
        document("no member of a @oneOf", "{ posts(orderBy: [{}]) { id } }", GraphqlError),
        document("a null member of a @oneOf", "{ posts(orderBy: [{id: null}]) { id } }", GraphqlError),
        document("a key without members", "{ postBy(key: {}) { id } }", GraphqlError),
        document("a string for an enum", "{ posts(orderBy: [{id: \"ASC\"}]) { id } }", GraphqlError),
        document("an unknown enum value", "{ posts(orderBy: [{id: SIDEWAYS}]) { id } }", GraphqlError),
        document("an enum for a string", "{ posts(where: {title: {eq: ASC}}) { id } }", GraphqlError),
        document("a null operand", "{ posts(where: {views: {eq: null}}) { id } }", GraphqlError),
        document("a number out of Int's range", "{ posts(limit: 2147483648) { id } }", GraphqlError),
        document(
            "a number out of all ranges",
            format!("{{ posts(limit: {}) {{ id }} }}", "9".repeat(400)),
            GraphqlError,
        ),
        document(
            "a filter out of Int's range",
            "{ posts(where: {views: {eq: -2147483649}}) { id } }",
            GraphqlError,
        ),
        document("a fraction for an Int", "{ posts(limit: 1.5) { id } }", GraphqlError),
        document("a negative limit", "{ posts(limit: -1) { id } }", GraphqlError),
        document("a negative offset", "{ posts(offset: -1) { id } }", GraphqlError),
        document("a limit over the maximum", "{ posts(limit: 1000000) { id } }", GraphqlError),
        document(
            "a page over the maximum",
            "{ postsConnection(first: 1000000) { totalCount nodes { id } } }",
            GraphqlError,
        ),
        document("a page both ways", "{ postsConnection(first: 1, last: 1) { nodes { id } } }", GraphqlError),
        document("a negative page", "{ postsConnection(first: -1) { nodes { id } } }", GraphqlError),
        document(
            "a made-up cursor",
            "{ postsConnection(first: 1, after: \"bm9uc2Vuc2U\") { nodes { id } } }",
            GraphqlError,
        ),
        document(
            "an empty cursor",
            "{ postsConnection(first: 1, after: \"\") { nodes { id } } }",
            GraphqlError,
        ),
        document("a decimal that is none", "{ posts(where: {rating: {eq: \"NaN\"}}) { id } }", GraphqlError),
        document(
            "a date that is none",
            "{ posts(where: {createdAt: {eq: \"2024-02-30T00:00:00Z\"}}) { id } }",
            GraphqlError,
        ),
        document(
            "a date after the last",
            "{ posts(where: {createdAt: {gt: \"99999-01-01T00:00:00Z\"}}) { id } }",
            GraphqlError,
        ),
        document(
            "an unknown time zone",
            "{ posts(where: {createdAt: {tz: \"Moon/Base\", year: {eq: 2024}}}) { id } }",
            GraphqlError,
        ),
        document(
            "an expression without an end",
            "{ posts(where: {title: {regex: \"(\"}}) { id } }",
            GraphqlError,
        ),
        document(
            "an expression without measure",
            format!(
                "{{ posts(where: {{title: {{regex: \"{}\"}}}}) {{ id }} }}",
                "(a{1000}){1000}".repeat(10)
            ),
            GraphqlError,
        ),
        document(
            "an expression that backtracks",
            "{ posts(where: {title: {regex: \"(x+x+)+y\"}}) { id } }",
            Expected::Anything,
        ),
        document("U+0000 in text", "{ posts(where: {title: {eq: \"a\\u0000b\"}}) { id } }", GraphqlError),
        document("an id that is none", "{ post(id: \"no number\") { id } }", Expected::Anything),
        document("a global id that is none", "{ node(nodeId: \"%%%\") { nodeId } }", Expected::Anything),
        document("conflicting fields", "{ a: __typename a: posts { id } }", GraphqlError),
        document("conflicting fields below the root", "{ posts { x: id x: title } }", GraphqlError),
        document(
            "conflicting arguments below the root",
            "{ users { posts(limit: 1) { id } posts(limit: 2) { id } } }",
            GraphqlError,
        ),
        document(
            "conflicting fields of fragments",
            "{ posts { ...A ...B } } fragment A on Post { author { x: id } } fragment B on Post { author { x: name } }",
            GraphqlError,
        ),
        document("a selection of a scalar", "{ posts { id { x } } }", GraphqlError),
        document("an object without a selection", "{ posts }", GraphqlError),
        document("an unknown field", "{ posts { nonsense } }", GraphqlError),
        document("an unknown directive", "{ posts @nonsense { id } }", GraphqlError),
        document("an undefined variable", "{ posts(limit: $n) { id } }", GraphqlError),
        document(
            "an unknown type of a variable",
            "query($n: Nonsense) { posts(limit: $n) { id } }",
            GraphqlError,
        ),
        document("a variable of another type", "query($n: String) { posts(limit: $n) { id } }", GraphqlError),
        document("a missing required variable", limit, GraphqlError),
        with_variables("null for a required variable", limit, json!({"n": null}), GraphqlError),
        with_variables("a string for an Int", limit, json!({"n": "5"}), GraphqlError),
        with_variables("a fraction for an Int variable", limit, json!({"n": 1.5}), GraphqlError),
        with_variables("a variable out of range", limit, json!({"n": 4_294_967_296_u64}), GraphqlError),
        with_variables("a boolean for an Int", limit, json!({"n": true}), GraphqlError),
        with_variables("a number for a filter variable", filter, json!({"w": 5}), GraphqlError),
        with_variables(
            "junk in a filter variable",
            filter,
            json!({"w": {"views": {"eq": {"a": []}}}}),
            GraphqlError,
        ),
        with_variables("an unknown key in a variable", filter, json!({"w": {"nonsense": 1}}), GraphqlError),
        with_variables(
            "an unknown operator in a variable",
            filter,
            json!({"w": {"views": {"nonsense": 1}}}),
            GraphqlError,
        ),
        with_variables(
            "a null operand in a variable",
            filter,
            json!({"w": {"views": {"eq": null}}}),
            GraphqlError,
        ),
        with_variables(
            "U+0000 in a variable",
            filter,
            json!({"w": {"title": {"eq": "a\u{0}b"}}}),
            GraphqlError,
        ),
        with_variables(
            "two members of a @oneOf variable",
            order,
            json!({"o": [{"id": "ASC", "title": "ASC"}]}),
            GraphqlError,
        ),
        with_variables("no member of a @oneOf variable", order, json!({"o": [{}]}), GraphqlError),
        with_variables("a number for an enum variable", order, json!({"o": [{"id": 1}]}), GraphqlError),
        with_variables("variables that are a list", filter, json!([1]), Refused),
        with_variables("variables that are a string", filter, json!("junk"), Refused),
        post(
            "a duplicate key in a variable",
            r#"{"query":"query($w: PostFilter) { posts(where: $w) { id } }","variables":{"w":{"views":{"eq":1},"views":{"eq":2}}}}"#,
            Expected::Anything,
        ),
        post(
            "a number of a thousand digits",
            format!(r#"{{"query":"{limit}","variables":{{"n":{}}}}}"#, "9".repeat(1000)),
            Refused,
        ),
    ]
}

fn transport() -> Vec<Attack> {
    use Expected::{GraphqlError, Refused, Status};
    let typename = json!({"query": "{ __typename }"}).to_string();
    let request = |name: &str, method: Method, query: &str, content_type, body: &str, expected| Attack {
        name: name.to_owned(),
        method,
        query: query.to_owned(),
        content_type,
        body: body.as_bytes().to_owned(),
        expected,
    };
    let mut attacks = vec![
        post("an empty body", "", Refused),
        post("no JSON", "nonsense", Refused),
        post("half a JSON", r#"{"query": "{ __type"#, Refused),
        post("a JSON number", "5", Refused),
        post("a JSON null", "null", Refused),
        post("an empty list", "[]", Refused),
        post("no query", "{}", Refused),
        post("a query that is a number", r#"{"query": 5}"#, Refused),
        post("a query that is null", r#"{"query": null}"#, Refused),
        post(
            "an operation name that is a number",
            r#"{"query": "{ __typename }", "operationName": 5}"#,
            Refused,
        ),
        post(
            "an unknown operation",
            r#"{"query": "query A { __typename }", "operationName": "B"}"#,
            GraphqlError,
        ),
        post(
            "no choice of operations",
            r#"{"query": "query A { __typename } query B { __typename }"}"#,
            GraphqlError,
        ),
        post("extensions that are a list", r#"{"query": "{ __typename }", "extensions": [1]}"#, Refused),
        post("invalid UTF-8", b"{\"query\": \"{ \xff\xfe __typename }\"}".to_vec(), Refused),
        post(
            "invalid UTF-8 in a string",
            b"{\"query\": \"{ posts(where: {title: {eq: \\\"\xc3\x28\\\"}}) { id } }\"}".to_vec(),
            Refused,
        ),
        post(
            "a lone surrogate",
            br#"{"query": "{ posts(where: {title: {eq: \"\ud800\"}}) { id } }"}"#.to_vec(),
            Refused,
        ),
        document("an empty document", "", GraphqlError),
        document("a document of comments", "# nothing\n#\n", GraphqlError),
        document("a document of a schema", "type Query { x: Int }", GraphqlError),
        document("a document of junk", "}{][)(!!$$@@", GraphqlError),
        document("a document with U+0000", "{ __typename \u{0} }", GraphqlError),
        document("a string without an end", "{ posts(where: {title: {eq: \"abc}}) { id } }", GraphqlError),
        document("a subscription that is not there", "subscription { nonsense }", GraphqlError),
        request("an unknown path below", Method::GET, "/nonsense", None, "", Refused),
        request("a GET without a query", Method::GET, "", None, "", Refused),
        request(
            "a GET with junk variables",
            Method::GET,
            "?query=%7B__typename%7D&variables=junk",
            None,
            "",
            Refused,
        ),
        request(
            "a GET with a list for variables",
            Method::GET,
            "?query=%7B__typename%7D&variables=%5B1%5D",
            None,
            "",
            Refused,
        ),
        request("a GET with invalid UTF-8", Method::GET, "?query=%7B%FF%FE%7D", None, "", Refused),
        request(
            "a GET with a broken escape",
            Method::GET,
            "?query=%7B__typename%7D%",
            None,
            "",
            Expected::Anything,
        ),
        request("a mutation by GET", Method::GET, "?query=mutation%7B__typename%7D", None, "", Refused),
        request("a PUT", Method::PUT, "", Some("application/json"), &typename, Status(405)),
        request("a DELETE", Method::DELETE, "", None, "", Status(405)),
        request("no content type", Method::POST, "", None, &typename, Refused),
    ];
    for content_type in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "image/png",
        "application/jsonp",
        "json",
        ";;;",
    ] {
        attacks.push(request(
            &format!("content type {content_type}"),
            Method::POST,
            "",
            Some(content_type),
            &typename,
            Refused,
        ));
    }
    attacks.push(request(
        "another charset",
        Method::POST,
        "",
        Some("application/json; charset=utf-16"),
        &typename,
        Expected::Anything,
    ));
    attacks
}

/// Writes that must not be done. None of them leaves a trace.
fn writes() -> Vec<Attack> {
    use Expected::{GraphqlError, Refused};
    let create = "mutation($input: [CommentCreate!]!) { createComments(input: $input) { affected } }";
    let comment = |more: Value| {
        let mut comment = json!({"body": "hostile", "postId": 1, "authorId": 1});
        comment.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        json!({ "input": [comment] })
    };
    let update = |arguments: &str| format!("mutation {{ updatePost(id: 1, {arguments}) {{ id }} }}");
    let mut deep = json!({"body": "x", "authorId": 1});
    for _ in 0..40 {
        deep = json!({"body": "x", "authorId": 1, "postId": 1, "replies": {"create": [deep]}});
    }
    vec![
        with_variables(
            "more rows than a mutation may write",
            "mutation($input: [TagCreate!]!) { createTags(input: $input) { affected } }",
            json!({"input": (0..20_000).map(|i| json!({"name": format!("hostile {i}")})).collect::<Vec<_>>()}),
            GraphqlError,
        ),
        with_variables(
            "more keys than a mutation may write",
            "mutation($keys: [TagKey!]) { updatePost(id: 1, set: {tags: {connect: $keys}}) { id } }",
            json!({"keys": (0..20_000).map(|i| json!({ "id": i })).collect::<Vec<_>>()}),
            GraphqlError,
        ),
        with_variables("deep rows", create, json!({ "input": [deep] }), GraphqlError),
        document(
            "deep rows in the document",
            format!(
                "mutation {{ createComment(input: {}) {{ id }} }}",
                nested("{replies: {create: [", "{body: \"x\"}", "]}}")
            ),
            Refused,
        ),
        document(
            "many steps",
            format!("mutation {{ {} }}", listed(" ", |i| format!("a{i}: deleteTag(id: 0) {{ id }}"))),
            Refused,
        ),
        with_variables("U+0000 in a row", create, comment(json!({"body": "a\u{0}b"})), GraphqlError),
        with_variables("a row of nothing", create, json!({"input": [{}]}), GraphqlError),
        with_variables("a null row", create, json!({"input": [null]}), GraphqlError),
        with_variables("a number for rows", create, json!({"input": 5}), GraphqlError),
        with_variables("a key beyond all", create, comment(json!({"postId": "9".repeat(40)})), GraphqlError),
        with_variables("a row that is not there", create, comment(json!({"postId": 0})), GraphqlError),
        with_variables("a key for a text", create, comment(json!({"postId": {"id": 1}})), GraphqlError),
        with_variables(
            "a reference twice",
            create,
            comment(json!({"post": {"connect": {"id": 1}}})),
            GraphqlError,
        ),
        with_variables(
            "two members of a reference",
            create,
            json!({"input": [{"body": "hostile", "authorId": 1, "post": {"connect": {"id": 1}, "create": null}}]}),
            GraphqlError,
        ),
        document("a change of nothing", "mutation { updatePost(id: 1) { id } }", GraphqlError),
        document(
            "a change without rows",
            "mutation { updatePosts(set: {title: \"x\"}) { affected } }",
            GraphqlError,
        ),
        document("a deletion without rows", "mutation { deletePosts { affected } }", GraphqlError),
        document("a deletion of null", "mutation { deletePosts(where: null) { affected } }", GraphqlError),
        document(
            "a deletion of a null variable",
            "mutation($w: PostFilter) { deletePosts(where: $w) { affected } }",
            GraphqlError,
        ),
        document(
            "a deletion of fewer than none",
            "mutation { deletePosts(where: {}, atMost: -1) { affected } }",
            GraphqlError,
        ),
        document(
            "a deletion of too many",
            "mutation { deletePosts(where: {}, atMost: 2) { affected } }",
            GraphqlError,
        ),
        document(
            "an unknown conflict",
            "mutation { createTags(input: [{name: \"hostile\"}], onConflict: {fields: [nonsense]}) { affected } }",
            GraphqlError,
        ),
        document(
            "a conflict without a key",
            "mutation { createPosts(input: [], onConflict: {fields: [title], update: [title]}) { affected } }",
            GraphqlError,
        ),
        document(
            "a query in a calculation",
            update("calc: {title: \"(select max(email) from User)\"}"),
            GraphqlError,
        ),
        document(
            "a statement in a calculation",
            update("calc: {title: \"'x'; drop table blog_post\"}"),
            GraphqlError,
        ),
        document("a comment in a calculation", update("calc: {title: \"'x' --\"}"), GraphqlError),
        document("a calculation without end", update("calc: {title: \"concat(title\"}"), GraphqlError),
        document(
            "a calculation without measure",
            update(&format!("calc: {{views: \"{}\"}}", "views + ".repeat(10_000))),
            GraphqlError,
        ),
        document("a calculation of another type", update("calc: {views: \"title\"}"), GraphqlError),
        document(
            "a calculation of the related",
            update("calc: {views: \"sum(comments.id)\"}"),
            Expected::Anything,
        ),
        document("a division by zero", update("calc: {views: \"1 / (views - views)\"}"), GraphqlError),
        document(
            "a calculation that overflows",
            update("calc: {views: \"9223372036854775807 + views + 1\"}"),
            GraphqlError,
        ),
        document("a decimal of nothing", update("set: {rating: \"NaN\"}"), GraphqlError),
        document("a column twice", update("set: {views: 1}, calc: {views: \"views\"}"), GraphqlError),
        document("a key of a row", update("set: {id: 5}"), GraphqlError),
        document(
            "what the server writes",
            update("set: {createdAt: \"2024-01-01T00:00:00Z\"}"),
            GraphqlError,
        ),
        document("introspection in a mutation", "mutation { __schema { types { name } } }", GraphqlError),
        document(
            "a subscription",
            "subscription { createTag(input: {name: \"hostile\"}) { id } }",
            GraphqlError,
        ),
        document("a dry query", "query @dryRun { posts { id } }", GraphqlError),
        document(
            "a half dry mutation",
            "mutation @dryRun(if: null) { deleteTag(id: 0) { id } }",
            GraphqlError,
        ),
        document(
            "a failing last step",
            "mutation { a: createTag(input: {name: \"hostile\"}) { id } b: createTag(input: {name: \"hostile\"}) { id } }",
            GraphqlError,
        ),
        document(
            "a failing result",
            "mutation { createTag(input: {name: \"hostile\"}) { postsConnection(after: \"nonsense\") { totalCount } } }",
            GraphqlError,
        ),
    ]
}

/// How many rows there are.
async fn counts(client: &reqwest::Client, server: &Server) -> String {
    let query = "{ usersAggregate { count } postsAggregate { count sum { views } max { title rating } } commentsAggregate { count } tagsAggregate { count } }";
    let request = json!({ "query": query });
    client.post(server.url()).json(&request).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn no_hostile_write_leaves_a_trace() {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    let mut problems = Vec::new();
    for dialect in BACKENDS {
        let database =
            TestDatabase::filled(dialect, Project::Blog).expect("the blog's data is part of the repository");
        let mut server = Server::start(Project::Blog, database, Settings::default());
        let mut before = counts(&client, &server).await;
        assert!(before.contains("\"data\"") && !before.contains("errors"), "{before}");
        for attack in writes() {
            if let Some(problem) = problem_of(&client, &server, &attack).await {
                problems.push(format!("{dialect:?}: {}: {problem}", attack.name));
            }
            let after = counts(&client, &server).await;
            if attack.expected != Expected::Anything && after != before {
                problems.push(format!("{dialect:?}: {} wrote: {before} {after}", attack.name));
            }
            before = after;
            server.assert_healthy();
        }
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

/// Sends one attack; `None` when the answer is as expected.
async fn problem_of(client: &reqwest::Client, server: &Server, attack: &Attack) -> Option<String> {
    let mut request = client
        .request(attack.method.clone(), format!("{}{}", server.url(), attack.query))
        .header("accept", "application/graphql-response+json, application/json;q=0.9")
        .body(attack.body.clone());
    if let Some(content_type) = attack.content_type {
        request = request.header("content-type", content_type);
    }
    let response = match request.send().await {
        Ok(response) => response,
        // The server may refuse a body while it is still being sent; the connection is closed then.
        Err(error) if attack.body.len() > 16 << 20 && !error.is_timeout() => return None,
        Err(error) => return Some(format!("no answer: {error:?}")),
    };
    let status = response.status().as_u16();
    let text = match response.text().await {
        Ok(text) => text,
        Err(error) => return Some(format!("{status}, and no body: {error:?}")),
    };
    let shown: String = text.chars().take(300).collect();
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let has_errors = value["errors"].as_array().is_some_and(|errors| {
        let has_message =
            |error: &Value| error["message"].as_str().is_some_and(|message| !message.is_empty());
        !errors.is_empty() && errors.iter().all(has_message)
    });
    // What the database says must not reach a client.
    let leaks = ["SQLSTATE", "sqlite error", "syntax error at or near", "stack overflow", "panicked"];
    let is_internal = value["errors"][0]["extensions"]["code"] == "INTERNAL";
    let is_refusal = (400..500).contains(&status) && !text.is_empty();
    let is_expected = match attack.expected {
        Expected::Refused => is_refusal || (status == 200 && has_errors),
        Expected::GraphqlError => (is_refusal || status == 200) && has_errors,
        Expected::Status(expected) => status == expected,
        Expected::Anything => is_refusal || status == 200,
    };
    let is_clean = !is_internal && !leaks.iter().any(|leak| text.contains(leak));
    (!is_expected || !is_clean).then(|| format!("{:?} expected, but: {status} {shown}", attack.expected))
}

#[tokio::test]
async fn every_attack_is_refused_and_the_server_goes_on() {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    let mut problems = Vec::new();
    for dialect in BACKENDS {
        let database =
            TestDatabase::filled(dialect, Project::Blog).expect("the blog's data is part of the repository");
        let mut server = Server::start(Project::Blog, database, Settings::default());
        let healthy =
            document("a plain query", "{ posts(limit: 1, orderBy: [{id: ASC}]) { id } }", Expected::Anything);
        for attack in [deep_and_wide(), inputs(), transport()].into_iter().flatten() {
            if let Some(problem) = problem_of(&client, &server, &attack).await {
                problems.push(format!("{dialect:?}: {}: {problem}", attack.name));
            }
            if let Some(problem) = problem_of(&client, &server, &healthy).await {
                problems.push(format!("{dialect:?}: after {}: {problem}", attack.name));
            }
            server.assert_healthy();
        }
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}
