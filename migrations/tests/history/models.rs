//! Model files as states.

use nuages_migrations::{Fill, FillReason, ModelName, Operation, ProjectState, Questioner, Verdict};
use nuages_models::define::{FieldDefinition, SourceFile};

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

/// Answers that were given beforehand: pairs of `blog.Post` or `blog.Post.title`, before and after. What is not among them is
/// no rename, and rows are filled with 1.
#[derive(Default)]
pub(crate) struct Answers<'a> {
    pub renames: &'a [(&'a str, &'a str)],
    /// Nobody answers.
    pub silent: bool,
    /// What rows were asked for.
    pub filled: Vec<String>,
}

impl Answers<'_> {
    fn verdict(&self, from: &str, to: &str) -> Verdict {
        match self.renames.contains(&(from, to)) {
            _ if self.silent => Verdict::Undecided,
            true => Verdict::Yes,
            false => Verdict::No,
        }
    }
}

impl Questioner for Answers<'_> {
    fn renamed_model(&mut self, from: &ModelName, to: &ModelName) -> Verdict {
        self.verdict(&from.to_string(), &to.to_string())
    }

    fn renamed_field(&mut self, model: &ModelName, from: &str, to: &str) -> Verdict {
        self.verdict(&format!("{model}.{from}"), &format!("{model}.{to}"))
    }

    fn fill(
        &mut self,
        model: &ModelName,
        name: &str,
        _: &FieldDefinition,
        _: FillReason,
    ) -> Option<Option<Fill>> {
        self.filled.push(format!("{model}.{name}"));
        (!self.silent).then(|| Some(Fill::Value(1.into())))
    }
}

/// Undoes the operations and compares with the state that they began at.
pub(crate) fn assert_reversible(before: &ProjectState, operations: &[Operation]) {
    let mut state = before.clone();
    let mut back = Vec::new();
    for operation in operations {
        back.push(operation.reverse(&state).unwrap());
        operation.apply(&mut state).unwrap();
    }
    for operation in back.into_iter().rev().flatten() {
        if let Err(error) = operation.apply(&mut state) {
            panic!("{error}\nback from {operations:#?}");
        }
        if let Err(errors) = state.registry() {
            panic!("back by {}:\n{}", operation.describe(), errors.render(false));
        }
    }
    assert_eq!(state, *before);
}
