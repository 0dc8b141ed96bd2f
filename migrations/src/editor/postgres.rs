//! Steps for PostgreSQL: what ALTER TABLE can do in place, in the order in which one thing allows the next.

use super::convert::Unconvertible;
use super::steps::{Clause, ClauseKind, How, Step};
use super::translate::mentions;
use super::{Change, clauses, column_named, converted, index_mentions};
use crate::render;
use crate::table::{Column, Generated, Index, Table};
use nuages_models::database::Dialect;
use std::collections::HashSet;

pub(super) fn plan(change: &Change<'_>) -> Result<Vec<Step>, Unconvertible> {
    let mut phases = Phases::default();
    let touched: HashSet<(&str, &str)> = change
        .kept()
        .flat_map(|(before, after)| {
            let retyped = after.columns.iter().filter(|column| {
                column_named(&before.table, &column.name).is_some_and(|old| is_retyped(old, column))
            });
            retyped.map(|column| (after.name.as_str(), column.name.as_str()))
        })
        .collect();
    let rekeyed: HashSet<&str> = change
        .kept()
        .filter(|(before, after)| before.table.primary_key != after.primary_key)
        .map(|(_, after)| after.name.as_str())
        .collect();
    for table in change.dropped() {
        let table = &table.table;
        let keys = clauses(table, table).into_iter().filter(Clause::is_reference);
        phases.drop_references.extend(keys.map(|constraint| drop_constraint(table, constraint)));
        phases.drop_tables.push(Step::DropTable { table: table.name.clone() });
    }
    for table in change.created() {
        phases.create_tables.push(Step::CreateTable(table.clone()));
        for constraint in clauses(table, table).into_iter().filter(Clause::is_reference) {
            phases.add_references.push(add_constraint(table, constraint));
        }
        phases.create_indexes.extend(table.indexes.iter().map(|index| create_index(table, index)));
        phases.comment(None, table);
    }
    for (before, after) in change.kept() {
        let (original, before) = (before.original, &before.table);
        let mut editor = Editor {
            change,
            original,
            before,
            after,
            touched: &touched,
            rekeyed: &rekeyed,
            phases: &mut phases,
        };
        editor.edit()?;
    }
    let mut steps = change.rename_steps();
    steps.extend(phases.in_order());
    Ok(steps)
}

/// Steps by when they run.
#[derive(Default)]
struct Phases {
    drop_references: Vec<Step>,
    drop_others: Vec<Step>,
    renames: Vec<Step>,
    drop_computed: Vec<Step>,
    drop_columns: Vec<Step>,
    drop_tables: Vec<Step>,
    create_tables: Vec<Step>,
    add_columns: Vec<Step>,
    alter_columns: Vec<Step>,
    add_computed: Vec<Step>,
    add_keys: Vec<Step>,
    add_others: Vec<Step>,
    create_indexes: Vec<Step>,
    add_references: Vec<Step>,
    comments: Vec<Step>,
}

impl Phases {
    fn in_order(self) -> Vec<Step> {
        [
            self.drop_references,
            self.drop_others,
            // The names that are taken now are free.
            self.renames,
            // Before the columns that they are computed from.
            self.drop_computed,
            self.drop_columns,
            self.drop_tables,
            self.create_tables,
            self.add_columns,
            self.alter_columns,
            self.add_computed,
            self.add_keys,
            self.add_others,
            self.create_indexes,
            // They need the keys of other tables.
            self.add_references,
            self.comments,
        ]
        .concat()
    }

    fn comment(&mut self, before: Option<&Table>, after: &Table) {
        let mut say = |column: Option<&str>, old: Option<&String>, new: Option<&String>| {
            if old != new {
                let column = column.map(str::to_owned);
                self.comments.push(Step::Comment { table: after.name.clone(), column, text: new.cloned() });
            }
        };
        say(None, before.and_then(|table| table.comment.as_ref()), after.comment.as_ref());
        for column in &after.columns {
            let old = before.and_then(|table| column_named(table, &column.name));
            say(Some(&column.name), old.and_then(|column| column.comment.as_ref()), column.comment.as_ref());
        }
    }
}

fn is_retyped(before: &Column, after: &Column) -> bool {
    before.sql_type != after.sql_type || before.collation != after.collation
}

fn drop_constraint(table: &Table, constraint: Clause) -> Step {
    Step::DropConstraint { table: table.name.clone(), constraint }
}

fn add_constraint(table: &Table, constraint: Clause) -> Step {
    Step::AddConstraint { table: table.name.clone(), constraint, how: How::InPlace }
}

fn create_index(table: &Table, index: &Index) -> Step {
    Step::CreateIndex { table: table.clone(), index: index.clone(), how: How::InPlace }
}

/// An index without its name.
fn index_definition(table: &Table, index: &Index) -> String {
    render::create_index(table, &Index { name: String::new(), ..index.clone() })
}

/// What stays the same but for its name, and what does not: the pairs, what goes, what comes.
type Paired<T> = (Vec<(T, T)>, Vec<T>, Vec<T>);

/// Pairs what says the same; of several, those of one name. `keep` says which of the old ones must go in any case.
fn paired<T: Clone>(
    before: &[T],
    after: &[T],
    same: &dyn Fn(&T, &T) -> bool,
    name: &dyn Fn(&T) -> String,
    keep: &dyn Fn(&T) -> bool,
) -> Paired<T> {
    let mut old: Vec<T> = before.to_vec();
    let mut gone = Vec::new();
    old.retain(|item| {
        let stays = keep(item);
        if !stays {
            gone.push(item.clone());
        }
        stays
    });
    let mut pairs = Vec::new();
    let mut new = Vec::new();
    for item in after {
        let mut places = (0..old.len()).filter(|at| same(&old[*at], item)).collect::<Vec<_>>();
        places.sort_by_key(|at| name(&old[*at]) != name(item));
        match places.first() {
            Some(at) => pairs.push((old.remove(*at), item.clone())),
            None => new.push(item.clone()),
        }
    }
    gone.extend(old);
    // A name that another one still has cannot be taken.
    let taken: HashSet<String> = pairs.iter().map(|(old, _)| name(old)).collect();
    let (blocked, pairs) =
        pairs.into_iter().partition(|(old, new)| name(old) != name(new) && taken.contains(&name(new)));
    let blocked: Vec<(T, T)> = blocked;
    for (old, item) in blocked {
        gone.push(old);
        new.push(item);
    }
    (pairs, gone, new)
}

struct Editor<'a> {
    change: &'a Change<'a>,
    /// The table under the names that it has.
    original: &'a Table,
    /// The same under the names that it will have.
    before: &'a Table,
    after: &'a Table,
    /// Columns whose type changes, of all tables.
    touched: &'a HashSet<(&'a str, &'a str)>,
    /// Tables whose primary key changes.
    rekeyed: &'a HashSet<&'a str>,
    phases: &'a mut Phases,
}

impl<'a> Editor<'a> {
    fn edit(&mut self) -> Result<(), Unconvertible> {
        let (before, after) = (self.before, self.after);
        let remade = self.remade_columns();
        self.key();
        self.constraints(&remade);
        self.indexes(&remade);
        for column in &before.columns {
            if column_named(after, &column.name).is_none() || remade.contains(&column.name.as_str()) {
                let step = Step::DropColumn { table: after.name.clone(), column: column.name.clone() };
                match column.generated {
                    Generated::Stored(_) => self.phases.drop_computed.push(step),
                    _ => self.phases.drop_columns.push(step),
                }
            }
        }
        for column in &after.columns {
            match column_named(before, &column.name) {
                Some(old) if !remade.contains(&column.name.as_str()) => self.column(old, column)?,
                _ => self.add_column(column),
            }
        }
        self.phases.comment(Some(before), after);
        self.derived_names();
        Ok(())
    }

    /// Computed columns that are dropped and added: PostgreSQL changes neither their expression nor the type of a column
    /// that one is computed from.
    fn remade_columns(&self) -> Vec<&'a str> {
        let (before, after) = (self.before, self.after);
        let retyped = |text: &str| {
            before.columns.iter().any(|column| {
                let gone = column_named(after, &column.name).is_none();
                (gone || self.touched.contains(&(after.name.as_str(), column.name.as_str())))
                    && mentions(text, &column.name)
            })
        };
        let is_remade = |old: &Column, new: &Column| match (&old.generated, &new.generated) {
            (Generated::Stored(old_text), Generated::Stored(text)) => {
                old_text != text || is_retyped(old, new) || retyped(old_text)
            }
            (_, Generated::Stored(_)) => true,
            _ => false,
        };
        let pairs = after.columns.iter().filter_map(|new| Some((column_named(before, &new.name)?, new)));
        pairs.filter(|(old, new)| is_remade(old, new)).map(|(_, new)| new.name.as_str()).collect()
    }

    fn key(&mut self) {
        let (before, after) = (self.before, self.after);
        if before.primary_key == after.primary_key {
            return;
        }
        let table = after.name.clone();
        if !before.primary_key.is_empty() {
            // A renamed table has the key that was made under its old name.
            let name = postgres_name(&self.original.name, None, "pkey");
            self.phases.drop_others.push(Step::DropPrimaryKey { table: table.clone(), name });
        }
        if !after.primary_key.is_empty() {
            self.phases.add_keys.push(Step::AddPrimaryKey { table, columns: after.primary_key.clone() });
        }
    }

    fn constraints(&mut self, remade: &[&str]) {
        let (before, after) = (self.before, self.after);
        let is_gone = |column: &str| column_named(after, column).is_none();
        let keep = |clause: &Clause| {
            let lost = before.columns.iter().any(|column| {
                (is_gone(&column.name) || remade.contains(&column.name.as_str()))
                    && clause.mentions(&column.name)
            });
            let moved = match &clause.kind {
                ClauseKind::ForeignKey { columns, table, target } => {
                    let touches = |table: &str, columns: &[String]| {
                        columns.iter().any(|column| self.touched.contains(&(table, column.as_str())))
                    };
                    touches(&after.name, columns)
                        || touches(table, target)
                        || self.rekeyed.contains(table.as_str())
                }
                _ => false,
            };
            !lost && !moved
        };
        let same = |old: &Clause, new: &Clause| old.definition == new.definition;
        let (pairs, gone, new) = paired(
            &clauses(before, self.original),
            &clauses(after, after),
            &same,
            &|clause| clause.name.clone(),
            &keep,
        );
        for constraint in gone {
            let is_reference = constraint.is_reference();
            let step = drop_constraint(after, constraint);
            if is_reference {
                self.phases.drop_references.push(step)
            } else {
                self.phases.drop_others.push(step)
            }
        }
        for (old, new) in pairs.into_iter().filter(|(old, new)| old.name != new.name) {
            let table = after.name.clone();
            self.phases.renames.push(Step::RenameConstraint { table, name: old.name, to: new.name });
        }
        for constraint in new {
            // A new column brings its own check.
            let added = after.columns.iter().any(|column| {
                (column_named(before, &column.name).is_none() || remade.contains(&column.name.as_str()))
                    && render::column_condition(column).is_some()
                    && render::column_check_name(after, column) == constraint.name
            });
            if added {
                continue;
            }
            let is_reference = constraint.is_reference();
            let step = add_constraint(after, constraint);
            if is_reference {
                self.phases.add_references.push(step)
            } else {
                self.phases.add_others.push(step)
            }
        }
    }

    fn indexes(&mut self, remade: &[&str]) {
        let (before, after) = (self.before, self.after);
        let lost = |index: &Index| {
            before.columns.iter().any(|column| {
                (column_named(after, &column.name).is_none() || remade.contains(&column.name.as_str()))
                    && index_mentions(index, &column.name)
            })
        };
        let same = |old: &Index, new: &Index| index_definition(before, old) == index_definition(after, new);
        let (pairs, gone, new) =
            paired(&before.indexes, &after.indexes, &same, &|index| index.name.clone(), &|index| {
                !lost(index)
            });
        for index in gone {
            let table = after.name.clone();
            self.phases.drop_others.push(Step::DropIndex { table, name: index.name, how: How::InPlace });
        }
        for (old, new) in pairs.into_iter().filter(|(old, new)| old.name != new.name) {
            self.phases.renames.push(Step::RenameIndex { name: old.name, to: new.name, maybe: false });
        }
        self.phases.create_indexes.extend(new.iter().map(|index| create_index(after, index)));
    }

    fn add_column(&mut self, column: &Column) {
        let table = self.after;
        let fill = self.change.fill(table, column);
        if let Generated::Stored(_) = column.generated {
            let step = Step::AddColumn { table: table.clone(), column: column.clone(), fill: None };
            self.phases.add_computed.push(step);
            return;
        }
        match fill {
            Some(fill) if !fill.literal => {
                // An expression over the row needs the column to be there.
                let open = Column { null: true, ..column.clone() };
                let added = Step::AddColumn { table: table.clone(), column: open, fill: None };
                self.phases.add_columns.push(added);
                self.fill_and_close(column, true);
            }
            fill => self.phases.add_columns.push(Step::AddColumn {
                table: table.clone(),
                column: column.clone(),
                fill: fill.map(|fill| fill.value.clone()),
            }),
        }
    }

    /// Rows with NULL get the fill; then, if it is so, the column may not be NULL any more.
    fn fill_and_close(&mut self, column: &Column, was_null: bool) {
        let table = || self.after.name.clone();
        if let Some(fill) = self.change.fill(self.after, column) {
            let value = fill.value.clone();
            self.phases.alter_columns.push(Step::Fill { table: table(), column: column.name.clone(), value });
        }
        if was_null && !column.null {
            let step = Step::SetNotNull { table: table(), column: column.name.clone(), how: How::InPlace };
            self.phases.alter_columns.push(step);
        }
    }

    fn column(&mut self, old: &Column, new: &Column) -> Result<(), Unconvertible> {
        let (table, column) = (self.after.name.clone(), new.name.clone());
        let mut steps = Vec::new();
        let counts = |column: &Column| column.generated == Generated::Identity;
        if counts(old) && !counts(new) {
            steps.push(Step::SetIdentity { table: table.clone(), column: column.clone(), counts: false });
        }
        let computed = |column: &Column| matches!(column.generated, Generated::Stored(_));
        if computed(old) && !computed(new) {
            steps.push(Step::DropExpression { table: table.clone(), column: column.clone() });
        }
        let default = |column: &Column| match &column.generated {
            Generated::Default(value) => Some(value.clone()),
            _ => None,
        };
        let mut current = default(old);
        // Two types may have one name in the database, and values that cannot become each other: texts and encrypted texts.
        let converted = converted(self.after, old, new, &new.name, Dialect::Postgres)?;
        if is_retyped(old, new) {
            // A default that cannot be cast would be in the way.
            if current.take().is_some() {
                steps.push(Step::SetDefault { table: table.clone(), column: column.clone(), value: None });
            }
            steps.push(Step::SetType {
                table: table.clone(),
                column: new.clone(),
                from: old.sql_type.clone(),
                using: converted.and_then(|conversion| conversion.value),
            });
        }
        if current != default(new) {
            let value = default(new);
            steps.push(Step::SetDefault { table: table.clone(), column: column.clone(), value });
        }
        self.phases.alter_columns.append(&mut steps);
        if !old.null && new.null {
            self.phases
                .alter_columns
                .push(Step::DropNotNull { table: table.clone(), column: column.clone() });
        }
        self.fill_and_close(new, old.null);
        if !counts(old) && counts(new) {
            self.phases.alter_columns.push(Step::SetIdentity { table, column, counts: true });
        }
        Ok(())
    }

    /// Names that PostgreSQL itself has derived from those of tables and columns follow them.
    fn derived_names(&mut self) {
        let after = self.after;
        let renames = self.change.renames;
        let old_table = &self.original.name;
        if *old_table != after.name && self.before.primary_key == after.primary_key {
            self.phases.renames.push(Step::RenameIndex {
                name: postgres_name(old_table, None, "pkey"),
                to: postgres_name(&after.name, None, "pkey"),
                maybe: true,
            });
        }
        for column in after.columns.iter().filter(|column| column.generated == Generated::Identity) {
            let mut columns =
                renames.columns.iter().filter(|(table, _, new)| *table == after.name && *new == column.name);
            let old_column = columns.next().map_or(&column.name, |(_, old, _)| old);
            let was = column_named(self.before, &column.name);
            let kept = was.is_some_and(|was| was.generated == Generated::Identity);
            if kept && (old_table != &after.name || *old_column != column.name) {
                self.phases.renames.push(Step::RenameSequence {
                    name: postgres_name(old_table, Some(old_column), "seq"),
                    to: postgres_name(&after.name, Some(&column.name), "seq"),
                });
            }
        }
    }
}

/// The name that PostgreSQL makes from those of a table and a column: the longer one is cut until both fit
/// (`makeObjectName`).
pub(super) fn postgres_name(table: &str, column: Option<&str>, label: &str) -> String {
    const LONGEST: usize = 63;
    let around = label.len() + 1 + usize::from(column.is_some());
    let mut lengths = (table.len(), column.map_or(0, str::len));
    while lengths.0 + lengths.1 + around > LONGEST {
        if lengths.0 > lengths.1 { lengths.0 -= 1 } else { lengths.1 -= 1 }
    }
    let cut = |text: &str, mut length: usize| {
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        text[..length].to_owned()
    };
    match column {
        Some(column) => format!("{}_{}_{label}", cut(table, lengths.0), cut(column, lengths.1)),
        None => format!("{}_{label}", cut(table, lengths.0)),
    }
}
