//! What a change of tables locks, loses or cannot do, told before it is done: each with its reason and what to do about it.

use super::steps::{How, Step};
use super::{Before, Change, ColumnFill, Unconvertible, column_named, converted, own_value, translate};
use crate::Renames;
use crate::render;
use crate::table::{Column, Constraint, ForeignKey, Generated, Table};
use nuages_models::database::Dialect;
use nuages_models::registry::LogicalType;
use nuages_models::sql::quoted_identifier;

/// Something to know about a change before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// What kind of thing.
    pub kind: RiskKind,
    /// When it is so.
    pub when: When,
    /// What happens; `{n}` stands for the number of rows that the condition finds.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// The kinds of risks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskKind {
    /// The database would refuse the change: it is not begun.
    Refused,
    /// Rows or values are lost.
    Loses,
    /// Others wait while it is done.
    Locks,
    /// Servers that still run with the models before do not find what they ask for.
    Breaks,
}

/// When something is a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// In any case.
    Always,
    /// When this query, which runs before the change, gives a number above zero.
    Found(String),
    /// When the table, by its name before the change, has many rows.
    Large(String),
}

/// Rows are counted up to here where only their presence matters.
pub(crate) const COUNTED: u64 = 10_000;

/// The risks of a change from the tables before to those after, whose steps are these.
///
/// # Errors
/// As [`plan`](super::plan).
pub fn risks(
    before: &[Table],
    after: &[Table],
    renames: &Renames,
    fills: &[ColumnFill],
    steps: &[Step],
    dialect: Dialect,
) -> Result<Vec<Risk>, Unconvertible> {
    let before =
        before.iter().map(|table| Before { original: table, table: translate::renamed(table, renames) });
    let change = Change { before: before.collect(), after, renames, fills };
    let mut finder = Finder { change: &change, dialect, risks: Vec::new() };
    finder.find(steps)?;
    Ok(finder.risks)
}

struct Finder<'a> {
    change: &'a Change<'a>,
    dialect: Dialect,
    risks: Vec<Risk>,
}

fn rows_where(table: &str, condition: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE {condition}", quoted_identifier(table))
}

/// The number of rows, up to a bound.
fn some_rows(table: &str, condition: &str) -> String {
    let table = quoted_identifier(table);
    format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {COUNTED}) AS found")
}

impl Finder<'_> {
    fn add(&mut self, kind: RiskKind, when: When, what: String, remedy: &str) {
        self.risks.push(Risk { kind, when, what, remedy: remedy.to_owned() });
    }

    fn find(&mut self, steps: &[Step]) -> Result<(), Unconvertible> {
        let change = self.change;
        for before in change.dropped() {
            let name = &before.original.name;
            self.add(
                RiskKind::Loses,
                When::Found(some_rows(name, "true")),
                format!("table {name} is dropped with its rows ({{n}})"),
                "copy what is still needed first (nuages dumpdata), or keep the table with managed = false",
            );
        }
        for (before, after) in change.kept() {
            self.columns(before, after)?;
            self.constraints(before, after);
        }
        self.locks(steps);
        if self.dialect == Dialect::Postgres {
            self.breaks();
        }
        Ok(())
    }

    fn columns(&mut self, before: &Before<'_>, after: &Table) -> Result<(), Unconvertible> {
        let table = &before.original.name;
        for (column, original) in before.table.columns.iter().zip(&before.original.columns) {
            let name = quoted_identifier(&original.name);
            match column_named(after, &column.name) {
                None if !matches!(column.generated, Generated::Stored(_)) => self.add(
                    RiskKind::Loses,
                    When::Found(some_rows(table, &format!("{name} IS NOT NULL"))),
                    format!("column {table}.{} is dropped with its values (rows: {{n}})", original.name),
                    "copy the values first with an UpdateRows operation; if the field was renamed, say so with renamed_from",
                ),
                None => {}
                Some(new) if matches!(new.generated, Generated::Stored(_)) => {}
                Some(new) => self.column(before, after, (column, original), new)?,
            }
        }
        let added = after.columns.iter().filter(|column| column_named(&before.table, &column.name).is_none());
        for column in added.clone().filter(|column| {
            let unique = |constraint: &Constraint| match constraint {
                Constraint::Unique { columns, .. } => *columns == [column.name.as_str()],
                _ => false,
            };
            self.change.fill(after, column).is_some_and(|fill| fill.literal)
                && after.constraints.iter().any(unique)
        }) {
            let more_than_one = format!(
                "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1 OFFSET 1) AS found",
                quoted_identifier(table)
            );
            self.add(
                RiskKind::Refused,
                When::Found(more_than_one),
                format!(
                    "column {}.{} is new and unique, and all rows would get one value",
                    after.name, column.name
                ),
                "fill it with an expression over the row: fill = { expr = \"…\" }",
            );
        }
        for column in added.filter(|column| !own_value(column) && self.change.fill(after, column).is_none()) {
            self.add(
                RiskKind::Refused,
                When::Found(some_rows(table, "true")),
                format!(
                    "column {}.{} is new and not null, and says no value for the rows that are there ({{n}})",
                    after.name, column.name
                ),
                "give the operation a fill, give the field a db_default, or let it be null",
            );
        }
        Ok(())
    }

    fn column(
        &mut self,
        before: &Before<'_>,
        after: &Table,
        (old, original): (&Column, &Column),
        new: &Column,
    ) -> Result<(), Unconvertible> {
        let table = &before.original.name;
        let name = quoted_identifier(&original.name);
        let conversion = converted(after, original, new, &original.name, self.dialect)?;
        if let Some(unfit) = conversion.and_then(|conversion| conversion.unfit) {
            self.add(
                RiskKind::Refused,
                When::Found(rows_where(table, &format!("{name} IS NOT NULL AND ({unfit})"))),
                format!(
                    "column {table}.{}: values cannot become those of {} without losing something (rows: {{n}})",
                    original.name,
                    super::convert::type_words(new)
                ),
                "change these values first with an UpdateRows operation",
            );
        }
        let tightened = old.logical == new.logical && old.check != new.check;
        if tightened
            && let Some(condition) =
                render::column_condition(&Column { name: original.name.clone(), ..new.clone() })
        {
            self.add(
                RiskKind::Refused,
                When::Found(rows_where(table, &format!("NOT ({condition})"))),
                format!("column {table}.{}: values do not keep its new bounds (rows: {{n}})", original.name),
                "change these values first with an UpdateRows operation",
            );
        }
        if old.null && !new.null && self.change.fill(after, new).is_none() {
            self.add(
                RiskKind::Refused,
                When::Found(rows_where(table, &format!("{name} IS NULL"))),
                format!(
                    "column {table}.{} becomes not null, and there are rows with NULL in it ({{n}})",
                    original.name
                ),
                "give the operation a fill, or set these values first with an UpdateRows operation",
            );
        }
        Ok(())
    }

    /// Constraints that the rows which are there may not keep. Where columns are new or of another type, the database itself says
    /// so.
    fn constraints(&mut self, before: &Before<'_>, after: &Table) {
        let table = &before.original.name;
        let same = |column: &String| {
            let at = before.table.columns.iter().position(|old| old.name == *column)?;
            let new = column_named(after, column)?;
            (before.table.columns[at].logical == new.logical)
                .then(|| quoted_identifier(&before.original.columns[at].name))
        };
        let all_same = |columns: &[String]| columns.iter().map(same).collect::<Option<Vec<_>>>();
        for constraint in &after.constraints {
            let definition = render::definition(constraint);
            if before.table.constraints.iter().any(|old| render::definition(old) == definition) {
                continue;
            }
            let (condition, what, remedy) = match constraint {
                Constraint::Unique { columns, .. } => {
                    let Some(columns) = all_same(columns) else { continue };
                    let present: Vec<String> =
                        columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
                    let sql = format!(
                        "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1) AS found",
                        quoted_identifier(table),
                        present.join(" AND "),
                        columns.join(", ")
                    );
                    (
                        sql,
                        "the same values stand in more than one row ({n} times)",
                        "make the values differ first",
                    )
                }
                Constraint::ForeignKey(key) => {
                    let Some(sql) = self.dangling(table, key, all_same(&key.columns)) else { continue };
                    (
                        sql,
                        "rows refer to rows that do not exist ({n})",
                        "set these references to NULL or remove the rows first",
                    )
                }
                Constraint::Check { .. } => continue,
            };
            self.add(
                RiskKind::Refused,
                When::Found(condition),
                format!("constraint {} of {table}: {what}", constraint.name()),
                remedy,
            );
        }
    }

    fn dangling(&self, table: &str, key: &ForeignKey, columns: Option<Vec<String>>) -> Option<String> {
        let columns = columns?;
        let target = self.change.before.iter().find(|before| before.table.name == key.table)?;
        let there: Option<Vec<String>> = key
            .target
            .iter()
            .map(|name| {
                let at = target.table.columns.iter().position(|column| column.name == *name)?;
                Some(quoted_identifier(&target.original.columns[at].name))
            })
            .collect();
        let there = there?;
        let present: Vec<String> =
            columns.iter().map(|column| format!("here.{column} IS NOT NULL")).collect();
        let equal: Vec<String> =
            columns.iter().zip(&there).map(|(here, there)| format!("there.{there} = here.{here}")).collect();
        Some(format!(
            "SELECT count(*) FROM {} AS here WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS there WHERE {})",
            quoted_identifier(table),
            present.join(" AND "),
            quoted_identifier(&target.original.name),
            equal.join(" AND ")
        ))
    }

    /// The name of a table before the change.
    fn original(&self, name: &str) -> Option<&str> {
        let mut tables = self.change.before.iter();
        tables.find(|before| before.table.name == name).map(|before| before.original.name.as_str())
    }

    fn locks(&mut self, steps: &[Step]) {
        for step in steps {
            let Some(original) = step.table().and_then(|table| self.original(table)).map(str::to_owned)
            else {
                continue;
            };
            let (what, remedy) = match step {
                Step::SetType { table, column, from, .. } if rewrites(from, column) => (
                    format!(
                        "column {table}.{} changes from {from} to {}: every row is written anew, and nobody reads or writes \
                         the table meanwhile",
                        column.name, column.sql_type
                    ),
                    "add a new field, fill it in batches with UpdateRows, and remove the old one once all servers use the new",
                ),
                Step::AddColumn { table, column, .. }
                    if matches!(column.generated, Generated::Stored(_) | Generated::Identity) =>
                {
                    (
                        format!(
                            "column {}.{} is computed for every row, and nobody reads or writes the table meanwhile",
                            table.name, column.name
                        ),
                        "do it when the table may be locked for a while",
                    )
                }
                Step::CreateIndex { table, index, how: How::InPlace }
                    if self.dialect == Dialect::Postgres =>
                {
                    (
                        format!(
                            "index {} of {}: nobody writes to the table while it is built",
                            index.name, table.name
                        ),
                        "give the operation concurrently = true",
                    )
                }
                Step::AddConstraint { table, constraint, how: How::InPlace } => (
                    format!(
                        "constraint {} of {table}: nobody writes to the table while all rows are looked at",
                        constraint.name
                    ),
                    "give the operation not_valid = true, or let the migration be atomic = false",
                ),
                Step::SetNotNull { table, column, how: How::InPlace } => (
                    format!(
                        "column {table}.{column} becomes not null: nobody reads or writes the table while all rows are looked at"
                    ),
                    "let the migration be atomic = false",
                ),
                Step::Rebuild(rebuild) => (
                    format!(
                        "table {} is written anew, and nobody writes to the database meanwhile",
                        rebuild.after.name
                    ),
                    "do it when nobody needs to write for a while",
                ),
                _ => continue,
            };
            self.add(RiskKind::Locks, When::Large(original), what, remedy);
        }
    }

    /// A server that runs with the models before goes on asking for the old names until it is replaced.
    fn breaks(&mut self) {
        let renames = self.change.renames;
        for (old, new) in &renames.tables {
            self.add(
                RiskKind::Breaks,
                When::Found(some_rows(old, "true")),
                format!(
                    "table {old} becomes {new}: servers that still run with the models before fail on it"
                ),
                "keep the old name in the database with table = \"…\", or stop these servers first",
            );
        }
        for (table, old, new) in &renames.columns {
            let Some(original) = self.original(table).map(str::to_owned) else { continue };
            self.add(
                RiskKind::Breaks,
                When::Found(some_rows(&original, "true")),
                format!("column {table}.{old} becomes {new}: servers that still run with the models before fail on it"),
                "keep the old name in the database with column = \"…\", or stop these servers first",
            );
        }
    }
}

/// Whether PostgreSQL writes all rows anew for a change of type.
fn rewrites(from: &str, column: &Column) -> bool {
    let is_text = |text: &str| text == "text" || text.starts_with("character varying");
    if column.sql_type == from {
        return false;
    }
    // A shorter text is only looked at, a longer one not even that.
    !(is_text(from) && column.logical == LogicalType::Text)
}
