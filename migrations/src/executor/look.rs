//! What a person, or a server that starts, wants to know before anything is done.

use super::error::ExecuteError;
use super::ledger::{self, Entry};
use super::risk::{self, FoundRisk};
use super::route::{Route, applied_names};
use super::script::{Direction, Script, Work, script};
use super::{MigrateOptions, edited};
use crate::compare::Difference;
use crate::editor;
use crate::history::History;
use crate::inspect::Reader;
use crate::migrate::State;
use crate::state::ProjectState;
use nuages_models::Registry;
use nuages_models::database::{Database, Dialect};
use std::collections::BTreeSet;

/// What applying would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// The migrations in the order in which they would run.
    pub scripts: Vec<PlannedScript>,
}

/// What one migration would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedScript {
    /// Its name.
    pub migration: String,
    /// Which way.
    pub direction: Direction,
    /// Its operations.
    pub operations: Vec<PlannedOperation>,
}

/// What one operation would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOperation {
    /// In words.
    pub description: String,
    /// What locks, loses or cannot be, as far as it can be seen now.
    pub risks: Vec<FoundRisk>,
}

/// What [`apply`](super::apply) would do. Nothing is changed.
///
/// # Errors
/// As `apply` before it begins.
pub async fn outlook(
    database: &Database,
    history: &History,
    options: &MigrateOptions,
) -> Result<Outlook, ExecuteError> {
    let entries = ledger::entries(&Reader::Database(database)).await?;
    let edited = edited(history, &entries);
    if !edited.is_empty() && !options.fake {
        return Err(ExecuteError::Edited(edited));
    }
    let route = Route::find(history, &entries, &options.target, database.dialect())?;
    let mut outlook = Outlook::default();
    for mut script in route.scripts {
        super::run_online_where_large(database, &mut script, options.large_rows).await?;
        let mut operations = Vec::new();
        for part in &script.parts {
            let reader = Reader::Database(database);
            let risks = risk::found(&reader, &script.name, &part.risks, options.large_rows).await?;
            operations.push(PlannedOperation { description: part.description.clone(), risks });
        }
        outlook.scripts.push(PlannedScript {
            migration: script.name.clone(),
            direction: script.direction,
            operations,
        });
    }
    Ok(outlook)
}

/// The real risks of scripts, as far as they can be seen now.
pub(super) async fn risks(
    database: &Database,
    scripts: &[Script],
    large_rows: u64,
) -> Result<Vec<FoundRisk>, ExecuteError> {
    let mut found = Vec::new();
    for script in scripts {
        let mut script = script.clone();
        super::run_online_where_large(database, &mut script, large_rows).await?;
        for part in &script.parts {
            let reader = Reader::Database(database);
            found.extend(risk::found(&reader, &script.name, &part.risks, large_rows).await?);
        }
    }
    Ok(found)
}

/// How a migration stands in a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub migration: String,
    /// Whether it is applied.
    pub applied: bool,
    /// When, in the database's words.
    pub applied_at: Option<String>,
    /// Whether it was begun and not finished.
    pub interrupted: bool,
    /// Whether its file says something else than when it was applied.
    pub edited: bool,
    /// Whether there is a file.
    pub has_file: bool,
    /// What it replaces.
    pub replaces: Vec<String>,
}

/// All migrations in the order in which they are applied, then those that the database has applied and of which there is no
/// file.
///
/// # Errors
/// When the files make no history or the database cannot be looked at.
pub async fn statuses(database: &Database, history: &History) -> Result<Vec<Status>, ExecuteError> {
    let entries = ledger::entries(&Reader::Database(database)).await?;
    let edited = edited(history, &entries);
    let status = |name: &str, applied: bool, entry: Option<&Entry>| Status {
        migration: name.to_owned(),
        applied,
        applied_at: entry.and_then(|entry| entry.applied_at.clone()),
        interrupted: entry.is_some_and(|entry| !entry.is_applied()),
        edited: edited.iter().any(|other| other == name),
        has_file: history.get(name).is_some(),
        replaces: history.get(name).map(|file| file.replaces.clone()).unwrap_or_default(),
    };
    let plan = history.plan(&applied_names(&entries))?;
    let mut all: Vec<Status> = plan
        .iter()
        .map(|planned| {
            let name = planned.migration.name.as_str();
            status(name, planned.applied, entries.get(name))
        })
        .collect();
    let without = entries.iter().filter(|(name, _)| history.get(name).is_none());
    all.extend(without.map(|(name, entry)| status(name, entry.is_applied(), Some(entry))));
    Ok(all)
}

/// The statements of a migration, with its operations as comments. What only a database can tell is not in them: rows that are
/// written through the models, triggers of other programs.
///
/// # Errors
/// When there is no such migration, or it cannot be a script.
pub fn sql(
    history: &History,
    name: &str,
    direction: Direction,
    dialect: Dialect,
) -> Result<Vec<String>, ExecuteError> {
    let wanted = history.find(name)?;
    let mut state = ProjectState::default();
    // As if nothing were applied; what is replaced is asked for with what it replaces applied.
    let replaced: BTreeSet<String> = match history.plan(&BTreeSet::new())? {
        plan if plan.iter().any(|planned| planned.migration.name == wanted.name) => BTreeSet::new(),
        _ => std::iter::once(wanted.name.clone()).collect(),
    };
    for planned in history.plan(&replaced)? {
        if planned.migration.name == wanted.name {
            break;
        }
        planned.migration.apply(&mut state)?;
    }
    let script = script(wanted, &mut state, direction, dialect)?;
    let mut lines = Vec::new();
    let online = script.parts.iter().any(|part| match &part.work {
        Work::Tables(steps) => steps.iter().any(editor::Step::is_online),
        _ => false,
    });
    let whole = script.atomic && !online;
    if whole {
        if dialect == Dialect::Sqlite {
            lines.push("PRAGMA foreign_keys = OFF;".to_owned());
        }
        lines.push("BEGIN;".to_owned());
    }
    for part in &script.parts {
        lines.push(format!("--\n-- {}\n--", part.description));
        match &part.work {
            Work::Tables(steps) if steps.is_empty() => lines.push("-- (nothing to do)".to_owned()),
            Work::Tables(steps) => {
                let statements = steps.iter().flat_map(|step| editor::render(step, dialect));
                lines.extend(statements.map(|statement| format!("{statement};")));
            }
            Work::Sql(sql) => lines.push(format!("{};", sql.trim().trim_end_matches(';'))),
            Work::Rows(rows) => {
                lines.push("-- (written through the models, in batches)".to_owned());
                let set = rows.update.set.iter().map(|(field, value)| format!("{field} = {value}"));
                lines.push(format!("-- set {}", set.collect::<Vec<_>>().join(", ")));
                lines.extend(rows.update.filter.iter().map(|filter| format!("-- where {filter}")));
            }
        }
    }
    if whole {
        if dialect == Dialect::Sqlite {
            lines.push("PRAGMA foreign_key_check;".to_owned());
        }
        lines.push("COMMIT;".to_owned());
        if dialect == Dialect::Sqlite {
            lines.push("PRAGMA foreign_keys = ON;".to_owned());
        }
    }
    Ok(lines)
}

/// Whether a database is as the models need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It is.
    Ready,
    /// These migrations are not applied.
    Unapplied(Vec<String>),
    /// All migrations are applied, and the tables differ from the models all the same.
    Different(Vec<Difference>),
    /// There are no migrations and none of the tables.
    Empty,
}

/// Looks whether a database is as the models need it: all migrations are applied, and the tables are those of the models.
///
/// # Errors
/// When the files make no history, the models cannot become tables, or the database cannot be looked at.
pub async fn readiness(
    database: &Database,
    history: &History,
    registry: &Registry,
) -> Result<Readiness, ExecuteError> {
    let entries = ledger::entries(&Reader::Database(database)).await?;
    let plan = history.plan(&applied_names(&entries))?;
    let open = plan.iter().filter(|planned| !planned.applied);
    let open: Vec<String> = open.map(|planned| planned.migration.name.clone()).collect();
    if !open.is_empty() {
        return Ok(Readiness::Unapplied(open));
    }
    Ok(match crate::migrate::state(database, registry).await? {
        State::Current => Readiness::Ready,
        State::Empty => Readiness::Empty,
        State::Different(differences) => Readiness::Different(differences),
    })
}
