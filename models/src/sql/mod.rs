//! The SQL tree: only the nodes in use, parameters instead of values. The compile stage builds it, and
//! [`render`] turns it into text; rendering is total.

mod render;
mod write;

use crate::expr::Frame;
use std::borrow::Cow;

pub use render::{quoted_identifier, quoted_text, render, render_expression};
pub use write::{Conflict, Delete, Insert, Rows, Update, Write, render_write};

/// A scalar or boolean SQL expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Sql {
    /// A column of a table alias.
    Column {
        /// The alias.
        alias: String,
        /// The column.
        column: String,
    },
    /// The n-th parameter of the statement, from 0.
    Parameter(usize),
    /// `true` or `false`.
    Boolean(bool),
    /// NULL.
    Null,
    /// A number.
    Integer(i64),
    /// A number by its digits, with an optional point and exponent.
    Number(String),
    /// The number with the other sign.
    Negative(Box<Sql>),
    /// A text that Nuages itself chose, or (in DDL) one of a model file; quoted when rendered.
    Text(String),
    /// Bytes, as a literal.
    Blob(Cow<'static, [u8]>),
    /// An infix operator.
    Binary {
        /// Left operand.
        left: Box<Sql>,
        /// `=`, `AT TIME ZONE`, …
        operator: &'static str,
        /// Right operand.
        right: Box<Sql>,
    },
    /// A postfix test such as `IS NULL`.
    Test {
        /// Its operand.
        of: Box<Sql>,
        /// `IS NULL`, `IS NOT TRUE`, …
        test: &'static str,
    },
    /// All of them.
    And(Vec<Sql>),
    /// Any of them.
    Or(Vec<Sql>),
    /// Plain SQL negation.
    Not(Box<Sql>),
    /// A function call.
    Call {
        /// The function.
        function: &'static str,
        /// Its arguments.
        arguments: Vec<Sql>,
    },
    /// `CAST(… AS …)`.
    Cast {
        /// Its operand.
        of: Box<Sql>,
        /// The type's name.
        to: &'static str,
    },
    /// A cast to a type that is known by its name in the database: its schema, if it is said, and its name.
    CastTo {
        /// Its operand.
        of: Box<Sql>,
        /// The type's name, or its schema's and its own.
        to: Vec<String>,
    },
    /// `… COLLATE …`.
    Collate {
        /// Its operand.
        of: Box<Sql>,
        /// The collation's name.
        collation: String,
    },
    /// `(…)[from:to]`: elements of an array, counted from 1, both included.
    Slice {
        /// The array.
        of: Box<Sql>,
        /// The first.
        from: u32,
        /// The last.
        to: u32,
    },
    /// `extract(… from …)`.
    Extract {
        /// The part.
        part: &'static str,
        /// Of what.
        of: Box<Sql>,
    },
    /// `… LIKE … ESCAPE '\'`.
    Like {
        /// The text.
        text: Box<Sql>,
        /// The pattern.
        pattern: Box<Sql>,
    },
    /// `(a, b)`.
    Row(Vec<Sql>),
    /// `CASE WHEN … THEN … ELSE … END` (NULL otherwise).
    Case {
        /// Conditions and values.
        branches: Vec<(Sql, Sql)>,
        /// The value when none holds.
        otherwise: Option<Box<Sql>>,
    },
    /// `= ANY(array)`: the left side is an element of an array.
    InArray {
        /// The element.
        element: Box<Sql>,
        /// The array.
        array: Box<Sql>,
    },
    /// `IN (…)` of values that stand in the text; never of none.
    InList {
        /// The element.
        element: Box<Sql>,
        /// The values.
        list: Vec<Sql>,
    },
    /// `IN (SELECT value FROM json_each(list))`.
    InJsonList {
        /// The element.
        element: Box<Sql>,
        /// JSON text of a list.
        list: Box<Sql>,
    },
    /// `EXISTS (…)`.
    Exists(Box<Select>),
    /// `row_number() OVER (PARTITION BY … ORDER BY …)`.
    RowNumber {
        /// Partition.
        partition: Vec<Sql>,
        /// Ordering.
        order: Vec<Order>,
    },
    /// `count(*)`.
    CountAll,
    /// An aggregate.
    Aggregate {
        /// The function.
        function: &'static str,
        /// Each value once.
        distinct: bool,
        /// Its arguments; none is `*`.
        arguments: Vec<Sql>,
        /// The order in which values are taken.
        order: Vec<Order>,
        /// Only these rows.
        filter: Option<Box<Sql>>,
    },
    /// `of OVER (…)`.
    Over {
        /// A call or an aggregate.
        of: Box<Sql>,
        /// Partition.
        partition: Vec<Sql>,
        /// Ordering.
        order: Vec<Order>,
        /// Which neighbours are looked at.
        frame: Option<Frame>,
    },
    /// The first column of the first row of a sub-query.
    Select(Box<Select>),
    /// `of IN (SELECT …)`.
    InSelect {
        /// The value.
        of: Box<Sql>,
        /// The sub-query.
        select: Box<Select>,
    },
    /// An output column of the whole, by its name.
    Name(String),
}

impl Sql {
    /// A column of an alias.
    pub fn column(alias: &str, column: &str) -> Self {
        Self::Column { alias: alias.to_owned(), column: column.to_owned() }
    }

    /// `left operator right`.
    pub fn binary(left: Self, operator: &'static str, right: Self) -> Self {
        Self::Binary { left: Box::new(left), operator, right: Box::new(right) }
    }

    /// `of test`.
    pub fn test(of: Self, test: &'static str) -> Self {
        Self::Test { of: Box::new(of), test }
    }

    /// `function(arguments)`.
    pub fn call(function: &'static str, arguments: Vec<Self>) -> Self {
        Self::Call { function, arguments }
    }

    /// Calls a function with each direct part, those of sub-queries too.
    pub fn each_part(&mut self, f: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Column { .. }
            | Self::Parameter(_)
            | Self::Boolean(_)
            | Self::Null
            | Self::Integer(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Blob(_)
            | Self::CountAll
            | Self::Name(_) => {}
            Self::Binary { left, right, .. } => {
                f(left);
                f(right);
            }
            Self::Negative(of)
            | Self::Not(of)
            | Self::Test { of, .. }
            | Self::Cast { of, .. }
            | Self::CastTo { of, .. }
            | Self::Collate { of, .. }
            | Self::Slice { of, .. }
            | Self::Extract { of, .. } => f(of),
            Self::And(parts) | Self::Or(parts) | Self::Row(parts) | Self::Call { arguments: parts, .. } => {
                parts.iter_mut().for_each(f);
            }
            Self::Like { text: a, pattern: b }
            | Self::InArray { element: a, array: b }
            | Self::InJsonList { element: a, list: b } => {
                f(a);
                f(b);
            }
            Self::InList { element, list } => {
                f(element);
                list.iter_mut().for_each(f);
            }
            Self::Case { branches, otherwise } => {
                for (when, then) in branches {
                    f(when);
                    f(then);
                }
                otherwise.iter_mut().for_each(|otherwise| f(otherwise));
            }
            Self::Exists(select) | Self::Select(select) => select.each_part(f),
            Self::InSelect { of, select } => {
                f(of);
                select.each_part(f);
            }
            Self::RowNumber { partition, order } => {
                partition.iter_mut().for_each(&mut *f);
                order.iter_mut().for_each(|key| f(&mut key.key));
            }
            Self::Aggregate { arguments, order, filter, .. } => {
                arguments.iter_mut().for_each(&mut *f);
                order.iter_mut().for_each(|key| f(&mut key.key));
                filter.iter_mut().for_each(|filter| f(filter));
            }
            Self::Over { of, partition, order, .. } => {
                f(of);
                partition.iter_mut().for_each(&mut *f);
                order.iter_mut().for_each(|key| f(&mut key.key));
            }
        }
    }

    /// Whether a value computed over a window stands in it, those of sub-queries aside.
    pub(crate) fn has_window(&mut self) -> bool {
        let mut found = matches!(self, Self::Over { .. } | Self::RowNumber { .. });
        if !found && !matches!(self, Self::Select(_) | Self::Exists(_)) {
            self.each_part(&mut |part| found |= part.has_window());
        }
        found
    }

    /// Whether a column of a row stands in it.
    pub(crate) fn has_column(&mut self) -> bool {
        let mut found = matches!(self, Self::Column { .. });
        if !found {
            self.each_part(&mut |part| found |= part.has_column());
        }
        found
    }

    /// `CAST(of AS to)`.
    pub fn cast(of: Self, to: &'static str) -> Self {
        Self::Cast { of: Box::new(of), to }
    }
}

/// One key of an ORDER BY.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The key.
    pub key: Sql,
    /// Largest first.
    pub descending: bool,
    /// `NULLS FIRST` or `NULLS LAST`, where the database's own rule is another.
    pub nulls: Option<&'static str>,
}

/// A SELECT.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Select {
    /// DISTINCT.
    pub distinct: bool,
    /// DISTINCT ON (PostgreSQL).
    pub distinct_on: Vec<Sql>,
    /// The columns, each with a name where it needs one.
    pub columns: Vec<(Sql, Option<String>)>,
    /// The tables in order; the first one's join is ignored.
    pub from: Vec<From>,
    /// WHERE.
    pub filter: Option<Sql>,
    /// GROUP BY. An empty list is one group of all rows, which SQL says by an aggregate alone.
    pub group: Vec<Sql>,
    /// HAVING.
    pub having: Option<Sql>,
    /// Other SELECTs with what stands before them (`UNION`); what follows is of the whole.
    pub combined: Vec<(&'static str, Select)>,
    /// ORDER BY.
    pub order: Vec<Order>,
    /// LIMIT.
    pub limit: Option<Sql>,
    /// OFFSET.
    pub offset: Option<Sql>,
    /// `FOR UPDATE` and what follows it.
    pub lock: Option<LockClause>,
}

impl Select {
    /// Calls a function with each of its expressions.
    pub fn each_part(&mut self, f: &mut dyn FnMut(&mut Sql)) {
        self.distinct_on.iter_mut().for_each(&mut *f);
        self.columns.iter_mut().for_each(|(column, _)| f(column));
        for from in &mut self.from {
            match &mut from.table {
                Table::Derived { select, .. } => select.each_part(f),
                Table::Unnest { arrays, .. } => arrays.iter_mut().for_each(&mut *f),
                Table::Raw { parameters, .. } => parameters.iter_mut().for_each(&mut *f),
                Table::Named { .. } => {}
            }
            from.on.iter_mut().for_each(&mut *f);
        }
        self.filter.iter_mut().for_each(&mut *f);
        self.group.iter_mut().for_each(&mut *f);
        self.having.iter_mut().for_each(&mut *f);
        self.combined.iter_mut().for_each(|(_, select)| select.each_part(f));
        self.order.iter_mut().for_each(|key| f(&mut key.key));
        self.limit.iter_mut().for_each(&mut *f);
        self.offset.iter_mut().for_each(&mut *f);
    }
}

/// `FOR UPDATE OF … SKIP LOCKED`.
#[derive(Debug, Clone, PartialEq)]
pub struct LockClause {
    /// `FOR UPDATE`, `FOR NO KEY UPDATE`.
    pub strength: &'static str,
    /// Aliases of the tables whose rows are locked; none is all.
    pub of: Vec<String>,
    /// `NOWAIT`, `SKIP LOCKED`.
    pub wait: Option<&'static str>,
}

/// One member of a FROM.
#[derive(Debug, Clone, PartialEq)]
pub struct From {
    /// How it is joined to those before it.
    pub join: Join,
    /// What is read.
    pub table: Table,
    /// ON.
    pub on: Option<Sql>,
}

/// Kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// `JOIN`.
    Inner,
    /// `LEFT JOIN`.
    Left,
    /// `CROSS JOIN LATERAL`.
    Lateral,
    /// `LEFT JOIN LATERAL`.
    LeftLateral,
}

/// What a FROM reads.
#[derive(Debug, Clone, PartialEq)]
pub enum Table {
    /// A table.
    Named {
        /// Its name.
        table: String,
        /// Its alias.
        alias: String,
    },
    /// A sub-query.
    Derived {
        /// The sub-query.
        select: Box<Select>,
        /// Its alias.
        alias: String,
    },
    /// A SELECT as its author wrote it.
    Raw {
        /// What stands before, between and after the parameters.
        pieces: Vec<String>,
        /// What stands between the pieces.
        parameters: Vec<Sql>,
        /// Its alias.
        alias: String,
    },
    /// `unnest(…) WITH ORDINALITY AS alias(columns)`.
    Unnest {
        /// The arrays, of equal lengths.
        arrays: Vec<Sql>,
        /// Its alias.
        alias: String,
        /// Names of its columns, the ordinality's last.
        columns: Vec<String>,
    },
}

impl From {
    /// A table joined in this way.
    pub fn table(join: Join, table: &str, alias: &str, on: Option<Sql>) -> Self {
        Self { join, table: Table::Named { table: table.to_owned(), alias: alias.to_owned() }, on }
    }
}

/// The conjunction: none is no condition, one is itself.
pub fn all_of(mut conditions: Vec<Sql>) -> Option<Sql> {
    if conditions.len() > 1 { Some(Sql::And(conditions)) } else { conditions.pop() }
}
