//! Orderings: `orderBy` inputs, the defaults of models and managers, and the types of an ordering's keys.

use super::Planner;
use super::aggregate::{Of, order_key};
use super::input::{Given, Input};
use crate::error::RequestError;
use crate::expose::{Direction, OrderMember};
use nuages_models::bind::expression_type;
use nuages_models::expr::Expr;
use nuages_models::query::{Nulls, OrderBy, QuerySet};
use nuages_models::registry::{LogicalType, ModelId, OrderKey};

impl Planner<'_> {
    /// The keys of an `orderBy` argument; `None` when it is absent or empty.
    pub(super) fn order_by(
        &mut self,
        model: ModelId,
        input: &Input,
    ) -> Result<Option<Vec<OrderBy>>, RequestError> {
        let Some(elements) = self.elements(input)?.or_nothing() else { return Ok(None) };
        let mut keys = Vec::with_capacity(elements.len());
        for element in &elements {
            self.order_key(model, element, &[], &mut keys)?;
        }
        Ok((!keys.is_empty()).then_some(keys))
    }

    fn order_key(
        &mut self,
        model: ModelId,
        input: &Input,
        above: &[String],
        keys: &mut Vec<OrderBy>,
    ) -> Result<(), RequestError> {
        let Given::Value(members) = self.members(input)? else { return Err(self.missing(input)) };
        let [(name, value)] = members.as_slice() else {
            return Err(
                self.wrong(input, "exactly one key is needed; further keys are further elements of the list")
            );
        };
        let exposed = self.exposed(model)?;
        let Some(member) = exposed.order.get(name).copied() else {
            return Err(RequestError::internal(format_args!(
                "the order of {} has no member {name}",
                exposed.type_name
            )));
        };
        let definition = self.registry.model(model);
        let below = |name: &str| {
            let mut path = above.to_vec();
            path.push(name.to_owned());
            path
        };
        match member {
            OrderMember::Column(id) => {
                let direction = self.direction(value)?;
                keys.push(key(below(&definition.field(id).name), direction));
            }
            OrderMember::Key => {
                let direction = self.direction(value)?;
                keys.extend(
                    definition
                        .primary_key
                        .iter()
                        .map(|id| key(below(&definition.field(*id).name), direction)),
                );
            }
            OrderMember::Expression => {
                let Given::Value(members) = self.members(value)? else { return Err(self.missing(value)) };
                let find =
                    |wanted: &str| members.iter().find(|(name, _)| name == wanted).map(|(_, input)| input);
                let (Some(expr), Some(direction)) = (find("expr"), find("direction")) else {
                    return Err(self.missing(value));
                };
                let (by, direction) = (self.client_expression(model, expr)?, self.direction(direction)?);
                keys.push(order_key(by.under(above), direction));
            }
            OrderMember::Annotation(position) => {
                let Some(annotation) = exposed.annotations.get(position) else {
                    return Err(RequestError::internal("a computed field is missing"));
                };
                if annotation.arguments.is_empty() {
                    let direction = self.direction(value)?;
                    keys.push(key(below(&annotation.name), direction));
                    return Ok(());
                }
                let Given::Value(members) = self.members(value)? else { return Err(self.missing(value)) };
                let Some((_, direction)) = members.iter().find(|(name, _)| name == "direction") else {
                    return Err(self.missing(value));
                };
                let direction = self.direction(direction)?;
                keys.push(order_key(self.annotation_in(annotation, above, &members)?, direction));
            }
            OrderMember::ToMany(id) => {
                let relation = definition.relation(id);
                let path = below(&relation.name);
                self.aggregate_order(Of { model: relation.target, path: &path }, value, keys)?;
            }
            OrderMember::ToOne(id) => {
                let relation = definition.relation(id);
                let path = below(&relation.name);
                self.nested(|planner| planner.order_key(relation.target, value, &path, keys))?;
            }
        }
        Ok(())
    }

    pub(super) fn direction(&mut self, input: &Input) -> Result<Direction, RequestError> {
        let name = self.required_text(input)?;
        Direction::named(&name).ok_or_else(|| self.wrong(input, "this is not a direction"))
    }

    /// The type of the values of a key.
    pub(super) fn key_type(&self, query: &QuerySet, key: &Expr) -> Result<LogicalType, RequestError> {
        let typed = expression_type(self.registry, query.model, &query.annotations, key);
        typed.map(|(logical, _)| logical).map_err(RequestError::internal)
    }
}

/// The keys of a default ordering.
pub(super) fn default_order(keys: &[OrderKey]) -> Vec<OrderBy> {
    keys.iter().map(|key| OrderBy::new(key.path.clone(), key.descending)).collect()
}

fn key(path: Vec<String>, direction: Direction) -> OrderBy {
    let nulls = if direction.nulls_first { Nulls::First } else { Nulls::Last };
    OrderBy { key: Expr::Path(path), descending: direction.descending, nulls }
}
