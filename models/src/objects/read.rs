//! The methods that ask: rows, one row, counts, aggregates, plans.

use super::{Objects, QueryError, Row, effective_order, path};
use crate::bind::expression_type;
use crate::expr::{Aggregate, Expr};
use crate::prepare::{CompileError, RowsStatement, prepare_rows};
use crate::query::{Bound, Grouping, OrderBy, QuerySet, Scope, Source, complete_order};
use crate::registry::{LogicalType, Member, Model};
use crate::run::{Arguments, RunError, each_row, fetch_rows};
use crate::value::Value;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Rows of [`Objects::iterator`] that are on their way.
const IN_FLIGHT: usize = 256;

impl Objects {
    /// All rows.
    ///
    /// # Errors
    /// When the query cannot be asked or the database fails; so for all methods that ask.
    pub async fn rows(&self) -> Result<Vec<Row>, QueryError> {
        self.run(&self.ordered()?).await
    }

    /// All rows as values of a type of your own, with the rows of `select_related` and `prefetch_related` nested in them under
    /// the names of their relations.
    ///
    /// # Errors
    /// As [`Objects::rows`], and when a row does not fit the type.
    pub async fn load<T: DeserializeOwned>(&self) -> Result<Vec<T>, QueryError> {
        let rows = if self.related.is_empty() && self.prefetched.is_empty() && self.loaded.is_none() {
            self.rows().await?.iter().map(Row::to_json).collect()
        } else {
            self.records().await?.0
        };
        rows.into_iter().map(|row| self.shaped(row)).collect()
    }

    pub(super) fn shaped<T: DeserializeOwned>(&self, row: serde_json::Value) -> Result<T, QueryError> {
        let model = self.model()?.name.clone();
        serde_json::from_value(row)
            .map_err(|problem| QueryError::Shape { model, problem: problem.to_string() })
    }

    /// The values of the first column.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn flat(&self) -> Result<Vec<Value>, QueryError> {
        let rows = self.rows().await?;
        Ok(rows.into_iter().filter_map(|row| row.into_values().into_iter().next()).collect())
    }

    /// The only row.
    ///
    /// # Errors
    /// [`QueryError::DoesNotExist`] and [`QueryError::MultipleObjects`] when it is not the only one.
    pub async fn get(&self) -> Result<Row, QueryError> {
        let mut query = self.query()?.clone();
        if !query.is_sliced() {
            query.order = Vec::new();
            query.limit = Some(Bound::Inline(2));
        }
        let model = self.model()?.name.clone();
        let mut rows = self.run(&query).await?;
        match (rows.pop(), rows.is_empty()) {
            (None, _) => Err(QueryError::DoesNotExist { model }),
            (Some(row), true) => Ok(row),
            (Some(_), false) => Err(QueryError::MultipleObjects { model }),
        }
    }

    /// The first row; by the primary key when there is no ordering.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn first(&self) -> Result<Option<Row>, QueryError> {
        let query = self.by_key_if_unordered()?;
        self.one(query).await
    }

    /// The last row.
    ///
    /// # Errors
    /// As [`Objects::rows`], and [`QueryError::Misuse`] of a slice.
    pub async fn last(&self) -> Result<Option<Row>, QueryError> {
        let mut query = self.by_key_if_unordered()?;
        if query.is_sliced() {
            return Err(QueryError::Misuse(
                "a slice cannot be reversed: order the other way round".to_owned(),
            ));
        }
        query.order = query.order.iter().map(OrderBy::reversed).collect();
        self.one(query).await
    }

    /// The row with the smallest values of these fields.
    ///
    /// # Errors
    /// [`QueryError::DoesNotExist`] when there is none.
    pub async fn earliest(&self, by: &[&str]) -> Result<Row, QueryError> {
        self.clone().order_by(by.iter().copied()).only_one().await
    }

    /// The row with the largest values of these fields.
    ///
    /// # Errors
    /// [`QueryError::DoesNotExist`] when there is none.
    pub async fn latest(&self, by: &[&str]) -> Result<Row, QueryError> {
        let keys: Vec<OrderBy> = by.iter().map(|name| super::Key::from(*name).0.reversed()).collect();
        self.clone().order_by(keys).only_one().await
    }

    async fn only_one(self) -> Result<Row, QueryError> {
        let model = self.model()?.name.clone();
        self.first().await?.ok_or(QueryError::DoesNotExist { model })
    }

    async fn one(&self, mut query: QuerySet) -> Result<Option<Row>, QueryError> {
        if query.limit.is_none() {
            query.limit = Some(Bound::Inline(1));
        }
        Ok(self.run(&query).await?.into_iter().next())
    }

    /// The number of rows.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn count(&self) -> Result<u64, QueryError> {
        let count = Expr::Aggregate(Box::new(Aggregate {
            function: "count",
            arguments: Vec::new(),
            distinct: false,
            filter: None,
            order: Vec::new(),
        }));
        let query = whole(self.query()?, vec![("count".to_owned(), count)]);
        let row = self.run(&query).await?.into_iter().next();
        match row.as_ref().and_then(|row| row.values().first()) {
            Some(Value::Int(count)) => Ok(u64::try_from(*count).unwrap_or_default()),
            _ => Ok(0),
        }
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn exists(&self) -> Result<bool, QueryError> {
        let mut query = self.query()?.clone();
        if query.combined.is_empty() && query.group.is_none() && !query.distinct {
            if !query.is_sliced() {
                query.order = Vec::new();
                query.limit = Some(Bound::Inline(1));
            }
            query.columns = vec![("exists".to_owned(), Expr::constant(Value::Int(1)))];
        }
        Ok(!self.run(&query).await?.is_empty())
    }

    /// Values made of all rows, by name.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn aggregate<N: Into<String>, E: Into<Expr>>(
        &self,
        values: impl IntoIterator<Item = (N, E)>,
    ) -> Result<Row, QueryError> {
        let columns: Vec<(String, Expr)> =
            values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let query = whole(self.query()?, columns);
        let model = self.model()?.name.clone();
        self.run(&query).await?.into_iter().next().ok_or(QueryError::DoesNotExist { model })
    }

    /// The rows whose unique field has one of these values, or all rows, by that value's text. Of a primary key of several
    /// fields (`"pk"`) a value is a list of theirs, and the text is a JSON array.
    ///
    /// # Errors
    /// As [`Objects::rows`]; [`QueryError::Misuse`] when several rows may have the same value.
    pub async fn in_bulk(
        &self,
        by: &str,
        values: impl Into<Option<Vec<Value>>>,
    ) -> Result<IndexMap<String, Row>, QueryError> {
        let values = values.into();
        let model = self.model()?;
        let fields = match model.member(by) {
            _ if by == "pk" => model.primary_key.clone(),
            Some(Member::Field(id)) => vec![id],
            Some(Member::Relation(id)) => model.relation(id).pairs.iter().map(|(here, _)| *here).collect(),
            None => {
                let names = model.fields.iter().map(|field| &field.name);
                return Err(QueryError::Expression(CompileError::UnknownName {
                    model: model.name.clone(),
                    name: by.to_owned(),
                    hint: crate::bind::nearest(by, names),
                }));
            }
        };
        if !model.unique_keys().contains(&fields) {
            return Err(QueryError::Misuse(format!(
                "several rows of {} may have the same `{by}`; `in_bulk` is by a unique field",
                model.name
            )));
        }
        if values.as_ref().is_some_and(Vec::is_empty) {
            return Ok(IndexMap::new());
        }
        let names: Vec<String> = fields.iter().map(|id| model.field(*id).name.clone()).collect();
        let rows = match values {
            Some(values) => self.clone().filter(among(&names, values)?).rows().await?,
            None => self.rows().await?,
        };
        let text = |row: &Row| -> Result<String, QueryError> {
            let json = row.to_json();
            let parts: Option<Vec<serde_json::Value>> =
                names.iter().map(|name| json.get(name).cloned()).collect();
            let parts = parts.ok_or_else(|| {
                QueryError::Misuse(format!("`in_bulk` needs the column `{by}` in its rows"))
            })?;
            Ok(match parts.as_slice() {
                [serde_json::Value::String(text)] => text.clone(),
                [one] => one.to_string(),
                _ => serde_json::Value::Array(parts).to_string(),
            })
        };
        rows.into_iter().map(|row| Ok((text(&row)?, row))).collect()
    }

    /// The different years, quarters, months, weeks or days of a date or datetime, in order, each as its first day.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn dates(&self, field: &str, unit: &str, descending: bool) -> Result<Vec<Value>, QueryError> {
        let query = self.query()?;
        let value = Expr::Path(path(field));
        let (logical, _) = expression_type(&self.orm.registry, query.model, &query.annotations, &value)?;
        let day = match logical {
            LogicalType::DateTime => Expr::call("date", vec![value]),
            _ => value,
        };
        self.truncated(day, unit, descending).await
    }

    /// The different years, quarters, months, weeks, days, hours, minutes or seconds of a datetime, in order, each as its first
    /// instant in the time zone.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn datetimes(
        &self,
        field: &str,
        unit: &str,
        descending: bool,
    ) -> Result<Vec<Value>, QueryError> {
        self.truncated(Expr::Path(path(field)), unit, descending).await
    }

    async fn truncated(&self, value: Expr, unit: &str, descending: bool) -> Result<Vec<Value>, QueryError> {
        let unit = Expr::constant(Value::Text(unit.to_owned()));
        let truncated = Expr::call("trunc", vec![value.clone(), unit]);
        let present = Expr::Not(Box::new(Expr::lookup(value, "isnull", Vec::new())));
        let grouped = self.clone().filter(present).group_by_values(vec![("truncated".to_owned(), truncated)]);
        grouped.order_by([OrderBy::new(vec!["truncated".to_owned()], descending)]).flat().await
    }

    /// Groups of rows that agree on these values, by name.
    #[must_use]
    pub fn group_by_values(self, keys: Vec<(String, Expr)>) -> Self {
        let grouped = self.group_by(&[]);
        grouped.change(|query, _| {
            if let Some(group) = &mut query.group {
                group.keys = keys;
            }
            Ok(())
        })
    }

    /// The rows one after the other, as they come from the database; memory stays flat.
    ///
    /// # Errors
    /// As [`Objects::rows`]; errors of rows come through the channel.
    pub fn iterator(&self) -> Result<mpsc::Receiver<Result<Row, QueryError>>, QueryError> {
        let query = self.ordered()?;
        self.lockable(&query)?;
        let statement = self.statement(&query)?;
        let columns = Arc::new(statement.columns.clone());
        let arguments = self.arguments();
        let executor = self.orm.executor.clone();
        let (sender, receiver) = mpsc::channel(IN_FLIGHT);
        tokio::spawn(async move {
            let rows = sender.clone();
            let result = each_row(&executor, statement, &arguments, move |values| {
                let row = Row { columns: Arc::clone(&columns), values };
                rows.blocking_send(Ok(row))
                    .map_err(|_| RunError::Internal("nobody takes the rows any more".to_owned()))
            })
            .await;
            if let Err(error) = result {
                // The receiver may be gone: then nobody wants to know.
                let _ = sender.send(Err(error.into())).await;
            }
        });
        Ok(receiver)
    }

    /// The statement's text.
    ///
    /// # Errors
    /// When the query cannot be asked.
    pub fn sql(&self) -> Result<String, QueryError> {
        Ok(self.statement(&self.ordered()?)?.statement.sql.clone())
    }

    /// How the database would run the query, or (`analyze`) how it did; `verbose` with more detail. SQLite has one form.
    ///
    /// # Errors
    /// As [`Objects::rows`].
    pub async fn explain(&self, analyze: bool, verbose: bool) -> Result<Vec<String>, QueryError> {
        let statement = self.statement(&self.ordered()?)?;
        Ok(crate::run::explain(
            &self.orm.executor,
            &statement,
            &self.arguments(),
            (analyze, verbose),
            self.orm.timeout_ms,
        )
        .await?)
    }

    fn by_key_if_unordered(&self) -> Result<QuerySet, QueryError> {
        let mut query = self.ordered()?;
        if query.order.is_empty()
            && query.group.is_none()
            && query.source.is_none()
            && query.combined.is_empty()
        {
            query.order = complete_order(self.model()?, &[]);
        }
        Ok(query)
    }

    /// The query with the model's ordering where it has none of its own.
    pub(super) fn ordered(&self) -> Result<QuerySet, QueryError> {
        let mut query = self.query()?.clone();
        if query.combined.is_empty() && !query.distinct && query.distinct_on.is_empty() {
            query.order = effective_order(&query, &self.orm.registry);
        }
        if self.loaded.is_some()
            && query.columns.is_empty()
            && query.group.is_none()
            && query.source.is_none()
        {
            query.columns = self.loaded_columns(self.model()?)?;
        }
        Ok(query)
    }

    fn loaded_columns(&self, model: &Model) -> Result<Vec<(String, Expr)>, QueryError> {
        let query = self.query()?;
        let mut columns: Vec<(String, Expr)> = model
            .fields
            .iter()
            .filter(|field| field.primary_key || self.loads(&[], &field.name))
            .map(|field| (field.name.clone(), Expr::name(field.name.clone())))
            .collect();
        let visible = query.annotations.iter().filter(|(name, _)| !query.hidden.contains(name));
        columns.extend(visible.map(|(name, _)| (name.clone(), Expr::name(name.clone()))));
        Ok(columns)
    }

    /// Locks end with their statement outside of a transaction: whoever asks for one there has forgotten it.
    pub(super) fn lockable(&self, query: &QuerySet) -> Result<(), QueryError> {
        if query.lock.is_some() && self.orm.executor.transaction().is_none() {
            return Err(QueryError::Misuse(
                "`select_for_update` locks rows until the transaction ends, and there is none: read them in an `atomic` block"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    pub(super) fn statement(&self, query: &QuerySet) -> Result<Arc<RowsStatement>, QueryError> {
        Ok(Arc::new(prepare_rows(query, &self.orm.registry, &self.orm.target())?))
    }

    pub(super) fn arguments(&self) -> Arguments {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Arguments {
            time_zone: self.orm.time_zone.clone(),
            now: i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
            session: self.orm.session.clone(),
            ..Arguments::default()
        }
    }

    async fn run(&self, query: &QuerySet) -> Result<Vec<Row>, QueryError> {
        self.lockable(query)?;
        let statement = self.statement(query)?;
        let rows = fetch_rows(&self.orm.executor, &statement, &self.arguments(), self.orm.timeout_ms).await?;
        let columns = Arc::new(statement.columns.clone());
        Ok(rows.into_iter().map(|values| Row { columns: Arc::clone(&columns), values }).collect())
    }
}

/// Values made of all rows of a query.
fn whole(query: &QuerySet, columns: Vec<(String, Expr)>) -> QuerySet {
    let simple = !query.is_sliced()
        && !query.distinct
        && query.distinct_on.is_empty()
        && query.group.is_none()
        && query.combined.is_empty()
        && query.source.is_none()
        && !super::windows::in_values(query);
    let group = |annotations: usize| Some(Grouping { keys: Vec::new(), row_annotations: annotations });
    if simple {
        return QuerySet {
            group: group(query.annotations.len()),
            columns,
            order: Vec::new(),
            lock: None,
            ..query.clone()
        };
    }
    let mut source = query.clone();
    source.lock = None;
    if !source.is_sliced() && source.distinct_on.is_empty() {
        source.order = Vec::new();
    }
    QuerySet {
        source: Some(Source::Query(Box::new(source))),
        manager: Scope::Unscoped,
        group: group(0),
        columns,
        ..QuerySet::all(query.model)
    }
}

/// That the fields have one of these values; of several fields each value is a list.
fn among(names: &[String], values: Vec<Value>) -> Result<Expr, QueryError> {
    if let [name] = names {
        return Ok(Expr::lookup(Expr::name(name.clone()), "in", vec![Expr::constant(Value::Array(values))]));
    }
    let equal = |value: Value| match value {
        Value::Array(parts) if parts.len() == names.len() => {
            let pairs = names.iter().zip(parts);
            Ok(Expr::And(
                pairs
                    .map(|(name, part)| {
                        Expr::lookup(Expr::name(name.clone()), "exact", vec![Expr::constant(part)])
                    })
                    .collect(),
            ))
        }
        _ => Err(QueryError::Misuse(format!("a key has {} values: {}", names.len(), names.join(", ")))),
    };
    Ok(Expr::Or(values.into_iter().map(equal).collect::<Result<_, _>>()?))
}
