//! Who takes part: how each is started, and what it is asked.

use crate::data::Data;
use crate::failure::Failure;
use crate::http::{self, Client};
use crate::peers::{self, Peer};
use crate::proc::{self, Memory};
use crate::programs;
use crate::queries::{self, CURSOR, Query, Values};
use crate::scale::Rows;
use nuages_tests::watched::{self, Watched};
use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Where a contestant's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The throw-away server.
    Postgres,
    /// The file.
    Sqlite,
}

/// A server that can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contestant {
    /// Its name in tables and on the command line.
    pub name: &'static str,
    /// Where its rows are.
    pub backend: Backend,
    /// What it is.
    pub kind: Kind,
}

/// What a contestant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Our server.
    Nuages,
    /// The hand-written handlers, with this driver.
    Reference(&'static str),
    /// The server of somebody else.
    Peer(&'static Peer),
}

/// Servers of others, which take part when they are there.
pub static PEERS: [Contestant; 5] = [
    Contestant { name: "postgraphile", backend: Backend::Postgres, kind: Kind::Peer(&peers::POSTGRAPHILE) },
    Contestant { name: "prisma-pothos", backend: Backend::Postgres, kind: Kind::Peer(&peers::PRISMA) },
    Contestant { name: "seaography", backend: Backend::Postgres, kind: Kind::Peer(&peers::SEAOGRAPHY) },
    Contestant {
        name: "strawberry-django",
        backend: Backend::Postgres,
        kind: Kind::Peer(&peers::STRAWBERRY),
    },
    Contestant { name: "graphene-django", backend: Backend::Postgres, kind: Kind::Peer(&peers::GRAPHENE) },
];

/// Everybody who is built here, in the order of the tables.
pub const CONTESTANTS: [Contestant; 7] = [
    Contestant { name: "nuages", backend: Backend::Postgres, kind: Kind::Nuages },
    Contestant {
        name: "reference-tokio-postgres",
        backend: Backend::Postgres,
        kind: Kind::Reference("tokio-postgres"),
    },
    Contestant { name: "reference-sqlx", backend: Backend::Postgres, kind: Kind::Reference("sqlx") },
    Contestant { name: "nuages-sqlite", backend: Backend::Sqlite, kind: Kind::Nuages },
    Contestant {
        name: "reference-sqlite-json",
        backend: Backend::Sqlite,
        kind: Kind::Reference("sqlite-json"),
    },
    Contestant {
        name: "reference-sqlite-concat",
        backend: Backend::Sqlite,
        kind: Kind::Reference("sqlite-concat"),
    },
    Contestant {
        name: "reference-sqlite-loops",
        backend: Backend::Sqlite,
        kind: Kind::Reference("sqlite-loops"),
    },
];

/// The databases that contestants read.
#[derive(Debug, Clone)]
pub struct Databases {
    /// URL of the PostgreSQL database.
    pub postgres: String,
    /// The SQLite file.
    pub sqlite: PathBuf,
    /// How many rows they have.
    pub rows: Rows,
    /// The folder of the peers, when they take part.
    pub peers: Option<PathBuf>,
}

impl From<&Data> for Databases {
    fn from(data: &Data) -> Self {
        Self { postgres: data.postgres.clone(), sqlite: data.sqlite.clone(), rows: data.rows, peers: None }
    }
}

impl Contestant {
    /// The contestant with this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, Failure> {
        let all = || CONTESTANTS.iter().chain(&PEERS);
        all().find(|contestant| contestant.name == name).copied().ok_or_else(|| {
            let names: Vec<&str> = all().map(|contestant| contestant.name).collect();
            Failure::Argument(format!(
                "there is no contestant `{name}`; contestants are {}",
                names.join(", ")
            ))
        })
    }

    /// Whether it can answer this query.
    pub fn answers(&self, query: &Query) -> bool {
        match self.kind {
            Kind::Nuages => query.document.is_some(),
            Kind::Reference(_) => true,
            Kind::Peer(peer) => peer.document(query.name).is_some(),
        }
    }

    /// What it is asked. The references look at the operation's name only.
    fn document(&self, query: &Query) -> &'static str {
        match self.kind {
            Kind::Peer(peer) => peer.document(query.name).unwrap_or_default(),
            Kind::Nuages | Kind::Reference(_) => query.document.unwrap_or(queries::CREATE),
        }
    }

    fn body(&self, query: &Query, document: &str, value: &Value) -> String {
        let variables = match (self.kind, value.get("authorId")) {
            // Peers have inputs of their own, which their documents spell out.
            (Kind::Peer(_), Some(author)) => {
                let author = author.as_str().and_then(|author| author.parse::<u32>().ok());
                serde_json::json!({ "n": author, "slug": http::SERIAL })
            }
            _ => return query.body(document, value),
        };
        serde_json::json!({ "query": document, "variables": variables }).to_string()
    }

    fn command(&self, databases: &Databases, port: u16) -> Result<Command, Failure> {
        let sqlite = databases.sqlite.display().to_string();
        let address = format!("127.0.0.1:{port}");
        match self.kind {
            Kind::Nuages => {
                let url = match self.backend {
                    Backend::Postgres => databases.postgres.clone(),
                    Backend::Sqlite => format!("sqlite:{sqlite}"),
                };
                let project = programs::project().display().to_string();
                programs::nuages(&["serve", &project, "--address", &address, "--database", &url])
            }
            Kind::Reference(driver) => {
                let database = match self.backend {
                    Backend::Postgres => &databases.postgres,
                    Backend::Sqlite => &sqlite,
                };
                let mut command = Command::new(programs::built("reference")?);
                command.args(["--driver", driver, "--address", &address, "--database", database]);
                Ok(command)
            }
            Kind::Peer(peer) => peer.command(databases, port),
        }
    }
}

/// A contestant that runs; stopped when this is dropped.
#[derive(Debug)]
pub struct Server {
    /// Which.
    pub contestant: Contestant,
    /// Where it listens.
    pub port: u16,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
    process: Watched,
}

impl Server {
    /// Starts a contestant and waits for its first answer.
    ///
    /// # Errors
    /// When none comes within a minute.
    pub async fn start(contestant: Contestant, databases: &Databases) -> Result<Self, Failure> {
        let query = Query::named("q1")?;
        let body = query.body(contestant.document(&query), &1.into());
        Self::start_command(contestant, &http::request(&body), |port| contestant.command(databases, port))
            .await
    }

    /// Starts a program that listens on the port that it is given, and waits for its answer to a request.
    ///
    /// # Errors
    /// When none comes within a minute.
    pub async fn start_command(
        contestant: Contestant,
        request: &[u8],
        command: impl FnOnce(u16) -> Result<Command, Failure>,
    ) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::io("a free port"))?;
        let port = listener.local_addr().map_err(Failure::io("a free port"))?.port();
        drop(listener);
        let command = command(port)?;
        let begun = Instant::now();
        let mut process = watched::start(&command, "TERM", Path::new("/nonexistent"));
        while begun.elapsed() < Duration::from_secs(60) && process.ended().is_none() {
            if let Ok(mut client) = Client::connect(port).await
                && let Ok((200, _)) = client.ask(request).await
            {
                return Ok(Self { contestant, port, started_in: begun.elapsed(), process });
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err(Failure::contestant(contestant.name, format!("it does not start:\n{}", process.log())))
    }

    /// Time on the processor so far, of all its processes.
    pub fn processor_time(&self) -> Duration {
        proc::processor_time(self.process.id())
    }

    /// Memory of all its processes.
    pub fn memory(&self) -> Memory {
        proc::memory(self.process.id())
    }

    /// What it wrote to its standard error.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The bodies of a query's requests, one a value.
    ///
    /// # Errors
    /// When the values cannot be had from the database or the server.
    pub async fn bodies(&self, query: &Query, databases: &Databases) -> Result<Vec<String>, Failure> {
        let values = match (query.values, self.contestant.kind) {
            (Values::Places, Kind::Nuages) => self.cursors(databases.rows).await?,
            (Values::Places, _) => queries::places(&databases.postgres, databases.rows).await?,
            (values, _) => values.plain(databases.rows),
        };
        let document = self.contestant.document(query);
        Ok(values.iter().map(|value| self.contestant.body(query, document, value)).collect())
    }

    /// Cursors come from the server itself: they are signed.
    async fn cursors(&self, rows: Rows) -> Result<Vec<Value>, Failure> {
        let mut cursors = Vec::new();
        for key in queries::comments(rows) {
            let body = serde_json::json!({ "query": CURSOR, "variables": { "n": key } }).to_string();
            let answer = self.ask(&body).await?;
            let cursor = answer.pointer("/data/commentsConnection/edges/0/cursor");
            cursors.push(cursor.cloned().ok_or_else(|| {
                Failure::contestant(self.contestant.name, format!("no cursor for comment {key}: {answer}"))
            })?);
        }
        Ok(cursors)
    }

    /// Sends one request and gives the bytes of its answer.
    ///
    /// # Errors
    /// When there is none, or its status is not 200.
    pub async fn ask_bytes(&self, body: &str) -> Result<Vec<u8>, Failure> {
        let failed = |error: std::io::Error| Failure::contestant(self.contestant.name, error.to_string());
        let mut client = Client::connect(self.port).await.map_err(failed)?;
        let request = http::request(body);
        match client.ask(&http::numbered(&request).unwrap_or(request)).await.map_err(failed)? {
            (200, answer) => Ok(answer.to_vec()),
            (status, answer) => {
                let answer = String::from_utf8_lossy(answer);
                Err(Failure::contestant(self.contestant.name, format!("{status}: {answer}\nto {body}")))
            }
        }
    }

    /// Sends one request and gives its answer.
    ///
    /// # Errors
    /// When there is none, or it reports errors.
    pub async fn ask(&self, body: &str) -> Result<Value, Failure> {
        let bytes = self.ask_bytes(body).await?;
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(answer) if answer.get("errors").is_none() => Ok(answer),
            _ => Err(Failure::contestant(
                self.contestant.name,
                format!("{}\nto {body}", String::from_utf8_lossy(&bytes)),
            )),
        }
    }
}
