//! The built `nuages` program: found beside the running test, run to its end.

use std::path::PathBuf;
use std::process::{Command, Output};

/// The `nuages` program of this build: `NUAGES_BIN`, or the one in the folder above the test's own program.
///
/// # Panics
/// When it was not built; `scripts/test` builds it before the tests.
pub fn path() -> PathBuf {
    if let Some(path) = std::env::var_os("NUAGES_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("a running program has a path");
    let profile = test.parent().and_then(|deps| deps.parent()).expect("tests lie in target/PROFILE/deps");
    let path = profile.join(format!("nuages{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "there is no {}: run `cargo build -p nuages` first, or set NUAGES_BIN to the program",
        path.display()
    );
    path
}

/// The program with these arguments and an environment without the caller's own settings.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(path());
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("NUAGES_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs the program to its end, with these variables in its environment.
///
/// # Panics
/// When it fails; the message has all that it wrote.
pub fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let output = command(arguments).envs(variables.iter().copied()).output().expect("the program starts");
    assert!(
        output.status.success(),
        "`nuages {}` ended with {}\n{}{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
