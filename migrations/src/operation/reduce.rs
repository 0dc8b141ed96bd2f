//! The optimizer: the same change of the state with fewer operations, by Django's rules.

use super::{Operation, TableChanges, apply_all};
use crate::state::{ModelName, ProjectState};
use nuages_models::define::ModelDefinition;

/// What two operations are together.
enum Reduced {
    /// These instead.
    To(Vec<Operation>),
    /// Both, in any order.
    Through,
    /// Both, in this order.
    No,
}

/// Merges operations until nothing more can be merged. Those of SQL and data stay where they are, and nothing moves past them.
pub fn optimize(mut operations: Vec<Operation>) -> Vec<Operation> {
    // Each merge makes the list shorter, so this ends; what one merges may let an earlier one merge more.
    loop {
        let before = operations.len();
        let mut position = 0;
        while position < operations.len() {
            match merged_at(&operations, position) {
                Some(fewer) => operations = fewer,
                None => position += 1,
            }
        }
        if operations.len() == before {
            return operations;
        }
    }
}

/// The operations with the one at a position merged with a later one.
fn merged_at(operations: &[Operation], first: usize) -> Option<Vec<Operation>> {
    let operation = operations.get(first)?;
    // Whether all operations in between may come before the merged ones.
    let mut right = true;
    for (second, other) in operations.iter().enumerate().skip(first + 1) {
        match reduce(operation, other) {
            Reduced::Through => {}
            Reduced::No => right = false,
            Reduced::To(merged) => {
                let between = &operations[first + 1..second];
                let passes = |op: &Operation| matches!(reduce(op, other), Reduced::Through);
                let middle: Vec<Operation> = if right {
                    between.iter().cloned().chain(merged).collect()
                } else if between.iter().all(passes) {
                    merged.into_iter().chain(between.iter().cloned()).collect()
                } else {
                    return None;
                };
                let before = operations[..first].iter().cloned();
                let after = operations[second + 1..].iter().cloned();
                return Some(before.chain(middle).chain(after).collect());
            }
        }
    }
    None
}

fn reduce(one: &Operation, other: &Operation) -> Reduced {
    merged(one, other).unwrap_or_else(|| if passes(one, other) { Reduced::Through } else { Reduced::No })
}

/// Whether an operation may come after another that stands behind it: neither speaks of what the other changes.
fn passes(one: &Operation, other: &Operation) -> bool {
    let free = match one {
        Operation::RunSql(_) | Operation::UpdateRows(_) | Operation::SeparateDatabaseAndState { .. } => false,
        Operation::CreateModel(definition) => !other.mentions_model(&definition.name),
        Operation::RenameModel { model, to } => {
            !other.mentions_model(&to.name) && !other.mentions_model(&model.name)
        }
        Operation::AddField { model, name, .. }
        | Operation::RemoveField { model, name }
        | Operation::AlterField { model, name, .. } => !other.mentions_field(&model.name, name),
        Operation::RenameField { model, name, to } => {
            !other.mentions_field(&model.name, name) && !other.mentions_field(&model.name, to)
        }
        Operation::DeleteModel { model }
        | Operation::AddIndex { model, .. }
        | Operation::RemoveIndex { model, .. }
        | Operation::RenameIndex { model, .. }
        | Operation::AddConstraint { model, .. }
        | Operation::RemoveConstraint { model, .. }
        | Operation::AlterTable { model, .. }
        | Operation::AlterManagers { model, .. } => !other.mentions_model(&model.name),
    };
    free && stays_the_same(one, other)
}

/// Whether an operation means the same after the other one.
fn stays_the_same(one: &Operation, other: &Operation) -> bool {
    match other {
        Operation::CreateModel(definition) => !one.mentions_model(&definition.name),
        // A relation that is removed or becomes another one was one to the model, perhaps.
        Operation::DeleteModel { model } => match one {
            Operation::RemoveField { .. } | Operation::AlterField { .. } => false,
            _ => !one.mentions_model(&model.name),
        },
        Operation::RenameModel { model, to } => {
            !one.mentions_model(&model.name) && !one.mentions_model(&to.name)
        }
        // What stands before a new field cannot speak of it; a new key is what relations refer to.
        Operation::AddField { model, name, field, .. } => {
            !field.is("primary_key") || !one.mentions_field(&model.name, name)
        }
        Operation::AlterField { model, name, .. } | Operation::RemoveField { model, name } => {
            !one.mentions_field(&model.name, name)
        }
        Operation::RenameField { model, name, to } => {
            !one.mentions_field(&model.name, name) && !one.mentions_field(&model.name, to)
        }
        _ => true,
    }
}

fn merged(one: &Operation, other: &Operation) -> Option<Reduced> {
    let to = |operation: Operation| Some(Reduced::To(vec![operation]));
    let nothing = || Some(Reduced::To(Vec::new()));
    match (one, other) {
        (Operation::CreateModel(definition), _) => create_and(definition, other),
        (Operation::RenameModel { model, to: middle }, Operation::RenameModel { model: from, to: last })
            if middle == from =>
        {
            if model == last {
                return nothing();
            }
            to(Operation::RenameModel { model: model.clone(), to: last.clone() })
        }
        (
            Operation::AddField { model, name, fill, .. },
            Operation::AlterField { model: of, name: same, field, fill: later },
        ) if (model, name) == (of, same) => to(Operation::AddField {
            model: model.clone(),
            name: name.clone(),
            field: field.clone(),
            fill: later.clone().or_else(|| fill.clone()),
        }),
        (Operation::AddField { model, name, .. }, Operation::RemoveField { model: of, name: same })
            if (model, name) == (of, same) =>
        {
            nothing()
        }
        (
            Operation::AddField { model, name, field, fill },
            Operation::RenameField { model: of, name: same, to: last },
        ) if (model, name) == (of, same) => to(Operation::AddField {
            model: model.clone(),
            name: last.clone(),
            field: field.clone(),
            fill: fill.clone(),
        }),
        (
            Operation::AlterField { model, name, fill, .. },
            Operation::AlterField { model: of, name: same, field, fill: later },
        ) if (model, name) == (of, same) => to(Operation::AlterField {
            model: model.clone(),
            name: name.clone(),
            field: field.clone(),
            fill: later.clone().or_else(|| fill.clone()),
        }),
        (Operation::AlterField { model, name, .. }, Operation::RemoveField { model: of, name: same })
            if (model, name) == (of, same) =>
        {
            to(other.clone())
        }
        (
            Operation::RenameField { model, name, to: middle },
            Operation::RenameField { model: of, name: from, to: last },
        ) if (model, middle) == (of, from) => {
            if name == last {
                return nothing();
            }
            to(Operation::RenameField { model: model.clone(), name: name.clone(), to: last.clone() })
        }
        (Operation::AddIndex { model, name, .. }, Operation::RemoveIndex { model: of, name: same, .. })
        | (
            Operation::AddConstraint { model, name, .. },
            Operation::RemoveConstraint { model: of, name: same },
        ) if (model, name) == (of, same) => nothing(),
        (
            Operation::AddIndex { model, name, index, concurrently },
            Operation::RenameIndex { model: of, name: same, to: last },
        ) if (model, name) == (of, same) => to(Operation::AddIndex {
            model: model.clone(),
            name: last.clone(),
            index: index.clone(),
            concurrently: *concurrently,
        }),
        (
            Operation::RenameIndex { model, name, to: middle },
            Operation::RenameIndex { model: of, name: from, to: last },
        ) if (model, middle) == (of, from) => {
            if name == last {
                return nothing();
            }
            to(Operation::RenameIndex { model: model.clone(), name: name.clone(), to: last.clone() })
        }
        (Operation::AlterTable { model, changes }, Operation::AlterTable { model: of, changes: later })
            if model == of =>
        {
            to(Operation::AlterTable { model: model.clone(), changes: both(changes, later) })
        }
        (Operation::AlterManagers { model, .. }, Operation::AlterManagers { model: of, .. })
            if model == of =>
        {
            to(other.clone())
        }
        (_, Operation::DeleteModel { model }) if is_part_of(one, model) => to(other.clone()),
        _ => None,
    }
}

/// Whether an operation only changes a model, so that nothing is left of it when the model goes.
fn is_part_of(operation: &Operation, model: &ModelName) -> bool {
    match operation {
        Operation::RemoveField { model: of, .. }
        | Operation::AlterField { model: of, .. }
        | Operation::AddIndex { model: of, .. }
        | Operation::RemoveIndex { model: of, .. }
        | Operation::RenameIndex { model: of, .. }
        | Operation::AddConstraint { model: of, .. }
        | Operation::RemoveConstraint { model: of, .. }
        | Operation::AlterTable { model: of, .. }
        | Operation::AlterManagers { model: of, .. } => of == model,
        _ => false,
    }
}

/// A new model and what happens to it next: the model as it is then.
fn create_and(definition: &ModelDefinition, other: &Operation) -> Option<Reduced> {
    let own = ModelName::of(definition);
    match other {
        Operation::DeleteModel { model } => (*model == own).then(|| Reduced::To(Vec::new())),
        Operation::RenameModel { model, .. }
        | Operation::AddField { model, .. }
        | Operation::RemoveField { model, .. }
        | Operation::AlterField { model, .. }
        | Operation::RenameField { model, .. }
        | Operation::AddIndex { model, .. }
        | Operation::RemoveIndex { model, .. }
        | Operation::RenameIndex { model, .. }
        | Operation::AddConstraint { model, .. }
        | Operation::RemoveConstraint { model, .. }
        | Operation::AlterTable { model, .. }
        | Operation::AlterManagers { model, .. }
            if *model == own =>
        {
            let mut alone = ProjectState::default();
            alone.models.insert(own.name.clone(), definition.clone());
            // What does not fit is left to be told when the migration is applied.
            apply_all(std::slice::from_ref(other), &mut alone).ok()?;
            let (_, changed) = alone.models.shift_remove_index(0)?;
            Some(Reduced::To(vec![Operation::CreateModel(Box::new(changed))]))
        }
        _ => None,
    }
}

fn both(first: &TableChanges, later: &TableChanges) -> TableChanges {
    TableChanges {
        table: later.table.clone().or_else(|| first.table.clone()),
        db_comment: later.db_comment.clone().or_else(|| first.db_comment.clone()),
        managed: later.managed.or(first.managed),
        primary_key: later.primary_key.clone().or_else(|| first.primary_key.clone()),
        unique_together: later.unique_together.clone().or_else(|| first.unique_together.clone()),
    }
}
