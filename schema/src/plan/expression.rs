//! Expressions that clients write: `expr: "views > 10 and author.is_active"`. They speak with the names of the model files, and
//! of nothing that the schema does not show. What one may cost is bounded.

use super::Planner;
use super::input::Input;
use crate::error::{Code, RequestError};
use crate::expose::ObjectField;
use nuages_models::bind::expression_type;
use nuages_models::expr::{Expr, Slot};
use nuages_models::registry::{LogicalType, Member, Model, ModelId};
use nuages_models::text;
use nuages_models::value::Value;

/// Longest expression of a client, in bytes.
const MAX_LENGTH: usize = 2_000;
/// Most aggregates and tests over related rows in one expression of a client: each is a sub-query of every row.
const MAX_RELATED: usize = 5;
/// Longest text that a client may have padded.
const MAX_PADDING: i64 = 1_000;
/// Most replacements in one expression of a client: each may make a text many times as long.
const MAX_REPLACEMENTS: usize = 2;

impl Planner<'_> {
    /// The expression that a client wrote about the rows of a model. Its text shapes the plan.
    pub(super) fn client_expression(&mut self, model: ModelId, input: &Input) -> Result<Expr, RequestError> {
        let text = self.required_text(input)?;
        self.expression_of_text(model, &text).map_err(|error| match error.code {
            Code::BadInput => self.wrong(input, error.message),
            _ => error,
        })
    }

    /// The expression of a client's text.
    pub(super) fn expression_of_text(&self, model: ModelId, text: &str) -> Result<Expr, RequestError> {
        if text.len() > MAX_LENGTH {
            return Err(RequestError::new(
                Code::LimitExceeded,
                format!(
                    "an expression may be at most {MAX_LENGTH} bytes long, and this one has {}",
                    text.len()
                ),
            ));
        }
        let wrong = |problem: String| RequestError::bad_input(problem);
        let expr = text::parse(text, self.registry).map_err(|error| wrong(error.to_string()))?;
        let mut check = Check { planner: self, related: 0, replacements: 0, enclosing: Vec::new() };
        let checked = check.expression(model, &expr);
        let related = check.related;
        checked.map_err(wrong)?;
        if related > MAX_RELATED {
            return Err(RequestError::new(
                Code::LimitExceeded,
                format!(
                    "an expression may speak of related rows at most {MAX_RELATED} times, and this one does {related} times"
                ),
            ));
        }
        expression_type(self.registry, model, &[], &expr)
            .map_err(|error| wrong(text::TextError::from_bind(text, &error).to_string()))?;
        Ok(expr)
    }

    /// The condition that a client wrote about the rows of a model.
    pub(super) fn client_condition(&mut self, model: ModelId, input: &Input) -> Result<Expr, RequestError> {
        let expr = self.client_expression(model, input)?;
        match expression_type(self.registry, model, &[], &expr) {
            Ok((LogicalType::Boolean, _)) => Ok(expr),
            _ => Err(self.wrong(input, "a condition is needed here; compare the value with something")),
        }
    }
}

struct Check<'p, 'a> {
    planner: &'p Planner<'a>,
    related: usize,
    replacements: usize,
    /// The models around the related rows that are spoken of, the nearest last.
    enclosing: Vec<ModelId>,
}

impl Check<'_, '_> {
    fn expression(&mut self, model: ModelId, expr: &Expr) -> Result<(), String> {
        match expr {
            Expr::Path(path) | Expr::Annotated { path, .. } => self.path(model, path).map(drop),
            Expr::Related { path, filter, .. } => {
                self.related += 1;
                let target = self.path(model, path)?;
                self.enclosing.push(model);
                let result = self.expression(target, filter);
                self.enclosing.pop();
                result
            }
            Expr::Outer { levels, path } => {
                let around = self.enclosing.len().checked_sub(usize::from(*levels));
                match around.and_then(|around| self.enclosing.get(around)) {
                    Some(outer) => self.path(*outer, path).map(drop),
                    None => Err("`outer` is the row around some, every, none or one".to_owned()),
                }
            }
            Expr::Query(_) | Expr::Exists(_) | Expr::InQuery { .. } => {
                Err("sub-queries are not for clients; use some, every, none or an aggregate of a relation"
                    .to_owned())
            }
            Expr::Slot(Slot::Named(name)) => {
                Err(format!("`:{name}` is an argument of a computed field, and this is none"))
            }
            Expr::Aggregate(aggregate) => {
                self.related += 1;
                for part in &aggregate.arguments {
                    self.expression(model, part)?;
                }
                for key in &aggregate.order {
                    self.expression(model, &key.key)?;
                }
                aggregate.filter.iter().try_for_each(|filter| self.expression(model, filter))
            }
            Expr::Call { function: "repeat", .. } => Err("`repeat` is not for clients".to_owned()),
            Expr::Call { function: "lpad" | "rpad", arguments }
                if !matches!(
                    arguments.get(1),
                    Some(Expr::Slot(Slot::Constant(Value::Int(..=MAX_PADDING))))
                ) =>
            {
                Err(format!("the length to pad to must be written down, {MAX_PADDING} at most"))
            }
            Expr::Call { function: "replace", .. } if self.replacements >= MAX_REPLACEMENTS => {
                Err(format!("an expression may have at most {MAX_REPLACEMENTS} calls of `replace`"))
            }
            other => {
                if matches!(other, Expr::Call { function: "replace", .. }) {
                    self.replacements += 1;
                }
                let mut result = Ok(());
                other.clone().each_part(&mut |part| {
                    if result.is_ok() {
                        result = self.expression(model, part);
                    }
                });
                result
            }
        }
    }

    /// That a path speaks of what the schema shows. Gives the model that it leads to.
    fn path(&self, model: ModelId, path: &[String]) -> Result<ModelId, String> {
        let registry = self.planner.registry;
        let mut model = registry.model(model);
        for name in path {
            let unknown = || Err(format!("{} has no field or relation `{name}`", model.name));
            match model.member(name) {
                Some(Member::Field(id)) => {
                    let is_key = model.primary_key.contains(&id);
                    if !is_key && !self.shows(model, ObjectField::Column(id)) {
                        return unknown();
                    }
                }
                Some(Member::Relation(id)) => {
                    let relation = model.relation(id);
                    if !self.shows(model, ObjectField::Relation(id)) {
                        return unknown();
                    }
                    model = registry.model(relation.target);
                }
                // What is unknown the bind stage tells better.
                None => {}
            }
        }
        Ok(model.id)
    }

    fn shows(&self, model: &Model, field: ObjectField) -> bool {
        self.planner
            .exposure
            .model(model.id)
            .is_some_and(|exposed| exposed.fields.values().any(|known| *known == field))
    }
}
