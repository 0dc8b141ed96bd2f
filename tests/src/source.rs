//! Rust source taken apart just far enough for the tidy test: code, string literals and comments by line.

/// One line of a file, split by what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Code; literals are left out, their quotation marks stay.
    pub code: String,
    /// Contents of the string literals that begin or go on in this line.
    pub strings: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    BlockComment { depth: u32 },
    Text { hashes: Option<usize> },
}

/// Splits a file into lines; line 1 is the first of the list. Comments are in none of them.
pub fn lines(source: &str) -> Vec<Line> {
    let mut state = State::Code;
    source
        .lines()
        .map(|line| {
            let (parsed, next) = parse(line, state);
            state = next;
            parsed
        })
        .collect()
}

/// The lines before the first `#[cfg(test)]`: by convention the tests are the end of a file.
pub fn without_tests(source: &str) -> &str {
    source.find("\n#[cfg(test)]\nmod tests {").map_or(source, |at| &source[..at])
}

fn parse(text: &str, mut state: State) -> (Line, State) {
    let chars: Vec<char> = text.chars().collect();
    let mut line = Line::default();
    let mut literal = String::new();
    let mut at = 0;
    let followed_by =
        |at: usize, expected: &str| expected.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    while at < chars.len() {
        match state {
            State::BlockComment { depth } if followed_by(at, "*/") => {
                at += 2;
                state = if depth == 1 { State::Code } else { State::BlockComment { depth: depth - 1 } };
            }
            State::BlockComment { depth } if followed_by(at, "/*") => {
                at += 2;
                state = State::BlockComment { depth: depth + 1 };
            }
            State::BlockComment { .. } => at += 1,
            State::Text { hashes: None } if chars[at] == '\\' => {
                literal.extend(chars.get(at..(at + 2).min(chars.len())).unwrap_or_default());
                at += 2;
            }
            State::Text { hashes }
                if chars[at] == '"' && followed_by(at + 1, &"#".repeat(hashes.unwrap_or(0))) =>
            {
                line.strings.push(std::mem::take(&mut literal));
                line.code.push('"');
                at += 1 + hashes.unwrap_or(0);
                state = State::Code;
            }
            State::Text { .. } => {
                literal.push(chars[at]);
                at += 1;
            }
            State::Code if followed_by(at, "//") => break,
            State::Code if followed_by(at, "/*") => {
                at += 2;
                state = State::BlockComment { depth: 1 };
            }
            State::Code if chars[at] == '"' => {
                line.code.push('"');
                at += 1;
                state = State::Text { hashes: None };
            }
            State::Code
                if chars[at] == 'r'
                    && !line.code.ends_with(is_identifier)
                    && raw_hashes(&chars, at).is_some() =>
            {
                let hashes = raw_hashes(&chars, at).unwrap_or(0);
                line.code.push('"');
                at += hashes + 2;
                state = State::Text { hashes: Some(hashes) };
            }
            State::Code if chars[at] == '\'' => {
                let length = character_length(&chars[at..]);
                line.code.push('\'');
                at += length;
            }
            State::Code => {
                line.code.push(chars[at]);
                at += 1;
            }
        }
    }
    if matches!(state, State::Text { .. }) {
        line.strings.push(literal);
    }
    (line, state)
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The number of `#` when a raw string begins here. `br"…"` is seen at its `r` too, because `b` may precede.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    (chars.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

/// Characters of a character literal, or 1 for a lifetime's apostrophe.
fn character_length(chars: &[char]) -> usize {
    match chars.get(1) {
        Some('\\') => chars.iter().skip(3).position(|c| *c == '\'').map_or(1, |end| end + 4),
        Some(_) if chars.get(2) == Some(&'\'') => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> Vec<String> {
        lines(source).into_iter().map(|line| line.code).collect()
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        assert_eq!(code("a // b\n/* c /* d */ e */ f"), ["a ", " f"]);
        assert_eq!(code(r#"x("a // \" b", '"', 'c', '\'', y)"#), [r#"x("", ', ', ', y)"#]);
        assert_eq!(code("fn f<'a>(x: &'a str)"), ["fn f<'a>(x: &'a str)"]);
    }

    #[test]
    fn literals_are_collected_over_lines() {
        let all: Vec<_> = lines("r#\"a \" b\nc\"# + \"d\"").into_iter().map(|line| line.strings).collect();
        assert_eq!(all, [vec!["a \" b".to_owned()], vec!["c".to_owned(), "d".to_owned()]]);
    }

    #[test]
    fn tests_are_cut_off() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests {\nb\n}"), "a");
    }
}
