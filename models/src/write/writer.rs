//! [`Writer`]: one transaction in which mutations are done and their results read.

use super::change::Changed;
use super::collect::Deleted;
use super::error::{InputPath, Problem, WriteError, shown_key};
use super::signal::Hearing;
use super::tree::{Action, Change, Key, Mutation, NewRow, OnConflict, Outcome, Target as Rows};
use super::values::Rules;
use super::violation::explained;
use crate::Registry;
use crate::compile::Statement;
use crate::database::{Begun, Database, DatabaseError, Dialect, Isolation};
use crate::expr::Expr;
use crate::objects::{Orm, Signals};
use crate::prepare::{Prepared, RowsStatement, Strategy, Target, prepare_rows};
use crate::query::{Bound, Lock, OrderBy, QuerySet, Scope};
use crate::registry::{FieldId, Model, ModelId};
use crate::run::{Answer, Arguments, Executor, RunError, RunOptions, StatementTrace, Statements, run};
use crate::value::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// What a writer needs to know of its request.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteContext {
    /// IANA name of the time zone of date parts.
    pub time_zone: String,
    /// The instant of the request: microseconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The session's variables by name.
    pub session: BTreeMap<String, Value>,
    /// Longest time of a statement, in milliseconds.
    pub timeout_ms: u64,
    /// Record every statement.
    pub trace: bool,
    /// Whether the transaction is begun for the first time.
    pub begun: Begun,
}

impl Default for WriteContext {
    /// UTC, now, no session, thirty seconds, no traces.
    fn default() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self {
            time_zone: "UTC".to_owned(),
            now: i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            session: BTreeMap::new(),
            timeout_ms: 30_000,
            trace: false,
            begun: Begun::First,
        }
    }
}

/// One transaction in which mutations are done. Dropping it takes everything back.
#[derive(Debug)]
pub struct Writer {
    pub(super) registry: Arc<Registry>,
    pub(super) target: Target,
    pub(super) context: WriteContext,
    pub(super) rules: Rules,
    pub(super) statements: Statements,
    pub(super) hearing: Option<Hearing>,
    /// What the request brings to each statement beside its values.
    pub(super) arguments: Arguments,
    savepoints: AtomicU32,
    /// A mutation has failed, or its future was dropped in the middle: nothing may be kept.
    broken: AtomicBool,
}

/// Conditions of a level of alternatives.
const ALTERNATIVES: usize = 32;

/// The values of a row that are known, by field.
pub(super) type Known = Vec<Option<Value>>;

impl Writer {
    /// Begins a transaction for input from outside: all rules of the models are checked.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(
        database: &Database,
        registry: Arc<Registry>,
        context: WriteContext,
    ) -> Result<Self, WriteError> {
        let transaction =
            database.begin_isolated(Isolation::ReadCommitted, context.begun).await.map_err(RunError::from)?;
        let executor = Executor::Transaction(database.clone(), Arc::new(transaction));
        Ok(Self::on(executor, registry, context, Rules::All))
    }

    /// A writer on a transaction that somebody else has begun and ends.
    pub(crate) fn within(executor: Executor, registry: Arc<Registry>, context: WriteContext) -> Self {
        Self::on(executor, registry, context, Rules::Storage)
    }

    /// The same with receivers of signals.
    #[must_use]
    pub fn signals(mut self, signals: Arc<Signals>) -> Self {
        let executor = self.statements.executor();
        let orm = Orm::of_transaction(Arc::clone(&self.registry), executor, &self.context);
        self.hearing = orm.map(|orm| Hearing { orm: orm.signals(Arc::clone(&signals)), signals });
        self
    }

    /// The same with the receivers of an `Orm` that is on the same transaction.
    pub(crate) fn heard_by(mut self, orm: &Orm) -> Self {
        self.hearing =
            orm.receivers().map(|signals| Hearing { signals: Arc::clone(signals), orm: orm.clone() });
        self
    }

    fn on(executor: Executor, registry: Arc<Registry>, context: WriteContext, rules: Rules) -> Self {
        let database = executor.database();
        let target = Target {
            dialect: database.dialect(),
            folding_collation: database.folding_collation().map(str::to_owned),
            strategy: Strategy::Auto,
        };
        let statements = Statements::new(executor, context.timeout_ms, context.trace);
        let arguments = Arguments {
            values: Vec::new(),
            nodes: Vec::new(),
            time_zone: context.time_zone.clone(),
            now: context.now,
            session: context.session.clone(),
        };
        Self {
            registry,
            target,
            context,
            rules,
            statements,
            arguments,
            hearing: None,
            savepoints: AtomicU32::new(0),
            broken: AtomicBool::new(false),
        }
    }

    /// Does a mutation. After an error, or when the future is dropped, the transaction is good for nothing but to be dropped:
    /// [`Writer::commit`] refuses it.
    ///
    /// # Errors
    /// Why it cannot be done; nothing of it is kept, because the transaction is not.
    pub async fn apply(&self, mutation: &Mutation) -> Result<Outcome, WriteError> {
        let was_broken = self.broken.swap(true, Ordering::Relaxed);
        let outcome = self.done(mutation).await?;
        self.broken.store(was_broken, Ordering::Relaxed);
        Ok(outcome)
    }

    async fn done(&self, mutation: &Mutation) -> Result<Outcome, WriteError> {
        let problems = self.validate(mutation);
        if !problems.is_empty() {
            return Err(WriteError::Validation(problems));
        }
        match &mutation.action {
            Action::Create { rows, on_conflict } => {
                let made =
                    self.create(mutation.model, super::create::drafts(rows), on_conflict.as_ref()).await?;
                let model = self.registry.model(mutation.model);
                Ok(Outcome {
                    affected: made.iter().filter(|made| made.present).count() as u64,
                    created: made.iter().map(|made| made.created).collect(),
                    rows: made
                        .into_iter()
                        .map(|made| made.present.then(|| primary_key(model, &made.known)).transpose())
                        .collect::<Result<_, _>>()?,
                })
            }
            Action::Update { target, change } => {
                let rows = self.locked(mutation.model, target, &self.needed(mutation.model)).await?;
                self.update_rows(mutation.model, rows, change).await
            }
            Action::Upsert { key, path, create, update } => {
                self.upsert(mutation.model, (key, path), create, update).await
            }
            Action::Delete { target } => {
                let outcome = self.targets_of(mutation.model, target).await?;
                let keys = outcome.rows.iter().flatten().cloned().collect();
                self.delete(mutation.model, keys).await?;
                Ok(outcome)
            }
        }
    }

    /// The rows that a change or a deletion is of, locked: to be read before it. Nothing is written.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] and [`WriteError::TooMany`] as [`Writer::apply`].
    pub async fn targets(&self, mutation: &Mutation) -> Result<Outcome, WriteError> {
        match &mutation.action {
            Action::Update { target, .. } | Action::Delete { target } => {
                self.targets_of(mutation.model, target).await
            }
            Action::Create { .. } | Action::Upsert { .. } => Ok(Outcome::default()),
        }
    }

    /// Deletes the rows that [`Writer::targets`] gave for a deletion; they are still locked.
    ///
    /// # Errors
    /// Those of [`Writer::apply`].
    pub async fn delete_targets(&self, model: ModelId, targets: &Outcome) -> Result<(), WriteError> {
        let keys = targets.rows.iter().flatten().cloned().collect();
        self.delete(model, keys).await.map(drop)
    }

    async fn targets_of(&self, model: ModelId, target: &Rows) -> Result<Outcome, WriteError> {
        let rows = self.locked(model, target, &[]).await?;
        let model = self.registry.model(model);
        Ok(Outcome {
            affected: rows.len() as u64,
            created: vec![false; rows.len()],
            rows: rows.iter().map(|known| primary_key(model, known).map(Some)).collect::<Result<_, _>>()?,
        })
    }

    /// Reads on the transaction, which sees what has been written.
    ///
    /// # Errors
    /// When no answer can be given at all; an error of a single field is in the answer.
    pub async fn read(
        &self,
        prepared: &Arc<Prepared>,
        arguments: Arguments,
        options: &RunOptions,
    ) -> Result<Answer, RunError> {
        run(self.statements.executor(), prepared, arguments, options).await
    }

    /// The statements that have written so far, when they are recorded.
    pub fn statements(&self) -> Vec<StatementTrace> {
        self.statements.traces()
    }

    /// Keeps everything.
    ///
    /// # Errors
    /// When a row refers to one that does not exist, a mutation has failed, or the connection is lost; nothing is kept then.
    pub async fn commit(self) -> Result<(), WriteError> {
        let heard_broken = self.hearing.as_ref().is_some_and(|hearing| hearing.orm.is_broken());
        if heard_broken || self.broken.load(Ordering::Relaxed) {
            return Err(WriteError::Misuse {
                message: "a mutation of the transaction has failed: nothing of it is kept".to_owned(),
                path: InputPath::new(),
            });
        }
        let Some(transaction) = self.statements.executor().transaction() else { return Ok(()) };
        match transaction.commit().await {
            Ok(()) => {
                if let Some(hearing) = &self.hearing {
                    hearing.orm.committed();
                }
                Ok(())
            }
            Err(error) => Err(self.explained(None, &InputPath::new(), error.into())),
        }
    }

    /// That a transaction could not be kept, in terms of the models.
    pub(crate) fn explain_commit(&self, error: DatabaseError) -> WriteError {
        self.explained(None, &InputPath::new(), error.into())
    }

    /// Makes rows and gives the values of all their fields; of a row that was left out because it was there, none.
    pub(crate) async fn create_rows(
        &self,
        model: ModelId,
        rows: &[NewRow],
        on_conflict: Option<&OnConflict>,
    ) -> Result<Vec<Option<Vec<Value>>>, WriteError> {
        let problems = self.validate_rows(model, rows);
        if !problems.is_empty() {
            return Err(WriteError::Validation(problems));
        }
        let made = self.create(model, super::create::drafts(rows), on_conflict).await?;
        Ok(made
            .into_iter()
            .map(|made| {
                let values = made.known.into_iter().map(|value| value.unwrap_or(Value::Null));
                made.present.then(|| values.collect())
            })
            .collect())
    }

    /// Changes rows by their keys and gives how many of them there are.
    pub(crate) async fn change_by_key(
        &self,
        model: ModelId,
        changes: &[(Key, Change)],
    ) -> Result<u64, WriteError> {
        let definition = self.registry.model(model);
        let mut keys = Vec::with_capacity(changes.len());
        for (key, change) in changes {
            keys.push(fitted_key(definition, key, &change.path)?);
        }
        let asked: Vec<&Key> = keys.iter().collect();
        let needed = self.needed(model);
        let found = self.find(definition, &asked, &needed, (Scope::Unscoped, false, None)).await?;
        let rows: Vec<Changed<'_>> = found
            .into_iter()
            .zip(changes)
            .filter_map(|(known, (_, change))| Some(Changed { known: known?, change }))
            .collect();
        let count = rows.len() as u64;
        self.change(model, rows).await?;
        Ok(count)
    }

    /// Runs a statement that writes rows of a model.
    pub(crate) async fn run_statement(
        &self,
        model: &Model,
        statement: &Statement,
    ) -> Result<u64, WriteError> {
        self.execute((model, &InputPath::new()), statement).await
    }

    /// Deletes the rows of a query, and what goes with them.
    pub(crate) async fn delete_rows(&self, query: &QuerySet) -> Result<Deleted, WriteError> {
        let model = self.registry.model(query.model);
        if self.falls_alone(self.concrete(model.id)) {
            let total = self.delete_alone(query, &InputPath::new()).await?;
            let name = self.registry.model(self.concrete(model.id)).name.clone();
            let by_model = (total > 0).then_some((name, total)).into_iter().collect();
            return Ok(Deleted { total, by_model });
        }
        let rows = self.known_rows(query.clone(), &model.primary_key).await?;
        let keys = rows.iter().map(|row| primary_key(model, row)).collect::<Result<_, _>>()?;
        self.delete(model.id, keys).await
    }

    /// Finds what [`Writer::commit`] would find, and takes everything back.
    ///
    /// # Errors
    /// As [`Writer::commit`].
    pub async fn try_out(self) -> Result<(), WriteError> {
        let Some(transaction) = self.statements.executor().transaction() else { return Ok(()) };
        transaction.try_out().await.map_err(|error| self.explained(None, &InputPath::new(), error.into()))
    }

    /// Takes everything back at once.
    pub async fn roll_back(self) {
        if let Some(transaction) = self.statements.executor().transaction() {
            // A lost connection has taken everything back already.
            let _ = transaction.roll_back().await;
        }
    }

    /// Runs a step that may fail without harm to what surrounds it.
    pub(super) async fn attempt<T>(
        &self,
        step: impl Future<Output = Result<T, WriteError>>,
    ) -> Result<Result<T, WriteError>, WriteError> {
        let Some(transaction) = self.statements.executor().transaction().cloned() else {
            return Ok(step.await);
        };
        let name = format!("nuages_w{}", self.savepoints.fetch_add(1, Ordering::Relaxed));
        transaction.savepoint(&name).await.map_err(RunError::from)?;
        let result = step.await;
        match result {
            Ok(_) => transaction.release(&name).await.map_err(RunError::from)?,
            Err(_) => {
                if transaction.roll_back_to(&name).await.is_err() {
                    // The connection is lost, and the step's own error says why.
                    return result.map(Ok);
                }
            }
        }
        Ok(result)
    }

    pub(super) async fn execute(
        &self,
        (model, path): (&Model, &InputPath),
        statement: &Statement,
    ) -> Result<u64, WriteError> {
        let done = self.statements.execute(statement, &self.arguments).await;
        done.map_err(|error| self.explained(Some(model), path, error))
    }

    /// The rows of a query.
    pub(super) async fn rows(&self, query: &QuerySet) -> Result<Vec<Vec<Value>>, WriteError> {
        let statement: Arc<RowsStatement> = Arc::new(prepare_rows(query, &self.registry, &self.target)?);
        Ok(self.statements.fetch(&statement, &self.arguments, Vec::new()).await?)
    }

    /// The rows of a query as what is known of them.
    pub(super) async fn known_rows(
        &self,
        mut query: QuerySet,
        wanted: &[FieldId],
    ) -> Result<Vec<Known>, WriteError> {
        let model = self.registry.model(query.model);
        query.columns = columns_of(model, wanted);
        let rows = self.rows(&query).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let mut known = vec![None; model.fields.len()];
                for (id, value) in wanted.iter().zip(row) {
                    known[id.0 as usize] = Some(value);
                }
                known
            })
            .collect())
    }

    /// The rows with these keys, each beside its key; a key that no row has gives none.
    pub(super) async fn find(
        &self,
        model: &Model,
        keys: &[&Key],
        wanted: &[FieldId],
        (manager, lock, filter): (Scope, bool, Option<&Expr>),
    ) -> Result<Vec<Option<Known>>, WriteError> {
        let mut found: Vec<Option<Known>> = vec![None; keys.len()];
        let mut groups: Vec<(Vec<FieldId>, Vec<usize>)> = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let fields: Vec<FieldId> = key.0.iter().map(|(id, _)| *id).collect();
            match groups.iter_mut().find(|(known, _)| *known == fields) {
                Some((_, members)) => members.push(index),
                None => groups.push((fields, vec![index])),
            }
        }
        for (fields, members) in groups {
            for members in members.chunks(1_000) {
                let tuples: Vec<Vec<Value>> = members
                    .iter()
                    .map(|index| keys[*index].0.iter().map(|(_, value)| value.clone()).collect())
                    .collect();
                let mut conditions = vec![among(model, &fields, &tuples)];
                conditions.extend(filter.cloned());
                let query = QuerySet {
                    manager,
                    filter: Some(Expr::And(conditions)),
                    lock: lock.then(own_lock),
                    ..QuerySet::all(model.id)
                };
                let mut columns = fields.clone();
                columns.extend(wanted.iter().filter(|id| !fields.contains(id)));
                let rows = self.known_rows(query, &columns).await?;
                let mut by_key: HashMap<String, Known> = HashMap::with_capacity(rows.len());
                for row in rows {
                    let key: Vec<&Value> =
                        fields.iter().filter_map(|id| row[id.0 as usize].as_ref()).collect();
                    by_key.insert(identity(&key), row);
                }
                for index in members {
                    let key: Vec<&Value> = keys[*index].0.iter().map(|(_, value)| value).collect();
                    found[*index] = by_key.get(&identity(&key)).cloned();
                }
            }
        }
        Ok(found)
    }

    /// The fields of a model that its relations go by, and its primary key.
    pub(super) fn needed(&self, model: ModelId) -> Vec<FieldId> {
        let model = self.registry.model(model);
        let mut needed = model.primary_key.clone();
        for relation in &model.relations {
            let through = relation.through.iter().flat_map(|through| through.source.iter());
            for (own, _) in relation.pairs.iter().chain(through) {
                if !needed.contains(own) {
                    needed.push(*own);
                }
            }
        }
        needed
    }

    /// The rows that a target names, locked, in the order of their keys.
    async fn locked(&self, id: ModelId, target: &Rows, wanted: &[FieldId]) -> Result<Vec<Known>, WriteError> {
        let model = self.registry.model(id);
        let mut columns = model.primary_key.clone();
        columns.extend(wanted.iter().filter(|id| !model.primary_key.contains(id)));
        match target {
            Rows::Key { key, expect, path } => {
                columns.extend(
                    expect.iter().map(|(id, _)| *id).filter(|id| !columns.contains(id)).collect::<Vec<_>>(),
                );
                let key = fitted_key(model, key, path)?;
                let found = self.find(model, &[&key], &columns, (Scope::Default, true, None)).await?;
                let Some(row) = found.into_iter().flatten().next() else { return Ok(Vec::new()) };
                expected(model, &row, expect, path)?;
                Ok(vec![row])
            }
            Rows::Rows { query, at_most, path } => {
                let mut query = QuerySet { lock: Some(own_lock()), ..query.as_ref().clone() };
                if query.order.is_empty() && !query.is_sliced() {
                    query.order = model
                        .primary_key
                        .iter()
                        .map(|id| OrderBy::new(vec![model.field(*id).name.clone()], false))
                        .collect();
                }
                if let Some(at_most) = at_most {
                    // Counted first: rows that will not be changed need not be locked.
                    let counted = QuerySet { lock: None, order: Vec::new(), ..query.clone() };
                    let limit = at_most.saturating_add(1);
                    let limit = match counted.limit {
                        Some(Bound::Inline(own)) => own.min(limit),
                        _ => limit,
                    };
                    let limited = QuerySet { limit: Some(Bound::Inline(limit)), ..counted };
                    let matched = self.known_rows(limited, &model.primary_key).await?.len() as u64;
                    few_enough(model, matched, *at_most, path)?;
                }
                if query.distinct || query.group.is_some() || !query.combined.is_empty() {
                    query.lock = None;
                }
                let mut rows = self.known_rows(query, &columns).await?;
                let mut seen = std::collections::HashSet::new();
                rows.retain(|row| {
                    let key: Vec<&Value> =
                        model.primary_key.iter().filter_map(|id| row[id.0 as usize].as_ref()).collect();
                    seen.insert(identity(&key))
                });
                // More may have come to match meanwhile.
                if let Some(at_most) = at_most {
                    few_enough(model, rows.len() as u64, *at_most, path)?;
                }
                Ok(rows)
            }
        }
    }

    /// An error of the run stage in terms of the models.
    pub(super) fn explained(&self, model: Option<&Model>, path: &InputPath, error: RunError) -> WriteError {
        explained(&self.registry, model, path, error)
    }

    /// Whether the database is PostgreSQL, where a statement takes many rows at once.
    pub(super) fn in_bulk(&self) -> bool {
        self.statements.dialect() == Dialect::Postgres
    }

    /// That something is not as the caller of a private step has promised.
    pub(super) fn internal(what: &str) -> WriteError {
        WriteError::Run(RunError::Internal(what.to_owned()))
    }
}

/// A lock of the model's own rows only.
fn own_lock() -> Lock {
    Lock { of: vec!["self".to_owned()], ..Lock::default() }
}

/// That no more rows match than may.
fn few_enough(model: &Model, matched: u64, at_most: u64, path: &InputPath) -> Result<(), WriteError> {
    if matched <= at_most {
        return Ok(());
    }
    Err(WriteError::TooMany { model: model.name.clone(), at_most, path: path.clone() })
}

/// Whether the expected values are the row's.
fn expected(
    model: &Model,
    row: &Known,
    expect: &[(FieldId, Value)],
    path: &InputPath,
) -> Result<(), WriteError> {
    let mut differing = Vec::new();
    for (id, value) in expect {
        let field = model.field(*id);
        let wanted = if *value == Value::Null {
            Value::Null
        } else {
            super::values::fit(field, value).unwrap_or_else(|_| value.clone())
        };
        if row[id.0 as usize].as_ref() != Some(&wanted) {
            differing.push(field.name.clone());
        }
    }
    if differing.is_empty() {
        return Ok(());
    }
    let current = expect
        .iter()
        .map(|(id, _)| {
            let field = model.field(*id);
            let value = row[id.0 as usize].clone().unwrap_or(Value::Null);
            (field.name.clone(), crate::objects::json(&field.logical, &value))
        })
        .collect();
    Err(WriteError::Conflict { model: model.name.clone(), fields: differing, current, path: path.clone() })
}

/// The columns of a query, by the fields' names.
pub(super) fn columns_of(model: &Model, fields: &[FieldId]) -> Vec<(String, Expr)> {
    let names = fields.iter().map(|id| model.field(*id).name.clone());
    names.map(|name| (name.clone(), Expr::name(name))).collect()
}

/// The primary key of a row.
pub(super) fn primary_key(model: &Model, known: &Known) -> Result<Vec<Value>, WriteError> {
    values_of(known, &model.primary_key)
}

/// The values of some fields of a row.
pub(super) fn values_of(known: &Known, fields: &[FieldId]) -> Result<Vec<Value>, WriteError> {
    fields
        .iter()
        .map(|id| known.get(id.0 as usize).cloned().flatten())
        .collect::<Option<_>>()
        .ok_or_else(|| Writer::internal("a value of a row that is needed was not read"))
}

/// That some fields have one of these combinations of values.
pub(super) fn among(model: &Model, fields: &[FieldId], tuples: &[Vec<Value>]) -> Expr {
    let path = |id: &FieldId| Expr::name(model.field(*id).name.clone());
    if let [field] = fields {
        let mut values: Vec<Value> = tuples.iter().filter_map(|tuple| tuple.first().cloned()).collect();
        if let [only] = values.as_mut_slice() {
            let only = std::mem::replace(only, Value::Null);
            return Expr::lookup(path(field), "exact", vec![Expr::constant(only)]);
        }
        return Expr::lookup(path(field), "in", vec![Expr::constant(Value::Array(values))]);
    }
    // As many as the next power of two, so that there are few different statements; and in two levels, because SQLite
    // counts how deep an expression is.
    let padding = tuples.last().into_iter().cycle().take(tuples.len().next_power_of_two() - tuples.len());
    let rows: Vec<&Vec<Value>> = tuples.iter().chain(padding).collect();
    let row = |tuple: &&Vec<Value>| {
        let parts = fields
            .iter()
            .zip(tuple.iter())
            .map(|(id, value)| Expr::lookup(path(id), "exact", vec![Expr::constant(value.clone())]));
        Expr::And(parts.collect())
    };
    Expr::Or(rows.chunks(ALTERNATIVES).map(|rows| Expr::Or(rows.iter().map(row).collect())).collect())
}

/// A text that is the same for equal values only.
pub(super) fn identity(values: &[&Value]) -> String {
    format!("{values:?}")
}

/// A key with values as its fields hold them.
pub(super) fn fitted_key(model: &Model, key: &Key, path: &InputPath) -> Result<Key, WriteError> {
    let mut fitted = Vec::with_capacity(key.0.len());
    for (id, value) in &key.0 {
        let field = model.field(*id);
        match super::values::fit(field, value) {
            Ok(value) if value != Value::Null => fitted.push((*id, value)),
            Ok(_) => {
                let message = format!("the key's `{}` must have a value", field.name);
                return Err(WriteError::Validation(vec![Problem::new(
                    path.clone(),
                    (&model.name, &field.name),
                    "null",
                    message,
                )]));
            }
            Err((rule, message)) => {
                return Err(WriteError::Validation(vec![Problem::new(
                    path.clone(),
                    (&model.name, &field.name),
                    rule,
                    message,
                )]));
            }
        }
    }
    Ok(Key(fitted))
}

/// That a row which must be there is not.
pub(super) fn not_found(model: &Model, key: &Key, path: &InputPath) -> WriteError {
    WriteError::NotFound { model: model.name.clone(), key: shown_key(model, key), path: path.clone() }
}
