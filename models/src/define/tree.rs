//! TOML text as values with the places they come from, in the order of the file.

use super::errors::{Code, Problem, Problems};
use miette::SourceSpan;
use std::collections::HashSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A part of a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Index of the file.
    pub file: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    fn new(file: usize, span: Range<usize>) -> Self {
        Self { file, start: span.start, end: span.end }
    }

    /// The span for a message.
    pub(super) fn span(self) -> SourceSpan {
        (self.start, self.end.saturating_sub(self.start)).into()
    }
}

/// Something and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// What.
    pub value: T,
    /// Where.
    pub at: Place,
}

impl<T> At<T> {
    /// Something at a place.
    pub fn new(value: T, at: Place) -> Self {
        Self { value, at }
    }
}

/// A TOML value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true`
    Boolean(bool),
    /// An integer that fits 128 bits; TOML promises 64.
    Integer(i128),
    /// A float, as written: decimals must not pass through binary floats.
    Float(String),
    /// A string.
    Text(String),
    /// A date, time or datetime, as TOML writes it.
    Moment(String),
    /// An array.
    List(Vec<At<Value>>),
    /// A table.
    Table(Table),
}

impl Value {
    /// What it is, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "a text",
            Self::Moment(_) => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A table in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Keys and values.
    pub entries: Vec<(At<String>, At<Value>)>,
}

/// Parses a file. Syntax errors are reported, and what could be read is given anyway.
pub fn parse(file: usize, text: &str, problems: &mut Problems) -> Table {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let mut lines = HashSet::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        // An error at the end of the file has an empty span there, which must stay within the text.
        let start = span.start.min(text.len());
        let end = span.end.clamp(start, text.len());
        let at = Place::new(file, start..end);
        // What follows on a line that is wrong already is rarely an error of its own.
        if lines.insert(problems.line(at)) {
            let message = format!("this is not TOML: {}", error.message());
            problems.add(
                Problem::new(Code::Syntax, at, message).help(
                    "https://toml.io describes the syntax; the other checks run when every file is TOML",
                ),
            );
        }
    }
    table(file, tree.get_ref(), problems)
}

fn table(file: usize, tree: &DeTable<'_>, problems: &mut Problems) -> Table {
    let mut entries: Vec<_> = tree
        .iter()
        .map(|(key, value)| {
            let name = At::new(key.get_ref().to_string(), Place::new(file, key.span()));
            (name, convert(file, value, problems))
        })
        .collect();
    // The parser orders by name; the order of declaration is the order of columns.
    entries.sort_by_key(|(key, _)| key.at.start);
    Table { entries }
}

fn convert(file: usize, value: &Spanned<DeValue<'_>>, problems: &mut Problems) -> At<Value> {
    let at = Place::new(file, value.span());
    let converted = match value.get_ref() {
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => {
                problems.add(
                    Problem::new(Code::BadValue, at, "the integer is too large")
                        .help("write large decimals as text"),
                );
                Value::Integer(0)
            }
        },
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Datetime(moment) => Value::Moment(moment.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| convert(file, item, problems)).collect())
        }
        DeValue::Table(entries) => Value::Table(table(file, entries, problems)),
    };
    At::new(converted, at)
}
