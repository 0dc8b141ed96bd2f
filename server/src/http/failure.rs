//! Answers for requests that do not reach the engine: a status and a GraphQL error body.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// A request that is refused at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    status: StatusCode,
    message: String,
    code: &'static str,
    allow: Option<&'static str>,
}

impl Failure {
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_INPUT", message)
    }

    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), code, allow: None }
    }

    pub(super) fn method_not_allowed(allow: &'static str, message: impl Into<String>) -> Self {
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "BAD_INPUT", message) }
    }

    /// The answer. `application/json` is what every client reads, whatever it asked for.
    pub(super) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(error_body(&self.message, self.code)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        response
    }
}

/// A GraphQL response that is one request error.
pub(super) fn error_body(message: &str, code: &str) -> String {
    json!({"errors": [{"message": message, "extensions": {"code": code}}]}).to_string()
}
