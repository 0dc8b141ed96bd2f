//! The functions that SQLite lacks, so that its answers are PostgreSQL's.
//!
//! All are named `nuages_*`, give NULL when an argument is NULL, and are deterministic. No index, check or
//! default may use them: other tools open the file as well. A length needs none of them, because SQLite's own
//! `length` counts code points up to U+0000, which no text has.

mod dates;
mod decimals;
mod json;
mod regexp;
mod text;

use crate::value::ValueError;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use std::borrow::Cow;

/// Every function, by group.
pub static FUNCTIONS: &[&[NativeFunction]] =
    &[text::FUNCTIONS, regexp::FUNCTIONS, dates::FUNCTIONS, json::FUNCTIONS, decimals::FUNCTIONS];

/// One native function.
#[derive(Debug, Clone, Copy)]
pub struct NativeFunction {
    /// Its name in SQL.
    pub name: &'static str,
    /// The names of its arguments in order.
    pub arguments: &'static [&'static str],
    /// What it gives.
    pub doc: &'static str,
    /// Whether its answer can change.
    pub volatility: Volatility,
    /// Arguments that call it with success, for the test of the table: SQL literals.
    pub example: &'static str,
    /// Its code. No argument is NULL, and there are as many as `arguments`.
    body: fn(&Context<'_>) -> Result<Value, FunctionError>,
}

/// Whether a function's answer can change for the same arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    /// Never: SQLite may call it once for constant arguments.
    Immutable,
}

/// Why a function failed. SQLite reports it as the error of the statement.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// An argument is of another storage class than the function takes.
    #[error("argument {position} must be {expected}")]
    Argument {
        /// From 1.
        position: usize,
        /// What it must be.
        expected: &'static str,
    },
    /// A text argument or result is not of its type.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// There is no such time zone in the bundled database.
    #[error("there is no time zone {0:?}: name one of the IANA database, like \"Europe/Berlin\"")]
    Zone(String),
    /// There is no such part of a date or time.
    #[error("there is no part {0:?} of this value")]
    Part(String),
    /// A regular expression does not compile, or takes too many steps.
    #[error("the regular expression cannot be used: {0}")]
    Pattern(Box<fancy_regex::Error>),
    /// SQLite's own error.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Makes all functions known to a connection. They live as long as it does.
///
/// # Errors
/// SQLite's, when it has no memory.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    for function in FUNCTIONS.iter().copied().flatten() {
        let flags = match function.volatility {
            Volatility::Immutable => FunctionFlags::SQLITE_DETERMINISTIC,
        } | FunctionFlags::SQLITE_UTF8
            | FunctionFlags::SQLITE_INNOCUOUS;
        let count = function.arguments.len();
        connection.create_scalar_function(function.name, count as i32, flags, move |context| {
            if (0..count).any(|index| context.get_raw(index) == ValueRef::Null) {
                return Ok(Value::Null);
            }
            (function.body)(context).map_err(|error| {
                rusqlite::Error::UserFunctionError(format!("{}: {error}", function.name).into())
            })
        })?;
    }
    Ok(())
}

/// A text argument. An integer is its digits, as SQLite's own functions see it.
fn text_argument<'a>(context: &'a Context<'_>, index: usize) -> Result<Cow<'a, str>, FunctionError> {
    let refused = || FunctionError::Argument { position: index + 1, expected: "text in UTF-8" };
    match context.get_raw(index) {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| refused()),
        ValueRef::Integer(value) => Ok(Cow::Owned(value.to_string())),
        _ => Err(refused()),
    }
}

/// A small count, such as a scale.
fn count_argument(context: &Context<'_>, index: usize) -> Result<u16, FunctionError> {
    let refused = || FunctionError::Argument { position: index + 1, expected: "an integer from 0 to 1000" };
    match context.get_raw(index) {
        ValueRef::Integer(value @ 0..=1000) => u16::try_from(value).map_err(|_| refused()),
        _ => Err(refused()),
    }
}

/// A truth value as SQLite has it.
fn truth(value: bool) -> Value {
    Value::Integer(i64::from(value))
}

#[cfg(test)]
mod tests;
