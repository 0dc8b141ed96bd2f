//! The key of each model: the table's own, or one that its rows have.

use super::catalog::{Relation, RelationKind};
use super::plan::Kinds;
use crate::inspect::{Cells, Reader};
use nuages_models::database::{DatabaseError, Dialect};
use nuages_models::define::FieldKind;
use nuages_models::sql::quoted_identifier;

/// Most rows of a view that are looked at to find what is unique.
const ROWS: u32 = 100_000;

/// SQLite's number of a row, for tables that have no key of their own.
pub(super) const ROW_ID: &str = "rowid";

/// A model's key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Key {
    /// Its columns.
    pub(super) columns: Vec<String>,
    /// Whether the database counts it up.
    pub(super) counted: bool,
    /// Where it comes from, when the table has none.
    pub(super) note: Option<String>,
}

/// Finds the key of a relation. `None`: nothing in it tells its rows apart.
///
/// # Errors
/// When the database cannot be asked.
pub(super) async fn key(
    reader: &Reader<'_>,
    relation: &Relation,
    kinds: &Kinds,
) -> Result<Option<Key>, DatabaseError> {
    let found = &relation.found;
    if !found.primary_key.is_empty() {
        let columns = found.primary_key.clone();
        // A key with a column that has no field is none.
        let usable = columns.iter().all(|column| may_be_key(kinds, column));
        let counted =
            matches!(columns.as_slice(), [column] if is_counted(reader.dialect(), relation, column));
        return Ok(usable.then_some(Key { columns, counted, note: None }));
    }
    let not_null = |column: &String| found.columns.get(column).is_some_and(|found| !found.null);
    let is_kept = matches!(relation.kind, RelationKind::Table | RelationKind::Partitioned);
    let unique = relation.uniques.iter().find(|unique| {
        unique.columns.iter().all(|column| may_be_key(kinds, column) && (!is_kept || not_null(column)))
    });
    if let Some(unique) = unique {
        let note = Some("the table has no primary key; this is unique in it".to_owned());
        return Ok(Some(Key { columns: unique.columns.clone(), counted: false, note }));
    }
    if relation.row_id && !found.columns.keys().any(|column| column.eq_ignore_ascii_case(ROW_ID)) {
        let note = Some("the table has no primary key; this is SQLite's own number of the row".to_owned());
        return Ok(Some(Key { columns: vec![ROW_ID.to_owned()], counted: true, note }));
    }
    unique_column(reader, relation, kinds).await
}

fn may_be_key(kinds: &Kinds, column: &str) -> bool {
    let kind = kinds.get(column).and_then(|kind| kind.as_ref().ok());
    kind.and_then(|kind| FieldKind::named(kind.word)).is_some_and(|kind| kind.takes("primary_key"))
}

/// Whether the database gives a column the next number.
fn is_counted(dialect: Dialect, relation: &Relation, column: &str) -> bool {
    let Some(found) = relation.found.columns.get(column) else { return false };
    match dialect {
        Dialect::Postgres => {
            found.identity || found.default.as_ref().is_some_and(|text| text.starts_with("nextval("))
        }
        Dialect::Sqlite => relation.row_id && found.sql_type.eq_ignore_ascii_case("INTEGER"),
    }
}

/// The first column that has no value twice, those called like keys first.
async fn unique_column(
    reader: &Reader<'_>,
    relation: &Relation,
    kinds: &Kinds,
) -> Result<Option<Key>, DatabaseError> {
    let mut candidates: Vec<&String> =
        relation.found.columns.keys().filter(|column| may_be_key(kinds, column)).take(20).collect();
    let own = format!("{}_id", relation.name.to_lowercase());
    candidates.sort_by_key(|column| {
        let lower = column.to_lowercase();
        if lower == "id" {
            0
        } else if lower == own {
            1
        } else if lower.ends_with("id") {
            2
        } else {
            3
        }
    });
    if candidates.is_empty() {
        return Ok(None);
    }
    let counts: Vec<String> =
        candidates.iter().map(|column| format!("count(DISTINCT {})", quoted_identifier(column))).collect();
    let sql = format!(
        "SELECT count(*), {} FROM (SELECT * FROM {} LIMIT {ROWS}) AS looked_at",
        counts.join(", "),
        quoted_identifier(&relation.name)
    );
    let what = relation.kind.described();
    let found = match reader.query_text(&sql).await {
        Ok(rows) => {
            let mut cells = Cells::new(rows.into_iter().next().unwrap_or_default());
            let all = cells.text();
            let unique = candidates.iter().find(|_| cells.text() == all);
            let seen = if all == "0" { "it has no rows yet" } else { "its rows have no value of it twice" };
            unique.map(|column| (*column, seen))
        }
        // A view that takes too long, or that fails.
        Err(_) => {
            candidates.first().map(|column| (*column, "it could not be read to see whether it is unique"))
        }
    };
    Ok(found.map(|(column, why)| Key {
        columns: vec![column.clone()],
        counted: false,
        note: Some(format!("{what} has no primary key, {why}: name another field if it is not unique")),
    }))
}
