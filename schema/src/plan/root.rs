//! The fields of `Query`.

use super::arguments::NodeSource;
use super::input::{Given, Input};
use super::selection::Selected;
use super::{Planner, node_id};
use crate::error::{Code, RequestError};
use crate::expose::RootField;
use crate::introspection::{IntrospectionError, introspect};
use crate::operation::variables::{Answer, Question};
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::Field;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use nuages_models::expr::Expr;
use nuages_models::plan::{Load, Nodes, PlanField, RootValue};
use nuages_models::query::QuerySet;
use nuages_models::registry::ModelId;

impl<'a> Planner<'a> {
    /// The root object's fields in response order.
    pub(super) fn root(&mut self) -> Result<Vec<PlanField<RootValue>>, RequestError> {
        let operation = self.operation;
        let set = &operation.definition.selection_set;
        let type_name = operation.definition.object_type().as_str();
        let selected = self.select(type_name, &[set])?;
        let mut fields = Vec::with_capacity(selected.len());
        for selected in selected {
            let field = selected.field();
            let value = self
                .root_value(type_name, &selected)
                .map_err(|error| error.located(field.location(), self.sources()))?;
            fields.push(PlanField { key: selected.key.to_owned(), value });
        }
        Ok(fields)
    }

    fn root_value(&mut self, type_name: &str, selected: &Selected<'a>) -> Result<RootValue, RequestError> {
        let field = selected.field();
        match field.name.as_str() {
            "__typename" => {
                return Ok(RootValue::Json(serde_json::Value::from(type_name).to_string().into()));
            }
            "__schema" | "__type" => return self.introspection(selected),
            _ => {}
        }
        let Some(root) = self.exposure.query.get(field.name.as_str()).copied() else {
            return Err(RequestError::internal(format_args!("Query has no field {}", field.name)));
        };
        match root {
            RootField::ById(model) => {
                let id = self.required_argument(field, self.exposure.key_name())?;
                let filter = self.key_filter(model, &id)?;
                self.one(model, filter, selected)
            }
            RootField::ByKey(model) => {
                let key = self.required_argument(field, "key")?;
                let filter = self.key_input_filter(model, &key)?;
                self.one(model, filter, selected)
            }
            RootField::List(model) => {
                let query = self.list_query(model, field)?;
                let fields = self.rows(model, &selected.below())?;
                Ok(RootValue::Many(Load { query, fields }))
            }
            RootField::Aggregate(model) => Ok(RootValue::Aggregate(self.aggregate_load(model, selected)?)),
            RootField::Groups(model) => Ok(RootValue::Groups(self.groups(model, selected)?)),
            RootField::Connection(model) => Ok(RootValue::Connection(self.connection(model, selected)?)),
            RootField::Node => {
                let id = self.required_argument(field, self.exposure.node_id_name())?;
                self.nodes(&id, false, selected)
            }
            RootField::Nodes => {
                let ids = self.required_argument(field, self.exposure.node_ids_name())?;
                self.nodes(&ids, true, selected)
            }
        }
    }

    fn one(
        &mut self,
        model: ModelId,
        filter: Expr,
        selected: &Selected<'a>,
    ) -> Result<RootValue, RequestError> {
        let fields = self.rows(model, &selected.below())?;
        Ok(RootValue::One(Load { query: QuerySet { filter: Some(filter), ..QuerySet::all(model) }, fields }))
    }

    pub(super) fn required_argument(&self, field: &Field, name: &str) -> Result<Input, RequestError> {
        self.argument(field, name).ok_or_else(|| {
            RequestError::bad_input(format!("the argument `{name}` of `{}` is missing", field.name))
        })
    }

    /// `node`, `nodes`: an arm for each model among the ids.
    fn nodes(&mut self, ids: &Input, list: bool, selected: &Selected<'a>) -> Result<RootValue, RequestError> {
        if let Given::Absent | Given::Null = self.presence(ids)? {
            return Err(self.missing(ids));
        }
        if list {
            self.check_node_count(ids)?;
        }
        let models = self.node_models(ids)?;
        let below = selected.below();
        let mut arms = Vec::with_capacity(models.len());
        for model in &models {
            arms.push(Load { query: QuerySet::all(*model), fields: self.rows(*model, &below)? });
        }
        let argument = u32::try_from(self.nodes.len())
            .map_err(|_| RequestError::bad_input("there are too many node fields"))?;
        self.nodes.push(NodeSource::Ids { input: ids.clone(), arms: models });
        Ok(RootValue::Nodes(Nodes { argument, list, nullable: true, arms }))
    }

    fn check_node_count(&mut self, ids: &Input) -> Result<(), RequestError> {
        let Given::Value(elements) = self.elements(ids)? else { return Ok(()) };
        let maximum = self.exposure.options.max_limit as usize;
        if elements.len() > maximum {
            return Err(self.wrong(
                ids,
                format_args!("there may be at most {maximum} ids, and there are {}", elements.len()),
            ));
        }
        // A list that is written with variables in it may hold a null that only the request shows.
        for element in &elements {
            if let (Input::Literal(_), Input::Variable(_)) = (ids, element)
                && let Given::Absent | Given::Null = self.presence(element)?
            {
                return Err(self.missing(element));
            }
        }
        Ok(())
    }

    fn node_models(&mut self, ids: &Input) -> Result<Vec<ModelId>, RequestError> {
        match ids {
            Input::Variable(path) => match self.inquiry.ask(Question::NodeTypes(path.clone()))? {
                Answer::Models(models) => Ok(models),
                _ => Ok(Vec::new()),
            },
            Input::Literal(literal) => match literal.as_ref() {
                Literal::List(elements) => {
                    let mut models = Vec::new();
                    for element in elements {
                        models.extend(self.node_models(&Input::of(element))?);
                    }
                    models.sort_unstable();
                    models.dedup();
                    Ok(models)
                }
                Literal::String(text) => {
                    Ok(node_id::models(&Json::String(text.as_str().into()), self.exposure))
                }
                _ => Ok(Vec::new()),
            },
        }
    }

    fn introspection(&mut self, selected: &Selected<'a>) -> Result<RootValue, RequestError> {
        // Its answer is kept as bytes, so it may depend on nothing that was not asked.
        self.ask_all_variables()?;
        if self.introspected.is_none() {
            let answers = introspect(
                self.exposure,
                &self.operation.document,
                &self.operation.definition,
                self.inquiry.variables_for_introspection(),
            );
            self.introspected = Some(answers.map_err(|error| match error {
                IntrospectionError::TooDeep(error) => RequestError {
                    locations: error.locations.clone(),
                    ..RequestError::new(Code::LimitExceeded, error.message.clone())
                },
                IntrospectionError::Failed(cause) => RequestError::internal(cause),
            })?);
        }
        let answer = self.introspected.as_ref().and_then(|answers| answers.get(selected.key));
        let json =
            answer.ok_or_else(|| RequestError::internal("an introspection field has no answer"))?.clone();
        Ok(RootValue::Json(json))
    }
}
