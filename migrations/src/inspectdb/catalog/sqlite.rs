//! SQLite's tables and views, from its pragmas and its statements.

use super::{Catalog, Check, ColumnDetails, IndexDetails, Relation, RelationKind, Unique, statement};
use crate::inspect::{self, Cells, FoundTable, Reader, Schema};
use indexmap::IndexMap;
use nuages_models::database::{DatabaseError, Dialect};
use nuages_models::sql::{quoted_identifier, quoted_text};

/// The most rows of a table that are looked at to learn how its values are stored.
const ROWS: u32 = 100_000;

pub(super) async fn read(reader: &Reader<'_>) -> Result<Catalog, DatabaseError> {
    let mut found = inspect::tables(reader, Schema::Current).await?;
    let mut relations = Vec::new();
    let mut outside = Vec::new();
    let sql = "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY name";
    for row in reader.query_text(sql).await? {
        let mut cells = Cells::new(row);
        let (name, kind) = (cells.text(), cells.text());
        let (without_row_id, strict) = (cells.boolean(), cells.boolean());
        let Some(table) = found.shift_remove(&name) else { continue };
        let kind = match kind.as_str() {
            "view" => RelationKind::View,
            "virtual" => RelationKind::Foreign,
            "shadow" => {
                outside.push(format!("{name}: a virtual table keeps its own things in it"));
                continue;
            }
            _ => RelationKind::Table,
        };
        let mut relation = relation(reader, name, kind, table).await?;
        relation.strict = strict;
        relation.row_id = kind == RelationKind::Table && !without_row_id;
        relations.push(relation);
    }
    Ok(Catalog { dialect: Dialect::Sqlite, relations, outside, content_types: Vec::new() })
}

async fn relation(
    reader: &Reader<'_>,
    name: String,
    kind: RelationKind,
    mut found: FoundTable,
) -> Result<Relation, DatabaseError> {
    let text = found.statement.clone().filter(|_| kind == RelationKind::Table).unwrap_or_default();
    let declared = statement::table(&text);
    let mut columns = IndexMap::new();
    let sql = format!("SELECT name, hidden FROM pragma_table_xinfo({}) ORDER BY cid", quoted_text(&name));
    for row in reader.query_text(&sql).await? {
        let mut cells = Cells::new(row);
        let (column, hidden) = (cells.text(), cells.text());
        if hidden == "1" {
            // A virtual table's own; nobody sees it with `*`.
            found.columns.shift_remove(&column);
            continue;
        }
        let of = |pairs: &[(String, String)]| {
            pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case(&column)).map(|(_, text)| text.clone())
        };
        let generated =
            matches!(hidden.as_str(), "2" | "3").then(|| of(&declared.generated).unwrap_or_default());
        let collation = of(&declared.collations).filter(|name| !name.eq_ignore_ascii_case("binary"));
        let details = ColumnDetails {
            generated,
            computed_on_read: hidden == "2",
            collation,
            ..ColumnDetails::default()
        };
        columns.insert(column, details);
    }
    let mut uniques: Vec<Unique> = found
        .uniques
        .iter()
        .map(|columns| {
            let same = |(_, named): &&(String, Vec<String>)| {
                named.len() == columns.len()
                    && named.iter().zip(columns).all(|(a, b)| a.eq_ignore_ascii_case(b))
            };
            let name = declared.uniques.iter().find(same).map(|(name, _)| name.clone());
            Unique { name, columns: columns.clone(), remark: None }
        })
        .collect();
    let mut indexes = IndexMap::new();
    for (name, index) in &found.indexes {
        let definition = index.statement.clone().unwrap_or_default();
        let parts = statement::index(&definition, &index.keys);
        let plain: Option<Vec<String>> = index.keys.iter().map(|(column, _)| column.clone()).collect();
        if let (true, None, Some(columns)) = (index.unique, &parts.0, plain) {
            uniques.push(Unique { name: Some(name.clone()), columns, remark: None });
        }
        let details = IndexDetails { definition, parts: Some(parts), ..IndexDetails::default() };
        indexes.insert(name.clone(), details);
    }
    let triggers = format!(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = {} ORDER BY name",
        quoted_text(&name)
    );
    let triggers: Vec<String> = reader.query_text(&triggers).await?.into_iter().flatten().flatten().collect();
    let mut remarks =
        if triggers.is_empty() { Vec::new() } else { vec![format!("triggers: {}", triggers.join(", "))] };
    let updates = format!(
        "SELECT \"from\", on_update FROM pragma_foreign_key_list({}) WHERE on_update <> 'NO ACTION' ORDER BY id, seq",
        quoted_text(&name)
    );
    for row in reader.query_text(&updates).await? {
        let mut cells = Cells::new(row);
        let (column, action) = (cells.text(), cells.text());
        remarks.push(format!("foreign key of {column}: ON UPDATE {action}"));
    }
    let check = |(name, sql, column)| Check { name, sql, column };
    Ok(Relation {
        name,
        kind,
        current: true,
        checks: declared.checks.into_iter().map(check).collect(),
        found,
        columns,
        uniques,
        indexes,
        comment: None,
        remarks,
        strict: false,
        row_id: false,
    })
}

/// How a column's values are stored: SQLite's columns hold what was put in, whatever their types say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Facts {
    /// How many values are integers.
    pub(in super::super) integers: u64,
    /// How many are floats.
    pub(in super::super) reals: u64,
    /// How many are texts.
    pub(in super::super) texts: u64,
    /// How many are bytes.
    pub(in super::super) blobs: u64,
    /// How many integers do not fit 32 bits.
    pub(in super::super) wide: u64,
    /// How many integers are neither 0 nor 1.
    pub(in super::super) not_boolean: u64,
    /// How many texts begin as a day, and are nothing else.
    pub(in super::super) dates: u64,
    /// How many texts are a time of day as Django stores it.
    pub(in super::super) times: u64,
    /// How many texts are a day and a time as Django stores them.
    pub(in super::super) datetimes: u64,
    /// How many texts are 32 hexadecimal digits.
    pub(in super::super) hexadecimal: u64,
    /// How many texts have the form of a UUID with hyphens.
    pub(in super::super) hyphenated: u64,
    /// The most digits before the point of a number.
    pub(in super::super) whole_digits: u64,
    /// The most digits after the point.
    pub(in super::super) places: u64,
}

impl Facts {
    /// How many values there are.
    pub(in super::super) fn values(&self) -> u64 {
        self.integers + self.reals + self.texts + self.blobs
    }
}

/// Looks at the values of a table's columns.
///
/// # Errors
/// When the table cannot be read.
pub(in super::super) async fn facts(
    reader: &Reader<'_>,
    relation: &Relation,
) -> Result<IndexMap<String, Facts>, DatabaseError> {
    let mut facts = IndexMap::new();
    let table = quoted_identifier(&relation.name);
    // A SELECT has a bounded number of columns.
    let names: Vec<&String> = relation.found.columns.keys().collect();
    for some in names.chunks(20) {
        let sums: Vec<String> = some.iter().map(|name| sums(&quoted_identifier(name))).collect();
        let sql = format!("SELECT {} FROM (SELECT * FROM {table} LIMIT {ROWS})", sums.join(", "));
        let Some(row) = reader.query_text(&sql).await?.into_iter().next() else { continue };
        let mut cells = Cells::new(row);
        for name in some {
            let mut number = || cells.text().parse::<u64>().unwrap_or(0);
            let found = Facts {
                integers: number(),
                reals: number(),
                texts: number(),
                blobs: number(),
                wide: number(),
                not_boolean: number(),
                dates: number(),
                times: number(),
                datetimes: number(),
                hexadecimal: number(),
                hyphenated: number(),
                whole_digits: number(),
                places: number(),
            };
            facts.insert((*name).clone(), found);
        }
    }
    Ok(facts)
}

/// The sums behind [`Facts`], in the order of its members.
fn sums(column: &str) -> String {
    let day = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]";
    let time = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]";
    let is = |class: &str| format!("typeof({column}) = '{class}'");
    // The fraction of a second, when there is one, has six digits: texts are compared as they are.
    let moment = |form: &str| {
        format!(
            "{text} AND ({column} GLOB '{form}' OR {column} GLOB '{form}.{six}')",
            text = is("text"),
            six = "[0-9]".repeat(6)
        )
    };
    let conditions = [
        is("integer"),
        is("real"),
        is("text"),
        is("blob"),
        format!("{} AND {column} NOT BETWEEN -2147483648 AND 2147483647", is("integer")),
        format!("{} AND {column} NOT IN (0, 1)", is("integer")),
        format!("{} AND {column} GLOB '{day}'", is("text")),
        moment(time),
        moment(&format!("{day} {time}")),
        format!("{} AND length({column}) = 32 AND {column} NOT GLOB '*[^0-9a-f]*'", is("text")),
        format!(
            "{} AND length({column}) = 36 AND {column} GLOB '*-*-*-*-*' AND {column} NOT GLOB '*[^0-9a-fA-F-]*'",
            is("text")
        ),
    ];
    let counts = conditions.map(|condition| format!("sum({condition})"));
    let number = format!("typeof({column}) IN ('integer', 'real')");
    let digits = format!("ltrim(CAST({column} AS TEXT), '-')");
    let point = format!("instr({digits} || '.', '.')");
    let whole = format!("max(CASE WHEN {number} THEN {point} - 1 END)");
    // `4.0` has no digits after the point.
    let places =
        format!("max(CASE WHEN {} THEN length(rtrim(substr({digits}, {point} + 1), '0')) END)", is("real"));
    format!("{}, {whole}, {places}", counts.join(", "))
}
