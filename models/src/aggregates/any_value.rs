//! `any_value`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::types;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static ANY_VALUE: AggregateFunction = AggregateFunction {
    name: "any_value",
    doc: "One of the values that are not NULL: the smallest, so that it is the same each time.",
    usage: "any_value(value)",
    empty: Empty::Null,
    over_members: OverMembers::Same,
    types: |operands| {
        let [value] = operands else { return Err("any_value takes one value".to_owned()) };
        if matches!(
            value.logical,
            LogicalType::Array(_) | LogicalType::Range(_) | LogicalType::SearchVector | LogicalType::Binary
        ) {
            let name = types::type_name(&value.logical);
            return Err(format!("{name} has no order that both databases share"));
        }
        Ok(AggregateRule {
            operands: vec![None],
            result: value.logical.clone(),
            encoding: Some(value.encoding),
        })
    },
    compile: |compiler, aggregate, result| {
        if compiler.dialect() == Dialect::Sqlite {
            return compiler.aggregate("min", aggregate);
        }
        // PostgreSQL has no order of these types, or no `min`.
        let by_text = match result {
            LogicalType::Boolean => return compiler.aggregate("bool_and", aggregate),
            LogicalType::Uuid => "uuid",
            LogicalType::Json => "jsonb",
            _ => return compiler.aggregate("min", aggregate),
        };
        let mut smallest = compiler.aggregate("min", aggregate)?;
        if let Sql::Aggregate { arguments, .. } = &mut smallest {
            for argument in arguments.iter_mut() {
                let value = Sql::cast(std::mem::replace(argument, Sql::Null), "text");
                // Byte order, whatever the database's collation is.
                *argument = Sql::Collate { of: Box::new(value), collation: "C".to_owned() };
            }
        }
        Ok(Sql::cast(smallest, by_text))
    },
};
