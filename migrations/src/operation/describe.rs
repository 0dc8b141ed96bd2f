//! One sentence for people, and the words that name a migration.

use super::{Operation, TableChanges};
use crate::state::ModelName;

impl Operation {
    /// What the operation does, as Django says it: `Add field rating to blog.Post`.
    pub fn describe(&self) -> String {
        match self {
            Self::CreateModel(definition) => {
                let name = ModelName::of(definition);
                match &definition.proxy_of {
                    Some(base) => format!("Create proxy model {name} of {base}"),
                    None => format!("Create model {name}"),
                }
            }
            Self::DeleteModel { model } => format!("Delete model {model}"),
            Self::RenameModel { model, to } => format!("Rename model {model} to {to}"),
            Self::AddField { model, name, .. } => format!("Add field {name} to {model}"),
            Self::RemoveField { model, name } => format!("Remove field {name} from {model}"),
            Self::AlterField { model, name, .. } => format!("Alter field {name} on {model}"),
            Self::RenameField { model, name, to } => format!("Rename field {name} on {model} to {to}"),
            Self::AddIndex { model, name, concurrently, .. } => {
                format!("Create index {name} on {model}{}", concurrent(*concurrently))
            }
            Self::RemoveIndex { model, name, concurrently } => {
                format!("Remove index {name} from {model}{}", concurrent(*concurrently))
            }
            Self::RenameIndex { model, name, to } => format!("Rename index {name} on {model} to {to}"),
            Self::AddConstraint { model, name, .. } => format!("Create constraint {name} on {model}"),
            Self::RemoveConstraint { model, name } => format!("Remove constraint {name} from {model}"),
            Self::AlterTable { model, changes } => format!("Alter {} of {model}", changed(changes)),
            Self::AlterManagers { model, .. } => format!("Change managers of {model}"),
            Self::RunSql(_) => "Run SQL".to_owned(),
            Self::UpdateRows(update) => {
                let fields: Vec<_> = update.set.keys().map(String::as_str).collect();
                format!("Update {} in rows of {}", fields.join(", "), update.model)
            }
            Self::SeparateDatabaseAndState { note, .. } => match note {
                Some(note) => format!("Change database and state apart: {note}"),
                None => "Change database and state apart".to_owned(),
            },
        }
    }

    /// The sign before the description, as Django prints it: `+` adds, `-` removes, `~` changes, `s` is SQL and `d` data.
    pub fn sign(&self) -> char {
        match self {
            Self::CreateModel(_)
            | Self::AddField { .. }
            | Self::AddIndex { .. }
            | Self::AddConstraint { .. } => '+',
            Self::DeleteModel { .. }
            | Self::RemoveField { .. }
            | Self::RemoveIndex { .. }
            | Self::RemoveConstraint { .. } => '-',
            Self::RunSql(_) => 's',
            Self::UpdateRows(_) => 'd',
            Self::SeparateDatabaseAndState { .. } => '?',
            _ => '~',
        }
    }

    /// The words that stand for the operation in the name of a migration; none when they would say nothing.
    pub(crate) fn name_fragment(&self) -> Option<String> {
        let lower = |model: &ModelName| model.name.to_lowercase();
        Some(match self {
            Self::CreateModel(definition) => definition.name.to_lowercase(),
            Self::DeleteModel { model } => format!("delete_{}", lower(model)),
            Self::RenameModel { model, to } if model.name == to.name => {
                format!("move_{}_to_{}", lower(model), to.app)
            }
            Self::RenameModel { model, to } => format!("rename_{}_{}", lower(model), lower(to)),
            Self::AddField { model, name, .. } => format!("{}_{name}", lower(model)),
            Self::RemoveField { model, name } => format!("remove_{}_{name}", lower(model)),
            Self::AlterField { model, name, .. } => format!("alter_{}_{name}", lower(model)),
            Self::RenameField { model, name, to } => format!("rename_{name}_{}_{to}", lower(model)),
            Self::AddIndex { model, name, .. } => format!("{}_{name}", lower(model)),
            Self::RemoveIndex { model, name, .. } => format!("remove_{}_{name}", lower(model)),
            Self::RenameIndex { name, to, .. } => format!("rename_{name}_{to}"),
            Self::AddConstraint { model, name, .. } => format!("{}_{name}", lower(model)),
            Self::RemoveConstraint { model, name } => format!("remove_{}_{name}", lower(model)),
            Self::AlterTable { model, changes } => {
                let what = changed(changes).replace([' ', ','], "_").replace("__", "_").replace("_and_", "_");
                format!("alter_{}_{what}", lower(model))
            }
            Self::AlterManagers { model, .. } => format!("alter_{}_managers", lower(model)),
            Self::UpdateRows(update) => {
                let fields: Vec<_> = update.set.keys().map(String::as_str).collect();
                format!("update_{}_{}", lower(&update.model), fields.join("_"))
            }
            Self::RunSql(_) | Self::SeparateDatabaseAndState { .. } => return None,
        })
    }
}

fn concurrent(concurrently: bool) -> &'static str {
    if concurrently { " concurrently" } else { "" }
}

fn changed(changes: &TableChanges) -> String {
    let TableChanges { table, db_comment, managed, primary_key, unique_together } = changes;
    let parts = [
        ("table", table.is_some()),
        ("db_comment", db_comment.is_some()),
        ("managed", managed.is_some()),
        ("primary_key", primary_key.is_some()),
        ("unique_together", unique_together.is_some()),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}
