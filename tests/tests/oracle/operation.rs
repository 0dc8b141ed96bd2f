//! What is asked of a query: its rows, one of them, a count, nested records.

use super::Failure;
use super::query::{Query, Reach, names, split, text};
use super::value::{literal, tagged, typed};
use super::writing;
use nuages_models::objects::{Orm, QueryError, Row};
use nuages_models::registry::{LogicalType, Member, Model};
use serde_json::{Map, Value as Json, json};

/// An answer, and how many statements it took where that is asked.
pub(crate) type Answer = (Json, Option<usize>);

/// Asks.
pub(crate) async fn ask(orm: &Orm, operation: &Json) -> Result<Answer, Failure> {
    if writing::WRITES.contains(&text(operation, "op")?) {
        return writing::ask(orm, operation).await;
    }
    ask_reading(orm, operation).await
}

/// Asks for what only reads.
pub(crate) async fn ask_reading(orm: &Orm, operation: &Json) -> Result<Answer, Failure> {
    let name = text(operation, "op")?;
    let json = operation.get("query").ok_or_else(|| Failure::Case("there is no query".to_owned()))?;
    // What is not `Send` must not live across an await.
    let zoned = operation.get("tz").and_then(Json::as_str).map(|zone| orm.clone().time_zone(zone));
    let orm = zoned.as_ref().unwrap_or(orm);
    let asked = prepared(orm, operation, json)?;
    let plain = |value: Json| Ok((value, None));
    match name {
        "select" => {
            let rows = asked.objects.rows().await?;
            plain(rows.iter().map(|row| asked.picked(row)).collect())
        }
        "count" => plain(asked.objects.count().await?.into()),
        "exists" => plain(asked.objects.exists().await?.into()),
        "get" => plain(asked.picked(&asked.objects.get().await?)),
        "first" => plain(asked.objects.first().await?.map_or(Json::Null, |row| asked.picked(&row))),
        "last" => plain(asked.objects.last().await?.map_or(Json::Null, |row| asked.picked(&row))),
        "earliest" | "latest" => {
            let by: Vec<&str> = asked.by.iter().map(String::as_str).collect();
            let row = match name {
                "earliest" => asked.objects.earliest(&by).await?,
                _ => asked.objects.latest(&by).await?,
            };
            plain(asked.picked(&row))
        }
        "aggregate" => {
            let row = asked.objects.aggregate(asked.aggregates.clone()).await?;
            let columns = row.columns().zip(row.values());
            plain(columns.map(|((name, logical), value)| (name.to_owned(), typed(logical, value))).collect())
        }
        "in_bulk" => {
            let by = operation.get("by").and_then(Json::as_str).unwrap_or("pk");
            let ids = match operation.get("ids").and_then(Json::as_array) {
                Some(ids) => Some(ids.iter().map(literal).collect::<Result<Vec<_>, _>>()?),
                None => None,
            };
            let rows = asked.objects.in_bulk(by, ids).await?;
            plain(rows.iter().map(|(key, row)| (key.clone(), asked.picked(row))).collect())
        }
        "dates" | "datetimes" => {
            let unit = text(operation, "unit")?;
            let descending = operation.get("order").and_then(Json::as_str) == Some("DESC");
            let field = text(operation, "field")?;
            let logical = asked.logical.clone();
            let values = match name {
                "dates" => asked.objects.dates(field, unit, descending).await?,
                _ => asked.objects.datetimes(field, unit, descending).await?,
            };
            plain(values.iter().map(|value| typed(&logical, value)).collect())
        }
        "fetch" => {
            let selection = operation.get("selection").cloned().unwrap_or(Json::Null);
            let (records, statements) = asked.objects.records().await?;
            let model = orm.registry().model_named(&asked.model);
            let model = model.ok_or_else(|| Failure::Case(format!("no model {}", asked.model)))?;
            let shape = Shape { orm, renamed: &asked.renamed };
            let rows = records.iter().map(|record| shape.of(record, model, &selection)).collect();
            Ok((rows, Some(statements)))
        }
        other => Err(Failure::Unsupported(format!("the operation `{other}`"))),
    }
}

/// A query that is ready to be asked.
struct Asked {
    objects: nuages_models::objects::Objects,
    model: String,
    fields: Vec<String>,
    by: Vec<String>,
    aggregates: Vec<(String, nuages_models::expr::Expr)>,
    logical: LogicalType,
    renamed: Vec<(String, String)>,
}

fn prepared(orm: &Orm, operation: &Json, json: &Json) -> Result<Asked, Failure> {
    let name = text(operation, "op")?;
    let mut query = if name == "fetch" { Query::of_rows(orm, json)? } else { Query::new(orm, json, None)? };
    let mut aggregates = Vec::new();
    if name == "aggregate" {
        query.grouped = true;
        for (name, value) in operation.get("aggregates").and_then(Json::as_object).into_iter().flatten() {
            aggregates.push((name.clone(), query.expression(&Reach::default(), value)?));
        }
    }
    let fields = operation.get("fields").map(names).unwrap_or_default();
    let combined = query.objects.query().is_ok_and(|query| !query.combined.is_empty());
    let is_of_rows = matches!(name, "select" | "get" | "first" | "last" | "earliest" | "latest");
    if is_of_rows && !fields.is_empty() && !combined {
        query.choose(&fields)?;
    }
    let field = operation.get("field").and_then(Json::as_str).map(split);
    let logical = match name {
        "dates" => LogicalType::Date,
        _ => field.and_then(|field| query.field_type(&field)).unwrap_or(LogicalType::DateTime),
    };
    Ok(Asked {
        by: operation.get("by").map(names).unwrap_or_default(),
        objects: query.objects,
        model: query.model,
        fields,
        aggregates,
        logical,
        renamed: query.renamed,
    })
}

impl Asked {
    fn picked(&self, row: &Row) -> Json {
        picked(&self.fields, row)
    }
}

/// The fields of a row that are asked for.
pub(crate) fn picked(fields: &[String], row: &Row) -> Json {
    let columns: Vec<((&str, &LogicalType), _)> = row.columns().zip(row.values()).collect();
    if fields.is_empty() || columns.len() == fields.len() {
        return columns.iter().map(|((_, logical), value)| typed(logical, value)).collect();
    }
    let named = |name: &String| {
        // A key of several columns.
        let parts = columns.iter().filter(|((known, _), _)| {
            known.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('#'))
        });
        let parts: Vec<Json> = parts.map(|((_, logical), value)| typed(logical, value)).collect();
        if !parts.is_empty() {
            return json!({"$tuple": parts});
        }
        let found = columns.iter().find(|((known, _), _)| known == name || **known == format!("{name}_id"));
        found.map_or(Json::Null, |((_, logical), value)| typed(logical, value))
    };
    fields.iter().map(named).collect()
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

/// Records in the form of a selection.
struct Shape<'s> {
    orm: &'s Orm,
    renamed: &'s [(String, String)],
}

impl Shape<'_> {
    fn of(&self, record: &Json, model: &Model, selection: &Json) -> Json {
        let mut row = Map::new();
        for name in selection.get("fields").map(names).unwrap_or_default() {
            let value = self.field(record, model, &split(&name));
            row.insert(name, value);
        }
        for (name, inner) in selection.get("one").and_then(Json::as_object).into_iter().flatten() {
            let value = match (record.get(name), self.target(model, name)) {
                (Some(record), Some(target)) if record.is_object() => self.of(record, target, inner),
                _ => Json::Null,
            };
            row.insert(name.clone(), value);
        }
        for (name, inner) in selection.get("many").and_then(Json::as_object).into_iter().flatten() {
            let value = match (record.get(name).and_then(Json::as_array), self.target(model, name)) {
                (Some(records), Some(target)) => {
                    records.iter().map(|record| self.of(record, target, inner)).collect()
                }
                _ => json!({"missing": name}),
            };
            row.insert(name.clone(), value);
        }
        for name in selection.get("count").map(names).unwrap_or_default() {
            let count = record.get(&name).and_then(Json::as_array).map(Vec::len);
            row.insert(format!("count_{name}"), json!(count));
        }
        Json::Object(row)
    }

    fn target(&self, model: &Model, name: &str) -> Option<&Model> {
        let relation = self.renamed.iter().find(|(to, _)| to == name).map_or(name, |(_, relation)| relation);
        match model.member(relation)? {
            Member::Relation(id) => Some(self.orm.registry().model(model.relation(id).target)),
            Member::Field(_) => None,
        }
    }

    fn field(&self, record: &Json, model: &Model, path: &[String]) -> Json {
        let Some((first, rest)) = path.split_first() else { return Json::Null };
        if !rest.is_empty() {
            return match (record.get(first), self.target(model, first)) {
                (Some(record), Some(target)) => self.field(record, target, rest),
                _ => Json::Null,
            };
        }
        let id = match model.member(first) {
            Some(Member::Field(id)) => Some(id),
            Some(Member::Relation(id)) => model.relation(id).pairs.first().map(|(here, _)| *here),
            None => None,
        };
        match id {
            Some(id) => {
                let field = model.field(id);
                tagged(&field.logical, record.get(&field.name).cloned().unwrap_or(Json::Null))
            }
            None => record.get(first).cloned().unwrap_or(Json::Null),
        }
    }
}
