//! What each command does.

use super::inspect::{InspectFailure, inspect};
use super::migration_files::MigrationFailure;
use super::{Command, init, makemigrations, migrate, optimizemigration, squashmigrations};
use crate::config::Overrides;
use crate::data::{self, DataError};
use crate::project::{Project, ProjectError};
use crate::serve::{ServeError, serve};
use crate::telemetry;
use nuages_migrations::HistoryError;
use nuages_models::objects::Orm;
use nuages_models::registry::{FieldTypes, Keyring};
use nuages_schema::Request;
use serde_json::{Map, Value};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Init(#[from] init::InitError),
    #[error(transparent)]
    Migration(#[from] MigrationFailure),
    #[error(transparent)]
    Inspect(#[from] InspectFailure),
    #[error("{0}")]
    Argument(String),
    #[error("{file}: {source}")]
    Data { file: String, source: Box<DataError> },
    #[error("the runtime cannot be started: {0}")]
    Runtime(io::Error),
    #[error("the answer cannot be written: {0}")]
    Output(io::Error),
    #[error("standard input cannot be read: {0}")]
    Input(io::Error),
}

/// Writes a failure to the standard error stream.
pub(super) fn complain(failure: &Failure) {
    let color = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = match failure {
        // `nuages schema | head`: the reader has enough.
        Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return,
        Failure::Project(error)
        | Failure::Serve(ServeError::Project(error))
        | Failure::Migration(MigrationFailure::Project(error)) => error.render(color),
        Failure::Migration(MigrationFailure::History(HistoryError::Files(errors))) => errors.render(color),
        other => format!("error: {other}\n"),
    };
    // Nobody is left to tell when even that stream is closed.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// What a project is opened with.
pub(super) struct Opening {
    pub(super) overrides: Overrides,
    pub(super) types: FieldTypes,
}

impl Opening {
    fn project(&self, root: &Path) -> Result<Project, ProjectError> {
        Ok(Project::open(root, &self.overrides)?.with_field_types(self.types.clone()))
    }
}

pub(super) fn run(command: Command, types: FieldTypes) -> Result<ExitCode, Failure> {
    let with = |overrides| Opening { overrides, types: types.clone() };
    match command {
        Command::Init { folder } => {
            init::init(&folder)?;
            let shown = folder.display();
            print(&format!("Made a project in {shown}. Serve it: nuages serve {shown}\n"))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { project, flags } => {
            block_on(serve_project(project.project, with(flags.overrides())))
        }
        Command::Check { json_schema: true, .. } => {
            print(&format!("{:#}\n", crate::project::model_json_schema(&types)))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check { project, database, .. } => check(&project.project, &with(database.overrides())),
        Command::Schema { project, database, json } => {
            block_on(schema(project.project, with(database.overrides()), json))
        }
        Command::Query { arguments, variables, operation, database, debug, migrate } => {
            let (project, document) = project_and_last(arguments)?;
            let overrides = Overrides {
                debug: debug.then_some(true),
                migrate: migrate.then_some(true),
                ..database.overrides()
            };
            block_on(query(project, document, variables, operation, with(overrides)))
        }
        Command::Inspectdb(arguments) => block_on(async {
            print(&inspect(arguments).await?)?;
            Ok(ExitCode::SUCCESS)
        }),
        Command::GenerateKey => {
            print(&format!("{}\n", Keyring::generate()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::RotateKeys { project, database } => {
            block_on(rotate_keys(project.project, with(database.overrides())))
        }
        Command::Loaddata { arguments, database, migrate } => {
            let (project, file) = project_and_last(arguments)?;
            let overrides = Overrides { migrate: migrate.then_some(true), ..database.overrides() };
            block_on(load_data(project, file, with(overrides)))
        }
        Command::Dumpdata { project, models, output, database } => {
            block_on(dump_data(project, models, output, with(database.overrides())))
        }
        Command::Makemigrations(arguments) => {
            let (shown, code) = makemigrations::run(&arguments, &types)?;
            print(&shown)?;
            Ok(code)
        }
        Command::Squashmigrations(arguments) => {
            print(&squashmigrations::run(&arguments)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Optimizemigration(arguments) => {
            let (shown, code) = optimizemigration::run(&arguments)?;
            print(&shown)?;
            Ok(code)
        }
        Command::Migrate(arguments) => block_on(migrate::migrate(arguments, types)),
        Command::Showmigrations(arguments) => block_on(migrate::show(arguments, types)),
        Command::Sqlmigrate(arguments) => migrate::sql(arguments, types),
    }
}

fn block_on(command: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Failure::Runtime)?.block_on(command)
}

/// Opens a project and starts the log with its settings.
pub(super) fn open(root: &Path, opening: &Opening) -> Result<Project, Failure> {
    let project = opening.project(root)?;
    telemetry::start(project.config()).map_err(Failure::Argument)?;
    for warning in project.warnings() {
        tracing::warn!("{warning}");
    }
    Ok(project)
}

async fn serve_project(root: PathBuf, opening: Opening) -> Result<ExitCode, Failure> {
    let project = open(&root, &opening)?;
    let shown = if root == Path::new(".") { "this project".to_owned() } else { root.display().to_string() };
    let database = project.config().database_without_password();
    let stop = StopSignals::listen().map_err(Failure::Runtime)?;
    let server = serve(project).await?;
    print(&format!("Nuages serves {shown} at {} ({database})\n", server.url()))?;
    let mut stop = stop;
    stop.next().await;
    tracing::info!("stopping");
    // A second signal does not wait for running requests.
    tokio::select! {
        () = server.stop() => Ok(ExitCode::SUCCESS),
        () = stop.next() => Ok(ExitCode::FAILURE),
    }
}

async fn rotate_keys(project: PathBuf, opening: Opening) -> Result<ExitCode, Failure> {
    let project = opening.project(&project)?;
    let registry = project.registry()?;
    if registry.has_encrypted_fields() && project.config().encryption_keys.is_empty() {
        return Err(ProjectError::from(nuages_models::registry::KeyringError::None).into());
    }
    let database = project.connect().await?;
    let rows = data::rotate(&Orm::new(std::sync::Arc::new(registry), database))
        .await
        .map_err(|error| Failure::Argument(format!("nothing was encrypted anew: {error}")))?;
    print(&format!("{rows} rows are encrypted with the first key now; the others are needed no more.\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn load_data(root: PathBuf, file: String, opening: Opening) -> Result<ExitCode, Failure> {
    let project = open(&root, &opening)?;
    let registry = project.registry()?;
    let database = project.connect().await?;
    if project.config().migrate {
        project.migrate(&registry, &database).await?;
    }
    let shown = if file == "-" { "standard input".to_owned() } else { file.clone() };
    let failed = |source: DataError| Failure::Data { file: shown.clone(), source: Box::new(source) };
    let source = data::open(Path::new(&file)).map_err(|error| failed(error.into()))?;
    let bar = progress("rows loaded");
    let report = data::load(&database, &registry, source, |rows, _| bar.set_position(rows)).await;
    bar.finish_and_clear();
    let report = report.map_err(failed)?;
    print(&format!("Loaded {} rows into {} tables\n", report.rows(), report.tables.len()))?;
    Ok(ExitCode::SUCCESS)
}

async fn dump_data(
    root: PathBuf,
    models: Vec<String>,
    output: Option<PathBuf>,
    opening: Opening,
) -> Result<ExitCode, Failure> {
    let project = open(&root, &opening)?;
    let registry = project.registry()?;
    data::check_models(&registry, &models).map_err(|error| Failure::Argument(error.to_string()))?;
    let database = project.connect().await?;
    let file =
        output.as_ref().map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    let failed = |source: DataError| Failure::Data { file: file.clone(), source: Box::new(source) };
    let mut out = data::create(output.as_deref()).map_err(|error| failed(error.into()))?;
    let bar = progress("rows written");
    let written = data::dump(&database, &registry, &models, &mut out, |rows| bar.set_position(rows)).await;
    bar.finish_and_clear();
    written.map_err(failed)?;
    out.finish().map_err(|error| failed(error.into()))?;
    Ok(ExitCode::SUCCESS)
}

/// A counter on the standard error stream, when a person looks at it.
fn progress(what: &'static str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new_spinner().with_message(what);
    if let Ok(style) =
        indicatif::ProgressStyle::with_template("{spinner} {human_pos} {msg} ({per_sec}, {elapsed})")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    bar
}

fn check(root: &Path, opening: &Opening) -> Result<ExitCode, Failure> {
    let project = open(root, opening)?;
    let registry = project.registry()?;
    project.check_tables(&registry)?;
    let models = registry.models().iter().filter(|model| !model.implicit).count();
    let noun = if models == 1 { "model" } else { "models" };
    print(&format!("{models} {noun}, no errors\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn schema(root: PathBuf, opening: Opening, json: bool) -> Result<ExitCode, Failure> {
    let project = open(&root, &opening)?;
    let registry = project.registry()?;
    let engine = project.engine(registry, project.connect_for_schema().await?)?;
    if !json {
        print(&format!("{}\n", engine.sdl().trim_end()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let introspection = engine.introspection_json().map_err(ProjectError::Engine)?;
    print(&format!("{introspection}\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn query(
    root: PathBuf,
    document: String,
    variables: Option<String>,
    operation: Option<String>,
    opening: Opening,
) -> Result<ExitCode, Failure> {
    let variables = match variables {
        None => Map::new(),
        Some(text) => serde_json::from_str(&text)
            .map_err(|error| Failure::Argument(format!("--variables must be a JSON object: {error}")))?,
    };
    let query = match document.as_str() {
        "-" => read_input()?,
        // Every document has a brace, and few file names do.
        file if !file.contains('{') => std::fs::read_to_string(file).map_err(|error| {
            Failure::Argument(format!("`{file}` is neither a document nor a file: {error}"))
        })?,
        _ => document,
    };
    let project = open(&root, &opening)?;
    let registry = project.registry()?;
    let database = project.connect().await?;
    if project.config().migrate {
        project.migrate(&registry, &database).await?;
    }
    let engine = project.engine(registry, database)?;
    let debug = project.config().debug;
    let request = Request { query, operation_name: operation, variables, debug, ..Request::default() };
    let answer = read_answer(&engine.execute(request).await.body)?;
    print(&format!("{answer:#}\n"))?;
    Ok(if answer.get("errors").is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Splits `[PROJECT] LAST`, as `query` takes it.
fn project_and_last(mut arguments: Vec<String>) -> Result<(PathBuf, String), Failure> {
    let last = arguments.pop().ok_or_else(|| Failure::Argument("the document is missing".to_owned()))?;
    let project = arguments.pop().unwrap_or_else(|| ".".to_owned());
    Ok((PathBuf::from(project), last))
}

fn read_input() -> Result<String, Failure> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text).map_err(Failure::Input)?;
    Ok(text)
}

fn read_answer(body: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::Argument(format!("the answer is not JSON: {error}")))
}

/// Writes to the standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(Failure::Output)
}

/// The signals that end a server: SIGTERM and Ctrl-C.
struct StopSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
