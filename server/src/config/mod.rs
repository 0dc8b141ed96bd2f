//! The configuration of a project: `nuages.toml`, below the environment, below flags.

mod keys;
mod layer;
mod problem;

pub use keys::{KEYS, Key, KeyKind};
pub use problem::{ConfigErrors, ConfigProblem, Place};

use figment::Figment;
use figment::providers::Serialized;
use figment::value::{Dict, Value};
use layer::FileText;
use nuages_models::registry::Keyring;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// The name of a project's configuration file.
pub const CONFIG_FILE: &str = "nuages.toml";

/// The form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What the statements of one request see of each other's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consistency {
    /// Each statement sees what is committed when it starts.
    #[default]
    Statement,
    /// All statements see one moment. SQLite always reads so.
    Snapshot,
}

/// What a server does when it starts and the database is not as the models need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unmigrated {
    /// It does not start.
    #[default]
    Refuse,
    /// It starts, and `/readyz` says no until the database is as it should be.
    Unready,
    /// It serves.
    Serve,
}

/// Every setting of a project. [`KEYS`] says what each means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// URL of the database; a relative SQLite path is relative to the working directory.
    pub database: String,
    /// `HOST:PORT` to listen on; port 0 takes a free one.
    pub address: String,
    /// Reload changed models, show SQL in answers, allow browsers from localhost.
    pub debug: bool,
    /// Apply migrations before serving; without any, create missing tables.
    pub migrate: bool,
    /// What to do when the database is not as the models need it.
    pub unmigrated: Unmigrated,
    /// Data file that is loaded when the tables are created, relative to the project.
    pub initial_data: Option<String>,
    /// IANA name of the time zone of date parts.
    pub time_zone: String,
    /// Rows of a list without `limit` or `first`.
    pub default_limit: u32,
    /// Largest `limit` or `first`.
    pub max_limit: u32,
    /// Most rows in the input of one mutation.
    pub max_written_rows: u32,
    /// Longest time of one request, in milliseconds.
    pub timeout_ms: u64,
    /// What the statements of one request see of each other's times.
    pub consistency: Consistency,
    /// Secret that signs cursors; derived from the database's URL when absent.
    pub cursor_key: Option<String>,
    /// Keys of encrypted fields: the first encrypts, all decrypt.
    pub encryption_keys: Vec<String>,
    /// Whether clients may write expressions.
    pub expressions: bool,
    /// `id` of a `Node` is the global id.
    pub relay: bool,
    /// Connections to the database; about the number of cores when absent.
    pub pool_size: Option<usize>,
    /// Form of the log lines.
    pub log: LogFormat,
    /// Which log lines are written, in the syntax of `RUST_LOG`, which wins over it.
    pub log_level: Option<String>,
    /// Origins whose pages may call the server; `*` is all.
    pub cors_origins: Vec<String>,
    /// Largest request body, in bytes.
    pub max_body_bytes: usize,
    /// How long a stop waits for running requests, in milliseconds.
    pub grace_ms: u64,
    /// Whether the header `X-Nuages-Debug: 1` may ask for SQL in the answer.
    pub debug_header: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite:nuages.db".to_owned(),
            address: "127.0.0.1:8000".to_owned(),
            debug: false,
            migrate: false,
            unmigrated: Unmigrated::default(),
            initial_data: None,
            time_zone: "UTC".to_owned(),
            default_limit: 100,
            max_limit: 1000,
            max_written_rows: 10_000,
            timeout_ms: 30_000,
            consistency: Consistency::default(),
            cursor_key: None,
            encryption_keys: Vec::new(),
            expressions: true,
            relay: false,
            pool_size: None,
            log: LogFormat::Text,
            log_level: None,
            cors_origins: Vec::new(),
            max_body_bytes: 1_048_576,
            grace_ms: 10_000,
            debug_header: false,
        }
    }
}

/// What the command line says; it wins over everything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--address`.
    pub address: Option<String>,
    /// `--database`.
    pub database: Option<String>,
    /// `--debug`.
    pub debug: Option<bool>,
    /// `--migrate`.
    pub migrate: Option<bool>,
}

impl Config {
    /// Reads `nuages.toml` of the project (it may be missing), then the environment, then the flags; a later
    /// source wins. `NUAGES_DATABASE` wins over `DATABASE_URL`, and both win over the file. A relative SQLite
    /// path in the file is relative to the project; elsewhere it is relative to the working directory, as a path
    /// typed in a shell is.
    ///
    /// The second part of the result is warnings about the environment.
    ///
    /// # Errors
    /// Every problem of every source, with its place and a hint.
    pub fn load(
        project: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
        overrides: &Overrides,
    ) -> Result<(Self, Vec<String>), ConfigErrors> {
        let mut problems = Vec::new();
        let path = project.join(CONFIG_FILE);
        let name = path.display().to_string();
        let mut file = match std::fs::read_to_string(&path) {
            Ok(text) => layer::from_file(FileText { name: &name, text: &text }, &mut problems),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Dict::new(),
            Err(error) => {
                problems.push(ConfigProblem::new(format!("{name} cannot be read: {error}"), Place::Settings));
                Dict::new()
            }
        };
        let default = Self::default();
        let in_project = match file.get("database") {
            Some(Value::String(_, url)) => url.as_str(),
            _ => default.database.as_str(),
        };
        file.insert("database".to_owned(), Value::from(sqlite_path_in(project, in_project)));
        let (environment, warnings) = layer::from_environment(environment, &mut problems);
        let merged = Figment::from(Serialized::defaults(&default))
            .merge(Serialized::defaults(file))
            .merge(Serialized::defaults(environment))
            .merge(Serialized::defaults(overrides.layer()));
        match merged.extract::<Self>() {
            Ok(config) => {
                config.check(&mut problems);
                if problems.is_empty() { Ok((config, warnings)) } else { Err(ConfigErrors(problems)) }
            }
            Err(error) => {
                let found = error.into_iter();
                problems.extend(found.map(|error| ConfigProblem::new(error.to_string(), Place::Settings)));
                Err(ConfigErrors(problems))
            }
        }
    }

    /// The key that signs cursors. Without a configured one it is derived from the database's URL: it then
    /// survives restarts, is shared by servers of one database, and is as secret as the password in the URL.
    pub fn signing_key(&self) -> Vec<u8> {
        match &self.cursor_key {
            Some(key) => key.as_bytes().to_vec(),
            None => Sha256::new()
                .chain_update(b"nuages cursor key\0")
                .chain_update(self.database.as_bytes())
                .finalize()
                .to_vec(),
        }
    }

    /// The database's URL without its password, for logs and people.
    pub fn database_without_password(&self) -> String {
        let Some((scheme, rest)) = self.database.split_once("://") else { return self.database.clone() };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        // Parameters may carry a password, too.
        let path = path.split('?').next().unwrap_or_default();
        match authority.rsplit_once('@') {
            Some((login, host)) => {
                let user = login.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}@{host}{path}")
            }
            None => format!("{scheme}://{authority}{path}"),
        }
    }

    fn check(&self, problems: &mut Vec<ConfigProblem>) {
        let mut problem = |message: String, hint: &str| {
            problems.push(ConfigProblem::new(message, Place::Settings).with_hint(hint));
        };
        if self.default_limit > self.max_limit {
            problem(
                format!(
                    "default_limit ({}) is larger than max_limit ({})",
                    self.default_limit, self.max_limit
                ),
                "raise max_limit or lower default_limit",
            );
        }
        let port = self.address.rsplit_once(':').and_then(|(host, port)| {
            (!host.is_empty()).then_some(())?;
            port.parse::<u16>().ok()
        });
        if port.is_none() {
            problem(
                format!("address `{}` is not HOST:PORT", self.address),
                "write 127.0.0.1:8000, or 0.0.0.0:8000 to be reached from other machines",
            );
        }
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            problem(
                format!("unknown time zone `{}`", self.time_zone),
                "write an IANA name: UTC, Europe/Berlin",
            );
        }
        let known = ["sqlite:", "postgres://", "postgresql://"];
        if !known.iter().any(|scheme| self.database.starts_with(scheme)) {
            problem(
                format!("`{}` is not the URL of a database", self.database_without_password()),
                "write sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/NAME",
            );
        }
        for origin in &self.cors_origins {
            let is_origin = origin
                .split_once("://")
                .is_some_and(|(_, host)| !host.is_empty() && !host.contains(['/', '?', '#', '*', ' ']));
            if origin != "*" && !is_origin {
                problem(
                    format!("`{origin}` in cors_origins is not an origin"),
                    "write scheme, host and port without a path: https://app.example.com",
                );
            }
        }
        if let Err(error) = Keyring::new(&self.encryption_keys) {
            problem(error.to_string(), "write keys that `nuages generate-key` has made");
        }
        if self.cursor_key.as_ref().is_some_and(|key| key.len() < 16) {
            problem(
                "cursor_key is shorter than 16 bytes".to_owned(),
                "write a longer one, as `openssl rand -base64 32` makes it",
            );
        }
    }
}

impl Overrides {
    fn layer(&self) -> Dict {
        let mut layer = Dict::new();
        let mut insert = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                layer.insert(key.to_owned(), value);
            }
        };
        insert("address", self.address.as_deref().map(Value::from));
        insert("database", self.database.as_deref().map(Value::from));
        insert("debug", self.debug.map(Value::from));
        insert("migrate", self.migrate.map(Value::from));
        layer
    }
}

/// Makes a relative SQLite path relative to the project's folder; other URLs stay as they are.
fn sqlite_path_in(project: &Path, url: &str) -> String {
    let Some(rest) = url.strip_prefix("sqlite:") else { return url.to_owned() };
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path.starts_with(":memory:") || Path::new(path).is_absolute() {
        return url.to_owned();
    }
    let joined = if project == Path::new(".") { Path::new(path).to_path_buf() } else { project.join(path) };
    format!("sqlite:{}", joined.display())
}

#[cfg(test)]
mod tests;
