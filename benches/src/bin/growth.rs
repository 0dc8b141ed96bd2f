//! What grows, and how: `scripts/bench --growth` builds and runs it.

use clap::{Parser, ValueEnum};
use nuages_benches::contestants::{Contestant, Databases};
use nuages_benches::failure::Failure;
use nuages_benches::growth::{self, Effort, Growth};
use nuages_benches::measure::say;
use nuages_benches::queries::{QUERIES, Query};
use nuages_benches::scale::Scale;
use nuages_benches::{data, programs};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measures how costs grow with the data, the models, the connections, and with operations that were never seen.
#[derive(Debug, Parser)]
#[command(name = "scripts/bench --growth", max_term_width = 100)]
struct Arguments {
    /// With what
    #[arg(long, value_enum, value_delimiter = ',', default_value = "data,models,connections,cache")]
    with: Vec<With>,
    /// Sizes of the data; the first one is the base, and the one of everything else
    #[arg(long, value_enum, value_delimiter = ',', default_value = "1x,10x")]
    scales: Vec<Scale>,
    /// Numbers of models
    #[arg(long, value_delimiter = ',', default_value = "20,100,500")]
    models: Vec<usize>,
    /// Numbers of connections
    #[arg(long, value_delimiter = ',', default_value = "16,1,256,1000")]
    connections: Vec<usize>,
    /// Whose costs are measured with the data and the connections
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "nuages,reference-tokio-postgres,nuages-sqlite,reference-sqlite-loops"
    )]
    contestants: Vec<String>,
    /// What is asked with the data; everything when left out
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    queries: Vec<String>,
    /// How often everything is run, besides once to warm up
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// How long one run takes
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Where the tables are written; target/bench when left out
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the data is kept; target/bench-data when left out. PostgreSQL's user must be able to reach it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum With {
    Data,
    Models,
    Connections,
    Cache,
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
    let duration = Duration::try_from_secs_f64(arguments.seconds)
        .map_err(|error| Failure::Argument(format!("--seconds: {error}")))?;
    let effort = Effort { rounds: arguments.rounds.max(1), duration };
    let named =
        |names: &[String]| names.iter().map(|name| Contestant::named(name)).collect::<Result<Vec<_>, _>>();
    let contestants = named(&arguments.contestants)?;
    let queries = match arguments.queries.as_slice() {
        [] => QUERIES.to_vec(),
        names => names.iter().map(|name| Query::named(name)).collect::<Result<_, _>>()?,
    };
    let target = programs::target()?;
    let folder = arguments.data.unwrap_or_else(|| target.join("bench-data"));
    let base = arguments.scales.first().copied().unwrap_or(Scale::One);
    let mut growth = Growth::default();
    for with in &arguments.with {
        match with {
            With::Data => {
                growth::data(&mut growth, &contestants, &queries, &arguments.scales, &folder, effort).await?;
            }
            With::Models => growth::models(&mut growth, &arguments.models, effort).await?,
            With::Connections => {
                let data = data::prepare(base, &folder).await?;
                let (query, databases) = (Query::named("q1")?, Databases::from(&data));
                growth::connections(
                    &mut growth,
                    &contestants,
                    &query,
                    &arguments.connections,
                    &databases,
                    effort,
                )
                .await?;
            }
            With::Cache => {
                let data = data::prepare(base, &folder).await?;
                let queries = [Query::named("q1")?, Query::named("q3")?];
                growth::cache(&mut growth, &queries, &Databases::from(&data), effort).await?;
            }
        }
        // What is there is kept when a later table fails.
        growth.save(&arguments.out.clone().unwrap_or_else(|| target.join("bench")))?;
    }
    std::io::stdout().write_all(growth.markdown().as_bytes()).map_err(Failure::io("standard output"))
}
