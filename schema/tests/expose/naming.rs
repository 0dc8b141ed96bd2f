//! The table of names, and collisions.

use crate::builder::{Models, blog};
use nuages_models::Registry;
use nuages_models::registry::LogicalType;
use nuages_schema::expose::{ExposeError, ExposeOptions, expose};
use nuages_schema::names::{NameProblem, camel_case, model_names};
use std::fmt::Write;

#[test]
fn table_of_names() {
    let mut models = Models::default();
    for name in [
        "User",
        "Post",
        "Category",
        "Key",
        "Tax",
        "Address",
        "Status",
        "News",
        "Series",
        "Settings",
        "Person",
        "SalesPerson",
        "Child",
        "Branch",
        "Wish",
        "Analysis",
        "Axis",
        "Quiz",
        "Datum",
        "Data",
        "Medium",
        "Leaf",
        "Hero",
        "Photo",
        "Alias",
        "Canvas",
        "Bus",
        "Human",
        "Salesman",
        "Woman",
        "Day",
        "Soliloquy",
        "Epoch",
        "PlaylistTrack",
        "URL",
        "APIKey",
        "UserFAQ",
        "Sheep",
        "Box2",
        "blog_post",
        "Équipe",
    ] {
        models.add(name);
    }
    models.add("Fish").with(|model| model.graphql.plural = Some("shoals".into()));
    models.add("Blog_Entry").with(|model| model.graphql.name = Some("Entry".into()));
    let registry = models.build();
    let mut table = String::new();
    for model in registry.models() {
        let names = model_names(model);
        let _ = writeln!(
            table,
            "{:14} {:14} {:14} {:16} {:18} {}",
            model.name, names.object, names.one, names.by_key, names.list, names.connection
        );
    }
    let _ = writeln!(table);
    for name in ["created_at", "author_id", "is_2fa", "line_1", "not", "_order", "ArtistId", "class_", "x"] {
        let _ = writeln!(table, "{name:14} {}", camel_case(name));
    }
    insta::assert_snapshot!(table);
}

fn problems(registry: &Registry, relay: bool) -> Vec<NameProblem> {
    match expose(registry, &ExposeOptions { relay, ..ExposeOptions::default() }) {
        Err(ExposeError::Names(problems)) => problems,
        other => panic!("expected problems of names, got {other:?}"),
    }
}

fn one_problem(build: impl FnOnce(&mut Models), relay: bool) -> String {
    let mut models = Models::default();
    build(&mut models);
    let problems = problems(&models.build(), relay);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].origin().is_some());
    problems[0].to_string()
}

#[test]
fn collisions_name_both_sides() {
    use LogicalType::{Int64, Text};
    type Build = fn(&mut Models);
    let cases: [(&str, Build, bool); 12] = [
        (
            "node_id",
            |m| {
                m.add("A").id().field("node_id", Text);
            },
            false,
        ),
        (
            "two fields",
            |m| {
                m.add("A").id().field("line_1", Text).field("line1", Text);
            },
            false,
        ),
        (
            "a field named id",
            |m| {
                m.add("A").key("code", Text).field("id", Text);
            },
            false,
        ),
        (
            "id of several",
            |m| {
                m.add("A").key("tenant", Int64).key("id", Int64);
            },
            false,
        ),
        (
            "row_id with relay",
            |m| {
                m.add("A").id().field("row_id", Text);
            },
            true,
        ),
        (
            "not_ and not",
            |m| {
                m.add("A").id().field("not", Text).field("not_", Text);
            },
            false,
        ),
        (
            "a connection",
            |m| {
                m.add("A").id().field("bs_connection", Text);
                m.add("B").id().foreign_key("a", "A", "bs");
            },
            false,
        ),
        (
            "a shared type",
            |m| {
                m.add("DateTime").id();
            },
            false,
        ),
        (
            "a made type",
            |m| {
                m.add("Post").id();
                m.add("PostEdge").id();
            },
            false,
        ),
        (
            "two enums of choices",
            |m| {
                m.add("Post").id().choices("status_kind", &[("a", "A")]);
                m.add("PostStatus").id().choices("kind", &[("a", "A")]);
            },
            false,
        ),
        (
            "not a name",
            |m| {
                m.add("A").id().field("größe", Text);
            },
            false,
        ),
        (
            "reserved by GraphQL",
            |m| {
                m.add("A").id().field("__x", Text);
            },
            false,
        ),
    ];
    let mut messages = String::new();
    for (case, build, relay) in cases {
        let mut models = Models::default();
        build(&mut models);
        for problem in problems(&models.build(), relay) {
            assert!(problem.origin().is_some(), "{case}");
            let _ = writeln!(messages, "{case}: {problem}");
        }
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn root_fields_collide_too() {
    let message = one_problem(
        |models| {
            models.add("News").id();
            models.add("Paper").id().with(|model| model.graphql.plural = Some("newsList".into()));
        },
        false,
    );
    assert!(message.contains("the list of the model `News`"), "{message}");
    assert!(message.contains("the list of the model `Paper`"), "{message}");
}

#[test]
fn every_problem_is_told() {
    let mut models = Models::default();
    models.add("A").id().field("a_b", LogicalType::Text).field("aB", LogicalType::Text);
    models.add("B").id().field("node_id", LogicalType::Text);
    assert_eq!(problems(&models.build(), false).len(), 2);
}

#[test]
fn a_graphql_name_mends_a_collision() {
    let mut models = Models::default();
    models
        .add("A")
        .id()
        .field_with("node_id", LogicalType::Text, |field| field.graphql_name = Some("machine".into()));
    let exposure = expose(&models.build(), &ExposeOptions::default()).unwrap();
    assert!(exposure.sdl.contains("machine: String!"));
}

#[test]
fn the_same_registry_is_the_same_text() {
    let first = expose(&blog(), &ExposeOptions::default()).unwrap();
    let second = expose(&blog(), &ExposeOptions::default()).unwrap();
    assert_eq!(first.sdl, second.sdl);
}
