//! What is refused before anything runs, with which code and in which words.

use crate::builder::{blog, keys_and_types};
use crate::planning::Planning;
use nuages_schema::error::{Code, RequestError};
use serde_json::{Value, json};

fn refusal(planning: &Planning, document: &str, variables: Value) -> RequestError {
    match planning.try_run(document, variables) {
        Ok((plan, _)) => panic!("{document} is not refused: {plan:?}"),
        Err(mut errors) => errors.remove(0),
    }
}

/// Each document is refused as `BAD_INPUT`, and the message contains the text.
fn refused(planning: &Planning, cases: &[(&str, Value, &str)]) {
    for (document, variables, expected) in cases {
        let error = refusal(planning, document, variables.clone());
        assert_eq!(error.code, Code::BadInput, "{document}: {error:?}");
        assert!(error.message.contains(expected), "{document}: {}", error.message);
    }
}

#[test]
fn documents() {
    let planning = Planning::of(blog());
    refused(
        &planning,
        &[
            ("{ posts(", json!({}), "syntax error"),
            ("", json!({}), "syntax error"),
            ("{ nothing }", json!({}), "nothing"),
            ("{ posts { id } } { users { id } }", json!({}), "anonymous operation"),
            ("query A { posts { id } } query B { posts { id } }", json!({}), "operationName"),
            (
                "mutation { createPost { id } }",
                json!({}),
                "the required argument `Mutation.createPost(input:)`",
            ),
            ("subscription { posts { id } }", json!({}), "subscription"),
            ("{ posts { a: title a: slug } }", json!({}), "alias"),
            ("{ users { posts { x: comments { id } } posts { x: tags { id } } } }", json!({}), "x"),
            ("{ posts(where: 5) { id } }", json!({}), "PostFilter"),
            ("{ posts(where: {nothing: 1}) { id } }", json!({}), "nothing"),
            (
                "{ posts(where: {title: {eq: \"a\", eq: \"b\"}}) { id } }",
                json!({}),
                "only one input field named `eq`",
            ),
            ("{ posts(orderBy: {title: ASC, id: ASC}) { id } }", json!({}), "oneOf"),
            ("{ posts(orderBy: {title: \"ASC\"}) { id } }", json!({}), "Direction"),
            ("{ posts(limit: 99999999999) { id } }", json!({}), "32-bit"),
            ("query ($id: ID!) { post(id: $id) { id } }", json!({}), "id"),
            ("query ($w: PostFilter) { posts(where: $w) { id } }", json!({"w": {"nothing": 1}}), "nothing"),
            ("query ($w: PostFilter) { posts(where: $w) { id } }", json!({"w": 5}), "variable $w"),
            (
                "query ($w: PostFilter) { posts(where: $w) { id } }",
                json!({"w": {"status": {"eq": "nothing"}}}),
                "eq",
            ),
            ("query ($o: [PostOrder!]) { posts(orderBy: $o) { id } }", json!({"o": [{}]}), "exactly one key"),
            (
                "query ($k: PostKey!) { postBy(key: $k) { id } }",
                json!({"k": {"id": 1, "authorIdSlug": null}}),
                "exactly one",
            ),
        ],
    );
}

#[test]
fn arguments() {
    let planning = Planning::of(blog());
    refused(
        &planning,
        &[
            ("{ posts(limit: 1001) { id } }", json!({}), "at most 1000"),
            ("{ posts(limit: -1) { id } }", json!({}), "negative"),
            ("{ posts(offset: -1) { id } }", json!({}), "negative"),
            ("query ($n: Int) { posts(limit: $n) { id } }", json!({"n": 1001}), "$n must be at most 1000"),
            ("query ($n: Int) { posts(offset: $n) { id } }", json!({"n": -5}), "-5"),
            ("{ postsConnection(first: 1, last: 1) { totalCount } }", json!({}), "exclude each other"),
            ("{ postsConnection(first: -1) { totalCount } }", json!({}), "`first`"),
            ("{ postsConnection(last: 1001) { totalCount } }", json!({}), "`last`"),
            (
                "{ postsConnection(after: \"junk\") { totalCount } }",
                json!({}),
                "`after` of `postsConnection`",
            ),
            ("query ($c: String) { postsConnection(before: $c) { totalCount } }", json!({"c": "junk"}), "$c"),
            ("{ posts(distinctOn: title, orderBy: {views: ASC}) { id } }", json!({}), "put title first"),
            (
                "{ posts(distinctOn: [title, slug], orderBy: [{title: ASC}, {views: ASC}, {slug: ASC}]) { id } }",
                json!({}),
                "title, slug",
            ),
            ("{ post(id: \"abc\") { id } }", json!({}), "not a big integer"),
            ("query ($id: ID!) { post(id: $id) { id } }", json!({"id": "abc"}), "$id"),
            ("{ posts(where: {id: {in: [1, \"x\"]}}) { id } }", json!({}), "x"),
            ("{ posts(where: {title: {eq: null}}) { id } }", json!({}), "isNull"),
            ("{ posts(where: {title: null}) { id } }", json!({}), "isNull"),
            ("{ posts(where: {author: null}) { id } }", json!({}), "isNull"),
            ("{ posts(where: {not: null}) { id } }", json!({}), "null"),
            ("query ($t: String) { posts(where: {title: {gt: $t}}) { id } }", json!({"t": null}), "isNull"),
            (
                "query ($w: PostFilter) { posts(where: $w) { id } }",
                json!({"w": {"views": {"in": null}}}),
                "$w.views.in",
            ),
            ("query ($n: Int = 1) { posts(where: {views: {in: [$n]}}) { id } }", json!({"n": null}), "null"),
            ("{ posts(where: {views: {range: [1]}}) { id } }", json!({}), "two bounds"),
            (
                "query ($r: [Int!]) { posts(where: {views: {range: $r}}) { id } }",
                json!({"r": [1, 2, 3]}),
                "two bounds",
            ),
            ("{ posts(where: {createdAt: {gt: \"yesterday\"}}) { id } }", json!({}), "yesterday"),
            (
                "query ($w: PostFilter) { posts(where: $w) { id } }",
                json!({"w": {"and": [{"createdAt": {"gt": "no"}}]}}),
                "$w.and[0].createdAt.gt",
            ),
            (
                "query ($l: [Decimal!]) { posts(where: {rating: {in: $l}}) { id } }",
                json!({"l": ["1.5", "x"]}),
                "$l[1]",
            ),
            (
                "{ posts(where: {createdAt: {tz: \"Mars/Olympus\", year: {eq: 1}}}) { id } }",
                json!({}),
                "Mars/Olympus",
            ),
            (
                "query ($z: String) { posts(where: {createdAt: {tz: $z, year: {eq: 1}}}) { id } }",
                json!({"z": "nowhere"}),
                "$z",
            ),
            ("{ posts(where: {createdAt: {gt: NOW}}) { id } }", json!({}), "NOW"),
            ("{ posts(where: {metadata: {eq: null}}) { id } }", json!({}), "isNull"),
            ("query ($s: Boolean = true) { posts { id @skip(if: $s) } }", json!({"s": null}), "not null"),
        ],
    );
    let many: Vec<String> = (0..1001).map(|id| id.to_string()).collect();
    refused(
        &planning,
        &[(
            "query ($ids: [ID!]!) { nodes(nodeIds: $ids) { nodeId } }",
            json!({"ids": many}),
            "at most 1000 ids",
        )],
    );
}

#[test]
fn keys_of_several_columns() {
    let planning = Planning::of(keys_and_types());
    let document = "query ($id: ID!) { playlistTrack(id: $id) { id } }";
    for junk in ["1", "[1,2]", "[\"1\"]", "[\"1\",\"x\"]", "[\"1\",\"2\",\"3\"]", "{}", ""] {
        let error = refusal(&planning, document, json!({ "id": junk }));
        assert!(error.code == Code::BadInput && error.message.contains("ID of PlaylistTrack"), "{error:?}");
        let literal = document.replace("query ($id: ID!) ", "").replace("$id", &json!(junk).to_string());
        let error = refusal(&planning, &literal, json!({}));
        assert!(error.code == Code::BadInput && error.message.contains("ID of PlaylistTrack"), "{error:?}");
    }
}

#[test]
fn places_are_named() {
    let planning = Planning::of(blog());
    let error = refusal(&planning, "{\n  posts(limit: 5, offset: -1) { id }\n}", json!({}));
    assert_eq!(error.locations.iter().map(|at| (at.line, at.column)).collect::<Vec<_>>(), [(2, 27)]);
    let error = refusal(&planning, "query ($n: Int) {\n  posts(limit: $n) { id }\n}", json!({"n": -1}));
    assert_eq!(error.locations.iter().map(|at| (at.line, at.column)).collect::<Vec<_>>(), [(2, 3)]);
    let error = refusal(&planning, "{ posts(where: {title: {eq: null}}) { id } }", json!({}));
    assert_eq!(error.hint.as_deref(), Some("isNull: true"));
}

#[test]
fn sizes() {
    let planning = Planning::of(blog());
    // Fragments that double at each level.
    let mut document = "{ categories { ...F0 } }\n".to_owned();
    for level in 0..25 {
        document += &format!(
            "fragment F{level} on Category {{ a: parent {{ ...F{n} }} b: parent {{ ...F{n} }} }}\n",
            n = level + 1
        );
    }
    document += "fragment F25 on Category { name }";
    let error = refusal(&planning, &document, json!({}));
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");

    // Fragments that nest deeper than a document may.
    let mut document = "{ categories { ...F0 } }\n".to_owned();
    for level in 0..20 {
        document += &format!(
            "fragment F{level} on Category {{ parent {{ parent {{ parent {{ parent {{ ...F{} }} }} }} }} }}\n",
            level + 1
        );
    }
    document += "fragment F20 on Category { name }";
    let error = refusal(&planning, &document, json!({}));
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");

    // A filter that nests in a variable, as deep as the JSON reader lets it.
    let mut filter = json!({});
    for _ in 0..100 {
        filter = json!({ "not": filter });
    }
    let error =
        refusal(&planning, "query ($w: PostFilter) { posts(where: $w) { id } }", json!({ "w": filter }));
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    let mut order = json!("ASC");
    order = json!({ "name": order });
    for _ in 0..100 {
        order = json!({ "parent": order });
    }
    let error = refusal(
        &planning,
        "query ($o: [CategoryOrder!]) { categories(orderBy: $o) { id } }",
        json!({ "o": order }),
    );
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");

    let deep = format!("{{ posts {}", "{ author { posts ".repeat(10_000));
    assert_eq!(refusal(&planning, &deep, json!({})).code, Code::LimitExceeded);
    let circles = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(refusal(&planning, circles, json!({})).code, Code::LimitExceeded);
}
