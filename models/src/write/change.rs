//! Changes of rows that are there.

use super::create::{Draft, columns};
use super::error::{InputPath, Problem, WriteError, below};
use super::relate::Holder;
use super::tree::{Change, Key, NewRow, Outcome, RelatedChange};
use super::values::{fit, moment};
use super::writer::{Known, Writer, among, fitted_key, primary_key};
use crate::expr::{Expr, Slot};
use crate::prepare::{Width, prepare_update, prepare_update_by_key};
use crate::query::{QuerySet, Scope};
use crate::registry::{AutoNow, FieldId, Model, ModelId, RelationKind};
use crate::value::Value;
use futures::future::BoxFuture;
use std::collections::HashMap;

/// Rows of one statement.
const CHUNK: usize = 5_000;
/// Rows of one statement that has an expression for each.
const CASES: usize = 100;

/// A row and what changes of it.
#[derive(Debug, Clone)]
pub(super) struct Changed<'a> {
    pub(super) known: Known,
    pub(super) change: &'a Change,
}

impl Writer {
    /// Changes rows alike, and says what became of them.
    pub(super) async fn update_rows(
        &self,
        model: ModelId,
        rows: Vec<Known>,
        change: &Change,
    ) -> Result<Outcome, WriteError> {
        let changed = rows.into_iter().map(|known| Changed { known, change }).collect();
        let rows = self.change(model, changed).await?;
        let definition = self.registry.model(model);
        Ok(Outcome {
            affected: rows.len() as u64,
            created: vec![false; rows.len()],
            rows: rows
                .iter()
                .map(|known| primary_key(definition, known).map(Some))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Changes the row with a key, or makes it.
    pub(super) async fn upsert(
        &self,
        model: ModelId,
        (key, path): (&Key, &InputPath),
        create: &NewRow,
        update: &Change,
    ) -> Result<Outcome, WriteError> {
        let definition = self.registry.model(model);
        let key = fitted_key(definition, key, path)?;
        let needed = self.needed(model);
        // Of two that make the same row at once one meets the other's; a row that is gone again is made again.
        for attempt in 0..3 {
            let found = self.find(definition, &[&key], &needed, (Scope::Default, true, None)).await?;
            if let Some(row) = found.into_iter().flatten().next() {
                return self.update_rows(model, vec![row], update).await;
            }
            let said = |id: FieldId| create.values.iter().any(|(given, _)| *given == id);
            let extra = key.0.iter().filter(|(id, _)| !said(*id)).cloned().collect();
            let made = self.attempt(self.create(model, vec![Draft { row: create, extra }], None)).await?;
            match made {
                Ok(made) => {
                    return Ok(Outcome {
                        affected: 1,
                        created: vec![true],
                        rows: made
                            .iter()
                            .map(|made| primary_key(definition, &made.known).map(Some))
                            .collect::<Result<_, _>>()?,
                    });
                }
                Err(error) if attempt < 2 && is_of_unique(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Self::internal("an upsert ended neither with a new nor with an old row"))
    }

    /// Changes rows, each in its own way, and gives what is known of them afterwards.
    pub(super) fn change<'s>(
        &'s self,
        model: ModelId,
        rows: Vec<Changed<'s>>,
    ) -> BoxFuture<'s, Result<Vec<Known>, WriteError>> {
        Box::pin(async move {
            let definition = self.registry.model(model);
            let referred = self.referred_by_changes(definition, &rows).await?;
            let mut rows = rows;
            self.write_changes(definition, &mut rows, referred).await?;
            for relation in &definition.relations {
                let mut holders = Vec::new();
                for row in &rows {
                    for change in row.change.related.iter().filter(|change| change.relation == relation.id) {
                        holders.push(Holder { known: row.known.clone(), change, is_new: false });
                    }
                }
                if !holders.is_empty() && self.is_outward(relation) {
                    self.relate(definition, relation, holders).await?;
                }
            }
            Ok(rows.into_iter().map(|row| row.known).collect())
        })
    }

    /// For each row the values of its foreign keys that come from what happens along them.
    async fn referred_by_changes<'s>(
        &'s self,
        model: &'s Model,
        rows: &[Changed<'s>],
    ) -> Result<Vec<Vec<(FieldId, Value)>>, WriteError> {
        let mut values: Vec<Vec<(FieldId, Value)>> = vec![Vec::new(); rows.len()];
        for relation in &model.relations {
            if !matches!(relation.kind, RelationKind::ForeignKey | RelationKind::OneToOne) {
                continue;
            }
            let places: Vec<(usize, &'s RelatedChange)> = rows
                .iter()
                .enumerate()
                .flat_map(|(index, row)| row.change.related.iter().map(move |change| (index, change)))
                .filter(|(_, change)| change.relation == relation.id)
                .collect();
            if places.is_empty() {
                continue;
            }
            let holders: Vec<(Known, &RelatedChange)> =
                places.iter().map(|(index, change)| (rows[*index].known.clone(), *change)).collect();
            let referred = self.referred_anew(model, relation, holders).await?;
            for ((index, _), referred) in places.iter().zip(referred) {
                if let Some(referred) = referred {
                    values[*index].extend(relation.pairs.iter().map(|(own, _)| *own).zip(referred));
                }
            }
        }
        Ok(values)
    }

    async fn write_changes(
        &self,
        model: &Model,
        rows: &mut [Changed<'_>],
        referred: Vec<Vec<(FieldId, Value)>>,
    ) -> Result<(), WriteError> {
        let mut assignments = Vec::with_capacity(rows.len());
        for (row, referred) in rows.iter().zip(referred) {
            assignments.push(self.assignments(model, row.change, referred)?);
        }
        self.before_change(model, rows, &mut assignments).await?;
        // Rows that change alike are one statement by their keys; rows with values of their own another, and rows with
        // expressions of their own a third.
        let mut alike: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut by_change: HashMap<Likeness, Vec<usize>> = HashMap::new();
        for (index, set) in assignments.iter().enumerate() {
            if set.is_empty() {
                continue;
            }
            let likeness = if is_constant(set) {
                Likeness::OfChange(std::ptr::from_ref(rows[index].change).addr())
            } else {
                Likeness::OfExpressions(format!("{set:?}"))
            };
            let known = by_change.entry(likeness).or_default();
            match known.iter().find(|group| assignments[alike[**group].0] == *set) {
                Some(group) => alike[*group].1.push(index),
                None => {
                    known.push(alike.len());
                    alike.push((index, vec![index]));
                }
            }
        }
        let mut single: Vec<(Vec<FieldId>, Vec<usize>)> = Vec::new();
        let mut computed: Vec<(Vec<FieldId>, Vec<usize>)> = Vec::new();
        for (first, members) in &alike {
            let set = &assignments[*first];
            if members.len() > 1 {
                self.update_alike(model, (rows, members), set).await?;
                continue;
            }
            let groups = if is_constant(set) { &mut single } else { &mut computed };
            let fields: Vec<FieldId> = set.iter().map(|(id, _)| *id).collect();
            match groups.iter_mut().find(|(known, _)| *known == fields) {
                Some((_, indexes)) => indexes.push(*first),
                None => groups.push((fields, vec![*first])),
            }
        }
        for (fields, indexes) in single {
            self.update_singly(model, (rows, &indexes), &fields, &assignments).await?;
        }
        for (fields, indexes) in computed {
            for members in indexes.chunks(CASES) {
                let set = case_by_case(model, (rows, members), &fields, &assignments)?;
                self.update_alike(model, (rows, members), &set).await?;
            }
        }
        for (row, set) in rows.iter_mut().zip(&assignments) {
            for (id, value) in set {
                // What is computed is not known; nothing goes by it but what is read again.
                row.known[id.0 as usize] = match value {
                    Expr::Slot(Slot::Constant(value)) => Some(value.clone()),
                    _ => None,
                };
            }
        }
        self.after_change(model, rows, &assignments).await
    }

    /// What is set of a row: given values, foreign keys, and the time of the change.
    fn assignments(
        &self,
        model: &Model,
        change: &Change,
        referred: Vec<(FieldId, Value)>,
    ) -> Result<Vec<(FieldId, Expr)>, WriteError> {
        let mut set: Vec<(FieldId, Expr)> = Vec::with_capacity(change.values.len() + referred.len() + 1);
        for (id, value) in &change.values {
            let field = model.field(*id);
            let value = match value {
                Expr::Slot(Slot::Constant(value)) => {
                    Expr::constant(fit(field, value).map_err(|(rule, message)| {
                        let path = below(&change.path, &field.name);
                        WriteError::Validation(vec![Problem::new(
                            path,
                            (&model.name, &field.name),
                            rule,
                            message,
                        )])
                    })?)
                }
                computed => computed.clone(),
            };
            set.push((*id, value));
        }
        set.extend(referred.into_iter().map(|(id, value)| (id, Expr::constant(value))));
        if !set.is_empty() {
            for field in model.fields.iter().filter(|field| field.auto_now == AutoNow::Always) {
                if !set.iter().any(|(id, _)| *id == field.id) {
                    set.push((field.id, Expr::constant(moment(&field.logical, self.context.now))));
                }
            }
        }
        Ok(set)
    }

    async fn update_alike(
        &self,
        model: &Model,
        (rows, members): (&[Changed<'_>], &[usize]),
        set: &[(FieldId, Expr)],
    ) -> Result<(), WriteError> {
        let path = around(rows, members);
        for chunk in members.chunks(CHUNK) {
            let keys = chunk
                .iter()
                .map(|index| primary_key(model, &rows[*index].known))
                .collect::<Result<Vec<_>, _>>()?;
            let query = QuerySet {
                manager: Scope::Unscoped,
                filter: Some(among(model, &model.primary_key, &keys)),
                ..QuerySet::all(model.id)
            };
            let statement = prepare_update(&query, set, &self.registry, &self.target)?;
            self.execute((model, &path), &statement).await?;
        }
        Ok(())
    }

    async fn update_singly(
        &self,
        model: &Model,
        (rows, indexes): (&[Changed<'_>], &[usize]),
        fields: &[FieldId],
        assignments: &[Vec<(FieldId, Expr)>],
    ) -> Result<(), WriteError> {
        let mut values = Vec::with_capacity(indexes.len());
        for index in indexes {
            let mut row = primary_key(model, &rows[*index].known)?;
            row.extend(assignments[*index].iter().map(|(_, value)| match value {
                Expr::Slot(Slot::Constant(value)) => value.clone(),
                _ => Value::Null,
            }));
            values.push(row);
        }
        let path = around(rows, indexes);
        self.update_by_key(model, (&model.primary_key, fields, &[]), values, &path).await.map(|_| ())
    }

    /// Sets fields of rows by keys, each row to its own values: the keys' values come first, then the new ones, then those
    /// that the fields of `only` must have. Gives how many rows were changed.
    pub(super) async fn update_by_key(
        &self,
        model: &Model,
        (keys, set, only): (&[FieldId], &[FieldId], &[FieldId]),
        rows: Vec<Vec<Value>>,
        path: &InputPath,
    ) -> Result<u64, WriteError> {
        let mut count = 0;
        let many = self.in_bulk() && rows.len() > 1;
        let width = if many { Width::Many } else { Width::One };
        let statement = prepare_update_by_key(model, (keys, set, only), width, &self.target);
        for chunk in rows.chunks(CHUNK) {
            let done = if many {
                let fields: Vec<FieldId> = [keys, set, only].concat();
                let lists = [columns(model, &fields, chunk)?];
                self.statements.execute_each(&statement, &self.arguments, &lists).await
            } else {
                self.statements.execute_each(&statement, &self.arguments, chunk).await
            };
            count += done.map_err(|error| self.explained(Some(model), path, error))?.iter().sum::<u64>();
        }
        Ok(count)
    }
}

/// What makes rows change alike.
#[derive(PartialEq, Eq, Hash)]
enum Likeness {
    /// They have the same change, by its place in memory; foreign keys may still differ.
    OfChange(usize),
    /// What is computed is written in the same words.
    OfExpressions(String),
}

fn is_constant(set: &[(FieldId, Expr)]) -> bool {
    set.iter().all(|(_, value)| matches!(value, Expr::Slot(Slot::Constant(_))))
}

/// What is set of rows by one statement: the value of each row by its key, as Django's `bulk_update` does.
fn case_by_case(
    model: &Model,
    (rows, members): (&[Changed<'_>], &[usize]),
    fields: &[FieldId],
    assignments: &[Vec<(FieldId, Expr)>],
) -> Result<Vec<(FieldId, Expr)>, WriteError> {
    let mut set = Vec::with_capacity(fields.len());
    for (position, field) in fields.iter().enumerate() {
        let value = |index: &usize| &assignments[*index][position].1;
        let mut values = members.iter().map(value);
        if let Some(first) = values.next()
            && values.all(|other| other == first)
        {
            set.push((*field, first.clone()));
            continue;
        }
        let mut branches = Vec::with_capacity(members.len());
        for index in members {
            let key = primary_key(model, &rows[*index].known)?;
            branches.push((among(model, &model.primary_key, &[key]), value(index).clone()));
        }
        set.push((*field, Expr::Case { branches, otherwise: None }));
    }
    Ok(set)
}

/// The place of some changes in the input: of all of them together.
fn around(rows: &[Changed<'_>], members: &[usize]) -> InputPath {
    let mut paths = members.iter().map(|index| &rows[*index].change.path);
    let mut common = paths.next().cloned().unwrap_or_default();
    for path in paths {
        let same = common.iter().zip(path).take_while(|(one, other)| one == other).count();
        common.truncate(same);
    }
    common
}

/// Whether a row was there already.
pub(super) fn is_of_unique(error: &WriteError) -> bool {
    matches!(error, WriteError::Violation(violation) if violation.kind == super::ViolationKind::Unique)
}
