//! How costs grow: with the data, with the number of models, with connections, and with operations that were never
//! seen. What grows is compared with a base (1x, 20 models, 16 connections, known operations) in interleaved runs.

mod cache;
mod connections;
mod data;
mod models;
mod table;

pub use cache::cache;
pub use connections::connections;
pub use data::data;
pub use models::models;
pub use table::{Growth, Row};

use crate::contestants::Server;
use crate::failure::Failure;
use crate::load::{self, Outcome, Requests};
use crate::proc;
use std::sync::Arc;
use std::time::Duration;

/// How long and how often things are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How often everything is run.
    pub rounds: u32,
    /// How long one run takes.
    pub duration: Duration,
}

/// A server under load, with the process whose time counts as the database's.
struct Loaded<'s> {
    server: &'s Server,
    /// PostgreSQL, unless the rows are in a file.
    postmaster: Option<u32>,
}

/// What a run cost.
struct Cost {
    /// Microseconds of the processor an answer, of server and database.
    processor_us: f64,
    outcome: Outcome,
}

impl Loaded<'_> {
    async fn run(
        &self,
        requests: &Requests,
        connections: usize,
        effort: Effort,
        seed: u64,
    ) -> Result<Cost, Failure> {
        let (name, port, requests) = (self.server.contestant.name, self.server.port, Arc::clone(requests));
        let database = || self.postmaster.map(proc::processor_time).unwrap_or_default();
        let before = self.server.processor_time() + database();
        let duration = effort.duration;
        let running = tokio::task::spawn_blocking(move || {
            load::run(name, port, &requests, connections, duration, seed)
        });
        let outcome = running.await.map_err(|error| Failure::contestant(name, error.to_string()))??;
        let time = (self.server.processor_time() + database()).saturating_sub(before);
        let answers = f64::from(u32::try_from(outcome.answers).unwrap_or(u32::MAX)).max(1.0);
        Ok(Cost { processor_us: time.as_secs_f64() * 1e6 / answers, outcome })
    }
}
