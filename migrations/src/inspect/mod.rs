//! What tables a database has. Everything is read with plain queries; the two dialects give the
//! same data.

mod postgres;
mod sqlite;

use crate::table::ForeignKey;
use indexmap::IndexMap;
use nuages_models::database::{Database, DatabaseError, Dialect, Transaction};

/// A table as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FoundTable {
    /// Its columns by name, in order.
    pub columns: IndexMap<String, FoundColumn>,
    /// The columns of the primary key in order.
    pub primary_key: Vec<String>,
    /// Unique constraints: the columns of each.
    pub uniques: Vec<Vec<String>>,
    /// Foreign keys.
    pub foreign_keys: Vec<FoundForeignKey>,
    /// Check constraints by name (PostgreSQL): what stands between `CHECK (` and `)`.
    pub checks: IndexMap<String, String>,
    /// Indexes by name, without those that belong to constraints.
    pub indexes: IndexMap<String, FoundIndex>,
    /// The statement that made it (SQLite).
    pub statement: Option<String>,
}

/// A column as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundColumn {
    /// Its type, as the database spells it.
    pub sql_type: String,
    /// Whether it may be NULL.
    pub null: bool,
    /// Its collation, when it is not the default of its type (PostgreSQL).
    pub collation: Option<String>,
    /// Whether the database counts its values.
    pub identity: bool,
    /// The default, as the database prints it.
    pub default: Option<String>,
    /// Whether it is a stored generated column, and its expression, if the database tells.
    pub stored: Option<Option<String>>,
}

/// A foreign key as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundForeignKey {
    /// Its columns and target; SQLite gives it no name.
    pub key: ForeignKey,
    /// Whether it is checked when the transaction ends. `None`: the database does not tell.
    pub deferred: Option<bool>,
    /// What happens here when the row there is deleted, in the database's words.
    pub on_delete: String,
}

/// An index as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundIndex {
    /// Whether no two rows may agree.
    pub unique: bool,
    /// Its keys: a column's name, or nothing for an expression; whether it is descending.
    pub keys: Vec<(Option<String>, bool)>,
    /// Its expressions as the database prints them, in the order of the keys (PostgreSQL).
    pub expressions: Vec<String>,
    /// Its condition as the database prints it (PostgreSQL).
    pub condition: Option<String>,
    /// The columns carried along (PostgreSQL).
    pub include: Vec<String>,
    /// Its access method (PostgreSQL).
    pub method: Option<String>,
    /// The statement that made it (SQLite).
    pub statement: Option<String>,
}

/// Where to look: a database as it is, or a transaction that will go on to change it.
pub(crate) enum Reader<'a> {
    /// Any of its connections; nothing is locked.
    Database(&'a Database),
    /// The connection of the transaction.
    Transaction(&'a Transaction),
}

impl Reader<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Database(database) => database.dialect(),
            Self::Transaction(transaction) => transaction.dialect(),
        }
    }

    pub(crate) async fn query_text(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
        match self {
            Self::Database(database) => database.query_text(sql).await,
            Self::Transaction(transaction) => transaction.query_text(sql).await,
        }
    }
}

/// Where tables are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    /// Where new tables are made: the database's own.
    Current,
    /// Temporary tables of this connection (PostgreSQL).
    Temporary,
    /// The schema with this number (PostgreSQL).
    Number(u32),
}

/// All tables of the database (PostgreSQL: of the schema) by name.
pub(crate) async fn tables(
    reader: &Reader<'_>,
    schema: Schema,
) -> Result<IndexMap<String, FoundTable>, DatabaseError> {
    match reader.dialect() {
        Dialect::Sqlite => sqlite::tables(reader).await,
        Dialect::Postgres => postgres::tables(reader, schema).await,
    }
}

/// One row's cells in order, missing ones as NULL.
pub(crate) struct Cells(std::vec::IntoIter<Option<String>>);

impl Cells {
    pub(crate) fn new(row: Vec<Option<String>>) -> Self {
        Self(row.into_iter())
    }

    pub(crate) fn optional(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    pub(crate) fn text(&mut self) -> String {
        self.optional().unwrap_or_default()
    }

    /// PostgreSQL's `t`, SQLite's 1.
    pub(crate) fn boolean(&mut self) -> bool {
        matches!(self.optional().as_deref(), Some("t" | "1"))
    }

    /// Names joined by the separator that no name has.
    pub(crate) fn list(&mut self) -> Vec<String> {
        self.optional().map(|text| text.split(SEPARATOR).map(str::to_owned).collect()).unwrap_or_default()
    }
}

/// Between names of a list: ASCII's unit separator.
pub(crate) const SEPARATOR: char = '\u{1f}';
