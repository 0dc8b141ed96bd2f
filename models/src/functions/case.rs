//! `lower`, `upper` and `initcap`, by Unicode's simple mapping: one code point for one, whatever the language.

use super::{Function, Rule, Volatility, takes};
use crate::bind::Typed;
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn mapped(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    postgres: &'static str,
    sqlite: &'static str,
) -> Result<Sql, CompileError> {
    let text = compiler.scalar(&operands[0])?;
    Ok(match compiler.dialect() {
        Dialect::Postgres => {
            let mapped = Sql::call(postgres, vec![compiler.collated_for_folding(text)?]);
            // Only the case rules are the other collation's: the result is ordered by code point, as all text is.
            Sql::Collate { of: Box::new(mapped), collation: "C".to_owned() }
        }
        Dialect::Sqlite => Sql::call(sqlite, vec![text]),
    })
}

macro_rules! case_function {
    ($item:ident, $name:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(text)"),
            volatility: Volatility::Immutable,
            types: |operands| {
                let [_] = operands else { return Err(takes(concat!($name, "(text)"))) };
                Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Text)
            },
            compile: |compiler, operands, _| mapped(compiler, operands, $name, $sqlite),
        };
    };
}

case_function!(LOWER, "lower", "nuages_lower", "The text in lower case, one code point for one.");
case_function!(UPPER, "upper", "nuages_upper", "The text in upper case, one code point for one.");
case_function!(
    INITCAP,
    "initcap",
    "nuages_initcap",
    "The text with each word's first letter in upper case and the others in lower case; a word is a run of letters, digits \
        and marks."
);
