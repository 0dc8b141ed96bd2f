//! `json_agg`.

use super::array_agg::list;
use super::{AggregateFunction, AggregateRule, Empty, OverMembers, in_order};
use crate::bind::Typed;
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::functions::check_json;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

/// The value's JSON on SQLite, where NULL is `null`.
fn element(compiler: &mut Compiler<'_>, value: &Typed) -> Result<Sql, CompileError> {
    let json = compiler.json(value)?;
    Ok(Sql::call("coalesce", vec![json, Sql::Text("null".to_owned())]))
}

pub(super) static JSON_AGG: AggregateFunction = AggregateFunction {
    name: "json_agg",
    doc: "The JSON array of the values, NULLs among them; values are written as json_object writes them.",
    usage: "json_agg(value order by key)",
    empty: Empty::Null,
    over_members: OverMembers::Never,
    types: |operands| {
        let [value] = operands else { return Err("json_agg takes one value".to_owned()) };
        check_json(value)?;
        Ok(AggregateRule { operands: vec![None], result: LogicalType::Json, encoding: None })
    },
    compile: |compiler, aggregate, _| {
        let aggregate = in_order(aggregate);
        if compiler.dialect() == Dialect::Sqlite {
            return list(compiler, &aggregate, element);
        }
        let Some(value) = aggregate.arguments.first() else {
            return Err(CompileError::Invalid("`json_agg` needs a value".to_owned()));
        };
        let own_form = matches!(
            value.logical,
            LogicalType::Duration | LogicalType::Binary | LogicalType::Decimal { .. }
        );
        if !own_form {
            return compiler.aggregate("jsonb_agg", &aggregate);
        }
        if aggregate.distinct {
            return Err(CompileError::Unsupported {
                what: "`json_agg` of different decimals, durations or bytes".to_owned(),
                remedy: "use array_agg, or convert the value with cast(… as text)".to_owned(),
            });
        }
        let json = compiler.json(value)?;
        compiler.aggregate_of("jsonb_agg", vec![json], &aggregate)
    },
};
