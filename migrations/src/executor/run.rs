//! Running scripts.
//!
//! A script is one transaction where it can be: killed anywhere, nothing of it is there. A script with a step that no transaction
//! can take (`CONCURRENTLY`), or whose migration says `atomic = false`, is run step by step, each with its mark in the ledger in
//! one transaction; the steps outside of transactions look at what is there already. Killed anywhere, it goes on where it
//! stopped.

use super::actual::actual;
use super::error::ExecuteError;
use super::ledger::{self, Entry};
use super::online;
use super::risk::{self, FoundRisk};
use super::rows;
use super::script::{Direction, Part, Rows, Script, Work};
use super::{Event, MigrateOptions};
use crate::editor::{self, Rebuild, RiskKind, Step};
use crate::inspect::Reader;
use nuages_models::database::{Database, DatabaseError, Dialect, Lone, Transaction};
use nuages_models::sql::quoted_text;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How often a migration is tried again when somebody holds a lock that it needs.
const RETRIES: u32 = 10;

/// The longest pause before that.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What became of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was run.
    Done,
    /// Somebody else had done it meanwhile.
    Unchanged,
}

/// Runs scripts on a database.
pub(super) struct Runner<'a> {
    pub(super) database: &'a Database,
    pub(super) options: &'a MigrateOptions,
    /// The connection that holds the lock (PostgreSQL).
    pub(super) lone: Option<Lone>,
    pub(super) report: &'a mut (dyn FnMut(Event<'_>) + Send + Sync),
    /// Statements that were run, for tests that stop.
    pub(super) statements: usize,
}

/// A step of a script.
#[derive(Clone, Copy)]
struct Unit<'s> {
    part: &'s Part,
    /// Whether it is the first of its part.
    first: bool,
    work: UnitWork<'s>,
}

#[derive(Clone, Copy)]
enum UnitWork<'s> {
    Step(&'s Step),
    Sql(&'s str),
    Rows(&'s Rows),
}

fn units(script: &Script) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    for part in &script.parts {
        let works: Vec<UnitWork<'_>> = match &part.work {
            Work::Tables(steps) => steps.iter().map(UnitWork::Step).collect(),
            Work::Sql(sql) => vec![UnitWork::Sql(sql)],
            Work::Rows(rows) => vec![UnitWork::Rows(rows)],
        };
        units.extend(works.into_iter().enumerate().map(|(at, work)| Unit { part, first: at == 0, work }));
    }
    units
}

/// Where a script goes on.
struct Start {
    unit: usize,
    position: Option<String>,
}

impl Runner<'_> {
    /// Runs a script to its end, waiting for locks that others hold.
    pub(super) async fn run(&mut self, script: &Script) -> Result<Outcome, ExecuteError> {
        let mut pause = Duration::from_millis(200);
        let mut attempt = 0;
        loop {
            match self.attempt(script).await {
                Err(error) if error.is_waiting() && attempt < RETRIES => {
                    attempt += 1;
                    (self.report)(Event::Waiting { migration: &script.name, reason: &error.to_string() });
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                other => return other,
            }
        }
    }

    async fn attempt(&mut self, script: &Script) -> Result<Outcome, ExecuteError> {
        let steps = script.parts.iter().filter_map(|part| match &part.work {
            Work::Tables(steps) => Some(steps),
            _ => None,
        });
        let whole = script.atomic && !steps.flatten().any(Step::is_online);
        if whole { self.attempt_whole(script).await } else { self.attempt_stepwise(script).await }
    }

    fn dialect(&self) -> Dialect {
        self.database.dialect()
    }

    async fn begin(&mut self) -> Result<Arc<Transaction>, ExecuteError> {
        let transaction = self.database.begin_schema_change().await?;
        if self.dialect() == Dialect::Postgres {
            let limit = self.options.lock_timeout_ms;
            transaction.batch(&format!("SET LOCAL lock_timeout = {limit}")).await?;
        }
        Ok(Arc::new(transaction))
    }

    async fn attempt_whole(&mut self, script: &Script) -> Result<Outcome, ExecuteError> {
        let transaction = self.begin().await?;
        let Some(start) = self.start(script, &transaction).await? else { return Ok(Outcome::Unchanged) };
        let dangling = self.dangling(&transaction).await?;
        let units = units(script);
        for (at, unit) in units.iter().enumerate().skip(start.unit) {
            let mut position = start.position.clone().filter(|_| at == start.unit);
            self.begin_unit(script, unit, &transaction).await?;
            match unit.work {
                UnitWork::Step(step) => self.step(script, unit, step, &transaction).await?,
                UnitWork::Sql(sql) => self.sql(script, unit, sql, &transaction).await?,
                UnitWork::Rows(rows) => loop {
                    position = self.batch(script, unit, rows, &transaction, position.as_deref()).await?;
                    if position.is_none() {
                        break;
                    }
                },
            }
        }
        self.finish(script, &transaction).await?;
        self.commit(script, &transaction, &dangling).await?;
        Ok(Outcome::Done)
    }

    async fn attempt_stepwise(&mut self, script: &Script) -> Result<Outcome, ExecuteError> {
        let transaction = self.begin().await?;
        let Some(start) = self.start(script, &transaction).await? else { return Ok(Outcome::Unchanged) };
        let none = BTreeMap::new();
        self.mark(script, start.unit, start.position.as_deref(), &transaction).await?;
        self.commit(script, &transaction, &none).await?;
        drop(transaction);
        let units = units(script);
        for (at, unit) in units.iter().enumerate().skip(start.unit) {
            let mut position = start.position.clone().filter(|_| at == start.unit);
            if let Some(sql) = self.alone(script, unit) {
                self.look_first(script, unit).await?;
                for statement in sql {
                    self.lone_statement(script, unit, &statement).await?;
                }
                self.mark_alone(script, at + 1).await?;
                continue;
            }
            if let UnitWork::Step(step) = unit.work
                && step.is_online()
            {
                self.look_first(script, unit).await?;
                online::run(self, &script.name, &unit.part.description, step).await?;
                self.mark_alone(script, at + 1).await?;
                continue;
            }
            loop {
                let transaction = self.begin().await?;
                let dangling = self.dangling(&transaction).await?;
                if position.is_none() {
                    self.begin_unit(script, unit, &transaction).await?;
                }
                match unit.work {
                    UnitWork::Step(step) => self.step(script, unit, step, &transaction).await?,
                    UnitWork::Sql(sql) => self.sql(script, unit, sql, &transaction).await?,
                    UnitWork::Rows(rows) => {
                        position = self.batch(script, unit, rows, &transaction, position.as_deref()).await?;
                    }
                }
                let done = if position.is_none() { at + 1 } else { at };
                self.mark(script, done, position.as_deref(), &transaction).await?;
                self.commit(script, &transaction, &dangling).await?;
                if position.is_none() {
                    break;
                }
            }
        }
        let transaction = self.begin().await?;
        self.finish(script, &transaction).await?;
        self.commit(script, &transaction, &none).await?;
        Ok(Outcome::Done)
    }

    /// SQL that asks to be run outside of transactions: that of a migration which is not atomic.
    fn alone(&self, script: &Script, unit: &Unit<'_>) -> Option<Vec<String>> {
        match unit.work {
            UnitWork::Sql(sql) if !script.atomic && self.lone.is_some() => Some(vec![sql.to_owned()]),
            _ => None,
        }
    }

    /// Where the script begins or goes on; `None`: it is done.
    async fn start(&self, script: &Script, transaction: &Transaction) -> Result<Option<Start>, ExecuteError> {
        let entries = ledger::entries(&Reader::Transaction(transaction)).await?;
        let entry = entries.get(&script.name);
        start_of(script, entry)
    }

    /// Tells that a part begins, and looks at what is in its way.
    async fn begin_unit(
        &mut self,
        script: &Script,
        unit: &Unit<'_>,
        transaction: &Transaction,
    ) -> Result<(), ExecuteError> {
        if !unit.first {
            return Ok(());
        }
        let reader = Reader::Transaction(transaction);
        let found = risk::found(&reader, &script.name, &unit.part.risks, self.options.large_rows).await?;
        self.tell(script, unit, found)
    }

    /// The same for a part that begins outside of a transaction.
    async fn look_first(&mut self, script: &Script, unit: &Unit<'_>) -> Result<(), ExecuteError> {
        if !unit.first {
            return Ok(());
        }
        let reader = Reader::Database(self.database);
        let found = risk::found(&reader, &script.name, &unit.part.risks, self.options.large_rows).await?;
        self.tell(script, unit, found)
    }

    fn tell(&mut self, script: &Script, unit: &Unit<'_>, found: Vec<FoundRisk>) -> Result<(), ExecuteError> {
        (self.report)(Event::Operation { migration: &script.name, description: &unit.part.description });
        let (refused, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|risk| risk.kind == RiskKind::Refused);
        if !refused.is_empty() {
            return Err(ExecuteError::Refused { migration: script.name.clone(), risks: refused });
        }
        if self.options.strict && !others.is_empty() {
            return Err(ExecuteError::Strict(others));
        }
        for risk in &others {
            (self.report)(Event::Risk(risk));
        }
        Ok(())
    }

    async fn step(
        &mut self,
        script: &Script,
        unit: &Unit<'_>,
        step: &Step,
        transaction: &Transaction,
    ) -> Result<(), ExecuteError> {
        let Some(step) = &actual(step, transaction).await? else { return Ok(()) };
        let mut statements = editor::render(step, self.dialect());
        if let Step::Rebuild(rebuild) = step {
            statements.extend(others_of(rebuild, transaction).await?);
        }
        for statement in statements {
            self.statement(&script.name, &unit.part.description, &statement, transaction).await?;
        }
        Ok(())
    }

    async fn sql(
        &mut self,
        script: &Script,
        unit: &Unit<'_>,
        sql: &str,
        transaction: &Transaction,
    ) -> Result<(), ExecuteError> {
        self.statement(&script.name, &unit.part.description, sql, transaction).await?;
        self.settle(script, unit, transaction).await
    }

    /// What was written is checked now, so that tables can be altered afterwards.
    async fn settle(
        &mut self,
        script: &Script,
        unit: &Unit<'_>,
        transaction: &Transaction,
    ) -> Result<(), ExecuteError> {
        if self.dialect() == Dialect::Postgres {
            for statement in editor::settle() {
                self.statement(&script.name, &unit.part.description, &statement, transaction).await?;
            }
        }
        Ok(())
    }

    /// Writes a batch of rows; gives where the next begins.
    async fn batch(
        &mut self,
        script: &Script,
        unit: &Unit<'_>,
        rows: &Rows,
        transaction: &Arc<Transaction>,
        position: Option<&str>,
    ) -> Result<Option<String>, ExecuteError> {
        let batch = rows::write(rows, self.database, transaction, position).await.map_err(|error| {
            ExecuteError::Rows {
                migration: script.name.clone(),
                operation: unit.part.description.clone(),
                error: Box::new(error),
            }
        })?;
        self.count()?;
        self.settle(script, unit, transaction).await?;
        Ok(batch.position)
    }

    async fn statement(
        &mut self,
        migration: &str,
        operation: &str,
        statement: &str,
        transaction: &Transaction,
    ) -> Result<(), ExecuteError> {
        tracing::debug!(migration, statement, "migrating");
        transaction
            .batch(statement)
            .await
            .map_err(|error| refused(migration, operation, statement, error))?;
        self.count()
    }

    async fn lone_statement(
        &mut self,
        script: &Script,
        unit: &Unit<'_>,
        statement: &str,
    ) -> Result<(), ExecuteError> {
        self.outside(&script.name, &unit.part.description, statement).await
    }

    /// Runs a statement outside of transactions.
    pub(super) async fn outside(
        &mut self,
        migration: &str,
        operation: &str,
        statement: &str,
    ) -> Result<(), ExecuteError> {
        if let Some(lone) = &self.lone {
            tracing::debug!(migration, statement, "migrating");
            lone.batch(statement).await.map_err(|error| refused(migration, operation, statement, error))?;
        }
        self.count()
    }

    /// A test may end it after any statement, as if the process were killed.
    fn count(&mut self) -> Result<(), ExecuteError> {
        self.statements += 1;
        match self.options.stop_after {
            Some(limit) if self.statements >= limit => Err(ExecuteError::Stopped(self.statements)),
            _ => Ok(()),
        }
    }

    /// Writes down how far the script is.
    async fn mark(
        &mut self,
        script: &Script,
        progress: usize,
        position: Option<&str>,
        transaction: &Transaction,
    ) -> Result<(), ExecuteError> {
        let sql = ledger::under_way(&script.name, &script.checksum, script.direction, progress, position);
        self.statement(&script.name, "writing down how far it is", &sql, transaction).await
    }

    async fn mark_alone(&mut self, script: &Script, progress: usize) -> Result<(), ExecuteError> {
        let transaction = self.begin().await?;
        self.mark(script, progress, None, &transaction).await?;
        self.commit(script, &transaction, &BTreeMap::new()).await
    }

    /// Writes down that the script is done.
    async fn finish(&mut self, script: &Script, transaction: &Transaction) -> Result<(), ExecuteError> {
        let sql = match script.direction {
            Direction::Forward => ledger::applied(&script.name, &script.checksum, self.dialect()),
            Direction::Backward => ledger::forgotten(&script.name),
        };
        self.statement(&script.name, "writing down that it is done", &sql, transaction).await
    }

    /// Commits, unless rows refer to nothing now that referred to something before.
    async fn commit(
        &mut self,
        script: &Script,
        transaction: &Transaction,
        before: &BTreeMap<String, u64>,
    ) -> Result<(), ExecuteError> {
        let after = self.dangling(transaction).await?;
        let new = after.into_iter().filter(|(tables, rows)| before.get(tables).is_none_or(|old| old < rows));
        let new: Vec<String> = new.map(|(tables, rows)| format!("{rows} of {tables}")).collect();
        if !new.is_empty() {
            let rows = new.join(", ");
            return Err(ExecuteError::Dangling { migration: script.name.clone(), rows });
        }
        let migration = &script.name;
        transaction.commit().await.map_err(|error| refused(migration, "commit", "COMMIT", error))?;
        self.count()
    }

    /// Rows that refer to nothing, by table and target (SQLite, where nobody else looks while tables are changed).
    async fn dangling(&self, transaction: &Transaction) -> Result<BTreeMap<String, u64>, ExecuteError> {
        if self.dialect() == Dialect::Postgres {
            return Ok(BTreeMap::new());
        }
        let sql = "SELECT \"table\" || ' to ' || parent, count(*) FROM pragma_foreign_key_check GROUP BY 1";
        let rows = transaction.query_text(sql).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let mut cells = row.into_iter();
                Some((cells.next()??, cells.next()??.parse().ok()?))
            })
            .collect())
    }
}

fn refused(migration: &str, operation: &str, statement: &str, error: DatabaseError) -> ExecuteError {
    ExecuteError::Statement {
        migration: migration.to_owned(),
        operation: operation.to_owned(),
        statement: statement.to_owned(),
        error,
    }
}

/// Where a script begins or goes on, given its entry; `None`: it is done.
fn start_of(script: &Script, entry: Option<&Entry>) -> Result<Option<Start>, ExecuteError> {
    let at_start = Start { unit: 0, position: None };
    match (script.direction, entry) {
        (Direction::Forward, None) => Ok(Some(at_start)),
        (Direction::Backward, None) => Ok(None),
        (Direction::Forward, Some(entry)) if entry.is_applied() => Ok(None),
        (Direction::Backward, Some(entry)) if entry.is_applied() => Ok(Some(at_start)),
        (direction, Some(entry)) => {
            let interrupted = |reason: &str| ExecuteError::Interrupted {
                migration: script.name.clone(),
                when: format!("after step {}", entry.progress),
                reason: reason.to_owned(),
            };
            if entry.direction != direction {
                let reason = match direction {
                    Direction::Forward => {
                        "while it was undone; finish that first: nuages migrate to the migration before it"
                    }
                    Direction::Backward => "while it was applied; finish that first: nuages migrate",
                };
                return Err(interrupted(reason));
            }
            if !entry.checksum.is_empty() && entry.checksum != script.checksum {
                let reason =
                    "its file was changed since; restore the file, and run nuages migrate to finish it";
                return Err(interrupted(reason));
            }
            Ok(Some(Start { unit: entry.progress, position: entry.position.clone() }))
        }
    }
}

/// The statements that bring back what others have on a table of SQLite that is made anew: triggers, and indexes that the models
/// do not know.
async fn others_of(rebuild: &Rebuild, transaction: &Transaction) -> Result<Vec<String>, ExecuteError> {
    let known: Vec<String> = rebuild.before.indexes.iter().map(|index| quoted_text(&index.name)).collect();
    let unknown =
        if known.is_empty() { "true".to_owned() } else { format!("name NOT IN ({})", known.join(", ")) };
    let sql = format!(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = {} COLLATE NOCASE AND sql IS NOT NULL \
         AND (type = 'trigger' OR type = 'index' AND {unknown})",
        quoted_text(&rebuild.after.name)
    );
    let rows = transaction.query_text(&sql).await?;
    Ok(rows.into_iter().flatten().flatten().collect())
}
