//! Mutations: a step for each field of `Mutation`, in the order of the document. A step's result is planned, compiled
//! and kept as a query is; what it writes is read from the request each time ([`build`]), so that the data of a
//! request never makes a plan.

mod build;
mod documents;
mod given;
mod relations;
mod rows;

pub use build::{Built, build};

use super::arguments::{ArgumentSource, NodeSource};
use super::selection::Selected;
use super::{Draft, Planner};
use crate::error::RequestError;
use crate::expose::{MutationField, WriteKind};
use apollo_compiler::Node;
use apollo_compiler::executable::{Field, SelectionSet};
use nuages_models::plan::{Load, Nodes, PayloadValue, Plan, PlanField, RootValue};
use nuages_models::query::{QuerySet, Scope};
use nuages_models::registry::ModelId;

/// What a step writes: a field of `Mutation`, its arguments not read yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// The response key.
    pub key: String,
    /// What it does.
    pub target: MutationField,
    /// Its selection, with the arguments.
    pub field: Node<Field>,
}

impl Write {
    /// Whether the result is read before the write: what is deleted cannot be read afterwards.
    pub fn is_deletion(&self) -> bool {
        matches!(self.target.kind, WriteKind::Delete | WriteKind::DeleteMany)
    }
}

impl<'a> Planner<'a> {
    /// The steps of a mutation, each with the plan of its result.
    pub(super) fn steps(&mut self) -> Result<Vec<Draft>, RequestError> {
        let operation = self.operation;
        let set = &operation.definition.selection_set;
        let type_name = operation.definition.object_type().as_str();
        let selected = self.select(type_name, &[set])?;
        selected.iter().map(|selected| self.step(type_name, selected)).collect()
    }

    fn step(&mut self, type_name: &str, selected: &Selected<'a>) -> Result<Draft, RequestError> {
        let field = selected.field();
        let (value, write) = if field.name == "__typename" {
            (RootValue::Json(serde_json::Value::from(type_name).to_string().into()), None)
        } else {
            let Some(target) = self.exposure.mutation.get(field.name.as_str()).copied() else {
                return Err(RequestError::internal(format_args!("Mutation has no field {}", field.name)));
            };
            let value = self
                .result(target, selected)
                .map_err(|error| error.located(field.location(), self.sources()))?;
            (value, Some(Write { key: selected.key.to_owned(), target, field: field.clone() }))
        };
        Ok(Draft {
            plan: Plan { fields: vec![PlanField { key: selected.key.to_owned(), value }] },
            arguments: std::mem::take(&mut self.arguments),
            nodes: std::mem::take(&mut self.nodes),
            write,
        })
    }

    fn result(&mut self, target: MutationField, selected: &Selected<'a>) -> Result<RootValue, RequestError> {
        let model = target.model;
        match target.kind {
            WriteKind::Create | WriteKind::Update | WriteKind::Delete => {
                let source = NodeSource::Written { limit: None, offset: None };
                let mut nodes = self.written_rows(model, source, &selected.below())?;
                nodes.nullable = target.kind != WriteKind::Create;
                Ok(RootValue::Nodes(nodes))
            }
            WriteKind::CreateMany | WriteKind::UpdateMany | WriteKind::DeleteMany | WriteKind::Upsert => {
                Ok(RootValue::Payload(self.payload(target, selected)?))
            }
        }
    }

    fn payload(
        &mut self,
        target: MutationField,
        selected: &Selected<'a>,
    ) -> Result<Vec<PlanField<PayloadValue>>, RequestError> {
        let type_name = selected.field().ty().inner_named_type().as_str();
        let mut fields = Vec::new();
        for member in self.select(type_name, &selected.below())? {
            let value = self
                .payload_value(target, type_name, &member)
                .map_err(|error| error.located(member.field().location(), self.sources()))?;
            fields.push(PlanField { key: member.key.to_owned(), value });
        }
        Ok(fields)
    }

    fn payload_value(
        &mut self,
        target: MutationField,
        type_name: &str,
        member: &Selected<'a>,
    ) -> Result<PayloadValue, RequestError> {
        let field = member.field();
        let is_upsert = target.kind == WriteKind::Upsert;
        match field.name.as_str() {
            "__typename" => Ok(PayloadValue::Typename(type_name.to_owned())),
            "affected" if !is_upsert => {
                Ok(PayloadValue::Argument(self.argument_slot(ArgumentSource::Affected)?))
            }
            "created" if is_upsert => {
                Ok(PayloadValue::Argument(self.argument_slot(ArgumentSource::Created)?))
            }
            _ if is_upsert => {
                let source = NodeSource::Written { limit: None, offset: None };
                Ok(PayloadValue::Nodes(self.written_rows(target.model, source, &member.below())?))
            }
            _ => {
                let maximum = u64::from(self.exposure.options.max_limit);
                let limit = self.rows_argument(field, "limit", Some(maximum))?;
                let offset = self.rows_argument(field, "offset", None)?;
                let limit = Some(limit.unwrap_or(self.default_limit()));
                let source = NodeSource::Written { limit, offset };
                let mut nodes = self.written_rows(target.model, source, &member.below())?;
                nodes.list = true;
                Ok(PayloadValue::Nodes(nodes))
            }
        }
    }

    /// Rows by the keys that a write gives.
    fn written_rows(
        &mut self,
        model: ModelId,
        source: NodeSource,
        sets: &[&'a SelectionSet],
    ) -> Result<Nodes, RequestError> {
        let fields = self.rows(model, sets)?;
        // What was written is shown whatever the default manager leaves out.
        let query = QuerySet { manager: Scope::Unscoped, ..QuerySet::all(model) };
        let argument = u32::try_from(self.nodes.len())
            .map_err(|_| RequestError::bad_input("the mutation has too many fields of rows"))?;
        self.nodes.push(source);
        Ok(Nodes { argument, list: false, nullable: false, arms: vec![Load { query, fields }] })
    }
}
