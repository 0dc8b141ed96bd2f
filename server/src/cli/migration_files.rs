//! What the commands that write migration files share.

use crate::project::ProjectError;
use nuages_migrations::{DetectError, HistoryError, MergeError, MigrationFile, SquashError};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why no migration was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum MigrationFailure {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("{0}")]
    Detect(#[from] DetectError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error(transparent)]
    Squash(#[from] SquashError),
    #[error("{0}")]
    Other(String),
    #[error("{} cannot be written: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// One line for each operation, as Django prints them.
pub(super) fn print_operations(file: &MigrationFile) -> String {
    let mut text = String::new();
    for operation in &file.operations {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {} {}", operation.sign(), operation.describe());
    }
    text
}

fn folder_of(project: &Path) -> PathBuf {
    // As people write it.
    if project == Path::new(".") { PathBuf::from("migrations") } else { project.join("migrations") }
}

/// Writes a file that is not there yet, into the project's `migrations`.
pub(super) fn write_new(project: &Path, file: &MigrationFile) -> Result<PathBuf, MigrationFailure> {
    let folder = folder_of(project);
    let path = folder.join(file.file_name());
    let written = fs::create_dir_all(&folder).and_then(|()| {
        let mut new = fs::File::options().write(true).create_new(true).open(&path)?;
        new.write_all(file.text().as_bytes())
    });
    written.map(|()| path.clone()).map_err(|source| MigrationFailure::Write { path, source })
}

/// Replaces the text of a file, whole or not at all.
pub(super) fn write_again(project: &Path, file: &MigrationFile) -> Result<PathBuf, MigrationFailure> {
    let folder = folder_of(project);
    let path = folder.join(file.file_name());
    // Not `.toml`: it would be read as a migration if it stayed.
    let beside = folder.join(format!(".{}.new", file.name));
    let written = fs::write(&beside, file.text()).and_then(|()| fs::rename(&beside, &path));
    written.map(|()| path.clone()).map_err(|source| {
        // The old file is as it was.
        let _ = fs::remove_file(&beside);
        MigrationFailure::Write { path, source }
    })
}

/// `[PROJECT] NAME…`: a folder first is the project.
pub(super) fn project_and_names(arguments: &[String]) -> (PathBuf, &[String]) {
    match arguments.split_first() {
        Some((first, rest)) if !rest.is_empty() && Path::new(first).is_dir() => (PathBuf::from(first), rest),
        _ => (PathBuf::from("."), arguments),
    }
}
