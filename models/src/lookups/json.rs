//! JSON documents, with the semantics of PostgreSQL's jsonb.

use super::{Lookup, Operands};
use crate::bind::Typed;
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn is_json(logical: &LogicalType) -> bool {
    *logical == LogicalType::Json
}

fn either(
    compiler: &mut Compiler<'_>,
    left: &Typed,
    right: &Typed,
    postgres: &'static str,
    sqlite: &'static str,
) -> Result<Sql, CompileError> {
    let document = compiler.scalar(left)?;
    let operand = compiler.operand(right)?;
    Ok(match compiler.dialect() {
        Dialect::Postgres => Sql::binary(document, postgres, operand),
        Dialect::Sqlite => Sql::call(sqlite, vec![document, operand]),
    })
}

macro_rules! json_lookup {
    ($item:ident, $name:literal, $operands:ident, $postgres:literal, $sqlite:literal, $doc:literal) => {
        #[doc = $doc]
        pub(super) static $item: Lookup = Lookup {
            name: $name,
            doc: $doc,
            operands: Operands::$operands,
            accepts: is_json,
            strict: true,
            compile: |compiler, left, right| either(compiler, left, &right[0], $postgres, $sqlite),
        };
    };
}

json_lookup!(
    JSON_EXACT,
    "json_exact",
    Same,
    "=",
    "nuages_json_equal",
    "The document is equal to the operand; numbers are equal by value, objects whatever the order of their keys."
);
json_lookup!(
    JSON_CONTAINS,
    "json_contains",
    Same,
    "@>",
    "nuages_json_contains",
    "The document contains the operand's structure at its top level."
);
json_lookup!(
    HAS_KEY,
    "has_key",
    Text,
    "?",
    "nuages_json_has_key",
    "The text is a key of the object, or an element of the array."
);
json_lookup!(
    HAS_KEYS,
    "has_keys",
    TextList,
    "?&",
    "nuages_json_has_keys",
    "All of the texts are keys of the object, or elements of the array."
);
json_lookup!(
    HAS_ANY_KEYS,
    "has_any_keys",
    TextList,
    "?|",
    "nuages_json_has_any_keys",
    "One of the texts is a key of the object, or an element of the array."
);
