//! The executor: applies the migrations of a [`History`] to a database, or undoes them.
//!
//! | what | module |
//! |---|---|
//! | a migration → its script: steps, SQL, rows | `script`, `fill` |
//! | the ledger of what is applied | `ledger` |
//! | which scripts, which way | `route` |
//! | running them | `run`, `online`, `rows`, `actual` |
//! | whether a risk is real here | `risk` |
//! | what a person wants to know first | `look` |

mod actual;
mod error;
mod fill;
mod ledger;
mod look;
mod online;
mod risk;
mod route;
mod rows;
mod run;
mod script;

pub use error::ExecuteError;
pub use look::{
    Outlook, PlannedOperation, PlannedScript, Readiness, Status, outlook, readiness, sql, statuses,
};
pub use risk::FoundRisk;
pub use script::Direction;

use crate::editor::{How, RiskKind, Step};
use crate::history::History;
use crate::inspect::Reader;
use crate::migrate::{LOCK, State, look};
use ledger::Entry;
use nuages_models::database::{Database, Dialect, Lone};
use route::Route;
use run::{Outcome, Runner};
use script::{Script, Work};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest pause before the lock is asked for again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Up to where migrations are applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// All of them.
    #[default]
    Latest,
    /// None: all are undone.
    Zero,
    /// This one and what it needs; what needs it is undone. A name or the beginning of one.
    Migration(String),
}

/// How migrations are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateOptions {
    /// Up to where.
    pub target: Target,
    /// Write down that they are applied, or not, and do nothing else.
    pub fake: bool,
    /// Where the tables that a migration makes are there already, and the same, write down that it is applied. A database that
    /// knows no migrations yet is taken over so in any case.
    pub fake_initial: bool,
    /// Refuse what locks or loses.
    pub strict: bool,
    /// How long a statement waits for a lock before it lets others go first and tries again, in milliseconds (PostgreSQL).
    pub lock_timeout_ms: u64,
    /// From how many rows on a table is large: indexes are built and constraints checked beside those who write then.
    pub large_rows: u64,
    /// Stops after so many statements as if the process were killed; for tests.
    #[doc(hidden)]
    pub stop_after: Option<usize>,
}

impl Default for MigrateOptions {
    fn default() -> Self {
        Self {
            target: Target::Latest,
            fake: false,
            fake_initial: false,
            strict: false,
            lock_timeout_ms: 2_000,
            large_rows: 100_000,
            stop_after: None,
        }
    }
}

/// What happens while migrations are applied.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A migration begins.
    Begins {
        /// Its name.
        migration: &'a str,
        /// Which way.
        direction: Direction,
    },
    /// An operation of it begins.
    Operation {
        /// Its migration.
        migration: &'a str,
        /// What it does.
        description: &'a str,
    },
    /// Something to know about the operation.
    Risk(&'a FoundRisk),
    /// Somebody holds a lock; it is tried again.
    Waiting {
        /// The migration.
        migration: &'a str,
        /// What the database says.
        reason: &'a str,
    },
    /// A migration ends.
    Ends {
        /// Its name.
        migration: &'a str,
        /// Whether it was only written down.
        faked: bool,
    },
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApplyReport {
    /// The migrations that were applied or undone, in order.
    pub done: Vec<String>,
    /// Those that were only written down.
    pub faked: Vec<String>,
}

/// Applies or undoes migrations up to the target. Processes that start together take turns: one applies, the others find nothing
/// to do. Everything that can be found wrong beforehand is: a migration that cannot be undone, an operation that the database has
/// not.
///
/// # Errors
/// See [`ExecuteError`]; migrations before the one that failed stay applied.
pub async fn apply(
    database: &Database,
    history: &History,
    options: &MigrateOptions,
    report: &mut (dyn FnMut(Event<'_>) + Send + Sync),
) -> Result<ApplyReport, ExecuteError> {
    let lone = lock(database, report).await?;
    // PostgreSQL would tell each time that it is there.
    if !ledger::exists(&Reader::Database(database)).await? {
        database.execute_all(&[ledger::create(database.dialect())]).await?;
    }
    let entries = ledger::entries(&Reader::Database(database)).await?;
    let mut done = ApplyReport::default();
    if options.fake {
        refresh(database, history, &entries).await?;
    } else {
        let edited = edited(history, &entries);
        if !edited.is_empty() {
            return Err(ExecuteError::Edited(edited));
        }
    }
    let route = Route::find(history, &entries, &options.target, database.dialect())?;
    write_replacements(database, &route).await?;
    if options.strict {
        let found = look::risks(database, &route.scripts, options.large_rows).await?;
        if !found.is_empty() {
            return Err(ExecuteError::Strict(found));
        }
    }
    let mut runner = Runner { database, options, lone, report, statements: 0 };
    for (script, replaces) in route.scripts.iter().zip(&route.replaces) {
        (runner.report)(Event::Begins { migration: &script.name, direction: script.direction });
        let mut script = script.clone();
        // On a database without a ledger a first migration whose tables are there already could only fail.
        let may_be_there = options.fake_initial || entries.is_empty();
        let faked = options.fake || (may_be_there && is_there(database, &script, &entries).await?);
        let outcome = if faked {
            database.execute_all(&[written_down(&script, database.dialect())]).await?;
            done.faked.push(script.name.clone());
            Outcome::Done
        } else {
            run_online_where_large(database, &mut script, options.large_rows).await?;
            let outcome = runner.run(&script).await;
            // Whatever came of it, tables may have changed.
            database.forget_statements();
            outcome?
        };
        follow(database, history, &script, replaces).await?;
        if outcome == Outcome::Done && !faked {
            done.done.push(script.name.clone());
        }
        (runner.report)(Event::Ends { migration: &script.name, faked });
    }
    Ok(done)
}

/// The statement that writes down the end of a script.
fn written_down(script: &Script, dialect: Dialect) -> String {
    match script.direction {
        Direction::Forward => ledger::applied(&script.name, &script.checksum, dialect),
        Direction::Backward => ledger::forgotten(&script.name),
    }
}

/// Takes the lock, which is given back when the connection is closed. Who waits for it has no transaction open, which a build
/// beside others would wait for. SQLite's transactions are locks themselves.
async fn lock(
    database: &Database,
    report: &mut (dyn FnMut(Event<'_>) + Send + Sync),
) -> Result<Option<Lone>, ExecuteError> {
    let Some(lone) = database.lone().await? else { return Ok(None) };
    let sql = format!("SELECT pg_try_advisory_lock({LOCK})");
    let mut pause = Duration::from_millis(5);
    let mut told = false;
    loop {
        let rows = lone.query_text(&sql).await?;
        if rows.first().and_then(|row| row.first()?.as_deref()) == Some("t") {
            break;
        }
        if pause == LONGEST_PAUSE && !told {
            told = true;
            (report)(Event::Waiting { migration: "", reason: "another process applies migrations" });
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(Some(lone))
}

/// Applied migrations whose files say something else now.
fn edited(history: &History, entries: &BTreeMap<String, Entry>) -> Vec<String> {
    let is_edited = |name: &str, entry: &Entry| {
        let file = history.get(name);
        entry.is_applied()
            && !entry.checksum.is_empty()
            && file.is_some_and(|file| file.checksum() != entry.checksum)
    };
    entries.iter().filter(|(name, entry)| is_edited(name, entry)).map(|(name, _)| name.clone()).collect()
}

/// Writes down what applied migrations say now.
async fn refresh(
    database: &Database,
    history: &History,
    entries: &BTreeMap<String, Entry>,
) -> Result<(), ExecuteError> {
    let edited = edited(history, entries);
    let files = edited.iter().filter_map(|name| history.get(name));
    let statements: Vec<String> =
        files.map(|file| ledger::applied(&file.name, &file.checksum(), database.dialect())).collect();
    Ok(database.execute_all(&statements).await?)
}

/// A migration all of whose replaced ones are applied is applied itself, and is written down as such.
async fn write_replacements(database: &Database, route: &Route) -> Result<(), ExecuteError> {
    let entries = route.complete.iter();
    let statements: Vec<String> =
        entries.map(|(name, checksum)| ledger::applied(name, checksum, database.dialect())).collect();
    Ok(database.execute_all(&statements).await?)
}

/// What a squashed migration replaces is applied, or not, with it.
async fn follow(
    database: &Database,
    history: &History,
    script: &Script,
    replaces: &[String],
) -> Result<(), ExecuteError> {
    let statements: Vec<String> = replaces
        .iter()
        .map(|name| match script.direction {
            Direction::Forward => {
                let checksum = history.get(name).map(|file| file.checksum()).unwrap_or_default();
                ledger::applied(name, &checksum, database.dialect())
            }
            Direction::Backward => ledger::forgotten(name),
        })
        .collect();
    Ok(database.execute_all(&statements).await?)
}

/// Whether the tables that a first migration makes are there, as it makes them.
async fn is_there(
    database: &Database,
    script: &Script,
    entries: &BTreeMap<String, Entry>,
) -> Result<bool, ExecuteError> {
    let begun = entries.contains_key(&script.name);
    if script.direction == Direction::Backward || begun || script.created.is_empty() {
        return Ok(false);
    }
    let created = script.tables.iter().filter(|table| script.created.contains(&table.name));
    let tables: Vec<_> = created.cloned().collect();
    let state = match database.dialect() {
        Dialect::Sqlite => look(&Reader::Database(database), &tables).await?,
        Dialect::Postgres => {
            let transaction = database.begin().await?;
            look(&Reader::Transaction(&transaction), &tables).await?
        }
    };
    // Another process may have applied it in between; the ledger says so, whatever the tables were.
    if ledger::entries(&Reader::Database(database)).await?.contains_key(&script.name) {
        return Ok(false);
    }
    match state {
        State::Empty => Ok(false),
        State::Current => Ok(true),
        State::Different(differences) => {
            Err(ExecuteError::NotInitial { migration: script.name.clone(), differences })
        }
    }
}

/// Lets steps on large tables keep nobody out.
async fn run_online_where_large(
    database: &Database,
    script: &mut Script,
    large_rows: u64,
) -> Result<(), ExecuteError> {
    if database.dialect() != Dialect::Postgres {
        return Ok(());
    }
    let mut large: BTreeMap<String, bool> = BTreeMap::new();
    for part in &mut script.parts {
        let Work::Tables(steps) = &mut part.work else { continue };
        for step in steps.iter_mut() {
            // Dropping an index is quick, however large it is.
            if matches!(step, Step::DropIndex { .. }) {
                continue;
            }
            let Some(table) = step.table().map(str::to_owned) else { continue };
            let Some(how) = step.how_mut() else { continue };
            if !large.contains_key(&table) {
                let rows = risk::rows_about(&Reader::Database(database), &table, large_rows).await?;
                large.insert(table.clone(), rows.is_some_and(|rows| rows >= large_rows));
            }
            if large.get(&table) == Some(&true) {
                *how = How::Online;
            }
        }
        // What is done beside others locks nobody out.
        let all_online = steps.iter().all(|step| step.is_online() || matches!(step, Step::Comment { .. }));
        if all_online && !steps.is_empty() {
            part.risks.retain(|risk| risk.kind != RiskKind::Locks);
        }
    }
    Ok(())
}
