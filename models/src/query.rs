//! [`QuerySet`]: what to read of one model. Plain data, cheap to clone, without I/O.

use crate::expr::Expr;
use crate::registry::{LogicalType, Model, ModelId};
use crate::value::Value;

/// A query over one model.
#[derive(Debug, Clone, PartialEq)]
pub struct QuerySet {
    /// The model whose rows are read.
    pub model: ModelId,
    /// Which of the model's scopes is read.
    pub manager: Scope,
    /// Other rows in place of the table's: what is said here is said of them.
    pub source: Option<Source>,
    /// Relations whose rows are joined to each row, on request: they multiply rows.
    pub joins: Vec<NamedJoin>,
    /// Values computed for each row, by name. They may use those before them.
    pub annotations: Vec<(String, Expr)>,
    /// Those of the annotations that are no columns.
    pub hidden: Vec<String>,
    /// Which rows; `None` keeps every row.
    pub filter: Option<Expr>,
    /// What groups the rows.
    pub group: Option<Grouping>,
    /// Which groups.
    pub having: Option<Expr>,
    /// The columns by name. When empty: all fields of the model, or the group's keys.
    pub columns: Vec<(String, Expr)>,
    /// Each row once.
    pub distinct: bool,
    /// Keep the first row (in the ordering) of each combination of these values. They must lead the ordering.
    pub distinct_on: Vec<Expr>,
    /// Keys of the ordering, the most significant first. [`complete_order`] says what is added to them.
    pub order: Vec<OrderBy>,
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
    /// Other queries whose rows are added, kept or taken away, in order. Ordering and bounds are of the whole.
    pub combined: Vec<(Combination, QuerySet)>,
    /// Lock the rows until the transaction ends.
    pub lock: Option<Lock>,
}

/// What a query reads in place of its model's table.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// The result of another query of the same model.
    Query(Box<QuerySet>),
    /// The result of a SELECT in the database's own SQL.
    Raw(RawSelect),
}

/// A SELECT in the database's own SQL.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSelect {
    /// The statement before, between and after its parameters: one more than there are parameters.
    pub pieces: Vec<String>,
    /// What stands between the pieces, sent as parameters.
    pub parameters: Vec<Value>,
    /// Columns of the result that are none of the model's, with their types.
    pub columns: Vec<(String, LogicalType)>,
    /// Whether the result has the model's columns.
    pub of_rows: bool,
}

/// What groups the rows of a query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grouping {
    /// Names and values: rows that agree on them are a group. None is one group of all rows.
    pub keys: Vec<(String, Expr)>,
    /// So many annotations are of the rows; those after them are of the groups.
    pub row_annotations: usize,
}

/// Which of a model's managers limits the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// The default manager: the first.
    #[default]
    Default,
    /// The manager at this position of `Model::managers`.
    Manager(usize),
    /// None: every row of the table.
    Unscoped,
}

/// A relation joined under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedJoin {
    /// The name by which paths reach the joined row.
    pub name: String,
    /// Names of relations from the model on.
    pub path: Vec<String>,
    /// A condition of the joined row (`name.field`); rows without such a row keep NULLs.
    pub on: Option<Expr>,
}

/// How another query's rows are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combination {
    /// Rows of either, each once.
    Union,
    /// Rows of both, as often as they come.
    UnionAll,
    /// Rows that are in both.
    Intersection,
    /// Rows that are not in the other.
    Difference,
}

/// A lock of the rows that are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// What to do when another transaction has locked a row.
    pub wait: LockWait,
    /// Do not keep others from referring to the row.
    pub no_key: bool,
    /// Lock only the rows of these to-one relations (`self` is the model's own row); all when empty.
    pub of: Vec<String>,
}

/// What to do about a row that another transaction has locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LockWait {
    /// Wait.
    #[default]
    Wait,
    /// Fail.
    NoWait,
    /// Leave the row out.
    SkipLocked,
}

impl QuerySet {
    /// Whether what is read has the model's fields.
    pub fn has_fields(&self) -> bool {
        match &self.source {
            None => true,
            Some(Source::Raw(raw)) => raw.of_rows,
            Some(Source::Query(_)) => false,
        }
    }

    /// Every row of the model, in no particular order.
    pub fn all(model: ModelId) -> Self {
        Self {
            model,
            manager: Scope::Default,
            source: None,
            joins: Vec::new(),
            annotations: Vec::new(),
            hidden: Vec::new(),
            filter: None,
            group: None,
            having: None,
            columns: Vec::new(),
            distinct: false,
            distinct_on: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: None,
            after: None,
            before: None,
            reverse: false,
            combined: Vec::new(),
            lock: None,
        }
    }

    /// Calls a function with each of its expressions, those of its sub-queries too.
    pub fn each_part(&mut self, f: &mut dyn FnMut(&mut Expr)) {
        if let Some(Source::Query(source)) = &mut self.source {
            source.each_part(f);
        }
        self.joins.iter_mut().filter_map(|join| join.on.as_mut()).for_each(&mut *f);
        self.annotations.iter_mut().for_each(|(_, expr)| f(expr));
        self.filter.iter_mut().for_each(&mut *f);
        self.group.iter_mut().flat_map(|group| &mut group.keys).for_each(|(_, expr)| f(expr));
        self.having.iter_mut().for_each(&mut *f);
        self.columns.iter_mut().for_each(|(_, expr)| f(expr));
        self.distinct_on.iter_mut().for_each(&mut *f);
        self.order.iter_mut().for_each(|key| f(&mut key.key));
        self.combined.iter_mut().for_each(|(_, query)| query.each_part(f));
    }

    /// Whether some rows are left out by position, so that what follows must be said of the result.
    pub fn is_sliced(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }
}

/// One key of an ordering.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBy {
    /// What the rows are ordered by: a path through to-one relations to a field, or any value.
    pub key: Expr,
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
    /// A path as a key, with NULLs as the largest value.
    pub fn new(path: Vec<String>, descending: bool) -> Self {
        Self::by(Expr::Path(path), descending)
    }

    /// A value as a key, with NULLs as the largest value.
    pub fn by(key: Expr, descending: bool) -> Self {
        Self { key, descending, nulls: if descending { Nulls::First } else { Nulls::Last } }
    }

    /// The names of the path, when the key is one.
    pub fn path(&self) -> Option<&[String]> {
        match &self.key {
            Expr::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The key the other way round.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let nulls = match self.nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        };
        Self { key: self.key.clone(), descending: !self.descending, nulls }
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
        // A key that came before decides already: a second one on it never does.
        if !keys.iter().any(|earlier| earlier.key == key.key) {
            keys.push(key.clone());
        }
    }
    for id in &model.primary_key {
        let key = OrderBy::new(vec![model.field(*id).name.clone()], false);
        if !keys.iter().any(|earlier| earlier.key == key.key) {
            keys.push(key);
        }
    }
    keys
}
