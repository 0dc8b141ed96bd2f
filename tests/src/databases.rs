//! Fresh databases for tests, on both backends; filled ones are copied from a template.

use crate::data::{self, Project, Template};
use crate::postgres;
use nuages_models::database::Dialect;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Both databases, in the order in which differences are reported.
pub const BACKENDS: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// A database of one test, gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// Which SQL it speaks.
    pub dialect: Dialect,
    /// How to connect to it.
    pub url: String,
    /// The folder of an SQLite file.
    folder: Option<TempDir>,
}

impl TestDatabase {
    /// A database without tables.
    pub fn empty(dialect: Dialect, name: &str) -> Self {
        match dialect {
            Dialect::Sqlite => {
                let folder = tempfile::Builder::new().prefix("nuages-sqlite-").tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("data.db").display());
                Self { dialect, url, folder: Some(folder) }
            }
            Dialect::Postgres => Self { dialect, url: postgres::create_database(name), folder: None },
        }
    }

    /// A database with the tables and the data of a project. `None`, after a line that says so, when the data
    /// is not on this machine.
    pub fn filled(dialect: Dialect, project: Project) -> Option<Self> {
        if dialect == Dialect::Postgres && postgres::is_external() {
            // A template on a lasting server would stay there.
            return data::fill(project, dialect);
        }
        Some(match data::template(project, dialect)?.as_ref() {
            Template::File(bytes) => {
                let database = Self::empty(dialect, project.name());
                std::fs::write(database.path(), bytes).expect("the temporary folder can be written");
                database
            }
            Template::Database(url) => {
                Self { dialect, url: postgres::copy_database(url, project.name()), folder: None }
            }
        })
    }

    /// A copy of this database, to which nobody is connected.
    ///
    /// # Panics
    /// When somebody is.
    pub fn copy(&self, name: &str) -> Self {
        match self.dialect {
            Dialect::Sqlite => {
                let copy = Self::empty(Dialect::Sqlite, name);
                std::fs::copy(self.path(), copy.path()).expect("the temporary folder can be written");
                copy
            }
            Dialect::Postgres => Self {
                dialect: Dialect::Postgres,
                url: postgres::copy_database(&self.url, name),
                folder: None,
            },
        }
    }

    /// How many rows a table has, asked of the database itself.
    ///
    /// # Panics
    /// When there is no such table.
    pub fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        match self.dialect {
            Dialect::Sqlite => {
                let connection = rusqlite::Connection::open(self.path()).expect("the file opens");
                connection
                    .query_row(&sql, [], |row| row.get(0))
                    .unwrap_or_else(|error| panic!("{sql}: {error}"))
            }
            Dialect::Postgres => {
                postgres::execute(&self.url, &sql).and_then(|count| count.parse().ok()).expect("a count")
            }
        }
    }

    /// The file of an SQLite database.
    ///
    /// # Panics
    /// When it is a PostgreSQL database.
    pub fn path(&self) -> PathBuf {
        sqlite_path(&self.url).to_owned()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // The throw-away cluster goes as a whole; dropping each database would only cost time.
        if self.folder.is_none() && postgres::is_external() {
            postgres::drop_database(&self.url);
        }
    }
}

fn sqlite_path(url: &str) -> &Path {
    Path::new(url.strip_prefix("sqlite:").expect("an SQLite URL"))
}
