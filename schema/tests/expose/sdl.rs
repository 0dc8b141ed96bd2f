//! The text of the schema.

use crate::builder::{blog, keys_and_types};
use apollo_compiler::ExecutableDocument;
use nuages_schema::expose::{ExposeOptions, expose};

fn relay() -> ExposeOptions {
    ExposeOptions { relay: true, ..ExposeOptions::default() }
}

#[test]
fn the_blog() {
    let exposure = expose(&blog(), &ExposeOptions::default()).unwrap();
    insta::assert_snapshot!(exposure.sdl);
}

#[test]
fn the_blog_for_relay() {
    let plain = expose(&blog(), &ExposeOptions::default()).unwrap().sdl;
    let relay = expose(&blog(), &relay()).unwrap().sdl;
    let differences: Vec<String> = relay
        .lines()
        .zip(plain.lines())
        .filter(|(relay, plain)| relay != plain)
        .map(|(relay, plain)| format!("{}  <-  {}", relay.trim(), plain.trim()))
        .collect();
    insta::assert_snapshot!(differences.join("\n"));
}

#[test]
fn keys_of_all_shapes_and_fields_of_all_types() {
    let exposure = expose(&keys_and_types(), &ExposeOptions::default()).unwrap();
    insta::assert_snapshot!(exposure.sdl);
}

#[test]
fn the_text_is_the_schema() {
    for registry in [blog(), keys_and_types()] {
        let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
        let again = apollo_compiler::Schema::parse_and_validate(&exposure.sdl, "schema.graphql").unwrap();
        assert_eq!(again, exposure.schema);
    }
}

#[test]
fn no_models_are_a_schema_too() {
    for options in [ExposeOptions::default(), relay()] {
        let exposure = expose(&nuages_models::Registry::new(Vec::new()), &options).unwrap();
        assert!(exposure.query.contains_key("node"));
    }
}

fn accepts(document: &str) -> Result<(), String> {
    let exposure = expose(&blog(), &ExposeOptions::default()).unwrap();
    ExecutableDocument::parse_and_validate(&exposure.schema, document, "query.graphql")
        .map(drop)
        .map_err(|invalid| invalid.errors.to_string())
}

#[test]
fn queries_of_the_design_are_valid() {
    for document in [
        r#"{ post(id: "1") { id nodeId title authorId author { name } tags(limit: 3) { name } } }"#,
        r#"{ postBy(key: {authorIdSlug: {authorId: 1, slug: "a"}}) { title } }"#,
        r#"{ posts(where: {or: [{views: {gt: 10}}, {author: {isActive: {eq: true}}}], not: {status: {in: [draft]}},
             comments: {some: {body: {iContains: "x"}}}, createdAt: {tz: "Europe/Berlin", year: {eq: 2024}, date: {gt: "2024-01-01"}},
             metadata: {path: [{path: ["a", "0"], number: {gt: 1}, exists: true}], hasAnyKeys: ["b"]}},
             orderBy: [{author: {name: ASC_NULLS_FIRST}}, {id: DESC}], distinctOn: [authorId], manager: newest) { id } }"#,
        r#"{ postsConnection(first: 2, after: "x") { edges { cursor node { id } } nodes { id } totalCount
             pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"#,
        r#"{ node(nodeId: "x") { nodeId ... on Post { title } } nodes(nodeIds: ["a"]) { __typename } }"#,
        "{ users { commentsConnection(last: 1) { nodes { replies { parent { id } } } } } }",
    ] {
        accepts(document).unwrap_or_else(|error| panic!("{document}\n{error}"));
    }
}

#[test]
fn what_the_schema_has_not_is_refused() {
    for (document, complaint) in [
        ("{ users { password } }", "password"),
        (r#"{ users(where: {password: {eq: "x"}}) { id } }"#, "password"),
        ("{ posts(where: 5) { id } }", "PostFilter"),
        ("{ posts(orderBy: [{id: ASC, title: ASC}]) { id } }", "exactly one"),
        (r#"{ postBy(key: {id: "1", authorIdSlug: {authorId: 1, slug: "a"}}) { id } }"#, "exactly one"),
        ("{ posts(orderBy: [{metadata: ASC}]) { id } }", "metadata"),
        ("{ posts(distinctOn: [metadata]) { id } }", "metadata"),
        ("{ posts(manager: lively) { id } }", "lively"),
        (r#"{ posts(where: {id: {contains: "1"}}) { id } }"#, "contains"),
        (r#"{ posts(where: {status: {eq: "draft"}}) { id } }"#, "PostStatus"),
        ("{ posts(where: {views: {eq: 3000000000}}) { id } }", "32-bit"),
    ] {
        let error = accepts(document).expect_err(document);
        assert!(error.contains(complaint), "{document}\n{error}");
    }
}
