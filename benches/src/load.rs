//! The load generator: connections that send one request after another.
//!
//! It runs on one thread of its own. Its time on the processor is not counted, because it is not in the tree of any
//! contestant.

use crate::failure::Failure;
use crate::http::{self, Client};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Requests to draw from.
pub type Requests = Arc<Vec<Vec<u8>>>;

/// What came of a run.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Answers.
    pub answers: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How long each answer took, in microseconds, ascending.
    latencies_us: Vec<u32>,
}

impl Outcome {
    /// The time in which so many percent of the answers came, in milliseconds.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let at = (self.latencies_us.len() * percent / 100).min(self.latencies_us.len().saturating_sub(1));
        f64::from(self.latencies_us.get(at).copied().unwrap_or_default()) / 1000.0
    }
}

/// Sends requests for so long over so many connections. The same seed draws the same requests.
///
/// # Errors
/// When an answer is not a good one.
pub fn run(
    contestant: &str,
    port: u16,
    requests: &Requests,
    connections: usize,
    duration: Duration,
    seed: u64,
) -> Result<Outcome, Failure> {
    let failed = |error: std::io::Error| Failure::contestant(contestant, error.to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let outcome = runtime.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..connections {
            clients.push(Client::connect(port).await?);
        }
        let begun = Instant::now();
        let runs = clients.into_iter().zip(1..).map(|(client, number)| {
            let draw = Draw(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number);
            send(client, Arc::clone(requests), draw, begun + duration)
        });
        let mut latencies_us = futures::future::try_join_all(runs).await?.concat();
        let elapsed = begun.elapsed();
        latencies_us.sort_unstable();
        Ok(Outcome { answers: latencies_us.len() as u64, elapsed, latencies_us })
    });
    outcome.map_err(failed)
}

async fn send(
    mut client: Client,
    requests: Requests,
    mut draw: Draw,
    end: Instant,
) -> std::io::Result<Vec<u32>> {
    let mut latencies_us = Vec::new();
    loop {
        let begun = Instant::now();
        if begun >= end && !latencies_us.is_empty() {
            return Ok(latencies_us);
        }
        let request = requests.get(draw.below(requests.len())).map(Vec::as_slice).unwrap_or_default();
        let numbered = http::numbered(request);
        let (status, body) = client.ask(numbered.as_deref().unwrap_or(request)).await?;
        if status != 200 || !body.starts_with(b"{\"data\"") {
            let beginning = String::from_utf8_lossy(body.get(..300).unwrap_or(body)).into_owned();
            return Err(std::io::Error::other(format!("{status}: {beginning}")));
        }
        latencies_us.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

/// Numbers that look random: xorshift64*.
#[derive(Debug, Clone)]
pub struct Draw(pub u64);

impl Draw {
    /// A number below the limit; zero when that is zero.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.max(1);
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed).unwrap_or_default() % limit.max(1)
    }
}
