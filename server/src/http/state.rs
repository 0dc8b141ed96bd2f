//! What all requests share: the engine, which may be replaced while requests run, and the settings.

use nuages_models::database::Database;
use nuages_schema::Engine;
use parking_lot::RwLock;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Settings of the HTTP face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Show SQL in every answer and allow browsers from localhost.
    pub debug: bool,
    /// Whether the header `X-Nuages-Debug: 1` may ask for SQL in the answer.
    pub debug_header: bool,
    /// Origins whose pages may call the server; `*` is all.
    pub cors_origins: Vec<String>,
    /// Largest request body and WebSocket message, in bytes.
    pub max_body_bytes: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        let config = crate::Config::default();
        Self::from(&config)
    }
}

impl From<&crate::Config> for HttpOptions {
    fn from(config: &crate::Config) -> Self {
        Self {
            debug: config.debug,
            debug_header: config.debug_header,
            cors_origins: config.cors_origins.clone(),
            max_body_bytes: config.max_body_bytes,
        }
    }
}

/// The engine and the settings behind a router. Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct ServerState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    engine: RwLock<Arc<Engine>>,
    database: Database,
    options: HttpOptions,
    unready: RwLock<Option<String>>,
    stopping: CancellationToken,
    halted: CancellationToken,
}

impl ServerState {
    /// A state that serves this engine. The database is the one that `/readyz` asks.
    pub fn new(engine: Engine, database: Database, options: HttpOptions) -> Self {
        Self(Arc::new(Shared {
            engine: RwLock::new(Arc::new(engine)),
            database,
            options,
            unready: RwLock::new(None),
            stopping: CancellationToken::new(),
            halted: CancellationToken::new(),
        }))
    }

    /// The engine of now. A request keeps the one that it began with.
    pub fn engine(&self) -> Arc<Engine> {
        self.0.engine.read().clone()
    }

    /// Serves later requests by another engine; those that run are not disturbed.
    pub fn replace_engine(&self, engine: Engine) {
        *self.0.engine.write() = Arc::new(engine);
    }

    /// The database that readiness asks.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Why `/readyz` says no although the database answers.
    pub fn unready(&self) -> Option<String> {
        self.0.unready.read().clone()
    }

    /// Lets `/readyz` say no, or yes again.
    pub fn set_unready(&self, reason: Option<String>) {
        *self.0.unready.write() = reason;
    }

    /// The settings.
    pub fn options(&self) -> &HttpOptions {
        &self.0.options
    }

    /// Cancelled when the server begins to stop: no new work, WebSockets say goodbye, `/readyz` says no.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// Cancelled when the time for running requests is over: they are dropped and answer 503.
    pub fn halted(&self) -> &CancellationToken {
        &self.0.halted
    }
}
