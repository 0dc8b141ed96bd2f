//! Places inside of JSON documents: `->` and `->>` in expressions, Django's key transforms.

use super::{Function, Rule, Volatility};
use crate::bind::{Scalar, Typed, types};
use crate::compile::{Compiler, Conversion};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use crate::value::Value;

fn rule(operands: &[Typed], result: LogicalType) -> Result<Rule, String> {
    const USAGE: &str = "write it with a document and a path, a JSON array of keys and positions";
    let [document, path] = operands else { return Err(USAGE.to_owned()) };
    let is_path = match &path.scalar {
        Scalar::Slot(Slot::Constant(Value::Json(path))) => path.trim_start().starts_with('['),
        Scalar::Slot(Slot::Constant(_)) => false,
        Scalar::Slot(slot) => *slot != Slot::Now,
        _ => false,
    };
    if !is_path {
        return Err(USAGE.to_owned());
    }
    if document.logical != LogicalType::Json {
        return Err(format!("a JSON document is needed here, not {}", types::type_name(&document.logical)));
    }
    Ok(Rule { operands: vec![None, None], result, nullable: true })
}

macro_rules! json_function {
    ($item:ident, $name:literal, $result:ident, $compile:expr, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(document, path)"),
            volatility: Volatility::Immutable,
            types: |operands| rule(operands, LogicalType::$result),
            compile: $compile,
        };
    };
}

json_function!(
    JSON_PATH,
    "json_path",
    Json,
    |compiler, operands, _| json_at(compiler, operands, "#>", "nuages_json_get"),
    "The part of a document at a path of keys and positions, as JSON; NULL where there is none."
);
json_function!(
    JSON_TEXT,
    "json_text",
    Text,
    |compiler, operands, _| json_at(compiler, operands, "#>>", "nuages_json_text"),
    "The part of a document at a path as text: a string without its quotes, anything else as JSON."
);
json_function!(
    JSON_NUMBER,
    "json_number",
    Float,
    |compiler, operands, _| {
        let part = json_at(compiler, operands, "#>", "nuages_json_get")?;
        match compiler.dialect() {
            Dialect::Postgres => {
                let is_number = Sql::binary(
                    Sql::call("jsonb_typeof", vec![part.clone()]),
                    "=",
                    Sql::Text("number".to_owned()),
                );
                Ok(Sql::Case { branches: vec![(is_number, Sql::cast(part, "float8"))], otherwise: None })
            }
            Dialect::Sqlite => Ok(Sql::call("nuages_json_number", vec![part])),
        }
    },
    "The number at a path of a document; NULL where there is none."
);

fn json_at(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    postgres: &'static str,
    sqlite: &'static str,
) -> Result<Sql, CompileError> {
    let document = compiler.scalar(&operands[0])?;
    // The path is JSON whatever it was taken for while binding.
    let path = Typed { logical: LogicalType::Json, ..operands[1].clone() };
    match compiler.dialect() {
        Dialect::Postgres => {
            let path = compiler.parameter(&path, Conversion::JsonPath)?;
            Ok(Sql::binary(document, postgres, Sql::cast(path, "text[]")))
        }
        Dialect::Sqlite => {
            let path = compiler.parameter(&path, Conversion::Plain)?;
            Ok(Sql::call(sqlite, vec![document, path]))
        }
    }
}
