//! What only the text of SQLite's statements says: checks, generated columns, collations, names of constraints.
//!
//! The text is cut into words and signs, never parsed as a whole, so that no spelling of a part hides another.

/// What a `CREATE TABLE` says besides what pragmas tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Declared {
    /// Name, condition and column of each check.
    pub(super) checks: Vec<(Option<String>, String, Option<String>)>,
    /// Columns with their generating expressions.
    pub(super) generated: Vec<(String, String)>,
    /// Columns with their collations.
    pub(super) collations: Vec<(String, String)>,
    /// Names and columns of unique constraints that have names.
    pub(super) uniques: Vec<(String, Vec<String>)>,
}

/// A word, a quoted name, a text or a sign, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Token<'s> {
    kind: Kind,
    text: &'s str,
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Text,
    Sign,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    fn sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// The name that it is, without its quotes.
    fn name(&self) -> String {
        match self.kind {
            Kind::Word | Kind::Sign => self.text.to_owned(),
            Kind::Quoted | Kind::Text => {
                let inner = self.text.get(1..self.text.len().saturating_sub(1)).unwrap_or_default();
                match self.text.chars().next() {
                    Some(quote @ ('"' | '`' | '\'')) => {
                        inner.replace(&format!("{quote}{quote}"), &quote.to_string())
                    }
                    _ => inner.to_owned(),
                }
            }
        }
    }
}

/// Reads a `CREATE TABLE`. Nothing is found in what is none.
pub(super) fn table(sql: &str) -> Declared {
    let mut declared = Declared::default();
    let tokens = tokens(sql);
    let Some(body) = tokens.iter().position(|token| token.sign("(")).map(|at| inside(&tokens, at)) else {
        return declared;
    };
    for part in parts(body) {
        let Some(first) = part.first() else { continue };
        let of_table =
            ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| first.is(word));
        let column = (!of_table).then(|| first.name());
        clauses(sql, if of_table { part } else { &part[1..] }, column.as_deref(), &mut declared);
    }
    declared
}

/// The condition of a `CREATE INDEX`, and its expressions in order; a column's name is not among them.
pub(super) fn index(sql: &str, keys: &[(Option<String>, bool)]) -> (Option<String>, Vec<String>) {
    let tokens = tokens(sql);
    let Some(open) = tokens.iter().position(|token| token.sign("(")) else { return (None, Vec::new()) };
    let body = inside(&tokens, open);
    let expressions = parts(body)
        .zip(keys)
        .filter(|(_, (column, _))| column.is_none())
        .map(|(part, _)| {
            let kept = part.iter().rposition(|token| !token.is("ASC") && !token.is("DESC"));
            text(sql, kept.map_or(part, |last| &part[..=last]))
        })
        .collect();
    let rest = tokens.get(open + body.len() + 2..).unwrap_or_default();
    let condition = rest.iter().position(|token| token.is("WHERE")).map(|at| text(sql, &rest[at + 1..]));
    (condition.filter(|condition| !condition.is_empty()), expressions)
}

fn clauses(sql: &str, part: &[Token<'_>], column: Option<&str>, declared: &mut Declared) {
    let mut name = None;
    let mut at = 0;
    while let Some(token) = part.get(at) {
        let next = part.get(at + 1);
        let opens = next.is_some_and(|next| next.sign("("));
        if token.sign("(") {
            at += inside(part, at).len() + 2;
            continue;
        }
        if token.is("CONSTRAINT") {
            name = next.map(Token::name);
            at += 2;
            continue;
        }
        if token.is("COLLATE") {
            if let (Some(column), Some(next)) = (column, next) {
                declared.collations.push((column.to_owned(), next.name()));
            }
            at += 2;
            continue;
        }
        if opens && (token.is("CHECK") || token.is("AS")) {
            let body = inside(part, at + 1);
            let body_text = text(sql, body);
            match column {
                Some(column) if token.is("AS") => declared.generated.push((column.to_owned(), body_text)),
                _ if token.is("CHECK") => {
                    declared.checks.push((name.take(), body_text, column.map(str::to_owned)));
                }
                _ => {}
            }
            at += body.len() + 3;
            continue;
        }
        if token.is("UNIQUE")
            && let Some(name) = name.take()
        {
            let columns = match column {
                Some(column) => vec![column.to_owned()],
                None if opens => {
                    parts(inside(part, at + 1)).filter_map(|part| part.first().map(Token::name)).collect()
                }
                None => Vec::new(),
            };
            declared.uniques.push((name, columns));
        }
        at += 1;
    }
}

/// What stands between the parenthesis at a position and the one that closes it.
fn inside<'t, 's>(tokens: &'t [Token<'s>], open: usize) -> &'t [Token<'s>] {
    let start = (open + 1).min(tokens.len());
    let mut depth = 1;
    for (offset, token) in tokens[start..].iter().enumerate() {
        if token.sign("(") {
            depth += 1;
        } else if token.sign(")") {
            depth -= 1;
        }
        if depth == 0 {
            return &tokens[start..start + offset];
        }
    }
    &tokens[start..]
}

/// The parts between commas.
fn parts<'t, 's>(tokens: &'t [Token<'s>]) -> impl Iterator<Item = &'t [Token<'s>]> {
    let mut depth = 0;
    tokens.split(move |token| {
        if token.sign("(") {
            depth += 1;
        } else if token.sign(")") {
            depth -= 1;
        }
        depth == 0 && token.sign(",")
    })
}

fn text(sql: &str, tokens: &[Token<'_>]) -> String {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return String::new() };
    sql.get(first.start..last.end).unwrap_or_default().to_owned()
}

fn tokens(sql: &str) -> Vec<Token<'_>> {
    let bytes = sql.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &sql[at..];
        let (kind, length) = match byte {
            b'-' if rest.starts_with("--") => {
                at += rest.find('\n').map_or(rest.len(), |end| end + 1);
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'\'' => (Kind::Text, quoted(rest, '\'')),
            b'"' => (Kind::Quoted, quoted(rest, '"')),
            b'`' => (Kind::Quoted, quoted(rest, '`')),
            b'[' => (Kind::Quoted, rest.find(']').map_or(rest.len(), |end| end + 1)),
            _ => {
                let word = rest
                    .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
                    .unwrap_or(rest.len());
                match word {
                    0 => (Kind::Sign, rest.chars().next().map_or(1, char::len_utf8)),
                    length => (Kind::Word, length),
                }
            }
        };
        let end = at + length;
        tokens.push(Token { kind, text: &sql[at..end], start: at, end });
        at = end;
    }
    tokens
}

/// The length of what is quoted; the quote itself is written twice in it.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            continue;
        }
        match characters.peek() {
            Some((_, next)) if *next == quote => {
                characters.next();
            }
            _ => return at + 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_pragmas_hide() {
        let sql = "CREATE TABLE \"t\" ( -- a comment, with (\n\
            id integer PRIMARY KEY /* , */ AUTOINCREMENT,\n\
            `the \"name\"` NVARCHAR(160) COLLATE NOCASE NOT NULL CONSTRAINT named CHECK (length(\"the \"\"name\"\"\") < 9),\n\
            [price] NUMERIC(10,2) DEFAULT (1 + (2)) CHECK (price >= 0) CHECK (price <> ')'),\n\
            total AS (price * 2) VIRTUAL,\n\
            twice INTEGER GENERATED ALWAYS AS (id * 2) STORED,\n\
            CONSTRAINT pair UNIQUE (id, [price]),\n\
            CONSTRAINT \"odd one\" CHECK (id > 0 OR price IN (1, 2)),\n\
            FOREIGN KEY (id) REFERENCES o (x) ON DELETE CASCADE\n)";
        let declared = table(sql);
        let check = |name: Option<&str>, sql: &str, column: Option<&str>| {
            (name.map(str::to_owned), sql.to_owned(), column.map(str::to_owned))
        };
        assert_eq!(
            declared.checks,
            [
                check(Some("named"), "length(\"the \"\"name\"\"\") < 9", Some("the \"name\"")),
                check(None, "price >= 0", Some("price")),
                check(None, "price <> ')'", Some("price")),
                check(Some("odd one"), "id > 0 OR price IN (1, 2)", None),
            ]
        );
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(declared.generated, [pair("total", "price * 2"), pair("twice", "id * 2")]);
        assert_eq!(declared.collations, [pair("the \"name\"", "NOCASE")]);
        assert_eq!(declared.uniques, [("pair".to_owned(), vec!["id".to_owned(), "price".to_owned()])]);
    }

    #[test]
    fn parts_of_indexes() {
        let sql =
            "CREATE UNIQUE INDEX i ON t (a, lower(b) DESC, c COLLATE NOCASE) WHERE a > 0 AND (b IS NULL)";
        let keys = [(Some("a".to_owned()), false), (None, true), (Some("c".to_owned()), false)];
        assert_eq!(
            index(sql, &keys),
            (Some("a > 0 AND (b IS NULL)".to_owned()), vec!["lower(b)".to_owned()])
        );
        assert_eq!(index("CREATE INDEX i ON t (a)", &keys[..1]), (None, Vec::new()));
        assert_eq!(table("CREATE VIEW v AS SELECT 1"), Declared::default());
        assert_eq!(table("CREATE TABLE t ("), Declared::default());
    }
}
