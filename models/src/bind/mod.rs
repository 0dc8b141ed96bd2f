//! The bind stage: names of expressions become columns of a tree of joins, with types and nullability.
//!
//! [`Bound`](BoundExpr) trees hold no dialect: which SQL they become is the compile stage's matter. Aliases are
//! numbered in the order of their creation, so the same query always binds to the same tree.

mod binder;

pub(crate) use binder::column;
pub use binder::{Binder, Scope};

use crate::expr::Slot;
use crate::lookups::Lookup;
use crate::registry::{LogicalType, ModelId, SqliteEncoding};
use crate::transforms::Transform;

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
    /// How SQLite stores them.
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
    /// A value that the run stage supplies.
    Slot(Slot),
    /// A transform of another scalar.
    Transform {
        /// Which.
        transform: &'static Transform,
        /// Of what.
        of: Box<Typed>,
        /// Further operands.
        arguments: Vec<Typed>,
    },
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
    /// Rows of another table, linked to this query, fulfil a condition.
    Exists(Box<Related>),
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
        }
    }
}

/// A sub-query that is tested for existence.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// The related table.
    pub alias: Alias,
    /// Its name.
    pub table: String,
    /// The link table of a many-to-many.
    pub through: Option<LinkTable>,
    /// Equalities (outer alias, outer column, inner alias, inner column) that tie it to the enclosing query.
    pub link: Vec<(Alias, String, Alias, String)>,
    /// Joins of its own.
    pub joins: Vec<JoinedTable>,
    /// The condition; `None` is true.
    pub filter: Option<BoundExpr>,
}

/// A link table between two others.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkTable {
    /// Its alias.
    pub alias: Alias,
    /// Its name.
    pub table: String,
    /// Pairs (its column, the target's column).
    pub pairs: Vec<(String, String)>,
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
