//! The README's story of a project whose models change: its commands do what they say, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use nuages_tests::databases::{BACKENDS, TestDatabase};
use nuages_tests::{program, workspace};
use std::fs;
use std::process::Command;

#[test]
fn the_story_of_a_changing_project_works_as_written() {
    let readme = fs::read_to_string(workspace::path("README.md")).unwrap();
    let section = readme.split("## Changing the models").nth(1).expect("the README tells the story");
    let story = section.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder_of_program = program::path().parent().unwrap().to_owned();
    for dialect in BACKENDS {
        let database = TestDatabase::empty(dialect, "story");
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-ec", story])
            .current_dir(folder.path())
            .env("PATH", format!("{}:{path}", folder_of_program.display()))
            .env("NUAGES_DATABASE", &database.url)
            .env_remove("DATABASE_URL")
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{dialect:?}\n{shown}\n{errors}");
        for said in [
            "Wrote migrations/0001_initial.toml",
            "~ Rename field title on app.Note to headline",
            "Undoing 0003_rename_title_note_headline",
            "No changes detected",
        ] {
            assert!(shown.contains(said), "{dialect:?}: {said}\n{shown}");
        }
        let answer =
            shown.split("No changes detected").next().and_then(|before| before.rfind("{\n  \"data\""));
        let answer = shown[answer.expect("the last query is answered")..].split("No changes").next().unwrap();
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let notes = serde_json::json!([
            { "headline": "buy milk", "priority": "3.0", "folder": { "name": "home" }, "tags": [] }
        ]);
        assert_eq!(answer["data"]["notes"], notes, "{dialect:?}: nothing is lost");
        let files = fs::read_dir(folder.path().join("notes/migrations")).unwrap().count();
        assert_eq!(files, 6, "{dialect:?}: the first and five changes");
    }
}
