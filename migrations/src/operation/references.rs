//! Where a model names its own fields.

use nuages_models::define::{ConstraintDefinition, ModelDefinition};

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
