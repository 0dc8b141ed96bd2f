//! Errors of writes as errors of a response: in the names of the schema, with the path of the field that wrote.

use crate::error::{Code, RequestError};
use crate::expose::Exposure;
use crate::response;
use nuages_models::Registry;
use nuages_models::prepare::CompileError;
use nuages_models::registry::{Member, Model};
use nuages_models::run::PathSegment;
use nuages_models::write::{InputPath, Problem, Violation, ViolationKind, WriteError};
use serde_json::{Map, Value as Json};

/// What speaking in the names of the schema needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) exposure: &'a Exposure,
}

/// The errors of a failed step with a response key, or of the transaction.
pub(crate) fn errors(key: Option<&str>, error: WriteError, names: Names<'_>) -> Vec<Json> {
    let path: Vec<Json> = key.into_iter().map(Json::from).collect();
    if let WriteError::Validation(problems) = error {
        return problems.into_iter().map(|problem| of_problem(&path, problem, names)).collect();
    }
    let (error, extensions) = match error {
        WriteError::Run(error) => (response::run_error(error), Map::new()),
        WriteError::Expression(error) => {
            let code = match error {
                CompileError::Unsupported { .. } => Code::Unsupported,
                CompileError::Invalid(_) | CompileError::UnknownName { .. } => Code::BadInput,
            };
            (RequestError::new(code, error.to_string()), Map::new())
        }
        other => {
            let message = other.to_string();
            let (code, hint, extensions) = details(other, names);
            let error = RequestError::new(code, message);
            (hint.map(|hint| error.clone().with_hint(hint)).unwrap_or(error), extensions)
        }
    };
    vec![whole(&path, &error, extensions)]
}

fn whole(path: &[Json], error: &RequestError, extensions: Map<String, Json>) -> Json {
    response::error(error, path, extensions)
}

fn of_problem(path: &[Json], problem: Problem, names: Names<'_>) -> Json {
    let Problem { path: input, model, field, rule, message } = problem;
    let mut extensions = Map::new();
    extensions.insert("model".to_owned(), names.model(&model).into());
    extensions.insert("field".to_owned(), names.field(&model, &field).into());
    extensions.insert("rule".to_owned(), rule.into());
    extensions.insert("input".to_owned(), names.input(input, &model, &field));
    whole(path, &RequestError::new(Code::Validation, message), extensions)
}

/// Code, hint and the rest of `extensions`.
fn details(error: WriteError, names: Names<'_>) -> (Code, Option<String>, Map<String, Json>) {
    let mut extensions = Map::new();
    let mut say = |name: &str, value: Json| {
        // What the end of the transaction found has no place in the input.
        if value != Json::Array(Vec::new()) {
            extensions.insert(name.to_owned(), value);
        }
    };
    let (code, hint) = match error {
        WriteError::NotFound { model, path, .. } => {
            say("model", names.model(&model).into());
            say("input", names.input(path, &model, ""));
            (Code::NotFound, None)
        }
        WriteError::Violation(violation) => {
            let Violation { kind, model, fields, constraint, path, .. } = *violation;
            say("model", names.model(&model).into());
            let shown: Vec<String> = fields.iter().map(|field| names.field(&model, field)).collect();
            // Its last step may be a field, as the models name it.
            let field = match path.last() {
                Some(PathSegment::Key(key)) => key.clone(),
                _ => String::new(),
            };
            if let [only] = shown.as_slice() {
                say("field", only.clone().into());
            }
            if !shown.is_empty() {
                say("fields", shown.into());
            }
            if let Some(constraint) = constraint {
                say("constraint", constraint.into());
            }
            say("input", names.input(path, &model, &field));
            let code = match kind {
                ViolationKind::Unique => Code::UniqueViolation,
                ViolationKind::ForeignKey => Code::ForeignKeyViolation,
                ViolationKind::Check => Code::CheckViolation,
                ViolationKind::NotNull => Code::Validation,
            };
            (code, None)
        }
        WriteError::Protected { model, by, relation, count, .. } => {
            let hint =
                format!("delete the rows of {} first, or let them refer to another row", names.model(&by));
            say("model", names.model(&model).into());
            say("by", names.model(&by).into());
            say("field", names.field(&by, &relation).into());
            say("count", count.into());
            (Code::Protected, Some(hint))
        }
        WriteError::Conflict { model, fields, current, path } => {
            say("model", names.model(&model).into());
            let shown: Vec<String> = fields.iter().map(|field| names.field(&model, field)).collect();
            say("fields", shown.into());
            let current = current.into_iter().map(|(field, value)| (names.field(&model, &field), value));
            say("current", Json::Object(current.collect()));
            say("input", names.input(path, &model, ""));
            (Code::Conflict, Some("read the row again, and write what still makes sense".to_owned()))
        }
        WriteError::TooMany { model, at_most, path } => {
            say("model", names.model(&model).into());
            say("atMost", at_most.into());
            say("input", names.input(path, &model, ""));
            (Code::LimitExceeded, None)
        }
        WriteError::Misuse { path, .. } => {
            say("input", names.input(path, "", ""));
            (Code::BadInput, None)
        }
        WriteError::Refused { .. } => (Code::Forbidden, None),
        // Told before.
        WriteError::Validation(_) | WriteError::Expression(_) | WriteError::Run(_) => (Code::Internal, None),
    };
    (code, hint, extensions)
}

impl Names<'_> {
    fn known(&self, model: &str) -> Option<&Model> {
        self.registry.model_named(model)
    }

    /// The name of a model's type.
    fn model(&self, name: &str) -> String {
        let exposed = self.known(name).and_then(|model| self.exposure.model(model.id));
        exposed.map_or_else(|| name.to_owned(), |exposed| exposed.type_name.clone())
    }

    /// The name of a field or relation.
    fn field(&self, model: &str, name: &str) -> String {
        let shown = self.known(model).and_then(|model| match model.member(name)? {
            Member::Field(id) => Some(self.exposure.model(model.id)?.column(id)?.name.clone()),
            Member::Relation(id) => Some(crate::names::relation_name(model.relation(id))),
        });
        shown.unwrap_or_else(|| name.to_owned())
    }

    /// The name of a field in its place, or of the relation whose column it is; other names are the schema's already.
    fn place(&self, key: &str, model: &str, field: &str) -> String {
        if key == field {
            return self.field(model, field);
        }
        let relation = self.known(model).and_then(|model| match model.member(field)? {
            Member::Field(id) => Some(model.relation(model.field(id).relation?)),
            Member::Relation(_) => None,
        });
        match relation.filter(|relation| relation.name == key) {
            Some(relation) => crate::names::relation_name(relation),
            None => key.to_owned(),
        }
    }

    /// A place in the input. The write stage names fields as the models do.
    fn input(&self, path: InputPath, model: &str, field: &str) -> Json {
        let last = path.len().saturating_sub(1);
        path.into_iter()
            .enumerate()
            .map(|(position, step)| match step {
                PathSegment::Key(key) if position == last => self.place(&key, model, field).into(),
                PathSegment::Key(key) => Json::from(key),
                PathSegment::Index(index) => Json::from(index),
            })
            .collect::<Vec<_>>()
            .into()
    }
}

/// Problems of the steps with these response keys. What was found at a place first says more than what follows from it.
pub(crate) fn problems(problems: Vec<(&str, Problem)>, names: Names<'_>) -> Vec<Json> {
    let mut told: Vec<Json> = Vec::with_capacity(problems.len());
    let mut places = std::collections::HashSet::new();
    for (key, problem) in problems {
        let error = of_problem(&[Json::from(key)], problem, names);
        let place = format!("{} {}", error["path"], error["extensions"]["input"]);
        if places.insert(place) {
            told.push(error);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expose::{ExposeOptions, expose};
    use serde_json::json;

    #[test]
    fn names_are_those_of_the_schema() {
        let registry = Registry::new(Vec::new());
        let exposure = expose(&registry, &ExposeOptions::default()).unwrap();
        let names = Names { registry: &registry, exposure: &exposure };
        let error = WriteError::TooMany {
            model: "Post".to_owned(),
            at_most: 2,
            path: vec![PathSegment::Key("where".to_owned())],
        };
        let expected = json!([{
            "message": "more than 2 rows of Post match, and no more may be written: nothing was",
            "path": ["deletePosts"],
            "extensions": {"code": "LIMIT_EXCEEDED", "model": "Post", "atMost": 2, "input": ["where"]},
        }]);
        assert_eq!(Json::from(errors(Some("deletePosts"), error, names)), expected);
    }
}
