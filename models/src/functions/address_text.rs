//! `address_text`.

use super::{Function, Rule, Volatility, takes};
use crate::bind::types;
use crate::database::Dialect;
use crate::registry::LogicalType;
use crate::sql::Sql;

pub(super) static ADDRESS_TEXT: Function = Function {
    name: "address_text",
    doc: "An IP address as text.",
    usage: "address_text(address)",
    volatility: Volatility::Immutable,
    types: |operands| {
        let [address] = operands else { return Err(takes("address_text(address)")) };
        if address.logical != LogicalType::IpAddress {
            return Err(format!("an IP address is needed here, not {}", types::type_name(&address.logical)));
        }
        Rule::strict(operands, vec![None], LogicalType::Text)
    },
    compile: |compiler, operands, _| {
        let address = compiler.scalar(&operands[0])?;
        Ok(match compiler.dialect() {
            Dialect::Postgres => Sql::call("host", vec![address]),
            Dialect::Sqlite => address,
        })
    },
};
