//! Transactions: Django's `atomic`, savepoints, `on_commit`, and trying again.

use super::{Orm, QueryError};
use crate::Registry;
use crate::database::{Begun, Database, Isolation, Transaction};
use crate::run::{Executor, RunError};
use crate::write::{WriteContext, WriteError};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How often a transaction is begun again that was in the way of others, at most.
const RETRIES: u32 = 8;
/// The first pause before that, in milliseconds; each is twice as long as the one before.
const FIRST_PAUSE_MS: u64 = 5;

/// An error of a block of [`Orm::atomic`].
pub trait AtomicError: From<QueryError> {
    /// Whether the block may succeed when it is begun again: another transaction was in the way.
    fn is_retryable(&self) -> bool {
        false
    }
}

impl AtomicError for QueryError {
    fn is_retryable(&self) -> bool {
        match self {
            Self::Run(RunError::Retry(_)) => true,
            Self::Write(error) => error.is_retryable(),
            _ => false,
        }
    }
}

type Callback = Box<dyn FnOnce() + Send>;

/// What belongs to an open transaction.
pub(super) struct Open {
    transaction: Arc<Transaction>,
    /// What is to be done once it is committed.
    callbacks: Mutex<Vec<Callback>>,
    savepoints: AtomicU32,
    /// A write has failed or was dropped since the last savepoint that was taken back to: what it did in part must not be
    /// kept.
    broken: AtomicBool,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open").field("transaction", &self.transaction).finish_non_exhaustive()
    }
}

impl Open {
    fn new(transaction: Arc<Transaction>) -> Arc<Self> {
        Arc::new(Self {
            transaction,
            callbacks: Mutex::default(),
            savepoints: AtomicU32::new(0),
            broken: AtomicBool::new(false),
        })
    }

    fn committed(&self) {
        let callbacks = std::mem::take(&mut *self.callbacks.lock());
        callbacks.into_iter().for_each(|callback| callback());
    }

    /// Begins a step of which nothing may be kept unless it ends well.
    pub(super) fn step(&self) -> Step<'_> {
        Step { open: self, is_whole: false }
    }
}

/// A step of several statements. Unless it is said to be whole, because it has failed or its future was dropped in the
/// middle, what surrounds it cannot be kept.
pub(super) struct Step<'a> {
    open: &'a Open,
    is_whole: bool,
}

impl Step<'_> {
    /// All of it was done, or all of it was taken back.
    pub(super) fn whole(mut self) {
        self.is_whole = true;
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        if !self.is_whole {
            self.open.broken.store(true, Ordering::Relaxed);
        }
    }
}

impl Orm {
    /// Runs a block in a transaction: all of it is kept when it returns `Ok`, nothing when it returns an error or its future
    /// is dropped. Inside of another block it is a savepoint: an error takes back only what the inner block did. The block
    /// gets an `Orm` of the transaction; what goes through other ones is not part of it.
    ///
    /// The outermost block is run again when another transaction was in its way (a deadlock, a serialization failure, SQLite's
    /// lock held by another process): at most eight times, and not once the longest time of a query ([`Orm::timeout_ms`]) has
    /// passed since it began. When it is run again it has the database for itself, as far as this process goes. So it should do nothing that cannot be repeated. Blocks inside of one block run one after the
    /// other, not at the same time: their savepoints are nested.
    ///
    /// ```no_run
    /// # async fn example(orm: nuages_models::objects::Orm) -> Result<(), nuages_models::objects::QueryError> {
    /// use nuages_models::build::f;
    /// use nuages_models::values;
    ///
    /// orm.atomic(async |orm| {
    ///     orm.objects("Post").filter(f("id").eq(1)).update(values! { "views" => f("views") + 1 }).await?;
    ///     orm.on_commit(|| println!("counted"));
    ///     Ok(())
    /// })
    /// .await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the block, and those of the database when nothing can be begun or kept.
    pub async fn atomic<T, E, F, R>(&self, block: F) -> Result<T, E>
    where
        E: AtomicError,
        F: Fn(Self) -> R,
        R: Future<Output = Result<T, E>>,
    {
        self.atomic_with(Isolation::default(), block).await
    }

    /// [`Orm::atomic`] with an isolation level; inside of another block it is that one's.
    ///
    /// # Errors
    /// As [`Orm::atomic`].
    pub async fn atomic_with<T, E, F, R>(&self, isolation: Isolation, block: F) -> Result<T, E>
    where
        E: AtomicError,
        F: Fn(Self) -> R,
        R: Future<Output = Result<T, E>>,
    {
        if let Some(open) = &self.open {
            return self.savepoint(open, block).await;
        }
        let mut pause = FIRST_PAUSE_MS;
        let mut attempt = 0;
        let last = Instant::now() + Duration::from_millis(self.timeout_ms);
        loop {
            let begun = if attempt == 0 { Begun::First } else { Begun::Again };
            match self.once((isolation, begun), &block).await {
                Err(error) if error.is_retryable() && attempt < RETRIES && Instant::now() < last => {
                    attempt += 1;
                    tracing::debug!(attempt, "a transaction is begun again: another was in its way");
                    // Those that met each other must not meet again.
                    let spread = u64::from(uuid::Uuid::new_v4().as_bytes()[0]) % pause.max(1);
                    tokio::time::sleep(Duration::from_millis(pause + spread)).await;
                    pause *= 2;
                }
                result => return result,
            }
        }
    }

    async fn once<T, E, F, R>(&self, (isolation, begun): (Isolation, Begun), block: &F) -> Result<T, E>
    where
        E: AtomicError,
        F: Fn(Self) -> R,
        R: Future<Output = Result<T, E>>,
    {
        let failed = |error: crate::database::DatabaseError| E::from(QueryError::Run(error.into()));
        let database = self.executor.database().clone();
        let transaction = Arc::new(database.begin_isolated(isolation, begun).await.map_err(failed)?);
        let open = Open::new(Arc::clone(&transaction));
        let inside = Self {
            executor: Executor::Transaction(database, Arc::clone(&transaction)),
            open: Some(Arc::clone(&open)),
            ..self.clone()
        };
        let value = match block(inside).await {
            Ok(value) => value,
            Err(error) => {
                // When this fails, the connection is lost and the transaction with it.
                let _ = transaction.roll_back().await;
                return Err(error);
            }
        };
        if open.broken.load(Ordering::Relaxed) {
            let _ = transaction.roll_back().await;
            return Err(E::from(QueryError::Misuse(
                "a write of the transaction has failed or was dropped, and the block went on: nothing is kept. Put what may \
                 fail in an `atomic` block of its own"
                    .to_owned(),
            )));
        }
        if let Err(error) = transaction.commit().await {
            let error = self.writer_on(&transaction).explain_commit(error);
            return Err(E::from(error.into()));
        }
        open.committed();
        Ok(value)
    }

    async fn savepoint<T, E, F, R>(&self, open: &Arc<Open>, block: F) -> Result<T, E>
    where
        E: AtomicError,
        F: Fn(Self) -> R,
        R: Future<Output = Result<T, E>>,
    {
        let failed = |error: crate::database::DatabaseError| E::from(QueryError::Run(error.into()));
        let name = format!("nuages_s{}", open.savepoints.fetch_add(1, Ordering::Relaxed));
        // Dropped in the middle, the savepoint stays open and what was done since it would be kept.
        let step = open.step();
        open.transaction.savepoint(&name).await.map_err(failed)?;
        let callbacks = open.callbacks.lock().len();
        let was_broken = open.broken.swap(false, Ordering::Relaxed);
        let result = block(self.clone()).await;
        let result = match result {
            Ok(_) if open.broken.load(Ordering::Relaxed) => Err(E::from(QueryError::Misuse(
                "a write of the block has failed or was dropped, and the block went on: nothing of it is kept"
                    .to_owned(),
            ))),
            other => other,
        };
        match &result {
            Ok(_) => open.transaction.release(&name).await.map_err(failed)?,
            Err(_) => {
                if open.transaction.roll_back_to(&name).await.is_err() {
                    // The connection is lost or busy with what was given up: the step stays broken, and the block's own
                    // error says why.
                    return result;
                }
                open.callbacks.lock().truncate(callbacks);
            }
        }
        step.whole();
        open.broken.store(was_broken, Ordering::Relaxed);
        result
    }

    /// Does something once the outermost transaction is committed, in the order of the calls; at once when there is none.
    /// What a block registers that is taken back is forgotten.
    pub fn on_commit(&self, callback: impl FnOnce() + Send + 'static) {
        match &self.open {
            Some(open) => open.callbacks.lock().push(Box::new(callback)),
            None => callback(),
        }
    }

    /// The models of a registry on a transaction that the caller has begun and ends. `atomic` blocks are savepoints of it; nobody
    /// calls what waits for [`Orm::on_commit`].
    pub fn within(registry: Arc<Registry>, database: Database, transaction: Arc<Transaction>) -> Self {
        let mut orm = Self::new(registry, database.clone());
        orm.executor = Executor::Transaction(database, Arc::clone(&transaction));
        orm.open = Some(Open::new(transaction));
        orm
    }

    /// An `Orm` of a transaction that a writer has begun and ends.
    pub(crate) fn of_transaction(
        registry: Arc<Registry>,
        executor: &Executor,
        context: &WriteContext,
    ) -> Option<Self> {
        let transaction = executor.transaction()?;
        let mut orm = Self::new(registry, executor.database().clone()).time_zone(&context.time_zone);
        orm.session.clone_from(&context.session);
        orm.timeout_ms = context.timeout_ms;
        orm.executor = executor.clone();
        orm.open = Some(Open::new(Arc::clone(transaction)));
        Some(orm)
    }

    /// Does what was to be done once the transaction is committed.
    pub(crate) fn committed(&self) {
        if let Some(open) = &self.open {
            open.committed();
        }
    }

    /// Whether a write of the transaction has failed or was dropped, so that nothing of it may be kept.
    pub(crate) fn is_broken(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.broken.load(Ordering::Relaxed))
    }

    /// Whether this is of a transaction.
    pub fn in_transaction(&self) -> bool {
        self.open.is_some()
    }
}

impl From<WriteError> for QueryError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Run(error) => Self::Run(error),
            WriteError::Expression(error) => Self::Expression(error),
            other => Self::Write(other),
        }
    }
}
