//! Hashes of texts, as hexadecimal digits of their UTF-8 bytes.

use super::{Function, Rule, Volatility, takes};
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

/// How PostgreSQL computes a hash.
enum Postgres {
    /// A function of a text that gives the digits.
    Digits,
    /// A function of bytes that gives bytes.
    Bytes,
    /// Not without an extension.
    Nothing,
}

fn on_postgres(how: &Postgres, name: &'static str, text: Sql) -> Result<Sql, CompileError> {
    match how {
        Postgres::Digits => Ok(Sql::call(name, vec![text])),
        Postgres::Bytes => {
            let bytes = Sql::call("convert_to", vec![text, Sql::Text("UTF8".to_owned())]);
            Ok(Sql::call("encode", vec![Sql::call(name, vec![bytes]), Sql::Text("hex".to_owned())]))
        }
        Postgres::Nothing => Err(CompileError::Unsupported {
            what: format!("`{name}` on PostgreSQL"),
            remedy: "use sha256, which both databases have; SHA-1 is broken".to_owned(),
        }),
    }
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
hash_function!(SHA1, "sha1", "nuages_sha1", Postgres::Nothing, "The SHA-1 hash of a text; SQLite only.");
hash_function!(SHA224, "sha224", "nuages_sha224", Postgres::Bytes, "The SHA-224 hash of a text.");
hash_function!(SHA256, "sha256", "nuages_sha256", Postgres::Bytes, "The SHA-256 hash of a text.");
hash_function!(SHA384, "sha384", "nuages_sha384", Postgres::Bytes, "The SHA-384 hash of a text.");
hash_function!(SHA512, "sha512", "nuages_sha512", Postgres::Bytes, "The SHA-512 hash of a text.");
