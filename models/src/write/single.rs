//! A new row that stands for itself: one statement, a transaction of its own, makes it and gives what is told of it.
//!
//! Most mutations are that. A transaction around them, and a statement that reads what the INSERT has just given back, would
//! cost three times as much.

use super::create::{Draft, constants, defaults, row_values};
use super::dangling::placed;
use super::error::{InputPath, WriteError};
use super::tree::{Action, Mutation};
use super::validate::check;
use super::values::Rules;
use super::violation::explained;
use crate::compile::Statement;
use crate::database::{ConstraintKind, Database, Dialect};
use crate::expr::{Expr, Slot};
use crate::objects::Signals;
use crate::prepare::{Prepared, Target, Width, prepare_insert};
use crate::registry::{FieldId, LogicalType, Model, Registry};
use crate::run::{Answer, Arguments, Failed, RunError, RunOptions, run_single};
use std::sync::Arc;

/// Most statements that are kept for one result: an input whose fields come and go has one for each combination.
const KEPT: usize = 16;

/// The INSERTs that have made rows for one result, by the fields that were given.
#[derive(Debug, Default)]
pub struct SingleInserts(parking_lot::RwLock<Vec<(Vec<FieldId>, Arc<Statement>)>>);

impl SingleInserts {
    fn find(&self, fields: &[FieldId], make: impl FnOnce() -> Statement) -> Arc<Statement> {
        let known = |kept: &[(Vec<FieldId>, Arc<Statement>)]| {
            kept.iter().find(|(known, _)| known == fields).map(|(_, statement)| Arc::clone(statement))
        };
        if let Some(known) = known(&self.0.read()) {
            return known;
        }
        let made = Arc::new(make());
        let mut kept = self.0.write();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((fields.to_vec(), Arc::clone(&made)));
        made
    }
}

/// Makes the only row of a mutation with one statement that gives the answer too. `None`: the mutation is more than that, or
/// its result is more than columns of the row; nothing was done then. `arguments` are those of the result, whose only row has
/// whatever key.
///
/// The answer is written once the row is kept. That cannot fail for values of this process's own making, and a result with
/// other values that an answer may have no form for (a computed number, say) is left to a transaction.
///
/// # Errors
/// Why the row was not made.
pub async fn create_single(
    (database, registry): (&Database, &Registry),
    mutation: &Mutation,
    (prepared, inserts): (&Arc<Prepared>, &SingleInserts),
    arguments: Arguments,
    (options, signals): (&RunOptions, Option<&Signals>),
) -> Option<Result<Answer, Failed<WriteError>>> {
    let Action::Create { rows, on_conflict: None } = &mutation.action else { return None };
    let ([row], model) = (rows.as_slice(), registry.model(mutation.model)) else { return None };
    let told = told(prepared)?;
    let constant = |(_, value): &(FieldId, Expr)| matches!(value, Expr::Slot(Slot::Constant(_)));
    if !row.related.is_empty()
        || !row.values.iter().all(constant)
        || signals.is_some_and(|signals| signals.hears_saves(&model.name))
    {
        return None;
    }
    let problems = check(registry, mutation);
    if !problems.is_empty() {
        return Some(Err(WriteError::Validation(problems).into()));
    }
    let draft = Draft { row, extra: Vec::new() };
    let made =
        defaults(model, Rules::All, arguments.now).and_then(|defaults| row_values(model, &draft, &defaults));
    let made = match made {
        Ok(made) => made,
        Err(error) => return Some(Err(error.into())),
    };
    if !told.iter().all(|id| made.fields.contains(id) || always_has_a_form(model, *id)) {
        return None;
    }
    let statement = inserts.find(&made.fields, || {
        let target = Target {
            dialect: database.dialect(),
            folding_collation: None,
            strategy: crate::prepare::Strategy::Auto,
        };
        // Rows by key begin with the position of their key on PostgreSQL. There is one only, and nobody looks.
        let position = (target.dialect == Dialect::Postgres).then(|| model.primary_key[0]);
        let returning: Vec<FieldId> = position.into_iter().chain(told.iter().copied()).collect();
        prepare_insert(model, &made.fields, Width::One, None, &returning, &target).statement
    });
    let answer = run_single(database, prepared, (&statement, &constants(&made)), arguments, options).await;
    Some(answer.map_err(|failed| {
        failed.map(|error| {
            // As at the end of a transaction: that a row refers to none is found when it is kept.
            let of_end =
                matches!(&error, RunError::Constraint(broken) if broken.kind == ConstraintKind::ForeignKey);
            if of_end {
                let error = explained(registry, None, &InputPath::new(), error);
                placed(registry, mutation, &error).unwrap_or(error)
            } else {
                explained(registry, Some(model), &row.path, error)
            }
        })
    }))
}

/// The fields of the row that a result tells, when it tells of nothing else.
fn told(prepared: &Prepared) -> Option<&[FieldId]> {
    match prepared.nodes.as_slice() {
        [] => Some(&[]),
        [only] => only.own.as_deref(),
        _ => None,
    }
}

/// Whether an answer has a form for each value that the database may give a field by itself.
fn always_has_a_form(model: &Model, id: FieldId) -> bool {
    let field = model.field(id);
    let any_value = matches!(
        field.logical,
        LogicalType::Boolean
            | LogicalType::Text
            | LogicalType::Uuid
            | LogicalType::Int16
            | LogicalType::Int32
    );
    field.auto_increment || any_value && field.choices.is_empty()
}
