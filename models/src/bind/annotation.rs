//! Computed fields of models: their expressions, bound where they are used.

use super::Typed;
use super::binder::{Binder, Place};
use super::path::{nearest, unknown};
use crate::expr::{Expr, Slot};
use crate::prepare::CompileError;
use crate::registry::{Annotation, LogicalType, Model, ModelId, Registry};
use crate::value::{Value, from_json};

impl Binder<'_> {
    /// A computed field with arguments.
    pub(super) fn annotated(
        &mut self,
        at: Place,
        path: &[String],
        arguments: &[(String, Slot)],
    ) -> Result<Typed, CompileError> {
        let Some((name, above)) = path.split_last() else {
            return Err(CompileError::Invalid("the name of a computed field is missing".to_owned()));
        };
        let (place, absent) = self.row(at, above)?;
        let Place::Row(_, _, model) = place else {
            return Err(CompileError::Invalid("a computed field is one of a row".to_owned()));
        };
        let model = self.registry.model(model);
        let mut typed = self.computed(place, model, name, arguments)?;
        typed.nullable |= absent;
        Ok(typed)
    }

    /// A computed field of a row.
    pub(super) fn computed(
        &mut self,
        at: Place,
        model: &Model,
        name: &str,
        arguments: &[(String, Slot)],
    ) -> Result<Typed, CompileError> {
        let Some(annotation) = model.annotations.get(name) else { return Err(unknown(model, name)) };
        self.expand(model.id, name, |binder| {
            let Some(expr) = &annotation.expr else {
                return Err(CompileError::Invalid(format!(
                    "the expression of `{name}` of {} could not be read",
                    model.name
                )));
            };
            if annotation.arguments.is_empty() && arguments.is_empty() {
                return binder.scalar(at, expr);
            }
            let values = values(annotation, model, name, arguments)?;
            let mut expr = expr.clone();
            substitute(&mut expr, &values);
            binder.scalar(at, &expr)
        })
    }
}

/// What the bind stage says about an expression of a model file, and what it is about.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What is wrong.
    pub(crate) error: CompileError,
    /// The computed field or manager whose expression is wrong, when it is not the one that was bound.
    pub(crate) of: Option<(ModelId, String)>,
    /// The computed fields and managers that lead back to themselves, each once.
    pub(crate) circle: Vec<(ModelId, String)>,
}

impl Refusal {
    /// What a binder has refused.
    pub(crate) fn new(error: CompileError, binder: &Binder<'_>) -> Self {
        match &binder.blame {
            Some((of, circle)) => Self { error, of: Some(of.clone()), circle: circle.clone() },
            None => Self { error, of: None, circle: Vec::new() },
        }
    }
}

/// The type of a computed field of a model, and whether it may be NULL.
///
/// # Errors
/// When its expression does not bind.
pub(crate) fn annotation_type(
    registry: &Registry,
    model: ModelId,
    name: &str,
) -> Result<(LogicalType, bool), Box<Refusal>> {
    let declared = registry.model(model).annotations.get(name);
    let arguments = declared.iter().flat_map(|annotation| annotation.arguments.keys());
    let expr = Expr::Annotated {
        path: vec![name.to_owned()],
        // Whatever an argument's value is, it is of its type.
        arguments: arguments.map(|argument| (argument.clone(), Slot::Named(argument.clone()))).collect(),
    };
    let mut binder = Binder::new(registry);
    binder.enter(model);
    match binder.value(&expr) {
        Ok(typed) => Ok((typed.logical, typed.nullable)),
        Err(error) => Err(Box::new(Refusal::new(error, &binder))),
    }
}

/// The slot of each argument: the given one, or the default.
fn values(
    annotation: &Annotation,
    model: &Model,
    name: &str,
    given: &[(String, Slot)],
) -> Result<Vec<(String, Expr)>, CompileError> {
    if let Some((unknown, _)) = given.iter().find(|(key, _)| !annotation.arguments.contains_key(key)) {
        return Err(CompileError::UnknownName {
            model: format!("`{name}` of {}", model.name),
            name: unknown.clone(),
            hint: nearest(unknown, annotation.arguments.keys()),
        });
    }
    annotation
        .arguments
        .iter()
        .map(|(key, argument)| {
            let slot = match (given.iter().find(|(known, _)| known == key), &argument.default) {
                (Some((_, slot)), _) => slot.clone(),
                (None, Some(default)) => {
                    Slot::Constant(from_json(&argument.logical, default).map_err(|problem| {
                        CompileError::Invalid(format!("the default of `{key}`: {problem}"))
                    })?)
                }
                (None, None) => {
                    return Err(CompileError::Invalid(format!(
                        "`{name}` of {} needs the argument `{key}`",
                        model.name
                    )));
                }
            };
            let value = match slot {
                // The value's own type may be narrower than the argument's.
                Slot::Constant(value @ Value::Null) => Expr::constant(value),
                slot => Expr::Cast { of: Box::new(Expr::Slot(slot)), to: argument.logical.clone() },
            };
            Ok((key.clone(), value))
        })
        .collect()
}

/// Puts values in the places of named slots.
fn substitute(expr: &mut Expr, values: &[(String, Expr)]) {
    if let Expr::Slot(Slot::Named(name)) = expr {
        if let Some((_, value)) = values.iter().find(|(known, _)| known == name) {
            *expr = value.clone();
        }
        return;
    }
    // A computed field's argument may be passed on to another's.
    if let Expr::Annotated { arguments, .. } = expr {
        for (_, slot) in arguments {
            let Slot::Named(name) = slot else { continue };
            match values.iter().find(|(known, _)| known == name).map(|(_, value)| value) {
                Some(Expr::Slot(given)) => *slot = given.clone(),
                Some(Expr::Cast { of, .. }) => {
                    if let Expr::Slot(given) = of.as_ref() {
                        *slot = given.clone();
                    }
                }
                _ => {}
            }
        }
        return;
    }
    expr.each_part(&mut |part| substitute(part, values));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::define::{SourceFile, define};

    #[test]
    fn arguments_are_passed_on() {
        let text = r#"
[Post.fields]
title = { type = "text" }
[Post.annotations]
preview = { expr = "left(title, :length)", args = { length = { type = "integer", default = 50 } } }
both    = { expr = "preview(length => :size) || preview()", args = { size = { type = "integer", default = 20 } } }
"#;
        let file = SourceFile { path: "blog.toml".to_owned(), text: text.to_owned() };
        let registry = define(&[file]).unwrap();
        let post = registry.model_named("Post").unwrap();
        let both = |arguments| Expr::Annotated { path: vec!["both".to_owned()], arguments };
        for (given, size) in [(Vec::new(), 20), (vec![("size".to_owned(), Slot::Constant(Value::Int(7)))], 7)]
        {
            let mut binder = Binder::new(&registry);
            binder.enter(post.id);
            let bound = format!("{:?}", binder.value(&both(given)).unwrap());
            assert!(!bound.contains("Named(\""), "{bound}");
            assert!(bound.contains(&format!("Int({size})")) && bound.contains("Int(50)"), "{bound}");
        }
        // Doubled often enough, computed fields would fill the memory.
        let doubled: String = (1..60).map(|n| format!("a{n} = \"a{0} || a{0}\"\n", n - 1)).collect();
        let text = format!(
            "[Post.fields]\ntitle = {{ type = 'text' }}\n[Post.annotations]\na0 = 'title'\n{doubled}"
        );
        let errors = define(&[SourceFile { path: "blog.toml".to_owned(), text }]).unwrap_err();
        assert_eq!(errors.errors.len(), 1, "{errors:?}");
        assert!(errors.errors[0].message().contains("parts, computed fields expanded"), "{errors:?}");
    }
}
