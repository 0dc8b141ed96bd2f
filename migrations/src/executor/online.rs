//! Steps of PostgreSQL outside of transactions. Each looks at what is there already, so that it can be run again after it was killed.

use super::error::ExecuteError;
use super::run::Runner;
use crate::editor::{self, ClauseKind, How, Step};
use nuages_models::database::{DatabaseError, Dialect};
use nuages_models::sql::{quoted_identifier, quoted_text};

/// Runs an online step.
pub(super) async fn run(
    runner: &mut Runner<'_>,
    migration: &str,
    operation: &str,
    step: &Step,
) -> Result<(), ExecuteError> {
    let statements = editor::render(step, Dialect::Postgres);
    let mut rest = statements.as_slice();
    match step {
        Step::CreateIndex { index, .. } if has_index(runner, migration, operation, &index.name).await? => {
            return Ok(());
        }
        Step::AddConstraint { table, constraint, .. } => {
            let there = has_constraint(runner, table, &constraint.name).await?;
            match (&constraint.kind, there) {
                (ClauseKind::Unique { .. }, true) => return Ok(()),
                (ClauseKind::Unique { .. }, false) => {
                    if has_index(runner, migration, operation, &constraint.name).await? {
                        rest = &rest[1..];
                    }
                }
                // It is there, and perhaps not validated yet.
                (_, true) => rest = &rest[1..],
                (_, false) => {}
            }
        }
        Step::SetNotNull { table, column, .. } => {
            let helper = editor::not_null_name(table, column);
            let there = has_constraint(runner, table, &helper).await?;
            if is_not_null(runner, table, column).await? {
                // The helper is all that may be left.
                rest = if there { &rest[3..] } else { &[] };
            } else if there {
                rest = &rest[1..];
            }
        }
        _ => {}
    }
    for statement in rest {
        // Waiting for old transactions keeps nobody out; other statements do not wait long.
        let limit = if statement.contains(" CONCURRENTLY ") { 0 } else { runner.options.lock_timeout_ms };
        if let Some(lone) = &runner.lone {
            lone.batch(&format!("SET lock_timeout = {limit}")).await?;
        }
        runner.outside(migration, operation, statement).await?;
    }
    Ok(())
}

async fn query(runner: &Runner<'_>, sql: &str) -> Result<Vec<Vec<Option<String>>>, DatabaseError> {
    match &runner.lone {
        Some(lone) => lone.query_text(sql).await,
        None => Ok(Vec::new()),
    }
}

/// Whether an index is there and works. One that was left by a killed build is dropped.
async fn has_index(
    runner: &mut Runner<'_>,
    migration: &str,
    operation: &str,
    name: &str,
) -> Result<bool, ExecuteError> {
    let sql = format!(
        "SELECT x.indisvalid FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
         WHERE i.relname = {} AND i.relnamespace = current_schema()::regnamespace",
        quoted_text(name)
    );
    let rows = query(runner, &sql).await?;
    let Some(valid) = rows.into_iter().flatten().flatten().next() else { return Ok(false) };
    if valid == "t" {
        return Ok(true);
    }
    let drop = Step::DropIndex { table: String::new(), name: name.to_owned(), how: How::Online };
    for statement in editor::render(&drop, Dialect::Postgres) {
        runner.outside(migration, operation, &statement).await?;
    }
    Ok(false)
}

async fn has_constraint(runner: &Runner<'_>, table: &str, name: &str) -> Result<bool, ExecuteError> {
    let sql = format!(
        "SELECT 1 FROM pg_constraint WHERE conname = {} AND conrelid = to_regclass({})",
        quoted_text(name),
        quoted_text(&quoted_identifier(table))
    );
    Ok(!query(runner, &sql).await?.is_empty())
}

async fn is_not_null(runner: &Runner<'_>, table: &str, column: &str) -> Result<bool, ExecuteError> {
    let sql = format!(
        "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} AND attnotnull",
        quoted_text(&quoted_identifier(table)),
        quoted_text(column)
    );
    Ok(!query(runner, &sql).await?.is_empty())
}
