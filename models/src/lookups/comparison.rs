//! Equality, order, membership and NULL.

use super::{Lookup, Operands};
use crate::bind::{Scalar, Typed};
use crate::compile::{Compiler, Conversion};
use crate::database::Dialect;
use crate::expr::Slot;
use crate::prepare::CompileError;
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::Sql;
use crate::value::Value;

/// Equal.
pub(super) static EXACT: Lookup = Lookup {
    name: "exact",
    doc: "The value is equal to the operand.",
    operands: Operands::Same,
    accepts: LogicalType::has_equality,
    strict: true,
    compile: exact,
};

fn exact(compiler: &mut Compiler<'_>, left: &Typed, right: &[Typed]) -> Result<Sql, CompileError> {
    let value = compiler.scalar(left)?;
    // A boolean literal is part of the text, so that a partial index on the bare column matches.
    if let Some(Typed { scalar: Scalar::Slot(Slot::Constant(Value::Boolean(wanted))), .. }) = right.first() {
        return Ok(if *wanted { value } else { Sql::Not(Box::new(value)) });
    }
    let operand = compiler.operand(&right[0])?;
    if left.logical == LogicalType::Json && compiler.dialect() == Dialect::Sqlite {
        return Ok(Sql::call("nuages_json_equal", vec![value, operand]));
    }
    Ok(Sql::binary(value, "=", operand))
}

fn compare(
    compiler: &mut Compiler<'_>,
    left: &Typed,
    operator: &'static str,
    right: &Typed,
) -> Result<Sql, CompileError> {
    let value = compiler.sort_key(left)?;
    let operand = match (compiler.dialect(), &left.logical) {
        (Dialect::Sqlite, LogicalType::Decimal { .. })
            if matches!(right.scalar, Scalar::Slot(_))
                && !matches!(left.encoding, SqliteEncoding::Sortable | SqliteEncoding::Django) =>
        {
            let above = matches!(operator, "<" | ">=");
            compiler
                .parameter(right, if above { Conversion::StoredAbove } else { Conversion::StoredBelow })?
        }
        _ => {
            let operand = compiler.operand(right)?;
            compiler.sortable(&left.logical, operand)
        }
    };
    Ok(Sql::binary(value, operator, operand))
}

fn ordered(logical: &LogicalType) -> bool {
    logical.has_order() && *logical != LogicalType::Boolean
}

macro_rules! order_lookup {
    ($item:ident, $name:literal, $operator:literal, $doc:literal) => {
        #[doc = $doc]
        pub(super) static $item: Lookup = Lookup {
            name: $name,
            doc: $doc,
            operands: Operands::Same,
            accepts: ordered,
            strict: true,
            compile: |compiler, left, right| compare(compiler, left, $operator, &right[0]),
        };
    };
}

order_lookup!(GT, "gt", ">", "The value is greater than the operand.");
order_lookup!(GTE, "gte", ">=", "The value is greater than the operand or equal to it.");
order_lookup!(LT, "lt", "<", "The value is less than the operand.");
order_lookup!(LTE, "lte", "<=", "The value is less than the operand or equal to it.");

/// Member of a list.
pub(super) static IN: Lookup = Lookup {
    name: "in",
    doc: "The value is equal to one of the list's; an empty list matches nothing.",
    operands: Operands::SameList,
    accepts: |logical| {
        logical.has_equality() && !matches!(logical, LogicalType::Array(_) | LogicalType::Range(_))
    },
    strict: true,
    compile: |compiler, left, right| {
        let value = compiler.scalar(left)?;
        let list = compiler.list_operand(&right[0])?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::InArray { element: Box::new(value), array: Box::new(list) },
            Dialect::Sqlite if left.logical == LogicalType::Json => {
                Sql::call("nuages_json_in", vec![value, list])
            }
            Dialect::Sqlite => {
                // JSON has no bytes: they are compared by their hexadecimal digits.
                let is_binary = *left.logical.stored() == LogicalType::Binary;
                let element = if is_binary { Sql::call("hex", vec![value]) } else { value };
                Sql::InJsonList { element: Box::new(element), list: Box::new(list) }
            }
        })
    },
};

/// Between two bounds.
pub(super) static RANGE: Lookup = Lookup {
    name: "range",
    doc: "The value is between the two operands, both included.",
    operands: Operands::SamePair,
    accepts: ordered,
    strict: true,
    compile: |compiler, left, right| {
        Ok(Sql::And(vec![
            compare(compiler, left, ">=", &right[0])?,
            compare(compiler, left, "<=", &right[1])?,
        ]))
    },
};

/// NULL.
pub(super) static IS_NULL: Lookup = Lookup {
    name: "isnull",
    doc: "The value is NULL.",
    operands: Operands::None,
    accepts: |_| true,
    strict: false,
    compile: |compiler, left, _| Ok(Sql::test(compiler.scalar(left)?, "IS NULL")),
};

/// True.
pub(super) static IS_TRUE: Lookup = Lookup {
    name: "is_true",
    doc: "The value is true.",
    operands: Operands::None,
    accepts: |logical| *logical == LogicalType::Boolean,
    strict: true,
    compile: |compiler, left, _| compiler.scalar(left),
};
