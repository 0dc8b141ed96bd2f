//! Parts of texts. The `i` forms fold case by Unicode's simple upper case mapping, as Django's `UPPER` does.

use super::{Lookup, Operands};
use crate::bind::{Scalar, Typed};
use crate::compile::{Compiler, Conversion};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::{Select, Sql};

fn is_text(logical: &LogicalType) -> bool {
    *logical == LogicalType::Text
}

/// Equal without case.
pub(super) static IEXACT: Lookup = Lookup {
    name: "iexact",
    doc: "The text is equal to the operand, whatever the case.",
    operands: Operands::Same,
    accepts: is_text,
    strict: true,
    compile: |compiler, left, right| {
        let text = compiler.folded(left)?;
        let operand = if matches!(right[0].scalar, Scalar::Slot(_)) {
            compiler.folded_parameter(&right[0], Conversion::Plain)?
        } else {
            compiler.folded(&right[0])?
        };
        Ok(Sql::binary(text, "=", operand))
    },
};

macro_rules! part_lookup {
    ($item:ident, $name:literal, $conversion:ident, $fold:literal, $sqlite:expr, $doc:literal) => {
        #[doc = $doc]
        pub(super) static $item: Lookup = Lookup {
            name: $name,
            doc: $doc,
            operands: Operands::Text,
            accepts: is_text,
            strict: true,
            compile: |compiler, left, right| {
                part(compiler, left, &right[0], Conversion::$conversion, $fold, $sqlite)
            },
        };
    };
}

/// LIKE with an escaped pattern on PostgreSQL, where trigram and prefix indexes serve it; a comparison of bytes
/// on SQLite, whose LIKE folds ASCII case.
fn part(
    compiler: &mut Compiler<'_>,
    left: &Typed,
    right: &Typed,
    conversion: Conversion,
    fold: bool,
    sqlite: SqlitePart,
) -> Result<Sql, CompileError> {
    let text = if fold { compiler.folded(left)? } else { compiler.scalar(left)? };
    if !matches!(right.scalar, Scalar::Slot(_)) {
        let operand = if fold { compiler.folded(right)? } else { compiler.scalar(right)? };
        return Ok(computed_part(compiler.dialect(), conversion, text, operand));
    }
    match compiler.dialect() {
        Dialect::Postgres => {
            let pattern = match (fold, conversion) {
                // An index of prefixes wants to see the pattern when the statement is planned.
                (true, Conversion::LikeStart) => compiler.folded_parameter(right, conversion)?,
                // An expression that the database keeps has no sub-queries, and its pattern is written down.
                (true, _) if compiler.is_of_ddl() => compiler.folded_parameter(right, conversion)?,
                (true, _) => once(compiler.folded_parameter(right, conversion)?),
                (false, _) => compiler.parameter(right, conversion)?,
            };
            Ok(Sql::Like { text: Box::new(text), pattern: Box::new(pattern) })
        }
        Dialect::Sqlite => sqlite(text, &mut || {
            if fold {
                compiler.folded_parameter(right, Conversion::Plain)
            } else {
                compiler.parameter(right, Conversion::Plain)
            }
        }),
    }
}

/// A value as a sub-query: PostgreSQL then computes it once a statement. In a generic plan, where a parameter is not
/// known yet, it would fold the pattern again for each row.
fn once(value: Sql) -> Sql {
    Sql::Select(Box::new(Select { columns: vec![(value, None)], ..Select::default() }))
}

/// A test of a part of a text that is itself computed, so that no pattern can be made of it beforehand.
fn computed_part(dialect: Dialect, conversion: Conversion, text: Sql, part: Sql) -> Sql {
    match (dialect, conversion) {
        (Dialect::Postgres, Conversion::LikeStart) => Sql::call("starts_with", vec![text, part]),
        (Dialect::Postgres, Conversion::LikeEnd) => {
            let end = Sql::call("right", vec![text, Sql::call("length", vec![part.clone()])]);
            // `right` of no characters is the empty text.
            Sql::binary(end, "=", part)
        }
        (Dialect::Postgres, _) => Sql::binary(Sql::call("strpos", vec![text, part]), ">", Sql::Integer(0)),
        (Dialect::Sqlite, Conversion::LikeStart) => Sql::call("nuages_starts", vec![text, part]),
        (Dialect::Sqlite, Conversion::LikeEnd) => Sql::call("nuages_ends", vec![text, part]),
        (Dialect::Sqlite, _) => Sql::binary(Sql::call("instr", vec![text, part]), ">", Sql::Integer(0)),
    }
}

/// What a text lookup is on SQLite: the text, and how its operand is written (each use is a parameter of its own).
type SqlitePart = fn(Sql, Operand<'_>) -> Result<Sql, CompileError>;

type Operand<'a> = &'a mut dyn FnMut() -> Result<Sql, CompileError>;

fn sqlite_contains(text: Sql, operand: Operand<'_>) -> Result<Sql, CompileError> {
    Ok(Sql::binary(Sql::call("instr", vec![text, operand()?]), ">", Sql::Integer(0)))
}

/// A range of the binary order, which an index serves: no UTF-8 text has a byte 0xFF, so every text with the prefix
/// is below the prefix followed by it.
fn sqlite_startswith(text: Sql, operand: Operand<'_>) -> Result<Sql, CompileError> {
    let from = Sql::binary(text.clone(), ">=", operand()?);
    let end =
        Sql::binary(operand()?, "||", Sql::cast(Sql::Blob(std::borrow::Cow::Borrowed(&[0xFF])), "TEXT"));
    Ok(Sql::And(vec![from, Sql::binary(text, "<", end)]))
}

fn sqlite_istartswith(text: Sql, operand: Operand<'_>) -> Result<Sql, CompileError> {
    Ok(Sql::call("nuages_starts", vec![text, operand()?]))
}

fn sqlite_endswith(text: Sql, operand: Operand<'_>) -> Result<Sql, CompileError> {
    Ok(Sql::call("nuages_ends", vec![text, operand()?]))
}

part_lookup!(CONTAINS, "contains", LikePart, false, sqlite_contains, "The text contains the operand.");
part_lookup!(
    ICONTAINS,
    "icontains",
    LikePart,
    true,
    sqlite_contains,
    "The text contains the operand, whatever the case."
);
part_lookup!(
    STARTSWITH,
    "startswith",
    LikeStart,
    false,
    sqlite_startswith,
    "The text starts with the operand."
);
part_lookup!(
    ISTARTSWITH,
    "istartswith",
    LikeStart,
    true,
    sqlite_istartswith,
    "The text starts with the operand, whatever the case."
);
part_lookup!(ENDSWITH, "endswith", LikeEnd, false, sqlite_endswith, "The text ends with the operand.");
part_lookup!(
    IENDSWITH,
    "iendswith",
    LikeEnd,
    true,
    sqlite_endswith,
    "The text ends with the operand, whatever the case."
);
