//! [`squash`]: one migration for several; [`optimized`]: one migration with fewer operations.

use crate::file::MigrationFile;
use crate::history::{History, HistoryError};
use crate::operation::{Operation, apply_all, optimize};
use crate::state::ProjectState;
use std::collections::BTreeSet;

/// Why migrations cannot be squashed.
#[derive(Debug, thiserror::Error)]
pub enum SquashError {
    /// The first does not come before the last.
    #[error("{start} does not come before {end}; name the earlier one first")]
    Order {
        /// The first.
        start: String,
        /// The last.
        end: String,
    },
    /// There is only one migration.
    #[error("{0} is a single migration; `nuages optimizemigration` makes its operations fewer")]
    Single(String),
    /// A migration that stands for others already.
    #[error(
        "{0} replaces other migrations. When every database has it, delete their files and its `replaces`; \
        then it is a migration as any other"
    )]
    Squashed(String),
    /// Something between them depends on what is squashed and is itself none of it.
    #[error("{outside} comes in between, but not before {end}; squash to a migration after both")]
    Between {
        /// What comes in between.
        outside: String,
        /// The last.
        end: String,
    },
    /// The history itself is wrong.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// A migration that does what all from `start` (the first one when absent) to `end` do, and replaces them: where a database
/// has some of them already, they stay what is applied.
///
/// # Errors
/// When these migrations cannot be one.
pub fn squash(
    history: &History,
    start: Option<&str>,
    end: &str,
    name: Option<&str>,
) -> Result<MigrationFile, SquashError> {
    let end = history.find(end)?.name.as_str();
    let past = history.ancestors(end);
    let start = match start {
        Some(start) => history.find(start)?.name.as_str(),
        None => history.in_order(&past).first().copied().unwrap_or(end),
    };
    if !past.contains(start) {
        return Err(SquashError::Order { start: start.to_owned(), end: end.to_owned() });
    }
    if start == end {
        return Err(SquashError::Single(end.to_owned()));
    }
    let mut before = history.ancestors(start);
    before.remove(start);
    let members: BTreeSet<&str> = past.difference(&before).copied().collect();
    let order = history.in_order(&members);
    let files: Vec<&MigrationFile> = order.iter().filter_map(|name| history.get(name)).collect();
    if let Some(squashed) = files.iter().find(|file| !file.replaces.is_empty()) {
        return Err(SquashError::Squashed(squashed.name.clone()));
    }
    // What is not squashed and waits for a part of it would wait for all of it, and all of it for that.
    let outside = history.migrations().iter().filter(|file| !past.contains(file.name.as_str()));
    for file in outside {
        let inner = |name: &String| members.contains(name.as_str()) && name != end;
        if file.replaces.is_empty() && file.dependencies.iter().any(inner) {
            return Err(SquashError::Between { outside: file.name.clone(), end: end.to_owned() });
        }
    }
    let state = history.state_of(&history.in_order(&before), ProjectState::default())?;
    let operations = files.iter().flat_map(|file| file.operations.iter().cloned()).collect();
    let mut dependencies: Vec<String> = Vec::new();
    for dependency in files.iter().flat_map(|file| &file.dependencies) {
        if !members.contains(dependency.as_str()) && !dependencies.contains(dependency) {
            dependencies.push(dependency.clone());
        }
    }
    let words = name.map_or_else(|| format!("squashed_{end}"), str::to_owned);
    let number = start.split('_').next().unwrap_or(start);
    Ok(MigrationFile {
        name: format!("{number}_{words}"),
        dependencies,
        replaces: order.iter().map(|name| (*name).to_owned()).collect(),
        atomic: files.iter().all(|file| file.atomic),
        operations: fewer(operations, &state),
    })
}

/// A migration with its operations merged where they can be; the same when nothing can.
///
/// # Errors
/// When the migrations before it do not fit.
pub fn optimized(history: &History, migration: &MigrationFile) -> Result<MigrationFile, HistoryError> {
    let mut before = history.ancestors(&migration.name);
    before.remove(migration.name.as_str());
    let state = history.state_of(&history.in_order(&before), ProjectState::default())?;
    Ok(MigrationFile { operations: fewer(migration.operations.clone(), &state), ..migration.clone() })
}

/// The operations merged, when each still gives a valid state and all of them the same one.
fn fewer(operations: Vec<Operation>, before: &ProjectState) -> Vec<Operation> {
    let merged = optimize(operations.clone());
    let reached = |operations: &[Operation]| {
        let mut state = before.clone();
        apply_all(operations, &mut state).ok().map(|()| state)
    };
    let mut state = before.clone();
    let valid =
        merged.iter().all(|operation| operation.apply(&mut state).is_ok() && state.registry().is_ok());
    if valid && reached(&operations).as_ref() == Some(&state) { merged } else { operations }
}
