//! Values as ones of another type, for each dialect. SQLite's own CAST takes what it can of a text and never fails, so
//! native functions stand in its place wherever PostgreSQL would refuse.

use super::Compiler;
use crate::bind::Typed;
use crate::bind::types::{is_integer, is_number, type_name};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;

impl Compiler<'_> {
    pub(super) fn cast(&mut self, of: &Typed, to: &Typed) -> Result<Sql, CompileError> {
        let value = self.scalar(of)?;
        let sql = match self.dialect() {
            Dialect::Postgres => {
                let cast = postgres(value, &of.logical, &to.logical);
                let made_text = to.logical == LogicalType::Text && of.logical != LogicalType::Text;
                match cast {
                    // The text of a number has the database's own collation.
                    Some(text) if made_text && self.purpose != super::Purpose::Statement => {
                        Some(Sql::Collate { of: Box::new(text), collation: "C".to_owned() })
                    }
                    other => other,
                }
            }
            Dialect::Sqlite => sqlite(value, of, &to.logical),
        };
        sql.ok_or_else(|| CompileError::Unsupported {
            what: format!("{} as {}", type_name(&of.logical), type_name(&to.logical)),
            remedy: "convert it to a type between them".to_owned(),
        })
    }
}

impl Compiler<'_> {
    /// A value as an element of a stored list on SQLite: as the API writes it, but integers as numbers; NULL as `null`.
    ///
    /// # Errors
    /// When the database lacks what the value needs.
    pub(crate) fn element(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        let value = self.scalar(typed)?;
        let json = match &typed.logical {
            logical if is_integer(logical) => Sql::cast(value, "TEXT"),
            LogicalType::Json => value,
            LogicalType::Boolean => boolean_text(value),
            LogicalType::Decimal { scale, .. } => {
                let scale = Sql::Integer(i64::from(*scale));
                let text =
                    sortable(value, typed).map(|value| Sql::call("nuages_decimal_text", vec![value, scale]));
                Sql::call("nuages_json_quote", text.into_iter().collect())
            }
            logical @ LogicalType::Custom(_) => {
                return Err(CompileError::Unsupported {
                    what: format!("{} in a list or a document", type_name(logical)),
                    remedy: "only what knows the type can read what it stores".to_owned(),
                });
            }
            logical => Sql::call("nuages_json_element", vec![value, Sql::Text(word(logical).to_owned())]),
        };
        Ok(Sql::call("coalesce", vec![json, Sql::Text("null".to_owned())]))
    }
}

/// A boolean of SQLite as `true` or `false`.
fn boolean_text(value: Sql) -> Sql {
    Sql::Case {
        branches: vec![
            (value.clone(), Sql::Text("true".to_owned())),
            (Sql::Not(Box::new(value)), Sql::Text("false".to_owned())),
        ],
        otherwise: None,
    }
}

fn postgres(value: Sql, from: &LogicalType, to: &LogicalType) -> Option<Sql> {
    use LogicalType::{
        Array, Binary, Boolean, Date, DateTime, Decimal, Duration, Float, IpAddress, Json, Range, Text, Time,
        Uuid,
    };
    Some(match (from, to) {
        (Decimal { scale: from, .. }, Decimal { scale: to, .. }) if from <= to => value,
        (from, Decimal { digits, scale })
            if *digits != crate::bind::types::COMPUTED_DIGITS && (is_number(from) || *from == Text) =>
        {
            Sql::call("round", vec![Sql::cast(value, "numeric"), Sql::Integer(i64::from(*scale))])
        }
        (Decimal { .. }, Decimal { scale, .. }) => {
            Sql::call("round", vec![value, Sql::Integer(i64::from(*scale))])
        }
        (from, to) if from == to => value,
        (Decimal { .. }, Text) => Sql::cast(with_scale(value, from), "text"),
        // Adding zero turns -0 into 0: SQLite does not keep the sign.
        (Float, Text) => Sql::cast(Sql::binary(value, "+", Sql::Integer(0)), "text"),
        (Date, DateTime) => {
            Sql::binary(Sql::cast(value, "timestamp"), "AT TIME ZONE", Sql::Text("UTC".to_owned()))
        }
        (DateTime, Date) => Sql::cast(in_utc(value), "date"),
        (DateTime, Time) => Sql::cast(in_utc(value), "time"),
        (from, Boolean) if is_integer(from) => Sql::binary(value, "<>", Sql::Integer(0)),
        (Boolean, to) if is_integer(to) => Sql::cast(Sql::cast(value, "int4"), super::type_of(to)),
        (Duration | Binary, Json) => Sql::call("to_jsonb", vec![postgres(value, from, &Text)?]),
        (Decimal { .. }, Json) => Sql::call("to_jsonb", vec![with_scale(value, from)]),
        (Text | Date | Time | DateTime | Uuid | IpAddress | Boolean, Json) => {
            Sql::call("to_jsonb", vec![value])
        }
        (from, Json) if is_number(from) => Sql::call("to_jsonb", vec![value]),
        (Array(element), Json) if has_json(element) => Sql::call("to_jsonb", vec![value]),
        (Range(_), Json) => range_document(&value),
        (Json, to) if is_number(to) || *to == Boolean => as_number(value, to),
        (from, to) if (is_number(from) || *from == Text) && (is_number(to) || *to == Text) => {
            as_number(value, to)
        }
        (Text, Date | Time | DateTime | Duration) => read_as(value, to)?,
        (Text, Boolean | Uuid | IpAddress) => Sql::cast(value, super::type_of(to)),
        (Text, Binary) => Sql::call("decode", vec![value, Sql::Text("base64".to_owned())]),
        (Boolean | Uuid | Date | Json, Text) => Sql::cast(value, "text"),
        // The text of an address alone has no length of a network.
        (IpAddress, Text) => {
            Sql::binary(Sql::call("to_jsonb", vec![value]), "#>>", Sql::Text("{}".to_owned()))
        }
        (Binary, Text) => {
            let lines = Sql::call("encode", vec![value, Sql::Text("base64".to_owned())]);
            replaced(lines, "\n", "")
        }
        (Time, Text) => {
            let digits = Sql::call("to_char", vec![value, Sql::Text("HH24:MI:SS.US".to_owned())]);
            replaced(digits, ".000000", "")
        }
        (DateTime, Text) => {
            let form = Sql::Text("YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"".to_owned());
            replaced(Sql::call("to_char", vec![in_utc(value), form]), ".000000Z", "Z")
        }
        (Duration, Text) => duration_text(value),
        _ => return None,
    })
}

/// A small integer is computed in four bytes, and must fit into two.
fn as_number(value: Sql, to: &LogicalType) -> Sql {
    let value = if *to == LogicalType::Int16 { Sql::cast(value, "int2") } else { value };
    Sql::cast(value, super::type_of(to))
}

fn in_utc(value: Sql) -> Sql {
    Sql::binary(value, "AT TIME ZONE", Sql::Text("UTC".to_owned()))
}

fn replaced(text: Sql, part: &str, by: &str) -> Sql {
    Sql::call("replace", vec![text, Sql::Text(part.to_owned()), Sql::Text(by.to_owned())])
}

/// A decimal with the digits after the point that its type has.
fn with_scale(value: Sql, of: &LogicalType) -> Sql {
    match of {
        LogicalType::Decimal { scale, .. } => {
            Sql::call("round", vec![value, Sql::Integer(i64::from(*scale))])
        }
        _ => value,
    }
}

/// PostgreSQL reads many forms, among them `today` and `Jan 2`: a text in a form that SQLite would not read stays a text
/// that the cast refuses.
fn read_as(value: Sql, to: &LogicalType) -> Option<Sql> {
    let form = match to {
        LogicalType::Date => r"^\s*\d{4}-\d\d-\d\d\s*$",
        LogicalType::Time => r"^\s*\d\d:\d\d(:\d\d(\.\d{1,6})?)?\s*$",
        LogicalType::DateTime => {
            r"^\s*\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)\s*$"
        }
        LogicalType::Duration => {
            r"^\s*[-+]?P([-+]?\d+W)?([-+]?\d+D)?(T(?=.)([-+]?\d+H)?([-+]?\d+M)?([-+]?\d+(\.\d{1,6})?S)?)?\s*$"
        }
        _ => return None,
    };
    let fits = Sql::binary(value.clone(), "~", Sql::Text(form.to_owned()));
    // NULL fits nothing, and stays NULL.
    let refused = Sql::binary(Sql::Text("no value: ".to_owned()), "||", value.clone());
    let text = match to {
        // A sign before the whole is that of every part, which PostgreSQL does not read.
        LogicalType::Duration => {
            let unsigned = Sql::call("ltrim", vec![value.clone(), Sql::Text(" -+".to_owned())]);
            let negative = Sql::binary(value.clone(), "~", Sql::Text(r"^\s*-".to_owned()));
            let unsigned = Sql::cast(unsigned, "interval");
            let signed = Sql::Case {
                branches: vec![(negative, Sql::Negative(Box::new(unsigned.clone())))],
                otherwise: Some(Box::new(unsigned)),
            };
            return Some(Sql::Case {
                branches: vec![(fits, signed)],
                otherwise: Some(Box::new(Sql::cast(refused, "interval"))),
            });
        }
        _ => Sql::Case { branches: vec![(fits, value)], otherwise: Some(Box::new(refused)) },
    };
    Some(Sql::cast(text, super::type_of(to)))
}

/// A duration as the API writes it: `P1DT2H3M4.500000S`, parts that are zero left out, one sign before all.
fn duration_text(value: Sql) -> Sql {
    let replace = |text, pattern: &str, by: &str| {
        Sql::call("regexp_replace", vec![text, Sql::Text(pattern.to_owned()), Sql::Text(by.to_owned())])
    };
    let sign = Sql::Case {
        branches: vec![(
            Sql::binary(value.clone(), "<", Sql::cast(Sql::Text("0".to_owned()), "interval")),
            Sql::Text("-P".to_owned()),
        )],
        otherwise: Some(Box::new(Sql::Text("P".to_owned()))),
    };
    let magnitude = Sql::call("greatest", vec![value.clone(), Sql::Negative(Box::new(value))]);
    let form = "FMDD\"DT\"FMHH24\"H\"FMMI\"M\"FMSS.US\"S\"";
    let parts =
        Sql::call("to_char", vec![Sql::call("justify_hours", vec![magnitude]), Sql::Text(form.to_owned())]);
    let parts = replaced(parts, ".000000S", "S");
    let parts = replace(parts, "^0D", "");
    let parts = replace(parts, "T0H", "T");
    let parts = replace(parts, "([TH])0M", "\\1");
    let parts = replace(parts, "([HM])0S$", "\\1");
    let parts = replace(parts, "DT0S$", "D");
    Sql::binary(sign, "||", parts)
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
    use LogicalType::{
        Array, Binary, Boolean, Date, DateTime, Decimal, Duration, Float, Int64, IpAddress, Json, Text, Time,
        Uuid,
    };
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
        (Text, Boolean | Date | Time | DateTime | Uuid | Duration | IpAddress | Binary) => {
            Sql::call("nuages_cast_text", vec![value, type_word(word(to))])
        }
        (DateTime | Duration | Binary, Text) => {
            Sql::call("nuages_value_text", vec![value, type_word(word(&of.logical))])
        }
        (Json, Text) => Sql::call("nuages_json_spaced", vec![value]),
        (IpAddress, Text) => value,
        (Json, Boolean) => Sql::binary(
            Sql::call("nuages_json_scalar", vec![value, type_word("boolean")]),
            "=",
            type_word("true"),
        ),
        (Json, to) if is_number(to) => {
            let number = Sql::call("nuages_json_scalar", vec![value, type_word("number")]);
            let decimal = Sql::call("nuages_decimal_of_text", vec![number]);
            match to {
                Float => Sql::call("nuages_decimal_to_float", vec![decimal]),
                Decimal { digits, scale } if *digits != crate::bind::types::COMPUTED_DIGITS => {
                    Sql::call("nuages_decimal_round", vec![decimal, Sql::Integer(i64::from(*scale))])
                }
                Decimal { .. } => decimal,
                to => Sql::call("nuages_decimal_to_integer", vec![decimal, type_word(bits(to))]),
            }
        }
        (from, Text) if is_integer(from) => Sql::cast(value, "TEXT"),
        (Boolean, Text) => boolean_text(value),
        (Date | Time, Text) => value,
        (Uuid, Text) => Sql::call("nuages_uuid_text", vec![value]),
        (Date, DateTime) => Sql::binary(value, "||", Sql::Text(" 00:00:00".to_owned())),
        (DateTime, Date) => Sql::call("nuages_date_in", vec![value, Sql::Text("UTC".to_owned())]),
        (DateTime, Time) => Sql::call("nuages_time_in", vec![value, Sql::Text("UTC".to_owned())]),
        (from, Boolean) if is_integer(from) => Sql::binary(value, "<>", Sql::Integer(0)),
        (Boolean, to) if is_integer(to) => value,
        (Text | IpAddress, Json) => Sql::call("nuages_json_quote", vec![value]),
        (Date | Time | DateTime | Duration | Uuid | Binary, Json) => {
            Sql::call("nuages_json_of", vec![value, type_word(word(&of.logical))])
        }
        (Array(element), Json) if has_json(element) => {
            Sql::call("nuages_json_of_list", vec![value, type_word(innermost_word(element))])
        }
        (from, Json) if is_integer(from) => Sql::cast(value, "TEXT"),
        // jsonb's numbers have no exponent.
        (Float, Json) => Sql::call("nuages_json", vec![Sql::call("nuages_float_text", vec![value])]),
        (Decimal { scale, .. }, Json) => {
            Sql::call("nuages_decimal_text", vec![sortable(value, of)?, Sql::Integer(i64::from(*scale))])
        }
        (Boolean, Json) => boolean_text(value),
        _ => return None,
    })
}

/// Whether a list of such elements is a JSON array as PostgreSQL's `to_jsonb` writes it.
fn has_json(element: &LogicalType) -> bool {
    match element {
        LogicalType::Array(inner) => has_json(inner),
        LogicalType::Duration | LogicalType::Binary | LogicalType::Range(_) | LogicalType::SearchVector => {
            false
        }
        _ => true,
    }
}

fn innermost_word(element: &LogicalType) -> &'static str {
    match element {
        LogicalType::Array(inner) => innermost_word(inner),
        LogicalType::Decimal { .. } => "decimal",
        other => word(other),
    }
}

/// A range as a document of its bounds.
fn range_document(range: &Sql) -> Sql {
    let text = |text: &str| Sql::Text(text.to_owned());
    let ask = |name| Sql::call(name, vec![range.clone()]);
    let bracket = |name, closed: &str, open: &str| Sql::Case {
        branches: vec![(ask(name), text(closed))],
        otherwise: Some(Box::new(text(open))),
    };
    let bounds = Sql::binary(bracket("lower_inc", "[", "("), "||", bracket("upper_inc", "]", ")"));
    let document = Sql::call(
        "jsonb_build_object",
        vec![text("lower"), ask("lower"), text("upper"), ask("upper"), text("bounds"), bounds],
    );
    let empty = Sql::call("jsonb_build_object", vec![text("empty"), Sql::Boolean(true)]);
    Sql::Case {
        branches: vec![(ask("isempty"), empty), (Sql::test(range.clone(), "IS NOT NULL"), document)],
        otherwise: None,
    }
}

/// A value of PostgreSQL as JSON.
///
/// # Errors
/// When values of its type have no place in a document.
pub(crate) fn json_on_postgres(value: Sql, logical: &LogicalType) -> Result<Sql, CompileError> {
    postgres(value, logical, &LogicalType::Json).ok_or_else(|| CompileError::Unsupported {
        what: format!("{} as JSON", type_name(logical)),
        remedy: "convert it to a type between them".to_owned(),
    })
}

/// What native functions call a type.
pub(crate) fn word(logical: &LogicalType) -> &'static str {
    match logical {
        LogicalType::Boolean => "boolean",
        LogicalType::Float => "float",
        LogicalType::Date => "date",
        LogicalType::Time => "time",
        LogicalType::DateTime => "datetime",
        LogicalType::Duration => "duration",
        LogicalType::Uuid => "uuid",
        LogicalType::IpAddress => "address",
        LogicalType::Binary => "bytes",
        _ => "text",
    }
}

fn bits(logical: &LogicalType) -> &'static str {
    match logical {
        LogicalType::Int16 => "16",
        LogicalType::Int32 => "32",
        _ => "64",
    }
}
