//! `unaccent`.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static UNACCENT: Function = Function {
    name: "unaccent",
    doc: "The text without accents, by PostgreSQL's extension of that name.",
    usage: "unaccent(text)",
    volatility: Volatility::Stable,
    types: |operands| {
        let [_] = operands else { return Err(takes("unaccent(text)")) };
        Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Text)
    },
    compile: |compiler, operands, _| match compiler.dialect() {
        Dialect::Postgres => {
            let text = Sql::cast(compiler.scalar(&operands[0])?, "text");
            Ok(Sql::call("unaccent", vec![text]))
        }
        Dialect::Sqlite => Err(CompileError::Unsupported {
            what: "unaccent".to_owned(),
            remedy: "it is an extension of PostgreSQL".to_owned(),
        }),
    },
};
