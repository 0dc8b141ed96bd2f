//! The programs of this build, and the folders of the workspace.

use crate::failure::Failure;
use std::path::PathBuf;
use std::process::Command;

/// A program of the same build as the running one: beside it, or in the folder above where tests lie.
///
/// # Errors
/// When it was not built.
pub fn built(name: &str) -> Result<PathBuf, Failure> {
    let me = std::env::current_exe().map_err(Failure::io("the running program"))?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    me.ancestors().skip(1).take(2).map(|folder| folder.join(&file)).find(|path| path.is_file()).ok_or_else(
        || Failure::Argument(format!("there is no `{name}` beside {}: run scripts/bench", me.display())),
    )
}

/// `nuages` with these arguments and without the caller's own settings.
///
/// # Errors
/// When it was not built.
pub fn nuages(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(built("nuages")?);
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("NUAGES_") {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// Runs a program to its end.
///
/// # Errors
/// When it does not start or fails; it has then written why to the standard error.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let program = format!("{command:?}");
    let status = command.status().map_err(Failure::io(&program))?;
    if status.success() { Ok(()) } else { Err(Failure::Program { program, status: status.to_string() }) }
}

/// The project that is served.
pub fn project() -> PathBuf {
    nuages_tests::workspace::path("benches/project")
}

/// The folder of what is built.
///
/// # Errors
/// When the running program has no path.
pub fn target() -> Result<PathBuf, Failure> {
    let me = std::env::current_exe().map_err(Failure::io("the running program"))?;
    Ok(me.ancestors().nth(2).map_or_else(|| nuages_tests::workspace::path("target"), PathBuf::from))
}
