//! What is wrong in a text and where.

use crate::prepare::CompileError;
use sqlparser::tokenizer::{Location, Span};
use std::fmt;
use std::ops::Range;

/// A text that is no expression, with the place of what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    /// What is wrong, in one sentence without its place.
    pub message: String,
    /// The wrong part, in bytes of the text; empty at the end of the text when something is missing there.
    pub span: Range<usize>,
    /// The line of the part, from 1.
    pub line: u32,
    /// The column of the part in characters, from 1.
    pub column: u32,
    /// What to write instead.
    pub hint: Option<String>,
}

impl TextError {
    /// Something wrong about a part of a text.
    pub fn new(text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Self {
            message: message.into(),
            line: number(before.matches('\n').count()),
            column: number(before.get(line_start..).unwrap_or_default().chars().count()),
            span,
            hint: None,
        }
    }

    /// What the bind stage says about an expression, at the place of the name that it speaks of. The whole text is the
    /// place where it speaks of none.
    pub fn from_bind(text: &str, error: &CompileError) -> Self {
        let whole = 0..text.len();
        match error {
            CompileError::UnknownName { model, name, hint } => {
                let span = super::locate(text, name).unwrap_or(whole);
                let message = format!("{model} has no field or relation `{name}`");
                Self::new(text, span, message)
                    .maybe_hint(hint.as_ref().map(|near| format!("did you mean `{near}`?")))
            }
            CompileError::Unsupported { what, remedy } => {
                Self::new(text, whole, format!("{what} is not supported")).hint(remedy.clone())
            }
            CompileError::Invalid(problem) => {
                // The first quoted name is what the sentence is about.
                let named = problem.split('`').nth(1).and_then(|name| super::locate(text, name));
                Self::new(text, named.unwrap_or(whole), problem.clone())
            }
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What to write instead, where there is something to say.
    #[must_use]
    pub(super) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TextError {}

/// A text with the places of its tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
}

impl<'t> Source<'t> {
    /// Something wrong about a part of the text; an empty span is the whole text.
    pub(super) fn error(&self, span: Span, message: impl Into<String>) -> TextError {
        TextError::new(self.text, self.range(span), message)
    }

    /// Something that is missing at the end.
    pub(super) fn at_end(&self, message: impl Into<String>) -> TextError {
        let end = self.text.trim_end().len();
        TextError::new(self.text, end..end, message)
    }

    /// The bytes of a span.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        if span.start.line == 0 {
            return 0..self.text.len();
        }
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(self.range(span)).unwrap_or_default()
    }

    /// The byte of a line and a column, which counts characters.
    fn offset(&self, at: Location) -> usize {
        let count = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut rest = self.text;
        for _ in 0..count(at.line) {
            match rest.find('\n') {
                Some(end) => rest = &rest[end + 1..],
                None => return self.text.len(),
            }
        }
        let start = self.text.len() - rest.len();
        rest.char_indices().nth(count(at.column)).map_or(self.text.len(), |(at, _)| start + at)
    }
}
