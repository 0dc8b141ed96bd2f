//! Responses as JSON text: `{"data": …, "errors": …, "extensions": …}`.

use crate::engine::{Response, ResponseKind};
use crate::error::{Code, RequestError, trace_id};
use bytes::Bytes;
use nuages_models::run::{Answer, FieldError, PathSegment, RunError, StatementTrace};
use serde_json::{Map, Value as Json, json};

/// A request that was refused before its execution: there is no `data` key.
pub(crate) fn refused(errors: &[RequestError]) -> Response {
    let errors: Vec<Json> = errors.iter().map(request_error).collect();
    Response { body: body_of(&json!({ "errors": errors })), kind: ResponseKind::RequestError }
}

/// A mutation over a transport that may only read.
pub(crate) fn method_not_allowed() -> Response {
    let error = RequestError::bad_input("mutations are not accepted by GET; send the request by POST");
    Response { kind: ResponseKind::MethodNotAllowed, ..refused(&[error]) }
}

/// What a request that is debugged is told beside its answer: its statements and its plan.
pub(crate) fn debugged(statements: &[StatementTrace], plan: &str) -> Json {
    json!({ "queries": statements.iter().map(statement).collect::<Vec<_>>(), "plan": plan })
}

/// A request whose execution failed as a whole: `data` is null.
pub(crate) fn failed(error: RunError) -> Response {
    // A value that only the run stage could judge (a regular expression, say) is the client's mistake, found
    // before anything was read: a request error like any other.
    if let RunError::BadInput(message) = error {
        return refused(&[RequestError::bad_input(message)]);
    }
    failed_with(vec![request_error(&run_error(error))], None)
}

/// A failure of the run stage in words for the client.
pub(crate) fn run_error(error: RunError) -> RequestError {
    match error {
        RunError::Timeout { .. } => RequestError::new(Code::Timeout, error.to_string()),
        RunError::Unavailable(cause) | RunError::Retry(cause) => {
            tracing::warn!(%cause, "the database is not available");
            RequestError::new(Code::Unavailable, "the database is not available; try again later")
        }
        RunError::BadInput(message) => RequestError::bad_input(message),
        RunError::Constraint(broken) => RequestError::internal(broken.message),
        RunError::Internal(cause) => RequestError::internal(cause),
    }
}

/// A request with errors and nothing else to answer but its extensions.
pub(crate) fn failed_with(errors: Vec<Json>, extensions: Option<Json>) -> Response {
    let mut body = json!({ "data": null, "errors": errors });
    if let Some(extensions) = extensions {
        body["extensions"] = extensions;
    }
    Response { body: body_of(&body), kind: ResponseKind::Executed }
}

/// An executed request. What stands around the data goes into the buffer of the data.
pub(crate) fn executed(answer: Answer, explained: Option<String>) -> Response {
    let extensions = explained.map(|plan| debugged(&answer.statements, &plan));
    let errors: Vec<Json> = answer.errors.into_iter().map(field_error).collect();
    let mut body = answer.data;
    if body.is_empty() {
        body.extend_from_slice(b"null");
    }
    body.splice(0..0, *b"{\"data\":");
    if !errors.is_empty() {
        body.extend_from_slice(b",\"errors\":");
        body.extend_from_slice(&body_of(&Json::Array(errors)));
    }
    if let Some(extensions) = extensions {
        body.extend_from_slice(b",\"extensions\":");
        body.extend_from_slice(&body_of(&extensions));
    }
    body.push(b'}');
    Response { body: Bytes::from(body), kind: ResponseKind::Executed }
}

pub(crate) fn request_error(error: &RequestError) -> Json {
    self::error(error, &[], Map::new())
}

/// An error with its path in the answer, when it has one, and what else `extensions` say.
pub(crate) fn error(error: &RequestError, path: &[Json], extensions: Map<String, Json>) -> Json {
    let mut json = json!({ "message": error.message });
    if !error.locations.is_empty() {
        let places =
            error.locations.iter().map(|place| json!({ "line": place.line, "column": place.column }));
        json["locations"] = places.collect();
    }
    if !path.is_empty() {
        json["path"] = Json::from(path.to_vec());
    }
    let mut all = Map::new();
    all.insert("code".to_owned(), Json::from(error.code.as_str()));
    all.extend(error.hint.as_ref().map(|hint| ("hint".to_owned(), Json::from(hint.as_str()))));
    all.extend(extensions);
    json["extensions"] = Json::Object(all);
    json
}

pub(crate) fn field_error(error: FieldError) -> Json {
    let path: Vec<Json> = error
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Key(key) => Json::from(key.as_str()),
            PathSegment::Index(index) => Json::from(*index),
        })
        .collect();
    let message = if error.code == Code::Internal.as_str() {
        let id = trace_id();
        tracing::error!(trace_id = %id, cause = %error.message, path = ?path, "a field failed for an internal reason");
        // The message is for the client already; the id leads to the log.
        format!("{} ({id})", error.message)
    } else {
        error.message
    };
    json!({ "message": message, "path": path, "extensions": { "code": error.code } })
}

fn statement(trace: &StatementTrace) -> Json {
    json!({
        "sql": trace.sql,
        "parameters": trace.parameters,
        "rows": trace.rows,
        "executions": trace.executions,
        "ms": trace.ms,
    })
}

fn body_of(json: &Json) -> Bytes {
    // A JSON tree with text keys always has a text form.
    Bytes::from(json.to_string())
}
