//! `rotate-keys`: encrypted values, encrypted anew.

use nuages_models::objects::{Orm, QueryError, Row, Values};
use nuages_models::registry::{AutoNow, LogicalType, Model};
use nuages_models::value::Value;

/// Rows of one statement.
const BATCH: usize = 1_000;

/// Reads every encrypted value with whichever key has made it and writes it with the first, in one transaction. Gives how many
/// rows were written.
///
/// # Errors
/// When a value can be decrypted with none of the keys, or the database fails; nothing is changed then.
pub async fn rotate(orm: &Orm) -> Result<u64, QueryError> {
    orm.atomic(async |orm: Orm| {
        let mut written = 0;
        for model in orm.registry().models().iter().filter(|model| model.managed && model.proxy_for.is_none())
        {
            let encrypted: Vec<&str> = model
                .fields
                .iter()
                .filter(|field| matches!(field.logical, LogicalType::Encrypted(_)))
                .map(|field| field.name.as_str())
                .collect();
            if !encrypted.is_empty() {
                // Set to what they are: the rows do not change for anybody who reads them.
                let times = model.fields.iter().filter(|field| field.auto_now == AutoNow::Always);
                let kept: Vec<&str> =
                    encrypted.iter().copied().chain(times.map(|field| field.name.as_str())).collect();
                written += rotate_model(&orm, model, &kept).await?;
            }
        }
        Ok(written)
    })
    .await
}

async fn rotate_model(orm: &Orm, model: &Model, fields: &[&str]) -> Result<u64, QueryError> {
    let keys = model.primary_key.iter().map(|id| model.field(*id).name.as_str());
    let names: Vec<&str> = keys.chain(fields.iter().copied()).collect();
    let objects = orm.objects(&model.name).unscoped();
    let all = objects.clone().values(&names).order_by(["pk"]);
    let (mut from, mut written) = (0, 0);
    loop {
        let rows = all.clone().slice(from, Some(from + BATCH as u64)).rows().await?;
        if rows.is_empty() {
            return Ok(written);
        }
        from += rows.len() as u64;
        let same = rows.iter().map(|row| values(row, &names));
        written += objects.bulk_update(same, fields, None).await?;
    }
}

fn values(row: &Row, names: &[&str]) -> Values {
    names.iter().map(|name| (*name, row.get(name).cloned().unwrap_or(Value::Null))).collect()
}
