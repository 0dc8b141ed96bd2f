//! Tables under the names that they will have: what a rename changes by itself is no difference any more.

use crate::Renames;
use crate::table::{Constraint, ForeignKey, Generated, IndexKey, Key, Table};

/// The table as it is once everything is renamed. Names of constraints and indexes stay: those derived from the names of
/// tables and columns are renamed by steps of their own.
pub(super) fn renamed(table: &Table, renames: &Renames) -> Table {
    let name = renames.table(&table.name).to_owned();
    let column = |old: &String| renames.column(&name, old).to_owned();
    let columns_of = |columns: &[String]| columns.iter().map(column).collect::<Vec<_>>();
    let expression = |text: &str| renamed_expression(text, &|old| renames.column(&name, old).to_owned());
    let mut out = table.clone();
    for changed in &mut out.columns {
        changed.name = column(&changed.name);
        changed.generated = match &changed.generated {
            Generated::Default(text) => Generated::Default(expression(text)),
            Generated::Stored(text) => Generated::Stored(expression(text)),
            other => other.clone(),
        };
    }
    out.primary_key = columns_of(&table.primary_key);
    for constraint in &mut out.constraints {
        *constraint = match &*constraint {
            Constraint::Unique { name, columns } => {
                Constraint::Unique { name: name.clone(), columns: columns_of(columns) }
            }
            Constraint::Check { name, condition } => {
                Constraint::Check { name: name.clone(), condition: expression(condition) }
            }
            Constraint::ForeignKey(key) => {
                let there = renames.table(&key.table).to_owned();
                Constraint::ForeignKey(ForeignKey {
                    name: key.name.clone(),
                    columns: columns_of(&key.columns),
                    target: key.target.iter().map(|old| renames.column(&there, old).to_owned()).collect(),
                    table: there,
                })
            }
        };
    }
    for index in &mut out.indexes {
        index.keys = index
            .keys
            .iter()
            .map(|key| IndexKey {
                key: match &key.key {
                    Key::Column(old) => Key::Column(column(old)),
                    Key::Expression(text) => Key::Expression(expression(text)),
                },
                descending: key.descending,
            })
            .collect();
        index.include = columns_of(&index.include);
        index.condition = index.condition.as_deref().map(expression);
    }
    out.name = name;
    out
}

/// An expression with other names for its columns, which all stand in quotation marks.
fn renamed_expression(text: &str, column: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'']) {
        out.push_str(&rest[..at]);
        let quote = &rest[at..=at];
        let inner = quoted_end(&rest[at + 1..], quote);
        let word = &rest[at + 1..at + 1 + inner];
        let end = (at + 2 + inner).min(rest.len());
        if quote == "\"" {
            let name = column(&word.replace("\"\"", "\""));
            out.push_str(&nuages_models::sql::quoted_identifier(&name));
        } else {
            out.push_str(&rest[at..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// The length of what stands before the closing quotation mark.
fn quoted_end(text: &str, quote: &str) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].find(quote) {
        let end = at + found;
        if !text[end + 1..].starts_with(quote) {
            return end;
        }
        at = end + 2;
    }
    text.len()
}

/// Whether an expression has a column in it.
pub(super) fn mentions(text: &str, column: &str) -> bool {
    text.contains(&nuages_models::sql::quoted_identifier(column))
}

/// Renames one after the other, such that each name is free when it is taken. Names that change places go through a third.
pub(super) fn in_order(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mut waiting: Vec<(String, String)> = pairs.iter().filter(|(from, to)| from != to).cloned().collect();
    let mut out = Vec::new();
    while !waiting.is_empty() {
        let free = waiting.iter().position(|(_, to)| !waiting.iter().any(|(from, _)| from == to));
        match free {
            Some(at) => out.push(waiting.remove(at)),
            None => {
                let between = format!("nuages_renamed_{}", out.len());
                let (from, _) = &mut waiting[0];
                out.push((std::mem::replace(from, between.clone()), between));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_expressions_are_renamed_and_texts_are_not() {
        let rename = |name: &str| if name == "a" { "x\"y".to_owned() } else { name.to_owned() };
        assert_eq!(
            renamed_expression(r#"("a" > '"a" it''s' AND "b" = "a")"#, &rename),
            r#"("x""y" > '"a" it''s' AND "b" = "x""y")"#
        );
    }

    #[test]
    fn names_that_change_places_go_through_a_third() {
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(in_order(&[pair("a", "b"), pair("b", "c")]), [pair("b", "c"), pair("a", "b")]);
        let swapped = in_order(&[pair("a", "b"), pair("b", "a")]);
        assert_eq!(swapped.len(), 3);
        assert_eq!(swapped[0], pair("a", "nuages_renamed_0"));
        assert_eq!(swapped[2], pair("nuages_renamed_0", "b"));
    }
}
