//! The tree of a pattern.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Matches the empty text.
    Empty,
    Literal(char),
    Class(Class),
    Boundary(Boundary),
    Capture(Box<Node>),
    Group(Box<Node>),
    Concatenation(Vec<Node>),
    Alternation(Vec<Node>),
    /// `max` of `None` is without bound.
    Repetition {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
    /// To a group by its number from 1.
    BackReference(u32),
}

/// A set of characters, or all but it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) set: ClassUnicode,
    pub(super) negated: bool,
}

/// A place between characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Boundary {
    TextStart,
    TextEnd,
    Word,
    NotWord,
    WordStart,
    WordEnd,
}

/// A pattern and what its rendering must know of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) root: Node,
    pub(super) has_back_references: bool,
}

/// A set of ranges of characters, bounds included.
pub(super) fn set(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(first, last)| ClassUnicodeRange::new(*first, *last)))
}

/// The ASCII characters of a POSIX class.
pub(super) fn posix_class(name: &str) -> Option<ClassUnicode> {
    Some(match name {
        "alnum" => set(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "alpha" => set(&[('A', 'Z'), ('a', 'z')]),
        "blank" => set(&[('\t', '\t'), (' ', ' ')]),
        "cntrl" => set(&[('\u{1}', '\u{1f}'), ('\u{7f}', '\u{7f}')]),
        "digit" => digits(),
        "graph" => set(&[('!', '~')]),
        "lower" => set(&[('a', 'z')]),
        "print" => set(&[(' ', '~')]),
        "punct" => set(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        "space" => spaces(),
        "upper" => set(&[('A', 'Z')]),
        "word" => words(),
        "xdigit" => set(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        _ => return None,
    })
}

/// `\d`
pub(super) fn digits() -> ClassUnicode {
    set(&[('0', '9')])
}

/// `\w`
pub(super) fn words() -> ClassUnicode {
    set(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])
}

/// `\s`
pub(super) fn spaces() -> ClassUnicode {
    set(&[('\t', '\r'), (' ', ' ')])
}
