//! Keys as `ID`s: the text of a key of one column, a JSON array of texts for several; and the global id, base64 of
//! `TYPE:ID`.

use crate::expose::Exposure;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nuages_models::Registry;
use nuages_models::registry::{LogicalType, ModelId};
use nuages_models::value::{Value, parse_text};
use std::borrow::Cow;

/// Which integers a key may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// Any: the value is compared with a column, and a number that the column cannot hold is equal to none.
    Comparison,
    /// Those of the column.
    Column,
}

/// The model and the key's text of a global id; `None` for what is not one.
pub(crate) fn open(id: &Json, exposure: &Exposure) -> Option<(ModelId, String)> {
    let text = STANDARD.decode(id.as_str()?).ok()?;
    let text = String::from_utf8(text).ok()?;
    let (type_name, key) = text.split_once(':')?;
    Some((exposure.model_of_type(type_name)?, key.to_owned()))
}

/// The models that an id or a list of ids speaks of, each once, in the order of their ids.
pub(crate) fn models(ids: &Json, exposure: &Exposure) -> Vec<ModelId> {
    let ids = match ids {
        Json::Array(ids) => ids.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut models: Vec<ModelId> =
        ids.iter().filter_map(|id| open(id, exposure)).map(|(model, _)| model).collect();
    models.sort_unstable();
    models.dedup();
    models
}

/// The values of the primary key's columns.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn key_values(
    registry: &Registry,
    model: ModelId,
    text: &str,
    width: Width,
) -> Result<Vec<Value>, String> {
    let model = registry.model(model);
    let parse = |id: &nuages_models::registry::FieldId, text: &str| {
        let logical = &model.field(*id).logical;
        let logical = if width == Width::Comparison { comparable(logical) } else { Cow::Borrowed(logical) };
        parse_text(&logical, text)
            .map_err(|problem| format!("this is not an ID of {}: {problem}", model.name))
    };
    if let [only] = model.primary_key.as_slice() {
        return Ok(vec![parse(only, text)?]);
    }
    let count = model.primary_key.len();
    let parts: Vec<String> = serde_json::from_str(text)
        .ok()
        .filter(|parts: &Vec<String>| parts.len() == count)
        .ok_or_else(|| format!("an ID of {} is a JSON array of {count} texts", model.name))?;
    model.primary_key.iter().zip(&parts).map(|(id, part)| parse(id, part)).collect()
}

/// The type in which a client's value is compared with values of a type: wider than the column, because
/// a number that it cannot hold is an answer (no row), not a mistake.
pub(crate) fn comparable(logical: &LogicalType) -> Cow<'_, LogicalType> {
    match logical {
        LogicalType::Int16 | LogicalType::Int32 => Cow::Owned(LogicalType::Int64),
        LogicalType::Decimal { digits, scale } => {
            Cow::Owned(LogicalType::Decimal { digits: digits + 40, scale: scale + 20 })
        }
        other => Cow::Borrowed(other),
    }
}
