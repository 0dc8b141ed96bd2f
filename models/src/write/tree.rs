//! What is to be written, as plain data over the registry: made by the planner of mutations or by the methods of
//! [`crate::objects`].

use super::error::InputPath;
use crate::expr::Expr;
use crate::query::QuerySet;
use crate::registry::{FieldId, ModelId, RelationId};
use crate::value::Value;

/// The values of a unique key of a model, by its fields: the primary key, or another of [`crate::registry::Model::unique_keys`].
#[derive(Debug, Clone, PartialEq)]
pub struct Key(pub Vec<(FieldId, Value)>);

/// One mutation of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutation {
    /// The model.
    pub model: ModelId,
    /// What is done to it.
    pub action: Action,
}

/// What is done to the rows of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// New rows.
    Create {
        /// The rows, in order.
        rows: Vec<NewRow>,
        /// What becomes of rows that are there already; without it they are an error.
        on_conflict: Option<OnConflict>,
    },
    /// Changes of rows.
    Update {
        /// Which rows.
        target: Target,
        /// What changes.
        change: Change,
    },
    /// A new row, or the change of the one that has its key.
    Upsert {
        /// The key of the row.
        key: Key,
        /// Where the key stands in the input.
        path: InputPath,
        /// The row, when there is none. The key's values are added to it where it does not say them.
        create: NewRow,
        /// What changes otherwise.
        update: Change,
    },
    /// The end of rows, by the deletion rules of what refers to them.
    Delete {
        /// Which rows.
        target: Target,
    },
}

/// Which rows a change or a deletion is of.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// The row with this key, through the default manager. When there is none, nothing is done.
    Key {
        /// The key.
        key: Key,
        /// What the row must be now: fields with their values. Another value is [`super::WriteError::Conflict`].
        expect: Vec<(FieldId, Value)>,
        /// Where the mutation stands in the input.
        path: InputPath,
    },
    /// All rows of a query.
    Rows {
        /// The query; its constants are values, arguments are not known here.
        query: Box<QuerySet>,
        /// Fail when there are more.
        at_most: Option<u64>,
        /// Where the mutation stands in the input.
        path: InputPath,
    },
}

/// A row that is to be made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewRow {
    /// Where it stands in the input: errors of its fields name places below it.
    pub path: InputPath,
    /// Values by field. What is not here has its default.
    pub values: Vec<(FieldId, Expr)>,
    /// What happens along its relations.
    pub related: Vec<RelatedChange>,
}

/// What changes of a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// Where it stands in the input: errors of its fields name places below it.
    pub path: InputPath,
    /// New values by field. An expression is over the row as it was.
    pub values: Vec<(FieldId, Expr)>,
    /// What happens along its relations.
    pub related: Vec<RelatedChange>,
}

/// What happens along one relation of a row. Done in the order of the members: rows are let go and changed before
/// others are taken on.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedChange {
    /// The relation.
    pub relation: RelationId,
    /// Where it stands in the input.
    pub path: InputPath,
    /// Related rows end; it must be related.
    pub delete: Vec<Key>,
    /// Rows are no longer related; those that are not already are left alone. For a to-one relation: the one key is empty.
    pub disconnect: Vec<Key>,
    /// Exactly these rows are related afterwards (to-many).
    pub set: Option<Vec<Key>>,
    /// Related rows change. For a to-one relation: the key is empty.
    pub update: Vec<(Key, Change)>,
    /// Related rows change, or are made and related.
    pub upsert: Vec<(Key, NewRow, Change)>,
    /// Rows that are there are related.
    pub connect: Vec<Key>,
    /// Rows that are there are related, or made and related.
    pub connect_or_create: Vec<(Key, NewRow)>,
    /// Rows are made and related.
    pub create: Vec<NewRow>,
    /// Values of new rows of the link table (many-to-many), by its fields.
    pub link: Vec<(FieldId, Expr)>,
}

impl RelatedChange {
    /// Nothing yet.
    pub fn new(relation: RelationId, path: InputPath) -> Self {
        Self {
            relation,
            path,
            delete: Vec::new(),
            disconnect: Vec::new(),
            set: None,
            update: Vec::new(),
            upsert: Vec::new(),
            connect: Vec::new(),
            connect_or_create: Vec::new(),
            create: Vec::new(),
            link: Vec::new(),
        }
    }
}

/// What becomes of new rows that are there already by a unique key.
#[derive(Debug, Clone, PartialEq)]
pub struct OnConflict {
    /// The fields of the unique key; empty is any (only with `update` empty).
    pub fields: Vec<FieldId>,
    /// The fields that the existing row takes from the new one; none leaves the row alone.
    pub update: Vec<FieldId>,
    /// Where it stands in the input.
    pub path: InputPath,
}

/// What a mutation did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// The primary keys of the rows that it is of, in the order of the input (of a bulk update or deletion: of the primary
    /// key). `None` for a new row that was left out because it was there already.
    pub rows: Vec<Option<Vec<Value>>>,
    /// For each of these rows, whether it is new.
    pub created: Vec<bool>,
    /// How many rows were made, changed or deleted; without those that a deletion took with it.
    pub affected: u64,
}
