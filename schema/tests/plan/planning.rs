//! Planning without an engine and without a database.

use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use nuages_models::Registry;
use nuages_models::expr::{Expr, Slot};
use nuages_models::plan::{
    AggregateLoad, AggregateValue, ConnectionValue, EdgeValue, Load, Plan, PlanField, RootValue, RowValue,
};
use nuages_models::prepare::Prepared;
use nuages_models::query::{Bound, QuerySet};
use nuages_models::run::Arguments;
use nuages_models::value::Value;
use nuages_schema::error::RequestError;
use nuages_schema::expose::{ExposeOptions, Exposure, expose};
use nuages_schema::operation::Operation;
use nuages_schema::operation::variables::{Answer, Inquiry, Question, Surroundings, Trace};
use nuages_schema::plan::{Built, Draft, Part, Planned, Resolving, build, explain, plan};
use std::fmt::Write as _;
use std::sync::Arc;

/// Signs the cursors of tests.
pub(crate) const KEY: &[u8] = b"a key for tests";

/// Models, exposed.
pub(crate) struct Planning {
    pub(crate) registry: Registry,
    pub(crate) exposure: Exposure,
}

impl Planning {
    pub(crate) fn of(registry: Registry) -> Self {
        Self::with(registry, &ExposeOptions::default())
    }

    pub(crate) fn with(registry: Registry, options: &ExposeOptions) -> Self {
        let exposure = expose(&registry, options).unwrap_or_else(|error| panic!("{error}"));
        Self { registry, exposure }
    }

    pub(crate) fn operation(&self, document: &str) -> Result<Operation, Vec<RequestError>> {
        Operation::parse(&self.exposure.schema, document, None)
    }

    pub(crate) fn coerce(
        &self,
        operation: &Operation,
        variables: serde_json::Value,
    ) -> Result<Valid<JsonMap>, RequestError> {
        let serde_json::Value::Object(variables) = variables else { panic!("variables are an object") };
        operation.coerce(&self.exposure.schema, variables)
    }

    pub(crate) fn surroundings<'a>(&'a self, operation: &'a Operation) -> Surroundings<'a> {
        Surroundings { exposure: &self.exposure, cursor_key: KEY, limits: &operation.limits }
    }

    pub(crate) fn draft(
        &self,
        operation: &Operation,
        variables: &Valid<JsonMap>,
    ) -> Result<(Draft, Vec<(Question, Answer)>), RequestError> {
        let (mut drafts, trace) = self.drafts(operation, variables)?;
        assert_eq!(drafts.len(), 1, "one plan");
        Ok((drafts.remove(0), trace))
    }

    /// The plans of an operation: of a mutation one a step.
    pub(crate) fn drafts(
        &self,
        operation: &Operation,
        variables: &Valid<JsonMap>,
    ) -> Result<(Vec<Draft>, Trace), RequestError> {
        plan(&self.registry, &self.exposure, operation, Inquiry::new(variables, self.surroundings(operation)))
    }

    /// What the steps of a mutation write.
    pub(crate) fn built(
        &self,
        document: &str,
        variables: serde_json::Value,
        max_rows: u32,
    ) -> Result<Vec<Built>, Vec<RequestError>> {
        let operation = self.operation(document)?;
        let variables = self.coerce(&operation, variables).map_err(|error| vec![error])?;
        let (drafts, _) = self.drafts(&operation, &variables).map_err(|error| vec![error])?;
        let resolving = self.resolving(&operation, &variables);
        let writes = drafts.iter().filter_map(|draft| draft.write.as_ref());
        writes
            .map(|write| {
                let inquiry = Inquiry::new(&variables, self.surroundings(&operation));
                build(write, &resolving, &operation, inquiry, max_rows).map_err(|error| vec![error])
            })
            .collect()
    }

    fn resolving<'a>(&'a self, operation: &'a Operation, variables: &'a JsonMap) -> Resolving<'a> {
        Resolving {
            variables,
            registry: &self.registry,
            exposure: &self.exposure,
            cursor_key: KEY,
            sources: &operation.document.sources,
        }
    }

    pub(crate) fn resolve(
        &self,
        operation: &Operation,
        draft: &Draft,
        variables: &JsonMap,
    ) -> Result<Arguments, RequestError> {
        self.resolving(operation, variables).resolve(&draft.arguments, &draft.nodes, "UTC")
    }

    /// The whole way from a document to the plan and the arguments of a request.
    pub(crate) fn try_run(
        &self,
        document: &str,
        variables: serde_json::Value,
    ) -> Result<(Plan, Arguments), Vec<RequestError>> {
        let operation = self.operation(document)?;
        let variables = self.coerce(&operation, variables).map_err(|error| vec![error])?;
        let (draft, _) = self.draft(&operation, &variables).map_err(|error| vec![error])?;
        let arguments = self.resolve(&operation, &draft, &variables).map_err(|error| vec![error])?;
        Ok((draft.plan, arguments))
    }

    pub(crate) fn run(&self, document: &str, variables: serde_json::Value) -> (Plan, Arguments) {
        self.try_run(document, variables).unwrap_or_else(|errors| panic!("{document}: {errors:?}"))
    }

    /// The plan and the arguments as text.
    pub(crate) fn explained(&self, document: &str, variables: serde_json::Value) -> String {
        let (plan, arguments) = self.run(document, variables);
        let mut text = explain(&plan, &self.registry);
        for (index, value) in arguments.values.iter().enumerate() {
            let _ = writeln!(text, "#{index} = {value:?}");
        }
        for (index, ids) in arguments.nodes.iter().enumerate() {
            let _ = writeln!(text, "nodes #{index} = {ids:?}");
        }
        text
    }
}

/// A plan as the cache keeps it, without statements.
pub(crate) fn kept(draft: Draft) -> Arc<Planned> {
    let part = Part {
        plan: draft.plan,
        prepared: Arc::new(Prepared::default()),
        arguments: draft.arguments,
        nodes: draft.nodes,
        inserts: nuages_models::write::SingleInserts::default(),
        write: draft.write,
    };
    Arc::new(Planned { parts: vec![part], weight: 1 })
}

/// The plan with the arguments' values in their places: what a request really asks of the database.
pub(crate) fn filled(mut plan: Plan, arguments: &Arguments) -> Plan {
    for field in &mut plan.fields {
        match &mut field.value {
            RootValue::One(load) | RootValue::Many(load) => fill_load(load, arguments),
            RootValue::Connection(connection) => {
                fill_query(&mut connection.query, arguments);
                fill_connection(&mut connection.fields, arguments);
            }
            RootValue::Aggregate(load) | RootValue::Groups(load) => fill_aggregate(load, arguments),
            RootValue::Nodes(_) | RootValue::Payload(_) | RootValue::Json(_) => {}
        }
    }
    plan
}

fn fill_load(load: &mut Load, arguments: &Arguments) {
    fill_query(&mut load.query, arguments);
    fill_rows(&mut load.fields, arguments);
}

fn fill_rows(fields: &mut [PlanField<RowValue>], arguments: &Arguments) {
    for field in fields {
        match &mut field.value {
            RowValue::One { load, .. } | RowValue::Many { load, .. } => fill_load(load, arguments),
            RowValue::Connection { connection, .. } => {
                fill_query(&mut connection.query, arguments);
                fill_connection(&mut connection.fields, arguments);
            }
            RowValue::Aggregate { load, .. } => fill_aggregate(load, arguments),
            RowValue::Computed { value, .. } => fill_expr(value, arguments),
            _ => {}
        }
    }
}

fn fill_aggregate(load: &mut AggregateLoad, arguments: &Arguments) {
    fill_query(&mut load.query, arguments);
    fill_values(&mut load.fields, arguments);
}

fn fill_values(fields: &mut [PlanField<AggregateValue>], arguments: &Arguments) {
    for field in fields {
        match &mut field.value {
            AggregateValue::Value { value, .. } => fill_expr(value, arguments),
            AggregateValue::Object(fields) => fill_values(fields, arguments),
            AggregateValue::Typename(_) => {}
        }
    }
}

fn fill_connection(fields: &mut [PlanField<ConnectionValue>], arguments: &Arguments) {
    for field in fields {
        match &mut field.value {
            ConnectionValue::Nodes(rows) => fill_rows(rows, arguments),
            ConnectionValue::Edges(edges) => {
                for edge in edges {
                    if let EdgeValue::Node(rows) = &mut edge.value {
                        fill_rows(rows, arguments);
                    }
                }
            }
            ConnectionValue::Aggregate(load) => fill_aggregate(load, arguments),
            _ => {}
        }
    }
}

fn fill_query(query: &mut QuerySet, arguments: &Arguments) {
    if let Some(filter) = &mut query.filter {
        fill_expr(filter, arguments);
    }
    for bound in [&mut query.limit, &mut query.offset].into_iter().flatten() {
        if let Bound::Argument(index) = bound {
            let Value::Int(number) = arguments.values[*index as usize] else {
                panic!("a limit is an integer")
            };
            *bound = Bound::Inline(number as u64);
        }
    }
}

fn fill_expr(expr: &mut Expr, arguments: &Arguments) {
    let fill = |slot: &mut Slot| {
        if let Slot::Argument(index) = slot {
            *slot = Slot::Constant(arguments.values[*index as usize].clone());
        }
    };
    if let Expr::Slot(slot) = expr {
        fill(slot);
    }
    expr.each_part(&mut |part| fill_expr(part, arguments));
}
