//! Where things lie in the source tree.

use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
///
/// # Panics
/// When the package was moved out of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the workspace")
        .to_owned()
}

/// A file or folder of the workspace.
pub fn path(relative: &str) -> PathBuf {
    root().join(relative)
}
