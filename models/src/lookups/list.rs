//! Lists and ranges, with the semantics of PostgreSQL's arrays and ranges. `contains`, `contained_by` and `overlap` are what the
//! tested value's type makes of them; see [`super::of_type`].

use super::{Lookup, Operands};
use crate::bind::Typed;
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn is_list(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Array(_))
}

fn is_range(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Range(_))
}

/// Whether values of the type are bounds of ranges.
fn is_bound(logical: &LogicalType) -> bool {
    crate::value::range_of(logical).is_some()
}

/// PostgreSQL's type of the operand: that of the column, for the operators convert nothing.
fn exact_type(logical: &LogicalType) -> &'static str {
    match logical {
        LogicalType::Array(element) => match element.as_ref() {
            LogicalType::Int16 => "int2[]",
            LogicalType::Int32 => "int4[]",
            LogicalType::Array(inner) => exact_type(&LogicalType::Array(inner.clone())),
            element => crate::compile::array_type(element),
        },
        logical => crate::compile::type_of(logical),
    }
}

fn operator(
    compiler: &mut Compiler<'_>,
    left: &Typed,
    right: &Typed,
    postgres: &'static str,
    sqlite: Option<(&'static str, bool)>,
) -> Result<Sql, CompileError> {
    let value = compiler.scalar(left)?;
    match (compiler.dialect(), sqlite) {
        (Dialect::Postgres, _) => {
            let operand = compiler.operand(right)?;
            Ok(Sql::binary(value, postgres, Sql::cast(operand, exact_type(&right.logical))))
        }
        (Dialect::Sqlite, Some((function, swapped))) => {
            let operand = compiler.operand(right)?;
            Ok(Sql::call(function, if swapped { vec![operand, value] } else { vec![value, operand] }))
        }
        (Dialect::Sqlite, None) => Err(CompileError::Unsupported {
            what: format!("the operator {postgres} of lists and ranges"),
            remedy: "it is PostgreSQL's".to_owned(),
        }),
    }
}

macro_rules! operator_lookup {
    ($item:ident, $name:literal, $operands:ident, $accepts:ident, $postgres:literal, $sqlite:expr, $doc:literal) => {
        #[doc = $doc]
        pub(super) static $item: Lookup = Lookup {
            name: $name,
            doc: $doc,
            operands: Operands::$operands,
            accepts: $accepts,
            strict: true,
            compile: |compiler, left, right| operator(compiler, left, &right[0], $postgres, $sqlite),
        };
    };
}

operator_lookup!(
    CONTAINS,
    "list_contains",
    Same,
    is_list,
    "@>",
    Some(("nuages_json_contains", false)),
    "The list has all elements of the operand."
);
operator_lookup!(
    CONTAINED_BY,
    "contained_by",
    Same,
    is_list,
    "<@",
    Some(("nuages_json_contains", true)),
    "The operand has all elements of the list."
);
operator_lookup!(
    OVERLAP,
    "overlap",
    Same,
    is_list,
    "&&",
    None,
    "The list and the operand have an element in common."
);
operator_lookup!(
    RANGE_CONTAINS,
    "range_contains",
    Same,
    is_range,
    "@>",
    None,
    "The range has all values of the operand, another range."
);
operator_lookup!(RANGE_HAS, "range_has", Bound, is_range, "@>", None, "The range has the operand, a value.");
operator_lookup!(
    RANGE_CONTAINED_BY,
    "range_contained_by",
    Same,
    is_range,
    "<@",
    None,
    "The operand, another range, has all values of the range."
);
operator_lookup!(IN_RANGE, "in_range", Range, is_bound, "<@", None, "The value is in the operand, a range.");
operator_lookup!(
    RANGE_OVERLAP,
    "range_overlap",
    Same,
    is_range,
    "&&",
    None,
    "The two ranges have a value in common."
);
operator_lookup!(
    FULLY_LT,
    "fully_lt",
    Same,
    is_range,
    "<<",
    None,
    "All values of the range are below those of the operand."
);
operator_lookup!(
    FULLY_GT,
    "fully_gt",
    Same,
    is_range,
    ">>",
    None,
    "All values of the range are above those of the operand."
);
operator_lookup!(NOT_LT, "not_lt", Same, is_range, "&>", None, "No value of the range is below the operand.");
operator_lookup!(NOT_GT, "not_gt", Same, is_range, "&<", None, "No value of the range is above the operand.");
operator_lookup!(
    ADJACENT_TO,
    "adjacent_to",
    Same,
    is_range,
    "-|-",
    None,
    "The range and the operand touch and have no value in common."
);
