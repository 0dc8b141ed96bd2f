//! JSON documents made of values.
//!
//! A value stands in the document as PostgreSQL's `to_jsonb` writes it: numbers and big integers as numbers, decimals with
//! the digits of their type, datetimes as `2024-06-15T12:00:00+00:00`, NULL as `null`. Durations and bytes are as the API
//! writes them: `PT1S`, base64. A range is an object of its bounds, `{"bounds": "[)", "lower": 1, "upper": 9}` or
//! `{"empty": true}`; a list is an array.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

/// Whether the value can stand in a document.
pub(crate) fn check(value: &Typed) -> Result<(), String> {
    let mut element = &value.logical;
    while let LogicalType::Array(inner) = element {
        element = inner;
    }
    let is_list = matches!(value.logical, LogicalType::Array(_));
    let has_own_form = matches!(element, LogicalType::Duration | LogicalType::Binary | LogicalType::Range(_));
    if *element == LogicalType::SearchVector || is_list && has_own_form {
        return Err(format!("{} cannot be a part of a JSON document", types::type_name(&value.logical)));
    }
    Ok(())
}

/// The value's JSON text on SQLite, where NULL is `null`.
fn text(compiler: &mut Compiler<'_>, value: &Typed) -> Result<Sql, CompileError> {
    let json = compiler.json(value)?;
    Ok(if value.nullable { Sql::call("coalesce", vec![json, Sql::Text("null".to_owned())]) } else { json })
}

fn joined(parts: Vec<Sql>) -> Sql {
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap_or(Sql::Text(String::new()));
    Sql::call("nuages_json", vec![parts.fold(first, |whole, part| Sql::binary(whole, "||", part))])
}

pub(super) static JSON_OBJECT: Function = Function {
    name: "json_object",
    doc: "A JSON object of keys and values; of equal keys the last counts.",
    usage: "json_object('key', value, …)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let pairs = operands.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return Err(takes("json_object('key', value, …)"));
        }
        let mut wanted = Vec::with_capacity(operands.len());
        for pair in pairs {
            let [key, value] = pair else { continue };
            if key.nullable {
                return Err("a key may not be NULL; give it a default with coalesce".to_owned());
            }
            check(value)?;
            wanted.extend([Some(LogicalType::Text), None]);
        }
        Ok(Rule { operands: wanted, result: LogicalType::Json, nullable: false })
    },
    compile: |compiler, operands, _| {
        if compiler.dialect() == Dialect::Postgres {
            let mut arguments = Vec::with_capacity(operands.len());
            for (index, operand) in operands.iter().enumerate() {
                let is_key = index % 2 == 0;
                arguments.push(if is_key { compiler.scalar(operand)? } else { compiler.json(operand)? });
            }
            return Ok(Sql::call("jsonb_build_object", arguments));
        }
        let mut parts = vec![Sql::Text("{".to_owned())];
        for (index, pair) in operands.chunks_exact(2).enumerate() {
            if index > 0 {
                parts.push(Sql::Text(",".to_owned()));
            }
            let key = compiler.scalar(&pair[0])?;
            parts.push(Sql::call("nuages_json_quote", vec![key]));
            parts.push(Sql::Text(":".to_owned()));
            parts.push(text(compiler, &pair[1])?);
        }
        parts.push(Sql::Text("}".to_owned()));
        Ok(joined(parts))
    },
};

pub(super) static JSON_ARRAY: Function = Function {
    name: "json_array",
    doc: "A JSON array of values.",
    usage: "json_array(a, b, …)",
    volatility: Volatility::Immutable,
    types: |operands| {
        operands.iter().try_for_each(check)?;
        Ok(Rule { operands: vec![None; operands.len()], result: LogicalType::Json, nullable: false })
    },
    compile: |compiler, operands, _| {
        if compiler.dialect() == Dialect::Postgres {
            let values = operands.iter().map(|value| compiler.json(value)).collect::<Result<_, _>>()?;
            return Ok(Sql::call("jsonb_build_array", values));
        }
        let mut parts = vec![Sql::Text("[".to_owned())];
        for (index, value) in operands.iter().enumerate() {
            if index > 0 {
                parts.push(Sql::Text(",".to_owned()));
            }
            parts.push(text(compiler, value)?);
        }
        parts.push(Sql::Text("]".to_owned()));
        Ok(joined(parts))
    },
};

pub(super) static JSON_ARRAY_LENGTH: Function = Function {
    name: "json_array_length",
    doc: "The number of elements of a JSON array; NULL of what is no array.",
    usage: "json_array_length(document)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [document] = operands else { return Err(takes("json_array_length(document)")) };
        if document.logical != LogicalType::Json {
            return Err(format!(
                "a JSON document is needed here, not {}",
                types::type_name(&document.logical)
            ));
        }
        Ok(Rule { operands: vec![None], result: LogicalType::Int32, nullable: true })
    },
    compile: |compiler, operands, _| {
        let document = compiler.scalar(&operands[0])?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => {
                let kind = Sql::call("jsonb_typeof", vec![document.clone()]);
                let is_array = Sql::binary(kind, "=", Sql::Text("array".to_owned()));
                let length = Sql::call("jsonb_array_length", vec![document]);
                Sql::Case { branches: vec![(is_array, length)], otherwise: None }
            }
            Dialect::Sqlite => Sql::call("nuages_json_array_length", vec![document]),
        })
    },
};
