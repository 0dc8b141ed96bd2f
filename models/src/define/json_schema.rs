//! The JSON Schema of a model file, for editors: made of the same tables that the reader uses.

use super::kinds::{FIELD_KINDS, FieldKind, KindType};
use super::options::{
    ANNOTATION_KEYS, ARGUMENT_KEYS, CONSTRAINT_KEYS, FIELD_OPTIONS, GRAPHQL_FIELD_KEYS, GRAPHQL_MODEL_KEYS,
    INDEX_KEYS, INDEX_METHODS, MANAGER_KEYS, MODEL_KEYS, ON_DELETE, OptionSpec, Shape, TYPE_KEYS,
};
use crate::registry::FieldTypes;
use serde_json::{Map, Value as Json, json};

/// Names of models: no `__`, no `_` at the end.
const MODEL_NAME: &str = "^[A-Za-z](?:_?[A-Za-z0-9])*$";
/// Names of fields, relations, computed fields, managers: the same, and not `pk`.
const MEMBER_NAME: &str = "^(?!pk$)[A-Za-z](?:_?[A-Za-z0-9])*$";

/// The JSON Schema (draft 2020-12) of a model file, with an embedder's own field types among the others.
///
/// It accepts every file that [`define`](super::define) accepts; what takes several models to see (the target of a
/// relation, clashing names) it cannot refuse.
pub fn json_schema(types: &FieldTypes) -> Json {
    let kinds: Vec<&FieldKind> = FIELD_KINDS.iter().chain(types.kinds()).collect();
    let mut definitions = Map::new();
    definitions.insert("model".to_owned(), object(MODEL_KEYS, &[]));
    definitions.insert("index".to_owned(), index());
    definitions.insert("constraint".to_owned(), constraint());
    definitions.insert("manager".to_owned(), object(MANAGER_KEYS, &[]));
    definitions.insert(
        "annotation".to_owned(),
        json!({ "oneOf": [{ "type": "string", "minLength": 1 }, object(ANNOTATION_KEYS, &["expr"])] }),
    );
    definitions.insert("type".to_owned(), bare_type(&[]));
    definitions.insert("argument".to_owned(), bare_type(ARGUMENT_KEYS));
    definitions.insert("field".to_owned(), field(&kinds));
    for kind in kinds {
        definitions.insert(format!("field_{}", kind.name), field_of(kind));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Nuages model file",
        "description": "Models by name. The file's name is the app: blog.toml has the tables blog_<model>.",
        "type": "object",
        "propertyNames": { "pattern": MODEL_NAME, "maxLength": 63 },
        "additionalProperties": { "$ref": "#/$defs/model" },
        "$defs": definitions,
    })
}

fn object(specs: &[OptionSpec], required: &[&str]) -> Json {
    let mut properties = Map::new();
    for spec in specs {
        properties.insert(spec.name.to_owned(), described(shape(spec.shape), spec.doc));
    }
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn described(mut schema: Json, doc: &str) -> Json {
    schema["description"] = json!(doc);
    schema
}

fn shape(shape: Shape) -> Json {
    let members = |definition: &str| {
        json!({
            "type": "object",
            "propertyNames": { "pattern": MEMBER_NAME, "maxLength": 63 },
            "additionalProperties": { "$ref": format!("#/$defs/{definition}") },
        })
    };
    match shape {
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Text | Shape::Expression => json!({ "type": "string", "minLength": 1 }),
        Shape::Positive => json!({ "type": "integer", "minimum": 1, "maximum": i32::MAX }),
        Shape::Natural => json!({ "type": "integer", "minimum": 0, "maximum": i32::MAX }),
        Shape::Value => json!({}),
        Shape::ValueExpression => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Choices => json!({ "oneOf": [
            { "type": "array", "minItems": 1, "items": { "anyOf": [
                { "type": ["string", "number", "boolean"] },
                { "type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [{}, { "type": "string" }] },
            ] } },
            { "type": "object", "minProperties": 1, "additionalProperties": { "type": "string" } },
        ] }),
        Shape::OnDelete => json!({ "enum": ON_DELETE }),
        Shape::Names => names(),
        Shape::NameGroups => json!({ "anyOf": [names(), { "type": "array", "items": names() }] }),
        Shape::GraphqlField => json!({ "anyOf": [
            { "type": "boolean" },
            { "type": "string", "minLength": 1 },
            object(GRAPHQL_FIELD_KEYS, &[]),
        ] }),
        Shape::GraphqlModel => json!({ "anyOf": [{ "type": "boolean" }, object(GRAPHQL_MODEL_KEYS, &[])] }),
        Shape::Type => json!({ "$ref": "#/$defs/type" }),
        Shape::Fields => members("field"),
        Shape::Annotations => members("annotation"),
        Shape::Arguments => members("argument"),
        Shape::Managers => members("manager"),
        Shape::Indexes => json!({ "type": "array", "items": { "$ref": "#/$defs/index" } }),
        Shape::Constraints => json!({ "type": "array", "items": { "$ref": "#/$defs/constraint" } }),
        // Nothing is a rule that the reader accepts.
        Shape::Permissions => json!({ "not": {} }),
    }
}

fn names() -> Json {
    json!({ "type": "array", "items": { "type": "string", "minLength": 1 } })
}

fn index() -> Json {
    let mut schema = object(INDEX_KEYS, &[]);
    schema["anyOf"] = json!([{ "required": ["fields"] }, { "required": ["expressions"] }]);
    schema["properties"]["method"]["enum"] = json!(INDEX_METHODS);
    schema
}

fn constraint() -> Json {
    let mut schema = object(CONSTRAINT_KEYS, &[]);
    schema["oneOf"] = json!([
        { "required": ["unique"] },
        { "required": ["check", "name"], "properties": { "where": false } },
    ]);
    schema
}

/// A word, or a table with its measures.
fn bare_type(more: &[OptionSpec]) -> Json {
    let words: Vec<_> = FIELD_KINDS
        .iter()
        .filter(|kind| !matches!(kind.kind, KindType::Generated | KindType::Relation(_)))
        .map(|kind| kind.name)
        .collect();
    let mut table = object(TYPE_KEYS, &["type"]);
    table["properties"]["type"]["enum"] = json!(words);
    for spec in more {
        table["properties"][spec.name] = described(shape(spec.shape), spec.doc);
    }
    json!({ "oneOf": [{ "enum": words }, table] })
}

/// A field: `type` chooses which definition holds, so that editors offer the options of that type.
fn field(kinds: &[&FieldKind]) -> Json {
    let words: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
    let docs: Vec<_> = kinds.iter().map(|kind| kind.doc).collect();
    let branches: Vec<_> = kinds
        .iter()
        .map(|kind| {
            json!({
                "if": {
                    "type": "object",
                    "required": ["type"],
                    "properties": { "type": { "const": kind.name } },
                },
                "then": { "$ref": format!("#/$defs/field_{}", kind.name) },
            })
        })
        .collect();
    json!({
        "type": "object",
        "required": ["type"],
        "properties": { "type": { "description": "The field type.", "enum": words, "x-taplo": {
            "docs": { "enumValues": docs }
        } } },
        "allOf": branches,
    })
}

fn field_of(kind: &FieldKind) -> Json {
    let mut properties = Map::new();
    properties.insert("type".to_owned(), described(json!({ "const": kind.name }), kind.doc));
    for spec in FIELD_OPTIONS.iter().filter(|spec| kind.takes(spec.name)) {
        properties.insert(spec.name.to_owned(), described(shape(spec.shape), spec.doc));
    }
    for option in kind.own_options() {
        properties.insert(option.name.to_owned(), described(json!({}), option.doc));
    }
    let required: Vec<_> = ["type"].into_iter().chain(kind.required.iter().copied()).collect();
    json!({
        "type": "object",
        "description": kind.doc,
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_described() {
        let schema = json_schema(FieldTypes::NONE);
        for kind in FIELD_KINDS {
            let field = &schema["$defs"][format!("field_{}", kind.name)];
            assert_eq!(field["properties"]["type"]["const"], kind.name);
            for option in kind.option_names() {
                let text = field["properties"][option]["description"].as_str();
                assert!(text.is_some_and(|text| !text.is_empty()), "{}.{option}", kind.name);
            }
        }
        for spec in MODEL_KEYS {
            assert!(schema["$defs"]["model"]["properties"][spec.name].is_object(), "{}", spec.name);
        }
    }

    #[test]
    fn every_reference_has_its_definition() {
        fn references(value: &Json, found: &mut Vec<String>) {
            match value {
                Json::Object(object) => {
                    found.extend(object.get("$ref").and_then(Json::as_str).map(str::to_owned));
                    object.values().for_each(|value| references(value, found));
                }
                Json::Array(items) => items.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let schema = json_schema(FieldTypes::NONE);
        let mut found = Vec::new();
        references(&schema, &mut found);
        assert!(found.len() > FIELD_KINDS.len());
        for reference in found {
            let pointer = reference.trim_start_matches('#');
            assert!(schema.pointer(pointer).is_some(), "{reference}");
        }
    }
}
