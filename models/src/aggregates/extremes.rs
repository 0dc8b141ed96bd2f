//! `min` and `max`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::{Typed, types};
use crate::registry::{Comparison, LogicalType};

fn rule(operands: &[Typed]) -> Result<AggregateRule, String> {
    let [value] = operands else { return Err("write it with one value".to_owned()) };
    match &value.logical {
        LogicalType::Custom(custom) if custom.comparison() != Comparison::Order => {
            Err(format!("{} has no order", types::type_name(&value.logical)))
        }
        LogicalType::Custom(_)
        | LogicalType::Int16
        | LogicalType::Int32
        | LogicalType::Int64
        | LogicalType::Float
        | LogicalType::Decimal { .. }
        | LogicalType::Text
        | LogicalType::Date
        | LogicalType::Time
        | LogicalType::DateTime
        | LogicalType::Duration => Ok(AggregateRule {
            operands: vec![None],
            result: value.logical.clone(),
            encoding: Some(value.encoding),
        }),
        other => Err(format!("{} has no order that both databases share", types::type_name(other))),
    }
}

pub(super) static MIN: AggregateFunction = AggregateFunction {
    name: "min",
    doc: "The smallest value.",
    usage: "min(value)",
    empty: Empty::Null,
    over_members: OverMembers::Same,
    types: rule,
    compile: |compiler, aggregate, _| compiler.aggregate("min", aggregate),
};

pub(super) static MAX: AggregateFunction = AggregateFunction {
    name: "max",
    doc: "The largest value.",
    usage: "max(value)",
    empty: Empty::Null,
    over_members: OverMembers::Same,
    types: rule,
    compile: |compiler, aggregate, _| compiler.aggregate("max", aggregate),
};
