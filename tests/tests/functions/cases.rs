//! How cases are written down.

use nuages_models::expr::Expr;
use nuages_models::registry::LogicalType;
use nuages_models::value::{Decimal, Value, parse_text};
use std::collections::BTreeSet;

/// A value of one row.
pub(crate) struct Case {
    /// The code of the row.
    pub(crate) row: &'static str,
    pub(crate) expr: Expr,
    /// The value, or what a client is told.
    pub(crate) expected: Result<Value, &'static str>,
}

/// A value of many rows.
pub(crate) struct ManyCase {
    pub(crate) filter: Expr,
    pub(crate) expr: Expr,
    pub(crate) expected: Result<Value, &'static str>,
}

/// The value in the row `one`.
pub(crate) fn is(expr: Expr, expected: impl Into<Given>) -> Case {
    on("one", expr, expected)
}

/// The value in a row.
pub(crate) fn on(row: &'static str, expr: Expr, expected: impl Into<Given>) -> Case {
    Case { row, expr, expected: Ok(expected.into().0) }
}

/// An error in the row `one`.
pub(crate) fn fails(expr: Expr, told: &'static str) -> Case {
    Case { row: "one", expr, expected: Err(told) }
}

/// A value as Rust has it.
pub(crate) struct Given(pub(crate) Value);

impl From<Value> for Given {
    fn from(value: Value) -> Self {
        Self(value)
    }
}
impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self(Value::Text(text.to_owned()))
    }
}
impl From<i64> for Given {
    fn from(number: i64) -> Self {
        Self(Value::Int(number))
    }
}
impl From<f64> for Given {
    fn from(number: f64) -> Self {
        Self(Value::Float(number))
    }
}
impl From<bool> for Given {
    fn from(value: bool) -> Self {
        Self(Value::Boolean(value))
    }
}

/// A value that is written down.
pub(crate) fn k(value: impl Into<Given>) -> Expr {
    Expr::constant(value.into().0)
}

/// A field.
pub(crate) fn p(name: &str) -> Expr {
    Expr::name(name)
}

pub(crate) fn null() -> Expr {
    Expr::constant(Value::Null)
}

macro_rules! call {
    ($name:literal $(, $argument:expr)*) => {
        nuages_models::expr::Expr::call($name, vec![$($argument),*])
    };
}
pub(crate) use call;

pub(crate) fn cast(of: Expr, to: LogicalType) -> Expr {
    Expr::Cast { of: Box::new(of), to }
}

/// A value that the binder may not read as another type: it comes from the database.
pub(crate) fn text(text: &str) -> Expr {
    Expr::call("concat", vec![k(text)])
}

pub(crate) fn decimal(text: &str) -> Value {
    Value::Decimal(Decimal::parse(text).unwrap())
}

fn parsed(logical: &LogicalType, text: &str) -> Value {
    parse_text(logical, text).unwrap()
}

pub(crate) fn date(text: &str) -> Value {
    parsed(&LogicalType::Date, text)
}

pub(crate) fn time(text: &str) -> Value {
    parsed(&LogicalType::Time, text)
}

pub(crate) fn datetime(text: &str) -> Value {
    parsed(&LogicalType::DateTime, text)
}

pub(crate) fn duration(text: &str) -> Value {
    parsed(&LogicalType::Duration, text)
}

pub(crate) fn json(text: &str) -> Value {
    parsed(&LogicalType::Json, text)
}

/// Rows by their codes.
pub(crate) fn among(codes: &[&str]) -> Expr {
    let codes = codes.iter().map(|code| Expr::lookup(p("code"), "exact", vec![k(*code)]));
    Expr::Or(codes.collect())
}

/// The names of all functions in an expression.
pub(crate) fn names(expr: &Expr, seen: &mut BTreeSet<&'static str>) {
    match expr {
        Expr::Call { function, .. } => {
            seen.insert(function);
        }
        Expr::Aggregate(aggregate) => {
            seen.insert(aggregate.function);
        }
        Expr::Window(window) => {
            seen.insert(window.function);
        }
        _ => {}
    }
    expr.clone().each_part(&mut |part| names(part, seen));
}
