//! What is wrong with a value, in words that its writer can act on.

/// Longest excerpt of a refused value in a message, in characters.
const EXCERPT: usize = 60;

/// Why a value cannot be read, stored or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// The text or JSON is not of the type.
    #[error("{found} is not {expected}: write it like {example}")]
    Malformed {
        /// The type with its article: `a date`.
        expected: &'static str,
        /// A value that would do.
        example: &'static str,
        /// What was given, shortened.
        found: String,
    },
    /// The value is of the type but outside its bounds.
    #[error("{found} is out of range: {expected}")]
    OutOfRange {
        /// The bounds.
        expected: &'static str,
        /// What was given, shortened.
        found: String,
    },
    /// A decimal that its column cannot hold exactly.
    #[error("{found} has too many digits: at most {digits} in all and {scale} after the point")]
    DecimalDigits {
        /// All digits.
        digits: u16,
        /// Digits after the point.
        scale: u16,
        /// What was given, shortened.
        found: String,
    },
    /// PostgreSQL's text cannot hold U+0000, so no text can.
    #[error("text may not contain U+0000: remove the character")]
    NullCharacter,
    /// An encrypted value cannot be read or written.
    #[error(transparent)]
    Keys(#[from] crate::registry::KeyringError),
    /// A field type of an embedder's own refuses the value.
    #[error("{message}")]
    Refused {
        /// Why, in the type's words.
        message: String,
    },
    /// NaN or an infinity.
    #[error("NaN and infinity are not values: give a finite number")]
    NotFinite,
    /// The text is not JSON, or JSON that `jsonb` cannot hold.
    #[error("this is not JSON that can be stored, at byte {offset}: {problem}")]
    Json {
        /// Byte offset in the text.
        offset: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// JSON whose arrays and objects are nested too deeply.
    #[error("the JSON is nested more than {limit} levels deep")]
    JsonDepth {
        /// The bound.
        limit: usize,
    },
    /// The database holds something that its column should not.
    #[error("the database holds {found} where {expected} should be")]
    Corrupt {
        /// The type with its article.
        expected: &'static str,
        /// What is there, shortened.
        found: String,
    },
    /// Values of the type are maintained by the database and cannot be given or shown.
    #[error("values of the type {type_name} cannot be given or shown")]
    Unsupported {
        /// The type.
        type_name: &'static str,
    },
}

impl ValueError {
    pub(crate) fn malformed(expected: &'static str, example: &'static str, found: &str) -> Self {
        Self::Malformed { expected, example, found: excerpt(found) }
    }

    pub(crate) fn out_of_range(expected: &'static str, found: &str) -> Self {
        Self::OutOfRange { expected, found: excerpt(found) }
    }

    pub(crate) fn corrupt(expected: &'static str, found: &str) -> Self {
        Self::Corrupt { expected, found: excerpt(found) }
    }

    /// The error of a database value that does not have the length or structure of its binary format.
    pub(crate) fn corrupt_binary(expected: &'static str, bytes: &[u8]) -> Self {
        Self::Corrupt { expected, found: format!("{} bytes of another form", bytes.len()) }
    }
}

/// The text quoted, without its end when it is long.
fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(EXCERPT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}
