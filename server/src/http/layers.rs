//! What every request passes through: an id, a log line, a net for panics, the end of the server, CORS.

use super::failure::error_body;
use super::state::{HttpOptions, ServerState};
use crate::telemetry::REQUESTS;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use futures::FutureExt as _;
use std::any::Any;
use std::hash::{BuildHasher as _, RandomState};
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest operation name in the log, in bytes.
const MAX_LOGGED_NAME: usize = 100;

/// Puts the layers around routes, the log outermost.
pub(super) fn wrap(routes: Router<ServerState>, state: &ServerState) -> Router<ServerState> {
    let routes = match cors(state.options()) {
        Some(layer) => routes.layer(layer),
        None => routes,
    };
    routes.layer(from_fn_with_state(state.clone(), observe))
}

/// The operation that a request ran, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OperationName(Option<String>);

impl OperationName {
    /// The name that the request gives, else that of the document's first operation.
    pub(super) fn of(request: &nuages_schema::Request) -> Self {
        let name = request.operation_name.as_deref().or_else(|| first_name(&request.query));
        Self(name.map(|name| {
            let end = (0..=MAX_LOGGED_NAME.min(name.len())).rev().find(|end| name.is_char_boundary(*end));
            name[..end.unwrap_or(0)].to_owned()
        }))
    }

    /// The name, or `-`.
    pub(super) fn text(&self) -> &str {
        self.0.as_deref().unwrap_or("-")
    }
}

/// The name after the keyword that a document opens with; good enough for a log.
fn first_name(document: &str) -> Option<&str> {
    let mut rest = document.trim_start();
    while rest.starts_with('#') {
        rest = rest.split_once('\n')?.1.trim_start();
    }
    let rest = ["query", "mutation", "subscription"].iter().find_map(|word| rest.strip_prefix(word))?;
    let name = rest.trim_start();
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    (end > 0 && name.len() < rest.len()).then(|| &name[..end])
}

async fn observe(State(state): State<ServerState>, request: Request, next: Next) -> Response<Body> {
    let id = request_id(request.headers());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let line = LogLine::begin(request.method().clone(), request.uri().clone(), span.clone());
    let served = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span);
    let mut response = tokio::select! {
        biased;
        served = served => served.unwrap_or_else(|panic| panicked(panic.as_ref(), &id)),
        () = state.halted().cancelled() => halted(),
    };
    response.headers_mut().insert(REQUEST_ID, id);
    line.end(&response);
    response
}

/// The id that a proxy gave, when it is short and plain; else a new one, unique in this process and most likely
/// among processes.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    static PROCESS: LazyLock<u32> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()) as u32);
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let plain = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
        (1..=64).contains(&bytes.len()) && bytes.iter().all(word)
    };
    if let Some(given) = headers.get(&REQUEST_ID).filter(plain) {
        return given.clone();
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    HeaderValue::try_from(format!("{:08x}-{number:x}", *PROCESS))
        .unwrap_or_else(|_| HeaderValue::from(number))
}

/// Writes one line for a request, also when the client goes away and the request is dropped.
struct LogLine {
    method: Method,
    uri: Uri,
    started: Instant,
    span: tracing::Span,
    finished: bool,
}

impl LogLine {
    fn begin(method: Method, uri: Uri, span: tracing::Span) -> Self {
        Self { method, uri, started: Instant::now(), span, finished: false }
    }

    fn end(mut self, response: &Response<Body>) {
        self.finished = true;
        let operation = response.extensions().get::<OperationName>().map_or("-", OperationName::text);
        self.write(operation, response.status().as_u16());
    }

    fn write(&self, operation: &str, status: u16) {
        let _entered = self.span.enter();
        let ms = self.started.elapsed().as_micros() as f64 / 1000.0;
        let (method, path) = (self.method.as_str(), self.uri.path());
        // Probes come every few seconds, files by the dozen; they say nothing new while they succeed.
        let quiet = path.starts_with("/assets/") || ["/healthz", "/readyz", "/favicon.svg"].contains(&path);
        if status < 400 && quiet {
            tracing::debug!(target: REQUESTS, method, path, operation, status, ms);
        } else if status >= 500 {
            tracing::error!(target: REQUESTS, method, path, operation, status, ms);
        } else {
            tracing::info!(target: REQUESTS, method, path, operation, status, ms);
        }
    }
}

impl Drop for LogLine {
    fn drop(&mut self) {
        if !self.finished {
            // 499 is what proxies write for a client that closed the connection.
            self.write("-", 499);
        }
    }
}

fn panicked(panic: &(dyn Any + Send), id: &HeaderValue) -> Response<Body> {
    let body = internal_error(panic, id.to_str().unwrap_or("-"));
    plain_json(StatusCode::INTERNAL_SERVER_ERROR, body)
}

/// The GraphQL body of a request that panicked; what the panic said is for the log.
pub(super) fn internal_error(panic: &(dyn Any + Send), id: &str) -> String {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    tracing::error!(id, panic = message, "a request panicked");
    let extensions = serde_json::json!({"code": "INTERNAL", "id": id});
    serde_json::json!({"errors": [{"message": "internal error", "extensions": extensions}]}).to_string()
}

fn halted() -> Response<Body> {
    let mut response = plain_json(
        StatusCode::SERVICE_UNAVAILABLE,
        error_body("the server stopped before the request was done", "UNAVAILABLE"),
    );
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn plain_json(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// Browsers of other origins are let in when they are configured, and from localhost when debugging.
fn cors(options: &HttpOptions) -> Option<CorsLayer> {
    if !options.debug && options.cors_origins.is_empty() {
        return None;
    }
    let options = options.clone();
    let origins = if options.cors_origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::predicate(move |origin, _| origin_is_allowed(&options, origin))
    };
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([REQUEST_ID])
            .max_age(std::time::Duration::from_secs(3600)),
    )
}

/// Whether pages of this origin may call the server.
pub(super) fn origin_is_allowed(options: &HttpOptions, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    options.cors_origins.iter().any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin))
        || (options.debug && is_localhost(origin))
}

fn is_localhost(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    matches!(scheme, "http" | "https")
        && (host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "::1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use nuages_models::Registry;
    use nuages_models::database::{Database, DatabaseOptions};
    use nuages_schema::{Engine, EngineOptions};
    use std::sync::Arc;
    use tower::ServiceExt as _;

    async fn state(options: HttpOptions) -> ServerState {
        let database = Database::connect("sqlite::memory:", DatabaseOptions::default()).await.unwrap();
        let engine =
            Engine::new(Arc::new(Registry::default()), database.clone(), EngineOptions::default()).unwrap();
        ServerState::new(engine, database, options)
    }

    async fn body_of(response: Response<Body>) -> serde_json::Value {
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_with_an_id() {
        let state = state(HttpOptions::default()).await;
        let broken = || async {
            if true {
                panic!("secret detail");
            }
        };
        let router = wrap(Router::new().route("/", get(broken)), &state).with_state(state);
        let request =
            Request::builder().uri("/").header("x-request-id", "abc-1").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["x-request-id"], "abc-1");
        let body = body_of(response).await;
        assert_eq!(body["errors"][0]["extensions"], serde_json::json!({"code": "INTERNAL", "id": "abc-1"}));
        assert!(!body.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn a_request_that_outlives_the_server_is_answered() {
        let state = state(HttpOptions::default()).await;
        let router = wrap(Router::new().route("/", get(std::future::pending::<()>)), &state);
        let running = tokio::spawn(
            router
                .with_state(state.clone())
                .oneshot(Request::builder().uri("/").body(Body::empty()).unwrap()),
        );
        tokio::task::yield_now().await;
        assert!(!running.is_finished());
        state.halted().cancel();
        let response = running.await.unwrap().unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(body_of(response).await["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    }

    #[test]
    fn ids_are_taken_over_only_when_plain() {
        let id = |given: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(given).unwrap());
            request_id(&headers)
        };
        assert_eq!(id(b"0af7-651_9.x:1"), "0af7-651_9.x:1");
        assert_ne!(id(b"a b"), "a b");
        assert_ne!(id(b"a\xff"), HeaderValue::from_bytes(b"a\xff").unwrap());
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn names_are_found_for_the_log() {
        let name = |query: &str, operation: Option<&str>| {
            let request = nuages_schema::Request {
                query: query.to_owned(),
                operation_name: operation.map(str::to_owned),
                ..Default::default()
            };
            OperationName::of(&request).0
        };
        assert_eq!(name("query Posts($x: Int) {a}", None).as_deref(), Some("Posts"));
        assert_eq!(name("# hello\n\n mutation\n Save{a}", None).as_deref(), Some("Save"));
        assert_eq!(name("query A {a} query B {b}", Some("B")).as_deref(), Some("B"));
        assert_eq!(name("{a}", None), None);
        assert_eq!(name("query {a}", None), None);
        assert_eq!(name("queryPosts {a}", None), None);
        assert_eq!(name("#", None), None);
        assert_eq!(name("{a}", Some(&"é".repeat(80))).unwrap().len(), MAX_LOGGED_NAME);
    }

    #[test]
    fn only_localhost_is_localhost() {
        for origin in
            ["http://localhost:5173", "https://127.0.0.1", "http://[::1]:3000", "http://app.localhost:1"]
        {
            assert!(is_localhost(origin), "{origin}");
        }
        for origin in
            ["http://localhost.evil.example", "http://127.0.0.1.evil.example", "null", "file://localhost"]
        {
            assert!(!is_localhost(origin), "{origin}");
        }
    }
}
