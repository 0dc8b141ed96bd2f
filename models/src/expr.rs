//! Expressions as written: paths, operands, lookups, calls, aggregates, sub-queries. No column and no SQL; the bind stage
//! resolves names. Three spellings give the same tree: text ([`crate::text`]), Rust ([`crate::build`]) and GraphQL.

use crate::query::{OrderBy, QuerySet};
use crate::registry::LogicalType;
use crate::value::Value;

/// Where a value of a statement comes from. Statements are templates: their text never holds a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Slot {
    /// The request's argument with this index (see [`crate::run::Arguments`]).
    Argument(u32),
    /// A value that is part of the plan.
    Constant(Value),
    /// The IANA name of the request's time zone, as text.
    TimeZone,
    /// The instant of the request: the same wherever it stands.
    Now,
    /// An argument of a computed field (`:length`), replaced where the field is used.
    Named(String),
    /// A variable of the session (`@user_id`).
    Session(String),
    /// The n-th key column of the row whose related rows are read. Made by the prepare stage only.
    ParentKey(u8),
}

/// A boolean or scalar expression over a model.
///
/// Conditions are two-valued, as Django's `filter` and `exclude`: `Not(p)` is the complement of `p`, NULLs included.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A value.
    Slot(Slot),
    /// Names from the model on, through to-one relations to a field or a computed field: `["author", "name"]`. Inside of an
    /// aggregate it may lead through to-many relations.
    Path(Vec<String>),
    /// A path of an enclosing query: `outer.id`; two levels up is `outer.outer.id`.
    Outer {
        /// How many queries up, from 1.
        levels: u8,
        /// Names from that query's model on.
        path: Vec<String>,
    },
    /// A computed field that takes arguments.
    Annotated {
        /// Names from the model on; the last is the computed field's.
        path: Vec<String>,
        /// The given arguments. Those that are not given have their default.
        arguments: Vec<(String, Slot)>,
    },
    /// All of them; `And([])` is true.
    And(Vec<Expr>),
    /// Any of them; `Or([])` is false.
    Or(Vec<Expr>),
    /// The complement.
    Not(Box<Expr>),
    /// A test of a value, by the lookup's name (`exact`, `icontains`; see [`crate::lookups::LOOKUPS`]).
    Lookup {
        /// What is tested.
        left: Box<Expr>,
        /// The lookup's name.
        lookup: &'static str,
        /// Its operands; how many and of what type the lookup says.
        right: Vec<Expr>,
    },
    /// A function of values, by its name (`year`, `length`, `+`; see [`crate::functions::FUNCTIONS`]).
    Call {
        /// The function's name.
        function: &'static str,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// The value of the first branch whose condition holds.
    Case {
        /// Conditions and values.
        branches: Vec<(Expr, Expr)>,
        /// The value when none holds; NULL when absent.
        otherwise: Option<Box<Expr>>,
    },
    /// The value as one of another type.
    Cast {
        /// The value.
        of: Box<Expr>,
        /// The type.
        to: LogicalType,
    },
    /// A condition on related rows; `filter` speaks of the related model and reaches this row by `outer`.
    Related {
        /// Names of relations; all but the last are to-one.
        path: Vec<String>,
        /// How many of the related rows must fulfil it.
        quantifier: Quantifier,
        /// The condition.
        filter: Box<Expr>,
    },
    /// One value made of many rows: of related rows where a to-many relation stands in its arguments, else of the rows of
    /// a group.
    Aggregate(Box<Aggregate>),
    /// A value computed over the neighbours of a row.
    Window(Box<Window>),
    /// The first column of the first row of another query; NULL when there is none.
    Query(Box<QuerySet>),
    /// Another query has a row.
    Exists(Box<QuerySet>),
    /// The value is among those of the first column of another query.
    InQuery {
        /// The value.
        left: Box<Expr>,
        /// The query.
        query: Box<QuerySet>,
    },
}

/// How many related rows must fulfil a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// The one related row of a to-one relation: it exists and fulfils the condition.
    One,
    /// At least one.
    Some,
    /// All of them (true when there are none).
    Every,
    /// None of them.
    None,
}

/// One value made of many rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The aggregate's name; see [`crate::aggregates::AGGREGATES`].
    pub function: &'static str,
    /// Its arguments; none for `count(*)`. The only argument of `count` may be a relation's path.
    pub arguments: Vec<Expr>,
    /// Each value once.
    pub distinct: bool,
    /// Only the rows that fulfil this.
    pub filter: Option<Expr>,
    /// The order in which the values are taken (`string_agg`, `array_agg`, `first`).
    pub order: Vec<OrderBy>,
}

/// A value computed over the neighbours of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The function's name; see [`crate::windows::WINDOWS`]. Aggregates are window functions too.
    pub function: &'static str,
    /// Its arguments.
    pub arguments: Vec<Expr>,
    /// Only the rows that fulfil this (aggregates).
    pub filter: Option<Expr>,
    /// Rows are neighbours when they agree on these.
    pub partition: Vec<Expr>,
    /// The order of neighbours.
    pub order: Vec<OrderBy>,
    /// Which neighbours are looked at.
    pub frame: Option<Frame>,
}

/// Which neighbours a window function looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// What the bounds count.
    pub unit: FrameUnit,
    /// The first.
    pub start: FrameBound,
    /// The last.
    pub end: FrameBound,
}

/// What the bounds of a frame count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Differences of the ordering's key.
    Range,
    /// Groups of rows that are equal in the ordering.
    Groups,
}

/// A bound of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameBound {
    /// From the first row.
    UnboundedPreceding,
    /// So many before the current row.
    Preceding(u32),
    /// The current row.
    CurrentRow,
    /// So many after the current row.
    Following(u32),
    /// To the last row.
    UnboundedFollowing,
}

impl Expr {
    /// A value that is part of the plan.
    pub fn constant(value: Value) -> Self {
        Self::Slot(Slot::Constant(value))
    }

    /// A path of one name.
    pub fn name(name: impl Into<String>) -> Self {
        Self::Path(vec![name.into()])
    }

    /// A call of a function.
    pub fn call(function: &'static str, arguments: Vec<Self>) -> Self {
        Self::Call { function, arguments }
    }

    /// A test of a value.
    pub fn lookup(left: Self, lookup: &'static str, right: Vec<Self>) -> Self {
        Self::Lookup { left: Box::new(left), lookup, right }
    }

    /// The same about the related rows of a relation: every path of it begins there. What speaks of other queries stays.
    #[must_use]
    pub fn under(mut self, relation: &[String]) -> Self {
        fn lead(expr: &mut Expr, relation: &[String]) {
            match expr {
                Expr::Path(path) | Expr::Annotated { path, .. } | Expr::Related { path, .. } => {
                    path.splice(0..0, relation.iter().cloned());
                }
                Expr::Query(_) | Expr::Exists(_) => {}
                Expr::InQuery { left, .. } => lead(left, relation),
                other => other.each_part(&mut |part| lead(part, relation)),
            }
        }
        lead(&mut self, relation);
        self
    }

    /// Calls a function with each direct part, those of sub-queries too.
    pub fn each_part(&mut self, f: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Slot(_) | Self::Path(_) | Self::Outer { .. } | Self::Annotated { .. } => {}
            Self::And(parts) | Self::Or(parts) | Self::Call { arguments: parts, .. } => {
                parts.iter_mut().for_each(f);
            }
            Self::Not(part) | Self::Cast { of: part, .. } | Self::Related { filter: part, .. } => f(part),
            Self::Lookup { left, right, .. } => {
                f(left);
                right.iter_mut().for_each(f);
            }
            Self::Case { branches, otherwise } => {
                for (when, then) in branches {
                    f(when);
                    f(then);
                }
                if let Some(otherwise) = otherwise {
                    f(otherwise);
                }
            }
            Self::Aggregate(aggregate) => {
                let Aggregate { arguments, filter, order, .. } = aggregate.as_mut();
                arguments.iter_mut().for_each(&mut *f);
                filter.iter_mut().for_each(&mut *f);
                keys(order, f);
            }
            Self::Window(window) => {
                let Window { arguments, filter, partition, order, .. } = window.as_mut();
                arguments.iter_mut().for_each(&mut *f);
                filter.iter_mut().for_each(&mut *f);
                partition.iter_mut().for_each(&mut *f);
                keys(order, f);
            }
            Self::Query(query) | Self::Exists(query) => query.each_part(f),
            Self::InQuery { left, query } => {
                f(left);
                query.each_part(f);
            }
        }
    }
}

fn keys(order: &mut [OrderBy], f: &mut dyn FnMut(&mut Expr)) {
    order.iter_mut().for_each(|key| f(&mut key.key));
}
