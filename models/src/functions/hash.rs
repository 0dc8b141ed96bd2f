//! Hashes of texts, as hexadecimal digits of their UTF-8 bytes.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::{From, Join, Select, Sql, Table};

/// How PostgreSQL computes a hash.
enum Postgres {
    /// A function of a text that gives the digits.
    Digits,
    /// A function of bytes that gives bytes.
    Bytes,
    /// A SELECT: there is no function of it without an extension.
    Rounds,
}

/// FIPS 180-4 in SQL, a row for each round: a fifth of a millisecond for a short text, where `digest` of pgcrypto is not
/// there for everyone.
const SHA1_ROUNDS: &str = include_str!("sha1.sql");

fn on_postgres(how: &Postgres, name: &'static str, text: Sql) -> Result<Sql, CompileError> {
    match how {
        Postgres::Digits => Ok(Sql::call(name, vec![text])),
        Postgres::Bytes => {
            let bytes = Sql::call("convert_to", vec![text, Sql::Text("UTF8".to_owned())]);
            Ok(Sql::call("encode", vec![Sql::call(name, vec![bytes]), Sql::Text("hex".to_owned())]))
        }
        Postgres::Rounds => in_rounds(text),
    }
}

fn in_rounds(mut text: Sql) -> Result<Sql, CompileError> {
    if text.has_window() {
        // Inside of a SELECT the window would be of that SELECT's rows.
        return Err(CompileError::Unsupported {
            what: "`sha1` of a value computed over a window on PostgreSQL".to_owned(),
            remedy: "use sha256, which PostgreSQL has a function of".to_owned(),
        });
    }
    let alias = "hashed";
    let pieces = SHA1_ROUNDS.split("$text").map(str::to_owned).collect();
    let table = Table::Raw { pieces, parameters: vec![text], alias: alias.to_owned() };
    let from = vec![From { join: Join::Inner, table, on: None }];
    let columns = vec![(Sql::column(alias, "digits"), None)];
    Ok(Sql::Select(Box::new(Select { columns, from, ..Select::default() })))
}

macro_rules! hash_function {
    ($item:ident, $name:literal, $sqlite:literal, $postgres:expr, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(text)"),
            volatility: Volatility::Immutable,
            types: |operands| {
                let [_] = operands else { return Err(takes(concat!($name, "(text)"))) };
                Rule::strict(operands, vec![Some(LogicalType::Text)], LogicalType::Text)
            },
            compile: |compiler, operands, _| {
                let text = compiler.scalar(&operands[0])?;
                match compiler.dialect() {
                    Dialect::Postgres => on_postgres(&$postgres, $name, text),
                    Dialect::Sqlite => Ok(Sql::call($sqlite, vec![text])),
                }
            },
        };
    };
}

hash_function!(MD5, "md5", "nuages_md5", Postgres::Digits, "The MD5 hash of a text.");
hash_function!(SHA1, "sha1", "nuages_sha1", Postgres::Rounds, "The SHA-1 hash of a text.");
hash_function!(SHA224, "sha224", "nuages_sha224", Postgres::Bytes, "The SHA-224 hash of a text.");
hash_function!(SHA256, "sha256", "nuages_sha256", Postgres::Bytes, "The SHA-256 hash of a text.");
hash_function!(SHA384, "sha384", "nuages_sha384", Postgres::Bytes, "The SHA-384 hash of a text.");
hash_function!(SHA512, "sha512", "nuages_sha512", Postgres::Bytes, "The SHA-512 hash of a text.");
