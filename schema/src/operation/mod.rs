//! Operations: parsing and validation, the cache of both, and the plans of an operation by the structure of its
//! variables.

mod cache;
mod limits_seen;
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
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node, Schema, introspection, request};

/// Most diagnostics of one document that are shown.
const MAX_DIAGNOSTICS: usize = 20;

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
            .map_err(|failure| diagnostics(&failure.errors))?;
        let definition = document
            .operations
            .get(name)
            .map_err(|error| vec![from_apollo(&error, &document.sources)])?
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
        request::coerce_variable_values(schema, &self.definition, &given)
            .map_err(|error| from_apollo(&error, &self.document.sources))
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

/// Diagnostics of a document as errors of a response. What follows from a syntax error is not shown beside it.
fn diagnostics(list: &DiagnosticList) -> Vec<RequestError> {
    let is_syntax = |message: &str| message.starts_with("syntax error");
    let syntax = list.iter().any(|diagnostic| is_syntax(&diagnostic.error.to_string()));
    list.iter()
        .filter(|diagnostic| !syntax || is_syntax(&diagnostic.error.to_string()))
        .take(MAX_DIAGNOSTICS)
        .map(|diagnostic| {
            let error = diagnostic.to_json();
            RequestError { locations: error.locations, ..RequestError::bad_input(error.message) }
        })
        .collect()
}

pub(crate) fn from_apollo(error: &request::RequestError, sources: &SourceMap) -> RequestError {
    RequestError::bad_input(error.message().to_string()).located(error.location(), sources)
}
