//! Data migrations: rows get new values through the ORM, with the models as they were.

use super::script::Rows;
use nuages_models::database::{Database, Transaction};
use nuages_models::expr::Expr;
use nuages_models::objects::{Objects, Orm, QueryError, Values};
use nuages_models::sql::{quoted_identifier, quoted_text};
use nuages_models::text;
use nuages_models::value::Value;
use std::sync::Arc;

/// Statements of a migration may take as long as they need; a day is an accident.
const TIMEOUT_MS: u64 = 86_400_000;

/// Finds what is wrong with the texts before anything runs.
pub(super) fn check(rows: &Rows) -> Result<(), String> {
    let registry = &rows.registry;
    let model = registry
        .model_named(&rows.update.model.name)
        .ok_or_else(|| format!("there is no model {} at this point of the history", rows.update.model))?;
    let texts = rows.update.filter.iter().chain(rows.update.set.values());
    for text in texts {
        text::parse(text, registry).map_err(|error| format!("`{text}`, {error}"))?;
    }
    for field in rows.update.set.keys() {
        model.member(field).ok_or_else(|| format!("{} has no field `{field}`", rows.update.model))?;
    }
    Ok(())
}

/// The next batch of rows.
pub(super) struct Batch {
    /// The key of the last of its rows, from which the next goes on; `None`: it was the last.
    pub(super) position: Option<String>,
}

/// Writes the rows after a position, up to the size of a batch.
pub(super) async fn write(
    rows: &Rows,
    database: &Database,
    transaction: &Arc<Transaction>,
    position: Option<&str>,
) -> Result<Batch, QueryError> {
    let orm = Orm::within(Arc::clone(&rows.registry), database.clone(), Arc::clone(transaction))
        .timeout_ms(TIMEOUT_MS);
    let parse = |text: &str| -> Result<Expr, QueryError> {
        text::parse(text, &rows.registry).map_err(|error| QueryError::Misuse(format!("`{text}`, {error}")))
    };
    let mut objects = orm.objects(&rows.update.model.name).unscoped();
    if let Some(filter) = &rows.update.filter {
        objects = objects.filter(parse(filter)?);
    }
    let mut values = Values::new();
    for (field, text) in &rows.update.set {
        values = values.set(field, parse(text)?);
    }
    let (Some(size), Some(key)) = (rows.update.batch, key_of(rows)) else {
        objects.update(values).await?;
        return Ok(Batch { position: None });
    };
    let quoted = quoted_identifier(&key);
    if let Some(position) = position {
        objects = objects.filter(parse(&format!("{quoted} > {position}"))?);
    }
    let last = last_of(&objects, &key, size).await?;
    let batch = match &last {
        Some(last) => objects.filter(parse(&format!("{quoted} <= {last}"))?),
        None => objects,
    };
    batch.update(values).await?;
    Ok(Batch { position: last })
}

/// The key of the last row of a full batch; `None` when fewer rows are left.
async fn last_of(objects: &Objects, key: &str, size: u32) -> Result<Option<String>, QueryError> {
    let from = u64::from(size.max(1)) - 1;
    let keys = objects.clone().order_by([key]).slice(from, Some(from + 1)).values(&[key]).flat().await?;
    Ok(keys.first().and_then(literal))
}

/// The one field of the primary key, when its values can be written down and ordered.
fn key_of(rows: &Rows) -> Option<String> {
    use nuages_models::registry::LogicalType as L;
    let model = rows.registry.model_named(&rows.update.model.name)?;
    let [key] = model.primary_key.as_slice() else { return None };
    let field = model.field(*key);
    let ordered = matches!(field.logical, L::Int16 | L::Int32 | L::Int64 | L::Text | L::Uuid);
    // A batch whose rows change their keys has no end.
    (ordered && !rows.update.set.contains_key(&field.name)).then(|| field.name.clone())
}

fn literal(value: &Value) -> Option<String> {
    Some(match value {
        Value::Int(number) => number.to_string(),
        Value::Text(text) => quoted_text(text),
        Value::Uuid(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
            quoted_text(&parts.join("-"))
        }
        _ => return None,
    })
}
