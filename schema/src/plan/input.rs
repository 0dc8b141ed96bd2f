//! Inputs of the operation: literals of the document, in which variables may stand, and places in the variables.
//! Both are read through the same few questions, so a filter plans alike whether it was written or passed.

use super::Planner;
use crate::error::RequestError;
use crate::operation::variables::{Answer, Question, VariablePath};
use apollo_compiler::Node;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::Field;

/// Something that a client gave, not yet read.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Written in the document; variables may stand inside of it.
    Literal(Node<Literal>),
    /// A place in the variables.
    Variable(VariablePath),
}

/// What stands at an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given<T> {
    /// Nothing: the variable was omitted.
    Absent,
    /// An explicit null.
    Null,
    /// This.
    Value(T),
}

impl<T> Given<T> {
    /// The value; null is as good as nothing. For arguments, where clients send null for what they do not set.
    pub(super) fn or_nothing(self) -> Option<T> {
        match self {
            Self::Absent | Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

/// A leaf whose value shapes the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leaf {
    /// A text, or the name of an enum's value.
    Text(String),
    /// A boolean.
    Boolean(bool),
}

impl Input {
    /// An input from a literal or a variable that stands in its place.
    pub fn of(literal: &Node<Literal>) -> Self {
        match literal.as_ref() {
            Literal::Variable(name) => Self::Variable(VariablePath::variable(name)),
            _ => Self::Literal(literal.clone()),
        }
    }

    /// What to call it in messages.
    pub fn describe(&self) -> String {
        match self {
            Self::Literal(literal) => {
                // Long literals are pointed at by the error's location.
                let text = literal.serialize().no_indent().to_string();
                if text.len() <= 40 { format!("the value {text}") } else { "the value".to_owned() }
            }
            Self::Variable(path) => format!("the variable {path}"),
        }
    }
}

impl Planner<'_> {
    /// An argument of a field, or its default. `None` when there is neither.
    pub(super) fn argument(&self, field: &Field, name: &str) -> Option<Input> {
        let given = field.arguments.iter().find(|argument| argument.name == name);
        let default = || {
            field.definition.arguments.iter().find(|argument| argument.name == name)?.default_value.as_ref()
        };
        match given {
            Some(argument) => Some(Input::of(&argument.value)),
            None => default().map(Input::of),
        }
    }

    /// Whether anything is there, without looking at it.
    pub(super) fn presence(&mut self, input: &Input) -> Result<Given<()>, RequestError> {
        match input {
            Input::Literal(literal) if literal.is_null() => Ok(Given::Null),
            Input::Literal(_) => Ok(Given::Value(())),
            Input::Variable(path) => Ok(match self.inquiry.ask(Question::Presence(path.clone()))? {
                Answer::Absent => Given::Absent,
                Answer::Null => Given::Null,
                _ => Given::Value(()),
            }),
        }
    }

    /// The members of an input object in the order in which they were given. A member whose value is an omitted
    /// variable is among them.
    pub(super) fn members(&mut self, input: &Input) -> Result<Given<Vec<(String, Input)>>, RequestError> {
        match input {
            Input::Literal(literal) => match literal.as_ref() {
                Literal::Null => Ok(Given::Null),
                Literal::Object(members) => Ok(Given::Value(
                    members.iter().map(|(name, value)| (name.to_string(), Input::of(value))).collect(),
                )),
                _ => Err(self.mismatch(input, "an input object")),
            },
            Input::Variable(path) => match self.inquiry.ask(Question::Keys(path.clone()))? {
                Answer::Absent => Ok(Given::Absent),
                Answer::Null => Ok(Given::Null),
                Answer::Keys(keys) => Ok(Given::Value(
                    keys.into_iter()
                        .map(|key| (key.as_str().to_owned(), Input::Variable(path.key(key))))
                        .collect(),
                )),
                _ => Err(self.mismatch(input, "an input object")),
            },
        }
    }

    /// The elements of a list whose length shapes the plan. A single value stands for a list of one, as the
    /// specification says of list input coercion.
    pub(super) fn elements(&mut self, input: &Input) -> Result<Given<Vec<Input>>, RequestError> {
        match input {
            Input::Literal(literal) => Ok(match literal.as_ref() {
                Literal::Null => Given::Null,
                Literal::List(elements) => Given::Value(elements.iter().map(Input::of).collect()),
                _ => Given::Value(vec![input.clone()]),
            }),
            Input::Variable(path) => match self.inquiry.ask(Question::Length(path.clone()))? {
                Answer::Absent => Ok(Given::Absent),
                Answer::Null => Ok(Given::Null),
                Answer::Length(length) => {
                    Ok(Given::Value((0..length).map(|index| Input::Variable(path.index(index))).collect()))
                }
                _ => Err(self.mismatch(input, "a list")),
            },
        }
    }

    /// A leaf whose value shapes the plan.
    pub(super) fn leaf(&mut self, input: &Input) -> Result<Given<Leaf>, RequestError> {
        match input {
            Input::Literal(literal) => Ok(match literal.as_ref() {
                Literal::Null => Given::Null,
                Literal::Boolean(value) => Given::Value(Leaf::Boolean(*value)),
                Literal::String(text) => Given::Value(Leaf::Text(text.clone())),
                Literal::Enum(name) => Given::Value(Leaf::Text(name.to_string())),
                Literal::Int(number) => Given::Value(Leaf::Text(number.as_str().to_owned())),
                _ => return Err(self.mismatch(input, "a single value")),
            }),
            Input::Variable(path) => match self.inquiry.ask(Question::Text(path.clone()))? {
                Answer::Absent => Ok(Given::Absent),
                Answer::Null => Ok(Given::Null),
                Answer::Text(text) => Ok(Given::Value(Leaf::Text(text.as_str().to_owned()))),
                Answer::Boolean(value) => Ok(Given::Value(Leaf::Boolean(value))),
                _ => Err(self.mismatch(input, "a single value")),
            },
        }
    }

    /// A text that shapes the plan and must be there.
    pub(super) fn required_text(&mut self, input: &Input) -> Result<String, RequestError> {
        match self.leaf(input)? {
            Given::Value(Leaf::Text(text)) => Ok(text),
            Given::Value(Leaf::Boolean(_)) => Err(self.mismatch(input, "a text")),
            Given::Absent | Given::Null => Err(self.missing(input)),
        }
    }

    /// A boolean that shapes the plan and must be there.
    pub(super) fn required_boolean(&mut self, input: &Input) -> Result<bool, RequestError> {
        match self.leaf(input)? {
            Given::Value(Leaf::Boolean(value)) => Ok(value),
            Given::Value(Leaf::Text(_)) => Err(self.mismatch(input, "true or false")),
            Given::Absent | Given::Null => Err(self.missing(input)),
        }
    }

    /// The error of an input, at its place in the document.
    pub(super) fn wrong(&self, input: &Input, problem: impl std::fmt::Display) -> RequestError {
        let (described, problem) = (input.describe(), problem.to_string());
        // Many problems begin with the value themselves.
        let message = match described.strip_prefix("the value ") {
            Some(value) if problem.starts_with(value) => format!("the value {problem}"),
            _ => format!("{described}: {problem}"),
        };
        let error = RequestError::bad_input(message);
        match input {
            Input::Literal(literal) => error.located(literal.location(), self.sources()),
            Input::Variable(_) => error,
        }
    }

    /// Something that must be there is null or missing.
    pub(super) fn missing(&self, input: &Input) -> RequestError {
        self.wrong(input, "a value that is not null is needed here")
    }

    // Validation and coercion have checked types already; these messages are for what they let through.
    fn mismatch(&self, input: &Input, expected: &str) -> RequestError {
        self.wrong(input, format_args!("{expected} is needed here"))
    }
}
