//! Rows with their related rows: `select_related`, `prefetch_related`, `only` and `defer`. They are read by the same plans,
//! statements and writer as GraphQL's nested selections: a statement a level, never one a row.

use super::{Loaded, Objects, QueryError, effective_order, path};
use crate::expr::Expr;
use crate::plan::{Encoder, Load, Plan, PlanField, RootValue, RowValue};
use crate::prepare::prepare;
use crate::query::{QuerySet, Source, complete_order};
use crate::registry::{LogicalType, Member, Model};
use crate::run::{RunOptions, run};
use indexmap::IndexMap;
use std::sync::Arc;

/// Related rows that come along: Django's `Prefetch`.
#[derive(Debug, Clone)]
pub struct Prefetch {
    path: Vec<String>,
    query: Option<Objects>,
    name: Option<String>,
}

impl Prefetch {
    /// The rows of a relation, or of a path of them (`posts.comments`).
    pub fn new(path: &str) -> Self {
        Self { path: super::path(path), query: None, name: None }
    }

    /// Only these rows, in their order; a slice is of each parent's rows.
    #[must_use]
    pub fn query(mut self, query: Objects) -> Self {
        self.query = Some(query);
        self
    }

    /// The name under which the rows stand; the relation's when not given.
    #[must_use]
    pub fn to(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }
}

impl From<&str> for Prefetch {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

/// What comes along with a row.
#[derive(Debug, Clone, Default)]
struct Branches {
    /// By the name under which it stands: the relation, its query, and what comes along with its rows.
    children: IndexMap<String, (String, Option<Objects>, Branches)>,
}

impl Branches {
    fn at(&mut self, names: &[String]) -> &mut Self {
        names.iter().fold(self, |branches, name| {
            let child = branches
                .children
                .entry(name.clone())
                .or_insert_with(|| (name.clone(), None, Self::default()));
            &mut child.2
        })
    }
}

impl Objects {
    /// The rows of these to-one relations come along, in the same statement: `author`, `category.parent`.
    #[must_use]
    pub fn select_related(mut self, paths: &[&str]) -> Self {
        self.related.extend(paths.iter().map(|text| path(text)));
        self
    }

    /// Related rows come along, one statement a relation whatever the number of rows.
    #[must_use]
    pub fn prefetch_related<P: Into<Prefetch>>(mut self, prefetches: impl IntoIterator<Item = P>) -> Self {
        self.prefetched.extend(prefetches.into_iter().map(Into::into));
        self
    }

    /// Only these fields are read, and the primary key; fields of related rows by their paths.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        self.loaded = Some(Loaded::Only(names.iter().map(|name| path(name)).collect()));
        self
    }

    /// All fields but these are read.
    #[must_use]
    pub fn defer(mut self, names: &[&str]) -> Self {
        self.loaded = Some(Loaded::Defer(names.iter().map(|name| path(name)).collect()));
        self
    }

    /// The rows as JSON objects with their related rows nested in them, and the number of statements that were executed. Of
    /// a raw statement ([`super::Orm::raw`]) they are the model's rows whose keys it gives, as the table has them: its own
    /// order, repeated rows and changed columns are not seen, so say the order with `order_by`.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn records(&self) -> Result<(Vec<serde_json::Value>, usize), QueryError> {
        let registry = &self.orm.registry;
        let query = self.ordered_rows()?;
        self.lockable(&query)?;
        let branches = self.branches()?;
        let fields = self.fields(&query, registry.model(query.model), &branches, &[])?;
        let load = Load { query, fields };
        let plan = Plan { fields: vec![PlanField { key: "rows".to_owned(), value: RootValue::Many(load) }] };
        let prepared = Arc::new(prepare(&plan, registry, &self.orm.target())?);
        let options = RunOptions {
            cursor_key: Arc::from(&b""[..]),
            trace: true,
            snapshot: false,
            timeout_ms: self.orm.timeout_ms,
        };
        let answer = run(&self.orm.executor, &prepared, self.arguments(), &options).await?;
        let shape = |problem: String| QueryError::Shape {
            model: self.model().map(|model| model.name.clone()).unwrap_or_default(),
            problem,
        };
        if let Some(error) = answer.errors.first() {
            return Err(shape(error.message.clone()));
        }
        let mut whole: serde_json::Value =
            serde_json::from_slice(&answer.data).map_err(|error| shape(error.to_string()))?;
        match whole.get_mut("rows").map(serde_json::Value::take) {
            Some(serde_json::Value::Array(rows)) => Ok((rows, answer.statements.len())),
            _ => Ok((Vec::new(), answer.statements.len())),
        }
    }

    /// The query, when its rows are rows of the model.
    fn ordered_rows(&self) -> Result<QuerySet, QueryError> {
        let mut query = self.query()?.clone();
        if let Some(Source::Raw(raw)) = &query.source
            && raw.of_rows
        {
            query = self.rows_of_raw(query)?;
        }
        let is_of_rows = query.group.is_none()
            && query.source.is_none()
            && query.combined.is_empty()
            && query.joins.is_empty()
            && query.columns.is_empty()
            && !query.distinct;
        if !is_of_rows {
            return Err(QueryError::Misuse(
                "related rows come along with rows of the model, not with groups, joins, sets or chosen values".to_owned(),
            ));
        }
        query.order = effective_order(&query, &self.orm.registry);
        Ok(query)
    }

    /// The model's rows whose keys a raw statement gives.
    fn rows_of_raw(&self, query: QuerySet) -> Result<QuerySet, QueryError> {
        let model = self.model()?;
        let ([id], Some(Source::Raw(raw))) = (model.primary_key.as_slice(), &query.source) else {
            return Err(QueryError::Misuse(
                "related rows come along with raw rows of a model whose key is one field".to_owned(),
            ));
        };
        if !raw.columns.is_empty() {
            return Err(QueryError::Misuse(
                "related rows come along with raw rows that have the model's columns only".to_owned(),
            ));
        }
        let key = Expr::name(model.field(*id).name.clone());
        let keys = QuerySet {
            source: query.source.clone(),
            manager: query.manager,
            columns: vec![("key".to_owned(), key.clone())],
            ..QuerySet::all(query.model)
        };
        let among = Expr::InQuery { left: Box::new(key), query: Box::new(keys) };
        let filter = match query.filter.clone() {
            Some(filter) => Expr::And(vec![among, filter]),
            None => among,
        };
        Ok(QuerySet { source: None, filter: Some(filter), ..query })
    }

    fn branches(&self) -> Result<Branches, QueryError> {
        let mut branches = Branches::default();
        for path in &self.related {
            self.check_to_one(path)?;
            branches.at(path);
        }
        for prefetch in &self.prefetched {
            let Some((last, above)) = prefetch.path.split_last() else { continue };
            let name = prefetch.name.clone().unwrap_or_else(|| last.clone());
            let parent = branches.at(above);
            let child =
                parent.children.entry(name).or_insert_with(|| (last.clone(), None, Branches::default()));
            if prefetch.query.is_some() {
                child.1.clone_from(&prefetch.query);
            }
        }
        Ok(branches)
    }

    fn check_to_one(&self, path: &[String]) -> Result<(), QueryError> {
        let mut model = self.model()?;
        for name in path {
            let relation = relation(model, name)?;
            let relation = model.relation(relation);
            if !relation.is_to_one() {
                return Err(QueryError::Misuse(format!(
                    "`{name}` of {} leads to many rows; prefetch it",
                    model.name
                )));
            }
            model = self.orm.registry.model(relation.target);
        }
        Ok(())
    }

    /// What is read of a row.
    fn fields(
        &self,
        query: &QuerySet,
        model: &Model,
        branches: &Branches,
        above: &[String],
    ) -> Result<Vec<PlanField<RowValue>>, QueryError> {
        let registry = &self.orm.registry;
        let mut fields = Vec::new();
        for field in model.fields.iter().filter(|field| field.primary_key || self.loads(above, &field.name)) {
            let value =
                RowValue::Column { field: field.id, encoder: encoder(&field.logical), nullable: true };
            fields.push(PlanField { key: field.name.clone(), value });
        }
        for (name, expr) in query.annotations.iter().filter(|(name, _)| !query.hidden.contains(name)) {
            let (logical, _) = crate::bind::expression_type(registry, query.model, &query.annotations, expr)?;
            let value = RowValue::Computed {
                value: Expr::name(name.clone()),
                encoder: encoder(&logical),
                nullable: true,
            };
            fields.push(PlanField { key: name.clone(), value });
        }
        for (key, (name, wanted, below)) in &branches.children {
            let relation_id = relation(model, name)?;
            let relation = model.relation(relation_id);
            let target = registry.model(relation.target);
            let mut names = above.to_vec();
            names.push(name.clone());
            let value = if relation.is_to_one() {
                let query = QuerySet::all(relation.target);
                let fields = self.fields(&query, target, below, &names)?;
                RowValue::One { relation: relation_id, load: Load { query, fields }, nullable: true }
            } else {
                let (reader, mut query, more) = match wanted {
                    Some(wanted) => (wanted, wanted.ordered_rows()?, Some(wanted.branches()?)),
                    None => {
                        let mut query = QuerySet::all(relation.target);
                        query.order = effective_order(&query, registry);
                        (self, query, None)
                    }
                };
                // The rows of a parent lie together in an order that is total, as those of a page.
                query.order = complete_order(target, &query.order);
                if query.model != relation.target {
                    return Err(QueryError::Misuse(format!(
                        "`{name}` leads to {}, and its query is of another model",
                        target.name
                    )));
                }
                let mut below = below.clone();
                below.children.extend(more.unwrap_or_default().children);
                let names = if wanted.is_some() { Vec::new() } else { names };
                let fields = reader.fields(&query, target, &below, &names)?;
                RowValue::Many { relation: relation_id, load: Load { query, fields } }
            };
            fields.push(PlanField { key: key.clone(), value });
        }
        Ok(fields)
    }

    /// Whether a field at a path of relations is read.
    pub(super) fn loads(&self, above: &[String], name: &str) -> bool {
        let is = |path: &Vec<String>| {
            path.split_last().is_some_and(|(last, rest)| {
                rest == above && (last == name || name.strip_suffix("_id") == Some(last.as_str()))
            })
        };
        match &self.loaded {
            None => true,
            // Nothing was said of these rows: all of them is read.
            Some(Loaded::Only(names)) => {
                let speaks = above.is_empty()
                    || names.iter().any(|path| path.len() == above.len() + 1 && path.starts_with(above));
                !speaks || names.iter().any(is)
            }
            Some(Loaded::Defer(names)) => !names.iter().any(is),
        }
    }
}

fn relation(model: &Model, name: &str) -> Result<crate::registry::RelationId, QueryError> {
    match model.member(name) {
        Some(Member::Relation(id)) => Ok(id),
        _ => {
            let known = model.relations.iter().map(|relation| &relation.name);
            Err(QueryError::Expression(crate::prepare::CompileError::UnknownName {
                model: model.name.clone(),
                name: name.to_owned(),
                hint: crate::bind::nearest(name, known),
            }))
        }
    }
}

/// How values of a type stand in records.
fn encoder(logical: &LogicalType) -> Encoder {
    match logical {
        LogicalType::Boolean => Encoder::Boolean,
        LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => Encoder::Number,
        LogicalType::Float => Encoder::Float,
        LogicalType::Decimal { scale, .. } => Encoder::Decimal { scale: *scale },
        LogicalType::Text
        | LogicalType::IpAddress
        | LogicalType::SearchVector
        | LogicalType::Encrypted(_) => Encoder::String,
        LogicalType::Date => Encoder::Date,
        LogicalType::Time => Encoder::Time,
        LogicalType::DateTime => Encoder::DateTime,
        LogicalType::Duration => Encoder::Duration,
        LogicalType::Uuid => Encoder::Uuid,
        LogicalType::Json => Encoder::Json,
        LogicalType::Binary => Encoder::Bytes,
        LogicalType::Array(element) => Encoder::Array(Box::new(encoder(element))),
        LogicalType::Range(_) => Encoder::Range(logical.clone()),
        LogicalType::Custom(custom) => match custom.value_type() {
            // Records have integers as numbers.
            LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => Encoder::Number,
            _ => Encoder::Custom,
        },
    }
}
