//! SQLite's native functions: what makes its answers PostgreSQL's.
//!
//! All are named `nuages_*` and shadow no built-in, and no index, check, generated column or default uses them, so that
//! any other program can open the file. NULL in gives NULL out. `length`, `instr` and the like are built in and
//! need nothing here: text has no U+0000.

mod address;
mod aggregate;
mod decimal;
mod float;
mod hash;
mod json;
mod json_change;
mod number;
mod store;
mod string;
mod text;
mod time;
mod variance;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error};

/// A function that SQLite lacks. All are immutable: the same arguments give the same value (time zones change only
/// with a new build, because their database is bundled).
pub struct NativeFunction {
    /// Its name in SQL.
    pub name: &'static str,
    /// How many arguments it takes, or [`ANY`].
    pub arity: i32,
    /// What it gives, one sentence.
    pub doc: &'static str,
    call: fn(&Context<'_>) -> Result<Value, Failure>,
}

/// The arity of a function that takes any number of arguments. It sees NULLs.
pub const ANY: i32 = -1;

/// Why a function fails: the statement then fails with these words.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// All native functions.
pub static FUNCTIONS: &[NativeFunction] = &[
    text::UPPER,
    text::LOWER,
    text::INITCAP,
    text::STARTS,
    text::ENDS,
    text::REGEXP,
    address::ADDRESS,
    time::DATE_PART,
    time::DURATION_PART,
    time::DATE_IN,
    time::TIME_IN,
    json::GET,
    json::TEXT,
    json::NUMBER,
    json::EQUAL,
    json::IN,
    json::CONTAINS,
    json::HAS_KEY,
    json::HAS_KEYS,
    json::HAS_ANY_KEYS,
    number::ADD,
    number::SUBTRACT,
    number::MULTIPLY,
    number::DIVIDE,
    number::MODULO,
    number::FLOAT,
    number::FLOAT_DIVIDE,
    number::FLOAT_MULTIPLY,
    number::FLOAT_TEXT,
    number::CAST_INTEGER,
    number::CAST_FLOAT,
    decimal::OF_INTEGER,
    decimal::OF_FLOAT,
    decimal::OF_TEXT,
    decimal::OF_SCALED,
    decimal::OF_ORDERED,
    decimal::OF_NUMERIC,
    decimal::TO_FLOAT,
    decimal::TO_INTEGER,
    decimal::TEXT,
    decimal::ADD,
    decimal::SUBTRACT,
    decimal::MULTIPLY,
    decimal::DIVIDE,
    decimal::MODULO,
    decimal::NEGATE,
    decimal::ROUND,
    time::DATETIME_ADD,
    time::DATETIME_DIFFERENCE,
    time::TIME_DIFFERENCE,
    text::CAST_TEXT,
    text::UUID_TEXT,
    time::TRUNC,
    time::ADD_MONTHS,
    json::CANONICAL,
    json::QUOTE,
    json_change::SET,
    json_change::MERGE,
    json_change::REMOVE,
    json::SPACED,
    json::ARRAY_LENGTH,
    json::SCALAR,
    json::JOIN,
    json::OF_VALUE,
    json::OF_LIST,
    json::SLICE,
    json::ELEMENT,
    json::PLAIN,
    number::ABS,
    number::GREATEST,
    number::LEAST,
    decimal::ABS,
    decimal::SIGN,
    decimal::CEIL,
    decimal::FLOOR,
    store::SCALED,
    store::ORDERED,
    store::TEXT,
    string::SUBSTR,
    string::SUBSTR_TO_END,
    string::LEFT,
    string::RIGHT,
    string::REPEAT,
    string::REVERSE,
    string::LPAD,
    string::RPAD,
    string::CHR,
    string::ORD,
    hash::MD5,
    hash::SHA1,
    hash::SHA224,
    hash::SHA256,
    hash::SHA384,
    hash::SHA512,
    float::CEIL,
    float::FLOOR,
    float::ROUND,
    float::SQRT,
    float::EXP,
    float::LN,
    float::LOG,
    float::POWER,
    float::PI,
    float::DEGREES,
    float::RADIANS,
    float::SIN,
    float::COS,
    float::TAN,
    float::COT,
    float::ASIN,
    float::ACOS,
    float::ATAN,
    float::ATAN2,
];

/// Makes the functions known to a connection.
///
/// # Errors
/// When SQLite refuses one.
pub fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for function in FUNCTIONS {
        let (arity, call) = (function.arity, function.call);
        connection.create_scalar_function(function.name, arity, flags, move |context| {
            if arity != ANY && (0..context.len()).any(|index| context.get_raw(index) == ValueRef::Null) {
                return Ok(Value::Null);
            }
            call(context).map_err(Error::UserFunctionError)
        })?;
    }
    aggregate::register(connection, flags)
}

/// An argument as an integer.
fn integer_argument(context: &Context<'_>, index: usize) -> Result<i64, Failure> {
    match context.get_raw(index) {
        ValueRef::Integer(value) => Ok(value),
        other => Err(format!("expected an integer, found {}", other.data_type()).into()),
    }
}

/// An argument as text.
fn text_argument<'c>(context: &'c Context<'_>, index: usize) -> Result<&'c str, Failure> {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => Ok(std::str::from_utf8(bytes)?),
        other => Err(format!("expected text, found {}", other.data_type()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        connection
    }

    /// The value of an expression as text.
    fn value(sql: &str) -> Option<String> {
        let query = format!("SELECT CAST({sql} AS TEXT)");
        connection().query_row(&query, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    #[test]
    fn the_table_is_sound() {
        let plain = Connection::open_in_memory().unwrap();
        let with = connection();
        for function in FUNCTIONS {
            assert!(function.name.starts_with("nuages_"), "{}", function.name);
            assert!(function.doc.ends_with('.'), "{}", function.name);
            let built_in: i64 = plain
                .query_row(
                    "SELECT count(*) FROM pragma_function_list WHERE name = ?1",
                    [function.name],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(built_in, 0, "{}", function.name);
            let nulls = vec!["NULL"; usize::try_from(function.arity).unwrap_or(3)].join(", ");
            if function.arity == 0 {
                continue;
            }
            let null: Option<String> =
                with.query_row(&format!("SELECT {}({nulls})", function.name), [], |row| row.get(0)).unwrap();
            assert_eq!(null, None, "{}", function.name);
        }
    }

    #[test]
    fn case_is_mapped_one_to_one() {
        assert_eq!(value("nuages_upper('ßıéжς')").as_deref(), Some("ßIÉЖΣ"));
        assert_eq!(value("nuages_lower('STRAẞE İΣ')").as_deref(), Some("straße iσ"));
    }

    #[test]
    fn ends_are_compared_byte_by_byte() {
        for (sql, expected) in [
            ("nuages_starts('Hello', 'He')", "1"),
            ("nuages_starts('Hello', 'he')", "0"),
            ("nuages_ends('50%_off\\', '\\')", "1"),
            ("nuages_ends('x', '')", "1"),
            ("nuages_ends('x', 'yx')", "0"),
        ] {
            assert_eq!(value(sql).as_deref(), Some(expected), "{sql}");
        }
    }

    #[test]
    fn parts_are_those_of_the_zone() {
        for (sql, expected) in [
            ("nuages_date_part('2024-03-31 00:59:59.999999', 'hour', 'Europe/Berlin')", "1"),
            ("nuages_date_part('2024-03-31 01:00:00', 'hour', 'Europe/Berlin')", "3"),
            ("nuages_date_part('2023-12-31 18:15:00', 'year', 'Asia/Kathmandu')", "2024"),
            ("nuages_date_part('2023-12-31 18:14:59', 'year', 'Asia/Kathmandu')", "2023"),
            ("nuages_date_part('2024-12-30', 'week', 'UTC')", "1"),
            ("nuages_date_part('2024-12-30', 'iso_year', 'UTC')", "2025"),
            ("nuages_date_part('2021-01-03', 'week', 'UTC')", "53"),
            ("nuages_date_part('2021-01-03', 'week_day', 'UTC')", "1"),
            ("nuages_date_part('2021-01-03', 'iso_week_day', 'UTC')", "7"),
            ("nuages_date_part('2021-05-03', 'quarter', 'UTC')", "2"),
            ("nuages_date_part('23:59:58.999999', 'second', 'UTC')", "58"),
            ("nuages_date_part('9999-12-30 23:59:59.999999', 'day', 'UTC')", "30"),
            ("nuages_date_part('1969-12-31 23:59:59', 'minute', 'UTC')", "59"),
            ("nuages_date_in('2023-12-31 10:00:00', 'Pacific/Kiritimati')", "2024-01-01"),
            ("nuages_time_in('2024-06-15 12:00:00.000001', 'Europe/Berlin')", "14:00:00.000001"),
            ("nuages_time_in('2024-06-15 12:00:00', 'Australia/Lord_Howe')", "22:30:00"),
        ] {
            assert_eq!(value(sql).as_deref(), Some(expected), "{sql}");
        }
        let unknown =
            connection().query_row("SELECT nuages_date_in('2024-01-01 00:00:00', 'Mars/X')", [], |row| {
                row.get::<_, String>(0)
            });
        assert!(unknown.is_err());
    }

    #[test]
    fn json_is_compared_as_jsonb_is() {
        for (sql, expected) in [
            (r#"nuages_json_get('{"a":{"b":[1,2]}}', '["a","b",-1]')"#, Some("2")),
            (r#"nuages_json_get('{"a":1}', '["x"]')"#, None),
            (r#"nuages_json_get('{"1":"one"}', '["1"]')"#, Some("\"one\"")),
            (r#"nuages_json_get('[5,6]', '["1"]')"#, Some("6")),
            (r#"nuages_json_text('{"a":"x"}', '["a"]')"#, Some("x")),
            (r#"nuages_json_text('{"a":null}', '["a"]')"#, None),
            (r#"nuages_json_text('{"a":[1,2]}', '["a"]')"#, Some("[1, 2]")),
            ("nuages_json_number('1.50')", Some("1.5")),
            ("nuages_json_number('\"1\"')", None),
            (r#"nuages_json_equal('{"a":1,"b":2}', '{"b":2.0,"a":1}')"#, Some("1")),
            (r#"nuages_json_equal('"1"', '1')"#, Some("0")),
            (r#"nuages_json_in('1.0', '["2","1"]')"#, Some("1")),
            (r#"nuages_json_contains('{"a":1,"b":2}', '{"a":1}')"#, Some("1")),
            (r#"nuages_json_has_key('{"a":1}', 'a')"#, Some("1")),
            (r#"nuages_json_has_keys('{"a":1}', '["a","b"]')"#, Some("0")),
            (r#"nuages_json_has_any_keys('{"a":1}', '["a","b"]')"#, Some("1")),
        ] {
            assert_eq!(value(sql).as_deref(), expected, "{sql}");
        }
    }

    #[test]
    fn patterns_match() {
        assert_eq!(value("nuages_regexp('^h.llo$', 'hello')").as_deref(), Some("1"));
        assert_eq!(value("nuages_regexp('(?i)É', 'é')").as_deref(), Some("1"));
        assert!(
            connection().query_row("SELECT nuages_regexp('(', 'x')", [], |row| row.get::<_, i64>(0)).is_err()
        );
    }
}
