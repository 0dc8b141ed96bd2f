//! Regular expressions: one grammar for all databases, and patterns of LIKE.
//!
//! The grammar is the part that PostgreSQL's advanced regular expressions and the `fancy-regex` crate share. A
//! pattern is parsed and bounded here and then written anew in the dialect of the database, so that neither engine
//! meets anything that it would read differently:
//!
//! - literals, `.` (any character but a line feed), alternation, capturing `(…)` and non-capturing `(?:…)` groups;
//! - `^`, `$`, `\A`, `\z` and `\Z` match at the ends of the text only, never at lines;
//! - quantifiers `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}` up to 255, and their lazy forms. A filter only asks whether
//!   there is a match, so laziness is read and dropped;
//! - `\d`, `\w`, `\s`, their complements, and the classes `[[:alpha:]]` are ASCII on every database and under every
//!   collation; complements (and `[^x]`) match a line feed;
//! - `\b` and `\B` (also PostgreSQL's `\y`, `\Y`, `\m`, `\M`) go by the same ASCII words;
//! - escapes `\t \n \r \f \v \e \a`, `\xHH`, `\uHHHH`, `\u{H…}`, and `\` before punctuation;
//! - back-references `\1` to `\9` to a group that is closed and not repeated.
//!
//! Look-around, inline flags, named groups, and possessive quantifiers are refused. Case-insensitive patterns are
//! written with explicit classes of Unicode's simple case folding, so they do not depend on a collation.

mod parse;
mod render;
mod syntax;

use crate::database::Dialect;

/// Longest pattern, in characters.
pub const MAX_LENGTH: usize = 1000;
/// Deepest nesting of groups.
pub const MAX_DEPTH: usize = 50;
/// Largest count of a quantifier (PostgreSQL's bound).
pub const MAX_REPETITION: u32 = 255;
/// Most characters and classes after all counted repetitions are written out: `(a{100}){100}` has 10,000.
/// Repetitions of what may be empty weigh sixteen times as much.
pub const MAX_SIZE: u64 = 5_000;

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is longer than [`MAX_LENGTH`].
    #[error("the regular expression has more than {MAX_LENGTH} characters")]
    TooLong,
    /// Its groups are nested deeper than [`MAX_DEPTH`].
    #[error("the regular expression nests more than {MAX_DEPTH} groups")]
    TooDeep,
    /// Its repetitions multiply to more than [`MAX_SIZE`].
    #[error("the repetitions of the regular expression multiply to more than {MAX_SIZE} characters")]
    TooLarge,
    /// Something is malformed or outside of the grammar.
    #[error("the regular expression is wrong at character {position}: {problem}")]
    Syntax {
        /// Where, in characters from 1.
        position: usize,
        /// What is wrong and what to write instead.
        problem: &'static str,
    },
}

/// A pattern in the dialect of a database: for PostgreSQL's `~`, or for `nuages_regexp` on SQLite. Case matters.
///
/// # Errors
/// When the pattern is malformed, outside of the grammar, or too large.
pub fn translate(pattern: &str, dialect: Dialect) -> Result<String, PatternError> {
    Ok(render::render(&parse::parse(pattern, Case::Sensitive)?, dialect, Case::Sensitive))
}

/// As [`translate`], but letters match both of their cases. It is used with the same operator as [`translate`].
///
/// # Errors
/// As [`translate`].
pub fn translate_ignoring_case(pattern: &str, dialect: Dialect) -> Result<String, PatternError> {
    Ok(render::render(&parse::parse(pattern, Case::Ignored)?, dialect, Case::Ignored))
}

/// Text as a part of a LIKE pattern that matches just it: `\` before `\`, `%` and `_`. The statement must say
/// `ESCAPE '\'` on SQLite; on PostgreSQL that is the default.
pub fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '%' | '_') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Whether the case of letters matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Sensitive,
    Ignored,
}

#[cfg(test)]
mod tests;
