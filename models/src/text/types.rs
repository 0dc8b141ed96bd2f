//! The types that a value may be converted to, in the words of SQL and of model files.

use super::error::{Source, TextError};
use crate::registry::{LogicalType, RangeBound};
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

/// The words of each type that takes no digits; the first of a type is the one that is printed.
const WORDS: [(&str, LogicalType); 41] = [
    ("text", LogicalType::Text),
    ("char", LogicalType::Text),
    ("varchar", LogicalType::Text),
    ("smallint", LogicalType::Int16),
    ("small_integer", LogicalType::Int16),
    ("int2", LogicalType::Int16),
    ("integer", LogicalType::Int32),
    ("int", LogicalType::Int32),
    ("int4", LogicalType::Int32),
    ("bigint", LogicalType::Int64),
    ("big_integer", LogicalType::Int64),
    ("int8", LogicalType::Int64),
    ("float", LogicalType::Float),
    ("double", LogicalType::Float),
    ("real", LogicalType::Float),
    ("float8", LogicalType::Float),
    ("boolean", LogicalType::Boolean),
    ("bool", LogicalType::Boolean),
    ("date", LogicalType::Date),
    ("time", LogicalType::Time),
    ("timestamptz", LogicalType::DateTime),
    ("datetime", LogicalType::DateTime),
    ("timestamp", LogicalType::DateTime),
    ("interval", LogicalType::Duration),
    ("duration", LogicalType::Duration),
    ("uuid", LogicalType::Uuid),
    ("json", LogicalType::Json),
    ("jsonb", LogicalType::Json),
    ("binary", LogicalType::Binary),
    ("bytea", LogicalType::Binary),
    ("ip_address", LogicalType::IpAddress),
    ("inet", LogicalType::IpAddress),
    ("integer_range", LogicalType::Range(RangeBound::Int32)),
    ("int4range", LogicalType::Range(RangeBound::Int32)),
    ("big_integer_range", LogicalType::Range(RangeBound::Int64)),
    ("int8range", LogicalType::Range(RangeBound::Int64)),
    ("decimal_range", LogicalType::Range(RangeBound::Decimal)),
    ("date_range", LogicalType::Range(RangeBound::Date)),
    ("datetime_range", LogicalType::Range(RangeBound::DateTime)),
    ("search_vector", LogicalType::SearchVector),
    ("tsvector", LogicalType::SearchVector),
];

/// The type of a word that takes no digits.
pub(super) fn of_word(word: &str) -> Option<LogicalType> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, logical)| logical.clone())
}

/// Reads a type; gives it and how many tokens it takes.
pub(super) fn read(
    source: Source<'_>,
    tokens: &[TokenWithSpan],
    before: Span,
) -> Result<(LogicalType, usize), TextError> {
    let Some(TokenWithSpan { token: Token::Word(word), span }) = tokens.first() else {
        let span = tokens.first().map_or(before, |token| token.span);
        return Err(source
            .error(span, "a type is missing here")
            .hint("text, integer, decimal(12, 2), date, timestamptz, …"));
    };
    let span = *span;
    let lower = word.value.to_ascii_lowercase();
    let is = |at: usize, wanted: &str| {
        matches!(tokens.get(at), Some(TokenWithSpan { token: Token::Word(word), .. })
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
    };
    let mut taken = 1;
    let mut logical = if matches!(lower.as_str(), "decimal" | "numeric") {
        let (digits, scale) = digits(source, tokens, span)?;
        taken = 6;
        LogicalType::Decimal { digits, scale }
    } else {
        let Some(logical) = of_word(&lower) else {
            let words = WORDS.iter().map(|(word, _)| *word).chain(["decimal"]);
            let near = crate::define::nearest(&lower, words);
            return Err(source
                .error(span, format!("there is no type `{}`", word.value))
                .hint(near.map_or_else(
                    || "the types are text, integer, bigint, float, decimal(12, 2), boolean, date, time, timestamptz, interval, uuid, json".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                )));
        };
        logical
    };
    match lower.as_str() {
        "double" if is(1, "precision") => taken = 2,
        "timestamp" | "time" if (is(1, "with") || is(1, "without")) && is(2, "time") && is(3, "zone") => {
            taken = 4
        }
        "char" | "varchar" if tokens.get(1).is_some_and(|token| token.token == Token::LParen) => {
            return Err(source
                .error(span, "a text has no length here")
                .hint("write text, and left(value, length) to cut it"));
        }
        _ => {}
    }
    while let [
        TokenWithSpan { token: Token::LBracket, .. },
        TokenWithSpan { token: Token::RBracket, .. },
        ..,
    ] = &tokens[taken..]
    {
        logical = LogicalType::Array(Box::new(logical));
        taken += 2;
    }
    Ok((logical, taken))
}

/// `(12, 2)` after `decimal`.
fn digits(source: Source<'_>, tokens: &[TokenWithSpan], span: Span) -> Result<(u16, u16), TextError> {
    let usage = "write decimal(12, 2): twelve digits, two of them after the point";
    let number = |at: usize| match tokens.get(at).map(|token| &token.token) {
        Some(Token::Number(digits, false)) => digits.parse::<u16>().ok(),
        _ => None,
    };
    let is = |at: usize, wanted: Token| tokens.get(at).is_some_and(|token| token.token == wanted);
    match (number(2), number(4)) {
        (Some(digits), Some(scale))
            if is(1, Token::LParen) && is(3, Token::Comma) && is(5, Token::RParen) =>
        {
            if digits == 0 || digits > 1000 || scale > digits {
                return Err(source
                    .error(span, "a decimal has 1 to 1000 digits, and no more than those after the point")
                    .hint(usage));
            }
            Ok((digits, scale))
        }
        _ => Err(source.error(span, "a decimal needs its digits").hint(usage)),
    }
}

/// A type in words that [`read`] understands.
pub(super) fn print(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Decimal { digits, scale } => format!("decimal({digits}, {scale})"),
        LogicalType::Array(element) => format!("{}[]", print(element)),
        _ => WORDS.iter().find(|(_, known)| known == logical).map_or("text", |(word, _)| word).to_owned(),
    }
}
