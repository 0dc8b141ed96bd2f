//! SQLite: a few connections that read, one that writes, all on blocking threads.
//!
//! A request reads inside one deferred transaction, or with one statement, so everything it sees is one state. Dropping
//! the request's future interrupts its statement.

pub mod functions;
mod quick;

pub use quick::Pace;

use super::{BrokenConstraint, Cell, ConstraintKind, DatabaseError, DatabaseOptions, Param};
use crate::sql::quoted_identifier;
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, InterruptHandle, OpenFlags, ffi};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 256;

/// How long a writer waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);

/// The pools of one database file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    readers: Arc<Connections>,
    writer: Arc<Connections>,
    /// Longest time of a reading transaction.
    timeout: Option<Duration>,
}

#[derive(Debug)]
struct Connections {
    free: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Connections {
    fn new(connections: Vec<Connection>) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Arc::new(Self { free: Mutex::new(connections), permits })
    }
}

impl Sqlite {
    pub(super) async fn open(path: &str, options: &DatabaseOptions) -> Result<Self, DatabaseError> {
        let path = path.to_owned();
        let readers = options.pool_size();
        let timeout = options.statement_timeout_ms.filter(|limit| *limit > 0).map(Duration::from_millis);
        tokio::task::spawn_blocking(move || {
            // A database in memory belongs to one connection, which then reads and writes.
            if path == ":memory:" || path.is_empty() {
                let only = Connections::new(vec![connect(Path::new(":memory:"), Access::Write)?]);
                return Ok(Self { readers: Arc::clone(&only), writer: only, timeout });
            }
            let path = Path::new(&path);
            let writer = connect(path, Access::Write)?;
            let readers = (0..readers).map(|_| connect(path, Access::Read)).collect::<Result<Vec<_>, _>>()?;
            let writer = Connections::new(vec![writer]);
            Ok(Self { readers: Connections::new(readers), writer, timeout })
        })
        .await
        .map_err(|error| DatabaseError::Unavailable(error.to_string()))?
    }

    /// Runs `f` in a transaction that reads.
    ///
    /// # Errors
    /// Those of `f`; when no connection can be had; when it takes longer than the options allow.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.read_within(self.timeout, f).await
    }

    /// As [`Sqlite::read`], for an `f` that runs one statement once: that sees one state by itself, and a transaction
    /// around it would only cost a fifteenth of a small request.
    ///
    /// # Errors
    /// Those of [`Sqlite::read`].
    pub(crate) async fn read_once<T, E>(
        &self,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        with(&self.readers, self.timeout, move |connection| f(&SqliteSession { connection })).await
    }

    /// As [`Sqlite::read`], without a limit of time.
    pub(super) async fn read_at_leisure<T, E>(
        &self,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.read_within(None, f).await
    }

    async fn read_within<T, E>(
        &self,
        timeout: Option<Duration>,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        with(&self.readers, timeout, move |connection| {
            run_cached(connection, "BEGIN").map_err(|error| failure(&error))?;
            let result = f(&SqliteSession { connection });
            // It has only read, so ending it cannot lose anything.
            let _ = run_cached(connection, "ROLLBACK");
            result
        })
        .await
    }

    /// Runs `f` in a transaction that writes; an error undoes everything.
    ///
    /// # Errors
    /// Those of `f`; when another process holds the lock for too long.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        with(&self.writer, None, move |connection| {
            connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| failure(&error))?;
            let result = f(connection).and_then(|value| {
                connection.execute_batch("COMMIT")?;
                Ok(value)
            });
            if result.is_err() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            result.map_err(|error| failure(&error))
        })
        .await
    }

    /// Runs `f` in a transaction that writes, when the connection can be had within `limit`; an error undoes everything. Once
    /// begun its end is waited for.
    ///
    /// # Errors
    /// Those of `f`; when the connection cannot be had in time; when another process holds the lock for too long.
    pub(crate) async fn write_once<T, E>(
        &self,
        limit: Duration,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let acquired = tokio::time::timeout(limit, acquire(&self.writer)).await;
        let acquired = acquired.unwrap_or(Err(DatabaseError::Timeout))?;
        on(acquired, &self.writer, None, move |connection| {
            run_cached(connection, "BEGIN IMMEDIATE").map_err(|error| failure(&error))?;
            let result = f(&SqliteSession { connection }).and_then(|value| {
                commit(connection)?;
                Ok(value)
            });
            if result.is_err() {
                // The error is what matters; a transaction that SQLite has ended by itself has nothing to take back.
                let _ = run_cached(connection, "ROLLBACK");
            }
            result
        })
        .await
    }

    /// Begins a transaction that takes its work step by step, on a thread of its own.
    pub(super) async fn begin(&self) -> Result<SqliteTransaction, DatabaseError> {
        self.begin_with("BEGIN IMMEDIATE", "").await
    }

    /// The same without the enforcement of foreign keys, which can be switched outside of transactions only.
    pub(super) async fn begin_schema_change(&self) -> Result<SqliteTransaction, DatabaseError> {
        let ended = "PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF";
        self.begin_with("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", ended).await
    }

    async fn begin_with(
        &self,
        begin: &'static str,
        ended: &'static str,
    ) -> Result<SqliteTransaction, DatabaseError> {
        let (mut connection, permit) = acquire(&self.writer).await?;
        let interrupt = Interrupt(Arc::new(Mutex::new(Some(connection.get_interrupt_handle()))));
        let pool = Arc::clone(&self.writer);
        let (jobs, mut queue) = mpsc::unbounded_channel::<Job>();
        let (answer, begun) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let result = connection.execute_batch(begin);
            let works = result.is_ok();
            let _ = answer.send(result);
            while let Some(job) = queue.blocking_recv() {
                if works {
                    job(&mut connection);
                }
            }
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            // Settings of a connection without a transaction cannot fail.
            let _ = connection.execute_batch(ended);
            pool.free.lock().push(connection);
            drop(permit);
        });
        let transaction = SqliteTransaction { interrupt, jobs: Mutex::new(Some(jobs)) };
        begun.await.map_err(|_| thread_gone())?.map_err(|error| failure(&error))?;
        Ok(transaction)
    }

    pub(super) async fn execute_many(
        &self,
        sql: String,
        rows: Vec<Vec<Param>>,
    ) -> Result<(), (usize, DatabaseError)> {
        let reached = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let progress = Arc::clone(&reached);
        let result = self
            .write(move |connection| {
                let mut statement = connection.prepare_cached(&sql)?;
                for (index, row) in rows.iter().enumerate() {
                    progress.store(index, std::sync::atomic::Ordering::Relaxed);
                    statement.execute(rusqlite::params_from_iter(row))?;
                }
                progress.store(rows.len(), std::sync::atomic::Ordering::Relaxed);
                Ok(())
            })
            .await;
        result.map_err(|error| (reached.load(std::sync::atomic::Ordering::Relaxed), error))
    }
}

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A transaction on the writing connection. Dropping it interrupts its statement and undoes everything.
#[derive(Debug)]
pub(crate) struct SqliteTransaction {
    // Dropped first: once the queue is closed the thread rolls back, which must not be interrupted.
    interrupt: Interrupt,
    /// Where work is sent; none once the transaction is over, which gives the connection back.
    jobs: Mutex<Option<mpsc::UnboundedSender<Job>>>,
}

impl SqliteTransaction {
    /// Runs `f` on the transaction's thread, which sees what the transaction has done.
    pub(crate) async fn with<T, E>(
        &self,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.run(move |connection| Ok(f(&SqliteSession { connection }))).await?
    }

    /// Runs `f` on the transaction's thread.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.run_alone(move |connection| f(connection)).await
    }

    /// The same for what must have the connection for itself.
    async fn run_alone<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (answer, done) = oneshot::channel();
        let waiting = Waiting { progress: Arc::default(), interrupt: Arc::clone(&self.interrupt.0) };
        let progress = Arc::clone(&waiting.progress);
        let job: Job = Box::new(move |connection| {
            {
                let mut progress = progress.lock();
                if *progress == Progress::Abandoned {
                    return;
                }
                *progress = Progress::Running;
            }
            let result = f(connection);
            *progress.lock() = Progress::Done;
            let _ = answer.send(result);
        });
        let jobs = self.jobs.lock().clone().ok_or_else(|| DatabaseError::Statement {
            message: "the transaction is over".to_owned(),
            code: None,
        })?;
        jobs.send(job).map_err(|_| thread_gone())?;
        // The thread ends with the last sender.
        drop(jobs);
        let result = done.await.map_err(|_| thread_gone())?;
        drop(waiting);
        result.map_err(|error| failure(&error))
    }

    pub(super) async fn query_text(&self, sql: String) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        self.run(move |connection| Ok(SqliteSession { connection }.query_text(&sql))).await?
    }

    pub(super) async fn execute_many(
        &self,
        sql: String,
        rows: Vec<Vec<Param>>,
    ) -> Result<(), (usize, DatabaseError)> {
        let result = self
            .run(move |connection| {
                let mut statement = match connection.prepare_cached(&sql) {
                    Ok(statement) => statement,
                    Err(error) => return Ok(Err((0, failure(&error)))),
                };
                for (index, row) in rows.iter().enumerate() {
                    if let Err(error) = statement.execute(rusqlite::params_from_iter(row)) {
                        return Ok(Err((index, failure(&error))));
                    }
                }
                Ok(Ok(()))
            })
            .await;
        result.unwrap_or_else(|error| Err((0, error)))
    }

    pub(super) async fn commit(&self) -> Result<(), DatabaseError> {
        self.run(|connection| Ok(commit(connection))).await??;
        self.end();
        Ok(())
    }

    /// Ends as a commit would, and keeps nothing.
    pub(super) async fn try_out(&self) -> Result<(), DatabaseError> {
        let tried = self.run_alone(|connection| {
            // SQLite asks the hook once it has found that nothing forbids the commit.
            connection.commit_hook(Some(|| true))?;
            let result = connection.execute_batch("COMMIT");
            connection.commit_hook(None::<fn() -> bool>)?;
            match result {
                Err(error) if is_foreign_key(&error) => {
                    Ok(Err(dangling(connection).unwrap_or_else(|| failure(&error))))
                }
                Err(error) if extended_code(&error) == Some(ffi::SQLITE_CONSTRAINT_COMMITHOOK) => Ok(Ok(())),
                other => other.map(Ok),
            }
        });
        tried.await??;
        self.end();
        Ok(())
    }

    pub(super) async fn roll_back(&self) -> Result<(), DatabaseError> {
        self.run(|connection| connection.execute_batch("ROLLBACK")).await?;
        self.end();
        Ok(())
    }

    /// Nothing runs any more that could be interrupted, and nothing will.
    fn end(&self) {
        self.interrupt.0.lock().take();
        self.jobs.lock().take();
    }
}

/// How far a piece of work on a transaction's thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Progress {
    #[default]
    Queued,
    Running,
    Done,
    /// Nobody waits for it, and it has not begun.
    Abandoned,
}

/// Somebody who waits for a piece of work. Dropped before it is done, the work is not begun, or its statement is interrupted:
/// what comes next on the transaction, such as its end, need not wait for it.
struct Waiting {
    progress: Arc<Mutex<Progress>>,
    interrupt: Arc<Mutex<Option<InterruptHandle>>>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // Held meanwhile, so that the thread cannot go on to the next piece.
        let mut progress = self.progress.lock();
        match *progress {
            Progress::Queued => *progress = Progress::Abandoned,
            Progress::Running => {
                if let Some(handle) = self.interrupt.lock().as_ref() {
                    handle.interrupt();
                }
            }
            Progress::Done | Progress::Abandoned => {}
        }
    }
}

/// Ends a transaction. One that a foreign key forbids is still open.
fn commit(connection: &Connection) -> Result<(), DatabaseError> {
    match run_cached(connection, "COMMIT") {
        // The transaction can be asked what is missing.
        Err(error) if is_foreign_key(&error) => Err(dangling(connection).unwrap_or_else(|| failure(&error))),
        other => other.map_err(|error| failure(&error)),
    }
}

fn is_foreign_key(error: &rusqlite::Error) -> bool {
    extended_code(error) == Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
}

fn extended_code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

/// The first row that refers to nothing, which SQLite's own message does not name.
fn dangling(connection: &Connection) -> Option<DatabaseError> {
    let row = connection.query_row(
        "SELECT \"table\", rowid, parent, fkid FROM pragma_foreign_key_check",
        [],
        |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, Option<i64>>(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, i64>(3)?,
            ))
        },
    );
    let (table, id, parent, key) = row.ok()?;
    let columns = foreign_key_columns(connection, &table, key);
    let values = id.and_then(|id| values_of_row(connection, &table, id, &columns));
    let id = id.map_or_else(String::new, |id| format!(" {id}"));
    Some(DatabaseError::Constraint(Box::new(BrokenConstraint {
        message: format!(
            "FOREIGN KEY constraint failed: row{id} of {table} refers to a row of {parent} that does not exist"
        ),
        kind: ConstraintKind::ForeignKey,
        columns,
        values,
        table: Some(table),
        name: None,
    })))
}

fn foreign_key_columns(connection: &Connection, table: &str, key: i64) -> Vec<String> {
    let columns = || -> rusqlite::Result<Vec<String>> {
        connection
            .prepare("SELECT \"from\" FROM pragma_foreign_key_list(?1) WHERE id = ?2 ORDER BY seq")?
            .query_map(rusqlite::params![table, key], |row| row.get(0))?
            .collect()
    };
    // What cannot be told is left out: the error is told all the same.
    columns().unwrap_or_default()
}

/// Values of a row as text.
fn values_of_row(connection: &Connection, table: &str, id: i64, columns: &[String]) -> Option<String> {
    let texts: Vec<String> =
        columns.iter().map(|column| format!("CAST({} AS TEXT)", quoted_identifier(column))).collect();
    let select =
        format!("SELECT {} FROM {} WHERE rowid = ?1", texts.join(" || ', ' || "), quoted_identifier(table));
    // What cannot be told is left out, as above.
    connection.query_row(&select, [id], |row| row.get(0)).ok()
}

/// Runs a statement without parameters and rows; it is compiled once per connection.
fn run_cached(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

fn thread_gone() -> DatabaseError {
    DatabaseError::Unavailable("the database's thread is gone".to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

fn connect(path: &Path, access: Access) -> Result<Connection, DatabaseError> {
    let at = |error: &rusqlite::Error| DatabaseError::Unavailable(format!("{}: {error}", path.display()));
    // A name that begins with `file:` is a file's name here, never a URI.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| at(&error))?;
    connection.busy_timeout(BUSY).map_err(|error| at(&error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // SQLite is built with STAT4: once ANALYZE has run, a statement would be compiled again for each new value of a
    // parameter that the statistics have something to say about. QPSG keeps one plan for all values.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|error| at(&error))?;
    functions::register(&connection).map_err(|error| at(&error))?;
    let mut settings = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;\
        PRAGMA mmap_size = 268435456;"
        .to_owned();
    match access {
        Access::Write => settings.push_str("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"),
        Access::Read => settings.push_str("PRAGMA query_only = ON;"),
    }
    connection.execute_batch(&settings).map_err(|error| at(&error))?;
    Ok(connection)
}

/// Runs `f` on a connection of the pool, on a blocking thread. The connection goes back on that thread, whatever
/// becomes of this future; when it is dropped, the statement is interrupted.
async fn with<T, E>(
    pool: &Arc<Connections>,
    timeout: Option<Duration>,
    f: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DatabaseError> + Send + 'static,
{
    on(acquire(pool).await?, pool, timeout, f).await
}

/// The same on a connection that was acquired.
async fn on<T, E>(
    (connection, permit): (Connection, OwnedSemaphorePermit),
    pool: &Arc<Connections>,
    timeout: Option<Duration>,
    f: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DatabaseError> + Send + 'static,
{
    let running = Arc::new(Mutex::new(Some(connection.get_interrupt_handle())));
    let interrupt = Interrupt(Arc::clone(&running));
    let pool = Arc::clone(pool);
    let mut task = tokio::task::spawn_blocking(move || {
        let result = f(&connection);
        // From here on an interruption would hit the next request of this connection.
        running.lock().take();
        pool.free.lock().push(connection);
        drop(permit);
        result
    });
    let failed = |error: tokio::task::JoinError| {
        E::from(DatabaseError::Unavailable(format!("the database's thread failed: {error}")))
    };
    let Some(timeout) = timeout else {
        let result = task.await.map_err(failed)?;
        drop(interrupt);
        return result;
    };
    match tokio::time::timeout(timeout, &mut task).await {
        Ok(result) => result.map_err(failed)?,
        Err(_) => {
            drop(interrupt);
            // The thread is waited for, so that no more of them run than there are connections.
            drop(task.await);
            Err(E::from(DatabaseError::Timeout))
        }
    }
}

async fn acquire(pool: &Arc<Connections>) -> Result<(Connection, OwnedSemaphorePermit), DatabaseError> {
    let gone = |what: &str| DatabaseError::Unavailable(what.to_owned());
    let permit = Arc::clone(&pool.permits).acquire_owned().await.map_err(|_| gone("the pool is closed"))?;
    let connection = pool.free.lock().pop().ok_or_else(|| gone("the pool is empty"))?;
    Ok((connection, permit))
}

/// Interrupts the statement that still runs when this is dropped.
struct Interrupt(Arc<Mutex<Option<InterruptHandle>>>);

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Interrupt").finish()
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(handle) = self.0.lock().as_ref() {
            handle.interrupt();
        }
    }
}

/// A connection inside a transaction that reads.
#[derive(Debug)]
pub struct SqliteSession<'c> {
    connection: &'c Connection,
}

impl<'c> SqliteSession<'c> {
    /// A statement, prepared once per connection.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn prepare(&self, sql: &str) -> Result<SqliteStatement<'c>, DatabaseError> {
        self.connection.prepare_cached(sql).map(SqliteStatement).map_err(|error| failure(&error))
    }

    /// How many rows a statement wrote for each list of parameters.
    pub(crate) fn execute_each(&self, sql: &str, lists: &[Vec<Param>]) -> Result<Vec<u64>, DatabaseError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| failure(&error))?;
        let counts = lists.iter().map(|list| {
            let count =
                statement.execute(rusqlite::params_from_iter(list)).map_err(|error| failure(&error))?;
            Ok(count as u64)
        });
        counts.collect()
    }

    pub(super) fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        let mut statement = self.prepare(sql)?;
        let mut all = Vec::new();
        statement.each(&mut |row| {
            let cells = (0..row.len()).map(|index| match row.cell(index) {
                Cell::Null => None,
                Cell::Integer(value) => Some(value.to_string()),
                Cell::Real(value) => Some(value.to_string()),
                Cell::Text(text) => Some(text.to_owned()),
                Cell::Blob(bytes) | Cell::Binary(bytes) => {
                    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
                }
            });
            all.push(cells.collect());
            Ok::<_, DatabaseError>(true)
        })?;
        Ok(all)
    }
}

/// A prepared statement.
pub struct SqliteStatement<'c>(CachedStatement<'c>);

impl SqliteStatement<'_> {
    /// Sets a parameter, counted from 1.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn bind(&mut self, index: usize, value: &Param) -> Result<(), DatabaseError> {
        self.0.raw_bind_parameter(index, value).map_err(|error| failure(&error))
    }

    /// Sets a parameter to a column's value of another row.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn bind_cell(&mut self, index: usize, cell: Cell<'_>) -> Result<(), DatabaseError> {
        self.0.raw_bind_parameter(index, Bound(cell)).map_err(|error| failure(&error))
    }

    /// Calls `f` for each row until it says false. Parameters stay bound.
    ///
    /// # Errors
    /// Those of `f`, and those of the database.
    pub fn each<E: From<DatabaseError>>(
        &mut self,
        f: &mut dyn FnMut(&SqliteRow<'_, '_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let columns = self.0.column_count();
        let mut rows = self.0.raw_query();
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    if !f(&SqliteRow { row, columns })? {
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) => return Err(failure(&error).into()),
            }
        }
    }
}

/// The row a statement stands on.
#[derive(Debug)]
pub struct SqliteRow<'r, 's> {
    row: &'r rusqlite::Row<'s>,
    columns: usize,
}

impl SqliteRow<'_, '_> {
    /// How many columns it has.
    pub fn len(&self) -> usize {
        self.columns
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// A column's value. Text that is not UTF-8 comes as bytes.
    pub fn cell(&self, column: usize) -> Cell<'_> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Integer(value)) => Cell::Integer(value),
            Ok(ValueRef::Real(value)) => Cell::Real(value),
            Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map_or(Cell::Blob(bytes), Cell::Text),
            Ok(ValueRef::Blob(bytes)) => Cell::Blob(bytes),
            Ok(ValueRef::Null) | Err(_) => Cell::Null,
        }
    }
}

struct Bound<'a>(Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Integer(value) => ValueRef::Integer(value),
            Cell::Real(value) => ValueRef::Real(value),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Blob(bytes) | Cell::Binary(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn failure(error: &rusqlite::Error) -> DatabaseError {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => match code.code {
            ErrorCode::OperationInterrupted => DatabaseError::Cancelled,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                DatabaseError::Retry("another process holds the database's lock".to_owned())
            }
            ErrorCode::ConstraintViolation => {
                broken(code.extended_code, message.as_deref()).unwrap_or_else(|| DatabaseError::Statement {
                    message: message.clone().unwrap_or_else(|| error.to_string()),
                    code: Some(code.extended_code.to_string()),
                })
            }
            _ => DatabaseError::Statement {
                message: message.clone().unwrap_or_else(|| error.to_string()),
                code: Some(code.extended_code.to_string()),
            },
        },
        other => DatabaseError::Statement { message: other.to_string(), code: None },
    }
}

/// A broken constraint, from what SQLite says of it: `UNIQUE constraint failed: t.a, t.b`, `… failed: index 'name'`,
/// `CHECK constraint failed: name`, `NOT NULL constraint failed: t.a`.
fn broken(code: std::ffi::c_int, message: Option<&str>) -> Option<DatabaseError> {
    use rusqlite::ffi;
    let message = message.unwrap_or_default();
    let what = message.split_once(" failed: ").map(|(_, what)| what);
    let kind = match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            ConstraintKind::Unique
        }
        ffi::SQLITE_CONSTRAINT_CHECK => ConstraintKind::Check,
        ffi::SQLITE_CONSTRAINT_NOTNULL => ConstraintKind::NotNull,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ConstraintKind::ForeignKey,
        _ => return None,
    };
    let index = what.and_then(|what| what.strip_prefix("index '")?.strip_suffix('\''));
    let (mut table, mut columns) = (None, Vec::new());
    if index.is_none() && matches!(kind, ConstraintKind::Unique | ConstraintKind::NotNull) {
        for name in what.into_iter().flat_map(|what| what.split(", ")) {
            if let Some((of, column)) = name.split_once('.') {
                table = Some(of.to_owned());
                columns.push(column.to_owned());
            }
        }
    }
    let check = what.filter(|_| kind == ConstraintKind::Check);
    Some(DatabaseError::Constraint(Box::new(BrokenConstraint {
        message: message.to_owned(),
        kind,
        table,
        columns,
        values: None,
        name: index.or(check).map(str::to_owned),
    })))
}
