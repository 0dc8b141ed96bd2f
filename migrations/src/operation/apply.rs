//! The state after an operation.

use super::references::{expressions, field_lists, is_name_of, users_of};
use super::{Operation, TableChanges};
use crate::state::{ModelName, ProjectState};
use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::define::{FieldDefinition, ModelDefinition};
use nuages_models::expr::Expr;
use nuages_models::text;

/// An operation does not fit the state that it finds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {reason}")]
pub struct OperationError {
    /// What the operation does.
    pub operation: String,
    /// Why it cannot, and what helps.
    pub reason: String,
}

impl Operation {
    /// Changes the state as the operation says. The state is as it was when this fails.
    ///
    /// # Errors
    /// When the operation does not fit: what it changes is not there, what it makes is there already, or something
    /// else still needs what it takes away.
    pub fn apply(&self, state: &mut ProjectState) -> Result<(), OperationError> {
        let failed = |reason| OperationError { operation: self.describe(), reason };
        if let Some(operations) = self.state_operations() {
            let mut after = state.clone();
            super::apply_all(operations, &mut after)?;
            *state = after;
            return Ok(());
        }
        self.check_targets(state).and_then(|()| self.change(state)).map_err(failed)
    }

    /// Relations and proxies need the models that they lead to.
    fn check_targets(&self, state: &ProjectState) -> Result<(), String> {
        match self {
            Self::CreateModel(definition) => {
                if let Some(base) = &definition.proxy_of
                    && !state.models.contains_key(base)
                {
                    let why = "which is not there at this point; create that first";
                    return Err(format!("it is a proxy of `{base}`, {why}"));
                }
                definition.fields.values().try_for_each(|field| check_target(state, &definition.name, field))
            }
            Self::AddField { model, field, .. } | Self::AlterField { model, field, .. } => {
                check_target(state, &model.name, field)
            }
            Self::AddIndex { model, index, .. } => match state.model(model) {
                Some(definition) => check_names(definition, index.fields.iter().chain(&index.include)),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Changes a state that may lack the models that relations lead to.
    pub(super) fn change(&self, state: &mut ProjectState) -> Result<(), String> {
        match self {
            Self::CreateModel(definition) => create_model(state, definition),
            Self::DeleteModel { model } => delete_model(state, model),
            Self::RenameModel { model, to } => rename_model(state, model, to),
            Self::AddField { model, name, field, .. } => {
                let definition = known(state, model)?;
                if definition.fields.contains_key(name) {
                    return Err(format!("`{model}` has a field `{name}` already"));
                }
                insert_field(definition, name, field.clone());
                Ok(())
            }
            Self::RemoveField { model, name } => remove_field(state, model, name),
            Self::AlterField { model, name, field, .. } => {
                *known_field(known(state, model)?, name)? = field.clone();
                Ok(())
            }
            Self::RenameField { model, name, to } => rename_field(state, model, name, to),
            Self::AddIndex { model, name, index, .. } => {
                insert(&mut known(state, model)?.indexes, name, index.clone(), "index")
            }
            Self::RemoveIndex { model, name, .. } => remove(&mut known(state, model)?.indexes, name, "index"),
            Self::RenameIndex { model, name, to } => {
                let definition = known(state, model)?;
                if definition.indexes.contains_key(to) {
                    return Err(format!("there is an index `{to}` already"));
                }
                rekey(&mut definition.indexes, name, to, "index")
            }
            Self::AddConstraint { model, name, constraint, .. } => {
                insert(&mut known(state, model)?.constraints, name, constraint.clone(), "constraint")
            }
            Self::RemoveConstraint { model, name } => {
                remove(&mut known(state, model)?.constraints, name, "constraint")
            }
            Self::AlterTable { model, changes } => {
                alter_table(known(state, model)?, changes);
                Ok(())
            }
            Self::AlterManagers { model, managers } => {
                known(state, model)?.managers.clone_from(managers);
                Ok(())
            }
            Self::RunSql(_) | Self::UpdateRows(_) | Self::SeparateDatabaseAndState { .. } => Ok(()),
        }
    }
}

fn known<'s>(state: &'s mut ProjectState, model: &ModelName) -> Result<&'s mut ModelDefinition, String> {
    let missing = missing_model(state, model);
    state.model_mut(model).ok_or(missing)
}

fn missing_model(state: &ProjectState, model: &ModelName) -> String {
    match state.models.get(&model.name) {
        Some(other) => format!("the model `{}` is of the app `{}` here", model.name, other.app),
        None => format!("there is no model `{model}` at this point"),
    }
}

fn known_field<'m>(model: &'m mut ModelDefinition, name: &str) -> Result<&'m mut FieldDefinition, String> {
    let label = ModelName::of(model);
    let fields: Vec<_> = model.fields.keys().map(String::as_str).collect();
    let missing = format!("`{label}` has no field `{name}` at this point; it has {}", fields.join(", "));
    model.fields.get_mut(name).ok_or(missing)
}

/// A primary key comes first, as an implicit one does.
fn insert_field(model: &mut ModelDefinition, name: &str, field: FieldDefinition) {
    if field.is("primary_key") {
        model.fields.shift_insert(0, name.to_owned(), field);
    } else {
        model.fields.insert(name.to_owned(), field);
    }
}

fn create_model(state: &mut ProjectState, definition: &ModelDefinition) -> Result<(), String> {
    if let Some(other) = state.models.get(&definition.name) {
        return Err(format!("there is a model `{}` already", ModelName::of(other)));
    }
    state.models.insert(definition.name.clone(), definition.clone());
    Ok(())
}

/// A list needs the fields that it names.
fn check_names<'n>(model: &ModelDefinition, names: impl Iterator<Item = &'n String>) -> Result<(), String> {
    for name in names.map(|name| name.trim_start_matches('-')) {
        let is_field = |field: &String| is_name_of(name, model, field);
        if name != "pk" && !model.fields.contains_key(name) && !model.fields.keys().any(is_field) {
            let label = ModelName::of(model);
            return Err(format!("`{label}` has no field `{name}` at this point; add that first"));
        }
    }
    Ok(())
}

/// A relation needs the models that it leads to and through.
fn check_target(state: &ProjectState, own: &str, field: &FieldDefinition) -> Result<(), String> {
    let needed = field.target(own).into_iter().chain(field.text("through"));
    match needed.filter(|name| *name != own).find(|name| !state.models.contains_key(*name)) {
        Some(missing) => {
            Err(format!("it refers to `{missing}`, which is not there at this point; create that first"))
        }
        None => Ok(()),
    }
}

fn delete_model(state: &mut ProjectState, name: &ModelName) -> Result<(), String> {
    known(state, name)?;
    let others = state.referring(&name.name).filter(|(model, _)| model.name != name.name);
    let fields: Vec<_> = others.map(|(model, field)| format!("{}.{field}", ModelName::of(model))).collect();
    if !fields.is_empty() {
        return Err(format!("{} still refers to it; remove that first", fields.join(", ")));
    }
    if let Some(proxy) = state.models.values().find(|model| model.proxy_of.as_ref() == Some(&name.name)) {
        return Err(format!("`{}` is still a proxy of it; delete that first", ModelName::of(proxy)));
    }
    state.models.shift_remove(&name.name);
    Ok(())
}

fn rename_model(state: &mut ProjectState, name: &ModelName, to: &ModelName) -> Result<(), String> {
    known(state, name)?;
    if name.name != to.name && state.models.contains_key(&to.name) {
        return Err(format!("there is a model `{}` already", to.name));
    }
    rekey(&mut state.models, &name.name, &to.name, "model")?;
    if let Some(model) = state.models.get_mut(&to.name) {
        model.name.clone_from(&to.name);
        model.app.clone_from(&to.app);
    }
    for model in state.models.values_mut() {
        if model.proxy_of.as_ref() == Some(&name.name) {
            model.proxy_of = Some(to.name.clone());
        }
        for field in model.fields.values_mut() {
            for option in ["to", "through"] {
                if field.text(option) == Some(&name.name) {
                    field.options.insert(option.to_owned(), to.name.clone().into());
                }
            }
        }
    }
    Ok(())
}

fn remove_field(state: &mut ProjectState, name: &ModelName, field: &str) -> Result<(), String> {
    known_field(known(state, name)?, field)?;
    let definition = known(state, name)?.clone();
    if let Some(user) = users_of(state, &definition, field).first() {
        return Err(format!("{user} still has it; change or remove that first"));
    }
    known(state, name)?.fields.shift_remove(field);
    Ok(())
}

fn rename_field(state: &mut ProjectState, name: &ModelName, from: &str, to: &str) -> Result<(), String> {
    let definition = known(state, name)?;
    known_field(definition, from)?;
    if definition.fields.contains_key(to) {
        return Err(format!("`{name}` has a field `{to}` already"));
    }
    rename_field_references(state, &name.name, from, to);
    rekey(&mut known(state, name)?.fields, from, to, "field")
}

/// Lets all that names a field of a model name it otherwise. The field itself keeps its name.
fn rename_field_references(state: &mut ProjectState, model: &str, from: &str, to: &str) {
    if let Some(own) = state.models.get_mut(model) {
        let before = own.clone();
        rename_within(own, &|name| {
            // The columns of a relation are named after it: `author_id`.
            let rest = name.strip_prefix(from).filter(|_| is_name_of(name, &before, from))?;
            Some(format!("{to}{rest}"))
        });
    }
    for other in state.models.values_mut() {
        let name = other.name.clone();
        for field in other.fields.values_mut() {
            if field.target(&name) == Some(model) && field.text("to_field") == Some(from) {
                field.options.insert("to_field".to_owned(), to.into());
            }
            if field.text("through") == Some(model)
                && let Some(ends) =
                    field.options.get_mut("through_fields").and_then(|ends| ends.as_array_mut())
            {
                ends.iter_mut().filter(|end| *end == from).for_each(|end| *end = to.into());
            }
        }
    }
}

/// The new name of what is renamed.
type Renamed<'a> = &'a dyn Fn(&str) -> Option<String>;

fn rename_within(model: &mut ModelDefinition, renamed: Renamed<'_>) {
    for name in field_lists(model).into_iter().flatten() {
        let (sign, bare) =
            if let Some(bare) = name.strip_prefix('-') { ("-", bare) } else { ("", name.as_str()) };
        if let Some(new) = renamed(bare) {
            *name = format!("{sign}{new}");
        }
    }
    for text in expressions(model) {
        rename_in_expression(text, renamed);
    }
}

/// What cannot be read stays: the define stage says what is wrong with it.
fn rename_in_expression(text: &mut String, renamed: Renamed<'_>) {
    fn walk(expr: &mut Expr, renamed: Renamed<'_>) -> bool {
        match expr {
            Expr::Path(path) | Expr::Annotated { path, .. } => {
                match path.first_mut().and_then(|first| Some((renamed(first)?, first))) {
                    Some((new, first)) => {
                        *first = new;
                        true
                    }
                    None => false,
                }
            }
            other => {
                let mut found = false;
                other.each_part(&mut |part| found |= walk(part, renamed));
                found
            }
        }
    }
    let registry = Registry::default();
    let Ok(mut expr) = text::parse(text, &registry) else { return };
    if walk(&mut expr, renamed) {
        *text = text::print(&expr, &registry);
    }
}

fn insert<T>(all: &mut IndexMap<String, T>, name: &str, item: T, what: &str) -> Result<(), String> {
    if all.contains_key(name) {
        return Err(format!("there is {} `{name}` already", with_article(what)));
    }
    all.insert(name.to_owned(), item);
    Ok(())
}

fn remove<T>(all: &mut IndexMap<String, T>, name: &str, what: &str) -> Result<(), String> {
    all.shift_remove(name).map(drop).ok_or_else(|| format!("there is no {what} `{name}` at this point"))
}

fn with_article(what: &str) -> String {
    if what.starts_with('i') { format!("an {what}") } else { format!("a {what}") }
}

/// Another name in the same place.
fn rekey<T>(all: &mut IndexMap<String, T>, from: &str, to: &str, what: &str) -> Result<(), String> {
    let Some((position, _, item)) = all.shift_remove_full(from) else {
        return Err(format!("there is no {what} `{from}` at this point"));
    };
    all.shift_insert(position, to.to_owned(), item);
    Ok(())
}

fn alter_table(model: &mut ModelDefinition, changes: &TableChanges) {
    let TableChanges { table, db_comment, managed, primary_key, unique_together } = changes.clone();
    if let Some(table) = table {
        model.table = table;
    }
    if let Some(comment) = db_comment {
        model.db_comment = comment;
    }
    if let Some(managed) = managed {
        model.unmanaged = !managed;
    }
    if let Some(key) = primary_key {
        model.primary_key = key;
    }
    if let Some(groups) = unique_together {
        model.unique_together = groups;
    }
}
