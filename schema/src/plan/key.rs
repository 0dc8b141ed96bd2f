//! Conditions on keys: `post(id:)`, `postBy(key:)`, and the tests of a key that has several columns.

use super::arguments::{ArgumentSource, Form, has_variables};
use super::input::{Given, Input};
use super::node_id::{Width, comparable, key_values};
use super::{Planner, operators};
use crate::error::RequestError;
use crate::expose::{KeyShape, Leaf, Scalar};
use apollo_compiler::ast::Value as Literal;
use nuages_models::expr::{Expr, Slot};
use nuages_models::registry::{FieldId, ModelId};

impl Planner<'_> {
    /// The rows (at most one) with a key that is given as an `ID`.
    pub(super) fn key_filter(&mut self, model: ModelId, id: &Input) -> Result<Expr, RequestError> {
        let Given::Value(()) = self.presence(id)? else { return Err(self.missing(id)) };
        let slots = self.key_slots(model, id)?;
        let model = self.registry.model(model);
        Ok(all(model
            .primary_key
            .iter()
            .zip(slots)
            .map(|(field, slot)| exact(&model.field(*field).name, slot))))
    }

    /// The rows whose key of several columns comes before or after one that is given as an `ID`, column by column.
    /// `operator` is `lt`, `lte`, `gt` or `gte`.
    pub(super) fn key_compared(
        &mut self,
        model: ModelId,
        operator: &str,
        id: &Input,
    ) -> Result<Expr, RequestError> {
        let Given::Value(()) = self.presence(id)? else { return Err(self.missing(id)) };
        let slots = self.key_slots(model, id)?;
        let model = self.registry.model(model);
        let (strict, last) = match operator {
            "lt" => ("lt", "lt"),
            "lte" => ("lt", "lte"),
            "gt" => ("gt", "gt"),
            _ => ("gt", "gte"),
        };
        let parts: Vec<_> = model.primary_key.iter().map(|id| &model.field(*id).name).zip(slots).collect();
        let alternatives = (0..parts.len()).map(|end| {
            let lookup = if end + 1 == parts.len() { last } else { strict };
            let equal = parts[..end].iter().map(|(field, slot)| test(field, "exact", slot.clone()));
            let (field, slot) = &parts[end];
            all(equal.chain([test(field, lookup, slot.clone())]))
        });
        Ok(Expr::Or(alternatives.collect()))
    }

    /// A slot for each column of a key that is given as an `ID`.
    fn key_slots(&mut self, model: ModelId, id: &Input) -> Result<Vec<Slot>, RequestError> {
        let definition = self.registry.model(model);
        if let [only] = definition.primary_key.as_slice() {
            let logical = comparable(&definition.field(*only).logical);
            return Ok(vec![self.value_slot(id, &logical, Form::Id)?]);
        }
        if let Input::Literal(literal) = id
            && !has_variables(literal)
        {
            let text = match literal.as_ref() {
                Literal::String(text) => text.as_str(),
                Literal::Int(number) => number.as_str(),
                _ => return Err(self.wrong(id, "an ID is needed here")),
            };
            let values = key_values(self.registry, model, text, Width::Comparison)
                .map_err(|problem| self.wrong(id, problem))?;
            return Ok(values.into_iter().map(Slot::Constant).collect());
        }
        (0..definition.primary_key.len())
            .map(|part| {
                let source = ArgumentSource::KeyPart { input: id.clone(), model, part };
                Ok(Slot::Argument(self.argument_slot(source)?))
            })
            .collect()
    }

    /// The rows (at most one) with a key that is given as the `@oneOf` input of the model.
    pub(super) fn key_input_filter(&mut self, model: ModelId, key: &Input) -> Result<Expr, RequestError> {
        let exposed = self.exposed(model)?;
        let Given::Value(members) = self.members(key)? else { return Err(self.missing(key)) };
        let [(name, value)] = members.as_slice() else {
            return Err(self.wrong(key, "exactly one of the keys is needed"));
        };
        let Some(member) = exposed.keys.get(name) else {
            return Err(RequestError::internal(format_args!("{} has no key {name}", exposed.type_name)));
        };
        match &member.shape {
            KeyShape::Id => self.key_filter(model, value),
            KeyShape::Column => Ok(all(member
                .fields
                .iter()
                .map(|field| self.column_equals(model, *field, value))
                .collect::<Result<Vec<_>, _>>()?)),
            KeyShape::Columns(_) => {
                let Given::Value(parts) = self.members(value)? else { return Err(self.missing(value)) };
                let mut conditions = Vec::with_capacity(member.fields.len());
                for field in &member.fields {
                    let column = exposed.column(*field).map(|column| column.name.as_str());
                    let part = parts.iter().find(|(name, _)| Some(name.as_str()) == column);
                    let Some((_, part)) = part else { return Err(self.missing(value)) };
                    conditions.push(self.column_equals(model, *field, part)?);
                }
                Ok(all(conditions))
            }
        }
    }

    fn column_equals(&mut self, model: ModelId, id: FieldId, input: &Input) -> Result<Expr, RequestError> {
        let Given::Value(()) = self.presence(input)? else { return Err(self.missing(input)) };
        let column = self.exposed(model)?.column(id);
        let field = self.registry.model(model).field(id);
        let tested = operators::Tested::column(self.exposure, field, column.map(|column| &column.leaf));
        let slot = self.operand(&tested, input)?;
        Ok(exact(&field.name, slot))
    }

    /// The rows whose key of several columns is one of a list's.
    pub(super) fn key_among(&mut self, model: ModelId, list: &Input) -> Result<Expr, RequestError> {
        let Given::Value(ids) = self.elements(list)? else { return Err(self.missing(list)) };
        Ok(Expr::Or(ids.iter().map(|id| self.key_filter(model, id)).collect::<Result<_, _>>()?))
    }
}

/// Whether a column is given as an `ID`.
pub(super) fn form_of(leaf: Option<&Leaf>) -> Form {
    match leaf {
        Some(Leaf::Scalar(Scalar::Id)) => Form::Id,
        _ => Form::Plain,
    }
}

/// All of the conditions; a single one stands for itself.
pub(super) fn all(conditions: impl IntoIterator<Item = Expr>) -> Expr {
    let mut conditions: Vec<Expr> = conditions.into_iter().collect();
    match conditions.len() {
        1 => conditions.swap_remove(0),
        _ => Expr::And(conditions),
    }
}

fn exact(field: &str, slot: Slot) -> Expr {
    test(field, "exact", slot)
}

fn test(field: &str, lookup: &'static str, slot: Slot) -> Expr {
    Expr::lookup(Expr::name(field), lookup, vec![Expr::Slot(slot)])
}
