//! The stable list of error codes, and the error of a request that is refused before it is executed.

use apollo_compiler::parser::{LineColumn, SourceMap, SourceSpan};
use std::fmt;

/// `errors[].extensions.code`: stable, so that clients can branch on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// The document, a variable or an argument is wrong; the client must change the request.
    BadInput,
    /// What the request speaks of does not exist.
    NotFound,
    /// A row has the same unique key already.
    UniqueViolation,
    /// A row refers to none that exists, or is still referred to.
    ForeignKeyViolation,
    /// A row breaks a condition of its model.
    CheckViolation,
    /// A row cannot be deleted because others refer to it.
    Protected,
    /// A value breaks a rule of its field; one error for each.
    Validation,
    /// The row is not what the request expected.
    Conflict,
    /// The request may not do this: a receiver of a signal has refused it.
    Forbidden,
    /// The request needs more than the server grants: rows, depth, fields.
    LimitExceeded,
    /// The request took too long.
    Timeout,
    /// The database of this server cannot do it.
    Unsupported,
    /// The database cannot be reached; the same request may work later.
    Unavailable,
    /// A defect of the server. The message has an id that the log has too.
    Internal,
}

impl Code {
    /// Every code with its meaning, for the documentation.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::BadInput, "The document, a variable or an argument is wrong; change the request."),
        (Self::NotFound, "What the request speaks of does not exist."),
        (Self::UniqueViolation, "There is a row with the same unique key already."),
        (Self::ForeignKeyViolation, "A row refers to a row that does not exist, or is still referred to."),
        (Self::CheckViolation, "A row breaks a condition of its model."),
        (Self::Protected, "A row cannot be deleted because others refer to it."),
        (Self::Validation, "A value breaks a rule of its field; there is one error for each."),
        (Self::Conflict, "The row is not what the request expected."),
        (Self::Forbidden, "The request may not do this."),
        (Self::LimitExceeded, "The request needs more than the server grants."),
        (Self::Timeout, "The request took too long."),
        (Self::Unsupported, "The database of this server cannot do it."),
        (Self::Unavailable, "The database cannot be reached; try again later."),
        (Self::Internal, "A defect of the server; the log has more under the id in the message."),
    ];

    /// Its text in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::NotFound => "NOT_FOUND",
            Self::UniqueViolation => "UNIQUE_VIOLATION",
            Self::ForeignKeyViolation => "FOREIGN_KEY_VIOLATION",
            Self::CheckViolation => "CHECK_VIOLATION",
            Self::Protected => "PROTECTED",
            Self::Validation => "VALIDATION",
            Self::Conflict => "CONFLICT",
            Self::Forbidden => "FORBIDDEN",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Timeout => "TIMEOUT",
            Self::Unsupported => "UNSUPPORTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a request is refused before its execution: an entry of `errors` of a response without `data`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct RequestError {
    /// The code.
    pub code: Code,
    /// For the client: what is wrong, and where.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// Where in the document.
    pub locations: Vec<LineColumn>,
}

impl RequestError {
    /// An error without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, locations: Vec::new() }
    }

    /// The client's mistake.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadInput, message)
    }

    /// A defect of the server: the cause goes to the log, its id to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let id = trace_id();
        tracing::error!(trace_id = %id, %cause, "a request failed for an internal reason");
        Self::new(Code::Internal, internal_message(&id))
    }

    /// Adds a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a place in the document, unless the error knows a nearer one already.
    #[must_use]
    pub fn located(mut self, span: Option<SourceSpan>, sources: &SourceMap) -> Self {
        if self.locations.is_empty() {
            self.locations.extend(span.and_then(|span| span.line_column(sources)));
        }
        self
    }
}

/// What a client reads of an internal error.
fn internal_message(trace_id: &str) -> String {
    format!("an internal error occurred; the server's log has it under {trace_id}")
}

/// A random id that ties a response to a line of the log.
pub(crate) fn trace_id() -> String {
    let (high, low) = random_words();
    format!("{:016x}", high ^ low.rotate_left(32))
}

/// 128 random bits from the standard library's hash keys, which the operating system seeds once a thread and which
/// differ for every call.
pub(crate) fn random_words() -> (u64, u64) {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let word = || RandomState::new().build_hasher().finish();
    (word(), word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ() {
        assert_ne!(trace_id(), trace_id());
        assert_eq!(trace_id().len(), 16);
    }

    #[test]
    fn codes_are_unique() {
        let mut texts: Vec<_> = Code::ALL.iter().map(|(code, _)| code.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), Code::ALL.len());
    }
}
