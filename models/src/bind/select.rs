//! Whole queries: a [`QuerySet`] as a SELECT, for sub-queries and for reading rows.

use super::binder::{Binder, Place, columns_of};
use super::path::{manager_of, relation_named};
use super::{Alias, BoundFrom, BoundSelect, BoundTable, JoinedTable, Scalar, Typed, column};
use crate::expr::{Expr, Slot};
use crate::prepare::CompileError;
use crate::query::{Lock, NamedJoin, QuerySet, RawSelect, Scope, Source, complete_order};
use crate::registry::{ModelId, SqliteEncoding};

impl Binder<'_> {
    /// A query as the statement itself.
    ///
    /// # Errors
    /// When a name is unknown, or the query's parts do not go together.
    pub fn query(&mut self, query: &QuerySet) -> Result<BoundSelect, CompileError> {
        self.select(None, query)
    }

    /// A query inside of another, which it may speak of as `outer`.
    pub(super) fn sub_query(&mut self, at: Place, query: &QuerySet) -> Result<BoundSelect, CompileError> {
        self.select(Some(at), query)
    }

    fn raw_parameters(&mut self, at: Place, raw: &RawSelect) -> Result<Vec<Typed>, CompileError> {
        let parameters = raw.parameters.iter();
        parameters.map(|value| self.scalar(at, &Expr::Slot(Slot::Constant(value.clone())))).collect()
    }

    fn select(&mut self, parent: Option<Place>, query: &QuerySet) -> Result<BoundSelect, CompileError> {
        self.nested(|binder| binder.select_at(parent, query))
    }

    fn select_at(&mut self, parent: Option<Place>, query: &QuerySet) -> Result<BoundSelect, CompileError> {
        if !query.combined.is_empty() {
            return self.combined(parent, query);
        }
        let registry = self.registry;
        let model = registry.model(query.model);
        let alias = self.alias();
        let mut from = Vec::new();
        let frame = match &query.source {
            Some(Source::Raw(raw)) => {
                let frame = self.push(model.id, alias, parent);
                from.push(BoundFrom {
                    alias,
                    table: BoundTable::Raw(
                        raw.pieces.clone(),
                        self.raw_parameters(Place::Select(frame), raw)?,
                    ),
                    left: false,
                    on: Vec::new(),
                    condition: None,
                });
                let columns = raw.columns.iter().map(|(name, logical)| {
                    let scalar = Scalar::Given { alias, column: name.clone() };
                    let encoding = SqliteEncoding::Plain;
                    (name.clone(), Typed { scalar, logical: logical.clone(), encoding, nullable: true })
                });
                self.frames[frame].columns = Some(columns.collect());
                if raw.of_rows {
                    self.frames[frame].roots.push((Vec::new(), alias, model.id));
                }
                frame
            }
            Some(Source::Query(source)) => {
                let inner = self.select(parent, source)?;
                let of_rows = is_of_rows(source, model);
                let columns = inner.columns.iter().map(|(typed, name)| {
                    let name = name.clone().unwrap_or_default();
                    let scalar = Scalar::Column { alias, column: name.clone() };
                    (name, Typed { scalar, ..typed.clone() })
                });
                let columns = columns.collect();
                from.push(BoundFrom {
                    alias,
                    table: BoundTable::Select(Box::new(inner)),
                    left: false,
                    on: Vec::new(),
                    condition: None,
                });
                let frame = self.push(model.id, alias, parent);
                self.frames[frame].columns = Some(columns);
                if of_rows {
                    // Its rows have the model's columns: paths begin at them as they do at the table.
                    if let Some(columns) = &mut self.frames[frame].columns {
                        columns.drain(..model.fields.len());
                    }
                    self.frames[frame].roots.push((Vec::new(), alias, model.id));
                }
                frame
            }
            None => {
                from.push(BoundFrom {
                    alias,
                    table: BoundTable::Named(model.table.clone()),
                    left: false,
                    on: Vec::new(),
                    condition: None,
                });
                let frame = self.push(model.id, alias, parent);
                self.frames[frame].roots.push((Vec::new(), alias, model.id));
                frame
            }
        };
        let at = Place::Select(frame);
        for join in &query.joins {
            self.named_join(frame, join)?;
        }
        for (name, expr) in &query.annotations {
            if query.has_fields() && (model.member(name).is_some() || model.annotations.contains_key(name)) {
                return Err(CompileError::Invalid(format!(
                    "`{name}` is a name of {} already; choose another for the computed value",
                    model.name
                )));
            }
            self.frames[frame].annotations.push((name.clone(), expr.clone()));
        }
        let of_rows = query.group.as_ref().map_or(query.annotations.len(), |group| group.row_annotations);
        self.check_values(frame, 0..of_rows)?;
        let mut select = BoundSelect { distinct: query.distinct, ..BoundSelect::default() };
        let mut conditions = Vec::new();
        if query.source.is_none()
            && let Some(scope) = self.scope_filter(query.model, query.manager)
        {
            let position = match query.manager {
                Scope::Manager(position) => position,
                Scope::Default | Scope::Unscoped => 0,
            };
            let row = Place::Row(frame, alias, model.id);
            let manager = manager_of(model, position);
            conditions.push(self.expand(model.id, &manager, |binder| binder.condition(row, scope))?);
        }
        if let Some(filter) = &query.filter {
            conditions.push(self.condition(at, filter)?);
        }
        select.filter = match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(super::BoundExpr::And(conditions)),
        };
        if let Some(group) = &query.group {
            let mut keys = Vec::with_capacity(group.keys.len());
            for (name, expr) in &group.keys {
                keys.push((name.clone(), self.scalar(at, expr)?));
            }
            select.group = Some(keys.iter().map(|(_, key)| key.clone()).collect());
            self.frames[frame].group = Some(keys);
            self.frames[frame].query = Some(Box::new(query.clone()));
            self.check_values(frame, of_rows..query.annotations.len())?;
            if let Some(having) = &query.having {
                select.having = Some(self.condition(at, having)?);
            }
        }
        select.columns = self.columns(at, query)?;
        select.order = self.ordering(at, &query_order(query, model))?;
        if query.reverse {
            for key in &mut select.order {
                key.descending = !key.descending;
                key.nulls_first = !key.nulls_first;
            }
        }
        for expr in &query.distinct_on {
            select.distinct_on.push(self.scalar(at, expr)?);
        }
        let leading = select.order.iter().take(select.distinct_on.len());
        if leading.clone().any(|key| !select.distinct_on.contains(&key.key)) {
            return Err(CompileError::Invalid(
                "the first row of each combination of values is wanted, so the ordering must begin with them"
                    .to_owned(),
            ));
        }
        if query.distinct && !query.is_sliced() && parent.is_some() {
            // Nobody sees the order of a set.
            select.order.clear();
        }
        if query.distinct {
            // What rows are ordered by is part of what tells them apart, as in Django.
            for key in &select.order {
                if !select.columns.iter().any(|(column, _)| *column == key.key) {
                    select.columns.push((key.key.clone(), Some(format!("order_{}", select.for_order))));
                    select.for_order += 1;
                }
            }
        }
        if let Some(lock) = &query.lock {
            select.lock = Some((lock.clone(), self.locked(at, alias, lock)?));
        }
        (select.limit, select.offset) = (query.limit, query.offset);
        let frame = self.pop()?;
        from.extend(frame.scope.joins.iter().map(joined));
        select.from = from;
        Ok(select)
    }

    /// That computed values bind, whether anything uses them or not. Nothing of it stays.
    fn check_values(&mut self, frame: usize, positions: std::ops::Range<usize>) -> Result<(), CompileError> {
        for position in positions {
            let name = self.frames[frame].annotations[position].0.clone();
            self.on_trial(|binder| binder.scalar(Place::Select(frame), &Expr::name(name)))?;
        }
        Ok(())
    }

    fn columns(&mut self, at: Place, query: &QuerySet) -> Result<Vec<(Typed, Option<String>)>, CompileError> {
        let named = |typed, name: &str| (typed, Some(name.to_owned()));
        if !query.columns.is_empty() {
            return query
                .columns
                .iter()
                .map(|(name, expr)| Ok(named(self.scalar(at, expr)?, name)))
                .collect();
        }
        let mut columns = Vec::new();
        let frame = &self.frames[at.frame()];
        if let Some(keys) = &frame.group {
            columns.extend(keys.iter().map(|(name, key)| named(key.clone(), name)));
        } else if let Some(known) = &frame.columns {
            if !frame.roots.is_empty() {
                let (alias, model) = (frame.scope.alias, self.registry.model(query.model));
                columns.extend(model.fields.iter().map(|field| named(column(alias, field), &field.name)));
            }
            let visible = known.iter().filter(|(name, _)| !query.hidden.contains(name));
            columns.extend(visible.map(|(name, typed)| named(typed.clone(), name)));
        } else {
            let (alias, model) = (frame.scope.alias, self.registry.model(query.model));
            columns.extend(model.fields.iter().map(|field| named(column(alias, field), &field.name)));
        }
        let of_rows = query.group.as_ref().map_or(0, |group| group.row_annotations);
        for (name, _) in query.annotations.iter().skip(of_rows) {
            if query.hidden.contains(name) || columns.iter().any(|(_, known)| known.as_ref() == Some(name)) {
                continue;
            }
            columns.push(named(self.scalar(at, &Expr::name(name.clone()))?, name));
        }
        Ok(columns)
    }

    /// Sets combined: the first query's columns name the result's, and ordering and bounds are of the whole.
    fn combined(&mut self, parent: Option<Place>, query: &QuerySet) -> Result<BoundSelect, CompileError> {
        let first =
            QuerySet { combined: Vec::new(), order: Vec::new(), limit: None, offset: None, ..query.clone() };
        let mut select = self.select(parent, &first)?;
        for (how, other) in &query.combined {
            let other = self.select(parent, other)?;
            if other.columns.len() != select.columns.len() {
                return Err(CompileError::Invalid(format!(
                    "queries that are combined need the same columns: one has {}, another {}",
                    select.columns.len(),
                    other.columns.len()
                )));
            }
            for ((mine, name), (theirs, _)) in select.columns.iter().zip(&other.columns) {
                if mine.logical != theirs.logical || mine.encoding != theirs.encoding {
                    return Err(CompileError::Invalid(format!(
                        "queries that are combined need columns of the same types; `{}` differs",
                        name.as_deref().unwrap_or("a column")
                    )));
                }
            }
            select.combined.push((*how, other));
        }
        for key in &query.order {
            let name = key.path().map(|path| path.join("."));
            let found = select.columns.iter().find(|(_, known)| *known == name);
            let Some((typed, Some(name))) = found else {
                return Err(CompileError::Invalid(
                    "queries that are combined can be ordered by their columns only".to_owned(),
                ));
            };
            // The whole is read through an alias that the compile stage gives it.
            let scalar = Scalar::Column { alias: WHOLE, column: name.clone() };
            select.order.push(super::BoundOrder {
                key: Typed { scalar, ..typed.clone() },
                descending: key.descending,
                nulls_first: key.nulls == crate::query::Nulls::First,
            });
        }
        (select.limit, select.offset) = (query.limit, query.offset);
        Ok(select)
    }

    fn named_join(&mut self, frame: usize, join: &NamedJoin) -> Result<(), CompileError> {
        let registry = self.registry;
        let start = self.frames[frame]
            .roots
            .iter()
            .filter(|(prefix, ..)| join.path.starts_with(prefix))
            .max_by_key(|(prefix, ..)| prefix.len())
            .cloned();
        let Some((prefix, mut alias, model)) = start else {
            return Err(CompileError::Invalid(format!("the join `{}` begins nowhere", join.name)));
        };
        let mut model = registry.model(model);
        for name in &join.path[prefix.len()..] {
            let relation = relation_named(model, name)?;
            let target = registry.model(relation.target);
            if let Some(through) = &relation.through {
                let link = registry.model(through.model);
                let link_alias = self.alias();
                self.add_join(frame, link_alias, alias, link.id, columns_of(&through.source, model, link));
                alias = self.alias();
                self.add_join(frame, alias, link_alias, target.id, columns_of(&through.target, link, target));
            } else {
                let parent = alias;
                alias = self.alias();
                self.add_join(frame, alias, parent, target.id, columns_of(&relation.pairs, model, target));
            }
            model = target;
        }
        self.frames[frame].roots.push((vec![join.name.clone()], alias, model.id));
        if let Some(on) = &join.on {
            let condition = self.condition(Place::Select(frame), on)?;
            let table = self.frames[frame].scope.joins.iter_mut().find(|joined| joined.alias == alias);
            if let Some(table) = table {
                table.condition = Some(condition);
            }
        }
        Ok(())
    }

    fn add_join(
        &mut self,
        frame: usize,
        alias: Alias,
        parent: Alias,
        model: ModelId,
        pairs: Vec<(String, String)>,
    ) {
        let table = self.registry.model(model).table.clone();
        self.frames[frame].scope.joins.push(JoinedTable {
            alias,
            table,
            model,
            parent,
            pairs,
            output_only: false,
            condition: None,
            inner: false,
        });
    }

    /// The tables whose rows are locked; none is all of them.
    fn locked(&mut self, at: Place, alias: Alias, lock: &Lock) -> Result<Vec<Alias>, CompileError> {
        lock.of
            .iter()
            .map(|name| {
                if name == "self" {
                    return Ok(alias);
                }
                let path: Vec<String> = name.split('.').map(str::to_owned).collect();
                match self.row(at, &path)? {
                    (Place::Row(_, alias, _), false) => Ok(alias),
                    _ => Err(CompileError::Invalid(format!(
                        "the rows of `{name}` cannot be locked: there may be none"
                    ))),
                }
            })
            .collect()
    }
}

/// Whether a query's columns begin with those of the model's table, under their own names.
fn is_of_rows(query: &QuerySet, model: &crate::registry::Model) -> bool {
    query.group.is_none()
        && query.combined.is_empty()
        && query.columns.len() >= model.fields.len()
        && model.fields.iter().zip(&query.columns).all(|(field, (name, value))| {
            *name == field.column && matches!(value, Expr::Path(path) if *path == [field.name.clone()])
        })
}

/// The alias of combined queries as a whole.
pub(crate) const WHOLE: Alias = Alias(u32::MAX);

/// A joined table as one of a SELECT's tables.
pub(super) fn joined(join: &JoinedTable) -> BoundFrom {
    BoundFrom {
        alias: join.alias,
        table: BoundTable::Named(join.table.clone()),
        left: !join.inner,
        on: join.pairs.iter().map(|(parent, own)| (own.clone(), join.parent, parent.clone())).collect(),
        condition: join.condition.clone(),
    }
}

/// The keys of a query's ordering: a slice of rows is one of a total order.
fn query_order(query: &QuerySet, model: &crate::registry::Model) -> Vec<crate::query::OrderBy> {
    let sliced = query.is_sliced() && query.group.is_none() && query.source.is_none() && !query.distinct;
    // Joins multiply rows, and then the key is no key.
    if sliced && query.joins.is_empty() && (query.columns.is_empty() || !query.order.is_empty()) {
        return complete_order(model, &query.order);
    }
    query.order.clone()
}
