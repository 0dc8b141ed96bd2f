//! What must be absent from the source tree: each border between the stages and each habit that a program can check.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_tests::source::{self, Line};
use nuages_tests::workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// The packages that people get; tests and benches may reach behind the borders.
const PRODUCT: [&str; 4] = ["models", "schema", "migrations", "server"];

/// Which packages of the workspace each may use.
const DEPENDENCIES: [(&str, &[&str]); 6] = [
    ("models", &[]),
    ("schema", &["nuages-models"]),
    ("migrations", &["nuages-models"]),
    ("server", &["nuages-models", "nuages-schema", "nuages-migrations"]),
    ("tests", &["nuages-models", "nuages-schema", "nuages-migrations", "nuages"]),
    ("benches", &["nuages-models", "nuages-schema", "nuages-migrations", "nuages", "nuages-tests"]),
];

/// Packages of other people that a package must not know.
const STRANGERS: [(&str, &[&str]); 3] = [
    ("models", &["apollo", "graphql", "axum", "hyper", "tower"]),
    ("schema", &["rusqlite", "postgres", "sqlx", "deadpool", "axum", "hyper", "tower"]),
    (
        "migrations",
        &["rusqlite", "postgres", "sqlx", "deadpool", "apollo", "graphql", "axum", "hyper", "tower"],
    ),
];

struct Source {
    /// Relative to the workspace, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// Code and strings outside of tests, with line numbers from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, Line)> {
        source::lines(source::without_tests(&self.text))
            .into_iter()
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }

    fn is_test(&self) -> bool {
        self.name.split('/').any(|part| matches!(part, "tests" | "benches") || part.ends_with("tests.rs"))
    }
}

/// The files of the workspace, without what is built or installed.
fn files() -> Vec<Source> {
    let mut names = Vec::new();
    walk(&workspace::root(), &mut names);
    names.sort();
    let sources = names.into_iter().filter_map(|path| {
        let name = path.strip_prefix(workspace::root()).unwrap().to_str().unwrap().replace('\\', "/");
        // What is not UTF-8 is data or an image.
        Some(Source { name, text: fs::read_to_string(&path).ok()? })
    });
    sources.collect()
}

fn walk(folder: &Path, names: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name();
        if matches!(name.to_str(), Some("target" | "node_modules" | ".git" | "dist")) {
            continue;
        }
        if entry.file_type().unwrap().is_file() {
            names.push(path);
        } else if entry.file_type().unwrap().is_dir() {
            walk(&path, names);
        }
    }
}

fn rust_files() -> Vec<Source> {
    files().into_iter().filter(|file| file.name.ends_with(".rs")).collect()
}

/// Rust files of the product outside of tests.
fn product_files() -> Vec<Source> {
    let is_product =
        |file: &Source| PRODUCT.iter().any(|package| file.name.starts_with(&format!("{package}/src/")));
    rust_files().into_iter().filter(|file| is_product(file) && !file.is_test()).collect()
}

fn assert_none(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}\n{}", found.join("\n"));
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[test]
fn the_tree_is_seen() {
    let names: Vec<String> = product_files().into_iter().map(|file| file.name).collect();
    for package in PRODUCT {
        assert!(
            names.contains(&format!("{package}/src/lib.rs")),
            "{package}/src/lib.rs is not among {names:?}"
        );
    }
}

#[test]
fn drivers_are_known_to_the_database_module_only() {
    let mut found = Vec::new();
    for file in product_files().iter().filter(|file| !file.name.starts_with("models/src/database/")) {
        for (number, line) in file.lines() {
            let drivers =
                ["tokio_postgres", "postgres_types", "deadpool_postgres", "deadpool", "rusqlite", "sqlx"];
            if words(&line.code).any(|word| drivers.contains(&word)) {
                found.push(format!("{}:{number}: {}", file.name, line.code.trim()));
            }
        }
    }
    assert_none("drivers are named outside of models/src/database; put the code there", found);
}

#[test]
fn sql_is_written_by_models_and_migrations_only() {
    // A statement is a keyword and what follows it: prose begins with neither in capitals.
    const STATEMENTS: [&str; 14] = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE ",
        "CREATE TABLE",
        "CREATE INDEX",
        "ALTER TABLE",
        "DROP TABLE",
        "WITH ",
        "PRAGMA ",
        "BEGIN",
        "COMMIT",
        "ORDER BY ",
        "WHERE ",
    ];
    let mut found = Vec::new();
    let is_concerned = |name: &str| {
        (name.starts_with("schema/") || name.starts_with("server/"))
            && name.rsplit('/').next() != Some("data.rs")
            && !name.starts_with("server/src/data/")
    };
    for file in product_files().iter().filter(|file| is_concerned(&file.name)) {
        for (number, line) in file.lines() {
            for text in &line.strings {
                if STATEMENTS.iter().any(|statement| text.trim_start().starts_with(statement)) {
                    found.push(format!("{}:{number}: {text}", file.name));
                }
            }
        }
    }
    assert_none("SQL text outside of models and migrations", found);
}

#[test]
fn models_know_no_graphql() {
    let mut found = Vec::new();
    // A model file may override GraphQL names: the vocabulary is read and kept, and means nothing here.
    let keeps_names =
        |name: &str| name.starts_with("models/src/registry/") || name.starts_with("models/src/define");
    for file in
        product_files().iter().filter(|file| file.name.starts_with("models/") && !keeps_names(&file.name))
    {
        for (number, line) in file.lines() {
            let code = line.code.to_lowercase();
            if code.contains("graphql") && !code.contains("graphql_name") && !code.contains("graphqlmodel")
                || code.contains("apollo")
            {
                found.push(format!("{}:{number}: {}", file.name, line.code.trim()));
            }
        }
    }
    assert_none("GraphQL in models", found);
}

#[test]
fn nothing_unwraps() {
    let mut found = Vec::new();
    for file in product_files() {
        for (number, line) in file.lines() {
            let code = &line.code;
            if [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!("]
                .iter()
                .any(|call| code.contains(call))
            {
                found.push(format!("{}:{number}: {}", file.name, code.trim()));
            }
        }
    }
    assert_none("a request, a model file or a migration could end the process: return an error", found);
}

#[test]
fn every_file_says_what_it_is() {
    let found = rust_files().into_iter().filter(|file| {
        let first = file.text.lines().find(|line| !line.starts_with("#!["));
        !first.is_some_and(|line| line.starts_with("//! "))
    });
    assert_none("the first line is not a `//!` comment", found.map(|file| file.name).collect());
}

#[test]
fn files_are_short() {
    const LONGEST: usize = 800;
    let written_by_hand =
        |name: &str| [".rs", ".mjs", ".ts", ".tsx", ".py"].iter().any(|end| name.ends_with(end));
    let found =
        files().into_iter().filter(|file| written_by_hand(&file.name) && file.text.lines().count() > LONGEST);
    assert_none("more than 800 lines: one idea a file", found.map(|file| file.name).collect());
}

#[test]
fn modules_are_named_for_what_they_hold() {
    let found = rust_files().into_iter().filter(|file| {
        let mut parts = file.name.trim_end_matches(".rs").split('/');
        parts.any(|part| matches!(part, "utils" | "util" | "helpers" | "helper" | "common" | "misc"))
    });
    assert_none("a name that could hold anything", found.map(|file| file.name).collect());
}

#[test]
fn the_architecture_names_every_folder() {
    let text = fs::read_to_string(workspace::path("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let found = fs::read_dir(workspace::root()).unwrap().map(Result::unwrap).filter_map(|entry| {
        let name = entry.file_name().to_str()?.to_owned();
        // Other dotted folders are an editor's.
        let is_ours = entry.path().is_dir() && name != "target" && (!name.starts_with('.') || name == ".ci");
        (is_ours && !text.contains(&format!("`{name}/`"))).then_some(name)
    });
    assert_none("folders that ARCHITECTURE.md does not name as `folder/`", found.collect());
}

#[test]
fn nothing_depends_on_one_machine() {
    // In pieces, so that this file does not find itself.
    let homes = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];
    let sibling = concat!("../sh", "ared");
    let mut found = Vec::new();
    for file in files() {
        for (number, line) in file.text.lines().enumerate() {
            let home = homes.iter().any(|home| {
                // A path begins there: not the middle of a URL or of a longer path.
                line.match_indices(home).any(|(at, _)| {
                    !line[..at]
                        .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '}'))
                })
            });
            let optional_data = file.name == "tests/src/data.rs" && line.contains("workspace::path(");
            if home || (line.contains(sibling) && !optional_data) {
                found.push(format!("{}:{}: {}", file.name, number + 1, line.trim()));
            }
        }
    }
    assert_none("paths of one machine", found);
}

#[test]
fn packages_depend_one_way() {
    let mut found = Vec::new();
    for (package, allowed) in DEPENDENCIES {
        let text = fs::read_to_string(workspace::path(package).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        let strangers =
            STRANGERS.iter().find(|(name, _)| *name == package).map_or(&[][..], |(_, list)| *list);
        for section in ["dependencies", "build-dependencies"] {
            for name in
                manifest.get(section).and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys)
            {
                let is_ours = name == "nuages" || name.starts_with("nuages-");
                if is_ours && !allowed.contains(&name.as_str())
                    || strangers.iter().any(|stranger| name.contains(stranger))
                {
                    found.push(format!("{package}/Cargo.toml: {name}"));
                }
            }
        }
    }
    let members: toml::Table = fs::read_to_string(workspace::path("Cargo.toml")).unwrap().parse().unwrap();
    for member in members["workspace"]["members"].as_array().unwrap() {
        if !DEPENDENCIES.iter().any(|(package, _)| member.as_str() == Some(package)) {
            found.push(format!("{member} is not in the table of this test"));
        }
    }
    assert_none("dependencies against the direction server → schema, migrations → models", found);
}
