//! What mutations write: from the input to the tree of the write stage, and what is wrong with inputs.

use crate::builder::{blog, keys_and_types};
use crate::planning::Planning;
use insta::assert_snapshot;
use nuages_models::Registry;
use nuages_models::registry::ModelId;
use nuages_models::write::{Action, Change, InputPath, Key, Mutation, NewRow, RelatedChange, Target};
use nuages_schema::error::Code;
use nuages_schema::expose::{ExposeOptions, expose};
use nuages_schema::operation::variables::Question;
use nuages_schema::plan::Built;
use serde_json::{Value, json};
use std::fmt::Write as _;

const MANY: u32 = 10_000;

/// A mutation as an indented tree.
struct Tree<'a> {
    registry: &'a Registry,
    out: String,
}

impl Tree<'_> {
    fn line(&mut self, depth: usize, text: std::fmt::Arguments<'_>) {
        writeln!(self.out, "{:width$}{text}", "", width = depth * 2).unwrap();
    }

    fn key(&self, model: ModelId, key: &Key) -> String {
        let model = self.registry.model(model);
        let parts = key.0.iter().map(|(id, value)| format!("{}={value:?}", model.field(*id).name));
        parts.collect::<Vec<_>>().join(" ")
    }

    fn mutation(&mut self, mutation: &Mutation) {
        let model = mutation.model;
        let name = &self.registry.model(model).name;
        match &mutation.action {
            Action::Create { rows, on_conflict } => {
                self.line(0, format_args!("create {name} {on_conflict:?}"));
                rows.iter().for_each(|row| self.row(1, model, row));
            }
            Action::Update { target, change } => {
                self.line(0, format_args!("update {name}"));
                self.target(model, target);
                self.change(1, model, change);
            }
            Action::Upsert { key, path, create, update } => {
                let key = self.key(model, key);
                self.line(0, format_args!("upsert {name} {key} at {}", place(path)));
                self.row(1, model, create);
                self.change(1, model, update);
            }
            Action::Delete { target } => {
                self.line(0, format_args!("delete {name}"));
                self.target(model, target);
            }
        }
    }

    fn target(&mut self, model: ModelId, target: &Target) {
        match target {
            Target::Key { key, expect, path } => {
                let (key, expect) = (self.key(model, key), self.key(model, &Key(expect.clone())));
                self.line(1, format_args!("of {key} at {}, expecting [{expect}]", place(path)));
            }
            Target::Rows { query, at_most, path } => self.line(
                1,
                format_args!(
                    "of {:?} by {:?} at {}, at most {at_most:?}",
                    query.filter,
                    query.manager,
                    place(path)
                ),
            ),
        }
    }

    fn row(&mut self, depth: usize, model: ModelId, row: &NewRow) {
        self.line(depth, format_args!("new {} at {}", self.registry.model(model).name, place(&row.path)));
        for (field, value) in &row.values {
            let name = &self.registry.model(model).field(*field).name;
            self.line(depth + 1, format_args!("{name} = {value:?}"));
        }
        row.related.iter().for_each(|related| self.related(depth + 1, model, related));
    }

    fn change(&mut self, depth: usize, model: ModelId, change: &Change) {
        self.line(
            depth,
            format_args!("change {} at {}", self.registry.model(model).name, place(&change.path)),
        );
        for (field, value) in &change.values {
            let name = &self.registry.model(model).field(*field).name;
            self.line(depth + 1, format_args!("{name} = {value:?}"));
        }
        change.related.iter().for_each(|related| self.related(depth + 1, model, related));
    }

    fn related(&mut self, depth: usize, model: ModelId, related: &RelatedChange) {
        let relation = self.registry.model(model).relation(related.relation);
        let target = relation.target;
        self.line(depth, format_args!("{} at {}", relation.name, place(&related.path)));
        for (what, keys) in
            [("delete", &related.delete), ("disconnect", &related.disconnect), ("connect", &related.connect)]
        {
            for key in keys {
                let key = self.key(target, key);
                self.line(depth + 1, format_args!("{what} {key}"));
            }
        }
        if let Some(keys) = &related.set {
            let keys: Vec<String> = keys.iter().map(|key| self.key(target, key)).collect();
            self.line(depth + 1, format_args!("set {keys:?}"));
        }
        for (key, change) in &related.update {
            let key = self.key(target, key);
            self.line(depth + 1, format_args!("update {key}"));
            self.change(depth + 2, target, change);
        }
        for (key, row, change) in &related.upsert {
            let key = self.key(target, key);
            self.line(depth + 1, format_args!("upsert {key}"));
            self.row(depth + 2, target, row);
            self.change(depth + 2, target, change);
        }
        for (key, row) in &related.connect_or_create {
            let key = self.key(target, key);
            self.line(depth + 1, format_args!("connect {key} or create"));
            self.row(depth + 2, target, row);
        }
        related.create.iter().for_each(|row| self.row(depth + 1, target, row));
    }
}

fn place(path: &InputPath) -> String {
    use nuages_models::run::PathSegment::{Index, Key};
    let steps = path.iter().map(|step| match step {
        Key(key) => key.clone(),
        Index(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// What a document writes, or what is wrong with it.
fn written(planning: &Planning, document: &str, variables: Value) -> String {
    let built = match planning.built(document, variables, MANY) {
        Ok(built) => built,
        Err(errors) => return format!("{}: {}", errors[0].code, errors[0].message),
    };
    let mut tree = Tree { registry: &planning.registry, out: String::new() };
    for built in built {
        match built {
            Built::Mutation(mutation) => tree.mutation(&mutation),
            Built::Problems(problems, _) => {
                for problem in problems {
                    let what = format!("{}.{} {}", problem.model, problem.field, problem.rule);
                    tree.line(0, format_args!("{}: {what}: {}", place(&problem.path), problem.message));
                }
            }
        }
    }
    tree.out
}

const CREATE: &str = "mutation ($input: PostCreate!) { createPost(input: $input) { id } }";

fn post() -> Value {
    json!({
        "title": "a", "slug": "b", "status": "draft", "mood": "good", "views": 3, "rating": "1.50",
        "metadata": {"b": [1, null], "a": "x"}, "createdAt": "2024-01-02T03:04:05Z",
    })
}

fn with(mut object: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an object") };
    object.as_object_mut().unwrap().extend(more);
    object
}

#[test]
fn rows_along_relations() {
    let planning = Planning::of(blog());
    let comment = |body: &str| json!({"body": body, "authorId": 7});
    let input = with(
        post(),
        json!({
            "author": {"connectOrCreate": {"key": {"email": "a@x"}, "create": {
                "email": "a@x", "name": "A", "isActive": true, "createdAt": "2024-01-02T00:00:00Z",
                "profile": {"create": {"bio": null}},
            }}},
            "category": null,
            "tags": {"connect": [{"id": 1}, {"id": "2"}], "create": [{"name": "new"}]},
            "comments": {"create": [comment("one"), with(comment("two"), json!({"replies": {"create": [
                with(comment("three"), json!({"post": {"connect": {"id": 5}}})),
            ]}}))]},
        }),
    );
    assert_snapshot!(written(&planning, CREATE, json!({"input": input})));
}

#[test]
fn changes_along_relations() {
    let planning = Planning::of(blog());
    let document = "mutation ($set: PostSet) { updatePost(id: 3, set: $set, calc: {views: \"views + 1\"}, expect: {title: \"old\", rating: null}) { id } }";
    let set = json!({
        "title": "new",
        "author": {"update": {"set": {"name": "B"}, "calc": {"email": "concat(name, '@x')"}}},
        "category": {"upsert": {"create": {"name": "C"}, "update": {"parentId": null}, "calc": {"name": "upper(name)"}}},
        "tags": {"set": [], "connectOrCreate": [{"key": {"id": 9}, "create": {"name": "t"}}]},
        "comments": {
            "delete": [{"id": 1}], "disconnect": [{"id": 2}],
            "update": [{"key": {"id": 3}, "set": {"body": "x"}, "calc": {"postId": "post_id"}}],
            "upsert": [{"key": {"id": 4}, "create": {"body": "y", "authorId": 1}, "update": {"body": "z"}}],
        },
    });
    assert_snapshot!(written(&planning, document, json!({"set": set})));
}

#[test]
fn bulk_writes() {
    let planning = Planning::of(blog());
    assert_snapshot!(written(
        &planning,
        "mutation ($words: [String!], $views: Int, $at: Int) {
            a: updatePosts(where: {title: {in: $words}, or: [{views: {gt: $views}}, {author: {isActive: {eq: true}}}]}, set: {rating: 2.5}, atMost: $at, manager: live) { affected }
            b: deletePosts(where: {expr: \"views > 3\"}) { affected }
            c: createPosts(input: [], onConflict: {fields: [slug, authorId], update: [title, views]}) { affected }
            d: upsertPost(key: {authorIdSlug: {authorId: 1, slug: \"s\"}}, create: {title: \"t\", slug: \"s\", status: published, mood: \"good\", views: 1, createdAt: \"2024-01-02T03:04:05Z\"}) { created }
            e: deleteComment(id: \"4\") { id }
        }",
        json!({"words": ["x", "y"], "views": 4, "at": 10}),
    ));
}

#[test]
fn literals_and_variables_are_one() {
    let planning = Planning::of(blog());
    let by_variable = written(&planning, CREATE, json!({"input": with(post(), json!({"authorId": 1}))}));
    assert!(by_variable.starts_with("create Post"), "{by_variable}");
    let literal = "mutation ($slug: String!, $json: JSON) { createPost(input: {
        title: \"a\", slug: $slug, status: draft, mood: \"good\", views: 3, rating: 1.5,
        metadata: {b: [1, $json], a: \"x\"}, createdAt: \"2024-01-02T03:04:05Z\", authorId: 1, id: null }) { id } }";
    // A null key is one that the database gives.
    for literal in [literal, &literal.replace(", id: null", "")] {
        assert_eq!(written(&planning, literal, json!({"slug": "b"})), by_variable);
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let planning = Planning::of(blog());
    let wrong = json!([
        with(post(), json!({"rating": "123.456", "createdAt": "yesterday"})),
        with(post(), json!({"authorId": "x", "author": {"connect": {"id": 1}}, "views": 5})),
        with(post(), json!({"authorId": 1, "author": {"connect": {"id": 1}}})),
        with(
            post(),
            json!({"authorId": 1, "comments": {"create": [{"body": "b", "postId": 1, "authorId": 1}, {"body": "c"}]}})
        ),
        with(post(), json!({"author": {"connect": {"id": "y"}}, "tags": {"connect": [{"id": "z"}]}})),
    ]);
    assert_snapshot!(written(
        &planning,
        "mutation ($input: [PostCreate!]!) { createPosts(input: $input) { affected } }",
        json!({"input": wrong}),
    ));
    assert_snapshot!(written(
        &planning,
        "mutation { updatePost(id: \"x\", set: {views: 1, title: null, authorId: 1, author: {disconnect: true}}, calc: {views: \"nothing + 1\", rating: \"rating +\", slug: \"(select 1)\"}) { id } }",
        json!({}),
    ));
}

#[test]
fn what_makes_no_sense_is_bad_input() {
    let planning = Planning::of(blog());
    for (document, expected) in [
        (
            "mutation { updatePost(id: 1) { id } }",
            "`updatePost` changes nothing: say what in `set` or `calc`",
        ),
        ("mutation { updatePosts(where: {}, set: null) { affected } }", "changes nothing"),
        ("mutation { updatePosts(where: {views: {gt: null}}, set: {views: 1}) { affected } }", "isNull"),
        ("mutation { deletePosts(where: {}, atMost: -1) { affected } }", "must not be negative"),
        (
            "mutation { createPosts(input: [], onConflict: {fields: [title]}) { affected } }",
            "must be a unique key of `Post`: [id] or [authorId, slug]",
        ),
    ] {
        let errors = planning.built(document, json!({}), MANY).unwrap_err();
        assert_eq!(errors[0].code, Code::BadInput, "{document}: {errors:?}");
        assert!(errors[0].message.contains(expected), "{document}: {errors:?}");
    }
}

#[test]
fn the_input_is_bounded() {
    let planning = Planning::of(blog());
    let rows: Vec<Value> = (0..6).map(|_| with(post(), json!({"authorId": 1}))).collect();
    let document = "mutation ($input: [PostCreate!]!) { createPosts(input: $input) { affected } }";
    assert!(planning.built(document, json!({"input": rows}), 6).is_ok());
    let error = planning.built(document, json!({"input": rows}), 5).unwrap_err().remove(0);
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
    assert!(error.message.contains("at most 5 rows"), "{error:?}");

    let mut comment = json!({"body": "x", "authorId": 1});
    for _ in 0..40 {
        comment = json!({"body": "x", "authorId": 1, "replies": {"create": [comment]}});
    }
    let document = "mutation ($input: CommentCreate!) { createComment(input: $input) { id } }";
    let input = with(comment, json!({"postId": 1}));
    let error = planning.built(document, json!({"input": input}), MANY).unwrap_err().remove(0);
    assert_eq!(error.code, Code::LimitExceeded, "{error:?}");
}

#[test]
fn data_asks_no_questions() {
    let planning = Planning::of(blog());
    let operation = planning
        .operation(
            "mutation ($input: [PostCreate!]!, $where: PostFilter!, $n: Int, $with: Boolean!) {
                createPosts(input: $input) { affected posts(limit: $n) { id title @include(if: $with) } }
                deletePosts(where: $where) { affected }
            }",
        )
        .unwrap();
    let variables = json!({"input": [with(post(), json!({"authorId": 1}))], "where": {"views": {"gt": 1}}, "n": 3, "with": true});
    let variables = planning.coerce(&operation, variables).unwrap();
    let (drafts, trace) = planning.drafts(&operation, &variables).unwrap();
    assert_eq!(drafts.len(), 2);
    let asked: Vec<String> = trace.iter().map(|(question, _)| format!("{question:?}")).collect();
    assert_eq!(trace.len(), 2, "{asked:?}");
    assert!(matches!(&trace[0].0, Question::Limit { path, .. } if path.to_string() == "$n"), "{asked:?}");
    assert!(matches!(&trace[1].0, Question::Text(path) if path.to_string() == "$with"), "{asked:?}");
}

#[test]
fn steps_follow_the_document() {
    let planning = Planning::of(blog());
    let operation = planning
        .operation(
            "mutation ($no: Boolean = false) {
                a: deleteTag(id: 1) { id }
                ...More
                c: deleteTag(id: 3) @include(if: $no) { id }
                a: deleteTag(id: 1) { name }
            }
            fragment More on Mutation { __typename b: deleteTag(id: 2) { id } }",
        )
        .unwrap();
    let variables = planning.coerce(&operation, json!({})).unwrap();
    let (drafts, _) = planning.drafts(&operation, &variables).unwrap();
    let keys: Vec<&str> = drafts.iter().map(|draft| draft.plan.fields[0].key.as_str()).collect();
    assert_eq!(keys, ["a", "__typename", "b"]);
    let text = nuages_schema::plan::explain(&drafts[0].plan, &planning.registry);
    assert_eq!(
        text,
        "a: node by id argument #0\n  on Tag: one Tag\n    id: primary key as ID\n    name: name as String\n"
    );
}

#[test]
fn expressions_can_be_switched_off() {
    let options = ExposeOptions { expressions: false, ..ExposeOptions::default() };
    for registry in [blog(), keys_and_types()] {
        let sdl = expose(&registry, &options).unwrap().sdl;
        assert!(sdl.contains("Set {") && !sdl.contains("Expr"));
    }
}
