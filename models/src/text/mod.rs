//! The text spelling of expressions: SQL's expression grammar over paths instead of columns.
//!
//! | what | text |
//! |---|---|
//! | values | `12`, `1.50` (a decimal), `1e3` (a float), `'text'`, `true`, `null`, `date '2024-01-31'`, `interval '7 days'`, `array['a', 'b']` |
//! | names | `title`, `author.name`, `"order"`; of the query around a sub-query: `outer.id`, `outer.outer.id` |
//! | slots | `:length` (an argument), `@user_id` (a variable of the session), `now()` |
//! | operators | `+ - * / % ^`, `\|\|`, `= <> < <= > >=`, `is null`, `between`, `in`, `like`, `~`, `and`, `or`, `not`, `->`, `->>`, `@>` |
//! | tests | `contains(title, 'x')`, `istartswith(author.name, 'a')`: every lookup by its name |
//! | related rows | `some(posts, views > 10)`, `every(…)`, `none(…)`, `one(category, name = 'x')` |
//! | aggregates | `count(posts)`, `sum(posts.views) filter (where posts.published)`, `first(comments.text order by comments.id)` |
//! | windows | `rank() over (partition by author order by views desc)` |
//! | sub-queries | `(select max(views) from Post where author = outer.id)`, `exists(select 1 from …)`, `id in (select …)` |
//! | computed fields | `title_preview(length => 20)` |
//!
//! `sqlparser` reads the grammar in its PostgreSQL dialect, but not the text as it stands: its tokens are rewritten first
//! (the `rewrite` module), so that names are names whatever words they are, slots and literals are opaque values, and what has no
//! meaning here never reaches the parser. [`print()`] is the way back.

mod calls;
mod error;
mod like;
mod literals;
mod print;
mod print_parts;
mod query;
mod read;
mod rewrite;
#[cfg(test)]
mod tests;
mod types;
mod words;

pub use error::TextError;
pub use print::{print, print_order};

use crate::expr::Expr;
use crate::query::OrderBy;
use crate::registry::Registry;
use error::Source;
use read::Reader;
use rewrite::{Goal, Rewriter};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};
use std::ops::Range;

/// Longest text, in bytes.
pub const MAX_LENGTH: usize = 16_384;
/// Most words, numbers and signs of a text.
pub const MAX_TOKENS: usize = 2_000;
/// Deepest nesting of parentheses, cases and signs.
pub const MAX_NESTING: usize = 64;
/// Deepest nesting of the expression that a text gives.
pub const MAX_DEPTH: usize = 64;

/// Reads an expression. Names are not looked up: that is the bind stage's matter. Names of models, functions and computed
/// fields with arguments are.
///
/// # Errors
/// When the text is no expression, with the place of what is wrong in it.
pub fn parse(text: &str, registry: &Registry) -> Result<Expr, TextError> {
    let source = Source { text };
    let rewritten = Rewriter::new(source, Goal::Expression)?.run()?;
    let mut parser = parser(rewritten.tokens);
    let parsed = parser.parse_expr().map_err(|error| explained(source, &error))?;
    ended(source, &mut parser)?;
    Reader::new(registry, source, rewritten.entries).expression(&parsed)
}

/// Reads the keys of an ordering: `views desc nulls last, author.name`.
///
/// # Errors
/// As [`parse`].
pub fn parse_order(text: &str, registry: &Registry) -> Result<Vec<OrderBy>, TextError> {
    let source = Source { text };
    let rewritten = Rewriter::new(source, Goal::Ordering)?.run()?;
    let mut parser = parser(rewritten.tokens);
    let parsed = parser
        .parse_comma_separated(Parser::parse_order_by_expr)
        .map_err(|error| explained(source, &error))?;
    ended(source, &mut parser)?;
    Reader::new(registry, source, rewritten.entries).ordering(&parsed)
}

/// Where a name first stands in a text; `author.name` is found as a whole, `:length` and `@user_id` with their signs.
pub fn locate(text: &str, name: &str) -> Option<Range<usize>> {
    let source = Source { text };
    let mut words = Vec::new();
    for token in Tokenizer::new(&DIALECT, text).tokenize_with_location().ok()? {
        let word = match token.token {
            Token::Word(word) => word.value,
            Token::Period | Token::Whitespace(_) => continue,
            Token::Colon => ":".to_owned(),
            Token::AtSign => "@".to_owned(),
            _ => String::new(),
        };
        words.push((word, source.range(token.span)));
    }
    let (sign, rest) = name.split_at(name.len() - name.trim_start_matches([':', '@']).len());
    let names: Vec<&str> = (!sign.is_empty()).then_some(sign).into_iter().chain(rest.split('.')).collect();
    let is_here = |window: &&[(String, Range<usize>)]| {
        window.iter().map(|(word, _)| word.as_str()).eq(names.iter().copied())
    };
    let found = words.windows(names.len()).find(is_here)?;
    Some(found.first()?.1.start..found.last()?.1.end)
}

pub(super) const DIALECT: PostgreSqlDialect = PostgreSqlDialect {};

fn parser(tokens: Vec<sqlparser::tokenizer::TokenWithSpan>) -> Parser<'static> {
    // Every level of parentheses takes a few of the parser's, one for each precedence between.
    Parser::new(&DIALECT).with_recursion_limit(MAX_NESTING * 16).with_tokens_with_locations(tokens)
}

fn ended(source: Source<'_>, parser: &mut Parser<'_>) -> Result<(), TextError> {
    let rest = parser.next_token();
    match rest.token {
        Token::EOF => Ok(()),
        _ => Err(source.error(rest.span, format!("`{}` is not expected here", source.slice(rest.span)))),
    }
}

/// What the parser says. Little is left for it to find, because the tokens were checked.
fn explained(source: Source<'_>, error: &ParserError) -> TextError {
    let said = match error {
        ParserError::TokenizerError(said) | ParserError::ParserError(said) => said.as_str(),
        ParserError::RecursionLimitExceeded => {
            return TextError::new(source.text, 0..source.text.len(), "the expression is nested too deeply")
                .hint(format!("at most {MAX_NESTING} levels are read"));
        }
    };
    let (message, place) = said.rsplit_once(" at Line: ").unwrap_or((said, ""));
    let mut numbers = place.split(", Column: ").map(|number| number.trim().parse::<u64>().ok());
    let span = match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(line), Some(column)) => {
            let at = sqlparser::tokenizer::Location { line, column };
            sqlparser::tokenizer::Span { start: at, end: at }
        }
        _ => sqlparser::tokenizer::Span::empty(),
    };
    let message = message.strip_prefix("Expected: ").map_or_else(
        || format!("this cannot be read: {message}"),
        |expected| {
            // `Expected: an expression, found: )` quotes rewritten tokens; only what is missing is of interest.
            let wanted = expected.split(", found").next().unwrap_or(expected);
            format!("{} is missing here", wanted.to_lowercase())
        },
    );
    source.error(span, message)
}
