//! What is wrong with a document or a variable, in words that say what to write instead.
//!
//! The language front finds what is wrong and where; it names the wrong name and its place in the schema, but not the
//! name that was meant. Its diagnostics are texts, so the names are read from between their backquotes. A diagnostic that
//! is not known here passes as it is.

use super::nearest::{Near, nearest};
use crate::error::RequestError;
use apollo_compiler::ast::Type;
use apollo_compiler::parser::LineColumn;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use apollo_compiler::validation::DiagnosticList;
use apollo_compiler::{ExecutableDocument, Schema};

/// Most diagnostics of one document that are shown.
const MAX_DIAGNOSTICS: usize = 20;

/// Diagnostics of a document as errors of a response. What only follows from another error is not shown beside it.
pub(super) fn of_document(
    schema: &Schema,
    text: &str,
    partial: &ExecutableDocument,
    list: &DiagnosticList,
) -> Vec<RequestError> {
    // Only those that are shown are given places: finding a place reads the whole document.
    let all: Vec<_> = list.iter().map(|diagnostic| (diagnostic.error.to_string(), diagnostic)).collect();
    let is_syntax = |message: &str| message.starts_with("syntax error");
    let syntax = all.iter().any(|(message, _)| is_syntax(message));
    let unknown_type = all.iter().any(|(message, _)| message.starts_with("cannot find type"));
    all.into_iter()
        .filter(|(message, _)| !syntax || is_syntax(message))
        .filter(|(message, _)| !(unknown_type && message.contains("cannot be used for argument")))
        .take(MAX_DIAGNOSTICS)
        .map(|(_, diagnostic)| {
            let error = diagnostic.to_json();
            let error = RequestError { locations: error.locations, ..RequestError::bad_input(error.message) };
            explained(schema, text, partial, error)
        })
        .collect()
}

/// The diagnostic with what to write instead, where that is known.
fn explained(schema: &Schema, text: &str, partial: &ExecutableDocument, error: RequestError) -> RequestError {
    let message = error.message.clone();
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (message.split('`').next().unwrap_or_default(), names.as_slice()) {
        ("type ", [on, field]) => suggested(error, field, fields_of(schema, on)),
        ("the argument ", [argument, coordinate]) if message.contains("is not supported by") => {
            let arguments = match coordinate.strip_prefix('@') {
                Some(directive) => schema.directive_definitions.get(directive).map(|it| &it.arguments),
                None => coordinate
                    .split_once('.')
                    .and_then(|(on, field)| Some(&schema.type_field(on, field).ok()?.arguments)),
            };
            let known = arguments.into_iter().flatten().map(|argument| argument.name.as_str());
            suggested(error, argument, known.collect())
        }
        ("value ", [value, on]) => suggested(error, value, values_of(schema, on)),
        ("field ", [key, on]) if message.contains("does not exist on") => {
            let error = located_at_key(error, text, key);
            match schema.types.get(*on) {
                Some(ExtendedType::InputObject(input)) => unknown_key(schema, error, key, input),
                _ => error,
            }
        }
        ("cannot find type ", [name]) => suggested(error, name, types(schema, ExtendedType::is_input_type)),
        ("type condition ", [name, ..]) if message.contains("is not a type") => {
            suggested(error, name, types(schema, |known| known.is_object() || known.is_interface()))
        }
        ("cannot find directive ", [name]) => {
            let known = schema.directive_definitions.keys().map(|name| name.as_str()).collect();
            suggested(error, name.trim_start_matches('@'), known)
        }
        ("cannot find fragment ", [name]) => {
            suggested(error, name, partial.fragments.keys().map(|name| name.as_str()).collect())
        }
        ("variable ", [name]) if message.ends_with("is not defined") => {
            let defined = partial.operations.iter().flat_map(|operation| &operation.variables);
            let known = defined.map(|variable| variable.name.as_str()).collect();
            suggested(error, name.trim_start_matches('$'), known)
        }
        ("interface, union and object types must have a subselection set", _) => {
            without_selection(error, text)
        }
        (start, _) if start.starts_with("expected value of type ") => wrong_kind(schema, error),
        (start, _) if start.starts_with("syntax error") => {
            RequestError { message: readable(message), ..error }
        }
        _ => error,
    }
}

/// The request names an operation that the document does not have.
pub(super) fn of_operation_name(document: &ExecutableDocument, name: &str) -> RequestError {
    let error = RequestError::bad_input(format!("the document has no operation `{name}`"));
    suggested(error, name, document.operations.named.keys().map(|name| name.as_str()).collect())
}

/// Adds the names that were probably meant, or all of them where they are few.
fn suggested(mut error: RequestError, name: &str, known: Vec<&str>) -> RequestError {
    let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
    match nearest(name, known) {
        Near::Meant(names) => {
            let shown = quoted(&names).join(" or ");
            error.message.push_str(&format!(". Did you mean {shown}?"));
            error.with_hint(names.join(" or "))
        }
        Near::Few(names) => {
            let shown = quoted(&names).join(", ");
            error.message.push_str(&format!("; there is {shown}"));
            error
        }
        Near::Nothing => error,
    }
}

/// An input object has no such member.
fn unknown_key(schema: &Schema, error: RequestError, key: &str, input: &InputObjectType) -> RequestError {
    let known: Vec<&str> = input.fields.keys().map(|name| name.as_str()).collect();
    let (instead, why) = if let Some(nested) = nested_lookup(schema, key, input) {
        (nested, "Lookups are nested")
    } else if member(schema, input, "some").is_some_and(|each| each.fields.contains_key(key)) {
        (format!("some: {{ {key}: … }}"), "Of many rows, say which")
    } else if member(schema, input, "id").is_some_and(|id| id.fields.contains_key(key))
        && known.contains(&"and")
    {
        (format!("id: {{ {key}: … }}"), "Of a related row, say which field")
    } else {
        return suggested(error, key, known);
    };
    let message = format!("{}. {why}: `{instead}`", error.message);
    RequestError { message, ..error }.with_hint(instead)
}

/// Django's `author__name__icontains` in the words of the schema.
fn nested_lookup(schema: &Schema, key: &str, input: &InputObjectType) -> Option<String> {
    // So many parts are nobody's lookup.
    (2..=8).contains(&key.split("__").take(9).count()).then_some(())?;
    let mut names = Vec::new();
    let mut current = Some(input);
    for segment in key.split("__") {
        let known = current?.fields.keys().map(|name| name.as_str()).collect();
        let Near::Meant(near) = nearest(segment, known) else { return None };
        let name = *near.first()?;
        names.push(name);
        current = member(schema, current?, name);
    }
    let closing = " }".repeat(names.len() - 1);
    Some(format!("{}: …{closing}", names.join(": { ")))
}

/// The input object that a member takes.
fn member<'s>(schema: &'s Schema, input: &InputObjectType, name: &str) -> Option<&'s InputObjectType> {
    match schema.types.get(input.fields.get(name)?.ty.inner_named_type())? {
        ExtendedType::InputObject(input) => Some(input),
        _ => None,
    }
}

/// A value of another kind than the schema's type.
fn wrong_kind(schema: &Schema, error: RequestError) -> RequestError {
    let Some((declared, found)) =
        error.message.strip_prefix("expected value of type ").and_then(|rest| rest.split_once(", found "))
    else {
        return error;
    };
    let name = declared.trim_matches(['[', ']', '!']);
    let hint = match schema.types.get(name) {
        Some(ExtendedType::Enum(_)) if found == "a string" => "the value without quotes".to_owned(),
        Some(ExtendedType::InputObject(input)) if input.fields.contains_key("eq") => "{ eq: … }".to_owned(),
        Some(ExtendedType::InputObject(input)) if input.is_one_of() => {
            let ordered = |ty: &Type| ty.inner_named_type() == "Direction";
            match input.fields.iter().find(|(_, field)| ordered(&field.ty)) {
                Some((field, _)) => format!("{{ {field}: ASC }}"),
                None => return error,
            }
        }
        _ => return error,
    };
    let message = format!(
        "{}; write {}",
        error.message,
        if hint.starts_with('{') { format!("`{hint}`") } else { hint.clone() }
    );
    RequestError { message, ..error }.with_hint(hint)
}

/// The parser names tokens; people know them by their looks.
fn readable(message: String) -> String {
    const TOKENS: [(&str, &str); 15] = [
        ("R_CURLY", "`}`"),
        ("L_CURLY", "`{`"),
        ("R_PAREN", "`)`"),
        ("L_PAREN", "`(`"),
        ("R_BRACK", "`]`"),
        ("L_BRACK", "`[`"),
        ("<EOF>", "the end"),
        ("EOF", "the end"),
        ("COLON", "`:`"),
        ("BANG", "`!`"),
        ("DOLLAR", "`$`"),
        ("AT_SIGN", "`@`"),
        ("SPREAD", "`...`"),
        ("PIPE", "`|`"),
        ("EQ,", "`=`,"),
    ];
    TOKENS.iter().fold(message, |message, (token, looks)| message.replace(token, looks))
}

fn fields_of<'s>(schema: &'s Schema, on: &str) -> Vec<&'s str> {
    match schema.types.get(on) {
        Some(ExtendedType::Object(object)) => object.fields.keys().map(|name| name.as_str()).collect(),
        Some(ExtendedType::Interface(interface)) => {
            interface.fields.keys().map(|name| name.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

fn values_of<'s>(schema: &'s Schema, on: &str) -> Vec<&'s str> {
    match schema.types.get(on) {
        Some(ExtendedType::Enum(values)) => values.values.keys().map(|name| name.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn types(schema: &Schema, wanted: fn(&ExtendedType) -> bool) -> Vec<&str> {
    let known =
        schema.types.iter().filter(|(name, definition)| !name.starts_with("__") && wanted(definition));
    known.map(|(name, _)| name.as_str()).collect()
}

/// The front points at the value of an unknown member; its name is what is wrong.
fn located_at_key(mut error: RequestError, text: &str, key: &str) -> RequestError {
    if let [place] = error.locations.as_mut_slice() {
        let start = text.lines().nth(place.line.saturating_sub(1)).and_then(|line| {
            let before: String = line.chars().take(place.column.saturating_sub(1)).collect();
            let end = before.trim_end().strip_suffix(':')?.trim_end();
            Some(end.strip_suffix(key)?.chars().count() + 1)
        });
        if let Some(column) = start {
            *place = LineColumn { line: place.line, column };
        }
    }
    error
}

/// A relation was selected like a column.
fn without_selection(mut error: RequestError, text: &str) -> RequestError {
    let name = error.locations.first().and_then(|place| {
        let line = text.lines().nth(place.line.saturating_sub(1))?;
        let rest: String = line.chars().skip(place.column.saturating_sub(1)).collect();
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        (!name.is_empty()).then_some(name)
    });
    if let Some(name) = name {
        error.message = format!("`{name}` is an object: say which of its fields you want");
        return error.with_hint(format!("{name} {{ … }}"));
    }
    error
}

/// Why a variable's value is not of its type, with the place in the value; `None` when nothing wrong is found here.
pub(super) fn of_variable(
    schema: &Schema,
    name: &str,
    declared: &Type,
    value: &Json,
) -> Option<RequestError> {
    wrong(schema, declared, value, &mut format!("${name}"))
}

fn wrong(schema: &Schema, declared: &Type, value: &Json, path: &mut String) -> Option<RequestError> {
    if value.is_null() {
        return declared.is_non_null().then(|| {
            RequestError::bad_input(format!("the variable {path}: null is no value of the type `{declared}`"))
        });
    }
    let name = match declared {
        Type::List(inner) | Type::NonNullList(inner) => {
            let Some(elements) = value.as_array() else { return wrong(schema, inner, value, path) };
            return elements.iter().enumerate().find_map(|(index, element)| {
                inside(path, &format!("[{index}]"), |path| wrong(schema, inner, element, path))
            });
        }
        Type::Named(name) | Type::NonNullNamed(name) => name,
    };
    let mismatch = |expected: &str| {
        Some(RequestError::bad_input(format!("the variable {path}: {expected}, not {}", shown(value))))
    };
    match schema.types.get(name)? {
        ExtendedType::Enum(_) => {
            let known = values_of(schema, name);
            match value.as_str() {
                Some(text) if known.contains(&text) => None,
                Some(text) => {
                    let message = format!("the variable {path}: value `{text}` does not exist on `{name}`");
                    Some(suggested(RequestError::bad_input(message), text, known))
                }
                None => mismatch(&format!("a value of `{name}` is needed, as a string")),
            }
        }
        ExtendedType::InputObject(input) => {
            let Some(members) = value.as_object() else {
                return mismatch(&format!("an object of the type `{name}` is needed"));
            };
            for (key, member) in members {
                let key = key.as_str();
                let Some(field) = input.fields.get(key) else {
                    let message = format!("the variable {path}: field `{key}` does not exist on `{name}`");
                    return Some(unknown_key(schema, RequestError::bad_input(message), key, input));
                };
                let found = inside(path, &format!(".{key}"), |path| wrong(schema, &field.ty, member, path));
                if found.is_some() {
                    return found;
                }
            }
            let mut required = input.fields.iter().filter(|(_, field)| field.is_required());
            if let Some((missing, _)) = required.find(|(name, _)| !members.contains_key(name.as_str())) {
                let message = format!("the variable {path}: `{name}` needs the field `{missing}`");
                return Some(RequestError::bad_input(message));
            }
            (input.is_one_of() && members.len() != 1).then(|| {
                let given = members.len();
                RequestError::bad_input(format!(
                    "the variable {path}: the @oneOf input object `{name}` must specify exactly one key, but {given} were given"
                ))
            })
        }
        ExtendedType::Scalar(_) => match name.as_str() {
            "Int" if value.as_i64().is_none_or(|number| i32::try_from(number).is_err()) => {
                mismatch("an integer of 32 bits is needed")
            }
            "Float" if !value.is_number() => mismatch("a number is needed"),
            "String" if !value.is_string() => mismatch("a string is needed"),
            "Boolean" if !value.is_boolean() => mismatch("true or false is needed"),
            "ID" if !value.is_string() && value.as_i64().is_none() => {
                mismatch("an ID is needed, as a string")
            }
            _ => None,
        },
        _ => None,
    }
}

/// Looks at a part of the value, with the path to it.
fn inside<T>(path: &mut String, step: &str, look: impl FnOnce(&mut String) -> T) -> T {
    let length = path.len();
    path.push_str(step);
    let found = look(path);
    path.truncate(length);
    found
}

/// A value, shortened for a message.
fn shown(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
