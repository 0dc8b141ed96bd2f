//! PostgreSQL: a pool, and one connection per request on which statements may be pipelined.

mod address;
mod lone;
mod turns;

use super::{
    Begun, BrokenConstraint, Cell, ConstraintKind, CopyError, DatabaseError, DatabaseOptions, Isolation,
    Param,
};
use address::{Address, Tls};
use bytes::Bytes;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures::future::BoxFuture;
use futures::{SinkExt, TryStreamExt};
pub use lone::Lone;
use parking_lot::Mutex;
use postgres_types::{FromSql, Type};
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::error::SqlState;
use turns::{Turn, Turns};

/// Collations whose case rules may be Unicode's, the best first.
const FOLDING_CANDIDATES: [&str; 6] =
    ["pg_c_utf8", "C.utf8", "C.UTF-8", "en_US.utf8", "und-x-icu", "unicode"];

/// How long to wait for a connection of the pool.
const WAIT: Duration = Duration::from_secs(10);

/// A pool of connections.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    tls: Tls,
    folding_collation: Option<Arc<str>>,
    turns: Turns,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("status", &self.pool.status()).finish_non_exhaustive()
    }
}

impl Postgres {
    /// Connects once, to see that it works and to learn the collations.
    ///
    /// # Errors
    /// When the URL is wrong or the server cannot be reached.
    pub(super) async fn connect(url: &str, options: &DatabaseOptions) -> Result<Self, DatabaseError> {
        let Address { mut config, tls } = Address::parse(url)?;
        if config.get_application_name().is_none() {
            config.application_name("nuages");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(WAIT);
        }
        let manager = Manager::from_config(
            config,
            tls.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let timeout = options.statement_timeout_ms.unwrap_or(0);
        // Settings hold for the life of the connection; JIT never pays for queries of an API.
        // Nor does remembering the few rows that a page is joined to, each found by its key: most are needed once.
        // PostgreSQL 13 does not know that setting.
        let settings = format!(
            "SET timezone = 'UTC'; SET jit = off; SET statement_timeout = {timeout}; \
             SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'enable_memoize'"
        );
        let pool = Pool::builder(manager)
            .max_size(options.pool_size())
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .post_create(Hook::async_fn(move |client, _| {
                let settings = settings.clone();
                Box::pin(async move { client.batch_execute(&settings).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
        let mut postgres = Self { pool, tls, folding_collation: None, turns: Turns::default() };
        postgres.folding_collation = postgres.probe_folding_collation().await?;
        Ok(postgres)
    }

    pub(super) fn folding_collation(&self) -> Option<&str> {
        self.folding_collation.as_deref()
    }

    pub(super) fn forget_statements(&self) {
        self.pool.manager().statement_caches.clear();
    }

    async fn probe_folding_collation(&self) -> Result<Option<Arc<str>>, DatabaseError> {
        let known =
            self.query_text("SELECT collname FROM pg_collation WHERE collencoding IN (-1, 6)").await?;
        for candidate in FOLDING_CANDIDATES {
            if !known.iter().flatten().flatten().any(|name| name == candidate) {
                continue;
            }
            // Unicode's simple mapping leaves the sharp s alone and is no one's locale: the i has no dot above.
            let sql = format!("SELECT upper('ßıéжi' COLLATE \"{candidate}\")");
            if self.query_text(&sql).await?.first().and_then(|row| row[0].as_deref()) == Some("ßIÉЖI") {
                return Ok(Some(candidate.into()));
            }
        }
        Ok(None)
    }

    /// A connection of its own for one request.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn session(&self) -> Result<PostgresSession, DatabaseError> {
        let client = self.pool.get().await.map_err(|error| match error {
            deadpool_postgres::PoolError::Backend(error) => failure(&error),
            other => DatabaseError::Unavailable(other.to_string()),
        })?;
        Ok(PostgresSession {
            client: Some(client),
            tls: self.tls.clone(),
            in_flight: AtomicUsize::new(0),
            open: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            unsent: Mutex::new(None),
        })
    }

    pub(super) async fn execute_all(&self, statements: &[String]) -> Result<(), DatabaseError> {
        let mut client = self.session().await?;
        let transaction = client.client()?.transaction().await.map_err(|error| failure(&error))?;
        for statement in statements {
            transaction.batch_execute(statement).await.map_err(|error| failure(&error))?;
        }
        transaction.commit().await.map_err(|error| failure(&error))
    }

    pub(super) async fn execute_many(
        &self,
        sql: &str,
        rows: &[Vec<Param>],
    ) -> Result<(), (usize, DatabaseError)> {
        let at_start = |error| (0, error);
        let mut session = self.session().await.map_err(at_start)?;
        let client = session.client().map_err(at_start)?;
        let transaction = client.transaction().await.map_err(|error| (0, failure(&error)))?;
        let statement = transaction.prepare_cached(sql).await.map_err(|error| (0, failure(&error)))?;
        for (index, row) in rows.iter().enumerate() {
            transaction.execute_raw(&statement, row).await.map_err(|error| (index, failure(&error)))?;
        }
        transaction.commit().await.map_err(|error| (rows.len(), failure(&error)))
    }

    pub(super) async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        self.session().await?.query_text(sql).await
    }

    pub(super) async fn begin(&self) -> Result<PostgresTransaction, DatabaseError> {
        let transaction = self.begin_isolated(Isolation::ReadCommitted, Begun::First).await?;
        // Loading and creating may take longer than any request may.
        transaction.session.batch("SET LOCAL statement_timeout = 0").await?;
        Ok(transaction)
    }

    pub(super) async fn begin_isolated(
        &self,
        isolation: Isolation,
        begun: Begun,
    ) -> Result<PostgresTransaction, DatabaseError> {
        let session = self.session().await?;
        // With the connection in hand: nobody waits for a turn of one that waits for a connection.
        let turn = match begun {
            Begun::First => self.turns.shared().await,
            Begun::Again => self.turns.alone().await,
        };
        session.open.store(true, Ordering::Relaxed);
        *session.unsent.lock() = Some(match isolation {
            Isolation::ReadCommitted => "BEGIN",
            Isolation::RepeatableRead => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        });
        Ok(PostgresTransaction { session, _turn: turn })
    }
}

/// One connection for one request. Statements may run at the same time: they are pipelined.
///
/// Dropping it while a statement runs cancels the statement in the database and gives up the connection, so that the
/// cancellation can never hit another request.
pub struct PostgresSession {
    client: Option<Object>,
    tls: Tls,
    in_flight: AtomicUsize,
    /// Whether a transaction is open: such a connection never goes back to the pool.
    open: AtomicBool,
    /// Whether a statement of the open transaction has failed, so that PostgreSQL refuses all others.
    failed: AtomicBool,
    /// The BEGIN of the open transaction, until its first statement takes it along: that saves a round trip.
    unsent: Mutex<Option<&'static str>>,
}

impl std::fmt::Debug for PostgresSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresSession").field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

impl PostgresSession {
    fn client(&mut self) -> Result<&mut Object, DatabaseError> {
        self.client.as_mut().ok_or(DatabaseError::Cancelled)
    }

    /// Everything that follows sees one state of the database. Ended by [`PostgresSession::end_snapshot`].
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn begin_snapshot(&self) -> Result<(), DatabaseError> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// Ends the transaction of [`PostgresSession::begin_snapshot`].
    ///
    /// # Errors
    /// When the connection is lost.
    pub async fn end_snapshot(&self) -> Result<(), DatabaseError> {
        self.end().await
    }

    /// Whether a statement runs that nobody waits for any more.
    fn is_busy(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0
    }

    async fn begin(&self, sql: &str) -> Result<(), DatabaseError> {
        self.open.store(true, Ordering::Relaxed);
        self.batch(sql).await
    }

    /// Ends a transaction of which nothing was asked; false when something was.
    fn forget_begin(&self) -> bool {
        let nothing = self.unsent.lock().take().is_some();
        if nothing {
            self.open.store(false, Ordering::Relaxed);
        }
        nothing
    }

    async fn end(&self) -> Result<(), DatabaseError> {
        self.batch("COMMIT").await?;
        self.open.store(false, Ordering::Relaxed);
        Ok(())
    }

    pub(super) async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        let client = self.client.as_ref().ok_or(DatabaseError::Cancelled)?;
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let beginning = self.begin_unsent(client).await;
        let result = begun(beginning, client.simple_query(sql).await).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        Ok(result.map_err(|error| failure(&error))?.iter().filter_map(texts).collect())
    }

    pub(crate) async fn execute(&self, sql: &str, parameters: &[Param]) -> Result<u64, DatabaseError> {
        let client = self.client.as_ref().ok_or(DatabaseError::Cancelled)?;
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let beginning = self.begin_unsent(client).await;
        let result = async {
            let statement = client.prepare_cached(sql).await?;
            client.execute_raw(&statement, parameters).await
        }
        .await;
        let result = begun(beginning, result).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        result.map_err(|error: tokio_postgres::Error| self.failed(&error))
    }

    /// Sends every row of a query with the position. False: nobody takes them any more.
    pub(super) async fn send_rows(
        &self,
        sql: &str,
        parameters: &[Param],
        position: usize,
        rows: &mpsc::Sender<(usize, PostgresRow)>,
    ) -> Result<bool, DatabaseError> {
        let client = self.client.as_ref().ok_or(DatabaseError::Cancelled)?;
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let result = async {
            let statement = client.prepare(sql).await?;
            let stream = client.query_raw(&statement, parameters).await?;
            let mut stream = std::pin::pin!(stream);
            while let Some(row) = stream.try_next().await? {
                if rows.send((position, PostgresRow(row))).await.is_err() {
                    // The statement still runs: it stays in flight, and dropping the session cancels it.
                    return Ok(false);
                }
            }
            Ok(true)
        }
        .await;
        if !matches!(result, Ok(false)) {
            self.in_flight.fetch_sub(1, Ordering::Relaxed);
        }
        result.map_err(|error: tokio_postgres::Error| failure(&error))
    }

    pub(super) async fn copy_in(&self, sql: &str, data: Bytes) -> Result<u64, CopyError> {
        let client = self.client.as_ref().ok_or(CopyError { line: None, error: DatabaseError::Cancelled })?;
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let beginning = self.begin_unsent(client).await;
        let result = async {
            let sink = client.copy_in(sql).await?;
            let mut sink = std::pin::pin!(sink);
            sink.send(data).await?;
            sink.finish().await
        }
        .await;
        let result = begun(beginning, result).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        result.map_err(|error: tokio_postgres::Error| CopyError {
            line: error.as_db_error().and_then(|error| error.where_()).and_then(copy_line),
            error: failure(&error),
        })
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), DatabaseError> {
        let client = self.client.as_ref().ok_or(DatabaseError::Cancelled)?;
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let beginning = self.begin_unsent(client).await;
        let result = begun(beginning, client.batch_execute(sql).await).await;
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        result.map_err(|error| self.failed(&error))
    }

    /// Sends the BEGIN that was not sent yet, if there is one, and does not wait for its end: the statement that follows is on
    /// its way at once, behind it.
    async fn begin_unsent<'c>(
        &self,
        client: &'c Object,
    ) -> Option<BoxFuture<'c, Result<(), tokio_postgres::Error>>> {
        let begin = self.unsent.lock().take()?;
        let mut beginning: BoxFuture<'c, _> = Box::pin(client.batch_execute(begin));
        // The first step sends it.
        match futures::poll!(&mut beginning) {
            Poll::Ready(done) => Some(Box::pin(std::future::ready(done))),
            Poll::Pending => Some(beginning),
        }
    }

    /// An error of a statement; the transaction that is open is over then.
    fn failed(&self, error: &tokio_postgres::Error) -> DatabaseError {
        self.failed.store(true, Ordering::Relaxed);
        failure(error)
    }

    /// Runs a query; its statement is prepared once per connection.
    ///
    /// # Errors
    /// When the statement fails or a parameter does not fit.
    pub async fn query(&self, sql: &str, parameters: &[Param]) -> Result<Vec<PostgresRow>, DatabaseError> {
        let client = self.client.as_ref().ok_or(DatabaseError::Cancelled)?;
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        let attempt = async || {
            let statement = client.prepare_cached(sql).await?;
            let stream = client.query_raw(&statement, parameters).await?;
            stream.map_ok(PostgresRow).try_collect().await
        };
        let beginning = self.begin_unsent(client).await;
        let mut result = begun(beginning, attempt().await).await;
        if let Err(error) = &result
            && is_outdated(error)
        {
            // A column's type has changed since: no connection can run what it has prepared.
            if let Some(pool) = Object::pool(client) {
                pool.manager().statement_caches.remove(sql, &[]);
            }
            // In a transaction nothing runs after an error.
            if !self.open.load(Ordering::Relaxed) {
                result = attempt().await;
            }
        }
        // Not reached when this future is dropped: that is how the session knows.
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        result.map_err(|error: tokio_postgres::Error| self.failed(&error))
    }
}

impl PostgresSession {
    /// As [`PostgresSession::query`]. After `limit` the statement is cancelled, and its end is waited for all the same: when the
    /// statement is a transaction of its own, whether it was kept must not stay unknown.
    pub(crate) async fn query_to_its_end(
        &self,
        sql: &str,
        parameters: &[Param],
        limit: Duration,
    ) -> Result<Vec<PostgresRow>, DatabaseError> {
        let mut query = std::pin::pin!(self.query(sql, parameters));
        if let Ok(done) = tokio::time::timeout(limit, &mut query).await {
            return done;
        }
        if let Some(client) = &self.client
            && let Err(error) = client.cancel_token().cancel_query(self.tls.clone()).await
        {
            tracing::warn!(%error, "a statement could not be cancelled");
        }
        query.await
    }
}

/// The result of the first statement of a transaction, once its BEGIN has ended too.
async fn begun<T>(
    beginning: Option<BoxFuture<'_, Result<(), tokio_postgres::Error>>>,
    result: Result<T, tokio_postgres::Error>,
) -> Result<T, tokio_postgres::Error> {
    if let Some(beginning) = beginning {
        beginning.await?;
    }
    result
}

/// A transaction that writes.
#[derive(Debug)]
pub(crate) struct PostgresTransaction {
    session: PostgresSession,
    // Given up after the session.
    _turn: Option<Turn>,
}

impl PostgresTransaction {
    pub(crate) fn session(&self) -> &PostgresSession {
        &self.session
    }

    /// Keeps everything, unless a statement has failed that no savepoint took back: PostgreSQL then answers COMMIT with
    /// ROLLBACK and no error.
    pub(super) async fn commit(&self) -> Result<(), DatabaseError> {
        if self.session.client.as_ref().is_none_or(|client| client.is_closed()) {
            return Err(DatabaseError::Unavailable("the connection was lost".to_owned()));
        }
        if self.session.is_busy() {
            return Err(DatabaseError::Cancelled);
        }
        if self.session.failed.load(Ordering::Relaxed) {
            return Err(DatabaseError::Statement {
                message: "a statement of the transaction has failed: nothing of it can be kept".to_owned(),
                code: Some(SqlState::IN_FAILED_SQL_TRANSACTION.code().to_owned()),
            });
        }
        if self.session.forget_begin() {
            return Ok(());
        }
        self.session.end().await
    }

    /// Ends as a commit would, and keeps nothing.
    pub(super) async fn try_out(&self) -> Result<(), DatabaseError> {
        self.session.batch("SET CONSTRAINTS ALL IMMEDIATE").await?;
        self.roll_back().await
    }

    pub(super) async fn roll_back(&self) -> Result<(), DatabaseError> {
        if self.session.is_busy() {
            // Its end is not waited for: dropping the session cancels it, and closing the connection takes everything back.
            return Ok(());
        }
        if self.session.forget_begin() {
            return Ok(());
        }
        self.session.batch("ROLLBACK").await?;
        self.session.open.store(false, Ordering::Relaxed);
        self.session.failed.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Takes back what has been done since a savepoint; the transaction works again.
    pub(super) async fn roll_back_to(&self, savepoint: &str) -> Result<(), DatabaseError> {
        if self.session.is_busy() {
            return Err(DatabaseError::Cancelled);
        }
        self.session.batch(&format!("ROLLBACK TO SAVEPOINT {savepoint}")).await?;
        self.session.failed.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// The values of a row of the simple protocol.
fn texts(message: &tokio_postgres::SimpleQueryMessage) -> Option<Vec<Option<String>>> {
    match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|index| row.get(index).map(str::to_owned)).collect())
        }
        _ => None,
    }
}

/// The line in the context of a failed COPY: `COPY blog_post, line 3, column id: "x"`.
fn copy_line(context: &str) -> Option<usize> {
    let (_, rest) = context.lines().find(|line| line.starts_with("COPY "))?.split_once(", line ")?;
    rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

impl Drop for PostgresSession {
    fn drop(&mut self) {
        if self.in_flight.load(Ordering::Relaxed) == 0 {
            if self.open.load(Ordering::Relaxed) {
                // Closing the connection is what ends its transaction.
                drop(self.client.take().map(Object::take));
            }
            return;
        }
        let (Some(object), Ok(runtime)) = (self.client.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let client = Object::take(object);
        let token = client.cancel_token();
        let tls = self.tls.clone();
        runtime.spawn(async move {
            if let Err(error) = token.cancel_query(tls).await {
                tracing::warn!(%error, "a statement could not be cancelled");
            }
            // Only now may the connection close: the server must still know it when the request arrives.
            drop(client);
        });
    }
}

/// A row as it came over the wire.
#[derive(Debug)]
pub struct PostgresRow(tokio_postgres::Row);

impl PostgresRow {
    /// A column's bytes.
    pub fn cell(&self, column: usize) -> Cell<'_> {
        match self.0.try_get::<_, Option<Raw<'_>>>(column) {
            Ok(Some(Raw(bytes))) => Cell::Binary(bytes),
            _ => Cell::Null,
        }
    }
}

/// The bytes of any type, as they are.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Whether a prepared statement gives other columns than when it was prepared: PostgreSQL refuses to run it, in the
/// words of `RevalidateCachedQuery`, and has no code of its own for it.
fn is_outdated(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| {
        *error.code() == SqlState::FEATURE_NOT_SUPPORTED
            && (error.routine() == Some("RevalidateCachedQuery") || error.message().contains("cached plan"))
    })
}

/// The columns of a detail such as `Key (author_id, slug)=(1, x) already exists.`
fn key_columns(detail: &str) -> Vec<String> {
    let columns = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=("));
    let names = columns.map(|(columns, _)| columns.split(", ").map(|name| name.trim_matches('"').to_owned()));
    names.into_iter().flatten().collect()
}

/// Its values.
fn key_values(detail: &str) -> Option<String> {
    let (_, rest) = detail.split_once(")=(")?;
    rest.rsplit_once(')').map(|(values, _)| values.to_owned())
}

fn constraint_kind(code: &SqlState) -> Option<ConstraintKind> {
    Some(match *code {
        SqlState::UNIQUE_VIOLATION => ConstraintKind::Unique,
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => ConstraintKind::ForeignKey,
        SqlState::CHECK_VIOLATION => ConstraintKind::Check,
        SqlState::NOT_NULL_VIOLATION => ConstraintKind::NotNull,
        SqlState::EXCLUSION_VIOLATION => ConstraintKind::Exclusion,
        _ => return None,
    })
}

fn failure(error: &tokio_postgres::Error) -> DatabaseError {
    if let Some(database) = error.as_db_error() {
        let code = database.code();
        if *code == SqlState::QUERY_CANCELED {
            // The server says so in words only.
            return if database.message().contains("timeout") {
                DatabaseError::Timeout
            } else {
                DatabaseError::Cancelled
            };
        }
        let unavailable = [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::TOO_MANY_CONNECTIONS,
        ];
        if unavailable.contains(code) {
            return DatabaseError::Unavailable(database.message().to_owned());
        }
        if let Some(kind) = constraint_kind(code) {
            return DatabaseError::Constraint(Box::new(BrokenConstraint {
                message: database.to_string(),
                kind,
                table: database.table().map(str::to_owned),
                columns: match database.column() {
                    Some(column) => vec![column.to_owned()],
                    None => database.detail().map(key_columns).unwrap_or_default(),
                },
                values: database.detail().and_then(key_values),
                name: database.constraint().map(str::to_owned),
            }));
        }
        if matches!(*code, SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED) {
            return DatabaseError::Retry(database.to_string());
        }
        return DatabaseError::Statement {
            message: database.to_string(),
            code: Some(code.code().to_owned()),
        };
    }
    // The driver's own message does not name its cause.
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    if error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()) {
        return DatabaseError::Unavailable(format!("{error}{cause}"));
    }
    if error.to_string().contains("serializing parameter") {
        return DatabaseError::Value(format!("a value does not fit the column's type{cause}"));
    }
    DatabaseError::Statement { message: format!("{error}{cause}"), code: None }
}
