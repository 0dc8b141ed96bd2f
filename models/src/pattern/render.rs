//! Tree to the text of a dialect.

use super::Case;
use super::syntax::{Boundary, Class, Node, Pattern};
use crate::database::Dialect;
use std::fmt::Write;

/// The characters that mean something outside of brackets in either engine.
const SPECIAL: &str = "\\.+*?()|[]{}^$";

/// The last character that the regular expressions of both engines know.
const LAST: char = char::MAX;

pub(super) fn render(pattern: &Pattern, dialect: Dialect, case: Case) -> String {
    let mut out = String::new();
    // Letters are classes of their cases already; only the text that a back-reference repeats is not.
    if case == Case::Ignored && pattern.has_back_references {
        out.push_str("(?i)");
    }
    node(&mut out, &pattern.root, dialect);
    out
}

fn node(out: &mut String, part: &Node, dialect: Dialect) {
    match part {
        Node::Empty => {}
        Node::Literal(character) => literal(out, *character, dialect),
        Node::Class(own) => class(out, own, dialect),
        Node::Boundary(own) => out.push_str(boundary(*own, dialect)),
        Node::Capture(inner) => {
            out.push('(');
            node(out, inner, dialect);
            out.push(')');
        }
        Node::Group(inner) => group(out, inner, dialect),
        Node::Concatenation(nodes) => nodes.iter().for_each(|inner| node(out, inner, dialect)),
        Node::Alternation(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                node(out, branch, dialect);
            }
        }
        Node::Repetition { node: inner, min, max } => {
            match inner.as_ref() {
                Node::Literal(_)
                | Node::Class(_)
                | Node::Capture(_)
                | Node::Group(_)
                | Node::BackReference(_) => {
                    node(out, inner, dialect);
                }
                _ => group(out, inner, dialect),
            }
            quantifier(out, *min, *max);
        }
        // In a group, so that a digit that follows is not read as a part of the number.
        Node::BackReference(number) => push(out, format_args!("(?:\\{number})")),
    }
}

fn group(out: &mut String, inner: &Node, dialect: Dialect) {
    out.push_str("(?:");
    node(out, inner, dialect);
    out.push(')');
}

fn quantifier(out: &mut String, min: u32, max: Option<u32>) {
    match (min, max) {
        (0, None) => out.push('*'),
        (1, None) => out.push('+'),
        (0, Some(1)) => out.push('?'),
        (min, None) => push(out, format_args!("{{{min},}}")),
        (min, Some(max)) if min == max => push(out, format_args!("{{{min}}}")),
        (min, Some(max)) => push(out, format_args!("{{{min},{max}}}")),
    }
}

fn literal(out: &mut String, character: char, dialect: Dialect) {
    if SPECIAL.contains(character) {
        out.push('\\');
        out.push(character);
    } else if character.is_control() {
        code(out, character, dialect);
    } else {
        out.push(character);
    }
}

fn class(out: &mut String, own: &Class, dialect: Dialect) {
    let mut set = own.set.clone();
    let mut negated = own.negated;
    if set.ranges().is_empty() {
        // Brackets cannot be empty: nothing is all but everything.
        set.negate();
        negated = !negated;
    }
    out.push_str(if negated { "[^" } else { "[" });
    for range in set.ranges() {
        // No text has U+0000, and PostgreSQL's patterns cannot name it.
        let first = range.start().max('\u{1}');
        let last = range.end().min(LAST);
        if first > last {
            continue;
        }
        bracketed(out, first, dialect);
        if first < last {
            out.push('-');
            bracketed(out, last, dialect);
        }
    }
    out.push(']');
}

/// A character inside of brackets: letters and digits as they are, everything else by its code, because engines
/// differ in what punctuation means there.
fn bracketed(out: &mut String, character: char, dialect: Dialect) {
    if character.is_ascii_alphanumeric() || character == '_' {
        out.push(character);
    } else {
        code(out, character, dialect);
    }
}

fn code(out: &mut String, character: char, dialect: Dialect) {
    let code = u32::from(character);
    match dialect {
        Dialect::Postgres if code > 0xffff => push(out, format_args!("\\U{code:08x}")),
        Dialect::Postgres => push(out, format_args!("\\u{code:04x}")),
        Dialect::Sqlite => push(out, format_args!("\\x{{{code:x}}}")),
    }
}

/// The engines' own `\y` and `\b` go by the words of the collation and of Unicode, so the ASCII ones are spelled
/// out.
fn boundary(boundary: Boundary, dialect: Dialect) -> &'static str {
    match (dialect, boundary) {
        (_, Boundary::TextStart) => "\\A",
        (Dialect::Sqlite, Boundary::TextEnd) => "\\z",
        (Dialect::Postgres, Boundary::TextEnd) => "\\Z",
        (_, Boundary::Word) => "(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))",
        (_, Boundary::NotWord) => "(?:(?<=[0-9A-Z_a-z])(?=[0-9A-Z_a-z])|(?<![0-9A-Z_a-z])(?![0-9A-Z_a-z]))",
        (_, Boundary::WordStart) => "(?:(?<![0-9A-Z_a-z])(?=[0-9A-Z_a-z]))",
        (_, Boundary::WordEnd) => "(?:(?<=[0-9A-Z_a-z])(?![0-9A-Z_a-z]))",
    }
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = out.write_fmt(arguments);
}
