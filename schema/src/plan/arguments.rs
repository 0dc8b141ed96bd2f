//! Arguments: the values of a request that become parameters of statements. Planning says where each comes from and
//! of what type it is; resolving reads them once per request.

use super::input::Input;
use super::node_id;
use crate::error::RequestError;
use crate::expose::Exposure;
use crate::operation::variables::{open_cursor, row_count};
use apollo_compiler::Node;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::parser::SourceMap;
use apollo_compiler::response::JsonMap;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use nuages_models::Registry;
use nuages_models::database::Dialect;
use nuages_models::pattern::PatternError;
use nuages_models::query::Bound;
use nuages_models::registry::{LogicalType, ModelId};
use nuages_models::run::{Arguments, NodeIds};
use nuages_models::value::{Value, ValueError, from_json, parse_text};
use nuages_models::write::Outcome;

/// How the values of a type are written by clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the form of their own scalar.
    Plain,
    /// As an `ID`: text, or an integer that stands for its digits.
    Id,
    /// As a text that is a regular expression.
    Pattern,
}

impl Form {
    /// That a value is in the form.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, value: &Value) -> Result<(), PatternError> {
        match (self, value) {
            // Both databases read the same grammar: which of them is meant makes no difference.
            (Self::Pattern, Value::Text(pattern)) => {
                nuages_models::pattern::translate(pattern, Dialect::Postgres).map(|_| ())
            }
            _ => Ok(()),
        }
    }
}

/// Where an argument comes from and what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum ArgumentSource {
    /// One value.
    One {
        /// Where it is.
        input: Input,
        /// Its type.
        logical: LogicalType,
        /// How it is written.
        form: Form,
    },
    /// A list of values, none of them null.
    List {
        /// Where it is.
        input: Input,
        /// The type of its elements.
        logical: LogicalType,
        /// How they are written.
        form: Form,
    },
    /// One column of a key of several columns that is given as one `ID`.
    KeyPart {
        /// Where the `ID` is.
        input: Input,
        /// Whose key it is.
        model: ModelId,
        /// Which of the key's columns.
        part: usize,
    },
    /// A number of rows.
    Rows {
        /// Where it is.
        input: Input,
        /// The largest allowed.
        maximum: Option<u64>,
    },
    /// The value of one key of an ordering, from a cursor.
    CursorKey {
        /// Where the cursor is.
        input: Input,
        /// The ordering.
        fingerprint: u64,
        /// How many keys it has.
        keys: usize,
        /// Which of them.
        part: usize,
        /// The key's type.
        logical: LogicalType,
    },
    /// The IANA name of a time zone.
    TimeZone {
        /// Where it is.
        input: Input,
    },
    /// How many rows a write changed: known once it is done.
    Affected,
    /// Whether a write made its row: known once it is done.
    Created,
}

/// Where the ids of rows that are read by them come from.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeSource {
    /// Those of a `node` or `nodes` field.
    Ids {
        /// Where they are: one id, or a list of them.
        input: Input,
        /// The models of the plan's arms.
        arms: Vec<ModelId>,
    },
    /// The keys of the rows that a write was of: known once it is done.
    Written {
        /// At most so many.
        limit: Option<Bound>,
        /// Skip so many.
        offset: Option<Bound>,
    },
}

/// What resolving needs besides the sources.
#[derive(Debug, Clone, Copy)]
pub struct Resolving<'a> {
    /// Coerced variables.
    pub variables: &'a JsonMap,
    /// The models.
    pub registry: &'a Registry,
    /// Names of types.
    pub exposure: &'a Exposure,
    /// Opens cursors.
    pub cursor_key: &'a [u8],
    /// For places of literals.
    pub sources: &'a SourceMap,
}

impl Resolving<'_> {
    /// The values of all arguments of one request.
    ///
    /// # Errors
    /// `BAD_INPUT` for a value that is not of its type, naming the variable.
    pub fn resolve(
        &self,
        arguments: &[ArgumentSource],
        nodes: &[NodeSource],
        time_zone: &str,
    ) -> Result<Arguments, RequestError> {
        // The keys of a cursor follow each other, so one is remembered.
        let mut cursor = None;
        let values =
            arguments.iter().map(|source| self.value(source, &mut cursor)).collect::<Result<_, _>>()?;
        let nodes = nodes.iter().map(|source| self.node_ids(source)).collect::<Result<_, _>>()?;
        Ok(Arguments { values, nodes, time_zone: time_zone.to_owned(), now: now(), ..Arguments::default() })
    }

    fn value<'s>(
        &self,
        source: &'s ArgumentSource,
        opened: &mut Option<(&'s Input, Vec<serde_json::Value>)>,
    ) -> Result<Value, RequestError> {
        match source {
            ArgumentSource::One { input, logical, form } => self.one(input, logical, *form),
            ArgumentSource::List { input, logical, form } => self.list(input, logical, *form),
            ArgumentSource::KeyPart { input, model, part } => {
                let text = self.text(input)?;
                let values = node_id::key_values(self.registry, *model, &text, node_id::Width::Comparison)
                    .map_err(|problem| self.wrong(input, problem))?;
                values.into_iter().nth(*part).ok_or_else(|| self.wrong(input, "the key has too few parts"))
            }
            ArgumentSource::Rows { input, maximum } => {
                let number = row_count(&self.json(input)?, *maximum)
                    .map_err(|problem| self.wrong(input, format_args!("it {problem}")))?;
                Ok(Value::Int(i64::try_from(number).unwrap_or(i64::MAX)))
            }
            ArgumentSource::CursorKey { input, fingerprint, keys, part, logical } => {
                if opened.as_ref().is_none_or(|(known, _)| *known != input) {
                    let text = self.text(input)?;
                    let values = open_cursor(&text, self.cursor_key, *fingerprint, *keys)
                        .map_err(|problem| self.wrong(input, problem))?;
                    *opened = Some((input, values));
                }
                let value = opened.as_ref().and_then(|(_, values)| values.get(*part));
                let value = value.ok_or_else(|| self.wrong(input, "this is not a cursor of this server"))?;
                // Other programs' columns may hold more than was declared.
                from_json(logical, value)
                    .or_else(|_| from_json(&node_id::comparable(logical), value))
                    .map_err(|_| self.wrong(input, "this is not a cursor of this server"))
            }
            ArgumentSource::TimeZone { input } => {
                let name = self.text(input)?;
                check_time_zone(&name).map_err(|problem| self.wrong(input, problem))?;
                Ok(Value::Text(name))
            }
            // See [`written`].
            ArgumentSource::Affected | ArgumentSource::Created => Ok(Value::Null),
        }
    }

    fn one(&self, input: &Input, logical: &LogicalType, form: Form) -> Result<Value, RequestError> {
        let value = match input {
            Input::Literal(literal) => value_of_literal(literal, logical, form, Some(self.variables)),
            Input::Variable(path) => match path.find(self.variables) {
                Some(json) => value_of_json(json, logical, form).map_err(LiteralError::Value),
                None => return Err(self.wrong(input, "a value is needed here")),
            },
        };
        match value {
            Ok(Value::Null) => Err(self.wrong(input, "null is not a value here; use `isNull`")),
            Ok(value) => match form.check(&value) {
                Ok(()) => Ok(value),
                Err(problem) => Err(self.wrong(input, problem)),
            },
            Err(problem) => Err(self.wrong(input, problem)),
        }
    }

    fn list(&self, input: &Input, logical: &LogicalType, form: Form) -> Result<Value, RequestError> {
        let elements = match input {
            Input::Literal(literal) => match literal.as_ref() {
                Literal::List(elements) => {
                    elements.iter().map(|element| self.one(&Input::of(element), logical, form)).collect()
                }
                _ => self.one(input, logical, form).map(|value| vec![value]),
            },
            Input::Variable(path) => {
                let Some(Json::Array(elements)) = path.find(self.variables) else {
                    return Err(self.wrong(input, "a list is needed here"));
                };
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, json)| {
                        let problem = match value_of_json(json, logical, form) {
                            Ok(Value::Null) => "null is not a value here; use `isNull`".to_owned(),
                            Ok(value) => return Ok(value),
                            Err(error) => error.to_string(),
                        };
                        Err(self.wrong(&Input::Variable(path.index(index)), problem))
                    })
                    .collect()
            }
        };
        elements.map(Value::Array)
    }

    fn node_ids(&self, source: &NodeSource) -> Result<NodeIds, RequestError> {
        let NodeSource::Ids { input, arms } = source else {
            // See [`written`].
            return Ok(Vec::new());
        };
        let json = self.json(input)?;
        let ids = match &json {
            Json::Array(ids) => ids.as_slice(),
            one => std::slice::from_ref(one),
        };
        Ok(ids
            .iter()
            .map(|id| {
                let (model, key) = node_id::open(id, self.exposure)?;
                let arm = arms.iter().position(|arm| *arm == model)?;
                // A key that cannot be one names no row.
                let values = node_id::key_values(self.registry, model, &key, node_id::Width::Column).ok()?;
                Some((arm, values))
            })
            .collect())
    }

    /// A text, or the digits of an integer.
    fn text(&self, input: &Input) -> Result<String, RequestError> {
        match self.json(input)? {
            Json::String(text) => Ok(text.as_str().to_owned()),
            Json::Number(number) => Ok(number.to_string()),
            _ => Err(self.wrong(input, "a text is needed here")),
        }
    }

    fn json(&self, input: &Input) -> Result<Json, RequestError> {
        match input {
            Input::Literal(literal) => {
                json_of_literal(literal, Some(self.variables)).map_err(|problem| self.wrong(input, problem))
            }
            Input::Variable(path) => Ok(path.find(self.variables).cloned().unwrap_or(Json::Null)),
        }
    }

    fn wrong(&self, input: &Input, problem: impl std::fmt::Display) -> RequestError {
        let error = RequestError::bad_input(format!("{}: {problem}", input.describe()));
        match input {
            Input::Literal(literal) => error.located(literal.location(), self.sources),
            Input::Variable(_) => error,
        }
    }
}

impl ArgumentSource {
    /// Where the value stands; `None` for what no client gives.
    pub fn input(&self) -> Option<&Input> {
        match self {
            Self::Affected | Self::Created => None,
            Self::One { input, .. }
            | Self::List { input, .. }
            | Self::KeyPart { input, .. }
            | Self::Rows { input, .. }
            | Self::CursorKey { input, .. }
            | Self::TimeZone { input } => Some(input),
        }
    }
}

/// Completes resolved arguments with what a write did.
pub fn written(
    arguments: &mut Arguments,
    sources: &[ArgumentSource],
    nodes: &[NodeSource],
    outcome: &Outcome,
) {
    for (value, source) in arguments.values.iter_mut().zip(sources) {
        match source {
            ArgumentSource::Affected => {
                *value = Value::Int(i64::try_from(outcome.affected).unwrap_or(i64::MAX));
            }
            ArgumentSource::Created => *value = Value::Boolean(outcome.created.contains(&true)),
            _ => {}
        }
    }
    let bound = |bound: &Option<Bound>, absent: usize| match bound {
        None => absent,
        Some(Bound::Inline(number)) => usize::try_from(*number).unwrap_or(usize::MAX),
        Some(Bound::Argument(index)) => match arguments.values.get(*index as usize) {
            Some(Value::Int(number)) => usize::try_from(*number).unwrap_or_default(),
            _ => absent,
        },
    };
    let keys = nodes.iter().map(|source| match source {
        NodeSource::Ids { .. } => None,
        NodeSource::Written { limit, offset } => {
            // Rows that were left out have no key.
            let rows = outcome.rows.iter().flatten();
            let page = rows.skip(bound(offset, 0)).take(bound(limit, usize::MAX));
            Some(page.map(|key| Some((0, key.clone()))).collect())
        }
    });
    let keys: Vec<Option<NodeIds>> = keys.collect();
    for (place, keys) in arguments.nodes.iter_mut().zip(keys) {
        if let Some(keys) = keys {
            *place = keys;
        }
    }
}

/// Why a literal cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum LiteralError {
    /// It is not a value of its type.
    #[error("{0}")]
    Value(#[from] ValueError),
    /// A variable stands in it, and variables are not known here. Never shown.
    #[error("the value depends on a variable")]
    Variable,
    /// The name of an enum's value stands where none can be.
    #[error("`{0}` is not a value here; texts are written in quotes")]
    Enum(String),
}

/// Whether a variable stands somewhere in a literal.
pub(super) fn has_variables(literal: &Literal) -> bool {
    match literal {
        Literal::Variable(_) => true,
        Literal::List(elements) => elements.iter().any(|element| has_variables(element)),
        Literal::Object(members) => members.iter().any(|(_, member)| has_variables(member)),
        _ => false,
    }
}

/// The value of a literal. Numbers keep all their digits.
///
/// # Errors
/// When it is not of the type, or holds a variable and there are no variables.
pub(super) fn value_of_literal(
    literal: &Node<Literal>,
    logical: &LogicalType,
    form: Form,
    variables: Option<&JsonMap>,
) -> Result<Value, LiteralError> {
    match (literal.as_ref(), form, logical) {
        (Literal::Variable(name), ..) => match variables.map(|variables| variables.get(name.as_str())) {
            None => Err(LiteralError::Variable),
            Some(json) => Ok(value_of_json(json.unwrap_or(&Json::Null), logical, form)?),
        },
        (Literal::Null, _, _) if *logical != LogicalType::Json => Ok(Value::Null),
        (Literal::String(text), Form::Id, _) => Ok(parse_text(logical, text)?),
        (Literal::Int(number), Form::Id, _) => Ok(parse_text(logical, number.as_str())?),
        (_, _, LogicalType::Json) => {
            let mut text = String::new();
            write_json(literal, variables, &mut text)?;
            Ok(parse_text(logical, &text)?)
        }
        (Literal::Int(number), Form::Plain, LogicalType::Decimal { .. } | LogicalType::Int64) => {
            Ok(parse_text(logical, number.as_str())?)
        }
        (Literal::Float(number), Form::Plain, LogicalType::Decimal { .. }) => {
            Ok(parse_text(logical, number.as_str())?)
        }
        _ => Ok(value_of_json(&json_of_literal(literal, variables)?, logical, form)?),
    }
}

pub(super) fn value_of_json(json: &Json, logical: &LogicalType, form: Form) -> Result<Value, ValueError> {
    match (form, json) {
        (Form::Id, Json::String(text)) => parse_text(logical, text.as_str()),
        (Form::Id, Json::Number(number)) => parse_text(logical, &number.to_string()),
        _ => from_json(logical, &plain(json)),
    }
}

/// The value in the form that `serde_json` has.
fn plain(json: &Json) -> serde_json::Value {
    match json {
        Json::Null => serde_json::Value::Null,
        Json::Bool(value) => serde_json::Value::Bool(*value),
        Json::Number(number) => serde_json::Value::Number(number.clone()),
        Json::String(text) => serde_json::Value::String(text.as_str().to_owned()),
        Json::Array(elements) => elements.iter().map(plain).collect(),
        Json::Object(members) => {
            members.iter().map(|(key, member)| (key.as_str().to_owned(), plain(member))).collect()
        }
    }
}

/// A literal as JSON, its variables replaced. An omitted variable is null in a list, and absent from an object.
fn json_of_literal(literal: &Node<Literal>, variables: Option<&JsonMap>) -> Result<Json, LiteralError> {
    let number = |text: &str| text.parse().map(Json::Number).unwrap_or(Json::Null);
    Ok(match literal.as_ref() {
        Literal::Null => Json::Null,
        Literal::Boolean(value) => Json::Bool(*value),
        Literal::String(text) => Json::String(text.as_str().into()),
        Literal::Enum(name) => return Err(LiteralError::Enum(name.to_string())),
        Literal::Int(text) => number(text.as_str()),
        Literal::Float(text) => number(text.as_str()),
        Literal::Variable(name) => {
            let variables = variables.ok_or(LiteralError::Variable)?;
            variables.get(name.as_str()).cloned().unwrap_or(Json::Null)
        }
        Literal::List(elements) => Json::Array(
            elements.iter().map(|element| json_of_literal(element, variables)).collect::<Result<_, _>>()?,
        ),
        Literal::Object(members) => {
            let given = members.iter().filter(|(_, member)| !is_omitted(member, variables));
            Json::Object(
                given
                    .map(|(name, member)| Ok((name.as_str().into(), json_of_literal(member, variables)?)))
                    .collect::<Result<_, LiteralError>>()?,
            )
        }
    })
}

fn is_omitted(literal: &Literal, variables: Option<&JsonMap>) -> bool {
    match (literal, variables) {
        (Literal::Variable(name), Some(variables)) => !variables.contains_key(name.as_str()),
        _ => false,
    }
}

/// A literal as JSON text: numbers as they are written, whatever their length.
fn write_json(
    literal: &Node<Literal>,
    variables: Option<&JsonMap>,
    out: &mut String,
) -> Result<(), LiteralError> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match literal.as_ref() {
        // GraphQL's grammar of numbers is JSON's.
        Literal::Int(number) => out.push_str(number.as_str()),
        Literal::Float(number) => out.push_str(number.as_str()),
        Literal::List(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_json(element, variables, out)?;
            }
            out.push(']');
        }
        Literal::Object(members) => {
            out.push('{');
            let given = members.iter().filter(|(_, member)| !is_omitted(member, variables));
            for (position, (name, member)) in given.enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&quoted(name));
                out.push(':');
                write_json(member, variables, out)?;
            }
            out.push('}');
        }
        _ => {
            out.push_str(&plain(&json_of_literal(literal, variables)?).to_string());
        }
    }
    Ok(())
}

/// The instant of the request, in microseconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Whether a time zone of this name is known.
///
/// # Errors
/// What is wrong with it.
pub fn check_time_zone(name: &str) -> Result<(), String> {
    match jiff::tz::TimeZone::get(name) {
        Ok(_) => Ok(()),
        Err(_) => {
            let shown: String = name.chars().take(60).collect();
            Err(format!("{shown:?} is not a time zone; write its IANA name, such as \"Europe/Berlin\""))
        }
    }
}
