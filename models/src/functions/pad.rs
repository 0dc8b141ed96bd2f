//! `lpad` and `rpad`.

use super::{Function, Rule, Volatility, small, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

macro_rules! pad_function {
    ($item:ident, $name:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(text, length), or ", $name, "(text, length, fill)"),
            volatility: Volatility::Immutable,
            types: |operands| {
                if !matches!(operands.len(), 2 | 3) {
                    return Err(takes(concat!($name, "(text, length, fill)")));
                }
                let text = Some(LogicalType::Text);
                let wanted = [text.clone(), Some(LogicalType::Int64), text];
                let wanted = wanted.into_iter().take(operands.len()).collect();
                Rule::strict(operands, wanted, LogicalType::Text)
            },
            compile: |compiler, operands, _| {
                let text = compiler.scalar(&operands[0])?;
                let length = small(compiler, &operands[1])?;
                let fill = match operands.get(2) {
                    Some(fill) => compiler.scalar(fill)?,
                    None => Sql::Text(" ".to_owned()),
                };
                Ok(match compiler.dialect() {
                    Dialect::Postgres => Sql::call($name, vec![text, length, fill]),
                    Dialect::Sqlite => Sql::call($sqlite, vec![text, length, fill]),
                })
            },
        };
    };
}

pad_function!(
    LPAD,
    "lpad",
    "nuages_lpad",
    "The text made so long by spaces, or by the given text, before it; what is longer loses its end."
);
pad_function!(
    RPAD,
    "rpad",
    "nuages_rpad",
    "The text made so long by spaces, or by the given text, after it; what is longer loses its end."
);
