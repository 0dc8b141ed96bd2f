//! Models as plain data in the vocabulary of model files: what a migration says of them and what two of them are
//! compared by.
//!
//! A definition is *canonical* when it comes from [`definitions`](super::definitions): abstract bases are folded in, what says no
//! more than its absence would is left out, values and expressions have one spelling. Two models that mean the same then
//! have equal definitions. The order of fields, indexes and managers is kept for people and does not count.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

/// The options of a field by their names in the model file. Values of the field's type are in the canonical JSON form of
/// [`DefaultValue`](crate::registry::DefaultValue); types are a word or a table with `type`; choices are `[value, label]` pairs.
pub type Options = Map<String, Json>;

/// A model with a table, or a proxy of one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelDefinition {
    /// The app, which the default name of the table begins with.
    pub app: String,
    /// Its name, unique in the project.
    pub name: String,
    /// The table's name, when it is not `<app>_<model>`.
    pub table: Option<String>,
    /// The comment of the table: `db_comment`, or else `doc`.
    pub db_comment: Option<String>,
    /// Its table is not created and migrated (`managed = false`).
    pub unmanaged: bool,
    /// The model whose table it shares, by name.
    pub proxy_of: Option<String>,
    /// The fields of a primary key of several.
    pub primary_key: Vec<String>,
    /// Sets of fields that are unique together, without a name of their own.
    pub unique_together: Vec<Vec<String>>,
    /// Fields by name; an implicit `id` is among them.
    pub fields: IndexMap<String, FieldDefinition>,
    /// Indexes by name.
    pub indexes: IndexMap<String, IndexDefinition>,
    /// Constraints by name.
    pub constraints: IndexMap<String, ConstraintDefinition>,
    /// Managers with `use_in_migrations`, by name.
    pub managers: IndexMap<String, ManagerDefinition>,
}

impl ModelDefinition {
    /// The table's name.
    pub fn table_name(&self) -> String {
        self.table.clone().unwrap_or_else(|| format!("{}_{}", self.app, self.name.to_lowercase()))
    }
}

/// A field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldDefinition {
    /// The word in `type = "…"`.
    pub kind: String,
    /// Its other options.
    pub options: Options,
}

impl FieldDefinition {
    /// The key that a model without one of its own has.
    pub fn implicit_id() -> Self {
        let options = Options::from_iter([("primary_key".to_owned(), Json::Bool(true))]);
        Self { kind: "big_auto".to_owned(), options }
    }

    /// An option that is true or false; absent is false.
    pub fn is(&self, option: &str) -> bool {
        self.options.get(option) == Some(&Json::Bool(true))
    }

    /// An option that is a text.
    pub fn text(&self, option: &str) -> Option<&str> {
        self.options.get(option).and_then(Json::as_str)
    }

    /// The model that it refers to, by name; `own` is the name of the model that it is in.
    pub fn target<'a>(&'a self, own: &'a str) -> Option<&'a str> {
        self.text("to").map(|to| if to == "self" { own } else { to })
    }

    /// Whether it is a relation of several rows, which has no column.
    pub fn is_many_to_many(&self) -> bool {
        self.kind == "many_to_many"
    }

    /// Whether it is a relation that has columns.
    pub fn is_reference(&self) -> bool {
        matches!(self.kind.as_str(), "foreign_key" | "one_to_one")
    }
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexDefinition {
    /// Its fields, `-` for descending.
    pub fields: Vec<String>,
    /// Its expressions, after the fields.
    pub expressions: Vec<String>,
    /// Fields carried along.
    pub include: Vec<String>,
    /// The rows that it covers.
    pub condition: Option<String>,
    /// The method, when it is not a B-tree.
    pub method: Option<String>,
}

/// A constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintDefinition {
    /// Unique fields.
    Unique {
        /// The fields.
        fields: Vec<String>,
        /// The rows among which they are unique.
        condition: Option<String>,
    },
    /// What every row fulfils.
    Check(String),
}

/// A manager.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManagerDefinition {
    /// The rows that it has.
    pub filter: Option<String>,
    /// Replaces the model's ordering.
    pub ordering: Vec<String>,
    /// Values that its rows have, by name.
    pub annotations: IndexMap<String, String>,
}

/// What model files say of the past: `renamed_from`. It is no part of a definition, because it may stay or go at any time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renamed {
    /// Former names of models by their names now.
    pub models: IndexMap<String, String>,
    /// Former names of fields by the names of their model and of themselves now.
    pub fields: IndexMap<(String, String), String>,
}
