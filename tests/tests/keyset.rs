//! Keyset cursors: for every ordering, page size and direction, the union of all pages is the unpaged list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_schema::Request;
use nuages_tests::data::Project;
use nuages_tests::databases::BACKENDS;
use nuages_tests::subject::Subject;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use std::cell::RefCell;
use tokio::runtime::Runtime;

const DIRECTIONS: [&str; 6] =
    ["ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST"];

/// A model with the paths that its lists are ordered by: own columns with ties and NULLs, and to-one paths.
#[derive(Debug, Clone, Copy)]
struct Listed {
    list: &'static str,
    order_type: &'static str,
    filter_type: &'static str,
    paths: &'static [&'static [&'static str]],
    filters: &'static [&'static str],
}

const MODELS: [Listed; 3] = [
    Listed {
        list: "posts",
        order_type: "PostOrder",
        filter_type: "PostFilter",
        paths: &[
            &["id"],
            &["title"],
            &["views"],
            &["published"],
            &["rating"],
            &["createdAt"],
            &["deletedAt"],
            &["categoryId"],
            &["author", "name"],
            &["author", "createdAt"],
            &["category", "name"],
            &["category", "parent", "name"],
        ],
        filters: &[
            "{}",
            r#"{"published": {"eq": true}}"#,
            r#"{"rating": {"isNull": true}}"#,
            r#"{"views": {"lt": -1}}"#,
        ],
    },
    Listed {
        list: "users",
        order_type: "UserOrder",
        filter_type: "UserFilter",
        paths: &[&["id"], &["name"], &["email"], &["isActive"], &["createdAt"], &["profile", "bio"]],
        filters: &["{}", r#"{"isActive": {"eq": true}}"#],
    },
    Listed {
        list: "comments",
        order_type: "CommentOrder",
        filter_type: "CommentFilter",
        paths: &[&["id"], &["parentId"], &["createdAt"], &["parent", "author", "name"], &["post", "rating"]],
        filters: &[r#"{"post": {"views": {"gt": 100}}}"#],
    },
];

/// One random question.
#[derive(Debug, Clone)]
struct Question {
    model: usize,
    filter: usize,
    keys: Vec<(usize, usize)>,
    page: usize,
    /// Two positions in the list, for a page between two cursors.
    between: (usize, usize),
}

fn question() -> impl Strategy<Value = Question> {
    let model = 0..MODELS.len();
    let keys = prop::collection::vec((any::<prop::sample::Index>(), 0..DIRECTIONS.len()), 0..4);
    let between = (0..1000_usize, 0..1000_usize);
    (model, any::<prop::sample::Index>(), keys, 1_usize..80, between).prop_map(
        |(model, filter, keys, page, between)| {
            let listed = MODELS[model];
            let keys = keys
                .into_iter()
                .map(|(path, direction)| (path.index(listed.paths.len()), direction))
                .collect();
            Question { model, filter: filter.index(listed.filters.len()), keys, page, between }
        },
    )
}

impl Question {
    fn listed(&self) -> Listed {
        MODELS[self.model]
    }

    fn order_by(&self) -> Value {
        let key = |(path, direction): &(usize, usize)| {
            let path = self.listed().paths[*path];
            path.iter().rev().fold(json!(DIRECTIONS[*direction]), |inner, name| json!({*name: inner}))
        };
        self.keys.iter().map(key).collect()
    }

    fn variables(&self) -> Value {
        let filter: Value = serde_json::from_str(self.listed().filters[self.filter]).unwrap();
        json!({"orderBy": self.order_by(), "where": filter})
    }
}

/// A page as it came.
#[derive(Debug, Clone, PartialEq)]
struct Page {
    ids: Vec<String>,
    cursors: Vec<String>,
    has_next: bool,
    has_previous: bool,
    total: usize,
}

async fn send(subject: &Subject, query: String, variables: Value) -> Value {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    subject.execute(&Request { query, variables, ..Request::default() }).await.value()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The whole list, by a limit that is larger than it.
async fn unpaged(subject: &Subject, question: &Question) -> Result<Vec<String>, TestCaseError> {
    let Listed { list, order_type, filter_type, .. } = question.listed();
    let query = format!(
        "query($where: {filter_type}, $orderBy: [{order_type}!]) {{
            {list}(where: $where, orderBy: $orderBy, limit: 1000) {{ id }} }}"
    );
    let answer = send(subject, query, question.variables()).await;
    prop_assert!(answer.get("errors").is_none(), "{subject}: {answer}");
    Ok(answer["data"][list].as_array().unwrap().iter().map(|row| text(&row["id"])).collect())
}

async fn page(subject: &Subject, question: &Question, arguments: Value) -> Result<Page, TestCaseError> {
    let Listed { list, order_type, filter_type, .. } = question.listed();
    let query = format!(
        "query($where: {filter_type}, $orderBy: [{order_type}!], $first: Int, $after: String, $last: Int, $before: String) {{
            page: {list}Connection(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {{
                totalCount edges {{ cursor node {{ id }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let mut variables = question.variables();
    for (name, value) in arguments.as_object().unwrap() {
        variables[name] = value.clone();
    }
    let answer = send(subject, query, variables).await;
    prop_assert!(answer.get("errors").is_none(), "{subject}: {arguments}: {answer}");
    let page = &answer["data"]["page"];
    let edges = page["edges"].as_array().unwrap();
    let result = Page {
        ids: edges.iter().map(|edge| text(&edge["node"]["id"])).collect(),
        cursors: edges.iter().map(|edge| text(&edge["cursor"])).collect(),
        has_next: page["pageInfo"]["hasNextPage"].as_bool().unwrap(),
        has_previous: page["pageInfo"]["hasPreviousPage"].as_bool().unwrap(),
        total: usize::try_from(page["totalCount"].as_u64().unwrap()).unwrap(),
    };
    prop_assert_eq!(page["pageInfo"]["startCursor"].as_str(), result.cursors.first().map(String::as_str));
    prop_assert_eq!(page["pageInfo"]["endCursor"].as_str(), result.cursors.last().map(String::as_str));
    Ok(result)
}

async fn forwards(
    subject: &Subject,
    question: &Question,
    all: &[String],
) -> Result<Vec<String>, TestCaseError> {
    let mut cursors: Vec<String> = Vec::new();
    loop {
        let start = cursors.len();
        let got = page(subject, question, json!({"first": question.page, "after": cursors.last()})).await?;
        let end = (start + question.page).min(all.len());
        prop_assert_eq!(&got.ids, &all[start..end], "{} forwards from {}", subject, start);
        prop_assert_eq!(got.has_next, end < all.len(), "{} hasNextPage at {}", subject, end);
        prop_assert_eq!(got.has_previous, start > 0, "{} hasPreviousPage at {}", subject, start);
        prop_assert_eq!(got.total, all.len());
        cursors.extend(got.cursors);
        if !got.has_next {
            return Ok(cursors);
        }
    }
}

async fn backwards(subject: &Subject, question: &Question, all: &[String]) -> Result<(), TestCaseError> {
    let mut before: Option<String> = None;
    let mut end = all.len();
    loop {
        let got = page(subject, question, json!({"last": question.page, "before": before})).await?;
        let start = end.saturating_sub(question.page);
        prop_assert_eq!(&got.ids, &all[start..end], "{} backwards from {}", subject, end);
        prop_assert_eq!(got.has_next, end < all.len(), "{} hasNextPage at {}", subject, end);
        prop_assert_eq!(got.has_previous, start > 0, "{} hasPreviousPage at {}", subject, start);
        end = start;
        if !got.has_previous {
            return Ok(());
        }
        before = got.cursors.first().cloned();
    }
}

/// A page of what lies between two cursors.
async fn between(
    subject: &Subject,
    question: &Question,
    all: &[String],
    cursors: &[String],
) -> Result<(), TestCaseError> {
    if cursors.is_empty() {
        return Ok(());
    }
    let (one, other) = (question.between.0 % cursors.len(), question.between.1 % cursors.len());
    let (low, high) = (one.min(other), one.max(other));
    let inside = all.get(low + 1..high).unwrap_or_default();
    let arguments = |size: &str| json!({size: question.page, "after": cursors[low], "before": cursors[high]});
    let first = page(subject, question, arguments("first")).await?;
    prop_assert_eq!(
        &first.ids,
        &inside[..question.page.min(inside.len())],
        "{} after {} before {}",
        subject,
        low,
        high
    );
    let last = page(subject, question, arguments("last")).await?;
    prop_assert_eq!(&last.ids, &inside[inside.len().saturating_sub(question.page)..], "{} last", subject);
    Ok(())
}

async fn ask(subjects: &[Subject], question: &Question) -> Result<(), TestCaseError> {
    let mut reference: Option<Vec<String>> = None;
    for subject in subjects {
        let all = unpaged(subject, question).await?;
        let cursors = forwards(subject, question, &all).await?;
        backwards(subject, question, &all).await?;
        between(subject, question, &all, &cursors).await?;
        if let Some(reference) = &reference {
            prop_assert_eq!(reference, &all, "{} orders otherwise than {}", subject, &subjects[0]);
        }
        reference = Some(all);
    }
    Ok(())
}

async fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for dialect in BACKENDS {
        let engines = Subject::engines(Project::Blog, dialect).await;
        subjects.extend(engines.expect("the blog's data is part of the repository"));
    }
    subjects
}

#[test]
fn the_union_of_all_pages_is_the_unpaged_list() {
    let runtime = Runtime::new().unwrap();
    let subjects = runtime.block_on(subjects());
    let asked = RefCell::new(0);
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&question(), |question| {
        *asked.borrow_mut() += 1;
        runtime.block_on(ask(&subjects, &question))
    });
    if let Err(error) = result {
        panic!("after {} questions: {error}", asked.borrow());
    }
}

/// Every path with every direction, one page size: what random choice could miss.
#[test]
fn every_single_key_pages() {
    let runtime = Runtime::new().unwrap();
    let subjects = runtime.block_on(subjects());
    for (model, listed) in MODELS.iter().enumerate() {
        for path in 0..listed.paths.len() {
            for direction in 0..DIRECTIONS.len() {
                let question =
                    Question { model, filter: 0, keys: vec![(path, direction)], page: 61, between: (3, 40) };
                if let Err(error) = runtime.block_on(ask(&subjects, &question)) {
                    panic!("{question:?}: {error}");
                }
            }
        }
    }
}

#[test]
fn a_cursor_of_another_ordering_is_refused() {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        for subject in &subjects().await {
            let page_of = |order: &str, after: &str| {
                format!("{{ postsConnection(first: 2, orderBy: [{order}]{after}) {{ edges {{ cursor }} }} }}")
            };
            let answer = send(subject, page_of("{views: ASC}", ""), json!({})).await;
            let cursor = text(&answer["data"]["postsConnection"]["edges"][1]["cursor"]);
            let after = format!(", after: \"{cursor}\"");
            let accepted = send(subject, page_of("{views: ASC}", &after), json!({})).await;
            assert!(accepted.get("errors").is_none(), "{subject}: {accepted}");

            // Another path, another direction, another placement of NULLs, a longer ordering, and a changed byte.
            let mut changed = cursor.clone().into_bytes();
            let middle = changed.len() / 2;
            changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
            let forged = format!(", after: \"{}\"", String::from_utf8(changed).unwrap());
            for (order, after) in [
                ("{title: ASC}", &after),
                ("{id: ASC}", &after),
                ("{views: DESC}", &after),
                ("{views: ASC}, {title: ASC}", &after),
                ("{views: ASC}", &forged),
            ] {
                let refused = send(subject, page_of(order, after), json!({})).await;
                assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_INPUT", "{subject}: {order}: {refused}");
            }
            // The same cursor for another list.
            let query = format!("{{ usersConnection(first: 2, orderBy: [{{id: ASC}}], after: \"{cursor}\") {{ edges {{ cursor }} }} }}");
            let refused = send(subject, query, json!({})).await;
            assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_INPUT", "{subject}: {refused}");
        }
    });
}
