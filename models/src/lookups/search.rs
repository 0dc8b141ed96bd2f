//! Words and likeness of texts: PostgreSQL's full text search and trigrams (extension `pg_trgm`).

use super::{Lookup, Operands};
use crate::bind::Typed;
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn is_text(logical: &LogicalType) -> bool {
    *logical == LogicalType::Text
}

fn only_on_postgres(compiler: &Compiler<'_>, what: &str) -> Result<(), CompileError> {
    match compiler.dialect() {
        Dialect::Postgres => Ok(()),
        Dialect::Sqlite => Err(CompileError::Unsupported {
            what: what.to_owned(),
            remedy: "search with icontains or iregex, or on PostgreSQL".to_owned(),
        }),
    }
}

/// All words of the operand.
pub(super) static SEARCH: Lookup = Lookup {
    name: "search",
    doc: "The text has all words of the operand, in whatever form of theirs.",
    operands: Operands::Text,
    accepts: |logical| matches!(logical, LogicalType::Text | LogicalType::SearchVector),
    strict: true,
    compile: |compiler, left, right| {
        only_on_postgres(compiler, "full text search")?;
        let value = compiler.scalar(left)?;
        let document = match left.logical {
            LogicalType::SearchVector => value,
            _ => Sql::call("to_tsvector", vec![value]),
        };
        let words = Sql::cast(compiler.operand(&right[0])?, "text");
        Ok(Sql::binary(document, "@@", Sql::call("plainto_tsquery", vec![words])))
    },
};

fn alike(
    compiler: &mut Compiler<'_>,
    left: &Typed,
    right: &Typed,
    operator: &'static str,
) -> Result<Sql, CompileError> {
    only_on_postgres(compiler, "likeness of texts")?;
    let value = compiler.scalar(left)?;
    let operand = Sql::cast(compiler.operand(right)?, "text");
    Ok(Sql::binary(value, operator, operand))
}

macro_rules! trigram_lookup {
    ($item:ident, $name:literal, $operator:literal, $doc:literal) => {
        #[doc = $doc]
        pub(super) static $item: Lookup = Lookup {
            name: $name,
            doc: $doc,
            operands: Operands::Text,
            accepts: is_text,
            strict: true,
            compile: |compiler, left, right| alike(compiler, left, &right[0], $operator),
        };
    };
}

trigram_lookup!(SIMILAR, "trigram_similar", "%", "The text and the operand have many trigrams in common.");
trigram_lookup!(
    WORD_SIMILAR,
    "trigram_word_similar",
    "%>",
    "A part of the text has many trigrams in common with the operand."
);
trigram_lookup!(
    STRICT_WORD_SIMILAR,
    "trigram_strict_word_similar",
    "%>>",
    "Whole words of the text have many trigrams in common with the operand."
);
