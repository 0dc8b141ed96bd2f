//! Tables as statements. Rendering cannot fail: what a dialect has not was refused when the tables were described.
//!
//! SQLite's tables are STRICT: a value of another storage class than the column's is refused, as PostgreSQL refuses
//! it, and the readers may rely on it. Other tools can open such files since SQLite 3.37 (2021). Nothing in the
//! file needs a function of ours.

use crate::table::{Column, ColumnCheck, Constraint, Generated, Index, IndexKey, Key, Table, derived_name};
use nuages_models::database::Dialect;
use nuages_models::sql::{quoted_identifier, quoted_text};

/// The statements that create the tables on a database that has none of them, in the order in which they must run.
pub fn create(tables: &[Table], dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = tables.iter().map(|table| create_table(table, dialect)).collect();
    if dialect == Dialect::Postgres {
        // Tables may refer to each other in a circle, so the references come last.
        for table in tables {
            statements.extend(foreign_keys(table).map(|key| {
                let (table, name) = (quoted_identifier(&table.name), quoted_identifier(key.name()));
                format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}", definition(key))
            }));
        }
    }
    for table in tables {
        statements.extend(table.indexes.iter().map(|index| create_index(table, index)));
    }
    if dialect == Dialect::Postgres {
        for table in tables {
            statements.extend(comments(table));
        }
    }
    statements
}

/// The statements that make a temporary copy of what has expressions on a table: see [`crate::compare`].
pub(crate) fn temporary(table: &Table) -> Vec<String> {
    let column = |column: &Column| {
        let counted = column.generated == Generated::Identity;
        let generated = if counted { Generated::Never } else { column.generated.clone() };
        Column { generated, ..column.clone() }
    };
    let is_check = |constraint: &&Constraint| matches!(constraint, Constraint::Check { .. });
    let table = &Table {
        columns: table.columns.iter().map(column).collect(),
        primary_key: Vec::new(),
        constraints: table.constraints.iter().filter(is_check).cloned().collect(),
        indexes: table.indexes.iter().filter(|index| index.has_expressions()).cloned().collect(),
        ..table.clone()
    };
    let create =
        create_table(table, Dialect::Postgres).replacen("CREATE TABLE ", "CREATE TEMPORARY TABLE ", 1);
    // An index is where its table is, and takes no schema.
    let indexes = table.indexes.iter().map(|index| create_index(table, index));
    std::iter::once(create).chain(indexes).collect()
}

/// A stored generated column's clause.
fn stored(value: &str) -> String {
    format!(" GENERATED ALWAYS AS ({value}) STORED")
}

/// A column's declaration up to its expression, as it stands in SQLite's copy of the statement.
pub(crate) fn stored_column(column: &Column, value: &str) -> String {
    format!("{} {}{}", quoted_identifier(&column.name), column.sql_type, stored(value))
}

/// The statement that creates a table, without its indexes and, on PostgreSQL, its foreign keys.
pub(crate) fn create_table(table: &Table, dialect: Dialect) -> String {
    create_table_as(&table.name, table, dialect)
}

/// The same under another name for a time: what is derived from the table's name is as it will be in the end.
pub(crate) fn create_table_as(name: &str, table: &Table, dialect: Dialect) -> String {
    let mut parts: Vec<String> = table.columns.iter().map(|c| column(table, c, dialect)).collect();
    if !declares_row_id(table, dialect) && !table.primary_key.is_empty() {
        parts.push(format!("PRIMARY KEY ({})", names(&table.primary_key)));
    }
    // PostgreSQL's references are added when all tables exist.
    let here = |constraint: &&Constraint| {
        dialect == Dialect::Sqlite || !matches!(constraint, Constraint::ForeignKey(_))
    };
    parts.extend(table.constraints.iter().filter(here).map(|constraint| {
        format!("CONSTRAINT {} {}", quoted_identifier(constraint.name()), definition(constraint))
    }));
    let strict = match dialect {
        Dialect::Sqlite => " STRICT",
        Dialect::Postgres => "",
    };
    format!("CREATE TABLE {} (\n    {}\n){strict}", quoted_identifier(name), parts.join(",\n    "))
}

/// Whether the primary key is part of its column's declaration, as SQLite's row id must be.
fn declares_row_id(table: &Table, dialect: Dialect) -> bool {
    dialect == Dialect::Sqlite
        && table.primary_key.len() == 1
        && table
            .columns
            .iter()
            .any(|c| c.generated == Generated::Identity && table.primary_key.contains(&c.name))
}

/// A column's declaration.
pub(crate) fn column(table: &Table, column: &Column, dialect: Dialect) -> String {
    let mut out = format!("{} {}", quoted_identifier(&column.name), column.sql_type);
    if let Some(collation) = &column.collation {
        out.push_str(&format!(" COLLATE {}", quoted_identifier(collation)));
    }
    match (&column.generated, dialect) {
        (Generated::Identity, Dialect::Sqlite) if declares_row_id(table, dialect) => {
            out.push_str(" PRIMARY KEY AUTOINCREMENT");
        }
        (Generated::Identity, Dialect::Postgres) => out.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
        (Generated::Default(value), _) => out.push_str(&format!(" DEFAULT {value}")),
        (Generated::Stored(value), _) => out.push_str(&stored(value)),
        (Generated::Never | Generated::Identity, _) => {}
    }
    if !column.null {
        out.push_str(" NOT NULL");
    }
    if let Some(check) = column_check(table, column) {
        out.push(' ');
        out.push_str(&check);
    }
    out
}

/// The name of the constraint that a column's type brings.
pub(crate) fn column_check_name(table: &Table, column: &Column) -> String {
    derived_name(&[&table.name, &column.name, "check"])
}

/// The clause of a column's own check.
pub(crate) fn column_check(table: &Table, column: &Column) -> Option<String> {
    Some(check_constraint(&column_check_name(table, column), &column_condition(column)?))
}

/// The condition of a column's own check.
pub(crate) fn column_condition(column: &Column) -> Option<String> {
    let name = quoted_identifier(&column.name);
    Some(match column.check.as_ref()? {
        ColumnCheck::Boolean => format!("{name} IN (0, 1)"),
        ColumnCheck::Range { min: Some(min), max: Some(max) } => format!("{name} BETWEEN {min} AND {max}"),
        ColumnCheck::Range { min: Some(min), max: None } => format!("{name} >= {min}"),
        ColumnCheck::Range { min: None, max: Some(max) } => format!("{name} <= {max}"),
        ColumnCheck::Range { min: None, max: None } => return None,
        ColumnCheck::MaxLength(length) => format!("length({name}) <= {length}"),
        // Before SQLite 3.41 json_valid(NULL) is false, and other programs check the file with what they have.
        ColumnCheck::Json if column.null => format!("{name} IS NULL OR json_valid({name})"),
        ColumnCheck::Json => format!("json_valid({name})"),
        ColumnCheck::Uuid => format!("length({name}) = 32 AND {name} NOT GLOB '*[^0-9a-f]*'"),
    })
}

/// A check's clause, as it stands in SQLite's copy of the statement.
pub(crate) fn check_constraint(name: &str, condition: &str) -> String {
    format!("CONSTRAINT {} {}", quoted_identifier(name), check_definition(condition))
}

/// What a check says after its name.
pub(crate) fn check_definition(condition: &str) -> String {
    format!("CHECK ({condition})")
}

/// What a constraint says after its name.
pub(crate) fn definition(constraint: &Constraint) -> String {
    match constraint {
        Constraint::Unique { columns, .. } => format!("UNIQUE ({})", names(columns)),
        Constraint::Check { condition, .. } => check_definition(condition),
        Constraint::ForeignKey(key) => format!(
            "FOREIGN KEY ({}) REFERENCES {} ({}) DEFERRABLE INITIALLY DEFERRED",
            names(&key.columns),
            quoted_identifier(&key.table),
            names(&key.target)
        ),
    }
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = &Constraint> {
    table.constraints.iter().filter(|constraint| matches!(constraint, Constraint::ForeignKey(_)))
}

/// The statement that creates one index.
pub(crate) fn create_index(table: &Table, index: &Index) -> String {
    let mut out = String::from(if index.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " });
    out.push_str(&quoted_identifier(&index.name));
    out.push_str(" ON ");
    out.push_str(&quoted_identifier(&table.name));
    if let Some(method) = &index.method {
        out.push_str(&format!(" USING {}", quoted_identifier(method)));
    }
    let keys: Vec<String> = index.keys.iter().map(|key| index_key(key, index.method.is_some())).collect();
    out.push_str(&format!(" ({})", keys.join(", ")));
    if !index.include.is_empty() {
        out.push_str(&format!(" INCLUDE ({})", names(&index.include)));
    }
    if let Some(condition) = &index.condition {
        out.push_str(&format!(" WHERE {condition}"));
    }
    out
}

fn index_key(key: &IndexKey, unordered: bool) -> String {
    let mut out = match &key.key {
        Key::Column(column) => quoted_identifier(column),
        Key::Expression(value) => format!("({value})"),
    };
    // Only B-trees have an order.
    if key.descending && !unordered {
        out.push_str(" DESC");
    }
    out
}

fn comments(table: &Table) -> Vec<String> {
    let of_table = table.comment.iter().map(|text| comment(&table.name, None, Some(text)));
    let of_columns = table.columns.iter().filter_map(|column| {
        let text = column.comment.as_ref()?;
        Some(comment(&table.name, Some(&column.name), Some(text)))
    });
    of_table.chain(of_columns).collect()
}

/// The statement that says or takes back a comment.
pub(crate) fn comment(table: &str, column: Option<&str>, text: Option<&str>) -> String {
    let table = quoted_identifier(table);
    let what = match column {
        Some(column) => format!("COLUMN {table}.{}", quoted_identifier(column)),
        None => format!("TABLE {table}"),
    };
    format!("COMMENT ON {what} IS {}", text.map_or_else(|| "NULL".to_owned(), quoted_text))
}

/// Names in a list, quoted.
pub(crate) fn names(columns: &[String]) -> String {
    columns.iter().map(|column| quoted_identifier(column)).collect::<Vec<_>>().join(", ")
}
