//! Random UUIDs: `uuid4`, and `uuid7`, which begins with the time and so sorts by it.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn text(text: &str) -> Sql {
    Sql::Text(text.to_owned())
}

/// RFC 9562 on SQLite, in the hexadecimal digits that UUIDs are there: the first twelve are given, version and variant are
/// put in, all others are random.
fn digits(first: Sql, version: &str) -> Sql {
    let random = |bytes: i64| {
        Sql::call("lower", vec![Sql::call("hex", vec![Sql::call("randomblob", vec![Sql::Integer(bytes)])])])
    };
    let without_first = |digits: Sql| Sql::call("substr", vec![digits, Sql::Integer(2)]);
    let one_of_four = Sql::binary(Sql::call("random", Vec::new()), "&", Sql::Integer(3));
    let one_of_four = Sql::binary(one_of_four, "+", Sql::Integer(1));
    let variant = Sql::call("substr", vec![text("89ab"), one_of_four, Sql::Integer(1)]);
    [text(version), without_first(random(2)), variant, without_first(random(8))]
        .into_iter()
        .fold(first, |whole, part| Sql::binary(whole, "||", part))
}

pub(super) static UUID4: Function = Function {
    name: "uuid4",
    doc: "A random UUID (version 4), another each time; SQL's `gen_random_uuid()`.",
    usage: "uuid4()",
    volatility: Volatility::Volatile,
    types: |operands| {
        let [] = operands else { return Err(takes("uuid4()")) };
        Rule::strict(operands, Vec::new(), LogicalType::Uuid)
    },
    compile: |compiler, _, _| {
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("gen_random_uuid", Vec::new()),
            Dialect::Sqlite => uuid4_on_sqlite(),
        })
    },
};

/// A random UUID in built-in functions, so that a default of a column may be made of it.
pub(crate) fn uuid4_on_sqlite() -> Sql {
    let six = Sql::call("randomblob", vec![Sql::Integer(6)]);
    digits(Sql::call("lower", vec![Sql::call("hex", vec![six])]), "4")
}

pub(super) static UUID7: Function = Function {
    name: "uuid7",
    doc: "A UUID that begins with the time in milliseconds and is random otherwise, another each time.",
    usage: "uuid7()",
    volatility: Volatility::Volatile,
    types: |operands| {
        let [] = operands else { return Err(takes("uuid7()")) };
        Rule::strict(operands, Vec::new(), LogicalType::Uuid)
    },
    compile: |compiler, _, _| {
        Ok(match compiler.dialect() {
            Dialect::Postgres => {
                // `uuidv7` is of PostgreSQL 18: a random one, with the time in front and the version's bits set.
                let seconds =
                    Sql::Extract { part: "epoch", of: Box::new(Sql::call("clock_timestamp", Vec::new())) };
                let millis = Sql::call("floor", vec![Sql::binary(seconds, "*", Sql::Integer(1000))]);
                let time = Sql::call("int8send", vec![Sql::cast(millis, "int8")]);
                let time = Sql::call("substr", vec![time, Sql::Integer(3)]);
                let random = Sql::call("uuid_send", vec![Sql::call("gen_random_uuid", Vec::new())]);
                let bytes =
                    Sql::call("pg_catalog.overlay", vec![random, time, Sql::Integer(1), Sql::Integer(6)]);
                let with_bit =
                    |bytes, bit| Sql::call("set_bit", vec![bytes, Sql::Integer(bit), Sql::Integer(1)]);
                let bytes = with_bit(with_bit(bytes, 52), 53);
                Sql::cast(Sql::call("encode", vec![bytes, text("hex")]), "uuid")
            }
            Dialect::Sqlite => {
                let days = Sql::binary(
                    Sql::call("julianday", vec![text("now")]),
                    "-",
                    Sql::Number("2440587.5".to_owned()),
                );
                let millis = Sql::cast(Sql::binary(days, "*", Sql::Integer(86_400_000)), "INTEGER");
                digits(Sql::call("printf", vec![text("%012x"), millis]), "7")
            }
        })
    },
};
