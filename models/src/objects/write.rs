//! The methods that write: Django's `create`, `update`, `delete`, and their like.

use super::{Objects, Orm, QueryError, Row, Values, path};
use crate::database::{Begun, Transaction};
use crate::expr::{Expr, Slot};
use crate::prepare::prepare_update;
use crate::query::{QuerySet, Scope, Source};
use crate::registry::{AutoNow, FieldId, Member, Model, Relation, RelationId, RelationKind};
use crate::run::Executor;
use crate::value::Value;
use crate::write::{
    Change, Deleted, InputPath, Key, NewRow, OnConflict, RelatedChange, ViolationKind, WriteContext,
    WriteError, Writer,
};
use std::sync::Arc;

/// Rows that [`Objects::bulk_create`] sends at once unless said otherwise.
const BATCH: usize = 10_000;

/// How [`Objects::bulk_create`] makes rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkCreate {
    /// Rows that are sent at once; as many as are best when absent.
    pub batch_size: Option<usize>,
    /// What becomes of rows that are there already; without it they are an error.
    pub conflicts: Conflicts,
}

/// What becomes of new rows that are there already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Conflicts {
    /// They are an error.
    #[default]
    Refuse,
    /// They are left out, whatever unique key they share with a row.
    Ignore,
    /// The rows that are there take over fields: Django's `update_conflicts`.
    Update {
        /// The fields of a unique key.
        unique_fields: Vec<String>,
        /// The fields that are taken over.
        update_fields: Vec<String>,
    },
}

impl Orm {
    /// A writer on a transaction.
    pub(super) fn writer_on(&self, transaction: &Arc<Transaction>) -> Writer {
        let executor = Executor::Transaction(self.executor.database().clone(), Arc::clone(transaction));
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let context = WriteContext {
            time_zone: self.time_zone.clone(),
            now: i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            session: self.session.clone(),
            timeout_ms: self.timeout_ms,
            trace: false,
            begun: Begun::First,
        };
        Writer::within(executor, Arc::clone(&self.registry), context)
    }

    /// Runs a step that writes: in the transaction that is open, or in one of its own.
    pub(super) async fn write<T, F, R>(&self, step: F) -> Result<T, QueryError>
    where
        F: Fn(Writer, Self) -> R,
        R: Future<Output = Result<T, WriteError>>,
    {
        let Some(open) = &self.open else {
            let step = &step;
            return Box::pin(self.atomic(|orm: Self| async move { orm.write_inside(step).await })).await;
        };
        let guard = open.step();
        let result = self.write_inside(&step).await;
        if result.is_ok() {
            guard.whole();
        }
        result
    }

    async fn write_inside<T, F, R>(&self, step: &F) -> Result<T, QueryError>
    where
        F: Fn(Writer, Self) -> R,
        R: Future<Output = Result<T, WriteError>>,
    {
        let Some(transaction) = self.executor.transaction() else {
            return Err(QueryError::Misuse("there is no transaction to write in".to_owned()));
        };
        step(self.writer_on(transaction), self.clone()).await.map_err(QueryError::from)
    }

    /// The rows that a many-to-many relation, or the reverse of a foreign key, relates to one row: Django's related manager.
    pub fn related(&self, model: &str, key: impl Into<Value>, relation: &str) -> RelatedRows {
        RelatedRows {
            orm: self.clone(),
            model: model.to_owned(),
            key: key.into(),
            relation: relation.to_owned(),
            defaults: Values::new(),
        }
    }
}

impl Objects {
    /// Makes a row and gives it with all its fields. Fields that are not given have their defaults; a text without one is
    /// empty, as in Django.
    ///
    /// # Errors
    /// When a value does not fit, or the database refuses the row.
    pub async fn create(&self, values: impl Into<Values>) -> Result<Row, QueryError> {
        let model = self.model()?;
        let rows = &[new_row(model, &values.into())?];
        let made = self
            .orm
            .write(|writer: Writer, orm| async move {
                writer.heard_by(&orm).create_rows(model.id, rows, None).await
            })
            .await?;
        let values = made.into_iter().next().flatten();
        let values = values.ok_or_else(|| super::internal("a new row was not given back"))?;
        Ok(Row::of_model(model, values))
    }

    /// Makes rows, many at once, and gives them in order with all their fields. A row that was left out because it was there
    /// ([`Conflicts::Ignore`]) is `None`.
    ///
    /// # Errors
    /// As [`Objects::create`]; nothing is made then.
    pub async fn bulk_create(
        &self,
        rows: impl IntoIterator<Item = Values>,
        options: &BulkCreate,
    ) -> Result<Vec<Option<Row>>, QueryError> {
        let model = self.model()?;
        let on_conflict = conflict(model, &options.conflicts)?;
        let rows = rows.into_iter().map(|values| new_row(model, &values)).collect::<Result<Vec<_>, _>>()?;
        let size = options.batch_size.unwrap_or(BATCH).max(1);
        let id = model.id;
        let (rows, on_conflict) = (&rows, on_conflict.as_ref());
        let made = self
            .orm
            .write(|writer: Writer, _| async move {
                let mut made = Vec::with_capacity(rows.len());
                for batch in rows.chunks(size) {
                    made.extend(writer.create_rows(id, batch, on_conflict).await?);
                }
                Ok(made)
            })
            .await?;
        Ok(made.into_iter().map(|values| values.map(|values| Row::of_model(model, values))).collect())
    }

    /// Changes all rows of the query in one statement, and gives how many they are. Values may be expressions over the row as
    /// it was: `f("views") + 1`. Fields with `auto_now` change too (Django leaves them alone here).
    ///
    /// # Errors
    /// When a value does not fit or speaks of other rows, or the database refuses a row.
    pub async fn update(&self, values: impl Into<Values>) -> Result<u64, QueryError> {
        let query = self.writable("update")?;
        let model = self.model()?;
        let mut set = assignments(model, &values.into())?;
        if set.is_empty() {
            return Err(QueryError::Misuse("an update needs something to change".to_owned()));
        }
        let now = self.arguments().now;
        for field in model.fields.iter().filter(|field| field.auto_now == AutoNow::Always) {
            if !set.iter().any(|(id, _)| *id == field.id) {
                set.push((field.id, Expr::constant(crate::write::moment(&field.logical, now))));
            }
        }
        // Wrong values are told before anything is sent.
        for (id, value) in &mut set {
            let field = model.field(*id);
            if let Expr::Slot(Slot::Constant(value)) = value {
                *value = crate::write::fitted(model, field, value)?;
            }
        }
        let statement = prepare_update(&query, &set, &self.orm.registry, &self.orm.target())?;
        let statement = &statement;
        self.orm.write(|writer: Writer, _| async move { writer.run_statement(model, statement).await }).await
    }

    /// Deletes all rows of the query and what goes with them, by the deletion rules of what refers to them.
    ///
    /// # Errors
    /// [`WriteError::Protected`] when something forbids it; nothing is deleted then.
    pub async fn delete(&self) -> Result<Deleted, QueryError> {
        let mut query = self.writable("delete")?;
        if !query.distinct_on.is_empty() {
            return Err(QueryError::Misuse(
                "rows that are distinct by some of their values cannot be deleted: `delete` is of all rows of a query"
                    .to_owned(),
            ));
        }
        query.distinct = false;
        let query = &query;
        self.orm
            .write(|writer: Writer, orm| async move { writer.heard_by(&orm).delete_rows(query).await })
            .await
    }

    /// The query, when its rows are rows of the table that may be written.
    fn writable(&self, what: &str) -> Result<QuerySet, QueryError> {
        let query = self.query()?;
        if query.is_sliced() {
            return Err(QueryError::Misuse(format!(
                "a slice cannot be written: `{what}` is of all rows of a query; filter by the keys of the slice instead"
            )));
        }
        let raw = matches!(query.source, Some(Source::Raw(_)));
        if query.group.is_some() || raw || !query.combined.is_empty() {
            return Err(QueryError::Misuse(format!(
                "`{what}` is of rows of a table, not of groups, combined or raw rows"
            )));
        }
        Ok(QuerySet { order: Vec::new(), columns: Vec::new(), lock: None, ..query.clone() })
    }

    /// The only row with these values, or a new one with these and the defaults; and whether it is new. Safe under
    /// concurrent callers where a unique key decides. A query's own filter says which rows are looked at.
    ///
    /// # Errors
    /// [`QueryError::MultipleObjects`], and as [`Objects::create`].
    pub async fn get_or_create(
        &self,
        matching: impl Into<Values>,
        defaults: impl Into<Values>,
    ) -> Result<(Row, bool), QueryError> {
        let (matching, defaults) = (matching.into(), defaults.into());
        let wanted = self.matching(&matching);
        match wanted.get().await {
            Err(QueryError::DoesNotExist { .. }) => {}
            other => return other.map(|row| (row, false)),
        }
        let values = &matching.and(&defaults);
        let made = self.orm.atomic(|orm| async move { self.on(&orm).create(values.clone()).await }).await;
        match made {
            Err(QueryError::Write(error)) if is_of_unique(&error) => {
                // Somebody else has made it meanwhile; or it is another row that is in the way.
                match wanted.get().await {
                    Ok(row) => Ok((row, false)),
                    Err(QueryError::DoesNotExist { .. }) => Err(QueryError::Write(error)),
                    Err(other) => Err(other),
                }
            }
            other => other.map(|row| (row, true)),
        }
    }

    /// Changes the only row with these values, or makes it with these and `create_defaults` (`defaults` when there are none);
    /// and whether it is new. Safe under concurrent callers where a unique key decides.
    ///
    /// # Errors
    /// [`QueryError::MultipleObjects`], and as [`Objects::create`] and [`Objects::update`].
    pub async fn update_or_create(
        &self,
        matching: impl Into<Values>,
        defaults: impl Into<Values>,
        create_defaults: Option<Values>,
    ) -> Result<(Row, bool), QueryError> {
        let (matching, defaults) = (matching.into(), defaults.into());
        let new = &matching.clone().and(create_defaults.as_ref().unwrap_or(&defaults));
        let (matching, defaults) = (&matching, &defaults);
        let model = self.model()?;
        self.orm
            .atomic(|orm: Orm| async move {
                let here = self.on(&orm);
                let locked = || here.matching(matching).select_for_update(crate::query::Lock::default());
                let row = match locked().get().await {
                    Err(QueryError::DoesNotExist { .. }) => {
                        let made =
                            orm.atomic(|orm| async move { self.on(&orm).create(new.clone()).await }).await;
                        match made {
                            Err(QueryError::Write(error)) if is_of_unique(&error) => match locked()
                                .get()
                                .await
                            {
                                Err(QueryError::DoesNotExist { .. }) => return Err(QueryError::Write(error)),
                                other => other?,
                            },
                            other => return other.map(|row| (row, true)),
                        }
                    }
                    other => other?,
                };
                let this = here.clone().unscoped().only_row(model, &row)?;
                if !defaults.is_empty() {
                    let change = Change { values: assignments(model, defaults)?, ..Change::default() };
                    let changes = &[(key_of(model, &row)?, change)];
                    orm.write(|writer: Writer, orm| async move {
                        writer.heard_by(&orm).change_by_key(model.id, changes).await
                    })
                    .await?;
                }
                Ok((this.get().await?, false))
            })
            .await
    }

    /// Makes a row, or changes the one with its primary key where that is among the values and there is one: Django's `save`.
    /// Only the given fields change, as with `update_fields`. Gives the row with all its fields.
    ///
    /// # Errors
    /// As [`Objects::create`] and [`Objects::update`].
    pub async fn save(&self, values: impl Into<Values>) -> Result<Row, QueryError> {
        let values = values.into();
        let model = self.model()?;
        let mut set = assignments(model, &values)?;
        let mut key = Vec::with_capacity(model.primary_key.len());
        for id in &model.primary_key {
            if let Some((_, Expr::Slot(Slot::Constant(value)))) = set.iter().find(|(known, _)| known == id)
                && *value != Value::Null
            {
                key.push((*id, value.clone()));
            }
        }
        if key.len() < model.primary_key.len() {
            return self.create(values).await;
        }
        set.retain(|(id, _)| !model.primary_key.contains(id));
        let change = Change { values: set, ..Change::default() };
        let changes = &[(Key(key), change)];
        let values = &values;
        self.orm
            .atomic(|orm: Orm| async move {
                let here = self.on(&orm);
                let found = orm
                    .write(|writer: Writer, orm| async move {
                        writer.heard_by(&orm).change_by_key(model.id, changes).await
                    })
                    .await?;
                if found == 0 {
                    return here.create(values.clone()).await;
                }
                here.by_key(model, &changes[0].0).get().await
            })
            .await
    }

    /// The row as it is now: Django's `refresh_from_db`.
    ///
    /// # Errors
    /// [`QueryError::DoesNotExist`] when it is gone, and [`QueryError::Misuse`] of a row without its primary key.
    pub async fn refresh(&self, row: &Row) -> Result<Row, QueryError> {
        self.clone().only_row(self.model()?, row)?.get().await
    }

    /// Changes rows by their primary keys, each to its own values of these fields, many at once; and gives how many there
    /// were. Each of `rows` has the primary key and the fields.
    ///
    /// # Errors
    /// When a row has no key or lacks a field, and as [`Objects::update`].
    pub async fn bulk_update(
        &self,
        rows: impl IntoIterator<Item = Values>,
        fields: &[&str],
        batch_size: Option<usize>,
    ) -> Result<u64, QueryError> {
        let model = self.model()?;
        let set: Vec<FieldId> = fields.iter().map(|name| field_of(model, name)).collect::<Result<_, _>>()?;
        if set.is_empty() || set.iter().any(|id| model.primary_key.contains(id)) {
            return Err(QueryError::Misuse(
                "`bulk_update` changes some fields, and the primary key is none of them".to_owned(),
            ));
        }
        let mut changes = Vec::new();
        for values in rows {
            let given = assignments(model, &values)?;
            let value = |id: &FieldId| {
                given.iter().find(|(known, _)| known == id).map(|(_, value)| value.clone()).ok_or_else(|| {
                    let name = &model.field(*id).name;
                    QueryError::Misuse(format!("a row of `bulk_update` has no `{name}`"))
                })
            };
            let mut key = Vec::with_capacity(model.primary_key.len());
            for id in &model.primary_key {
                match value(id)? {
                    Expr::Slot(Slot::Constant(value)) => key.push((*id, value)),
                    _ => return Err(QueryError::Misuse("a key is a value, not an expression".to_owned())),
                }
            }
            let values = set.iter().map(|id| Ok((*id, value(id)?))).collect::<Result<_, QueryError>>()?;
            changes.push((Key(key), Change { path: InputPath::new(), values, related: Vec::new() }));
        }
        let id = model.id;
        let size = batch_size.unwrap_or(BATCH).max(1);
        let changes = &changes;
        self.orm
            .write(|writer: Writer, _| async move {
                let mut count = 0;
                for batch in changes.chunks(size) {
                    count += writer.change_by_key(id, batch).await?;
                }
                Ok(count)
            })
            .await
    }

    /// This query on another `Orm`: that of a transaction.
    #[must_use]
    pub fn on(&self, orm: &Orm) -> Self {
        Self { orm: orm.clone(), ..self.clone() }
    }

    fn matching(&self, values: &Values) -> Self {
        values.0.iter().fold(self.clone(), |query, (name, value)| {
            let condition = match value {
                Expr::Slot(Slot::Constant(Value::Null)) => {
                    Expr::lookup(Expr::Path(path(name)), "isnull", Vec::new())
                }
                value => Expr::lookup(Expr::Path(path(name)), "exact", vec![value.clone()]),
            };
            query.filter(condition)
        })
    }

    /// The row that another was read from.
    fn only_row(self, model: &Model, row: &Row) -> Result<Self, QueryError> {
        Ok(self.by_key(model, &key_of(model, row)?))
    }

    fn by_key(&self, model: &Model, key: &Key) -> Self {
        let part = |(id, value): &(FieldId, Value)| {
            Expr::lookup(
                Expr::name(model.field(*id).name.clone()),
                "exact",
                vec![Expr::constant(value.clone())],
            )
        };
        let filter = Some(Expr::And(key.0.iter().map(part).collect()));
        let query = QuerySet { manager: Scope::Unscoped, filter, ..QuerySet::all(model.id) };
        Self {
            orm: self.orm.clone(),
            query: Ok(query),
            related: Vec::new(),
            prefetched: Vec::new(),
            loaded: None,
        }
    }
}

/// The rows that a relation relates to one row. Every method runs in a transaction.
#[derive(Debug, Clone)]
pub struct RelatedRows {
    orm: Orm,
    model: String,
    key: Value,
    relation: String,
    defaults: Values,
}

impl RelatedRows {
    /// Values of the rows of an explicit link table: Django's `through_defaults`.
    #[must_use]
    pub fn through_defaults(mut self, values: impl Into<Values>) -> Self {
        self.defaults = values.into();
        self
    }

    /// Relates rows by their primary keys; those that are related already stay so.
    ///
    /// # Errors
    /// When there is no such relation, or the database refuses.
    pub async fn add<V: Into<Value>>(&self, keys: impl IntoIterator<Item = V>) -> Result<(), QueryError> {
        let keys = keys.into_iter().map(Into::into).collect();
        self.change(|target, change| {
            change.connect = keys_of(target, keys)?;
            Ok(())
        })
        .await
    }

    /// Rows are no longer related; those that were not are left alone.
    ///
    /// # Errors
    /// As [`RelatedRows::add`].
    pub async fn remove<V: Into<Value>>(&self, keys: impl IntoIterator<Item = V>) -> Result<(), QueryError> {
        let keys = keys.into_iter().map(Into::into).collect();
        self.change(|target, change| {
            change.disconnect = keys_of(target, keys)?;
            Ok(())
        })
        .await
    }

    /// Exactly these rows are related afterwards.
    ///
    /// # Errors
    /// As [`RelatedRows::add`].
    pub async fn set<V: Into<Value>>(&self, keys: impl IntoIterator<Item = V>) -> Result<(), QueryError> {
        let keys = keys.into_iter().map(Into::into).collect();
        self.change(|target, change| {
            change.set = Some(keys_of(target, keys)?);
            Ok(())
        })
        .await
    }

    /// No row is related afterwards.
    ///
    /// # Errors
    /// As [`RelatedRows::add`].
    pub async fn clear(&self) -> Result<(), QueryError> {
        self.set(Vec::<Value>::new()).await
    }

    /// Makes a row, relates it, and gives it with all its fields.
    ///
    /// # Errors
    /// As [`RelatedRows::add`] and [`Objects::create`].
    pub async fn create(&self, values: impl Into<Values>) -> Result<Row, QueryError> {
        let values = &values.into();
        let made = self.orm.atomic(|orm: Orm| async move {
            let here = Self { orm, ..self.clone() };
            // On the heap, so that those who call it do not carry its room.
            Box::pin(here.created(values)).await
        });
        Box::pin(made).await
    }

    async fn created(&self, values: &Values) -> Result<Row, QueryError> {
        let objects = self.orm.objects(&self.model);
        let model = objects.model()?;
        let relation = self.relation(model)?;
        let target = self.orm.registry.model(relation.target);
        let others = self.orm.objects(&target.name);
        if relation.through.is_some() {
            let row = others.create(values.clone()).await?;
            let key = key_of(target, &row)?;
            self.change(|_, change| {
                change.connect = vec![key];
                Ok(())
            })
            .await?;
            return Ok(row);
        }
        // The new row refers to this one, by whatever fields it has for that.
        let owner = objects.by_key(model, &single_key(model, self.key.clone())?).get().await?;
        let mut values = values.clone();
        for (own, there) in &relation.pairs {
            let name = &model.field(*own).name;
            let value = owner.get(name).cloned().unwrap_or(Value::Null);
            values = values.set(&target.field(*there).name, value);
        }
        others.create(values).await
    }

    /// The relation, which must lead to rows that another table relates.
    fn relation<'m>(&self, model: &'m Model) -> Result<&'m Relation, QueryError> {
        let relation = model.relation(relation_of(model, &self.relation)?);
        if relation.is_to_one() && relation.kind != RelationKind::ReverseOneToOne {
            return Err(QueryError::Misuse(format!(
                "`{}` leads to one row: set the field of {} instead",
                self.relation, model.name
            )));
        }
        Ok(relation)
    }

    async fn change(
        &self,
        fill: impl FnOnce(&Model, &mut RelatedChange) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let objects = self.orm.objects(&self.model);
        let model = objects.model()?;
        let relation = self.relation(model)?;
        let mut change = RelatedChange::new(relation.id, InputPath::new());
        fill(self.orm.registry.model(relation.target), &mut change)?;
        if let Some(through) = &relation.through {
            change.link = assignments(self.orm.registry.model(through.model), &self.defaults)?;
        }
        let key = single_key(model, self.key.clone())?;
        let change = Change { path: InputPath::new(), values: Vec::new(), related: vec![change] };
        let (id, name) = (model.id, model.name.clone());
        let changes = &[(key, change)];
        let found = self
            .orm
            .write(
                |writer: Writer, orm| async move { writer.heard_by(&orm).change_by_key(id, changes).await },
            )
            .await?;
        if found == 0 {
            return Err(QueryError::DoesNotExist { model: name });
        }
        Ok(())
    }
}

/// The primary key of a row.
fn key_of(model: &Model, row: &Row) -> Result<Key, QueryError> {
    let part = |id: &FieldId| {
        let name = &model.field(*id).name;
        let value =
            row.get(name).ok_or_else(|| QueryError::Misuse(format!("the row has no `{name}`, its key")))?;
        Ok((*id, value.clone()))
    };
    Ok(Key(model.primary_key.iter().map(part).collect::<Result<_, QueryError>>()?))
}

fn is_of_unique(error: &WriteError) -> bool {
    matches!(error, WriteError::Violation(violation) if violation.kind == ViolationKind::Unique)
}

/// The field of a name: its own, or that of a relation with one column. `pk` is the primary key of one field.
pub(super) fn field_of(model: &Model, name: &str) -> Result<FieldId, QueryError> {
    if let (true, [only]) = (name == "pk", model.primary_key.as_slice()) {
        return Ok(*only);
    }
    match model.member(name) {
        Some(Member::Field(id)) => Ok(id),
        Some(Member::Relation(id)) => match model.relation(id).pairs.as_slice() {
            [(own, _)] if model.relation(id).on_delete.is_some() => Ok(*own),
            _ => Err(QueryError::Misuse(format!(
                "`{name}` of {} is no field that a row has a value in",
                model.name
            ))),
        },
        None => Err(crate::prepare::CompileError::UnknownName {
            model: model.name.clone(),
            name: name.to_owned(),
            hint: crate::bind::nearest(name, model.names.keys()),
        }
        .into()),
    }
}

fn relation_of(model: &Model, name: &str) -> Result<RelationId, QueryError> {
    match model.member(name) {
        Some(Member::Relation(id)) => Ok(id),
        _ => Err(crate::prepare::CompileError::UnknownName {
            model: model.name.clone(),
            name: name.to_owned(),
            hint: crate::bind::nearest(name, model.relations.iter().map(|relation| &relation.name)),
        }
        .into()),
    }
}

/// Values by fields.
pub(super) fn assignments(model: &Model, values: &Values) -> Result<Vec<(FieldId, Expr)>, QueryError> {
    values
        .0
        .iter()
        .map(|(name, value)| {
            let id = field_of(model, name)?;
            if model.field(id).generated.is_some() {
                return Err(QueryError::Misuse(format!(
                    "`{name}` of {} is made by the database",
                    model.name
                )));
            }
            Ok((id, value.clone()))
        })
        .collect()
}

pub(super) fn new_row(model: &Model, values: &Values) -> Result<NewRow, QueryError> {
    Ok(NewRow { path: InputPath::new(), values: assignments(model, values)?, related: Vec::new() })
}

fn conflict(model: &Model, conflicts: &Conflicts) -> Result<Option<OnConflict>, QueryError> {
    let ids =
        |names: &[String]| names.iter().map(|name| field_of(model, name)).collect::<Result<Vec<_>, _>>();
    let path = InputPath::new();
    Ok(match conflicts {
        Conflicts::Refuse => None,
        Conflicts::Ignore => Some(OnConflict { fields: Vec::new(), update: Vec::new(), path }),
        Conflicts::Update { unique_fields, update_fields } => {
            let fields = ids(unique_fields)?;
            let known = model
                .unique_keys()
                .iter()
                .any(|key| key.len() == fields.len() && key.iter().all(|id| fields.contains(id)));
            if !known {
                return Err(QueryError::Misuse(format!(
                    "no unique key of {} is of these fields",
                    model.name
                )));
            }
            let update = ids(update_fields)?;
            if update.is_empty() {
                return Err(QueryError::Misuse("an update of conflicts needs fields to update".to_owned()));
            }
            Some(OnConflict { fields, update, path })
        }
    })
}

fn keys_of(model: &Model, values: Vec<Value>) -> Result<Vec<Key>, QueryError> {
    values.into_iter().map(|value| single_key(model, value)).collect()
}

/// A primary key; of several fields it is a list.
fn single_key(model: &Model, value: Value) -> Result<Key, QueryError> {
    match (model.primary_key.as_slice(), value) {
        ([only], value) => Ok(Key(vec![(*only, value)])),
        (fields, Value::Array(values)) if values.len() == fields.len() => {
            Ok(Key(fields.iter().copied().zip(values).collect()))
        }
        (fields, _) => Err(QueryError::Misuse(format!(
            "the key of {} has {} fields: give a list of their values",
            model.name,
            fields.len()
        ))),
    }
}
