//! [`QuerySet`]: what to read of one model. Plain data, cheap to clone, without I/O.

use crate::expr::Expr;
use crate::registry::{FieldId, Model, ModelId};

/// A query over one model.
#[derive(Debug, Clone, PartialEq)]
pub struct QuerySet {
    /// The model whose rows are read.
    pub model: ModelId,
    /// Which rows; `None` keeps every row.
    pub filter: Option<Expr>,
    /// Keys of the ordering, the most significant first. [`complete_order`] says what is added to them.
    pub order: Vec<OrderBy>,
    /// Keep the first row (in the ordering) of each combination of these fields. They must lead the ordering.
    pub distinct_on: Vec<FieldId>,
    /// At most so many rows.
    pub limit: Option<Bound>,
    /// Skip so many rows.
    pub offset: Option<Bound>,
    /// Only rows after this position of the ordering.
    pub after: Option<Position>,
    /// Only rows before this position of the ordering.
    pub before: Option<Position>,
    /// Read from the end of the ordering: rows come in the opposite order.
    pub reverse: bool,
}

impl QuerySet {
    /// Every row of the model, in no particular order.
    pub fn all(model: ModelId) -> Self {
        Self {
            model,
            filter: None,
            order: Vec::new(),
            distinct_on: Vec::new(),
            limit: None,
            offset: None,
            after: None,
            before: None,
            reverse: false,
        }
    }
}

/// One key of an ordering.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBy {
    /// Names from the model on, through to-one relations to a field.
    pub path: Vec<String>,
    /// Largest first.
    pub descending: bool,
    /// Where NULLs come. By default NULL is the largest value.
    pub nulls: Nulls,
}

/// Where NULLs come in an ordering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before everything.
    First,
    /// After everything.
    Last,
}

impl OrderBy {
    /// A key with NULLs as the largest value.
    pub fn new(path: Vec<String>, descending: bool) -> Self {
        Self { path, descending, nulls: if descending { Nulls::First } else { Nulls::Last } }
    }
}

/// A number of rows: part of the statement's text, or an argument. Limits are inlined where they can be, because
/// a bound LIMIT keeps PostgreSQL from its generic plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Written into the statement.
    Inline(u64),
    /// The argument with this index, a non-negative integer.
    Argument(u32),
}

/// A place in an ordering: for each of its keys (the completed ordering's) the argument that holds its value, or
/// `None` where the value is NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(pub Vec<Option<u32>>);

/// The ordering with the primary key's fields added at the end, those that are not in it already. It is a total
/// order, so pages never overlap and cursors are exact.
pub fn complete_order(model: &Model, order: &[OrderBy]) -> Vec<OrderBy> {
    let mut keys: Vec<OrderBy> = Vec::with_capacity(order.len() + model.primary_key.len());
    for key in order {
        // A path that came before decides already: a second key on it never does.
        if !keys.iter().any(|earlier| earlier.path == key.path) {
            keys.push(key.clone());
        }
    }
    for id in &model.primary_key {
        let path = vec![model.field(*id).name.clone()];
        if !keys.iter().any(|key| key.path == path) {
            keys.push(OrderBy::new(path, false));
        }
    }
    keys
}
