//! Which type a field has in each database.
//!
//! SQLite's tables are STRICT (see [`crate::render`]), so there are only its five storage classes; what the class
//! does not say, a check says.

use crate::table::ColumnCheck;
use nuages_models::database::Dialect;
use nuages_models::registry::{Field, LogicalType, RangeBound, SqliteEncoding};

/// The type's name, as the database itself prints it.
///
/// # Errors
/// With the reason and the remedy, when the database has no such type.
pub(super) fn sql_type(field: &Field, dialect: Dialect) -> Result<String, String> {
    match dialect {
        Dialect::Sqlite => sqlite(field).map(str::to_owned),
        Dialect::Postgres => postgres(field.logical.stored(), bounded_length(field)),
    }
}

/// Text is ordered by code point on both databases; SQLite's BINARY is its default. A field's own collation is for
/// sorting what people see, and never that of the column.
pub(super) fn collation(field: &Field, dialect: Dialect) -> Option<String> {
    let mut logical = field.logical.stored();
    while let LogicalType::Array(element) = logical {
        logical = element;
    }
    (dialect == Dialect::Postgres && *logical == LogicalType::Text).then(|| "C".to_owned())
}

/// What the type alone does not refuse.
pub(super) fn check(field: &Field, dialect: Dialect) -> Option<ColumnCheck> {
    let positive = field.kind.starts_with("positive_").then_some(0);
    match dialect {
        Dialect::Postgres => positive.map(|min| ColumnCheck::Range { min: Some(min), max: None }),
        Dialect::Sqlite => match field.logical.stored() {
            LogicalType::Boolean => Some(ColumnCheck::Boolean),
            // The row id is never out of range, and the primary key's declaration must stay `INTEGER PRIMARY KEY`.
            LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 if field.auto_increment => None,
            LogicalType::Int16 => Some(range(positive.unwrap_or(i16::MIN.into()), i16::MAX.into())),
            LogicalType::Int32 => Some(range(positive.unwrap_or(i32::MIN.into()), i32::MAX.into())),
            LogicalType::Int64 => positive.map(|min| ColumnCheck::Range { min: Some(min), max: None }),
            LogicalType::Decimal { digits, .. } => match field.sqlite {
                SqliteEncoding::ScaledInteger { .. } => {
                    let largest = 10_i64.checked_pow(u32::from(*digits))? - 1;
                    Some(range(-largest, largest))
                }
                _ => None,
            },
            LogicalType::Text => bounded_length(field).map(ColumnCheck::MaxLength),
            LogicalType::Json | LogicalType::Array(_) | LogicalType::Range(_) => Some(ColumnCheck::Json),
            LogicalType::Uuid => Some(ColumnCheck::Uuid),
            _ => None,
        },
    }
}

fn range(min: i64, max: i64) -> ColumnCheck {
    ColumnCheck::Range { min: Some(min), max: Some(max) }
}

/// The length that the database enforces: a `text` field's is checked by the application only, as in Django, and so is that of
/// what a type of an embedder's own may store in another form.
fn bounded_length(field: &Field) -> Option<u32> {
    field.max_length.filter(|_| field.kind != "text" && !matches!(field.logical, LogicalType::Custom(_)))
}

fn sqlite(field: &Field) -> Result<&'static str, String> {
    Ok(match field.logical.stored() {
        LogicalType::Boolean
        | LogicalType::Int16
        | LogicalType::Int32
        | LogicalType::Int64
        | LogicalType::Duration => "INTEGER",
        LogicalType::Float => "REAL",
        LogicalType::Decimal { .. } => match field.sqlite {
            SqliteEncoding::ScaledInteger { .. } => "INTEGER",
            SqliteEncoding::OrderedText { .. } | SqliteEncoding::Sortable => "TEXT",
            SqliteEncoding::Plain | SqliteEncoding::Django => {
                return Err("a decimal of a managed table must have an exact encoding on SQLite".to_owned());
            }
        },
        LogicalType::Text
        | LogicalType::Date
        | LogicalType::Time
        | LogicalType::DateTime
        | LogicalType::Uuid
        | LogicalType::Json
        | LogicalType::IpAddress
        | LogicalType::Array(_)
        | LogicalType::Range(_)
        | LogicalType::Encrypted(_) => "TEXT",
        LogicalType::Binary => "BLOB",
        LogicalType::Custom(_) => return Err("a stored form is of a built-in type".to_owned()),
        LogicalType::SearchVector => {
            return Err("`search_vector` exists on PostgreSQL only; use a PostgreSQL database, or a `text` \
                field with `icontains`"
                .to_owned());
        }
    })
}

fn postgres(logical: &LogicalType, length: Option<u32>) -> Result<String, String> {
    Ok(match logical {
        LogicalType::Boolean => "boolean",
        LogicalType::Int16 => "smallint",
        LogicalType::Int32 => "integer",
        LogicalType::Int64 => "bigint",
        LogicalType::Float => "double precision",
        LogicalType::Decimal { digits, scale } => return Ok(format!("numeric({digits},{scale})")),
        LogicalType::Text => match length {
            // PostgreSQL's own bound; longer ones are kept by the application.
            Some(length) if (1..=10_485_760).contains(&length) => {
                return Ok(format!("character varying({length})"));
            }
            _ => "text",
        },
        // A token is longer than its text, whose length the application bounds.
        LogicalType::Encrypted(_) => "text",
        LogicalType::Date => "date",
        LogicalType::Time => "time without time zone",
        LogicalType::DateTime => "timestamp with time zone",
        LogicalType::Duration => "interval",
        LogicalType::Uuid => "uuid",
        LogicalType::Json => "jsonb",
        LogicalType::Binary => "bytea",
        LogicalType::IpAddress => "inet",
        // PostgreSQL does not tell arrays of arrays from arrays.
        LogicalType::Array(element) => {
            let mut innermost = element;
            while let LogicalType::Array(inner) = innermost.as_ref() {
                innermost = inner;
            }
            return Ok(format!("{}[]", postgres(innermost, None)?));
        }
        LogicalType::Range(bound) => match bound {
            RangeBound::Int32 => "int4range",
            RangeBound::Int64 => "int8range",
            RangeBound::Decimal => "numrange",
            RangeBound::Date => "daterange",
            RangeBound::DateTime => "tstzrange",
        },
        LogicalType::SearchVector => "tsvector",
        LogicalType::Custom(custom) => return postgres(custom.stored_type(), length),
    }
    .to_owned())
}
