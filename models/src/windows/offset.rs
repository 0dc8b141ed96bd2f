//! Values of other rows among the neighbours.

use super::{WindowFunction, written_number};
use crate::bind::{Typed, types};
use crate::functions::Rule;
use crate::registry::LogicalType;

/// A value, a number of rows, and a default of the value's type.
fn shifted(operands: &[Typed]) -> Result<Rule, String> {
    let (Some(value), true) = (operands.first(), operands.len() <= 3) else {
        return Err("write it with a value, a number of rows and a default".to_owned());
    };
    if let Some(rows) = operands.get(1) {
        written_number(rows, 0)?;
    }
    let result = match operands.get(2) {
        Some(default) => {
            types::common(&[value.clone(), default.clone()]).map_err(|error| error.to_string())?
        }
        None => value.logical.clone(),
    };
    let wanted = [Some(result.clone()), Some(LogicalType::Int32), Some(result.clone())];
    let nullable = operands.get(2).is_none_or(|default| default.nullable) || value.nullable;
    Ok(Rule { operands: wanted.into_iter().take(operands.len()).collect(), result, nullable })
}

/// A value of the frame.
fn of_frame(operands: &[Typed]) -> Result<Rule, String> {
    let [value] = operands else { return Err("write it with one value".to_owned()) };
    Ok(Rule { operands: vec![Some(value.logical.clone())], result: value.logical.clone(), nullable: true })
}

macro_rules! offset {
    ($item:ident, $name:literal, $types:expr, $usage:literal, $doc:literal) => {
        pub(super) static $item: WindowFunction =
            WindowFunction { name: $name, doc: $doc, usage: $usage, types: $types };
    };
}

offset!(
    LAG,
    "lag",
    shifted,
    "lag(value, rows, default) over (order by …)",
    "The value of the row so many rows before, one when no number is given."
);
offset!(
    LEAD,
    "lead",
    shifted,
    "lead(value, rows, default) over (order by …)",
    "The value of the row so many rows after, one when no number is given."
);
offset!(
    FIRST_VALUE,
    "first_value",
    of_frame,
    "first_value(value) over (order by …)",
    "The value of the first row of the frame."
);
offset!(
    LAST_VALUE,
    "last_value",
    of_frame,
    "last_value(value) over (order by …)",
    "The value of the last row of the frame."
);
offset!(
    NTH_VALUE,
    "nth_value",
    |operands| {
        let [value, n] = operands else { return Err("write it as nth_value(value, n)".to_owned()) };
        written_number(n, 1)?;
        let wanted = vec![Some(value.logical.clone()), Some(LogicalType::Int32)];
        Ok(Rule { operands: wanted, result: value.logical.clone(), nullable: true })
    },
    "nth_value(value, n) over (order by …)",
    "The value of the n-th row of the frame, from 1."
);
