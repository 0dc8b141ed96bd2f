//! Filter inputs of models: members to conditions, in the order in which they were given.

use super::Planner;
use super::aggregate::Of;
use super::input::{Given, Input};
use super::key::all;
use super::operators::Tested;
use crate::error::RequestError;
use crate::expose::{ExposedAnnotation, ExposedModel, FilterKind, FilterMember};
use nuages_models::expr::{Expr, Quantifier};
use nuages_models::registry::{ModelId, Relation, RelationId};

impl Planner<'_> {
    /// The condition of a `where` argument; `None` keeps every row.
    pub(super) fn where_filter(
        &mut self,
        model: ModelId,
        input: &Input,
    ) -> Result<Option<Expr>, RequestError> {
        let Some(members) = self.members(input)?.or_nothing() else { return Ok(None) };
        let conditions = self.filter_members(model, members)?;
        Ok(if conditions.is_empty() { None } else { Some(all(conditions)) })
    }

    /// The condition of a nested filter; `None` when the variable in its place was omitted.
    fn filter(&mut self, model: ModelId, input: &Input) -> Result<Option<Expr>, RequestError> {
        match self.members(input)? {
            Given::Absent => Ok(None),
            Given::Null => Err(self.null_filter(input)),
            Given::Value(members) => Ok(Some(all(self.filter_members(model, members)?))),
        }
    }

    fn filter_members(
        &mut self,
        model: ModelId,
        members: Vec<(String, Input)>,
    ) -> Result<Vec<Expr>, RequestError> {
        self.nested(|planner| {
            let exposed = planner.exposed(model)?;
            let mut conditions = Vec::with_capacity(members.len());
            for (name, input) in &members {
                let Some(member) = exposed.filter.get(name).copied() else {
                    return Err(RequestError::internal(format_args!(
                        "the filter of {} has no member {name}",
                        exposed.type_name
                    )));
                };
                planner.filter_member(model, exposed, member, input, &mut conditions)?;
            }
            Ok(conditions)
        })
    }

    fn filter_member(
        &mut self,
        model: ModelId,
        exposed: &ExposedModel,
        member: FilterMember,
        input: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        self.count_condition()?;
        let definition = self.registry.model(model);
        match member {
            FilterMember::And => {
                if let Some(parts) = self.filters(model, input)? {
                    conditions.push(Expr::And(parts));
                }
            }
            FilterMember::Or => {
                if let Some(parts) = self.filters(model, input)? {
                    conditions.push(Expr::Or(parts));
                }
            }
            FilterMember::Not => {
                if let Some(part) = self.filter(model, input)? {
                    conditions.push(Expr::Not(Box::new(part)));
                }
            }
            FilterMember::Key => match definition.primary_key.as_slice() {
                [only] => {
                    let tested = Tested::key(definition.field(*only));
                    self.tests(FilterKind::Id, &tested, input, conditions)?;
                }
                _ => self.key_tests(model, input, conditions)?,
            },
            FilterMember::Column(id, kind) => {
                let leaf = exposed.column(id).map(|column| &column.leaf);
                let tested = Tested::column(self.exposure, definition.field(id), leaf);
                self.tests(kind, &tested, input, conditions)?;
            }
            FilterMember::ToOne(id) => {
                let relation = definition.relation(id);
                if let Some(filter) = self.filter(relation.target, input)? {
                    conditions.push(Expr::Related {
                        path: vec![relation.name.clone()],
                        quantifier: Quantifier::One,
                        filter: Box::new(filter),
                    });
                }
            }
            FilterMember::Expression => {
                match self.presence(input)? {
                    Given::Absent => return Ok(()),
                    Given::Null => return Err(self.null_filter(input)),
                    Given::Value(()) => {}
                }
                conditions.push(self.client_condition(model, input)?);
            }
            FilterMember::Annotation(position, kind) => {
                let Some(annotation) = exposed.annotations.get(position) else {
                    return Err(RequestError::internal("a computed field is missing"));
                };
                self.annotation_tests(annotation, kind, input, conditions)?;
            }
            FilterMember::ToMany(id) => self.quantified(model, id, input, conditions)?,
        }
        Ok(())
    }

    /// The conditions of an `and` or `or` list; `None` when the variable in its place was omitted.
    fn filters(&mut self, model: ModelId, input: &Input) -> Result<Option<Vec<Expr>>, RequestError> {
        let elements = match self.elements(input)? {
            Given::Absent => return Ok(None),
            Given::Null => return Err(self.null_filter(input)),
            Given::Value(elements) => elements,
        };
        let mut filters = Vec::with_capacity(elements.len());
        for element in &elements {
            match self.filter(model, element)? {
                Some(filter) => filters.push(filter),
                None => return Err(self.missing(element)),
            }
        }
        Ok(Some(filters))
    }

    /// `some`, `every` and `none` of a to-many relation.
    fn quantified(
        &mut self,
        model: ModelId,
        id: RelationId,
        input: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        let relation = self.registry.model(model).relation(id);
        let members = match self.members(input)? {
            Given::Absent => return Ok(()),
            Given::Null => return Err(self.null_filter(input)),
            Given::Value(members) => members,
        };
        for (name, member) in &members {
            if name == "aggregate" {
                self.aggregate_tests(relation, member, conditions)?;
                continue;
            }
            let quantifier = match name.as_str() {
                "some" => Quantifier::Some,
                "every" => Quantifier::Every,
                "none" => Quantifier::None,
                _ => {
                    return Err(RequestError::internal(format_args!("there is no quantifier {name}")));
                }
            };
            if let Some(filter) = self.filter(relation.target, member)? {
                conditions.push(Expr::Related {
                    path: vec![relation.name.clone()],
                    quantifier,
                    filter: Box::new(filter),
                });
            }
        }
        Ok(())
    }

    /// Tests of a computed field.
    fn annotation_tests(
        &mut self,
        annotation: &ExposedAnnotation,
        kind: FilterKind,
        input: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        if annotation.arguments.is_empty() {
            let tested = Tested::of(Expr::name(annotation.name.clone()), &annotation.logical);
            return self.tests(kind, &tested, input, conditions);
        }
        let members = match self.members(input)? {
            Given::Absent => return Ok(()),
            Given::Null => return Err(self.null_filter(input)),
            Given::Value(members) => members,
        };
        let value = self.annotation_in(annotation, &[], &members)?;
        let Some((_, test)) = members.iter().find(|(name, _)| name == "is") else {
            return Err(self.missing(input));
        };
        self.tests(kind, &Tested::of(value, &annotation.logical), test, conditions)
    }

    /// A computed field whose arguments stand in the member `args`.
    pub(super) fn annotation_in(
        &mut self,
        annotation: &ExposedAnnotation,
        above: &[String],
        members: &[(String, Input)],
    ) -> Result<Expr, RequestError> {
        let given = match members.iter().find(|(name, _)| name == "args") {
            Some((_, arguments)) => self.members(arguments)?.or_nothing().unwrap_or_default(),
            None => Vec::new(),
        };
        let find = |_: &Self, name: &str| {
            given.iter().find(|(known, _)| known == name).map(|(_, input)| input.clone())
        };
        self.annotation_value(annotation, above, &find)
    }

    /// Tests of values made of related rows; all of them must hold.
    fn aggregate_tests(
        &mut self,
        relation: &Relation,
        input: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        let elements = match self.elements(input)? {
            Given::Absent => return Ok(()),
            Given::Null => return Err(self.null_filter(input)),
            Given::Value(elements) => elements,
        };
        let path = [relation.name.clone()];
        for element in &elements {
            match self.aggregate_filter(Of { model: relation.target, path: &path }, element)? {
                Some(condition) => conditions.push(condition),
                None => return Err(self.missing(element)),
            }
        }
        Ok(())
    }

    /// Tests of a key of several columns, given as one `ID`.
    fn key_tests(
        &mut self,
        model: ModelId,
        input: &Input,
        conditions: &mut Vec<Expr>,
    ) -> Result<(), RequestError> {
        let members = match self.members(input)? {
            Given::Absent => return Ok(()),
            Given::Null => return Err(self.null_filter(input)),
            Given::Value(members) => members,
        };
        for (name, operand) in &members {
            match self.presence(operand)? {
                Given::Absent => continue,
                Given::Null => return Err(self.null_operand(name, operand)),
                Given::Value(()) => {}
            }
            let condition = match name.as_str() {
                "eq" => self.key_filter(model, operand)?,
                "ne" => Expr::Not(Box::new(self.key_filter(model, operand)?)),
                "in" => self.key_among(model, operand)?,
                "notIn" => Expr::Not(Box::new(self.key_among(model, operand)?)),
                "lt" | "lte" | "gt" | "gte" => self.key_compared(model, name, operand)?,
                "range" => {
                    let Given::Value(bounds) = self.elements(operand)? else {
                        return Err(self.missing(operand));
                    };
                    let [from, to] = bounds.as_slice() else {
                        return Err(self.wrong(operand, "a range has two bounds, [from, to]"));
                    };
                    Expr::And(vec![
                        self.key_compared(model, "gte", from)?,
                        self.key_compared(model, "lte", to)?,
                    ])
                }
                // A key is never null.
                "isNull" if self.required_boolean(operand)? => Expr::Or(Vec::new()),
                "isNull" => Expr::And(Vec::new()),
                _ => {
                    return Err(RequestError::internal(format_args!("a key has no operator {name}")));
                }
            };
            conditions.push(condition);
        }
        Ok(())
    }

    pub(super) fn null_filter(&self, input: &Input) -> RequestError {
        self.wrong(input, "null is not a filter; leave the member out, or test for null with `isNull`")
            .with_hint("isNull: true")
    }

    pub(super) fn null_operand(&self, operator: &str, input: &Input) -> RequestError {
        self.wrong(
            input,
            format_args!("null cannot be compared by `{operator}`; test for null with `isNull`"),
        )
        .with_hint("isNull: true")
    }
}
