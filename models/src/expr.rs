//! Expressions as written: paths, operands, lookups, quantifiers. No ids and no SQL; the bind stage resolves them.

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
    /// The n-th key column of the row whose related rows are read. Made by the prepare stage only.
    ParentKey(u8),
}

/// A boolean or scalar expression over a model.
///
/// Logic is two-valued, as Django's `filter` and `exclude`: `Not(p)` is the complement of `p`, NULLs included.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A value.
    Slot(Slot),
    /// Names from the model on, through to-one relations to a field: `["author", "name"]`.
    Path(Vec<String>),
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
        right: Vec<Slot>,
    },
    /// A value computed from another, by the transform's name (`year`, `length`; see
    /// [`crate::transforms::TRANSFORMS`]).
    Transform {
        /// The transform's name.
        transform: &'static str,
        /// What it is applied to.
        of: Box<Expr>,
        /// Further operands: a time zone, a JSON path.
        arguments: Vec<Slot>,
    },
    /// A condition on related rows; `filter` speaks of the related model.
    Related {
        /// The relation's name.
        relation: String,
        /// How many of the related rows must fulfil it.
        quantifier: Quantifier,
        /// The condition.
        filter: Box<Expr>,
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
