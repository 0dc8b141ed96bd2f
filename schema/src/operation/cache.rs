//! Parsed and validated operations by document text and operation name. Bounded, shared by every request; a hit takes
//! one read lock and compares the text.

use super::Operation;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Locks that requests spread over.
const SHARDS: usize = 8;

/// Operations, the least recently used forgotten first.
#[derive(Debug)]
pub struct OperationCache {
    hasher: RandomState,
    shards: [RwLock<HashMap<u64, Entry>>; SHARDS],
    clock: AtomicU64,
    operations_per_shard: usize,
    bytes_per_shard: usize,
}

#[derive(Debug)]
struct Entry {
    operation: Arc<Operation>,
    used: AtomicU64,
}

impl OperationCache {
    /// An empty cache of at most about so many operations that take at most about so many bytes.
    pub fn new(operations: usize, bytes: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            shards: Default::default(),
            clock: AtomicU64::new(0),
            operations_per_shard: operations.div_ceil(SHARDS).max(1),
            bytes_per_shard: bytes.div_ceil(SHARDS),
        }
    }

    /// The operation of this text and name.
    pub fn find(&self, text: &str, name: Option<&str>) -> Option<Arc<Operation>> {
        let hash = self.hash(text, name);
        let shard = self.shard(hash).read();
        let entry = shard.get(&hash)?;
        if !entry.operation.is(text, name) {
            return None;
        }
        entry.used.store(self.now(), Ordering::Relaxed);
        Some(entry.operation.clone())
    }

    /// Keeps an operation. Gives the one to use, which is an older one when another request was faster.
    pub fn insert(&self, operation: Arc<Operation>) -> Arc<Operation> {
        let hash = self.hash(operation.text(), operation.name());
        let mut shard = self.shard(hash).write();
        if let Some(known) = shard.get(&hash)
            && known.operation.is(operation.text(), operation.name())
        {
            return known.operation.clone();
        }
        self.make_room(&mut shard, 1, operation.weight());
        // Texts with the same hash replace each other; that costs a little time and nothing else.
        shard.insert(hash, Entry { operation: operation.clone(), used: AtomicU64::new(self.now()) });
        operation
    }

    /// Forgets the least recently used operations where plans have made the others too heavy. To be called when an
    /// operation has got a new plan.
    pub fn settle(&self, operation: &Operation) {
        let hash = self.hash(operation.text(), operation.name());
        self.make_room(&mut self.shard(hash).write(), 0, 0);
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.read().len()).sum()
    }

    /// How many plans they have together.
    pub fn plans(&self) -> usize {
        let of_shard = |shard: &RwLock<HashMap<u64, Entry>>| -> usize {
            shard.read().values().map(|entry| entry.operation.plans.len()).sum()
        };
        self.shards.iter().map(of_shard).sum()
    }

    /// Whether there is no operation.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the least recently used operations until so many of this weight have their place.
    fn make_room(&self, shard: &mut HashMap<u64, Entry>, more: usize, weight: usize) {
        // Plans are added to operations later, so weights are summed afresh; that is cheap beside making a plan.
        let mut total: usize = shard.values().map(|entry| entry.operation.weight()).sum();
        while !shard.is_empty()
            && (shard.len() + more > self.operations_per_shard || total + weight > self.bytes_per_shard)
        {
            let oldest = shard
                .iter()
                .min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed))
                .map(|(hash, entry)| (*hash, entry.operation.weight()));
            let Some((oldest, freed)) = oldest else { break };
            shard.remove(&oldest);
            total = total.saturating_sub(freed);
        }
    }

    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    fn hash(&self, text: &str, name: Option<&str>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        text.hash(&mut hasher);
        name.hash(&mut hasher);
        hasher.finish()
    }

    fn shard(&self, hash: u64) -> &RwLock<HashMap<u64, Entry>> {
        // `SHARDS` is a power of two; the upper bits are not those that the map uses.
        &self.shards[(hash >> 56) as usize % SHARDS]
    }
}
