//! Keyset cursors: a row's place in an ordering as opaque, signed text.
//!
//! A cursor is base64url of `MAC (8 bytes) · fingerprint (8 bytes) · JSON array of the keys' values`. The
//! fingerprint is of the model and its completed ordering, so that a cursor of another ordering is recognised;
//! the MAC (HMAC-SHA-256, cut to 64 bits) keeps clients from making up positions.

use crate::expr::Expr;
use crate::query::OrderBy;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Why a text is not a cursor of the ordering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// It was not made by this server.
    #[error("this is not a cursor of this server")]
    Malformed,
    /// It belongs to another ordering.
    #[error("this cursor belongs to another ordering; use it with the `orderBy` it came from")]
    OtherOrdering,
}

/// Identifies a model's completed ordering, with the values of the request that it depends on.
pub fn fingerprint(model: &str, order: &[OrderBy], values: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(model.as_bytes());
    for key in order {
        hash.update(format!("\0{}\0{}\0{:?}", key_text(key), key.descending, key.nulls).as_bytes());
    }
    hash.update(values.as_bytes());
    let digest = hash.finalize();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

/// What a cursor is bound to of a key. Texts of expressions are long; only that they are the same matters.
fn key_text(key: &OrderBy) -> String {
    match &key.key {
        Expr::Path(path) => path.join("\u{1}"),
        other => format!("\u{2}{other:?}"),
    }
}

/// Appends the cursor (without quotes) of a row whose keys' values are this JSON array.
pub fn seal(out: &mut Vec<u8>, key: &[u8], fingerprint: u64, values: &[u8]) {
    let mut bytes = Vec::with_capacity(16 + values.len());
    bytes.extend_from_slice(&mac(key, fingerprint, values));
    bytes.extend_from_slice(&fingerprint.to_be_bytes());
    bytes.extend_from_slice(values);
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    // The slice is long enough by construction; were it not, the cursor would be empty rather than wrong.
    let written = URL_SAFE_NO_PAD.encode_slice(&bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
}

/// The JSON array of the keys' values.
///
/// # Errors
/// When the text was not sealed with this key, or for another ordering.
pub fn open(text: &str, key: &[u8], expected: u64) -> Result<Vec<serde_json::Value>, CursorError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Malformed)?;
    if bytes.len() < 16 {
        return Err(CursorError::Malformed);
    }
    let (head, values) = bytes.split_at(16);
    let mut found = [0_u8; 8];
    found.copy_from_slice(&head[8..]);
    let found = u64::from_be_bytes(found);
    // Compared without an early exit, as a MAC should be.
    let difference = mac(key, found, values).iter().zip(&head[..8]).fold(0, |all, (a, b)| all | (a ^ b));
    if difference != 0 {
        return Err(CursorError::Malformed);
    }
    if found != expected {
        return Err(CursorError::OtherOrdering);
    }
    match serde_json::from_slice(values) {
        Ok(serde_json::Value::Array(values)) => Ok(values),
        _ => Err(CursorError::Malformed),
    }
}

fn mac(key: &[u8], fingerprint: u64, values: &[u8]) -> [u8; 8] {
    let mut short = [0_u8; 8];
    // HMAC takes keys of any length, so this never fails.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(&fingerprint.to_be_bytes());
        mac.update(values);
        short.copy_from_slice(&mac.finalize().into_bytes()[..8]);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_with_its_key_and_ordering() {
        let mut cursor = Vec::new();
        seal(&mut cursor, b"key", 7, br#"["2024-01-01T00:00:00Z",null,"3"]"#);
        let text = String::from_utf8(cursor).unwrap();
        assert_eq!(open(&text, b"key", 7).unwrap().len(), 3);
        assert_eq!(open(&text, b"other", 7), Err(CursorError::Malformed));
        assert_eq!(open(&text, b"key", 8), Err(CursorError::OtherOrdering));
        for junk in ["", "x", "!!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(open(junk, b"key", 7), Err(CursorError::Malformed));
        }
        let mut flipped = text.into_bytes();
        flipped[30] ^= 1;
        assert_eq!(open(&String::from_utf8(flipped).unwrap(), b"key", 7), Err(CursorError::Malformed));
    }
}
