//! What operators and tools ask: is it alive, is it ready, what is its schema.

use super::state::ServerState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use std::time::Duration;

/// Longest time that readiness waits for the database.
const PING_TIMEOUT: Duration = Duration::from_secs(3);

/// `/healthz`: the process answers, whatever the database does.
pub(super) async fn healthy() -> Response<Body> {
    status(StatusCode::OK, "ok")
}

/// `/readyz`: requests can be served. 503 while the database cannot be reached or is not as the
/// models need it, and once the server stops.
pub(super) async fn ready(State(state): State<ServerState>) -> Response<Body> {
    if state.stopping().is_cancelled() {
        return status(StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    if let Some(reason) = state.unready() {
        // Which tables there are is nobody's business here: the log names them.
        tracing::debug!(reason, "not ready");
        return status(StatusCode::SERVICE_UNAVAILABLE, "the database is not as the models need it");
    }
    match tokio::time::timeout(PING_TIMEOUT, state.database().ping()).await {
        Ok(Ok(())) => status(StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database is not ready");
            status(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached")
        }
        Err(_) => {
            tracing::warn!(timeout_ms = PING_TIMEOUT.as_millis(), "the database does not answer");
            status(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

/// `/schema.graphql`: the schema in SDL.
pub(super) async fn schema(State(state): State<ServerState>) -> Response<Body> {
    let mut response = Response::new(Body::from(state.engine().sdl().to_owned()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/graphql; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn status(status: StatusCode, word: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::json!({"status": word}).to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
