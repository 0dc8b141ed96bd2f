//! Changes of a part of a JSON document: `json_set`, `json_merge`, `json_remove`.
//!
//! PostgreSQL's own functions differ from SQLite's where something is missing, null or of another kind on the way. So SQLite
//! calls functions of ours (`value/json_change.rs`), and for PostgreSQL the path or the document that is merged, which is
//! written down, is taken apart here into steps that do the same.

use super::json_build::check;
use super::{Function, Rule, Volatility, takes};
use crate::bind::{Scalar, Typed, types};
use crate::compile::{Compiler, Conversion};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::{From, Join, Select, Sql, Table};
use crate::value::json::Node;
use crate::value::{Value, json_change};

/// The document while it is changed, and its one column.
const DOCUMENT: (&str, &str) = ("changed", "document");

pub(super) static JSON_SET: Function = Function {
    name: "json_set",
    doc: "The document with a value at a path of keys and positions; what is missing on the way becomes an object.",
    usage: "json_set(document, path, value)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [document, path, value] = operands else { return Err(takes("json_set(document, path, value)")) };
        is_document(document)?;
        steps_of(path)?;
        check(value)?;
        Ok(Rule { operands: vec![None; 3], result: LogicalType::Json, nullable: false })
    },
    compile: |compiler, operands, _| {
        let steps = steps_of(&operands[1]).map_err(CompileError::Invalid)?;
        let document = compiler.scalar(&operands[0])?;
        let value = compiler.json(&operands[2])?;
        let value = Sql::call("coalesce", vec![value, json_text(compiler, "null")]);
        match compiler.dialect() {
            Dialect::Sqlite => {
                let path = path_text(compiler, &steps);
                let document = Sql::call("coalesce", vec![document, Sql::Text("{}".to_owned())]);
                Ok(Sql::call("nuages_json_set", vec![document, path, value]))
            }
            Dialect::Postgres => {
                let changed = set(compiler, &steps, 0, value);
                Ok(of_document(document, changed))
            }
        }
    },
};

pub(super) static JSON_MERGE: Function = Function {
    name: "json_merge",
    doc: "The document with a written one merged into it (RFC 7396): objects into objects, and null takes a member away.",
    usage: "json_merge(document, patch)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [document, patch] = operands else { return Err(takes("json_merge(document, patch)")) };
        is_document(document)?;
        let text = written(patch).ok_or("what is merged must be written down, as in json '{\"a\": 1}'")?;
        let node = Node::parse(text).map_err(|error| error.to_string())?;
        if let Some(problem) = json_change::merge_problem(&node) {
            return Err(problem);
        }
        Ok(Rule { operands: vec![None; 2], result: LogicalType::Json, nullable: false })
    },
    compile: |compiler, operands, _| {
        let document = compiler.scalar(&operands[0])?;
        let text = written(&operands[1]).unwrap_or("{}");
        let patch = Node::parse(text).map_err(|error| CompileError::Invalid(error.to_string()))?;
        match compiler.dialect() {
            Dialect::Sqlite => {
                let patch = json_text(compiler, &patch.to_canonical());
                let document = Sql::call("coalesce", vec![document, Sql::Text("{}".to_owned())]);
                Ok(Sql::call("nuages_json_merge", vec![document, patch]))
            }
            Dialect::Postgres => {
                let merged = merge(compiler, &whole(), &patch);
                Ok(of_document(document, merged))
            }
        }
    },
};

pub(super) static JSON_REMOVE: Function = Function {
    name: "json_remove",
    doc: "The document without what is at a path of keys and positions.",
    usage: "json_remove(document, path)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [document, path] = operands else { return Err(takes("json_remove(document, path)")) };
        is_document(document)?;
        steps_of(path)?;
        Ok(Rule { operands: vec![None; 2], result: LogicalType::Json, nullable: document.nullable })
    },
    compile: |compiler, operands, _| {
        let steps = steps_of(&operands[1]).map_err(CompileError::Invalid)?;
        let document = compiler.scalar(&operands[0])?;
        match compiler.dialect() {
            Dialect::Sqlite => {
                let path = path_text(compiler, &steps);
                Ok(Sql::call("nuages_json_remove", vec![document, path]))
            }
            Dialect::Postgres => {
                let removed = remove(compiler, &steps);
                Ok(of_document(document, removed))
            }
        }
    },
};

fn is_document(operand: &Typed) -> Result<(), String> {
    if operand.logical == LogicalType::Json {
        return Ok(());
    }
    Err(format!("a JSON document is needed here, not {}", types::type_name(&operand.logical)))
}

/// A JSON text that is written down.
fn written(operand: &Typed) -> Option<&str> {
    match &operand.scalar {
        Scalar::Slot(Slot::Constant(Value::Json(text) | Value::Text(text))) => Some(text),
        _ => None,
    }
}

fn steps_of(path: &Typed) -> Result<Vec<String>, String> {
    let text = written(path).ok_or("the path must be written down, as in '[\"address\", \"city\"]'")?;
    json_change::steps(text)
}

/// A JSON document as a parameter.
fn json_text(compiler: &mut Compiler<'_>, text: &str) -> Sql {
    let slot = Slot::Constant(Value::Json(text.to_owned()));
    let parameter = compiler.slot(slot, LogicalType::Json, SqliteEncoding::Plain, Conversion::Plain);
    match compiler.dialect() {
        Dialect::Postgres => Sql::cast(parameter, "jsonb"),
        Dialect::Sqlite => parameter,
    }
}

fn path_text(compiler: &mut Compiler<'_>, steps: &[String]) -> Sql {
    json_text(compiler, &serde_json::Value::from(steps).to_string())
}

/// A text as a parameter of PostgreSQL.
fn key_text(compiler: &mut Compiler<'_>, key: &str) -> Sql {
    let slot = Slot::Constant(Value::Text(key.to_owned()));
    let parameter = compiler.slot(slot, LogicalType::Text, SqliteEncoding::Plain, Conversion::Plain);
    Sql::cast(parameter, "text")
}

/// Texts as a parameter of PostgreSQL.
fn key_texts(compiler: &mut Compiler<'_>, keys: &[String]) -> Sql {
    let values = keys.iter().map(|key| Value::Text(key.clone())).collect();
    let logical = LogicalType::Array(Box::new(LogicalType::Text));
    let slot = Slot::Constant(Value::Array(values));
    let parameter = compiler.slot(slot, logical, SqliteEncoding::Plain, Conversion::Plain);
    Sql::cast(parameter, "text[]")
}

/// What is made of a document that is computed once, whatever it takes.
fn of_document(document: Sql, changed: Sql) -> Sql {
    let (alias, column) = DOCUMENT;
    let computed = Select {
        columns: vec![(document, Some(column.to_owned()))],
        // So that PostgreSQL does not put it wherever its name stands.
        offset: Some(Sql::Integer(0)),
        ..Select::default()
    };
    let table = Table::Derived { select: Box::new(computed), alias: alias.to_owned() };
    let from = vec![From { join: Join::Inner, table, on: None }];
    Sql::Select(Box::new(Select { columns: vec![(changed, None)], from, ..Select::default() }))
}

fn whole() -> Sql {
    Sql::column(DOCUMENT.0, DOCUMENT.1)
}

/// The part of the document at a path.
fn part(compiler: &mut Compiler<'_>, steps: &[String]) -> Sql {
    if steps.is_empty() {
        return whole();
    }
    let path = key_texts(compiler, steps);
    Sql::binary(whole(), "#>", path)
}

fn kind_is(part: Sql, kind: &str) -> Sql {
    Sql::binary(Sql::call("jsonb_typeof", vec![part]), "=", Sql::Text(kind.to_owned()))
}

fn empty_object() -> Sql {
    Sql::cast(Sql::Text("{}".to_owned()), "jsonb")
}

/// The part of the document below the first `depth` steps, with the value at the rest of them. One step at a time: `jsonb_set`
/// itself makes nothing that is missing on the way. It refuses whatever else is there.
fn set(compiler: &mut Compiler<'_>, steps: &[String], depth: usize, value: Sql) -> Sql {
    let (above, below) = steps.split_at(depth);
    let Some(step) = below.first() else { return value };
    let here = part(compiler, above);
    let kind = Sql::call("jsonb_typeof", vec![here.clone()]);
    let nothing = Sql::binary(
        Sql::call("coalesce", vec![kind, Sql::Text("null".to_owned())]),
        "=",
        Sql::Text("null".to_owned()),
    );
    let holder = Sql::Case { branches: vec![(nothing, empty_object())], otherwise: Some(Box::new(here)) };
    let path = key_texts(compiler, std::slice::from_ref(step));
    let inner = set(compiler, steps, depth + 1, value);
    Sql::call("jsonb_set", vec![holder, path, inner, Sql::Boolean(true)])
}

/// A part of the document with a written one merged into it.
fn merge(compiler: &mut Compiler<'_>, here: &Sql, patch: &Node<'_>) -> Sql {
    let Node::Object(members) = patch else { return json_text(compiler, &patch.to_canonical()) };
    let mut removed = Vec::new();
    let mut given = Vec::new();
    let mut merged = Vec::new();
    for (key, member) in members {
        match member {
            Node::Null => removed.push(key.clone().into_owned()),
            Node::Object(_) => {
                let name = key_text(compiler, key);
                // A text never leads into a list here.
                let inside = Sql::binary(here.clone(), "->", name.clone());
                let inner = merge(compiler, &inside, member);
                merged.extend([name, inner]);
            }
            _ => given.push((key.clone(), member.clone())),
        }
    }
    let mut kept = here.clone();
    if !removed.is_empty() {
        kept = Sql::binary(kept, "-", key_texts(compiler, &removed));
    }
    let is_object = kind_is(here.clone(), "object");
    let mut all = Sql::Case { branches: vec![(is_object, kept)], otherwise: Some(Box::new(empty_object())) };
    if !given.is_empty() {
        let given = json_text(compiler, &Node::Object(given).to_canonical());
        all = Sql::binary(all, "||", given);
    }
    if !merged.is_empty() {
        all = Sql::binary(all, "||", Sql::call("jsonb_build_object", merged));
    }
    all
}

/// The document without what is at the path. `#-` refuses a key that meets a list or a single value, where nothing is.
fn remove(compiler: &mut Compiler<'_>, steps: &[String]) -> Sql {
    let mut conditions = Vec::new();
    for (depth, step) in steps.iter().enumerate() {
        if json_change::position(step).is_none() {
            let here = part(compiler, &steps[..depth]);
            conditions.push(kind_is(here, "object"));
        } else if depth == 0 {
            conditions.push(Sql::Or(vec![kind_is(whole(), "object"), kind_is(whole(), "array")]));
        }
    }
    let path = key_texts(compiler, steps);
    let removed = Sql::binary(whole(), "#-", path);
    match crate::sql::all_of(conditions) {
        Some(condition) => {
            Sql::Case { branches: vec![(condition, removed)], otherwise: Some(Box::new(whole())) }
        }
        None => whole(),
    }
}
