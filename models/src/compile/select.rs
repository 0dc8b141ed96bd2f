//! Sub-queries, aggregates and windows.

use super::Compiler;
use crate::bind::{BoundAggregate, BoundFrom, BoundSelect, BoundTable, BoundWindow, Typed, WindowCall};
use crate::database::Dialect;
use crate::expr::{Frame, Slot};
use crate::prepare::CompileError;
use crate::query::{Bound, Combination, Lock, LockWait};
use crate::registry::{LogicalType, SqliteEncoding};
use crate::sql::{From, Join, LockClause, Order, Select, Sql, Table, all_of};

impl Compiler<'_> {
    /// A whole SELECT.
    ///
    /// # Errors
    /// When the database lacks what it needs.
    pub fn select(&mut self, bound: &BoundSelect) -> Result<Select, CompileError> {
        let known = self.known.len();
        let result = self.select_with(bound);
        self.known.truncate(known);
        result
    }

    fn select_with(&mut self, bound: &BoundSelect) -> Result<Select, CompileError> {
        let mut select = Select { distinct: bound.distinct, ..Select::default() };
        if bound.combined.is_empty() {
            self.fill(bound, &mut select)?;
        } else {
            // A member of its own ordering or bounds stands in a sub-query: SQLite has no parentheses around members.
            let first = BoundSelect {
                combined: Vec::new(),
                order: Vec::new(),
                limit: None,
                offset: None,
                ..bound.clone()
            };
            self.fill(&first, &mut select)?;
            let mut before: Option<Combination> = None;
            for (how, other) in &bound.combined {
                // INTERSECT binds tighter on PostgreSQL and not on SQLite.
                if before.is_some_and(|before| {
                    (before == Combination::Intersection) != (*how == Combination::Intersection)
                }) {
                    select = whole(select, "combined");
                }
                let mut member = self.select(other)?;
                if !member.order.is_empty()
                    || member.limit.is_some()
                    || member.offset.is_some()
                    || !member.combined.is_empty()
                {
                    member = whole(member, "member");
                }
                select.combined.push((operator(*how), member));
                before = Some(*how);
            }
        }
        select.order = self.order(&bound.order, false)?;
        select.limit = bound.limit.map(|limit| self.rows(limit));
        select.offset = match bound.offset {
            Some(Bound::Inline(0)) | None => None,
            Some(offset) => Some(self.rows(offset)),
        };
        if let Some((lock, of)) = &bound.lock
            && self.dialect() == Dialect::Postgres
        {
            let of = of.iter().map(|alias| alias.name()).collect();
            select.lock = Some(lock_clause(lock, of));
        }
        if !select.distinct_on.is_empty() && self.dialect() == Dialect::Sqlite {
            return Ok(first_of_each(select));
        }
        Ok(select)
    }

    fn fill(&mut self, bound: &BoundSelect, select: &mut Select) -> Result<(), CompileError> {
        for key in bound.group.iter().flatten() {
            select.group.push(self.known(key)?);
        }
        for key in &bound.distinct_on {
            select.distinct_on.push(self.known(key)?);
        }
        for (typed, name) in &bound.columns {
            let column = if bound.distinct { self.known(typed)? } else { self.scalar(typed)? };
            select.columns.push((column, name.clone()));
        }
        for from in &bound.from {
            select.from.push(self.from(from)?);
        }
        let mut conditions = Vec::new();
        for (outer, outer_column, inner, inner_column) in &bound.link {
            conditions.push(Sql::binary(
                Sql::column(&inner.name(), inner_column),
                "=",
                Sql::column(&outer.name(), outer_column),
            ));
        }
        if let Some(filter) = &bound.filter {
            match self.condition(filter)? {
                Sql::And(parts) if bound.link.is_empty() => conditions.extend(parts),
                condition => conditions.push(condition),
            }
        }
        select.filter = all_of(conditions);
        if let Some(having) = &bound.having {
            select.having = Some(self.condition(having)?);
        }
        Ok(())
    }

    /// A value that is the same SQL from now on.
    pub(crate) fn known(&mut self, typed: &Typed) -> Result<Sql, CompileError> {
        let sql = self.scalar(typed)?;
        self.known.push((typed.clone(), sql.clone()));
        Ok(sql)
    }

    fn from(&mut self, from: &BoundFrom) -> Result<From, CompileError> {
        let alias = from.alias.name();
        let mut on: Vec<Sql> = from
            .on
            .iter()
            .map(|(own, other, column)| {
                Sql::binary(Sql::column(&alias, own), "=", Sql::column(&other.name(), column))
            })
            .collect();
        if let Some(condition) = &from.condition {
            on.push(self.condition(condition)?);
        }
        let table = match &from.table {
            BoundTable::Named(table) => Table::Named { table: table.clone(), alias },
            BoundTable::Raw(pieces, parameters) => {
                let parameters = parameters.iter().map(|parameter| self.scalar(parameter));
                let parameters = parameters.collect::<Result<_, _>>()?;
                Table::Raw { pieces: pieces.clone(), parameters, alias }
            }
            BoundTable::Select(select) => Table::Derived { select: Box::new(self.select(select)?), alias },
        };
        Ok(From { join: if from.left { Join::Left } else { Join::Inner }, table, on: all_of(on) })
    }

    fn rows(&mut self, bound: Bound) -> Sql {
        match bound {
            Bound::Inline(rows) => Sql::Integer(i64::try_from(rows).unwrap_or(i64::MAX)),
            Bound::Argument(index) => self.slot(
                Slot::Argument(index),
                LogicalType::Int64,
                SqliteEncoding::Plain,
                super::Conversion::Plain,
            ),
        }
    }

    /// An aggregate under a name of the database.
    ///
    /// # Errors
    /// When the database lacks what its parts need.
    pub fn aggregate(
        &mut self,
        function: &'static str,
        aggregate: &BoundAggregate,
    ) -> Result<Sql, CompileError> {
        let known = self.known.len();
        let arguments = aggregate.arguments.iter().map(|argument| {
            // What different values are ordered by must be seen to be the values.
            if aggregate.distinct { self.known(argument) } else { self.scalar(argument) }
        });
        let arguments = arguments.collect::<Result<_, _>>()?;
        let result = self.aggregate_of(function, arguments, aggregate);
        self.known.truncate(known);
        result
    }

    /// An aggregate of arguments that are compiled already; filter and order are the aggregate's.
    ///
    /// # Errors
    /// When the database lacks what its parts need.
    pub fn aggregate_of(
        &mut self,
        function: &'static str,
        arguments: Vec<Sql>,
        aggregate: &BoundAggregate,
    ) -> Result<Sql, CompileError> {
        let order = self.order(&aggregate.order, false)?;
        let filter = match &aggregate.filter {
            Some(filter) => Some(Box::new(self.condition(filter)?)),
            None => None,
        };
        Ok(Sql::Aggregate { function, distinct: aggregate.distinct, arguments, order, filter })
    }

    pub(super) fn window(
        &mut self,
        window: &BoundWindow,
        logical: &LogicalType,
    ) -> Result<Sql, CompileError> {
        let mut of = match &window.function {
            WindowCall::Function(function, arguments) => {
                let arguments =
                    arguments.iter().map(|argument| self.scalar(argument)).collect::<Result<_, _>>()?;
                Sql::call(function.name, arguments)
            }
            WindowCall::Aggregate(aggregate) => (aggregate.function.compile)(self, aggregate, logical)?,
        };
        let partition = window.partition.iter().map(|key| self.scalar(key)).collect::<Result<_, _>>()?;
        let order = self.order(&window.order, false)?;
        let window = Over { partition, order, frame: window.frame };
        if matches!(of, Sql::Call { .. }) && !has_aggregate(&mut of) {
            return Ok(window.of(of));
        }
        window.each_aggregate(&mut of);
        Ok(of)
    }
}

/// The neighbours that a window function looks at.
struct Over {
    partition: Vec<Sql>,
    order: Vec<Order>,
    frame: Option<Frame>,
}

impl Over {
    fn of(&self, of: Sql) -> Sql {
        let (partition, order) = (self.partition.clone(), self.order.clone());
        Sql::Over { of: Box::new(of), partition, order, frame: self.frame }
    }

    /// What is computed of aggregates is computed of each of them over the window.
    fn each_aggregate(&self, sql: &mut Sql) {
        match sql {
            Sql::Aggregate { .. } | Sql::CountAll => *sql = self.of(std::mem::replace(sql, Sql::Null)),
            Sql::Select(_) | Sql::Exists(_) => {}
            other => other.each_part(&mut |part| self.each_aggregate(part)),
        }
    }
}

fn has_aggregate(sql: &mut Sql) -> bool {
    let mut found = matches!(sql, Sql::Aggregate { .. } | Sql::CountAll);
    if !found && !matches!(sql, Sql::Select(_) | Sql::Exists(_)) {
        sql.each_part(&mut |part| found |= has_aggregate(part));
    }
    found
}

fn operator(how: Combination) -> &'static str {
    match how {
        Combination::Union => "UNION",
        Combination::UnionAll => "UNION ALL",
        Combination::Intersection => "INTERSECT",
        Combination::Difference => "EXCEPT",
    }
}

/// DISTINCT ON for SQLite: the rows of each combination are numbered in the query's order, and the first ones kept.
fn first_of_each(mut select: Select) -> Select {
    const INNER: &str = "numbered";
    const NUMBER: &str = "number";
    let partition = std::mem::take(&mut select.distinct_on);
    let order = std::mem::take(&mut select.order);
    let (limit, offset) = (select.limit.take(), select.offset.take());
    let columns: Vec<(Sql, Option<String>)> = std::mem::take(&mut select.columns);
    let mut outer = Select { limit, offset, ..Select::default() };
    for (index, (column, name)) in columns.into_iter().enumerate() {
        let inner = format!("c{index}");
        outer.columns.push((Sql::column(INNER, &inner), name));
        select.columns.push((column, Some(inner)));
    }
    for (index, key) in order.iter().enumerate() {
        let inner = format!("k{index}");
        outer.order.push(Order { key: Sql::column(INNER, &inner), ..key.clone() });
        select.columns.push((key.key.clone(), Some(inner)));
    }
    select.columns.push((Sql::RowNumber { partition, order }, Some(NUMBER.to_owned())));
    let table = Table::Derived { select: Box::new(select), alias: INNER.to_owned() };
    outer.from.push(From { join: Join::Inner, table, on: None });
    outer.filter = Some(Sql::binary(Sql::column(INNER, NUMBER), "=", Sql::Integer(1)));
    outer
}

/// A SELECT as the only table of another.
fn whole(select: Select, alias: &str) -> Select {
    let columns = select
        .columns
        .iter()
        .enumerate()
        .map(|(index, (_, name))| {
            let name = name.clone().unwrap_or_else(|| format!("c{index}"));
            (Sql::column(alias, &name), Some(name))
        })
        .collect();
    let table = Table::Derived { select: Box::new(select), alias: alias.to_owned() };
    Select { columns, from: vec![From { join: Join::Inner, table, on: None }], ..Select::default() }
}

fn lock_clause(lock: &Lock, of: Vec<String>) -> LockClause {
    LockClause {
        strength: if lock.no_key { "FOR NO KEY UPDATE" } else { "FOR UPDATE" },
        of,
        wait: match lock.wait {
            LockWait::Wait => None,
            LockWait::NoWait => Some("NOWAIT"),
            LockWait::SkipLocked => Some("SKIP LOCKED"),
        },
    }
}
