//! A case is a folder in `cases/` with model files and `expected.txt`, what is said about them.
//! `UPDATE_EXPECTED=1 cargo test -p nuages-models --test define` rewrites what is expected.

use nuages_models::define::{Code, SourceFile, define, read_project};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn cases_say_what_is_expected() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = Vec::new();
    let folders = case_folders();
    assert!(folders.len() > 30, "{} cases", folders.len());
    for folder in folders {
        let files = case_files(&folder);
        let said = match define(&files) {
            Ok(_) => "no error\n".to_owned(),
            Err(errors) => {
                let order: Vec<_> = errors
                    .errors
                    .iter()
                    .map(|error| (position(&files, error.file()), error.line()))
                    .collect();
                assert!(order.is_sorted(), "{}: {order:?}", folder.display());
                assert!(errors.render(true).contains('\u{1b}'), "{}", folder.display());
                errors.render(false)
            }
        };
        let expected = folder.join("expected.txt");
        if update {
            fs::write(&expected, &said).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case() {
    let mut seen: HashSet<Code> = HashSet::new();
    for folder in case_folders() {
        if let Err(errors) = define(&case_files(&folder)) {
            seen.extend(errors.errors.iter().map(|error| error.error_code()));
        }
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn projects_without_models_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path();
    let said = |project: &Path| read_project(project).unwrap_err().to_string();
    assert!(said(project).contains("has no models"));
    fs::create_dir(project.join("models")).unwrap();
    fs::write(project.join("models/notes.txt"), "not a model").unwrap();
    assert!(said(project).contains("has no .toml file"));
    fs::write(project.join("models/b.toml"), [0xff, 0xfe]).unwrap();
    assert!(said(project).contains("cannot read"));
    fs::write(project.join("models/b.toml"), "").unwrap();
    fs::write(project.join("models/a.toml"), "").unwrap();
    let names: Vec<_> = read_project(project).unwrap().iter().map(SourceFile::app).collect();
    assert_eq!(names, ["a", "b"]);
    fs::write(project.join("models.toml"), "").unwrap();
    assert!(said(project).contains("has both"));
}

#[test]
fn one_file_takes_the_name_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("my-shop");
    fs::create_dir(&project).unwrap();
    fs::write(project.join("models.toml"), "[Tag.fields]\nname = { type = 'text' }").unwrap();
    let registry = define(&read_project(&project).unwrap()).unwrap();
    assert_eq!(registry.models()[0].table, "my_shop_tag");
}

fn position(files: &[SourceFile], path: &str) -> usize {
    files.iter().position(|file| file.path == path).unwrap()
}

fn case_folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/define/cases");
    let mut folders: Vec<_> = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn case_files(folder: &Path) -> Vec<SourceFile> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths
        .iter()
        .map(|path| SourceFile { path: name(path), text: fs::read_to_string(path).unwrap() })
        .collect()
}
