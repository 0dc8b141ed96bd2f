//! What changes of JSON documents, from the input `JSONCalc`.

use super::build::Builder;
use super::given::Given;
use crate::error::{Code, RequestError};
use crate::expose::{Leaf, Scalar};
use nuages_models::expr::Expr;
use nuages_models::registry::{FieldId, LogicalType, ModelId};
use nuages_models::value::{Value, json_change};
use nuages_models::write::{InputPath, at, below};

/// Most places of one document that are set or taken away.
const MAX_PLACES: usize = 50;

impl Builder<'_> {
    /// The document that the members make of the row's own: `expr`, then `merge`, `set` and `remove`. `None` when nothing is
    /// to be done, or something is wrong, which is noted.
    pub(super) fn document_change(
        &mut self,
        (model, id): (ModelId, FieldId),
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<Option<Expr>, RequestError> {
        let variables = self.resolving.variables;
        let members = given.members(variables);
        let member = |name: &str| {
            let found = members.iter().find(|(known, _)| *known == name);
            found.map_or(Given::Absent, |(_, member)| *member)
        };
        let own = Expr::name(&self.planner.registry.model(model).field(id).name);
        let (mut document, mut places) = (own.clone(), 0);
        if let Some(text) = member("expr").or_nothing().and_then(Given::text) {
            let Some(expr) = self.calculated((model, id), &text, &below(path, "expr"))? else {
                return Ok(None);
            };
            document = expr;
        }
        if !matches!(member("merge"), Given::Absent) {
            let place = below(path, "merge");
            let Some(patch) = self.document((model, id), member("merge"), &place)? else { return Ok(None) };
            document = Expr::call("json_merge", vec![document, Expr::constant(patch)]);
        }
        for (index, element) in member("set").elements(variables).into_iter().enumerate() {
            let place = at(&below(path, "set"), index);
            let parts = element.members(variables);
            let part = |name: &str| {
                let found = parts.iter().find(|(known, _)| *known == name);
                found.map_or(Given::Absent, |(_, part)| *part)
            };
            let steps = self.steps((model, id), part("path"), &below(&place, "path"));
            let value = self.document((model, id), part("value"), &below(&place, "value"))?;
            let (Some(steps), Some(value)) = (steps, value) else { return Ok(None) };
            document = Expr::call("json_set", vec![document, steps, Expr::constant(value)]);
            places += 1;
        }
        for (index, element) in member("remove").elements(variables).into_iter().enumerate() {
            let place = at(&below(path, "remove"), index);
            let Some(steps) = self.steps((model, id), element, &place) else { return Ok(None) };
            document = Expr::call("json_remove", vec![document, steps]);
            places += 1;
        }
        if places > MAX_PLACES {
            let message =
                format!("one document is changed at {MAX_PLACES} places at most; merge what changes");
            self.problem(model, id, "places", message, path.clone());
            return Ok(None);
        }
        Ok((document != own).then_some(document))
    }

    /// An expression over the row as it was; `None` when it is wrong, which is noted.
    pub(super) fn calculated(
        &mut self,
        (model, id): (ModelId, FieldId),
        text: &str,
        path: &InputPath,
    ) -> Result<Option<Expr>, RequestError> {
        match self.planner.expression_of_text(model, text) {
            Ok(expr) => Ok(Some(expr)),
            Err(error) if error.code == Code::BadInput => {
                self.problem(model, id, "expression", error.message, path.clone());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// A JSON value; what is absent or null is JSON's null.
    fn document(
        &mut self,
        (model, id): (ModelId, FieldId),
        given: Given<'_>,
        path: &InputPath,
    ) -> Result<Option<Value>, RequestError> {
        let leaf = Leaf::Scalar(Scalar::Json);
        match given.value(self.planner.exposure, &leaf, &LogicalType::Json, self.resolving.variables) {
            Ok(Value::Null) => Ok(Some(Value::Json("null".to_owned()))),
            Ok(value) => Ok(Some(value)),
            Err(message) => {
                self.problem(model, id, "format", message, path.clone());
                Ok(None)
            }
        }
    }

    /// The keys and positions of a path.
    fn steps(&mut self, (model, id): (ModelId, FieldId), given: Given<'_>, path: &InputPath) -> Option<Expr> {
        let steps: Vec<String> =
            given.elements(self.resolving.variables).into_iter().filter_map(Given::text).collect();
        let text = serde_json::Value::from(steps.as_slice()).to_string();
        let problem = match json_change::steps(&text) {
            Ok(steps) if steps.is_empty() => "a path has at least one key or position".to_owned(),
            Ok(_) => return Some(Expr::constant(Value::Json(text))),
            Err(problem) => problem,
        };
        self.problem(model, id, "path", problem, path.clone());
        None
    }
}
