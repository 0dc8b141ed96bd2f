//! Text of a [`Select`], for one dialect. Total: every tree has a text.

use super::{From, Join, LockClause, Order, Select, Sql, Table};
use crate::database::Dialect;
use crate::expr::{Frame, FrameBound, FrameUnit};
use std::fmt::Write;

/// The text of a statement. The same tree always gives the same text.
pub fn render(select: &Select, dialect: Dialect) -> String {
    let mut renderer = Renderer::new(dialect);
    renderer.select(select);
    renderer.into_text()
}

/// The text of an expression that stands in a statement of DDL. The same tree always gives the same text.
pub fn render_expression(expression: &Sql, dialect: Dialect) -> String {
    let mut renderer = Renderer::new(dialect);
    renderer.expression(expression);
    renderer.into_text()
}

pub(super) struct Renderer {
    out: String,
    dialect: Dialect,
}

impl Renderer {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { out: String::with_capacity(256), dialect }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn select(&mut self, select: &Select) {
        self.plain_select(select);
        for (operator, other) in &select.combined {
            self.out.push(' ');
            self.out.push_str(operator);
            self.out.push(' ');
            self.plain_select(other);
        }
        self.order_by(&select.order, " ORDER BY ");
        if let Some(limit) = &select.limit {
            self.out.push_str(" LIMIT ");
            self.expression(limit);
        } else if select.offset.is_some() && self.dialect == Dialect::Sqlite {
            // SQLite has no OFFSET without LIMIT; -1 is "no limit" there.
            self.out.push_str(" LIMIT -1");
        }
        if let Some(offset) = &select.offset {
            self.out.push_str(" OFFSET ");
            self.expression(offset);
        }
        if let Some(lock) = &select.lock {
            self.lock(lock);
        }
    }

    fn lock(&mut self, lock: &LockClause) {
        self.out.push(' ');
        self.out.push_str(lock.strength);
        for (index, alias) in lock.of.iter().enumerate() {
            self.out.push_str(if index == 0 { " OF " } else { ", " });
            self.identifier(alias);
        }
        if let Some(wait) = lock.wait {
            self.out.push(' ');
            self.out.push_str(wait);
        }
    }

    /// A SELECT up to HAVING.
    fn plain_select(&mut self, select: &Select) {
        self.out.push_str("SELECT ");
        if select.distinct {
            self.out.push_str("DISTINCT ");
        }
        if !select.distinct_on.is_empty() {
            self.out.push_str("DISTINCT ON (");
            self.list(&select.distinct_on);
            self.out.push_str(") ");
        }
        for (index, (column, name)) in select.columns.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.expression(column);
            if let Some(name) = name {
                self.out.push_str(" AS ");
                self.identifier(name);
            }
        }
        for (index, from) in select.from.iter().enumerate() {
            self.from(from, index == 0);
        }
        if let Some(filter) = &select.filter {
            self.out.push_str(" WHERE ");
            self.expression(filter);
        }
        if !select.group.is_empty() {
            self.out.push_str(" GROUP BY ");
            self.list(&select.group);
        }
        if let Some(having) = &select.having {
            self.out.push_str(" HAVING ");
            self.expression(having);
        }
    }

    fn from(&mut self, from: &From, first: bool) {
        self.out.push_str(match (first, from.join) {
            (true, _) => " FROM ",
            (false, Join::Inner) => " JOIN ",
            (false, Join::Left) => " LEFT JOIN ",
            (false, Join::Lateral) => " CROSS JOIN LATERAL ",
            (false, Join::LeftLateral) => " LEFT JOIN LATERAL ",
        });
        self.table(&from.table);
        if let (false, Some(on)) = (first, &from.on) {
            self.out.push_str(" ON ");
            self.expression(on);
        }
    }

    pub(super) fn table(&mut self, table: &Table) {
        match table {
            Table::Named { table, alias } => {
                self.identifier(table);
                self.out.push_str(" AS ");
                self.identifier(alias);
            }
            Table::Derived { select, alias } => {
                self.out.push('(');
                self.select(select);
                self.out.push_str(") AS ");
                self.identifier(alias);
            }
            Table::Raw { pieces, parameters, alias } => {
                self.out.push('(');
                let mut parameters = parameters.iter();
                for piece in pieces {
                    self.out.push_str(piece);
                    if let Some(parameter) = parameters.next() {
                        self.expression(parameter);
                    }
                }
                // The statement may end in a comment.
                self.out.push_str("\n) AS ");
                self.identifier(alias);
            }
            Table::Unnest { arrays, alias, columns } => {
                self.out.push_str("unnest(");
                self.list(arrays);
                self.out.push_str(") WITH ORDINALITY AS ");
                self.identifier(alias);
                self.out.push('(');
                for (index, column) in columns.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(", ");
                    }
                    self.identifier(column);
                }
                self.out.push(')');
            }
        }
    }

    fn order_by(&mut self, order: &[Order], introduction: &str) {
        for (index, key) in order.iter().enumerate() {
            self.out.push_str(if index == 0 { introduction } else { ", " });
            self.expression(&key.key);
            if key.descending {
                self.out.push_str(" DESC");
            }
            if let Some(nulls) = key.nulls {
                self.out.push(' ');
                self.out.push_str(nulls);
            }
        }
    }

    pub(super) fn list(&mut self, expressions: &[Sql]) {
        for (index, expression) in expressions.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.expression(expression);
        }
    }

    /// Expressions that bind less tightly than an infix operator are put in parentheses as its operands.
    fn operand(&mut self, expression: &Sql) {
        let closed = match expression {
            Sql::Column { .. }
            | Sql::Parameter(_)
            | Sql::Boolean(_)
            | Sql::Text(_)
            | Sql::Blob(_)
            | Sql::Call { .. }
            | Sql::Cast { .. }
            | Sql::CastTo { .. }
            | Sql::Extract { .. }
            | Sql::Slice { .. }
            | Sql::Row(_)
            | Sql::Case { .. }
            | Sql::Exists(_)
            | Sql::RowNumber { .. }
            | Sql::CountAll
            | Sql::Null
            | Sql::Aggregate { filter: None, .. }
            | Sql::Select(_)
            | Sql::Name(_) => true,
            Sql::Integer(number) => *number >= 0,
            Sql::Number(number) => !number.starts_with('-'),
            Sql::Binary { .. }
            | Sql::Negative(_)
            | Sql::Aggregate { .. }
            | Sql::Over { .. }
            | Sql::InSelect { .. }
            | Sql::Test { .. }
            | Sql::And(_)
            | Sql::Or(_)
            | Sql::Not(_)
            | Sql::Collate { .. }
            | Sql::Like { .. }
            | Sql::InArray { .. }
            | Sql::InList { .. }
            | Sql::InJsonList { .. } => false,
        };
        if closed {
            self.expression(expression);
        } else {
            self.out.push('(');
            self.expression(expression);
            self.out.push(')');
        }
    }

    pub(super) fn expression(&mut self, expression: &Sql) {
        match expression {
            Sql::Column { alias, column } => {
                self.identifier(alias);
                self.out.push('.');
                self.identifier(column);
            }
            Sql::Parameter(index) => {
                self.out.push(match self.dialect {
                    Dialect::Postgres => '$',
                    Dialect::Sqlite => '?',
                });
                // Writing to a String cannot fail.
                let _ = write!(self.out, "{}", index + 1);
            }
            Sql::Boolean(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Sql::Integer(number) => {
                let _ = write!(self.out, "{number}");
            }
            Sql::Text(text) => {
                self.out.push_str(&quoted_text(text));
            }
            Sql::Blob(bytes) => {
                self.out.push_str("x'");
                for byte in bytes.iter() {
                    let _ = write!(self.out, "{byte:02x}");
                }
                self.out.push('\'');
            }
            Sql::Binary { left, operator, right } => {
                self.operand(left);
                self.out.push(' ');
                self.out.push_str(operator);
                self.out.push(' ');
                self.operand(right);
            }
            Sql::Test { of, test } => {
                self.operand(of);
                self.out.push(' ');
                self.out.push_str(test);
            }
            Sql::And(parts) => self.chain(parts, " AND ", "true"),
            Sql::Or(parts) => self.chain(parts, " OR ", "false"),
            Sql::Not(of) => {
                self.out.push_str("NOT ");
                self.operand(of);
            }
            Sql::Call { function, arguments } => {
                self.out.push_str(function);
                self.out.push('(');
                self.list(arguments);
                self.out.push(')');
            }
            Sql::Cast { of, to } => match self.dialect {
                Dialect::Postgres => {
                    self.operand(of);
                    self.out.push_str("::");
                    self.out.push_str(to);
                }
                Dialect::Sqlite => {
                    self.out.push_str("CAST(");
                    self.expression(of);
                    self.out.push_str(" AS ");
                    self.out.push_str(to);
                    self.out.push(')');
                }
            },
            Sql::CastTo { of, to } => {
                self.out.push_str("CAST(");
                self.expression(of);
                self.out.push_str(" AS ");
                for (position, part) in to.iter().enumerate() {
                    if position > 0 {
                        self.out.push('.');
                    }
                    self.identifier(part);
                }
                self.out.push(')');
            }
            Sql::Slice { of, from, to } => {
                self.out.push('(');
                self.expression(of);
                let _ = write!(self.out, ")[{from}:{to}]");
            }
            Sql::Collate { of, collation } => {
                self.operand(of);
                self.out.push_str(" COLLATE ");
                self.identifier(collation);
            }
            Sql::Extract { part, of } => {
                self.out.push_str("extract(");
                self.out.push_str(part);
                self.out.push_str(" from ");
                self.expression(of);
                self.out.push(')');
            }
            Sql::Like { text, pattern } => {
                self.operand(text);
                self.out.push_str(" LIKE ");
                self.operand(pattern);
                // PostgreSQL's default escape is the backslash; SQLite has none.
                if self.dialect == Dialect::Sqlite {
                    self.out.push_str(" ESCAPE '\\'");
                }
            }
            Sql::Row(parts) => {
                self.out.push('(');
                self.list(parts);
                self.out.push(')');
            }
            Sql::Case { branches, otherwise } => {
                self.out.push_str("CASE");
                for (when, then) in branches {
                    self.out.push_str(" WHEN ");
                    self.expression(when);
                    self.out.push_str(" THEN ");
                    self.expression(then);
                }
                if let Some(otherwise) = otherwise {
                    self.out.push_str(" ELSE ");
                    self.expression(otherwise);
                }
                self.out.push_str(" END");
            }
            Sql::Null => self.out.push_str("NULL"),
            Sql::Number(number) => self.out.push_str(number),
            Sql::Negative(of) => {
                self.out.push('-');
                self.operand(of);
            }
            Sql::Aggregate { function, distinct, arguments, order, filter } => {
                self.out.push_str(function);
                self.out.push('(');
                if *distinct {
                    self.out.push_str("DISTINCT ");
                }
                if arguments.is_empty() {
                    self.out.push('*');
                }
                self.list(arguments);
                self.order_by(order, " ORDER BY ");
                self.out.push(')');
                if let Some(filter) = filter {
                    self.out.push_str(" FILTER (WHERE ");
                    self.expression(filter);
                    self.out.push(')');
                }
            }
            Sql::Over { of, partition, order, frame } => self.over(of, partition, order, frame.as_ref()),
            Sql::Select(select) => {
                self.out.push('(');
                self.select(select);
                self.out.push(')');
            }
            Sql::InSelect { of, select } => {
                self.operand(of);
                self.out.push_str(" IN (");
                self.select(select);
                self.out.push(')');
            }
            Sql::Name(name) => self.identifier(name),
            Sql::InArray { element, array } => {
                self.operand(element);
                self.out.push_str(" = ANY(");
                self.expression(array);
                self.out.push(')');
            }
            Sql::InList { element, list } => {
                self.operand(element);
                self.out.push_str(" IN (");
                self.list(list);
                self.out.push(')');
            }
            Sql::InJsonList { element, list } => {
                self.operand(element);
                self.out.push_str(" IN (SELECT value FROM json_each(");
                self.expression(list);
                self.out.push_str("))");
            }
            Sql::Exists(select) => {
                self.out.push_str("EXISTS (");
                self.select(select);
                self.out.push(')');
            }
            Sql::RowNumber { partition, order } => {
                self.out.push_str("row_number() OVER (PARTITION BY ");
                self.list(partition);
                self.order_by(order, " ORDER BY ");
                self.out.push(')');
            }
            Sql::CountAll => self.out.push_str("count(*)"),
        }
    }

    fn over(&mut self, of: &Sql, partition: &[Sql], order: &[Order], frame: Option<&Frame>) {
        self.expression(of);
        self.out.push_str(" OVER (");
        if !partition.is_empty() {
            self.out.push_str("PARTITION BY ");
            self.list(partition);
        }
        self.order_by(order, if partition.is_empty() { "ORDER BY " } else { " ORDER BY " });
        if let Some(frame) = frame {
            self.out.push_str(match frame.unit {
                FrameUnit::Rows => " ROWS BETWEEN ",
                FrameUnit::Range => " RANGE BETWEEN ",
                FrameUnit::Groups => " GROUPS BETWEEN ",
            });
            self.frame_bound(frame.start);
            self.out.push_str(" AND ");
            self.frame_bound(frame.end);
        }
        self.out.push(')');
    }

    fn frame_bound(&mut self, bound: FrameBound) {
        // Writing to a String cannot fail.
        let _ = match bound {
            FrameBound::UnboundedPreceding => write!(self.out, "UNBOUNDED PRECEDING"),
            FrameBound::Preceding(rows) => write!(self.out, "{rows} PRECEDING"),
            FrameBound::CurrentRow => write!(self.out, "CURRENT ROW"),
            FrameBound::Following(rows) => write!(self.out, "{rows} FOLLOWING"),
            FrameBound::UnboundedFollowing => write!(self.out, "UNBOUNDED FOLLOWING"),
        };
    }

    fn chain(&mut self, parts: &[Sql], between: &str, empty: &str) {
        if parts.is_empty() {
            self.out.push_str(empty);
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push_str(between);
            }
            // Only a nested chain needs parentheses: tests and comparisons bind tighter than AND and OR.
            if parts.len() > 1 && matches!(part, Sql::And(_) | Sql::Or(_)) {
                self.out.push('(');
                self.expression(part);
                self.out.push(')');
            } else {
                self.expression(part);
            }
        }
    }

    pub(super) fn identifier(&mut self, name: &str) {
        self.out.push_str(&quoted_identifier(name));
    }
}

/// A name as it stands in a statement. The only place where identifiers are quoted.
pub fn quoted_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as it stands in a statement. The only place where texts are quoted. Both databases take backslashes literally
/// (PostgreSQL: `standard_conforming_strings`, which it has been by default since 9.1).
pub fn quoted_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_parenthesises() {
        let select = Select {
            columns: vec![
                (Sql::column("t\"0", "a"), None),
                (Sql::binary(Sql::Integer(1), "-", Sql::Integer(-1)), Some("n".to_owned())),
            ],
            from: vec![From::table(Join::Inner, "tab", "t\"0", None)],
            filter: Some(Sql::And(vec![
                Sql::Or(vec![Sql::Boolean(true), Sql::Boolean(false)]),
                Sql::Not(Box::new(Sql::binary(Sql::Parameter(0), "=", Sql::Text("it's".to_owned())))),
            ])),
            offset: Some(Sql::Integer(3)),
            ..Select::default()
        };
        assert_eq!(
            render(&select, Dialect::Sqlite),
            r#"SELECT "t""0"."a", 1 - (-1) AS "n" FROM "tab" AS "t""0" WHERE (true OR false) AND NOT (?1 = 'it''s') LIMIT -1 OFFSET 3"#
        );
        assert_eq!(
            render(&select, Dialect::Postgres),
            r#"SELECT "t""0"."a", 1 - (-1) AS "n" FROM "tab" AS "t""0" WHERE (true OR false) AND NOT ($1 = 'it''s') OFFSET 3"#
        );
    }
}
