//! New rows, and what is made along with them.

use super::error::{InputPath, WriteError};
use super::relate::Holder;
use super::tree::{NewRow, OnConflict, RelatedChange};
use super::values::{self, Rules, fit};
use super::writer::{Known, Writer, identity, values_of};
use crate::expr::{Expr, Slot};
use crate::prepare::{ConflictFields, Width, carried_as_text, prepare_insert, prepare_insert_values};
use crate::registry::{Constraint, DefaultValue, Field, FieldId, LogicalType, Model, ModelId};
use crate::run::RunError;
use crate::value::{Value, ValueError, pg_text};
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::Arc;

/// Rows of one statement.
const CHUNK: usize = 5_000;

/// A row that is to be made, with what its surroundings say of it.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) row: &'a NewRow,
    /// Values of its fields that come from the rows around it.
    pub(super) extra: Vec<(FieldId, Value)>,
}

/// Rows of the input itself.
pub(super) fn drafts(rows: &[NewRow]) -> Vec<Draft<'_>> {
    rows.iter().map(|row| Draft { row, extra: Vec::new() }).collect()
}

/// A row that was made, or was there.
#[derive(Debug, Clone, Default)]
pub(super) struct Made {
    /// What is known of it.
    pub(super) known: Known,
    /// Whether it is new.
    pub(super) created: bool,
    /// Whether anything is known of it: not, when it was left out because it was there.
    pub(super) present: bool,
}

/// The values of one row for an INSERT.
pub(super) struct Prepared {
    pub(super) fields: Vec<FieldId>,
    pub(super) values: Vec<Expr>,
}

impl Writer {
    /// Makes rows of one model, the rows that they refer to before them, and what is related to them after them.
    pub(super) fn create<'s>(
        &'s self,
        model: ModelId,
        drafts: Vec<Draft<'s>>,
        on_conflict: Option<&'s OnConflict>,
    ) -> BoxFuture<'s, Result<Vec<Made>, WriteError>> {
        Box::pin(async move {
            if drafts.is_empty() {
                return Ok(Vec::new());
            }
            let mut drafts = drafts;
            let definition = self.registry.model(model);
            self.make_referred(definition, &mut drafts).await?;
            let mut prepared = Vec::with_capacity(drafts.len());
            let defaults = defaults(definition, self.rules, self.context.now)?;
            for draft in &drafts {
                prepared.push(row_values(definition, draft, &defaults)?);
            }
            let path = drafts.first().map(|draft| draft.row.path.clone()).unwrap_or_default();
            self.before_new(definition, &mut prepared, &path).await?;
            let made = self.insert(definition, prepared, on_conflict, &path).await?;
            let saved = made.iter().filter(|made| made.present).map(|made| (&made.known, made.created));
            self.after_new(definition, saved).await?;
            self.relate_made(definition, &drafts, &made).await?;
            Ok(made)
        })
    }

    /// The rows that new rows refer to: found or made, and their values put into the drafts.
    async fn make_referred<'s>(
        &'s self,
        model: &'s Model,
        drafts: &mut [Draft<'s>],
    ) -> Result<(), WriteError> {
        for relation in model.relations.iter().filter(|relation| !relation.pairs.is_empty()) {
            if !matches!(
                relation.kind,
                crate::registry::RelationKind::ForeignKey | crate::registry::RelationKind::OneToOne
            ) {
                continue;
            }
            let rows: Vec<(usize, &RelatedChange)> = drafts
                .iter()
                .enumerate()
                .flat_map(|(index, draft)| draft.row.related.iter().map(move |change| (index, change)))
                .filter(|(_, change)| change.relation == relation.id)
                .collect();
            if rows.is_empty() {
                continue;
            }
            let changes: Vec<&RelatedChange> = rows.iter().map(|(_, change)| *change).collect();
            let referred = self.referred(relation, &changes).await?;
            for ((index, _), values) in rows.iter().zip(referred) {
                if let Some(values) = values {
                    let fields = relation.pairs.iter().map(|(own, _)| *own);
                    drafts[*index].extra.extend(fields.zip(values));
                }
            }
        }
        Ok(())
    }

    async fn insert(
        &self,
        model: &Model,
        rows: Vec<Prepared>,
        on_conflict: Option<&OnConflict>,
        path: &InputPath,
    ) -> Result<Vec<Made>, WriteError> {
        let conflict = on_conflict.map(|on| ConflictFields { fields: &on.fields, update: &on.update });
        if let Some(on) = on_conflict {
            one_row_a_key(model, &rows, on)?;
        }
        let mut made = vec![Made::default(); rows.len()];
        let mut groups: Vec<(Vec<FieldId>, Vec<usize>)> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let computed = row.values.iter().any(|value| !matches!(value, Expr::Slot(Slot::Constant(_))));
            if computed {
                groups.push((Vec::new(), vec![index]));
                continue;
            }
            match groups.iter_mut().find(|(fields, _)| !fields.is_empty() && *fields == row.fields) {
                Some((_, members)) => members.push(index),
                None => groups.push((row.fields.clone(), vec![index])),
            }
        }
        let before = self.there_before(model, &rows, on_conflict).await?;
        for (fields, members) in groups {
            for chunk in members.chunks(CHUNK) {
                let returning = self.returning(model, &rows[chunk[0]].fields, on_conflict);
                if fields.is_empty() {
                    self.insert_computed(model, (&rows, chunk[0]), conflict, &returning, (path, &mut made))
                        .await?;
                } else {
                    let values = chunk.iter().map(|index| constants(&rows[*index])).collect();
                    let inserted =
                        self.insert_constants(model, &fields, values, (conflict, &returning), path).await?;
                    for (index, known) in chunk.iter().zip(inserted) {
                        made[*index] = known;
                    }
                }
            }
        }
        for (made, before) in made.iter_mut().zip(before) {
            made.created &= !before;
        }
        Ok(made)
    }

    /// Rows with computed values, one at a time: each has a statement of its own.
    async fn insert_computed(
        &self,
        model: &Model,
        (rows, index): (&[Prepared], usize),
        conflict: Option<ConflictFields<'_>>,
        returning: &[FieldId],
        (path, made): (&InputPath, &mut [Made]),
    ) -> Result<(), WriteError> {
        let row = &rows[index];
        let values: Vec<(FieldId, Expr)> =
            row.fields.iter().copied().zip(row.values.iter().cloned()).collect();
        for (_, value) in &values {
            if speaks_of_the_row(value) {
                return Err(WriteError::Misuse {
                    message: format!("a new {} has no fields yet that its values could speak of", model.name),
                    path: path.clone(),
                });
            }
        }
        // What is computed is read back.
        let mut returning = returning.to_vec();
        for (id, value) in &values {
            if !matches!(value, Expr::Slot(Slot::Constant(_))) && !returning.contains(id) {
                returning.push(*id);
            }
        }
        let statement =
            prepare_insert_values(model, &values, conflict, &returning, &self.registry, &self.target)?;
        let statement = Arc::new(statement);
        let rows = self.statements.fetch(&statement, &self.arguments, Vec::new()).await;
        let rows = rows.map_err(|error| self.explained(Some(model), path, error))?;
        if let Some(returned) = rows.into_iter().next() {
            let mut known: Known = vec![None; model.fields.len()];
            for (id, value) in &values {
                if let Expr::Slot(Slot::Constant(value)) = value {
                    known[id.0 as usize] = Some(value.clone());
                }
            }
            made[index] = completed(known, &returning, returned);
        }
        Ok(())
    }

    async fn insert_constants(
        &self,
        model: &Model,
        fields: &[FieldId],
        rows: Vec<Vec<Value>>,
        (conflict, returning): (Option<ConflictFields<'_>>, &[FieldId]),
        path: &InputPath,
    ) -> Result<Vec<Made>, WriteError> {
        let known_of = |row: &[Value]| {
            let mut known: Known = vec![None; model.fields.len()];
            for (id, value) in fields.iter().zip(row) {
                known[id.0 as usize] = Some(value.clone());
            }
            known
        };
        let explained = |error| self.explained(Some(model), path, error);
        if !self.in_bulk() || rows.len() == 1 {
            let statement =
                Arc::new(prepare_insert(model, fields, Width::One, conflict, returning, &self.target));
            let returned = self.statements.fetch_each(&statement, &self.arguments, &rows).await;
            let returned = returned.map_err(explained)?;
            return Ok(rows
                .iter()
                .zip(returned)
                .map(|(row, returned)| match returned.into_iter().next() {
                    Some(returned) => completed(known_of(row), returning, returned),
                    None => Made::default(),
                })
                .collect());
        }
        let statement = prepare_insert(model, fields, Width::Many, conflict, returning, &self.target);
        let lists = columns(model, fields, &rows)?;
        let returned = self.statements.fetch(&Arc::new(statement), &self.arguments, lists).await;
        let returned = returned.map_err(explained)?;
        if returned.len() == rows.len() {
            return Ok(rows
                .iter()
                .zip(returned)
                .map(|(row, returned)| completed(known_of(row), returning, returned))
                .collect());
        }
        // Rows that were there are left out. The others come in the order of the input, and are told by what both say.
        let shared: Vec<(usize, usize)> = returning
            .iter()
            .enumerate()
            .filter_map(|(at, id)| Some((at, fields.iter().position(|field| field == id)?)))
            .collect();
        let mut returned = returned.into_iter().peekable();
        Ok(rows
            .iter()
            .map(|row| {
                let same = |other: &Vec<Value>| shared.iter().all(|(at, field)| other[*at] == row[*field]);
                match returned.next_if(same) {
                    Some(returned) => completed(known_of(row), returning, returned),
                    None => Made::default(),
                }
            })
            .collect())
    }

    /// The fields that an INSERT gives back: the key, what the database makes, and what related rows go by.
    fn returning(&self, model: &Model, given: &[FieldId], on_conflict: Option<&OnConflict>) -> Vec<FieldId> {
        let mut returning = model.primary_key.clone();
        let mut add = |id: FieldId| {
            if !returning.contains(&id) {
                returning.push(id);
            }
        };
        model.fields.iter().filter(|field| !given.contains(&field.id)).for_each(|field| add(field.id));
        if let Some(on) = on_conflict {
            // The row may be another than the one that was given, and is told by its unique keys.
            self.needed(model.id).into_iter().for_each(&mut add);
            on.fields.iter().copied().for_each(&mut add);
            model.unique_keys().into_iter().flatten().for_each(&mut add);
            if on.update.is_empty() && is_unique_in_part(model) {
                // Which rows are left out may depend on any of their values. Those that come back as they were given tell.
                let comes_back = |id: &&FieldId| comes_back(model.field(**id));
                given.iter().filter(comes_back).copied().for_each(add);
            }
        }
        returning
    }

    /// Which rows are there already: SQLite does not tell afterwards, and has one writer.
    async fn there_before(
        &self,
        model: &Model,
        rows: &[Prepared],
        on_conflict: Option<&OnConflict>,
    ) -> Result<Vec<bool>, WriteError> {
        let none = vec![false; rows.len()];
        let Some(on) = on_conflict.filter(|on| !on.update.is_empty() && !self.in_bulk()) else {
            return Ok(none);
        };
        let keys: Vec<Option<super::Key>> = rows.iter().map(|row| key_of(row, &on.fields)).collect();
        let asked: Vec<&super::Key> = keys.iter().flatten().collect();
        let wanted = &model.primary_key;
        let scope = (crate::query::Scope::Unscoped, false, None);
        let mut found = self.find(model, &asked, wanted, scope).await?.into_iter();
        Ok(keys.iter().map(|key| key.is_some() && found.next().flatten().is_some()).collect())
    }

    /// What is related to rows that were made.
    async fn relate_made<'s>(
        &'s self,
        model: &'s Model,
        drafts: &[Draft<'s>],
        made: &[Made],
    ) -> Result<(), WriteError> {
        for relation in &model.relations {
            let mut holders = Vec::new();
            for (draft, made) in drafts.iter().zip(made).filter(|(_, made)| made.present) {
                for change in draft.row.related.iter().filter(|change| change.relation == relation.id) {
                    holders.push(Holder { known: made.known.clone(), change, is_new: made.created });
                }
            }
            if !holders.is_empty() && self.is_outward(relation) {
                self.relate(model, relation, holders).await?;
            }
        }
        Ok(())
    }
}

/// Whether rows may be the same by a key that not all rows have.
fn is_unique_in_part(model: &Model) -> bool {
    let in_part =
        |constraint: &Constraint| matches!(constraint, Constraint::Unique { condition: Some(_), .. });
    model.constraints.iter().any(in_part)
}

/// Whether a column gives a value back in the form in which it was given.
fn comes_back(field: &Field) -> bool {
    use LogicalType::{Boolean, Date, DateTime, Int16, Int32, Int64, Text, Uuid};
    field.db_type.is_none()
        && matches!(field.logical, Boolean | Date | DateTime | Int16 | Int32 | Int64 | Text | Uuid)
}

/// What each field of a new row has when it is not given; `None` where the database gives it.
pub(super) fn defaults(model: &Model, rules: Rules, now: i64) -> Result<Vec<Option<Value>>, WriteError> {
    let default = |field| values::default(field, rules, now);
    let defaults = model.fields.iter().map(default).collect::<Result<_, _>>();
    defaults.map_err(|problem| Writer::internal(&problem))
}

/// All values of a row, defaults included, in the order of the model's fields.
pub(super) fn row_values(
    model: &Model,
    draft: &Draft<'_>,
    defaults: &[Option<Value>],
) -> Result<Prepared, WriteError> {
    let mut prepared = Prepared { fields: Vec::new(), values: Vec::new() };
    for field in model.fields.iter().filter(|field| field.generated.is_none()) {
        let extra = draft.extra.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value);
        let given = draft.row.values.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value);
        let value = match (extra, given) {
            (Some(value), _) => Expr::constant(value.clone()),
            (None, Some(Expr::Slot(Slot::Constant(value)))) => {
                let fitted = fit(field, value).map_err(|(rule, message)| {
                    let path = super::error::below(&draft.row.path, &field.name);
                    WriteError::Validation(vec![super::error::Problem::new(
                        path,
                        (&model.name, &field.name),
                        rule,
                        message,
                    )])
                })?;
                if fitted == Value::Null && field.auto_increment {
                    continue;
                }
                Expr::constant(fitted)
            }
            (None, Some(computed)) => computed.clone(),
            // Another one for each row.
            (None, None) if field.default == Some(DefaultValue::Uuid) => Expr::constant(values::new_uuid()),
            (None, None) => match &defaults[field.id.0 as usize] {
                Some(value) => Expr::constant(value.clone()),
                None => continue,
            },
        };
        prepared.fields.push(field.id);
        prepared.values.push(value);
    }
    Ok(prepared)
}

/// The values of a row that are all constants.
pub(super) fn constants(row: &Prepared) -> Vec<Value> {
    row.values
        .iter()
        .map(|value| match value {
            Expr::Slot(Slot::Constant(value)) => value.clone(),
            _ => Value::Null,
        })
        .collect()
}

/// Rows as a list a field, for a statement that takes all at once.
///
/// # Errors
/// When a value has no form in such a list.
pub(super) fn columns(
    model: &Model,
    fields: &[FieldId],
    rows: &[Vec<Value>],
) -> Result<Vec<Value>, WriteError> {
    let list = |(at, id): (usize, &FieldId)| {
        let logical = &model.field(*id).logical;
        let as_text = carried_as_text(logical);
        let values = rows.iter().map(|row| match &row[at] {
            value if as_text && *value != Value::Null => Ok(Value::Text(pg_text(logical, value)?)),
            value => Ok(value.clone()),
        });
        let values = values.collect::<Result<Vec<_>, ValueError>>();
        values.map(Value::Array).map_err(|error| RunError::BadInput(error.to_string()).into())
    };
    fields.iter().enumerate().map(list).collect()
}

/// A made row with what its statement gave back.
fn completed(mut known: Known, returning: &[FieldId], returned: Vec<Value>) -> Made {
    let mut created = true;
    let mut values = returned.into_iter();
    for id in returning {
        if let Some(value) = values.next() {
            known[id.0 as usize] = Some(value);
        }
    }
    // Behind them stands whether the row is new, where the statement says so (`prepare::CREATED`).
    if let Some(Value::Boolean(is_new)) = values.next() {
        created = is_new;
    }
    Made { known, created, present: true }
}

fn key_of(row: &Prepared, fields: &[FieldId]) -> Option<super::Key> {
    let value = |id: &FieldId| {
        let at = row.fields.iter().position(|field| field == id)?;
        match &row.values[at] {
            Expr::Slot(Slot::Constant(value)) if *value != Value::Null => Some((*id, value.clone())),
            _ => None,
        }
    };
    fields.iter().map(value).collect::<Option<_>>().map(super::Key)
}

/// PostgreSQL changes a row only once in a statement; on both databases the input must then say it only once.
fn one_row_a_key(model: &Model, rows: &[Prepared], on: &OnConflict) -> Result<(), WriteError> {
    if on.update.is_empty() {
        return Ok(());
    }
    let mut seen: HashMap<String, usize> = HashMap::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let Some(key) = key_of(row, &on.fields) else { continue };
        let values: Vec<&Value> = key.0.iter().map(|(_, value)| value).collect();
        if let Some(first) = seen.insert(identity(&values), index) {
            return Err(WriteError::Misuse {
                message: format!(
                    "rows {} and {} are one row, {}; say it once",
                    first + 1,
                    index + 1,
                    super::shown_key(model, &key)
                ),
                path: on.path.clone(),
            });
        }
    }
    Ok(())
}

/// Whether an expression reads fields of the row that it is of.
fn speaks_of_the_row(value: &Expr) -> bool {
    match value {
        Expr::Path(_)
        | Expr::Annotated { .. }
        | Expr::Related { .. }
        | Expr::Aggregate(_)
        | Expr::Window(_) => true,
        Expr::Query(_) | Expr::Exists(_) => false,
        other => {
            let mut speaks = false;
            other.clone().each_part(&mut |part| speaks |= speaks_of_the_row(part));
            speaks
        }
    }
}

/// The values of a row that a relation goes by.
pub(super) fn own_values(known: &Known, pairs: &[(FieldId, FieldId)]) -> Result<Vec<Value>, WriteError> {
    let fields: Vec<FieldId> = pairs.iter().map(|(own, _)| *own).collect();
    values_of(known, &fields)
}
