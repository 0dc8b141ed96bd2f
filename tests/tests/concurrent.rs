//! Mutations at the same time: no update is lost, one of many expectations is met, one of many upserts makes the row,
//! and requests that are in each other's way are done all the same. On both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_schema::Request;
use nuages_tests::data::Project;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::subject::Subject;
use serde_json::{Value, json};
use std::sync::Arc;

/// How many requests come at once.
const MANY: usize = 50;
/// How many of them write the same rows in two orders. PostgreSQL takes a second to see a deadlock.
const DEADLOCKED: usize = 8;

async fn subjects() -> Vec<Arc<Subject>> {
    let mut subjects = Vec::new();
    for dialect in BACKENDS {
        let original =
            TestDatabase::filled(dialect, Project::Blog).expect("the blog's data is part of the repository");
        subjects.push(Arc::new(Subject::on_copies(Project::Blog, &original).await.remove(0)));
    }
    subjects
}

async fn ask(subject: &Subject, query: &str) -> Value {
    subject.execute(&Request { query: query.to_owned(), ..Request::default() }).await.value()
}

/// The answers to documents that are sent at once.
async fn at_once(subject: &Arc<Subject>, many: usize, document: impl Fn(usize) -> String) -> Vec<Value> {
    let sent = (0..many).map(|number| {
        let (subject, query) = (Arc::clone(subject), document(number));
        tokio::spawn(async move { ask(&subject, &query).await })
    });
    futures::future::try_join_all(sent).await.expect("no request panics")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost() {
    for subject in subjects().await {
        let before =
            ask(&subject, "{ post(id: 3) { views } }").await["data"]["post"]["views"].as_i64().unwrap();
        let document = "mutation { updatePost(id: 3, calc: {views: \"views + 1\"}) { views } }";
        let answers = at_once(&subject, MANY, |_| document.to_owned()).await;
        let mut seen: Vec<i64> = answers
            .iter()
            .map(|answer| {
                answer["data"]["updatePost"]["views"]
                    .as_i64()
                    .unwrap_or_else(|| panic!("{subject}: {answer}"))
            })
            .collect();
        seen.sort_unstable();
        // Each has read its own.
        let expected: Vec<i64> = (1..=MANY as i64).map(|more| before + more).collect();
        assert_eq!(seen, expected, "{subject}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_expectation_is_met() {
    for subject in subjects().await {
        let answers = at_once(&subject, MANY, |number| {
            format!("mutation {{ updatePost(id: 3, set: {{title: \"t{number}\"}}, expect: {{title: \"hello\"}}) {{ title }} }}")
        })
        .await;
        let (met, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["data"].is_object());
        assert_eq!(met.len(), 1, "{subject}: {answers:?}");
        let title = &met[0]["data"]["updatePost"]["title"];
        for other in others {
            assert_eq!(other["errors"][0]["extensions"]["code"], "CONFLICT", "{subject}: {other}");
            assert_eq!(&other["errors"][0]["extensions"]["current"]["title"], title, "{subject}: {other}");
        }
        assert_eq!(&ask(&subject, "{ post(id: 3) { title } }").await["data"]["post"]["title"], title);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_upsert_makes_the_row() {
    for subject in subjects().await {
        let document = "mutation { upsertTag(key: {name: \"at once\"}, create: {name: \"at once\"}) { created tag { id } } }";
        let answers = at_once(&subject, MANY, |_| document.to_owned()).await;
        let made =
            answers.iter().filter(|answer| answer["data"]["upsertTag"]["created"] == json!(true)).count();
        assert_eq!(made, 1, "{subject}: {answers:?}");
        let id = &answers[0]["data"]["upsertTag"]["tag"]["id"];
        assert!(answers.iter().all(|answer| answer["data"]["upsertTag"]["tag"]["id"] == *id), "{subject}");
        let count = ask(&subject, "{ tagsAggregate(where: {name: {eq: \"at once\"}}) { count } }").await;
        assert_eq!(count["data"]["tagsAggregate"]["count"], 1, "{subject}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deadlocks_are_done_again() {
    for subject in subjects().await {
        let answers = at_once(&subject, DEADLOCKED, |number| {
            let (first, second) = if number % 2 == 0 { (3, 4) } else { (4, 3) };
            let step = |name: &str, id: i32| {
                format!("{name}: updatePost(id: {id}, calc: {{views: \"views + 1\"}}) {{ id }}")
            };
            format!("mutation {{ {} {} }}", step("a", first), step("b", second))
        })
        .await;
        let failed: Vec<&Value> = answers.iter().filter(|answer| !answer["data"].is_object()).collect();
        assert!(failed.is_empty(), "{subject}: {failed:?}");
        let after =
            ask(&subject, "{ posts(where: {id: {in: [3, 4]}}, orderBy: [{id: ASC}]) { views } }").await;
        assert_eq!(
            after["data"]["posts"],
            json!([{"views": 99 + DEADLOCKED}, {"views": 65535 + DEADLOCKED}]),
            "{subject}"
        );
    }
}
