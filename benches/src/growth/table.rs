//! Tables of what grows: a row a measure, a column a point, each with its ratio to the base.

use crate::failure::Failure;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// All that was measured.
#[derive(Debug, Default, Serialize)]
pub struct Growth {
    /// In the order of the tables.
    pub tables: Vec<Table>,
}

/// What grows with one thing.
#[derive(Debug, Serialize)]
pub struct Table {
    /// With what.
    pub title: String,
    /// Its sizes.
    pub points: Vec<String>,
    /// Which of them the others are compared with.
    pub base: usize,
    /// What was measured at each.
    pub rows: Vec<Row>,
}

/// A measure at each point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What, with its unit.
    pub measure: String,
    /// The median of the rounds at each point; `None` where it was not measured.
    pub values: Vec<Option<f64>>,
    /// The median of the ratios to the base in the same round.
    pub ratios: Vec<Option<f64>>,
}

/// What is told of one point of a round.
type Value<'v> = &'v dyn Fn(&[Option<f64>], usize) -> Option<f64>;

impl Row {
    /// A row of what each round measured at each point.
    pub fn new(measure: impl Into<String>, base: usize, rounds: &[Vec<Option<f64>>]) -> Self {
        let points = rounds.iter().map(Vec::len).max().unwrap_or_default();
        let at = |round: &[Option<f64>], point: usize| round.get(point).copied().flatten();
        let ratio = |round: &[Option<f64>], point| {
            let base = at(round, base).filter(|base| *base > 0.0)?;
            Some(at(round, point)? / base)
        };
        let each = |value: Value<'_>| {
            (0..points)
                .map(|point| median(rounds.iter().filter_map(|round| value(round, point)).collect()))
                .collect()
        };
        Self { measure: measure.into(), values: each(&at), ratios: each(&ratio) }
    }
}

impl Growth {
    /// The tables as Markdown.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for table in &self.tables {
            let _ = write!(text, "\n## {}\n\n| | {} |\n|---|", table.title, table.points.join(" | "));
            let _ = writeln!(text, "{}", "---|".repeat(table.points.len()));
            for row in &table.rows {
                let _ = write!(text, "| {} |", row.measure);
                for point in 0..table.points.len() {
                    let of = |values: &[Option<f64>]| values.get(point).copied().flatten();
                    let _ = match (of(&row.values), of(&row.ratios).filter(|_| point != table.base)) {
                        (Some(value), Some(ratio)) => write!(text, " {} ({ratio:.2}) |", short(value)),
                        (Some(value), None) => write!(text, " {} |", short(value)),
                        (None, _) => write!(text, " |"),
                    };
                }
                text.push('\n');
            }
        }
        text
    }

    /// Writes `growth.md` and `growth.json`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Failure> {
        fs::create_dir_all(folder).map_err(Failure::io(folder.display().to_string()))?;
        let json = serde_json::to_string_pretty(self)
            .map_err(|error| Failure::Argument(format!("the tables are no JSON: {error}")))?;
        for (name, text) in [("growth.md", self.markdown()), ("growth.json", json)] {
            let path = folder.join(name);
            fs::write(&path, text).map_err(Failure::io(path.display().to_string()))?;
        }
        Ok(())
    }
}

fn short(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len().max(1) - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_compared_with_the_base_of_their_round() {
        let rounds = [vec![Some(10.0), Some(20.0)], vec![Some(20.0), Some(30.0)], vec![Some(10.0), None]];
        let row = Row::new("us", 0, &rounds);
        assert_eq!(row.values, [Some(10.0), Some(25.0)]);
        assert_eq!(row.ratios, [Some(1.0), Some(1.75)]);
        let table =
            Table { title: "x".into(), points: vec!["1".into(), "2".into()], base: 0, rows: vec![row] };
        let text = Growth { tables: vec![table] }.markdown();
        assert!(text.contains("| us | 10.0 | 25.0 (1.75) |"), "{text}");
    }
}
