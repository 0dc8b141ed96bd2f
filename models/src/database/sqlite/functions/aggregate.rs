//! Native aggregates: what SQLite cannot add up exactly.

use super::Failure;
use super::decimal::decimal_of;
use crate::value::sqlite::sortable_text;
use crate::value::{Decimal, arithmetic};
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

/// Makes the aggregates known to a connection.
pub(super) fn register(connection: &Connection, flags: FunctionFlags) -> Result<()> {
    connection.create_aggregate_function("nuages_decimal_sum", 1, flags, DecimalSum)
}

/// The exact sum of integers or decimals in the sortable form; NULL of no values.
struct DecimalSum;

fn failed(error: Failure) -> Error {
    Error::UserFunctionError(error)
}

impl Aggregate<Option<Decimal>, Option<String>> for DecimalSum {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<Decimal>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Option<Decimal>) -> Result<()> {
        let value = context.get_raw(0);
        if value == ValueRef::Null {
            return Ok(());
        }
        let value = decimal_of(value).map_err(failed)?;
        *sum = Some(match sum.take() {
            Some(sum) => arithmetic::add(&sum, &value).map_err(|error| failed(error.into()))?,
            None => value,
        });
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Option<Decimal>>) -> Result<Option<String>> {
        Ok(sum.flatten().map(|sum| sortable_text(&sum)))
    }
}
