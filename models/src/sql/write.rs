//! The trees of statements that write, and their text.

use super::render::Renderer;
use super::{Select, Sql};
use crate::database::Dialect;

/// A statement that writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// INSERT.
    Insert(Insert),
    /// UPDATE.
    Update(Update),
    /// DELETE.
    Delete(Delete),
}

/// An INSERT.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: String,
    /// The columns that are given; none gives a row of defaults.
    pub columns: Vec<String>,
    /// Their values.
    pub rows: Rows,
    /// ON CONFLICT.
    pub conflict: Option<Conflict>,
    /// RETURNING, with names.
    pub returning: Vec<(Sql, String)>,
}

/// The rows of an INSERT.
#[derive(Debug, Clone, PartialEq)]
pub enum Rows {
    /// VALUES.
    Values(Vec<Vec<Sql>>),
    /// SELECT.
    Select(Box<Select>),
}

/// ON CONFLICT.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The columns of a unique index; none is any constraint.
    pub columns: Vec<String>,
    /// DO UPDATE with these; none is DO NOTHING. The new row is `excluded`.
    pub set: Vec<(String, Sql)>,
}

/// An UPDATE.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The table.
    pub table: String,
    /// Its alias.
    pub alias: String,
    /// Columns and their new values, over the row as it was.
    pub set: Vec<(String, Sql)>,
    /// Rows that are joined: each of its rows is met by at most one row of the table.
    pub from: Option<super::Table>,
    /// Which rows.
    pub filter: Option<Sql>,
    /// RETURNING, with names.
    pub returning: Vec<(Sql, String)>,
}

/// A DELETE.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// The table.
    pub table: String,
    /// Its alias.
    pub alias: String,
    /// Which rows.
    pub filter: Option<Sql>,
}

/// The text of a statement that writes. The same tree always gives the same text.
pub fn render_write(write: &Write, dialect: Dialect) -> String {
    let mut renderer = Renderer::new(dialect);
    match write {
        Write::Insert(insert) => renderer.insert(insert),
        Write::Update(update) => renderer.update(update),
        Write::Delete(delete) => renderer.delete(delete),
    }
    renderer.into_text()
}

impl Renderer {
    fn insert(&mut self, insert: &Insert) {
        self.text("INSERT INTO ");
        self.identifier(&insert.table);
        if insert.columns.is_empty() {
            self.text(" DEFAULT VALUES");
        } else {
            self.text(" (");
            self.identifiers(&insert.columns);
            self.text(") ");
            match &insert.rows {
                Rows::Values(rows) => {
                    self.text("VALUES ");
                    for (index, row) in rows.iter().enumerate() {
                        self.text(if index == 0 { "(" } else { ", (" });
                        self.list(row);
                        self.text(")");
                    }
                }
                Rows::Select(select) => self.select(select),
            }
        }
        if let Some(conflict) = &insert.conflict {
            self.conflict(conflict);
        }
        self.returning(&insert.returning);
    }

    fn conflict(&mut self, conflict: &Conflict) {
        self.text(" ON CONFLICT");
        if !conflict.columns.is_empty() {
            self.text(" (");
            self.identifiers(&conflict.columns);
            self.text(")");
        }
        if conflict.set.is_empty() {
            self.text(" DO NOTHING");
        } else {
            self.text(" DO UPDATE SET ");
            self.assignments(&conflict.set);
        }
    }

    fn update(&mut self, update: &Update) {
        self.text("UPDATE ");
        self.identifier(&update.table);
        self.text(" AS ");
        self.identifier(&update.alias);
        self.text(" SET ");
        self.assignments(&update.set);
        if let Some(from) = &update.from {
            self.text(" FROM ");
            self.table(from);
        }
        self.condition(update.filter.as_ref());
        self.returning(&update.returning);
    }

    fn delete(&mut self, delete: &Delete) {
        self.text("DELETE FROM ");
        self.identifier(&delete.table);
        self.text(" AS ");
        self.identifier(&delete.alias);
        self.condition(delete.filter.as_ref());
    }

    fn assignments(&mut self, set: &[(String, Sql)]) {
        for (index, (column, value)) in set.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.identifier(column);
            self.text(" = ");
            self.expression(value);
        }
    }

    fn condition(&mut self, filter: Option<&Sql>) {
        if let Some(filter) = filter {
            self.text(" WHERE ");
            self.expression(filter);
        }
    }

    fn returning(&mut self, columns: &[(Sql, String)]) {
        for (index, (column, name)) in columns.iter().enumerate() {
            self.text(if index == 0 { " RETURNING " } else { ", " });
            self.expression(column);
            self.text(" AS ");
            self.identifier(name);
        }
    }

    fn identifiers(&mut self, names: &[String]) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.identifier(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_one_text() {
        let name = |name: &str| Sql::Name(name.to_owned());
        let insert = Write::Insert(Insert {
            table: "t".to_owned(),
            columns: vec!["a".to_owned(), "b".to_owned()],
            rows: Rows::Values(vec![vec![Sql::Parameter(0), Sql::Null]]),
            conflict: Some(Conflict {
                columns: vec!["a".to_owned()],
                set: vec![("b".to_owned(), Sql::column("excluded", "b"))],
            }),
            returning: vec![(name("id"), "id".to_owned())],
        });
        assert_eq!(
            render_write(&insert, Dialect::Postgres),
            "INSERT INTO \"t\" (\"a\", \"b\") VALUES ($1, NULL) ON CONFLICT (\"a\") DO UPDATE SET \"b\" = \"excluded\".\"b\" RETURNING \"id\" AS \"id\""
        );
        let defaults = Write::Insert(Insert {
            table: "t".to_owned(),
            columns: Vec::new(),
            rows: Rows::Values(Vec::new()),
            conflict: None,
            returning: Vec::new(),
        });
        assert_eq!(render_write(&defaults, Dialect::Sqlite), "INSERT INTO \"t\" DEFAULT VALUES");
        let update = Write::Update(Update {
            table: "t".to_owned(),
            alias: "t0".to_owned(),
            set: vec![("a".to_owned(), Sql::binary(Sql::column("t0", "a"), "+", Sql::Integer(1)))],
            from: None,
            filter: Some(Sql::binary(Sql::column("t0", "id"), "=", Sql::Parameter(0))),
            returning: Vec::new(),
        });
        assert_eq!(
            render_write(&update, Dialect::Sqlite),
            "UPDATE \"t\" AS \"t0\" SET \"a\" = \"t0\".\"a\" + 1 WHERE \"t0\".\"id\" = ?1"
        );
        let delete = Write::Delete(Delete { table: "t".to_owned(), alias: "t0".to_owned(), filter: None });
        assert_eq!(render_write(&delete, Dialect::Postgres), "DELETE FROM \"t\" AS \"t0\"");
    }
}
