//! The `nuages` binary.
fn main() {}
