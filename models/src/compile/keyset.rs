//! The condition that keeps the rows after (or before) a position of a total order.

use super::{Compiler, Conversion};
use crate::bind::BoundOrder;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::query::Position;
use crate::registry::LogicalType;
use crate::sql::Sql;

/// Rows strictly after the position in the order of the keys, or strictly before it when `before`.
///
/// Keys that all run the same way and have no NULLs compare as one row, which an index serves directly. Otherwise
/// the condition is lexicographic: the first key decides, or it is equal and the rest decides; the first key's own
/// bound is said once more in front, so that an index on it can start there.
///
/// # Errors
/// When the position does not have a value for each key.
pub fn keyset_condition(
    compiler: &mut Compiler<'_>,
    keys: &[BoundOrder],
    position: &Position,
    before: bool,
) -> Result<Sql, CompileError> {
    if keys.len() != position.0.len() {
        return Err(CompileError::Invalid("the cursor does not fit the ordering".to_owned()));
    }
    let uniform = keys.iter().all(|key| !key.key.nullable && key.descending == keys[0].descending)
        && position.0.iter().all(Option::is_some);
    if uniform && keys.len() > 1 {
        let mut left = Vec::new();
        let mut right = Vec::new();
        for (key, argument) in keys.iter().zip(&position.0) {
            left.push(compiler.sort_key(&key.key)?);
            right.push(value(compiler, key, *argument));
        }
        let operator = if keys[0].descending != before { "<" } else { ">" };
        return Ok(Sql::binary(Sql::Row(left), operator, Sql::Row(right)));
    }
    let parts: Vec<_> = keys.iter().zip(&position.0).collect();
    lexicographic(compiler, &parts, before)
}

fn lexicographic(
    compiler: &mut Compiler<'_>,
    keys: &[(&BoundOrder, &Option<u32>)],
    before: bool,
) -> Result<Sql, CompileError> {
    let Some(((key, argument), rest)) = keys.split_first() else {
        // Equal in every key of a total order: the row itself, which is neither after nor before.
        return Ok(Sql::Boolean(false));
    };
    let beyond = beyond(compiler, key, **argument, before)?;
    if rest.is_empty() {
        return Ok(beyond);
    }
    let equal = match argument {
        Some(index) => {
            let left = compiler.sort_key(&key.key)?;
            Sql::binary(left, "=", value(compiler, key, Some(*index)))
        }
        None => Sql::test(compiler.scalar(&key.key)?, "IS NULL"),
    };
    let then = Sql::And(vec![equal, lexicographic(compiler, rest, before)?]);
    if beyond == Sql::Boolean(false) {
        return Ok(then);
    }
    let either = Sql::Or(vec![beyond, then]);
    // Where no NULL takes part the bound on the first key holds for every row that qualifies.
    if !key.key.nullable && argument.is_some() {
        let operator = if key.descending != before { "<=" } else { ">=" };
        let left = compiler.sort_key(&key.key)?;
        let bound = Sql::binary(left, operator, value(compiler, key, **argument));
        return Ok(Sql::And(vec![bound, either]));
    }
    Ok(either)
}

/// The key's value lies beyond the position's. Two-valued where it matters: a NULL never makes a row qualify unless
/// NULLs come on that side.
fn beyond(
    compiler: &mut Compiler<'_>,
    key: &BoundOrder,
    argument: Option<u32>,
    before: bool,
) -> Result<Sql, CompileError> {
    // Whether NULLs come on the side that is asked for, seen from any value.
    let nulls_beyond = key.nulls_first == before;
    match argument {
        None if nulls_beyond => Ok(Sql::Boolean(false)),
        None => Ok(Sql::test(compiler.scalar(&key.key)?, "IS NOT NULL")),
        Some(_) => {
            let operator = if key.descending != before { "<" } else { ">" };
            let left = compiler.sort_key(&key.key)?;
            let compared = Sql::binary(left, operator, value(compiler, key, argument));
            if key.key.nullable && nulls_beyond {
                let null = Sql::test(compiler.scalar(&key.key)?, "IS NULL");
                Ok(Sql::Or(vec![compared, null]))
            } else {
                Ok(compared)
            }
        }
    }
}

fn value(compiler: &mut Compiler<'_>, key: &BoundOrder, argument: Option<u32>) -> Sql {
    let slot = Slot::Argument(argument.unwrap_or_default());
    let parameter = compiler.slot(slot, key.key.logical.clone(), key.key.encoding, Conversion::Plain);
    // In a row comparison PostgreSQL infers a parameter's type from its counterpart; the cast keeps the driver from
    // narrowing integers.
    match (compiler.dialect(), &key.key.logical) {
        (crate::database::Dialect::Postgres, LogicalType::Int16 | LogicalType::Int32) => {
            Sql::cast(parameter, "int8")
        }
        (_, logical) => compiler.sortable(logical, parameter),
    }
}
