//! Operations: parsing and validation, the cache of both, and the plans of an operation by the structure of its
//! variables.

mod cache;
mod diagnostics;
mod limits_seen;
mod nearest;
mod plans;
pub mod variables;

pub use cache::OperationCache;
pub use limits_seen::LimitsSeen;
pub use plans::Plans;

use crate::error::{Code, RequestError};
use crate::limits::{DocumentLimits, LimitError, check_text, check_unique_keys};
use apollo_compiler::executable;
use apollo_compiler::parser::{LineColumn, SourceMap};
use apollo_compiler::response::{JsonMap, serde_json_bytes};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema, introspection, request};

/// One operation of a valid document, with the plans made for it so far.
#[derive(Debug)]
pub struct Operation {
    text: Box<str>,
    name: Option<Box<str>>,
    /// The document, with its fragments.
    pub document: Valid<ExecutableDocument>,
    /// The chosen operation.
    pub definition: Node<executable::Operation>,
    /// The plans made for it.
    pub plans: Plans,
    /// The limits that it has seen.
    pub limits: LimitsSeen,
}

impl Operation {
    /// Parses and validates a document and chooses one of its operations.
    ///
    /// # Errors
    /// A document that is too large; everything that is wrong with it, in its order; the choice of the operation; introspection that is
    /// too deep.
    pub fn parse(schema: &Valid<Schema>, text: &str, name: Option<&str>) -> Result<Self, Vec<RequestError>> {
        check_text(text, DocumentLimits::default()).map_err(|error| vec![from_limit(&error)])?;
        let document = ExecutableDocument::parse_and_validate(schema, text, "request.graphql")
            .map_err(|failure| diagnostics::of_document(schema, text, &failure.partial, &failure.errors))?;
        let definition = document
            .operations
            .get(name)
            .map_err(|error| match name {
                Some(name) => vec![diagnostics::of_operation_name(&document, name)],
                None => vec![from_apollo(&error, &document.sources)],
            })?
            .clone();
        introspection::check_max_depth(&document, &definition).map_err(|error| {
            vec![RequestError { code: Code::LimitExceeded, ..from_apollo(&error, &document.sources) }]
        })?;
        check_unique_keys(&document).map_err(|error| vec![from_limit(&error)])?;
        Ok(Self {
            text: text.into(),
            name: name.map(Into::into),
            document,
            definition,
            plans: Plans::default(),
            limits: LimitsSeen::default(),
        })
    }

    /// The document's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name that the request chose it by.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether it is the operation of this request.
    pub fn is(&self, text: &str, name: Option<&str>) -> bool {
        *self.text == *text && self.name.as_deref() == name
    }

    /// About how many bytes it takes. A parsed document takes about thirty times its text.
    pub fn weight(&self) -> usize {
        self.text.len() * 30 + self.plans.weight()
    }

    /// The values of its variables, of the declared types.
    ///
    /// # Errors
    /// `BAD_INPUT`, naming the variable.
    pub fn coerce(
        &self,
        schema: &Valid<Schema>,
        variables: serde_json::Map<String, serde_json::Value>,
    ) -> Result<Valid<JsonMap>, RequestError> {
        let given: JsonMap = variables
            .into_iter()
            .map(|(name, value)| (name.into(), serde_json_bytes::Value::from(value)))
            .collect();
        request::coerce_variable_values(schema, &self.definition, &given).map_err(|error| {
            let explained = self.definition.variables.iter().find_map(|variable| {
                let value = given.get(variable.name.as_str())?;
                let error = diagnostics::of_variable(schema, &variable.name, &variable.ty, value)?;
                Some(error.located(variable.location(), &self.document.sources))
            });
            explained.unwrap_or_else(|| from_apollo(&error, &self.document.sources))
        })
    }
}

/// A document that is refused for its size or for a repeated key.
fn from_limit(error: &LimitError) -> RequestError {
    let code = match error {
        LimitError::Tokens { .. } | LimitError::Depth { .. } => Code::LimitExceeded,
        LimitError::DuplicateKey { .. } => Code::BadInput,
    };
    let place = error.place().map(|place| LineColumn { line: place.line, column: place.column });
    RequestError { locations: place.into_iter().collect(), ..RequestError::new(code, error.to_string()) }
}

pub(crate) fn from_apollo(error: &request::RequestError, sources: &SourceMap) -> RequestError {
    RequestError::bad_input(error.message().to_string()).located(error.location(), sources)
}
