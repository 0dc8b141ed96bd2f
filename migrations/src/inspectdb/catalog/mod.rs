//! Everything that a database says of its tables and views: what [`crate::inspect`] reads to compare, and what model files
//! need besides.

mod postgres;
mod sqlite;
mod statement;

use crate::inspect::{FoundTable, Reader};
use indexmap::IndexMap;
use nuages_models::database::{DatabaseError, Dialect};

pub(super) use sqlite::{Facts, facts};

/// A database as model files see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Catalog {
    /// Whose words the SQL in it is in.
    pub(super) dialect: Dialect,
    /// Tables and views by name, in order.
    pub(super) relations: Vec<Relation>,
    /// What was not looked at, and why; one a line.
    pub(super) outside: Vec<String>,
    /// Apps and models that Django knows, in lower case.
    pub(super) content_types: Vec<(String, String)>,
}

/// What a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RelationKind {
    /// A table.
    Table,
    /// A table whose rows are in its partitions.
    Partitioned,
    /// A view.
    View,
    /// A view that is kept.
    MaterializedView,
    /// A table of another server, or one that a module makes (SQLite).
    Foreign,
}

impl RelationKind {
    /// For sentences: `a view`.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Table => "a table",
            Self::Partitioned => "a partitioned table",
            Self::View => "a view",
            Self::MaterializedView => "a materialized view",
            Self::Foreign => "a foreign table",
        }
    }
}

/// A table or view.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Relation {
    /// Its name.
    pub(super) name: String,
    /// What it is.
    pub(super) kind: RelationKind,
    /// Whether it is in the schema that new tables are made in.
    pub(super) current: bool,
    /// What is compared.
    pub(super) found: FoundTable,
    /// What else there is of its columns, by name.
    pub(super) columns: IndexMap<String, ColumnDetails>,
    /// Unique constraints and unconditional unique indexes over columns.
    pub(super) uniques: Vec<Unique>,
    /// Check constraints.
    pub(super) checks: Vec<Check>,
    /// What else there is of its indexes, by name.
    pub(super) indexes: IndexMap<String, IndexDetails>,
    /// Its comment.
    pub(super) comment: Option<String>,
    /// What a model file has no words for; one a line.
    pub(super) remarks: Vec<String>,
    /// SQLite: values of other storage classes are refused.
    pub(super) strict: bool,
    /// SQLite: rows have numbers of their own.
    pub(super) row_id: bool,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unique {
    /// Its name; SQLite's constraints may have none.
    pub(super) name: Option<String>,
    /// The columns.
    pub(super) columns: Vec<String>,
    /// What a model file cannot say of it.
    pub(super) remark: Option<&'static str>,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    /// Its name; SQLite's may have none.
    pub(super) name: Option<String>,
    /// The condition in the database's words.
    pub(super) sql: String,
    /// The column at which it is declared (SQLite).
    pub(super) column: Option<String>,
}

/// What else there is of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct IndexDetails {
    /// The statement that makes it.
    pub(super) definition: String,
    /// Operator classes that are not the default.
    pub(super) operator_classes: Vec<String>,
    /// What keeps it out of a model file.
    pub(super) remark: Option<&'static str>,
    /// Its condition and its expressions in the order of the keys (SQLite; PostgreSQL's are in [`FoundTable`]).
    pub(super) parts: Option<(Option<String>, Vec<String>)>,
}

/// What else there is of a column.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ColumnDetails {
    /// Its comment.
    pub(super) comment: Option<String>,
    /// Its type (PostgreSQL).
    pub(super) postgres: Option<PostgresType>,
    /// The expression of a generated column.
    pub(super) generated: Option<String>,
    /// Whether a generated column is computed when it is read.
    pub(super) computed_on_read: bool,
    /// `GENERATED ALWAYS AS IDENTITY`.
    pub(super) always_identity: bool,
    /// Its own collation (SQLite).
    pub(super) collation: Option<String>,
}

/// A type of PostgreSQL, looked up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct PostgresType {
    /// Its name in the catalog, with the schema where the search path does not find it.
    pub(super) name: String,
    /// How PostgreSQL prints the type behind the domain: `character varying(20)`.
    pub(super) printed: String,
    /// The type behind the domain is an enum, or a list of one, with these labels.
    pub(super) labels: Option<Vec<String>>,
    /// The domain's name, and its checks.
    pub(super) domain: Option<(String, Option<String>)>,
    /// The domain's default.
    pub(super) domain_default: Option<String>,
    /// Dimensions that are declared of a list.
    pub(super) dimensions: u32,
}

/// Reads all of it.
///
/// # Errors
/// When the database cannot be asked.
pub(super) async fn read(reader: &Reader<'_>) -> Result<Catalog, DatabaseError> {
    let mut catalog = match reader.dialect() {
        Dialect::Postgres => postgres::read(reader).await?,
        Dialect::Sqlite => sqlite::read(reader).await?,
    };
    catalog.content_types = content_types(reader, &catalog).await?;
    Ok(catalog)
}

async fn content_types(
    reader: &Reader<'_>,
    catalog: &Catalog,
) -> Result<Vec<(String, String)>, DatabaseError> {
    let is_django = |relation: &Relation| {
        relation.name == "django_content_type"
            && ["app_label", "model"].iter().all(|column| relation.found.columns.contains_key(*column))
    };
    if !catalog.relations.iter().any(is_django) {
        return Ok(Vec::new());
    }
    let rows = reader
        .query_text("SELECT app_label, model FROM django_content_type ORDER BY app_label, model")
        .await?;
    let pair = |row: Vec<Option<String>>| match row.as_slice() {
        [Some(app), Some(model)] => Some((app.clone(), model.clone())),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}
