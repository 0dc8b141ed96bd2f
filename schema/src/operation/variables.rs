//! Questions about variables. Planning reads variables only by asking [`Question`]s; what it asked and was told is
//! the key of the plan, so two requests share a plan only when every question has the same answer for both.
//! Values that become parameters of a statement are never asked for.

use super::limits_seen::LimitsSeen;
use crate::error::RequestError;
use crate::expose::Exposure;
use crate::plan::node_id;
use apollo_compiler::response::JsonMap;
use apollo_compiler::response::serde_json_bytes::{ByteString, Value as Json};
use apollo_compiler::validation::Valid;
use indexmap::IndexMap;
use nuages_models::registry::ModelId;
use std::fmt;

/// A place in the variables: a variable's name, then keys of objects and positions of lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VariablePath(Vec<Step>);

/// A step of a [`VariablePath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Step {
    Key(ByteString),
    Index(usize),
}

impl VariablePath {
    /// A variable.
    pub fn variable(name: &str) -> Self {
        Self(vec![Step::Key(name.into())])
    }

    /// A member of the object at this place.
    pub fn key(&self, key: ByteString) -> Self {
        self.with(Step::Key(key))
    }

    /// An element of the list at this place.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// What stands there; `None` when the variable or a member on the way was not given.
    pub fn find<'v>(&self, variables: &'v JsonMap) -> Option<&'v Json> {
        let (first, rest) = self.0.split_first()?;
        let Step::Key(name) = first else { return None };
        rest.iter().try_fold(variables.get(name.as_str())?, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key.as_str()),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }
}

/// `$where.and[0].title`
impl fmt::Display for VariablePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => write!(f, "${}", key.as_str())?,
                Step::Key(key) => write!(f, ".{}", key.as_str())?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What planning may ask about the variables of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// Is anything there? The answer is never the value.
    Presence(VariablePath),
    /// Which members does the input object have, in which order?
    Keys(VariablePath),
    /// How long is the list?
    Length(VariablePath),
    /// Which boolean, enum value or text is it? For leaves that shape the statement.
    Text(VariablePath),
    /// Which number of rows is it? The first eight numbers of a place are told, later ones are not.
    Limit {
        /// Where it stands.
        path: VariablePath,
        /// The largest allowed.
        maximum: Option<u64>,
    },
    /// Which keys of the cursor are NULL?
    Cursor {
        /// Where it stands.
        path: VariablePath,
        /// The ordering that it must belong to.
        fingerprint: u64,
        /// How many keys the ordering has.
        keys: usize,
    },
    /// Rows of which models do the global ids speak of?
    NodeTypes(VariablePath),
    /// The whole value, as JSON text. For introspection, whose answers are cached as bytes.
    Whole(VariablePath),
}

/// What a request answers to a [`Question`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing was given.
    Absent,
    /// An explicit null.
    Null,
    /// Something else than null.
    Present,
    /// The members of an object.
    Keys(Vec<ByteString>),
    /// The length of a list.
    Length(usize),
    /// A text or the name of an enum's value.
    Text(ByteString),
    /// A boolean.
    Boolean(bool),
    /// A number of rows that becomes part of the statement.
    Number(u64),
    /// A number of rows that becomes a parameter.
    Bound,
    /// For each key of a cursor whether it is NULL.
    Nulls(Vec<bool>),
    /// Models in the order of their ids.
    Models(Vec<ModelId>),
}

impl Answer {
    /// How many bytes of a client's text it holds.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.as_str().len(),
            Self::Keys(keys) => keys.iter().map(|key| key.as_str().len()).sum(),
            _ => 0,
        }
    }
}

/// What was asked, in order, with the answers: the key of what was made of them.
pub type Trace = Vec<(Question, Answer)>;

/// What answering needs besides the variables. One per operation and request.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Names of types, for global ids.
    pub exposure: &'a Exposure,
    /// Signs cursors.
    pub cursor_key: &'a [u8],
    /// The limits that the operation has seen.
    pub limits: &'a LimitsSeen,
}

/// The answer of these variables to a question.
///
/// # Errors
/// `BAD_INPUT` when what is there cannot be what is asked for: a cursor of another ordering, a negative limit.
pub fn answer(
    question: &Question,
    variables: &JsonMap,
    surroundings: Surroundings<'_>,
) -> Result<Answer, RequestError> {
    let path = match question {
        Question::Presence(path)
        | Question::Keys(path)
        | Question::Length(path)
        | Question::Text(path)
        | Question::Limit { path, .. }
        | Question::Cursor { path, .. }
        | Question::NodeTypes(path)
        | Question::Whole(path) => path,
    };
    let value = match path.find(variables) {
        None => return Ok(Answer::Absent),
        Some(Json::Null) => return Ok(Answer::Null),
        Some(value) => value,
    };
    // Coercion has checked the types of variables, so the mismatches below are not reachable from a request.
    let mismatch = || RequestError::bad_input(format!("the variable {path} has a value of another type"));
    match question {
        Question::Presence(_) => Ok(Answer::Present),
        Question::Keys(_) => {
            let object = value.as_object().ok_or_else(mismatch)?;
            Ok(Answer::Keys(object.keys().cloned().collect()))
        }
        Question::Length(_) => Ok(Answer::Length(value.as_array().ok_or_else(mismatch)?.len())),
        Question::Text(_) => match value {
            Json::String(text) => Ok(Answer::Text(text.clone())),
            Json::Bool(value) => Ok(Answer::Boolean(*value)),
            Json::Number(number) => Ok(Answer::Text(number.to_string().into())),
            _ => Err(mismatch()),
        },
        Question::Limit { maximum, .. } => {
            let number = row_count(value, *maximum)
                .map_err(|problem| RequestError::bad_input(format!("the variable {path} {problem}")))?;
            Ok(if surroundings.limits.inlined(path, number) { Answer::Number(number) } else { Answer::Bound })
        }
        Question::Cursor { fingerprint, keys, .. } => {
            let text = value.as_str().ok_or_else(mismatch)?;
            let values = open_cursor(text, surroundings.cursor_key, *fingerprint, *keys)
                .map_err(|problem| RequestError::bad_input(format!("the variable {path}: {problem}")))?;
            Ok(Answer::Nulls(values.iter().map(serde_json::Value::is_null).collect()))
        }
        Question::NodeTypes(_) => Ok(Answer::Models(node_id::models(value, surroundings.exposure))),
        Question::Whole(_) => Ok(Answer::Text(serde_json::to_string(value).unwrap_or_default().into())),
    }
}

/// A number of rows that a client gave.
///
/// # Errors
/// What is wrong with it, as the predicate of a sentence.
pub fn row_count(value: &Json, maximum: Option<u64>) -> Result<u64, String> {
    let Some(number) = value.as_i64() else {
        return Err("must be an integer".to_owned());
    };
    let Ok(number) = u64::try_from(number) else {
        return Err(format!("must not be negative, and it is {number}"));
    };
    match maximum {
        Some(maximum) if number > maximum => {
            Err(format!("must be at most {maximum}, the largest page, and it is {number}"))
        }
        _ => Ok(number),
    }
}

/// The values of a cursor's keys.
///
/// # Errors
/// What is wrong with it.
pub fn open_cursor(
    text: &str,
    key: &[u8],
    fingerprint: u64,
    keys: usize,
) -> Result<Vec<serde_json::Value>, nuages_models::cursor::CursorError> {
    let values = nuages_models::cursor::open(text, key, fingerprint)?;
    if values.len() == keys { Ok(values) } else { Err(nuages_models::cursor::CursorError::Malformed) }
}

/// Asks and writes down what was asked: the key of the plan that comes of it.
#[derive(Debug)]
pub struct Inquiry<'a> {
    variables: &'a Valid<JsonMap>,
    surroundings: Surroundings<'a>,
    trace: IndexMap<Question, Answer>,
}

impl<'a> Inquiry<'a> {
    /// Nothing was asked yet.
    pub fn new(variables: &'a Valid<JsonMap>, surroundings: Surroundings<'a>) -> Self {
        Self { variables, surroundings, trace: IndexMap::new() }
    }

    /// The answer. A question that was asked before is not written down again.
    ///
    /// # Errors
    /// Those of [`answer`].
    pub fn ask(&mut self, question: Question) -> Result<Answer, RequestError> {
        if let Some(known) = self.trace.get(&question) {
            return Ok(known.clone());
        }
        let answer = answer(&question, self.variables, self.surroundings)?;
        self.trace.insert(question, answer.clone());
        Ok(answer)
    }

    /// Signs cursors.
    pub fn cursor_key(&self) -> &'a [u8] {
        self.surroundings.cursor_key
    }

    /// The variables, for introspection only: ask [`Question::Whole`] of each of them first.
    pub fn variables_for_introspection(&self) -> &'a Valid<JsonMap> {
        self.variables
    }

    /// What was asked, in order, with the answers.
    pub fn into_trace(self) -> Trace {
        self.trace.into_iter().collect()
    }
}
