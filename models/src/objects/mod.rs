//! The QuerySet API: Django's, on a registry and a database. [`Objects`] is lazy, immutable and cheap to clone; nothing is
//! read before a method that is `async` is awaited.
//!
//! ```no_run
//! # async fn example(orm: nuages_models::objects::Orm) -> Result<(), nuages_models::objects::QueryError> {
//! use nuages_models::expr::Expr;
//! use nuages_models::value::Value;
//!
//! let busy = orm
//!     .objects("Post")
//!     .filter(Expr::lookup(Expr::name("views"), "gt", vec![Expr::constant(Value::Int(100))]))
//!     .order_by(["-created_at"])
//!     .slice(0, Some(10));
//! for post in busy.rows().await? {
//!     println!("{:?}", post.get("title"));
//! }
//! # Ok(())
//! # }
//! ```

mod atomic;
mod combine;
mod error;
mod raw;
mod read;
mod related;
mod row;
mod signals;
mod values;
mod windows;
mod write;

pub use atomic::AtomicError;
pub use error::QueryError;
pub use related::Prefetch;
pub use row::Row;
pub use signals::{Deletion, LinkAction, Links, PostSave, PreSave, Received, Signals};
pub use values::Values;
pub use write::{BulkCreate, Conflicts, RelatedRows};

pub(crate) use row::json;

use crate::Registry;
use crate::database::Database;
use crate::expr::Expr;
use crate::prepare::{Strategy, Target};
use crate::query::{Bound, Grouping, Lock, NamedJoin, OrderBy, QuerySet, Scope};
use crate::registry::{Manager, Model};
use crate::run::Executor;
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longest time of a query, in milliseconds, unless said otherwise.
const TIMEOUT_MS: u64 = 30_000;

/// Models on a database: where queries begin. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Orm {
    registry: Arc<Registry>,
    executor: Executor,
    time_zone: String,
    session: BTreeMap<String, Value>,
    timeout_ms: u64,
    /// The transaction that it is of.
    open: Option<Arc<atomic::Open>>,
    /// Who hears of what is written.
    signals: Option<Arc<Signals>>,
}

impl Orm {
    /// The models of a registry on a database.
    pub fn new(registry: Arc<Registry>, database: Database) -> Self {
        Self {
            registry,
            executor: database.into(),
            time_zone: "UTC".to_owned(),
            session: BTreeMap::new(),
            timeout_ms: TIMEOUT_MS,
            open: None,
            signals: None,
        }
    }

    /// The same with another time zone (an IANA name) for parts of dates.
    #[must_use]
    pub fn time_zone(mut self, name: &str) -> Self {
        name.clone_into(&mut self.time_zone);
        self
    }

    /// The same with a variable of the session (`@name` in expressions).
    #[must_use]
    pub fn variable(mut self, name: &str, value: Value) -> Self {
        self.session.insert(name.to_owned(), value);
        self
    }

    /// The same with another longest time of a query, in milliseconds.
    #[must_use]
    pub fn timeout_ms(mut self, timeout_ms: u64) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }

    /// The models.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The database.
    pub fn database(&self) -> &Database {
        self.executor.database()
    }

    /// The rows of a model through its default manager: Django's `Model.objects`.
    pub fn objects(&self, model: &str) -> Objects {
        let query = match self.registry.model_named(model) {
            Some(model) => {
                let mut query = QuerySet::all(model.id);
                with_manager(&mut query, model).map(|()| query)
            }
            None => Err(QueryError::UnknownModel {
                name: model.to_owned(),
                hint: crate::bind::nearest(model, self.registry.models().iter().map(|model| &model.name)),
            }),
        };
        Objects { orm: self.clone(), query, related: Vec::new(), prefetched: Vec::new(), loaded: None }
    }

    pub(crate) fn receivers(&self) -> Option<&Arc<Signals>> {
        self.signals.as_ref()
    }

    fn target(&self) -> Target {
        Target {
            dialect: self.executor.dialect(),
            folding_collation: self.database().folding_collation().map(str::to_owned),
            strategy: Strategy::Auto,
        }
    }
}

/// A query that is not asked yet: Django's `QuerySet`.
#[derive(Debug, Clone)]
pub struct Objects {
    orm: Orm,
    /// The query, or the first thing that was wrong with it: told when it is asked.
    query: Result<QuerySet, QueryError>,
    /// Paths of to-one relations whose rows come along.
    related: Vec<Vec<String>>,
    prefetched: Vec<Prefetch>,
    /// The fields that are read, when not all: paths.
    loaded: Option<Loaded>,
}

/// Which fields are read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Loaded {
    Only(Vec<Vec<String>>),
    Defer(Vec<Vec<String>>),
}

impl Objects {
    /// The query as data, or what is wrong with it.
    ///
    /// # Errors
    /// The first thing that was wrong.
    pub fn query(&self) -> Result<&QuerySet, QueryError> {
        self.query.as_ref().map_err(Clone::clone)
    }

    fn change(mut self, change: impl FnOnce(&mut QuerySet, &Registry) -> Result<(), QueryError>) -> Self {
        if let Ok(query) = &mut self.query
            && let Err(error) = change(query, &self.orm.registry)
        {
            self.query = Err(error);
        }
        self
    }

    /// The same query; Django's `all`.
    #[must_use]
    pub fn all(&self) -> Self {
        self.clone()
    }

    /// The rows through another manager of the model, with its annotations.
    #[must_use]
    pub fn manager(self, name: &str) -> Self {
        let name = name.to_owned();
        self.change(|query, registry| {
            let model = registry.model(query.model);
            let position = model.managers.iter().position(|manager| manager.name == name);
            let Some(position) = position else {
                return Err(QueryError::Misuse(format!("{} has no manager `{name}`", model.name)));
            };
            without_manager(query, model);
            query.manager = Scope::Manager(position);
            if query.order.is_empty() {
                query.order = model.managers[position].order();
            }
            with_manager(query, model)
        })
    }

    /// Every row of the table, whatever the default manager says.
    #[must_use]
    pub fn unscoped(self) -> Self {
        self.change(|query, registry| {
            without_manager(query, registry.model(query.model));
            query.manager = Scope::Unscoped;
            Ok(())
        })
    }

    /// The same query on another database with the same tables.
    #[must_use]
    pub fn using(mut self, database: &Database) -> Self {
        self.orm.executor = database.clone().into();
        self.orm.open = None;
        self
    }

    /// The rows that fulfil a condition too.
    #[must_use]
    pub fn filter(self, condition: impl Into<Expr>) -> Self {
        let condition = condition.into();
        self.change(|query, registry| {
            unsliced(query, "filter")?;
            if windows::in_condition(query, &condition) {
                *query = windows::pushed_down(query, registry);
            }
            let parts = match condition {
                // Each part is of the groups or of their rows.
                Expr::And(parts) if query.group.is_some() && !parts.is_empty() => parts,
                whole => vec![whole],
            };
            for part in parts {
                let is_of_groups =
                    query.group.as_ref().is_some_and(|group| speaks_of_groups(query, group, &part));
                let place = if is_of_groups { &mut query.having } else { &mut query.filter };
                *place = Some(match place.take() {
                    Some(Expr::And(mut parts)) => {
                        parts.push(part);
                        Expr::And(parts)
                    }
                    Some(before) => Expr::And(vec![before, part]),
                    None => part,
                });
            }
            Ok(())
        })
    }

    /// The rows that do not fulfil a condition: its complement, NULLs included.
    #[must_use]
    pub fn exclude(self, condition: impl Into<Expr>) -> Self {
        self.filter(Expr::Not(Box::new(condition.into())))
    }

    /// Each row with a computed value; of a grouped query, each group.
    #[must_use]
    pub fn annotate(self, name: &str, value: impl Into<Expr>) -> Self {
        let (name, value) = (name.to_owned(), value.into());
        self.change(|query, registry| {
            unsliced(query, "annotate")?;
            free(query, registry.model(query.model), &name)?;
            query.annotations.push((name.clone(), value));
            if !query.columns.is_empty() {
                query.columns.push((name.clone(), Expr::name(name)));
            }
            Ok(())
        })
    }

    /// A computed value that other expressions may use and that is no column.
    #[must_use]
    pub fn alias(self, name: &str, value: impl Into<Expr>) -> Self {
        let (name, value) = (name.to_owned(), value.into());
        self.change(|query, registry| {
            unsliced(query, "alias")?;
            free(query, registry.model(query.model), &name)?;
            query.hidden.push(name.clone());
            query.annotations.push((name, value));
            Ok(())
        })
    }

    /// The order of the rows, which replaces the one before: names of fields and annotations, with `-` for largest first.
    #[must_use]
    pub fn order_by<K: Into<Key>>(self, keys: impl IntoIterator<Item = K>) -> Self {
        let keys: Vec<OrderBy> = keys.into_iter().map(|key| key.into().0).collect();
        self.change(|query, _| {
            unsliced(query, "order_by")?;
            query.order = keys;
            query.reverse = false;
            Ok(())
        })
    }

    /// The rows in the opposite order.
    #[must_use]
    pub fn reverse(self) -> Self {
        self.change(|query, registry| {
            unsliced(query, "reverse")?;
            let order = effective_order(query, registry);
            query.order = order.iter().map(OrderBy::reversed).collect();
            Ok(())
        })
    }

    /// Each row once.
    #[must_use]
    pub fn distinct(self) -> Self {
        self.change(|query, _| {
            unsliced(query, "distinct")?;
            query.distinct = true;
            Ok(())
        })
    }

    /// The first row of each combination of values; the ordering must begin with them.
    #[must_use]
    pub fn distinct_on(self, names: &[&str]) -> Self {
        let keys = names.iter().map(|name| Expr::Path(path(name))).collect();
        self.change(|query, _| {
            unsliced(query, "distinct_on")?;
            query.distinct_on = keys;
            Ok(())
        })
    }

    /// Only these columns: names of fields through to-one relations (`author.name`) and of computed values. A row then has
    /// no others; Django's `values` and `values_list`.
    #[must_use]
    pub fn values(self, names: &[&str]) -> Self {
        let columns = names.iter().map(|name| ((*name).to_owned(), Expr::Path(path(name)))).collect();
        self.change(|query, _| {
            query.columns = columns;
            Ok(())
        })
    }

    /// One more column, of any value.
    #[must_use]
    pub fn value(self, name: &str, value: impl Into<Expr>) -> Self {
        let column = (name.to_owned(), value.into());
        self.change(|query, _| {
            query.columns.push(column);
            Ok(())
        })
    }

    /// Groups of rows that agree on these values; annotations from here on are of the groups. No name is one group of all
    /// rows. Django's `values(…).annotate(…)`.
    #[must_use]
    pub fn group_by(self, names: &[&str]) -> Self {
        let keys: Vec<(String, Expr)> =
            names.iter().map(|name| ((*name).to_owned(), Expr::Path(path(name)))).collect();
        self.change(|query, registry| {
            unsliced(query, "group_by")?;
            if query.group.is_some() {
                return Err(QueryError::Misuse("the rows are grouped already".to_owned()));
            }
            if windows::in_values(query) {
                // What is computed over the neighbours of a row is computed before rows are grouped.
                *query = windows::pushed_down(query, registry);
            }
            query.columns.clear();
            // What rows are ordered by they no longer are once they are grouped.
            query.order.clear();
            query.group = Some(Grouping { keys, row_annotations: query.annotations.len() });
            Ok(())
        })
    }

    /// The rows from a position up to another, counted from 0; of a slice, positions are within it.
    #[must_use]
    pub fn slice(self, from: u64, to: Option<u64>) -> Self {
        self.change(|query, _| {
            let (offset, limit) = bounds(query);
            let end = limit.map(|limit| offset.saturating_add(limit));
            let from = offset.saturating_add(from);
            let to = to.map(|to| offset.saturating_add(to));
            let to = match (to, end) {
                (Some(to), Some(end)) => Some(to.min(end)),
                (to, end) => to.or(end),
            };
            query.offset = (from > 0).then_some(Bound::Inline(from));
            query.limit = to.map(|to| Bound::Inline(to.saturating_sub(from)));
            Ok(())
        })
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(self, rows: u64) -> Self {
        self.slice(0, Some(rows))
    }

    /// No row, without asking for any.
    #[must_use]
    pub fn none(self) -> Self {
        self.change(|query, _| {
            query.filter = Some(Expr::Or(Vec::new()));
            Ok(())
        })
    }

    /// Joins a relation under a name, by which paths reach its rows. A relation to many rows multiplies the rows of the query:
    /// Django's joins, on request. `on` limits the joined rows, Django's `FilteredRelation`.
    #[must_use]
    pub fn join(self, name: &str, relation: &str, on: Option<Expr>) -> Self {
        let join = NamedJoin { name: name.to_owned(), path: path(relation), on };
        self.change(|query, registry| {
            free(query, registry.model(query.model), &join.name)?;
            query.joins.push(join);
            Ok(())
        })
    }

    /// Locks the rows until the transaction ends; outside of one the query is refused. SQLite has one writer at a time and no
    /// locks of rows.
    #[must_use]
    pub fn select_for_update(self, lock: Lock) -> Self {
        self.change(|query, _| {
            if query.group.is_some() || query.distinct || !query.combined.is_empty() {
                return Err(QueryError::Misuse(
                    "rows that are grouped, distinct or combined cannot be locked".to_owned(),
                ));
            }
            query.lock = Some(lock);
            Ok(())
        })
    }

    fn model(&self) -> Result<&Model, QueryError> {
        Ok(self.orm.registry.model(self.query()?.model))
    }
}

/// A key of an ordering: `"-created_at"`, `"author.name"`, or an [`OrderBy`].
#[derive(Debug, Clone, PartialEq)]
pub struct Key(OrderBy);

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(name) => Self(OrderBy::new(path(name), true)),
            None => Self(OrderBy::new(path(text), false)),
        }
    }
}

impl From<OrderBy> for Key {
    fn from(key: OrderBy) -> Self {
        Self(key)
    }
}

impl From<Expr> for Key {
    fn from(value: Expr) -> Self {
        Self(OrderBy::by(value, false))
    }
}

/// What cannot be.
fn internal(what: &str) -> QueryError {
    QueryError::Run(crate::run::RunError::Internal(what.to_owned()))
}

/// The names of a path.
fn path(text: &str) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

/// That nothing is said of rows by position yet.
fn unsliced(query: &QuerySet, what: &str) -> Result<(), QueryError> {
    if query.is_sliced() {
        return Err(QueryError::Misuse(format!("a query is sliced last: `{what}` comes before it")));
    }
    if !query.combined.is_empty() && what != "order_by" {
        return Err(QueryError::Misuse(format!("`{what}` is not of combined queries; it comes before")));
    }
    Ok(())
}

fn free(query: &QuerySet, model: &Model, name: &str) -> Result<(), QueryError> {
    let taken = query.annotations.iter().any(|(known, _)| known == name)
        || query.joins.iter().any(|join| join.name == name)
        || query.has_fields()
            && query.group.is_none()
            && (model.member(name).is_some() || model.annotations.contains_key(name));
    if taken {
        return Err(QueryError::Misuse(format!(
            "`{name}` is a name of {} already; choose another",
            model.name
        )));
    }
    Ok(())
}

fn bounds(query: &QuerySet) -> (u64, Option<u64>) {
    let number = |bound: Option<Bound>| match bound {
        Some(Bound::Inline(number)) => Some(number),
        _ => None,
    };
    (number(query.offset).unwrap_or(0), number(query.limit))
}

/// The ordering that rows have: the query's, or the model's.
fn effective_order(query: &QuerySet, registry: &Registry) -> Vec<OrderBy> {
    if !query.order.is_empty() || query.group.is_some() || query.source.is_some() {
        return query.order.clone();
    }
    let model = registry.model(query.model);
    match manager_of(query, model) {
        Some(manager) if !manager.ordering.is_empty() => manager.order(),
        _ => model.ordering.iter().map(|key| OrderBy::new(key.path.clone(), key.descending)).collect(),
    }
}

fn manager_of<'m>(query: &QuerySet, model: &'m Model) -> Option<&'m Manager> {
    match query.manager {
        Scope::Default => model.managers.first(),
        Scope::Manager(position) => model.managers.get(position),
        Scope::Unscoped => None,
    }
}

/// Gives the query the annotations of its manager.
fn with_manager(query: &mut QuerySet, model: &Model) -> Result<(), QueryError> {
    let Some(manager) = manager_of(query, model) else { return Ok(()) };
    for (name, annotation) in &manager.annotations {
        let Some(expr) = &annotation.expr else { continue };
        free(query, model, name)?;
        query.annotations.push((name.clone(), expr.clone()));
    }
    Ok(())
}

/// Takes the annotations of its manager away again.
fn without_manager(query: &mut QuerySet, model: &Model) {
    let Some(manager) = manager_of(query, model) else { return };
    query.annotations.retain(|(name, expr)| {
        manager.annotations.get(name).is_none_or(|annotation| annotation.expr.as_ref() != Some(expr))
    });
}

/// Whether a condition speaks of keys and of values of groups only.
fn speaks_of_groups(query: &QuerySet, group: &Grouping, condition: &Expr) -> bool {
    fn check(expr: &Expr, known: &dyn Fn(&str) -> bool) -> bool {
        match expr {
            Expr::Path(path) => known(&path.join(".")),
            Expr::Annotated { .. } | Expr::Related { .. } => false,
            // An aggregate is of the group, whatever it is of.
            Expr::Aggregate(_) | Expr::Query(_) | Expr::Exists(_) => true,
            _ => {
                let mut all = true;
                let mut copy = expr.clone();
                copy.each_part(&mut |part| all &= check(part, known));
                all
            }
        }
    }
    let known = |name: &str| {
        group.keys.iter().any(|(key, _)| key == name)
            || query.annotations.iter().skip(group.row_annotations).any(|(known, _)| known == name)
    };
    check(condition, &known)
}
