//! Serving a project: from its files to a listening socket, and the orderly end.

use crate::config::Unmigrated;
use crate::http::{HttpOptions, ServerState, router};
use crate::project::{Project, ProjectError};
use crate::reload;
use axum::serve::ListenerExt as _;
use nuages_migrations::executor::ExecuteError;
use nuages_models::Registry;
use nuages_models::database::Database;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Why a project cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The project cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another with --address HOST:PORT")]
    Listen {
        /// The address as configured.
        address: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A server that runs. Dropping it does not stop it; [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: ServerState,
    grace: Duration,
    task: JoinHandle<()>,
    _watch: Option<reload::Watch>,
    /// Ended with the server.
    looking: Option<JoinHandle<()>>,
}

/// How often a server that is not ready looks whether the database has become what the models need.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Looks whether the database is as the models need it, and does what the settings say; gives why `/readyz` says no.
async fn look(
    project: &Project,
    registry: &Registry,
    database: &Database,
) -> Result<Option<String>, ProjectError> {
    let choice = project.config().unmigrated;
    let reason = match project.unmigrated(registry, database).await {
        Ok(Some(reason)) => reason,
        Ok(None) => return Ok(None),
        // Who may not make temporary tables cannot compare expressions, and may well be allowed to serve.
        Err(error @ ProjectError::Migrations(ExecuteError::Look(_) | ExecuteError::Database(_))) => {
            tracing::warn!(%error, "the tables cannot be compared with the models");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    match choice {
        Unmigrated::Refuse => Err(ProjectError::Unmigrated(format!(
            "{reason}\n(unmigrated = \"unready\" in nuages.toml starts all the same, with a failing /readyz)"
        ))),
        Unmigrated::Unready => {
            tracing::warn!("{reason}");
            Ok(Some(reason))
        }
        Unmigrated::Serve => {
            tracing::warn!("{reason}");
            Ok(None)
        }
    }
}

/// Looks again until the database is as the models need it.
fn look_again(project: Project, state: ServerState) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            let Ok(registry) = project.registry() else { continue };
            match project.unmigrated(&registry, state.database()).await {
                Ok(None) => {
                    tracing::info!("the database is as the models need it");
                    state.set_unready(None);
                    return;
                }
                Ok(reason) => state.set_unready(reason),
                Err(error) => tracing::warn!(%error, "the database cannot be looked at"),
            }
        }
    })
}

/// Serves a project: reads its models, applies migrations when its configuration says so, looks whether the database is as the
/// models need it, listens.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use nuages::{Config, Project, serve};
///
/// let config = Config { address: "127.0.0.1:0".into(), ..Config::default() };
/// let server = serve(Project::with_config("examples/blog", config)).await?;
/// println!("{}", server.url());
/// server.stop().await;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When the project cannot be used, its database is not as the models need it (see [`Unmigrated`]), or the address is taken.
pub async fn serve(project: Project) -> Result<Server, ServeError> {
    let registry = project.registry()?;
    if registry.models().is_empty() {
        tracing::warn!("there are no models in the model files: nothing can be asked for yet");
    }
    let database = project.connect().await?;
    if project.config().migrate {
        project.migrate(&registry, &database).await?;
    }
    let unready = look(&project, &registry, &database).await?;
    let engine = project.engine(registry, database.clone())?;
    let state = ServerState::new(engine, database, HttpOptions::from(project.config()));
    let looking = unready.is_some().then(|| look_again(project.clone(), state.clone()));
    state.set_unready(unready);

    let listening = |source| ServeError::Listen { address: project.config().address.clone(), source };
    let listener = TcpListener::bind(&project.config().address).await.map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    let listener = listener.tap_io(|stream| {
        // Answers are written whole; waiting to fill a packet only costs time.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    let stopping = state.stopping().clone().cancelled_owned();
    let serving = axum::serve(listener, router(state.clone())).with_graceful_shutdown(stopping);
    let task = tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the server ended");
        }
    });
    let grace = Duration::from_millis(project.config().grace_ms);
    let watch = project.config().debug.then(|| reload::watch(project, state.clone())).flatten();
    Ok(Server { address, state, grace, task, _watch: watch, looking })
}

impl Server {
    /// The address that is listened on; with the real port when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser or a client on this machine finds the API.
    pub fn url(&self) -> String {
        let ip = self.address.ip();
        if ip.is_unspecified() {
            format!("http://localhost:{}/graphql", self.address.port())
        } else {
            format!("http://{}/graphql", self.address)
        }
    }

    /// The state behind the server.
    pub fn state(&self) -> &ServerState {
        &self.state
    }

    /// Stops: no new connections, running requests finish, WebSockets are closed with code 1001. What still runs
    /// after the grace period (`grace_ms`) is dropped and answered with 503.
    pub async fn stop(mut self) {
        self.state.stopping().cancel();
        if let Some(looking) = self.looking.take() {
            looking.abort();
        }
        if tokio::time::timeout(self.grace, &mut self.task).await.is_ok() {
            return;
        }
        tracing::warn!(
            grace_ms = self.grace.as_millis(),
            "requests still run after the grace period; they are dropped"
        );
        self.state.halted().cancel();
        // Time to write the last answers; a client that does not read them is left alone.
        if tokio::time::timeout(Duration::from_secs(1), &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}
