//! The order of operations: what needs something comes after it, and otherwise the order of the passes stays.

use super::passes::is_deferred;
use crate::operation::Operation;
use crate::operation::references::{expression_mentions, names_field};
use crate::state::ProjectState;
use nuages_models::define::{FieldDefinition, ModelDefinition};
use std::collections::BTreeSet;

/// The operations, each after those that it needs. When they need each other, in the order of the passes.
pub(super) fn ordered(
    operations: Vec<Operation>,
    before: &ProjectState,
    after: &ProjectState,
) -> Vec<Operation> {
    let needs = Needs { operations: &operations, before, after };
    let mut open: Vec<BTreeSet<usize>> =
        (0..operations.len()).map(|at| needs.of(at, |one, other| needs.needs(one, other))).collect();
    let mut wished: Vec<BTreeSet<usize>> =
        (0..operations.len()).map(|at| needs.of(at, |one, other| needs.wishes(one, other))).collect();
    let mut left: Vec<usize> = (0..operations.len()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let free = |at: &usize| open[*at].is_empty();
        let best = left.iter().position(|at| free(at) && wished[*at].is_empty());
        let next = best.or_else(|| left.iter().position(free)).unwrap_or(0);
        let at = left.remove(next);
        open.iter_mut().chain(&mut wished).for_each(|waits| {
            waits.remove(&at);
        });
        order.push(at);
    }
    let mut taken: Vec<Option<Operation>> = operations.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| taken[at].take()).collect()
}

/// The operations in an order in which each gives a valid state, as near to the given one as can be found by taking the first that
/// does, time after time. What then is left cannot be done.
pub(super) fn searched(mut left: Vec<Operation>, from: &ProjectState) -> Vec<Operation> {
    let mut state = from.clone();
    let mut order = Vec::new();
    let after = |operation: &Operation, state: &ProjectState| {
        let mut next = state.clone();
        (operation.apply(&mut next).is_ok() && next.registry().is_ok()).then_some(next)
    };
    while let Some((at, next)) =
        left.iter().enumerate().find_map(|(at, operation)| Some((at, after(operation, &state)?)))
    {
        order.push(left.remove(at));
        state = next;
    }
    order.extend(left);
    order
}

struct Needs<'a> {
    operations: &'a [Operation],
    before: &'a ProjectState,
    after: &'a ProjectState,
}

impl Needs<'_> {
    /// The positions of the operations that come before one of them.
    fn of(&self, at: usize, before: impl Fn(&Operation, &Operation) -> bool) -> BTreeSet<usize> {
        let operation = &self.operations[at];
        let others = self.operations.iter().enumerate().filter(|(other, _)| *other != at);
        others.filter(|(_, other)| before(operation, other)).map(|(other, _)| other).collect()
    }

    /// Whether the other operation is better done before: a model that refers to another one is deleted before that, so that
    /// its relation need not be removed first.
    fn wishes(&self, operation: &Operation, other: &Operation) -> bool {
        let (Operation::DeleteModel { model }, Operation::DeleteModel { model: other }) = (operation, other)
        else {
            return false;
        };
        let own = self.before.models.get(&other.name);
        own.is_some_and(|own| own.fields.values().any(|field| field.target(&own.name) == Some(&model.name)))
    }

    fn needs(&self, operation: &Operation, other: &Operation) -> bool {
        match operation {
            Operation::CreateModel(new) => self.creation_needs(new, other),
            Operation::DeleteModel { model } => self.deletion_needs(&model.name, other),
            Operation::RemoveField { model, name } => self.removal_needs(&model.name, name, other),
            Operation::AddField { model, name, field, .. } => {
                self.field_needs((&model.name, name, field), other)
                    || matches!(other, Operation::RemoveField { model: own, name: old } if own == model && old == name)
            }
            Operation::AlterField { model, name, field, .. } => {
                self.field_needs((&model.name, name, field), other)
                    || self.takes_away(&model.name, other)
                    || self.left_by(&model.name, name, other)
            }
            Operation::AddIndex { model, name, .. } => {
                makes_fields(other, &model.name) || self.frees(name, other)
            }
            Operation::AddConstraint { model, name, .. } => {
                makes_fields(other, &model.name) || self.frees(name, other)
            }
            Operation::RenameIndex { model, to, .. } => {
                makes_fields(other, &model.name) || self.frees(to, other)
            }
            Operation::AlterTable { model, changes } => {
                let created = matches!(other, Operation::CreateModel(new) if new.name == model.name);
                let table = self.after.models.get(&model.name).map(ModelDefinition::table_name);
                let freed =
                    changes.table.is_some() && table.is_some_and(|table| self.frees_table(&table, other));
                // A key of several fields comes when all are there and no single one is the key, and goes before one is.
                let key = match &changes.primary_key {
                    Some(key) if !key.is_empty() => {
                        makes_fields_of(other, &model.name, key) || self.drops_key(other, &model.name)
                    }
                    _ => false,
                };
                let groups = changes.unique_together.as_ref().is_some_and(|groups| {
                    let known = self.before.models.get(&model.name).map(|model| &model.unique_together);
                    // A list that only gets shorter speaks of nothing new.
                    let new = |group: &Vec<String>| known.is_none_or(|known| !known.contains(group));
                    groups.iter().any(new) && makes_fields(other, &model.name)
                });
                created || freed || key || groups
            }
            _ => false,
        }
    }

    fn creation_needs(&self, new: &ModelDefinition, other: &Operation) -> bool {
        let base = new.proxy_of.as_ref();
        let targets = || new.fields.values().filter_map(|field| field.target(&new.name));
        match other {
            Operation::CreateModel(known) => {
                base == Some(&known.name)
                    || targets().any(|target| target == known.name && target != new.name)
            }
            Operation::DeleteModel { model } if model.name == new.name => true,
            _ => base.is_none() && self.frees_table(&new.table_name(), other),
        }
    }

    /// Whether a table has the name until the other operation.
    fn frees_table(&self, table: &str, other: &Operation) -> bool {
        let (Operation::DeleteModel { model } | Operation::AlterTable { model, .. }) = other else {
            return false;
        };
        let old = self.before.models.get(&model.name).filter(|old| old.proxy_of.is_none());
        let renames = match other {
            Operation::AlterTable { changes, .. } => changes.table.is_some(),
            _ => true,
        };
        renames && old.is_some_and(|old| old.table_name() == table)
    }

    /// Whether an index or a constraint has the name until the other operation.
    fn frees(&self, name: &str, other: &Operation) -> bool {
        match other {
            Operation::RemoveIndex { name: old, .. }
            | Operation::RemoveConstraint { name: old, .. }
            | Operation::RenameIndex { name: old, .. } => old == name,
            Operation::DeleteModel { model } => self.before.models.get(&model.name).is_some_and(|model| {
                model.indexes.contains_key(name) || model.constraints.contains_key(name)
            }),
            _ => false,
        }
    }

    fn deletion_needs(&self, model: &str, other: &Operation) -> bool {
        let referred = |own: &str, field: &str| {
            let definition = self.before.models.get(own).and_then(|own| own.fields.get(field));
            definition
                .is_some_and(|field| field.target(own) == Some(model) || field.text("through") == Some(model))
        };
        match other {
            Operation::RemoveField { model: own, name } | Operation::AlterField { model: own, name, .. } => {
                own.name == model || referred(&own.name, name)
            }
            Operation::DeleteModel { model: own } => {
                let Some(own) = self.before.models.get(&own.name).filter(|own| own.name != model) else {
                    return false;
                };
                // Other relations are removed one by one before.
                let mut stay = own.fields.iter().filter(|(name, field)| !is_deferred(own, name, field));
                own.proxy_of.as_deref() == Some(model)
                    || stay.any(|(_, field)| field.target(&own.name) == Some(model))
            }
            _ => false,
        }
    }

    fn removal_needs(&self, model: &str, name: &str, other: &Operation) -> bool {
        if self.takes_away(model, other) {
            return true;
        }
        match other {
            Operation::AlterTable { .. } => self.left_by(model, name, other),
            Operation::RemoveField { model: own, name: user }
            | Operation::AlterField { model: own, name: user, .. } => {
                let old = self.before.models.get(&own.name).and_then(|own| own.fields.get(user));
                old.is_some_and(|old| speaks_of((&own.name, old), model, name))
                    && !(own.name == model && user == name)
            }
            _ => false,
        }
    }

    /// What the definition of a field needs.
    fn field_needs(&self, (model, name, field): (&str, &str, &FieldDefinition), other: &Operation) -> bool {
        match other {
            Operation::CreateModel(new) => {
                new.name == model
                    || field.target(model) == Some(&new.name)
                    || field.text("through") == Some(&new.name)
            }
            Operation::AddField { model: own, name: used, field: definition, .. }
            | Operation::AlterField { model: own, name: used, field: definition, .. } => {
                let same = own.name == model && used == name;
                let old = self.before.models.get(&own.name).and_then(|own| own.fields.get(used));
                let left = old.is_some_and(|old| {
                    let (old, new, wanted) =
                        (column(used, old), column(used, definition), column(name, field));
                    own.name == model && old == wanted && new != wanted
                });
                let key = field.target(model) == Some(&own.name) && definition.is("primary_key");
                !same && (left || key || speaks_of((model, field), &own.name, used))
            }
            // A new key comes when the old one is gone.
            _ if field.is("primary_key") && self.drops_key(other, model) => true,
            // The column of another field is free again.
            Operation::RemoveField { model: own, name: used } => {
                let old = self.before.models.get(&own.name).and_then(|own| own.fields.get(used));
                own.name == model && old.is_some_and(|old| column(used, old) == column(name, field))
            }
            _ => false,
        }
    }

    /// Whether the operation takes the primary key away.
    fn drops_key(&self, operation: &Operation, model: &str) -> bool {
        let was_key = |own: &str, name: &str| {
            let old = self.before.models.get(own).and_then(|own| own.fields.get(name));
            own == model && old.is_some_and(|old| old.is("primary_key"))
        };
        match operation {
            Operation::RemoveField { model: own, name } => was_key(&own.name, name),
            Operation::AlterField { model: own, name, field, .. } => {
                was_key(&own.name, name) && !field.is("primary_key")
            }
            Operation::AlterTable { model: own, changes } => {
                own.name == model && changes.primary_key.as_ref().is_some_and(Vec::is_empty)
            }
            _ => false,
        }
    }

    /// Whether the operation takes away something of the model that speaks of fields.
    fn takes_away(&self, model: &str, operation: &Operation) -> bool {
        match operation {
            Operation::RemoveIndex { model: own, .. } | Operation::RemoveConstraint { model: own, .. } => {
                own.name == model
            }
            Operation::AlterTable { model: own, changes } => {
                let known = self.before.models.get(model).map(|model| &model.unique_together);
                let only_old = |groups: &Vec<Vec<String>>| {
                    known.is_some_and(|known| groups.iter().all(|group| known.contains(group)))
                };
                own.name == model && changes.unique_together.as_ref().is_some_and(only_old)
            }
            _ => false,
        }
    }

    /// Whether the operation is that of a key of several fields which has the field no longer.
    fn left_by(&self, model: &str, name: &str, other: &Operation) -> bool {
        match other {
            Operation::AlterTable { model: own, changes } => {
                changes.primary_key.as_ref().is_some_and(|key| {
                    let has = |key: &Vec<String>| key.iter().any(|key| names_field(key, name));
                    let old = self.before.models.get(model);
                    own.name == model && old.is_some_and(|old| has(&old.primary_key)) && !has(key)
                })
            }
            _ => false,
        }
    }
}

/// Whether a definition needs the field of a model: as what it refers to, as an end of its links, in its expression.
fn speaks_of((own, definition): (&str, &FieldDefinition), model: &str, field: &str) -> bool {
    let to_field = definition.target(own) == Some(model)
        && definition.text("to_field").is_some_and(|to| names_field(to, field));
    let expression =
        own == model && definition.text("expr").is_some_and(|text| expression_mentions(text, field));
    to_field || expression || definition.text("through") == Some(model)
}

fn column(name: &str, field: &FieldDefinition) -> Option<String> {
    if field.is_many_to_many() {
        return None;
    }
    let usual = || if field.is_reference() { format!("{name}_id") } else { name.to_owned() };
    Some(field.text("column").map_or_else(usual, str::to_owned))
}

/// Whether the operation is about a field of the model. One that is gone or changed may have had an index of its own, whose name
/// an index of the model has next.
fn makes_fields(operation: &Operation, model: &str) -> bool {
    match operation {
        Operation::CreateModel(new) => new.name == model,
        Operation::AddField { model: own, .. }
        | Operation::AlterField { model: own, .. }
        | Operation::RemoveField { model: own, .. } => own.name == model,
        _ => false,
    }
}

fn makes_fields_of(operation: &Operation, model: &str, fields: &[String]) -> bool {
    match operation {
        Operation::AddField { model: own, name, .. } | Operation::AlterField { model: own, name, .. } => {
            own.name == model && fields.iter().any(|field| names_field(field, name))
        }
        _ => false,
    }
}
