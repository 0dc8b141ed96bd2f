//! PostgreSQL's tables, from its catalogs.

use super::{Cells, FoundColumn, FoundForeignKey, FoundIndex, FoundTable, Reader, SEPARATOR, Schema};
use crate::table::ForeignKey;
use indexmap::IndexMap;
use nuages_models::database::DatabaseError;

/// Tables, views and the like of a schema; `$SCHEMA` stands for its id.
const TABLES: &str = "SELECT c.relname FROM pg_class c \
    WHERE c.relnamespace = $SCHEMA AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    ORDER BY c.relname";

const COLUMNS: &str = "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
    (SELECT o.collname FROM pg_collation o JOIN pg_type t ON t.oid = a.atttypid \
      WHERE o.oid = a.attcollation AND a.attcollation <> t.typcollation), \
    a.attidentity <> '', pg_get_expr(d.adbin, d.adrelid), a.attgenerated = 's' \
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
    WHERE c.relnamespace = $SCHEMA AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    ORDER BY c.relname, a.attnum";

/// A query of one schema.
fn of_schema(sql: &str, schema: Schema) -> String {
    sql.replace(
        "$SCHEMA",
        &match schema {
            Schema::Current => "current_schema()::regnamespace".to_owned(),
            Schema::Temporary => "pg_my_temp_schema()".to_owned(),
            Schema::Number(number) => number.to_string(),
        },
    )
}

pub(super) async fn tables(
    reader: &Reader<'_>,
    schema: Schema,
) -> Result<IndexMap<String, FoundTable>, DatabaseError> {
    let mut found: IndexMap<String, FoundTable> = IndexMap::new();
    for row in reader.query_text(&of_schema(TABLES, schema)).await? {
        found.insert(Cells::new(row).text(), FoundTable::default());
    }
    for row in reader.query_text(&of_schema(COLUMNS, schema)).await? {
        let mut cells = Cells::new(row);
        let Some(table) = found.get_mut(&cells.text()) else { continue };
        let name = cells.text();
        let sql_type = cells.text();
        let null = !cells.boolean();
        let collation = cells.optional();
        let identity = cells.boolean();
        let expression = cells.optional();
        let stored = cells.boolean();
        let (default, stored) = if stored { (None, Some(expression)) } else { (expression, None) };
        table.columns.insert(name, FoundColumn { sql_type, null, collation, identity, default, stored });
    }
    constraints(reader, schema, &mut found).await?;
    indexes(reader, schema, &mut found).await?;
    Ok(found)
}

/// The names of the columns with these numbers, in their order.
fn column_names(relation: &str, numbers: &str) -> String {
    format!(
        "(SELECT string_agg(a.attname, '{SEPARATOR}' ORDER BY k.position) \
           FROM unnest({numbers}) WITH ORDINALITY AS k(number, position) \
           JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"
    )
}

async fn constraints(
    reader: &Reader<'_>,
    schema: Schema,
    found: &mut IndexMap<String, FoundTable>,
) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT c.relname, n.conname, n.contype, {here}, f.relname, {there}, n.condeferred, \
           CASE n.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' \
             WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END, \
           pg_get_expr(n.conbin, n.conrelid) \
         FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid LEFT JOIN pg_class f ON f.oid = n.confrelid \
         WHERE c.relnamespace = $SCHEMA AND n.contype IN ('p', 'u', 'f', 'c') \
         ORDER BY c.relname, n.conname",
        here = column_names("n.conrelid", "n.conkey"),
        there = column_names("n.confrelid", "n.confkey"),
    );
    for row in reader.query_text(&of_schema(&sql, schema)).await? {
        let mut cells = Cells::new(row);
        let Some(table) = found.get_mut(&cells.text()) else { continue };
        let (name, kind) = (cells.text(), cells.text());
        let columns = cells.list();
        let (target, target_columns) = (cells.text(), cells.list());
        let deferred = cells.boolean();
        let on_delete = cells.text();
        match kind.as_str() {
            "p" => table.primary_key = columns,
            "u" => table.uniques.push(columns),
            "c" => {
                table.checks.insert(name, cells.text());
            }
            _ => table.foreign_keys.push(FoundForeignKey {
                key: ForeignKey { name, columns, table: target, target: target_columns },
                deferred: Some(deferred),
                on_delete,
            }),
        }
    }
    Ok(())
}

async fn indexes(
    reader: &Reader<'_>,
    schema: Schema,
    found: &mut IndexMap<String, FoundTable>,
) -> Result<(), DatabaseError> {
    // One row for each column of each index; those of constraints are left out. An invalid index is none.
    let sql = "SELECT t.relname, i.relname, x.indisunique, m.amname, pg_get_expr(x.indpred, x.indrelid), \
           k.position > x.indnkeyatts, a.attname, \
           CASE WHEN a.attname IS NULL THEN pg_get_indexdef(x.indexrelid, k.position::int, false) END, \
           k.position <= x.indnkeyatts AND (x.indoption[k.position - 1] & 1) = 1 \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
         JOIN pg_am m ON m.oid = i.relam \
         CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k(number, position) \
         LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number <> 0 \
         WHERE t.relnamespace = $SCHEMA AND x.indisvalid \
           AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = x.indexrelid AND n.contype IN ('p', 'u', 'x')) \
         ORDER BY t.relname, i.relname, k.position";
    for row in reader.query_text(&of_schema(sql, schema)).await? {
        let mut cells = Cells::new(row);
        let Some(table) = found.get_mut(&cells.text()) else { continue };
        let (name, unique) = (cells.text(), cells.boolean());
        let (method, condition) = (cells.optional(), cells.optional());
        let carried = cells.boolean();
        let (column, expression) = (cells.optional(), cells.optional());
        let descending = cells.boolean();
        let index = table.indexes.entry(name).or_insert_with(|| FoundIndex {
            unique,
            keys: Vec::new(),
            expressions: Vec::new(),
            condition,
            include: Vec::new(),
            method,
            statement: None,
        });
        if carried {
            index.include.extend(column);
        } else {
            index.keys.push((column, descending));
            index.expressions.extend(expression);
        }
    }
    Ok(())
}
