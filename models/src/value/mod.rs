//! Values: what a client gives, what a database stores, and the JSON that goes out.
//!
//! [`parse_text`] and [`from_json`] read a client's value strictly by its logical type. [`sqlite`] and
//! [`postgres`] are the storage forms. [`mod@write`] puts values into a response straight from the storage form,
//! without a [`Value`] in between, because most of the time of a large read is spent there. A stored value
//! gives the same bytes whichever database it comes from.

pub mod arithmetic;
mod calendar;
mod decimal;
mod duration;
mod error;
pub mod json;
pub mod json_change;
mod parse;
pub mod postgres;
mod postgres_text;
mod range;
pub mod sqlite;
pub mod write;

pub(crate) use calendar::{
    Civil, MICROS_PER_DAY, civil_from_days, days_from_civil, parse_sqlite_date, parse_sqlite_datetime,
    parse_sqlite_time,
};
pub use calendar::{
    MAX_DATETIME_MICROS, MAX_DAYS, MIN_DATETIME_MICROS, MIN_DAYS, parse_date, parse_datetime, parse_time,
};
pub use decimal::{Decimal, Rounding};
pub use duration::parse_duration;
pub use error::ValueError;
pub use json::{canonical_json, write_jsonb_compact};
pub(crate) use parse::fits_type;
pub use parse::{from_json, parse_text};
pub use postgres_text::pg_text;
pub(crate) use range::{bound_type, range_of};
pub use write::write_value;

/// A value of some logical type.
///
/// Ranges are [`Value::Json`] (an object with `lower`, `upper` and `bounds`), IP addresses are [`Value::Text`].
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// An integer of any size.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Text without U+0000.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970-01-01T00:00:00Z.
    DateTime(i64),
    /// Microseconds.
    Duration(i64),
    /// The 16 bytes in the order of the text form.
    Uuid([u8; 16]),
    /// Canonical JSON text, see [`canonical_json`].
    Json(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// Values of one type.
    Array(Vec<Value>),
}
