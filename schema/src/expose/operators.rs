//! The filter operators of scalars: one static table, from which the filter inputs are written and by which the
//! planner reads them.

use nuages_models::registry::Comparison;
use std::borrow::Cow;

use FilterKind as K;
use Operator as O;

/// One filter input per scalar; every enum of choices has an input of the kind [`FilterKind::Enum`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FilterKind {
    /// `IDFilter`
    Id,
    /// `StringFilter`
    String,
    /// `IntFilter`
    Int,
    /// `BigIntFilter`
    BigInt,
    /// `FloatFilter`
    Float,
    /// `DecimalFilter`
    Decimal,
    /// `BooleanFilter`
    Boolean,
    /// `DateFilter`
    Date,
    /// `TimeFilter`
    Time,
    /// `DateTimeFilter`
    DateTime,
    /// `DurationFilter`
    Duration,
    /// `UUIDFilter`
    Uuid,
    /// `JSONFilter`
    Json,
    /// `JSONPathFilter`: one place inside a JSON document.
    JsonPath,
    /// `BytesFilter`
    Bytes,
    /// `PostStatusFilter`: the enum is that of the column's [`Leaf`](super::Leaf).
    Enum,
    /// `NullFilter`: arrays and ranges, of which only absence can be asked so far.
    Presence,
    /// `MoneyFilter`: a field type of an embedder's own, by the name of its scalar, with what can be asked of its values.
    Custom(&'static str, Comparison),
}

impl FilterKind {
    /// Every built-in kind, in the order in which the schema lists them.
    pub const ALL: [Self; 17] = [
        K::Id,
        K::String,
        K::Int,
        K::BigInt,
        K::Float,
        K::Decimal,
        K::Boolean,
        K::Date,
        K::Time,
        K::DateTime,
        K::Duration,
        K::Uuid,
        K::Json,
        K::JsonPath,
        K::Bytes,
        K::Enum,
        K::Presence,
    ];

    /// The name of the input type and of the scalar of its operands. The names of [`FilterKind::Enum`] depend on
    /// the enum, so it has none; the operands of [`FilterKind::Presence`] have no type.
    pub fn names(self) -> Option<(Cow<'static, str>, &'static str)> {
        let (input, operand) = match self {
            K::Id => ("IDFilter", "ID"),
            K::String => ("StringFilter", "String"),
            K::Int => ("IntFilter", "Int"),
            K::BigInt => ("BigIntFilter", "BigInt"),
            K::Float => ("FloatFilter", "Float"),
            K::Decimal => ("DecimalFilter", "Decimal"),
            K::Boolean => ("BooleanFilter", "Boolean"),
            K::Date => ("DateFilter", "Date"),
            K::Time => ("TimeFilter", "Time"),
            K::DateTime => ("DateTimeFilter", "DateTime"),
            K::Duration => ("DurationFilter", "Duration"),
            K::Uuid => ("UUIDFilter", "UUID"),
            K::Json => ("JSONFilter", "JSON"),
            K::JsonPath => ("JSONPathFilter", "JSON"),
            K::Bytes => ("BytesFilter", "Bytes"),
            K::Presence => ("NullFilter", "Boolean"),
            K::Custom(scalar, _) => return Some((Cow::Owned(format!("{scalar}Filter")), scalar)),
            K::Enum => return None,
        };
        Some((Cow::Borrowed(input), operand))
    }
}

/// What an operator asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal.
    Eq,
    /// The complement of `Eq`: NULL is not equal.
    Ne,
    /// Less than.
    Lt,
    /// At most.
    Lte,
    /// Greater than.
    Gt,
    /// At least.
    Gte,
    /// One of.
    In,
    /// The complement of `In`.
    NotIn,
    /// Whether the value is NULL. At a JSON path: whether nothing is there, or JSON's null.
    IsNull,
    /// Between two values, both included.
    Range,
    /// Equal, without regard to case.
    IEq,
    /// Contains the text; of JSON: contains the structure.
    Contains,
    /// Contains the text, without regard to case.
    IContains,
    /// Starts with the text.
    StartsWith,
    /// Starts with the text, without regard to case.
    IStartsWith,
    /// Ends with the text.
    EndsWith,
    /// Ends with the text, without regard to case.
    IEndsWith,
    /// Matches the regular expression somewhere.
    Regex,
    /// Matches the regular expression somewhere, without regard to case.
    IRegex,
    /// The number of code points.
    Length,
    /// The time zone of the parts beside it. Not a test by itself.
    Tz,
    /// The calendar day.
    Date,
    /// The time of day.
    Time,
    /// The year.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, 1 to 31.
    Day,
    /// ISO 8601 week, 1 to 53.
    Week,
    /// The day of the week, Sunday 1 to Saturday 7.
    WeekDay,
    /// The ISO day of the week, Monday 1 to Sunday 7.
    IsoWeekDay,
    /// The year of the ISO week.
    IsoYear,
    /// The quarter, 1 to 4.
    Quarter,
    /// The hour, 0 to 23.
    Hour,
    /// The minute, 0 to 59.
    Minute,
    /// The second, 0 to 59, without its fraction.
    Second,
    /// Has the key at its top level.
    HasKey,
    /// Has all of the keys.
    HasKeys,
    /// Has any of the keys.
    HasAnyKeys,
    /// Tests of places inside the document; all must hold.
    Path,
    /// The keys that lead to the place: member names, or list positions from 0. Not a test by itself.
    Keys,
    /// Whether something is at the place, JSON's null included.
    Exists,
    /// Test of the string at the place; anything else there does not match.
    Text,
    /// Test of the number at the place; anything else there does not match.
    Number,
}

/// The shape of an operator's operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operand {
    /// One value of the filter's scalar.
    One,
    /// A list of values of the filter's scalar, none of them null.
    List,
    /// A list of exactly two values of the filter's scalar (the planner checks the number).
    Pair,
    /// `true` or `false`.
    Boolean,
    /// A string.
    Text,
    /// A list of strings; required when `true`.
    Texts {
        /// Whether the member is non-null.
        required: bool,
    },
    /// A nested filter of another kind.
    Filter(FilterKind),
    /// A list of nested filters.
    Filters(FilterKind),
}

/// One operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperatorSpec {
    /// What it asks.
    pub operator: Operator,
    /// Its member name.
    pub name: &'static str,
    /// Its operand.
    pub operand: Operand,
    /// The filters that have it.
    pub kinds: &'static [FilterKind],
    /// Its description in the schema.
    pub doc: &'static str,
}

const fn spec(
    operator: Operator,
    name: &'static str,
    operand: Operand,
    kinds: &'static [FilterKind],
    doc: &'static str,
) -> OperatorSpec {
    OperatorSpec { operator, name, operand, kinds, doc }
}

/// Kinds whose values are compared for equality.
const EQUAL: &[FilterKind] = &[
    K::Id,
    K::String,
    K::Int,
    K::BigInt,
    K::Float,
    K::Decimal,
    K::Boolean,
    K::Date,
    K::Time,
    K::DateTime,
    K::Duration,
    K::Uuid,
    K::Json,
    K::JsonPath,
    K::Bytes,
    K::Enum,
];
/// Kinds whose values may be looked for in a list. A boolean's list would be no shorter than two tests.
const LISTED: &[FilterKind] = &[
    K::Id,
    K::String,
    K::Int,
    K::BigInt,
    K::Float,
    K::Decimal,
    K::Date,
    K::Time,
    K::DateTime,
    K::Duration,
    K::Uuid,
    K::Json,
    K::JsonPath,
    K::Bytes,
    K::Enum,
];
/// Kinds with an order that people ask by: keys too, to go on after the last one seen. Bytes and enums have an order,
/// but it means nothing.
const ORDERED: &[FilterKind] = &[
    K::Id,
    K::String,
    K::Int,
    K::BigInt,
    K::Float,
    K::Decimal,
    K::Date,
    K::Time,
    K::DateTime,
    K::Duration,
    K::Uuid,
];
/// Kinds that can be null.
const NULLABLE: &[FilterKind] = &[
    K::Id,
    K::String,
    K::Int,
    K::BigInt,
    K::Float,
    K::Decimal,
    K::Boolean,
    K::Date,
    K::Time,
    K::DateTime,
    K::Duration,
    K::Uuid,
    K::Json,
    K::JsonPath,
    K::Bytes,
    K::Enum,
    K::Presence,
];
const TEXT: &[FilterKind] = &[K::String];
const CONTAINS: &[FilterKind] = &[K::String, K::Json, K::JsonPath];
const INSTANT: &[FilterKind] = &[K::DateTime];
const DAY: &[FilterKind] = &[K::Date, K::DateTime];
const CLOCK: &[FilterKind] = &[K::Time, K::DateTime];
const DOCUMENT: &[FilterKind] = &[K::Json, K::JsonPath];
const ROOT: &[FilterKind] = &[K::Json];
const PLACE: &[FilterKind] = &[K::JsonPath];

const NUMBER: Operand = Operand::Filter(K::Int);

/// Every operator, in the order in which the inputs list them.
pub static OPERATORS: &[OperatorSpec] = &[
    spec(
        O::Keys,
        "path",
        Operand::Texts { required: true },
        PLACE,
        "Where to look, from the top: member names, or positions in lists counted from 0, as in [\"address\", \"city\"] or [\"lines\", \"0\"].",
    ),
    spec(O::Exists, "exists", Operand::Boolean, PLACE, "Whether anything is there, a JSON null included."),
    spec(O::Eq, "eq", Operand::One, EQUAL, "Equal to the value."),
    spec(
        O::Ne,
        "ne",
        Operand::One,
        EQUAL,
        "Not equal to the value; null is not equal to any value, so it matches.",
    ),
    spec(O::Lt, "lt", Operand::One, ORDERED, "Less than the value."),
    spec(O::Lte, "lte", Operand::One, ORDERED, "Less than or equal to the value."),
    spec(O::Gt, "gt", Operand::One, ORDERED, "Greater than the value."),
    spec(O::Gte, "gte", Operand::One, ORDERED, "Greater than or equal to the value."),
    spec(O::In, "in", Operand::List, LISTED, "Equal to one of the values; an empty list matches nothing."),
    spec(
        O::NotIn,
        "notIn",
        Operand::List,
        LISTED,
        "Equal to none of the values; null matches, and an empty list matches everything.",
    ),
    spec(O::Range, "range", Operand::Pair, ORDERED, "Between two values, both included: [from, to]."),
    spec(O::IsNull, "isNull", Operand::Boolean, NULLABLE, "true: is null; false: is not null."),
    spec(O::IEq, "iEq", Operand::One, TEXT, "Equal to the text, without regard to case."),
    spec(
        O::Contains,
        "contains",
        Operand::One,
        CONTAINS,
        "Contains the value: a part of a text, or a part of a JSON document (all its members and elements are found at the same places).",
    ),
    spec(O::IContains, "iContains", Operand::One, TEXT, "Contains the text, without regard to case."),
    spec(O::StartsWith, "startsWith", Operand::One, TEXT, "Starts with the text."),
    spec(O::IStartsWith, "iStartsWith", Operand::One, TEXT, "Starts with the text, without regard to case."),
    spec(O::EndsWith, "endsWith", Operand::One, TEXT, "Ends with the text."),
    spec(O::IEndsWith, "iEndsWith", Operand::One, TEXT, "Ends with the text, without regard to case."),
    spec(O::Regex, "regex", Operand::One, TEXT, "Matches the regular expression somewhere in the text."),
    spec(
        O::IRegex,
        "iRegex",
        Operand::One,
        TEXT,
        "Matches the regular expression somewhere in the text, without regard to case.",
    ),
    spec(O::Length, "length", NUMBER, TEXT, "The number of characters (code points)."),
    spec(
        O::Tz,
        "tz",
        Operand::Text,
        INSTANT,
        "IANA name of the time zone of the parts below, such as \"Europe/Berlin\"; the request's time zone when absent.",
    ),
    spec(O::Date, "date", Operand::Filter(K::Date), INSTANT, "The calendar day."),
    spec(O::Time, "time", Operand::Filter(K::Time), INSTANT, "The time of day."),
    spec(O::Year, "year", NUMBER, DAY, "The year."),
    spec(O::Month, "month", NUMBER, DAY, "The month, 1 to 12."),
    spec(O::Day, "day", NUMBER, DAY, "The day of the month, 1 to 31."),
    spec(O::Week, "week", NUMBER, DAY, "The ISO 8601 week, 1 to 53."),
    spec(O::WeekDay, "weekDay", NUMBER, DAY, "The day of the week, 1 (Sunday) to 7 (Saturday)."),
    spec(O::IsoWeekDay, "isoWeekDay", NUMBER, DAY, "The ISO 8601 day of the week, 1 (Monday) to 7 (Sunday)."),
    spec(O::IsoYear, "isoYear", NUMBER, DAY, "The year of the ISO 8601 week."),
    spec(O::Quarter, "quarter", NUMBER, DAY, "The quarter, 1 to 4."),
    spec(O::Hour, "hour", NUMBER, CLOCK, "The hour, 0 to 23."),
    spec(O::Minute, "minute", NUMBER, CLOCK, "The minute, 0 to 59."),
    spec(O::Second, "second", NUMBER, CLOCK, "The second, 0 to 59, without its fraction."),
    spec(
        O::HasKey,
        "hasKey",
        Operand::Text,
        DOCUMENT,
        "Is an object with this key, or a list with this string.",
    ),
    spec(O::HasKeys, "hasKeys", Operand::Texts { required: false }, DOCUMENT, "Has all of these keys."),
    spec(O::HasAnyKeys, "hasAnyKeys", Operand::Texts { required: false }, DOCUMENT, "Has any of these keys."),
    spec(
        O::Text,
        "text",
        Operand::Filter(K::String),
        PLACE,
        "Tests what is there as text: a string as it is, anything else as its JSON text.",
    ),
    spec(
        O::Number,
        "number",
        Operand::Filter(K::Float),
        PLACE,
        "Tests the number that is there; anything else there does not match.",
    ),
    spec(
        O::Path,
        "path",
        Operand::Filters(K::JsonPath),
        ROOT,
        "Tests of places inside the document; all of them must hold.",
    ),
];

/// The operators of a kind, in the order of the table.
pub fn operators_of(kind: FilterKind) -> impl Iterator<Item = &'static OperatorSpec> {
    // Of these kinds too nothing but equality, or equality and an order, can be asked.
    let alike = match kind {
        K::Custom(_, Comparison::Order) => K::Duration,
        K::Custom(_, Comparison::Equality) => K::Bytes,
        K::Custom(_, Comparison::Nothing) => K::Presence,
        other => other,
    };
    OPERATORS.iter().filter(move |spec| spec.kinds.contains(&alike))
}

/// The operator that a member name stands for in filters of this kind.
pub fn operator(kind: FilterKind, name: &str) -> Option<&'static OperatorSpec> {
    operators_of(kind).find(|spec| spec.name == name)
}
