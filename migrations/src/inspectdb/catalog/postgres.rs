//! PostgreSQL's tables and views, from its catalogs.

use super::{Catalog, Check, ColumnDetails, IndexDetails, PostgresType, Relation, RelationKind, Unique};
use crate::inspect::{self, Cells, FoundTable, Reader, SEPARATOR, Schema};
use indexmap::IndexMap;
use nuages_models::database::{DatabaseError, Dialect};

/// Schemas of the search path in its order; temporary tables and the system's own are nobody's models.
const SCHEMAS: &str = "SELECT n.oid, n.nspname, n.nspname = current_schema() \
    FROM unnest(current_schemas(false)) WITH ORDINALITY AS s(name, position) \
    JOIN pg_namespace n ON n.nspname = s.name \
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY s.position";

/// Schemas with tables that the search path does not reach.
const OUTSIDE: &str = "SELECT n.nspname, count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition \
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
      AND n.nspname <> ALL (current_schemas(false)) \
    GROUP BY n.nspname ORDER BY n.nspname";

pub(super) async fn read(reader: &Reader<'_>) -> Result<Catalog, DatabaseError> {
    let mut relations: IndexMap<String, Relation> = IndexMap::new();
    let mut outside = Vec::new();
    for row in reader.query_text(SCHEMAS).await? {
        let mut cells = Cells::new(row);
        let number: u32 = cells.text().parse().unwrap_or(0);
        let (schema, current) = (cells.text(), cells.boolean());
        for relation in of_schema(reader, number, current, &mut outside).await? {
            match relations.get(&relation.name) {
                Some(_) => outside.push(format!(
                    "\"{schema}\".\"{}\": a table of the same name comes before it in the search path",
                    relation.name
                )),
                None => {
                    relations.insert(relation.name.clone(), relation);
                }
            }
        }
    }
    for row in reader.query_text(OUTSIDE).await? {
        let mut cells = Cells::new(row);
        let (schema, count) = (cells.text(), cells.text());
        outside.push(format!(
            "schema \"{schema}\" (tables and views: {count}): it is not in the search path; \
             add options=-csearch_path={schema} to the URL to read it"
        ));
    }
    let mut relations: Vec<Relation> = relations.into_values().collect();
    relations.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Catalog { dialect: Dialect::Postgres, relations, outside, content_types: Vec::new() })
}

async fn of_schema(
    reader: &Reader<'_>,
    schema: u32,
    current: bool,
    outside: &mut Vec<String>,
) -> Result<Vec<Relation>, DatabaseError> {
    let mut found = inspect::tables(reader, Schema::Number(schema)).await?;
    let sql = format!(
        "SELECT c.relname, c.relkind, c.relispartition, obj_description(c.oid, 'pg_class'), \
           EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'), \
           CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, \
           (SELECT string_agg(k.relname, '{SEPARATOR}' ORDER BY k.relname) FROM pg_inherits i \
             JOIN pg_class k ON k.oid = i.inhrelid WHERE i.inhparent = c.oid), \
           (SELECT string_agg(p.relname, '{SEPARATOR}' ORDER BY i.inhseqno) FROM pg_inherits i \
             JOIN pg_class p ON p.oid = i.inhparent WHERE i.inhrelid = c.oid), \
           (SELECT string_agg(t.tgname, '{SEPARATOR}' ORDER BY t.tgname) FROM pg_trigger t \
             WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), \
           c.relrowsecurity, \
           (SELECT string_agg(r.rulename, '{SEPARATOR}' ORDER BY r.rulename) FROM pg_rewrite r \
             WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') \
         FROM pg_class c WHERE c.relnamespace = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname"
    );
    let mut relations = Vec::new();
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let (name, kind, partition) = (cells.text(), cells.text(), cells.boolean());
        let comment = cells.optional();
        let of_extension = cells.boolean();
        let key = cells.optional();
        let (children, parents, triggers) = (cells.list(), cells.list(), cells.list());
        let row_security = cells.boolean();
        let rules = cells.list();
        let Some(found) = found.shift_remove(&name) else { continue };
        if partition {
            continue;
        }
        if of_extension {
            outside.push(format!("{name}: an extension made it"));
            continue;
        }
        let kind = match kind.as_str() {
            "p" => RelationKind::Partitioned,
            "v" => RelationKind::View,
            "m" => RelationKind::MaterializedView,
            "f" => RelationKind::Foreign,
            _ => RelationKind::Table,
        };
        let mut remarks = Vec::new();
        if let Some(key) = key {
            let partitions = if children.is_empty() { "none yet".to_owned() } else { children.join(", ") };
            remarks.push(format!("partitioned by {key}; its partitions: {partitions}"));
        } else if !children.is_empty() {
            remarks.push(format!(
                "its rows include those of the tables that inherit from it: {}",
                children.join(", ")
            ));
        }
        if !parents.is_empty() {
            remarks.push(format!("it inherits from {}", parents.join(", ")));
        }
        if !triggers.is_empty() {
            remarks.push(format!("triggers: {}", triggers.join(", ")));
        }
        if !rules.is_empty() {
            remarks.push(format!("rules: {}", rules.join(", ")));
        }
        if row_security {
            remarks.push("row level security decides which rows the server sees".to_owned());
        }
        relations.push(relation(name, kind, current, found, comment, remarks));
    }
    columns(reader, schema, &mut relations).await?;
    constraints(reader, schema, &mut relations).await?;
    indexes(reader, schema, &mut relations).await?;
    Ok(relations)
}

fn relation(
    name: String,
    kind: RelationKind,
    current: bool,
    found: FoundTable,
    comment: Option<String>,
    remarks: Vec<String>,
) -> Relation {
    let check =
        |(name, sql): (&String, &String)| Check { name: Some(name.clone()), sql: sql.clone(), column: None };
    Relation {
        checks: found.checks.iter().map(check).collect(),
        name,
        kind,
        current,
        found,
        columns: IndexMap::new(),
        uniques: Vec::new(),
        indexes: IndexMap::new(),
        comment,
        remarks,
        strict: true,
        row_id: false,
    }
}

fn named<'r>(relations: &'r mut [Relation], name: &str) -> Option<&'r mut Relation> {
    relations.iter_mut().find(|relation| relation.name == name)
}

async fn columns(reader: &Reader<'_>, schema: u32, relations: &mut [Relation]) -> Result<(), DatabaseError> {
    // A domain stands for the type behind it, a list for its elements.
    let sql = format!(
        "SELECT c.relname, a.attname, col_description(c.oid, a.attnum), t.typname, \
           CASE WHEN pg_type_is_visible(t.oid) THEN '' ELSE n.nspname END, \
           CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) \
             ELSE format_type(a.atttypid, a.atttypmod) END, \
           (SELECT string_agg(e.enumlabel, '{SEPARATOR}' ORDER BY e.enumsortorder) FROM pg_enum e \
             WHERE e.enumtypid IN (b.oid, b.typelem)), \
           t.typtype = 'd', \
           (SELECT string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname) FROM pg_constraint k \
             WHERE k.contypid = t.oid), \
           CASE WHEN t.typtype = 'd' THEN t.typdefault END, greatest(a.attndims, t.typndims), \
           CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END, a.attgenerated = 'v', \
           a.attidentity = 'a', t.typnotnull \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace \
         JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
         LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
         WHERE c.relnamespace = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
         ORDER BY c.relname, a.attnum"
    );
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let Some(relation) = named(relations, &cells.text()) else { continue };
        let column = cells.text();
        let comment = cells.optional();
        let (own, of_schema, printed) = (cells.text(), cells.text(), cells.text());
        let labels = cells.optional().map(|text| text.split(SEPARATOR).map(str::to_owned).collect());
        let is_domain = cells.boolean();
        let (checks, domain_default) = (cells.optional(), cells.optional());
        let dimensions = cells.text().parse().unwrap_or(0);
        let generated = cells.optional();
        let computed_on_read = cells.boolean();
        let always_identity = cells.boolean();
        let not_null = cells.boolean();
        let name = if of_schema.is_empty() { own.clone() } else { format!("{of_schema}.{own}") };
        let postgres = PostgresType {
            name,
            printed,
            labels,
            domain: is_domain.then_some((own, checks)),
            domain_default,
            dimensions,
        };
        if let Some(found) = relation.found.columns.get_mut(&column)
            && not_null
        {
            found.null = false;
        }
        let details = ColumnDetails {
            comment,
            postgres: Some(postgres),
            generated,
            computed_on_read,
            always_identity,
            collation: None,
        };
        relation.columns.insert(column, details);
    }
    Ok(())
}

async fn constraints(
    reader: &Reader<'_>,
    schema: u32,
    relations: &mut [Relation],
) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT c.relname, n.conname, n.contype, n.condeferrable, n.convalidated, pg_get_constraintdef(n.oid), \
           (SELECT string_agg(a.attname, '{SEPARATOR}' ORDER BY k.position) \
             FROM unnest(n.conkey) WITH ORDINALITY AS k(number, position) \
             JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = k.number) \
         FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid \
         WHERE c.relnamespace = {schema} AND n.contype IN ('u', 'x', 'c', 'f') ORDER BY c.relname, n.conname"
    );
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let Some(relation) = named(relations, &cells.text()) else { continue };
        let (name, kind) = (cells.text(), cells.text());
        let (deferrable, valid) = (cells.boolean(), cells.boolean());
        let definition = cells.text();
        let columns = cells.list();
        match kind.as_str() {
            "u" => {
                let remark = if definition.contains("NULLS NOT DISTINCT") {
                    Some("NULLs count as equal")
                } else if deferrable {
                    Some("deferrable")
                } else {
                    None
                };
                relation.uniques.push(Unique { name: Some(name.clone()), columns, remark });
            }
            "x" => relation.remarks.push(format!("constraint {name}: {definition}")),
            "c" if !valid => {
                relation.remarks.push(format!("constraint {name} holds for new rows only (NOT VALID)"))
            }
            "f" if !valid => {
                relation.remarks.push(format!("foreign key {name} holds for new rows only (NOT VALID)"));
            }
            _ => {}
        }
        if kind == "f"
            && let Some((_, action)) = definition.split_once(" ON UPDATE ")
        {
            let action =
                action.split(" ON ").next().unwrap_or(action).split(" DEFERRABLE").next().unwrap_or(action);
            relation.remarks.push(format!("foreign key {name}: ON UPDATE {action}"));
        }
        if kind == "f" && definition.contains(" MATCH FULL") {
            relation.remarks.push(format!("foreign key {name}: MATCH FULL"));
        }
    }
    Ok(())
}

async fn indexes(reader: &Reader<'_>, schema: u32, relations: &mut [Relation]) -> Result<(), DatabaseError> {
    let sql = format!(
        "SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid, \
           (SELECT string_agg(o.opcname, '{SEPARATOR}') FROM unnest(x.indclass) AS k(class) \
             JOIN pg_opclass o ON o.oid = k.class WHERE NOT o.opcdefault), \
           EXISTS (SELECT FROM unnest(x.indoption) AS o(bits) WHERE o.bits IN (1, 2)), x.indisunique, \
           (SELECT string_agg(a.attname, '{SEPARATOR}' ORDER BY k.position) \
             FROM unnest(x.indkey) WITH ORDINALITY AS k(number, position) \
             JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number AND k.number <> 0 \
             WHERE k.position <= x.indnkeyatts), \
           x.indpred IS NULL AND x.indexprs IS NULL \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
         WHERE t.relnamespace = {schema} \
           AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = x.indexrelid AND n.contype IN ('p', 'u', 'x')) \
         ORDER BY t.relname, i.relname"
    );
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let Some(relation) = named(relations, &cells.text()) else { continue };
        let (name, definition, valid) = (cells.text(), cells.text(), cells.boolean());
        let operator_classes = cells.list();
        let odd_nulls = cells.boolean();
        let unique = cells.boolean();
        let columns = cells.list();
        let plain = cells.boolean();
        let nulls_equal = definition.contains("NULLS NOT DISTINCT");
        let remark = if !valid {
            Some("it is invalid: its building was interrupted")
        } else if odd_nulls {
            Some("its place of NULLs is not the default")
        } else if nulls_equal {
            Some("NULLs count as equal in it")
        } else {
            None
        };
        if unique && plain && valid && !nulls_equal {
            relation.uniques.push(Unique { name: Some(name.clone()), columns, remark: None });
        }
        let details = IndexDetails { definition, operator_classes, remark, parts: None };
        relation.indexes.insert(name, details);
    }
    Ok(())
}
