//! `string_agg`.

use super::array_agg::list;
use super::{AggregateFunction, AggregateRule, Empty, OverMembers, in_order};
use crate::bind::Scalar;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static STRING_AGG: AggregateFunction = AggregateFunction {
    name: "string_agg",
    doc: "The texts one after the other with a delimiter between them; NULLs are left out.",
    usage: "string_agg(text, ', ' order by key)",
    empty: Empty::Null,
    over_members: OverMembers::Never,
    types: |operands| {
        let [_, delimiter] = operands else {
            return Err("string_agg takes a text and a delimiter".to_owned());
        };
        if !matches!(delimiter.scalar, Scalar::Slot(_)) {
            return Err("the delimiter must be written down or given as an argument".to_owned());
        }
        Ok(AggregateRule {
            operands: vec![Some(LogicalType::Text); 2],
            result: LogicalType::Text,
            encoding: None,
        })
    },
    compile: |compiler, aggregate, _| {
        let aggregate = in_order(aggregate);
        if compiler.dialect() == Dialect::Postgres {
            return compiler.aggregate("string_agg", &aggregate);
        }
        if !aggregate.distinct {
            return compiler.aggregate("group_concat", &aggregate);
        }
        // SQLite has no delimiter beside DISTINCT: the texts are joined as a JSON array first.
        let Some(delimiter) = aggregate.arguments.get(1) else {
            return Err(CompileError::Invalid("`string_agg` needs a delimiter".to_owned()));
        };
        let delimiter = compiler.scalar(delimiter)?;
        let texts = list(compiler, &aggregate, |compiler, value| {
            Ok(Sql::call("nuages_json_quote", vec![compiler.scalar(value)?]))
        })?;
        Ok(Sql::call("nuages_json_join", vec![texts, delimiter]))
    },
};
