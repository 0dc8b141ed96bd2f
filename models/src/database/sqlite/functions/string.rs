//! Parts, repetitions and characters of texts, with PostgreSQL's treatment of positions outside of the text.

use super::number::OUT_OF_RANGE;
use super::{Failure, NativeFunction, integer_argument, text_argument};
use rusqlite::functions::Context;
use rusqlite::types::Value;

/// Longest text that is made here, in bytes: about what SQLite itself allows a value.
const LONGEST: usize = 500_000_000;
const TOO_LARGE: &str = "nuages: a value is too large";

/// A position, a length or a count: of 32 bits, as for PostgreSQL.
fn small_argument(context: &Context<'_>, index: usize) -> Result<i64, Failure> {
    let value = integer_argument(context, index)?;
    i32::try_from(value).map(i64::from).map_err(|_| OUT_OF_RANGE.into())
}

/// So many characters; none when the number is negative.
fn first(text: &str, count: i64) -> &str {
    let count = usize::try_from(count).unwrap_or(0);
    text.char_indices().nth(count).map_or(text, |(at, _)| &text[..at])
}

/// What follows so many characters.
fn after(text: &str, count: i64) -> &str {
    &text[first(text, count).len()..]
}

fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn owned(text: &str) -> Result<Value, Failure> {
    Ok(Value::Text(text.to_owned()))
}

fn part(context: &Context<'_>) -> Result<Value, Failure> {
    let (text, start) = (text_argument(context, 0)?, small_argument(context, 1)?);
    let begin = start.max(1) - 1;
    if context.len() == 2 {
        return owned(after(text, begin));
    }
    let wanted = small_argument(context, 2)?;
    if wanted < 0 {
        return Err("nuages: a length is negative".into());
    }
    owned(first(after(text, begin), start - 1 + wanted - begin))
}

const SUBSTR_DOC: &str =
    "The part of a text from a position, of so many characters or to the end; a negative length is an error.";

pub(super) const SUBSTR: NativeFunction =
    NativeFunction { name: "nuages_substr", arity: 3, doc: SUBSTR_DOC, call: part };

pub(super) const SUBSTR_TO_END: NativeFunction =
    NativeFunction { name: "nuages_substr", arity: 2, doc: SUBSTR_DOC, call: part };

pub(super) const LEFT: NativeFunction = NativeFunction {
    name: "nuages_left",
    arity: 2,
    doc: "The first characters of a text, or all but the last when the number is negative.",
    call: |context| {
        let (text, count) = (text_argument(context, 0)?, small_argument(context, 1)?);
        owned(first(text, if count < 0 { length(text) + count } else { count }))
    },
};

pub(super) const RIGHT: NativeFunction = NativeFunction {
    name: "nuages_right",
    arity: 2,
    doc: "The last characters of a text, or all but the first when the number is negative.",
    call: |context| {
        let (text, count) = (text_argument(context, 0)?, small_argument(context, 1)?);
        owned(after(text, if count < 0 { -count } else { length(text) - count }))
    },
};

pub(super) const REPEAT: NativeFunction = NativeFunction {
    name: "nuages_repeat",
    arity: 2,
    doc: "The text so many times.",
    call: |context| {
        let text = text_argument(context, 0)?;
        let times = usize::try_from(small_argument(context, 1)?).unwrap_or(0);
        if text.len().saturating_mul(times) > LONGEST {
            return Err(TOO_LARGE.into());
        }
        Ok(Value::Text(text.repeat(times)))
    },
};

pub(super) const REVERSE: NativeFunction = NativeFunction {
    name: "nuages_reverse",
    arity: 1,
    doc: "The code points of a text in the opposite order.",
    call: |context| Ok(Value::Text(text_argument(context, 0)?.chars().rev().collect())),
};

/// The text or its beginning, and what fills it up to the length.
fn padded<'c>(context: &'c Context<'_>) -> Result<(&'c str, String), Failure> {
    let (text, wanted) = (text_argument(context, 0)?, small_argument(context, 1)?);
    let fill = text_argument(context, 2)?;
    let missing = usize::try_from(wanted - length(text)).unwrap_or(0);
    if missing == 0 || fill.is_empty() {
        return Ok((first(text, wanted), String::new()));
    }
    // A character has at most four bytes.
    if missing.saturating_mul(4) > LONGEST {
        return Err(TOO_LARGE.into());
    }
    Ok((text, fill.chars().cycle().take(missing).collect()))
}

pub(super) const LPAD: NativeFunction = NativeFunction {
    name: "nuages_lpad",
    arity: 3,
    doc: "The text made so long by another before it.",
    call: |context| padded(context).map(|(text, fill)| Value::Text(fill + text)),
};

pub(super) const RPAD: NativeFunction = NativeFunction {
    name: "nuages_rpad",
    arity: 3,
    doc: "The text made so long by another after it.",
    call: |context| padded(context).map(|(text, fill)| Value::Text(format!("{text}{fill}"))),
};

pub(super) const CHR: NativeFunction = NativeFunction {
    name: "nuages_chr",
    arity: 1,
    doc: "The character of a code point; an error when there is none.",
    call: |context| {
        let number = u32::try_from(integer_argument(context, 0)?).ok().filter(|number| *number > 0);
        let character = number.and_then(char::from_u32).ok_or("nuages: there is no such character")?;
        Ok(Value::Text(character.to_string()))
    },
};

pub(super) const ORD: NativeFunction = NativeFunction {
    name: "nuages_ord",
    arity: 1,
    doc: "The code point of the first character of a text; 0 for the empty text.",
    call: |context| {
        let first = text_argument(context, 0)?.chars().next();
        Ok(Value::Integer(first.map_or(0, |character| i64::from(u32::from(character)))))
    },
};
