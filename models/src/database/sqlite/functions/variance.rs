//! Variance and deviation by the algorithm that PostgreSQL's `float8` has (Youngs and Cramer), so that both databases round
//! alike.

use super::Failure;
use super::aggregate::failed;
use super::number::OUT_OF_RANGE;
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use std::collections::VecDeque;

/// What is told of the values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Statistic {
    /// Of all.
    Variance,
    /// Of a sample.
    SampleVariance,
    /// The root of the variance.
    Deviation,
    /// The root of the sample's variance.
    SampleDeviation,
}

/// The aggregate.
pub(super) struct Variance(pub(super) Statistic);

/// The sums of the values so far.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, value: f64) {
        let before = self.count;
        self.count += 1.0;
        self.sum += value;
        if before > 0.0 {
            let difference = value * self.count - self.sum;
            self.squares += difference * difference / (self.count * before);
        }
    }
}

/// The sums, and the values themselves for the case that a window takes some of them back: sums that were subtracted from
/// would be others than sums of what is left.
#[derive(Debug, Default)]
pub(super) struct Seen {
    sums: Sums,
    values: VecDeque<f64>,
    /// How many values at the front have been taken back since the sums were made.
    gone: usize,
}

fn float(context: &Context<'_>) -> Result<Option<f64>> {
    match context.get_raw(0) {
        ValueRef::Null => Ok(None),
        ValueRef::Real(value) => Ok(Some(value)),
        #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
        ValueRef::Integer(value) => Ok(Some(value as f64)),
        other => Err(failed(format!("expected a number, found {}", other.data_type()).into())),
    }
}

impl Variance {
    fn shown(&self, sums: Sums) -> Result<Option<f64>> {
        let divisor = match self.0 {
            Statistic::Variance | Statistic::Deviation => sums.count,
            Statistic::SampleVariance | Statistic::SampleDeviation => sums.count - 1.0,
        };
        if divisor <= 0.0 {
            return Ok(None);
        }
        let variance = sums.squares / divisor;
        if !variance.is_finite() {
            return Err(failed(Failure::from(OUT_OF_RANGE)));
        }
        Ok(Some(match self.0 {
            Statistic::Variance | Statistic::SampleVariance => variance,
            Statistic::Deviation | Statistic::SampleDeviation => variance.sqrt(),
        }))
    }
}

impl Aggregate<Seen, Option<f64>> for Variance {
    fn init(&self, _: &mut Context<'_>) -> Result<Seen> {
        Ok(Seen::default())
    }

    fn step(&self, context: &mut Context<'_>, seen: &mut Seen) -> Result<()> {
        if let Some(value) = float(context)? {
            seen.values.push_back(value);
            seen.sums.add(value);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, seen: Option<Seen>) -> Result<Option<f64>> {
        seen.map_or(Ok(None), |mut seen| self.value(Some(&mut seen)))
    }
}

impl WindowAggregate<Seen, Option<f64>> for Variance {
    fn value(&self, seen: Option<&mut Seen>) -> Result<Option<f64>> {
        let Some(seen) = seen else { return Ok(None) };
        if seen.gone > 0 {
            seen.gone = 0;
            seen.sums = Sums::default();
            seen.values.iter().for_each(|value| seen.sums.add(*value));
        }
        self.shown(seen.sums)
    }

    fn inverse(&self, context: &mut Context<'_>, seen: &mut Seen) -> Result<()> {
        if float(context)?.is_some() && seen.values.pop_front().is_some() {
            seen.gone += 1;
        }
        Ok(())
    }
}
