//! What `jsonb` answers, over JSON text of any form.

use super::{FunctionError, NativeFunction, Volatility, text_argument, truth};
use crate::value::json::Node;
use rusqlite::functions::Context;
use rusqlite::types::Value;
use std::sync::Arc;

pub(super) static FUNCTIONS: &[NativeFunction] = &[
    NativeFunction {
        name: "nuages_json_get",
        arguments: &["json", "path"],
        doc: "The value at a path as canonical JSON, or NULL when there is none. The path is a JSON array of keys \
              (strings) and indexes (integers, from the end when negative), each applied as jsonb's `->`.",
        volatility: Volatility::Immutable,
        example: "'{\"a\": [1, 2]}', '[\"a\", -1]'",
        body: |context| {
            Ok(at_path(context, |found| Value::Text(found.to_canonical()))?.unwrap_or(Value::Null))
        },
    },
    NativeFunction {
        name: "nuages_json_text",
        arguments: &["json", "path"],
        doc: "As nuages_json_get, but a string is its text and null is NULL, as jsonb's `->>` gives them.",
        volatility: Volatility::Immutable,
        example: "'{\"a\": \"b\"}', '[\"a\"]'",
        body: |context| {
            let text = |found: &Node<'_>| match found {
                Node::Null => Value::Null,
                Node::Text(text) => Value::Text(text.clone().into_owned()),
                other => Value::Text(other.to_canonical()),
            };
            Ok(at_path(context, text)?.unwrap_or(Value::Null))
        },
    },
    NativeFunction {
        name: "nuages_json_equal",
        arguments: &["left", "right"],
        doc: "Whether two documents are equal as jsonb: numbers by value, objects whatever the order of their keys.",
        volatility: Volatility::Immutable,
        example: "'{\"a\": 1, \"b\": 2}', '{\"b\": 2.0, \"a\": 1}'",
        body: |context| compared(context, |left, right| left.equals(right)),
    },
    NativeFunction {
        name: "nuages_json_contains",
        arguments: &["left", "right"],
        doc: "Whether the left document contains the right one as jsonb's `@>` says.",
        volatility: Volatility::Immutable,
        example: "'{\"a\": 1, \"b\": 2}', '{\"b\": 2}'",
        body: |context| compared(context, |left, right| left.contains(right)),
    },
    NativeFunction {
        name: "nuages_json_has_key",
        arguments: &["json", "key"],
        doc: "Whether the object has the key, or the array the string, as jsonb's `?` says.",
        volatility: Volatility::Immutable,
        example: "'{\"a\": 1}', 'a'",
        body: |context| {
            let json = text_argument(context, 0)?;
            Ok(truth(Node::parse(&json)?.has_key(&text_argument(context, 1)?)))
        },
    },
];

fn compared(context: &Context<'_>, test: fn(&Node<'_>, &Node<'_>) -> bool) -> Result<Value, FunctionError> {
    let (left, right) = (text_argument(context, 0)?, text_argument(context, 1)?);
    let (left, right) = (Node::parse(&left)?, Node::parse(&right)?);
    Ok(truth(test(&left, &right)))
}

/// One step of a path.
enum Step {
    Key(String),
    Index(i64),
}

fn at_path(context: &Context<'_>, give: impl Fn(&Node<'_>) -> Value) -> Result<Option<Value>, FunctionError> {
    let steps = steps(context)?;
    let json = text_argument(context, 0)?;
    let root = Node::parse(&json)?;
    let found = steps.iter().try_fold(&root, |node, step| match step {
        Step::Key(key) => node.member(key),
        Step::Index(index) => node.element(*index),
    });
    Ok(found.map(give))
}

/// The path of the second argument, read once a statement.
fn steps(context: &Context<'_>) -> Result<Arc<Vec<Step>>, FunctionError> {
    if let Some(steps) = context.get_aux::<Vec<Step>>(1)? {
        return Ok(steps);
    }
    let refused = || FunctionError::Argument { position: 2, expected: "a JSON array of keys and indexes" };
    let path = text_argument(context, 1)?;
    let Node::Array(elements) = Node::parse(&path)? else { return Err(refused()) };
    let steps = elements.iter().map(|element| match element {
        Node::Text(key) => Ok(Step::Key(key.clone().into_owned())),
        Node::Number(index) => index.parse().map(Step::Index).map_err(|_| refused()),
        _ => Err(refused()),
    });
    let steps: Vec<Step> = steps.collect::<Result<_, _>>()?;
    Ok(context.set_aux(1, steps)?)
}
