//! Running on SQLite: nested loops. Each node's statement is stepped in place, and JSON is written while stepping.

use super::parameters;
use super::writer::{self, Flow, Row, Source, Stop, Under};
use super::{Answer, Arguments, RunError, RunOptions, StatementTrace};
use crate::compile::Statement;
use crate::database::sqlite::{Sqlite, SqliteRow, SqliteSession, SqliteStatement, SqliteTransaction};
use crate::database::{Cell, DatabaseError, Dialect, Param};
use crate::expr::Slot;
use crate::prepare::{NodeLink, Prepared};
use std::cell::{Cell as Counter, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Runs and writes: here when that is quick, otherwise on a blocking thread.
pub(super) async fn run(
    sqlite: &Sqlite,
    prepared: &Arc<Prepared>,
    arguments: Arguments,
    options: &RunOptions,
) -> Result<Answer, RunError> {
    let is_one_statement = matches!(prepared.nodes.as_slice(), [only] if matches!(only.link, NodeLink::Root));
    let here = |session: &SqliteSession<'_>| nested(session, prepared, &arguments, options);
    if let Some(done) = sqlite.read_here(&prepared.pace, is_one_statement, here) {
        return done;
    }
    let prepared = Arc::clone(prepared);
    let options = options.clone();
    let read = move |session: &SqliteSession<'_>| {
        let start = Instant::now();
        let answer = nested(session, &prepared, &arguments, &options);
        prepared.pace.note(start.elapsed());
        answer
    };
    if is_one_statement { sqlite.read_once(read).await } else { sqlite.read(read).await }
}

/// Runs and writes, on the thread of a transaction.
pub(super) async fn run_on(
    transaction: &SqliteTransaction,
    prepared: &Arc<Prepared>,
    arguments: Arguments,
    options: &RunOptions,
) -> Result<Answer, RunError> {
    let prepared = Arc::clone(prepared);
    let options = options.clone();
    transaction.with(move |session| nested(session, &prepared, &arguments, &options)).await
}

/// Runs an INSERT of one row in place of the only node's statement, and writes, on a blocking thread.
pub(super) async fn run_single(
    sqlite: &Sqlite,
    prepared: &Arc<Prepared>,
    (statement, parameters): (&Arc<Statement>, Vec<Param>),
    (arguments, options): (Arguments, &RunOptions),
) -> Result<Answer, RunError> {
    let prepared = Arc::clone(prepared);
    let statement = Arc::clone(statement);
    let limit = Duration::from_millis(options.timeout_ms);
    let options = options.clone();
    let insert = move |session: &SqliteSession<'_>| {
        let start = Instant::now();
        let shown: Vec<Param> = if options.trace { parameters.clone() } else { Vec::new() };
        let only = Loop::with(session, &statement, parameters, false)?;
        if prepared.nodes.is_empty() {
            only.statement.borrow_mut().each(&mut |_| Ok::<_, DatabaseError>(true))?;
        }
        let loops = Loops {
            statements: vec![only],
            prepared: &prepared,
            arguments: &arguments,
            trace: false,
            to_the_end: true,
        };
        let mut answer = writer::write(&prepared, &arguments, &options.cursor_key, &loops)?;
        if options.trace {
            answer.statements.push(StatementTrace::of_one(&statement.sql, &shown, 1, start));
        }
        Ok(answer)
    };
    sqlite.write_once(limit, insert).await
}

fn nested(
    session: &SqliteSession<'_>,
    prepared: &Prepared,
    arguments: &Arguments,
    options: &RunOptions,
) -> Result<Answer, RunError> {
    let statements = prepared
        .nodes
        .iter()
        .map(|node| Loop::new(session, &node.statement, &node.link, arguments))
        .collect::<Result<Vec<_>, _>>()?;
    let loops = Loops { statements, prepared, arguments, trace: options.trace, to_the_end: false };
    let mut answer = writer::write(prepared, arguments, &options.cursor_key, &loops)?;
    if options.trace {
        answer.statements = loops.traces();
    }
    Ok(answer)
}

/// One node's statement with its parameters bound, except for the parent's keys.
struct Loop<'c> {
    statement: RefCell<SqliteStatement<'c>>,
    /// Pairs (parameter from 1, part of the key).
    keys: Vec<(usize, usize)>,
    parameters: Vec<Param>,
    rows: Counter<u64>,
    executions: Counter<u64>,
    time: Counter<Duration>,
}

impl<'c> Loop<'c> {
    fn new(
        session: &SqliteSession<'c>,
        statement: &Statement,
        link: &NodeLink,
        arguments: &Arguments,
    ) -> Result<Self, RunError> {
        let parameters = parameters::of_statement(&statement.slots, arguments, Dialect::Sqlite)?;
        Self::with(session, statement, parameters, !matches!(link, NodeLink::Root))
    }

    /// The same with parameters that are ready; those that are keys of the parent are left for later when `has_parent`.
    fn with(
        session: &SqliteSession<'c>,
        statement: &Statement,
        parameters: Vec<Param>,
        has_parent: bool,
    ) -> Result<Self, RunError> {
        let mut prepared = session.prepare(&statement.sql)?;
        let mut keys = Vec::new();
        for (index, (slot, parameter)) in statement.slots.iter().zip(&parameters).enumerate() {
            match slot.slot {
                Slot::ParentKey(part) if has_parent => keys.push((index + 1, usize::from(part))),
                _ => prepared.bind(index + 1, parameter)?,
            }
        }
        Ok(Self {
            statement: RefCell::new(prepared),
            keys,
            parameters,
            rows: Counter::new(0),
            executions: Counter::new(0),
            time: Counter::new(Duration::ZERO),
        })
    }
}

impl Loop<'_> {
    /// The parameters for people. Those that differ from parent to parent are named, not shown.
    fn shown(&self) -> Vec<String> {
        let mut shown: Vec<String> = self.parameters.iter().map(super::shown).collect();
        for (parameter, _) in &self.keys {
            if let Some(text) = shown.get_mut(parameter - 1) {
                "key of the parent".clone_into(text);
            }
        }
        shown
    }
}

struct Loops<'a, 'c> {
    statements: Vec<Loop<'c>>,
    prepared: &'a Prepared,
    arguments: &'a Arguments,
    trace: bool,
    /// Whether statements are stepped to their ends though nobody wants more rows: what they write is checked there.
    to_the_end: bool,
}

impl Row for SqliteRow<'_, '_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        SqliteRow::cell(self, column)
    }

    fn number(&self) -> usize {
        0
    }
}

/// An error of the database or of the writer, on its way through the stepping.
struct Halt(Stop);

impl From<DatabaseError> for Halt {
    fn from(error: DatabaseError) -> Self {
        Self(Stop::Failed(error.into()))
    }
}

impl Loops<'_, '_> {
    /// Binds the keys; false when one of them is NULL, so that no row can match.
    fn bind(
        &self,
        node: usize,
        statement: &mut SqliteStatement<'_>,
        under: Under<'_, SqliteRow<'_, '_>>,
    ) -> Result<bool, RunError> {
        let current = &self.statements[node];
        match (&self.prepared.nodes[node].link, under) {
            (NodeLink::Parent(columns), Under::Row(row)) => {
                for (parameter, part) in &current.keys {
                    let Some(column) = columns.get(*part) else { return Ok(false) };
                    match row.cell(column.column) {
                        Cell::Null => return Ok(false),
                        cell => statement.bind_cell(*parameter, cell)?,
                    }
                }
                Ok(true)
            }
            (NodeLink::Ids { argument, keys, .. }, Under::Id(position)) => {
                let id = self.arguments.nodes.get(*argument as usize).and_then(|ids| ids.get(position));
                let Some(Some((_, values))) = id else { return Ok(false) };
                for (parameter, part) in &current.keys {
                    let (Some(value), Some(key)) = (values.get(*part), keys.get(*part)) else {
                        return Ok(false);
                    };
                    let value = parameters::sqlite_key(value, &key.logical, key.encoding)?;
                    statement.bind(*parameter, &value)?;
                }
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    fn step(
        &self,
        node: usize,
        under: Under<'_, SqliteRow<'_, '_>>,
        f: &mut dyn FnMut(&SqliteRow<'_, '_>) -> Result<bool, Halt>,
    ) -> Result<(), Stop> {
        let current = &self.statements[node];
        let mut statement = current.statement.borrow_mut();
        if !self.bind(node, &mut statement, under).map_err(Stop::Failed)? {
            return Ok(());
        }
        let mut wanted = true;
        let f = &mut |row: &SqliteRow<'_, '_>| {
            wanted = wanted && f(row)?;
            Ok(wanted || self.to_the_end)
        };
        if !self.trace {
            return statement.each(f).map_err(|halt: Halt| halt.0);
        }
        let start = Instant::now();
        let mut rows = 0;
        let result = statement.each(&mut |row| {
            rows += 1;
            f(row)
        });
        current.rows.set(current.rows.get() + rows);
        current.executions.set(current.executions.get() + 1);
        current.time.set(current.time.get() + start.elapsed());
        result.map_err(|halt: Halt| halt.0)
    }

    fn traces(&self) -> Vec<StatementTrace> {
        let nodes = self.prepared.nodes.iter().zip(&self.statements);
        nodes
            .filter(|(_, current)| current.executions.get() > 0)
            .map(|(node, current)| StatementTrace {
                sql: node.statement.sql.clone(),
                parameters: current.shown(),
                rows: current.rows.get(),
                executions: current.executions.get(),
                ms: current.time.get().as_secs_f64() * 1000.0,
            })
            .collect()
    }
}

impl Source for Loops<'_, '_> {
    type Row<'r> = SqliteRow<'r, 'r>;

    fn scan(
        &self,
        node: usize,
        under: Under<'_, Self::Row<'_>>,
        mut each: impl FnMut(&Self::Row<'_>) -> Result<Flow, Stop>,
    ) -> Result<(), Stop> {
        self.step(node, under, &mut |row| each(row).map(|flow| flow == Flow::Continue).map_err(Halt))
    }

    fn count(&self, node: usize, under: Under<'_, Self::Row<'_>>) -> Result<i64, Stop> {
        let mut count = 0;
        self.step(node, under, &mut |row| {
            if let Cell::Integer(number) = row.cell(0) {
                count = number;
            }
            Ok(false)
        })?;
        Ok(count)
    }
}
