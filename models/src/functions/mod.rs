//! Functions: the open set of values computed from others. Each is one file with its doc, its types, its SQL for each
//! dialect; [`FUNCTIONS`] names them all.

mod absolute;
mod address_text;
mod arithmetic;
mod bitwise;
mod case;
mod character;
mod coalesce;
mod collate;
mod concat;
mod concat_ws;
mod date_part;
mod element;
mod ends;
mod extremes;
mod hash;
mod json_build;
mod json_change;
mod json_path;
mod length;
mod logarithm;
mod modulo;
mod months;
mod nullif;
mod pad;
mod power;
mod random;
mod range_part;
mod repeat;
mod replace;
mod reverse;
mod rounding;
mod sign;
mod slice;
mod strindex;
mod substr;
mod trigonometry;
mod trim;
mod trunc;
mod unaccent;
mod uuid;

pub(crate) use json_build::check as check_json;
pub(crate) use uuid::uuid4_on_sqlite;

use crate::bind::Typed;
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;
use std::fmt;

/// A value computed from others.
pub struct Function {
    /// Its name in expressions, Django's where Django has it.
    pub name: &'static str,
    /// What it gives, one sentence.
    pub doc: &'static str,
    /// How it is written: `substr(text, start, length)`.
    pub usage: &'static str,
    /// When its value may change.
    pub volatility: Volatility,
    /// What it makes of operands of these types.
    pub types: fn(&[Typed]) -> Result<Rule, String>,
    /// Its SQL. The operands have the types that the rule asks for; the last argument is the result's type.
    pub compile: fn(&mut Compiler<'_>, &[Typed], &LogicalType) -> Result<Sql, CompileError>,
}

/// When the value of a function may change although its operands do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    /// Never: it may stand in an index.
    Immutable,
    /// Between requests.
    Stable,
    /// Whenever it is computed.
    Volatile,
}

/// What a function makes of its operands.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The type that each operand is converted to; `None` takes it as it is.
    pub operands: Vec<Option<LogicalType>>,
    /// The type of the value.
    pub result: LogicalType,
    /// Whether the value may be NULL.
    pub nullable: bool,
}

impl Rule {
    /// A value that is NULL exactly when an operand is.
    pub(crate) fn strict(
        given: &[Typed],
        operands: Vec<Option<LogicalType>>,
        result: LogicalType,
    ) -> Result<Self, String> {
        Ok(Self { operands, result, nullable: given.iter().any(|operand| operand.nullable) })
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// All functions.
pub static FUNCTIONS: &[&Function] = &[
    &address_text::ADDRESS_TEXT,
    &arithmetic::ADD,
    &arithmetic::SUBTRACT,
    &arithmetic::MULTIPLY,
    &arithmetic::DIVIDE,
    &arithmetic::MODULO,
    &arithmetic::NEGATE,
    &coalesce::COALESCE,
    &concat::CONCAT,
    &nullif::NULLIF,
    &length::LENGTH,
    &case::LOWER,
    &case::UPPER,
    &case::INITCAP,
    &collate::COLLATE,
    &substr::SUBSTR,
    &ends::LEFT,
    &ends::RIGHT,
    &trim::TRIM,
    &trim::LTRIM,
    &trim::RTRIM,
    &replace::REPLACE,
    &repeat::REPEAT,
    &reverse::REVERSE,
    &pad::LPAD,
    &pad::RPAD,
    &strindex::STRINDEX,
    &concat_ws::CONCAT_WS,
    &character::CHR,
    &character::ORD,
    &hash::MD5,
    &hash::SHA1,
    &hash::SHA224,
    &hash::SHA256,
    &hash::SHA384,
    &hash::SHA512,
    &extremes::GREATEST,
    &extremes::LEAST,
    &absolute::ABS,
    &sign::SIGN,
    &rounding::CEIL,
    &rounding::FLOOR,
    &rounding::ROUND,
    &modulo::MOD,
    &power::POWER,
    &power::SQRT,
    &logarithm::EXP,
    &logarithm::LN,
    &logarithm::LOG,
    &trigonometry::PI,
    &trigonometry::DEGREES,
    &trigonometry::RADIANS,
    &trigonometry::SIN,
    &trigonometry::COS,
    &trigonometry::TAN,
    &trigonometry::COT,
    &trigonometry::ASIN,
    &trigonometry::ACOS,
    &trigonometry::ATAN,
    &trigonometry::ATAN2,
    &random::RANDOM,
    &uuid::UUID4,
    &uuid::UUID7,
    &trunc::TRUNC,
    &months::ADD_MONTHS,
    &months::AGE,
    &date_part::DATE,
    &date_part::TIME,
    &date_part::YEAR,
    &date_part::MONTH,
    &date_part::DAY,
    &date_part::WEEK,
    &date_part::WEEK_DAY,
    &date_part::ISO_WEEK_DAY,
    &date_part::ISO_YEAR,
    &date_part::QUARTER,
    &date_part::DAY_OF_YEAR,
    &date_part::HOUR,
    &date_part::MINUTE,
    &date_part::SECOND,
    &date_part::MILLISECOND,
    &date_part::MICROSECOND,
    &date_part::DECADE,
    &date_part::CENTURY,
    &date_part::MILLENNIUM,
    &date_part::EPOCH,
    &json_path::JSON_PATH,
    &json_path::JSON_TEXT,
    &json_path::JSON_NUMBER,
    &json_build::JSON_OBJECT,
    &json_build::JSON_ARRAY,
    &json_build::JSON_ARRAY_LENGTH,
    &json_change::JSON_SET,
    &json_change::JSON_MERGE,
    &json_change::JSON_REMOVE,
    &bitwise::AND,
    &bitwise::OR,
    &bitwise::XOR,
    &element::ELEMENT,
    &slice::SLICE,
    &unaccent::UNACCENT,
    &range_part::RANGE_START,
    &range_part::RANGE_END,
    &range_part::IS_EMPTY,
    &range_part::LOWER_INC,
    &range_part::LOWER_INF,
    &range_part::UPPER_INC,
    &range_part::UPPER_INF,
];

/// The function with this name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<&'static Function, CompileError> {
    find(name).ok_or_else(|| CompileError::Invalid(format!("there is no function `{name}`")))
}

/// The function with this name, if there is one.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name).copied()
}

/// That a function takes another number of operands.
pub(crate) fn takes(usage: &str) -> String {
    format!("write it as {usage}")
}

/// All operands as the arguments of a function, under the name that each dialect has for it.
pub(crate) fn call(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    postgres: &'static str,
    sqlite: &'static str,
) -> Result<Sql, CompileError> {
    let arguments = operands.iter().map(|operand| compiler.scalar(operand)).collect::<Result<_, _>>()?;
    Ok(Sql::call(
        match compiler.dialect() {
            Dialect::Postgres => postgres,
            Dialect::Sqlite => sqlite,
        },
        arguments,
    ))
}

/// An integer operand as a position, a length or a count, which are of 32 bits for PostgreSQL; a larger one is an error.
pub(crate) fn small(compiler: &mut Compiler<'_>, operand: &Typed) -> Result<Sql, CompileError> {
    let value = compiler.scalar(operand)?;
    Ok(match compiler.dialect() {
        Dialect::Postgres => Sql::cast(value, "int4"),
        Dialect::Sqlite => value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_documented() {
        for (index, function) in FUNCTIONS.iter().enumerate() {
            assert!(FUNCTIONS[..index].iter().all(|other| other.name != function.name), "{}", function.name);
            assert!(function.doc.ends_with('.'), "{}", function.name);
            assert!(function.usage.contains(function.name), "{}", function.name);
        }
    }
}
