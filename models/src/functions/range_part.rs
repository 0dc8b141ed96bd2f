//! Bounds of ranges and what is known of them, on PostgreSQL.

use super::{Function, Rule, Volatility, takes};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn compile(
    compiler: &mut Compiler<'_>,
    value: &crate::bind::Typed,
    name: &'static str,
) -> Result<Sql, CompileError> {
    match compiler.dialect() {
        Dialect::Postgres => Ok(Sql::call(name, vec![compiler.scalar(value)?])),
        Dialect::Sqlite => Err(CompileError::Unsupported {
            what: "what is asked of a range".to_owned(),
            remedy: "ranges are PostgreSQL's; keep the bounds in two fields".to_owned(),
        }),
    }
}

macro_rules! bound {
    ($item:ident, $name:literal, $postgres:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(range)"),
            volatility: Volatility::Immutable,
            types: |operands| match operands {
                [value] => match &value.logical {
                    LogicalType::Range(bound) => Ok(Rule {
                        operands: vec![None],
                        result: crate::value::bound_type(*bound),
                        nullable: true,
                    }),
                    _ => Err(takes(concat!($name, "(range)"))),
                },
                _ => Err(takes(concat!($name, "(range)"))),
            },
            compile: |compiler, operands, _| compile(compiler, &operands[0], $postgres),
        };
    };
}

macro_rules! known {
    ($item:ident, $name:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(range)"),
            volatility: Volatility::Immutable,
            types: |operands| match operands {
                [value] if matches!(value.logical, LogicalType::Range(_)) => {
                    Rule::strict(operands, vec![None], LogicalType::Boolean)
                }
                _ => Err(takes(concat!($name, "(range)"))),
            },
            compile: |compiler, operands, _| compile(compiler, &operands[0], $name),
        };
    };
}

bound!(RANGE_START, "range_start", "lower", "The lower bound of a range; NULL when it has none.");
bound!(RANGE_END, "range_end", "upper", "The upper bound of a range; NULL when it has none.");
known!(IS_EMPTY, "isempty", "Whether the range has no value.");
known!(LOWER_INC, "lower_inc", "Whether the lower bound is in the range.");
known!(LOWER_INF, "lower_inf", "Whether the range has no lower bound.");
known!(UPPER_INC, "upper_inc", "Whether the upper bound is in the range.");
known!(UPPER_INF, "upper_inf", "Whether the range has no upper bound.");
