//! The Rust spelling of expressions: `f("author.name").icontains("john") | f("title").eq("x")`.
//!
//! ```
//! use nuages_models::build::{case, count, every, f, func, outer, some, value};
//!
//! // Django: Q(author__name__icontains="john") | ~Q(views__lt=100)
//! let condition = f("author.name").icontains("john") | !f("views").lt(100);
//! // Django: F("views") * 2 + 10
//! let adjusted = f("views") * 2 + 10;
//! // Django: Case(When(post_count__gt=10, then=Value("prolific")), default=Value("casual"))
//! let kind = case().when(f("post_count").gt(10), "prolific").otherwise("casual");
//! // Django: Count("posts", filter=Q(posts__published=True))
//! let published = count("posts").filter(f("posts.published").eq(true));
//! # let _ = (condition, adjusted, kind, published, every("posts", f("views").gt(1)), some("tags", f("name").eq("x")));
//! # let _ = (func("lower", [f("title")]), outer("id"), value(1));
//! ```

use crate::expr::{Aggregate, Expr, Frame, Quantifier, Slot, Window};
use crate::query::{Nulls, OrderBy, QuerySet};
use crate::registry::LogicalType;
use crate::value::{Decimal, Value};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Rem, Sub};

/// An expression that is being written. It goes wherever an [`Expr`] is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct E(Expr);

impl From<E> for Expr {
    fn from(expression: E) -> Self {
        expression.0
    }
}

impl From<Expr> for E {
    fn from(expression: Expr) -> Self {
        Self(expression)
    }
}

/// A field or a computed value, by its path: Django's `F`.
pub fn f(path: &str) -> E {
    E(Expr::Path(path.split('.').map(str::to_owned).collect()))
}

/// A value that is written down: Django's `Value`.
pub fn value(value: impl Into<E>) -> E {
    value.into()
}

/// A path of the query around a sub-query or around related rows: Django's `OuterRef`.
pub fn outer(path: &str) -> E {
    let mut names: Vec<String> = path.split('.').map(str::to_owned).collect();
    let above = names.iter().take_while(|name| *name == "outer").count();
    names.drain(..above);
    E(Expr::Outer { levels: u8::try_from(above + 1).unwrap_or(u8::MAX), path: names })
}

/// An argument of a computed field: `:length`.
pub fn arg(name: &str) -> E {
    E(Expr::Slot(Slot::Named(name.to_owned())))
}

/// A variable of the session: `@user_id`.
pub fn session(name: &str) -> E {
    E(Expr::Slot(Slot::Session(name.to_owned())))
}

/// The instant of the request, the same wherever it stands: Django's `Now`.
pub fn now() -> E {
    E(Expr::Slot(Slot::Now))
}

/// A computed field with arguments, by its path: `field_with("preview", [("length", Slot::Constant(20.into()))])`. An argument
/// is a written value, another field's argument, a variable of the session or the time of the request.
pub fn field_with(path: &str, arguments: impl IntoIterator<Item = (&'static str, Slot)>) -> E {
    let path = path.split('.').map(str::to_owned).collect();
    let arguments = arguments.into_iter().map(|(name, slot)| (name.to_owned(), slot)).collect();
    E(Expr::Annotated { path, arguments })
}

/// The texts one after the other, `a || b`: Django's `Concat`.
pub fn concat<T: Into<E>>(texts: impl IntoIterator<Item = T>) -> E {
    func("concat", texts)
}

/// The first value that is not NULL: Django's `Coalesce`.
pub fn coalesce<T: Into<E>>(values: impl IntoIterator<Item = T>) -> E {
    func("coalesce", values)
}

/// A function by its name; see [`crate::functions::FUNCTIONS`]. One that is not there is an error where the query is asked.
pub fn func<T: Into<E>>(name: &'static str, arguments: impl IntoIterator<Item = T>) -> E {
    E(Expr::call(name, arguments.into_iter().map(|argument| argument.into().0).collect()))
}

/// `Case(When(…))`: the value of the first branch whose condition holds.
pub fn case() -> Case {
    Case { branches: Vec::new() }
}

/// Branches that are being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    branches: Vec<(Expr, Expr)>,
}

impl Case {
    /// The value where the condition holds and none before it did.
    #[must_use]
    pub fn when(mut self, condition: impl Into<E>, then: impl Into<E>) -> Self {
        self.branches.push((condition.into().0, then.into().0));
        self
    }

    /// The value where no condition holds.
    pub fn otherwise(self, value: impl Into<E>) -> E {
        E(Expr::Case { branches: self.branches, otherwise: Some(Box::new(value.into().0)) })
    }

    /// NULL where no condition holds.
    pub fn end(self) -> E {
        E(Expr::Case { branches: self.branches, otherwise: None })
    }
}

/// An aggregate that is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    aggregate: Aggregate,
    default: Option<Expr>,
}

/// An aggregate by its name; see [`crate::aggregates::AGGREGATES`].
pub fn aggregate<T: Into<E>>(name: &'static str, arguments: impl IntoIterator<Item = T>) -> Aggregated {
    Aggregated {
        aggregate: Aggregate {
            function: name,
            arguments: arguments.into_iter().map(|argument| argument.into().0).collect(),
            distinct: false,
            filter: None,
            order: Vec::new(),
        },
        default: None,
    }
}

/// The number of related rows, of values that are not NULL, or (`"*"`) of rows.
pub fn count(path: &str) -> Aggregated {
    if path == "*" { aggregate("count", Vec::<E>::new()) } else { aggregate("count", [f(path)]) }
}

macro_rules! aggregates {
    ($($name:ident: $doc:literal),+) => {
        $(
            #[doc = $doc]
            pub fn $name(of: impl Into<Operand>) -> Aggregated {
                aggregate(stringify!($name), [of.into().0])
            }
        )+
    };
}

aggregates!(
    sum: "The sum of the values of a path or an expression.",
    avg: "Their mean.",
    min: "The smallest of them.",
    max: "The largest of them.",
    stddev: "Their standard deviation, as Django's: of all of them, not of a sample.",
    variance: "Their variance, as Django's: of all of them, not of a sample.",
    array_agg: "The list of them.",
    json_agg: "The JSON array of them.",
    any_value: "One of them that is not NULL.",
    first: "The first of them in the order that is given.",
    bool_and: "Whether a condition holds for every row.",
    bool_or: "Whether a condition holds for a row."
);

/// The texts of a path or an expression one after the other with a delimiter between them.
pub fn string_agg(of: impl Into<Operand>, delimiter: &str) -> Aggregated {
    aggregate("string_agg", [of.into().0, delimiter.into()])
}

/// What an aggregate is of: a path, or an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand(E);

impl From<&str> for Operand {
    fn from(path: &str) -> Self {
        Self(f(path))
    }
}

impl From<E> for Operand {
    fn from(expression: E) -> Self {
        Self(expression)
    }
}

impl Aggregated {
    /// Each value once.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.aggregate.distinct = true;
        self
    }

    /// Only the rows that fulfil this.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<E>) -> Self {
        self.aggregate.filter = Some(condition.into().0);
        self
    }

    /// The order in which values are taken.
    #[must_use]
    pub fn order_by(mut self, keys: impl IntoIterator<Item = OrderBy>) -> Self {
        self.aggregate.order = keys.into_iter().collect();
        self
    }

    /// What no values give.
    #[must_use]
    pub fn default(mut self, value: impl Into<E>) -> Self {
        self.default = Some(value.into().0);
        self
    }

    /// The same over the neighbours of a row.
    pub fn over(self) -> Windowed {
        let Aggregate { function, arguments, filter, .. } = self.aggregate;
        Windowed(Window {
            function,
            arguments,
            filter,
            partition: Vec::new(),
            order: Vec::new(),
            frame: None,
        })
    }
}

impl From<Aggregated> for E {
    fn from(written: Aggregated) -> Self {
        let aggregate = Expr::Aggregate(Box::new(written.aggregate));
        Self(match written.default {
            Some(default) => Expr::call("coalesce", vec![aggregate, default]),
            None => aggregate,
        })
    }
}

impl From<Aggregated> for Expr {
    fn from(written: Aggregated) -> Self {
        E::from(written).0
    }
}

/// A window that is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Windowed(Window);

/// A window function by its name; see [`crate::windows::WINDOWS`].
pub fn window<T: Into<E>>(name: &'static str, arguments: impl IntoIterator<Item = T>) -> Windowed {
    Windowed(Window {
        function: name,
        arguments: arguments.into_iter().map(|argument| argument.into().0).collect(),
        filter: None,
        partition: Vec::new(),
        order: Vec::new(),
        frame: None,
    })
}

/// The position of a row among its neighbours.
pub fn row_number() -> Windowed {
    window("row_number", Vec::<E>::new())
}

/// The rank of a row among its neighbours.
pub fn rank() -> Windowed {
    window("rank", Vec::<E>::new())
}

impl Windowed {
    /// Rows are neighbours when they agree on these.
    #[must_use]
    pub fn partition_by<T: Into<E>>(mut self, keys: impl IntoIterator<Item = T>) -> Self {
        self.0.partition = keys.into_iter().map(|key| key.into().0).collect();
        self
    }

    /// Their order.
    #[must_use]
    pub fn order_by(mut self, keys: impl IntoIterator<Item = OrderBy>) -> Self {
        self.0.order = keys.into_iter().collect();
        self
    }

    /// Only the rows that fulfil this, where the function is an aggregate.
    #[must_use]
    pub fn filter(mut self, condition: impl Into<E>) -> Self {
        self.0.filter = Some(condition.into().0);
        self
    }

    /// Which of them are looked at.
    #[must_use]
    pub fn frame(mut self, frame: Frame) -> Self {
        self.0.frame = Some(frame);
        self
    }
}

impl From<Windowed> for E {
    fn from(written: Windowed) -> Self {
        Self(Expr::Window(Box::new(written.0)))
    }
}

impl From<Windowed> for Expr {
    fn from(written: Windowed) -> Self {
        E::from(written).0
    }
}

fn related(path: &str, quantifier: Quantifier, condition: impl Into<E>) -> E {
    let path = path.split('.').map(str::to_owned).collect();
    E(Expr::Related { path, quantifier, filter: Box::new(condition.into().0) })
}

/// At least one related row fulfils the condition, which speaks of that row.
pub fn some(path: &str, condition: impl Into<E>) -> E {
    related(path, Quantifier::Some, condition)
}

/// Every related row fulfils the condition.
pub fn every(path: &str, condition: impl Into<E>) -> E {
    related(path, Quantifier::Every, condition)
}

/// The one related row of a to-one relation is there and fulfils the condition.
pub fn one(path: &str, condition: impl Into<E>) -> E {
    related(path, Quantifier::One, condition)
}

/// No related row fulfils the condition.
pub fn none(path: &str, condition: impl Into<E>) -> E {
    related(path, Quantifier::None, condition)
}

/// The document with a value at these keys and positions: `json_set(f("metadata"), ["address", "city"], "Berlin")`. What is
/// missing on the way becomes an object; a position beyond the end of a list appends.
pub fn json_set<K: Into<Value>>(
    document: impl Into<E>,
    path: impl IntoIterator<Item = K>,
    value: impl Into<E>,
) -> E {
    E(Expr::call("json_set", vec![document.into().0, json_path(path), value.into().0]))
}

/// The document with another merged into it, as RFC 7396 says: objects into objects, and null takes a member away.
pub fn json_merge(document: impl Into<E>, patch: &serde_json::Value) -> E {
    let patch = Expr::constant(Value::Json(patch.to_string()));
    E(Expr::call("json_merge", vec![document.into().0, patch]))
}

/// The document without what is at these keys and positions.
pub fn json_remove<K: Into<Value>>(document: impl Into<E>, path: impl IntoIterator<Item = K>) -> E {
    E(Expr::call("json_remove", vec![document.into().0, json_path(path)]))
}

/// Always true: every related row is meant.
pub fn any() -> E {
    E(Expr::And(Vec::new()))
}

/// Another query has a row: Django's `Exists`.
pub fn exists(query: QuerySet) -> E {
    E(Expr::Exists(Box::new(query)))
}

/// The first column of the first row of another query: Django's `Subquery`.
pub fn subquery(query: QuerySet) -> E {
    E(Expr::Query(Box::new(query)))
}

impl E {
    fn test(self, lookup: &'static str, right: Vec<Expr>) -> Self {
        Self(Expr::lookup(self.0, lookup, right))
    }

    /// Equal.
    pub fn eq(self, other: impl Into<Self>) -> Self {
        self.test("exact", vec![other.into().0])
    }

    /// Not equal; NULL is not equal to anything.
    pub fn ne(self, other: impl Into<Self>) -> Self {
        !self.eq(other)
    }

    /// NULL.
    pub fn is_null(self) -> Self {
        self.test("isnull", Vec::new())
    }

    /// Not NULL.
    pub fn is_not_null(self) -> Self {
        !self.is_null()
    }

    /// Between two values, both included.
    pub fn range(self, from: impl Into<Self>, to: impl Into<Self>) -> Self {
        self.test("range", vec![from.into().0, to.into().0])
    }

    /// One of these values.
    pub fn is_in<T: Into<Value>>(self, values: impl IntoIterator<Item = T>) -> Self {
        let values = Value::Array(values.into_iter().map(Into::into).collect());
        self.test("in", vec![Expr::constant(values)])
    }

    /// One of the values of a list that is given: `in :names`.
    pub fn is_among(self, list: impl Into<Self>) -> Self {
        self.test("in", vec![list.into().0])
    }

    /// All of these texts are keys of the object.
    pub fn has_keys<T: Into<Value>>(self, keys: impl IntoIterator<Item = T>) -> Self {
        let keys = Value::Array(keys.into_iter().map(Into::into).collect());
        self.test("has_keys", vec![Expr::constant(keys)])
    }

    /// One of these texts is a key of the object.
    pub fn has_any_keys<T: Into<Value>>(self, keys: impl IntoIterator<Item = T>) -> Self {
        let keys = Value::Array(keys.into_iter().map(Into::into).collect());
        self.test("has_any_keys", vec![Expr::constant(keys)])
    }

    /// This to the power of another number: `a ^ b`.
    pub fn pow(self, exponent: impl Into<Self>) -> Self {
        Self(Expr::call("power", vec![self.0, exponent.into().0]))
    }

    /// A part of an instant in a time zone: `extract(hour from created_at at time zone 'Europe/Berlin')`.
    pub fn get_in(self, function: &'static str, zone: impl Into<Self>) -> Self {
        Self(Expr::call(function, vec![self.0, zone.into().0]))
    }

    /// One of the values of another query's column.
    pub fn in_query(self, query: QuerySet) -> Self {
        Self(Expr::InQuery { left: Box::new(self.0), query: Box::new(query) })
    }

    /// As a value of another type.
    pub fn cast(self, to: LogicalType) -> Self {
        Self(Expr::Cast { of: Box::new(self.0), to })
    }

    /// A part of a date or another function of this value: `f("created_at").get("year")`.
    pub fn get(self, function: &'static str) -> Self {
        Self(Expr::call(function, vec![self.0]))
    }

    /// The place of a JSON document at these keys.
    pub fn key(self, path: &[&str]) -> Self {
        let path = serde_json::Value::from(path.to_vec()).to_string();
        Self(Expr::call("json_path", vec![self.0, Expr::constant(Value::Json(path))]))
    }

    /// The place of a JSON document at these keys and positions: `document->'key'->0`.
    pub fn at<K: Into<Value>>(self, path: impl IntoIterator<Item = K>) -> Self {
        Self(Expr::call("json_path", vec![self.0, json_path(path)]))
    }

    /// The text at these keys and positions: `document->'key'->>0`.
    pub fn text_at<K: Into<Value>>(self, path: impl IntoIterator<Item = K>) -> Self {
        Self(Expr::call("json_text", vec![self.0, json_path(path)]))
    }

    /// A key of an ordering, smallest first.
    pub fn asc(self) -> OrderBy {
        OrderBy::by(self.0, false)
    }

    /// A key of an ordering, largest first.
    pub fn desc(self) -> OrderBy {
        OrderBy::by(self.0, true)
    }

    /// A key of an ordering, smallest first, NULLs at the beginning.
    pub fn asc_nulls_first(self) -> OrderBy {
        OrderBy { nulls: Nulls::First, ..self.asc() }
    }

    /// A key of an ordering, largest first, NULLs at the end.
    pub fn desc_nulls_last(self) -> OrderBy {
        OrderBy { nulls: Nulls::Last, ..self.desc() }
    }
}

fn json_path<K: Into<Value>>(path: impl IntoIterator<Item = K>) -> Expr {
    let step = |step: K| match step.into() {
        Value::Int(position) => serde_json::Value::from(position),
        Value::Text(key) => serde_json::Value::from(key),
        other => serde_json::Value::from(format!("{other:?}")),
    };
    let path: serde_json::Value = path.into_iter().map(step).collect();
    Expr::constant(Value::Json(path.to_string()))
}

macro_rules! tests {
    ($($name:ident: $lookup:literal),+) => {
        impl E {
            $(
                #[doc = concat!("The test `", $lookup, "`; see [`crate::lookups::LOOKUPS`].")]
                pub fn $name(self, other: impl Into<Self>) -> Self {
                    self.test($lookup, vec![other.into().0])
                }
            )+
        }
    };
}

tests!(
    lt: "lt", lte: "lte", gt: "gt", gte: "gte", iexact: "iexact", contains: "contains", icontains: "icontains",
    startswith: "startswith", istartswith: "istartswith", endswith: "endswith", iendswith: "iendswith",
    regex: "regex", iregex: "iregex", has_key: "has_key", json_contains: "json_contains", json_exact: "json_exact",
    list_contains: "list_contains", contained_by: "contained_by", overlap: "overlap", range_contains: "range_contains",
    range_has: "range_has", range_contained_by: "range_contained_by", in_range: "in_range", range_overlap: "range_overlap",
    fully_lt: "fully_lt", fully_gt: "fully_gt", not_lt: "not_lt", not_gt: "not_gt", adjacent_to: "adjacent_to",
    search: "search", trigram_similar: "trigram_similar", trigram_word_similar: "trigram_word_similar",
    trigram_strict_word_similar: "trigram_strict_word_similar"
);

macro_rules! operators {
    ($($trait:ident $method:ident $function:literal),+) => {
        $(
            impl<T: Into<E>> $trait<T> for E {
                type Output = Self;

                fn $method(self, other: T) -> Self {
                    Self(Expr::call($function, vec![self.0, other.into().0]))
                }
            }
        )+
    };
}

operators!(Add add "+", Sub sub "-", Mul mul "*", Div div "/", Rem rem "%");

impl Neg for E {
    type Output = Self;

    fn neg(self) -> Self {
        Self(Expr::call("negate", vec![self.0]))
    }
}

impl Not for E {
    type Output = Self;

    fn not(self) -> Self {
        Self(Expr::Not(Box::new(self.0)))
    }
}

impl BitAnd for E {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(match self.0 {
            Expr::And(mut parts) => {
                parts.push(other.0);
                Expr::And(parts)
            }
            first => Expr::And(vec![first, other.0]),
        })
    }
}

impl BitOr for E {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(match self.0 {
            Expr::Or(mut parts) => {
                parts.push(other.0);
                Expr::Or(parts)
            }
            first => Expr::Or(vec![first, other.0]),
        })
    }
}

macro_rules! values {
    ($($from:ty => $variant:expr),+) => {
        $(
            impl From<$from> for Value {
                fn from(value: $from) -> Self {
                    $variant(value)
                }
            }

            impl From<$from> for E {
                fn from(value: $from) -> Self {
                    Self(Expr::constant(Value::from(value)))
                }
            }
        )+
    };
}

values!(
    bool => Value::Boolean,
    i64 => Value::Int,
    f64 => Value::Float,
    Decimal => Value::Decimal,
    String => Value::Text
);

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(i64::from(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<i32> for E {
    fn from(value: i32) -> Self {
        Self(Expr::constant(Value::from(value)))
    }
}

impl From<&str> for E {
    fn from(value: &str) -> Self {
        Self(Expr::constant(Value::from(value)))
    }
}

impl From<Value> for E {
    fn from(value: Value) -> Self {
        Self(Expr::constant(value))
    }
}
