//! Logical types: what a value is, whatever a database stores it as.

use super::{Comparison, CustomType, Keyring};

/// The type of a value. Closed, because binding, compiling and encoding are matched exhaustively over it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LogicalType {
    /// True or false.
    Boolean,
    /// 16-bit integer.
    Int16,
    /// 32-bit integer.
    Int32,
    /// 64-bit integer.
    Int64,
    /// Double precision, finite.
    Float,
    /// Exact decimal.
    Decimal {
        /// All digits.
        digits: u16,
        /// Digits after the point.
        scale: u16,
    },
    /// Text without U+0000.
    Text,
    /// Calendar day, years 0001 to 9999.
    Date,
    /// Time of day in microseconds.
    Time,
    /// Instant in microseconds, years 0001 to 9999, UTC.
    DateTime,
    /// Length of time in microseconds.
    Duration,
    /// UUID.
    Uuid,
    /// JSON document.
    Json,
    /// Bytes.
    Binary,
    /// IPv4 or IPv6 address as canonical text.
    IpAddress,
    /// List of values of one type.
    Array(Box<LogicalType>),
    /// Range of values.
    Range(RangeBound),
    /// Lexemes for full text search.
    SearchVector,
    /// Text that the database holds encrypted: it can be read and written, not compared.
    Encrypted(Keyring),
    /// A field type of an embedder's own.
    Custom(CustomType),
}

impl LogicalType {
    /// What columns hold: itself, or the stored form of a field type of an embedder's own.
    pub fn stored(&self) -> &Self {
        match self {
            Self::Custom(custom) => custom.stored_type(),
            other => other,
        }
    }

    /// Whether the databases can tell whether two values are equal.
    pub fn has_equality(&self) -> bool {
        match self {
            Self::SearchVector | Self::Encrypted(_) => false,
            Self::Custom(custom) => custom.comparison() >= Comparison::Equality,
            _ => true,
        }
    }

    /// Whether values have an order that both databases share.
    pub fn has_order(&self) -> bool {
        match self {
            Self::Json | Self::SearchVector | Self::Encrypted(_) => false,
            Self::Custom(custom) => custom.comparison() == Comparison::Order,
            _ => true,
        }
    }
}

/// The type of a range's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RangeBound {
    /// 32-bit integers.
    Int32,
    /// 64-bit integers.
    Int64,
    /// Decimals.
    Decimal,
    /// Days.
    Date,
    /// Instants.
    DateTime,
}
