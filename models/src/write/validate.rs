//! The rules of the models, checked over a whole input before anything is sent: all problems at once.

use super::error::{InputPath, Problem, below};
use super::tree::{Action, Change, Mutation, NewRow, RelatedChange};
use super::values::{Patterns, Rules, is_required, problems_of};
use super::writer::Writer;
use crate::expr::{Expr, Slot};
use crate::registry::{FieldId, Model, ModelId, Registry, RelationKind};

/// All problems of an input from outside, found without a database. [`Writer::apply`] finds the same.
pub fn check(registry: &Registry, mutation: &Mutation) -> Vec<Problem> {
    Check::new(registry, Rules::All).mutation(mutation)
}

impl Writer {
    /// All problems of an input.
    pub(super) fn validate(&self, mutation: &Mutation) -> Vec<Problem> {
        Check::new(&self.registry, self.rules).mutation(mutation)
    }

    /// All problems of new rows.
    pub(super) fn validate_rows(&self, model: ModelId, rows: &[NewRow]) -> Vec<Problem> {
        let model = self.registry.model(model);
        let mut check = Check::new(&self.registry, self.rules);
        rows.iter().for_each(|row| check.row(model, row, &[]));
        check.problems
    }
}

struct Check<'a> {
    registry: &'a Registry,
    rules: Rules,
    problems: Vec<Problem>,
    patterns: Patterns,
}

impl<'a> Check<'a> {
    fn new(registry: &'a Registry, rules: Rules) -> Self {
        Self { registry, rules, problems: Vec::new(), patterns: Patterns::default() }
    }

    fn mutation(mut self, mutation: &Mutation) -> Vec<Problem> {
        let model = self.registry.model(mutation.model);
        match &mutation.action {
            Action::Create { rows, .. } => rows.iter().for_each(|row| self.row(model, row, &[])),
            Action::Update { change, .. } => self.change(model, change),
            Action::Upsert { key, create, update, .. } => {
                let of_key: Vec<FieldId> = key.0.iter().map(|(id, _)| *id).collect();
                self.row(model, create, &of_key);
                self.change(model, update);
            }
            Action::Delete { .. } => {}
        }
        self.problems
    }

    /// A new row; the fields of `given` get their values from the rows around it.
    fn row(&mut self, model: &Model, row: &NewRow, given: &[FieldId]) {
        self.values(model, &row.values, &row.path);
        for field in &model.fields {
            let said = given.contains(&field.id)
                || row.values.iter().any(|(id, _)| *id == field.id)
                || field
                    .relation
                    .is_some_and(|relation| row.related.iter().any(|change| change.relation == relation));
            if !said && is_required(field, self.rules) {
                let name = field.relation.map_or(&field.name, |relation| &model.relation(relation).name);
                let message = format!("`{name}` of {} is missing", model.name);
                self.problems.push(Problem::new(
                    below(&row.path, name),
                    (&model.name, &field.name),
                    "required",
                    message,
                ));
            }
        }
        self.related(model, &row.related);
    }

    fn change(&mut self, model: &Model, change: &Change) {
        self.values(model, &change.values, &change.path);
        self.related(model, &change.related);
    }

    fn values(&mut self, model: &Model, values: &[(FieldId, Expr)], path: &InputPath) {
        // What a column cannot hold is found when its row is made; only rules are worth a pass of their own.
        if self.rules == Rules::Storage {
            return;
        }
        for (id, value) in values {
            if let Expr::Slot(Slot::Constant(value)) = value {
                let field = model.field(*id);
                let place = || below(path, &field.name);
                let found = problems_of((model, field), value, self.rules, place, &mut self.patterns);
                self.problems.extend(found);
            }
        }
    }

    fn related(&mut self, model: &Model, related: &[RelatedChange]) {
        for change in related {
            let relation = model.relation(change.relation);
            let target = self.registry.model(relation.target);
            let given: Vec<FieldId> = match relation.kind {
                RelationKind::ReverseForeignKey | RelationKind::ReverseOneToOne => {
                    relation.pairs.iter().map(|(_, there)| *there).collect()
                }
                _ => Vec::new(),
            };
            let with_key = |key: &super::Key| -> Vec<FieldId> {
                given.iter().copied().chain(key.0.iter().map(|(id, _)| *id)).collect()
            };
            for row in &change.create {
                self.row(target, row, &given);
            }
            for (key, row) in &change.connect_or_create {
                self.row(target, row, &with_key(key));
            }
            for (key, row, update) in &change.upsert {
                self.row(target, row, &with_key(key));
                self.change(target, update);
            }
            for (_, update) in &change.update {
                self.change(target, update);
            }
        }
    }
}
