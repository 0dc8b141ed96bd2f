//! Integers bit by bit, in 64 bits of two's complement.

use super::{Function, Rule, Volatility, takes};
use crate::bind::{Typed, types};
use crate::compile::Compiler;
use crate::database::Dialect;
use crate::prepare::CompileError;
use crate::registry::LogicalType;
use crate::sql::Sql;

fn rule(operands: &[Typed], usage: &str) -> Result<Rule, String> {
    let [left, right] = operands else { return Err(takes(usage)) };
    if let Some(other) = [left, right].into_iter().find(|operand| !types::is_integer(&operand.logical)) {
        return Err(format!("{} has no bits; integers have", types::type_name(&other.logical)));
    }
    Rule::strict(operands, vec![Some(LogicalType::Int64); 2], LogicalType::Int64)
}

fn compile(
    compiler: &mut Compiler<'_>,
    operands: &[Typed],
    operator: &'static str,
) -> Result<Sql, CompileError> {
    let left = compiler.scalar(&operands[0])?;
    let right = compiler.scalar(&operands[1])?;
    Ok(match (compiler.dialect(), operator) {
        // SQLite has no operator of its own for it: the bits of either without those of both.
        (Dialect::Sqlite, "#") => {
            Sql::binary(Sql::binary(left.clone(), "|", right.clone()), "-", Sql::binary(left, "&", right))
        }
        _ => Sql::binary(left, operator, right),
    })
}

macro_rules! bitwise {
    ($item:ident, $name:literal, $operator:literal, $doc:literal) => {
        pub(super) static $item: Function = Function {
            name: $name,
            doc: $doc,
            usage: concat!($name, "(a, b)"),
            volatility: Volatility::Immutable,
            types: |operands| rule(operands, concat!($name, "(a, b)")),
            compile: |compiler, operands, _| compile(compiler, operands, $operator),
        };
    };
}

bitwise!(AND, "bitand", "&", "The bits that both integers have.");
bitwise!(OR, "bitor", "|", "The bits that either integer has.");
bitwise!(XOR, "bitxor", "#", "The bits that one of two integers has.");
