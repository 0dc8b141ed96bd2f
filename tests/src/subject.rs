//! What cases are run against: an engine on a database, in this process or behind a server, under one strategy.

use crate::data::Project;
use crate::databases::TestDatabase;
use crate::server::{Server, Settings};
use nuages_models::database::Dialect;
use nuages_schema::{Engine, EngineOptions, Request};
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// A way to fetch edges that a case is forced through.
#[derive(Debug, Clone, Copy)]
pub struct Strategy {
    /// For messages.
    pub name: &'static str,
    /// Sets it in the engine's options.
    pub force: fn(&mut EngineOptions),
}

/// Every strategy; the first is the planner's own choice, whose plan and statements the golden files show.
pub const STRATEGIES: &[Strategy] = &[
    Strategy { name: "auto", force: |_| {} },
    Strategy { name: "join", force: |options| options.strategy = nuages_models::prepare::Strategy::Join },
    Strategy {
        name: "separate",
        force: |options| options.strategy = nuages_models::prepare::Strategy::Separate,
    },
];

/// The instant of every request: 2030-01-02T03:04:05Z.
const NOW: i64 = 1_893_553_445_000_000;

/// One thing under test.
#[derive(Debug)]
pub struct Subject {
    /// Its database.
    pub dialect: Dialect,
    /// Its strategy's name.
    pub strategy: &'static str,
    runner: Runner,
}

#[derive(Debug)]
enum Runner {
    Engine { engine: Box<Engine>, _database: Arc<TestDatabase> },
    Server { server: Box<Server>, client: reqwest::Client },
}

/// An answer with its texts untouched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The whole response without `extensions`, byte for byte as it came.
    pub body: String,
    /// `extensions`, when there are any.
    pub extensions: Option<String>,
}

impl Answer {
    /// The response as a value.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("it was parsed before")
    }
}

impl Subject {
    /// An engine in this process, for one strategy. The database lives as long as the subject.
    pub fn engine(engine: Engine, strategy: &'static Strategy, database: Arc<TestDatabase>) -> Self {
        let dialect = database.dialect;
        let runner = Runner::Engine { engine: Box::new(engine), _database: database };
        Self { dialect, strategy: strategy.name, runner }
    }

    /// An engine for each strategy, over one copy of the project's data. `None` when the data is not here.
    ///
    /// # Panics
    /// When the project is wrong or its database cannot be reached.
    pub async fn engines(project: Project, dialect: Dialect) -> Option<Vec<Self>> {
        let database = Arc::new(TestDatabase::filled(dialect, project)?);
        let mut subjects = Vec::new();
        for strategy in STRATEGIES {
            subjects.push(Self::on(project, Arc::clone(&database), strategy).await);
        }
        Some(subjects)
    }

    /// An engine for the planner's own strategy and for separate statements, each over a copy of its own of a database that nobody is connected to.
    ///
    /// # Panics
    /// When the project is wrong or the database cannot be copied.
    pub async fn on_copies(project: Project, original: &TestDatabase) -> Vec<Self> {
        let mut subjects = Vec::new();
        // What is written is read by its keys, where there is nothing to join: two strategies show all.
        for strategy in STRATEGIES.iter().filter(|strategy| strategy.name != "join") {
            subjects.push(Self::on(project, Arc::new(original.copy(project.name())), strategy).await);
        }
        subjects
    }

    async fn on(project: Project, database: Arc<TestDatabase>, strategy: &'static Strategy) -> Self {
        let config = nuages::Config { database: database.url.clone(), ..nuages::Config::default() };
        let project = nuages::Project::with_config(project.folder(), config);
        let registry = Arc::new(project.registry().expect("the models are right"));
        let connected = project.connect().await.expect("the database can be reached");
        // Cursors and instants are part of the answers, so all engines sign alike and live at the same time.
        let mut options =
            EngineOptions { cursor_key: b"tests".to_vec(), now: Some(NOW), ..EngineOptions::default() };
        (strategy.force)(&mut options);
        let engine = Engine::new(registry, connected, options).expect("the models can be exposed");
        Self::engine(engine, strategy, database)
    }

    /// A server with its own copy of the project's data, in debug mode. `None` when the data is not here.
    pub fn server(project: Project, dialect: Dialect) -> Option<Self> {
        let database = TestDatabase::filled(dialect, project)?;
        let server = Server::start(project, database, Settings { debug: true, relay: false });
        let runner = Runner::Server { server: Box::new(server), client: reqwest::Client::new() };
        Some(Self { dialect, strategy: STRATEGIES[0].name, runner })
    }

    /// Runs one request.
    ///
    /// # Panics
    /// When the answer is no JSON object or the server does not answer.
    pub async fn execute(&self, request: &Request) -> Answer {
        match &self.runner {
            Runner::Engine { engine, .. } => read(&engine.execute(request.clone()).await.body),
            Runner::Server { server, client } => {
                let mut body = serde_json::json!({"query": request.query, "variables": request.variables});
                if let Some(name) = &request.operation_name {
                    body["operationName"] = name.as_str().into();
                }
                let mut post = client.post(server.url()).json(&body);
                post = post.header("accept", "application/graphql-response+json");
                if let Some(time_zone) = &request.time_zone {
                    post = post.header("x-nuages-time-zone", time_zone);
                }
                let response = post.send().await.expect("the server answers");
                read(&response.bytes().await.expect("the server answers to the end"))
            }
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{}", self.dialect, self.strategy)
    }
}

/// Takes `extensions` out of a response and leaves every other byte.
fn read(body: &[u8]) -> Answer {
    let text = std::str::from_utf8(body).expect("a response is UTF-8");
    let members: indexmap::IndexMap<String, Box<RawValue>> = serde_json::from_str(text)
        .unwrap_or_else(|error| panic!("a response is a JSON object: {error}\n{text}"));
    let mut extensions = None;
    let mut kept = Vec::new();
    for (name, value) in &members {
        match name.as_str() {
            "extensions" => extensions = Some(value.get().to_owned()),
            _ => kept.push(format!("{}:{}", serde_json::Value::from(name.as_str()), value.get())),
        }
    }
    Answer { body: format!("{{{}}}", kept.join(",")), extensions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept() {
        let answer = read(br#"{"data":{"a": 1.50,"b":"\u00e9"},"errors":[],"extensions":{"plan":"x"}}"#);
        assert_eq!(answer.body, r#"{"data":{"a": 1.50,"b":"\u00e9"},"errors":[]}"#);
        assert_eq!(answer.extensions.as_deref(), Some(r#"{"plan":"x"}"#));
    }
}
