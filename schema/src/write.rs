//! The steps of a mutation: all in one transaction, in the order of the document, each result read right after its write.

use crate::plan::{Part, written};
use nuages_models::run::{Answer, Arguments, FieldError, RunError, RunOptions};
use nuages_models::write::{Mutation, Outcome, WriteError, Writer};
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
    steps: &[Step<'_>],
    options: &RunOptions,
    end: End,
    deadline: Instant,
) -> Result<Answer, Failure> {
    // What only the end of the transaction finds (a row that refers to none) is of its only step, when there is one.
    let mut keys = steps.iter().filter_map(|step| Some(step.part.write.as_ref()?.key.clone()));
    let only = keys.next().filter(|_| keys.next().is_none());
    let of_transaction = |error| Failure::Write(only.clone(), error);
    let late = |_| Failure::Late;
    let deadline = tokio::time::Instant::from_std(deadline);
    let writer = tokio::time::timeout_at(deadline, beginning).await.map_err(late)?.map_err(of_transaction)?;
    // The end is not cut off: what was kept is never told to be late.
    match tokio::time::timeout_at(deadline, all(&writer, steps, options)).await.map_err(late)? {
        Ok(answer) => {
            match end {
                End::Commit => writer.commit().await.map_err(of_transaction)?,
                End::RollBack => writer.try_out().await.map_err(of_transaction)?,
            }
            Ok(answer)
        }
        Err(failure) => {
            writer.roll_back().await;
            Err(failure)
        }
    }
}

async fn all(writer: &Writer, steps: &[Step<'_>], options: &RunOptions) -> Result<Answer, Failure> {
    let mut whole = Answer { data: vec![b'{'], ..Answer::default() };
    for step in steps {
        let answer = one(writer, step, options, &mut whole).await?;
        if !answer.errors.is_empty() {
            return Err(Failure::Fields(answer.errors));
        }
        if whole.data.len() > 1 {
            whole.data.push(b',');
        }
        // Each answer is an object of one member.
        let inner = answer.data.get(1..answer.data.len().saturating_sub(1)).unwrap_or_default();
        whole.data.extend_from_slice(inner);
        whole.statements.extend(answer.statements);
    }
    whole.data.push(b'}');
    Ok(whole)
}

/// One step: its write, then its result; of a deletion the result, then the write.
async fn one(
    writer: &Writer,
    step: &Step<'_>,
    options: &RunOptions,
    whole: &mut Answer,
) -> Result<Answer, Failure> {
    let Some((write, mutation)) = step.part.write.as_ref().zip(step.mutation.as_ref()) else {
        return read(writer, step, &Outcome::default(), options).await;
    };
    let failed = |error| Failure::Write(Some(write.key.clone()), error);
    let before = writer.statements().len();
    let answer = if write.is_deletion() {
        let targets = writer.targets(mutation).await.map_err(failed)?;
        let answer = read(writer, step, &targets, options).await?;
        writer.delete_targets(mutation.model, &targets).await.map_err(failed)?;
        answer
    } else {
        let outcome = writer.apply(mutation).await.map_err(failed)?;
        read(writer, step, &outcome, options).await?
    };
    whole.statements.extend(writer.statements().into_iter().skip(before));
    Ok(answer)
}

async fn read(
    writer: &Writer,
    step: &Step<'_>,
    outcome: &Outcome,
    options: &RunOptions,
) -> Result<Answer, Failure> {
    let mut arguments = step.arguments.clone();
    written(&mut arguments, &step.part.arguments, &step.part.nodes, outcome);
    writer.read(&step.part.prepared, arguments, options).await.map_err(Failure::Read)
}
