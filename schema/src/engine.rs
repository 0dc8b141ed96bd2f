//! The pipeline from a GraphQL request to the bytes of its response.

use crate::error::{RequestError, random_words};
use crate::expose::{DRY_RUN, ExposeError, ExposeOptions, Exposure, expose};
use crate::introspection;
use crate::operation::variables::{Inquiry, Surroundings};
use crate::operation::{Operation, OperationCache};
use crate::plan::{Built, Part, Planned, Resolving, build, check_time_zone, explain, plan};
use crate::response;
use crate::write::{self, End, Failure, Step};
use crate::write_error::{self, Names};
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::response::JsonMap;
use apollo_compiler::response::serde_json_bytes::Value as Json;
use apollo_compiler::validation::Valid;
use bytes::Bytes;
use nuages_models::Registry;
use nuages_models::database::{Begun, Database};
use nuages_models::objects::Signals;
use nuages_models::plan::{Plan, RootValue};
use nuages_models::prepare::{CompileError, Prepared, Strategy, Target, prepare};
use nuages_models::run::{Answer, Executor, Failed, RunError, RunOptions, run};
use nuages_models::write::{SingleInserts, WriteContext, WriteError, Writer, check, create_single};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{Instrument, debug_span};

/// Most operations that are kept parsed, with their plans.
const CACHED_OPERATIONS: usize = 1_000;
/// About how many bytes they may take.
const CACHED_BYTES: usize = 64 << 20;
/// How often a mutation is tried when others are in its way.
const MAX_ATTEMPTS: u32 = 5;

/// One GraphQL request, whatever carried it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// Variables, not yet coerced.
    pub variables: serde_json::Map<String, serde_json::Value>,
    /// IANA name of the request's time zone; the configured one when absent.
    pub time_zone: Option<String>,
    /// Refuse mutations: the request came by GET.
    pub read_only: bool,
    /// Add `extensions.queries` and `extensions.plan` to the response.
    pub debug: bool,
}

/// The whole response.
#[derive(Debug, Clone)]
pub struct Response {
    /// JSON text: `{"data": …, "errors": …, "extensions": …}`.
    pub body: Bytes,
    /// What it says, for the HTTP status.
    pub kind: ResponseKind,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseKind {
    /// It was executed: there is a `data` key, maybe errors too.
    Executed,
    /// A request error before execution: no `data` key.
    RequestError,
    /// A mutation over a read-only transport.
    MethodNotAllowed,
}

/// Settings of the engine.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Page size of lists without `limit` or `first`.
    pub default_limit: u32,
    /// Largest page size.
    pub max_limit: u32,
    /// IANA name of the time zone of date parts.
    pub time_zone: String,
    /// Key that signs cursors; servers that share it accept each other's cursors. When it is empty a random one is
    /// made, so that cursors end with the process.
    pub cursor_key: Vec<u8>,
    /// Most rows in the input of one mutation.
    pub max_written_rows: u32,
    /// Whether clients may write expressions (`expr` in filters, orders and groups, `calc` of changes).
    pub expressions: bool,
    /// Adds what Relay's compiler wants: `id` of a `Node` is the global id.
    pub relay: bool,
    /// Longest time of one request, in milliseconds.
    pub timeout_ms: u64,
    /// How the rows of relations are read; anything but the default is for tests.
    pub strategy: Strategy,
    /// Read all of a request from one snapshot (PostgreSQL; SQLite always does).
    pub snapshot: bool,
    /// Who hears of what mutations write.
    pub signals: Option<Arc<Signals>>,
    /// The instant of every request, in microseconds since 1970-01-01T00:00:00Z; the clock's when absent. Anything else is
    /// for tests.
    pub now: Option<i64>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            default_limit: 100,
            max_limit: 1000,
            max_written_rows: 10_000,
            time_zone: "UTC".to_owned(),
            cursor_key: Vec::new(),
            expressions: true,
            relay: false,
            timeout_ms: 30_000,
            strategy: Strategy::Auto,
            snapshot: false,
            signals: None,
            now: None,
        }
    }
}

/// Serves one registry on one database. Cheap to share by `Arc`.
#[derive(Debug)]
pub struct Engine {
    registry: Arc<Registry>,
    executor: Executor,
    exposure: Exposure,
    operations: OperationCache,
    target: Target,
    cursor_key: Arc<[u8]>,
    time_zone: String,
    timeout_ms: u64,
    snapshot: bool,
    max_written_rows: u32,
    signals: Option<Arc<Signals>>,
    now: Option<i64>,
}

/// The models cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// They cannot be exposed as a GraphQL schema.
    #[error(transparent)]
    Expose(#[from] ExposeError),
    /// The configured time zone is unknown.
    #[error("the time zone of the configuration: {0}")]
    TimeZone(String),
    /// The schema's introspection failed.
    #[error(transparent)]
    Introspection(#[from] introspection::IntrospectionError),
}

/// A request on its way.
#[derive(Clone, Copy)]
struct Coming<'a> {
    request: &'a Request,
    operation: &'a Operation,
    variables: &'a Valid<JsonMap>,
    time_zone: &'a str,
}

/// Why a request has no answer.
enum Stop {
    /// What it would write is wrong.
    Wrong(Vec<serde_json::Value>),
    /// It was refused before its execution.
    Refused(Vec<RequestError>),
    /// Its execution failed.
    Failed(RunError),
}

impl From<RequestError> for Stop {
    fn from(error: RequestError) -> Self {
        Self::Refused(vec![error])
    }
}

impl From<Vec<RequestError>> for Stop {
    fn from(errors: Vec<RequestError>) -> Self {
        Self::Refused(errors)
    }
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

impl Engine {
    /// Builds the schema of the registry.
    ///
    /// # Errors
    /// When names of the schema collide, or the time zone is unknown.
    pub fn new(
        registry: Arc<Registry>,
        database: Database,
        options: EngineOptions,
    ) -> Result<Self, EngineError> {
        check_time_zone(&options.time_zone).map_err(EngineError::TimeZone)?;
        let exposure = expose(
            &registry,
            &ExposeOptions {
                relay: options.relay,
                default_limit: options.default_limit,
                max_limit: options.max_limit,
                expressions: options.expressions,
            },
        )?;
        let target = Target {
            dialect: database.dialect(),
            folding_collation: database.folding_collation().map(str::to_owned),
            strategy: options.strategy,
        };
        Ok(Self {
            registry,
            executor: database.into(),
            exposure,
            operations: OperationCache::new(CACHED_OPERATIONS, CACHED_BYTES),
            target,
            cursor_key: cursor_key(options.cursor_key),
            time_zone: options.time_zone,
            timeout_ms: options.timeout_ms,
            snapshot: options.snapshot,
            max_written_rows: options.max_written_rows,
            signals: options.signals,
            now: options.now,
        })
    }

    /// Runs one request to its end. Dropping the future cancels the statement in the database.
    pub async fn execute(&self, request: Request) -> Response {
        match self.answer(request).await {
            Ok(response) => response,
            Err(Stop::Wrong(errors)) => response::failed_with(errors, None),
            Err(Stop::Refused(errors)) => response::refused(&errors),
            Err(Stop::Failed(error)) => response::failed(error),
        }
    }

    /// The whole pipeline, a span a stage.
    async fn answer(&self, mut request: Request) -> Result<Response, Stop> {
        if let Some(time_zone) = &request.time_zone {
            check_time_zone(time_zone).map_err(RequestError::bad_input)?;
        }
        let time_zone = request.time_zone.as_deref().unwrap_or(&self.time_zone);

        let operation = debug_span!("parse")
            .in_scope(|| self.operation(&request.query, request.operation_name.as_deref()))?;
        if request.read_only && !operation.definition.is_query() {
            return Ok(response::method_not_allowed());
        }
        let variables = debug_span!("coerce")
            .in_scope(|| operation.coerce(&self.exposure.schema, std::mem::take(&mut request.variables)))?;
        let planned = debug_span!("plan").in_scope(|| self.planned(&operation, &variables))?;
        let coming = Coming { request: &request, operation: &operation, variables: &variables, time_zone };
        if operation.definition.is_query() {
            self.read(coming, &planned).await
        } else {
            self.write(coming, &planned).await
        }
    }

    /// A query.
    async fn read(&self, coming: Coming<'_>, planned: &Planned) -> Result<Response, Stop> {
        let Some(part) = planned.parts.first() else {
            return Err(RequestError::internal("a query has no plan").into());
        };
        let resolving = self.resolving(coming);
        let mut arguments = debug_span!("resolve")
            .in_scope(|| resolving.resolve(&part.arguments, &part.nodes, coming.time_zone))?;
        arguments.now = self.now.unwrap_or(arguments.now);
        let options = self.run_options(coming, self.snapshot);
        let answer =
            run(&self.executor, &part.prepared, arguments, &options).instrument(debug_span!("run")).await?;
        let explained = coming.request.debug.then(|| explain(&part.plan, &self.registry));
        Ok(debug_span!("respond").in_scope(|| response::executed(answer, explained)))
    }

    /// A mutation: what it writes is read from the request first, then all of it is done in one transaction.
    async fn write(&self, coming: Coming<'_>, planned: &Planned) -> Result<Response, Stop> {
        let end = self.end_of(coming)?;
        let steps = debug_span!("build").in_scope(|| self.steps(coming, planned))?;
        let answer = match Box::pin(self.single(coming, &steps, end)).await {
            // Others were in its way: they take turns.
            Some(Err(failed)) if failed.error.is_retryable() => self.attempts(coming, &steps, end).await,
            Some(result) => result,
            None => self.attempts(coming, &steps, end).await,
        };
        let explained: Option<String> = coming
            .request
            .debug
            .then(|| planned.parts.iter().map(|part| explain(&part.plan, &self.registry)).collect());
        let respond = || {
            let Failed { error, statements } = match answer {
                Ok(answer) => return Ok(response::executed(answer, explained)),
                Err(failed) => failed,
            };
            let errors = self.errors_of(error)?;
            let extensions = explained.map(|plan| response::debugged(&statements, &plan));
            Ok(response::failed_with(errors, extensions))
        };
        debug_span!("respond").in_scope(respond)
    }

    /// The errors of a mutation of which nothing was written.
    fn errors_of(&self, failure: Failure) -> Result<Vec<serde_json::Value>, Stop> {
        let names = Names { registry: &self.registry, exposure: &self.exposure };
        Ok(match failure {
            // The time of a statement is what was left of the request's.
            Failure::Late
            | Failure::Read(RunError::Timeout { .. })
            | Failure::Write(_, WriteError::Run(RunError::Timeout { .. })) => {
                let error = RunError::Timeout { timeout_ms: self.timeout_ms };
                vec![response::request_error(&response::run_error(error))]
            }
            Failure::Write(key, error) => write_error::errors(key.as_deref(), error, names),
            Failure::Fields(errors) => errors.into_iter().map(response::field_error).collect(),
            // The client's mistake is a request error, as in a query.
            Failure::Read(error @ RunError::BadInput(_)) => return Err(error.into()),
            Failure::Read(error) => vec![response::request_error(&response::run_error(error))],
        })
    }

    /// The steps of a mutation with what they write. Whatever is wrong with any of them is told at once.
    fn steps<'p>(&self, coming: Coming<'_>, planned: &'p Planned) -> Result<Vec<Step<'p>>, Stop> {
        let resolving = self.resolving(coming);
        let mut steps: Vec<Step<'p>> = Vec::with_capacity(planned.parts.len());
        let mut problems = Vec::new();
        for part in &planned.parts {
            let mut arguments = resolving.resolve(&part.arguments, &part.nodes, coming.time_zone)?;
            // A request has one instant.
            let first = steps.first().map(|first| first.arguments.now);
            arguments.now = first.or(self.now).unwrap_or(arguments.now);
            let mutation = match &part.write {
                None => None,
                Some(write) => {
                    let inquiry = Inquiry::new(coming.variables, self.surroundings(coming.operation));
                    match build(write, &resolving, coming.operation, inquiry, self.max_written_rows)? {
                        Built::Mutation(mutation) => Some(*mutation),
                        Built::Problems(found, mutation) => {
                            problems.extend(found.into_iter().map(|problem| (write.key.as_str(), problem)));
                            Some(*mutation)
                        }
                    }
                }
            };
            steps.push(Step { part, arguments, mutation });
        }
        if problems.is_empty() {
            return Ok(steps);
        }
        // The rules of the models are checked when a step is done; none will be, so that is now.
        for Step { part, mutation, .. } in &steps {
            if let (Some(write), Some(mutation)) = (&part.write, mutation) {
                let found = check(&self.registry, mutation);
                problems.extend(found.into_iter().map(|problem| (write.key.as_str(), problem)));
            }
        }
        let names = Names { registry: &self.registry, exposure: &self.exposure };
        Err(Stop::Wrong(write_error::problems(problems, names)))
    }

    /// Does the only step when that is to make one row of which nothing else is told: with one statement. `None`: it is not,
    /// and nothing was done.
    async fn single(
        &self,
        coming: Coming<'_>,
        steps: &[Step<'_>],
        end: End,
    ) -> Option<Result<Answer, Failed<Failure>>> {
        let ([step], End::Commit) = (steps, end) else { return None };
        let (write, mutation) = step.part.write.as_ref().zip(step.mutation.as_ref())?;
        let options = self.run_options(coming, false);
        let result = create_single(
            (self.executor.database(), &self.registry),
            mutation,
            (&step.part.prepared, &step.part.inserts),
            step.arguments_of_one(),
            (&options, self.signals.as_deref()),
        );
        Some(match result.await? {
            Ok(Answer { errors, statements, .. }) if !errors.is_empty() => {
                Err(Failed { error: Failure::Fields(errors), statements })
            }
            Ok(answer) => Ok(answer),
            Err(failed) => Err(failed.map(|error| Failure::Write(Some(write.key.clone()), error))),
        })
    }

    /// Does the steps, and does them again when others were in their way.
    async fn attempts(
        &self,
        coming: Coming<'_>,
        steps: &[Step<'_>],
        end: End,
    ) -> Result<Answer, Failed<Failure>> {
        let deadline = Instant::now() + Duration::from_millis(self.timeout_ms);
        let mut attempt = 1;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let context = WriteContext {
                time_zone: coming.time_zone.to_owned(),
                now: steps.first().map_or(0, |step| step.arguments.now),
                session: BTreeMap::new(),
                timeout_ms: u64::try_from(left.as_millis()).unwrap_or(self.timeout_ms),
                trace: coming.request.debug,
                // Those that were in each other's way go one after the other, or they would be again.
                begun: if attempt == 1 { Begun::First } else { Begun::Again },
            };
            let options = RunOptions { timeout_ms: context.timeout_ms, ..self.run_options(coming, false) };
            // On the heap, so that queries do not carry the room that mutations need.
            let result = Box::pin(write::run(
                self.beginning(context),
                &self.registry,
                steps,
                (&options, end, deadline),
            ))
            .instrument(debug_span!("write", attempt))
            .await;
            match result {
                Err(Failed { error, .. }) if error.is_retryable() && attempt < MAX_ATTEMPTS => {
                    tracing::debug!(attempt, ?error, "a mutation is tried again");
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    /// Begins a transaction.
    async fn beginning(&self, context: WriteContext) -> Result<Writer, WriteError> {
        let database = self.executor.database();
        let writer = Writer::begin(database, Arc::clone(&self.registry), context).await?;
        Ok(match &self.signals {
            Some(signals) => writer.signals(Arc::clone(signals)),
            None => writer,
        })
    }

    /// Whether the document says that all is to be taken back.
    fn end_of(&self, coming: Coming<'_>) -> Result<End, RequestError> {
        let Some(directive) = coming.operation.definition.directives.get(DRY_RUN) else {
            return Ok(End::Commit);
        };
        let value = match directive.specified_argument_by_name("if").map(|given| given.as_ref()) {
            None => Some(true),
            Some(Literal::Variable(name)) => coming.variables.get(name.as_str()).and_then(Json::as_bool),
            Some(literal) => literal.to_bool(),
        };
        match value {
            Some(true) => Ok(End::RollBack),
            Some(false) => Ok(End::Commit),
            None => Err(RequestError::bad_input(format!("`if` of `@{DRY_RUN}` is true or false"))),
        }
    }

    fn resolving<'a>(&'a self, coming: Coming<'a>) -> Resolving<'a> {
        Resolving {
            variables: coming.variables,
            registry: &self.registry,
            exposure: &self.exposure,
            cursor_key: &self.cursor_key,
            sources: &coming.operation.document.sources,
        }
    }

    fn surroundings<'a>(&'a self, operation: &'a Operation) -> Surroundings<'a> {
        Surroundings { exposure: &self.exposure, cursor_key: &self.cursor_key, limits: &operation.limits }
    }

    fn run_options(&self, coming: Coming<'_>, snapshot: bool) -> RunOptions {
        RunOptions {
            cursor_key: self.cursor_key.clone(),
            trace: coming.request.debug,
            snapshot,
            timeout_ms: self.timeout_ms,
        }
    }

    /// The schema in SDL.
    pub fn sdl(&self) -> &str {
        &self.exposure.sdl
    }

    /// The answer to the full introspection query, indented.
    ///
    /// # Errors
    /// None that a schema of the expose stage can cause.
    pub fn introspection_json(&self) -> Result<String, EngineError> {
        Ok(introspection::introspection_json(&self.exposure)?)
    }

    /// How many operations are kept, and how many plans they have together.
    pub fn cached(&self) -> (usize, usize) {
        (self.operations.len(), self.operations.plans())
    }

    /// The operation of a document: a known one, or a new one.
    fn operation(&self, text: &str, name: Option<&str>) -> Result<Arc<Operation>, Vec<RequestError>> {
        if let Some(known) = self.operations.find(text, name) {
            return Ok(known);
        }
        let operation = Operation::parse(&self.exposure.schema, text, name)?;
        Ok(self.operations.insert(Arc::new(operation)))
    }

    /// The plan of an operation for variables: a known one, or a new one.
    fn planned(
        &self,
        operation: &Operation,
        variables: &Valid<JsonMap>,
    ) -> Result<Arc<Planned>, RequestError> {
        let surroundings = self.surroundings(operation);
        if let Some(known) = operation.plans.find(variables, surroundings) {
            return Ok(known);
        }
        let inquiry = Inquiry::new(variables, surroundings);
        let (drafts, trace) = plan(&self.registry, &self.exposure, operation, inquiry)?;
        let mut planned = Planned { parts: Vec::with_capacity(drafts.len()), weight: 0 };
        for draft in drafts {
            let prepared = prepare(&draft.plan, &self.registry, &self.target).map_err(not_compiled)?;
            planned.weight += weight(&draft.plan, &prepared);
            planned.parts.push(Part {
                prepared: Arc::new(prepared),
                plan: draft.plan,
                arguments: draft.arguments,
                nodes: draft.nodes,
                write: draft.write,
                inserts: SingleInserts::default(),
            });
        }
        let planned = operation.plans.insert(trace, Arc::new(planned));
        self.operations.settle(operation);
        Ok(planned)
    }
}

fn not_compiled(error: CompileError) -> RequestError {
    match error {
        CompileError::Unsupported { .. } => {
            RequestError::new(crate::error::Code::Unsupported, error.to_string())
        }
        // The expression is the client's: a lookup that does not fit its field, an ordering without an order.
        CompileError::Invalid(message) => RequestError::bad_input(message),
        CompileError::UnknownName { .. } => RequestError::internal(error),
    }
}

/// About how many bytes a plan takes: its statements' texts, the trees around them, and the JSON that is part of it.
fn weight(plan: &Plan, prepared: &Prepared) -> usize {
    let texts: usize = prepared.statements().iter().map(|sql| sql.len()).sum();
    let json = plan.fields.iter().map(|field| match &field.value {
        RootValue::Json(bytes) => bytes.len(),
        _ => 0,
    });
    2_048 + texts * 8 + json.sum::<usize>()
}

fn cursor_key(given: Vec<u8>) -> Arc<[u8]> {
    if !given.is_empty() {
        return given.into();
    }
    tracing::info!("no cursor key is configured: cursors made now are not accepted after a restart");
    let words = [random_words(), random_words()];
    words.iter().flat_map(|(high, low)| [high.to_ne_bytes(), low.to_ne_bytes()].concat()).collect()
}
