//! The same query over more connections.

use super::table::{Growth, Row, Table};
use super::{Effort, Loaded};
use crate::contestants::{Backend, Contestant, Databases, Server};
use crate::failure::Failure;
use crate::measure::{postmaster, say};
use crate::queries::Query;
use crate::{data, http};
use std::sync::Arc;

/// Of the servers with these names.
///
/// # Errors
/// When a server answers with an error.
pub async fn connections(
    growth: &mut Growth,
    contestants: &[Contestant],
    query: &Query,
    counts: &[usize],
    databases: &Databases,
    effort: Effort,
) -> Result<(), Failure> {
    let postmaster = postmaster(&data::connect(&databases.postgres).await?).await?;
    let base = counts.iter().position(|count| *count == 16).unwrap_or_default();
    let mut rows = Vec::new();
    for contestant in contestants.iter().filter(|contestant| contestant.answers(query)) {
        let server = Server::start(*contestant, databases).await?;
        let bodies = server.bodies(query, databases).await?;
        let requests = Arc::new(bodies.iter().map(|body| http::request(body)).collect());
        let is_postgres = contestant.backend == Backend::Postgres;
        let loaded = Loaded { server: &server, postmaster: is_postgres.then_some(postmaster) };
        let mut measures: [(&str, Vec<Vec<Option<f64>>>); 5] =
            ["us an answer", "answers a second", "p50, ms", "p99, ms", "RSS after it, MB"]
                .map(|name| (name, Vec::new()));
        for round in 0..=effort.rounds {
            say(&format!("connections: {}, round {round} of {}", contestant.name, effort.rounds));
            let mut columns: [Vec<Option<f64>>; 5] = Default::default();
            for count in counts {
                let cost = loaded.run(&requests, *count, effort, u64::from(round) + 1).await?;
                let answers = f64::from(u32::try_from(cost.outcome.answers).unwrap_or(u32::MAX));
                let resident =
                    f64::from(u32::try_from(server.memory().resident / 100_000).unwrap_or(u32::MAX)) / 10.0;
                let values = [
                    cost.processor_us,
                    answers / cost.outcome.elapsed.as_secs_f64(),
                    cost.outcome.percentile_ms(50),
                    cost.outcome.percentile_ms(99),
                    resident,
                ];
                for (column, value) in columns.iter_mut().zip(values) {
                    column.push(Some(value));
                }
            }
            // The first one warms up.
            if round > 0 {
                for ((_, rounds), column) in measures.iter_mut().zip(columns) {
                    rounds.push(column);
                }
            }
        }
        for (name, rounds) in &measures {
            rows.push(Row::new(format!("{}: {name}", contestant.name), base, rounds));
        }
    }
    let points = counts.iter().map(|count| format!("{count} connections")).collect();
    growth.tables.push(Table { title: format!("Connections, {}", query.name), points, base, rows });
    Ok(())
}
