//! Tables of what was measured, as Markdown and as JSON.

use crate::failure::Failure;
use crate::measure::{Extent, Facts, Measured, Sample};
use crate::scale::Scale;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A run and what it ran on.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    /// The size of the data.
    pub scale: &'static str,
    /// Processors of the machine.
    pub cores: usize,
    /// The first line of what PostgreSQL calls itself.
    pub postgres: String,
    /// The queries: name and what it is.
    pub queries: Vec<(&'static str, &'static str)>,
    /// How long each run took, in seconds.
    pub seconds: f64,
    /// How often.
    pub rounds: u32,
    /// Medians of the ratios of paired runs.
    pub ratios: Vec<Ratio>,
    /// Everything.
    pub measured: &'a Measured,
}

/// Processor time per answer, server and database together, divided by that of the reference in the same round.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ratio {
    /// Who.
    pub contestant: &'static str,
    /// What.
    pub query: &'static str,
    /// Over how many connections.
    pub connections: usize,
    /// Compared with whom.
    pub reference: &'static str,
    /// The median of the rounds.
    pub median: f64,
    /// The least of the rounds.
    pub least: f64,
    /// The greatest of the rounds.
    pub greatest: f64,
}

impl<'a> Report<'a> {
    /// The report of a run.
    pub fn new(scale: Scale, postgres: String, extent: &Extent, measured: &'a Measured) -> Self {
        let mut queries: Vec<_> = extent.queries.iter().map(|query| (query.name, query.about)).collect();
        if extent.has_mix {
            queries.push(("mix", "half by key, the rest drawn"));
        }
        let mut ratios = Vec::new();
        for facts in &measured.facts {
            for (query, _) in &queries {
                for &connections in &extent.connections {
                    ratios.extend(ratio(measured, facts, query, connections));
                }
            }
        }
        Self {
            scale: scale.name(),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            postgres,
            queries,
            seconds: extent.duration.as_secs_f64(),
            rounds: extent.rounds,
            ratios,
            measured,
        }
    }

    /// All tables.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "Data {}, {} cores, {}; {} rounds of {} s.\n",
            self.scale, self.cores, self.postgres, self.rounds, self.seconds
        );
        for (name, about) in &self.queries {
            let _ = write!(text, "\n- {name}: {about}");
        }
        text.push('\n');
        let mut connections: Vec<usize> = self.measured.samples.iter().map(|s| s.connections).collect();
        connections.sort_unstable_by(|left, right| right.cmp(left));
        connections.dedup();
        for count in connections {
            let _ = write!(
                text,
                "\n## {count} connections\n\nProcessor time per answer, server and database, as a ratio to \
                 reference-tokio-postgres and to the best reference on SQLite:\n\n"
            );
            self.table(&mut text, |facts, query| {
                let found = self.ratios.iter().find(|ratio| {
                    ratio.contestant == facts.contestant && ratio.query == query && ratio.connections == count
                })?;
                Some(format!("{:.2}", found.median))
            });
            text.push_str("\nThe same in microseconds, server + database (statements):\n\n");
            self.table(&mut text, |facts, query| {
                let server = self.median(facts, query, count, |sample| sample.server_us)?;
                let database = self.median(facts, query, count, |sample| sample.database_us)?;
                Some(match (facts.is_sqlite, facts.statements.get(query)) {
                    (true, _) => format!("{server:.0}"),
                    (false, Some(statements)) => format!("{server:.0}+{database:.0} ({statements:.0})"),
                    (false, None) => format!("{server:.0}+{database:.0}"),
                })
            });
            text.push_str("\nAnswers per second; p50 / p99 in milliseconds:\n\n");
            self.table(&mut text, |facts, query| {
                let per_second = self.median(facts, query, count, |sample| sample.per_second)?;
                let p50 = self.median(facts, query, count, |sample| sample.p50_ms)?;
                let p99 = self.median(facts, query, count, |sample| sample.p99_ms)?;
                Some(format!("{per_second:.0}; {p50:.1} / {p99:.1}"))
            });
        }
        text.push_str("\n## Start and memory\n\n");
        text.push_str(
            "| | first answer, ms | idle RSS (PSS), MB | RSS (PSS) after load, MB |\n|---|---|---|---|\n",
        );
        for facts in &self.measured.facts {
            let _ = writeln!(
                text,
                "| {} | {:.0} | {} ({}) | {} ({}) |",
                facts.contestant,
                facts.start_ms,
                megabytes(facts.idle_bytes.rss),
                megabytes(facts.idle_bytes.pss),
                megabytes(facts.loaded_bytes.rss),
                megabytes(facts.loaded_bytes.pss)
            );
        }
        text
    }

    /// Writes `NAME.md` and `NAME.json`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save(&self, folder: &Path, name: &str) -> Result<(), Failure> {
        fs::create_dir_all(folder).map_err(Failure::io(folder.display().to_string()))?;
        let json = serde_json::to_string_pretty(self)
            .map_err(|error| Failure::Argument(format!("the report is no JSON: {error}")))?;
        for (end, text) in [("md", self.markdown()), ("json", json)] {
            let path = folder.join(format!("{name}.{end}"));
            fs::write(&path, text).map_err(Failure::io(path.display().to_string()))?;
        }
        Ok(())
    }

    /// A line for each contestant and a column for each query.
    fn table(&self, text: &mut String, cell: impl Fn(&Facts, &'static str) -> Option<String>) {
        let names: Vec<&str> = self.queries.iter().map(|(name, _)| *name).collect();
        let _ = writeln!(text, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
        for facts in &self.measured.facts {
            let _ = write!(text, "| {} |", facts.contestant);
            for (query, _) in &self.queries {
                let value = cell(facts, query).unwrap_or_else(|| "cannot yet".to_owned());
                let _ = write!(text, " {value} |");
            }
            text.push('\n');
        }
    }

    fn median(
        &self,
        facts: &Facts,
        query: &str,
        connections: usize,
        value: impl Fn(&Sample) -> f64,
    ) -> Option<f64> {
        let samples = samples(self.measured, facts.contestant, query, connections);
        median(samples.into_iter().map(value).collect())
    }
}

/// Of a contestant to its reference; none when one of them did not answer the query.
fn ratio(measured: &Measured, facts: &Facts, query: &'static str, connections: usize) -> Option<Ratio> {
    let reference = reference(measured, facts.is_sqlite, query, connections)?;
    let base = samples(measured, reference, query, connections);
    let own = samples(measured, facts.contestant, query, connections);
    let mut ratios: Vec<f64> = own
        .iter()
        .filter_map(|sample| {
            let paired = base.iter().find(|other| other.round == sample.round)?;
            Some(sample.total_us() / paired.total_us())
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    Some(Ratio {
        contestant: facts.contestant,
        query,
        connections,
        reference,
        least: *ratios.first()?,
        greatest: *ratios.last()?,
        median: median(ratios)?,
    })
}

/// Whom contestants on this database are compared with.
fn reference(measured: &Measured, is_sqlite: bool, query: &str, connections: usize) -> Option<&'static str> {
    if !is_sqlite {
        return Some("reference-tokio-postgres");
    }
    let references =
        measured.facts.iter().filter(|facts| facts.is_sqlite && facts.contestant.starts_with("reference-"));
    references
        .filter_map(|facts| {
            let found = samples(measured, facts.contestant, query, connections);
            Some((median(found.iter().map(|sample| sample.total_us()).collect())?, facts.contestant))
        })
        .min_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

fn samples<'a>(measured: &'a Measured, contestant: &str, query: &str, connections: usize) -> Vec<&'a Sample> {
    let all = measured.samples.iter();
    all.filter(|s| s.contestant == contestant && s.query == query && s.connections == connections).collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Bytes;
    use std::collections::BTreeMap;

    fn sample(contestant: &'static str, round: u32, server_us: f64) -> Sample {
        Sample {
            contestant,
            query: "q1",
            connections: 16,
            round,
            answers: 1,
            server_us,
            database_us: 0.0,
            per_second: 1.0,
            p50_ms: 1.0,
            p99_ms: 1.0,
        }
    }

    fn facts(contestant: &'static str) -> Facts {
        Facts {
            contestant,
            is_sqlite: true,
            start_ms: 0.0,
            idle_bytes: Bytes::default(),
            loaded_bytes: Bytes::default(),
            statements: BTreeMap::new(),
        }
    }

    #[test]
    fn runs_are_paired_with_the_best_reference() {
        let measured = Measured {
            facts: vec![facts("nuages-sqlite"), facts("reference-slow"), facts("reference-good")],
            samples: vec![
                sample("nuages-sqlite", 0, 10.0),
                sample("nuages-sqlite", 1, 30.0),
                sample("nuages-sqlite", 2, 12.0),
                sample("reference-slow", 0, 90.0),
                sample("reference-good", 0, 10.0),
                sample("reference-good", 1, 20.0),
                sample("reference-good", 2, 10.0),
            ],
        };
        let ratio = ratio(&measured, &measured.facts[0], "q1", 16).unwrap();
        assert_eq!((ratio.reference, ratio.median), ("reference-good", 1.2));
        assert_eq!((ratio.least, ratio.greatest), (1.0, 1.5));
    }

    #[test]
    fn a_median_of_two_lies_between_them() {
        assert_eq!(median(vec![3.0, 1.0]), Some(2.0));
        assert_eq!(median(Vec::new()), None);
    }
}
