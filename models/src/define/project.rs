//! Finding the model files of a project's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One model file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path as the user named it; the file's stem is the app.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// The app that the file's models belong to: `blog` for `models/blog.toml`. A file named `models.toml` takes
    /// the name of its folder, or `app` when the path has none. Characters that a table's name should not have
    /// become `_`.
    pub fn app(&self) -> String {
        let path = Path::new(&self.path);
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let name = if stem == "models" {
            path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("app")
        } else {
            stem
        };
        let app: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
            .collect();
        if app.is_empty() { "app".to_owned() } else { app }
    }
}

/// The model files of a project cannot be read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ProjectError {
    /// Neither a `models` folder nor `models.toml`.
    #[error("{} has no models: neither models/*.toml nor models.toml is there", folder.display())]
    #[diagnostic(
        code(nuages::define::no_models),
        help("write models/blog.toml, or start a project with `nuages init`")
    )]
    NoModels {
        /// The project's folder.
        folder: PathBuf,
    },
    /// The `models` folder has no TOML file.
    #[error("{} has no .toml file", folder.display())]
    #[diagnostic(
        code(nuages::define::no_models),
        help("write a model file there, for example {}", folder.join("blog.toml").display())
    )]
    EmptyFolder {
        /// The `models` folder.
        folder: PathBuf,
    },
    /// Both a `models` folder with files and `models.toml`.
    #[error("{} has both models.toml and models/*.toml", folder.display())]
    #[diagnostic(code(nuages::define::two_places), help("move models.toml into the models folder"))]
    TwoPlaces {
        /// The project's folder.
        folder: PathBuf,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    #[diagnostic(
        code(nuages::define::unreadable),
        help("model files are UTF-8 text that the server may read")
    )]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// Reads a project's model files: `models/*.toml` ordered by name, or `models.toml`.
///
/// # Errors
/// When there are none, when there are both, or when one cannot be read as UTF-8 text.
pub fn read_project(folder: &Path) -> Result<Vec<SourceFile>, ProjectError> {
    let single = folder.join("models.toml");
    let several = folder.join("models");
    let paths = if several.is_dir() { toml_files(&several)? } else { Vec::new() };
    match (single.is_file(), several.is_dir(), paths.is_empty()) {
        (true, _, false) => Err(ProjectError::TwoPlaces { folder: folder.to_owned() }),
        (true, _, true) => {
            let mut file = read_file(&single)?;
            // `nuages serve .` names no folder; the app's name is then that of the real one.
            if Path::new(&file.path).parent().and_then(Path::file_name).is_none()
                && let Ok(full) = fs::canonicalize(&single)
            {
                file.path = full.display().to_string();
            }
            Ok(vec![file])
        }
        (false, true, true) => Err(ProjectError::EmptyFolder { folder: several }),
        (false, false, _) => Err(ProjectError::NoModels { folder: folder.to_owned() }),
        (false, true, false) => paths.iter().map(|path| read_file(path)).collect(),
    }
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, ProjectError> {
    let unreadable = |source| ProjectError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_file(path: &Path) -> Result<SourceFile, ProjectError> {
    let text = fs::read_to_string(path)
        .map_err(|source| ProjectError::Unreadable { path: path.to_owned(), source })?;
    Ok(SourceFile { path: path.display().to_string(), text })
}
