//! `gen_random_uuid`.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static GEN_RANDOM_UUID: Function = Function {
    name: "gen_random_uuid",
    doc: "A random UUID (version 4), another each time.",
    usage: "gen_random_uuid()",
    volatility: Volatility::Volatile,
    types: |operands| {
        let [] = operands else { return Err(takes("gen_random_uuid()")) };
        Rule::strict(operands, Vec::new(), LogicalType::Uuid)
    },
    compile: |compiler, _, _| {
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("gen_random_uuid", Vec::new()),
            Dialect::Sqlite => sqlite(),
        })
    },
};

/// 32 hexadecimal digits of SQLite's own random bytes, the 13th and the 17th as RFC 9562 has them for version 4.
pub(crate) fn sqlite() -> Sql {
    let digits = |bytes: i64| {
        let random = Sql::call("randomblob", vec![Sql::Integer(bytes)]);
        Sql::call("hex", vec![random])
    };
    let text = |text: &str| Sql::Text(text.to_owned());
    let three = || Sql::call("substr", vec![digits(2), Sql::Integer(2)]);
    let which = Sql::binary(Sql::call("random", Vec::new()), "&", Sql::Integer(3));
    let variant =
        Sql::call("substr", vec![text("89ab"), Sql::binary(Sql::Integer(1), "+", which), Sql::Integer(1)]);
    let rest = [text("4"), three(), variant, three(), digits(6)];
    let whole = rest.into_iter().fold(digits(6), |before, part| Sql::binary(before, "||", part));
    Sql::call("lower", vec![whole])
}
