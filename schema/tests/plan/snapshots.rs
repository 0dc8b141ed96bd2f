//! Documents and the plans that they become.

use crate::builder::{blog, keys_and_types};
use crate::planning::{KEY, Planning};
use base64::Engine as _;
use insta::assert_snapshot;
use nuages_models::cursor::{fingerprint, seal};
use nuages_models::query::{OrderBy, complete_order};
use nuages_schema::expose::ExposeOptions;
use serde_json::json;

#[test]
fn three_levels() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "query Feed($active: Boolean, $newest: Int!) {
           users(where: {isActive: {eq: $active}}, orderBy: {createdAt: DESC}, limit: 20) {
             __typename id nodeId name
             profile { bio user { email } }
             latest: posts(orderBy: [{createdAt: DESC_NULLS_LAST}, {category: {name: ASC}}], limit: $newest) {
               title rating status authorId categoryId category { name parent { name } }
               tags(where: {name: {startsWith: \"r\"}}) { name }
               commentsConnection(last: 3) { totalCount edges { cursor node { body author { name } } } }
             }
           }
         }",
        json!({"active": true, "newest": 5}),
    ));
}

#[test]
fn every_text_and_number_operator() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "{ posts(where: {
             title: {eq: \"a\", ne: \"b\", lt: \"c\", lte: \"d\", gt: \"e\", gte: \"f\", in: [\"g\", \"h\"], notIn: [],
               range: [\"i\", \"j\"], isNull: false, iEq: \"k\", contains: \"l\", iContains: \"m\", startsWith: \"n\",
               iStartsWith: \"o\", endsWith: \"p\", iEndsWith: \"q\", regex: \"r\", iRegex: \"s\", length: {gt: 3, ne: 7}},
             views: {gt: 70000, in: 5},
             rating: {gte: 4.50, lt: \"5\", isNull: true},
             status: {eq: draft, in: [draft, published], ne: published},
             id: {in: [1, \"2\"]}, authorId: {eq: 7}
           }) { id } }",
        json!({}),
    ));
}

#[test]
fn instants_and_documents() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "query ($zone: String!, $year: Int!, $city: JSON!, $key: String!, $keys: [String!]!) {
           posts(where: {
             createdAt: {gt: \"2024-01-01T00:00:00+02:00\", tz: $zone, year: {eq: $year}, date: {lt: \"2024-06-01\"},
               time: {gte: \"12:00:00\"}, month: {eq: 1}, day: {eq: 1}, week: {eq: 1}, weekDay: {eq: 1},
               isoWeekDay: {eq: 1}, isoYear: {eq: 1}, quarter: {eq: 1}, hour: {eq: 1}, minute: {eq: 1}, second: {eq: 1}},
             author: {createdAt: {year: {in: [2023, 2024]}}},
             metadata: {eq: {b: 1.50, a: [$city, 12345678901234567890.5]}, contains: $city, hasKey: \"a\", hasKeys: [\"a\", $key],
               hasAnyKeys: $keys, isNull: false, in: [1, {a: 2}],
               path: [{path: [\"a\", \"0\"], eq: 1, isNull: true, exists: false, ne: $city},
                      {path: $keys, text: {iContains: \"x\", length: {gt: 1}}, number: {gt: 1, in: [1.5]}}]}
           }) { metadata createdAt }
         }",
        json!({"zone": "Europe/Berlin", "year": 2024, "city": {"z": 1, "name": "Bonn"}, "key": "k", "keys": ["l"]}),
    ));
}

#[test]
fn logic_and_relations() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "{ posts(where: {
             or: [{and: []}, {not: {title: {eq: \"x\"}}}, {views: {gt: 1}, slug: {eq: \"y\"}}],
             and: {title: {eq: \"single\"}},
             not: {},
             author: {posts: {some: {views: {gt: 5}}, every: {}, none: {author: {}}}},
             comments: {some: {parent: {body: {eq: \"z\"}}}},
             tags: {}
           }) { id } 
           all: posts(where: {}) { id }
           none: posts(where: {or: []}) { id } }",
        json!({}),
    ));
}

#[test]
fn keys_of_several_columns() {
    let planning = Planning::of(keys_and_types());
    assert_snapshot!(planning.explained(
        "query ($id: ID!, $ids: [ID!]) {
           artist(id: 5) { id artistId: name }
           literal: playlistTrack(id: \"[\\\"1\\\",\\\"2\\\"]\") { id }
           variable: playlistTrack(id: $id) { id playlistId playlist { name } }
           byKey: playlistTrackBy(key: {id: $id}) { nodeId }
           playlistTracks(where: {id: {in: $ids, ne: $id, isNull: false}}, orderBy: {id: DESC}) { id }
           playlistTracksConnection(first: 2) { nodes { id plays { at } } }
         }",
        json!({"id": "[\"3\",\"4\"]", "ids": ["[\"5\",\"6\"]", "[\"7\",\"8\"]"]}),
    ));
}

#[test]
fn unique_keys() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "query ($slug: String!, $author: ID!) {
           a: postBy(key: {id: 3}) { id }
           b: userBy(key: {email: \"x@example.org\"}) { id }
           c: postBy(key: {authorIdSlug: {slug: $slug, authorId: $author}}) { id }
           d: profileBy(key: {userId: 8}) { id userId user { id } }
         }",
        json!({"slug": "s", "author": 5}),
    ));
}

#[test]
fn fragments_and_directives() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "query ($yes: Boolean!, $no: Boolean = false) {
           ...Root
           users { ...Names ... @include(if: $no) { email } ... on Node { nodeId } posts { id ...Title } posts { slug } }
           posts @skip(if: $yes) { id }
           comments { body @include(if: true) @skip(if: $no) id @include(if: $no) }
         }
         fragment Root on Query { __typename users { id } }
         fragment Names on User { name ... on User { name id } ...Again }
         fragment Again on User { again: name posts { author { name } } }
         fragment Title on Post { title author { email } }",
        json!({"yes": true}),
    ));
}

#[test]
fn managers_distinct_and_limits() {
    let planning = Planning::of(blog());
    assert_snapshot!(planning.explained(
        "query ($manager: PostManager, $limit: Int, $offset: Int, $distinct: [PostField!], $order: [PostOrder!]) {
           a: posts(manager: newest) { id }
           b: posts(manager: $manager, distinctOn: [authorId, status]) { id }
           c: posts(distinctOn: $distinct, orderBy: $order, limit: $limit, offset: $offset) { id }
           d: posts(limit: 0, offset: 0, orderBy: null, where: null) { id }
         }",
        json!({"limit": 7, "offset": 14, "distinct": ["title"], "order": [{"title": "DESC"}, {"id": "ASC"}]}),
    ));
}

/// A cursor of posts by rating (largest first) and id.
fn cursor(planning: &Planning, values: &str) -> String {
    let post = planning.registry.model_named("Post").unwrap();
    let order = complete_order(post, &[OrderBy::new(vec!["rating".to_owned()], true)]);
    let mut text = Vec::new();
    seal(&mut text, KEY, fingerprint("Post", &order, ""), values.as_bytes());
    String::from_utf8(text).unwrap()
}

#[test]
fn connections() {
    let planning = Planning::of(blog());
    let (null_key, some) = (cursor(&planning, "[null,\"3\"]"), cursor(&planning, "[\"4.50\",9]"));
    assert_snapshot!(planning.explained(
        &format!(
            "query ($after: String, $last: Int) {{
               a: postsConnection(orderBy: {{rating: DESC}}, first: 2, after: $after, before: \"{some}\") {{
                 __typename
                 edges {{ __typename cursor node {{ id }} }} edges {{ node {{ title }} }}
                 nodes {{ id }} total: totalCount
                 pageInfo {{ __typename hasNextPage hasPreviousPage startCursor endCursor }}
               }}
               b: postsConnection(last: $last, first: null, after: null) {{ pageInfo {{ hasNextPage }} }}
             }}"
        ),
        json!({"after": null, "last": 4}),
    ));
    assert_snapshot!(planning.explained(
        "query ($after: String) { postsConnection(orderBy: {rating: DESC}, after: $after) { totalCount } }",
        json!({ "after": null_key }),
    ));
}

#[test]
fn nodes_of_any_model() {
    let planning = Planning::of(blog());
    let id = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let document = format!(
        "query ($ids: [ID!]!) {{
           node(nodeId: \"{}\") {{ nodeId ... on Post {{ title author {{ name }} }} ... on User {{ email }} }}
           junk: node(nodeId: \"junk\") {{ nodeId }}
           nodes(nodeIds: $ids) {{ __typename nodeId ... on Node {{ nodeId }} ... on User {{ email }} }}
         }}",
        id("Post:7")
    );
    let ids = json!([id("User:1"), id("Tag:2"), id("User:3"), id("Nothing:1"), "%%", id("User:abc"), 5]);
    assert_snapshot!(planning.explained(&document, json!({ "ids": ids })));
}

#[test]
fn relay() {
    let planning = Planning::with(blog(), &ExposeOptions { relay: true, ..ExposeOptions::default() });
    assert_snapshot!(planning.explained(
        "{ post(rowId: 5) { id rowId author { id } } node(id: \"VXNlcjox\") { id ... on User { rowId } } nodes(ids: []) { id } }",
        json!({}),
    ));
}

#[test]
fn introspection_and_typename() {
    let planning = Planning::of(blog());
    let document = "query ($name: String!) { __typename t: __type(name: $name) { name kind } posts(limit: 1) { id } s: __schema { queryType { name } } }";
    let (plan, _) = planning.run(document, json!({"name": "Tag"}));
    let texts: Vec<String> = plan
        .fields
        .iter()
        .map(|field| match &field.value {
            nuages_models::plan::RootValue::Json(json) => {
                format!("{}: {}", field.key, String::from_utf8_lossy(json))
            }
            _ => format!("{}: rows", field.key),
        })
        .collect();
    assert_eq!(
        texts,
        [
            "__typename: \"Query\"",
            "t: {\"name\":\"Tag\",\"kind\":\"OBJECT\"}",
            "posts: rows",
            "s: {\"queryType\":{\"name\":\"Query\"}}"
        ]
    );
}
