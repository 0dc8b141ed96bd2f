//! Writes the pieces of SDL: descriptions, fields with arguments, blocks.

use std::fmt::Write;

/// A growing SDL document. Writing to a string cannot fail, so the results of `write!` are not looked at.
#[derive(Debug, Default)]
pub(super) struct Text {
    sdl: String,
}

/// One argument of a field.
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) type_text: String,
    pub(super) doc: String,
}

impl Text {
    /// The document.
    pub(super) fn finish(self) -> String {
        self.sdl
    }

    /// Opens a definition, as in `type Post implements Node`; definitions are divided by an empty line.
    pub(super) fn open(&mut self, doc: Option<&str>, head: &str) {
        if !self.sdl.is_empty() {
            self.sdl.push('\n');
        }
        self.description("", doc);
        let _ = writeln!(self.sdl, "{head} {{");
    }

    /// Closes what [`Text::open`] opened.
    pub(super) fn close(&mut self) {
        self.sdl.push_str("}\n");
    }

    /// A definition without a block: a scalar.
    pub(super) fn single(&mut self, doc: &str, definition: &str) {
        self.sdl.push('\n');
        self.description("", Some(doc));
        let _ = writeln!(self.sdl, "{definition}");
    }

    /// A field or input member: `title: String!`.
    pub(super) fn member(&mut self, doc: Option<&str>, name: &str, type_text: &str) {
        self.description("  ", doc);
        let _ = writeln!(self.sdl, "  {name}: {type_text}");
    }

    /// An enum value.
    pub(super) fn value(&mut self, doc: Option<&str>, name: &str) {
        self.description("  ", doc);
        let _ = writeln!(self.sdl, "  {name}");
    }

    /// A field with arguments, one a line.
    pub(super) fn field(&mut self, doc: Option<&str>, name: &str, arguments: &[Argument], type_text: &str) {
        self.description("  ", doc);
        let _ = writeln!(self.sdl, "  {name}(");
        for argument in arguments {
            self.description("    ", Some(&argument.doc));
            let _ = writeln!(self.sdl, "    {}: {}", argument.name, argument.type_text);
        }
        let _ = writeln!(self.sdl, "  ): {type_text}");
    }

    /// A description: a block string of one or more lines, or a quoted string when a block string would change
    /// the text (it strips indentation and knows no escapes but one).
    fn description(&mut self, indent: &str, doc: Option<&str>) {
        let Some(doc) = doc.map(str::trim).filter(|doc| !doc.is_empty()) else { return };
        let is_plain = doc.chars().all(|c| c == '\n' || !(c.is_control() || c == '"' || c == '\\'))
            && !doc.lines().any(|line| line.starts_with(' '));
        if !is_plain {
            let _ = writeln!(self.sdl, "{indent}{}", quoted(doc));
        } else if doc.contains('\n') {
            let _ = writeln!(self.sdl, "{indent}\"\"\"");
            for line in doc.lines() {
                // An empty line stays empty: indentation there would be trailing white space.
                let indent = if line.is_empty() { "" } else { indent };
                let _ = writeln!(self.sdl, "{indent}{line}");
            }
            let _ = writeln!(self.sdl, "{indent}\"\"\"");
        } else {
            let _ = writeln!(self.sdl, "{indent}\"\"\"{doc}\"\"\"");
        }
    }
}

/// A GraphQL string literal: every escape that JSON writes is one of GraphQL's, and DEL and the C1 controls
/// need none.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use apollo_compiler::Schema;

    #[test]
    fn descriptions_arrive_unchanged() {
        for doc in [
            "plain",
            "two\nlines",
            "a paragraph\n\nand another",
            "he said \"no\"",
            "ends with a quote\"",
            "\"\"\"",
            "back\\slash",
            "tab\tand\u{1}control\u{7f}",
            "first\n  indented\nlast",
            "carriage\r\nreturn",
            "ünïcödé 🦀",
        ] {
            let mut text = Text::default();
            text.open(Some(doc), "type Query");
            text.member(Some(doc), "x", "Int");
            text.close();
            let schema = Schema::parse_and_validate(text.finish(), "test.graphql")
                .unwrap_or_else(|error| panic!("{doc:?}: {error}"));
            let query = schema.get_object("Query").unwrap();
            assert_eq!(query.description.as_deref(), Some(doc));
            assert_eq!(query.fields["x"].description.as_deref(), Some(doc), "{doc:?}");
        }
    }
}
