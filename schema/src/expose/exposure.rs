//! What the names of the GraphQL schema stand for: the only thing that the planner knows of the schema's making.
//!
//! Everything here is plain data over the registry's ids. A name that validation accepted is in the map of its
//! type, so a missing entry is an error of this crate, never of a client.

use super::operators::{FilterKind, OperatorSpec};
use super::writes::{ExposedWrites, MutationField};
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use indexmap::IndexMap;
use nuages_models::registry::{Comparison, FieldId, LogicalType, ModelId, RangeBound, RelationId};
use std::collections::HashMap;

/// Settings of the expose stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExposeOptions {
    /// `id` of an object is the global id (Relay's compiler wants `interface Node { id: ID! }` and `node(id:)`);
    /// the row's own key is then called `rowId` everywhere. Without it `id` is the row's key and `nodeId` the
    /// global id.
    pub relay: bool,
    /// Page size of lists without `limit` or `first`; the descriptions name it.
    pub default_limit: u32,
    /// Largest page size; the descriptions name it.
    pub max_limit: u32,
    /// Whether clients may write expressions (`expr`).
    pub expressions: bool,
}

impl Default for ExposeOptions {
    fn default() -> Self {
        Self { relay: false, default_limit: 100, max_limit: 1000, expressions: true }
    }
}

/// The GraphQL schema of a registry, and what each of its names stands for.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// The validated schema.
    pub schema: Valid<Schema>,
    /// The schema's text, as served at `/schema.graphql`.
    pub sdl: String,
    /// Which types implement `Node`; introspection needs it.
    pub implementers: apollo_compiler::collections::HashMap<Name, Implementers>,
    /// The settings it was made with.
    pub options: ExposeOptions,
    /// Object and interface types by name.
    pub types: HashMap<String, TypeUse>,
    /// Fields of `Query` by name; `__typename`, `__schema` and `__type` are not among them.
    pub query: HashMap<String, RootField>,
    /// Fields of `Mutation` by name; empty when nothing can be written.
    pub mutation: HashMap<String, MutationField>,
    /// Exposed models by the position of their [`ModelId`]; `None` for hidden and implicit ones.
    pub models: Vec<Option<ExposedModel>>,
    /// Input object types by name.
    pub inputs: HashMap<String, InputUse>,
    /// Enum types by name.
    pub enums: HashMap<String, EnumUse>,
}

impl Exposure {
    /// The exposed side of a model; `None` when it is hidden.
    pub fn model(&self, id: ModelId) -> Option<&ExposedModel> {
        self.models.get(id.0 as usize).and_then(Option::as_ref)
    }

    /// What a field of an object type of a model stands for.
    pub fn object_field(&self, model: ModelId, name: &str) -> Option<ObjectField> {
        self.model(model)?.fields.get(name).copied()
    }

    /// The name of the row key's member, and of the argument of `post(id:)`: `id`, with `relay` `rowId`.
    pub fn key_name(&self) -> &'static str {
        if self.options.relay { "rowId" } else { "id" }
    }

    /// The name of the global id's field, and of the argument of `node(nodeId:)`: `nodeId`, with `relay` `id`.
    pub fn node_id_name(&self) -> &'static str {
        if self.options.relay { "id" } else { "nodeId" }
    }

    /// The name of the argument of `nodes(nodeIds:)`: `nodeIds`, with `relay` `ids`.
    pub fn node_ids_name(&self) -> &'static str {
        if self.options.relay { "ids" } else { "nodeIds" }
    }

    /// The model of an object type (`Post`), for `node` and type conditions.
    pub fn model_of_type(&self, type_name: &str) -> Option<ModelId> {
        match self.types.get(type_name) {
            Some(TypeUse::Object(model)) => Some(*model),
            _ => None,
        }
    }

    /// The enum of a field with choices that are exposed as one.
    pub fn choices(&self, type_name: &str) -> Option<&ChoiceEnum> {
        match self.enums.get(type_name) {
            Some(EnumUse::Choices(choices)) => Some(choices),
            _ => None,
        }
    }

    /// The operator that a member of a scalar filter input stands for (`gt` of `IntFilter`).
    pub fn operator(&self, kind: FilterKind, member: &str) -> Option<&'static OperatorSpec> {
        super::operators::operator(kind, member)
    }
}

/// What an output type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeUse {
    /// The query root; its fields are [`Exposure::query`].
    Query,
    /// The mutation root; its fields are [`Exposure::mutation`].
    Mutation,
    /// Rows of a model; its fields are [`ExposedModel::fields`].
    Object(ModelId),
    /// What a write of many rows did: `affected`, and the rows under the name of the list.
    Payload(ModelId),
    /// What an upsert did: `created`, and the row under its name.
    UpsertPayload(ModelId),
    /// A page of a model's rows; its fields are those of [`ConnectionField`].
    Connection(ModelId),
    /// A row of a page with its cursor: `node` and `cursor`.
    Edge(ModelId),
    /// `hasNextPage`, `hasPreviousPage`, `startCursor`, `endCursor`.
    PageInfo,
    /// Values made of a model's rows, or a group of them.
    Aggregate(ModelId),
    /// The interface of every model's type; its one field is [`Exposure::node_id_name`].
    Node,
}

/// The fields of a connection type, the same for every model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionField {
    /// `edges: [PostEdge!]!`
    Edges,
    /// `nodes: [Post!]!`
    Nodes,
    /// `pageInfo: PageInfo!`
    PageInfo,
    /// `totalCount: Int!`
    TotalCount,
    /// `aggregate: PostAggregate!`
    Aggregate,
}

impl ConnectionField {
    /// The field of this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "edges" => Self::Edges,
            "nodes" => Self::Nodes,
            "pageInfo" => Self::PageInfo,
            "totalCount" => Self::TotalCount,
            "aggregate" => Self::Aggregate,
            _ => return None,
        })
    }
}

/// What a field of `Query` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootField {
    /// `post(id: ID!): Post`; the argument is [`Exposure::key_name`].
    ById(ModelId),
    /// `postBy(key: PostKey!): Post`
    ByKey(ModelId),
    /// `posts(where, orderBy, limit, offset, distinctOn, manager): [Post!]!`
    List(ModelId),
    /// `postsConnection(where, orderBy, first, after, last, before, manager): PostConnection!`
    Connection(ModelId),
    /// `node(nodeId: ID!): Node`; the argument is [`Exposure::node_id_name`].
    Node,
    /// `postsAggregate(where, manager): PostAggregate!`
    Aggregate(ModelId),
    /// `postsGroupBy(by, where, having, orderBy, limit, offset, manager): [PostGroup!]!`
    Groups(ModelId),
    /// `nodes(nodeIds: [ID!]!): [Node]!`; the argument is [`Exposure::node_ids_name`].
    Nodes,
}

/// A model as the schema shows it. Every map is from a GraphQL name.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposedModel {
    /// Which model.
    pub model: ModelId,
    /// The name of its object type.
    pub type_name: String,
    /// Fields of the object type, in the schema's order. `__typename` is not among them.
    pub fields: IndexMap<String, ObjectField>,
    /// How each column is shown, by the position of its [`FieldId`]; `None` for columns that are not shown
    /// under a name of their own. A primary key of one column that is called `id` is shown (its leaf is `ID`).
    pub columns: Vec<Option<ExposedColumn>>,
    /// Members of the filter input `PostFilter`.
    pub filter: IndexMap<String, FilterMember>,
    /// Members of the `@oneOf` order input `PostOrder`.
    pub order: IndexMap<String, OrderMember>,
    /// Members of the `@oneOf` key input `PostKey`.
    pub keys: IndexMap<String, KeyMember>,
    /// Values of the enum `PostField` of `distinctOn`.
    pub distinct: IndexMap<String, FieldId>,
    /// Computed fields.
    pub annotations: Vec<ExposedAnnotation>,
    /// What can be aggregated: name in the aggregate's objects to value.
    pub aggregated: IndexMap<String, Aggregated>,
    /// Members of the group key input and of the keys of groups.
    pub group: IndexMap<String, GroupMember>,
    /// Values of the enum `PostManager`: positions in `Model::managers`. Empty when there is no such enum (and
    /// no `manager` argument), because there is nothing to choose from.
    pub managers: IndexMap<String, usize>,
    /// What can be written; `None` when nothing can.
    pub writes: Option<ExposedWrites>,
}

impl ExposedModel {
    /// How a column is shown; `None` when it has no name of its own in the schema.
    pub fn column(&self, field: FieldId) -> Option<&ExposedColumn> {
        self.columns.get(field.0 as usize).and_then(Option::as_ref)
    }
}

/// A column as the schema shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposedColumn {
    /// Its GraphQL name, the same in outputs, keys and `distinctOn`; filters and orders have it with an underscore
    /// where it is one of their own words (`not_`).
    pub name: String,
    /// The type of its values, without the non-null mark.
    pub leaf: Leaf,
    /// Whether it may be null.
    pub null: bool,
}

/// A computed field as the schema shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposedAnnotation {
    /// Its name in the model.
    pub name: String,
    /// Its GraphQL name.
    pub graphql_name: String,
    /// The type of its values, without the non-null mark.
    pub leaf: Leaf,
    /// The logical type of its values.
    pub logical: LogicalType,
    /// Whether it may be null.
    pub null: bool,
    /// Its arguments by GraphQL name.
    pub arguments: IndexMap<String, ExposedArgument>,
}

/// An argument of a computed field.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposedArgument {
    /// Its name in the model.
    pub name: String,
    /// Its type, without the non-null mark.
    pub leaf: Leaf,
    /// The logical type of its values.
    pub logical: LogicalType,
    /// Its default in JSON form; without one it must be given.
    pub default: Option<serde_json::Value>,
}

/// A value of each row that aggregates are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    /// The field's or computed field's name in the model.
    pub name: String,
    /// The logical type of its values.
    pub logical: LogicalType,
    /// The type of its values, without the non-null mark.
    pub leaf: Leaf,
}

/// A value that rows are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupMember {
    /// The row's column or computed field of this name.
    Value(Aggregated),
    /// A value of the related row.
    ToOne(RelationId),
    /// `expr: Expr`: a value that the client wrote.
    Expression,
}

/// What a field of an object type gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectField {
    /// The row's key as an `ID!`: the text of a primary key of one column, a JSON array text of one of several
    /// (in the order of `Model::primary_key`).
    Key,
    /// A column; see [`ExposedModel::column`] for its type. Foreign key columns may be `ID`s.
    Column(FieldId),
    /// The global id.
    NodeId,
    /// The related row, or the list of related rows.
    Relation(RelationId),
    /// A page of the related rows.
    RelationConnection(RelationId),
    /// Values made of the related rows.
    RelationAggregate(RelationId),
    /// The computed field at this position of [`ExposedModel::annotations`].
    Annotation(usize),
}

/// The type of a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// A scalar.
    Scalar(Scalar),
    /// An enum made from choices, by its type name; see [`Exposure::choices`].
    Enum(String),
    /// A list whose elements may be null.
    List(Box<Leaf>),
}

/// The scalars of the schema: how a value is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// A key as a string, whatever its column's type.
    Id,
    /// 32-bit integer as a number.
    Int,
    /// 64-bit integer as a string.
    BigInt,
    /// Finite double as a number.
    Float,
    /// Exact decimal as a string.
    Decimal,
    /// Text. IP addresses too.
    String,
    /// `true`, `false`.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// `HH:MM:SS[.ffffff]`.
    Time,
    /// RFC 3339 in UTC.
    DateTime,
    /// ISO 8601.
    Duration,
    /// UUID with hyphens.
    Uuid,
    /// Any JSON value.
    Json,
    /// Base64 text.
    Bytes,
    /// `String` that the database holds encrypted: it is neither compared nor ordered by.
    Secret,
    /// `{"lower": …, "upper": …, "bounds": "[)"}` or `{"empty": true}`.
    Range(RangeBound),
    /// The scalar of a field type of an embedder's own, by its name.
    Custom(&'static str, Comparison),
}

/// What an input object type is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputUse {
    /// `PostFilter`: [`ExposedModel::filter`].
    Filter(ModelId),
    /// `CommentListFilter`: `some`, `every`, `none`, each a `CommentFilter`.
    ListFilter(ModelId),
    /// `StringFilter`, `PostStatusFilter`, `JSONPathFilter`: the operators of the kind.
    Scalar(FilterKind),
    /// `PostOrder`: [`ExposedModel::order`].
    Order(ModelId),
    /// `PostKey`: [`ExposedModel::keys`].
    Key(ModelId),
    /// Conditions on aggregates, orders by them, keys of groups.
    Aggregate(ModelId),
    /// A date or an instant that rows are grouped by.
    Unit,
    /// `ExprOrder`.
    Expression,
    /// Arguments of a computed field, tests of it, orders by it.
    Annotation(ModelId),
    /// What changes of a JSON document.
    JsonCalc,
    /// What is written: rows, changes of them, what happens along relations.
    Write(ModelId),
    /// The members of a key of several columns: GraphQL name to field, all required.
    KeyColumns(ModelId, IndexMap<String, FieldId>),
}

/// A member of a model's filter input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterMember {
    /// `and: [PostFilter!]`: all of them; an empty list is true.
    And,
    /// `or: [PostFilter!]`: any of them; an empty list is false.
    Or,
    /// `not: PostFilter`: the complement.
    Not,
    /// The row's key as an ID: an `IDFilter`.
    Key,
    /// A column and the kind of its filter.
    Column(FieldId, FilterKind),
    /// The filter of the related row, which must exist.
    ToOne(RelationId),
    /// `some`, `every`, `none` and `aggregate` over the related rows.
    ToMany(RelationId),
    /// A computed field and the kind of its filter.
    Annotation(usize, FilterKind),
    /// `expr: Expr`: a condition that the client wrote.
    Expression,
}

/// A member of a model's order input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderMember {
    /// By the row's key, column by column: a `Direction`.
    Key,
    /// By a column: a `Direction`.
    Column(FieldId),
    /// By something of the related row: its order input.
    ToOne(RelationId),
    /// By an aggregate of the related rows.
    ToMany(RelationId),
    /// By a computed field.
    Annotation(usize),
    /// `expr: ExprOrder`: by a value that the client wrote.
    Expression,
}

/// A member of a model's key input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMember {
    /// The columns of the key.
    pub fields: Vec<FieldId>,
    /// What its value looks like.
    pub shape: KeyShape,
}

/// How the value of a key is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyShape {
    /// As an `ID`: the text of the primary key, a JSON array text when it has several columns.
    Id,
    /// As the value of its one column.
    Column,
    /// As an input object of this type, one member a column ([`InputUse::KeyColumns`]).
    Columns(String),
}

/// What an enum type is.
#[derive(Debug, Clone, PartialEq)]
pub enum EnumUse {
    /// `ASC`, `DESC`, with or without `_NULLS_FIRST`, `_NULLS_LAST`; see [`Direction::named`].
    Direction,
    /// `DateUnit`, `TimeUnit`.
    Unit,
    /// `PostField`: [`ExposedModel::distinct`].
    Distinct(ModelId),
    /// `PostSetField`: the columns of [`ExposedWrites::set`].
    Set(ModelId),
    /// `PostManager`: [`ExposedModel::managers`].
    Manager(ModelId),
    /// The choices of a field.
    Choices(ChoiceEnum),
}

/// The enum of a field with choices.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceEnum {
    /// The field's model.
    pub model: ModelId,
    /// The field.
    pub field: FieldId,
    /// Enum value to stored value, in the order of the choices.
    pub values: IndexMap<String, serde_json::Value>,
}

impl ChoiceEnum {
    /// The enum value of a stored value; `None` when the row holds something that is not one of the choices.
    pub fn name_of(&self, stored: &serde_json::Value) -> Option<&str> {
        self.values.iter().find(|(_, value)| *value == stored).map(|(name, _)| name.as_str())
    }
}

/// A value of the enum `Direction`: a direction and where NULLs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Direction {
    /// Largest first.
    pub descending: bool,
    /// Where NULLs go. By default NULL is the largest value: last when ascending, first when descending.
    pub nulls_first: bool,
}

impl Direction {
    /// Every value with its description.
    pub const VALUES: [(&'static str, Self, &'static str); 6] = [
        ("ASC", Self { descending: false, nulls_first: false }, "Smallest first; nulls last."),
        ("DESC", Self { descending: true, nulls_first: true }, "Largest first; nulls first."),
        ("ASC_NULLS_FIRST", Self { descending: false, nulls_first: true }, "Nulls, then smallest first."),
        ("ASC_NULLS_LAST", Self { descending: false, nulls_first: false }, "Smallest first, then nulls."),
        ("DESC_NULLS_FIRST", Self { descending: true, nulls_first: true }, "Nulls, then largest first."),
        ("DESC_NULLS_LAST", Self { descending: true, nulls_first: false }, "Largest first, then nulls."),
    ];

    /// The direction of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::VALUES.iter().find(|(value, ..)| *value == name).map(|(_, direction, _)| *direction)
    }
}
