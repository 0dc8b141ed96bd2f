//! What somebody types for existing rows, as a [`Fill`].

use crate::operation::Fill;
use crate::state::{ModelName, ProjectState};
use nuages_models::Registry;
use nuages_models::define::SourceFile;
use nuages_models::define::document::{Problems, Value, parse, plain_value};
use nuages_models::text;
use serde_json::Value as Json;

/// Reads what existing rows get in a field of the state: a value as a model file has it (`3`, `"draft"`, `true`; text and moments
/// need no quotes here), or `{ expr = "…" }`. The value comes back in canonical form.
///
/// # Errors
/// Why it is no value of the field, or no expression.
pub fn read_fill(text: &str, state: &ProjectState, model: &ModelName, name: &str) -> Result<Fill, String> {
    let given = toml_value(text);
    if let Some(Value::Table(table)) = &given
        && let [(key, value)] = table.entries.as_slice()
        && let ("expr", Value::Text(expression)) = (key.value.as_str(), &value.value)
    {
        let known = text::parse(expression, &Registry::default());
        return match known {
            Ok(_) => Ok(Fill::Expression(expression.clone())),
            Err(error) => Err(format!("`{expression}`, {error}")),
        };
    }
    let plain = Json::from(text);
    let candidates = match &given {
        None => vec![plain],
        Some(value @ (Value::Text(_) | Value::Moment(_))) => vec![plain_value(value)],
        // A decimal is exact as text.
        Some(value @ Value::Float(_)) => vec![plain, plain_value(value)],
        Some(value) => vec![plain_value(value), plain],
    };
    let mut refused = String::new();
    for candidate in candidates {
        match checked(candidate, state, model, name) {
            Ok(value) => return Ok(Fill::Value(value)),
            Err(why) if refused.is_empty() => refused = format!("`{text}` cannot be what rows get: {why}"),
            Err(_) => {}
        }
    }
    Err(refused)
}

fn toml_value(text: &str) -> Option<Value> {
    let file = SourceFile { path: String::new(), text: format!("value = {text}") };
    let mut problems = Problems::new(std::slice::from_ref(&file), "values");
    let tree = parse(0, &file.text, &mut problems);
    let value = tree.entries.into_iter().next().map(|(_, value)| value.value);
    value.filter(|_| !problems.has_syntax_errors())
}

/// The value as the default of the field would be.
fn checked(value: Json, state: &ProjectState, model: &ModelName, name: &str) -> Result<Json, String> {
    let mut with = state.clone();
    let field = with.model_mut(model).and_then(|model| model.fields.get_mut(name));
    let Some(field) = field else { return Err(format!("{model} has no field `{name}`")) };
    field.options.insert("default".to_owned(), value);
    match with.canonical() {
        Ok(canonical) => {
            let field = canonical.model(model).and_then(|model| model.fields.get(name));
            let value = field.and_then(|field| field.options.get("default")).cloned();
            value.ok_or_else(|| format!("`{name}` cannot have a value"))
        }
        Err(errors) => Err(errors.errors.first().map(ToString::to_string).unwrap_or_default()),
    }
}
