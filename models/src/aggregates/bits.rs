//! `bit_and`, `bit_or` and `bit_xor`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::bind::{Typed, types};
use crate::database::Dialect;
use crate::registry::LogicalType;

fn rule(operands: &[Typed]) -> Result<AggregateRule, String> {
    let [value] = operands else { return Err("write it with one integer".to_owned()) };
    if !types::is_integer(&value.logical) {
        return Err(format!("an integer is needed here, not {}", types::type_name(&value.logical)));
    }
    Ok(AggregateRule { operands: vec![Some(LogicalType::Int64)], result: LogicalType::Int64, encoding: None })
}

macro_rules! bit_aggregate {
    ($item:ident, $name:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: AggregateFunction = AggregateFunction {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(integer)"),
            empty: Empty::Null,
            over_members: OverMembers::Same,
            types: rule,
            compile: |compiler, aggregate, _| match compiler.dialect() {
                Dialect::Postgres => compiler.aggregate($name, aggregate),
                Dialect::Sqlite => compiler.aggregate($sqlite, aggregate),
            },
        };
    };
}

bit_aggregate!(BIT_AND, "bit_and", "nuages_bit_and", "The bits that all of the integers have.");
bit_aggregate!(BIT_OR, "bit_or", "nuages_bit_or", "The bits that any of the integers has.");
bit_aggregate!(BIT_XOR, "bit_xor", "nuages_bit_xor", "The bits that an odd number of the integers have.");
