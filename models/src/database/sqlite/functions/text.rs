//! Case and substrings.

use super::{FunctionError, NativeFunction, Volatility, text_argument, truth};
use icu_casemap::CaseMapper;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

pub(super) static FUNCTIONS: &[NativeFunction] = &[
    NativeFunction {
        name: "nuages_upper",
        arguments: &["text"],
        doc: "The text with every character replaced by its upper case, by Unicode's simple one-to-one mapping: \
              'ß' stays, because its upper case is two characters.",
        volatility: Volatility::Immutable,
        example: "'straße'",
        body: |context| {
            mapped(context, str::to_ascii_uppercase, |character| {
                CaseMapper::new().simple_uppercase(character)
            })
        },
    },
    NativeFunction {
        name: "nuages_lower",
        arguments: &["text"],
        doc: "The text with every character replaced by its lower case, by Unicode's simple one-to-one mapping.",
        volatility: Volatility::Immutable,
        example: "'ÉCOLE'",
        body: |context| {
            mapped(context, str::to_ascii_lowercase, |character| {
                CaseMapper::new().simple_lowercase(character)
            })
        },
    },
    NativeFunction {
        name: "nuages_contains",
        arguments: &["text", "part"],
        doc: "Whether the part occurs in the text, byte by byte: case matters, as it does not for LIKE.",
        volatility: Volatility::Immutable,
        example: "'abc', 'b'",
        body: |context| compared(context, |text, part| text.contains(part)),
    },
    NativeFunction {
        name: "nuages_starts",
        arguments: &["text", "prefix"],
        doc: "Whether the text starts with the prefix, byte by byte.",
        volatility: Volatility::Immutable,
        example: "'abc', 'a'",
        body: |context| compared(context, |text, part| text.starts_with(part)),
    },
    NativeFunction {
        name: "nuages_ends",
        arguments: &["text", "suffix"],
        doc: "Whether the text ends with the suffix, byte by byte.",
        volatility: Volatility::Immutable,
        example: "'abc', 'c'",
        body: |context| compared(context, |text, part| text.ends_with(part)),
    },
];

fn mapped(
    context: &Context<'_>,
    ascii: fn(&str) -> String,
    other: fn(char) -> char,
) -> Result<Value, FunctionError> {
    let text = text_argument(context, 0)?;
    Ok(Value::Text(if text.is_ascii() { ascii(&text) } else { text.chars().map(other).collect() }))
}

fn compared(context: &Context<'_>, test: fn(&str, &str) -> bool) -> Result<Value, FunctionError> {
    // Two texts are compared where SQLite holds them.
    if let (ValueRef::Text(text), ValueRef::Text(part)) = (context.get_raw(0), context.get_raw(1))
        && let (Ok(text), Ok(part)) = (std::str::from_utf8(text), std::str::from_utf8(part))
    {
        return Ok(truth(test(text, part)));
    }
    Ok(truth(test(&text_argument(context, 0)?, &text_argument(context, 1)?)))
}
