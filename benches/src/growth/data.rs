//! The same queries on more data.

use super::table::{Growth, Row, Table};
use super::{Effort, Loaded};
use crate::contestants::{Backend, Databases, Server};
use crate::failure::Failure;
use crate::load::Requests;
use crate::measure::{postmaster, say};
use crate::queries::Query;
use crate::scale::Scale;
use crate::{data, http};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const CONNECTIONS: usize = 16;

/// Of the servers with these names; the first scale is the base. All scales run at once, in turn.
///
/// # Errors
/// When data cannot be made, or a server answers with an error.
pub async fn data(
    growth: &mut Growth,
    contestants: &[crate::contestants::Contestant],
    queries: &[Query],
    scales: &[Scale],
    folder: &Path,
    effort: Effort,
) -> Result<(), Failure> {
    let mut points = Vec::new();
    for scale in scales {
        say(&format!("preparing the data, {}", scale.name()));
        let data = data::prepare(*scale, folder).await?;
        let databases = Databases::from(&data);
        let postmaster = postmaster(&data::connect(&databases.postgres).await?).await?;
        let mut servers = Vec::new();
        for contestant in contestants {
            servers.push(Server::start(*contestant, &databases).await?);
        }
        points.push((data, databases, postmaster, servers));
    }
    let mut requests: BTreeMap<(usize, usize, &str), Requests> = BTreeMap::new();
    for (point, (_, databases, _, servers)) in points.iter().enumerate() {
        for (number, server) in servers.iter().enumerate() {
            for query in queries.iter().filter(|query| server.contestant.answers(query) && !query.writes()) {
                let bodies = server.bodies(query, databases).await?;
                let made = bodies.iter().map(|body| http::request(body)).collect();
                requests.insert((point, number, query.name), Arc::new(made));
            }
        }
    }
    let mut rows = Vec::new();
    for query in queries {
        for (number, contestant) in contestants.iter().enumerate() {
            let mut rounds = Vec::new();
            for round in 0..=effort.rounds {
                say(&format!("data: {} {}, round {round} of {}", contestant.name, query.name, effort.rounds));
                let mut values = Vec::new();
                for (point, (_, _, postmaster, servers)) in points.iter().enumerate() {
                    let (Some(server), Some(requests)) =
                        (servers.get(number), requests.get(&(point, number, query.name)))
                    else {
                        continue;
                    };
                    let is_postgres = contestant.backend == Backend::Postgres;
                    let loaded = Loaded { server, postmaster: is_postgres.then_some(*postmaster) };
                    let cost = loaded.run(requests, CONNECTIONS, effort, u64::from(round) + 1).await?;
                    values.push(Some(cost.processor_us));
                }
                // The first one warms up.
                if round > 0 {
                    rounds.push(values);
                }
            }
            if rounds.iter().any(|values| !values.is_empty()) {
                rows.push(Row::new(format!("{}, {}: us an answer", contestant.name, query.name), 0, &rounds));
            }
        }
    }
    let points = scales.iter().map(|scale| scale.name().to_owned()).collect();
    growth.tables.push(Table { title: "Data".to_owned(), points, base: 0, rows });
    Ok(())
}
