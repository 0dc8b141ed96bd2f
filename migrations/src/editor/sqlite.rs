//! Steps for SQLite: ALTER TABLE where it gives what a new table would be, and a rebuild of the table everywhere else.

use super::convert::Unconvertible;
use super::steps::{Clause, ClauseKind, How, Rebuild, Step};
use super::translate::mentions;
use super::{Before, Change, clauses, column_named, converted, index_mentions};
use crate::render;
use crate::table::{Column, Generated, Index, Table};
use nuages_models::database::Dialect;
use nuages_models::sql::quoted_identifier;

pub(super) fn plan(change: &Change<'_>) -> Result<Vec<Step>, Unconvertible> {
    // Renames first: SQLite then adapts what refers to the names, triggers and views of other programs included.
    let mut steps = change.rename_steps();
    for (before, after) in change.kept() {
        steps.extend(edit(change, before, after)?);
    }
    steps.extend(change.dropped().map(|before| Step::DropTable { table: before.table.name.clone() }));
    for table in change.created() {
        steps.push(Step::CreateTable(table.clone()));
        steps.extend(table.indexes.iter().map(|index| create_index(table, index)));
    }
    Ok(steps)
}

fn create_index(table: &Table, index: &Index) -> Step {
    Step::CreateIndex { table: table.clone(), index: index.clone(), how: How::InPlace }
}

fn edit(change: &Change<'_>, before: &Before<'_>, after: &Table) -> Result<Vec<Step>, Unconvertible> {
    let old = &before.table;
    // The values' conversion is asked for even where nothing has to be done: that is where it is refused.
    let values = values(change, old, after)?;
    if let Some(columns) = altered(change, before, after) {
        let mut steps: Vec<Step> = changed_indexes(old, after)
            .map(|index| Step::DropIndex {
                table: after.name.clone(),
                name: index.name.clone(),
                how: How::InPlace,
            })
            .collect();
        steps.extend(columns);
        steps.extend(changed_indexes(after, old).map(|index| create_index(after, index)));
        return Ok(steps);
    }
    let rebuild = Rebuild { before: old.clone(), after: after.clone(), values };
    let mut steps = vec![Step::Rebuild(Box::new(rebuild))];
    steps.extend(after.indexes.iter().map(|index| create_index(after, index)));
    Ok(steps)
}

/// The indexes of one table that the other has not.
fn changed_indexes<'t>(of: &'t Table, other: &'t Table) -> impl Iterator<Item = &'t Index> {
    of.indexes.iter().filter(|index| !other.indexes.contains(index))
}

/// The steps of ALTER TABLE that do, when there are such.
fn altered(change: &Change<'_>, before: &Before<'_>, after: &Table) -> Option<Vec<Step>> {
    let old = &before.table;
    if old.primary_key != after.primary_key {
        return None;
    }
    let is_new = |column: &&Column| column_named(old, &column.name).is_none();
    let is_gone = |column: &&Column| column_named(after, &column.name).is_none();
    let added: Vec<&Column> = after.columns.iter().filter(is_new).collect();
    let dropped: Vec<&Column> = old.columns.iter().filter(is_gone).collect();
    let stays = |column: &Column| {
        column_named(old, &column.name).is_none_or(|was| {
            // A comment is not the database's business.
            Column { comment: column.comment.clone(), ..was.clone() } == *column
        })
    };
    if !after.columns.iter().all(stays) {
        return None;
    }
    // What a column's own declaration says comes and goes with it.
    let own = |columns: &[&Column], name: &str, table: &Table| {
        columns.iter().any(|column| render::column_check_name(table, column) == name)
    };
    let mut here: Vec<Clause> = clauses(old, before.original);
    here.retain(|clause| !own(&dropped, &clause.name, old) || clause.kind != ClauseKind::Check);
    let mut there: Vec<Clause> = clauses(after, after);
    there.retain(|clause| !own(&added, &clause.name, after) || clause.kind != ClauseKind::Check);
    let sorted = |clauses: &mut Vec<Clause>| {
        clauses.sort_by(|a, b| (&a.name, &a.definition).cmp(&(&b.name, &b.definition)))
    };
    sorted(&mut here);
    sorted(&mut there);
    if here != there {
        return None;
    }
    let computed = |column: &Column| match &column.generated {
        Generated::Stored(text) => Some(text.clone()),
        _ => None,
    };
    let used = |column: &Column| {
        old.primary_key.contains(&column.name)
            || here.iter().any(|clause| clause.mentions(&column.name))
            || old
                .indexes
                .iter()
                .any(|index| after.indexes.contains(index) && index_mentions(index, &column.name))
            || old.columns.iter().filter_map(computed).any(|text| mentions(&text, &column.name))
    };
    if dropped.iter().any(|column| used(column)) {
        return None;
    }
    let addable = |column: &Column| {
        change.fill(after, column).is_none()
            && match &column.generated {
                Generated::Never => column.null,
                // ALTER TABLE takes literals only.
                Generated::Default(value) => !value.starts_with('('),
                Generated::Identity | Generated::Stored(_) => false,
            }
    };
    if !added.iter().all(|column| addable(column)) {
        return None;
    }
    let drops = dropped
        .iter()
        .map(|column| Step::DropColumn { table: after.name.clone(), column: column.name.clone() });
    let adds = added.iter().map(|column| Step::AddColumn {
        table: after.clone(),
        column: (*column).clone(),
        fill: None,
    });
    Some(drops.chain(adds).collect())
}

/// What each column of the new table gets. A column that is left out gets its default.
fn values(change: &Change<'_>, old: &Table, after: &Table) -> Result<Vec<(String, String)>, Unconvertible> {
    let mut values = Vec::new();
    for column in after.columns.iter().filter(|column| !matches!(column.generated, Generated::Stored(_))) {
        let fill = change.fill(after, column).map(|fill| fill.value.clone());
        let value = match (column_named(old, &column.name), fill) {
            (Some(was), fill) => {
                let converted = converted(after, was, column, &column.name, Dialect::Sqlite)?;
                let value = converted
                    .and_then(|conversion| conversion.value)
                    .unwrap_or_else(|| quoted_identifier(&column.name));
                match fill {
                    Some(fill) if was.null => format!("coalesce({value}, {fill})"),
                    _ => value,
                }
            }
            (None, Some(fill)) => fill,
            (None, None) => continue,
        };
        values.push((column.name.clone(), value));
    }
    if let Some(row_id) = row_id(old, after) {
        values.push((row_id.to_owned(), row_id.to_owned()));
    }
    if values.is_empty() {
        // The tables share no column, and each row is a row of the new one all the same.
        let written = |column: &&Column| !matches!(column.generated, Generated::Stored(_));
        values.extend(after.columns.iter().find(written).map(|column| {
            let value = match &column.generated {
                Generated::Default(value) => value.as_str(),
                // An identity makes a number of it, and a column that is not null refuses it.
                _ => "NULL",
            };
            (column.name.clone(), value.to_owned())
        }));
    }
    Ok(values)
}

/// The name under which both tables have a row's number, unless it is one of their columns already.
fn row_id(old: &Table, after: &Table) -> Option<&'static str> {
    let is_column = |table: &Table| {
        let key =
            |column: &Column| column.sql_type == "INTEGER" && table.primary_key == [column.name.as_str()];
        table.columns.iter().any(key)
    };
    if is_column(old) || is_column(after) {
        return None;
    }
    let taken = |name: &str| {
        old.columns.iter().chain(&after.columns).any(|column| column.name.eq_ignore_ascii_case(name))
    };
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| !taken(name))
}
