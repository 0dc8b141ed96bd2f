//! Asks one query again and again without a network, for profilers: `valgrind --tool=callgrind in-process …`.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use clap::Parser;
use nuages::http::{HttpOptions, ServerState, router};
use nuages::{Config, Project};
use nuages_benches::failure::Failure;
use nuages_benches::programs;
use nuages_benches::queries::Query;
use std::path::PathBuf;
use tower::ServiceExt as _;

const FIXED: &str = include_str!("../../sql/fixed.sql");

/// Asks one query of the benchmarks so often, one request after the other, in this process.
#[derive(Debug, Parser)]
struct Arguments {
    /// Which query, q1 to q7
    #[arg(long, default_value = "q1")]
    query: String,
    /// How often
    #[arg(long, default_value_t = 1)]
    times: usize,
    /// The database's URL
    #[arg(long)]
    database: String,
    /// The value of the query's variable, as JSON
    #[arg(long, default_value = "1")]
    value: String,
    /// Only make tables and fixed rows in an empty SQLite database
    #[arg(long)]
    fill: bool,
    /// The project
    #[arg(long)]
    project: Option<PathBuf>,
    /// Threads of the runtime
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(arguments.threads).enable_all().build()?;
    runtime.block_on(run(arguments))?;
    Ok(())
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let failed = |error: String| Failure::contestant("in-process", error);
    let query = Query::named(&arguments.query)?;
    let config = Config { database: arguments.database.clone(), max_limit: 1000, ..Config::default() };
    let project = Project::with_config(arguments.project.unwrap_or_else(programs::project), config);
    let registry = project.registry().map_err(|error| failed(error.to_string()))?;
    let database = project.connect().await.map_err(|error| failed(error.to_string()))?;
    if arguments.fill {
        project.migrate(&registry, &database).await.map_err(|error| failed(error.to_string()))?;
        let statements: Vec<String> = FIXED.split_inclusive(';').map(str::to_owned).collect();
        return database.execute_all(&statements).await.map_err(|error| failed(error.to_string()));
    }
    let engine = project.engine(registry, database.clone()).map_err(|error| failed(error.to_string()))?;
    let service = router(ServerState::new(engine, database, HttpOptions::default()));
    let value = serde_json::from_str(&arguments.value).unwrap_or_else(|_| arguments.value.clone().into());
    let body = query.body(query.document.unwrap_or_default(), &value);
    let mut length = 0;
    for _ in 0..arguments.times {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(body.clone()))
            .map_err(|error| failed(error.to_string()))?;
        let response: Response = match service.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let is_good = response.status() == StatusCode::OK;
        let answer = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .map_err(|error| failed(error.to_string()))?;
        if !is_good || !answer.starts_with(b"{\"data\":{") {
            return Err(failed(String::from_utf8_lossy(&answer).into_owned()));
        }
        length = answer.len();
    }
    nuages_benches::measure::say(&format!("{length} bytes"));
    Ok(())
}
