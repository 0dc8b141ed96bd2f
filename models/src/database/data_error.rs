//! Errors of values that an expression meets in the database: a division by zero, a number that is too large, a text that is
//! no date. They are the asker's matter, so they are told, in words of our own: the database's may show what it holds.

use super::DatabaseError;

/// How the messages of SQLite's native functions begin (see [`super::sqlite::functions`]).
const NATIVE: &str = "nuages: ";

const OUT_OF_RANGE: &str = "a number is out of range";
const DATE_OUT_OF_RANGE: &str = "a date or time is out of range";
/// Told by SQLite's native functions too.
pub(super) const OBSTACLE: &str = "a JSON document has something else where the path leads";
const TOO_LARGE: &str = "a value is too large";

impl DatabaseError {
    /// What is wrong with a value, when that is why the statement failed; the same on both databases.
    pub fn data_problem(&self) -> Option<&str> {
        let Self::Statement { message, code } = self else { return None };
        if let Some(problem) = message.strip_prefix(NATIVE) {
            return Some(problem);
        }
        let code = code.as_deref()?;
        if code.len() == 5 { of_postgres(code, message) } else { of_sqlite(message) }
    }
}

/// SQLSTATEs of class 22, data exceptions, and the limits of class 54.
fn of_postgres(code: &str, message: &str) -> Option<&'static str> {
    Some(match code {
        "22P02" if message.contains("path element") => OBSTACLE,
        "22023" if message.contains("path in scalar") => OBSTACLE,
        "22012" => "division by zero",
        "22003" => OUT_OF_RANGE,
        "22008" | "22015" => DATE_OUT_OF_RANGE,
        "22007" | "22P02" | "22018" => "a text is not a value of its type",
        "2201E" => "zero and negative numbers have no logarithm",
        "2201F" => "this root or power has no value",
        "22001" => "a text is too long",
        "22011" => "a length is negative",
        // One code for many things. In another language than English the general words are told.
        "22023" if message.contains("time zone") => "there is no such time zone",
        "22023" if message.contains("cast jsonb") => "a JSON document is not a value of the type",
        "22023" => "a value is not allowed here",
        "54000" if message.contains("character") => "there is no such character",
        "54000" => TOO_LARGE,
        // Only `collate` names a collation, and it is the asker who chooses it.
        "42704" if message.contains("collation") => "there is no such collation",
        "42P21" | "42P22" => "texts with two collations stand together",
        _ if code.starts_with("22") => "a value is not allowed here",
        _ => return None,
    })
}

/// What SQLite's own functions say.
fn of_sqlite(message: &str) -> Option<&'static str> {
    Some(match message {
        "integer overflow" => OUT_OF_RANGE,
        "string or blob too big" => TOO_LARGE,
        "argument of ntile must be a positive integer"
        | "second argument to nth_value must be a positive integer"
        | "argument must be a non-negative integer" => "a value is not allowed here",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_databases_words_are_not_told() {
        let problem = |message: &str, code: Option<&str>| {
            let error =
                DatabaseError::Statement { message: message.to_owned(), code: code.map(str::to_owned) };
            error.data_problem().map(str::to_owned)
        };
        for (message, code, expected) in [
            ("ERROR: division by zero", Some("22012"), Some("division by zero")),
            ("nuages: division by zero", Some("1"), Some("division by zero")),
            (
                "ERROR: invalid input syntax: \"secret\"",
                Some("22P02"),
                Some("a text is not a value of its type"),
            ),
            ("ERROR: something new: secret", Some("2200Z"), Some("a value is not allowed here")),
            ("integer overflow", Some("1"), Some("a number is out of range")),
            ("no such table: secret", Some("1"), None),
            ("ERROR: relation secret does not exist", Some("42P01"), None),
            ("connection lost", None, None),
        ] {
            assert_eq!(problem(message, code).as_deref(), expected, "{message}");
        }
    }
}
