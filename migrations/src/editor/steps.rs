//! The steps that change tables, as plain data.

use crate::table::{Column, Index, Table};

/// One change of a database's tables. Steps run in their order; each leaves the database in a state that the next expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A new table; on PostgreSQL without its foreign keys, and everywhere without its indexes: other steps add them.
    CreateTable(Table),
    /// A table goes, with its rows.
    DropTable {
        /// Which.
        table: String,
    },
    /// A table has another name.
    RenameTable {
        /// Its name.
        table: String,
        /// Its name afterwards.
        to: String,
    },
    /// A column has another name.
    RenameColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Its name afterwards.
        to: String,
    },
    /// A constraint has another name (PostgreSQL).
    RenameConstraint {
        /// The table.
        table: String,
        /// The constraint.
        name: String,
        /// Its name afterwards.
        to: String,
    },
    /// An index has another name (PostgreSQL). `maybe`: it may have had another name before, which is left alone then, because the
    /// database and not Nuages has named it.
    RenameIndex {
        /// The index.
        name: String,
        /// Its name afterwards.
        to: String,
        /// Whether it may be missing.
        maybe: bool,
    },
    /// The sequence behind an identity column has another name (PostgreSQL).
    RenameSequence {
        /// The sequence.
        name: String,
        /// Its name afterwards.
        to: String,
    },
    /// A new column.
    AddColumn {
        /// The table, for the name of the column's check.
        table: Table,
        /// The column.
        column: Column,
        /// What rows that are there get, once.
        fill: Option<String>,
    },
    /// A column goes, with its values.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column has another type or collation (PostgreSQL).
    SetType {
        /// The table.
        table: String,
        /// The column as it should be.
        column: Column,
        /// Its type before.
        from: String,
        /// What its values become, when it is more than the database does by itself.
        using: Option<String>,
    },
    /// A column may be NULL (PostgreSQL).
    DropNotNull {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column may not be NULL (PostgreSQL).
    SetNotNull {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How it is found that no row has NULL.
        how: How,
    },
    /// A column gets a default, or loses it (PostgreSQL).
    SetDefault {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The default.
        value: Option<String>,
    },
    /// A column's values are not computed any more, and stay as they are (PostgreSQL).
    DropExpression {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The database counts a column's values from now on, or no more (PostgreSQL).
    SetIdentity {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Whether it counts.
        counts: bool,
    },
    /// Rows with NULL get a value.
    Fill {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A table has a primary key (PostgreSQL).
    AddPrimaryKey {
        /// The table.
        table: String,
        /// The columns.
        columns: Vec<String>,
    },
    /// A table has no primary key (PostgreSQL).
    DropPrimaryKey {
        /// The table.
        table: String,
        /// The constraint.
        name: String,
    },
    /// A new constraint (PostgreSQL).
    AddConstraint {
        /// The table.
        table: String,
        /// The constraint.
        constraint: Clause,
        /// How it is found that all rows keep it.
        how: How,
    },
    /// A constraint goes (PostgreSQL).
    DropConstraint {
        /// The table.
        table: String,
        /// The constraint.
        constraint: Clause,
    },
    /// A new index.
    CreateIndex {
        /// The table.
        table: Table,
        /// The index.
        index: Index,
        /// How it is built.
        how: How,
    },
    /// An index goes.
    DropIndex {
        /// Its table.
        table: String,
        /// The index.
        name: String,
        /// How it goes.
        how: How,
    },
    /// A comment of a table, or of a column (PostgreSQL).
    Comment {
        /// The table.
        table: String,
        /// The column.
        column: Option<String>,
        /// The comment.
        text: Option<String>,
    },
    /// A table is made anew under its name, with its rows (SQLite, whose ALTER TABLE can do little). Its indexes are made by
    /// later steps; triggers of other programs are kept by who runs this.
    Rebuild(Box<Rebuild>),
}

/// How a step of PostgreSQL that looks at all rows does so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum How {
    /// At once; who writes to the table waits meanwhile.
    #[default]
    InPlace,
    /// Beside those who write to the table, which takes longer and cannot be part of a transaction: indexes CONCURRENTLY,
    /// constraints NOT VALID first and validated afterwards.
    Online,
}

/// A constraint as its declaration says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its name.
    pub name: String,
    /// What it says after its name: `UNIQUE ("a")`.
    pub definition: String,
    /// Its kind.
    pub kind: ClauseKind,
}

/// The kinds of constraints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseKind {
    /// No two rows agree on the columns.
    Unique {
        /// The columns.
        columns: Vec<String>,
    },
    /// A condition.
    Check,
    /// A reference.
    ForeignKey {
        /// The columns here.
        columns: Vec<String>,
        /// The other table.
        table: String,
        /// The columns there.
        target: Vec<String>,
    },
}

/// A table of SQLite that is made anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Rebuild {
    /// The table as it is, under its new name and with its columns under their new names.
    pub before: Table,
    /// The table as it should be.
    pub after: Table,
    /// What each written column gets, in the words of the old table. Never empty, as that would write no rows.
    pub values: Vec<(String, String)>,
}

/// What becomes of a column's values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conversion {
    /// The new value in terms of the old column; `None`: as it is.
    pub value: Option<String>,
    /// The condition that finds rows whose value the new column cannot hold; `None`: all fit.
    pub unfit: Option<String>,
}

impl Step {
    /// The table that the step changes.
    pub fn table(&self) -> Option<&str> {
        Some(match self {
            Self::CreateTable(table) | Self::AddColumn { table, .. } | Self::CreateIndex { table, .. } => {
                &table.name
            }
            Self::DropTable { table }
            | Self::RenameTable { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::RenameConstraint { table, .. }
            | Self::DropColumn { table, .. }
            | Self::SetType { table, .. }
            | Self::DropNotNull { table, .. }
            | Self::SetNotNull { table, .. }
            | Self::SetDefault { table, .. }
            | Self::DropExpression { table, .. }
            | Self::SetIdentity { table, .. }
            | Self::Fill { table, .. }
            | Self::AddPrimaryKey { table, .. }
            | Self::DropPrimaryKey { table, .. }
            | Self::AddConstraint { table, .. }
            | Self::DropConstraint { table, .. }
            | Self::DropIndex { table, .. }
            | Self::Comment { table, .. } => table,
            Self::Rebuild(rebuild) => &rebuild.after.name,
            Self::RenameIndex { .. } | Self::RenameSequence { .. } => return None,
        })
    }

    /// How the step looks at rows, where that can be chosen.
    pub fn how_mut(&mut self) -> Option<&mut How> {
        match self {
            // A new table is empty, and only B-trees of constraints can be taken over.
            Self::SetNotNull { how, .. }
            | Self::AddConstraint { how, .. }
            | Self::CreateIndex { how, .. }
            | Self::DropIndex { how, .. } => Some(how),
            _ => None,
        }
    }

    /// Whether it cannot be part of a transaction.
    pub fn is_online(&self) -> bool {
        matches!(
            self,
            Self::SetNotNull { how: How::Online, .. }
                | Self::AddConstraint { how: How::Online, .. }
                | Self::CreateIndex { how: How::Online, .. }
                | Self::DropIndex { how: How::Online, .. }
        )
    }
}
