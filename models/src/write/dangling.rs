//! Where an input refers to a row that does not exist. Databases find that at the end of a transaction, and tell the row's
//! columns and values, not who has written it.

use super::error::{InputPath, Violation, ViolationKind, WriteError, below};
use super::tree::{Action, Change, Key, Mutation, NewRow, RelatedChange};
use super::values::fit;
use crate::expr::{Expr, Slot};
use crate::registry::{Field, FieldId, LogicalType, Member, Model, ModelId, Registry};
use crate::value::{Value, write_value};

/// The error with its place in the input, when it is that a row refers to none and a mutation gives a row these values: the
/// first place that does.
pub fn placed(registry: &Registry, mutation: &Mutation, error: &WriteError) -> Option<WriteError> {
    let WriteError::Violation(violation) = error else { return None };
    let path = dangling(registry, violation, mutation)?;
    Some(WriteError::Violation(Box::new(Violation { path, ..violation.as_ref().clone() })))
}

fn dangling(registry: &Registry, violation: &Violation, mutation: &Mutation) -> Option<InputPath> {
    if violation.kind != ViolationKind::ForeignKey {
        return None;
    }
    let model = registry.model_named(&violation.model)?;
    let fields: Vec<FieldId> =
        violation.fields.iter().map(|name| columns(model, name)).collect::<Option<Vec<_>>>()?.concat();
    let reference = Reference { registry, model, fields, values: violation.values.as_deref()? };
    let target = mutation.model;
    match &mutation.action {
        Action::Create { rows, .. } => rows.iter().find_map(|row| reference.in_row(target, row)),
        Action::Update { change, .. } => reference.in_change(target, change),
        Action::Upsert { key, path, create, update } => {
            let in_key = || reference.is_said(target, &reference.fields, key).then(|| path.clone());
            let in_rows = reference.in_row(target, create).or_else(|| reference.in_change(target, update));
            in_rows.or_else(in_key)
        }
        Action::Delete { .. } => None,
    }
}

/// The fields of a foreign key by the name of one of them, or of its relation.
fn columns(model: &Model, name: &str) -> Option<Vec<FieldId>> {
    match model.member(name)? {
        Member::Field(id) => Some(vec![id]),
        Member::Relation(id) => Some(model.relation(id).pairs.iter().map(|(own, _)| *own).collect()),
    }
}

/// A foreign key that leads nowhere.
struct Reference<'a> {
    registry: &'a Registry,
    /// The model that refers.
    model: &'a Model,
    /// Its fields.
    fields: Vec<FieldId>,
    /// Their values, as the database writes them.
    values: &'a str,
}

impl Reference<'_> {
    fn in_row(&self, model: ModelId, row: &NewRow) -> Option<InputPath> {
        self.in_values(model, &row.values, &row.path).or_else(|| self.in_related(model, &row.related))
    }

    fn in_change(&self, model: ModelId, change: &Change) -> Option<InputPath> {
        self.in_values(model, &change.values, &change.path)
            .or_else(|| self.in_related(model, &change.related))
    }

    fn in_values(&self, model: ModelId, values: &[(FieldId, Expr)], path: &InputPath) -> Option<InputPath> {
        let constants = values.iter().filter_map(|(id, value)| match value {
            Expr::Slot(Slot::Constant(value)) => Some((*id, value.clone())),
            _ => None,
        });
        if !self.is_said(model, &self.fields, &Key(constants.collect())) {
            return None;
        }
        Some(match self.fields.as_slice() {
            [only] => below(path, &self.model.field(*only).name),
            _ => path.clone(),
        })
    }

    fn in_related(&self, model: ModelId, related: &[RelatedChange]) -> Option<InputPath> {
        related.iter().find_map(|change| {
            let relation = self.registry.model(model).relation(change.relation);
            // The row refers to the connected one itself, or a row of the link table does.
            let (referring, pairs) = match &relation.through {
                Some(through) => (through.model, &through.target),
                None => (model, &relation.pairs),
            };
            let own: Vec<FieldId> = pairs.iter().map(|(own, _)| *own).collect();
            let there: Vec<FieldId> = pairs.iter().map(|(_, there)| *there).collect();
            let mut connected = change.connect.iter().chain(change.set.iter().flatten());
            if own == self.fields && connected.any(|key| self.is_said(referring, &there, key)) {
                return Some(change.path.clone());
            }
            let target = relation.target;
            let in_row = |row| self.in_row(target, row);
            let in_change = |update| self.in_change(target, update);
            None.or_else(|| change.update.iter().find_map(|(_, update)| in_change(update)))
                .or_else(|| {
                    let mut upserts = change.upsert.iter();
                    upserts.find_map(|(_, row, update)| in_row(row).or_else(|| in_change(update)))
                })
                .or_else(|| change.connect_or_create.iter().find_map(|(_, row)| in_row(row)))
                .or_else(|| change.create.iter().find_map(in_row))
        })
    }

    /// Whether a row of a model has the values of the foreign key, when these fields of the input are what it gets.
    fn is_said(&self, model: ModelId, fields: &[FieldId], said: &Key) -> bool {
        if model != self.model.id || fields.is_empty() {
            return false;
        }
        let texts = fields.iter().zip(&self.fields).map(|(id, own)| {
            let (_, value) = said.0.iter().find(|(known, _)| known == id)?;
            text(self.model.field(*own), value)
        });
        let Some(texts) = texts.collect::<Option<Vec<String>>>() else { return false };
        let uuids = self.fields.iter().any(|id| self.model.field(*id).logical == LogicalType::Uuid);
        // One of the databases writes them with hyphens.
        let comparable = |text: &str| if uuids { text.replace('-', "") } else { text.to_owned() };
        comparable(&texts.join(", ")) == comparable(self.values)
    }
}

/// A value as databases write it.
fn text(field: &Field, value: &Value) -> Option<String> {
    let value = fit(field, value).ok()?;
    match &value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        value => {
            let mut json = Vec::new();
            write_value(&mut json, &field.logical, value).ok()?;
            let text = String::from_utf8(json).ok()?;
            Some(text.trim_matches('"').to_owned())
        }
    }
}
