//! The tables of docs/expressions.md are those of the code.

use nuages_models::aggregates::AGGREGATES;
use nuages_models::functions::FUNCTIONS;
use nuages_models::lookups::LOOKUPS;
use nuages_models::windows::WINDOWS;
use nuages_tests::workspace;
use std::fmt::Write;

const MARK: &str =
    "<!-- tables: made from the code by `NUAGES_GOLDEN=rewrite cargo test -p nuages-tests --test docs` -->\n";

fn table(out: &mut String, title: &str, rows: impl Iterator<Item = (&'static str, &'static str)>) {
    let _ = writeln!(out, "\n## {title}\n\n| write | what it gives |\n|---|---|");
    for (usage, doc) in rows {
        let _ = writeln!(out, "| `{}` | {} |", usage.replace('|', "\\|"), doc.replace('|', "\\|"));
    }
}

#[test]
fn tables_are_those_of_the_code() {
    let path = workspace::path("docs/expressions.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, _) = text.split_once(MARK).expect("the mark of the tables stands in the page");
    let mut made = format!("{head}{MARK}");
    table(&mut made, "Functions", FUNCTIONS.iter().map(|function| (function.usage, function.doc)));
    table(&mut made, "Aggregates", AGGREGATES.iter().map(|aggregate| (aggregate.usage, aggregate.doc)));
    table(&mut made, "Window functions", WINDOWS.iter().map(|window| (window.usage, window.doc)));
    table(&mut made, "Tests", LOOKUPS.iter().map(|lookup| (lookup.name, lookup.doc)));
    if std::env::var_os("NUAGES_GOLDEN").is_some_and(|value| value == "rewrite") {
        std::fs::write(&path, made).unwrap();
    } else {
        assert!(text == made, "docs/expressions.md is not what the code says; rewrite it as it says itself");
    }
}
