//! The scalars of the schema, by name.

use super::exposure::Scalar;

/// The name of a scalar's type.
pub(super) fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Id => "ID",
        Scalar::Int => "Int",
        Scalar::BigInt => "BigInt",
        Scalar::Float => "Float",
        Scalar::Decimal => "Decimal",
        Scalar::String => "String",
        Scalar::Boolean => "Boolean",
        Scalar::Date => "Date",
        Scalar::Time => "Time",
        Scalar::DateTime => "DateTime",
        Scalar::Duration => "Duration",
        Scalar::Uuid => "UUID",
        Scalar::Json => "JSON",
        Scalar::Bytes => "Bytes",
        Scalar::Secret => "String",
        Scalar::Range(_) => "Range",
        Scalar::Custom(name, _) => name,
    }
}

/// The scalars that GraphQL lacks: name, where it is specified, description.
pub(super) const SCALARS: [(&str, Option<&str>, &str); 11] = [
    (
        "Expr",
        None,
        "An expression over the fields of the model files, as text: `views > 10 and author.is_active`, `count(comments) * 2`.",
    ),
    (
        "BigInt",
        None,
        "A whole number of 64 bits, as a string of digits. A number is accepted too, where it is exact.",
    ),
    ("Decimal", None, "An exact decimal number, as a string. A number is accepted too."),
    (
        "Date",
        Some("https://www.rfc-editor.org/rfc/rfc3339#section-5.6"),
        "A calendar day from 0001-01-01 to 9999-12-31, as `2024-02-29` (`full-date` of RFC 3339).",
    ),
    (
        "Time",
        Some("https://www.rfc-editor.org/rfc/rfc3339#section-5.6"),
        "A time of day with up to six digits of a second's fraction, as `13:45:00.5` (`partial-time` of RFC 3339).",
    ),
    (
        "DateTime",
        Some("https://www.rfc-editor.org/rfc/rfc3339#section-5.6"),
        "An instant in microseconds, as `2024-02-29T13:45:00Z` (`date-time` of RFC 3339). Any offset is accepted; answers are in UTC.",
    ),
    (
        "Duration",
        Some("https://www.rfc-editor.org/rfc/rfc3339#appendix-A"),
        "A length of time in microseconds, as `P3DT4H30M` (ISO 8601, without years and months).",
    ),
    (
        "UUID",
        Some("https://www.rfc-editor.org/rfc/rfc9562#section-4"),
        "A UUID, as `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.",
    ),
    ("JSON", Some("https://www.rfc-editor.org/rfc/rfc8259"), "Any JSON value."),
    ("Bytes", Some("https://www.rfc-editor.org/rfc/rfc4648#section-4"), "Bytes, as base64 text."),
    (
        "Range",
        None,
        "A range of values: `{\"lower\": …, \"upper\": …, \"bounds\": \"[)\"}`, where a bound that is null is open and the brackets say whether the bounds belong to it; `{\"empty\": true}` when it holds nothing.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expose::{BUILT_IN_TYPES, FilterKind};
    use std::borrow::Cow;

    #[test]
    fn no_model_can_take_the_name_of_a_shared_type() {
        let scalars = SCALARS.iter().map(|(name, ..)| Cow::Borrowed(*name));
        let filters = FilterKind::ALL.iter().filter_map(|kind| kind.names()).map(|(name, _)| name);
        for name in scalars.chain(filters) {
            assert!(BUILT_IN_TYPES.contains(&name.as_ref()), "{name}");
        }
    }
}
