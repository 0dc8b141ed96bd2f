//! `array_agg`.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers, in_order, no_different_documents};
use crate::bind::{BoundAggregate, Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static ARRAY_AGG: AggregateFunction = AggregateFunction {
    name: "array_agg",
    doc: "The list of the values, NULLs among them; of documents NULL is the document `null`.",
    usage: "array_agg(value order by key)",
    empty: Empty::Null,
    over_members: OverMembers::Never,
    types: |operands| {
        let [value] = operands else { return Err("array_agg takes one value".to_owned()) };
        match &value.logical {
            // PostgreSQL's lists of lists are of equal lengths, which no type says.
            LogicalType::Array(_) => {
                Err("lists of several lengths make no list; json_agg makes an array of them".to_owned())
            }
            // SQLite's lists are JSON, which cannot hold what a type of one's own stores.
            LogicalType::SearchVector | LogicalType::Custom(_) => {
                Err(format!("a list of {} cannot be made", types::type_name(&value.logical)))
            }
            logical => Ok(AggregateRule {
                operands: vec![None],
                result: LogicalType::Array(Box::new(logical.clone())),
                encoding: None,
            }),
        }
    },
    compile: |compiler, aggregate, _| {
        no_different_documents(aggregate)?;
        let aggregate = in_order(aggregate);
        if compiler.dialect() == Dialect::Postgres {
            let value = aggregate.arguments.first().filter(|value| value.logical == LogicalType::Json);
            let Some(document) = value else { return compiler.aggregate("array_agg", &aggregate) };
            // In a list of documents NULL is the document `null`: SQLite's lists are JSON and tell no difference.
            let null = Sql::cast(Sql::Text("null".to_owned()), "jsonb");
            let document = Sql::call("coalesce", vec![compiler.scalar(document)?, null]);
            return compiler.aggregate_of("array_agg", vec![document], &aggregate);
        }
        if aggregate.arguments.iter().any(|value| matches!(value.logical, LogicalType::Range(_))) {
            return Err(CompileError::Unsupported {
                what: "a list of ranges on SQLite".to_owned(),
                remedy: "ranges are PostgreSQL's; keep the bounds in two fields".to_owned(),
            });
        }
        list(compiler, &aggregate, |compiler, value| compiler.element(value))
    },
};

/// A JSON array on SQLite of what is made of each value; NULL of no rows.
pub(super) fn list(
    compiler: &mut Compiler<'_>,
    aggregate: &BoundAggregate,
    element: fn(&mut Compiler<'_>, &Typed) -> Result<Sql, CompileError>,
) -> Result<Sql, CompileError> {
    let arguments = aggregate.arguments.first().map(|value| element(compiler, value));
    let arguments = arguments.into_iter().collect::<Result<_, _>>()?;
    let elements = compiler.aggregate_of("group_concat", arguments, aggregate)?;
    let opened = Sql::binary(Sql::Text("[".to_owned()), "||", elements);
    Ok(Sql::call("nuages_json", vec![Sql::binary(opened, "||", Sql::Text("]".to_owned()))]))
}
