//! The end of rows, by the deletion rules of what refers to them: Django's collector.

use super::error::{InputPath, WriteError};
use super::values;
use super::writer::{Known, Writer, among, identity, primary_key, values_of};
use crate::query::{QuerySet, Scope};
use crate::registry::{FieldId, Model, ModelId, OnDelete, Relation};
use crate::value::Value;
use futures::future::BoxFuture;
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashSet};

/// Keys of one statement.
const CHUNK: usize = 1_000;

/// What was deleted, by the names of models: Django's `delete()`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deleted {
    /// All rows.
    pub total: u64,
    /// Rows of each model that lost any.
    pub by_model: BTreeMap<String, u64>,
}

/// Rows whose foreign key gets other values.
struct Freed {
    model: ModelId,
    fields: Vec<FieldId>,
    values: Vec<Value>,
    keys: Vec<Vec<Value>>,
}

/// What goes with some rows.
#[derive(Default)]
struct Collected {
    /// Rows by model, each by its key.
    rows: IndexMap<ModelId, IndexMap<String, Known>>,
    /// Rows that go in one statement each: nothing refers to them.
    alone: Vec<QuerySet>,
    /// Foreign keys that get other values: the model, its relation, the new values, the rows by key.
    updates: Vec<Freed>,
    /// Rows that forbid it unless they go too: the model that they refer to, their own, the relation, their keys.
    restricting: Vec<(ModelId, ModelId, String, Vec<String>)>,
}

/// A relation that refers to a model, with its own model.
type Referring<'a> = (&'a Model, &'a Relation, OnDelete);

impl Writer {
    /// Deletes rows by their primary keys, and what goes with them.
    pub(crate) async fn delete(&self, model: ModelId, keys: Vec<Vec<Value>>) -> Result<Deleted, WriteError> {
        let model = self.concrete(model);
        let mut collected = Collected::default();
        let definition = self.registry.model(model);
        let mut rows = Vec::with_capacity(keys.len());
        let needed = self.read_of(definition);
        for chunk in keys.chunks(CHUNK) {
            if needed == definition.primary_key {
                rows.extend(chunk.iter().map(|key| {
                    let mut known: Known = vec![None; definition.fields.len()];
                    for (id, value) in definition.primary_key.iter().zip(key) {
                        known[id.0 as usize] = Some(value.clone());
                    }
                    known
                }));
            } else {
                let query = QuerySet {
                    manager: Scope::Unscoped,
                    filter: Some(among(definition, &definition.primary_key, chunk)),
                    ..QuerySet::all(model)
                };
                rows.extend(self.known_rows(query, &needed).await?);
            }
        }
        self.collect(model, rows, &mut collected).await?;
        self.restricted(&collected).await?;
        self.carry_out(collected).await
    }

    /// Whether rows of a model go without any others: nothing that has a rule refers to them.
    pub(super) fn falls_alone(&self, model: ModelId) -> bool {
        !self.hears_deletions(self.registry.model(model))
            && self.referring(model).iter().all(|(.., rule)| *rule == OnDelete::DoNothing)
    }

    /// What is read of rows that are deleted: all of them, when somebody hears of it.
    fn read_of(&self, model: &Model) -> Vec<FieldId> {
        if self.hears_deletions(model) {
            return model.fields.iter().map(|field| field.id).collect();
        }
        self.needed(model.id)
    }

    /// What refers to a model, by foreign keys and links.
    fn referring(&self, model: ModelId) -> Vec<Referring<'_>> {
        let models = self.registry.models().iter().filter(|model| model.proxy_for.is_none());
        models
            .flat_map(|referring| {
                referring.relations.iter().filter_map(move |relation| {
                    let rule = relation.on_delete?;
                    (!relation.pairs.is_empty() && self.concrete(relation.target) == model)
                        .then_some((referring, relation, rule))
                })
            })
            .collect()
    }

    fn collect<'s>(
        &'s self,
        model: ModelId,
        rows: Vec<Known>,
        collected: &'s mut Collected,
    ) -> BoxFuture<'s, Result<(), WriteError>> {
        Box::pin(async move {
            let definition = self.registry.model(model);
            let known = collected.rows.entry(model).or_default();
            let mut new = Vec::new();
            for row in rows {
                let key = primary_key(definition, &row)?;
                if let indexmap::map::Entry::Vacant(place) =
                    known.entry(identity(&key.iter().collect::<Vec<_>>()))
                {
                    place.insert(row.clone());
                    new.push(row);
                }
            }
            if new.is_empty() {
                return Ok(());
            }
            for (referring, relation, rule) in self.referring(model) {
                if rule == OnDelete::DoNothing {
                    continue;
                }
                self.collect_referring(definition, (referring, relation, rule), &new, collected).await?;
            }
            Ok(())
        })
    }

    async fn collect_referring(
        &self,
        model: &Model,
        (referring, relation, rule): Referring<'_>,
        rows: &[Known],
        collected: &mut Collected,
    ) -> Result<(), WriteError> {
        let own: Vec<FieldId> = relation.pairs.iter().map(|(own, _)| *own).collect();
        let there: Vec<FieldId> = relation.pairs.iter().map(|(_, there)| *there).collect();
        let alone = rule == OnDelete::Cascade && self.falls_alone(referring.id);
        for chunk in rows.chunks(CHUNK) {
            let mut referred = Vec::with_capacity(chunk.len());
            for row in chunk {
                let values = values_of(row, &there)?;
                if !values.contains(&Value::Null) {
                    referred.push(values);
                }
            }
            if referred.is_empty() {
                continue;
            }
            let query = QuerySet {
                manager: Scope::Unscoped,
                filter: Some(among(referring, &own, &referred)),
                ..QuerySet::all(referring.id)
            };
            if alone {
                collected.alone.push(query);
                continue;
            }
            let needed = match rule {
                OnDelete::Cascade => self.read_of(referring),
                _ => referring.primary_key.clone(),
            };
            let found = self.known_rows(query, &needed).await?;
            if found.is_empty() {
                continue;
            }
            match rule {
                OnDelete::Cascade => self.collect(referring.id, found, collected).await?,
                OnDelete::Protect => {
                    return Err(WriteError::Protected {
                        model: model.name.clone(),
                        by: referring.name.clone(),
                        relation: relation.name.clone(),
                        count: found.len() as u64,
                        restricted: false,
                    });
                }
                OnDelete::Restrict => {
                    let keys = keys_of(referring, &found)?;
                    let keys = keys.iter().map(|key| identity(&key.iter().collect::<Vec<_>>())).collect();
                    collected.restricting.push((model.id, referring.id, relation.name.clone(), keys));
                }
                OnDelete::SetNull | OnDelete::SetDefault => {
                    let mut new = Vec::with_capacity(own.len());
                    for id in &own {
                        let field = referring.field(*id);
                        let default = match rule {
                            OnDelete::SetDefault => values::default(field, self.rules, self.context.now)
                                .map_err(|problem| Self::internal(&problem))?,
                            _ => None,
                        };
                        new.push(default.unwrap_or(Value::Null));
                    }
                    let keys = keys_of(referring, &found)?;
                    collected.updates.push(Freed {
                        model: referring.id,
                        fields: own.clone(),
                        values: new,
                        keys,
                    });
                }
                OnDelete::DoNothing => {}
            }
        }
        Ok(())
    }

    /// Rows that are restricted must go by another way, or nothing goes.
    async fn restricted(&self, collected: &Collected) -> Result<(), WriteError> {
        for (model, referring, relation, keys) in &collected.restricting {
            let going = collected.rows.get(referring);
            let mut staying: HashSet<&String> =
                keys.iter().filter(|key| going.is_none_or(|going| !going.contains_key(*key))).collect();
            // Those that go in one statement were not read yet.
            for query in collected.alone.iter().filter(|query| query.model == *referring) {
                if staying.is_empty() {
                    break;
                }
                let definition = self.registry.model(*referring);
                for row in self.known_rows(query.clone(), &definition.primary_key).await? {
                    let key = primary_key(definition, &row)?;
                    staying.remove(&identity(&key.iter().collect::<Vec<_>>()));
                }
            }
            if !staying.is_empty() {
                return Err(WriteError::Protected {
                    model: self.registry.model(*model).name.clone(),
                    by: self.registry.model(*referring).name.clone(),
                    relation: relation.clone(),
                    count: staying.len() as u64,
                    restricted: true,
                });
            }
        }
        Ok(())
    }

    async fn carry_out(&self, collected: Collected) -> Result<Deleted, WriteError> {
        let nowhere = InputPath::new();
        let mut deleted = Deleted::default();
        let mut count = |model: &Model, rows: u64| {
            if rows > 0 {
                deleted.total += rows;
                *deleted.by_model.entry(model.name.clone()).or_default() += rows;
            }
        };
        for (model, rows) in &collected.rows {
            self.before_deletion(self.registry.model(*model), rows.values()).await?;
        }
        for query in &collected.alone {
            let rows = self.delete_alone(query, &nowhere).await?;
            count(self.registry.model(query.model), rows);
        }
        for Freed { model, fields, values, keys } in collected.updates {
            let model = self.registry.model(model);
            let set: Vec<_> =
                fields.iter().copied().zip(values.into_iter().map(crate::expr::Expr::constant)).collect();
            for chunk in keys.chunks(CHUNK) {
                let query = QuerySet {
                    manager: Scope::Unscoped,
                    filter: Some(among(model, &model.primary_key, chunk)),
                    ..QuerySet::all(model.id)
                };
                let statement = crate::prepare::prepare_update(&query, &set, &self.registry, &self.target)?;
                self.execute((model, &nowhere), &statement).await?;
            }
        }
        let mut going = collected.rows;
        for model in self.referring_first(&going.keys().rev().copied().collect::<Vec<_>>()) {
            let rows: Vec<Known> = going.swap_remove(&model).unwrap_or_default().into_values().collect();
            let model = self.registry.model(model);
            let keys = keys_of(model, &rows)?;
            for chunk in keys.chunks(CHUNK) {
                let query = QuerySet {
                    manager: Scope::Unscoped,
                    filter: Some(among(model, &model.primary_key, chunk)),
                    ..QuerySet::all(model.id)
                };
                let rows = self.delete_alone(&query, &nowhere).await?;
                count(model, rows);
            }
            self.after_deletion(model, &rows).await?;
        }
        Ok(deleted)
    }
}

impl Writer {
    /// Models in an order in which what refers goes before what it refers to, for databases that check at once; those of a
    /// cycle stay as they are.
    fn referring_first(&self, models: &[ModelId]) -> Vec<ModelId> {
        let mut left: Vec<(ModelId, Vec<ModelId>)> = models
            .iter()
            .map(|model| {
                let by = self.referring(*model).into_iter().map(|(by, ..)| by.id);
                (*model, by.filter(|by| by != model && models.contains(by)).collect())
            })
            .collect();
        let mut order = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let free = left.iter().position(|(_, by)| by.iter().all(|by| order.contains(by)));
            order.push(left.remove(free.unwrap_or(0)).0);
        }
        order
    }
}

fn keys_of(model: &Model, rows: &[Known]) -> Result<Vec<Vec<Value>>, WriteError> {
    rows.iter().map(|row| primary_key(model, row)).collect()
}

impl Writer {
    /// Deletes the rows of a query in one statement, where nothing observes it.
    pub(super) async fn delete_alone(&self, query: &QuerySet, path: &InputPath) -> Result<u64, WriteError> {
        let model: &Model = self.registry.model(query.model);
        let statement = crate::prepare::prepare_delete(query, &self.registry, &self.target)?;
        self.execute((model, path), &statement).await
    }

    /// The model whose table a model's rows are in.
    pub(super) fn concrete(&self, model: ModelId) -> ModelId {
        self.registry.model(model).proxy_for.unwrap_or(model)
    }
}
