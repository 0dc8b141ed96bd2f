//! Angles, which are in radians, and their functions; all are floats.

use super::{Function, Rule, Volatility, call, takes};
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static PI: Function = Function {
    name: "pi",
    doc: "Half of the full angle.",
    usage: "pi()",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [] = operands else { return Err(takes("pi()")) };
        Rule::strict(operands, Vec::new(), LogicalType::Float)
    },
    compile: |compiler, operands, _| call(compiler, operands, "pi", "nuages_pi"),
};

macro_rules! angle_function {
    ($item:ident, $name:literal, $sqlite:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(number)"),
            volatility: Volatility::Immutable,
            types: |operands| {
                let [_] = operands else { return Err(takes(concat!($name, "(number)"))) };
                Rule::strict(operands, vec![Some(LogicalType::Float)], LogicalType::Float)
            },
            compile: |compiler, operands, _| call(compiler, operands, $name, $sqlite),
        };
    };
}

angle_function!(DEGREES, "degrees", "nuages_degrees", "An angle in degrees.");
angle_function!(RADIANS, "radians", "nuages_radians", "An angle of degrees in radians.");
angle_function!(SIN, "sin", "nuages_sin", "The sine of an angle.");
angle_function!(COS, "cos", "nuages_cos", "The cosine of an angle.");
angle_function!(TAN, "tan", "nuages_tan", "The tangent of an angle.");
angle_function!(ASIN, "asin", "nuages_asin", "The angle of a sine; an error outside of -1 to 1.");
angle_function!(ACOS, "acos", "nuages_acos", "The angle of a cosine; an error outside of -1 to 1.");
angle_function!(ATAN, "atan", "nuages_atan", "The angle of a tangent.");

pub(super) static COT: Function = Function {
    name: "cot",
    doc: "The cotangent of an angle; of zero an error.",
    usage: "cot(number)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_] = operands else { return Err(takes("cot(number)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float)], LogicalType::Float)
    },
    compile: |compiler, operands, _| {
        let angle = compiler.scalar(&operands[0])?;
        Ok(match compiler.dialect() {
            // PostgreSQL's own gives the infinity, which is no value.
            Dialect::Postgres => Sql::binary(Sql::Integer(1), "/", Sql::call("tan", vec![angle])),
            Dialect::Sqlite => Sql::call("nuages_cot", vec![angle]),
        })
    },
};

pub(super) static ATAN2: Function = Function {
    name: "atan2",
    doc: "The angle of the point whose coordinates are x and y.",
    usage: "atan2(y, x)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [_, _] = operands else { return Err(takes("atan2(y, x)")) };
        Rule::strict(operands, vec![Some(LogicalType::Float); 2], LogicalType::Float)
    },
    compile: |compiler, operands, _| call(compiler, operands, "atan2", "nuages_atan2"),
};
