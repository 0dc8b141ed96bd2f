//! Patterns of `like`: the simple ones are lookups.

/// What a pattern of `like` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Like {
    /// The whole text.
    Exact(String),
    /// Its beginning.
    Starts(String),
    /// Its end.
    Ends(String),
    /// A part of it.
    Contains(String),
    /// Something else, as a regular expression.
    Pattern(String),
}

enum Piece {
    Text(String),
    Any,
    One,
}

/// Reads a pattern; `\` before `%`, `_` and `\` makes them characters.
pub(super) fn read(pattern: &str) -> Like {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '%' => pieces.push(Piece::Any),
            '_' => pieces.push(Piece::One),
            _ => {
                let literal = if character == '\\' { characters.next().unwrap_or('\\') } else { character };
                match pieces.last_mut() {
                    Some(Piece::Text(text)) => text.push(literal),
                    _ => pieces.push(Piece::Text(literal.to_string())),
                }
            }
        }
    }
    match pieces.as_slice() {
        [] => Like::Exact(String::new()),
        [Piece::Text(text)] => Like::Exact(text.clone()),
        [Piece::Text(text), Piece::Any] => Like::Starts(text.clone()),
        [Piece::Any, Piece::Text(text)] => Like::Ends(text.clone()),
        [Piece::Any, Piece::Text(text), Piece::Any] => Like::Contains(text.clone()),
        _ => Like::Pattern(regular(&pieces)),
    }
}

fn regular(pieces: &[Piece]) -> String {
    let mut regular = "^".to_owned();
    for piece in pieces {
        match piece {
            Piece::Any => regular.push_str(".*"),
            Piece::One => regular.push('.'),
            Piece::Text(text) => {
                for character in text.chars() {
                    if character.is_ascii_punctuation() && character != '_' {
                        regular.push('\\');
                    }
                    regular.push(character);
                }
            }
        }
    }
    regular.push('$');
    regular
}
