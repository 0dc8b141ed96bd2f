//! SQLite: a few connections that read, one that writes, all on blocking threads.
//!
//! A request reads inside one deferred transaction, so everything it sees is one state. Dropping the request's future
//! interrupts its statement.

pub mod functions;

use super::{Cell, DatabaseError, DatabaseOptions, Param};
use parking_lot::Mutex;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, InterruptHandle, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 256;

/// How long a writer waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);

/// The pools of one database file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    readers: Arc<Connections>,
    writer: Arc<Connections>,
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
        tokio::task::spawn_blocking(move || {
            // A database in memory belongs to one connection, which then reads and writes.
            if path == ":memory:" || path.is_empty() {
                let only = Connections::new(vec![connect(Path::new(":memory:"), Access::Write)?]);
                return Ok(Self { readers: Arc::clone(&only), writer: only });
            }
            let path = Path::new(&path);
            let writer = connect(path, Access::Write)?;
            let readers = (0..readers).map(|_| connect(path, Access::Read)).collect::<Result<Vec<_>, _>>()?;
            Ok(Self { readers: Connections::new(readers), writer: Connections::new(vec![writer]) })
        })
        .await
        .map_err(|error| DatabaseError::Unavailable(error.to_string()))?
    }

    /// Runs `f` in a transaction that reads.
    ///
    /// # Errors
    /// Those of `f`; when no connection can be had.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&SqliteSession<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        with(&self.readers, move |connection| {
            connection.execute_batch("BEGIN").map_err(|error| failure(&error))?;
            let result = f(&SqliteSession { connection });
            // It has only read, so ending it cannot lose anything.
            let _ = connection.execute_batch("ROLLBACK");
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
        with(&self.writer, move |connection| {
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
    f: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DatabaseError> + Send + 'static,
{
    let gone = |what: &str| E::from(DatabaseError::Unavailable(what.to_owned()));
    let permit = Arc::clone(&pool.permits).acquire_owned().await.map_err(|_| gone("the pool is closed"))?;
    let connection = pool.free.lock().pop().ok_or_else(|| gone("the pool is empty"))?;
    let running = Arc::new(Mutex::new(Some(connection.get_interrupt_handle())));
    let interrupt = Interrupt(Arc::clone(&running));
    let pool = Arc::clone(pool);
    let task = tokio::task::spawn_blocking(move || {
        let result = f(&connection);
        // From here on an interruption would hit the next request of this connection.
        running.lock().take();
        pool.free.lock().push(connection);
        drop(permit);
        result
    });
    let result = task.await.map_err(|error| gone(&format!("the reading thread failed: {error}")))?;
    drop(interrupt);
    result
}

/// Interrupts the statement that still runs when this is dropped.
struct Interrupt(Arc<Mutex<Option<InterruptHandle>>>);

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
                DatabaseError::Unavailable("another process holds the database's lock".to_owned())
            }
            _ => DatabaseError::Statement {
                message: message.clone().unwrap_or_else(|| error.to_string()),
                code: Some(code.extended_code.to_string()),
            },
        },
        other => DatabaseError::Statement { message: other.to_string(), code: None },
    }
}
