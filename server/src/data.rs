//! Rows in and out: `loaddata` and `dumpdata`.
//!
//! A file has one row a line, `{"table": "blog_user", "row": {"id": 1, …}}` or `{"model": "User", "row": {…}}`, and
//! is compressed when its name ends in `.gz`. The keys of a row are columns or fields. Values are those of the API
//! in JSON, with two additions: a duration may be a number of microseconds, and `{"$json": null}` is JSON's null
//! where `null` would be SQL's. Both directions stream: memory does not grow with the file.

mod copy;
mod dump;
mod load;
mod row;

pub use dump::{DumpError, dump, dump_file};
pub use load::{LoadError, LoadReport, load, load_file};

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far loading or dumping has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows so far.
    pub rows: u64,
    /// Bytes of the (compressed) input so far; 0 when dumping.
    pub bytes: u64,
    /// All bytes of the input, when they are known.
    pub total_bytes: Option<u64>,
}

/// Counts what is read through it.
struct Counted<R> {
    inner: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
