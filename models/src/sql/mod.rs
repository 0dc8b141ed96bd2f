//! The SQL tree: only the nodes in use, parameters instead of values. The compile stage builds it, and
//! [`render`] turns it into text; rendering is total.

mod render;

pub use render::{quoted_identifier, render};

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
    /// A number.
    Integer(i64),
    /// A text that Nuages itself chose; quoted when rendered.
    Text(String),
    /// Bytes, as a literal.
    Blob(&'static [u8]),
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
    /// `… COLLATE …`.
    Collate {
        /// Its operand.
        of: Box<Sql>,
        /// The collation's name.
        collation: String,
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
    /// `CASE WHEN … THEN … END` (NULL otherwise).
    CaseWhen {
        /// The condition.
        condition: Box<Sql>,
        /// The value.
        then: Box<Sql>,
    },
    /// `= ANY(array)`: the left side is an element of an array.
    InArray {
        /// The element.
        element: Box<Sql>,
        /// The array.
        array: Box<Sql>,
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
    /// DISTINCT ON (PostgreSQL).
    pub distinct_on: Vec<Sql>,
    /// The columns, each with a name where it needs one.
    pub columns: Vec<(Sql, Option<String>)>,
    /// The tables in order; the first one's join is ignored.
    pub from: Vec<From>,
    /// WHERE.
    pub filter: Option<Sql>,
    /// ORDER BY.
    pub order: Vec<Order>,
    /// LIMIT.
    pub limit: Option<Sql>,
    /// OFFSET.
    pub offset: Option<Sql>,
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
