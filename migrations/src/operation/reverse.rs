//! The operations that undo an operation.

use super::{Operation, RunSql, TableChanges, UndoRows, UpdateRows};
use crate::state::ProjectState;
use nuages_models::define::ModelDefinition;

/// An operation that cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} cannot be undone: {reason}")]
pub struct Irreversible {
    /// What the operation does.
    pub operation: String,
    /// Why not, and what helps.
    pub reason: String,
}

impl Operation {
    /// The operations that lead back from the state after this one to the state before it. What was removed comes back with
    /// its old definition, and without its rows and values.
    ///
    /// # Errors
    /// When the migration does not say how to undo it, and when the operation does not fit the state before.
    pub fn reverse(&self, before: &ProjectState) -> Result<Vec<Operation>, Irreversible> {
        let cannot = |reason: &str| Irreversible { operation: self.describe(), reason: reason.to_owned() };
        let lost = || cannot("the state before it does not have what it changes");
        let model = |name| before.model(name).ok_or_else(lost);
        let reversed = match self {
            Self::CreateModel(definition) => {
                Self::DeleteModel { model: crate::state::ModelName::of(definition) }
            }
            Self::DeleteModel { model: name } => Self::CreateModel(Box::new(model(name)?.clone())),
            Self::RenameModel { model, to } => Self::RenameModel { model: to.clone(), to: model.clone() },
            Self::AddField { model, name, .. } => {
                Self::RemoveField { model: model.clone(), name: name.clone() }
            }
            Self::RemoveField { model: owner, name } => {
                let field = model(owner)?.fields.get(name).ok_or_else(lost)?.clone();
                Self::AddField { model: owner.clone(), name: name.clone(), field, fill: None }
            }
            Self::AlterField { model: owner, name, .. } => {
                let field = model(owner)?.fields.get(name).ok_or_else(lost)?.clone();
                Self::AlterField { model: owner.clone(), name: name.clone(), field, fill: None }
            }
            Self::RenameField { model, name, to } => {
                Self::RenameField { model: model.clone(), name: to.clone(), to: name.clone() }
            }
            Self::AddIndex { model, name, concurrently, .. } => {
                Self::RemoveIndex { model: model.clone(), name: name.clone(), concurrently: *concurrently }
            }
            Self::RemoveIndex { model: owner, name, concurrently } => {
                let index = model(owner)?.indexes.get(name).ok_or_else(lost)?.clone();
                let concurrently = *concurrently;
                Self::AddIndex { model: owner.clone(), name: name.clone(), index, concurrently }
            }
            Self::RenameIndex { model, name, to } => {
                Self::RenameIndex { model: model.clone(), name: to.clone(), to: name.clone() }
            }
            Self::AddConstraint { model, name, .. } => {
                Self::RemoveConstraint { model: model.clone(), name: name.clone() }
            }
            Self::RemoveConstraint { model: owner, name } => {
                let constraint = model(owner)?.constraints.get(name).ok_or_else(lost)?.clone();
                Self::AddConstraint { model: owner.clone(), name: name.clone(), constraint, not_valid: false }
            }
            Self::AlterTable { model: owner, changes } => {
                Self::AlterTable { model: owner.clone(), changes: changes_back(model(owner)?, changes) }
            }
            Self::AlterManagers { model: owner, .. } => {
                Self::AlterManagers { model: owner.clone(), managers: model(owner)?.managers.clone() }
            }
            Self::RunSql(run) => {
                let sql = run.reverse.clone().ok_or_else(|| {
                    cannot("the migration does not say how; write the SQL in `reverse`, or reverse = \"\"")
                })?;
                let state = reverse_all(&run.state, before)?;
                Self::RunSql(RunSql { forward: sql, reverse: Some(run.forward.clone()), state })
            }
            Self::UpdateRows(update) => return reverse_rows(update).map_err(cannot),
            Self::SeparateDatabaseAndState { note, database, state } => Self::SeparateDatabaseAndState {
                note: note.clone(),
                database: reverse_all(database, before)?,
                state: reverse_all(state, before)?,
            },
        };
        Ok(vec![reversed])
    }
}

/// The operations that undo a list of them, last first.
///
/// # Errors
/// As [`Operation::reverse`].
pub(crate) fn reverse_all(
    operations: &[Operation],
    before: &ProjectState,
) -> Result<Vec<Operation>, Irreversible> {
    let mut state = before.clone();
    let mut groups = Vec::new();
    for operation in operations {
        groups.push(operation.reverse(&state)?);
        operation
            .apply(&mut state)
            .map_err(|error| Irreversible { operation: error.operation, reason: error.reason })?;
    }
    Ok(groups.into_iter().rev().flatten().collect())
}

fn changes_back(model: &ModelDefinition, changes: &TableChanges) -> TableChanges {
    TableChanges {
        table: changes.table.as_ref().map(|_| model.table.clone()),
        db_comment: changes.db_comment.as_ref().map(|_| model.db_comment.clone()),
        managed: changes.managed.map(|_| !model.unmanaged),
        primary_key: changes.primary_key.as_ref().map(|_| model.primary_key.clone()),
        unique_together: changes.unique_together.as_ref().map(|_| model.unique_together.clone()),
    }
}

fn reverse_rows(update: &UpdateRows) -> Result<Vec<Operation>, &'static str> {
    match &update.reverse {
        None => Err("the migration does not say how; write `reverse`, or reverse = \"nothing\""),
        Some(UndoRows::Nothing) => Ok(Vec::new()),
        Some(UndoRows::Update { filter, set }) => Ok(vec![Operation::UpdateRows(UpdateRows {
            model: update.model.clone(),
            filter: filter.clone(),
            set: set.clone(),
            batch: update.batch,
            reverse: Some(UndoRows::Update { filter: update.filter.clone(), set: update.set.clone() }),
        })]),
    }
}
