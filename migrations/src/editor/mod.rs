//! The schema editor: from the tables before and after a change to the steps that lead from one to the other.
//!
//! | what | module |
//! |---|---|
//! | steps as data | `steps` |
//! | tables under their new names | `translate` |
//! | what becomes of values | `convert` |
//! | steps for PostgreSQL | `postgres` |
//! | steps for SQLite | `sqlite` |
//! | steps as statements | `statements` |
//! | what locks or loses | `risk` |

mod convert;
mod postgres;
mod risk;
mod sqlite;
mod statements;
mod steps;
mod translate;

pub use convert::Unconvertible;
pub use risk::{Risk, RiskKind, When, risks};
pub use statements::{render, rebuild_statements};
pub use steps::{Clause, ClauseKind, Conversion, How, Rebuild, Step};

use crate::Renames;
use crate::table::{Column, Generated, Table};
use nuages_models::database::Dialect;

/// What the rows that are there get in a column, once: in a new column all rows, in one that becomes not null those with NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFill {
    /// The table, by its name afterwards.
    pub table: String,
    /// The column, by its name afterwards.
    pub column: String,
    /// The value: a literal, or an expression over the row.
    pub value: String,
    /// Whether it is a literal.
    pub literal: bool,
}

/// The steps that turn the tables before into those after. The result is what [`render::create`](crate::render::create) of the
/// tables after would give, down to the names that are derived from those of tables and columns; only the order of columns
/// may differ. Rows stay, and so does what else the database has.
///
/// # Errors
/// When a column's values cannot become those of its new type.
pub fn plan(
    before: &[Table],
    after: &[Table],
    renames: &Renames,
    fills: &[ColumnFill],
    dialect: Dialect,
) -> Result<Vec<Step>, Unconvertible> {
    let change = Change { before: translate::renamed(before, renames), after, renames, fills };
    match dialect {
        Dialect::Postgres => postgres::plan(&change),
        Dialect::Sqlite => sqlite::plan(&change),
    }
}

/// A change of tables.
struct Change<'a> {
    /// The tables before, under their names afterwards.
    before: Vec<Table>,
    after: &'a [Table],
    renames: &'a Renames,
    fills: &'a [ColumnFill],
}

impl Change<'_> {
    /// Tables that stay, before and after.
    fn kept(&self) -> impl Iterator<Item = (&Table, &Table)> {
        self.before.iter().filter_map(|before| Some((before, named(self.after, &before.name)?)))
    }

    fn dropped(&self) -> impl Iterator<Item = &Table> {
        self.before.iter().filter(|before| named(self.after, &before.name).is_none())
    }

    fn created(&self) -> impl Iterator<Item = &Table> {
        self.after.iter().filter(|after| named(&self.before, &after.name).is_none())
    }

    fn fill(&self, table: &Table, column: &Column) -> Option<&ColumnFill> {
        self.fills.iter().find(|fill| fill.table == table.name && fill.column == column.name)
    }

    /// The renames of tables and columns, in an order in which they can run.
    fn rename_steps(&self) -> Vec<Step> {
        let tables = translate::in_order(&self.renames.tables);
        let mut steps: Vec<Step> =
            tables.into_iter().map(|(table, to)| Step::RenameTable { table, to }).collect();
        for table in self.after {
            let of_table = self.renames.columns.iter().filter(|(of, ..)| *of == table.name);
            let pairs: Vec<(String, String)> =
                of_table.map(|(_, from, to)| (from.clone(), to.clone())).collect();
            steps.extend(translate::in_order(&pairs).into_iter().map(|(column, to)| Step::RenameColumn {
                table: table.name.clone(),
                column,
                to,
            }));
        }
        steps
    }
}

fn named<'t>(tables: &'t [Table], name: &str) -> Option<&'t Table> {
    tables.iter().find(|table| table.name == name)
}

fn column_named<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| column.name == name)
}

/// The value that a new column has in rows that are there, when it says one itself.
fn own_value(column: &Column) -> bool {
    matches!(column.generated, Generated::Default(_) | Generated::Identity | Generated::Stored(_)) || column.null
}
