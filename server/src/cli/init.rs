//! `nuages init`: a small project that serves at once.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why no project was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum InitError {
    /// A file of a project is there already.
    #[error("{} is there already; nothing was written. Name another folder, or edit what is there", .0.display())]
    Exists(PathBuf),
    /// The folder cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

const FILES: [(&str, &str); 3] = [
    ("nuages.toml", include_str!("template/nuages.toml")),
    ("models/app.toml", include_str!("template/app.toml")),
    (".gitignore", include_str!("template/gitignore")),
];

/// Writes the project, or nothing when the folder has a project. A `.gitignore` of the user's own is kept.
pub(super) fn init(folder: &Path) -> Result<(), InitError> {
    for name in ["nuages.toml", "models", "models.toml"] {
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(InitError::Exists(path));
        }
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        if name == ".gitignore" && path.symlink_metadata().is_ok() {
            continue;
        }
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            fs::File::options().write(true).create_new(true).open(&path)?.write_all(text.as_bytes())
        });
        written.map_err(|source| InitError::Write { path: path.clone(), source })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Overrides};

    #[test]
    fn the_project_is_valid_and_creates_its_tables() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("new/app");
        init(&project).unwrap();
        let (config, warnings) = Config::load(&project, [], &Overrides::default()).unwrap();
        assert!(config.migrate && warnings.is_empty());
        assert!(project.join("models/app.toml").is_file() && project.join(".gitignore").is_file());
    }

    #[test]
    fn nothing_is_overwritten() {
        for name in ["nuages.toml", "models.toml", "models"] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), "mine").unwrap();
            assert!(matches!(init(folder.path()), Err(InitError::Exists(_))), "{name}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "mine");
        }
    }

    #[test]
    fn a_gitignore_of_the_users_own_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".gitignore"), "mine").unwrap();
        init(folder.path()).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(".gitignore")).unwrap(), "mine");
    }
}
