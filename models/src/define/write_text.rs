//! Definitions as the text of model files, as a person would write it: whole models, and the inline tables that migration
//! files have too.

use super::definition::{
    ConstraintDefinition, FieldDefinition, IndexDefinition, ManagerDefinition, ModelDefinition,
};
use super::options::FIELD_OPTIONS;
use serde_json::Value as Json;
use std::fmt::Write as _;

/// A model as the text of a model file that nothing serves: `graphql = false`, because names of GraphQL are no part of a
/// definition and could collide. An implicit `id` is left out.
pub fn model_file(model: &ModelDefinition) -> String {
    let mut text = format!("[{}]\ngraphql = false\n", model.name);
    let name = &model.name;
    if let Some(base) = &model.proxy_of {
        line(&mut text, "proxy", "true");
        line(&mut text, "extends", &list([base]));
    }
    for (key, value) in model_options(model) {
        line(&mut text, key, &value);
    }
    let fields: Vec<_> = written_fields(model).collect();
    if !fields.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n[{name}.fields]\n");
        for (field, definition) in fields {
            line(&mut text, field, &inline_field(definition));
        }
    }
    if !model.managers.is_empty() {
        let _ = write!(text, "\n[{name}.managers]\n");
        for (manager, definition) in &model.managers {
            line(&mut text, manager, &inline_manager(definition));
        }
    }
    for (index, definition) in &model.indexes {
        let _ = write!(text, "\n[[{name}.indexes]]\n");
        index_keys(index, definition).iter().for_each(|(key, value)| line(&mut text, key, value));
    }
    for (constraint, definition) in &model.constraints {
        let _ = write!(text, "\n[[{name}.constraints]]\n");
        constraint_keys(constraint, definition).iter().for_each(|(key, value)| line(&mut text, key, value));
    }
    text
}

/// What a model says about its table, as keys and values of a model file.
pub fn model_options(model: &ModelDefinition) -> Vec<(&'static str, String)> {
    let mut options = Vec::new();
    options.extend(model.table.as_ref().map(|table| ("table", quoted(table))));
    options.extend(model.db_comment.as_ref().map(|comment| ("db_comment", quoted(comment))));
    if model.unmanaged {
        options.push(("managed", "false".to_owned()));
    }
    if !model.primary_key.is_empty() {
        options.push(("primary_key", list(&model.primary_key)));
    }
    if !model.unique_together.is_empty() {
        let groups: Vec<_> = model.unique_together.iter().map(list).collect();
        options.push(("unique_together", format!("[{}]", groups.join(", "))));
    }
    options
}

/// The fields of a model less the `id` that it has anyway.
pub fn written_fields(model: &ModelDefinition) -> impl Iterator<Item = (&String, &FieldDefinition)> {
    let implicit = FieldDefinition::implicit_id();
    model.fields.iter().filter(move |(name, field)| *name != "id" || **field != implicit)
}

fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{} = {value}", self::key(key));
}

/// A field as an inline table: `{ type = "char", max_length = 200 }`.
pub fn inline_field(field: &FieldDefinition) -> String {
    let mut pairs = vec![("type", quoted(&field.kind))];
    let others = FIELD_OPTIONS.iter().map(|spec| spec.name).filter(|name| !LEADING.contains(name));
    for name in LEADING.iter().copied().chain(others) {
        pairs.extend(field.options.get(name).map(|value| (name, inline_value(value))));
    }
    inline(&pairs)
}

/// What completes the type stands next to it.
const LEADING: &[&str] =
    &["to", "on_delete", "through", "expr", "items", "max_length", "max_digits", "decimal_places"];

/// An index as an inline table, its name first.
pub fn inline_index(name: &str, index: &IndexDefinition) -> String {
    inline(&index_keys(name, index))
}

/// A constraint as an inline table, its name first.
pub fn inline_constraint(name: &str, constraint: &ConstraintDefinition) -> String {
    inline(&constraint_keys(name, constraint))
}

/// A manager as an inline table.
pub fn inline_manager(manager: &ManagerDefinition) -> String {
    let mut pairs = Vec::new();
    pairs.extend(manager.filter.as_ref().map(|filter| ("filter", quoted(filter))));
    if !manager.annotations.is_empty() {
        let annotations: Vec<_> =
            manager.annotations.iter().map(|(name, text)| (name.as_str(), quoted(text))).collect();
        pairs.push(("annotations", inline(&annotations)));
    }
    if !manager.ordering.is_empty() {
        pairs.push(("ordering", list(&manager.ordering)));
    }
    pairs.push(("use_in_migrations", "true".to_owned()));
    inline(&pairs)
}

/// The keys and values of an index.
pub fn index_keys(name: &str, index: &IndexDefinition) -> Vec<(&'static str, String)> {
    let mut pairs = vec![("name", quoted(name))];
    for (key, names) in
        [("fields", &index.fields), ("expressions", &index.expressions), ("include", &index.include)]
    {
        if !names.is_empty() {
            pairs.push((key, list(names)));
        }
    }
    pairs.extend(index.condition.as_ref().map(|text| ("where", quoted(text))));
    pairs.extend(index.method.as_ref().map(|method| ("method", quoted(method))));
    pairs
}

/// The keys and values of a constraint.
pub fn constraint_keys(name: &str, constraint: &ConstraintDefinition) -> Vec<(&'static str, String)> {
    let mut pairs = vec![("name", quoted(name))];
    match constraint {
        ConstraintDefinition::Unique { fields, condition } => {
            pairs.push(("unique", list(fields)));
            pairs.extend(condition.as_ref().map(|text| ("where", quoted(text))));
        }
        ConstraintDefinition::Check(check) => pairs.push(("check", quoted(check))),
    }
    pairs
}

/// Keys and values as an inline table.
pub fn inline(pairs: &[(&str, String)]) -> String {
    if pairs.is_empty() {
        return "{}".to_owned();
    }
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{} = {value}", key(name))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// Texts as a list.
pub fn list<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| quoted(name.as_ref())).collect();
    format!("[{}]", names.join(", "))
}

/// A value as TOML. An open bound of a range is absent, as in model files; TOML has no null.
pub fn inline_value(value: &Json) -> String {
    match value {
        Json::Null => "\"\"".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            // The shortest text that is the same number, with a point or an exponent.
            Some(float) => format!("{float:?}"),
            None => number.to_string(),
        },
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(inline_value).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.as_str(), inline_value(value)))
                .collect();
            inline(&entries)
        }
    }
}

/// A key, in quotes when it needs them.
pub fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// A text in the quotes that need fewer escapes.
pub fn quoted(text: &str) -> String {
    let plain = !text.chars().any(char::is_control);
    if plain && text.contains(['"', '\\']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
