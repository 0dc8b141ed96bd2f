//! SQLite's tables, from its pragmas.

use super::{Cells, FoundColumn, FoundForeignKey, FoundIndex, FoundTable, Reader};
use crate::table::ForeignKey;
use indexmap::IndexMap;
use nuages_models::database::DatabaseError;
use nuages_models::sql::quoted_text;

pub(super) async fn tables(reader: &Reader<'_>) -> Result<IndexMap<String, FoundTable>, DatabaseError> {
    let mut found = IndexMap::new();
    let all = "SELECT name, sql FROM sqlite_schema WHERE type IN ('table', 'view') \
        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    for row in reader.query_text(all).await? {
        let mut cells = Cells::new(row);
        let name = cells.text();
        let mut table = FoundTable { statement: cells.optional(), ..FoundTable::default() };
        columns(reader, &name, &mut table).await?;
        foreign_keys(reader, &name, &mut table).await?;
        indexes(reader, &name, &mut table).await?;
        found.insert(name, table);
    }
    Ok(found)
}

async fn columns(reader: &Reader<'_>, name: &str, table: &mut FoundTable) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({}) ORDER BY cid",
        quoted_text(name)
    );
    let mut key = Vec::new();
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let (column, sql_type) = (cells.text(), cells.text());
        let not_null = cells.boolean();
        let default = cells.optional();
        let position: usize = cells.text().parse().unwrap_or(0);
        let hidden = cells.text();
        if position > 0 {
            key.push((position, column.clone()));
        }
        let row_id = position > 0 && sql_type == "INTEGER";
        let found = FoundColumn {
            identity: row_id,
            // SQLite's row id is never NULL, whatever its declaration says.
            null: !not_null && !row_id,
            sql_type,
            collation: None,
            default,
            stored: (hidden == "3").then_some(None),
        };
        table.columns.insert(column, found);
    }
    key.sort();
    table.primary_key = key.into_iter().map(|(_, column)| column).collect();
    let counted =
        table.statement.as_deref().is_some_and(|sql| sql.to_ascii_uppercase().contains("AUTOINCREMENT"));
    if table.primary_key.len() != 1 || !counted {
        table.columns.values_mut().for_each(|column| column.identity = false);
    }
    Ok(())
}

async fn foreign_keys(reader: &Reader<'_>, name: &str, table: &mut FoundTable) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list({}) ORDER BY id, seq",
        quoted_text(name)
    );
    let mut keys: IndexMap<String, FoundForeignKey> = IndexMap::new();
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let (id, target) = (cells.text(), cells.text());
        let (from, to, on_delete) = (cells.text(), cells.text(), cells.text());
        let found = keys.entry(id).or_insert_with(|| FoundForeignKey {
            key: ForeignKey { name: String::new(), columns: Vec::new(), table: target, target: Vec::new() },
            deferred: None,
            on_delete,
        });
        found.key.columns.push(from);
        found.key.target.push(to);
    }
    table.foreign_keys = keys.into_values().collect();
    Ok(())
}

async fn indexes(reader: &Reader<'_>, name: &str, table: &mut FoundTable) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT l.name, l.\"unique\", l.origin, s.sql FROM pragma_index_list({}) AS l \
         LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name ORDER BY l.name",
        quoted_text(name)
    );
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let (index, unique, origin) = (cells.text(), cells.boolean(), cells.text());
        let statement = cells.optional();
        let sql = format!(
            "SELECT name, \"desc\" FROM pragma_index_xinfo({}) WHERE key ORDER BY seqno",
            quoted_text(&index)
        );
        let keys: Vec<(Option<String>, bool)> = reader
            .query_text(&sql)
            .await?
            .into_iter()
            .map(|row| {
                let mut cells = Cells::new(row);
                (cells.optional(), cells.boolean())
            })
            .collect();
        match origin.as_str() {
            "pk" => {}
            "u" => table.uniques.push(keys.into_iter().filter_map(|(column, _)| column).collect()),
            _ => {
                let found = FoundIndex {
                    unique,
                    keys,
                    expressions: Vec::new(),
                    condition: None,
                    include: Vec::new(),
                    method: None,
                    statement,
                };
                table.indexes.insert(index, found);
            }
        }
    }
    Ok(())
}
