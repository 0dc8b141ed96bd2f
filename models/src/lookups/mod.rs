//! Lookups: the open set of tests of a value. Each item says its operands, the types it accepts, and its SQL for
//! each dialect; [`LOOKUPS`] names them all.

mod comparison;
mod json;
mod list;
mod pattern;
mod search;
mod text;

use crate::bind::Typed;
use crate::compile::Compiler;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use std::fmt;

/// A test of a value.
pub struct Lookup {
    /// Its name, Django's where Django has it.
    pub name: &'static str,
    /// What it tests, one sentence.
    pub doc: &'static str,
    /// What it is given.
    pub operands: Operands,
    /// Whether it applies to values of a type.
    pub accepts: fn(&LogicalType) -> bool,
    /// Whether its SQL is NULL when an operand is (it is two-valued otherwise).
    pub strict: bool,
    /// Its SQL.
    pub compile: fn(&mut Compiler<'_>, &Typed, &[Typed]) -> Result<Sql, CompileError>,
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Lookup {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The operands of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operands {
    /// None.
    None,
    /// One, of the tested value's type.
    Same,
    /// Two of the tested value's type.
    SamePair,
    /// A list of the tested value's type.
    SameList,
    /// A text.
    Text,
    /// A list of texts.
    TextList,
    /// A value of the type of the tested range's bounds.
    Bound,
    /// A range of values of the tested value's type.
    Range,
}

impl Operands {
    /// How many slots they are.
    pub fn count(self) -> usize {
        match self {
            Self::None => 0,
            Self::Same | Self::SameList | Self::Text | Self::TextList | Self::Bound | Self::Range => 1,
            Self::SamePair => 2,
        }
    }
}

/// All lookups.
pub static LOOKUPS: &[&Lookup] = &[
    &comparison::EXACT,
    &comparison::GT,
    &comparison::GTE,
    &comparison::LT,
    &comparison::LTE,
    &comparison::IN,
    &comparison::RANGE,
    &comparison::IS_NULL,
    &comparison::IS_TRUE,
    &text::IEXACT,
    &text::CONTAINS,
    &text::ICONTAINS,
    &text::STARTSWITH,
    &text::ISTARTSWITH,
    &text::ENDSWITH,
    &text::IENDSWITH,
    &pattern::REGEX,
    &pattern::IREGEX,
    &json::JSON_EXACT,
    &json::JSON_CONTAINS,
    &json::HAS_KEY,
    &json::HAS_KEYS,
    &json::HAS_ANY_KEYS,
    &list::CONTAINS,
    &list::CONTAINED_BY,
    &list::OVERLAP,
    &list::RANGE_CONTAINS,
    &list::RANGE_HAS,
    &list::RANGE_CONTAINED_BY,
    &list::IN_RANGE,
    &list::RANGE_OVERLAP,
    &list::FULLY_LT,
    &list::FULLY_GT,
    &list::NOT_LT,
    &list::NOT_GT,
    &list::ADJACENT_TO,
    &search::SEARCH,
    &search::SIMILAR,
    &search::WORD_SIMILAR,
    &search::STRICT_WORD_SIMILAR,
];

/// The lookup with this name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<&'static Lookup, CompileError> {
    LOOKUPS
        .iter()
        .find(|lookup| lookup.name == name)
        .copied()
        .ok_or_else(|| CompileError::Invalid(format!("there is no lookup `{name}`")))
}

/// What values of a type make of a lookup whose name several types share: `contains` is one thing of a text, another of a
/// list, a range or a document. `of_range` says that the operand is a range.
pub(crate) fn of_type(lookup: &'static Lookup, logical: &LogicalType, of_range: bool) -> &'static Lookup {
    match (lookup.name, logical) {
        ("contains", LogicalType::Json) => &json::JSON_CONTAINS,
        ("contains", LogicalType::Array(_)) => &list::CONTAINS,
        ("contains", LogicalType::Range(_)) if of_range => &list::RANGE_CONTAINS,
        ("contains", LogicalType::Range(_)) => &list::RANGE_HAS,
        ("contained_by", LogicalType::Range(_)) => &list::RANGE_CONTAINED_BY,
        ("contained_by", logical) if crate::value::range_of(logical).is_some() => &list::IN_RANGE,
        ("overlap", LogicalType::Range(_)) => &list::RANGE_OVERLAP,
        _ => lookup,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (index, lookup) in LOOKUPS.iter().enumerate() {
            assert!(LOOKUPS[..index].iter().all(|other| other.name != lookup.name), "{}", lookup.name);
            assert!(lookup.doc.ends_with('.'), "{}", lookup.name);
        }
    }
}
