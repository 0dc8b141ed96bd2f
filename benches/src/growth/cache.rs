//! Operations that the server knows, and operations that it never saw, alone and under contention.

use super::table::{Growth, Row, Table};
use super::{Effort, Loaded};
use crate::contestants::{Contestant, Databases, Server};
use crate::failure::Failure;
use crate::http;
use crate::load::Requests;
use crate::measure::say;
use crate::queries::Query;
use std::sync::Arc;

/// Connections at each point.
const CONTENTION: [usize; 3] = [16, 1, 256];

/// Of Nuages on SQLite, where the answer itself costs least.
///
/// # Errors
/// When the server answers with an error.
pub async fn cache(
    growth: &mut Growth,
    queries: &[Query],
    databases: &Databases,
    effort: Effort,
) -> Result<(), Failure> {
    let server = Server::start(Contestant::named("nuages-sqlite")?, databases).await?;
    let loaded = Loaded { server: &server, postmaster: None };
    let mut rows = Vec::new();
    for query in queries.iter().filter(|query| server.contestant.answers(query) && !query.writes()) {
        let bodies = server.bodies(query, databases).await?;
        let known: Requests = Arc::new(bodies.iter().map(|body| http::request(body)).collect());
        let name = query.name.to_uppercase();
        // The operation's name is part of the text, so each is another operation.
        let unseen = bodies.iter().map(|body| {
            http::request(&body.replacen(&format!("query {name}("), &format!("query {}(", http::SERIAL), 1))
        });
        let unseen: Requests = Arc::new(unseen.collect());
        let mut hits = Vec::new();
        let mut misses = Vec::new();
        for round in 0..=effort.rounds {
            say(&format!("cache: {}, round {round} of {}", query.name, effort.rounds));
            for (requests, rounds) in [(&known, &mut hits), (&unseen, &mut misses)] {
                let mut values = Vec::new();
                for connections in CONTENTION {
                    let cost = loaded.run(requests, connections, effort, u64::from(round) + 1).await?;
                    values.push(Some(cost.processor_us));
                }
                // The first one warms up.
                if round > 0 {
                    rounds.push(values);
                }
            }
        }
        rows.push(Row::new(format!("{}, known: us an answer", query.name), 0, &hits));
        rows.push(Row::new(format!("{}, never seen: us an answer", query.name), 0, &misses));
    }
    let points = CONTENTION.iter().map(|count| format!("{count} connections")).collect();
    growth.tables.push(Table { title: "Operation cache".to_owned(), points, base: 0, rows });
    Ok(())
}
