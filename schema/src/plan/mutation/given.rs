//! What a request gives, read where it stands: in a literal of the document, with variables in it, or in a variable.
//!
//! Planning reads variables through its inquiry, which remembers what it asked. What is written shapes no plan, so it is
//! read without.

use super::super::arguments::{Form, value_of_json, value_of_literal};
use super::super::input::Input;
use super::super::key::form_of;
use crate::expose::{Exposure, Leaf};
use apollo_compiler::Node;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::response::JsonMap;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use nuages_models::registry::LogicalType;
use nuages_models::value::{Value, from_json};

/// Something in a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'d> {
    /// Nothing: the variable in its place was omitted.
    Absent,
    /// An explicit null.
    Null,
    /// A literal that is neither null nor a variable.
    Literal(&'d Node<Literal>),
    /// A value of the variables that is not null.
    Json(&'d Json),
}

impl<'d> Given<'d> {
    /// What stands at an input.
    pub(super) fn at(input: &'d Input, variables: &'d JsonMap) -> Self {
        match input {
            Input::Literal(literal) => Self::of_literal(literal, variables),
            Input::Variable(path) => path.find(variables).map_or(Self::Absent, Self::of_json),
        }
    }

    fn of_literal(literal: &'d Node<Literal>, variables: &'d JsonMap) -> Self {
        match literal.as_ref() {
            Literal::Null => Self::Null,
            Literal::Variable(name) => variables.get(name.as_str()).map_or(Self::Absent, Self::of_json),
            _ => Self::Literal(literal),
        }
    }

    fn of_json(json: &'d Json) -> Self {
        if json.is_null() { Self::Null } else { Self::Json(json) }
    }

    /// Whether it is a value.
    pub(super) fn is_value(self) -> bool {
        matches!(self, Self::Literal(_) | Self::Json(_))
    }

    /// Itself, unless it is absent or null: for what clients send null for when they do not set it.
    pub(super) fn or_nothing(self) -> Option<Self> {
        self.is_value().then_some(self)
    }

    /// The members of an input object that are given, in their order. Null is given. Validation and coercion have seen
    /// to it that it is an object.
    pub(super) fn members(self, variables: &'d JsonMap) -> Vec<(&'d str, Self)> {
        match self {
            Self::Literal(literal) => match literal.as_ref() {
                Literal::Object(members) => members
                    .iter()
                    .map(|(name, member)| (name.as_str(), Self::of_literal(member, variables)))
                    .filter(|(_, member)| !matches!(member, Self::Absent))
                    .collect(),
                _ => Vec::new(),
            },
            Self::Json(Json::Object(members)) => {
                members.iter().map(|(name, member)| (name.as_str(), Self::of_json(member))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The elements of a list; a single value stands for a list of one, as the specification says.
    pub(super) fn elements(self, variables: &'d JsonMap) -> Vec<Self> {
        match self {
            Self::Absent | Self::Null => Vec::new(),
            Self::Literal(literal) => match literal.as_ref() {
                Literal::List(elements) => {
                    elements.iter().map(|element| Self::of_literal(element, variables)).collect()
                }
                _ => vec![self],
            },
            Self::Json(Json::Array(elements)) => elements.iter().map(Self::of_json).collect(),
            Self::Json(_) => vec![self],
        }
    }

    /// A text, the name of an enum's value, or the digits of an integer.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Literal(literal) => match literal.as_ref() {
                Literal::String(text) => Some(text.clone()),
                Literal::Enum(name) => Some(name.to_string()),
                Literal::Int(number) => Some(number.as_str().to_owned()),
                _ => None,
            },
            Self::Json(Json::String(text)) => Some(text.as_str().to_owned()),
            Self::Json(Json::Number(number)) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A truth value.
    pub(super) fn boolean(self) -> Option<bool> {
        match self {
            Self::Literal(literal) => literal.to_bool(),
            Self::Json(json) => json.as_bool(),
            _ => None,
        }
    }

    /// The value of a column; NULL when it is null.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn value(
        self,
        exposure: &Exposure,
        leaf: &Leaf,
        logical: &LogicalType,
        variables: &JsonMap,
    ) -> Result<Value, String> {
        if let (true, Leaf::Enum(name)) = (self.is_value(), leaf) {
            let choice = self.text().and_then(|text| exposure.choices(name)?.values.get(&text));
            let stored = choice.ok_or_else(|| format!("this is not a value of `{name}`"))?;
            return from_json(logical, stored).map_err(|problem| problem.to_string());
        }
        let form: Form = form_of(Some(leaf));
        match self {
            Self::Absent | Self::Null => Ok(Value::Null),
            Self::Literal(literal) => value_of_literal(literal, logical, form, Some(variables))
                .map_err(|problem| problem.to_string()),
            Self::Json(json) => value_of_json(json, logical, form).map_err(|problem| problem.to_string()),
        }
    }
}
