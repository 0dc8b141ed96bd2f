//! Aggregates of ranges, on PostgreSQL.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::{BoundAggregate, Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn rule(operands: &[Typed]) -> Result<AggregateRule, String> {
    let [value] = operands else { return Err("write it with one range".to_owned()) };
    match &value.logical {
        LogicalType::Range(_) => Ok(AggregateRule {
            operands: vec![None],
            result: value.logical.clone(),
            encoding: Some(value.encoding),
        }),
        other => Err(format!("a range is needed here, not {}", types::type_name(other))),
    }
}

fn on_postgres(
    compiler: &mut Compiler<'_>,
    name: &'static str,
    aggregate: &BoundAggregate,
) -> Result<Sql, CompileError> {
    match compiler.dialect() {
        Dialect::Postgres => compiler.aggregate(name, aggregate),
        Dialect::Sqlite => Err(CompileError::Unsupported {
            what: "an aggregate of ranges on SQLite".to_owned(),
            remedy: "ranges are PostgreSQL's; keep the bounds in two fields".to_owned(),
        }),
    }
}

pub(super) static RANGE_MERGE: AggregateFunction = AggregateFunction {
    name: "range_merge",
    doc: "The smallest range that has all values of the ranges; PostgreSQL only.",
    usage: "range_merge(range)",
    empty: Empty::Null,
    over_members: OverMembers::Same,
    types: rule,
    // What lies between two ranges belongs to it, unlike to the several ranges of `range_agg`, which no field holds.
    compile: |compiler, aggregate, _| {
        Ok(Sql::call("range_merge", vec![on_postgres(compiler, "range_agg", aggregate)?]))
    },
};

pub(super) static RANGE_INTERSECT: AggregateFunction = AggregateFunction {
    name: "range_intersect_agg",
    doc: "The range of the values that all of the ranges have; PostgreSQL only.",
    usage: "range_intersect_agg(range)",
    empty: Empty::Null,
    over_members: OverMembers::Same,
    types: rule,
    compile: |compiler, aggregate, _| on_postgres(compiler, "range_intersect_agg", aggregate),
};
