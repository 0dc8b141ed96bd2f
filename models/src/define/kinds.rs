//! The field types: one static table that the reader, the JSON Schema and the documentation iterate.

use crate::registry::{
    Comparison, CustomType, FieldTypeOption, Keyring, LogicalType, RangeBound, RelationKind,
};
use std::borrow::Cow;

/// A field type of model files.
#[derive(Debug, Clone)]
pub struct FieldKind {
    /// The word in `type = "…"`.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// What its values are.
    pub kind: KindType,
    /// The options that it takes, in groups.
    pub options: Cow<'static, [&'static [&'static str]]>,
    /// The options that it cannot do without.
    pub required: &'static [&'static str],
    /// Its `max_length` when none is given, as in Django.
    pub max_length: Option<u32>,
    /// Its `min` when none is given.
    pub min: Option<&'static str>,
}

impl FieldKind {
    const fn least(mut self, min: &'static str) -> Self {
        self.min = Some(min);
        self
    }

    const fn at_most(mut self, max_length: u32) -> Self {
        self.max_length = Some(max_length);
        self
    }

    const fn needing(mut self, required: &'static [&'static str]) -> Self {
        self.required = required;
        self
    }

    /// The field type of an embedder's own, with the options that its values and its comparison allow.
    pub(crate) fn of_custom(custom: CustomType) -> Self {
        let mut options: Vec<&'static [&'static str]> = vec![COLUMN, &["default"]];
        if custom.comparison() >= Comparison::Equality {
            options.push(&["unique", "index", "choices"]);
        }
        if custom.comparison() == Comparison::Order {
            options.push(&["primary_key"]);
        }
        match custom.value_type() {
            LogicalType::Text => options.push(&["max_length", "regex"]),
            LogicalType::Int16
            | LogicalType::Int32
            | LogicalType::Int64
            | LogicalType::Float
            | LogicalType::Decimal { .. }
            | LogicalType::Date
            | LogicalType::Time
            | LogicalType::DateTime
            | LogicalType::Duration => options.push(LIMITS),
            _ => {}
        }
        Self {
            name: custom.name(),
            doc: custom.doc(),
            kind: KindType::Custom(custom),
            options: Cow::Owned(options),
            required: &[],
            max_length: None,
            min: None,
        }
    }

    /// The field type of an embedder's own that it is, if it is one.
    pub fn custom(&self) -> Option<&CustomType> {
        match &self.kind {
            KindType::Custom(custom) => Some(custom),
            _ => None,
        }
    }

    /// The options that only this field type has.
    pub fn own_options(&self) -> &'static [FieldTypeOption] {
        self.custom().map_or(&[], CustomType::options)
    }

    /// The built-in field type of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELD_KINDS.iter().find(|kind| kind.name == name)
    }

    /// The options that it takes.
    pub fn option_names(&self) -> impl Iterator<Item = &'static str> {
        self.options.iter().flat_map(|group| group.iter().copied())
    }

    /// Whether it takes this option.
    pub fn takes(&self, option: &str) -> bool {
        self.option_names().any(|name| name == option)
    }

    /// Its relation kind, if it is a relation.
    pub fn relation(&self) -> Option<RelationKind> {
        match self.kind {
            KindType::Relation(kind) => Some(kind),
            _ => None,
        }
    }

    /// The word for a column that refers to a column of this type: an `auto` is referred to by an `integer`.
    pub fn referring(&self) -> &'static str {
        match self.name {
            "auto" => "integer",
            "big_auto" => "big_integer",
            name => name,
        }
    }
}

/// What the values of a field type are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KindType {
    /// Always the same logical type.
    Value(LogicalType),
    /// A decimal; `max_digits` and `decimal_places` complete it.
    Decimal,
    /// A list; `items` says of what.
    Array,
    /// Computed by the database; `output` says what.
    Generated,
    /// Rows of another model.
    Relation(RelationKind),
    /// A field type of an embedder's own.
    Custom(CustomType),
}

/// What every column may have.
const COLUMN: &[&str] =
    &["null", "column", "db_type", "editable", "help_text", "db_comment", "renamed_from", "graphql"];
/// What a column with values that clients write may have.
const VALUE: &[&str] = &["default", "db_default"];
/// What a column with an equality and an order may have.
const KEY: &[&str] = &["unique", "index", "primary_key", "choices"];
/// What text may have.
const TEXT: &[&str] = &["max_length", "regex", "collation"];
/// What numbers and moments may have.
const LIMITS: &[&str] = &["min", "max"];
/// What dates and times may have.
const AUTO_NOW: &[&str] = &["auto_now", "auto_now_add"];
/// What a relation with columns may have.
const REFERENCE: &[&str] = &[
    "to",
    "on_delete",
    "related_name",
    "to_field",
    "db_constraint",
    "columns",
    "null",
    "column",
    "db_type",
    "default",
    "unique",
    "index",
    "primary_key",
    "editable",
    "help_text",
    "db_comment",
    "renamed_from",
    "graphql",
];

const fn kind(
    name: &'static str,
    doc: &'static str,
    logical: LogicalType,
    options: &'static [&'static [&'static str]],
) -> FieldKind {
    FieldKind {
        name,
        doc,
        kind: KindType::Value(logical),
        options: Cow::Borrowed(options),
        required: &[],
        max_length: None,
        min: None,
    }
}

const INTEGER: &[&[&str]] = &[COLUMN, VALUE, KEY, LIMITS];
const KEYED_TEXT: &[&[&str]] = &[COLUMN, VALUE, KEY, TEXT];
const MOMENT: &[&[&str]] = &[COLUMN, VALUE, KEY, LIMITS, AUTO_NOW];
const RANGE: &[&[&str]] = &[COLUMN, VALUE, &["index", "unique"]];

/// Every field type, in the order of the documentation.
pub static FIELD_KINDS: &[FieldKind] = &[
    kind(
        "auto",
        "32-bit primary key that the database counts up.",
        LogicalType::Int32,
        &[&["primary_key", "column", "help_text", "db_comment", "renamed_from", "graphql"]],
    ),
    kind(
        "big_auto",
        "64-bit primary key that the database counts up; the type of an implicit `id`.",
        LogicalType::Int64,
        &[&["primary_key", "column", "help_text", "db_comment", "renamed_from", "graphql"]],
    ),
    kind("uuid", "UUID; `default = \"uuid\"` makes a random one.", LogicalType::Uuid, &[COLUMN, VALUE, KEY]),
    kind(
        "boolean",
        "True or false.",
        LogicalType::Boolean,
        &[COLUMN, VALUE, &["index", "unique", "choices"]],
    ),
    kind("small_integer", "16-bit integer.", LogicalType::Int16, INTEGER),
    kind("integer", "32-bit integer.", LogicalType::Int32, INTEGER),
    kind("big_integer", "64-bit integer.", LogicalType::Int64, INTEGER),
    kind("positive_small_integer", "16-bit integer that is not negative.", LogicalType::Int16, INTEGER)
        .least("0"),
    kind("positive_integer", "32-bit integer that is not negative.", LogicalType::Int32, INTEGER).least("0"),
    kind("positive_big_integer", "64-bit integer that is not negative.", LogicalType::Int64, INTEGER)
        .least("0"),
    kind("float", "Double precision number, finite.", LogicalType::Float, INTEGER),
    FieldKind {
        name: "decimal",
        doc: "Exact decimal of `max_digits` digits, `decimal_places` of them after the point.",
        kind: KindType::Decimal,
        options: Cow::Borrowed(&[COLUMN, VALUE, KEY, LIMITS, &["max_digits", "decimal_places"]]),
        required: &["max_digits", "decimal_places"],
        max_length: None,
        min: None,
    },
    kind("char", "Text of at most `max_length` characters.", LogicalType::Text, KEYED_TEXT)
        .needing(&["max_length"]),
    kind("text", "Text of any length.", LogicalType::Text, KEYED_TEXT),
    kind("slug", "Letters, digits, `-` and `_`; at most 50 unless said.", LogicalType::Text, KEYED_TEXT)
        .at_most(50),
    kind("email", "E-mail address; at most 254 characters unless said.", LogicalType::Text, KEYED_TEXT)
        .at_most(254),
    kind("url", "URL; at most 200 characters unless said.", LogicalType::Text, KEYED_TEXT).at_most(200),
    kind("ip_address", "IPv4 or IPv6 address.", LogicalType::IpAddress, &[COLUMN, VALUE, KEY]),
    kind("date", "Calendar day.", LogicalType::Date, MOMENT),
    kind("time", "Time of day in microseconds.", LogicalType::Time, MOMENT),
    kind("datetime", "Instant in microseconds, UTC.", LogicalType::DateTime, MOMENT),
    kind("duration", "Length of time in microseconds.", LogicalType::Duration, INTEGER),
    kind("json", "JSON document.", LogicalType::Json, &[COLUMN, VALUE, &["index"]]),
    kind("binary", "Bytes; literals are base64.", LogicalType::Binary, &[COLUMN, VALUE, &["max_length"]]),
    kind(
        "encrypted",
        "Text that is encrypted in the database; it cannot be searched or ordered.",
        LogicalType::Encrypted(Keyring::EMPTY),
        &[COLUMN, &["default", "max_length"]],
    ),
    FieldKind {
        name: "array",
        doc: "List of values of the type that `items` names.",
        kind: KindType::Array,
        options: Cow::Borrowed(&[COLUMN, VALUE, &["items", "index", "unique"]]),
        required: &["items"],
        max_length: None,
        min: None,
    },
    kind("integer_range", "Range of 32-bit integers.", LogicalType::Range(RangeBound::Int32), RANGE),
    kind("big_integer_range", "Range of 64-bit integers.", LogicalType::Range(RangeBound::Int64), RANGE),
    kind("decimal_range", "Range of decimals.", LogicalType::Range(RangeBound::Decimal), RANGE),
    kind("date_range", "Range of days.", LogicalType::Range(RangeBound::Date), RANGE),
    kind("datetime_range", "Range of instants.", LogicalType::Range(RangeBound::DateTime), RANGE),
    kind("search_vector", "Lexemes for full text search.", LogicalType::SearchVector, &[COLUMN, &["index"]]),
    FieldKind {
        name: "generated",
        doc: "Column that the database computes from `expr` and stores; its type is the expression's, or `output`.",
        kind: KindType::Generated,
        options: Cow::Borrowed(&[&[
            "expr",
            "output",
            "null",
            "unique",
            "index",
            "column",
            "help_text",
            "db_comment",
            "renamed_from",
            "graphql",
        ]]),
        required: &["expr"],
        max_length: None,
        min: None,
    },
    FieldKind {
        name: "foreign_key",
        doc: "Refers to a row of another model; the column is `<field>_id`.",
        kind: KindType::Relation(RelationKind::ForeignKey),
        options: Cow::Borrowed(&[REFERENCE]),
        required: &["to", "on_delete"],
        max_length: None,
        min: None,
    },
    FieldKind {
        name: "one_to_one",
        doc: "Refers to a row of another model, and no two rows refer to the same.",
        kind: KindType::Relation(RelationKind::OneToOne),
        options: Cow::Borrowed(&[REFERENCE]),
        required: &["to", "on_delete"],
        max_length: None,
        min: None,
    },
    FieldKind {
        name: "many_to_many",
        doc: "Refers to any number of rows of another model, through a link table.",
        kind: KindType::Relation(RelationKind::ManyToMany),
        options: Cow::Borrowed(&[&[
            "to",
            "related_name",
            "through",
            "through_fields",
            "table",
            "symmetrical",
            "db_constraint",
            "editable",
            "help_text",
            "renamed_from",
            "graphql",
        ]]),
        required: &["to"],
        max_length: None,
        min: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::define::options::FIELD_OPTIONS;
    use std::collections::HashSet;

    #[test]
    fn the_table_is_whole() {
        let names: HashSet<_> = FIELD_KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), FIELD_KINDS.len());
        for kind in FIELD_KINDS {
            assert!(kind.doc.ends_with('.'), "{}", kind.name);
            let options: Vec<_> = kind.option_names().collect();
            assert_eq!(options.iter().collect::<HashSet<_>>().len(), options.len(), "{}", kind.name);
            for option in &options {
                assert!(FIELD_OPTIONS.iter().any(|spec| spec.name == *option), "{}.{option}", kind.name);
            }
            assert!(kind.required.iter().all(|option| kind.takes(option)), "{}", kind.name);
        }
    }

    #[test]
    fn every_option_is_taken_by_a_type() {
        for spec in FIELD_OPTIONS.iter().filter(|spec| spec.name != "type") {
            assert!(FIELD_KINDS.iter().any(|kind| kind.takes(spec.name)), "{}", spec.name);
        }
    }
}
