//! Values of fields: what a column can hold, what its rules allow, and what a row gets that does not say.

use super::error::{InputPath, Problem};
use crate::bind::convert_value;
use crate::database::Dialect;
use crate::registry::{AutoNow, DefaultValue, Field, LogicalType, Model};
use crate::value::sqlite::encode;
use crate::value::{Decimal, Rounding, Value, from_json, parse_text};
use crate::{pattern, value};
use fancy_regex::{Regex, RegexBuilder};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::net::IpAddr;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Steps that the matching of a pattern may take before it is given up.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// What values are measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// All rules of the models, for input from outside.
    All,
    /// Only what the column can hold, as Django's `save`; a text that is not given is empty.
    Storage,
}

/// Compiled patterns by their text.
#[derive(Debug, Default)]
pub(super) struct Patterns(HashMap<String, Option<Regex>>);

impl Patterns {
    /// Whether a pattern of the project's grammar matches somewhere in a text; a wrong pattern matches nothing.
    fn matches(&mut self, text: &str, of: &str) -> bool {
        let compiled = self.0.entry(of.to_owned()).or_insert_with(|| {
            let translated = pattern::translate(of, Dialect::Sqlite).ok()?;
            RegexBuilder::new(&translated).backtrack_limit(BACKTRACK_LIMIT).build().ok()
        });
        compiled.as_ref().is_some_and(|regex| regex.is_match(text).unwrap_or(false))
    }
}

/// A value as its field holds it.
///
/// # Errors
/// The rule that it breaks and why, when the column cannot hold it.
pub(super) fn fit(field: &Field, value: &Value) -> Result<Value, (&'static str, String)> {
    if *value == Value::Null {
        if field.null || field.auto_increment {
            return Ok(Value::Null);
        }
        return Err(("null", format!("`{}` must have a value", field.name)));
    }
    let converted = match (value, &field.logical) {
        // A float is what an exact number was written as.
        (Value::Float(number), LogicalType::Decimal { .. }) => Decimal::parse(&number.to_string())
            .map(Value::Decimal)
            .map_err(|error| ("format", format!("`{}`: {error}", field.name)))?,
        (Value::Int(number), LogicalType::Text) => Value::Text(number.to_string()),
        // As PostgreSQL keeps them, so that equal ones are equal on both databases.
        (Value::Json(text), LogicalType::Json | LogicalType::Range(_)) => parse_text(&field.logical, text)
            .map_err(|error| ("format", format!("`{}`: {error}", field.name)))?,
        _ => convert_value(value, &field.logical)
            .map_err(|error| ("format", format!("`{}`: {error}", field.name)))?,
    };
    match (&field.logical, &converted) {
        (LogicalType::Array(element), Value::Array(_)) => {
            let stored = encode(&field.logical, field.sqlite, &converted);
            stored.map_err(|error| ("format", format!("`{}`: {error}", field.name)))?;
            if within_bits(element, &converted) { Ok(converted) } else { Err(out_of_range(field)) }
        }
        (LogicalType::Date | LogicalType::Time | LogicalType::DateTime, _) => {
            let stored = encode(&field.logical, field.sqlite, &converted);
            stored.map_err(|error| ("range", format!("`{}`: {error}", field.name)))?;
            Ok(converted)
        }
        (LogicalType::Int16, Value::Int(number)) if i16::try_from(*number).is_err() => {
            Err(out_of_range(field))
        }
        (LogicalType::Int32, Value::Int(number)) if i32::try_from(*number).is_err() => {
            Err(out_of_range(field))
        }
        (LogicalType::Decimal { digits, scale }, Value::Decimal(decimal)) => {
            let rounded = decimal.round(u32::from(*scale), Rounding::HalfAwayFromZero);
            rounded.fit(*digits, *scale).map(Value::Decimal).map_err(|_| {
                (
                    "decimal",
                    format!("`{}` has at most {} digits before the point", field.name, digits - scale),
                )
            })
        }
        (_, Value::Float(number)) if !number.is_finite() => {
            Err(("format", format!("`{}` must be a finite number", field.name)))
        }
        (_, Value::Text(text)) if text.contains('\0') => {
            Err(("format", format!("`{}` must not have the character U+0000", field.name)))
        }
        (_, Value::Text(text)) => match field.max_length {
            Some(limit) if text.chars().count() > limit as usize => Err((
                "max_length",
                format!(
                    "`{}` has at most {limit} characters, and this has {}",
                    field.name,
                    text.chars().count()
                ),
            )),
            _ => Ok(converted),
        },
        _ => Ok(converted),
    }
}

/// Whether all integers in a value have the bits of their type.
fn within_bits(logical: &LogicalType, value: &Value) -> bool {
    match (logical, value) {
        (LogicalType::Array(element), Value::Array(values)) => {
            values.iter().all(|value| within_bits(element, value))
        }
        (element, Value::Array(values)) => values.iter().all(|value| within_bits(element, value)),
        (LogicalType::Int16, Value::Int(number)) => i16::try_from(*number).is_ok(),
        (LogicalType::Int32, Value::Int(number)) => i32::try_from(*number).is_ok(),
        _ => true,
    }
}

fn out_of_range(field: &Field) -> (&'static str, String) {
    let mut logical = &field.logical;
    while let LogicalType::Array(element) = logical {
        logical = element;
    }
    let bits = if *logical == LogicalType::Int16 { "16" } else { "32" };
    let what = if *logical == field.logical { "is an integer" } else { "has integers" };
    ("range", format!("`{}` {what} of {bits} bits", field.name))
}

/// The rules that a fitting value of a field breaks.
pub(super) fn broken_rules(
    field: &Field,
    (given, fitted): (&Value, &Value),
    patterns: &mut Patterns,
) -> Vec<(&'static str, String)> {
    let mut broken = Vec::new();
    if *fitted == Value::Null {
        return broken;
    }
    let name = &field.name;
    if let (LogicalType::Decimal { scale, .. }, Value::Decimal(decimal)) = (&field.logical, given)
        && decimal.rescale(u32::from(*scale)).is_none()
    {
        broken.push(("decimal", format!("`{name}` has at most {scale} digits after the point")));
    }
    for (bound, rule, wrong) in [(&field.min, "min", Ordering::Less), (&field.max, "max", Ordering::Greater)]
    {
        let Some(text) = bound else { continue };
        if let Some(limit) = bound_value(&field.logical, text)
            && compare(fitted, &limit) == Some(wrong)
        {
            let word = if rule == "min" { "at least" } else { "at most" };
            broken.push((rule, format!("`{name}` must be {word} {text}")));
        }
    }
    if let Value::Text(text) = fitted {
        if let Some(regex) = &field.regex
            && !patterns.matches(text, regex)
        {
            broken.push(("regex", format!("`{name}` must match the pattern {regex}")));
        }
        // An empty text is no value of these, and whether there must be one is another rule.
        let problem = match field.kind {
            "email" if !is_email(text) => Some("an e-mail address, such as ann@example.org"),
            "url" if !is_url(text) => Some("a URL, such as https://example.org/page"),
            "slug" if !is_slug(text) => Some("letters, digits, `_` and `-` only"),
            _ => None,
        };
        if let Some(shape) = problem.filter(|_| !text.is_empty()) {
            broken.push(("format", format!("`{name}` must be {shape}")));
        }
    }
    if !field.choices.is_empty() {
        let stored = from_choices(field, fitted);
        if !stored {
            let known: Vec<String> =
                field.choices.iter().take(10).map(|choice| choice.value.to_string()).collect();
            broken.push(("choices", format!("`{name}` must be one of {}", known.join(", "))));
        }
    }
    broken
}

fn from_choices(field: &Field, value: &Value) -> bool {
    field
        .choices
        .iter()
        .any(|choice| from_json(&field.logical, &choice.value).is_ok_and(|known| known == *value))
}

fn bound_value(logical: &LogicalType, text: &str) -> Option<Value> {
    parse_text(logical, text).ok()
}

/// The order of two values of one type, where it has one.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => {
            // The texts sort as the numbers do.
            Some(value::sqlite::sortable_text(a).cmp(&value::sqlite::sortable_text(b)))
        }
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b))
        | (Value::DateTime(a), Value::DateTime(b))
        | (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// As HTML's and Django's: a local part of the usual characters or quoted, and a domain of labels or an address.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{}|~-".contains(c))
    };
    let local_fits =
        quoted && !local[1..local.len() - 1].contains(['"', '\r', '\n', '\\']) || local.split('.').all(atom);
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let domain_fits = match literal {
        Some(address) => address.parse::<IpAddr>().is_ok(),
        None => domain.eq_ignore_ascii_case("localhost") || is_domain(domain),
    };
    local_fits && local.len() <= 320 && domain_fits
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let label = |label: &&str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(label)
        && labels
            .last()
            .is_some_and(|top| top.chars().count() >= 2 && !top.chars().all(|c| c.is_ascii_digit()))
}

/// As Django's `URLValidator`: a known scheme, a host, no white space.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let known = ["http", "https", "ftp", "ftps"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = match host.strip_prefix('[') {
        Some(literal) => match literal.split_once(']') {
            Some((address, port)) => (address, port.strip_prefix(':').unwrap_or(port)),
            None => return false,
        },
        None => host.split_once(':').unwrap_or((host, "")),
    };
    let host_fits = name.parse::<IpAddr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || is_domain(name.strip_suffix('.').unwrap_or(name));
    known
        && host_fits
        && port.len() <= 5
        && port.chars().all(|c| c.is_ascii_digit())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_slug(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// What a new row gets in a field that its writer does not say: a value, or `None` where the database gives one. `now` is in
/// microseconds since 1970-01-01T00:00:00Z.
///
/// # Errors
/// When the model's own default is no value of the field, which defining the models has checked.
pub fn default_value(field: &Field, now: i64) -> Result<Option<Value>, String> {
    default(field, Rules::All, now)
}

/// As [`default_value`]; by the rules of storage a text is empty.
pub(super) fn default(field: &Field, rules: Rules, now: i64) -> Result<Option<Value>, String> {
    if field.auto_increment || field.db_default.is_some() || field.generated.is_some() {
        return Ok(None);
    }
    if field.auto_now != AutoNow::Never {
        return Ok(Some(moment(&field.logical, now)));
    }
    match &field.default {
        Some(DefaultValue::Literal(literal)) => {
            from_json(&field.logical, literal).map(Some).map_err(|error| error.to_string())
        }
        Some(DefaultValue::Now) => Ok(Some(moment(&field.logical, now))),
        Some(DefaultValue::Uuid) => Ok(Some(new_uuid())),
        None if !field.null
            && field.logical == LogicalType::Text
            && rules == Rules::Storage
            && field.relation.is_none() =>
        {
            Ok(Some(Value::Text(String::new())))
        }
        None => Ok(Some(Value::Null)),
    }
}

/// A random UUID.
pub(super) fn new_uuid() -> Value {
    Value::Uuid(*uuid::Uuid::new_v4().as_bytes())
}

/// Whether a new row must say a field: it may not be NULL, and nothing else gives it a value.
pub(super) fn is_required(field: &Field, rules: Rules) -> bool {
    !field.null
        && !field.auto_increment
        && field.generated.is_none()
        && field.db_default.is_none()
        && field.auto_now == AutoNow::Never
        && field.default.is_none()
        && !(field.logical == LogicalType::Text && rules == Rules::Storage && field.relation.is_none())
}

/// The instant as a value of a date, a time or a datetime.
pub(crate) fn moment(logical: &LogicalType, now: i64) -> Value {
    match logical {
        LogicalType::Date => Value::Date(i32::try_from(now.div_euclid(DAY)).unwrap_or(i32::MAX)),
        LogicalType::Time => Value::Time(now.rem_euclid(DAY)),
        _ => Value::DateTime(now),
    }
}

/// The problems of one given value of a row.
pub(super) fn problems_of(
    (model, field): (&Model, &Field),
    value: &Value,
    rules: Rules,
    place: impl Fn() -> InputPath,
    patterns: &mut Patterns,
) -> Vec<Problem> {
    let broken = match fit(field, value) {
        Err(broken) => vec![broken],
        Ok(fitted) if rules == Rules::All => broken_rules(field, (value, &fitted), patterns),
        Ok(_) => Vec::new(),
    };
    broken
        .into_iter()
        .map(|(rule, message)| Problem::new(place(), (&model.name, &field.name), rule, message))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_the_shapes_that_django_takes() {
        for good in
            ["a@b.co", "o'hara+x@example.org", "\"odd name\"@example.org", "x@[127.0.0.1]", "x@localhost"]
        {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.co",
            "a b@c.de",
            "a@b",
            "a@-b.co",
            "a@b..co",
            "a..b@c.de",
            "a@b.co\n",
            "a@b.1",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        for good in [
            "http://a.co",
            "https://a.b.co:8080/x?y#z",
            "ftp://u:p@a.co/",
            "http://[::1]:80/",
            "http://127.0.0.1",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "",
            "a.co",
            "javascript://a.co",
            "http://",
            "http://a b.co",
            "http://-a.co",
            "http://a.co:123456",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
        assert!(is_slug("a_B-9") && !is_slug("a b") && !is_slug("ä"));
    }
}
