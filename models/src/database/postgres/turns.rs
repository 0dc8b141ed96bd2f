//! Turns of transactions that write: one that was in the way of another is begun again alone.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// How long a transaction waits for its turn. Then it goes without: the others may be waiting for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The turns of one database's transactions in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<RwLock<()>>);

/// A turn, as long as it is held.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Beside others.
    Shared { _guard: OwnedRwLockReadGuard<()> },
    /// Beside nobody.
    Alone { _guard: OwnedRwLockWriteGuard<()> },
}

impl Turns {
    /// A turn beside others; it waits while one is alone, or is about to be.
    pub(crate) async fn shared(&self) -> Option<Turn> {
        if let Ok(guard) = Arc::clone(&self.0).try_read_owned() {
            return Some(Turn::Shared { _guard: guard });
        }
        // On the heap: hardly any transaction comes here.
        let waiting = Box::pin(tokio::time::timeout(PATIENCE, Arc::clone(&self.0).read_owned()));
        waiting.await.ok().map(|guard| Turn::Shared { _guard: guard })
    }

    /// A turn alone, once those that have one are done.
    pub(crate) async fn alone(&self) -> Option<Turn> {
        let waiting = Box::pin(tokio::time::timeout(PATIENCE, Arc::clone(&self.0).write_owned()));
        waiting.await.ok().map(|guard| Turn::Alone { _guard: guard })
    }
}
