//! `json_agg`.

use super::array_agg::list;
use super::{AggregateFunction, AggregateRule, Empty, OverMembers, in_order, no_different_documents};
use crate::bind::{BoundAggregate, Typed};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::functions::check_json;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::{From, Join, Order, Select, Sql, Table};

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
        no_different_documents(aggregate)?;
        let aggregate = in_order(aggregate);
        if compiler.dialect() == Dialect::Sqlite {
            return list(compiler, &aggregate, element);
        }
        let Some(value) = aggregate.arguments.first() else {
            return Err(CompileError::Invalid("`json_agg` needs a value".to_owned()));
        };
        let own_form = matches!(
            value.logical,
            LogicalType::Duration | LogicalType::Binary | LogicalType::Decimal { .. } | LogicalType::Range(_)
        );
        if !own_form {
            return compiler.aggregate("jsonb_agg", &aggregate);
        }
        if aggregate.distinct {
            return of_different(compiler, &aggregate, &value.logical);
        }
        let json = compiler.json(value)?;
        compiler.aggregate_of("jsonb_agg", vec![json], &aggregate)
    },
};

/// Different values whose JSON is in another order than they are: they are put in order first, and converted then.
fn of_different(
    compiler: &mut Compiler<'_>,
    aggregate: &BoundAggregate,
    logical: &LogicalType,
) -> Result<Sql, CompileError> {
    const ALIAS: &str = "different";
    const VALUE: &str = "value";
    const POSITION: &str = "position";
    let mut values = compiler.aggregate("array_agg", aggregate)?;
    if !values.has_column() {
        // Inside of a SELECT an aggregate of no column would be of that SELECT's rows.
        return Err(CompileError::Unsupported {
            what: "`json_agg` of the different values of a constant".to_owned(),
            remedy: "take it without distinct".to_owned(),
        });
    }
    let json = crate::compile::json_on_postgres(Sql::column(ALIAS, VALUE), logical)?;
    let position = Order { key: Sql::column(ALIAS, POSITION), descending: false, nulls: None };
    let list = Sql::Aggregate {
        function: "jsonb_agg",
        distinct: false,
        arguments: vec![json],
        order: vec![position],
        filter: None,
    };
    let table = Table::Unnest {
        arrays: vec![values],
        alias: ALIAS.to_owned(),
        columns: vec![VALUE.to_owned(), POSITION.to_owned()],
    };
    let from = vec![From { join: Join::Inner, table, on: None }];
    Ok(Sql::Select(Box::new(Select { columns: vec![(list, None)], from, ..Select::default() })))
}
