//! What mutations cost: the number of statements goes with the document, not with the rows. On both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_schema::Request;
use nuages_tests::data::Project;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::subject::Subject;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A user with so many posts, each with three new tags, two tags that are there, and a comment.
fn user(number: usize, posts: usize) -> Value {
    let post = |at: usize| {
        let tag = |tag: usize| json!({ "name": format!("tag {number} {at} {tag}") });
        json!({
            "title": format!("Post {at}"),
            "slug": format!("post-{at}"),
            "categoryId": 1,
            "tags": {"create": [tag(1), tag(2), tag(3)], "connect": [{"id": 1}, {"name": "django"}]},
            "comments": {"create": [{"body": "first", "authorId": 2}]},
        })
    };
    let posts: Vec<Value> = (0..posts).map(post).collect();
    json!({"email": format!("user{number}@example.com"), "name": "N", "posts": {"create": posts}})
}

#[tokio::test]
async fn statements_go_with_the_document() {
    let query = "mutation ($user: UserCreate!) { createUser(input: $user) { postsAggregate { count } posts(limit: 1) { tags { name } comments { body } } } }";
    for dialect in BACKENDS {
        let original =
            TestDatabase::filled(dialect, Project::Blog).expect("the blog's data is part of the repository");
        let subject = Subject::on_copies(Project::Blog, &original).await.remove(0);
        let mut seen = BTreeSet::new();
        for (number, posts) in [1, 10, 100].into_iter().enumerate() {
            let Value::Object(variables) = json!({ "user": user(number, posts) }) else { continue };
            let request = Request { query: query.to_owned(), variables, debug: true, ..Request::default() };
            let answer = subject.execute(&request).await;
            let body = answer.value();
            assert_eq!(body["data"]["createUser"]["postsAggregate"]["count"], posts, "{subject}: {body}");
            assert_eq!(
                body["data"]["createUser"]["posts"][0]["tags"].as_array().map(Vec::len),
                Some(5),
                "{body}"
            );
            let extensions: Value = serde_json::from_str(answer.extensions.as_deref().unwrap()).unwrap();
            let statements = extensions["queries"].as_array().unwrap();
            // SQLite runs one prepared statement for each row, and tells of each run; there is no round trip to save.
            let texts: BTreeSet<&str> = statements.iter().map(|it| it["sql"].as_str().unwrap()).collect();
            let count = match dialect {
                nuages_models::database::Dialect::Postgres => statements.len(),
                nuages_models::database::Dialect::Sqlite => texts.len(),
            };
            println!("{subject}: {posts} posts, {count} statements");
            seen.insert(count);
        }
        // One row is found by a value, several by a list; the number of statements is the same.
        assert_eq!(seen.len(), 1, "{subject}: {seen:?}");
    }
}

/// A row of which nothing but columns is told is made by the INSERT alone, and fails as in a transaction.
#[tokio::test]
async fn one_row_is_one_statement() {
    let selection = "{ id name }";
    let create = |name: &str| format!("createTag(input: {{ name: \"{name}\" }}) {selection}");
    let comment = "createComment(input: { body: \"b\", postId: 999999, authorId: 1 }) { id body }";
    for dialect in BACKENDS {
        let original =
            TestDatabase::filled(dialect, Project::Blog).expect("the blog's data is part of the repository");
        let subject = Subject::on_copies(Project::Blog, &original).await.remove(0);
        let run = async |query: String| {
            let answer = subject.execute(&Request { query, debug: true, ..Request::default() }).await;
            let extensions = answer.extensions.as_deref().unwrap_or("{}");
            let extensions: Value = serde_json::from_str(extensions).unwrap();
            (answer.value(), extensions["queries"].as_array().cloned().unwrap_or_default())
        };
        let (body, statements) = run(format!("mutation {{ {} }}", create("one"))).await;
        assert_eq!(body["data"]["createTag"]["name"], "one", "{subject}: {body}");
        assert_eq!(statements.len(), 1, "{subject}: {statements:?}");
        assert!(statements[0]["sql"].as_str().unwrap().starts_with("INSERT"), "{subject}: {statements:?}");
        let id = body["data"]["createTag"]["id"].as_str().unwrap();
        let (body, _) = run(format!("{{ tag(id: \"{id}\") {selection} }}")).await;
        assert_eq!(body["data"]["tag"]["name"], "one", "{subject}: it is kept");

        let (body, statements) = run(format!("mutation {{ {} again: __typename }}", create("two"))).await;
        assert_eq!(body["data"]["createTag"]["name"], "two", "{subject}: {body}");
        assert!(statements.len() > 1, "{subject}: two steps are a transaction: {statements:?}");

        for (field, code) in [
            (create("one"), "UNIQUE_VIOLATION"),
            (create(&"x".repeat(61)), "VALIDATION"),
            (comment.to_owned(), "FOREIGN_KEY_VIOLATION"),
        ] {
            let (alone, statements) = run(format!("mutation {{ {field} }}")).await;
            let (together, several) = run(format!("mutation {{ {field} again: __typename }}")).await;
            // What was sent is told, but for what was found to be wrong before.
            let sent = usize::from(code != "VALIDATION");
            assert_eq!(statements.len(), sent, "{subject}: {statements:?}");
            for (statements, rows) in [(&statements, 0), (&several, several.len().saturating_sub(1))] {
                let Some(insert) = statements.first() else { continue };
                assert!(insert["sql"].as_str().unwrap().starts_with("INSERT"), "{subject}: {statements:?}");
                assert!(insert["rows"].as_u64().unwrap() <= rows as u64, "{subject}: {statements:?}");
            }
            assert_eq!(several.is_empty(), sent == 0, "{subject}: {several:?}");
            assert_eq!(alone["errors"][0]["extensions"]["code"], code, "{subject}: {alone}");
            assert_eq!(alone, together, "{subject}");
        }
        let (body, _) =
            run("{ commentsAggregate(where: { body: { eq: \"b\" } }) { count } }".to_owned()).await;
        assert_eq!(body["data"]["commentsAggregate"]["count"], 0, "{subject}: nothing of it is kept");
    }
}

/// A row that refers to none is found at the end, and is told of the step that says so, at its place in the input.
#[tokio::test]
async fn who_refers_to_none_is_told() {
    let tag = "createTag(input: { name: \"before\" }) { id }";
    let post = "title: \"t\", slug: \"dangling\"";
    let cases = [
        (
            format!("{tag} second: createPost(input: {{ {post}, authorId: 999999 }}) {{ id }}"),
            json!(["second"]),
            json!(["input", "authorId"]),
        ),
        (
            format!("{tag} createPosts(input: [{{ {post}, author: {{ connect: {{ id: 999999 }} }} }}]) {{ affected }}"),
            json!(["createPosts"]),
            json!(["input", 0, "author"]),
        ),
        (
            format!("{tag} updatePosts(where: {{ id: {{ lte: 3 }} }}, set: {{ categoryId: 999999 }}) {{ affected }}"),
            json!(["updatePosts"]),
            json!(["set", "categoryId"]),
        ),
        (
            format!("updatePost(id: 1, set: {{ tags: {{ connect: [{{ id: 999999 }}] }} }}) {{ id }} {tag}"),
            json!(["updatePost"]),
            json!(["set", "tags"]),
        ),
        (
            "updatePost(id: 1, set: { author: { update: { set: { comments: { create: [{ body: \"b\", postId: 999999 }] } } } } }) { id }".to_owned(),
            json!(["updatePost"]),
            json!(["set", "author", "update", "set", "comments", "create", 0, "postId"]),
        ),
        (
            format!("@dryRun {{ a: {tag} createComment(input: {{ body: \"b\", postId: 999999, authorId: 1 }}) {{ id }} }}"),
            json!(["createComment"]),
            json!(["input", "postId"]),
        ),
    ];
    for dialect in BACKENDS {
        let original =
            TestDatabase::filled(dialect, Project::Blog).expect("the blog's data is part of the repository");
        let subject = Subject::on_copies(Project::Blog, &original).await.remove(0);
        for (fields, path, input) in &cases {
            let query = match fields.starts_with('@') {
                true => format!("mutation {fields}"),
                false => format!("mutation {{ {fields} }}"),
            };
            let answer = subject.execute(&Request { query, ..Request::default() }).await.value();
            let error = &answer["errors"][0];
            assert_eq!(error["extensions"]["code"], "FOREIGN_KEY_VIOLATION", "{subject}: {answer}");
            assert_eq!(error["path"], *path, "{subject}: {answer}");
            assert_eq!(error["extensions"]["input"], *input, "{subject}: {answer}");
        }
    }
}
