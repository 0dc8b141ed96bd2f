//! A hand-written server for the queries of the benchmark: `reference --driver sqlite-loops --database bench.db`.

use clap::Parser;
use nuages_benches::reference::{DriverKind, ReferenceError, serve};
use std::net::SocketAddr;

/// Answers the benchmark's queries with hand-written statements.
#[derive(Debug, Parser)]
struct Arguments {
    /// How the database is asked.
    #[arg(long, value_enum)]
    driver: DriverKind,
    /// URL of a PostgreSQL database, or an SQLite file.
    #[arg(long)]
    database: String,
    /// Where to listen.
    #[arg(long, value_name = "HOST:PORT")]
    address: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<(), ReferenceError> {
    let arguments = Arguments::parse();
    serve(arguments.driver, &arguments.database, arguments.address).await
}
