//! Sending signals: what receivers see of rows, and what they change.

use super::change::Changed;
use super::create::Prepared;
use super::error::{InputPath, WriteError};
use super::links::{End, LinkTable};
use super::values::fit;
use super::writer::{Known, Writer, among, primary_key};
use crate::expr::{Expr, Slot};
use crate::objects::{Deletion, LinkAction, Links, Orm, PostSave, PreSave, Row, Signals, Values};
use crate::query::{QuerySet, Scope};
use crate::registry::{FieldId, Model};
use crate::value::Value;
use std::sync::Arc;

/// Who hears of what a writer does.
#[derive(Debug, Clone)]
pub(super) struct Hearing {
    pub(super) signals: Arc<Signals>,
    /// On the writer's transaction.
    pub(super) orm: Orm,
}

impl Writer {
    fn hearing(&self, hears: impl FnOnce(&Signals) -> bool) -> Option<&Hearing> {
        self.hearing.as_ref().filter(|hearing| hears(&hearing.signals))
    }

    /// Whether somebody hears when rows of a model are deleted.
    pub(super) fn hears_deletions(&self, model: &Model) -> bool {
        self.hearing(|signals| signals.hears_deletions(&model.name)).is_some()
    }

    /// Before new rows are made: receivers may change their values.
    pub(super) async fn before_new(
        &self,
        model: &Model,
        rows: &mut [Prepared],
        path: &InputPath,
    ) -> Result<(), WriteError> {
        let Some(Hearing { signals, orm }) = self.hearing(|signals| signals.hears_saves(&model.name)) else {
            return Ok(());
        };
        for row in rows {
            let values = named(model, row.fields.iter().copied().zip(row.values.iter().cloned()));
            let mut event = PreSave { row: None, values };
            signals.send_pre_save(orm, &model.name, &mut event).await?;
            let set = refitted(model, event.values, path)?;
            (row.fields, row.values) = in_order(set).into_iter().unzip();
        }
        Ok(())
    }

    /// After rows were made.
    pub(super) async fn after_new<'k>(
        &self,
        model: &Model,
        rows: impl Iterator<Item = (&'k Known, bool)>,
    ) -> Result<(), WriteError> {
        let Some(Hearing { signals, orm }) = self.hearing(|signals| signals.hears_saves(&model.name)) else {
            return Ok(());
        };
        for (known, created) in rows {
            let mut event = PostSave { row: row_of(model, known), created };
            signals.send_post_save(orm, &model.name, &mut event).await?;
        }
        Ok(())
    }

    /// Before rows change: receivers may change what is set.
    pub(super) async fn before_change(
        &self,
        model: &Model,
        rows: &[Changed<'_>],
        assignments: &mut [Vec<(FieldId, Expr)>],
    ) -> Result<(), WriteError> {
        let Some(Hearing { signals, orm }) = self.hearing(|signals| signals.hears_saves(&model.name)) else {
            return Ok(());
        };
        let keys = rows.iter().map(|row| primary_key(model, &row.known)).collect::<Result<Vec<_>, _>>()?;
        let whole = self.whole_rows(model, &keys).await?;
        for ((row, set), whole) in rows.iter().zip(assignments).zip(whole) {
            if set.is_empty() {
                continue;
            }
            let Some(whole) = whole else { continue };
            let values = named(model, std::mem::take(set).into_iter());
            let mut event = PreSave { row: Some(row_of(model, &whole)), values };
            signals.send_pre_save(orm, &model.name, &mut event).await?;
            *set = refitted(model, event.values, &row.change.path)?;
        }
        Ok(())
    }

    /// After rows have changed.
    pub(super) async fn after_change(
        &self,
        model: &Model,
        rows: &[Changed<'_>],
        assignments: &[Vec<(FieldId, Expr)>],
    ) -> Result<(), WriteError> {
        if self.hearing(|signals| signals.hears_saves(&model.name)).is_none() {
            return Ok(());
        }
        let saved = rows.iter().zip(assignments).filter(|(_, set)| !set.is_empty());
        let keys = saved.map(|(row, _)| primary_key(model, &row.known)).collect::<Result<Vec<_>, _>>()?;
        let whole = self.whole_rows(model, &keys).await?;
        self.after_new(model, whole.iter().flatten().map(|known| (known, false))).await
    }

    /// Before rows are deleted; they are known whole.
    pub(super) async fn before_deletion(
        &self,
        model: &Model,
        rows: impl Iterator<Item = &Known>,
    ) -> Result<(), WriteError> {
        let Some(Hearing { signals, orm }) = self.hearing(|signals| signals.hears_deletions(&model.name))
        else {
            return Ok(());
        };
        for known in rows {
            let mut event = Deletion { row: row_of(model, known) };
            signals.send_pre_delete(orm, &model.name, &mut event).await?;
        }
        Ok(())
    }

    /// After rows were deleted.
    pub(super) async fn after_deletion(&self, model: &Model, rows: &[Known]) -> Result<(), WriteError> {
        let Some(Hearing { signals, orm }) = self.hearing(|signals| signals.hears_deletions(&model.name))
        else {
            return Ok(());
        };
        for known in rows {
            let mut event = Deletion { row: row_of(model, known) };
            signals.send_post_delete(orm, &model.name, &mut event).await?;
        }
        Ok(())
    }

    /// Before or after links of some rows change: each with the other ends of its links.
    pub(super) async fn links_change(
        &self,
        table: &LinkTable<'_>,
        action: LinkAction,
        (owners, ends): (&[Vec<Value>], &[End]),
    ) -> Result<(), WriteError> {
        let name = &table.holder.name;
        let Some(Hearing { signals, orm }) = self.hearing(|signals| signals.hears_links(name)) else {
            return Ok(());
        };
        for (index, owner) in owners.iter().enumerate() {
            let others: Vec<Vec<Value>> =
                ends.iter().filter(|(of, _)| *of == index).map(|(_, value)| value.clone()).collect();
            if others.is_empty() {
                continue;
            }
            let relation = table.relation.name.clone();
            let mut event = Links { relation, key: owner.clone(), action, others };
            signals.send_links(orm, name, &mut event).await?;
        }
        Ok(())
    }

    /// Rows with all their fields, by their keys.
    async fn whole_rows(&self, model: &Model, keys: &[Vec<Value>]) -> Result<Vec<Option<Known>>, WriteError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let all: Vec<FieldId> = model.fields.iter().map(|field| field.id).collect();
        let query = QuerySet {
            manager: Scope::Unscoped,
            filter: Some(among(model, &model.primary_key, keys)),
            ..QuerySet::all(model.id)
        };
        let rows = self.known_rows(query, &all).await?;
        let keyed = rows.into_iter().map(|row| Ok((primary_key(model, &row)?, row)));
        let keyed: Vec<(Vec<Value>, Known)> = keyed.collect::<Result<_, WriteError>>()?;
        Ok(keys
            .iter()
            .map(|key| keyed.iter().find(|(known, _)| known == key).map(|(_, row)| row.clone()))
            .collect())
    }
}

/// Values by the names of fields.
fn named(model: &Model, values: impl Iterator<Item = (FieldId, Expr)>) -> Values {
    values.map(|(id, value)| (model.field(id).name.clone(), value)).collect()
}

/// What receivers have made of the values.
fn refitted(model: &Model, values: Values, path: &InputPath) -> Result<Vec<(FieldId, Expr)>, WriteError> {
    values
        .assignments(model)
        .map_err(WriteError::from)?
        .into_iter()
        .map(|(id, value)| match value {
            Expr::Slot(Slot::Constant(value)) => {
                let field = model.field(id);
                let value = fit(field, &value).map_err(|(rule, message)| {
                    let path = super::below(path, &field.name);
                    let problem = super::Problem::new(path, (&model.name, &field.name), rule, message);
                    WriteError::Validation(vec![problem])
                })?;
                Ok((id, Expr::constant(value)))
            }
            computed => Ok((id, computed)),
        })
        .collect()
}

fn in_order(mut set: Vec<(FieldId, Expr)>) -> Vec<(FieldId, Expr)> {
    // Rows of one statement have their fields in one order.
    set.sort_by_key(|(id, _)| *id);
    set
}

fn row_of(model: &Model, known: &Known) -> Row {
    Row::of_model(model, known.iter().map(|value| value.clone().unwrap_or(Value::Null)).collect())
}
