//! `random`.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static RANDOM: Function = Function {
    name: "random",
    doc: "A float from 0 to below 1, another each time.",
    usage: "random()",
    volatility: Volatility::Volatile,
    types: |operands| {
        let [] = operands else { return Err(takes("random()")) };
        Rule::strict(operands, Vec::new(), LogicalType::Float)
    },
    compile: |compiler, _, _| {
        let random = Sql::call("random", Vec::new());
        Ok(match compiler.dialect() {
            Dialect::Postgres => random,
            Dialect::Sqlite => {
                // SQLite's own is any integer of 64 bits; a float holds 53 of them.
                let bits = Sql::binary(random, "&", Sql::Integer((1 << 53) - 1));
                Sql::binary(bits, "/", Sql::Number("9007199254740992.0".to_owned()))
            }
        })
    },
};
