//! Nuages beside hand-written servers, on the same data: `scripts/bench` builds and runs it.

use clap::Parser;
use nuages_benches::contestants::{CONTESTANTS, Contestant, Databases, Kind, PEERS, Server};
use nuages_benches::failure::Failure;
use nuages_benches::measure::{Extent, measure, say};
use nuages_benches::queries::{QUERIES, Query};
use nuages_benches::report::Report;
use nuages_benches::scale::Scale;
use nuages_benches::{answers, data, programs};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Starts every contestant, checks that all give the same answers, and measures what an answer costs.
#[derive(Debug, Parser)]
#[command(name = "scripts/bench", max_term_width = 100)]
struct Arguments {
    /// Who takes part; everybody who is built here when left out
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    contestants: Vec<String>,
    /// What is asked, q1 to q8, m1 and mix; everything when left out
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    queries: Vec<String>,
    /// How often everything is run
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// How long one run takes
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Numbers of connections
    #[arg(long, value_delimiter = ',', default_value = "16,1")]
    connections: Vec<usize>,
    /// How much data there is
    #[arg(long, value_enum, default_value = "1x")]
    scale: Scale,
    /// Folder of other servers, ready to start; those that are in it take part too
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// Only compare the answers
    #[arg(long)]
    check_only: bool,
    /// Where the report is written; target/bench when left out
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the data is kept; target/bench-data when left out. PostgreSQL's user must be able to reach it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut contestants = chosen(&arguments.contestants, &CONTESTANTS, Contestant::named)?;
    let peers = arguments
        .peers
        .map(|folder| folder.canonicalize().map_err(Failure::io(folder.display().to_string())));
    let peers = peers.transpose()?;
    if let (Some(folder), true) = (&peers, arguments.contestants.is_empty()) {
        let is_there =
            |contestant: &&Contestant| matches!(contestant.kind, Kind::Peer(peer) if peer.is_there(folder));
        contestants.extend(PEERS.iter().filter(is_there));
    }
    let is_mixed = arguments.queries.is_empty() || arguments.queries.iter().any(|name| name == "mix");
    let named: Vec<String> = arguments.queries.iter().filter(|name| *name != "mix").cloned().collect();
    let duration = Duration::try_from_secs_f64(arguments.seconds)
        .map_err(|error| Failure::Argument(format!("--seconds: {error}")))?;
    let extent = Extent {
        queries: chosen(&named, &QUERIES, Query::named)?,
        has_mix: is_mixed,
        rounds: arguments.rounds.max(1),
        duration,
        connections: arguments.connections,
    };
    let target = programs::target()?;
    say(&format!("preparing the data, {}", arguments.scale.name()));
    let folder = arguments.data.unwrap_or_else(|| target.join("bench-data"));
    let data = data::prepare(arguments.scale, &folder).await?;
    let databases = Databases { peers, ..Databases::from(&data) };
    data::forget_created(&databases).await?;
    let mut servers = Vec::new();
    for contestant in contestants {
        say(&format!("starting {}", contestant.name));
        servers.push(Server::start(contestant, &databases).await?);
    }
    answers::check(&servers, &extent.queries, &databases).await?;
    say("all answers are the same");
    data::forget_created(&databases).await?;
    if arguments.check_only {
        return Ok(());
    }
    // Fresh processes: start and idle memory without what the check left behind.
    let mut fresh = Vec::new();
    for server in servers {
        let contestant = server.contestant;
        drop(server);
        fresh.push(Server::start(contestant, &databases).await?);
    }
    let measured = measure(&fresh, &databases, &extent).await?;
    drop(fresh);
    data::forget_created(&databases).await?;
    let client = data::connect(&databases.postgres).await?;
    let version: String = client.query_one("SHOW server_version", &[]).await?.try_get(0)?;
    let report = Report::new(arguments.scale, format!("PostgreSQL {version}"), &extent, &measured);
    let out = arguments.out.unwrap_or_else(|| target.join("bench"));
    report.save(&out, "side-by-side")?;
    say(&format!("written to {}", out.join("side-by-side.{md,json}").display()));
    std::io::stdout().write_all(report.markdown().as_bytes()).map_err(Failure::io("standard output"))
}

fn chosen<T: Copy, const N: usize>(
    names: &[String],
    all: &[T; N],
    named: impl Fn(&str) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    if names.is_empty() { Ok(all.to_vec()) } else { names.iter().map(|name| named(name)).collect() }
}
