//! The autodetector: the operations that lead from one state to another.
//!
//! Renames come first, on a state that follows them; what is left are models and fields of the same names, compared by passes
//! in Django's order. The operations of all passes are then ordered by what needs what, optimized, and tried: every
//! state on the way must be a valid one, and the last must be the state asked for.

mod fill;
mod order;
mod passes;
mod question;
mod renames;

pub use fill::read_fill;
pub use question::{DetectError, FillReason, Questioner, Undecided, Verdict};

use crate::operation::{Operation, optimize};
use crate::state::ProjectState;
use nuages_models::define::{FieldDefinition, Renamed};

/// The operations that lead from a state to another one, both canonical; none when they are equal. `renamed` is what the model
/// files of the state to be reached say of former names. What the two states cannot tell, the questioner is asked.
///
/// # Errors
/// When the questioner does not decide something that must be decided, and when there is no order of operations in which each
/// gives a valid state.
pub fn detect(
    from: &ProjectState,
    to: &ProjectState,
    renamed: &Renamed,
    questioner: &mut dyn Questioner,
) -> Result<Vec<Operation>, DetectError> {
    let mut undecided = Vec::new();
    let (mut operations, before) = renames::detect(from, to, renamed, questioner, &mut undecided);
    let mut changes = passes::Changes::new(&before, to);
    // Django's order: what goes from a table before the fields it speaks of, fields before what speaks of them.
    changes.deleted_models();
    changes.created_models();
    changes.altered_tables();
    changes.altered_managers();
    changes.removed_constraints();
    changes.removed_indexes();
    changes.renamed_indexes();
    changes.removed_groups();
    changes.removed_fields();
    changes.added_fields(questioner, &mut undecided);
    changes.altered_fields(questioner, &mut undecided);
    changes.altered_keys();
    changes.added_groups();
    changes.added_indexes();
    changes.added_constraints();
    if !undecided.is_empty() {
        return Err(DetectError::Undecided(question::without_consequences(undecided)));
    }
    operations.extend(order::ordered(changes.operations, &before, to));
    let failure = match merged_or_not(&operations, from, to) {
        Ok(operations) => return Ok(operations),
        Err(failure) => failure,
    };
    // No rule knows every name that two things share for a while: what cannot be done in this order is done in another one.
    merged_or_not(&order::searched(operations, from), from, to).map_err(|_| failure)
}

/// The operations, merged where that gives valid states: merging may move one before what it needs.
fn merged_or_not(
    operations: &[Operation],
    from: &ProjectState,
    to: &ProjectState,
) -> Result<Vec<Operation>, DetectError> {
    let mut merged = optimize(operations.to_vec());
    in_order_of_files(&mut merged, to);
    if tried(&merged, from, to).is_ok() {
        return Ok(merged);
    }
    tried(operations, from, to).map(|()| operations.to_vec())
}

/// The fields of a new model in the order of its file: those that had to wait for other models were added at the end.
fn in_order_of_files(operations: &mut [Operation], to: &ProjectState) {
    for operation in operations {
        if let Operation::CreateModel(definition) = operation
            && let Some(model) = to.models.get(&definition.name)
        {
            let position = |name: &String| model.fields.get_index_of(name).unwrap_or(usize::MAX);
            definition.fields.sort_by_key(|name, _| position(name));
        }
    }
}

/// Whether each operation gives a valid state, and the last one the state asked for.
///
/// A registry is made of the whole project, so it is not made after each of many new models: what is only added (or only taken
/// away) is as valid as what it adds up to, because [`Operation::apply`] refuses what needs something that is not there.
fn tried(operations: &[Operation], from: &ProjectState, to: &ProjectState) -> Result<(), DetectError> {
    let mut state = from.clone();
    for (at, operation) in operations.iter().enumerate() {
        operation.apply(&mut state).map_err(DetectError::Operation)?;
        let run = direction(operation);
        let goes_on = run != Direction::Other && operations.get(at + 1).map(direction) == Some(run);
        if !goes_on {
            let failed = |errors| DetectError::State { operation: operation.describe(), errors };
            state.registry().map_err(failed)?;
        }
    }
    if state == *to { Ok(()) } else { Err(DetectError::Incomplete(difference(&state, to))) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Only adds what needs nothing but models and fields of this state.
    Adds,
    /// Only takes away what nothing needs.
    TakesAway,
    /// Must be looked at.
    Other,
}

fn direction(operation: &Operation) -> Direction {
    let plain = |field: &FieldDefinition| {
        !field.is("primary_key")
            && ["to_field", "through", "expr"].iter().all(|option| field.text(option).is_none())
    };
    match operation {
        Operation::CreateModel(_) => Direction::Adds,
        Operation::AddField { field, .. } if plain(field) => Direction::Adds,
        Operation::DeleteModel { .. }
        | Operation::RemoveIndex { .. }
        | Operation::RemoveConstraint { .. } => Direction::TakesAway,
        _ => Direction::Other,
    }
}

/// The names of the models that differ.
fn difference(reached: &ProjectState, to: &ProjectState) -> Vec<String> {
    let names = reached.models.keys().chain(to.models.keys());
    let mut names: Vec<String> =
        names.filter(|name| reached.models.get(*name) != to.models.get(*name)).cloned().collect();
    names.sort();
    names.dedup();
    names
}
