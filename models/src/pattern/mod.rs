//! Regular expressions: stand-in until the real module is merged.
use crate::database::Dialect;
/// Escapes.
pub fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
/// Translates.
///
/// # Errors
/// Never.
pub fn translate(pattern: &str, _: Dialect) -> Result<String, std::convert::Infallible> {
    Ok(pattern.to_owned())
}
