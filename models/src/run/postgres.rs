//! Running on PostgreSQL: one statement a node for all parents at once, then one walk that writes.

use super::parameters;
use super::writer::{self, Flow, Row, Source, Stop, Under};
use super::{Answer, Arguments, RunError, RunOptions, StatementTrace};
use crate::compile::Statement;
use crate::database::postgres::{Postgres, PostgresRow, PostgresSession};
use crate::database::{Cell, Dialect, Param};
use crate::expr::Slot;
use crate::prepare::{KeyColumn, NodeLink, Prepared};
use crate::registry::LogicalType;
use crate::value::postgres as binary;
use foldhash::fast::RandomState;
use futures::future::{BoxFuture, try_join_all};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Runs and writes, on a connection of the pool.
pub(super) async fn run(
    postgres: &Postgres,
    prepared: &Prepared,
    arguments: &Arguments,
    options: &RunOptions,
) -> Result<Answer, RunError> {
    if prepared.nodes.is_empty() {
        return write(prepared, arguments, options, Vec::new(), Vec::new());
    }
    let session = postgres.session().await?;
    if options.snapshot {
        session.begin_snapshot().await?;
    }
    let (levels, traces) = read(&session, prepared, arguments, options).await?;
    if options.snapshot {
        session.end_snapshot().await?;
    }
    // The connection is free while the answer is written.
    drop(session);
    write(prepared, arguments, options, levels, traces)
}

/// Runs and writes, on the connection of a transaction.
pub(super) async fn run_on(
    session: &PostgresSession,
    prepared: &Prepared,
    arguments: &Arguments,
    options: &RunOptions,
) -> Result<Answer, RunError> {
    let (levels, traces) = read(session, prepared, arguments, options).await?;
    write(prepared, arguments, options, levels, traces)
}

/// Runs an INSERT of one row in place of the only node's statement, and writes.
pub(super) async fn run_single(
    postgres: &Postgres,
    prepared: &Prepared,
    (statement, parameters): (&Statement, Vec<Param>),
    (arguments, options): (&Arguments, &RunOptions),
) -> Result<Answer, RunError> {
    let session = postgres.session().await?;
    let start = Instant::now();
    let limit = Duration::from_millis(options.timeout_ms);
    let rows = session.query_to_its_end(&statement.sql, &parameters, limit).await?;
    drop(session);
    let mut traces = Traces::new();
    if options.trace {
        traces.push((0, StatementTrace::of_one(&statement.sql, &parameters, rows.len(), start)));
    }
    // A row for the only key.
    let level = Level { rows, ranges: vec![(0, 1)], keys: vec![Some(0)] };
    write(prepared, arguments, options, vec![OnceLock::from(level)], traces)
}

type Traces = Vec<(usize, StatementTrace)>;

/// Reads all nodes.
async fn read(
    session: &PostgresSession,
    prepared: &Prepared,
    arguments: &Arguments,
    options: &RunOptions,
) -> Result<(Vec<OnceLock<Level>>, Traces), RunError> {
    let mut levels = Vec::new();
    levels.resize_with(prepared.nodes.len(), OnceLock::new);
    let reader =
        Reader { session, prepared, arguments, trace: options.trace, levels, traces: Mutex::default() };
    let roots =
        prepared.nodes.iter().enumerate().filter(|(_, node)| !matches!(node.link, NodeLink::Parent(_)));
    try_join_all(roots.map(|(number, _)| reader.read(number))).await?;
    let mut traces = reader.traces.into_inner();
    traces.sort_by_key(|(node, _)| *node);
    Ok((reader.levels, traces))
}

fn write(
    prepared: &Prepared,
    arguments: &Arguments,
    options: &RunOptions,
    mut levels: Vec<OnceLock<Level>>,
    traces: Traces,
) -> Result<Answer, RunError> {
    levels.resize_with(prepared.nodes.len(), OnceLock::new);
    let mut answer = writer::write(prepared, arguments, &options.cursor_key, &Levels(&levels, prepared))?;
    answer.statements = traces.into_iter().map(|(_, trace)| trace).collect();
    Ok(answer)
}

/// The rows of one node.
#[derive(Debug)]
struct Level {
    rows: Vec<PostgresRow>,
    /// For each key (by position from 0) the first and one past the last of its rows.
    ranges: Vec<(u32, u32)>,
    /// For each parent row (or id) the position of its key.
    keys: Vec<Option<u32>>,
}

struct Reader<'a> {
    session: &'a PostgresSession,
    prepared: &'a Prepared,
    arguments: &'a Arguments,
    trace: bool,
    levels: Vec<OnceLock<Level>>,
    traces: Mutex<Vec<(usize, StatementTrace)>>,
}

impl Reader<'_> {
    /// Reads a node whose parent is read already, then its children at the same time: their statements are pipelined.
    fn read(&self, number: usize) -> BoxFuture<'_, Result<(), RunError>> {
        Box::pin(async move {
            let node = &self.prepared.nodes[number];
            let level = self.level(number).await?;
            // Each node is read once; a second level would be the same.
            let _ = self.levels[number].set(level);
            match node.children.as_slice() {
                [] => Ok(()),
                [only] => self.read(*only).await,
                many => try_join_all(many.iter().map(|child| self.read(*child))).await.map(|_| ()),
            }
        })
    }

    async fn level(&self, number: usize) -> Result<Level, RunError> {
        let node = &self.prepared.nodes[number];
        let mut parameters =
            parameters::of_statement(&node.statement.slots, self.arguments, Dialect::Postgres)?;
        let distinct = match &node.link {
            NodeLink::Root => None,
            NodeLink::Parent(columns) => Some(self.parent_keys(number, columns)?),
            NodeLink::Ids { argument, arm, keys } => Some(self.ids(*argument, *arm, keys)?),
        };
        let Some(mut distinct) = distinct else {
            let rows = self.query(number, &parameters).await?;
            let end = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            return Ok(Level { rows, ranges: vec![(0, end)], keys: Vec::new() });
        };
        if distinct.count == 0 {
            return Ok(Level { rows: Vec::new(), ranges: Vec::new(), keys: distinct.keys });
        }
        for (parameter, slot) in parameters.iter_mut().zip(&node.statement.slots) {
            if let Slot::ParentKey(part) = slot.slot
                && let Some(values) = distinct.columns.get_mut(usize::from(part))
            {
                *parameter = std::mem::take(values).into();
            }
        }
        let mut rows = self.query(number, &parameters).await?;
        let ranges = ranges(&mut rows, distinct.count)?;
        Ok(Level { rows, ranges, keys: distinct.keys })
    }

    async fn query(&self, number: usize, parameters: &[Param]) -> Result<Vec<PostgresRow>, RunError> {
        let sql = &self.prepared.nodes[number].statement.sql;
        let start = Instant::now();
        let rows = self.session.query(sql, parameters).await?;
        if self.trace {
            let trace = StatementTrace::of_one(sql, parameters, rows.len(), start);
            self.traces.lock().push((number, trace));
        }
        Ok(rows)
    }

    /// The distinct keys of the parent's rows, without those that have a NULL.
    fn parent_keys(&self, number: usize, columns: &[KeyColumn]) -> Result<Distinct, RunError> {
        let parent = self
            .prepared
            .nodes
            .iter()
            .position(|node| node.children.contains(&number))
            .and_then(|parent| self.levels[parent].get())
            .ok_or_else(|| RunError::Internal("a node was read before its parent".to_owned()))?;
        match columns {
            [column] => one_key(&parent.rows, column),
            several => key_of_parts(&parent.rows, several),
        }
    }

    fn ids(&self, argument: u32, arm: usize, columns: &[KeyColumn]) -> Result<Distinct, RunError> {
        let ids = self.arguments.nodes.get(argument as usize).map_or(&[][..], Vec::as_slice);
        let parts = ids.iter().flatten().find(|(of, _)| *of == arm).map_or(0, |(_, key)| key.len());
        let mut distinct = Distinct::new(parts, ids.len());
        for id in ids {
            match id {
                Some((of, key)) if *of == arm => {
                    for (index, (value, column)) in key.iter().zip(columns).enumerate() {
                        distinct.columns[index].push(parameters::in_storage(&column.logical, value)?);
                    }
                    distinct.keys.push(Some(distinct.count));
                    distinct.count += 1;
                }
                _ => distinct.keys.push(None),
            }
        }
        Ok(distinct)
    }
}

/// The distinct keys of some rows.
struct Distinct {
    /// The values of each part of the keys.
    columns: Vec<KeyValues>,
    /// For each row the position of its key, unless it has none.
    keys: Vec<Option<u32>>,
    count: u32,
}

impl Distinct {
    fn new(parts: usize, rows: usize) -> Self {
        let mut columns = Vec::new();
        columns.resize_with(parts, KeyValues::default);
        Self { columns, keys: Vec::with_capacity(rows), count: 0 }
    }
}

/// Values of one part of keys. Nearly all keys are integers.
enum KeyValues {
    Integers(Vec<i64>),
    Others(Vec<Param>),
}

impl Default for KeyValues {
    fn default() -> Self {
        Self::Integers(Vec::new())
    }
}

impl KeyValues {
    fn push(&mut self, value: Param) {
        match (&mut *self, value) {
            (Self::Integers(values), Param::Int(value)) => values.push(value),
            (Self::Integers(values), value) => {
                let mut others: Vec<Param> = values.iter().copied().map(Param::Int).collect();
                others.push(value);
                *self = Self::Others(others);
            }
            (Self::Others(values), value) => values.push(value),
        }
    }
}

impl From<KeyValues> for Param {
    fn from(values: KeyValues) -> Self {
        match values {
            KeyValues::Integers(values) => Self::Integers(values),
            KeyValues::Others(values) => Self::Array(values),
        }
    }
}

/// The distinct keys of rows where one column is the whole key.
fn one_key(rows: &[PostgresRow], column: &KeyColumn) -> Result<Distinct, RunError> {
    let mut distinct = Distinct::new(1, rows.len());
    let mut known = HashMap::with_capacity_and_hasher(rows.len(), RandomState::default());
    for row in rows {
        let Cell::Binary(bytes) = row.cell(column.column) else {
            distinct.keys.push(None);
            continue;
        };
        let position = match known.entry(bytes) {
            Entry::Occupied(position) => *position.get(),
            Entry::Vacant(place) => {
                distinct.columns[0].push(key_param(&column.logical, bytes)?);
                distinct.count += 1;
                *place.insert(distinct.count - 1)
            }
        };
        distinct.keys.push(Some(position));
    }
    Ok(distinct)
}

/// The distinct keys of rows, without those of which a part is NULL.
fn key_of_parts(rows: &[PostgresRow], columns: &[KeyColumn]) -> Result<Distinct, RunError> {
    let mut distinct = Distinct::new(columns.len(), rows.len());
    let mut known: HashMap<Vec<&[u8]>, u32, RandomState> = HashMap::default();
    for row in rows {
        let mut key = Vec::with_capacity(columns.len());
        for column in columns {
            if let Cell::Binary(bytes) = row.cell(column.column) {
                key.push(bytes);
            }
        }
        if key.len() < columns.len() {
            distinct.keys.push(None);
            continue;
        }
        if let Some(position) = known.get(&key) {
            distinct.keys.push(Some(*position));
            continue;
        }
        let position = distinct.count;
        for (index, (column, bytes)) in columns.iter().zip(&key).enumerate() {
            distinct.columns[index].push(key_param(&column.logical, bytes)?);
        }
        known.insert(key, position);
        distinct.keys.push(Some(position));
        distinct.count += 1;
    }
    Ok(distinct)
}

/// A key as it came from the wire, on its way back.
fn key_param(logical: &LogicalType, bytes: &[u8]) -> Result<Param, RunError> {
    let logical = logical.stored();
    let wrong = |error: crate::value::ValueError| RunError::Internal(error.to_string());
    Ok(match logical {
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => {
            Param::Int(binary::pg_decode_integer(bytes).map_err(wrong)?)
        }
        LogicalType::Uuid => match bytes.try_into() {
            Ok(bytes) => Param::Uuid(bytes),
            Err(_) => return Err(RunError::Internal("a UUID of the wrong length".to_owned())),
        },
        LogicalType::Boolean => Param::Bool(bytes == [1]),
        LogicalType::Float => Param::Float(binary::pg_decode_float(bytes).map_err(wrong)?),
        LogicalType::Date => Param::Date(binary::pg_decode_date(bytes).map_err(wrong)?),
        LogicalType::Time => Param::Time(binary::pg_decode_time(bytes).map_err(wrong)?),
        LogicalType::DateTime => Param::Timestamp(binary::pg_decode_timestamptz(bytes).map_err(wrong)?),
        LogicalType::Duration => Param::Interval(binary::pg_decode_interval(bytes).map_err(wrong)?),
        LogicalType::Binary => Param::Bytes(bytes.to_vec()),
        LogicalType::Decimal { .. } => {
            let mut text = Vec::new();
            binary::pg_decode_numeric(bytes).map_err(wrong)?.write(&mut text);
            Param::Literal(String::from_utf8_lossy(&text).into_owned())
        }
        LogicalType::IpAddress => Param::Literal(binary::pg_decode_inet(bytes).map_err(wrong)?),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Param::Text(text.to_owned()),
            Err(_) => return Err(RunError::Internal("a key that is not UTF-8".to_owned())),
        },
    })
}

/// Where the rows of each key are. Rows come ordered by the position of their key, which is their first column.
fn ranges(rows: &mut Vec<PostgresRow>, keys: u32) -> Result<Vec<(u32, u32)>, RunError> {
    let mut positions = rows.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    if !positions.is_sorted() {
        // Only where the order within a key does not matter: statements that care give rows in this order.
        let mut numbered: Vec<_> = positions.drain(..).zip(rows.drain(..)).collect();
        numbered.sort_by_key(|(position, _)| *position);
        (positions, *rows) = numbered.into_iter().unzip();
    }
    let mut ranges = vec![(0, 0); keys as usize];
    let mut start = 0;
    for same in positions.chunk_by(|a, b| a == b) {
        let end = start + u32::try_from(same.len()).unwrap_or(u32::MAX);
        let slot = same.first().and_then(|position| ranges.get_mut(*position));
        *slot.ok_or_else(|| RunError::Internal("a row of an unknown key".to_owned()))? = (start, end);
        start = end;
    }
    Ok(ranges)
}

/// The position of a row's key, from 0.
fn position(row: &PostgresRow) -> Result<usize, RunError> {
    let Cell::Binary(bytes) = row.cell(0) else {
        return Err(RunError::Internal("a row without its key's position".to_owned()));
    };
    let position = binary::pg_decode_integer(bytes).map_err(|error| RunError::Internal(error.to_string()))?;
    usize::try_from(position - 1).map_err(|error| RunError::Internal(error.to_string()))
}

struct Levels<'a>(&'a [OnceLock<Level>], &'a Prepared);

impl Levels<'_> {
    fn rows(&self, node: usize, under: Under<'_, Numbered<'_>>) -> &[PostgresRow] {
        self.numbered(node, under).1
    }

    /// The rows, and the number of the first.
    fn numbered(&self, node: usize, under: Under<'_, Numbered<'_>>) -> (usize, &[PostgresRow]) {
        let Some(level) = self.0[node].get() else { return (0, &[]) };
        let key = match under {
            Under::Root => Some(0),
            Under::Row(row) => level.keys.get(row.number()).copied().flatten(),
            Under::Id(position) => level.keys.get(position).copied().flatten(),
        };
        let range = key.and_then(|key| level.ranges.get(key as usize));
        range.map_or((0, &[]), |(start, end)| {
            (*start as usize, level.rows.get(*start as usize..*end as usize).unwrap_or_default())
        })
    }
}

/// A row and its number within its node's rows.
pub(super) struct Numbered<'a>(&'a PostgresRow, usize);

impl Row for Numbered<'_> {
    fn cell(&self, column: usize) -> Cell<'_> {
        self.0.cell(column)
    }

    fn number(&self) -> usize {
        self.1
    }
}

impl Source for Levels<'_> {
    type Row<'r> = Numbered<'r>;

    fn scan(
        &self,
        node: usize,
        under: Under<'_, Self::Row<'_>>,
        mut each: impl FnMut(&Self::Row<'_>) -> Result<Flow, Stop>,
    ) -> Result<(), Stop> {
        let (first, rows) = self.numbered(node, under);
        for (index, row) in rows.iter().enumerate() {
            if each(&Numbered(row, first + index))? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }

    fn count(&self, node: usize, under: Under<'_, Self::Row<'_>>) -> Result<i64, Stop> {
        // Counts for many parents come behind the parent's position.
        let column = usize::from(!matches!(self.1.nodes[node].link, NodeLink::Root));
        let Some(row) = self.rows(node, under).first() else { return Ok(0) };
        match row.cell(column) {
            Cell::Binary(bytes) => binary::pg_decode_integer(bytes)
                .map_err(|error| Stop::Failed(RunError::Internal(error.to_string()))),
            _ => Ok(0),
        }
    }
}
