//! JSON documents with the semantics of PostgreSQL's jsonb.

use super::text::truth;
use super::{Failure, NativeFunction, integer_argument, text_argument};
use crate::registry::{LogicalType, SqliteEncoding};
use crate::value::json::Node;
use crate::value::sqlite::{SqliteRef, write_stored};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

pub(super) const GET: NativeFunction = NativeFunction {
    name: "nuages_json_get",
    arity: 2,
    doc: "The part of a document at a path (a JSON array of keys and positions), as JSON; jsonb's `#>`.",
    call: |context| {
        let document = Node::parse(text_argument(context, 0)?)?;
        Ok(at(&document, text_argument(context, 1)?)?
            .map_or(Value::Null, |part| Value::Text(part.to_canonical())))
    },
};

pub(super) const TEXT: NativeFunction = NativeFunction {
    name: "nuages_json_text",
    arity: 2,
    doc: "The part of a document at a path as text, NULL for JSON's null; jsonb's `#>>`.",
    call: |context| {
        let document = Node::parse(text_argument(context, 0)?)?;
        Ok(match at(&document, text_argument(context, 1)?)? {
            None | Some(Node::Null) => Value::Null,
            Some(Node::Text(text)) => Value::Text(text.clone().into_owned()),
            Some(other) => {
                let mut out = String::new();
                spaced(&mut out, other);
                Value::Text(out)
            }
        })
    },
};

pub(super) const NUMBER: NativeFunction = NativeFunction {
    name: "nuages_json_number",
    arity: 1,
    doc: "The document, when it is a number, as a float.",
    call: |context| match Node::parse(text_argument(context, 0)?)? {
        Node::Number(number) => Ok(Value::Real(number.parse()?)),
        _ => Ok(Value::Null),
    },
};

pub(super) const EQUAL: NativeFunction = NativeFunction {
    name: "nuages_json_equal",
    arity: 2,
    doc: "Whether two documents are equal, numbers by value; jsonb's `=`.",
    call: |context| both(context, |left, right| left.equals(right)),
};

pub(super) const IN: NativeFunction = NativeFunction {
    name: "nuages_json_in",
    arity: 2,
    doc: "Whether a document is equal to one of a list (a JSON array of documents' texts); jsonb's `= ANY`.",
    call: |context| {
        let document = Node::parse(text_argument(context, 0)?)?;
        let list: Vec<String> = serde_json::from_str(text_argument(context, 1)?)?;
        for text in &list {
            if document.equals(&Node::parse(text)?) {
                return truth(true);
            }
        }
        truth(false)
    },
};

pub(super) const CONTAINS: NativeFunction = NativeFunction {
    name: "nuages_json_contains",
    arity: 2,
    doc: "Whether the first document contains the second; jsonb's `@>`.",
    call: |context| both(context, |left, right| left.contains(right)),
};

pub(super) const HAS_KEY: NativeFunction = NativeFunction {
    name: "nuages_json_has_key",
    arity: 2,
    doc: "Whether a text is a key of the document; jsonb's `?`.",
    call: |context| truth(Node::parse(text_argument(context, 0)?)?.has_key(text_argument(context, 1)?)),
};

pub(super) const HAS_KEYS: NativeFunction = NativeFunction {
    name: "nuages_json_has_keys",
    arity: 2,
    doc: "Whether all texts of a JSON array are keys of the document; jsonb's `?&`.",
    call: |context| keys(context, |document, keys| keys.iter().all(|key| document.has_key(key))),
};

pub(super) const HAS_ANY_KEYS: NativeFunction = NativeFunction {
    name: "nuages_json_has_any_keys",
    arity: 2,
    doc: "Whether a text of a JSON array is a key of the document; jsonb's `?|`.",
    call: |context| keys(context, |document, keys| keys.iter().any(|key| document.has_key(key))),
};

pub(super) const CANONICAL: NativeFunction = NativeFunction {
    name: "nuages_json",
    arity: 1,
    doc: "A document in its canonical form: keys in order, the last of equal ones.",
    call: |context| {
        let text = text_argument(context, 0)?;
        Ok(Value::Text(Node::parse(text).map_err(|_| super::number::WRONG_TEXT)?.to_canonical()))
    },
};

pub(super) const QUOTE: NativeFunction = NativeFunction {
    name: "nuages_json_quote",
    arity: 1,
    doc: "A text as JSON.",
    call: |context| Ok(Value::Text(quoted(text_argument(context, 0)?))),
};

pub(super) const SPACED: NativeFunction = NativeFunction {
    name: "nuages_json_spaced",
    arity: 1,
    doc: "A document as text; jsonb's `::text`.",
    call: |context| {
        let mut out = String::new();
        spaced(&mut out, &Node::parse(text_argument(context, 0)?)?);
        Ok(Value::Text(out))
    },
};

pub(super) const ARRAY_LENGTH: NativeFunction = NativeFunction {
    name: "nuages_json_array_length",
    arity: 1,
    doc: "The number of elements of an array; NULL of what is none.",
    call: |context| match Node::parse(text_argument(context, 0)?)? {
        Node::Array(elements) => Ok(Value::Integer(i64::try_from(elements.len())?)),
        _ => Ok(Value::Null),
    },
};

pub(super) const SCALAR: NativeFunction = NativeFunction {
    name: "nuages_json_scalar",
    arity: 2,
    doc: "The text of a document that is a `number` or a `boolean`, as the second says; anything else is an error.",
    call: |context| {
        let node = Node::parse(text_argument(context, 0)?)?;
        let fits = match text_argument(context, 1)? {
            "boolean" => matches!(node, Node::Boolean(_)),
            _ => matches!(node, Node::Number(_)),
        };
        if !fits {
            return Err("nuages: a JSON document is not a value of the type".into());
        }
        Ok(Value::Text(node.to_canonical()))
    },
};

pub(super) const JOIN: NativeFunction = NativeFunction {
    name: "nuages_json_join",
    arity: 2,
    doc: "The strings of an array one after the other with a text between them.",
    call: |context| {
        let strings: Vec<String> = serde_json::from_str(text_argument(context, 0)?)?;
        Ok(Value::Text(strings.join(text_argument(context, 1)?)))
    },
};

pub(super) const OF_VALUE: NativeFunction = NativeFunction {
    name: "nuages_json_of",
    arity: 2,
    doc: "A stored value of the type that the second names as JSON, as PostgreSQL's `to_jsonb` writes it.",
    call: |context| {
        let text = element(context)?;
        let kind = text_argument(context, 1)?;
        if !matches!(kind, "datetime" | "time") {
            return Ok(Value::Text(text));
        }
        Ok(Value::Text(format!("\"{}\"", with_offset(text.trim_matches('"'), kind))))
    },
};

/// What the API writes with a Z and six digits is written with an offset and no zeros at the end.
fn with_offset(text: &str, kind: &str) -> String {
    let inner = text.trim_end_matches('Z');
    let inner = if inner.contains('.') { inner.trim_end_matches('0') } else { inner };
    let offset = if kind == "datetime" { "+00:00" } else { "" };
    format!("{inner}{offset}")
}

pub(super) const OF_LIST: NativeFunction = NativeFunction {
    name: "nuages_json_of_list",
    arity: 2,
    doc: "A stored list of values of the type that the second names as JSON, as PostgreSQL's `to_jsonb` writes it.",
    call: |context| {
        let list = Node::parse(text_argument(context, 0)?)?;
        Ok(Value::Text(as_document(&list, text_argument(context, 1)?).to_canonical()))
    },
};

fn as_document<'n>(stored: &Node<'n>, kind: &str) -> Node<'n> {
    match stored {
        Node::Array(elements) => {
            Node::Array(elements.iter().map(|element| as_document(element, kind)).collect())
        }
        Node::Text(text) => match kind {
            "decimal" => Node::Number(text.clone()),
            "datetime" | "time" => Node::Text(with_offset(text, kind).into()),
            _ => Node::Text(text.clone()),
        },
        other => other.clone(),
    }
}

pub(super) const SLICE: NativeFunction = NativeFunction {
    name: "nuages_json_slice",
    arity: 3,
    doc: "The elements of an array from a position, which counts from 0, up to another.",
    call: |context| {
        let Node::Array(elements) = Node::parse(text_argument(context, 0)?)? else {
            return Err("expected an array".into());
        };
        let bound = |index| -> Result<usize, Failure> {
            let position = integer_argument(context, index)?;
            Ok(usize::try_from(position.max(0)).unwrap_or(usize::MAX).min(elements.len()))
        };
        let (from, to) = (bound(1)?, bound(2)?);
        let part = elements.get(from..to).unwrap_or_default().to_vec();
        Ok(Value::Text(Node::Array(part).to_canonical()))
    },
};

pub(super) const ELEMENT: NativeFunction = NativeFunction {
    name: "nuages_json_element",
    arity: 2,
    doc: "A stored value of the type that the second names as an element of a stored list.",
    call: |context| element(context).map(Value::Text),
};

pub(super) const PLAIN: NativeFunction = NativeFunction {
    name: "nuages_value_text",
    arity: 2,
    doc: "A stored value of the type that the second names as text, as the API writes it.",
    call: |context| Ok(Value::Text(element(context)?.trim_matches('"').to_owned())),
};

/// A stored value as the API writes it.
fn element(context: &Context<'_>) -> Result<String, Failure> {
    let logical = match text_argument(context, 1)? {
        "date" => LogicalType::Date,
        "time" => LogicalType::Time,
        "datetime" => LogicalType::DateTime,
        "duration" => LogicalType::Duration,
        "uuid" => LogicalType::Uuid,
        "bytes" => LogicalType::Binary,
        "float" => LogicalType::Float,
        _ => LogicalType::Text,
    };
    let stored = match context.get_raw(0) {
        ValueRef::Integer(value) => SqliteRef::Integer(value),
        ValueRef::Real(value) => SqliteRef::Real(value),
        ValueRef::Text(text) => SqliteRef::Text(std::str::from_utf8(text)?),
        ValueRef::Blob(bytes) => SqliteRef::Blob(bytes),
        ValueRef::Null => SqliteRef::Null,
    };
    let mut out = Vec::new();
    write_stored(&mut out, &logical, SqliteEncoding::Plain, stored)?;
    Ok(String::from_utf8(out)?)
}

fn quoted(text: &str) -> String {
    Node::Text(text.into()).to_canonical()
}

fn both(context: &Context<'_>, test: fn(&Node<'_>, &Node<'_>) -> bool) -> Result<Value, Failure> {
    let left = Node::parse(text_argument(context, 0)?)?;
    let right = Node::parse(text_argument(context, 1)?)?;
    truth(test(&left, &right))
}

fn keys(context: &Context<'_>, test: fn(&Node<'_>, &[String]) -> bool) -> Result<Value, Failure> {
    let document = Node::parse(text_argument(context, 0)?)?;
    let keys: Vec<String> = serde_json::from_str(text_argument(context, 1)?)?;
    truth(test(&document, &keys))
}

/// Follows a path. As for jsonb, a step that reads as an integer is a position where it meets an array.
fn at<'n, 'd>(document: &'n Node<'d>, path: &str) -> Result<Option<&'n Node<'d>>, Failure> {
    let steps: Vec<serde_json::Value> = serde_json::from_str(path)?;
    let mut current = document;
    for step in &steps {
        let text = match step {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let next = match current {
            Node::Object(_) => current.member(&text),
            Node::Array(_) => text.parse().ok().and_then(|index| current.element(index)),
            // `#>` does not look into scalars.
            _ => None,
        };
        let Some(next) = next else { return Ok(None) };
        current = next;
    }
    Ok(Some(current))
}

/// jsonb's own text form, which has a space after commas and colons.
fn spaced(out: &mut String, node: &Node<'_>) {
    match node {
        Node::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                spaced(out, element);
            }
            out.push(']');
        }
        Node::Object(members) => {
            out.push('{');
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(&Node::Text(key.clone()).to_canonical());
                out.push_str(": ");
                spaced(out, value);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_canonical()),
    }
}
