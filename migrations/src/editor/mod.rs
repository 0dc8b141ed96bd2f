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
pub(crate) use risk::COUNTED;
pub use risk::{Risk, RiskKind, When, risks};
pub use statements::render;
pub(crate) use statements::{not_null_name, settle};
pub use steps::{Clause, ClauseKind, Conversion, How, Rebuild, Step};

use crate::Renames;
use crate::render;
use crate::table::{Column, Constraint, Generated, Index, Key, Table};
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

/// The steps that turn the tables before into those after. The result is what [`crate::render::create`] of the
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
    let before =
        before.iter().map(|table| Before { original: table, table: translate::renamed(table, renames) });
    let change = Change { before: before.collect(), after, renames, fills };
    match dialect {
        Dialect::Postgres => postgres::plan(&change),
        Dialect::Sqlite => sqlite::plan(&change),
    }
}

/// A table that is there.
struct Before<'a> {
    /// As it is.
    original: &'a Table,
    /// Under its name afterwards, and with its columns under theirs.
    table: Table,
}

/// A change of tables.
struct Change<'a> {
    before: Vec<Before<'a>>,
    after: &'a [Table],
    renames: &'a Renames,
    fills: &'a [ColumnFill],
}

impl<'a> Change<'a> {
    /// Tables that stay, before and after.
    fn kept(&self) -> impl Iterator<Item = (&Before<'a>, &'a Table)> {
        self.before.iter().filter_map(|before| Some((before, named(self.after, &before.table.name)?)))
    }

    fn dropped(&self) -> impl Iterator<Item = &Before<'a>> {
        self.before.iter().filter(|before| named(self.after, &before.table.name).is_none())
    }

    fn created(&self) -> impl Iterator<Item = &'a Table> {
        let is_new = |after: &&Table| !self.before.iter().any(|before| before.table.name == after.name);
        self.after.iter().filter(is_new)
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
    matches!(column.generated, Generated::Default(_) | Generated::Identity | Generated::Stored(_))
        || column.null
}

/// All constraints of a table but its primary key, those that the types of columns bring included. Those have names derived
/// from the table as it was `named`, whose columns are in the same order.
fn clauses(table: &Table, named: &Table) -> Vec<Clause> {
    let of_columns = table.columns.iter().zip(&named.columns).filter_map(|(column, original)| {
        Some(Clause {
            name: render::column_check_name(named, original),
            definition: render::check_definition(&render::column_condition(column)?),
            kind: ClauseKind::Check,
        })
    });
    of_columns.chain(table.constraints.iter().map(Clause::of)).collect()
}

impl Clause {
    fn of(constraint: &Constraint) -> Self {
        Self {
            name: constraint.name().to_owned(),
            definition: render::definition(constraint),
            kind: match constraint {
                Constraint::Unique { columns, .. } => ClauseKind::Unique { columns: columns.clone() },
                Constraint::Check { .. } => ClauseKind::Check,
                Constraint::ForeignKey(key) => ClauseKind::ForeignKey {
                    columns: key.columns.clone(),
                    table: key.table.clone(),
                    target: key.target.clone(),
                },
            },
        }
    }

    fn is_reference(&self) -> bool {
        matches!(self.kind, ClauseKind::ForeignKey { .. })
    }

    fn mentions(&self, column: &str) -> bool {
        match &self.kind {
            ClauseKind::Unique { columns } | ClauseKind::ForeignKey { columns, .. } => {
                columns.iter().any(|name| name == column)
            }
            ClauseKind::Check => translate::mentions(&self.definition, column),
        }
    }
}

fn index_mentions(index: &Index, column: &str) -> bool {
    let key = |key: &Key| match key {
        Key::Column(name) => name == column,
        Key::Expression(text) => translate::mentions(text, column),
    };
    index.keys.iter().any(|one| key(&one.key))
        || index.include.iter().any(|name| name == column)
        || index.condition.as_deref().is_some_and(|text| translate::mentions(text, column))
}

/// What becomes of the values of a column that stays.
fn converted(
    table: &Table,
    old: &Column,
    new: &Column,
    name: &str,
    dialect: Dialect,
) -> Result<Option<Conversion>, Unconvertible> {
    convert::conversion(old, new, name, dialect).map_err(|()| Unconvertible {
        table: table.name.clone(),
        column: new.name.clone(),
        from: convert::type_words(old),
        to: convert::type_words(new),
    })
}
