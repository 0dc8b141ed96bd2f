//! Window functions: the open set of values computed over the neighbours of a row. Each says its doc, its types and its
//! SQL, which both databases share; [`WINDOWS`] names them all. Aggregates are window functions too.

mod offset;
mod ranking;

use crate::bind::{Scalar, Typed};
use crate::expr::Slot;
use crate::functions::Rule;
use crate::prepare::CompileError;
use crate::value::Value;
use std::fmt;

/// A value computed over the neighbours of a row.
pub struct WindowFunction {
    /// Its name, SQL's.
    pub name: &'static str,
    /// What it gives, one sentence.
    pub doc: &'static str,
    /// How it is written: `lag(value, offset, default)`.
    pub usage: &'static str,
    /// What it makes of arguments of these types.
    pub types: fn(&[Typed]) -> Result<Rule, String>,
}

impl fmt::Debug for WindowFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for WindowFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All window functions.
pub static WINDOWS: &[&WindowFunction] = &[
    &ranking::ROW_NUMBER,
    &ranking::RANK,
    &ranking::DENSE_RANK,
    &ranking::PERCENT_RANK,
    &ranking::CUME_DIST,
    &ranking::NTILE,
    &offset::LAG,
    &offset::LEAD,
    &offset::FIRST_VALUE,
    &offset::LAST_VALUE,
    &offset::NTH_VALUE,
];

/// The window function with this name, if there is one.
pub fn find(name: &str) -> Option<&'static WindowFunction> {
    WINDOWS.iter().find(|window| window.name == name).copied()
}

/// The window function or the aggregate with this name.
///
/// # Errors
/// When there is none.
pub fn check(name: &str) -> Result<&'static str, CompileError> {
    match find(name) {
        Some(window) => Ok(window.name),
        None => crate::aggregates::named(name).map(|aggregate| aggregate.name),
    }
}

/// That a number of rows or of parts is not computed of each row, which PostgreSQL would allow and SQLite does not, and is
/// not smaller than the least that means something.
fn written_number(operand: &Typed, least: i64) -> Result<(), String> {
    match &operand.scalar {
        Scalar::Slot(Slot::Constant(Value::Int(number))) if *number >= least => Ok(()),
        Scalar::Slot(slot) if !matches!(slot, Slot::Constant(_) | Slot::Now) => Ok(()),
        _ => Err(format!("the number must be written down, from {least} on")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (index, window) in WINDOWS.iter().enumerate() {
            assert!(WINDOWS[..index].iter().all(|other| other.name != window.name), "{}", window.name);
            assert!(window.doc.ends_with('.'), "{}", window.name);
            assert!(window.usage.contains(window.name), "{}", window.name);
        }
    }
}
