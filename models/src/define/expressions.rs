//! The expressions of model files: computed fields, managers' filters, checks, conditions and expressions of indexes. Their
//! texts are read, then bound to the finished models, so that names and types are checked when the models load.
//!
//! Managers come first: their conditions are part of every computed field that goes over related rows. A computed field may use
//! any other, in any order, but not itself.

use super::declare::{ConstraintRule, ModelDeclaration};
use super::errors::{Code, Problem, Problems, nearest};
use super::tree::{At, Place};
use crate::Registry;
use crate::bind::{Binder, Refusal, manager_of};
use crate::expr::{Expr, Slot};
use crate::functions::Volatility;
use crate::prepare::CompileError;
use crate::registry::{Model, ModelId};
use crate::text::{self, TextError};
use std::collections::HashSet;
use std::ops::Range;

/// A text of a model, read.
struct Read<'d> {
    model: ModelId,
    role: Role,
    text: &'d At<String>,
    expr: Expr,
}

/// What an expression is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    /// The computed field of this name.
    Annotation(String),
    /// The filter of the manager at this position.
    Manager(usize),
    /// A condition on a row's own columns; the words say whose.
    Condition(&'static str),
    /// A value of a row's own columns.
    IndexKey,
}

/// Reads and checks the expressions of all models. The declarations are in the order of the registry's models.
pub(super) fn resolve(registry: &mut Registry, declarations: &[ModelDeclaration], problems: &mut Problems) {
    // Where something else is missing, what is bound would seem wrong.
    let complete = !problems.any();
    let mut read = Vec::new();
    for (declaration, model) in declarations.iter().zip(registry.models()) {
        for (role, text) in texts(declaration, model) {
            match text::parse(&text.value, registry) {
                Ok(expr) => read.push(Read { model: model.id, role, text, expr }),
                Err(error) => {
                    let code = if error.message.starts_with("there is no") {
                        Code::UnknownField
                    } else {
                        Code::BadExpression
                    };
                    add(problems, code, text, error);
                }
            }
        }
    }
    for read in &read {
        check_slots(registry.model(read.model), read, problems);
    }
    if !complete {
        return;
    }
    for read in &read {
        let model = registry.model_mut(read.model);
        match &read.role {
            Role::Annotation(name) => {
                if let Some(annotation) = model.annotations.get_mut(name) {
                    annotation.expr = Some(read.expr.clone());
                }
            }
            Role::Manager(position) => {
                if let Some(manager) = model.managers.get_mut(*position) {
                    manager.condition = Some(read.expr.clone());
                }
            }
            Role::Condition(_) | Role::IndexKey => {}
        }
    }
    let mut teller = Teller { circles: HashSet::new(), silent: Vec::new() };
    for read in &read {
        let Role::Manager(position) = read.role else { continue };
        let mut binder = Binder::new(registry);
        binder.enter(read.model);
        let Err(error) = binder.filter(&read.expr) else { continue };
        let refusal = Refusal::new(error, &binder);
        let name = manager_of(registry.model(read.model), position);
        teller.tell(registry, read, &name, refusal, problems);
        // Its own place has told; nothing else fails because of it.
        registry.model_mut(read.model).managers[position].condition = None;
    }
    for read in &read {
        match &read.role {
            Role::Annotation(name) => {
                let bound = crate::bind::annotation_type(registry, read.model, name);
                let annotation = registry.model_mut(read.model).annotations.get_mut(name);
                match (bound, annotation) {
                    (Ok((logical, null)), Some(annotation)) => {
                        (annotation.logical, annotation.null) = (Some(logical), null);
                    }
                    (Ok(_), None) => {}
                    (Err(refusal), annotation) => {
                        // What uses it fails because of it, and is silent.
                        if let Some(annotation) = annotation {
                            annotation.expr = None;
                        }
                        teller.tell(registry, read, name, *refusal, problems);
                    }
                }
            }
            Role::Manager(_) => {}
            Role::Condition(what) => check_columns(registry, read, what, problems),
            Role::IndexKey => check_columns(registry, read, "the key of an index", problems),
        }
    }
    // Nothing is left out without a word.
    if !problems.any() {
        for (text, error) in teller.silent {
            add(problems, Code::WrongExpression, text, error);
        }
    }
}

/// The texts of a model with what they are for.
fn texts<'d>(declaration: &'d ModelDeclaration, model: &Model) -> Vec<(Role, &'d At<String>)> {
    let mut texts: Vec<(Role, &At<String>)> = Vec::new();
    for annotation in &declaration.annotations {
        texts.push((Role::Annotation(annotation.name.value.clone()), &annotation.expression));
    }
    for (position, manager) in declaration.managers.iter().enumerate() {
        texts.extend(manager.filter.as_ref().map(|filter| (Role::Manager(position), filter)));
    }
    // A proxy has no table, and that of an unmanaged model may have conditions that are not of this language.
    if declaration.proxy.is_some() || !model.managed {
        return texts;
    }
    for index in &declaration.indexes {
        texts.extend(index.expressions.iter().map(|text| (Role::IndexKey, text)));
        texts.extend(
            index.condition.as_ref().map(|text| (Role::Condition("the condition of an index"), text)),
        );
    }
    for constraint in &declaration.constraints {
        match &constraint.rule {
            ConstraintRule::Check(check) => texts.push((Role::Condition("a check"), check)),
            ConstraintRule::Unique(_, condition) => texts.extend(
                condition.as_ref().map(|text| (Role::Condition("the condition of a constraint"), text)),
            ),
        }
    }
    texts
}

/// Arguments are those that the computed field declares; nothing else has any.
fn check_slots(model: &Model, read: &Read<'_>, problems: &mut Problems) {
    let mut used = Vec::new();
    slots(&read.expr, &mut used);
    let declared = match &read.role {
        Role::Annotation(name) => model.annotations.get(name).map(|annotation| &annotation.arguments),
        _ => None,
    };
    for name in used {
        if declared.is_some_and(|arguments| arguments.contains_key(&name)) {
            continue;
        }
        let text = &read.text.value;
        let span = text::locate(text, &format!(":{name}")).unwrap_or(0..text.len());
        let error = match declared {
            Some(arguments) => TextError::new(text, span, format!("the argument `{name}` is not declared")).hint(
                match nearest(&name, arguments.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `:{near}`?"),
                    None => format!("declare it: {{ expr = \"…\", args = {{ {name} = {{ type = \"integer\", default = 50 }} }} }}"),
                },
            ),
            None => TextError::new(text, span, format!("`:{name}` is an argument, and only computed fields have some")),
        };
        add(problems, Code::UnknownArgument, read.text, error);
    }
}

/// The names of the arguments that an expression uses, each once.
fn slots(expr: &Expr, used: &mut Vec<String>) {
    if let Expr::Slot(Slot::Named(name)) = expr {
        if !used.contains(name) {
            used.push(name.clone());
        }
        return;
    }
    if let Expr::Annotated { arguments, .. } = expr {
        for (_, slot) in arguments {
            slots(&Expr::Slot(slot.clone()), used);
        }
        return;
    }
    expr.clone().each_part(&mut |part| slots(part, used));
}

/// Tells what the bind stage says, each thing once and at its own place.
struct Teller<'d> {
    /// The circles that were told.
    circles: HashSet<Vec<(ModelId, String)>>,
    /// What another place is to tell.
    silent: Vec<(&'d At<String>, TextError)>,
}

impl<'d> Teller<'d> {
    fn tell(
        &mut self,
        registry: &Registry,
        read: &Read<'d>,
        name: &str,
        refusal: Refusal,
        problems: &mut Problems,
    ) {
        let own = (read.model, name.to_owned());
        let text = &read.text.value;
        let mut members = refusal.circle.clone();
        members.sort();
        if refusal.circle.contains(&own) && self.circles.insert(members) {
            add(problems, Code::Cycle, read.text, circle(registry, text, &own, &refusal.circle));
            return;
        }
        let error = TextError::from_bind(text, &refusal.error);
        if refusal.of.is_some_and(|of| of != own) || !refusal.circle.is_empty() {
            self.silent.push((read.text, error));
            return;
        }
        add(problems, code_of(&refusal.error), read.text, error);
    }
}

fn code_of(error: &CompileError) -> Code {
    match error {
        CompileError::UnknownName { .. } => Code::UnknownField,
        _ => Code::WrongExpression,
    }
}

/// That an expression leads back to itself, told from it on.
fn circle(
    registry: &Registry,
    text: &str,
    own: &(ModelId, String),
    circle: &[(ModelId, String)],
) -> TextError {
    let start = circle.iter().position(|member| member == own).unwrap_or(0);
    let steps: Vec<&(ModelId, String)> = circle.iter().cycle().skip(start).take(circle.len() + 1).collect();
    let next = steps.get(1).and_then(|(_, next)| text::locate(text, next)).unwrap_or(0..text.len());
    let names: Vec<String> =
        steps.iter().map(|(model, name)| format!("{}.{name}", registry.model(*model).name)).collect();
    TextError::new(text, next, format!("`{}` leads back to itself: {}", own.1, names.join(" → ")))
        .hint("write one of them over fields only")
}

/// A condition or a value that the database itself keeps: it speaks of the row's own columns.
fn check_columns(registry: &Registry, read: &Read<'_>, what: &str, problems: &mut Problems) {
    let text = &read.text.value;
    let model = registry.model(read.model);
    if let Some((name, why)) = foreign_part(model, &read.expr) {
        let span = name.and_then(|name| text::locate(text, &name)).unwrap_or(0..text.len());
        let error = TextError::new(text, span, format!("{what} speaks of the row's own columns, and {why}"));
        add(problems, Code::WrongExpression, read.text, error);
        return;
    }
    let mut binder = Binder::new(registry);
    binder.enter(read.model);
    let bound = match read.role {
        Role::IndexKey => binder.value(&read.expr).map(|_| ()),
        _ => binder.filter(&read.expr).map(|_| ()),
    };
    if let Err(error) = bound {
        add(problems, code_of(&error), read.text, TextError::from_bind(text, &error));
    }
}

/// The part of an expression that is of more than one row or moment, by its name, and why it has no place.
fn foreign_part(model: &Model, expr: &Expr) -> Option<(Option<String>, String)> {
    match expr {
        Expr::Path(path) => match path.as_slice() {
            [name] if model.annotations.contains_key(name) => {
                Some((Some(name.clone()), format!("`{name}` is computed")))
            }
            [_] => None,
            path => Some((Some(path.join(".")), format!("`{}` is another row's", path.join(".")))),
        },
        Expr::Slot(Slot::Session(name)) => {
            Some((Some(format!("@{name}")), format!("`@{name}` is of the session")))
        }
        Expr::Slot(Slot::Now) => {
            Some((Some("now".to_owned()), "`now()` is another moment each time".to_owned()))
        }
        Expr::Aggregate(aggregate) => {
            let name = aggregate.function;
            Some((Some(name.to_owned()), format!("`{name}` is of many rows")))
        }
        Expr::Window(window) => {
            let name = window.function;
            Some((Some(name.to_owned()), format!("`{name}` is of many rows")))
        }
        Expr::Annotated { path, .. } => Some((path.last().cloned(), "this is computed".to_owned())),
        Expr::Related { path, .. } => Some((Some(path.join(".")), "these are other rows".to_owned())),
        Expr::Outer { .. } | Expr::Query(_) | Expr::Exists(_) | Expr::InQuery { .. } => {
            Some((None, "a sub-query is of other rows".to_owned()))
        }
        Expr::Call { function, .. }
            if crate::functions::find(function)
                .is_some_and(|known| known.volatility == Volatility::Volatile) =>
        {
            Some((Some((*function).to_owned()), format!("`{function}` is another value each time")))
        }
        other => {
            let mut found = None;
            other.clone().each_part(&mut |part| {
                if found.is_none() {
                    found = foreign_part(model, part);
                }
            });
            found
        }
    }
}

/// Adds what is wrong in a text at its place in the file.
fn add(problems: &mut Problems, code: Code, text: &At<String>, error: TextError) {
    let raw = problems.source(text.at);
    let span = raw.map_or(0..0, |raw| place_in(raw, &text.value, &error.span));
    let at = Place { file: text.at.file, start: text.at.start + span.start, end: text.at.start + span.end };
    let mut problem = Problem::new(code, at, error.message);
    if let Some(hint) = error.hint {
        problem = problem.help(hint);
    }
    problems.add(problem);
}

/// Where a part of a text stands in the TOML string that it was read from, which may have escapes.
fn place_in(raw: &str, text: &str, part: &Range<usize>) -> Range<usize> {
    let (quotes, escapes) = match raw {
        _ if raw.starts_with("\"\"\"") => (3, true),
        _ if raw.starts_with("'''") => (3, false),
        _ if raw.starts_with('"') => (1, true),
        _ if raw.starts_with('\'') => (1, false),
        _ => return 0..raw.len(),
    };
    let mut at = quotes;
    if quotes == 3 {
        // A line break right after the quotes is none of the text.
        let rest = &raw[at..];
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    // The byte of the file for each byte of the text.
    let mut places = Vec::with_capacity(text.len() + 1);
    while places.len() < text.len() && at < raw.len() {
        let rest = &raw[at..];
        let Some(first) = rest.chars().next() else { break };
        let (taken, given) = match rest.as_bytes() {
            [b'\\', kind, ..] if escapes => match kind {
                b'u' => (6, character(rest, 2..6)),
                b'U' => (10, character(rest, 2..10)),
                b'x' => (4, character(rest, 2..4)),
                b' ' | b'\t' | b'\r' | b'\n' => {
                    // A backslash at the end of a line takes the white space after it away.
                    let white = rest[1..].len() - rest[1..].trim_start().len();
                    (1 + white, 0)
                }
                _ => (2, 1),
            },
            _ => (first.len_utf8(), first.len_utf8()),
        };
        places.extend(std::iter::repeat_n(at, given));
        at += taken;
    }
    places.push(at.min(raw.len()));
    let place = |offset: usize| places.get(offset).or(places.last()).copied().unwrap_or(0);
    let (start, end) = (place(part.start), place(part.end));
    start..end.max(start)
}

/// The length of the character that an escape stands for.
fn character(escape: &str, digits: Range<usize>) -> usize {
    let code = escape.get(digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    code.and_then(char::from_u32).map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_behind_escapes() {
        let place = |raw: &str, text: &str, part: &str| {
            let start = text.find(part).unwrap();
            raw[place_in(raw, text, &(start..start + part.len()))].to_owned()
        };
        assert_eq!(place("\"a + bc\"", "a + bc", "bc"), "bc");
        assert_eq!(place("'a + bc'", "a + bc", "bc"), "bc");
        assert_eq!(place(r#""\"a\" + bc""#, "\"a\" + bc", "bc"), "bc");
        assert_eq!(place(r#""\u00e9 + bc""#, "é + bc", "bc"), "bc");
        assert_eq!(place(r#""a + \"b\"""#, "a + \"b\"", "\"b\""), r#"\"b\""#);
        assert_eq!(place("\"\"\"\na\n+ bc\"\"\"", "a\n+ bc", "bc"), "bc");
        assert_eq!(place("\"\"\"a \\\n   + bc\"\"\"", "a + bc", "bc"), "bc");
        assert_eq!(place("'''\na + é + bc'''", "a + é + bc", "bc"), "bc");
        assert_eq!(place_in("\"a\"", "a", &(1..1)), 2..2);
    }
}
