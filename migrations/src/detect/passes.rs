//! The differences of two states whose models and fields have the same names, pass by pass.

use super::question::{FillReason, Questioner, Undecided};
use crate::operation::references::{constraint_mentions, expression_mentions, index_mentions, names_field};
use crate::operation::{Fill, Operation, TableChanges};
use crate::state::{ModelName, ProjectState};
use nuages_models::define::{FieldDefinition, ModelDefinition};

/// The operations found so far.
pub(super) struct Changes<'a> {
    before: &'a ProjectState,
    after: &'a ProjectState,
    pub(super) operations: Vec<Operation>,
}

/// A model that is in both states.
struct Kept<'a> {
    name: ModelName,
    old: &'a ModelDefinition,
    new: &'a ModelDefinition,
}

impl<'a> Changes<'a> {
    /// None yet.
    pub(super) fn new(before: &'a ProjectState, after: &'a ProjectState) -> Self {
        Self { before, after, operations: Vec::new() }
    }

    /// Models that stay what they are, a table or a proxy of the same table.
    fn kept(&self) -> Vec<Kept<'a>> {
        let new = self.after.models.values();
        new.filter_map(|new| {
            let old = self.before.models.get(&new.name).filter(|old| is_kept(old, new))?;
            Some(Kept { name: ModelName::of(new), old, new })
        })
        .collect()
    }

    /// Relations are removed first, so that models that refer to each other can be deleted in any order; the optimizer
    /// leaves out what the deletion does anyway.
    pub(super) fn deleted_models(&mut self) {
        for old in self.before.models.values() {
            if self.after.models.get(&old.name).is_some_and(|new| is_kept(old, new)) {
                continue;
            }
            let model = ModelName::of(old);
            self.removed_relations(&model, old);
            self.operations.push(Operation::DeleteModel { model });
        }
    }

    /// The relations of a model that goes, and first what speaks of them.
    fn removed_relations(&mut self, model: &ModelName, old: &ModelDefinition) {
        let relations: Vec<&String> = old
            .fields
            .iter()
            .filter(|(name, field)| is_deferred(old, name, field))
            .map(|(name, _)| name)
            .collect();
        let any = |mentions: &dyn Fn(&str) -> bool| relations.iter().any(|relation| mentions(relation));
        for (name, _) in old.indexes.iter().filter(|(_, it)| any(&|field| index_mentions(it, field))) {
            let (model, name) = (model.clone(), name.clone());
            self.operations.push(Operation::RemoveIndex { model, name, concurrently: false });
        }
        for (name, _) in old.constraints.iter().filter(|(_, it)| any(&|field| constraint_mentions(it, field)))
        {
            self.operations.push(Operation::RemoveConstraint { model: model.clone(), name: name.clone() });
        }
        let others = old
            .unique_together
            .iter()
            .filter(|group| !any(&|field| group.iter().any(|name| names_field(name, field))));
        let others: Vec<_> = others.cloned().collect();
        if others != old.unique_together {
            let changes = TableChanges { unique_together: Some(others), ..TableChanges::default() };
            self.alter_table(model.clone(), changes);
        }
        let computed = old.fields.iter().filter(|(_, field)| {
            field.text("expr").is_some_and(|text| any(&|relation| expression_mentions(text, relation)))
        });
        for name in computed.map(|(name, _)| name).chain(relations.iter().copied()) {
            self.operations.push(Operation::RemoveField { model: model.clone(), name: name.clone() });
        }
    }

    /// Models are created without their relations and what speaks of them; those follow when all models are there. The
    /// optimizer puts back what need not wait.
    pub(super) fn created_models(&mut self) {
        for new in self.after.models.values() {
            if self.before.models.get(&new.name).is_some_and(|old| is_kept(old, new)) {
                continue;
            }
            let model = ModelName::of(new);
            let mut bare = new.clone();
            let any = new.fields.iter().any(|(name, field)| is_deferred(new, name, field));
            bare.fields
                .retain(|name, field| !(is_deferred(new, name, field) || (any && field.kind == "generated")));
            bare.indexes.clear();
            bare.constraints.clear();
            bare.unique_together.clear();
            self.operations.push(Operation::CreateModel(Box::new(bare.clone())));
            for (name, field) in new.fields.iter().filter(|(name, _)| !bare.fields.contains_key(*name)) {
                let (model, name, field) = (model.clone(), name.clone(), field.clone());
                self.operations.push(Operation::AddField { model, name, field, fill: None });
            }
            if !new.unique_together.is_empty() {
                let unique_together = Some(new.unique_together.clone());
                let changes = TableChanges { unique_together, ..TableChanges::default() };
                self.operations.push(Operation::AlterTable { model: model.clone(), changes });
            }
            for (name, index) in &new.indexes {
                let (model, name, index) = (model.clone(), name.clone(), index.clone());
                self.operations.push(Operation::AddIndex { model, name, index, concurrently: false });
            }
            for (name, constraint) in &new.constraints {
                let (model, name, constraint) = (model.clone(), name.clone(), constraint.clone());
                self.operations.push(Operation::AddConstraint { model, name, constraint, not_valid: false });
            }
        }
    }

    /// Name, comment and management of tables.
    pub(super) fn altered_tables(&mut self) {
        for Kept { name, old, new } in self.kept() {
            let changes = TableChanges {
                table: (old.table != new.table).then(|| new.table.clone()),
                db_comment: (old.db_comment != new.db_comment).then(|| new.db_comment.clone()),
                managed: (old.unmanaged != new.unmanaged).then_some(!new.unmanaged),
                ..TableChanges::default()
            };
            self.alter_table(name, changes);
        }
    }

    fn alter_table(&mut self, model: ModelName, changes: TableChanges) {
        if changes != TableChanges::default() {
            self.operations.push(Operation::AlterTable { model, changes });
        }
    }

    /// Managers that migrations keep track of.
    pub(super) fn altered_managers(&mut self) {
        for Kept { name, old, new } in self.kept() {
            if old.managers != new.managers {
                let managers = new.managers.clone();
                self.operations.push(Operation::AlterManagers { model: name, managers });
            }
        }
    }

    /// Constraints that are gone or changed.
    pub(super) fn removed_constraints(&mut self) {
        for Kept { name: model, old, new } in self.kept() {
            let gone = old.constraints.iter().filter(|(name, it)| new.constraints.get(*name) != Some(it));
            for (name, _) in gone {
                let (model, name) = (model.clone(), name.clone());
                self.operations.push(Operation::RemoveConstraint { model, name });
            }
        }
    }

    /// Indexes that are gone or changed.
    pub(super) fn removed_indexes(&mut self) {
        for kept in self.kept() {
            let renamed = renamed_indexes(&kept);
            for (name, index) in &kept.old.indexes {
                if kept.new.indexes.get(name) != Some(index) && !renamed.iter().any(|(old, _)| old == name) {
                    let (model, name) = (kept.name.clone(), name.clone());
                    self.operations.push(Operation::RemoveIndex { model, name, concurrently: false });
                }
            }
        }
    }

    /// Indexes that only have another name.
    pub(super) fn renamed_indexes(&mut self) {
        for kept in self.kept() {
            for (name, to) in renamed_indexes(&kept) {
                self.operations.push(Operation::RenameIndex { model: kept.name.clone(), name, to });
            }
        }
    }

    /// Sets of unique fields that are gone.
    pub(super) fn removed_groups(&mut self) {
        for Kept { name, old, new } in self.kept() {
            let groups = old.unique_together.iter().filter(|group| new.unique_together.contains(*group));
            let left: Vec<_> = groups.cloned().collect();
            if left != old.unique_together {
                let changes = TableChanges { unique_together: Some(left), ..TableChanges::default() };
                self.alter_table(name, changes);
            }
        }
    }

    /// Sets of unique fields that are new.
    pub(super) fn added_groups(&mut self) {
        for Kept { name, old, new } in self.kept() {
            if new.unique_together.iter().any(|group| !old.unique_together.contains(group)) {
                let unique_together = Some(new.unique_together.clone());
                self.alter_table(name, TableChanges { unique_together, ..TableChanges::default() });
            }
        }
    }

    /// Primary keys of several fields.
    pub(super) fn altered_keys(&mut self) {
        for Kept { name, old, new } in self.kept() {
            if old.primary_key != new.primary_key {
                let primary_key = Some(new.primary_key.clone());
                self.alter_table(name, TableChanges { primary_key, ..TableChanges::default() });
            }
        }
    }

    /// Fields that are gone, and those that are made anew.
    pub(super) fn removed_fields(&mut self) {
        for Kept { name: model, old, new } in self.kept() {
            let gone = old
                .fields
                .iter()
                .filter(|(name, field)| new.fields.get(*name).is_none_or(|after| is_made_anew(field, after)));
            for (name, _) in gone {
                let (model, name) = (model.clone(), name.clone());
                self.operations.push(Operation::RemoveField { model, name });
            }
        }
    }

    /// Fields that are new, and those that are made anew.
    pub(super) fn added_fields(&mut self, questioner: &mut dyn Questioner, undecided: &mut Vec<Undecided>) {
        for Kept { name: model, old, new } in self.kept() {
            for (name, field) in &new.fields {
                if old.fields.get(name).is_some_and(|before| !is_made_anew(before, field)) {
                    continue;
                }
                let mut fill = None;
                if !new.unmanaged && needs_fill(field) {
                    fill = asked(questioner, undecided, (&model, name, field), FillReason::Added);
                }
                let (model, name, field) = (model.clone(), name.clone(), field.clone());
                self.operations.push(Operation::AddField { model, name, field, fill });
            }
        }
    }

    /// Fields that are other ones.
    pub(super) fn altered_fields(&mut self, questioner: &mut dyn Questioner, undecided: &mut Vec<Undecided>) {
        for Kept { name: model, old, new } in self.kept() {
            for (name, field) in &new.fields {
                let Some(before) = old.fields.get(name) else { continue };
                if before == field || is_made_anew(before, field) {
                    continue;
                }
                let mut fill = None;
                let becomes_not_null = before.is("null") && !field.is("null") && has_column(field);
                if !new.unmanaged && becomes_not_null && needs_fill(field) {
                    fill = asked(questioner, undecided, (&model, name, field), FillReason::BecomesNotNull);
                }
                let (model, name, field) = (model.clone(), name.clone(), field.clone());
                self.operations.push(Operation::AlterField { model, name, field, fill });
            }
        }
    }

    /// Indexes that are new or changed.
    pub(super) fn added_indexes(&mut self) {
        for kept in self.kept() {
            let renamed = renamed_indexes(&kept);
            for (name, index) in &kept.new.indexes {
                if kept.old.indexes.get(name) != Some(index) && !renamed.iter().any(|(_, new)| new == name) {
                    let (model, name, index) = (kept.name.clone(), name.clone(), index.clone());
                    self.operations.push(Operation::AddIndex { model, name, index, concurrently: false });
                }
            }
        }
    }

    /// Constraints that are new or changed.
    pub(super) fn added_constraints(&mut self) {
        for Kept { name: model, old, new } in self.kept() {
            let added = new.constraints.iter().filter(|(name, it)| old.constraints.get(*name) != Some(it));
            for (name, constraint) in added {
                let (model, name, constraint) = (model.clone(), name.clone(), constraint.clone());
                self.operations.push(Operation::AddConstraint { model, name, constraint, not_valid: false });
            }
        }
    }
}

/// A model with a table never becomes a proxy, nor the other way round: the one goes and the other comes.
fn is_kept(old: &ModelDefinition, new: &ModelDefinition) -> bool {
    old.proxy_of == new.proxy_of
}

/// A relation waits for its target, unless it is in the primary key, without which there is no table.
pub(super) fn is_deferred(model: &ModelDefinition, name: &str, field: &FieldDefinition) -> bool {
    let in_key = field.is("primary_key") || model.primary_key.iter().any(|key| names_field(key, name));
    field.text("to").is_some() && !in_key
}

/// Whether a field cannot become the other one in place: link rows are no values of a column, and what the database computes is
/// not written.
fn is_made_anew(old: &FieldDefinition, new: &FieldDefinition) -> bool {
    let generated = |field: &FieldDefinition| field.kind == "generated";
    let links = old.is_many_to_many() && new.is_many_to_many();
    old.is_many_to_many() != new.is_many_to_many()
        || generated(old) != generated(new)
        || (links && (old.text("to") != new.text("to") || old.text("through") != new.text("through")))
}

fn has_column(field: &FieldDefinition) -> bool {
    !field.is_many_to_many() && field.kind != "generated"
}

/// Whether existing rows have no value for a field.
fn needs_fill(field: &FieldDefinition) -> bool {
    let counts_up = matches!(field.kind.as_str(), "auto" | "big_auto");
    let given = ["default", "db_default", "auto_now", "auto_now_add"];
    has_column(field)
        && !counts_up
        && !field.is("null")
        && given.iter().all(|option| !field.options.contains_key(*option))
}

fn asked(
    questioner: &mut dyn Questioner,
    undecided: &mut Vec<Undecided>,
    (model, name, field): (&ModelName, &str, &FieldDefinition),
    reason: FillReason,
) -> Option<Fill> {
    questioner.fill(model, name, field, reason).unwrap_or_else(|| {
        undecided.push(Undecided::Fill { model: model.clone(), name: name.to_owned(), reason });
        None
    })
}

/// (name before, name after) of indexes that are otherwise the same.
fn renamed_indexes(kept: &Kept<'_>) -> Vec<(String, String)> {
    let mut renamed: Vec<(String, String)> = Vec::new();
    for (new, index) in kept.new.indexes.iter().filter(|(name, _)| !kept.old.indexes.contains_key(*name)) {
        let old = kept.old.indexes.iter().find(|(old, before)| {
            *before == index
                && !kept.new.indexes.contains_key(*old)
                && !renamed.iter().any(|(taken, _)| taken == *old)
        });
        renamed.extend(old.map(|(old, _)| (old.clone(), new.clone())));
    }
    renamed
}
