//! The projects that tests read from, and their data.
//!
//! The blog's small data is part of the repository. Chinook and Pagila are other people's: they are looked for in the
//! folder of `NUAGES_ORACLE_DATA`, then beside the workspace, and tests that need them say so when they are absent.

use crate::databases::TestDatabase;
use crate::{postgres, program, workspace};
use flate2::read::GzDecoder;
use nuages_models::database::Dialect;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A project folder with data for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Project {
    /// The main example: users, posts, comments, tags, categories.
    Blog,
    /// A music shop: existing tables, keys of several columns.
    Chinook,
    /// A film rental: existing tables.
    Pagila,
}

impl Project {
    /// Its name: the folder's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blog => "blog",
            Self::Chinook => "chinook",
            Self::Pagila => "pagila",
        }
    }

    /// The project with this name.
    ///
    /// # Panics
    /// When there is none.
    pub fn named(name: &str) -> Self {
        [Self::Blog, Self::Chinook, Self::Pagila]
            .into_iter()
            .find(|project| project.name() == name)
            .unwrap_or_else(|| panic!("there is no project `{name}`; projects are blog, chinook and pagila"))
    }

    /// Its folder, with `nuages.toml`.
    pub fn folder(self) -> PathBuf {
        workspace::path("examples").join(self.name())
    }
}

/// What copies are made from.
#[derive(Debug)]
pub(crate) enum Template {
    /// An SQLite file.
    File(Vec<u8>),
    /// A PostgreSQL database that nobody may connect to.
    Database(String),
}

/// The template of a project, made when it is first asked for. `None` when the data is not on this machine.
pub(crate) fn template(project: Project, dialect: Dialect) -> Option<Arc<Template>> {
    type Templates = Mutex<HashMap<(Project, bool), Option<Arc<Template>>>>;
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    let mut templates =
        TEMPLATES.get_or_init(Templates::default).lock().unwrap_or_else(PoisonError::into_inner);
    let template = templates.entry((project, dialect == Dialect::Sqlite)).or_insert_with(|| {
        let database = fill(project, dialect)?;
        Some(Arc::new(match dialect {
            Dialect::Sqlite => {
                Template::File(std::fs::read(database.path()).expect("the template was written"))
            }
            Dialect::Postgres => Template::Database(database.url.clone()),
        }))
    });
    template.clone()
}

/// Makes a database with the project's tables and data. `None` when the data is not on this machine.
pub(crate) fn fill(project: Project, dialect: Dialect) -> Option<TestDatabase> {
    match project {
        Project::Blog => Some(blog(dialect)),
        Project::Chinook | Project::Pagila => existing(project, dialect),
    }
}

/// The blog's tables by `nuages migrate` and its rows as the project's initial data, or by `nuages loaddata`: what a
/// user does.
fn blog(dialect: Dialect) -> TestDatabase {
    let database = TestDatabase::empty(dialect, "blog_template");
    let project = Project::Blog.folder();
    let project = project.to_str().expect("the workspace's path is UTF-8");
    let mut rows = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
    let file = workspace::path("tests/data/blog_small.jsonl.gz");
    let lines = BufReader::new(GzDecoder::new(File::open(file).expect("the data is part of the repository")));
    for line in lines.lines().map(|line| line.expect("the data is UTF-8")) {
        // The file has the rows of another set of models as well.
        if line.starts_with("{\"table\": \"blog_") {
            writeln!(rows, "{line}").unwrap();
        }
    }
    rows.flush().unwrap();
    let rows = rows.path().to_str().expect("temporary paths are UTF-8");
    program::run(&["migrate", project, "--database", &database.url], &[("NUAGES_INITIAL_DATA", rows)]);
    if database.count("blog_post") == 0 {
        program::run(&["loaddata", project, rows, "--database", &database.url], &[]);
    }
    for (table, rows) in [("blog_user", 52), ("blog_post", 220), ("blog_comment", 700)] {
        assert_eq!(database.count(table), rows, "rows of {table}");
    }
    if dialect == Dialect::Sqlite {
        // The copy is one file: what is still in the write-ahead log must be in it.
        let connection = rusqlite::Connection::open(database.path()).expect("the template opens");
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .expect("nobody else has it open");
    }
    database
}

/// A database as other programs made it, from a dump.
fn existing(project: Project, dialect: Dialect) -> Option<TestDatabase> {
    let name = project.name();
    let suffix = match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "pg",
    };
    let Some(dump) =
        folder().map(|folder| folder.join(format!("{name}.{suffix}.sql.gz"))).filter(|f| f.is_file())
    else {
        eprintln!("skipped: the {name} data is not on this machine (set NUAGES_ORACLE_DATA to its folder)");
        return None;
    };
    let mut sql = String::new();
    GzDecoder::new(File::open(&dump).unwrap()).read_to_string(&mut sql).expect("the dump is gzipped UTF-8");
    let database = TestDatabase::empty(dialect, name);
    match dialect {
        Dialect::Sqlite => {
            let connection = rusqlite::Connection::open(database.path()).unwrap();
            connection.execute_batch(&sql).unwrap_or_else(|error| panic!("{}: {error}", dump.display()));
        }
        Dialect::Postgres => postgres::run_script(&database.url, &sql),
    }
    Some(database)
}

/// A file of other people's data, for what needs more than a project's; `None` when it is not on this machine.
pub fn foreign_file(name: &str) -> Option<PathBuf> {
    folder().map(|folder| folder.join(name)).filter(|file| file.is_file())
}

fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("NUAGES_ORACLE_DATA").map(PathBuf::from);
    given.or_else(|| Some(workspace::path("../shared/oracle/data"))).filter(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::databases::BACKENDS;

    #[test]
    fn existing_databases_are_complete() {
        for dialect in BACKENDS {
            let Some(database) = TestDatabase::filled(dialect, Project::Chinook) else { return };
            assert_eq!(database.count("album"), 347, "{dialect:?}");
        }
    }
}
