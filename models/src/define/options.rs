//! The keys of model files: static tables that the reader and the JSON Schema iterate.

/// A key and what it takes.
#[derive(Debug)]
pub struct OptionSpec {
    /// The key.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// What it takes.
    pub shape: Shape,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `true` or `false`.
    Flag,
    /// Text.
    Text,
    /// Expression text.
    Expression,
    /// An integer from 1.
    Positive,
    /// An integer from 0.
    Natural,
    /// A value of the field's type.
    Value,
    /// Expression text, or a number or boolean that stands for itself.
    ValueExpression,
    /// A list of values, a list of `[value, label]` pairs, or a table of labels.
    Choices,
    /// One of the deletion rules.
    OnDelete,
    /// A list of names.
    Names,
    /// A list of names, or a list of such lists.
    NameGroups,
    /// `false`, a name, or `{ name = … }`.
    GraphqlField,
    /// `false`, or `{ name = …, plural = … }`.
    GraphqlModel,
    /// A field type's word, or `{ type = …, … }`.
    Type,
    /// The fields of a model.
    Fields,
    /// The computed fields of a model.
    Annotations,
    /// The arguments of a computed field.
    Arguments,
    /// The managers of a model.
    Managers,
    /// A list of indexes.
    Indexes,
    /// A list of constraints.
    Constraints,
    /// Rules of access.
    Permissions,
}

const fn spec(name: &'static str, shape: Shape, doc: &'static str) -> OptionSpec {
    OptionSpec { name, doc, shape }
}

/// The deletion rules.
pub(super) const ON_DELETE: &[&str] =
    &["cascade", "protect", "restrict", "set_null", "set_default", "do_nothing"];

/// Options of fields. Which field type takes which is in the table of field types.
pub static FIELD_OPTIONS: &[OptionSpec] = &[
    spec("type", Shape::Text, "The field type."),
    spec(
        "null",
        Shape::Flag,
        "Whether the column may be NULL; false unless said (a generated field: as its expression is).",
    ),
    spec(
        "default",
        Shape::Value,
        "What a new row gets when nothing is given: a value of the type, or \"now\" (dates and times) or \"uuid\".",
    ),
    spec(
        "db_default",
        Shape::ValueExpression,
        "Expression of no column whose value the database itself gives a row that comes without one: now(), 1 + 2, 'draft'.",
    ),
    spec("unique", Shape::Flag, "Whether no two rows have the same value."),
    spec("index", Shape::Flag, "Whether the column has an index; relations have one unless this is false."),
    spec("primary_key", Shape::Flag, "Whether the field is the primary key."),
    spec("column", Shape::Text, "The column's name; the field's name unless said."),
    spec(
        "db_type",
        Shape::Text,
        "PostgreSQL's name of the column's type where it is another than the field's; of unmanaged models only.",
    ),
    spec(
        "columns",
        Shape::Names,
        "The columns of a relation to a model whose primary key has several fields.",
    ),
    spec("max_length", Shape::Positive, "Most characters (bytes for binary)."),
    spec("max_digits", Shape::Positive, "All digits of a decimal."),
    spec("decimal_places", Shape::Natural, "Digits of a decimal after the point."),
    spec("min", Shape::Value, "Smallest value."),
    spec("max", Shape::Value, "Largest value."),
    spec("regex", Shape::Text, "Regular expression that the text must match."),
    spec(
        "choices",
        Shape::Choices,
        "The allowed values: a list of values, of [value, label] pairs, or a table from value to label.",
    ),
    spec("editable", Shape::Flag, "Whether clients may write it; true unless said."),
    spec("help_text", Shape::Text, "Description, shown in the GraphQL schema."),
    spec("db_comment", Shape::Text, "Comment of the column in the database."),
    spec(
        "renamed_from",
        Shape::Text,
        "Its former name: the next migration renames the field instead of making a new one.",
    ),
    spec("collation", Shape::Text, "Collation for display sorting; code point order unless said."),
    spec("graphql", Shape::GraphqlField, "Its GraphQL name, or false to hide it."),
    spec("auto_now", Shape::Flag, "Set to the time of the request on every write."),
    spec("auto_now_add", Shape::Flag, "Set to the time of the request on creation."),
    spec("items", Shape::Type, "The type of an array's items."),
    spec("expr", Shape::Expression, "The expression of a generated field."),
    spec("output", Shape::Type, "The type of a generated field; that of its expression unless said."),
    spec("to", Shape::Text, "The model that is referred to; \"self\" is the model itself."),
    spec("on_delete", Shape::OnDelete, "What happens to this row when the referred row is deleted."),
    spec(
        "related_name",
        Shape::Text,
        "The relation's name on the other model; \"+\" for none; <model>_set (one_to_one: <model>) unless said.",
    ),
    spec("to_field", Shape::Text, "The unique field that is referred to; the primary key unless said."),
    spec("db_constraint", Shape::Flag, "Whether the database enforces the reference; true unless said."),
    spec("through", Shape::Text, "The link model; an implicit one unless said."),
    spec(
        "through_fields",
        Shape::Names,
        "The link model's two foreign keys, here first, when it has several to one end.",
    ),
    spec("table", Shape::Text, "The table of the implicit link model."),
    spec(
        "symmetrical",
        Shape::Flag,
        "Whether a many_to_many to \"self\" holds in both directions; true unless said.",
    ),
];

/// Keys of a model.
pub(super) static MODEL_KEYS: &[OptionSpec] = &[
    spec("doc", Shape::Text, "What the model is; its description in the GraphQL schema."),
    spec("table", Shape::Text, "The table's name; <app>_<model> unless said."),
    spec("extends", Shape::Names, "Abstract bases; for a proxy, its model."),
    spec("abstract", Shape::Flag, "Whether the model has no table and only gives what it has to others."),
    spec("proxy", Shape::Flag, "Whether the model shares the table of the one model that it extends."),
    spec("managed", Shape::Flag, "Whether Nuages creates and migrates the table; true unless said."),
    spec(
        "ordering",
        Shape::Names,
        "Default ordering: fields, `-` for descending, `author__name` across relations.",
    ),
    spec("display", Shape::Text, "The field or annotation that stands for a row in lists."),
    spec("primary_key", Shape::Names, "The fields or relations of the primary key, when there are several."),
    spec("unique_together", Shape::NameGroups, "Fields that are unique together."),
    spec("db_comment", Shape::Text, "Comment of the table in the database."),
    spec(
        "renamed_from",
        Shape::Text,
        "Its former name: the next migration renames the model instead of making a new one.",
    ),
    spec("graphql", Shape::GraphqlModel, "Its GraphQL names, or false to leave it out of the schema."),
    spec("fields", Shape::Fields, "The fields by name."),
    spec("annotations", Shape::Annotations, "Computed fields by name."),
    spec("managers", Shape::Managers, "Named scopes; the first is the default."),
    spec("indexes", Shape::Indexes, "Indexes of the table."),
    spec("constraints", Shape::Constraints, "Unique and check constraints of the table."),
    spec("permissions", Shape::Permissions, "Rules of access. Not built yet: refused, never ignored."),
];

/// Keys of an index.
pub(super) static INDEX_KEYS: &[OptionSpec] = &[
    spec("name", Shape::Text, "Its name; <table>_<columns>_idx unless said."),
    spec("fields", Shape::Names, "Its fields, `-` for descending."),
    spec("expressions", Shape::Names, "Its expressions, after the fields."),
    spec("include", Shape::Names, "Fields carried along (PostgreSQL)."),
    spec("where", Shape::Expression, "The rows that it covers."),
    spec("method", Shape::Text, "btree, hash, gin, gist, spgist or brin (PostgreSQL)."),
];

/// Keys of a constraint.
pub(super) static CONSTRAINT_KEYS: &[OptionSpec] = &[
    spec("name", Shape::Text, "Its name; <table>_<columns>_uniq unless said, required for a check."),
    spec("unique", Shape::Names, "Fields that are unique together."),
    spec("where", Shape::Expression, "The rows among which they are unique."),
    spec("check", Shape::Expression, "What every row fulfils."),
];

/// Keys of a manager.
pub(super) static MANAGER_KEYS: &[OptionSpec] = &[
    spec("filter", Shape::Expression, "The rows that it has."),
    spec(
        "annotations",
        Shape::Annotations,
        "Values that its rows have, by name: its filter and ordering may use them.",
    ),
    spec("ordering", Shape::Names, "Replaces the model's ordering."),
    spec("use_in_migrations", Shape::Flag, "Whether migrations keep track of it; false unless said."),
];

/// Keys of a computed field.
pub(super) static ANNOTATION_KEYS: &[OptionSpec] = &[
    spec("expr", Shape::Expression, "Its expression."),
    spec("args", Shape::Arguments, "Its arguments by name; the expression reads them as `:name`."),
    spec("help_text", Shape::Text, "Description, shown in the GraphQL schema."),
];

/// Keys of a bare type: an argument's, an array's items', a generated field's output.
pub(super) static TYPE_KEYS: &[OptionSpec] = &[
    spec("type", Shape::Text, "The field type."),
    spec("max_length", Shape::Positive, "Most characters of a text."),
    spec("max_digits", Shape::Positive, "All digits of a decimal."),
    spec("decimal_places", Shape::Natural, "Digits of a decimal after the point."),
    spec("items", Shape::Type, "The type of an array's items."),
];

/// What an argument has besides its type.
pub(super) static ARGUMENT_KEYS: &[OptionSpec] =
    &[spec("default", Shape::Value, "Its value when none is given; without one it is required.")];

/// Keys of `graphql` on a field.
pub(super) static GRAPHQL_FIELD_KEYS: &[OptionSpec] =
    &[spec("name", Shape::Text, "Name in the GraphQL schema.")];

/// Keys of `graphql` on a model.
pub(super) static GRAPHQL_MODEL_KEYS: &[OptionSpec] = &[
    spec("name", Shape::Text, "Type name in the GraphQL schema."),
    spec("plural", Shape::Text, "Name of the list field."),
    spec("mutations", Shape::Flag, "Whether clients may write its rows; true unless said."),
];

/// Index methods of PostgreSQL.
pub(super) const INDEX_METHODS: &[&str] = &["btree", "hash", "gin", "gist", "spgist", "brin"];
