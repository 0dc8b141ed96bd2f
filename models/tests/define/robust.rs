//! Files that people break while they edit are answered with errors, never with a panic.

use nuages_models::define::{SourceFile, define};
use proptest::prelude::*;

const BLOG: &str = include_str!("../../../examples/blog/models/blog.toml");
const PAGILA: &str = include_str!("../../../examples/pagila/models/pagila.toml");

/// One edit: which word, and what becomes of it.
#[derive(Debug, Clone)]
enum Edit {
    DeleteLine(usize),
    RepeatLine(usize),
    SwapWords(usize, usize),
    DeleteWord(usize),
    Cut(usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let any = || 0..100_000_usize;
    let edit = prop_oneof![
        any().prop_map(Edit::DeleteLine),
        any().prop_map(Edit::RepeatLine),
        (any(), any()).prop_map(|(a, b)| Edit::SwapWords(a, b)),
        any().prop_map(Edit::DeleteWord),
        any().prop_map(Edit::Cut),
    ];
    prop::collection::vec(edit, 1..6)
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_owned();
    for edit in edits {
        let mut lines: Vec<&str> = text.lines().collect();
        let words: Vec<(usize, &str)> = text
            .match_indices(|c: char| c.is_ascii_alphabetic())
            .filter(|(at, _)| !text[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
            .map(|(at, _)| {
                let rest = &text[at..];
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                (at, &rest[..end])
            })
            .collect();
        if lines.is_empty() || words.is_empty() {
            break;
        }
        text = match edit {
            Edit::DeleteLine(n) => {
                lines.remove(n % lines.len());
                lines.join("\n")
            }
            Edit::RepeatLine(n) => {
                let line = lines[n % lines.len()];
                lines.insert(n / 7 % lines.len(), line);
                lines.join("\n")
            }
            Edit::SwapWords(a, b) => {
                let ((at, old), (_, new)) = (words[a % words.len()], words[b % words.len()]);
                format!("{}{new}{}", &text[..at], &text[at + old.len()..])
            }
            Edit::DeleteWord(n) => {
                let (at, old) = words[n % words.len()];
                format!("{}{}", &text[..at], &text[at + old.len()..])
            }
            Edit::Cut(n) => {
                let (at, _) = words[n % words.len()];
                text[..at].to_owned()
            }
        };
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_files_give_errors_in_order(which in any::<bool>(), edits in edits()) {
        let text = apply(if which { BLOG } else { PAGILA }, &edits);
        let other = SourceFile { path: "b.toml".to_owned(), text: "[Extra.fields]\nx = { type = 'text' }".to_owned() };
        match define(&[SourceFile { path: "a.toml".to_owned(), text }, other]) {
            Ok(registry) => prop_assert!(registry.model_named("Extra").is_some()),
            Err(errors) => {
                prop_assert!(!errors.errors.is_empty());
                prop_assert!(errors.errors.iter().all(|error| error.line() > 0 && !error.message().is_empty()));
                prop_assert!(errors.render(false).contains("nuages::define::"));
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        let _ = define(&[SourceFile { path: "a.toml".to_owned(), text }]);
    }
}

#[test]
fn deep_files_are_refused() {
    for text in [
        format!("a = {}", "[".repeat(10_000)),
        format!("[{}]\nx = 1", vec!["a"; 10_000].join(".")),
        format!("[A.fields]\nx = {{ type = 'json', default = {}1{} }}", "[".repeat(5000), "]".repeat(5000)),
    ] {
        assert!(define(&[SourceFile { path: "a.toml".to_owned(), text }]).is_err());
    }
}
