//! Native functions: stand-in until the real module is merged.
/// Registers nothing yet.
///
/// # Errors
/// Never.
pub fn register(_: &rusqlite::Connection) -> rusqlite::Result<()> {
    Ok(())
}
