//! Aggregates: the open set of values made of many rows. Each is one file with its doc, its types, its SQL for each
//! dialect; [`AGGREGATES`] names them all.

mod any_value;
mod array_agg;
mod avg;
mod bits;
mod booleans;
mod count;
mod extremes;
mod first;
mod json_agg;
mod ranges;
mod string_agg;
mod sum;
mod variance;

use crate::bind::{BoundAggregate, BoundOrder, Typed};
use crate::compile::Compiler;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;
use std::fmt;

/// A value made of many rows.
pub struct AggregateFunction {
    /// Its name in expressions, Django's where Django has it.
    pub name: &'static str,
    /// What it gives, one sentence.
    pub doc: &'static str,
    /// How it is written: `sum(value)`.
    pub usage: &'static str,
    /// What it gives of no rows.
    pub empty: Empty,
    /// How the related rows of a group's members are aggregated: each member's first, then those values.
    pub over_members: OverMembers,
    /// What it makes of arguments of these types.
    pub types: fn(&[Typed]) -> Result<AggregateRule, String>,
    /// Its SQL. The arguments have the types that the rule asks for.
    pub compile: fn(&mut Compiler<'_>, &BoundAggregate, &LogicalType) -> Result<Sql, CompileError>,
}

/// What an aggregate gives of no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// Zero.
    Zero,
    /// NULL.
    Null,
}

/// How two levels of rows are aggregated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverMembers {
    /// By the same aggregate once more.
    Same,
    /// By the sum of the members' values.
    Sum,
    /// By the quotient of sums and counts.
    Average,
    /// Not at all.
    Never,
}

/// What an aggregate makes of its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateRule {
    /// The type that each argument is converted to; `None` takes it as it is.
    pub operands: Vec<Option<LogicalType>>,
    /// The type of the value.
    pub result: LogicalType,
    /// How SQLite holds the value, when not as computed values of the type.
    pub encoding: Option<SqliteEncoding>,
}

impl fmt::Debug for AggregateFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for AggregateFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All aggregates.
pub static AGGREGATES: &[&AggregateFunction] = &[
    &count::COUNT,
    &sum::SUM,
    &avg::AVG,
    &extremes::MIN,
    &extremes::MAX,
    &first::FIRST,
    &any_value::ANY_VALUE,
    &variance::STDDEV,
    &variance::STDDEV_POP,
    &variance::STDDEV_SAMP,
    &variance::VARIANCE,
    &variance::VARIANCE_SAMP,
    &variance::VAR_POP,
    &variance::VAR_SAMP,
    &string_agg::STRING_AGG,
    &array_agg::ARRAY_AGG,
    &json_agg::JSON_AGG,
    &booleans::BOOL_AND,
    &booleans::BOOL_OR,
    &bits::BIT_AND,
    &bits::BIT_OR,
    &bits::BIT_XOR,
    &ranges::RANGE_MERGE,
    &ranges::RANGE_INTERSECT,
];

/// The aggregate with this name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<&'static AggregateFunction, CompileError> {
    find(name).ok_or_else(|| CompileError::Invalid(format!("there is no aggregate `{name}`")))
}

/// The aggregate with this name, if there is one.
pub fn find(name: &str) -> Option<&'static AggregateFunction> {
    AGGREGATES.iter().find(|aggregate| aggregate.name == name).copied()
}

/// That different documents are not collected: a list of them would need an order, and they have none.
pub(crate) fn no_different_documents(aggregate: &BoundAggregate) -> Result<(), CompileError> {
    let of_documents = aggregate.arguments.first().is_some_and(|value| value.logical == LogicalType::Json);
    if aggregate.distinct && of_documents {
        return Err(CompileError::Invalid(format!(
            "`{}` of different JSON documents needs an order of them that both databases share; convert them with \
             cast(… as text)",
            aggregate.function.name
        )));
    }
    Ok(())
}

/// Different values come in their own order when no other is asked for: PostgreSQL sorts them to see which are equal, and
/// SQLite takes them as they come.
pub(crate) fn in_order(aggregate: &BoundAggregate) -> BoundAggregate {
    let mut ordered = aggregate.clone();
    if let (true, true, Some(value)) =
        (aggregate.distinct, aggregate.order.is_empty(), aggregate.arguments.first())
    {
        ordered.order.push(BoundOrder { key: value.clone(), descending: false, nulls_first: false });
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (index, aggregate) in AGGREGATES.iter().enumerate() {
            assert!(
                AGGREGATES[..index].iter().all(|other| other.name != aggregate.name),
                "{}",
                aggregate.name
            );
            assert!(aggregate.doc.ends_with('.'), "{}", aggregate.name);
            assert!(aggregate.usage.contains(aggregate.name), "{}", aggregate.name);
        }
    }
}
