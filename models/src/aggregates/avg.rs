//! `avg`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::types;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static AVG: AggregateFunction = AggregateFunction {
    name: "avg",
    doc: "The mean of the values; of integers a Float, of decimals a Decimal with 16 digits after the point.",
    usage: "avg(value)",
    empty: Empty::Null,
    over_members: OverMembers::Average,
    types: |operands| {
        let [value] = operands else { return Err("avg takes one value".to_owned()) };
        let (operand, result) = match &value.logical {
            LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => (None, LogicalType::Float),
            LogicalType::Float => (None, LogicalType::Float),
            LogicalType::Duration => (None, LogicalType::Duration),
            LogicalType::Decimal { scale, .. } => {
                (Some(types::decimal_type(*scale)), types::decimal_type((*scale).max(types::AVERAGE_SCALE)))
            }
            other => return Err(format!("{} has no mean", types::type_name(other))),
        };
        Ok(AggregateRule { operands: vec![operand], result, encoding: None })
    },
    compile: |compiler, aggregate, result| {
        let of = aggregate.arguments.first().map(|value| value.logical.clone());
        let dialect = compiler.dialect();
        match (&of, result) {
            // The quotient of the exact sum and the number: the same on both databases to the last bit.
            (Some(LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64), _) => {
                let sum = match (dialect, &of) {
                    (Dialect::Sqlite, Some(LogicalType::Int64)) => {
                        let sum = compiler.aggregate("nuages_decimal_sum", aggregate)?;
                        Sql::call("nuages_decimal_to_float", vec![sum])
                    }
                    (Dialect::Sqlite, _) => Sql::cast(compiler.aggregate("sum", aggregate)?, "REAL"),
                    (Dialect::Postgres, _) => Sql::cast(compiler.aggregate("sum", aggregate)?, "float8"),
                };
                let count = compiler.aggregate("count", aggregate)?;
                Ok(match dialect {
                    Dialect::Postgres => Sql::binary(
                        sum,
                        "/",
                        Sql::call("nullif", vec![Sql::cast(count, "float8"), Sql::Integer(0)]),
                    ),
                    Dialect::Sqlite => Sql::binary(sum, "/", count),
                })
            }
            (_, LogicalType::Decimal { scale, .. }) => match dialect {
                Dialect::Sqlite => {
                    let sum = compiler.aggregate("nuages_decimal_sum", aggregate)?;
                    let count = compiler.aggregate("count", aggregate)?;
                    let count =
                        Sql::call("nuages_decimal", vec![Sql::call("nullif", vec![count, Sql::Integer(0)])]);
                    Ok(Sql::call("nuages_decimal_divide", vec![sum, count, Sql::Integer(i64::from(*scale))]))
                }
                Dialect::Postgres => {
                    let up = Sql::Number(format!("1{}", "0".repeat(usize::from(*scale) + 1)));
                    let down = Sql::Number(format!("0.{}1", "0".repeat(usize::from(*scale))));
                    let sum = Sql::binary(compiler.aggregate("sum", aggregate)?, "*", up);
                    let count = compiler.aggregate("count", aggregate)?;
                    let count = Sql::call("nullif", vec![count, Sql::Integer(0)]);
                    let whole = Sql::call("div", vec![sum, Sql::cast(count, "numeric")]);
                    Ok(Sql::call(
                        "round",
                        vec![Sql::binary(whole, "*", down), Sql::Integer(i64::from(*scale))],
                    ))
                }
            },
            (Some(LogicalType::Duration), _) if dialect == Dialect::Sqlite => {
                let mean = compiler.aggregate("avg", aggregate)?;
                // To the even neighbour, as PostgreSQL rounds it.
                Ok(Sql::cast(Sql::call("nuages_round", vec![mean]), "INTEGER"))
            }
            _ => compiler.aggregate("avg", aggregate),
        }
    },
};
