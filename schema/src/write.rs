//! The steps of a mutation: all in one transaction, in the order of the document, each result read right after its write.

use crate::plan::{Part, Write, written};
use nuages_models::Registry;
use nuages_models::run::{Answer, Arguments, Failed, FieldError, RunError, RunOptions, StatementTrace};
use nuages_models::write::{Mutation, Outcome, WriteError, Writer, placed};
use std::time::Instant;

/// A step that is ready to be done.
#[derive(Debug)]
pub(crate) struct Step<'p> {
    /// Its plan.
    pub(crate) part: &'p Part,
    /// The arguments of its result, without those that the write gives.
    pub(crate) arguments: Arguments,
    /// What it writes.
    pub(crate) mutation: Option<Mutation>,
}

impl Step<'_> {
    /// The arguments of its result when it has made one row, whatever the row's key is.
    pub(crate) fn arguments_of_one(&self) -> Arguments {
        let outcome = Outcome { affected: 1, created: vec![true], rows: vec![Some(Vec::new())] };
        let mut arguments = self.arguments.clone();
        written(&mut arguments, &self.part.arguments, &self.part.nodes, &outcome);
        arguments
    }
}

/// Whether what was done stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It stays.
    Commit,
    /// It is taken back.
    RollBack,
}

/// Why nothing was written.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A write failed; that of the step with this response key, unless it was the transaction itself.
    Write(Option<String>, WriteError),
    /// A result could not be read.
    Read(RunError),
    /// Fields of a result failed.
    Fields(Vec<FieldError>),
    /// The time was over.
    Late,
}

impl Failure {
    /// Whether the same may succeed when it is done again.
    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Write(_, error) => error.is_retryable(),
            Self::Read(error) => matches!(error, RunError::Retry(_)),
            Self::Fields(_) | Self::Late => false,
        }
    }
}

/// Does all steps. Nothing stays of them when one fails, or when the future is dropped.
pub(crate) async fn run(
    beginning: impl Future<Output = Result<Writer, WriteError>>,
    registry: &Registry,
    steps: &[Step<'_>],
    (options, end, deadline): (&RunOptions, End, Instant),
) -> Result<Answer, Failed<Failure>> {
    let of_transaction = |error| of_end(registry, steps, error);
    let late = |_| Failure::Late;
    let deadline = tokio::time::Instant::from_std(deadline);
    let writer = tokio::time::timeout_at(deadline, beginning).await.map_err(late)?.map_err(of_transaction)?;
    let mut whole = Whole::default();
    // The end is not cut off: what was kept is never told to be late.
    let done = tokio::time::timeout_at(deadline, all(&writer, steps, options, &mut whole)).await;
    whole.catch_up(&writer);
    let done = match done {
        Ok(Ok(())) => match end {
            End::Commit => writer.commit().await.map_err(of_transaction),
            End::RollBack => writer.try_out().await.map_err(of_transaction),
        },
        Ok(Err(failure)) => {
            writer.roll_back().await;
            Err(failure)
        }
        Err(_) => Err(Failure::Late),
    };
    let Whole { mut data, statements, .. } = whole;
    match done {
        Ok(()) => {
            data.push(b'}');
            Ok(Answer { data, errors: Vec::new(), statements })
        }
        Err(error) => Err(Failed { error, statements }),
    }
}

/// What only the end of the transaction finds: that a row refers to none is of the first step that says so; anything else of the
/// only step, when there is one.
fn of_end(registry: &Registry, steps: &[Step<'_>], error: WriteError) -> Failure {
    let writes = || steps.iter().filter_map(|step| step.part.write.as_ref().zip(step.mutation.as_ref()));
    let place =
        |(write, mutation): (&Write, _)| Some((write.key.clone(), placed(registry, mutation, &error)?));
    if let Some((key, error)) = writes().find_map(place) {
        return Failure::Write(Some(key), error);
    }
    let mut keys = writes().map(|(write, _)| write.key.clone());
    Failure::Write(keys.next().filter(|_| keys.next().is_none()), error)
}

/// What has been done so far.
#[derive(Debug)]
struct Whole {
    /// The members of the answer: an object that is still open.
    data: Vec<u8>,
    /// The statements, in their order.
    statements: Vec<StatementTrace>,
    /// How many of the writer's statements are among them.
    written: usize,
}

impl Default for Whole {
    fn default() -> Self {
        Self { data: vec![b'{'], statements: Vec::new(), written: 0 }
    }
}

impl Whole {
    /// Takes on what the writer has sent since the last time.
    fn catch_up(&mut self, writer: &Writer) {
        let sent = writer.statements().split_off(self.written);
        self.written += sent.len();
        self.statements.extend(sent);
    }

    /// Takes on the answer of a step, of which no field may have failed.
    fn add(&mut self, answer: Answer) -> Result<(), Failure> {
        self.statements.extend(answer.statements);
        if !answer.errors.is_empty() {
            return Err(Failure::Fields(answer.errors));
        }
        if self.data.len() > 1 {
            self.data.push(b',');
        }
        // Each answer is an object of one member.
        let inner = answer.data.get(1..answer.data.len().saturating_sub(1)).unwrap_or_default();
        self.data.extend_from_slice(inner);
        Ok(())
    }
}

async fn all(
    writer: &Writer,
    steps: &[Step<'_>],
    options: &RunOptions,
    whole: &mut Whole,
) -> Result<(), Failure> {
    for step in steps {
        one(writer, step, options, whole).await?;
    }
    Ok(())
}

/// One step: its write, then its result; of a deletion the result, then the write.
async fn one(
    writer: &Writer,
    step: &Step<'_>,
    options: &RunOptions,
    whole: &mut Whole,
) -> Result<(), Failure> {
    let Some((write, mutation)) = step.part.write.as_ref().zip(step.mutation.as_ref()) else {
        return read(writer, step, &Outcome::default(), options, whole).await;
    };
    let failed = |error| Failure::Write(Some(write.key.clone()), error);
    if write.is_deletion() {
        let targets = writer.targets(mutation).await.map_err(failed)?;
        read(writer, step, &targets, options, whole).await?;
        writer.delete_targets(mutation.model, &targets).await.map_err(failed)
    } else {
        let outcome = writer.apply(mutation).await.map_err(failed)?;
        read(writer, step, &outcome, options, whole).await
    }
}

/// The result of a step.
async fn read(
    writer: &Writer,
    step: &Step<'_>,
    outcome: &Outcome,
    options: &RunOptions,
    whole: &mut Whole,
) -> Result<(), Failure> {
    let mut arguments = step.arguments.clone();
    written(&mut arguments, &step.part.arguments, &step.part.nodes, outcome);
    let answer = writer.read(&step.part.prepared, arguments, options).await.map_err(Failure::Read)?;
    whole.catch_up(writer);
    whole.add(answer)
}
