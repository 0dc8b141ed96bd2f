//! `bool_and` and `bool_or`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::Typed;
use crate::database::Dialect;
use crate::registry::LogicalType;

fn rule(operands: &[Typed]) -> Result<AggregateRule, String> {
    let [_] = operands else { return Err("write it with one condition".to_owned()) };
    Ok(AggregateRule {
        operands: vec![Some(LogicalType::Boolean)],
        result: LogicalType::Boolean,
        encoding: None,
    })
}

macro_rules! boolean_aggregate {
    ($item:ident, $name:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: AggregateFunction = AggregateFunction {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(condition)"),
            empty: Empty::Null,
            over_members: OverMembers::Same,
            types: rule,
            compile: |compiler, aggregate, _| match compiler.dialect() {
                Dialect::Postgres => compiler.aggregate($name, aggregate),
                // Booleans are 0 and 1 there.
                Dialect::Sqlite => compiler.aggregate($sqlite, aggregate),
            },
        };
    };
}

boolean_aggregate!(
    BOOL_AND,
    "bool_and",
    "min",
    "Whether the condition holds for every row; NULLs are left out."
);
boolean_aggregate!(BOOL_OR, "bool_or", "max", "Whether the condition holds for a row; NULLs are left out.");
