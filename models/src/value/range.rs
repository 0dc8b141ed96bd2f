//! Ranges: a JSON object of a lower bound, an upper bound, and which of them belong to the range.
//!
//! `{"lower":1,"upper":10,"bounds":"[)"}`; an absent or null bound is unbounded; `{"empty":true}` is the empty
//! range. Ranges of integers and days are brought to the form `[)`, as PostgreSQL does, so that equal ranges
//! have one text. Bounds stand in their GraphQL form.

use super::json::Node;
use super::{MAX_DAYS, Value, ValueError, parse, write_value};
use crate::registry::{LogicalType, RangeBound};
use std::cmp::Ordering;

const EXPECTED: &str = "a range";
const EXAMPLE: &str = "{\"lower\": 1, \"upper\": 10, \"bounds\": \"[)\"}";

/// A range of values of one type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Range {
    Empty,
    Bounds { lower: Option<Value>, upper: Option<Value>, lower_inclusive: bool, upper_inclusive: bool },
}

impl Range {
    /// The one form of this range.
    ///
    /// # Errors
    /// When the lower bound is above the upper one, or the bound after the largest value is needed.
    pub(super) fn normalized(self) -> Result<Self, ValueError> {
        let Self::Bounds { mut lower, mut upper, mut lower_inclusive, mut upper_inclusive } = self else {
            return Ok(Self::Empty);
        };
        if let (Some(low), Some(high)) = (&lower, &upper) {
            match order(low, high) {
                Some(Ordering::Greater) => {
                    let found = format!("{low:?} to {high:?}");
                    return Err(ValueError::out_of_range(
                        "the lower bound of a range is not above the upper",
                        &found,
                    ));
                }
                Some(Ordering::Equal) if !(lower_inclusive && upper_inclusive) => return Ok(Self::Empty),
                _ => {}
            }
        }
        if let Some(bound) = &lower
            && !lower_inclusive
            && let Some(next) = successor(bound)?
        {
            lower = Some(next);
            lower_inclusive = true;
        }
        if let Some(bound) = &upper
            && upper_inclusive
            && let Some(next) = successor(bound)?
        {
            upper = Some(next);
            upper_inclusive = false;
        }
        if let (Some(low), Some(high)) = (&lower, &upper)
            && order(low, high) != Some(Ordering::Less)
            && !(lower_inclusive && upper_inclusive)
        {
            return Ok(Self::Empty);
        }
        lower_inclusive &= lower.is_some();
        upper_inclusive &= upper.is_some();
        Ok(Self::Bounds { lower, upper, lower_inclusive, upper_inclusive })
    }

    /// The canonical JSON.
    pub(super) fn to_json(&self, bound: RangeBound) -> Result<String, ValueError> {
        let Self::Bounds { lower, upper, lower_inclusive, upper_inclusive } = self else {
            return Ok("{\"empty\":true}".to_owned());
        };
        let logical = bound_type(bound);
        let mut out = Vec::new();
        out.extend_from_slice(b"{\"lower\":");
        write_value(&mut out, &logical, lower.as_ref().unwrap_or(&Value::Null))?;
        out.extend_from_slice(b",\"upper\":");
        write_value(&mut out, &logical, upper.as_ref().unwrap_or(&Value::Null))?;
        out.extend_from_slice(b",\"bounds\":\"");
        out.push(if *lower_inclusive { b'[' } else { b'(' });
        out.push(if *upper_inclusive { b']' } else { b')' });
        out.extend_from_slice(b"\"}");
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// Reads the JSON object.
    pub(super) fn from_node(bound: RangeBound, node: &Node<'_>) -> Result<Self, ValueError> {
        let malformed = || ValueError::malformed(EXPECTED, EXAMPLE, &node.to_canonical());
        let Node::Object(members) = node else { return Err(malformed()) };
        if members.iter().any(|(key, _)| !matches!(key.as_ref(), "lower" | "upper" | "bounds" | "empty")) {
            return Err(malformed());
        }
        match node.member("empty") {
            Some(Node::Boolean(true)) if members.len() == 1 => return Ok(Self::Empty),
            None | Some(Node::Boolean(false)) => {}
            Some(_) => return Err(malformed()),
        }
        let (lower_inclusive, upper_inclusive) = match node.member("bounds") {
            None => (true, false),
            Some(Node::Text(text)) => inclusive(text.as_ref()).ok_or_else(malformed)?,
            Some(_) => return Err(malformed()),
        };
        let logical = bound_type(bound);
        let read = |key| match node.member(key) {
            None | Some(Node::Null) => Ok(None),
            Some(value) => bound_from_node(&logical, value).map(Some),
        };
        Ok(Self::Bounds { lower: read("lower")?, upper: read("upper")?, lower_inclusive, upper_inclusive })
    }
}

/// Reads a range from JSON text or PostgreSQL's form `[1,10)`, as canonical JSON.
pub(super) fn parse_text(bound: RangeBound, text: &str) -> Result<String, ValueError> {
    let malformed = || ValueError::malformed(EXPECTED, EXAMPLE, text);
    if text.starts_with('{') {
        return from_node(bound, &Node::parse(text)?);
    }
    if text == "empty" {
        return Range::Empty.to_json(bound);
    }
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return Err(malformed());
    };
    let (lower_inclusive, upper_inclusive) = inclusive(&format!("{first}{last}")).ok_or_else(malformed)?;
    let (lower, upper) =
        text.get(1..text.len() - 1).and_then(|inside| inside.split_once(',')).ok_or_else(malformed)?;
    let logical = bound_type(bound);
    let read = |text: &str| {
        let text = text.trim_matches('"');
        if text.is_empty() { Ok(None) } else { bound_from_text(&logical, text).map(Some) }
    };
    let range = Range::Bounds { lower: read(lower)?, upper: read(upper)?, lower_inclusive, upper_inclusive };
    range.normalized()?.to_json(bound)
}

/// Reads a range from JSON, as canonical JSON.
pub(super) fn from_node(bound: RangeBound, node: &Node<'_>) -> Result<String, ValueError> {
    match node {
        Node::Text(text) => parse_text(bound, text),
        _ => Range::from_node(bound, node)?.normalized()?.to_json(bound),
    }
}

/// The type of a bound. A decimal range says nothing of digits; a bound may have what PostgreSQL's numeric has.
pub(crate) fn bound_type(bound: RangeBound) -> LogicalType {
    match bound {
        RangeBound::Int32 => LogicalType::Int32,
        RangeBound::Int64 => LogicalType::Int64,
        RangeBound::Decimal => LogicalType::Decimal { digits: 1000, scale: 0 },
        RangeBound::Date => LogicalType::Date,
        RangeBound::DateTime => LogicalType::DateTime,
    }
}

/// The ranges whose bounds are of a type.
pub(crate) fn range_of(logical: &LogicalType) -> Option<RangeBound> {
    Some(match logical {
        LogicalType::Int16 | LogicalType::Int32 => RangeBound::Int32,
        LogicalType::Int64 => RangeBound::Int64,
        LogicalType::Decimal { .. } => RangeBound::Decimal,
        LogicalType::Date => RangeBound::Date,
        LogicalType::DateTime => RangeBound::DateTime,
        _ => return None,
    })
}

/// A decimal bound keeps its own scale, so it does not go through the field's check of digits.
fn bound_from_text(logical: &LogicalType, text: &str) -> Result<Value, ValueError> {
    match logical {
        LogicalType::Decimal { .. } => super::Decimal::parse(text).map(Value::Decimal),
        _ => parse::parse_text(logical, text),
    }
}

fn bound_from_node(logical: &LogicalType, node: &Node<'_>) -> Result<Value, ValueError> {
    match (logical, node) {
        (LogicalType::Decimal { .. }, Node::Text(text) | Node::Number(text)) => {
            bound_from_text(logical, text)
        }
        _ => parse::from_node(logical, node),
    }
}

fn inclusive(bounds: &str) -> Option<(bool, bool)> {
    match bounds {
        "[)" => Some((true, false)),
        "[]" => Some((true, true)),
        "()" => Some((false, false)),
        "(]" => Some((false, true)),
        _ => None,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) | (Value::DateTime(left), Value::DateTime(right)) => {
            Some(left.cmp(right))
        }
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// The next value of a discrete type; `None` for the types that have none.
fn successor(bound: &Value) -> Result<Option<Value>, ValueError> {
    match bound {
        Value::Int(value) => match value.checked_add(1) {
            Some(next) => Ok(Some(Value::Int(next))),
            None => Err(ValueError::out_of_range(
                "an inclusive bound is below the largest integer",
                &value.to_string(),
            )),
        },
        Value::Date(days) if *days < MAX_DAYS => Ok(Some(Value::Date(days + 1))),
        Value::Date(_) => {
            Err(ValueError::out_of_range("an inclusive bound is before 9999-12-31", "9999-12-31"))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_one_form() {
        let cases = [
            (RangeBound::Int32, "[1,10)", r#"{"lower":1,"upper":10,"bounds":"[)"}"#),
            (RangeBound::Int32, "(0,9]", r#"{"lower":1,"upper":10,"bounds":"[)"}"#),
            (
                RangeBound::Int32,
                r#"{"upper": 9, "bounds": "[]"}"#,
                r#"{"lower":null,"upper":10,"bounds":"()"}"#,
            ),
            (RangeBound::Int32, "[1,1)", r#"{"empty":true}"#),
            (RangeBound::Int32, "(1,2)", r#"{"empty":true}"#),
            (RangeBound::Int64, "[1,1]", r#"{"lower":"1","upper":"2","bounds":"[)"}"#),
            (RangeBound::Decimal, "(1.50,2]", r#"{"lower":"1.50","upper":"2","bounds":"(]"}"#),
            (RangeBound::Decimal, "[2,2]", r#"{"lower":"2","upper":"2","bounds":"[]"}"#),
            (
                RangeBound::Date,
                "[2024-02-28,2024-02-28]",
                r#"{"lower":"2024-02-28","upper":"2024-02-29","bounds":"[)"}"#,
            ),
            (
                RangeBound::DateTime,
                "[2024-01-01T00:00:00Z,)",
                r#"{"lower":"2024-01-01T00:00:00Z","upper":null,"bounds":"[)"}"#,
            ),
            (RangeBound::Int32, "empty", r#"{"empty":true}"#),
            (RangeBound::Int32, "{}", r#"{"lower":null,"upper":null,"bounds":"()"}"#),
        ];
        for (bound, given, expected) in cases {
            let once = parse_text(bound, given).unwrap();
            assert_eq!(once, expected, "{given}");
            assert_eq!(parse_text(bound, &once).unwrap(), expected, "{given}");
            assert_eq!(super::super::canonical_json(&once).unwrap(), expected, "{given}");
        }
    }

    #[test]
    fn what_is_no_range() {
        for text in
            ["", "[", "[1,2", "1,2", "[2,1]", "[a,b]", "[1]", "{\"low\":1}", "{\"bounds\":\"<>\"}", "[]", "é"]
        {
            assert!(parse_text(RangeBound::Int32, text).is_err(), "{text}");
        }
        assert!(parse_text(RangeBound::Int64, "[1,9223372036854775807]").is_err());
    }
}
