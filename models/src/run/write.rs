//! Running statements that write.

use super::executor::{Executor, mixed};
use super::rows::{append_sqlite_rows, postgres_rows};
use super::{Arguments, RunError, StatementTrace, parameters};
use crate::compile::Statement;
use crate::database::transaction::Inner;
use crate::database::{Dialect, Param};
use crate::prepare::RowsStatement;
use crate::value::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs statements on a transaction and keeps their traces when asked to.
#[derive(Debug)]
pub(crate) struct Statements {
    executor: Executor,
    timeout: Duration,
    traces: Option<parking_lot::Mutex<Vec<StatementTrace>>>,
}

impl Statements {
    /// `executor` must be of a transaction.
    pub(crate) fn new(executor: Executor, timeout_ms: u64, trace: bool) -> Self {
        Self { executor, timeout: Duration::from_millis(timeout_ms), traces: trace.then(Default::default) }
    }

    pub(crate) fn executor(&self) -> &Executor {
        &self.executor
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.executor.dialect()
    }

    /// What has been traced so far.
    pub(crate) fn traces(&self) -> Vec<StatementTrace> {
        self.traces.as_ref().map(|traces| traces.lock().clone()).unwrap_or_default()
    }

    /// The rows that a statement gives for each of several lists of values: those of its numbered arguments.
    pub(crate) async fn fetch_each(
        &self,
        statement: &Arc<RowsStatement>,
        arguments: &Arguments,
        values: &[Vec<Value>],
    ) -> Result<Vec<Vec<Vec<Value>>>, RunError> {
        let lists = self.parameters(&statement.statement, arguments, values)?;
        let start = Instant::now();
        let shown = self.shown(&lists);
        let work = async {
            match self.executor.inner() {
                Some(Inner::Postgres(transaction)) => {
                    let mut all = Vec::with_capacity(lists.len());
                    for list in &lists {
                        all.push(postgres_rows(transaction.session(), statement, list).await?);
                    }
                    Ok(all)
                }
                Some(Inner::Sqlite(transaction)) => {
                    let statement = Arc::clone(statement);
                    transaction
                        .with(move |session| {
                            let mut prepared = session.prepare(&statement.statement.sql)?;
                            let mut all = Vec::with_capacity(lists.len());
                            for list in &lists {
                                let mut rows = Vec::new();
                                append_sqlite_rows(&mut prepared, &statement, list, &mut rows)?;
                                all.push(rows);
                            }
                            Ok::<_, RunError>(all)
                        })
                        .await
                }
                None => Err(mixed()),
            }
        };
        let all = self.within(work).await;
        let rows = all.iter().flatten().map(|rows| rows.len() as u64).sum();
        self.trace(&statement.statement.sql, shown, rows, values.len(), start);
        all
    }

    /// The rows that a statement gives.
    pub(crate) async fn fetch(
        &self,
        statement: &Arc<RowsStatement>,
        arguments: &Arguments,
        values: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, RunError> {
        Ok(self.fetch_each(statement, arguments, &[values]).await?.pop().unwrap_or_default())
    }

    /// How many rows a statement wrote for each of several lists of values: those of its numbered arguments.
    pub(crate) async fn execute_each(
        &self,
        statement: &Statement,
        arguments: &Arguments,
        values: &[Vec<Value>],
    ) -> Result<Vec<u64>, RunError> {
        let lists = self.parameters(statement, arguments, values)?;
        let start = Instant::now();
        let shown = self.shown(&lists);
        let work = async {
            match self.executor.inner() {
                Some(Inner::Postgres(transaction)) => {
                    let mut all = Vec::with_capacity(lists.len());
                    for list in &lists {
                        all.push(transaction.session().execute(&statement.sql, list).await?);
                    }
                    Ok(all)
                }
                Some(Inner::Sqlite(transaction)) => {
                    let sql = statement.sql.clone();
                    transaction
                        .with(move |session| session.execute_each(&sql, &lists))
                        .await
                        .map_err(RunError::from)
                }
                None => Err(mixed()),
            }
        };
        let all = self.within(work).await;
        self.trace(&statement.sql, shown, all.iter().flatten().sum(), values.len(), start);
        all
    }

    /// How many rows a statement wrote.
    pub(crate) async fn execute(
        &self,
        statement: &Statement,
        arguments: &Arguments,
    ) -> Result<u64, RunError> {
        Ok(self.execute_each(statement, arguments, &[Vec::new()]).await?.iter().sum())
    }

    fn parameters(
        &self,
        statement: &Statement,
        arguments: &Arguments,
        values: &[Vec<Value>],
    ) -> Result<Vec<Vec<Param>>, RunError> {
        let dialect = self.executor.dialect();
        let of = |list: &Vec<Value>| parameters::of_values(&statement.slots, (arguments, list), dialect);
        values.iter().map(of).collect()
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, RunError>>) -> Result<T, RunError> {
        let timeout_ms = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
        match tokio::time::timeout(self.timeout, work).await {
            Ok(Err(RunError::Timeout { .. })) | Err(_) => Err(RunError::Timeout { timeout_ms }),
            Ok(result) => result,
        }
    }

    fn shown(&self, lists: &[Vec<Param>]) -> Vec<String> {
        match (&self.traces, lists) {
            (Some(_), [first, ..]) => first.iter().map(super::shown).collect(),
            _ => Vec::new(),
        }
    }

    /// Of a statement that failed too: it has no rows, and those that were executed before it are counted with it.
    fn trace(&self, sql: &str, parameters: Vec<String>, rows: u64, executions: usize, start: Instant) {
        if let Some(traces) = &self.traces {
            traces.lock().push(StatementTrace {
                sql: sql.to_owned(),
                parameters,
                rows,
                executions: executions as u64,
                ms: start.elapsed().as_secs_f64() * 1000.0,
            });
        }
    }
}
