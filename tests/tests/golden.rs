//! Every folder of `tests/cases`, on both databases and under every strategy.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_tests::data::Project;
use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::golden::{self, Mode};
use nuages_tests::subject::Subject;
use nuages_tests::workspace;
use std::collections::BTreeMap;

#[tokio::test]
async fn cases() {
    let mode = Mode::of_environment();
    let mut by_project: BTreeMap<String, Vec<golden::Case>> = BTreeMap::new();
    for case in golden::cases(&workspace::path("tests/cases")) {
        let project = case.settings.project.clone().unwrap_or_else(|| Project::Blog.name().to_owned());
        by_project.entry(project).or_default().push(case);
    }
    let mut problems = Vec::new();
    let mut run = 0;
    for (name, cases) in by_project {
        let project = Project::named(&name);
        let mut subjects = Vec::new();
        for dialect in BACKENDS {
            subjects.extend(Subject::engines(project, dialect).await.into_iter().flatten());
        }
        if subjects.is_empty() {
            println!("skipped: {} cases of {name}", cases.len());
            continue;
        }
        let originals: Vec<_> = if cases.iter().any(golden::Case::is_mutation) {
            BACKENDS.iter().filter_map(|dialect| TestDatabase::filled(*dialect, project)).collect()
        } else {
            Vec::new()
        };
        for case in &cases {
            let mut copies = Vec::new();
            if case.is_mutation() {
                for original in &originals {
                    copies.extend(Subject::on_copies(project, original).await);
                }
            }
            let subjects = if case.is_mutation() { &copies } else { &subjects };
            for subject in subjects {
                if let Some(reason) = golden::reason_to_skip(case, subject) {
                    println!("skipped on {subject}: {}: {reason}", case.folder.display());
                }
            }
            problems.extend(golden::run_case(case, subjects, mode).await);
            run += 1;
        }
    }
    println!("{run} cases run");
    assert!(problems.is_empty(), "{} problems\n\n{}", problems.len(), problems.join("\n"));
    assert!(run > 0, "no case was run");
}
