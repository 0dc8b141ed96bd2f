//! [`Prepared`]: statements and shapes. A shape says how rows become JSON; the writer walks it.

use crate::compile::Statement;
use crate::database::sqlite::Pace;
use crate::plan::Encoder;
use crate::query::Bound;
use crate::registry::{FieldId, LogicalType, SqliteEncoding};
use bytes::Bytes;

/// A plan compiled for one database. Shared and reused by every request with the plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prepared {
    /// One a statement. A node comes after the one on whose rows it hangs.
    pub nodes: Vec<Node>,
    /// The root object's members in response order.
    pub root: Vec<Shape<RootShape>>,
    /// How long its runs have taken of late (SQLite).
    pub pace: Pace,
}

impl Prepared {
    /// The statements' texts in the order of their nodes, for explanations.
    pub fn statements(&self) -> Vec<&str> {
        self.nodes.iter().map(|node| node.statement.sql.as_str()).collect()
    }
}

/// One statement and where it hangs.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The statement.
    pub statement: Statement,
    /// Where its keys come from.
    pub link: NodeLink,
    /// Nodes that hang on the rows of this one.
    pub children: Vec<usize>,
    /// Its columns in order, when they are all fields of the model itself: what an INSERT can give back in their place.
    pub own: Option<Vec<FieldId>>,
}

/// Where the keys of a node come from.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeLink {
    /// It has none: it runs once.
    Root,
    /// Columns of the parent's row. On PostgreSQL the statement takes the distinct keys of all parents as arrays (its
    /// first parameters) and gives each row's position among them (its first column, from 1); on SQLite it runs once
    /// a parent.
    Parent(Vec<KeyColumn>),
    /// Primary keys of one arm of a [`NodesShape`], in the same way.
    Ids {
        /// The index of the ids among the arguments.
        argument: u32,
        /// The arm.
        arm: usize,
        /// The keys' types.
        keys: Vec<KeyColumn>,
    },
}

/// A column that holds a key, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyColumn {
    /// Its position in the row.
    pub column: usize,
    /// The type of its values.
    pub logical: LogicalType,
    /// How SQLite stores them.
    pub encoding: SqliteEncoding,
}

/// One member of an object: its key and how its value is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape<V> {
    /// The response key, for paths.
    pub key: String,
    /// The key as it is written: `"title":`.
    pub prefix: Bytes,
    /// How the value is made.
    pub value: V,
}

/// A member of the root object.
#[derive(Debug, Clone, PartialEq)]
pub enum RootShape {
    /// At most one row of a node.
    One(usize, Vec<Shape<RowShape>>),
    /// All rows of a node.
    Many(usize, Vec<Shape<RowShape>>),
    /// A connection.
    Connection(ConnectionShape),
    /// The only row of a node, as values made of many rows.
    Aggregate(usize, Vec<Shape<AggregateShape>>),
    /// All rows of a node, as values made of many rows.
    Groups(usize, Vec<Shape<AggregateShape>>),
    /// Rows by id.
    Nodes(NodesShape),
    /// What a write did.
    Payload(Vec<Shape<PayloadPart>>),
    /// JSON made already.
    Json(Bytes),
}

/// Rows by id.
#[derive(Debug, Clone, PartialEq)]
pub struct NodesShape {
    /// The index of the ids among the arguments.
    pub argument: u32,
    /// A list, or one.
    pub list: bool,
    /// Whether null is a value of a row.
    pub nullable: bool,
    /// A node and its fields for each arm.
    pub arms: Vec<(usize, Vec<Shape<RowShape>>)>,
}

/// A member of a payload.
#[derive(Debug, Clone, PartialEq)]
pub enum PayloadPart {
    /// An integer or a truth value, by its index among the arguments.
    Argument(u32),
    /// Rows by their keys.
    Nodes(NodesShape),
    /// JSON made already.
    Json(Bytes),
}

/// A member of a row's object.
#[derive(Debug, Clone, PartialEq)]
pub enum RowShape {
    /// A column.
    Column {
        /// Its position in the row.
        column: usize,
        /// How its values are written.
        encoder: Encoder,
        /// The type of its values.
        logical: LogicalType,
        /// How SQLite stores them.
        encoding: SqliteEncoding,
        /// Whether NULL is a value.
        nullable: bool,
    },
    /// The primary key as one text.
    Id(Vec<KeyColumn>),
    /// The global id.
    NodeId {
        /// `TYPE:`.
        prefix: String,
        /// The primary key.
        keys: Vec<KeyColumn>,
    },
    /// JSON made already (`"Post"`).
    Json(Bytes),
    /// The joined row of a to-one relation.
    Joined {
        /// A column that is NULL exactly when there is no row.
        present: usize,
        /// Its members.
        fields: Vec<Shape<RowShape>>,
        /// Whether null is a value.
        nullable: bool,
    },
    /// At most one row of another node.
    One {
        /// The node.
        node: usize,
        /// Its members.
        fields: Vec<Shape<RowShape>>,
        /// Whether null is a value.
        nullable: bool,
    },
    /// The rows of another node.
    Many {
        /// The node.
        node: usize,
        /// Its members.
        fields: Vec<Shape<RowShape>>,
    },
    /// The only row of another node, as values made of many rows.
    Aggregate {
        /// The node.
        node: usize,
        /// Its members.
        fields: Vec<Shape<AggregateShape>>,
    },
    /// Values made of many rows, told by columns of the row itself.
    Aggregated(Vec<Shape<AggregateShape>>),
    /// The rows of another node as a connection.
    Connection(ConnectionShape),
}

/// A member of an aggregate's object.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregateShape {
    /// A column.
    Column {
        /// Its position in the row.
        column: usize,
        /// How its values are written.
        encoder: Encoder,
        /// The type of its values.
        logical: LogicalType,
        /// How SQLite gives them.
        encoding: SqliteEncoding,
        /// Whether NULL is a value.
        nullable: bool,
    },
    /// Members in an object of their own.
    Object(Vec<Shape<AggregateShape>>),
    /// JSON made already.
    Json(Bytes),
}

/// How a connection is written.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionShape {
    /// The page's rows, one more than its size; absent when only the count is asked for.
    pub rows: Option<usize>,
    /// The number of all rows.
    pub count: Option<usize>,
    /// The page's size.
    pub page: Option<Bound>,
    /// Rows come in the opposite order.
    pub reverse: bool,
    /// There was an `after`.
    pub has_after: bool,
    /// There was a `before`.
    pub has_before: bool,
    /// The ordering's fingerprint.
    pub fingerprint: u64,
    /// The ordering's keys, when a cursor is asked for.
    pub keys: Vec<KeyColumn>,
    /// The members.
    pub fields: Vec<Shape<ConnectionPart>>,
}

/// A member of a connection.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionPart {
    /// Edges.
    Edges(Vec<Shape<EdgePart>>),
    /// Rows.
    Nodes(Vec<Shape<RowShape>>),
    /// The page's surroundings.
    PageInfo(Vec<Shape<crate::plan::PageInfoValue>>),
    /// The number of all rows.
    TotalCount,
    /// Values made of all rows: the only row of a node.
    Aggregate(usize, Vec<Shape<AggregateShape>>),
    /// JSON made already.
    Json(Bytes),
}

/// A member of an edge.
#[derive(Debug, Clone, PartialEq)]
pub enum EdgePart {
    /// The row's cursor.
    Cursor,
    /// The row.
    Node(Vec<Shape<RowShape>>),
    /// JSON made already.
    Json(Bytes),
}
