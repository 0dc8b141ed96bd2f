//! Values as ones of another type, for each dialect. SQLite's own CAST takes what it can of a text and never fails, so
//! native functions stand in its place wherever PostgreSQL would refuse.

use super::Compiler;
use crate::bind::Typed;
use crate::bind::types::{is_integer, type_name};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;

impl Compiler<'_> {
    pub(super) fn cast(&mut self, of: &Typed, to: &Typed) -> Result<Sql, CompileError> {
        let value = self.scalar(of)?;
        let sql = match self.dialect() {
            Dialect::Postgres => postgres(value, &of.logical, &to.logical),
            Dialect::Sqlite => sqlite(value, of, &to.logical),
        };
        sql.ok_or_else(|| CompileError::Unsupported {
            what: format!("{} as {}", type_name(&of.logical), type_name(&to.logical)),
            remedy: "convert it to a type between them".to_owned(),
        })
    }
}

fn postgres(value: Sql, from: &LogicalType, to: &LogicalType) -> Option<Sql> {
    use LogicalType::{Boolean, Date, DateTime, Decimal, Float, Int64, Json, Text, Time, Uuid};
    Some(match (from, to) {
        (Decimal { scale: from, .. }, Decimal { scale: to, .. }) if from <= to => value,
        (_, Decimal { digits, scale }) if *digits != crate::bind::types::COMPUTED_DIGITS => {
            Sql::call("round", vec![Sql::cast(value, "numeric"), Sql::Integer(i64::from(*scale))])
        }
        (Decimal { .. }, Decimal { scale, .. }) => {
            Sql::call("round", vec![value, Sql::Integer(i64::from(*scale))])
        }
        (from, to) if from == to => value,
        (Decimal { scale, .. }, Text) => {
            Sql::cast(Sql::call("round", vec![value, Sql::Integer(i64::from(*scale))]), "text")
        }
        (Date, DateTime) => {
            Sql::binary(Sql::cast(value, "timestamp"), "AT TIME ZONE", Sql::Text("UTC".to_owned()))
        }
        (DateTime, Date) => {
            Sql::cast(Sql::binary(value, "AT TIME ZONE", Sql::Text("UTC".to_owned())), "date")
        }
        (DateTime, Time) => {
            Sql::cast(Sql::binary(value, "AT TIME ZONE", Sql::Text("UTC".to_owned())), "time")
        }
        (Int64, Boolean) => Sql::binary(value, "<>", Sql::Integer(0)),
        (from, Boolean) if is_integer(from) => Sql::binary(value, "<>", Sql::Integer(0)),
        (Boolean, to) if is_integer(to) => Sql::cast(Sql::cast(value, "int4"), super::type_of(to)),
        (Text, Json) => Sql::call("to_jsonb", vec![value]),
        (from, Json) if is_integer(from) || matches!(from, Float | Decimal { .. } | Boolean) => {
            Sql::call("to_jsonb", vec![value])
        }
        (from, to)
            if (is_integer(from) || matches!(from, Float | Decimal { .. } | Text))
                && (is_integer(to) || matches!(to, Float | Decimal { .. } | Text)) =>
        {
            Sql::cast(value, super::type_of(to))
        }
        (Text, Boolean | Date | Time | DateTime | Uuid | LogicalType::Duration) => {
            Sql::cast(value, super::type_of(to))
        }
        (Boolean | Uuid | Date | Time, Text) => Sql::cast(value, "text"),
        _ => return None,
    })
}

/// A decimal of any encoding in the sortable one.
pub(super) fn sortable(value: Sql, of: &Typed) -> Option<Sql> {
    let scale = match of.logical {
        LogicalType::Decimal { scale, .. } => i64::from(scale),
        _ => 0,
    };
    Some(match of.encoding {
        SqliteEncoding::Sortable => value,
        SqliteEncoding::ScaledInteger { scale } => {
            Sql::call("nuages_decimal_scaled", vec![value, Sql::Integer(i64::from(scale))])
        }
        SqliteEncoding::OrderedText { .. } => Sql::call("nuages_decimal_ordered", vec![value]),
        SqliteEncoding::Plain | SqliteEncoding::Django => {
            Sql::call("nuages_decimal_numeric", vec![value, Sql::Integer(scale)])
        }
    })
}

fn sqlite(value: Sql, of: &Typed, to: &LogicalType) -> Option<Sql> {
    use LogicalType::{Boolean, Date, DateTime, Decimal, Float, Int64, Json, Text, Time, Uuid};
    let type_word = |word: &str| Sql::Text(word.to_owned());
    Some(match (&of.logical, to) {
        (Decimal { .. }, Decimal { digits, scale }) => {
            let sortable = sortable(value, of)?;
            let narrower = matches!(of.logical, Decimal { scale: from, .. } if from > *scale);
            if narrower || *digits != crate::bind::types::COMPUTED_DIGITS {
                Sql::call("nuages_decimal_round", vec![sortable, Sql::Integer(i64::from(*scale))])
            } else {
                sortable
            }
        }
        (from, to) if from == to => value,
        (from, to) if is_integer(from) && is_integer(to) => match to {
            Int64 => value,
            _ => Sql::call("nuages_cast_integer", vec![value, type_word(bits(to))]),
        },
        (from, Float) if is_integer(from) => Sql::cast(value, "REAL"),
        (from, Decimal { .. }) if is_integer(from) => Sql::call("nuages_decimal", vec![value]),
        (Float, Decimal { digits, scale }) => {
            let decimal = Sql::call("nuages_decimal_of_float", vec![value]);
            if *digits == crate::bind::types::COMPUTED_DIGITS {
                decimal
            } else {
                Sql::call("nuages_decimal_round", vec![decimal, Sql::Integer(i64::from(*scale))])
            }
        }
        (Decimal { .. }, Float) => Sql::call("nuages_decimal_to_float", vec![sortable(value, of)?]),
        (Decimal { .. }, to) if is_integer(to) => {
            Sql::call("nuages_decimal_to_integer", vec![sortable(value, of)?, type_word(bits(to))])
        }
        (Decimal { scale, .. }, Text) => {
            Sql::call("nuages_decimal_text", vec![sortable(value, of)?, Sql::Integer(i64::from(*scale))])
        }
        (Float, to) if is_integer(to) => Sql::call("nuages_cast_integer", vec![value, type_word(bits(to))]),
        (Float, Text) => Sql::call("nuages_float_text", vec![value]),
        (Text, to) if is_integer(to) => Sql::call("nuages_cast_integer", vec![value, type_word(bits(to))]),
        (Text, Float) => Sql::call("nuages_cast_float", vec![value]),
        (Text, Decimal { digits, scale }) => {
            let decimal = Sql::call("nuages_decimal_of_text", vec![value]);
            if *digits == crate::bind::types::COMPUTED_DIGITS {
                decimal
            } else {
                Sql::call("nuages_decimal_round", vec![decimal, Sql::Integer(i64::from(*scale))])
            }
        }
        (Text, Boolean | Date | Time | DateTime | Uuid | LogicalType::Duration) => {
            let word = match to {
                Boolean => "boolean",
                Date => "date",
                Time => "time",
                DateTime => "datetime",
                Uuid => "uuid",
                _ => "duration",
            };
            Sql::call("nuages_cast_text", vec![value, type_word(word)])
        }
        (from, Text) if is_integer(from) => Sql::cast(value, "TEXT"),
        (Boolean, Text) => Sql::Case {
            branches: vec![
                (value.clone(), Sql::Text("true".to_owned())),
                (Sql::Not(Box::new(value)), Sql::Text("false".to_owned())),
            ],
            otherwise: None,
        },
        (Date | Time, Text) => value,
        (Uuid, Text) => Sql::call("nuages_uuid_text", vec![value]),
        (Date, DateTime) => Sql::binary(value, "||", Sql::Text(" 00:00:00".to_owned())),
        (DateTime, Date) => Sql::call("nuages_date_in", vec![value, Sql::Text("UTC".to_owned())]),
        (DateTime, Time) => Sql::call("nuages_time_in", vec![value, Sql::Text("UTC".to_owned())]),
        (from, Boolean) if is_integer(from) => Sql::binary(value, "<>", Sql::Integer(0)),
        (Boolean, to) if is_integer(to) => value,
        (Text, Json) => Sql::call("json_quote", vec![value]),
        (from, Json) if is_integer(from) => Sql::cast(value, "TEXT"),
        (Float, Json) => Sql::call("nuages_float_text", vec![value]),
        (Decimal { scale, .. }, Json) => {
            Sql::call("nuages_decimal_text", vec![sortable(value, of)?, Sql::Integer(i64::from(*scale))])
        }
        (Boolean, Json) => Sql::Case {
            branches: vec![
                (value.clone(), Sql::Text("true".to_owned())),
                (Sql::Not(Box::new(value)), Sql::Text("false".to_owned())),
            ],
            otherwise: None,
        },
        _ => return None,
    })
}

fn bits(logical: &LogicalType) -> &'static str {
    match logical {
        LogicalType::Int16 => "16",
        LogicalType::Int32 => "32",
        _ => "64",
    }
}
