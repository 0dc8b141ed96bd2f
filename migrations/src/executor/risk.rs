//! Looking whether a risk is real in this database.

use crate::editor::{COUNTED, Risk, RiskKind, When};
use crate::inspect::Reader;
use nuages_models::database::{DatabaseError, Dialect};
use nuages_models::sql::{quoted_identifier, quoted_text};
use std::fmt;

/// A risk that is real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRisk {
    /// The migration.
    pub migration: String,
    /// What kind of thing.
    pub kind: RiskKind,
    /// What happens.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for FoundRisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            RiskKind::Refused => "refused",
            RiskKind::Loses => "loses data",
            RiskKind::Locks => "locks",
            RiskKind::Breaks => "breaks running servers",
        };
        write!(f, "{} ({kind}): {}; {}", self.migration, self.what, self.remedy)
    }
}

/// The risks that are real now. What a query cannot tell, because an earlier step of the same plan has not made its table yet,
/// is no risk: such a table has no rows.
pub(crate) async fn found(
    reader: &Reader<'_>,
    migration: &str,
    risks: &[Risk],
    large_rows: u64,
) -> Result<Vec<FoundRisk>, DatabaseError> {
    let mut found = Vec::new();
    for risk in risks {
        let number = match &risk.when {
            When::Always => Some(1),
            When::Found(sql) => counted(reader, sql).await?,
            When::Large(table) => {
                rows_about(reader, table, large_rows).await?.filter(|rows| *rows >= large_rows)
            }
        };
        if let Some(number) = number.filter(|number| *number > 0) {
            let told = match number {
                // Nobody counted on.
                COUNTED => format!("{COUNTED} or more"),
                fewer => fewer.to_string(),
            };
            found.push(FoundRisk {
                migration: migration.to_owned(),
                kind: risk.kind,
                what: risk.what.replace("{n}", &told),
                remedy: risk.remedy.clone(),
            });
        }
    }
    Ok(found)
}

/// The number that a query gives; none when it cannot run.
async fn counted(reader: &Reader<'_>, sql: &str) -> Result<Option<u64>, DatabaseError> {
    let rows = match reader {
        Reader::Database(database) => database.query_text(sql).await,
        Reader::Transaction(transaction) => {
            transaction.savepoint("nuages_look").await?;
            let rows = transaction.query_text(sql).await;
            match &rows {
                Ok(_) => transaction.release("nuages_look").await?,
                Err(_) => transaction.roll_back_to("nuages_look").await?,
            }
            rows
        }
    };
    match rows {
        Ok(rows) => Ok(rows.first().and_then(|row| row.first()?.as_ref()?.parse().ok())),
        Err(DatabaseError::Statement { .. } | DatabaseError::Value(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// About how many rows a table has: what PostgreSQL remembers of its last look; on SQLite counted, up to a bound.
pub(crate) async fn rows_about(
    reader: &Reader<'_>,
    table: &str,
    bound: u64,
) -> Result<Option<u64>, DatabaseError> {
    let sql = match reader.dialect() {
        // Never looked at is -1; then the file's size tells, with rows of a hundred bytes.
        Dialect::Postgres => format!(
            "SELECT greatest(CASE WHEN c.reltuples < 0 THEN pg_relation_size(c.oid) / 100 ELSE c.reltuples END, 0)::bigint \
             FROM pg_class c WHERE c.relname = {} AND c.relnamespace = current_schema()::regnamespace",
            quoted_text(table)
        ),
        Dialect::Sqlite => {
            let table = quoted_identifier(table);
            format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {bound}) AS found")
        }
    };
    counted(reader, &sql).await
}
