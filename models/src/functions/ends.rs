//! `left` and `right`: the ends of a text.

use super::{Function, Rule, Volatility, small, takes};
use crate::bind::Scalar;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

macro_rules! end_function {
    ($item:ident, $name:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(text, length)"),
            volatility: Volatility::Immutable,
            types: |operands| {
                let [_, _] = operands else { return Err(takes(concat!($name, "(text, length)"))) };
                let wanted = vec![Some(LogicalType::Text), Some(LogicalType::Int64)];
                Rule::strict(operands, wanted, LogicalType::Text)
            },
            compile: |compiler, operands, _| {
                let mut arguments = vec![compiler.scalar(&operands[0])?, small(compiler, &operands[1])?];
                // PostgreSQL's `right` takes the smallest integer of 32 bits, whose opposite is none, for no length at all.
                if compiler.dialect() == Dialect::Postgres
                    && $name == "right"
                    && !matches!(operands[1].scalar, Scalar::Slot(_))
                    && let Some(length) = arguments.pop()
                {
                    let is_least = Sql::binary(length.clone(), "=", Sql::Integer(i64::from(i32::MIN)));
                    arguments.push(Sql::binary(length, "+", Sql::cast(is_least, "int4")));
                }
                Ok(match compiler.dialect() {
                    Dialect::Postgres => Sql::call($name, arguments),
                    Dialect::Sqlite => Sql::call($sqlite, arguments),
                })
            },
        };
    };
}

end_function!(
    LEFT,
    "left",
    "nuages_left",
    "The first characters of a text; a negative length is of what is left out at the end."
);
end_function!(
    RIGHT,
    "right",
    "nuages_right",
    "The last characters of a text; a negative length is of what is left out at the beginning."
);
