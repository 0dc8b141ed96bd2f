//! `sum`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::{Scalar, types};
use crate::database::Dialect;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;

pub(super) static SUM: AggregateFunction = AggregateFunction {
    name: "sum",
    doc: "The sum of the values; of integers a BigInt, of big integers a Decimal.",
    usage: "sum(value)",
    empty: Empty::Null,
    over_members: OverMembers::Sum,
    types: |operands| {
        let [value] = operands else { return Err("sum takes one value".to_owned()) };
        let rule =
            |operand, result, encoding| Ok(AggregateRule { operands: vec![operand], result, encoding });
        match &value.logical {
            LogicalType::Int16 | LogicalType::Int32 => rule(None, LogicalType::Int64, None),
            LogicalType::Int64 => rule(None, types::decimal_type(0), None),
            LogicalType::Float => rule(None, LogicalType::Float, None),
            LogicalType::Duration => rule(None, LogicalType::Duration, None),
            // Scaled integers are added as they are stored; an overflow is an error.
            LogicalType::Decimal { scale, .. }
                if matches!(value.encoding, SqliteEncoding::ScaledInteger { .. }) =>
            {
                rule(None, types::decimal_type(*scale), Some(value.encoding))
            }
            LogicalType::Decimal { scale, .. } => {
                let computed = types::decimal_type(*scale);
                rule(Some(computed.clone()), computed, None)
            }
            other => Err(format!("{} cannot be added up", types::type_name(other))),
        }
    },
    compile: |compiler, aggregate, result| {
        let is_scaled = aggregate
            .arguments
            .first()
            .is_some_and(|value| matches!(value.encoding, SqliteEncoding::ScaledInteger { .. }));
        match (compiler.dialect(), result) {
            (Dialect::Sqlite, LogicalType::Decimal { .. }) if !is_scaled => {
                compiler.aggregate("nuages_decimal_sum", aggregate)
            }
            (Dialect::Postgres, LogicalType::Int64) => {
                let mut sum = compiler.aggregate("sum", aggregate)?;
                // What is an integer here may be wider there (a count is), and a sum of wide integers would be numeric.
                if let (Sql::Aggregate { arguments: written, .. }, Some(value)) =
                    (&mut sum, aggregate.arguments.first())
                    && !matches!(value.scalar, Scalar::Column { .. })
                {
                    *written = written.drain(..).map(|value| Sql::cast(value, "int4")).collect();
                }
                Ok(sum)
            }
            _ => compiler.aggregate("sum", aggregate),
        }
    },
};
