//! Where a model names its own fields, and which models and fields an operation speaks of.

use super::Operation;
use nuages_models::Registry;
use nuages_models::define::{ConstraintDefinition, FieldDefinition, IndexDefinition, ModelDefinition};
use nuages_models::expr::Expr;
use nuages_models::text;

/// Lists of field names, with what has them; an index's may begin with `-`.
pub(super) fn field_lists(model: &ModelDefinition) -> Vec<(String, Vec<String>)> {
    field_lists_mut(&mut model.clone()).into_iter().map(|(what, list)| (what, list.clone())).collect()
}

/// The same, to be changed.
pub(super) fn field_lists_mut(model: &mut ModelDefinition) -> Vec<(String, &mut Vec<String>)> {
    let mut lists = vec![("`primary_key`".to_owned(), &mut model.primary_key)];
    lists.extend(model.unique_together.iter_mut().map(|group| ("`unique_together`".to_owned(), group)));
    for (name, index) in &mut model.indexes {
        lists.push((format!("the index `{name}`"), &mut index.fields));
        lists.push((format!("the index `{name}`"), &mut index.include));
    }
    for (name, constraint) in &mut model.constraints {
        if let ConstraintDefinition::Unique { fields, .. } = constraint {
            lists.push((format!("the constraint `{name}`"), fields));
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

/// Whether an expression speaks of a field, by its own name or by that of its column (`author_id`).
pub(crate) fn expression_mentions(text: &str, field: &str) -> bool {
    fn walk(expr: &mut Expr, is_it: &dyn Fn(&str) -> bool) -> bool {
        match expr {
            Expr::Path(path) | Expr::Annotated { path, .. } => path.first().is_some_and(|first| is_it(first)),
            other => {
                let mut found = false;
                other.each_part(&mut |part| found |= walk(part, is_it));
                found
            }
        }
    }
    match text::parse(text, &Registry::default()) {
        Ok(mut expr) => walk(&mut expr, &|name| names_field(name, field)),
        // What cannot be read may speak of anything.
        Err(_) => true,
    }
}

/// Whether a name in a list is that of the field, or of a column of it.
pub(crate) fn names_field(name: &str, field: &str) -> bool {
    let name = name.trim_start_matches('-');
    name == field || name.strip_prefix(field).is_some_and(|rest| rest.starts_with('_'))
}

/// Whether an index speaks of a field.
pub(crate) fn index_mentions(index: &IndexDefinition, field: &str) -> bool {
    index.fields.iter().chain(&index.include).any(|name| names_field(name, field))
        || index.expressions.iter().chain(&index.condition).any(|text| expression_mentions(text, field))
}

/// Whether a constraint speaks of a field.
pub(crate) fn constraint_mentions(constraint: &ConstraintDefinition, field: &str) -> bool {
    match constraint {
        ConstraintDefinition::Unique { fields, condition } => {
            fields.iter().any(|name| names_field(name, field))
                || condition.iter().any(|text| expression_mentions(text, field))
        }
        ConstraintDefinition::Check(check) => expression_mentions(check, field),
    }
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
            let expr = definition.text("expr").is_some_and(|text| expression_mentions(text, field));
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
            Self::AddIndex { model: own, index, .. } => own.name == model && index_mentions(index, field),
            Self::AddConstraint { model: own, constraint, .. } => {
                own.name == model && constraint_mentions(constraint, field)
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
