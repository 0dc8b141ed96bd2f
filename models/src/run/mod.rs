//! The run stage: statements and a session to the JSON bytes of the answer.

mod encode;
mod executor;
mod parameters;
mod postgres;
mod rows;
mod sqlite;
mod write;
mod writer;

pub use executor::Executor;
pub(crate) use parameters::constant_parameter;
pub use rows::{each_row, fetch_rows};
pub(crate) use write::Statements;

use crate::compile::{self, Statement};
use crate::database::transaction::Inner;
use crate::database::{BrokenConstraint, Database, DatabaseError, Engine, Param};
use crate::prepare::{Prepared, RowsStatement};
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The values of one request, in the order in which the plan numbers them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    /// Values of `Slot::Argument`, limits and positions, by index. A list operand is a [`Value::Array`].
    pub values: Vec<Value>,
    /// Ids of `RootValue::Nodes`, by index.
    pub nodes: Vec<NodeIds>,
    /// IANA name of the time zone of date parts.
    pub time_zone: String,
    /// The instant of the request: microseconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The session's variables by name.
    pub session: BTreeMap<String, Value>,
}

/// The ids that a `node` or `nodes` field was given, in order: the arm (by position in the plan) and the values of
/// the primary key's fields; `None` for an id that names no row of any arm.
pub type NodeIds = Vec<Option<(usize, Vec<Value>)>>;

/// What a run needs besides plan and arguments.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Signs cursors.
    pub cursor_key: Arc<[u8]>,
    /// Record every statement.
    pub trace: bool,
    /// Read everything from one snapshot (PostgreSQL; SQLite always does).
    pub snapshot: bool,
    /// Longest time of the whole run, in milliseconds.
    pub timeout_ms: u64,
}

/// The answer: the JSON text of the root object (or `null`) and the errors of fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// JSON text: an object, or `null` when an error reached the root.
    pub data: Vec<u8>,
    /// Errors of fields, in the order of their discovery.
    pub errors: Vec<FieldError>,
    /// The statements, when asked for.
    pub statements: Vec<StatementTrace>,
}

/// An error of one field of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// For the client.
    pub message: String,
    /// A code of the documented list: `INTERNAL`, `NOT_FOUND`, …
    pub code: &'static str,
    /// Where it happened.
    pub path: Vec<PathSegment>,
}

/// A step of a response path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// A response key.
    Key(String),
    /// A position in a list.
    Index(usize),
}

/// One executed statement.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementTrace {
    /// Its text.
    pub sql: String,
    /// Its parameters as text.
    pub parameters: Vec<String>,
    /// Rows it gave. For a nested statement the rows of all its executions.
    pub rows: u64,
    /// How often it was executed (more than once only for nested loops on SQLite).
    pub executions: u64,
    /// Time in milliseconds.
    pub ms: f64,
}

impl StatementTrace {
    /// A statement that was executed once, from `start` until now.
    fn of_one(sql: &str, parameters: &[Param], rows: usize, start: Instant) -> Self {
        Self {
            sql: sql.to_owned(),
            parameters: parameters.iter().map(shown).collect(),
            rows: rows as u64,
            executions: 1,
            ms: start.elapsed().as_secs_f64() * 1000.0,
        }
    }
}

/// A failure with the statements that were sent before it, when they are recorded; that which failed is among them.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed<E> {
    /// What went wrong.
    pub error: E,
    /// The statements.
    pub statements: Vec<StatementTrace>,
}

impl<E> Failed<E> {
    /// The same statements with the error in other terms.
    pub fn map<F>(self, terms: impl FnOnce(E) -> F) -> Failed<F> {
        Failed { error: terms(self.error), statements: self.statements }
    }
}

impl<E> From<E> for Failed<E> {
    /// A failure before any statement was sent.
    fn from(error: E) -> Self {
        Self { error, statements: Vec::new() }
    }
}

/// Why a run failed as a whole.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The time was over.
    #[error("the request took longer than {timeout_ms} ms")]
    Timeout {
        /// The limit, in milliseconds.
        timeout_ms: u64,
    },
    /// The database cannot be reached.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A value does not fit where it is used; the client's mistake.
    #[error("{0}")]
    BadInput(String),
    /// A row broke a constraint.
    #[error("{}", .0.message)]
    Constraint(Box<BrokenConstraint>),
    /// Another transaction was in the way; the same may succeed when it is tried again.
    #[error("{0}")]
    Retry(String),
    /// Anything else; the text is for the log only.
    #[error("{0}")]
    Internal(String),
}

impl From<DatabaseError> for RunError {
    fn from(error: DatabaseError) -> Self {
        // An expression met a value that it has no result for.
        if let Some(problem) = error.data_problem() {
            return Self::BadInput(problem.to_owned());
        }
        match error {
            // The database's limit is the request's; the caller knows how long it is.
            DatabaseError::Timeout => Self::Timeout { timeout_ms: 0 },
            DatabaseError::Unavailable(message) => Self::Unavailable(message),
            DatabaseError::Constraint(broken) => Self::Constraint(broken),
            DatabaseError::Retry(message) => Self::Retry(message),
            DatabaseError::Value(message) => Self::BadInput(message),
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Runs prepared statements and writes the answer. Dropping the future cancels the statement in the database.
///
/// # Errors
/// When no answer can be given at all; an error of a single field is in the answer.
pub async fn run(
    executor: &Executor,
    prepared: &Arc<Prepared>,
    arguments: Arguments,
    options: &RunOptions,
) -> Result<Answer, RunError> {
    let timeout_ms = options.timeout_ms;
    let work = async {
        match (executor.database().engine(), executor.inner()) {
            (Engine::Postgres(pool), None) => postgres::run(pool, prepared, &arguments, options).await,
            (Engine::Postgres(_), Some(Inner::Postgres(transaction))) => {
                postgres::run_on(transaction.session(), prepared, &arguments, options).await
            }
            (Engine::Sqlite(pool), None) => sqlite::run(pool, prepared, arguments, options).await,
            (Engine::Sqlite(_), Some(Inner::Sqlite(transaction))) => {
                sqlite::run_on(transaction, prepared, arguments, options).await
            }
            _ => Err(executor::mixed()),
        }
    };
    match tokio::time::timeout(Duration::from_millis(timeout_ms), work).await {
        Ok(Err(RunError::Timeout { .. })) | Err(_) => Err(RunError::Timeout { timeout_ms }),
        Ok(result) => result,
    }
}

/// Runs an INSERT of one row whose columns are those of the only node, in a transaction of its own, and writes the answer. Its
/// end is waited for, whatever time it takes once it is cancelled: what was kept is never told to be late. Dropping the
/// future cancels the statement in the database.
///
/// # Errors
/// As [`run`].
pub(crate) async fn run_single(
    database: &Database,
    prepared: &Arc<Prepared>,
    (statement, values): (&Arc<Statement>, &[Value]),
    arguments: Arguments,
    options: &RunOptions,
) -> Result<Answer, Failed<RunError>> {
    let of_row = parameters::of_values(&statement.slots, (&arguments, values), database.dialect())?;
    let start = Instant::now();
    let shown = options.trace.then(|| of_row.clone());
    let result = match database.engine() {
        Engine::Postgres(pool) => {
            postgres::run_single(pool, prepared, (statement, of_row), (&arguments, options)).await
        }
        Engine::Sqlite(pool) => {
            sqlite::run_single(pool, prepared, (statement, of_row), (arguments, options)).await
        }
    };
    result.map_err(|error| Failed {
        error: match error {
            RunError::Timeout { .. } => RunError::Timeout { timeout_ms: options.timeout_ms },
            other => other,
        },
        statements: shown
            .iter()
            .map(|parameters| StatementTrace::of_one(&statement.sql, parameters, 0, start))
            .collect(),
    })
}

/// How the database would run a statement, or (`analyze`, then `verbose`) how it did, line by line.
///
/// # Errors
/// When the statement fails.
pub async fn explain(
    executor: &Executor,
    statement: &RowsStatement,
    arguments: &Arguments,
    (analyze, verbose): (bool, bool),
    timeout_ms: u64,
) -> Result<Vec<String>, RunError> {
    let slots = statement.statement.slots.clone();
    let (prefix, columns) = compile::explanation(executor.dialect(), analyze, verbose);
    let explained = RowsStatement {
        statement: Statement { sql: format!("{prefix}{}", statement.statement.sql), slots },
        columns,
    };
    let rows = fetch_rows(executor, &Arc::new(explained), arguments, timeout_ms).await?;
    let texts = rows.into_iter().filter_map(|row| match row.into_iter().next_back() {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    });
    Ok(texts.collect())
}

/// A parameter as people read it.
fn shown(parameter: &Param) -> String {
    match parameter {
        Param::Null => "NULL".to_owned(),
        Param::Bool(value) => value.to_string(),
        Param::Int(value) | Param::Time(value) | Param::Timestamp(value) | Param::Interval(value) => {
            value.to_string()
        }
        Param::Date(value) => value.to_string(),
        Param::Float(value) => value.to_string(),
        Param::Text(value) | Param::Literal(value) => format!("'{value}'"),
        Param::Bytes(value) => format!("{} bytes", value.len()),
        Param::Uuid(value) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
        Param::Array(values) => {
            let values: Vec<String> = values.iter().map(shown).collect();
            format!("[{}]", values.join(", "))
        }
        Param::Integers(values) => format!("{values:?}"),
    }
}
