//! The options of a field that speak of its values: limits, choices, regular expression, default.

use super::declare_field::FieldDeclaration;
use super::errors::{Code, Problem, Problems};
use super::literals;
use super::tree::{At, Value};
use crate::registry::{AutoNow, Choice, DefaultValue, Field, LogicalType};
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Fills in and checks what the declaration says about the field's values.
pub(super) fn complete(field: &mut Field, declaration: &FieldDeclaration, problems: &mut Problems) {
    field.auto_now = auto_now(declaration, problems);
    let min = limit(field, declaration, "min", problems);
    let max = limit(field, declaration, "max", problems);
    let kind_min = declaration.kind.0.min.map(|min| (min, Json::from(0)));
    if let Some((text, least)) = &kind_min
        && let Some(min) = &min
        && literals::compare(&field.logical, min, least) == Some(Ordering::Less)
    {
        problems.add(
            Problem::new(
                Code::BadValue,
                declaration.place("min"),
                format!("`min` is below {text}, the smallest {}", field.kind),
            )
            .help(format!("use {}", field.kind.trim_start_matches("positive_"))),
        );
    }
    if let (Some(min), Some(max)) = (&min, &max)
        && literals::compare(&field.logical, min, max) == Some(Ordering::Greater)
    {
        problems.add(
            Problem::new(Code::BadValue, declaration.place("max"), "`max` is below `min`")
                .also(declaration.place("min"), "the smallest value"),
        );
    }
    let min = min.or(kind_min.map(|(_, least)| least));
    field.min = min.as_ref().map(literals::plain_text);
    field.max = max.as_ref().map(literals::plain_text);
    field.regex = regex(declaration, problems);
    field.choices = choices(field, declaration, problems);
    if let Some(default) = default(field, declaration, problems) {
        if let DefaultValue::Literal(value) = &default {
            check_default(field, declaration, value, (&min, &max), problems);
        }
        field.default = Some(default);
    }
}

/// A field type with its article.
fn a(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {kind}")
}

fn auto_now(declaration: &FieldDeclaration, problems: &mut Problems) -> AutoNow {
    let given: Vec<_> = ["auto_now", "auto_now_add"]
        .into_iter()
        .filter(|option| declaration.flag(option) == Some(true))
        .chain(declaration.setting("default").map(|_| "default"))
        .collect();
    // Django's fields.E160.
    if given.len() > 1 && given[0] != "default" {
        problems.add(
            Problem::new(
                Code::OptionConflict,
                declaration.place(given[1]),
                format!("`{}` and `{}` exclude each other", given[0], given[1]),
            )
            .help("auto_now is the time of every write, auto_now_add that of the creation: keep one"),
        );
    }
    match given.first() {
        Some(&"auto_now") => AutoNow::Always,
        Some(&"auto_now_add") => AutoNow::Add,
        _ => AutoNow::Never,
    }
}

fn limit(
    field: &Field,
    declaration: &FieldDeclaration,
    option: &str,
    problems: &mut Problems,
) -> Option<Json> {
    let value = declaration.value(option)?;
    match literals::check(&field.logical, value.value) {
        Ok(limit) => Some(limit),
        Err(why) => {
            problems.add(
                Problem::new(
                    Code::BadValue,
                    value.at,
                    format!("`{option}` is not a value of {}: {why}", a(field.kind)),
                )
                .label(format!("expected {}", a(field.kind))),
            );
            None
        }
    }
}

fn regex(declaration: &FieldDeclaration, problems: &mut Problems) -> Option<String> {
    let text = declaration.text("regex")?;
    if let Err(error) = fancy_regex::Regex::new(text) {
        problems.add(
            Problem::new(Code::BadRegex, declaration.place("regex"), "the regular expression cannot be read")
                .label(error.to_string().lines().last().unwrap_or_default().trim().to_owned())
                .help("in a TOML text \"…\" a backslash is written twice; in '…' once"),
        );
        return None;
    }
    Some(text.to_owned())
}

fn choices(field: &Field, declaration: &FieldDeclaration, problems: &mut Problems) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let mut places = Vec::new();
    for (value, label) in declaration.choices() {
        let checked = match literals::check(&field.logical, &value.value) {
            Ok(checked) => checked,
            Err(why) => {
                problems.add(
                    Problem::new(
                        Code::BadChoices,
                        value.at,
                        format!("a choice is not a value of {}: {why}", a(field.kind)),
                    )
                    .maybe_help(matches!(value.value, Value::Text(_)).then(|| {
                        "the keys of a table are text; write pairs: choices = [[1, \"One\"]]".to_owned()
                    })),
                );
                continue;
            }
        };
        check_length(field, &checked, value, problems);
        if let Some(first) = choices.iter().position(|choice| choice.value == checked) {
            problems.add(
                Problem::new(
                    Code::BadChoices,
                    value.at,
                    format!("the choice `{}` is there twice", literals::plain_text(&checked)),
                )
                .label("second")
                .also(places[first], "first")
                .help("take one away"),
            );
            continue;
        }
        let label = label.clone().unwrap_or_else(|| label_of(&checked));
        choices.push(Choice { value: checked, label });
        places.push(value.at);
    }
    choices
}

fn check_length(field: &Field, checked: &Json, value: &At<Value>, problems: &mut Problems) {
    let (Some(longest), Some(text)) = (field.max_length, checked.as_str()) else { return };
    if matches!(field.logical, LogicalType::Text | LogicalType::Encrypted(_) | LogicalType::Custom(_))
        && text.chars().count() > longest as usize
    {
        problems.add(
            Problem::new(
                Code::BadChoices,
                value.at,
                format!("the choice `{text}` is longer than `max_length`, which is {longest}"),
            )
            .help("raise max_length"),
        );
    }
}

/// Django's label of a member without one: `in_review` reads `In review`.
fn label_of(value: &Json) -> String {
    let text = literals::plain_text(value).replace('_', " ");
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}

fn default(field: &Field, declaration: &FieldDeclaration, problems: &mut Problems) -> Option<DefaultValue> {
    let given = declaration.value("default")?;
    let function = match given.value {
        Value::Text(text) => text.as_str(),
        _ => "",
    };
    match (&field.logical, function) {
        (LogicalType::Date | LogicalType::Time | LogicalType::DateTime, "now") => {
            return Some(DefaultValue::Now);
        }
        (LogicalType::Uuid, "uuid") => return Some(DefaultValue::Uuid),
        _ => {}
    }
    match literals::check(&field.logical, given.value) {
        Ok(value) => Some(DefaultValue::Literal(value)),
        Err(why) => {
            let help = match (&field.logical, function) {
                (LogicalType::DateTime | LogicalType::Date | LogicalType::Time, _) => {
                    Some("write a literal, or \"now\" for the time of the request")
                }
                (LogicalType::Uuid, _) => Some("write a literal, or \"uuid\" for a random one"),
                (LogicalType::Boolean, "true" | "false") => Some("write it without quotation marks"),
                (LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 | LogicalType::Float, text)
                    if text.parse::<f64>().is_ok() =>
                {
                    Some("write it without quotation marks")
                }
                (_, "null" | "NULL" | "none" | "None") => {
                    Some("leave `default` out: NULL is what null = true gives")
                }
                _ => None,
            };
            let relation = if declaration.is_reference() { "the referred key, " } else { "" };
            problems.add(
                Problem::new(
                    Code::BadDefault,
                    given.at,
                    format!(
                        "the default of `{}` is not a value of {relation}{}: {why}",
                        declaration.name.value,
                        a(field.kind)
                    ),
                )
                .label(format!("expected {}", a(field.kind)))
                .maybe_help(help.map(str::to_owned)),
            );
            None
        }
    }
}

fn check_default(
    field: &Field,
    declaration: &FieldDeclaration,
    value: &Json,
    (min, max): (&Option<Json>, &Option<Json>),
    problems: &mut Problems,
) {
    let beyond = |limit: &Option<Json>, order: Ordering| {
        limit.as_ref().is_some_and(|limit| literals::compare(&field.logical, value, limit) == Some(order))
    };
    let shown = literals::plain_text(value);
    let why = if beyond(min, Ordering::Less) {
        Some(format!("{shown} is below the smallest value {}", field.min.as_deref().unwrap_or_default()))
    } else if beyond(max, Ordering::Greater) {
        Some(format!("{shown} is above the largest value {}", field.max.as_deref().unwrap_or_default()))
    } else if !field.choices.is_empty() && !field.choices.iter().any(|choice| choice.value == *value) {
        let choices: Vec<_> =
            field.choices.iter().map(|choice| literals::plain_text(&choice.value)).collect();
        Some(format!("`{shown}` is not one of the choices {}", choices.join(", ")))
    } else if let (Some(longest), Some(text), LogicalType::Text | LogicalType::Custom(_)) =
        (field.max_length, value.as_str(), &field.logical)
        && text.chars().count() > longest as usize
    {
        Some(format!("it has {} characters, `max_length` is {longest}", text.chars().count()))
    } else if let (Some(regex), Some(text)) = (&field.regex, value.as_str())
        && fancy_regex::Regex::new(regex)
            .is_ok_and(|regex| regex.is_match(text).is_ok_and(|matches| !matches))
    {
        Some(format!("`{shown}` does not match `{regex}`"))
    } else {
        None
    };
    if let Some(why) = why {
        problems.add(Problem::new(
            Code::BadDefault,
            declaration.place("default"),
            format!("the default of `{}` is not allowed: {why}", declaration.name.value),
        ));
    }
}
