//! Changes of a part of a JSON document, as [`crate::value::json_change`] defines them.

use super::super::super::data_error::OBSTACLE;
use super::{Failure, NativeFunction, text_argument};
use crate::value::json::Node;
use crate::value::json_change;
use rusqlite::functions::Context;
use rusqlite::types::Value;

pub(super) const SET: NativeFunction = NativeFunction {
    name: "nuages_json_set",
    arity: 3,
    doc: "A document with a value (JSON) at a path (a JSON array of keys and positions).",
    call: |context| {
        let document = Node::parse(text_argument(context, 0)?)?;
        let value = Node::parse(text_argument(context, 2)?)?;
        let changed = json_change::set(Some(document), &path(context)?, value);
        written(changed.map_err(|json_change::Obstacle| format!("nuages: {OBSTACLE}"))?)
    },
};

pub(super) const MERGE: NativeFunction = NativeFunction {
    name: "nuages_json_merge",
    arity: 2,
    doc: "A document with another merged into it, as RFC 7396 says.",
    call: |context| {
        let document = Node::parse(text_argument(context, 0)?)?;
        written(json_change::merge(Some(document), Node::parse(text_argument(context, 1)?)?))
    },
};

pub(super) const REMOVE: NativeFunction = NativeFunction {
    name: "nuages_json_remove",
    arity: 2,
    doc: "A document without what is at a path (a JSON array of keys and positions).",
    call: |context| {
        let document = Node::parse(text_argument(context, 0)?)?;
        written(json_change::remove(document, &path(context)?))
    },
};

fn path(context: &Context<'_>) -> Result<Vec<String>, Failure> {
    Ok(json_change::steps(text_argument(context, 1)?)?)
}

fn written(document: Node<'_>) -> Result<Value, Failure> {
    Ok(Value::Text(json_change::within_depth(document)?.to_canonical()))
}
