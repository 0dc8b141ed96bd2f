//! Migration files as text.

use super::MigrationFile;
use super::operations::{FOR_BOTH, NOTHING, keys};
use crate::operation::{Fill, Operation, RunSql, SqlText, TableChanges, UndoRows, UpdateRows};
use crate::state::ModelName;
use indexmap::IndexMap;
use nuages_models::define::ModelDefinition;
use nuages_models::define::write_text::{
    constraint_keys, index_keys, inline, inline_constraint, inline_field, inline_index, inline_manager,
    inline_value, key, list, model_options, quoted, written_fields,
};
use std::fmt::Write as _;

const HEADER: &str =
    "# Written by `nuages makemigrations`. Read it, and change it freely until it is applied.\n";

/// The whole file.
pub(super) fn text(file: &MigrationFile) -> String {
    format!("{HEADER}{}", content(file))
}

/// What the file says, without comments.
pub(super) fn content(file: &MigrationFile) -> String {
    let mut text = Writer(String::new());
    text.line("dependencies", &list(&file.dependencies));
    if !file.replaces.is_empty() {
        text.line("replaces", &list(&file.replaces));
    }
    if !file.atomic {
        text.line("atomic", "false");
    }
    text.operations(&file.operations, "operations");
    text.0
}

/// Lines of the file. Writing to a String cannot fail.
struct Writer(String);

impl Writer {
    fn line(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.0, "{} = {value}", key(name));
    }

    fn lines<'a>(&mut self, pairs: impl IntoIterator<Item = &'a (&'static str, String)>) {
        pairs.into_iter().for_each(|(name, value)| self.line(name, value));
    }

    /// The verb and what it is about: `add_field = "blog.Post.rating"`.
    fn about(&mut self, operation: &Operation, what: impl ToString) {
        self.line(keys(operation).verb, &quoted(&what.to_string()));
    }

    fn flag(&mut self, name: &str, is: bool) {
        if is {
            self.line(name, "true");
        }
    }

    fn operations(&mut self, operations: &[Operation], path: &str) {
        for operation in operations {
            let _ = write!(self.0, "\n[[{path}]]\n");
            self.operation(operation, path);
        }
    }

    fn operation(&mut self, operation: &Operation, path: &str) {
        match operation {
            Operation::CreateModel(definition) => {
                self.about(operation, ModelName::of(definition));
                self.model(definition, path);
            }
            Operation::DeleteModel { model } => self.about(operation, model),
            Operation::RenameModel { model, to } => {
                self.about(operation, model);
                self.line("to", &quoted(&to.to_string()));
            }
            Operation::AddField { model, name, field, fill }
            | Operation::AlterField { model, name, field, fill } => {
                self.about(operation, format!("{model}.{name}"));
                self.line("field", &inline_field(field));
                if let Some(fill) = fill {
                    self.line("fill", &fill_value(fill));
                }
            }
            Operation::RemoveField { model, name } => self.about(operation, format!("{model}.{name}")),
            Operation::RenameField { model, name, to } => {
                self.about(operation, format!("{model}.{name}"));
                self.line("to", &quoted(to));
            }
            Operation::AddIndex { model, name, index, concurrently } => {
                self.about(operation, model);
                self.line("index", &inline_index(name, index));
                self.flag("concurrently", *concurrently);
            }
            Operation::RemoveIndex { model, name, concurrently } => {
                self.about(operation, model);
                self.line("name", &quoted(name));
                self.flag("concurrently", *concurrently);
            }
            Operation::RenameIndex { model, name, to } => {
                self.about(operation, model);
                self.line("name", &quoted(name));
                self.line("to", &quoted(to));
            }
            Operation::AddConstraint { model, name, constraint, not_valid } => {
                self.about(operation, model);
                self.line("constraint", &inline_constraint(name, constraint));
                self.flag("not_valid", *not_valid);
            }
            Operation::RemoveConstraint { model, name } => {
                self.about(operation, model);
                self.line("name", &quoted(name));
            }
            Operation::AlterTable { model, changes } => {
                self.about(operation, model);
                self.changes(changes);
            }
            Operation::AlterManagers { model, managers } => {
                self.about(operation, model);
                let managers: Vec<_> =
                    managers.iter().map(|(name, manager)| (name.as_str(), inline_manager(manager))).collect();
                self.line("managers", &inline(&managers));
            }
            Operation::RunSql(RunSql { forward, reverse, state }) => {
                self.line(keys(operation).verb, &sql(forward));
                if let Some(reverse) = reverse {
                    self.line("reverse", &sql(reverse));
                }
                self.operations(state, &format!("{path}.state"));
            }
            Operation::UpdateRows(UpdateRows { model, filter, set, batch, reverse }) => {
                self.about(operation, model);
                self.lines(&update(filter.as_ref(), set));
                if let Some(batch) = batch {
                    self.line("batch", &batch.to_string());
                }
                match reverse {
                    None => {}
                    Some(UndoRows::Nothing) => self.line("reverse", &quoted(NOTHING)),
                    Some(UndoRows::Update { filter, set }) => {
                        self.line("reverse", &inline(&update(filter.as_ref(), set)));
                    }
                }
            }
            Operation::SeparateDatabaseAndState { note, database, state } => {
                let note = note.as_ref().map_or_else(|| "true".to_owned(), |note| quoted(note));
                self.line(keys(operation).verb, &note);
                self.operations(database, &format!("{path}.database"));
                self.operations(state, &format!("{path}.state"));
            }
        }
    }

    fn model(&mut self, model: &ModelDefinition, path: &str) {
        if let Some(base) = &model.proxy_of {
            self.line("proxy", "true");
            self.line("extends", &list([base]));
        }
        self.lines(&model_options(model));
        let fields: Vec<_> = written_fields(model).collect();
        if !fields.is_empty() {
            let _ = write!(self.0, "\n[{path}.fields]\n");
            for (name, field) in fields {
                self.line(name, &inline_field(field));
            }
        }
        if !model.managers.is_empty() {
            let _ = write!(self.0, "\n[{path}.managers]\n");
            for (name, manager) in &model.managers {
                self.line(name, &inline_manager(manager));
            }
        }
        for (name, index) in &model.indexes {
            let _ = write!(self.0, "\n[[{path}.indexes]]\n");
            self.lines(&index_keys(name, index));
        }
        for (name, constraint) in &model.constraints {
            let _ = write!(self.0, "\n[[{path}.constraints]]\n");
            self.lines(&constraint_keys(name, constraint));
        }
    }

    /// An empty text or list stands for what a model has when its file says nothing.
    fn changes(&mut self, changes: &TableChanges) {
        let TableChanges { table, db_comment, managed, primary_key, unique_together } = changes;
        for (name, text) in [("table", table), ("db_comment", db_comment)] {
            if let Some(text) = text {
                self.line(name, &quoted(text.as_deref().unwrap_or_default()));
            }
        }
        if let Some(managed) = managed {
            self.line("managed", &managed.to_string());
        }
        if let Some(fields) = primary_key {
            self.line("primary_key", &list(fields));
        }
        if let Some(groups) = unique_together {
            let groups: Vec<_> = groups.iter().map(list).collect();
            self.line("unique_together", &format!("[{}]", groups.join(", ")));
        }
    }
}

fn update(filter: Option<&String>, set: &IndexMap<String, String>) -> Vec<(&'static str, String)> {
    let set: Vec<_> = set.iter().map(|(name, text)| (name.as_str(), quoted(text))).collect();
    let filter = filter.map(|text| ("where", quoted(text)));
    filter.into_iter().chain([("set", inline(&set))]).collect()
}

fn fill_value(fill: &Fill) -> String {
    match fill {
        // A table alone would be read as one of these two.
        Fill::Value(value) if value.is_object() => inline(&[("value", inline_value(value))]),
        Fill::Value(value) => inline_value(value),
        Fill::Expression(text) => inline(&[("expr", quoted(text))]),
    }
}

fn sql(text: &SqlText) -> String {
    match (&text.postgres, &text.sqlite) {
        (None, None) => quoted(""),
        (Some(one), Some(other)) if one == other && !one.is_empty() => lines(one),
        (postgres, sqlite) => {
            let given = FOR_BOTH.into_iter().zip([postgres, sqlite]);
            let given: Vec<_> =
                given.filter_map(|(name, text)| Some((name, lines(text.as_ref()?)))).collect();
            inline(&given)
        }
    }
}

/// Text of several lines as it is.
fn lines(text: &str) -> String {
    let plain = text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
    if text.contains('\n') && plain && !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    }
    quoted(text)
}
