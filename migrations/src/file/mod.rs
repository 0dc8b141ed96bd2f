//! Migration files: numbered TOML files in the project's `migrations/`.
//!
//! A file reads as a person would write it, and the definitions in it look as they do in model files. [`read`] and
//! [`MigrationFile::text`] are each other's inverse.

mod operations;
mod read;
mod write;

pub use read::read;

use crate::operation::Operation;
use sha2::{Digest as _, Sha256};

/// One migration.
#[derive(Debug, Clone, PartialEq)]
pub struct MigrationFile {
    /// Its name, which is that of its file: `0002_post_rating`.
    pub name: String,
    /// The names of the migrations that must be applied before it. A file that does not say them comes after the one before it in
    /// the order of names.
    pub dependencies: Vec<String>,
    /// The names of the migrations that it stands for, oldest first (`squashmigrations`).
    pub replaces: Vec<String>,
    /// Whether all of it happens in one transaction, where the database can; true unless said.
    pub atomic: bool,
    /// What it does, in order.
    pub operations: Vec<Operation>,
}

impl MigrationFile {
    /// The number that its name begins with.
    pub fn number(&self) -> Option<u32> {
        number_of(&self.name)
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        format!("{}.toml", self.name)
    }

    /// A fingerprint of all that the migration does: SHA-256 in hexadecimal digits. Comments, white space and the order of
    /// keys do not count, nor do `dependencies` and `replaces`, which change when squashed migrations are deleted. It is kept in people's databases: what is written of a migration must stay the same from release to
    /// release, or every applied migration would seem to be edited.
    pub fn checksum(&self) -> String {
        let done = Self { dependencies: Vec::new(), replaces: Vec::new(), ..self.clone() };
        let digest = Sha256::digest(write::content(&done).as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The file's text.
    pub fn text(&self) -> String {
        write::text(self)
    }
}

/// The number that a migration's name begins with.
pub(crate) fn number_of(name: &str) -> Option<u32> {
    let digits: &str = name.split('_').next().unwrap_or(name);
    digits.parse().ok().filter(|_| digits.len() >= 4)
}
