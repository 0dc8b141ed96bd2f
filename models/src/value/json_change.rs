//! Changes of a part of a JSON document. What they do is the same on both databases: SQLite calls these functions, and for
//! PostgreSQL the compile stage writes SQL that does the same (`functions/json_change.rs`).

use super::ValueError;
use super::json::{MAX_DEPTH, Node};
use std::borrow::Cow;

/// Most steps of a path at which a document is changed.
pub const MAX_STEPS: usize = 64;
/// Most objects in one another of a document that is merged into another.
pub const MAX_MERGE_DEPTH: usize = 32;
/// Most objects of a document that is merged into another.
pub const MAX_MERGE_OBJECTS: usize = 256;

/// Why a document cannot be changed at a path: on the way is a value that is neither an object nor nothing, or a list where the
/// path has no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Obstacle;

/// The keys and positions of a path, as texts.
///
/// # Errors
/// When the text is no JSON array of strings and integers, or of too many.
pub fn steps(path: &str) -> Result<Vec<String>, String> {
    let wrong = || "a path is a JSON array of keys and positions, such as [\"address\", \"city\"]".to_owned();
    let steps: Vec<serde_json::Value> = serde_json::from_str(path).map_err(|_| wrong())?;
    if steps.len() > MAX_STEPS {
        return Err(format!("a path has at most {MAX_STEPS} keys and positions"));
    }
    steps
        .into_iter()
        .map(|step| match step {
            serde_json::Value::String(key) => Ok(key),
            serde_json::Value::Number(position) if position.is_i64() => Ok(position.to_string()),
            _ => Err(wrong()),
        })
        .collect()
}

/// The position that a step is in a list.
pub fn position(step: &str) -> Option<i64> {
    let digits = step.strip_prefix('-').unwrap_or(step);
    let is_short = (1..=9).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_short { step.parse().ok() } else { None }
}

/// The document with a value at a path. What is missing on the way, or null, becomes an object. In a list a position beyond the
/// end appends, one before the start puts in front; negative ones count from the end.
///
/// # Errors
/// When something else is on the way.
pub fn set<'n>(document: Option<Node<'n>>, path: &[String], value: Node<'n>) -> Result<Node<'n>, Obstacle> {
    let [step, rest @ ..] = path else { return Ok(value) };
    let key = || Cow::Owned(step.clone());
    match document {
        None | Some(Node::Null) => Ok(Node::Object(vec![(key(), set(None, rest, value)?)])),
        Some(Node::Object(mut members)) => {
            let found = members.iter().position(|(known, _)| known == step);
            let old = found.map(|index| members.swap_remove(index).1);
            members.push((key(), set(old, rest, value)?));
            Ok(Node::object(members))
        }
        Some(Node::Array(mut elements)) => {
            let position = position(step).ok_or(Obstacle)?;
            match index(position, elements.len()) {
                Some(index) => {
                    let old = std::mem::replace(&mut elements[index], Node::Null);
                    elements[index] = set(Some(old), rest, value)?;
                }
                None if position < 0 => elements.insert(0, set(None, rest, value)?),
                None => elements.push(set(None, rest, value)?),
            }
            Ok(Node::Array(elements))
        }
        Some(_) => Err(Obstacle),
    }
}

/// The document without what is at a path; itself when nothing is there.
pub fn remove<'n>(document: Node<'n>, path: &[String]) -> Node<'n> {
    let Some((step, rest)) = path.split_first() else { return document };
    match document {
        Node::Object(mut members) => {
            if let Some(index) = members.iter().position(|(known, _)| known == step) {
                if rest.is_empty() {
                    members.remove(index);
                } else {
                    let old = std::mem::replace(&mut members[index].1, Node::Null);
                    members[index].1 = remove(old, rest);
                }
            }
            Node::Object(members)
        }
        Node::Array(mut elements) => {
            if let Some(index) = position(step).and_then(|position| index(position, elements.len())) {
                if rest.is_empty() {
                    elements.remove(index);
                } else {
                    let old = std::mem::replace(&mut elements[index], Node::Null);
                    elements[index] = remove(old, rest);
                }
            }
            Node::Array(elements)
        }
        scalar => scalar,
    }
}

/// The document with another one merged into it, as RFC 7396 says: members take the place of those of the same name, objects are
/// merged into objects, null takes a member away, and lists are taken as they are.
pub fn merge<'n>(document: Option<Node<'n>>, patch: Node<'n>) -> Node<'n> {
    let Node::Object(changes) = patch else { return patch };
    let mut members = match document {
        Some(Node::Object(members)) => members,
        _ => Vec::new(),
    };
    for (key, change) in changes {
        let found = members.iter().position(|(known, _)| *known == key);
        let old = found.map(|index| members.swap_remove(index).1);
        if change != Node::Null {
            members.push((key, merge(old, change)));
        }
    }
    Node::object(members)
}

/// What a document has too much of to be merged into another.
pub fn merge_problem(patch: &Node<'_>) -> Option<String> {
    fn measure(node: &Node<'_>, depth: usize, objects: &mut usize) -> usize {
        let Node::Object(members) = node else { return depth };
        *objects += 1;
        members.iter().map(|(_, member)| measure(member, depth + 1, objects)).max().unwrap_or(depth + 1)
    }
    let mut objects = 0;
    let depth = measure(patch, 0, &mut objects);
    if depth > MAX_MERGE_DEPTH {
        return Some(format!("what is merged has at most {MAX_MERGE_DEPTH} objects in one another"));
    }
    (objects > MAX_MERGE_OBJECTS).then(|| format!("what is merged has at most {MAX_MERGE_OBJECTS} objects"))
}

/// The document, unless a change has made it too deep to be read again.
///
/// # Errors
/// [`ValueError::JsonDepth`].
pub fn within_depth(document: Node<'_>) -> Result<Node<'_>, ValueError> {
    fn depth(node: &Node<'_>) -> usize {
        match node {
            Node::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
            Node::Object(members) => {
                1 + members.iter().map(|(_, member)| depth(member)).max().unwrap_or_default()
            }
            _ => 0,
        }
    }
    if depth(&document) > MAX_DEPTH { Err(ValueError::JsonDepth { limit: MAX_DEPTH }) } else { Ok(document) }
}

fn index(position: i64, length: usize) -> Option<usize> {
    let position = if position < 0 { position.checked_add(i64::try_from(length).ok()?)? } else { position };
    usize::try_from(position).ok().filter(|index| *index < length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn merging_is_the_standards() {
        for (document, patch, expected) in [
            (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
            (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
            (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
            (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
            (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
            (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
            (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
            (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
            (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
            (r#"{"a":"foo"}"#, "null", "null"),
            (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
            (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"a":1,"e":null}"#),
            ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
            ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
        ] {
            let merged = merge(Some(Node::parse(document).unwrap()), Node::parse(patch).unwrap());
            assert_eq!(merged.to_canonical(), expected, "{document} {patch}");
        }
    }
}
