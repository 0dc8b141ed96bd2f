//! The bind stage: names of expressions become columns of a tree of joins, with types and nullability.
//!
//! [`Bound`](BoundExpr) trees hold no dialect: which SQL they become is the compile stage's matter. Aliases are
//! numbered in the order of their creation, so the same query always binds to the same tree.

mod aggregate;
mod annotation;
mod binder;
mod condition;
mod convert;
mod pairs;
mod path;
mod scalar;
mod select;
pub(crate) mod types;

pub(crate) use aggregate::paths_of;
pub(crate) use annotation::{Refusal, annotation_type};
pub(crate) use binder::column;
pub use binder::{Binder, TableScope};
pub(crate) use convert::{cast, convert, retyped};
pub(crate) use path::{manager_of, nearest};
pub(crate) use select::WHOLE;
pub use types::{aggregate_type, expression_type, value_type};
pub(crate) use types::{convert_value, is_flexible, is_number, type_name};

use crate::aggregates::AggregateFunction;
use crate::expr::{Frame, Slot};
use crate::functions::Function;
use crate::lookups::Lookup;
use crate::query::{Bound, Combination, Lock};
use crate::registry::{LogicalType, ModelId, SqliteEncoding};
use crate::windows::WindowFunction;

/// The number of a table alias: `t0`, `t1`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alias(pub u32);

impl Alias {
    /// The alias as SQL names it.
    pub fn name(self) -> String {
        format!("t{}", self.0)
    }
}

/// A scalar with its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// What it is.
    pub scalar: Scalar,
    /// The type of its values.
    pub logical: LogicalType,
    /// How SQLite holds them.
    pub encoding: SqliteEncoding,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A scalar expression, resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A column of a table of the query (or of one that encloses it).
    Column {
        /// The table.
        alias: Alias,
        /// The column.
        column: String,
    },
    /// A column of a raw statement, as the type that its author says it has.
    Given {
        /// The statement.
        alias: Alias,
        /// The column.
        column: String,
    },
    /// A value that the run stage supplies.
    Slot(Slot),
    /// NULL.
    Null,
    /// A function of others, whose types are what the function asks for.
    Call {
        /// Which.
        function: &'static Function,
        /// Of what.
        arguments: Vec<Typed>,
    },
    /// The value of the first branch whose condition holds; all values are of one type and encoding.
    Case {
        /// Conditions and values.
        branches: Vec<(BoundExpr, Typed)>,
        /// The value when none holds.
        otherwise: Option<Box<Typed>>,
    },
    /// The value as one of another type or encoding.
    Cast(Box<Typed>),
    /// A condition as a value.
    Condition(Box<BoundExpr>),
    /// One value made of the rows of a group.
    Aggregate(Box<BoundAggregate>),
    /// A value computed over the neighbours of a row.
    Window(Box<BoundWindow>),
    /// The first column of the first row of a sub-query.
    Select(Box<BoundSelect>),
}

/// An aggregate, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundAggregate {
    /// Which.
    pub function: &'static AggregateFunction,
    /// Its arguments.
    pub arguments: Vec<Typed>,
    /// Each value once.
    pub distinct: bool,
    /// Only these rows.
    pub filter: Option<BoundExpr>,
    /// The order in which the values are taken.
    pub order: Vec<BoundOrder>,
}

/// A window function or an aggregate over a window, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundWindow {
    /// What is computed.
    pub function: WindowCall,
    /// Rows are neighbours when they agree on these.
    pub partition: Vec<Typed>,
    /// Their order.
    pub order: Vec<BoundOrder>,
    /// Which of them are looked at.
    pub frame: Option<Frame>,
}

/// What a window computes.
#[derive(Debug, Clone, PartialEq)]
pub enum WindowCall {
    /// A window function and its arguments.
    Function(&'static WindowFunction, Vec<Typed>),
    /// An aggregate.
    Aggregate(BoundAggregate),
}

/// A condition, resolved. Two-valued: compiling `Not` takes care of NULLs.
#[derive(Debug, Clone, PartialEq)]
pub enum BoundExpr {
    /// All of them.
    And(Vec<BoundExpr>),
    /// Any of them.
    Or(Vec<BoundExpr>),
    /// The complement.
    Not(Box<BoundExpr>),
    /// A lookup.
    Lookup {
        /// Which.
        lookup: &'static Lookup,
        /// What is tested.
        left: Typed,
        /// Its operands.
        right: Vec<Typed>,
    },
    /// The row of a joined table exists: this column of it is not NULL.
    Present(Alias, String),
    /// A sub-query has a row.
    Exists(Box<BoundSelect>),
    /// The value is among those of a sub-query's column.
    InSelect {
        /// The value.
        left: Box<Typed>,
        /// The sub-query.
        select: Box<BoundSelect>,
    },
}

impl BoundExpr {
    /// Whether the condition can come out as NULL in SQL. Negating one that cannot is plain NOT, so that partial
    /// indexes still match.
    pub fn nullable(&self) -> bool {
        match self {
            // Where a joined row is absent its columns are NULL, but the presence test beside them is then FALSE,
            // and FALSE AND NULL is FALSE: so only the fields' own nullability counts.
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::nullable),
            Self::Not(_) | Self::Present(..) | Self::Exists(_) => false,
            Self::Lookup { lookup, left, right } => {
                lookup.strict && (left.nullable || right.iter().any(|operand| operand.nullable))
            }
            Self::InSelect { left, select } => {
                left.nullable || select.columns.first().is_some_and(|(column, _)| column.nullable)
            }
        }
    }

    /// Whether it holds for every row.
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::And(parts) if parts.iter().all(Self::is_true))
    }
}

/// A SELECT inside of a statement, resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoundSelect {
    /// The tables in order. A table that nothing speaks of is still one that multiplies or limits rows.
    pub from: Vec<BoundFrom>,
    /// Equalities (outer alias, outer column, inner alias, inner column) that tie it to the enclosing query.
    pub link: Vec<(Alias, String, Alias, String)>,
    /// WHERE.
    pub filter: Option<BoundExpr>,
    /// GROUP BY; `Some([])` is one group of all rows.
    pub group: Option<Vec<Typed>>,
    /// HAVING.
    pub having: Option<BoundExpr>,
    /// The columns with their names; none where only existence matters.
    pub columns: Vec<(Typed, Option<String>)>,
    /// So many columns at the end are there only because rows that are distinct can be ordered by nothing else.
    pub for_order: usize,
    /// DISTINCT.
    pub distinct: bool,
    /// DISTINCT ON.
    pub distinct_on: Vec<Typed>,
    /// ORDER BY.
    pub order: Vec<BoundOrder>,
    /// LIMIT.
    pub limit: Option<Bound>,
    /// OFFSET.
    pub offset: Option<Bound>,
    /// Other SELECTs whose rows are combined with these; ordering and bounds are then of the whole, by column names.
    pub combined: Vec<(Combination, BoundSelect)>,
    /// FOR UPDATE.
    pub lock: Option<(Lock, Vec<Alias>)>,
}

/// A table of a sub-query.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundFrom {
    /// Its alias.
    pub alias: Alias,
    /// What is read.
    pub table: BoundTable,
    /// Rows without a partner are kept.
    pub left: bool,
    /// Pairs (this column, alias, its column) that join it to tables before it.
    pub on: Vec<(String, Alias, String)>,
    /// A further condition of the join.
    pub condition: Option<BoundExpr>,
}

/// What a FROM reads.
#[derive(Debug, Clone, PartialEq)]
pub enum BoundTable {
    /// A table by its name.
    Named(String),
    /// A sub-query.
    Select(Box<BoundSelect>),
    /// A SELECT in the database's own SQL: what stands before, between and after its parameters.
    Raw(Vec<String>, Vec<Typed>),
}

/// A to-one relation's table, joined.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedTable {
    /// Its alias.
    pub alias: Alias,
    /// Its name.
    pub table: String,
    /// Its model.
    pub model: ModelId,
    /// The table that it is joined to.
    pub parent: Alias,
    /// Pairs (the parent's column, its column).
    pub pairs: Vec<(String, String)>,
    /// Only outputs use it, so it can be joined after the page is cut.
    pub output_only: bool,
    /// A further condition of the join.
    pub condition: Option<BoundExpr>,
    /// Rows without a partner are left out.
    pub inner: bool,
}

/// A key of an ordering, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundOrder {
    /// The key.
    pub key: Typed,
    /// Largest first.
    pub descending: bool,
    /// NULLs before everything.
    pub nulls_first: bool,
}
