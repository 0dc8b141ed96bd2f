//! Case, ends of texts, regular expressions.

use super::number::WRONG_TEXT;
use super::{Failure, NativeFunction, text_argument};
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::parse_text;
use crate::value::sqlite::{SqliteValue, encode, read_uuid};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use fancy_regex::{Regex, RegexBuilder};
use icu_casemap::CaseMapper;
use rusqlite::functions::Context;
use rusqlite::types::Value;
use std::sync::LazyLock;

/// Steps after which matching gives up; patterns with backreferences can take exponential time.
const BACKTRACK_LIMIT: usize = 100_000;

pub(super) const UPPER: NativeFunction = NativeFunction {
    name: "nuages_upper",
    arity: 1,
    doc: "The text in upper case by Unicode's simple mapping, one code point for one.",
    call: |context| {
        mapped(context, str::to_ascii_uppercase, |mapper, character| mapper.simple_uppercase(character))
    },
};

pub(super) const LOWER: NativeFunction = NativeFunction {
    name: "nuages_lower",
    arity: 1,
    doc: "The text in lower case by Unicode's simple mapping, one code point for one.",
    call: |context| {
        mapped(context, str::to_ascii_lowercase, |mapper, character| mapper.simple_lowercase(character))
    },
};

fn mapped(
    context: &Context<'_>,
    map_ascii: fn(&str) -> String,
    map: fn(icu_casemap::CaseMapperBorrowed<'static>, char) -> char,
) -> Result<Value, Failure> {
    let text = text_argument(context, 0)?;
    if text.is_ascii() {
        return Ok(Value::Text(map_ascii(text)));
    }
    let mapper = CaseMapper::new();
    Ok(Value::Text(text.chars().map(|character| map(mapper, character)).collect()))
}

pub(super) const INITCAP: NativeFunction = NativeFunction {
    name: "nuages_initcap",
    arity: 1,
    doc: "The text with each word's first letter in upper case and the others in lower case.",
    call: |context| {
        let mapper = CaseMapper::new();
        let mut within = false;
        let map = |character: char| {
            let mapped =
                if within { mapper.simple_lowercase(character) } else { mapper.simple_uppercase(character) };
            within = is_of_word(character);
            mapped
        };
        Ok(Value::Text(text_argument(context, 0)?.chars().map(map).collect()))
    },
};

/// The class `alnum` of PostgreSQL's UTF-8 locales: what is alphabetic for Unicode, and decimal digits.
fn is_of_word(character: char) -> bool {
    static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{Nd}").ok());
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    let is_digit = || {
        let mut bytes = [0; 4];
        let text: &str = character.encode_utf8(&mut bytes);
        DIGIT.as_ref().is_some_and(|digit| digit.is_match(text).unwrap_or(false))
    };
    character.is_alphabetic() || character.is_numeric() && is_digit()
}

pub(super) const STARTS: NativeFunction = NativeFunction {
    name: "nuages_starts",
    arity: 2,
    doc: "Whether the first text starts with the second.",
    call: |context| truth(text_argument(context, 0)?.starts_with(text_argument(context, 1)?)),
};

pub(super) const ENDS: NativeFunction = NativeFunction {
    name: "nuages_ends",
    arity: 2,
    doc: "Whether the first text ends with the second.",
    call: |context| truth(text_argument(context, 0)?.ends_with(text_argument(context, 1)?)),
};

pub(super) const REGEXP: NativeFunction = NativeFunction {
    name: "nuages_regexp",
    arity: 2,
    doc: "Whether the regular expression, which comes first, matches somewhere in the text.",
    call: |context| {
        // Compiled once a statement: SQLite keeps it with the constant argument.
        let pattern = context.get_or_create_aux(0, |value| -> Result<Regex, Failure> {
            Ok(RegexBuilder::new(value.as_str()?).backtrack_limit(BACKTRACK_LIMIT).build()?)
        })?;
        truth(pattern.is_match(text_argument(context, 1)?)?)
    },
};

pub(super) const CAST_TEXT: NativeFunction = NativeFunction {
    name: "nuages_cast_text",
    arity: 2,
    doc: "A text as a value of the type that the second names, in the form in which columns hold it; what is none is an error.",
    call: |context| {
        let text = text_argument(context, 0)?.trim();
        let logical = match text_argument(context, 1)? {
            "boolean" => return boolean(text),
            "date" => LogicalType::Date,
            "time" => LogicalType::Time,
            "datetime" => LogicalType::DateTime,
            "uuid" => LogicalType::Uuid,
            "address" => LogicalType::IpAddress,
            "bytes" => return bytes(text),
            _ => LogicalType::Duration,
        };
        let value = parse_text(&logical, text)
            .and_then(|value| encode(&logical, SqliteEncoding::Plain, &value))
            .map_err(|_| WRONG_TEXT)?;
        Ok(match value {
            SqliteValue::Integer(value) => Value::Integer(value),
            SqliteValue::Text(text) => Value::Text(text),
            SqliteValue::Blob(bytes) => Value::Blob(bytes),
            _ => Value::Null,
        })
    },
};

/// Base64 as PostgreSQL's `decode` reads it: with its padding, and spaces wherever they are.
fn bytes(text: &str) -> Result<Value, Failure> {
    const BASE64: GeneralPurpose =
        GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
    let digits: String =
        text.chars().filter(|character| !matches!(character, ' ' | '\n' | '\r' | '\t')).collect();
    Ok(Value::Blob(BASE64.decode(digits).map_err(|_| WRONG_TEXT)?))
}

/// PostgreSQL's words for true and false: whatever begins one of them and no other.
fn boolean(text: &str) -> Result<Value, Failure> {
    let given = text.to_ascii_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| word.starts_with(&given));
    match given.as_str() {
        "" | "o" => Err(WRONG_TEXT.into()),
        "1" => truth(true),
        "0" => truth(false),
        _ if begins(&["true", "yes", "on"]) => truth(true),
        _ if begins(&["false", "no", "off"]) => truth(false),
        _ => Err(WRONG_TEXT.into()),
    }
}

pub(super) const UUID_TEXT: NativeFunction = NativeFunction {
    name: "nuages_uuid_text",
    arity: 1,
    doc: "A UUID with hyphens.",
    call: |context| {
        let bytes = read_uuid(text_argument(context, 0)?)?;
        Ok(Value::Text(uuid::Uuid::from_bytes(bytes).to_string()))
    },
};

pub(super) fn truth(value: bool) -> Result<Value, Failure> {
    Ok(Value::Integer(i64::from(value)))
}
