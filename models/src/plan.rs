//! [`Plan`]: what to read and how the answer looks, as a tree in response order. Plain data without variables,
//! without SQL; the prepare stage turns it into statements and shapes for one dialect.

use crate::expr::Expr;
use crate::query::QuerySet;
use crate::registry::{FieldId, LogicalType, ModelId, RelationId};
use bytes::Bytes;

/// A whole read: the fields of the answer's root object.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The root's fields in response order.
    pub fields: Vec<PlanField<RootValue>>,
}

/// One member of an object of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanField<V> {
    /// The response key.
    pub key: String,
    /// What it holds.
    pub value: V,
}

/// What a member of the root object holds.
#[derive(Debug, Clone, PartialEq)]
pub enum RootValue {
    /// At most one row, by a unique key in the query's filter. Null when there is none.
    One(Load),
    /// A list of rows.
    Many(Load),
    /// A connection.
    Connection(Connection),
    /// Values made of all rows of a query.
    Aggregate(AggregateLoad),
    /// Groups of rows with values made of each.
    Groups(AggregateLoad),
    /// Rows of any model by their global ids, or by the keys of what was written.
    Nodes(Nodes),
    /// What a write did.
    Payload(Vec<PlanField<PayloadValue>>),
    /// JSON text made already: introspection, the root's `__typename`.
    Json(Bytes),
}

/// What a member of a payload holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PayloadValue {
    /// An integer or a truth value among the arguments: see [`crate::run::Arguments::values`].
    Argument(u32),
    /// Rows that were written.
    Nodes(Nodes),
    /// The name of the type.
    Typename(String),
}

/// What a member of a row's object holds.
#[derive(Debug, Clone, PartialEq)]
pub enum RowValue {
    /// A column.
    Column {
        /// The field.
        field: FieldId,
        /// How its values are written.
        encoder: Encoder,
        /// Whether NULL is a value; otherwise NULL is an error of the field.
        nullable: bool,
    },
    /// A value computed from the row.
    Computed {
        /// The value.
        value: Expr,
        /// How it is written.
        encoder: Encoder,
        /// Whether NULL is a value; otherwise NULL is an error of the field.
        nullable: bool,
    },
    /// The primary key as one text: its value, or a JSON array of the texts of its fields.
    Id,
    /// The global id: base64 of `TYPE:ID`, with this type name.
    NodeId(String),
    /// The name of the object's type.
    Typename(String),
    /// The related row of a to-one relation.
    One {
        /// The relation.
        relation: RelationId,
        /// What to read of it.
        load: Load,
        /// Whether null is a value; otherwise a missing row is an error of the field.
        nullable: bool,
    },
    /// The related rows of a to-many relation.
    Many {
        /// The relation.
        relation: RelationId,
        /// What to read of them.
        load: Load,
    },
    /// Values made of the related rows.
    Aggregate {
        /// The relation.
        relation: RelationId,
        /// The rows and the values.
        load: AggregateLoad,
    },
    /// The related rows as a connection.
    Connection {
        /// The relation.
        relation: RelationId,
        /// What to read of them.
        connection: Connection,
    },
}

/// Rows of one model, and what to write of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Which rows, in which order. For a to-one relation nothing but the model.
    pub query: QuerySet,
    /// The object's fields in response order.
    pub fields: Vec<PlanField<RowValue>>,
}

/// Values made of many rows. A query without a group has one row of them.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateLoad {
    /// Which rows, how they are grouped, which groups.
    pub query: QuerySet,
    /// The object's members in response order.
    pub fields: Vec<PlanField<AggregateValue>>,
}

/// What a member of an aggregate's object holds.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregateValue {
    /// A value.
    Value {
        /// An aggregate, or a key of the group.
        value: Expr,
        /// How it is written.
        encoder: Encoder,
        /// Whether NULL is a value; what no rows give is then null, else zero.
        nullable: bool,
    },
    /// Members in an object of their own.
    Object(Vec<PlanField<AggregateValue>>),
    /// The name of the type.
    Typename(String),
}

/// A page of rows with its surroundings.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// The page: `limit` is the page's size (one row more is read to know whether there is a next page), `reverse`
    /// is set for `last`. The ordering is completed already.
    pub query: QuerySet,
    /// Binds cursors to their ordering (see [`crate::cursor`]).
    pub fingerprint: u64,
    /// The connection object's fields in response order.
    pub fields: Vec<PlanField<ConnectionValue>>,
}

/// What a member of a connection holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionValue {
    /// The edges.
    Edges(Vec<PlanField<EdgeValue>>),
    /// The rows without their edges.
    Nodes(Vec<PlanField<RowValue>>),
    /// The page's surroundings.
    PageInfo(Vec<PlanField<PageInfoValue>>),
    /// How many rows there are without paging.
    TotalCount,
    /// Values made of all rows without paging.
    Aggregate(Box<AggregateLoad>),
    /// The name of the type.
    Typename(String),
}

/// What a member of an edge holds.
#[derive(Debug, Clone, PartialEq)]
pub enum EdgeValue {
    /// The row's cursor.
    Cursor,
    /// The row.
    Node(Vec<PlanField<RowValue>>),
    /// The name of the type.
    Typename(String),
}

/// What a member of a page info holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PageInfoValue {
    /// Whether rows follow this page.
    HasNextPage,
    /// Whether rows precede this page.
    HasPreviousPage,
    /// The first row's cursor, null for an empty page.
    StartCursor,
    /// The last row's cursor, null for an empty page.
    EndCursor,
    /// The name of the type.
    Typename(String),
}

/// Rows by global id: one arm per model.
#[derive(Debug, Clone, PartialEq)]
pub struct Nodes {
    /// The argument that holds the ids: see [`crate::run::Arguments::nodes`].
    pub argument: u32,
    /// `node` gives one row or null; `nodes` a list of rows and nulls in the order of the ids.
    pub list: bool,
    /// Whether null is a value of a row; otherwise a missing row is an error of the field.
    pub nullable: bool,
    /// What to read of each model that occurs among the ids. The query has nothing but the model and its scope.
    pub arms: Vec<Load>,
}

/// How the values of a column are written as JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Encoder {
    /// `true`, `false`.
    Boolean,
    /// A number of 32 bits; a larger one is an error of the field.
    Int,
    /// An integer in a string.
    BigInt,
    /// An integer of any size as a number: for readers that can hold it.
    Number,
    /// A number; NaN and infinities are errors of the field.
    Float,
    /// An exact decimal in a string, with this many digits after the point.
    Decimal {
        /// Digits after the point.
        scale: u16,
    },
    /// A string.
    String,
    /// RFC 3339 in UTC.
    DateTime,
    /// `YYYY-MM-DD`.
    Date,
    /// `HH:MM:SS[.ffffff]`.
    Time,
    /// ISO 8601.
    Duration,
    /// With hyphens, lower case.
    Uuid,
    /// The document itself.
    Json,
    /// Base64.
    Bytes,
    /// A value of this type as the text of an `ID`.
    Id(LogicalType),
    /// Stored text to the name of the enum's value; other text is an error of the field.
    Enum(Vec<(String, String)>),
    /// A list.
    Array(Box<Encoder>),
    /// As a field type of an embedder's own writes it.
    Custom,
    /// A range of values of this type: `{lower, upper, bounds}` or `{empty: true}`.
    Range(LogicalType),
}

/// The model of a load.
impl Load {
    /// The model whose rows are read.
    pub fn model(&self) -> ModelId {
        self.query.model
    }
}
