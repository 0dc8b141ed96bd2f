//! `nuages inspectdb`: model files for a database that is there.

use super::run::Failure;
use crate::config::{CONFIG_FILE, Config};
use crate::project::ProjectError;
use nuages_migrations::{InspectOptions, Inspected, inspectdb};
use nuages_models::database::{Database, DatabaseOptions};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Longest time of one question to the database, in milliseconds: a view may take for ever.
const TIMEOUT_MS: u64 = 30_000;

/// What is to be read, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(super) struct InspectArguments {
    /// Database to read: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(value_name = "DATABASE_URL")]
    url: String,
    /// Tables and views to read; all when left out
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    /// Folder of the project to write; the standard output when left out
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// App of all models, the model file's name; made from the tables' prefixes when left out
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
}

/// Why no model files were written.
#[derive(Debug, thiserror::Error)]
pub(super) enum InspectFailure {
    /// The database could not be read, or has nothing.
    #[error(transparent)]
    Inspect(#[from] nuages_migrations::InspectError),
    /// There is no such file.
    #[error("there is no file {}; write sqlite: and the path of a database that is there", .0.display())]
    NoFile(PathBuf),
    /// A file is there already.
    #[error("{} is there already; nothing was written. Name another folder, or another --app", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads the database and writes the files, or prints them. Gives what is to be told.
pub(super) async fn inspect(arguments: InspectArguments) -> Result<String, Failure> {
    let config = Config { database: arguments.url.clone(), ..Config::default() };
    let shown = config.database_without_password();
    if let Some(path) = sqlite_file(&arguments.url)
        && !path.is_file()
    {
        // Connecting would make one.
        return Err(InspectFailure::NoFile(path).into());
    }
    let options = DatabaseOptions { pool_size: Some(1), statement_timeout_ms: Some(TIMEOUT_MS) };
    let database = Database::connect(&arguments.url, options)
        .await
        .map_err(|source| ProjectError::Database { url: shown.clone(), source })?;
    let options =
        InspectOptions { name: name_of(&arguments.url), app: arguments.app, tables: arguments.tables };
    let inspected = inspectdb(&database, &options).await.map_err(InspectFailure::from)?;
    match &arguments.output {
        None => Ok(printed(&inspected)),
        Some(folder) => {
            write(folder, &inspected, &arguments.url, &shown)?;
            Ok(report(&inspected, folder))
        }
    }
}

/// The files one after the other, each with its name when there are several.
fn printed(inspected: &Inspected) -> String {
    match inspected.files.as_slice() {
        [file] => file.text.clone(),
        files => files.iter().map(|file| format!("# ---- {} ----\n\n{}\n", file.path, file.text)).collect(),
    }
}

fn report(inspected: &Inspected, folder: &Path) -> String {
    let noun = if inspected.models == 1 { "model" } else { "models" };
    let files: Vec<&str> = inspected.files.iter().map(|file| file.path.as_str()).collect();
    let shown = folder.display();
    let mut text = format!("Wrote {} {noun} into {shown}: {}\n", inspected.models, files.join(", "));
    let unmanaged = inspected.unmanaged.len();
    if unmanaged > 0 {
        text.push_str(&format!(
            "{unmanaged} of them are managed = false: they are served, and their tables are never changed\n"
        ));
    }
    for line in &inspected.outside {
        text.push_str(&format!("Left out: {line}\n"));
    }
    text.push_str(&format!(
        "Look through the comments, then: nuages check {shown} && nuages serve {shown}\n"
    ));
    text
}

/// Writes the model files, and settings where there are none. Nothing that is there is overwritten.
fn write(folder: &Path, inspected: &Inspected, url: &str, shown: &str) -> Result<(), InspectFailure> {
    for file in &inspected.files {
        let path = folder.join(&file.path);
        if path.symlink_metadata().is_ok() {
            return Err(InspectFailure::Exists(path));
        }
    }
    let settings = folder.join(CONFIG_FILE);
    let mut files: Vec<(PathBuf, String)> =
        inspected.files.iter().map(|file| (folder.join(&file.path), file.text.clone())).collect();
    if settings.symlink_metadata().is_err() {
        files.push((settings, settings_text(url, shown)));
    }
    for (path, text) in files {
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            fs::File::options().write(true).create_new(true).open(&path)?.write_all(text.as_bytes())
        });
        written.map_err(|source| InspectFailure::Write { path: path.clone(), source })?;
    }
    Ok(())
}

fn settings_text(url: &str, shown: &str) -> String {
    let url = match sqlite_file(url).and_then(|path| path.canonicalize().ok()) {
        Some(path) => format!("sqlite:{}", path.display()),
        // Paths and parameters are kept; a password is not for a file that is committed.
        None if shown.split(['?']).next() == url.split('?').next() => url.to_owned(),
        None => shown.to_owned(),
    };
    let password = if url == shown {
        "    # a password belongs into NUAGES_DATABASE, the whole URL with it"
    } else {
        ""
    };
    format!(
        "# Settings of the project. The environment (NUAGES_DATABASE, …) and flags win over them.\n\ndatabase = {url:?}{password}\n"
    )
}

/// The file of an SQLite URL; none of a database in memory.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

/// The database's name: what its last part is called.
fn name_of(url: &str) -> String {
    if let Some(path) = sqlite_file(url) {
        return path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    }
    let path = url.split('?').next().unwrap_or(url);
    path.rsplit_once('/').map(|(_, name)| name.to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_settings() {
        assert_eq!(name_of("sqlite:data/chinook.db"), "chinook");
        assert_eq!(name_of("sqlite:///srv/a.b.sqlite"), "a.b");
        assert_eq!(name_of("postgres://me:secret@host:5432/shop?sslmode=disable"), "shop");
        let settings = settings_text("postgres://me:secret@host/shop", "postgres://me@host/shop");
        assert!(settings.contains("database = \"postgres://me@host/shop\"") && !settings.contains("secret"));
        assert_eq!(sqlite_file("sqlite::memory:"), None);
    }
}
