//! Introspection answers.

use crate::builder::blog;
use apollo_compiler::ExecutableDocument;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::JsonMap;
use nuages_schema::expose::{ExposeOptions, expose};
use nuages_schema::introspection::{IntrospectionError, introspect, introspection_json};
use serde_json::{Value, json};

fn ask(document: &str, variables: Value) -> Result<Vec<(String, Value)>, IntrospectionError> {
    let exposure = expose(&blog(), &ExposeOptions::default()).unwrap();
    let document =
        ExecutableDocument::parse_and_validate(&exposure.schema, document, "query.graphql").unwrap();
    let operation = document.operations.get(None).unwrap();
    let variables: JsonMap = serde_json::from_value(variables).unwrap();
    let variables = coerce_variable_values(&exposure.schema, operation, &variables).unwrap();
    let answers = introspect(&exposure, &document, operation, &variables)?;
    Ok(answers.into_iter().map(|(key, json)| (key, serde_json::from_slice(&json).unwrap())).collect())
}

#[test]
fn only_the_introspection_is_answered_in_the_order_of_the_selection() {
    let answers = ask(
        "query ($name: String!, $no: Boolean!) {
           __typename users { id } kind: __type(name: $name) { name isOneOf inputFields { name } }
           ...F gone: __typename @include(if: $no) none: __type(name: \"Nothing\") { name }
         } fragment F on Query { again: __schema { queryType { name } } posts { id } }",
        json!({"name": "UserKey", "no": false}),
    )
    .unwrap();
    assert_eq!(
        answers,
        [
            ("__typename".to_owned(), json!("Query")),
            (
                "kind".into(),
                json!({"name": "UserKey", "isOneOf": true, "inputFields": [{"name": "id"}, {"name": "email"}]})
            ),
            ("again".into(), json!({"queryType": {"name": "Query"}})),
            ("none".into(), json!(null)),
        ]
    );
}

#[test]
fn circles_are_refused() {
    let error =
        ask("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", json!({}));
    match error {
        Err(IntrospectionError::TooDeep(error)) => {
            assert!(error.message.contains("depth"), "{}", error.message);
            assert_eq!(error.locations.len(), 1);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_full_answer_has_everything() {
    let exposure = expose(&blog(), &ExposeOptions::default()).unwrap();
    let json: Value = serde_json::from_str(&introspection_json(&exposure).unwrap()).unwrap();
    let types = json["__schema"]["types"].as_array().unwrap();
    let named =
        |name: &str| types.iter().find(|each| each["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(named("PostOrder")["isOneOf"], true);
    assert_eq!(named("PostFilter")["isOneOf"], false);
    assert_eq!(named("DateTime")["specifiedByURL"], "https://www.rfc-editor.org/rfc/rfc3339#section-5.6");
    assert_eq!(named("Node")["possibleTypes"].as_array().unwrap().len(), 6);
    assert_eq!(named("User")["description"], "A person who writes or comments.");
    assert_eq!(types.len(), exposure.schema.types.len());
}
