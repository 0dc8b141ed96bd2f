//! `count`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static COUNT: AggregateFunction = AggregateFunction {
    name: "count",
    doc: "The number of rows, or of values that are not NULL.",
    usage: "count(*), count(relation), count(value) or count(distinct value)",
    empty: Empty::Zero,
    over_members: OverMembers::Sum,
    types: |operands| match operands {
        [] | [_] => Ok(AggregateRule {
            operands: vec![None; operands.len()],
            result: LogicalType::Int32,
            encoding: None,
        }),
        _ => Err("count takes one value".to_owned()),
    },
    compile: |compiler, aggregate, _| {
        if aggregate.arguments.is_empty() && aggregate.filter.is_none() {
            return Ok(Sql::CountAll);
        }
        compiler.aggregate("count", aggregate)
    },
};
