//! Field types of PostgreSQL's columns.

use super::{Kind, decimal_of_values};
use crate::inspectdb::catalog::{Facts, PostgresType};

/// Whether the digits of its decimals have to be learnt from its values.
pub(in super::super) fn is_unbounded_decimal(of: &PostgresType) -> bool {
    of.printed == "numeric"
}

/// The field type of a column.
///
/// # Errors
/// Why there is none.
pub(in super::super) fn postgres(of: &PostgresType, facts: Option<&Facts>) -> Result<Kind, String> {
    let mut printed = of.printed.as_str();
    let mut dimensions = 0;
    while let Some(element) = printed.strip_suffix("[]") {
        printed = element;
        dimensions = of.dimensions.max(1);
    }
    let (mut kind, is_foreign) = scalar(printed, of, facts)?;
    if dimensions > 0 {
        // The elements of a `varchar[]` are read as text, but it is compared with no `text[]`.
        let is_foreign = is_foreign || printed.starts_with("character varying");
        let note = kind.note.take();
        for _ in 0..dimensions {
            // Which values a list may have is not said in a model file.
            kind.choices.clear();
            kind = Kind { items: Some(Box::new(kind)), ..Kind::new("array") };
        }
        kind.note = note;
        if let (Some(labels), true) = (&of.labels, kind.note.is_none()) {
            kind.note = Some(format!("its elements are of {}", shown(labels)));
        }
        kind.db_type = is_foreign.then(|| of.name.clone());
        return Ok(kind);
    }
    kind.db_type = is_foreign.then(|| of.name.clone());
    if let Some((domain, check)) = &of.domain
        && kind.note.is_none()
    {
        let check = check.as_ref().map(|check| format!(", {check}")).unwrap_or_default();
        kind.note = Some(format!("of the domain {domain}{check}"));
    }
    Ok(kind)
}

fn shown(labels: &[String]) -> String {
    labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ")
}

/// The type of a single value, and whether the column's is another than Nuages would give it.
fn scalar(printed: &str, of: &PostgresType, facts: Option<&Facts>) -> Result<(Kind, bool), String> {
    if let Some(labels) = &of.labels {
        let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(1);
        let kind = Kind::text(u32::try_from(longest.max(1)).ok());
        return Ok((Kind { choices: labels.clone(), ..kind }, true));
    }
    let (name, arguments) = with_arguments(printed);
    let own = |word| Ok((Kind::new(word), false));
    let foreign = |kind: Kind| Ok((kind, true));
    match name.as_str() {
        "boolean" => own("boolean"),
        "smallint" => own("small_integer"),
        "integer" => own("integer"),
        "bigint" => own("big_integer"),
        "double precision" => own("float"),
        "real" => foreign(Kind::new("float")),
        "numeric" => match arguments.as_slice() {
            [digits, places] if (0..=*digits).contains(places) && *digits > 0 => {
                let number = |value: i64| u32::try_from(value).unwrap_or(0);
                Ok((Kind::decimal(number(*digits), number(*places)), false))
            }
            [] => {
                let (whole, places) = facts.map_or((0, 0), |facts| (facts.whole_digits, facts.places));
                Ok((decimal_of_values(whole, places), false))
            }
            _ => Err("decimals that are rounded before the point have no field type".to_owned()),
        },
        "money" => foreign(Kind::decimal(19, 2)),
        "character varying" => Ok((Kind::text(length(&arguments)), false)),
        "text" => own("text"),
        "citext" => Ok((
            Kind::new("text").noted("of type citext: it is compared without case, by the database's rules"),
            false,
        )),
        "character" => foreign(Kind::text(length(&arguments).or(Some(1)))),
        "\"char\"" => foreign(Kind::text(Some(1))),
        "bpchar" | "xml" => foreign(Kind::new("text")),
        "name" => foreign(Kind::text(Some(63))),
        "date" => own("date"),
        "time without time zone" => own("time"),
        "timestamp with time zone" => own("datetime"),
        "timestamp without time zone" => foreign(Kind::new("datetime")),
        "interval" => own("duration"),
        "uuid" => own("uuid"),
        "jsonb" => own("json"),
        "json" => foreign(Kind::new("json")),
        "bytea" => own("binary"),
        "inet" => own("ip_address"),
        "oid" => foreign(Kind::new("big_integer")),
        "int4range" => own("integer_range"),
        "int8range" => own("big_integer_range"),
        "numrange" => own("decimal_range"),
        "daterange" => own("date_range"),
        "tstzrange" => own("datetime_range"),
        "tsvector" => own("search_vector"),
        other => Err(format!("the type {other} has no field type")),
    }
}

fn length(arguments: &[i64]) -> Option<u32> {
    arguments.first().and_then(|length| u32::try_from(*length).ok())
}

/// `timestamp(3) with time zone` as its name and its numbers.
fn with_arguments(printed: &str) -> (String, Vec<i64>) {
    let Some((before, rest)) = printed.split_once('(') else { return (printed.to_owned(), Vec::new()) };
    let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
    let numbers = inside.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    (format!("{before}{after}"), numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(printed: &str) -> Result<Kind, String> {
        postgres(
            &PostgresType { name: "typname".to_owned(), printed: printed.to_owned(), ..Default::default() },
            None,
        )
    }

    #[test]
    fn types() {
        for (printed, expected, db_type) in [
            ("integer", "\"integer\"", false),
            ("character varying(20)", "{ type = \"char\", max_length = 20 }", false),
            ("character varying", "\"text\"", false),
            ("character(3)", "{ type = \"char\", max_length = 3 }", true),
            ("numeric(10,2)", "{ type = \"decimal\", max_digits = 10, decimal_places = 2 }", false),
            ("timestamp(3) with time zone", "\"datetime\"", false),
            ("timestamp without time zone", "\"datetime\"", true),
            ("text[]", "{ type = \"array\", items = \"text\" }", false),
            (
                "character varying(9)[]",
                "{ type = \"array\", items = { type = \"char\", max_length = 9 } }",
                true,
            ),
            ("json", "\"json\"", true),
        ] {
            let found = kind(printed).unwrap();
            assert_eq!((found.bare().as_str(), found.db_type.is_some()), (expected, db_type), "{printed}");
        }
        for printed in ["point", "time with time zone", "numeric(5,-2)", "hstore", "tsrange", "point[]"] {
            assert!(kind(printed).is_err(), "{printed}");
        }
    }
}
