//! Bounds on a GraphQL document that the language front does not set: the text's size before it is parsed, and
//! duplicate keys in input objects after it.
//!
//! Nothing here recurses, so no document can exhaust the stack; everything is linear in the document's length.

use apollo_compiler::ast::{Directive, Value};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name, Node};
use std::collections::HashSet;

/// Bounds on the text of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Most tokens: names, numbers, strings and punctuators; white space, commas and comments are none.
    pub max_tokens: usize,
    /// Deepest nesting of braces, brackets and parentheses together. A selection in a selection is one level, an
    /// argument's object two.
    pub max_depth: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self { max_tokens: 20_000, max_depth: 64 }
    }
}

/// A place in a document, both from 1; columns count characters, as the specification of GraphQL has them in
/// errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// A document that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The text is too long.
    #[error("the document has more than {limit} tokens; ask for less at once, or move values into variables")]
    Tokens {
        /// The bound.
        limit: usize,
        /// The first token beyond it.
        place: Place,
    },
    /// The text is nested too deep.
    #[error("the document is nested more than {limit} levels deep")]
    Depth {
        /// The bound.
        limit: usize,
        /// The bracket that opens the level beyond it.
        place: Place,
    },
    /// An input object has a key twice
    /// (<https://spec.graphql.org/September2025/#sec-Input-Object-Field-Uniqueness>).
    #[error("there can be only one input field named `{name}`")]
    DuplicateKey {
        /// The key.
        name: String,
        /// Its second occurrence; `None` for a document that was not made from text.
        place: Option<Place>,
    },
}

impl LimitError {
    /// Where it is.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Tokens { place, .. } | Self::Depth { place, .. } => Some(*place),
            Self::DuplicateKey { place, .. } => *place,
        }
    }
}

/// Refuses a text with too many tokens or too deep nesting. To be called before the text is parsed.
///
/// Text that is not GraphQL passes unless it is too long or too deep: the parser tells what is wrong with it.
///
/// # Errors
/// [`LimitError::Tokens`], [`LimitError::Depth`], whichever comes first in the text.
pub fn check_text(text: &str, limits: DocumentLimits) -> Result<(), LimitError> {
    let bytes = text.as_bytes();
    let mut position = 0;
    let mut tokens = 0;
    let mut depth = 0usize;
    while let Some(&byte) = bytes.get(position) {
        let rest = bytes.get(position..).unwrap_or_default();
        let length = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                position += 1;
                continue;
            }
            b'#' => {
                position += run(rest, |byte| !matches!(byte, b'\n' | b'\r'));
                continue;
            }
            // The byte order mark is ignored like white space.
            0xEF if rest.starts_with("\u{feff}".as_bytes()) => {
                position += 3;
                continue;
            }
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > limits.max_depth {
                    return Err(LimitError::Depth { limit: limits.max_depth, place: place(text, position) });
                }
                1
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                1
            }
            b'"' => string_length(rest),
            b'.' if rest.starts_with(b"...") => 3,
            b'-' | b'0'..=b'9' => 1 + run(rest.get(1..).unwrap_or_default(), is_number_byte),
            _ => run(rest, is_name_byte).max(1),
        };
        tokens += 1;
        if tokens > limits.max_tokens {
            return Err(LimitError::Tokens { limit: limits.max_tokens, place: place(text, position) });
        }
        position += length;
    }
    Ok(())
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn is_number_byte(byte: u8) -> bool {
    is_name_byte(byte) || matches!(byte, b'.' | b'+' | b'-')
}

/// The length of the string literal at the start, quotes included; to the end of the line (or of the text, for a
/// block string) when it is not closed.
fn string_length(bytes: &[u8]) -> usize {
    let mut position = 1;
    if bytes.starts_with(b"\"\"\"") {
        position = 3;
        while let Some(&byte) = bytes.get(position) {
            let rest = bytes.get(position..).unwrap_or_default();
            if rest.starts_with(b"\\\"\"\"") {
                position += 4;
            } else if rest.starts_with(b"\"\"\"") {
                return position + 3;
            } else {
                // Quotes and backslashes are looked at one by one; everything else at once.
                position += if matches!(byte, b'"' | b'\\') {
                    1
                } else {
                    run(rest, |byte| !matches!(byte, b'"' | b'\\'))
                };
            }
        }
        return position;
    }
    while let Some(&byte) = bytes.get(position) {
        match byte {
            b'"' => return position + 1,
            b'\n' | b'\r' => return position,
            // An escaped line end ends the string too: the parser complains about it.
            b'\\' if !matches!(bytes.get(position + 1), Some(b'\n' | b'\r') | None) => position += 2,
            _ => position += 1,
        }
    }
    position
}

/// Line and column of a byte offset.
fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let mut line = 1;
    let mut line_start = 0;
    let mut previous = b' ';
    for (position, byte) in before.bytes().enumerate() {
        // `\r\n` is one line end: it is counted at its `\r`.
        if byte == b'\r' || byte == b'\n' {
            if !(byte == b'\n' && previous == b'\r') {
                line += 1;
            }
            line_start = position + 1;
        }
        previous = byte;
    }
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    Place { line, column }
}

/// Refuses a document with an input object literal that has a key twice, anywhere in it: in arguments of fields
/// and directives, in defaults of variables, at any depth, in fragments that are not used as well.
///
/// # Errors
/// [`LimitError::DuplicateKey`] for one of them.
pub fn check_unique_keys(document: &ExecutableDocument) -> Result<(), LimitError> {
    let mut values: Vec<&Node<Value>> = Vec::new();
    let mut selections: Vec<&SelectionSet> = Vec::new();
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            values.extend(&variable.default_value);
            add_arguments(&variable.directives, &mut values);
        }
        add_arguments(&operation.directives, &mut values);
        selections.push(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        add_arguments(&fragment.directives, &mut values);
        selections.push(&fragment.selection_set);
    }
    while let Some(set) = selections.pop() {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    values.extend(field.arguments.iter().map(|argument| &argument.value));
                    add_arguments(&field.directives, &mut values);
                    selections.extend(&field.selection_set);
                }
                Selection::FragmentSpread(spread) => add_arguments(&spread.directives, &mut values),
                Selection::InlineFragment(inline) => {
                    add_arguments(&inline.directives, &mut values);
                    selections.push(&inline.selection_set);
                }
            }
        }
    }
    check_values(values, document)
}

fn add_arguments<'a>(
    directives: impl IntoIterator<Item = &'a Node<Directive>>,
    values: &mut Vec<&'a Node<Value>>,
) {
    for directive in directives {
        values.extend(directive.arguments.iter().map(|argument| &argument.value));
    }
}

fn check_values(mut values: Vec<&Node<Value>>, document: &ExecutableDocument) -> Result<(), LimitError> {
    let mut seen: HashSet<&str> = HashSet::new();
    while let Some(value) = values.pop() {
        match &**value {
            Value::List(elements) => values.extend(elements),
            Value::Object(members) => {
                seen.clear();
                for (name, member) in members {
                    if !seen.insert(name.as_str()) {
                        return Err(duplicate(name, document));
                    }
                    values.push(member);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn duplicate(name: &Name, document: &ExecutableDocument) -> LimitError {
    let place = name
        .location()
        .and_then(|location| location.line_column(&document.sources))
        .map(|at| Place { line: at.line, column: at.column });
    LimitError::DuplicateKey { name: name.to_string(), place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use apollo_compiler::Schema;

    fn limits(max_tokens: usize, max_depth: usize) -> DocumentLimits {
        DocumentLimits { max_tokens, max_depth }
    }

    /// The smallest bounds that let the text pass.
    fn measure(text: &str) -> (usize, usize) {
        let least = |check: &dyn Fn(usize) -> bool| (0..10_000).find(|n| check(*n)).unwrap();
        (
            least(&|n| check_text(text, limits(n, usize::MAX)).is_ok()),
            least(&|n| check_text(text, limits(usize::MAX, n)).is_ok()),
        )
    }

    #[test]
    fn tokens_and_depth_are_counted() {
        for (text, tokens, depth) in [
            ("", 0, 0),
            ("  \t,,\n\r\u{feff}# {{{ comment\n", 0, 0),
            ("{ a }", 3, 1),
            ("{a}{b}", 6, 1),
            ("{ a(b: [1, -2.5e+3, {c: $d}]) ... @x }", 20, 4),
            (r#"{ a(b: "}}} \" {{{ \\") }"#, 8, 2),
            ("{ a(b: \"\"\" { \\\"\"\" [ \" \"\" ( \"\"\") }", 8, 2),
            ("\"\" \"\"", 2, 0),
            ("\"\"\"\"\"\"", 1, 0),
            ("\"not closed {{{\n{", 2, 1),
            ("\"\"\"not closed {{{\n{", 1, 0),
            ("\"ends with a backslash\\", 1, 0),
            ("\"backslash before the line's end\\\n{", 2, 1),
            ("}}})]{", 6, 1),
            ("é{", 3, 1),
        ] {
            assert_eq!(measure(text), (tokens, depth), "{text}");
        }
    }

    #[test]
    fn errors_have_a_place() {
        let text = "{\r\n  é: a\r b(\n c: {d: 1})}";
        let error = check_text(text, limits(100, 2)).unwrap_err();
        assert_eq!(error, LimitError::Depth { limit: 2, place: Place { line: 4, column: 5 } });
        let error = check_text("{ é é é }", limits(4, 9)).unwrap_err();
        assert!(matches!(error, LimitError::Tokens { .. }));
        let error = check_text("{ a \"é\" b }", limits(3, 9)).unwrap_err();
        assert_eq!(error.place(), Some(Place { line: 1, column: 9 }));
    }

    #[test]
    fn monsters_are_refused_at_once() {
        let deep = "{a".repeat(1_000_000);
        assert!(matches!(check_text(&deep, DocumentLimits::default()), Err(LimitError::Depth { .. })));
        let wide = "a ".repeat(1_000_000);
        assert!(matches!(check_text(&wide, DocumentLimits::default()), Err(LimitError::Tokens { .. })));
        // One token each, however long; quotes and backslashes must not make it quadratic.
        for token in
            ["\"".to_owned() + &"\\\\".repeat(2_000_000), "\"\"\"".to_owned() + &"\\\" ".repeat(1_000_000)]
        {
            assert_eq!(check_text(&token, limits(1, 0)), Ok(()));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_an_answer(text in "[\\PC\\r\\n]{0,80}|[\"\\\\{}\\[\\]().#\\r\\n a1-]{0,80}") {
            let (tokens, depth) = measure(&text);
            proptest::prop_assert!(depth <= tokens && tokens <= text.len());
            // One less is one too few, and the place is inside the text.
            if let Some(max_tokens) = tokens.checked_sub(1) {
                let place = check_text(&text, limits(max_tokens, usize::MAX)).unwrap_err().place().unwrap();
                proptest::prop_assert!(place.line >= 1 && place.column >= 1);
                proptest::prop_assert!(place.line <= text.split(['\n', '\r']).count());
            }
        }
    }

    fn unique(document: &str) -> Result<(), LimitError> {
        let schema = Schema::parse_and_validate(
            "scalar JSON input I { a: Int i: I l: [I] j: JSON } directive @d(i: I) repeatable on FIELD | QUERY | FRAGMENT_DEFINITION | FRAGMENT_SPREAD | INLINE_FRAGMENT | VARIABLE_DEFINITION
             type Query { f(i: I, l: [I]): Query g: Int }",
            "schema.graphql",
        )
        .unwrap();
        check_unique_keys(&ExecutableDocument::parse(&schema, document, "query.graphql").unwrap())
    }

    #[test]
    fn duplicate_keys_are_found_everywhere() {
        for document in [
            "{ f(i: {a: 1, a: 2}) { g } }",
            "{ f(i: {i: {i: {a: 1, a: 1}}}) { g } }",
            "{ f(l: [{}, {l: [{a: 1, a: 1}]}]) { g } }",
            "{ f(i: {j: {x: {y: [{z: 1, z: 2}]}}}) { g } }",
            "{ f { f { f(i: {a: 1, a: 2}) { g } } } }",
            "query ($i: I = {a: 1, a: 2}) { f(i: $i) { g } }",
            "query ($i: I @d(i: {a: 1, a: 2})) { f(i: $i) { g } }",
            "query @d(i: {a: 1, a: 2}) { g }",
            "{ g @d(i: {a: 1, a: 2}) }",
            "{ ... @d(i: {a: 1, a: 2}) { g } }",
            "{ ...F @d(i: {a: 1, a: 2}) } fragment F on Query { g }",
            "{ ...F } fragment F on Query { f(i: {a: 1, a: 2}) { g } }",
            "{ ...F } fragment F on Query @d(i: {a: 1, a: 2}) { g }",
        ] {
            let error = unique(document).expect_err(document);
            assert!(
                matches!(&error, LimitError::DuplicateKey { place: Some(_), .. }),
                "{document}: {error:?}"
            );
        }
        for document in [
            "{ f(i: {a: 1, i: {a: 1}}, l: [{a: 1}, {a: 1}]) { g } }",
            "{ a: f(i: {a: 1}) { g } b: f(i: {a: 1}) { g } }",
        ] {
            assert_eq!(unique(document), Ok(()), "{document}");
        }
    }

    #[test]
    fn the_second_key_is_pointed_at() {
        let error = unique("{\n  f(i: {a: 1,\n    a: 2}) { g } }").unwrap_err();
        assert_eq!(error.place(), Some(Place { line: 3, column: 5 }));
        assert_eq!(error.to_string(), "there can be only one input field named `a`");
    }
}
