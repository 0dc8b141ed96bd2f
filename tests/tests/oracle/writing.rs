//! Operations that write, in a transaction that is taken back after each case.

use super::Failure;
use super::expression::is_expression;
use super::operation::{Answer, ask_reading, picked};
use super::query::{Query, Reach, names, text};
use super::value::literal;
use nuages_models::expr::Expr;
use nuages_models::objects::{AtomicError, BulkCreate, Conflicts, Objects, Orm, QueryError, Values};
use serde_json::{Map, Value as Json, json};

/// Operations that write.
pub(crate) const WRITES: &[&str] = &[
    "update",
    "delete",
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "m2m_add",
    "m2m_set",
    "m2m_remove",
    "m2m_clear",
    "script",
];

/// Why a case's transaction ends: its answer, or its error.
enum End {
    Answered(Json),
    Failed(Failure),
}

impl From<QueryError> for End {
    fn from(error: QueryError) -> Self {
        Self::Failed(Failure::Query(error))
    }
}

impl AtomicError for End {}

/// Does a case and takes it back.
pub(crate) async fn ask(orm: &Orm, operation: &Json) -> Result<Answer, Failure> {
    let done = orm.atomic(async |orm: Orm| match run(&orm, operation).await {
        Ok(answer) => Err::<(), End>(End::Answered(answer)),
        Err(failure) => Err(End::Failed(failure)),
    });
    match done.await {
        Ok(()) => Err(Failure::Case("the case was not taken back".to_owned())),
        Err(End::Answered(answer)) => Ok((answer, None)),
        Err(End::Failed(failure)) => Err(failure),
    }
}

async fn run(orm: &Orm, operation: &Json) -> Result<Json, Failure> {
    if text(operation, "op")? != "script" {
        return one(orm, operation).await;
    }
    let mut answers = Vec::new();
    for step in operation.get("do").and_then(Json::as_array).into_iter().flatten() {
        answers.push(one(orm, step).await?);
    }
    Ok(answers.into())
}

async fn one(orm: &Orm, operation: &Json) -> Result<Json, Failure> {
    let name = text(operation, "op")?;
    if !WRITES.contains(&name) {
        return Ok(Box::pin(ask_reading(orm, operation)).await?.0);
    }
    let fields = operation.get("fields").map(names).unwrap_or_default();
    Ok(match name {
        "update" => {
            let (objects, values) = changed(orm, operation)?;
            objects.update(values).await?.into()
        }
        "delete" => {
            let deleted = queried(orm, operation)?.delete().await?;
            let label = |name: &str| {
                let app = orm.registry().model_named(name).map_or("", |model| model.app.as_str());
                format!("{app}.{name}")
            };
            let by_model: Map<String, Json> =
                deleted.by_model.iter().map(|(name, count)| (label(name), json!(count))).collect();
            json!([deleted.total, by_model])
        }
        "create" => {
            let row = objects(orm, operation)?.create(values(orm, operation, "row")?).await?;
            picked(&fields, &row)
        }
        "get_or_create" | "update_or_create" => {
            let query = matched(orm, operation)?;
            let mut new = Values::new();
            for (field, value) in operation["match"].as_object().into_iter().flatten() {
                if !field.contains('.') {
                    new = new.set(field, literal(value)?);
                }
            }
            let defaults = values(orm, operation, "defaults")?;
            let (row, created) = if name == "get_or_create" {
                query.get_or_create(Values::new(), new.and(&defaults)).await?
            } else {
                let of_new = match operation.get("create_defaults") {
                    Some(Json::Object(_)) => values(orm, operation, "create_defaults")?,
                    _ => defaults.clone(),
                };
                query.update_or_create(Values::new(), defaults, Some(new.and(&of_new))).await?
            };
            json!([created, picked(&fields, &row)])
        }
        "bulk_create" => {
            let rows = rows(orm, operation)?;
            let flag = |key: &str| operation.get(key).and_then(Json::as_bool) == Some(true);
            let conflicts = if flag("ignore_conflicts") {
                Conflicts::Ignore
            } else if flag("update_conflicts") {
                Conflicts::Update {
                    unique_fields: operation.get("unique_fields").map(names).unwrap_or_default(),
                    update_fields: operation.get("update_fields").map(names).unwrap_or_default(),
                }
            } else {
                Conflicts::Refuse
            };
            let options = BulkCreate { batch_size: None, conflicts };
            objects(orm, operation)?.bulk_create(rows, &options).await?.len().into()
        }
        "bulk_update" => {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            objects(orm, operation)?.bulk_update(rows(orm, operation)?, &fields, None).await?.into()
        }
        "m2m_add" | "m2m_set" | "m2m_remove" | "m2m_clear" => {
            let keys = operation.get("values").and_then(Json::as_array).into_iter().flatten().map(literal);
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            let model = model_name(text(operation, "model")?);
            let related = orm.related(model, literal(&operation["pk"])?, text(operation, "field")?);
            match name {
                "m2m_add" => related.add(keys).await?,
                "m2m_set" => related.set(keys).await?,
                "m2m_remove" => related.remove(keys).await?,
                _ => related.clear().await?,
            }
            Json::Null
        }
        other => return Err(Failure::Unsupported(format!("the operation `{other}`"))),
    })
}

fn objects(orm: &Orm, operation: &Json) -> Result<Objects, Failure> {
    Ok(orm.objects(model_name(text(operation, "model")?)))
}

fn queried(orm: &Orm, operation: &Json) -> Result<Objects, Failure> {
    let json = operation.get("query").ok_or_else(|| Failure::Case("there is no query".to_owned()))?;
    Ok(Query::new(orm, json, None)?.objects)
}

fn changed(orm: &Orm, operation: &Json) -> Result<(Objects, Values), Failure> {
    let json = operation.get("query").ok_or_else(|| Failure::Case("there is no query".to_owned()))?;
    let mut query = Query::new(orm, json, None)?;
    let mut values = Values::new();
    for (field, value) in operation["set"].as_object().into_iter().flatten() {
        values = values.set(field, written(&mut query, value)?);
    }
    Ok((query.objects, values))
}

/// A value, or an expression over the rows of a query.
fn written(query: &mut Query<'_>, value: &Json) -> Result<Expr, Failure> {
    if is_expression(value) {
        query.expression(&Reach::default(), value)
    } else {
        Ok(Expr::constant(literal(value)?))
    }
}

fn values(orm: &Orm, operation: &Json, key: &str) -> Result<Values, Failure> {
    match operation.get(key) {
        Some(row) => of_row(orm, operation, row),
        None => Ok(Values::new()),
    }
}

fn rows(orm: &Orm, operation: &Json) -> Result<Vec<Values>, Failure> {
    let rows = operation.get("rows").and_then(Json::as_array).into_iter().flatten();
    rows.map(|row| of_row(orm, operation, row)).collect()
}

fn of_row(orm: &Orm, operation: &Json, row: &Json) -> Result<Values, Failure> {
    let all = json!({"model": text(operation, "model")?, "steps": []});
    let mut query = Query::new(orm, &all, None)?;
    let mut values = Values::new();
    for (field, value) in row.as_object().into_iter().flatten() {
        values = values.set(field, written(&mut query, value)?);
    }
    Ok(values)
}

/// The rows that `match` speaks of: `{"name.iexact": …}` names a lookup.
fn matched(orm: &Orm, operation: &Json) -> Result<Objects, Failure> {
    let mut steps = Vec::new();
    for (name, value) in operation["match"].as_object().into_iter().flatten() {
        let known = |lookup: &str| nuages_models::lookups::LOOKUPS.iter().any(|known| known.name == lookup);
        let (path, lookup) = match name.rsplit_once('.') {
            Some((path, lookup)) if known(lookup) => (path, lookup),
            _ => (name.as_str(), "exact"),
        };
        steps.push(json!({"filter": {"path": path, "lookup": lookup, "value": value}}));
    }
    let query = json!({"model": text(operation, "model")?, "steps": steps});
    Ok(Query::new(orm, &query, None)?.objects)
}

/// `blog.Post` is `Post` here.
fn model_name(label: &str) -> &str {
    label.rsplit('.').next().unwrap_or(label)
}
