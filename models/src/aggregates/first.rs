//! `first`: a value of the first related row. It is no aggregate of the databases: the bind stage makes a sub-query of it.

use super::{AggregateFunction, AggregateRule, Empty, OverMembers};
use crate::prepare::CompileError;

pub(super) static FIRST: AggregateFunction = AggregateFunction {
    name: "first",
    doc: "The value of the first related row in the given order; NULL when there is none.",
    usage: "first(relation.value order by relation.key desc)",
    empty: Empty::Null,
    over_members: OverMembers::Never,
    types: |operands| {
        let [value] = operands else { return Err("first takes one value".to_owned()) };
        Ok(AggregateRule {
            operands: vec![None],
            result: value.logical.clone(),
            encoding: Some(value.encoding),
        })
    },
    compile: |_, _, _| Err(CompileError::Invalid("`first` is of related rows only".to_owned())),
};
