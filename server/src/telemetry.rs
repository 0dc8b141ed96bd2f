//! The log of the binary: text for people or JSON for machines, on the standard error stream.
//!
//! Lines of requests that succeed are written together, at most a twentieth of a second late: a system call for each
//! would cost a good part of what a small request costs. Every other line goes out at once, after those before it.

mod line;

use crate::config::{Config, LogFormat};
use line::LineFormat;
use parking_lot::{Condvar, Mutex};
use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The target of the lines of requests.
pub(crate) const REQUESTS: &str = "nuages::request";

/// How long a line may wait for others.
const WAIT: Duration = Duration::from_millis(50);

/// How many bytes may wait.
const WAITING: usize = 64 << 10;

/// Notices of PostgreSQL ("already exists, skipping") are nobody's news.
const DEFAULT_LEVEL: &str = "info,tokio_postgres=warn";

/// Starts the log. `RUST_LOG` wins over the configured level; the default is `info`. A second call changes
/// nothing: an embedder's own log stays.
///
/// # Errors
/// When the level is not understood; the text says why.
pub fn start(config: &Config) -> Result<(), String> {
    let from_environment = std::env::var("RUST_LOG").ok().filter(|level| !level.is_empty());
    let level = from_environment.as_deref().or(config.log_level.as_deref()).unwrap_or(DEFAULT_LEVEL);
    let refused = |problem: &dyn std::fmt::Display| {
        format!(
            "the log level `{level}` is not understood: {problem}; write info, debug or nuages=debug,warn"
        )
    };
    if let Some(word) = level.split(',').map(str::trim).find(|word| is_no_level(word)) {
        return Err(refused(&format_args!("`{word}` is no level")));
    }
    let filter = EnvFilter::try_new(level).map_err(|error| refused(&error))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Log);
    let started = match config.log {
        LogFormat::Text => {
            let format = LineFormat(tracing_subscriber::fmt::format().with_target(false));
            builder.with_ansi(io::stderr().is_terminal()).event_format(format).try_init()
        }
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if started.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(location, "panic: {panic}");
        }));
        let writer = std::thread::Builder::new().name("log".to_owned()).spawn(write_what_waits);
        // Without the thread lines only wait for the next line that is urgent, or until there are many.
        if let Err(error) = writer {
            tracing::warn!(%error, "the thread that writes the log does not start");
        }
    }
    Ok(())
}

/// A word alone is a level, or the filter takes it for the name of something to log, of which there is none.
fn is_no_level(word: &str) -> bool {
    let levels = ["trace", "debug", "info", "warn", "error", "off"];
    !word.contains(['=', '[', ':']) && !levels.contains(&word.to_ascii_lowercase().as_str())
}

/// Writes the lines that still wait. To be called before the process ends.
pub fn flush() {
    WAITING_LINES.write_out(&mut WAITING_LINES.bytes.lock());
}

static WAITING_LINES: Lines = Lines { bytes: Mutex::new(Vec::new()), begun: Condvar::new() };

/// Lines that wait to be written.
struct Lines {
    bytes: Mutex<Vec<u8>>,
    /// There is a first one.
    begun: Condvar,
}

impl Lines {
    /// Nobody is left to tell when the stream is closed.
    fn write_out(&self, bytes: &mut Vec<u8>) {
        if !bytes.is_empty() {
            let _ = io::stderr().lock().write_all(bytes);
            bytes.clear();
        }
    }
}

fn write_what_waits() {
    loop {
        let mut bytes = WAITING_LINES.bytes.lock();
        while bytes.is_empty() {
            WAITING_LINES.begun.wait(&mut bytes);
        }
        drop(bytes);
        std::thread::sleep(WAIT);
        flush();
    }
}

/// Where lines go.
struct Log;

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { may_wait: false }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Line {
        Line { may_wait: metadata.target() == REQUESTS && *metadata.level() >= Level::INFO }
    }
}

/// One line.
struct Line {
    may_wait: bool,
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut bytes = WAITING_LINES.bytes.lock();
        let is_first = bytes.is_empty();
        bytes.extend_from_slice(line);
        if !self.may_wait || bytes.len() > WAITING {
            WAITING_LINES.write_out(&mut bytes);
        } else if is_first {
            WAITING_LINES.begun.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
