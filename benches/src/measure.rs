//! Interleaved short runs: each query goes round all contestants before the next one, and all of that several times,
//! so that what else the machine does hits everybody alike.

use crate::contestants::{Backend, Databases, Server};
use crate::data;
use crate::failure::Failure;
use crate::http;
use crate::load::{self, Draw, Requests};
use crate::proc::{self, Memory};
use crate::queries::Query;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Client;

/// How much is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The queries.
    pub queries: Vec<Query>,
    /// Whether a mix of all queries is measured too.
    pub has_mix: bool,
    /// How often everything is run.
    pub rounds: u32,
    /// How long one run takes.
    pub duration: Duration,
    /// Numbers of connections.
    pub connections: Vec<usize>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Who.
    pub contestant: &'static str,
    /// What: a query, or `mix`.
    pub query: &'static str,
    /// Over how many connections.
    pub connections: usize,
    /// In which round.
    pub round: u32,
    /// Answers.
    pub answers: u64,
    /// Processor time of the server per answer, in microseconds.
    pub server_us: f64,
    /// Processor time of PostgreSQL per answer, in microseconds.
    pub database_us: f64,
    /// Answers per second.
    pub per_second: f64,
    /// Half of the answers came in so many milliseconds.
    pub p50_ms: f64,
    /// Of a hundred answers 99 came in so many milliseconds.
    pub p99_ms: f64,
}

impl Sample {
    /// Processor time per answer of server and database, in microseconds.
    pub fn total_us(&self) -> f64 {
        self.server_us + self.database_us
    }
}

/// What is known of a contestant besides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facts {
    /// Who.
    pub contestant: &'static str,
    /// Where its rows are.
    pub is_sqlite: bool,
    /// From the start of the process to its first answer, in milliseconds.
    pub start_ms: f64,
    /// Memory a moment after that, in bytes.
    pub idle_bytes: Bytes,
    /// Memory after all runs, in bytes.
    pub loaded_bytes: Bytes,
    /// Statements per answer of each query, as `pg_stat_statements` counts them.
    pub statements: BTreeMap<&'static str, f64>,
}

/// Memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Bytes {
    /// Resident set.
    pub rss: u64,
    /// Proportional set.
    pub pss: u64,
}

impl From<Memory> for Bytes {
    fn from(memory: Memory) -> Self {
        Self { rss: memory.resident, pss: memory.proportional }
    }
}

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// A line for each contestant, in the order of the tables.
    pub facts: Vec<Facts>,
    /// All runs.
    pub samples: Vec<Sample>,
}

/// Measures the servers, which have just been started.
///
/// # Errors
/// When a contestant answers with an error, or the database fails.
pub async fn measure(
    servers: &[Server],
    databases: &Databases,
    extent: &Extent,
) -> Result<Measured, Failure> {
    let client = data::connect(&databases.postgres).await?;
    let postmaster = postmaster(&client).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut facts: Vec<Facts> = servers.iter().map(idle).collect();
    let mut workloads = Vec::new();
    for server in servers {
        workloads.push(workloads_of(server, databases, extent).await?);
    }
    for ((server, facts), workloads) in servers.iter().zip(&mut facts).zip(&workloads) {
        for (name, requests) in workloads {
            say(&format!("warming up {} {name}", server.contestant.name));
            run(server, requests, 16, Duration::from_millis(300), 7).await?;
            if server.contestant.backend == Backend::Postgres && *name != "mix" {
                facts.statements.insert(name, statements(&client, server, requests).await?);
            }
            forget_written(name, databases).await?;
        }
    }
    let mut samples = Vec::new();
    let mut names: Vec<&'static str> = extent.queries.iter().map(|query| query.name).collect();
    names.extend(extent.has_mix.then_some("mix"));
    for round in 0..extent.rounds {
        for query in &names {
            say(&format!("round {} of {}: {query}", round + 1, extent.rounds));
            for &connections in &extent.connections {
                for (server, workloads) in servers.iter().zip(&workloads) {
                    let Some(requests) = workloads.get(query) else { continue };
                    let seed = u64::from(round) + 1;
                    let server_before = server.processor_time();
                    let database_before = proc::processor_time(postmaster);
                    let outcome = run(server, requests, connections, extent.duration, seed).await?;
                    let server_time = server.processor_time().saturating_sub(server_before);
                    let database_time = proc::processor_time(postmaster).saturating_sub(database_before);
                    let answers = count(outcome.answers).max(1.0);
                    forget_written(query, databases).await?;
                    samples.push(Sample {
                        contestant: server.contestant.name,
                        query,
                        connections,
                        round,
                        answers: outcome.answers,
                        server_us: server_time.as_secs_f64() * 1e6 / answers,
                        database_us: database_time.as_secs_f64() * 1e6 / answers,
                        per_second: answers / outcome.elapsed.as_secs_f64(),
                        p50_ms: outcome.percentile_ms(50),
                        p99_ms: outcome.percentile_ms(99),
                    });
                }
            }
        }
    }
    for (server, facts) in servers.iter().zip(&mut facts) {
        facts.loaded_bytes = server.memory().into();
    }
    Ok(Measured { facts, samples })
}

/// New posts are the latest ones, which other queries would have to pass over.
async fn forget_written(query: &str, databases: &Databases) -> Result<(), Failure> {
    if Query::named(query).is_ok_and(|query| query.writes()) {
        data::forget_created(databases).await?;
    }
    Ok(())
}

fn idle(server: &Server) -> Facts {
    Facts {
        contestant: server.contestant.name,
        is_sqlite: server.contestant.backend == Backend::Sqlite,
        start_ms: server.started_in.as_secs_f64() * 1e3,
        idle_bytes: server.memory().into(),
        loaded_bytes: Bytes::default(),
        statements: BTreeMap::new(),
    }
}

type Workloads = BTreeMap<&'static str, Requests>;

/// The requests of each query that the contestant answers, and of the mix.
async fn workloads_of(server: &Server, databases: &Databases, extent: &Extent) -> Result<Workloads, Failure> {
    let mut workloads = Workloads::new();
    let mut draw = Draw(11);
    let mut mix = Vec::new();
    for query in extent.queries.iter().filter(|query| server.contestant.answers(query)) {
        let bodies = server.bodies(query, databases).await?;
        let requests: Vec<Vec<u8>> = bodies.iter().map(|body| http::request(body)).collect();
        let wanted = query.share * 20;
        mix.extend((0..wanted).filter_map(|_| requests.get(draw.below(requests.len())).cloned()));
        workloads.insert(query.name, Arc::new(requests));
    }
    if extent.has_mix {
        workloads.insert("mix", Arc::new(mix));
    }
    Ok(workloads)
}

async fn run(
    server: &Server,
    requests: &Requests,
    connections: usize,
    duration: Duration,
    seed: u64,
) -> Result<load::Outcome, Failure> {
    let (name, port, requests) = (server.contestant.name, server.port, Arc::clone(requests));
    let running =
        tokio::task::spawn_blocking(move || load::run(name, port, &requests, connections, duration, seed));
    running.await.map_err(|error| Failure::contestant(name, error.to_string()))?
}

/// Statements per answer, of requests that the server has seen the like of.
async fn statements(client: &Client, server: &Server, requests: &Requests) -> Result<f64, Failure> {
    const ASKED: usize = 10;
    client.execute("SELECT pg_stat_statements_reset()", &[]).await?;
    let failed = |error: std::io::Error| Failure::contestant(server.contestant.name, error.to_string());
    let mut connection = http::Client::connect(server.port).await.map_err(failed)?;
    for request in requests.iter().cycle().take(ASKED) {
        connection.ask(request).await.map_err(failed)?;
    }
    let counted = "SELECT coalesce(sum(calls), 0)::float8 FROM pg_stat_statements \
        JOIN pg_database ON pg_database.oid = dbid \
        WHERE datname = current_database() AND toplevel AND query !~ 'pg_stat_statements'";
    let calls: f64 = client.query_one(counted, &[]).await?.try_get(0)?;
    Ok(calls / 10.0)
}

/// The process id of the server that this connection leads to.
///
/// # Errors
/// When the connection's user may not read the server's files.
pub async fn postmaster(client: &Client) -> Result<u32, Failure> {
    let statement = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)";
    let id: String = client.query_one(statement, &[]).await?.try_get(0)?;
    id.parse().map_err(|_| Failure::Argument(format!("`{id}` is not the id of a process")))
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Says how far it is.
pub fn say(line: &str) {
    // Who does not read it misses nothing.
    let _ = writeln!(std::io::stderr(), "{line}");
}
