//! The ledger: which migrations a database has applied, in a table of its own.

use super::script::Direction;
use crate::inspect::Reader;
use nuages_models::database::{DatabaseError, Dialect};
use nuages_models::sql::quoted_text;
use std::collections::BTreeMap;

/// The table's name.
pub(crate) const TABLE: &str = "nuages_migrations";

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The fingerprint of the migration when it was applied; empty when that is not known.
    pub(crate) checksum: String,
    /// When it was applied, in the database's words; none while it is under way.
    pub(crate) applied_at: Option<String>,
    /// Which way it goes while it is under way.
    pub(crate) direction: Direction,
    /// How many of its steps are done.
    pub(crate) progress: usize,
    /// How far the step after them is, for rows that are written in batches.
    pub(crate) position: Option<String>,
}

impl Entry {
    pub(crate) fn is_applied(&self) -> bool {
        self.applied_at.is_some()
    }
}

/// The statement that makes the table.
pub(crate) fn create(dialect: Dialect) -> String {
    let (time, count, strict) = match dialect {
        Dialect::Postgres => ("timestamp with time zone", "bigint", ""),
        Dialect::Sqlite => ("TEXT", "INTEGER", " STRICT"),
    };
    let text = if dialect == Dialect::Postgres { "text" } else { "TEXT" };
    format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (name {text} NOT NULL PRIMARY KEY, checksum {text} NOT NULL, applied_at {time}, \
         direction {text} NOT NULL, progress {count} NOT NULL, position {text}){strict}"
    )
}

/// All entries by the names of migrations; none when the database has no ledger yet.
pub(crate) async fn entries(reader: &Reader<'_>) -> Result<BTreeMap<String, Entry>, DatabaseError> {
    if !exists(reader).await? {
        return Ok(BTreeMap::new());
    }
    let sql = format!("SELECT name, checksum, applied_at, direction, progress, position FROM {TABLE}");
    let rows = reader.query_text(&sql).await?;
    Ok(rows.into_iter().filter_map(entry).collect())
}

fn entry(row: Vec<Option<String>>) -> Option<(String, Entry)> {
    let mut cells = row.into_iter();
    let mut next = || cells.next().flatten();
    let (name, checksum, applied_at, direction) = (next()?, next()?, next(), next()?);
    let progress = next()?.parse().ok()?;
    let direction = if direction == "backward" { Direction::Backward } else { Direction::Forward };
    Some((name, Entry { checksum, applied_at, direction, progress, position: next() }))
}

/// Whether the database has a ledger.
pub(crate) async fn exists(reader: &Reader<'_>) -> Result<bool, DatabaseError> {
    let sql = match reader.dialect() {
        Dialect::Postgres => format!(
            "SELECT 1 FROM pg_class WHERE relname = '{TABLE}' AND relnamespace = current_schema()::regnamespace"
        ),
        Dialect::Sqlite => format!("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '{TABLE}'"),
    };
    Ok(!reader.query_text(&sql).await?.is_empty())
}

/// The statement that says that a migration is applied.
pub(crate) fn applied(name: &str, checksum: &str, dialect: Dialect) -> String {
    let now = match dialect {
        Dialect::Postgres => "now()",
        Dialect::Sqlite => "strftime('%Y-%m-%d %H:%M:%S', 'now')",
    };
    upsert(name, checksum, now, "forward", 0, None)
}

/// The statement that says that a migration is under way, and how far it is.
pub(crate) fn under_way(
    name: &str,
    checksum: &str,
    direction: Direction,
    progress: usize,
    position: Option<&str>,
) -> String {
    let direction = match direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    };
    upsert(name, checksum, "NULL", direction, progress, position)
}

/// The statement that says that a migration is not applied.
pub(crate) fn forgotten(name: &str) -> String {
    format!("DELETE FROM {TABLE} WHERE name = {}", quoted_text(name))
}

fn upsert(
    name: &str,
    checksum: &str,
    applied_at: &str,
    direction: &str,
    progress: usize,
    position: Option<&str>,
) -> String {
    let (name, checksum, direction) = (quoted_text(name), quoted_text(checksum), quoted_text(direction));
    let position = position.map_or_else(|| "NULL".to_owned(), quoted_text);
    format!(
        "INSERT INTO {TABLE} (name, checksum, applied_at, direction, progress, position) \
         VALUES ({name}, {checksum}, {applied_at}, {direction}, {progress}, {position}) \
         ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = excluded.applied_at, \
         direction = excluded.direction, progress = excluded.progress, position = excluded.position"
    )
}
