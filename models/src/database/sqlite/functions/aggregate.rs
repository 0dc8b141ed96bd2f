//! Native aggregates: what SQLite cannot add up exactly, and bits. Each can run over a window, so it takes back a value.

use super::decimal::decimal_of;
use super::variance::{Statistic, Variance};
use super::{Failure, integer_argument};
use crate::value::sqlite::sortable_text;
use crate::value::{Decimal, arithmetic};
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

/// Makes the aggregates known to a connection.
pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
    connection.create_window_function("nuages_decimal_sum", 1, flags, DecimalSum)?;
    connection.create_window_function("nuages_bit_and", 1, flags, Bits::All)?;
    connection.create_window_function("nuages_bit_or", 1, flags, Bits::Any)?;
    connection.create_window_function("nuages_bit_xor", 1, flags, Bits::Odd)?;
    for (name, statistic) in [
        ("nuages_var_pop", Statistic::Variance),
        ("nuages_var_samp", Statistic::SampleVariance),
        ("nuages_stddev_pop", Statistic::Deviation),
        ("nuages_stddev_samp", Statistic::SampleDeviation),
    ] {
        connection.create_window_function(name, 1, flags, Variance(statistic))?;
    }
    Ok(())
}

pub(super) fn failed(error: Failure) -> Error {
    Error::UserFunctionError(error)
}

/// The exact sum of integers or decimals in the sortable form; NULL of no values.
struct DecimalSum;

/// A sum and of how many values it is.
#[derive(Default)]
struct Total {
    sum: Option<Decimal>,
    values: u64,
}

impl DecimalSum {
    fn shown(total: &Total) -> Option<String> {
        total.sum.as_ref().filter(|_| total.values > 0).map(sortable_text)
    }
}

impl Aggregate<Total, Option<String>> for DecimalSum {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total::default())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        let value = context.get_raw(0);
        if value == ValueRef::Null {
            return Ok(());
        }
        let value = decimal_of(value).map_err(failed)?;
        total.sum = Some(match total.sum.take() {
            Some(sum) => arithmetic::add(&sum, &value).map_err(|error| failed(message(error)))?,
            None => value,
        });
        total.values += 1;
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        Ok(total.as_ref().and_then(Self::shown))
    }
}

impl WindowAggregate<Total, Option<String>> for DecimalSum {
    fn value(&self, total: Option<&mut Total>) -> Result<Option<String>> {
        Ok(total.as_deref().and_then(Self::shown))
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        let value = context.get_raw(0);
        if let (true, Some(sum)) = (value != ValueRef::Null, &total.sum) {
            let value = decimal_of(value).map_err(failed)?;
            total.sum = Some(arithmetic::subtract(sum, &value).map_err(|error| failed(message(error)))?);
            total.values -= 1;
        }
        Ok(())
    }
}

fn message(error: arithmetic::ArithmeticError) -> Failure {
    format!("nuages: {error}").into()
}

/// Bits that all, any or an odd number of the integers have; NULL of no values.
#[derive(Clone, Copy)]
enum Bits {
    All,
    Any,
    Odd,
}

/// How many values have each bit, and how many values there are.
struct Counts {
    bits: [u64; 64],
    values: u64,
}

impl Bits {
    fn shown(self, counts: &Counts) -> Option<i64> {
        let has = |count: u64| match self {
            Self::All => count == counts.values,
            Self::Any => count > 0,
            Self::Odd => count % 2 == 1,
        };
        let bits = counts.bits.iter().enumerate().filter(|(_, count)| has(**count));
        let bits: u64 = bits.map(|(bit, _)| 1_u64 << bit).sum();
        (counts.values > 0).then_some(bits.cast_signed())
    }

    /// Counts the value once more, or once less.
    fn count(context: &Context<'_>, counts: &mut Counts, step: fn(u64) -> u64) -> Result<()> {
        if context.get_raw(0) == ValueRef::Null {
            return Ok(());
        }
        let value = integer_argument(context, 0).map_err(failed)?;
        counts.values = step(counts.values);
        for (bit, count) in counts.bits.iter_mut().enumerate() {
            if value >> bit & 1 == 1 {
                *count = step(*count);
            }
        }
        Ok(())
    }
}

impl Aggregate<Counts, Option<i64>> for Bits {
    fn init(&self, _: &mut Context<'_>) -> Result<Counts> {
        Ok(Counts { bits: [0; 64], values: 0 })
    }

    fn step(&self, context: &mut Context<'_>, counts: &mut Counts) -> Result<()> {
        Self::count(context, counts, |count| count + 1)
    }

    fn finalize(&self, _: &mut Context<'_>, counts: Option<Counts>) -> Result<Option<i64>> {
        Ok(counts.as_ref().and_then(|counts| self.shown(counts)))
    }
}

impl WindowAggregate<Counts, Option<i64>> for Bits {
    fn value(&self, counts: Option<&mut Counts>) -> Result<Option<i64>> {
        Ok(counts.as_deref().and_then(|counts| self.shown(counts)))
    }

    fn inverse(&self, context: &mut Context<'_>, counts: &mut Counts) -> Result<()> {
        Self::count(context, counts, |count| count.saturating_sub(1))
    }
}
