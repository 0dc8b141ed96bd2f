//! Hashes of texts, as hexadecimal digits.

use super::{Failure, NativeFunction, text_argument};
use md5::Md5;
use rusqlite::functions::Context;
use rusqlite::types::Value;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use std::fmt::Write;

fn digits<D: Digest>(context: &Context<'_>) -> Result<Value, Failure> {
    let mut text = String::new();
    for byte in D::digest(text_argument(context, 0)?.as_bytes()) {
        write!(text, "{byte:02x}")?;
    }
    Ok(Value::Text(text))
}

macro_rules! hash_function {
    ($item:ident, $name:literal, $digest:ty, $doc:literal) => {
        pub(super) const $item: NativeFunction =
            NativeFunction { name: $name, arity: 1, doc: $doc, call: digits::<$digest> };
    };
}

hash_function!(MD5, "nuages_md5", Md5, "The MD5 hash of a text.");
hash_function!(SHA1, "nuages_sha1", Sha1, "The SHA-1 hash of a text.");
hash_function!(SHA224, "nuages_sha224", Sha224, "The SHA-224 hash of a text.");
hash_function!(SHA256, "nuages_sha256", Sha256, "The SHA-256 hash of a text.");
hash_function!(SHA384, "nuages_sha384", Sha384, "The SHA-384 hash of a text.");
hash_function!(SHA512, "nuages_sha512", Sha512, "The SHA-512 hash of a text.");
