//! Reading where the caller is, without a thread of its own.
//!
//! Handing a statement to another thread and waiting for it costs more than finding a row by its key. So what is known to be
//! quick runs on the thread that asks. It is stopped after a millisecond or so, so that other tasks of
//! that thread do not wait: the caller then hands it over as usual.

use super::{Sqlite, SqliteSession, failure, run_cached};
use crate::database::DatabaseError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 1_000;

/// Looks at the clock after which a statement is stopped, however early it is.
const LOOKS: u32 = 20;

/// Time after which a statement is stopped.
const LONGEST: Duration = Duration::from_millis(1);

/// What is quick.
const QUICK: Duration = Duration::from_micros(250);

/// The score from which on the next run is expected to be quick.
const SURE: i32 = 3;

/// The best score, and the worst.
const SCORES: (i32, i32) = (20, -50);

/// What a slow run costs. One of many may be slow because its thread had to wait for the processor.
const SLOW: i32 = 10;

/// What is known of how long something takes: whether its next run may be done where the caller is. No part of what it is of:
/// two are always equal.
#[derive(Debug, Default)]
pub struct Pace(AtomicI32);

impl Pace {
    fn is_quick(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= SURE
    }

    /// Notes how long a run has taken.
    pub(crate) fn note(&self, time: Duration) {
        // A score may be lost between the two: it is an estimate.
        let score = self.0.load(Ordering::Relaxed);
        let next = if time <= QUICK { (score + 1).min(SCORES.0) } else { (score - SLOW).max(SCORES.1) };
        if next != score {
            self.0.store(next, Ordering::Relaxed);
        }
    }

    fn was_stopped(&self) {
        self.0.store(SCORES.1, Ordering::Relaxed);
    }
}

impl Clone for Pace {
    fn clone(&self) -> Self {
        Self(AtomicI32::new(self.0.load(Ordering::Relaxed)))
    }
}

impl PartialEq for Pace {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Sqlite {
    /// Runs `f`, which only reads, on this thread. `None`: it is not known to be quick, or no connection is free, or it was
    /// stopped because it was not quick after all. `is_one_statement` as for [`Sqlite::read_once`].
    pub(crate) fn read_here<T, E: From<DatabaseError>>(
        &self,
        pace: &Pace,
        is_one_statement: bool,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        if !pace.is_quick() {
            return None;
        }
        let permit = Arc::clone(&self.readers.permits).try_acquire_owned().ok()?;
        let mut connection = self.readers.free.lock().pop()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let start = Instant::now();
        let mut looks = 0;
        let guard = move || {
            looks += 1;
            let late = looks >= LOOKS || start.elapsed() > LONGEST;
            if late {
                stop.store(true, Ordering::Relaxed);
            }
            late
        };
        let guarded = connection.progress_handler(STEPS, Some(guard));
        let result = guarded.map_err(|error| E::from(failure(&error))).and_then(|()| {
            if is_one_statement {
                return f(&SqliteSession { connection: &connection });
            }
            run_cached(&connection, "BEGIN").map_err(|error| failure(&error))?;
            f(&SqliteSession { connection: &connection })
        });
        let freed = connection.progress_handler(0, None::<fn() -> bool>);
        if !is_one_statement {
            // It has only read, so ending it cannot lose anything.
            let _ = run_cached(&connection, "ROLLBACK");
        }
        self.readers.free.lock().push(connection);
        drop(permit);
        if stopped.load(Ordering::Relaxed) {
            pace.was_stopped();
            return None;
        }
        pace.note(start.elapsed());
        Some(match freed {
            Ok(()) => result,
            Err(error) => Err(failure(&error).into()),
        })
    }
}
