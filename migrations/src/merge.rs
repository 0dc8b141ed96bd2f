//! [`merge`]: one migration after several latest ones.

use crate::file::MigrationFile;
use crate::history::{History, HistoryError};
use crate::name::migration_name;
use crate::state::ProjectState;
use std::collections::BTreeSet;

/// Why branches cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is one latest migration.
    #[error("there is nothing to merge: the history has one end")]
    OneLeaf,
    /// A branch does not fit after another.
    #[error(
        "{} cannot follow each other: {reason}. Both change the same thing. Delete the later one (if no database has it) \
        and run `nuages makemigrations` again, or change one of them by hand",
        .leaves.join(" and ")
    )]
    Conflict {
        /// The latest migrations.
        leaves: Vec<String>,
        /// What does not fit.
        reason: String,
    },
    /// The history itself is wrong.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// A migration without operations that comes after all latest ones. It is made only when the branches give the same state in
/// whatever order they are applied, because each database has its own.
///
/// # Errors
/// When there is nothing to merge, and when the branches change the same thing.
pub fn merge(history: &History, name: Option<&str>) -> Result<MigrationFile, MergeError> {
    let leaves = history.leaves();
    if leaves.len() < 2 {
        return Err(MergeError::OneLeaf);
    }
    let owned: Vec<String> = leaves.iter().map(|leaf| (*leaf).to_owned()).collect();
    let conflict = |reason: String| MergeError::Conflict { leaves: owned.clone(), reason };
    let pasts: Vec<BTreeSet<&str>> = leaves.iter().map(|leaf| history.ancestors(leaf)).collect();
    let common: BTreeSet<&str> =
        pasts.iter().skip(1).fold(pasts.first().cloned().unwrap_or_default(), |all, past| {
            all.intersection(past).copied().collect()
        });
    let base = history.state_of(&history.in_order(&common), ProjectState::default())?;
    let branches: Vec<Vec<&str>> =
        pasts.iter().map(|past| history.in_order(&past.difference(&common).copied().collect())).collect();
    let joined = |branches: &mut dyn Iterator<Item = &Vec<&str>>| {
        let mut names: Vec<&str> = Vec::new();
        for name in branches.flatten() {
            // Branches may share what only some of them have in common.
            if !names.contains(name) {
                names.push(name);
            }
        }
        history.state_of(&names, base.clone())
    };
    let states = [joined(&mut branches.iter()), joined(&mut branches.iter().rev())];
    let [one, other] = states.map(|state| state.map_err(|error| conflict(error.to_string())));
    let (one, other) = (one?, other?);
    if one != other {
        let names = one.models.keys().filter(|name| one.models.get(*name) != other.models.get(*name));
        let names: Vec<_> = names.map(String::as_str).collect();
        return Err(conflict(format!("the order would decide what {} is", names.join(", "))));
    }
    one.registry().map_err(|errors| conflict(errors.render(false)))?;
    let words = format!("merge_{}", owned.join("_"));
    // Django's bound.
    let words = if words.len() > 53 { "merge".to_owned() } else { words };
    Ok(MigrationFile {
        name: migration_name(history.next_number(), &[], Some(name.unwrap_or(&words))),
        dependencies: owned,
        replaces: Vec::new(),
        atomic: true,
        operations: Vec::new(),
    })
}
