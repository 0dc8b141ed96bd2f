//! The plan stage: operation + `Registry` + `Exposure` → [`Plan`] and where its arguments come from. It knows no SQL
//! and no driver.
//!
//! Planning reads variables only through [`Inquiry`], which writes down what it asked: see
//! [`crate::operation::variables`].

mod aggregate;
mod arguments;
mod encoder;
mod explain;
mod expression;
mod filter;
mod input;
mod key;
mod mutation;
pub(crate) mod node_id;
mod operators;
mod order;
mod page;
mod root;
mod rows;
mod selection;

pub use arguments::{ArgumentSource, Form, NodeSource, Resolving, check_time_zone, written};
pub use explain::explain;
pub use input::Input;
pub use mutation::{Built, Write, build};

use crate::error::{Code, RequestError};
use crate::expose::{ExposedModel, Exposure};
use crate::operation::Operation;
use crate::operation::variables::{Answer, Inquiry, Question, Trace};
use apollo_compiler::parser::SourceMap;
use arguments::{LiteralError, value_of_literal};
use bytes::Bytes;
use indexmap::IndexMap;
use nuages_models::Registry;
use nuages_models::expr::Slot;
use nuages_models::plan::Plan;
use nuages_models::prepare::Prepared;
use nuages_models::registry::{LogicalType, ModelId};
use nuages_models::write::SingleInserts;
use std::sync::Arc;

/// Most conditions in the filters of one operation.
const MAX_CONDITIONS: usize = 500;
/// Deepest nesting of relations in a selection, and of conditions in a filter.
const MAX_DEPTH: usize = 64;

/// The plans of an operation as they are kept.
#[derive(Debug)]
pub struct Planned {
    /// One of a query; of a mutation one a step, in the order of the document.
    pub parts: Vec<Part>,
    /// About how many bytes they take.
    pub weight: usize,
}

/// A plan as it is kept: compiled, with the sources of its arguments.
#[derive(Debug)]
pub struct Part {
    /// What to read and how the answer looks.
    pub plan: Plan,
    /// Its statements.
    pub prepared: Arc<Prepared>,
    /// Where its arguments come from, by index.
    pub arguments: Vec<ArgumentSource>,
    /// Where the ids of `node` and `nodes` and the keys of written rows come from, by index.
    pub nodes: Vec<NodeSource>,
    /// What is written before it is read.
    pub write: Option<Write>,
    /// The statements that make one row and give the answer too.
    pub inserts: SingleInserts,
}

/// A plan that is not compiled yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What to read and how the answer looks.
    pub plan: Plan,
    /// Where its arguments come from, by index.
    pub arguments: Vec<ArgumentSource>,
    /// Where the ids of `node` and `nodes` and the keys of written rows come from, by index.
    pub nodes: Vec<NodeSource>,
    /// What is written before it is read.
    pub write: Option<Write>,
}

/// Plans an operation for the variables that an inquiry asks: a query as one plan, a mutation as one a step. Gives the
/// plans with what was asked for them.
///
/// What is written is not part of a plan: it is read from the request each time ([`build`]), so that no data makes a
/// plan of its own.
///
/// # Errors
/// `BAD_INPUT` for arguments that make no sense, `LIMIT_EXCEEDED` for an operation that is too large,
/// `UNSUPPORTED` for what is not built.
pub fn plan<'a>(
    registry: &'a Registry,
    exposure: &'a Exposure,
    operation: &'a Operation,
    inquiry: Inquiry<'a>,
) -> Result<(Vec<Draft>, Trace), RequestError> {
    let mut planner = Planner::new(registry, exposure, operation, inquiry);
    let drafts = if operation.definition.is_query() {
        let fields = planner.root()?;
        let (arguments, nodes) = (std::mem::take(&mut planner.arguments), std::mem::take(&mut planner.nodes));
        vec![Draft { plan: Plan { fields }, arguments, nodes, write: None }]
    } else {
        planner.steps()?
    };
    Ok((drafts, planner.inquiry.into_trace()))
}

/// The state of planning one operation.
struct Planner<'a> {
    registry: &'a Registry,
    exposure: &'a Exposure,
    operation: &'a Operation,
    inquiry: Inquiry<'a>,
    arguments: Vec<ArgumentSource>,
    nodes: Vec<NodeSource>,
    /// Answers to introspection by response key, once asked for.
    introspected: Option<IndexMap<String, Bytes>>,
    selections: usize,
    conditions: usize,
    related_aggregates: usize,
    depth: usize,
}

impl<'a> Planner<'a> {
    fn new(
        registry: &'a Registry,
        exposure: &'a Exposure,
        operation: &'a Operation,
        inquiry: Inquiry<'a>,
    ) -> Self {
        Self {
            registry,
            exposure,
            operation,
            inquiry,
            arguments: Vec::new(),
            nodes: Vec::new(),
            introspected: None,
            selections: 0,
            conditions: 0,
            related_aggregates: 0,
            depth: 0,
        }
    }

    fn sources(&self) -> &'a SourceMap {
        &self.operation.document.sources
    }

    fn exposed(&self, model: ModelId) -> Result<&'a ExposedModel, RequestError> {
        self.exposure.model(model).ok_or_else(|| {
            let name = &self.registry.model(model).name;
            RequestError::internal(format_args!("the hidden model {name} was reached by an operation"))
        })
    }

    /// Counts a condition: databases bound the size of an expression (SQLite the depth of its tree, to 1000).
    fn count_condition(&mut self) -> Result<(), RequestError> {
        self.conditions += 1;
        if self.conditions <= MAX_CONDITIONS {
            return Ok(());
        }
        Err(RequestError::new(
            Code::LimitExceeded,
            format!("the filters of one operation may have at most {MAX_CONDITIONS} conditions"),
        )
        .with_hint("use `in` for many values of one field"))
    }

    /// Runs a step one level deeper.
    fn nested<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, RequestError>,
    ) -> Result<T, RequestError> {
        if self.depth >= MAX_DEPTH {
            return Err(RequestError::new(
                Code::LimitExceeded,
                format!("relations and conditions may be nested at most {MAX_DEPTH} levels deep"),
            ));
        }
        self.depth += 1;
        let result = step(self);
        self.depth -= 1;
        result
    }

    /// A new argument, by its index.
    fn argument_slot(&mut self, source: ArgumentSource) -> Result<u32, RequestError> {
        let known = self.arguments.iter().rev().take(8).position(|known| *known == source);
        let index = match known {
            Some(back) => self.arguments.len() - 1 - back,
            None => {
                self.arguments.push(source);
                self.arguments.len() - 1
            }
        };
        u32::try_from(index)
            .map_err(|_| RequestError::new(Code::LimitExceeded, "there are too many arguments"))
    }

    /// The slot of one value: a constant when the document says it, an argument when variables do.
    fn value_slot(&mut self, input: &Input, logical: &LogicalType, form: Form) -> Result<Slot, RequestError> {
        if let Input::Literal(literal) = input {
            match value_of_literal(literal, logical, form, None) {
                Ok(value) => {
                    form.check(&value).map_err(|problem| self.wrong(input, problem))?;
                    return Ok(Slot::Constant(value));
                }
                Err(LiteralError::Variable) => {}
                Err(problem) => return Err(self.wrong(input, problem)),
            }
        }
        let source = ArgumentSource::One { input: input.clone(), logical: logical.clone(), form };
        Ok(Slot::Argument(self.argument_slot(source)?))
    }

    /// The whole of the variables, for what depends on them in ways that planning does not know.
    fn ask_all_variables(&mut self) -> Result<(), RequestError> {
        for variable in &self.operation.definition.variables {
            let path = crate::operation::variables::VariablePath::variable(&variable.name);
            let _: Answer = self.inquiry.ask(Question::Whole(path))?;
        }
        Ok(())
    }
}
