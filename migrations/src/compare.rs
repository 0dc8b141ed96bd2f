//! How a database's tables differ from those that the models need.
//!
//! What a database has beyond its need is its own business, except columns: a row could not be written without them.
//!
//! Expressions are compared as texts. SQLite keeps those of our statements as they are. PostgreSQL keeps trees and prints them
//! in its own words, so it is asked to print ours: [`Printed`] is what it says of temporary copies of the tables.

use crate::inspect::{FoundColumn, FoundForeignKey, FoundIndex, FoundTable};
use crate::render;
use crate::table::{Column, Constraint, ForeignKey, Generated, Index, Key, Table, derived_name};
use crate::translate::translate;
use indexmap::IndexMap;
use nuages_models::database::Dialect;
use std::fmt;

/// One thing that is not as the models need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// What of it.
    pub aspect: Aspect,
    /// What the models need; `None`: there should be none.
    pub expected: Option<String>,
    /// What the database has; `None`: nothing.
    pub found: Option<String>,
    /// Whether it matters.
    pub weight: Weight,
}

/// Whether a difference matters to who reads and writes the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Rows would be read or written wrongly, or values be taken that the models refuse.
    Wrong,
    /// Another program made it otherwise than Nuages would, and it is read and written rightly all the same.
    Served,
}

/// What of a table differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aspect {
    /// The table itself.
    Table,
    /// A column as a whole.
    Column(String),
    /// A column's type.
    Type(String),
    /// Whether a column may be NULL.
    Null(String),
    /// A text column's collation.
    Collation(String),
    /// How a column's values are made: identity, default, generated.
    Generated(String),
    /// The primary key.
    PrimaryKey,
    /// A constraint, by its name.
    Constraint(String),
    /// An index, by its name.
    Index(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.aspect {
            Aspect::Table => write!(f, "table {}", self.table)?,
            Aspect::Column(column) => write!(f, "{}: column {column}", self.table)?,
            Aspect::Type(column) => write!(f, "{}: type of column {column}", self.table)?,
            Aspect::Null(column) => write!(f, "{}: NULL in column {column}", self.table)?,
            Aspect::Collation(column) => write!(f, "{}: collation of column {column}", self.table)?,
            Aspect::Generated(column) => write!(f, "{}: default of column {column}", self.table)?,
            Aspect::PrimaryKey => write!(f, "{}: primary key", self.table)?,
            Aspect::Constraint(name) => write!(f, "{}: constraint {name}", self.table)?,
            Aspect::Index(name) => write!(f, "{}: index {name}", self.table)?,
        }
        let shown = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, ": expected {}, found {}", shown(&self.expected), shown(&self.found))
    }
}

/// Tables as PostgreSQL shows them, by name: those of the database, or temporary copies of what the models need.
pub(crate) type Printed = IndexMap<String, FoundTable>;

/// Whether something of a table is an expression, so that PostgreSQL has to print it before it can be compared.
pub(crate) fn has_expressions(table: &Table) -> bool {
    let computed = |column: &Column| {
        column.check.is_some() || matches!(column.generated, Generated::Default(_) | Generated::Stored(_))
    };
    table.columns.iter().any(computed)
        || table.indexes.iter().any(Index::has_expressions)
        || table.constraints.iter().any(|constraint| matches!(constraint, Constraint::Check { .. }))
}

/// All differences, in the order of the tables. `printed` are the expressions of the models in PostgreSQL's words; a table
/// that is not among them has none.
pub(crate) fn compare(
    tables: &[Table],
    found: &IndexMap<String, FoundTable>,
    printed: &Printed,
    dialect: Dialect,
) -> Vec<Difference> {
    let nothing = FoundTable::default();
    let mut differences = Vec::new();
    for table in tables {
        let Some(found) = found.get(&table.name) else {
            differences.push(Difference {
                table: table.name.clone(),
                aspect: Aspect::Table,
                expected: Some("a table".to_owned()),
                found: None,
                weight: Weight::Wrong,
            });
            continue;
        };
        let printed = printed.get(&table.name).unwrap_or(&nothing);
        Comparer { table, found, printed, dialect, differences: &mut differences }.compare();
    }
    differences
}

struct Comparer<'a> {
    table: &'a Table,
    found: &'a FoundTable,
    printed: &'a FoundTable,
    dialect: Dialect,
    differences: &'a mut Vec<Difference>,
}

impl Comparer<'_> {
    fn differ(&mut self, aspect: Aspect, expected: Option<String>, found: Option<String>) {
        self.weigh(Weight::Wrong, aspect, expected, found);
    }

    fn weigh(&mut self, weight: Weight, aspect: Aspect, expected: Option<String>, found: Option<String>) {
        let table = self.table.name.clone();
        self.differences.push(Difference { table, aspect, expected, found, weight });
    }

    /// Whether two expressions of PostgreSQL mean the same, where it prints them with other casts.
    fn same_meaning(&self, found: Option<&str>, expected: Option<&str>) -> bool {
        let (Some(found), Some(expected)) = (found, expected) else { return false };
        let name = |column: &str| Some(column.to_owned());
        let translated = |text| translate(text, self.dialect, &name);
        found == expected || translated(found).is_some_and(|found| Some(found) == translated(expected))
    }

    fn compare(mut self) {
        let (table, found) = (self.table, self.found);
        for column in &table.columns {
            match found.columns.get(&column.name) {
                Some(found) => self.column(column, found),
                None => {
                    let aspect = Aspect::Column(column.name.clone());
                    self.differ(aspect, Some(column.sql_type.clone()), None);
                }
            }
        }
        for (name, column) in &found.columns {
            if !table.columns.iter().any(|expected| expected.name == *name) {
                self.differ(Aspect::Column(name.clone()), None, Some(column.sql_type.clone()));
            }
        }
        if table.primary_key != found.primary_key {
            let found = (!found.primary_key.is_empty()).then(|| listed(&found.primary_key));
            self.differ(Aspect::PrimaryKey, Some(listed(&table.primary_key)), found);
        }
        for constraint in &table.constraints {
            self.constraint(constraint);
        }
        for index in &table.indexes {
            match found.indexes.get(&index.name) {
                Some(found) => self.index(index, found),
                None => {
                    let expected = render::create_index(table, index);
                    // Only where the models do not name it: the index that a relation brings.
                    let same = |(_, found): &(&String, &FoundIndex)| {
                        has_implied_name(table, index) && is_the_same_plain_index(index, found)
                    };
                    let other = found.indexes.iter().find(same);
                    let weight = if other.is_some() { Weight::Served } else { Weight::Wrong };
                    let found = other.map(|(name, _)| format!("the index {name}"));
                    self.weigh(weight, Aspect::Index(index.name.clone()), Some(expected), found);
                }
            }
        }
    }

    fn column(&mut self, column: &Column, found: &FoundColumn) {
        let name = || column.name.clone();
        if column.sql_type != found.sql_type {
            let (expected, found) = (column.sql_type.clone(), found.sql_type.clone());
            // A text of any length has two names.
            let same = expected == "text" && found == "character varying";
            let weight = if same { Weight::Served } else { Weight::Wrong };
            self.weigh(weight, Aspect::Type(name()), Some(expected), Some(found));
        }
        if column.null != found.null {
            let shown = |null: bool| Some(if null { "NULL" } else { "NOT NULL" }.to_owned());
            self.differ(Aspect::Null(name()), shown(column.null), shown(found.null));
        }
        if column.collation != found.collation {
            // Text is ordered as the column is, all else is the same.
            let (expected, found) = (column.collation.clone(), found.collation.clone());
            self.weigh(Weight::Served, Aspect::Collation(name()), expected, found);
        }
        self.generated(column, found);
        if let Some(clause) = render::column_check(self.table, column) {
            self.check(&render::column_check_name(self.table, column), &clause);
        }
    }

    fn generated(&mut self, column: &Column, found: &FoundColumn) {
        let printed = self.printed.columns.get(&column.name);
        let same = match (&column.generated, self.dialect) {
            (Generated::Never, _) => !found.identity && found.default.is_none() && found.stored.is_none(),
            (Generated::Identity, _) => found.identity,
            (Generated::Default(value), Dialect::Sqlite) => {
                // SQLite leaves the parentheses of an expression out.
                found.default.as_ref().is_some_and(|text| text == value || format!("({text})") == *value)
            }
            (Generated::Default(_), Dialect::Postgres) => {
                found.default.is_some() && printed.map(|printed| &printed.default) == Some(&found.default)
            }
            // SQLite keeps the expression only inside the table's statement.
            (Generated::Stored(value), Dialect::Sqlite) => {
                let declared = render::stored_column(column, value);
                found.stored.is_some()
                    && self.found.statement.as_deref().is_some_and(|statement| statement.contains(&declared))
            }
            (Generated::Stored(_), Dialect::Postgres) => {
                found.stored.is_some() && printed.map(|printed| &printed.stored) == Some(&found.stored)
            }
        };
        if same {
            return;
        }
        let served = match &column.generated {
            Generated::Never => false,
            // A sequence of its own: `serial`.
            Generated::Identity => found.default.as_ref().is_some_and(|text| text.starts_with("nextval(")),
            Generated::Default(_) => {
                let expected = printed.and_then(|printed| printed.default.as_deref());
                self.same_meaning(found.default.as_deref(), expected)
            }
            Generated::Stored(_) => {
                let stored = |column: &FoundColumn| column.stored.clone().flatten();
                self.same_meaning(stored(found).as_deref(), printed.and_then(stored).as_deref())
            }
        };
        let weight = if served { Weight::Served } else { Weight::Wrong };
        let expected = match &column.generated {
            Generated::Never => None,
            Generated::Identity => Some("identity".to_owned()),
            Generated::Default(value) => Some(format!("default {value}")),
            Generated::Stored(value) => Some(format!("generated as {value}")),
        };
        let found = match (&found.stored, &found.default) {
            _ if found.identity => Some("identity".to_owned()),
            (Some(text), _) => Some(format!("generated as {}", text.as_deref().unwrap_or("another value"))),
            (None, Some(text)) => Some(format!("default {text}")),
            (None, None) => None,
        };
        self.weigh(weight, Aspect::Generated(column.name.clone()), expected, found);
    }

    fn constraint(&mut self, constraint: &Constraint) {
        match constraint {
            Constraint::Unique { name, columns } => {
                if !self.found.uniques.contains(columns) {
                    let expected = format!("UNIQUE ({})", listed(columns));
                    // A unique index refuses the same rows, and the order of the columns does not matter to that.
                    let index = self.found.indexes.iter().find(|(_, index)| is_unique_over(index, columns));
                    let other = self.found.uniques.iter().find(|other| same_names(other, columns));
                    let found = index.map(|(name, _)| format!("the unique index {name}"));
                    let found = found.or_else(|| other.map(|other| format!("UNIQUE ({})", listed(other))));
                    let weight = if found.is_some() { Weight::Served } else { Weight::Wrong };
                    self.weigh(weight, Aspect::Constraint(name.clone()), Some(expected), found);
                }
            }
            Constraint::Check { name, condition } => {
                self.check(name, &render::check_constraint(name, condition));
            }
            Constraint::ForeignKey(key) => self.foreign_key(key),
        }
    }

    /// Compares a check: its clause in SQLite's statement, its condition on PostgreSQL.
    fn check(&mut self, name: &str, clause: &str) {
        let found = match (&self.found.statement, self.dialect) {
            (Some(statement), Dialect::Sqlite) => {
                if statement.contains(clause) {
                    return;
                }
                let start = clause.split(" CHECK ").next().unwrap_or(clause);
                statement.contains(start).then(|| "another condition".to_owned())
            }
            _ => match self.found.checks.get(name) {
                Some(text) if self.printed.checks.get(name) == Some(text) => return,
                other => other.cloned(),
            },
        };
        let served = self.dialect == Dialect::Postgres
            && self.same_meaning(found.as_deref(), self.printed.checks.get(name).map(String::as_str));
        let weight = if served { Weight::Served } else { Weight::Wrong };
        self.weigh(weight, Aspect::Constraint(name.to_owned()), Some(clause.to_owned()), found);
    }

    fn foreign_key(&mut self, key: &ForeignKey) {
        let same_columns = |found: &&FoundForeignKey| {
            // The order of the pairs does not matter.
            let pairs = |key: &ForeignKey| {
                let mut pairs: Vec<(String, String)> =
                    key.columns.iter().cloned().zip(key.target.iter().cloned()).collect();
                pairs.sort();
                pairs
            };
            found.key.table == key.table && pairs(&found.key) == pairs(key)
        };
        let shown =
            |key: &ForeignKey| format!("{} → {} ({})", listed(&key.columns), key.table, listed(&key.target));
        let expected = format!("{}, deferred, no action", shown(key));
        let aspect = Aspect::Constraint(key.name.clone());
        match self.found.foreign_keys.iter().find(same_columns) {
            Some(found) if found.on_delete == "NO ACTION" && found.deferred != Some(false) => {}
            Some(found) => {
                let deferred = if found.deferred == Some(false) { "immediate" } else { "deferred" };
                let shown = format!("{}, {deferred}, {}", shown(&found.key), found.on_delete.to_lowercase());
                // Rows are written and deleted in an order that it takes; only circles of rows are not.
                self.weigh(Weight::Served, aspect, Some(expected), Some(shown));
            }
            None => {
                let other = self.found.foreign_keys.iter().find(|found| found.key.columns == key.columns);
                let found = other.map(|found| shown(&found.key));
                self.differ(aspect, Some(expected), found);
            }
        }
    }

    fn index(&mut self, index: &Index, found: &FoundIndex) {
        let expected = render::create_index(self.table, index);
        let unordered = index.method.is_some();
        let keys: Vec<(Option<String>, bool)> = index
            .keys
            .iter()
            .map(|key| match &key.key {
                Key::Column(column) => (Some(column.clone()), key.descending && !unordered),
                Key::Expression(_) => (None, key.descending && !unordered),
            })
            .collect();
        let mut same = index.unique == found.unique && keys == found.keys && index.include == found.include;
        let computed = index.keys.iter().any(|key| matches!(key.key, Key::Expression(_)));
        same &= match self.dialect {
            // SQLite keeps the statement as it was written.
            Dialect::Sqlite if !computed && index.condition.is_none() => {
                !found.statement.as_deref().is_some_and(|sql| sql.contains(" WHERE "))
            }
            Dialect::Sqlite => found.statement.as_deref() == Some(expected.as_str()),
            Dialect::Postgres => {
                let printed = self.printed.indexes.get(&index.name);
                // An index without expressions was not printed: then there should be none.
                let (expressions, condition) = match printed {
                    Some(printed) => (printed.expressions.as_slice(), printed.condition.as_ref()),
                    None => (&[][..], None),
                };
                found.method.as_deref() == Some(index.method.as_deref().unwrap_or("btree"))
                    && found.expressions == expressions
                    && found.condition.as_ref() == condition
            }
        };
        if same {
            return;
        }
        let served = self.dialect == Dialect::Postgres && self.means_the_same(index, found, &keys);
        let weight = if served { Weight::Served } else { Weight::Wrong };
        let shown = found.statement.clone().unwrap_or_else(|| {
            let keys: Vec<&str> =
                found.keys.iter().map(|(column, _)| column.as_deref().unwrap_or("an expression")).collect();
            let unique = if found.unique { "a unique index" } else { "an index" };
            let condition = found.condition.as_ref().map(|text| format!(" where {text}"));
            format!("{unique} on {}{}", keys.join(", "), condition.unwrap_or_default())
        });
        self.weigh(weight, Aspect::Index(index.name.clone()), Some(expected), Some(shown));
    }

    /// Whether an index of PostgreSQL differs in the casts that it prints only.
    fn means_the_same(&self, index: &Index, found: &FoundIndex, keys: &[(Option<String>, bool)]) -> bool {
        let printed = self.printed.indexes.get(&index.name);
        let expressions = printed.map(|printed| printed.expressions.as_slice()).unwrap_or_default();
        let condition = printed.and_then(|printed| printed.condition.as_deref());
        index.unique == found.unique
            && keys == found.keys
            && index.include == found.include
            && found.method.as_deref() == Some(index.method.as_deref().unwrap_or("btree"))
            && expressions.len() == found.expressions.len()
            && expressions.iter().zip(&found.expressions).all(|(a, b)| self.same_meaning(Some(b), Some(a)))
            && (condition == found.condition.as_deref()
                || self.same_meaning(found.condition.as_deref(), condition))
    }
}

/// Whether an index is over just these columns, of all rows, and unique.
fn is_unique_over(index: &FoundIndex, columns: &[String]) -> bool {
    let keys: Option<Vec<String>> = index.keys.iter().map(|(column, _)| column.clone()).collect();
    index.unique && has_no_condition(index) && keys.is_some_and(|keys| same_names(&keys, columns))
}

/// Whether an index has the name that Nuages makes of its columns.
fn has_implied_name(table: &Table, index: &Index) -> bool {
    let mut parts = vec![table.name.as_str()];
    parts.extend(index.keys.iter().filter_map(|key| match &key.key {
        Key::Column(column) => Some(column.as_str()),
        Key::Expression(_) => None,
    }));
    parts.push("idx");
    index.name == derived_name(&parts)
}

/// Whether an index of another name is over the same columns in the same order.
fn is_the_same_plain_index(index: &Index, found: &FoundIndex) -> bool {
    let method = index.method.as_deref().unwrap_or("btree");
    let keys = index.keys.iter().map(|key| match &key.key {
        Key::Column(column) => Some((Some(column.clone()), key.descending)),
        Key::Expression(_) => None,
    });
    !index.has_expressions()
        && !index.unique
        && has_no_condition(found)
        && found.method.as_deref().is_none_or(|found| found == method)
        && found.include == index.include
        && keys.collect::<Option<Vec<_>>>() == Some(found.keys.clone())
}

fn has_no_condition(index: &FoundIndex) -> bool {
    let in_statement = index.statement.as_deref().is_some_and(|sql| sql.to_uppercase().contains(" WHERE "));
    index.condition.is_none() && !in_statement
}

fn same_names(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|name| other.contains(name))
}

fn listed(columns: &[String]) -> String {
    columns.join(", ")
}
