//! The log of the binary: text for people or JSON for machines, on the standard error stream.

use crate::config::{Config, LogFormat};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts the log. `RUST_LOG` wins over the configured level; the default is `info`. A second call changes
/// nothing: an embedder's own log stays.
///
/// # Errors
/// When the level is not understood; the text says why.
pub fn start(config: &Config) -> Result<(), String> {
    let from_environment = std::env::var("RUST_LOG").ok().filter(|level| !level.is_empty());
    let level = from_environment.as_deref().or(config.log_level.as_deref()).unwrap_or("info");
    let refused = |problem: &dyn std::fmt::Display| {
        format!(
            "the log level `{level}` is not understood: {problem}; write info, debug or nuages=debug,warn"
        )
    };
    if let Some(word) = level.split(',').map(str::trim).find(|word| is_no_level(word)) {
        return Err(refused(&format_args!("`{word}` is no level")));
    }
    let filter = EnvFilter::try_new(level).map_err(|error| refused(&error))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(location, "panic: {panic}");
        }));
    }
    Ok(())
}

/// A word alone is a level, or the filter takes it for the name of something to log, of which there is none.
fn is_no_level(word: &str) -> bool {
    let levels = ["trace", "debug", "info", "warn", "error", "off"];
    !word.contains(['=', '[', ':']) && !levels.contains(&word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_no_levels_are_told() {
        for (word, refused) in
            [("info", false), ("WARN", false), ("nuages=debug", false), ("nonsense", true), ("", true)]
        {
            assert_eq!(is_no_level(word), refused, "{word}");
        }
    }
}
