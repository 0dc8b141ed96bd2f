//! Answers to introspection: the part of an operation that asks about the schema itself.

use crate::expose::Exposure;
use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;
use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::{GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use bytes::Bytes;
use indexmap::IndexMap;

/// Why an introspection has no answer.
#[derive(Debug, thiserror::Error)]
pub enum IntrospectionError {
    /// The operation goes round in circles through the schema (`fields { type { fields { type { fields …`), which
    /// would make answers of any size.
    #[error("{}", .0.message)]
    TooDeep(Box<GraphQLError>),
    /// It cannot be executed; a document that is valid for the schema always can.
    #[error("the introspection failed: {0}")]
    Failed(String),
}

/// Answers the fields `__schema`, `__type` and `__typename` at the root of a query: the JSON text of each by its
/// response key, in the order of the selection. Other root fields are left out, for the caller to execute.
///
/// The document must have been validated against the exposure's schema and the variables coerced for it.
///
/// # Errors
/// When the operation nests `fields`, `interfaces`, `possibleTypes` or `inputFields` three levels deep.
pub fn introspect(
    exposure: &Exposure,
    document: &Valid<ExecutableDocument>,
    operation: &Operation,
    variables: &Valid<JsonMap>,
) -> Result<IndexMap<String, Bytes>, IntrospectionError> {
    check_max_depth(document, operation)
        .map_err(|error| IntrospectionError::TooDeep(Box::new(error.to_graphql_error(&document.sources))))?;
    let response = partial_execute(&exposure.schema, &exposure.implementers, document, operation, variables)
        .map_err(|error| IntrospectionError::Failed(error.message().to_string()))?;
    if let Some(error) = response.errors.first() {
        return Err(IntrospectionError::Failed(error.message.clone()));
    }
    let mut answers = IndexMap::new();
    for (key, value) in response.data.unwrap_or_default() {
        let json =
            serde_json::to_vec(&value).map_err(|error| IntrospectionError::Failed(error.to_string()))?;
        answers.insert(key.as_str().to_owned(), Bytes::from(json));
    }
    Ok(answers)
}

/// The answer to the full introspection query, as tools read it from a file: `{"__schema": …}`, indented.
///
/// # Errors
/// None that a schema of the expose stage can cause.
pub fn introspection_json(exposure: &Exposure) -> Result<String, IntrospectionError> {
    let failed = |error: String| IntrospectionError::Failed(error);
    let document =
        ExecutableDocument::parse_and_validate(&exposure.schema, FULL_QUERY, "introspection.graphql")
            .map_err(|invalid| failed(invalid.errors.to_string()))?;
    let operation = document.operations.get(None).map_err(|error| failed(error.message().to_string()))?;
    let variables = coerce_variable_values(&exposure.schema, operation, &JsonMap::new())
        .map_err(|error| failed(error.message().to_string()))?;
    let answers = introspect(exposure, &document, operation, &variables)?;
    let schema = answers.get("__schema").ok_or_else(|| failed("there is no schema".to_owned()))?;
    let schema: serde_json::Value =
        serde_json::from_slice(schema).map_err(|error| failed(error.to_string()))?;
    serde_json::to_string_pretty(&serde_json::json!({ "__schema": schema }))
        .map_err(|error| failed(error.to_string()))
}

/// Everything that the introspection schema of the specification has. `ofType` goes as deep as any type of ours
/// (a list of lists of lists, each level non-null) and as deep as tools expect.
const FULL_QUERY: &str = "
query IntrospectionQuery {
  __schema {
    description
    queryType { name kind }
    mutationType { name kind }
    subscriptionType { name kind }
    types { ...FullType }
    directives {
      name
      description
      isRepeatable
      locations
      args(includeDeprecated: true) { ...InputValue }
    }
  }
}
fragment FullType on __Type {
  kind
  name
  description
  specifiedByURL
  isOneOf
  fields(includeDeprecated: true) {
    name
    description
    args(includeDeprecated: true) { ...InputValue }
    type { ...TypeRef }
    isDeprecated
    deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue {
  name
  description
  type { ...TypeRef }
  defaultValue
  isDeprecated
  deprecationReason
}
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType {
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } }
  } } } } } }
}
";
