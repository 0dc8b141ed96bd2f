//! A project: a folder with `nuages.toml` and model files, and what is made of it.
//!
//! This is the only file of the crate that calls the stages before the engine: reading models, creating tables,
//! loading the first data.

use crate::config::{CONFIG_FILE, Config, ConfigErrors, Consistency, Overrides};
use crate::data::{self, DataError};
use nuages_migrations::executor::{self, Direction, Event, ExecuteError, MigrateOptions, Readiness};
use nuages_migrations::{History, HistoryError, MigrateError};
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseError, DatabaseOptions, Dialect};
use nuages_models::define;
use nuages_models::registry::{FieldTypes, Keyring, KeyringError};
use nuages_schema::engine::EngineError;
use nuages_schema::{Engine, EngineOptions};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

/// A folder with models and its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
    config: Config,
    warnings: Vec<String>,
    types: FieldTypes,
}

/// Why a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no project in the folder.
    #[error("{} is not a Nuages project: it has neither {CONFIG_FILE} nor models; `nuages init {}` makes one", .0.display(), .0.display())]
    NotAProject(PathBuf),
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The database cannot be used.
    #[error("{url}: {source}")]
    Database {
        /// The database's URL without its password.
        url: String,
        /// What the database says.
        source: DatabaseError,
    },
    /// The model files cannot be read.
    #[error(transparent)]
    Read(#[from] define::ProjectError),
    /// The models are wrong.
    #[error("the models have errors")]
    Models(#[from] define::DefineErrors),
    /// The tables cannot be created, or differ from the models.
    #[error(transparent)]
    Tables(#[from] MigrateError),
    /// The migrations cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The migrations cannot be applied.
    #[error(transparent)]
    Migrations(#[from] ExecuteError),
    /// The database is not as the models need it.
    #[error("{0}")]
    Unmigrated(String),
    /// The first data cannot be loaded.
    #[error("{file}: {source}")]
    InitialData {
        /// The file.
        file: String,
        /// What is wrong.
        source: Box<DataError>,
    },
    /// The models cannot be served.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The keys of encrypted fields.
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

impl ProjectError {
    /// The error for a person at a terminal, with lines and carets where it is about a file.
    pub fn render(&self, color: bool) -> String {
        match self {
            Self::Config(errors) => errors.render(color),
            Self::Models(errors) => errors.render(color),
            other => format!("error: {other}\n"),
        }
    }
}

impl Project {
    /// Opens the project in a folder: reads `nuages.toml`, the process's environment and the overrides.
    ///
    /// # Errors
    /// When the folder has no project, or a setting is wrong.
    pub fn open(root: &Path, overrides: &Overrides) -> Result<Self, ProjectError> {
        let is_project = [CONFIG_FILE, "models", "models.toml"].iter().any(|name| root.join(name).exists());
        if !is_project {
            return Err(ProjectError::NotAProject(root.to_path_buf()));
        }
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let (config, warnings) = Config::load(root, environment, overrides)?;
        Ok(Self { root: root.to_path_buf(), config, warnings, types: FieldTypes::new() })
    }

    /// The project in a folder with settings of the embedder's own; no file and no environment is read for them.
    pub fn with_config(root: impl Into<PathBuf>, config: Config) -> Self {
        Self { root: root.into(), config, warnings: Vec::new(), types: FieldTypes::new() }
    }

    /// The same with field types of an embedder's own, which its model files may use.
    #[must_use]
    pub fn with_field_types(self, types: FieldTypes) -> Self {
        Self { types, ..self }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Variables of the environment that look like misspelt settings.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Where model files lie: a folder `models`, or one file `models.toml`.
    pub fn model_paths(&self) -> Vec<PathBuf> {
        ["models", "models.toml"]
            .iter()
            .map(|name| self.root.join(name))
            .filter(|path| path.exists())
            .collect()
    }

    /// Reads and checks the model files.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn registry(&self) -> Result<Registry, ProjectError> {
        let registry = define::define_with(&define::read_project(&self.root)?, &self.types)?;
        Ok(registry.with_keys(&Keyring::new(&self.config.encryption_keys)?))
    }

    /// Checks that the project's database has what the models' tables need, without connecting to it: a regular expression in
    /// a check is PostgreSQL's alone.
    ///
    /// # Errors
    /// Everything that it has not, with its place in the model files.
    pub fn check_tables(&self, registry: &Registry) -> Result<(), ProjectError> {
        nuages_migrations::tables_of(registry, self.dialect()).map_err(MigrateError::Unsupported)?;
        Ok(())
    }

    /// Connects to the project's database.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn connect(&self) -> Result<Database, ProjectError> {
        let options = DatabaseOptions {
            pool_size: self.config.pool_size,
            statement_timeout_ms: Some(self.config.timeout_ms),
        };
        Database::connect(&self.config.database, options).await.map_err(|source| self.database_error(source))
    }

    /// A database of the same dialect that holds nothing, for what needs only the schema: no file is created.
    ///
    /// # Errors
    /// When a PostgreSQL database cannot be reached.
    pub async fn connect_for_schema(&self) -> Result<Database, ProjectError> {
        if !self.config.database.starts_with("sqlite:") {
            return self.connect().await;
        }
        let connected = Database::connect("sqlite::memory:", DatabaseOptions::default()).await;
        connected.map_err(|source| self.database_error(source))
    }

    /// The migrations in the project's folder `migrations`; `None` when it has no such folder.
    ///
    /// # Errors
    /// When a file is wrong, or they are no history.
    pub fn history(&self) -> Result<Option<History>, ProjectError> {
        if !self.root.join("migrations").is_dir() {
            return Ok(None);
        }
        Ok(Some(History::read(&self.root)?))
    }

    /// Which SQL the project's database speaks.
    pub fn dialect(&self) -> Dialect {
        if self.config.database.starts_with("sqlite:") { Dialect::Sqlite } else { Dialect::Postgres }
    }

    /// Whether the database is as the models need it.
    ///
    /// # Errors
    /// When the migrations are wrong or the database cannot be looked at.
    pub async fn readiness(
        &self,
        registry: &Registry,
        database: &Database,
    ) -> Result<Readiness, ProjectError> {
        let history = self.history()?.unwrap_or_default();
        Ok(executor::readiness(database, &history, registry).await?)
    }

    /// What is to be done before the models can be served on the database; `None` when nothing is.
    ///
    /// # Errors
    /// As [`readiness`](Self::readiness).
    pub async fn unmigrated(
        &self,
        registry: &Registry,
        database: &Database,
    ) -> Result<Option<String>, ProjectError> {
        let url = self.config.database_without_password();
        let has_history = self.root.join("migrations").is_dir();
        Ok(match self.readiness(registry, database).await? {
            Readiness::Ready => None,
            Readiness::Empty => Some(format!(
                "{url} has no tables of the models. Create them: nuages migrate, or start with --migrate"
            )),
            Readiness::Unapplied(names) => Some(format!(
                "{url} lacks {} of the migrations: {}. Apply them: nuages migrate, or start with --migrate",
                names.len(),
                names.join(", ")
            )),
            Readiness::Different(differences) => {
                let lines: Vec<String> = differences.iter().map(|one| format!("\n  {one}")).collect();
                let remedy = if has_history {
                    "Write the migration that is missing, nuages makemigrations, and apply it, nuages migrate; where none is \
                     missing, change the tables, or let the models be managed = false"
                } else {
                    "Change the models or the tables, or write migrations: nuages makemigrations"
                };
                Some(format!("the tables in {url} differ from the models. {remedy}:{}", lines.concat()))
            }
        })
    }

    /// Applies the project's migrations. Without a folder `migrations`, creates the tables of the models on a database that has
    /// none of them. Then loads the project's `initial_data` when no table has a row.
    ///
    /// # Errors
    /// When the database refuses, its tables differ from the models, or the data does not fit them.
    pub async fn migrate(&self, registry: &Registry, database: &Database) -> Result<Tables, ProjectError> {
        let changed = match self.history()? {
            Some(history) => {
                let options = MigrateOptions::default();
                let mut log = log_event;
                // Named as a trait object, so that the types of those who wait for it stay small.
                let applying: Pin<Box<dyn Future<Output = _> + Send + '_>> =
                    Box::pin(executor::apply(database, &history, &options, &mut log));
                let report = applying.await?;
                !report.done.is_empty()
            }
            None => !nuages_migrations::migrate(database, registry).await?.created.is_empty(),
        };
        if let Some(rows) = self.load_initial_data(registry, database).await? {
            tracing::info!(rows, "loaded the initial data");
        }
        Ok(if changed { Tables::Created } else { Tables::Unchanged })
    }

    /// Loads the project's `initial_data` when no table has a row; gives the number of rows.
    pub(crate) async fn load_initial_data(
        &self,
        registry: &Registry,
        database: &Database,
    ) -> Result<Option<u64>, ProjectError> {
        let Some(file) = &self.config.initial_data else { return Ok(None) };
        if !data::is_empty(database, registry).await.map_err(|source| self.database_error(source))? {
            return Ok(None);
        }
        let path = self.root.join(file);
        let failed = |source: DataError| ProjectError::InitialData {
            file: path.display().to_string(),
            source: Box::new(source),
        };
        let source = data::open(&path).map_err(|error| failed(error.into()))?;
        let report = data::load(database, registry, source, |_, _| {}).await.map_err(failed)?;
        Ok(Some(report.rows()))
    }

    /// The engine over the models and the database, with the project's settings.
    ///
    /// # Errors
    /// When the models cannot be exposed, or have encrypted fields without keys.
    pub fn engine(&self, registry: Registry, database: Database) -> Result<Engine, ProjectError> {
        if registry.has_encrypted_fields() && self.config.encryption_keys.is_empty() {
            return Err(KeyringError::None.into());
        }
        let options = EngineOptions {
            default_limit: self.config.default_limit,
            max_limit: self.config.max_limit,
            max_written_rows: self.config.max_written_rows,
            time_zone: self.config.time_zone.clone(),
            cursor_key: self.config.signing_key(),
            expressions: self.config.expressions,
            relay: self.config.relay,
            timeout_ms: self.config.timeout_ms,
            snapshot: self.config.consistency == Consistency::Snapshot,
            ..EngineOptions::default()
        };
        Ok(Engine::new(Arc::new(registry), database, options)?)
    }

    fn database_error(&self, source: DatabaseError) -> ProjectError {
        ProjectError::Database { url: self.config.database_without_password(), source }
    }
}

/// Writes what happens while migrations are applied to the log.
fn log_event(event: Event<'_>) {
    match event {
        Event::Begins { migration, direction: Direction::Forward } => tracing::info!(migration, "applying"),
        Event::Begins { migration, direction: Direction::Backward } => tracing::info!(migration, "undoing"),
        Event::Operation { migration, description } => tracing::debug!(migration, description),
        Event::Risk(risk) => tracing::warn!("{risk}"),
        Event::Waiting { migration, reason } => tracing::warn!(migration, reason, "waiting for a lock"),
        Event::Ends { migration, faked } => tracing::debug!(migration, faked, "done"),
    }
}

/// What a migration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// Tables were created.
    Created,
    /// They were there already.
    Unchanged,
}

/// The JSON Schema of a model file with an embedder's own field types, for editors.
pub fn model_json_schema(types: &FieldTypes) -> serde_json::Value {
    define::json_schema(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_a_project_is_an_error_that_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = Project::open(folder.path(), &Overrides::default()).unwrap_err();
        assert!(error.to_string().contains("nuages init"), "{error}");
    }

    #[tokio::test]
    async fn initial_data_is_loaded_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("models")).unwrap();
        let model = "[Tag.fields]\nname = { type = \"char\", max_length = 20 }\n";
        std::fs::write(folder.path().join("models/app.toml"), model).unwrap();
        let lines = "{\"model\": \"Tag\", \"row\": {\"id\": 1, \"name\": \"a\"}}\n\n{\"table\": \"app_tag\", \"row\": {\"name\": \"b\"}}\n";
        std::fs::write(folder.path().join("rows.jsonl"), lines).unwrap();
        let config = Config {
            database: format!("sqlite:{}", folder.path().join("x.db").display()),
            initial_data: Some("rows.jsonl".to_owned()),
            ..Config::default()
        };
        let project = Project::with_config(folder.path(), config);
        let registry = project.registry().unwrap();
        let database = project.connect().await.unwrap();
        assert_eq!(project.migrate(&registry, &database).await.unwrap(), Tables::Created);
        assert_eq!(project.migrate(&registry, &database).await.unwrap(), Tables::Unchanged);
        let rows = database.query_text("SELECT id, name FROM app_tag ORDER BY id").await.unwrap();
        let row = |id: &str, name: &str| vec![Some(id.to_owned()), Some(name.to_owned())];
        assert_eq!(rows, [row("1", "a"), row("2", "b")]);
        let mut out = Vec::new();
        assert_eq!(data::dump(&database, &registry, &[], &mut out, |_| {}).await.unwrap(), 2);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"model\":\"Tag\",\"row\":{\"id\":1,\"name\":\"a\"}}\n{\"model\":\"Tag\",\"row\":{\"id\":2,\"name\":\"b\"}}\n"
        );
        let wrong = "{\"model\": \"Tag\", \"row\": {\"nam\": \"c\"}}";
        let error = data::load(&database, &registry, wrong.as_bytes(), |_, _| {}).await.unwrap_err();
        assert_eq!(error.to_string(), "line 1: Tag has no field `nam`; did you mean `name`?");
    }
}
