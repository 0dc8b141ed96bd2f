//! The `nuages` binary.

fn main() -> std::process::ExitCode {
    nuages::cli::run()
}
