//! Field types of SQLite's columns.
//!
//! A type's name only says which storage class SQLite prefers, and columns hold what was put in: so the values that are there
//! have the last word, where they contradict the name.

use super::{Kind, decimal_of_values};
use crate::inspectdb::catalog::{Check, Facts, Relation};
use crate::render;
use crate::table::{Column, ColumnCheck, Generated, Table};
use nuages_models::registry::{LogicalType, SqliteEncoding};

/// The field type of a column.
///
/// # Errors
/// Why there is none.
pub(in super::super) fn sqlite(relation: &Relation, column: &str, facts: &Facts) -> Result<Kind, String> {
    let declared =
        relation.found.columns.get(column).map(|found| found.sql_type.as_str()).unwrap_or_default();
    if relation.strict
        && let Some(kind) = own(relation, column, declared, facts)
    {
        return Ok(kind);
    }
    let (name, arguments) = named(declared);
    let checks: Vec<&Check> = relation.checks.iter().filter(|check| speaks_of(check, column)).collect();
    let kind = by_name(&name, &arguments, facts, &checks)?;
    fitting(kind, declared, facts)
}

/// Whether a check is of this column alone: it stands there, or begins with its name.
fn speaks_of(check: &Check, column: &str) -> bool {
    check.column.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(column))
}

/// The type of a column that Nuages made: its checks tell what SQLite's storage class does not.
fn own(relation: &Relation, column: &str, declared: &str, facts: &Facts) -> Option<Kind> {
    let statement = relation.found.statement.as_deref()?;
    let null = relation.found.columns.get(column).is_some_and(|found| found.null);
    let has = |check: ColumnCheck| {
        let column = Column {
            name: column.to_owned(),
            sql_type: declared.to_owned(),
            null,
            collation: None,
            generated: Generated::Never,
            check: Some(check),
            comment: None,
            // Only its check is rendered.
            logical: LogicalType::Text,
            encoding: SqliteEncoding::Plain,
        };
        let table = Table {
            name: relation.name.clone(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            comment: None,
        };
        // `CONSTRAINT "t_c_check" CHECK (…)`, of which only the condition is the check's text.
        let clause = render::column_check(&table, &column)?;
        let sql = clause.split_once(" CHECK (").and_then(|(_, sql)| sql.strip_suffix(')')).map(str::to_owned);
        statement.contains(&clause).then_some(sql)?
    };
    let range = |min: Option<i64>, max: Option<i64>| has(ColumnCheck::Range { min, max });
    let (small, integer) = (i64::from(i16::MAX), i64::from(i32::MAX));
    let kind = |word, check: String| Some(Kind { checks: vec![check], ..Kind::new(word) });
    match declared {
        "INTEGER" => {
            let known = [
                ("boolean", has(ColumnCheck::Boolean)),
                ("small_integer", range(Some(-small - 1), Some(small))),
                ("positive_small_integer", range(Some(0), Some(small))),
                ("integer", range(Some(-integer - 1), Some(integer))),
                ("positive_integer", range(Some(0), Some(integer))),
                ("positive_big_integer", range(Some(0), None)),
            ];
            if let Some((word, check)) = known.into_iter().find_map(|(word, check)| Some((word, check?))) {
                return kind(word, check);
            }
            let scaled = (1..=18_u32).find_map(|digits| {
                let largest = 10_i64.pow(digits) - 1;
                Some((digits, range(Some(-largest), Some(largest))?))
            });
            Some(match scaled {
                Some((digits, _)) => Kind::new("big_integer").noted(format!(
                    "its check is that of a decimal of {digits} digits, which Nuages keeps as an integer: if it is one, \
                     write type = \"decimal\", max_digits = {digits} and its decimal_places"
                )),
                None => Kind::new("big_integer"),
            })
        }
        "REAL" => Some(Kind::new("float")),
        "BLOB" => Some(Kind::new("binary")),
        "TEXT" => {
            if let Some(check) = has(ColumnCheck::Json) {
                return kind("json", check);
            }
            if let Some(check) = has(ColumnCheck::Uuid) {
                return kind("uuid", check);
            }
            let start = "length(".to_owned() + &nuages_models::sql::quoted_identifier(column) + ") <= ";
            let length =
                relation.checks.iter().find_map(|check| check.sql.strip_prefix(&start)?.parse::<u32>().ok());
            if let Some(length) = length
                && let Some(check) = has(ColumnCheck::MaxLength(length))
            {
                return Some(Kind { checks: vec![check], ..Kind::text(Some(length)) });
            }
            let is_all = |count: u64| facts.values() > 0 && count == facts.values();
            let learnt =
                |word| Kind::new(word).noted("a text in the database; all of its values are of this type");
            Some(if is_all(facts.datetimes) {
                learnt("datetime")
            } else if is_all(facts.dates) {
                learnt("date")
            } else if is_all(facts.times) {
                learnt("time")
            } else {
                Kind::new("text")
            })
        }
        _ => None,
    }
}

/// A type's name in upper case with single spaces, and its numbers.
fn named(declared: &str) -> (String, Vec<u32>) {
    let (name, rest) = declared.split_once('(').unwrap_or((declared, ""));
    let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
    let words: Vec<String> =
        name.split_whitespace().chain(after.split_whitespace()).map(str::to_uppercase).collect();
    let numbers = inside.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    (words.join(" "), numbers)
}

fn by_name(name: &str, arguments: &[u32], facts: &Facts, checks: &[&Check]) -> Result<Kind, String> {
    let json = checks.iter().find(|check| check.sql.to_lowercase().contains("json_valid("));
    let positive =
        checks.iter().find(|check| check.sql.replace(['"', '`', '[', ']', ' '], "").ends_with(">=0"));
    let unsigned = |plain: &'static str, positive_word: &'static str| match positive {
        Some(check) => Kind { checks: vec![check.sql.clone()], ..Kind::new(positive_word) },
        None => Kind::new(plain),
    };
    let length = arguments.first().copied();
    Ok(match name {
        "INTEGER" | "INT" | "INT4" | "MEDIUMINT" | "SERIAL" => Kind::new("integer"),
        "INTEGER UNSIGNED" | "INT UNSIGNED" | "UNSIGNED INTEGER" | "UNSIGNED INT" => {
            unsigned("integer", "positive_integer")
        }
        "SMALLINT" | "INT2" | "TINYINT" => Kind::new("small_integer"),
        "SMALLINT UNSIGNED" | "TINYINT UNSIGNED" => unsigned("small_integer", "positive_small_integer"),
        "BIGINT" | "INT8" | "BIGSERIAL" | "LONG" => Kind::new("big_integer"),
        "BIGINT UNSIGNED" | "UNSIGNED BIG INT" => unsigned("big_integer", "positive_big_integer"),
        "BOOL" | "BOOLEAN" => {
            let own: Vec<String> = checks
                .iter()
                .filter(|check| check.sql.to_lowercase().replace(' ', "").ends_with("in(0,1)"))
                .map(|check| check.sql.clone())
                .collect();
            Kind { checks: own, ..Kind::new("boolean") }
        }
        "REAL" | "FLOAT" | "DOUBLE" | "DOUBLE PRECISION" => Kind::new("float"),
        "DECIMAL" | "NUMERIC" | "NUMBER" | "DEC" => match arguments {
            [digits, places] if places <= digits && *digits > 0 => Kind::decimal(*digits, *places),
            [digits] if *digits > 0 => Kind::decimal(*digits, 0),
            _ => decimal_of_values(facts.whole_digits, facts.places),
        },
        "MONEY" | "CURRENCY" => Kind::decimal(19, 4),
        "CHAR" if length == Some(32) && facts.hexadecimal > 0 && facts.hexadecimal == facts.values() => {
            Kind::new("uuid").noted("all of its values are 32 hexadecimal digits, as Django keeps a UUID")
        }
        "UUID" | "GUID" | "UNIQUEIDENTIFIER" => Kind::new("uuid"),
        _ if json.is_some() => {
            Kind { checks: json.iter().map(|check| check.sql.clone()).collect(), ..Kind::new("json") }
        }
        "JSON" | "JSONB" => Kind::new("json"),
        "CHAR" | "VARCHAR" | "NVARCHAR" | "NCHAR" | "CHARACTER" | "VARYING CHARACTER"
        | "CHARACTER VARYING" | "NATIVE CHARACTER" | "VARCHAR2" | "NVARCHAR2" | "STRING" => {
            Kind::text(length)
        }
        "TEXT" | "CLOB" | "NTEXT" | "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" | "XML" => Kind::new("text"),
        "DATE" => Kind::new("date"),
        "TIME" => Kind::new("time"),
        "DATETIME"
        | "TIMESTAMP"
        | "DATETIME2"
        | "TIMESTAMPTZ"
        | "TIMESTAMP WITH TIME ZONE"
        | "TIMESTAMP WITHOUT TIME ZONE" => Kind::new("datetime"),
        "BLOB" | "BYTEA" | "BINARY" | "VARBINARY" | "IMAGE" | "LONGBLOB" | "MEDIUMBLOB" | "TINYBLOB" => {
            Kind::new("binary")
        }
        "" | "ANY" => by_values(facts).map_err(|reason| format!("the column has no type, and {reason}"))?,
        other => {
            return by_values(facts).map(|kind| match kind.note {
                Some(_) => kind,
                None => {
                    kind.noted(format!("of type {other}, which says nothing to Nuages; its values are such"))
                }
            });
        }
    })
}

/// The type that all values have.
fn by_values(facts: &Facts) -> Result<Kind, String> {
    let all = facts.values();
    if all == 0 {
        return Err("there are no values to tell its type from".to_owned());
    }
    if facts.integers == all {
        return Ok(Kind::new(if facts.wide > 0 { "big_integer" } else { "integer" }));
    }
    if facts.integers + facts.reals == all {
        return Ok(Kind::new("float"));
    }
    if facts.texts == all {
        return Ok(Kind::new("text"));
    }
    if facts.blobs == all {
        return Ok(Kind::new("binary"));
    }
    Err(format!(
        "its values are of several kinds: {} integers, {} floats, {} texts, {} blobs",
        facts.integers, facts.reals, facts.texts, facts.blobs
    ))
}

/// The type where all values are such, or one that they are.
fn fitting(kind: Kind, declared: &str, facts: &Facts) -> Result<Kind, String> {
    let all = facts.values();
    let wrong = match kind.word {
        "boolean" => (facts.integers != all || facts.not_boolean > 0).then_some("0 and 1"),
        "float" => (facts.integers + facts.reals != all).then_some("numbers"),
        "decimal" => (facts.integers + facts.reals != all).then_some("numbers"),
        "text" | "char" => (facts.texts != all).then_some("texts"),
        "json" => (facts.texts != all).then_some("texts"),
        "binary" => (facts.blobs != all).then_some("blobs"),
        "date" => (facts.dates != all || facts.datetimes > 0).then_some("days (2024-01-31)"),
        "time" => (facts.times != all).then_some("times (10:00:00)"),
        "datetime" => (facts.datetimes != all).then_some("instants (2024-01-31 10:00:00)"),
        "uuid" => (facts.hexadecimal != all).then_some("UUIDs of 32 hexadecimal digits"),
        _ => (facts.integers != all).then_some("integers"),
    };
    let Some(wanted) = wrong else {
        if kind.word == "integer" && facts.wide > 0 {
            return Ok(Kind::new("big_integer").noted("some of its values do not fit 32 bits"));
        }
        return Ok(kind);
    };
    let instead = by_values(facts).map_err(|reason| format!("of type {declared}, but {reason}"))?;
    Ok(instead.noted(format!("of type {declared}, but its values are not all {wanted}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_spelling() {
        let empty = Facts::default();
        for (declared, expected) in [
            ("integer", "\"integer\""),
            ("NVARCHAR(160)", "{ type = \"char\", max_length = 160 }"),
            ("varying  character (255)", "{ type = \"char\", max_length = 255 }"),
            ("NUMERIC(10,2)", "{ type = \"decimal\", max_digits = 10, decimal_places = 2 }"),
            ("Double Precision", "\"float\""),
            ("UNSIGNED BIG INT", "\"big_integer\""),
            ("datetime", "\"datetime\""),
            ("bool", "\"boolean\""),
        ] {
            let (name, arguments) = named(declared);
            let kind = by_name(&name, &arguments, &empty, &[]).unwrap();
            assert_eq!(fitting(kind, declared, &empty).unwrap().bare(), expected, "{declared}");
        }
        assert!(by_name("GEOMETRY", &[], &empty, &[]).is_err());
    }

    #[test]
    fn values_have_the_last_word() {
        let of = |facts: Facts, word| fitting(Kind::new(word), "X", &facts).map(|kind| kind.word);
        let integers = |wide, not_boolean| Facts { integers: 5, wide, not_boolean, ..Facts::default() };
        assert_eq!(of(integers(1, 5), "integer"), Ok("big_integer"));
        assert_eq!(of(integers(0, 0), "boolean"), Ok("boolean"));
        assert_eq!(of(integers(0, 1), "boolean"), Ok("integer"));
        assert_eq!(of(integers(5, 5), "datetime"), Ok("big_integer"));
        let texts = |datetimes| Facts { texts: 5, datetimes, ..Facts::default() };
        assert_eq!(of(texts(5), "datetime"), Ok("datetime"));
        assert_eq!(of(texts(4), "datetime"), Ok("text"));
        let mixed = Facts { texts: 1, integers: 1, ..Facts::default() };
        assert!(of(mixed, "text").unwrap_err().contains("several kinds"));
    }
}
