//! Model files as states.

use nuages_migrations::{Operation, ProjectState};
use nuages_models::define::SourceFile;

/// The state of one file, `blog.toml`.
pub(crate) fn state(text: &str) -> ProjectState {
    files(&[("blog", text)])
}

/// The state of files by the names of their apps.
pub(crate) fn files(apps: &[(&str, &str)]) -> ProjectState {
    let files: Vec<_> = apps
        .iter()
        .map(|(app, text)| SourceFile { path: format!("{app}.toml"), text: (*text).to_owned() })
        .collect();
    match ProjectState::from_files(&files) {
        Ok((state, _)) => state,
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

/// The state after the operations, which must fit, with every state on the way a valid one.
pub(crate) fn after(before: &ProjectState, operations: &[Operation]) -> ProjectState {
    let mut state = before.clone();
    for operation in operations {
        if let Err(error) = operation.apply(&mut state) {
            panic!("{error}\nof {operations:#?}");
        }
        if let Err(errors) = state.registry() {
            panic!("after {}:\n{}", operation.describe(), errors.render(false));
        }
    }
    state
}
