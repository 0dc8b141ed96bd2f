//! The route: which migrations are to be run, which way, and their scripts.

use super::Target;
use super::error::ExecuteError;
use super::ledger::Entry;
use super::script::{Direction, Script, script};
use crate::file::MigrationFile;
use crate::history::{History, Planned};
use crate::state::ProjectState;
use nuages_models::database::Dialect;
use std::collections::{BTreeMap, BTreeSet};

/// What leads to a target.
#[derive(Debug, Default)]
pub(crate) struct Route {
    /// In the order in which they run.
    pub(crate) scripts: Vec<Script>,
    /// What each of them stands for.
    pub(crate) replaces: Vec<Vec<String>>,
    /// Migrations, with their fingerprints, that are applied because all that they replace is, and are not written down.
    pub(crate) complete: Vec<(String, String)>,
}

impl Route {
    /// Finds the route from what is applied to the target.
    pub(crate) fn find(
        history: &History,
        entries: &BTreeMap<String, Entry>,
        target: &Target,
        dialect: Dialect,
    ) -> Result<Self, ExecuteError> {
        let applied = applied_names(entries);
        let plan = history.plan(&applied)?;
        let mut route = Self::default();
        for planned in &plan {
            let migration = planned.migration;
            if planned.applied && !entries.contains_key(&migration.name) {
                route.complete.push((migration.name.clone(), migration.checksum()));
            }
        }
        let (undone, done) = choose(history, &plan, entries, target)?;
        // States are those of everything that is applied then, in the order of the plan.
        let mut state = ProjectState::default();
        let mut backward = Vec::new();
        for planned in &plan {
            let migration = planned.migration;
            let name = migration.name.as_str();
            if undone.contains(name) {
                let script = script(migration, &mut state, Direction::Backward, dialect)?;
                backward.push((script, migration.replaces.clone()));
                migration.apply(&mut state)?;
            } else if done.contains(name) {
                let script = script(migration, &mut state, Direction::Forward, dialect)?;
                route.scripts.push(script);
                route.replaces.push(migration.replaces.clone());
            } else if planned.applied {
                migration.apply(&mut state)?;
            }
        }
        for (script, replaces) in backward.into_iter().rev() {
            route.scripts.push(script);
            route.replaces.push(replaces);
        }
        Ok(route)
    }
}

pub(crate) fn applied_names(entries: &BTreeMap<String, Entry>) -> BTreeSet<String> {
    entries.iter().filter(|(_, entry)| entry.is_applied()).map(|(name, _)| name.clone()).collect()
}

/// The migrations to undo and those to apply.
fn choose<'h>(
    history: &'h History,
    plan: &[Planned<'h>],
    entries: &BTreeMap<String, Entry>,
    target: &Target,
) -> Result<(BTreeSet<&'h str>, BTreeSet<&'h str>), ExecuteError> {
    // What was interrupted is there in part: it is finished, or told, whichever way it was going.
    let is_there = |planned: &Planned<'_>| planned.applied || entries.contains_key(&planned.migration.name);
    let none = BTreeSet::new;
    match target {
        Target::Latest => {
            history.leaf()?;
            let open = plan.iter().filter(|planned| !planned.applied);
            Ok((none(), open.map(|planned| planned.migration.name.as_str()).collect()))
        }
        Target::Zero => {
            let there = plan.iter().filter(|planned| is_there(planned));
            Ok((there.map(|planned| planned.migration.name.as_str()).collect(), none()))
        }
        Target::Migration(name) => {
            let found = history.find(name)?;
            let Some(target) = plan.iter().find(|planned| stands_for(planned.migration, &found.name)) else {
                return Err(ExecuteError::Impossible {
                    migration: found.name.clone(),
                    operation: "migrate".to_owned(),
                    reason: "a migration that replaces it is in its place; name that one".to_owned(),
                });
            };
            if target.applied {
                let after = following(plan, &target.migration.name);
                let there = plan.iter().filter(|planned| is_there(planned));
                let undone =
                    there.map(|planned| planned.migration.name.as_str()).filter(|name| after.contains(name));
                Ok((undone.collect(), none()))
            } else {
                let before = needed(plan, &target.migration.name);
                let open = plan.iter().filter(|planned| !planned.applied);
                let done =
                    open.map(|planned| planned.migration.name.as_str()).filter(|name| before.contains(name));
                Ok((none(), done.collect()))
            }
        }
    }
}

fn stands_for(migration: &MigrationFile, name: &str) -> bool {
    migration.name == name || migration.replaces.iter().any(|replaced| replaced == name)
}

fn depends_on(migration: &MigrationFile, other: &MigrationFile) -> bool {
    migration.name != other.name && migration.dependencies.iter().any(|name| stands_for(other, name))
}

/// The migrations that need this one, at any distance. A plan has them after it.
fn following<'h>(plan: &[Planned<'h>], name: &str) -> BTreeSet<&'h str> {
    let mut found: Vec<&MigrationFile> = Vec::new();
    for planned in plan {
        let needs =
            planned.migration.dependencies.iter().any(|dependency| stands_for_any(plan, dependency, name))
                || found.iter().any(|other| depends_on(planned.migration, other));
        if needs && planned.migration.name != name {
            found.push(planned.migration);
        }
    }
    found.into_iter().map(|migration| migration.name.as_str()).collect()
}

fn stands_for_any(plan: &[Planned<'_>], dependency: &str, name: &str) -> bool {
    plan.iter().any(|planned| planned.migration.name == name && stands_for(planned.migration, dependency))
}

/// This migration and those that it needs, at any distance. A plan has them before it.
fn needed<'h>(plan: &[Planned<'h>], name: &str) -> BTreeSet<&'h str> {
    let mut found: Vec<&MigrationFile> = Vec::new();
    for planned in plan.iter().rev() {
        if planned.migration.name == name || found.iter().any(|other| depends_on(other, planned.migration)) {
            found.push(planned.migration);
        }
    }
    found.into_iter().map(|migration| migration.name.as_str()).collect()
}
