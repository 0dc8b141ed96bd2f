//! Regular expressions.

use super::{FunctionError, NativeFunction, Volatility, text_argument, truth};
use fancy_regex::{Regex, RegexBuilder};
use rusqlite::functions::Context;
use rusqlite::types::Value;
use std::sync::Arc;

/// Most steps of one match with back-references or word boundaries; other patterns take linear time.
const BACKTRACK_LIMIT: usize = 100_000;
/// Largest compiled pattern, in bytes.
const SIZE_LIMIT: usize = 10 << 20;

pub(super) static FUNCTIONS: &[NativeFunction] = &[NativeFunction {
    name: "nuages_regexp",
    arguments: &["pattern", "text"],
    doc: "Whether the pattern, a translation of `nuages_models::pattern`, matches somewhere in the text. A pattern \
          that is the same for all rows is compiled once a statement.",
    volatility: Volatility::Immutable,
    example: "'^a+$', 'aaa'",
    body: matches,
}];

fn matches(context: &Context<'_>) -> Result<Value, FunctionError> {
    let regex = match context.get_aux::<Regex>(0)? {
        Some(regex) => regex,
        None => {
            let pattern = text_argument(context, 0)?;
            let regex = RegexBuilder::new(&pattern)
                .backtrack_limit(BACKTRACK_LIMIT)
                .delegate_size_limit(SIZE_LIMIT)
                .build()
                .map_err(|error| FunctionError::Pattern(Box::new(error)))?;
            // SQLite may drop what it is given at once, so the value in hand is used.
            let regex: Arc<Regex> = context.set_aux(0, regex)?;
            regex
        }
    };
    let text = text_argument(context, 1)?;
    regex.is_match(text.as_ref()).map(truth).map_err(|error| FunctionError::Pattern(Box::new(error)))
}
