//! Where a model names its own fields, and which models and fields an operation speaks of.

use super::Operation;
use crate::state::{ModelName, ProjectState};
use nuages_models::Registry;
use nuages_models::define::{ConstraintDefinition, FieldDefinition, IndexDefinition, ModelDefinition};
use nuages_models::expr::Expr;
use nuages_models::text;

/// Lists of field names; an index's may begin with `-`.
pub(super) fn field_lists(model: &mut ModelDefinition) -> Vec<&mut Vec<String>> {
    let mut lists = vec![&mut model.primary_key];
    lists.extend(&mut model.unique_together);
    for index in model.indexes.values_mut() {
        lists.extend([&mut index.fields, &mut index.include]);
    }
    for constraint in model.constraints.values_mut() {
        if let ConstraintDefinition::Unique { fields, .. } = constraint {
            lists.push(fields);
        }
    }
    lists
}

/// Expressions over the row's own columns.
pub(super) fn expressions(model: &mut ModelDefinition) -> Vec<&mut String> {
    let mut texts = Vec::new();
    for index in model.indexes.values_mut() {
        texts.extend(index.expressions.iter_mut().chain(&mut index.condition));
    }
    for constraint in model.constraints.values_mut() {
        match constraint {
            ConstraintDefinition::Unique { condition, .. } => texts.extend(condition),
            ConstraintDefinition::Check(check) => texts.push(check),
        }
    }
    for field in model.fields.values_mut() {
        if let Some(serde_json::Value::String(text)) = field.options.get_mut("expr") {
            texts.push(text);
        }
    }
    texts
}

/// Tells whether a name is that of a field.
pub(crate) type IsField<'a> = &'a dyn Fn(&str) -> bool;

/// Whether an expression speaks of a field.
pub(crate) fn expression_mentions(text: &str, is_field: IsField<'_>) -> bool {
    fn walk(expr: &mut Expr, is_field: IsField<'_>) -> bool {
        match expr {
            Expr::Path(path) | Expr::Annotated { path, .. } => {
                path.first().is_some_and(|first| is_field(first))
            }
            other => {
                let mut found = false;
                other.each_part(&mut |part| found |= walk(part, is_field));
                found
            }
        }
    }
    // What cannot be read is told when the registry is made.
    text::parse(text, &Registry::default()).is_ok_and(|mut expr| walk(&mut expr, is_field))
}

/// Whether a name may be that of the field, or of a column of it (`author_id`). When in doubt, it is.
pub(crate) fn names_field(name: &str, field: &str) -> bool {
    name == field || name.strip_prefix(field).is_some_and(|rest| rest.starts_with('_'))
}

/// Whether a name is that of the field of a model, or of a column of it that no other field has the name of.
pub(crate) fn is_name_of(name: &str, model: &ModelDefinition, field: &str) -> bool {
    let reference = model.fields.get(field).is_some_and(FieldDefinition::is_reference);
    name == field || (reference && names_field(name, field) && !model.fields.contains_key(name))
}

/// Whether an index speaks of a field.
pub(crate) fn index_mentions(index: &IndexDefinition, is_field: IsField<'_>) -> bool {
    let mut names = index.fields.iter().chain(&index.include);
    let mut texts = index.expressions.iter().chain(&index.condition);
    names.any(|name| is_field(name.trim_start_matches('-')))
        || texts.any(|text| expression_mentions(text, is_field))
}

/// Whether a constraint speaks of a field.
pub(crate) fn constraint_mentions(constraint: &ConstraintDefinition, is_field: IsField<'_>) -> bool {
    match constraint {
        ConstraintDefinition::Unique { fields, condition } => {
            fields.iter().any(|name| is_field(name))
                || condition.iter().any(|text| expression_mentions(text, is_field))
        }
        ConstraintDefinition::Check(check) => expression_mentions(check, is_field),
    }
}

/// What still needs a field of a model, in words for a message.
pub(super) fn users_of(state: &ProjectState, model: &ModelDefinition, field: &str) -> Vec<String> {
    let is_field = |name: &str| is_name_of(name, model, field);
    let mut users = Vec::new();
    if model.primary_key.iter().any(|name| is_field(name)) {
        users.push("`primary_key`".to_owned());
    }
    if model.unique_together.iter().flatten().any(|name| is_field(name)) {
        users.push("`unique_together`".to_owned());
    }
    let indexes = model.indexes.iter().filter(|(_, index)| index_mentions(index, &is_field));
    users.extend(indexes.map(|(name, _)| format!("the index `{name}`")));
    let constraints = model.constraints.iter().filter(|(_, it)| constraint_mentions(it, &is_field));
    users.extend(constraints.map(|(name, _)| format!("the constraint `{name}`")));
    for other in state.models.values() {
        for (name, definition) in &other.fields {
            let own = other.name == model.name;
            let expression = definition.text("expr").filter(|_| own);
            let computed = expression.is_some_and(|text| expression_mentions(text, &is_field));
            let referred = definition.target(&other.name) == Some(&model.name)
                && definition.text("to_field").is_some_and(is_field);
            let links = definition.text("through") == Some(&model.name)
                && is_end(model, field, (&other.name, definition));
            if !(own && name == field) && (computed || referred || links) {
                users.push(format!("`{}.{name}`", ModelName::of(other)));
            }
        }
    }
    users
}

/// Whether a field of a link model is one of the two relations that a many-to-many field goes through.
fn is_end(link: &ModelDefinition, field: &str, (own, links): (&str, &FieldDefinition)) -> bool {
    let Some(end) = link.fields.get(field).filter(|end| end.is_reference()) else { return false };
    let target = end.target(&link.name);
    let leads = target == Some(own) || target == links.target(own);
    let named = links.options.get("through_fields").and_then(|names| names.as_array());
    leads && named.is_none_or(|names| names.iter().any(|name| name == field))
}

/// Whether a definition needs the field of a model: as what it refers to, as an end of its links, in its expression.
pub(crate) fn speaks_of((own, definition): (&str, &FieldDefinition), model: &str, field: &str) -> bool {
    let to_field = definition.target(own) == Some(model)
        && definition.text("to_field").is_some_and(|to| names_field(to, field));
    let expression = own == model
        && definition
            .text("expr")
            .is_some_and(|text| expression_mentions(text, &|name| names_field(name, field)));
    to_field || expression || definition.text("through") == Some(model)
}

impl Operation {
    /// Whether it could matter to the operation what a model is called or whether it is there. When in doubt, it does.
    pub(super) fn mentions_model(&self, model: &str) -> bool {
        let refers = |own: &str, field: &FieldDefinition| {
            field.target(own) == Some(model) || field.text("through") == Some(model)
        };
        match self {
            Self::CreateModel(definition) => {
                definition.name == model
                    || definition.proxy_of.as_deref() == Some(model)
                    || definition.fields.values().any(|field| refers(&definition.name, field))
            }
            // Something that refers to the model may go with it.
            Self::DeleteModel { .. } => true,
            Self::RenameModel { model: from, to } => from.name == model || to.name == model,
            Self::AddField { model: own, field, .. } | Self::AlterField { model: own, field, .. } => {
                own.name == model || refers(&own.name, field)
            }
            Self::RemoveField { model: own, .. }
            | Self::RenameField { model: own, .. }
            | Self::AddIndex { model: own, .. }
            | Self::RemoveIndex { model: own, .. }
            | Self::RenameIndex { model: own, .. }
            | Self::AddConstraint { model: own, .. }
            | Self::RemoveConstraint { model: own, .. }
            | Self::AlterTable { model: own, .. }
            | Self::AlterManagers { model: own, .. } => own.name == model,
            Self::RunSql(_) | Self::UpdateRows(_) | Self::SeparateDatabaseAndState { .. } => true,
        }
    }

    /// Whether it could matter to the operation what a field is or whether it is there. When in doubt, it does.
    pub(super) fn mentions_field(&self, model: &str, field: &str) -> bool {
        let refers = |own: &str, definition: &FieldDefinition| {
            let target = definition.target(own) == Some(model);
            let to_field = definition.text("to_field").is_none_or(|to| names_field(to, field));
            let expr = definition
                .text("expr")
                .is_some_and(|text| expression_mentions(text, &|name| names_field(name, field)));
            (target && to_field) || definition.text("through") == Some(model) || (own == model && expr)
        };
        match self {
            Self::CreateModel(definition) => {
                definition.name == model || definition.fields.values().any(|f| refers(&definition.name, f))
            }
            Self::DeleteModel { model: own } | Self::RenameModel { model: own, .. } => own.name == model,
            Self::AddField { model: own, name, field: definition, .. }
            | Self::AlterField { model: own, name, field: definition, .. } => {
                let key = own.name == model && definition.is("primary_key");
                (own.name == model && names_field(name, field)) || refers(&own.name, definition) || key
            }
            Self::RemoveField { model: own, name } => own.name == model && names_field(name, field),
            Self::RenameField { model: own, name, to } => {
                own.name == model && (names_field(name, field) || names_field(to, field))
            }
            Self::AddIndex { model: own, index, .. } => {
                own.name == model && index_mentions(index, &|name| names_field(name, field))
            }
            Self::AddConstraint { model: own, constraint, .. } => {
                own.name == model && constraint_mentions(constraint, &|name| names_field(name, field))
            }
            Self::AlterTable { model: own, changes } => {
                let key = changes.primary_key.iter().flatten();
                let groups = changes.unique_together.iter().flatten().flatten();
                let managed = changes.managed.is_some();
                own.name == model && (managed || key.chain(groups).any(|name| names_field(name, field)))
            }
            // What they take away may have been about the field.
            Self::RemoveIndex { model: own, .. } | Self::RemoveConstraint { model: own, .. } => {
                own.name == model
            }
            Self::RenameIndex { .. } | Self::AlterManagers { .. } => false,
            Self::RunSql(_) | Self::UpdateRows(_) | Self::SeparateDatabaseAndState { .. } => true,
        }
    }
}
