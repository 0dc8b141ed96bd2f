//! IP addresses, which are stored as text, in PostgreSQL's order of `inet`.

use super::{NativeFunction, text_argument};
use rusqlite::types::Value;
use std::net::IpAddr;

pub(super) const ADDRESS: NativeFunction = NativeFunction {
    name: "nuages_address",
    arity: 1,
    doc: "Bytes that sort as the address does: version 4 before version 6, then by number; what is no address comes last.",
    call: |context| {
        let text = text_argument(context, 0)?;
        Ok(Value::Blob(match text.parse() {
            Ok(IpAddr::V4(address)) => [&[4], address.octets().as_slice()].concat(),
            Ok(IpAddr::V6(address)) => [&[6], address.octets().as_slice()].concat(),
            Err(_) => [&[u8::MAX], text.as_bytes()].concat(),
        }))
    },
};
