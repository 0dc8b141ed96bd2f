//! The immutable description of a project's models: what the define stage produces and every later stage reads.
//!
//! A [`Registry`] knows nothing of GraphQL, HTTP or SQL text. Everything refers to everything by dense ids, so
//! that the stages pass integers about. A foreign key is two things: a [`Field`] for each of its columns
//! (`author_id`) and a [`Relation`] (`author`).

mod custom;
mod keyring;
mod logical;

pub use custom::{Comparison, CustomType, FieldType, FieldTypeError, FieldTypeOption, FieldTypes};
pub use keyring::{Keyring, KeyringError};
pub use logical::{LogicalType, RangeBound};

use crate::expr::Expr;
use crate::query::OrderBy;
use indexmap::IndexMap;
use std::collections::HashMap;
use std::fmt;

/// Index of a [`Model`] in its [`Registry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(pub u32);

/// Index of a [`Field`] in its [`Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

/// Index of a [`Relation`] in its [`Model`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationId(pub u32);

/// Everything about the models of a project. Immutable; shared by `Arc`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Registry {
    models: Vec<Model>,
    by_name: HashMap<String, ModelId>,
}

impl Registry {
    /// A registry of models whose ids are their positions. Names must be unique; the define stage checks that.
    pub fn new(models: Vec<Model>) -> Self {
        let by_name = models.iter().map(|model| (model.name.clone(), model.id)).collect();
        Self { models, by_name }
    }

    /// The same with the keys of encrypted fields.
    #[must_use]
    pub fn with_keys(mut self, keys: &Keyring) -> Self {
        for field in self.models.iter_mut().flat_map(|model| &mut model.fields) {
            if let LogicalType::Encrypted(known) = &mut field.logical {
                known.clone_from(keys);
            }
        }
        self
    }

    /// Whether a field is encrypted, so that there must be keys.
    pub fn has_encrypted_fields(&self) -> bool {
        let mut fields = self.models.iter().flat_map(|model| &model.fields);
        fields.any(|field| matches!(field.logical, LogicalType::Encrypted(_)))
    }

    /// All models in the order of their ids: those of the files in their order, then the implicit link models
    /// of many-to-many fields. Abstract bases are not models and do not appear.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model with this id. Ids come from this registry only.
    pub fn model(&self, id: ModelId) -> &Model {
        &self.models[id.0 as usize]
    }

    /// The model with this id, to be completed by the define stage.
    pub(crate) fn model_mut(&mut self, id: ModelId) -> &mut Model {
        &mut self.models[id.0 as usize]
    }

    /// The model with this name (`Post`).
    pub fn model_named(&self, name: &str) -> Option<&Model> {
        self.by_name.get(name).map(|id| self.model(*id))
    }
}

/// One model: a table and what may be asked of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Its position in the registry.
    pub id: ModelId,
    /// Its name, unique in the project: `Post`.
    pub name: String,
    /// The file it comes from: `blog` for `blog.toml`.
    pub app: String,
    /// The table's name.
    pub table: String,
    /// What the model is, for the GraphQL description and the table's comment.
    pub doc: Option<String>,
    /// The comment of the table in the database.
    pub db_comment: Option<String>,
    /// The name of the field or annotation that stands for a row in lists (Django's `__str__`).
    pub display: Option<String>,
    /// Every column, in the order of declaration; an implicit `id` is first.
    pub fields: Vec<Field>,
    /// Every edge that starts here, forward ones in the order of declaration, then the reverse ones.
    pub relations: Vec<Relation>,
    /// One to n fields, never empty.
    pub primary_key: Vec<FieldId>,
    /// Default ordering, empty when there is none.
    pub ordering: Vec<OrderKey>,
    /// The first is the default manager. Never empty: a model without managers has `objects` without a filter.
    pub managers: Vec<Manager>,
    /// Computed fields by name, in the order of declaration.
    pub annotations: IndexMap<String, Annotation>,
    /// Indexes of Meta, and those that `index = true` and foreign keys imply. None on a proxy; those of an unmanaged
    /// model are what its file says, not what the database has.
    pub indexes: Vec<Index>,
    /// Unique and check constraints of Meta (`unique_together` included). `unique = true` of a field is not here.
    pub constraints: Vec<Constraint>,
    /// Whether Nuages creates and migrates the table. An unmanaged table has Django's encodings on SQLite.
    pub managed: bool,
    /// The model whose table a proxy shares.
    pub proxy_for: Option<ModelId>,
    /// The link model of a many-to-many field without `through`; it is not exposed.
    pub implicit: bool,
    /// Overrides of GraphQL names.
    pub graphql: GraphqlModel,
    /// Where the model is declared.
    pub origin: Origin,
    /// Field and relation names.
    pub names: HashMap<String, Member>,
}

impl Model {
    /// The field with this id. Ids come from this model only.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0 as usize]
    }

    /// The relation with this id. Ids come from this model only.
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.relations[id.0 as usize]
    }

    /// The field or relation with this name.
    pub fn member(&self, name: &str) -> Option<Member> {
        self.names.get(name).copied()
    }

    /// The sets of fields of which at most one row has the same values: the primary key first, then unique
    /// fields, then unconditional unique constraints. They are the members of `PostKey`.
    pub fn unique_keys(&self) -> Vec<Vec<FieldId>> {
        let mut keys = vec![self.primary_key.clone()];
        let single = self.fields.iter().filter(|f| f.unique && !f.primary_key).map(|f| vec![f.id]);
        let several = self.constraints.iter().filter_map(|c| match c {
            Constraint::Unique { fields, condition: None, .. } => Some(fields.clone()),
            _ => None,
        });
        for key in single.chain(several) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

/// What a name of a model stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// A column.
    Field(FieldId),
    /// An edge.
    Relation(RelationId),
}

/// One column of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its position in the model.
    pub id: FieldId,
    /// `title`; for a foreign key `author` the field is `author_id`.
    pub name: String,
    /// The column's name.
    pub column: String,
    /// The name of the column's type on PostgreSQL (`pg_type.typname`, with its schema where the search path does not find
    /// it), where it is not the one that Nuages would give: an enum, `timestamp`, `json`. Its values are read and written
    /// with casts. Only columns of unmanaged models have one.
    pub db_type: Option<String>,
    /// The word of the model file: `char`, `positive_integer`. A foreign key's column has the word of its target
    /// without the automatic part (`auto` is referred to by an `integer`).
    pub kind: &'static str,
    /// The type of its values.
    pub logical: LogicalType,
    /// How SQLite stores its values.
    pub sqlite: SqliteEncoding,
    /// Whether the column may be NULL.
    pub null: bool,
    /// Whether it is the primary key or one of its fields.
    pub primary_key: bool,
    /// Whether the column alone is unique (a one-to-one's column is).
    pub unique: bool,
    /// `index = true`, and foreign keys.
    pub index: bool,
    /// What a row gets when it is created without this field.
    pub default: Option<DefaultValue>,
    /// The default that the database itself applies: expression text.
    pub db_default: Option<String>,
    /// Upper bound of the length in code points.
    pub max_length: Option<u32>,
    /// Smallest value, as decimal text or in the type's text form; `0` for the positive integers.
    pub min: Option<String>,
    /// Largest value.
    pub max: Option<String>,
    /// Regular expression that text must match.
    pub regex: Option<String>,
    /// The allowed values with their labels; empty when every value is allowed.
    pub choices: Vec<Choice>,
    /// Whether clients may write it.
    pub editable: bool,
    /// Description.
    pub help_text: Option<String>,
    /// The comment of the column in the database.
    pub db_comment: Option<String>,
    /// Collation for display sorting; `None` is the code point order.
    pub collation: Option<String>,
    /// Set by the server on every write or on creation.
    pub auto_now: AutoNow,
    /// Expression text of a generated column. It is of the language of expressions where Nuages creates the table.
    pub generated: Option<String>,
    /// The relation whose column this is.
    pub relation: Option<RelationId>,
    /// Whether the database gives the value on insert (auto and big_auto).
    pub auto_increment: bool,
    /// GraphQL name, when overridden.
    pub graphql_name: Option<String>,
    /// Hidden from GraphQL (`graphql = false`).
    pub hidden: bool,
    /// Where the field is declared.
    pub origin: Origin,
}

/// How SQLite stores a logical type (PostgreSQL has a native type for each).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqliteEncoding {
    /// INTEGER for integers, booleans (0, 1) and durations (microseconds); REAL for floats; TEXT for text,
    /// `YYYY-MM-DD` dates, `HH:MM:SS[.ffffff]` times, `YYYY-MM-DD HH:MM:SS[.ffffff]` datetimes in UTC (the
    /// fraction is absent when it is zero, six digits otherwise), 32 hexadecimal digits for UUIDs, canonical
    /// compact JSON; BLOB for bytes; arrays and ranges are canonical JSON.
    Plain,
    /// A decimal as an integer: the value times ten to the `scale`. Up to 18 digits.
    ScaledInteger {
        /// Digits after the point.
        scale: u8,
    },
    /// A decimal of more than 18 digits as text whose byte order is the numeric order.
    OrderedText {
        /// All digits.
        digits: u16,
        /// Digits after the point.
        scale: u16,
    },
    /// A computed decimal as text of any length whose byte order is the numeric order and which is the same for equal
    /// numbers; no column holds it. See [`crate::value::sqlite::sortable_text`].
    Sortable,
    /// Django's: decimals in a NUMERIC column, JSON text with any white space and order. Otherwise as `Plain`.
    Django,
}

/// `auto_now` and `auto_now_add`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoNow {
    /// Neither.
    #[default]
    Never,
    /// On creation.
    Add,
    /// On every write.
    Always,
}

/// The default of a field: a literal of its type in JSON form, or one of the functions `now` and `uuid`.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue {
    /// A literal, checked against the field's type. Decimals are strings with all their places (`"1.50"`), dates,
    /// times and datetimes RFC 3339 strings (datetimes in UTC), durations ISO 8601 (`"PT25H"`), UUIDs hyphenated,
    /// bytes base64, ranges `{"lower": …, "upper": …}` with the upper bound outside and `null` for an open one.
    Literal(serde_json::Value),
    /// The time of the request.
    Now,
    /// A random UUID (version 4).
    Uuid,
}

/// One of a field's allowed values.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is stored, in JSON form.
    pub value: serde_json::Value,
    /// What people read.
    pub label: String,
}

/// An edge from one model to another (or to itself).
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Its position in the model.
    pub id: RelationId,
    /// `author`, `posts`.
    pub name: String,
    /// Its kind.
    pub kind: RelationKind,
    /// Where it leads.
    pub target: ModelId,
    /// The pairs (column here, column there) that a row and its related rows share. For a many-to-many it is
    /// empty and [`Relation::through`] holds both halves.
    pub pairs: Vec<(FieldId, FieldId)>,
    /// The link table of a many-to-many.
    pub through: Option<Through>,
    /// Whether a to-one relation may have no row: its column may be NULL, or it is a reverse one-to-one.
    pub null: bool,
    /// What happens here when the related row is deleted (forward relations).
    pub on_delete: Option<OnDelete>,
    /// Whether the database enforces it (`db_constraint`; unmanaged tables say nothing).
    pub enforced: bool,
    /// The same edge seen from the other side; `None` when `related_name` is `"+"`. A symmetrical many-to-many to
    /// the model itself is its own inverse: a write of (a, b) writes (b, a) too. When the target is a proxy, the
    /// reverse end is on the model whose table it shares, and the proxy has it with the same id. A proxy's own
    /// relations have the inverses of its model's, whose `target` is the model, not the proxy.
    pub inverse: Option<RelationId>,
    /// Description.
    pub help_text: Option<String>,
    /// GraphQL name, when overridden.
    pub graphql_name: Option<String>,
    /// Hidden from GraphQL.
    pub hidden: bool,
    /// Where it is declared (for a reverse relation: the forward one).
    pub origin: Origin,
}

impl Relation {
    /// Whether it leads to at most one row.
    pub fn is_to_one(&self) -> bool {
        matches!(self.kind, RelationKind::ForeignKey | RelationKind::OneToOne | RelationKind::ReverseOneToOne)
    }
}

/// The kinds of edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// A column here refers to a row there.
    ForeignKey,
    /// A unique column here refers to a row there.
    OneToOne,
    /// Rows there refer to this one.
    ReverseForeignKey,
    /// At most one row there refers to this one.
    ReverseOneToOne,
    /// Rows of a link table refer to both. Both directions are of this kind.
    ManyToMany,
}

/// The link table of a many-to-many relation, as seen from one of its ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Through {
    /// The link model, implicit or declared.
    pub model: ModelId,
    /// Pairs (column here, column of the link).
    pub source: Vec<(FieldId, FieldId)>,
    /// Pairs (column of the link, column of the target).
    pub target: Vec<(FieldId, FieldId)>,
}

/// Django's deletion rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// Delete the referring rows too.
    Cascade,
    /// Refuse.
    Protect,
    /// Refuse, unless the referring row goes by another cascade as well.
    Restrict,
    /// Set the column to NULL.
    SetNull,
    /// Set the column to its default.
    SetDefault,
    /// Leave it to the database.
    DoNothing,
}

/// One key of a default ordering: `-author__name` is a descending path.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderKey {
    /// Names from the model on, the last a field or an annotation: `["author", "name"]`.
    pub path: Vec<String>,
    /// Largest first.
    pub descending: bool,
}

/// A named scope of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Manager {
    /// `objects`, `live`.
    pub name: String,
    /// Expression text.
    pub filter: Option<String>,
    /// The filter, read; the manager's own annotations are written out in it.
    pub condition: Option<Expr>,
    /// Replaces the model's ordering when not empty. Its names may be those of the manager's annotations: see
    /// [`Manager::order`].
    pub ordering: Vec<OrderKey>,
    /// Values that the rows have through this manager, by name, in the order of declaration. They take no arguments.
    pub annotations: IndexMap<String, Annotation>,
    /// Where it is declared.
    pub origin: Origin,
}

impl Manager {
    /// The keys of its ordering; those that are its own annotations are written out.
    pub fn order(&self) -> Vec<OrderBy> {
        let key = |key: &OrderKey| {
            let computed = match key.path.as_slice() {
                [name] => self.annotations.get(name).and_then(|annotation| annotation.expr.clone()),
                _ => None,
            };
            OrderBy {
                key: computed.unwrap_or_else(|| Expr::Path(key.path.clone())),
                ..OrderBy::new(key.path.clone(), key.descending)
            }
        };
        self.ordering.iter().map(key).collect()
    }
}

/// A computed field.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// Expression text.
    pub expression: String,
    /// The expression, read; `None` only while the models are being defined.
    pub expr: Option<Expr>,
    /// The type of its values; known once it is read.
    pub logical: Option<LogicalType>,
    /// Whether it may be NULL.
    pub null: bool,
    /// Arguments by name.
    pub arguments: IndexMap<String, AnnotationArgument>,
    /// Description.
    pub help_text: Option<String>,
    /// Where it is declared.
    pub origin: Origin,
}

/// An argument of a computed field.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotationArgument {
    /// Its type.
    pub logical: LogicalType,
    /// Its default in JSON form; without one the argument is required.
    pub default: Option<serde_json::Value>,
}

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name, given or derived; unique in the database, at most 63 bytes.
    pub name: String,
    /// Columns or expressions in order.
    pub keys: Vec<IndexKey>,
    /// Columns carried along (PostgreSQL; SQLite has no such thing and leaves them out).
    pub include: Vec<FieldId>,
    /// Expression text of a partial index.
    pub condition: Option<String>,
    /// `btree`, `gin`, …; `None` is the default.
    pub method: Option<String>,
    /// Where it is declared.
    pub origin: Origin,
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexKey {
    /// A column.
    Field {
        /// The column's field.
        field: FieldId,
        /// Largest first.
        descending: bool,
    },
    /// Expression text.
    Expression(String),
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    /// No two rows agree on all of the fields (among the rows of the condition, when there is one).
    Unique {
        /// Its name.
        name: String,
        /// The fields.
        fields: Vec<FieldId>,
        /// Expression text.
        condition: Option<String>,
    },
    /// Every row fulfils the expression, or it is NULL there.
    Check {
        /// Its name.
        name: String,
        /// Expression text.
        check: String,
    },
}

impl Constraint {
    /// Its name, unique in the database.
    pub fn name(&self) -> &str {
        match self {
            Self::Unique { name, .. } | Self::Check { name, .. } => name,
        }
    }
}

/// GraphQL names of a model, where the model file overrides them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GraphqlModel {
    /// Type name.
    pub name: Option<String>,
    /// Plural in lower camel case: the list field's name.
    pub plural: Option<String>,
    /// `graphql = false`: not in the schema.
    pub hidden: bool,
    /// `mutations = false`: clients may read it and not write it.
    pub read_only: bool,
}

/// A place in a model file, for messages: file as the user named it, line from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The file's path as the user named it.
    pub file: String,
    /// Line from 1; 0 when made by Nuages itself.
    pub line: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
