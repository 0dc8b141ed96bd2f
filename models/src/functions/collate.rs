//! `collate`: the order and the equality of another collation. All text is compared by code point unless this says otherwise.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Scalar, Typed};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use crate::value::Value;

const USAGE: &str = "collate(text, 'C')";
/// The one that both databases have: by code point.
const SHARED: &str = "C";
/// Longest name that PostgreSQL keeps.
const LONGEST: usize = 63;

pub(super) static COLLATE: Function = Function {
    name: "collate",
    doc: "The text with a collation, by which it is then compared and ordered. `C`, by code point, is what text has \
        anyway. All others are of one database: PostgreSQL's by their names (`und-x-icu`, a text with words in the order \
        of dictionaries), SQLite's `NOCASE` (ASCII letters without case) and `RTRIM` (without spaces at the end).",
    usage: USAGE,
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, name] = operands else { return Err(takes(USAGE)) };
        let known = collation(name)
            .is_some_and(|name| !name.is_empty() && name.len() <= LONGEST && !name.contains('\0'));
        if !known {
            return Err("the name of the collation must be written down".to_owned());
        }
        Rule::strict(operands, vec![Some(LogicalType::Text), None], LogicalType::Text)
    },
    compile: |compiler, operands, _| {
        let of = Box::new(compiler.scalar(&operands[0])?);
        let name = collation(&operands[1]).ok_or_else(|| CompileError::Invalid(takes(USAGE)))?;
        let collation = match compiler.dialect() {
            Dialect::Postgres => name.to_owned(),
            Dialect::Sqlite if name == SHARED => "BINARY".to_owned(),
            Dialect::Sqlite => ["BINARY", "NOCASE", "RTRIM"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name))
                .ok_or_else(|| CompileError::Unsupported {
                    what: format!("the collation `{name}` on SQLite"),
                    remedy: "it has C, NOCASE and RTRIM".to_owned(),
                })?
                .to_owned(),
        };
        Ok(Sql::Collate { of, collation })
    },
};

fn collation(operand: &Typed) -> Option<&str> {
    match &operand.scalar {
        Scalar::Slot(Slot::Constant(Value::Text(name))) => Some(name),
        _ => None,
    }
}
