//! The expressions of model files: computed fields, managers' filters and annotations, and what the database keeps (checks,
//! conditions and keys of indexes, generated columns, defaults). Their texts are read, then bound to the finished models, so
//! that names and types are checked when the models load.
//!
//! Generated columns come first, because their types are those of their expressions. Managers come second: their conditions are part of every computed field that goes over related rows. A computed field may use
//! any other, in any order, but not itself.

use super::declare::{ConstraintRule, ModelDeclaration};
use super::errors::{Code, Problem, Problems, nearest};
use super::fields::encoding;
use super::meta::implied_method;
use super::tree::{At, Place};
use crate::Registry;
use crate::bind::{Binder, Refusal, manager_of};
use crate::compile::{DdlFault, DdlRole, check_ddl, generated_value};
use crate::expr::{Expr, Slot};
use crate::prepare::CompileError;
use crate::registry::{Annotation, IndexKey, Manager, Member, Model, ModelId};
use crate::text::{self, TextError};
use std::collections::HashSet;
use std::ops::Range;

/// A text of a model, read.
struct Read {
    model: ModelId,
    role: Role,
    text: At<String>,
    expr: Expr,
}

/// What an expression is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    /// The computed field of this name.
    Annotation(String),
    /// The filter of the manager at this position.
    Manager(usize),
    /// The annotation of the manager at this position.
    ManagerAnnotation(usize, String),
    /// What the database keeps.
    Ddl(DdlRole),
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
                    add(problems, code, &text, error);
                }
            }
        }
    }
    read.retain(|read| check_slots(registry.model(read.model), read, problems));
    if !complete {
        return;
    }
    if !complete_generated(registry, declarations, &read, problems) {
        // Whatever uses these columns would seem wrong; defaults use none.
        for read in read.iter().filter(|read| matches!(read.role, Role::Ddl(DdlRole::Default(_)))) {
            check_kept(registry, read, problems);
        }
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
            // Written out with its annotations below.
            Role::Manager(_) | Role::ManagerAnnotation(..) | Role::Ddl(_) => {}
        }
    }
    let mut teller = Teller { circles: HashSet::new(), silent: Vec::new() };
    scopes(registry, &read, &mut teller, problems);
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
            Role::Manager(_) | Role::ManagerAnnotation(..) => {}
            Role::Ddl(_) => check_kept(registry, read, problems),
        }
    }
    // Nothing is left out without a word.
    if !problems.any() {
        for (text, error) in teller.silent {
            add(problems, Code::WrongExpression, &text, error);
        }
    }
}

/// Writes the annotations of managers out, each of which may use those before it, in each other and in the filters; then
/// binds them all. A filter of one model may be part of an annotation of another, so nothing is bound before.
fn scopes(registry: &mut Registry, read: &[Read], teller: &mut Teller, problems: &mut Problems) {
    let known = |manager: &Manager| -> Vec<(String, Expr)> {
        let read = |(name, known): (&String, &Annotation)| Some((name.clone(), known.expr.clone()?));
        manager.annotations.iter().filter_map(read).collect()
    };
    for read in read {
        let Role::ManagerAnnotation(position, name) = &read.role else { continue };
        let manager = &mut registry.model_mut(read.model).managers[*position];
        let expr = written_out(read.expr.clone(), &known(manager));
        if let Some(annotation) = manager.annotations.get_mut(name) {
            annotation.expr = Some(expr);
        }
    }
    for read in read {
        let Role::Manager(position) = read.role else { continue };
        let manager = &mut registry.model_mut(read.model).managers[position];
        manager.condition = Some(written_out(read.expr.clone(), &known(manager)));
    }
    for read in read {
        let Role::ManagerAnnotation(position, name) = &read.role else { continue };
        let manager = &registry.model(read.model).managers[*position];
        let Some(expr) = manager.annotations.get(name).and_then(|known| known.expr.clone()) else { continue };
        let mut binder = Binder::new(registry);
        binder.enter(read.model);
        match binder.value(&expr) {
            Ok(typed) => {
                let (logical, null) = (Some(typed.logical), typed.nullable);
                let manager = &mut registry.model_mut(read.model).managers[*position];
                if let Some(annotation) = manager.annotations.get_mut(name) {
                    (annotation.logical, annotation.null) = (logical, null);
                }
            }
            Err(error) => {
                let refusal = Refusal::new(error, &binder);
                teller.tell(registry, read, name, refusal, problems);
                // What it is written out in fails because of it, and is silent.
                let manager = &mut registry.model_mut(read.model).managers[*position];
                (manager.annotations, manager.condition) = (indexmap::IndexMap::new(), None);
            }
        }
    }
    for read in read {
        let Role::Manager(position) = read.role else { continue };
        let manager = &registry.model(read.model).managers[position];
        let Some(condition) = manager.condition.clone() else { continue };
        let mut binder = Binder::new(registry);
        binder.enter(read.model);
        let Err(error) = binder.filter(&condition) else { continue };
        let refusal = Refusal::new(error, &binder);
        let name = manager_of(registry.model(read.model), position);
        teller.tell(registry, read, &name, refusal, problems);
        // Its own place has told; nothing else fails because of it.
        registry.model_mut(read.model).managers[position].condition = None;
    }
}

/// An expression with values in place of their names, where these are the row's own.
fn written_out(mut expr: Expr, values: &[(String, Expr)]) -> Expr {
    fn replace(expr: &mut Expr, values: &[(String, Expr)]) {
        match expr {
            Expr::Path(path) => {
                if let [name] = path.as_slice()
                    && let Some((_, value)) = values.iter().find(|(known, _)| known == name)
                {
                    *expr = value.clone();
                }
            }
            // The names of other rows.
            Expr::Related { .. } | Expr::Query(_) | Expr::Exists(_) => {}
            Expr::InQuery { left, .. } => replace(left, values),
            other => other.each_part(&mut |part| replace(part, values)),
        }
    }
    if !values.is_empty() {
        replace(&mut expr, values);
    }
    expr
}

/// Gives generated fields the type and the nullability of their expressions, where their files do not say them. Whether all
/// have one.
fn complete_generated(
    registry: &mut Registry,
    declarations: &[ModelDeclaration],
    read: &[Read],
    problems: &mut Problems,
) -> bool {
    let mut complete = true;
    for read in read {
        let Role::Ddl(DdlRole::Generated(id)) = read.role else { continue };
        let model = registry.model(read.model);
        let declared = declarations[read.model.0 as usize]
            .fields
            .iter()
            .find(|field| field.name.value == model.field(id).name);
        let Some(declared) = declared else { continue };
        let value = match generated_value(registry, read.model, id, &read.text.value) {
            Ok(value) => value,
            Err(error) => {
                complete = false;
                add(problems, ddl_code(DdlRole::Generated(id), error.fault), &read.text, error.error);
                continue;
            }
        };
        let managed = model.managed;
        let mut field = model.field(id).clone();
        if declared.flag("null").is_none() {
            field.null = value.nullable;
        }
        if declared.bare_type("output").is_none() {
            match value.logical {
                Ok(logical) => {
                    field.sqlite = encoding(&logical, managed);
                    field.logical = logical;
                }
                Err(error) => {
                    complete = false;
                    add(problems, Code::WrongExpression, &read.text, error.error);
                    continue;
                }
            }
        }
        let method = implied_method(&field.logical).map(str::to_owned);
        let own = |model: &Model| model.id == read.model || model.proxy_for == Some(read.model);
        let models: Vec<ModelId> =
            registry.models().iter().filter(|model| own(model)).map(|model| model.id).collect();
        for model in models {
            let model = registry.model_mut(model);
            let keys = [IndexKey::Field { field: id, descending: false }];
            for index in model.indexes.iter_mut().filter(|index| index.keys == keys && index.method.is_none())
            {
                index.method.clone_from(&method);
            }
            if let Some(known) = model.fields.get_mut(id.0 as usize) {
                *known = field.clone();
            }
        }
    }
    complete
}

/// Checks what the database is to keep.
fn check_kept(registry: &Registry, read: &Read, problems: &mut Problems) {
    let Role::Ddl(role) = read.role else { return };
    if let Err(error) = check_ddl(registry, read.model, role, &read.text.value) {
        add(problems, ddl_code(role, error.fault), &read.text, error.error);
    }
}

fn ddl_code(role: DdlRole, fault: DdlFault) -> Code {
    match (fault, role) {
        (DdlFault::Syntax, _) => Code::BadExpression,
        (DdlFault::UnknownName, _) => Code::UnknownField,
        (DdlFault::Wrong | DdlFault::Unsupported, DdlRole::Default(_)) => Code::BadDefault,
        (DdlFault::Wrong | DdlFault::Unsupported, _) => Code::WrongExpression,
    }
}

/// The texts of a model with what they are for.
fn texts(declaration: &ModelDeclaration, model: &Model) -> Vec<(Role, At<String>)> {
    let mut texts: Vec<(Role, At<String>)> = Vec::new();
    for annotation in &declaration.annotations {
        texts.push((Role::Annotation(annotation.name.value.clone()), annotation.expression.clone()));
    }
    for (position, manager) in declaration.managers.iter().enumerate() {
        for annotation in &manager.annotations {
            let role = Role::ManagerAnnotation(position, annotation.name.value.clone());
            texts.push((role, annotation.expression.clone()));
        }
        texts.extend(manager.filter.as_ref().map(|filter| (Role::Manager(position), filter.clone())));
    }
    // A proxy has no table.
    if declaration.proxy.is_some() {
        return texts;
    }
    for field in &declaration.fields {
        let Some(Member::Field(id)) = model.member(&field.name.value) else { continue };
        let text = |option| field.text(option).map(|text| At::new(text.to_owned(), field.place(option)));
        // What an unmanaged table has is not of this language, but what its file does not say is.
        if model.managed || field.bare_type("output").is_none() {
            texts.extend(text("expr").map(|text| (Role::Ddl(DdlRole::Generated(id)), text)));
        }
        if model.managed {
            texts.extend(text("db_default").map(|text| (Role::Ddl(DdlRole::Default(id)), text)));
        }
    }
    if !model.managed {
        return texts;
    }
    for index in &declaration.indexes {
        texts.extend(index.expressions.iter().map(|text| (Role::Ddl(DdlRole::IndexKey), text.clone())));
        texts.extend(index.condition.as_ref().map(|text| (Role::Ddl(DdlRole::Condition), text.clone())));
    }
    for constraint in &declaration.constraints {
        match &constraint.rule {
            ConstraintRule::Check(check) => texts.push((Role::Ddl(DdlRole::Check), check.clone())),
            ConstraintRule::Unique(_, condition) => {
                texts.extend(condition.as_ref().map(|text| (Role::Ddl(DdlRole::Condition), text.clone())));
            }
        }
    }
    texts
}

/// Whether its arguments are those that the computed field declares; nothing else has any.
fn check_slots(model: &Model, read: &Read, problems: &mut Problems) -> bool {
    let mut used = Vec::new();
    slots(&read.expr, &mut used);
    let declared = match &read.role {
        Role::Annotation(name) => model.annotations.get(name).map(|annotation| &annotation.arguments),
        _ => None,
    };
    let mut fine = true;
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
        add(problems, Code::UnknownArgument, &read.text, error);
        fine = false;
    }
    fine
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
struct Teller {
    /// The circles that were told.
    circles: HashSet<Vec<(ModelId, String)>>,
    /// What another place is to tell.
    silent: Vec<(At<String>, TextError)>,
}

impl Teller {
    fn tell(
        &mut self,
        registry: &Registry,
        read: &Read,
        name: &str,
        refusal: Refusal,
        problems: &mut Problems,
    ) {
        let own = (read.model, name.to_owned());
        let text = &read.text.value;
        let mut members = refusal.circle.clone();
        members.sort();
        if refusal.circle.contains(&own) && self.circles.insert(members) {
            add(problems, Code::Cycle, &read.text, circle(registry, text, &own, &refusal.circle));
            return;
        }
        let error = TextError::from_bind(text, &refusal.error);
        if refusal.of.is_some_and(|of| of != own) || !refusal.circle.is_empty() {
            self.silent.push((read.text.clone(), error));
            return;
        }
        add(problems, code_of(&refusal.error), &read.text, error);
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
