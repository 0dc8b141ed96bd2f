//! Constraints under the names that they have: a table that Nuages has not made may have named them in its own way, which is no
//! difference to the models.

use crate::editor::{ClauseKind, Step};
use nuages_models::database::{DatabaseError, Dialect, Transaction};
use nuages_models::sql::{quoted_identifier, quoted_text};

/// The step with the name that its constraint has; `None`: there is nothing to do.
pub(super) async fn actual(step: &Step, transaction: &Transaction) -> Result<Option<Step>, DatabaseError> {
    if transaction.dialect() == Dialect::Sqlite {
        return Ok(Some(step.clone()));
    }
    Ok(match step {
        Step::DropConstraint { table, constraint } => {
            let mut constraint = constraint.clone();
            if !is_there(transaction, table, &constraint.name).await?
                && let Some(name) = of_kind(transaction, table, &constraint.kind).await?
            {
                constraint.name = name;
            }
            Some(Step::DropConstraint { table: table.clone(), constraint })
        }
        Step::DropPrimaryKey { table, name } => {
            let found = first(transaction, table, "n.contype = 'p'").await?;
            Some(Step::DropPrimaryKey { table: table.clone(), name: found.unwrap_or_else(|| name.clone()) })
        }
        // One with a name of its own keeps it.
        Step::RenameConstraint { table, name, .. } => {
            is_there(transaction, table, name).await?.then(|| step.clone())
        }
        _ => Some(step.clone()),
    })
}

async fn is_there(transaction: &Transaction, table: &str, name: &str) -> Result<bool, DatabaseError> {
    let condition = format!("n.conname = {}", quoted_text(name));
    Ok(first(transaction, table, &condition).await?.is_some())
}

/// The name of the constraint that says the same.
async fn of_kind(
    transaction: &Transaction,
    table: &str,
    kind: &ClauseKind,
) -> Result<Option<String>, DatabaseError> {
    let condition = match kind {
        ClauseKind::Check => return Ok(None),
        ClauseKind::Unique { columns } => format!("n.contype = 'u' AND {}", has_columns(columns)),
        ClauseKind::ForeignKey { columns, table, .. } => format!(
            "n.contype = 'f' AND n.confrelid = to_regclass({}) AND {}",
            quoted_text(&quoted_identifier(table)),
            has_columns(columns)
        ),
    };
    first(transaction, table, &condition).await
}

fn has_columns(columns: &[String]) -> String {
    let names: Vec<String> = columns.iter().map(|column| quoted_text(column)).collect();
    format!(
        "ARRAY(SELECT a.attname::text FROM unnest(n.conkey) WITH ORDINALITY AS k(number, position) \
         JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = k.number ORDER BY k.position) = ARRAY[{}]::text[]",
        names.join(", ")
    )
}

async fn first(
    transaction: &Transaction,
    table: &str,
    condition: &str,
) -> Result<Option<String>, DatabaseError> {
    let sql = format!(
        "SELECT n.conname FROM pg_constraint n WHERE n.conrelid = to_regclass({}) AND {condition} ORDER BY 1 LIMIT 1",
        quoted_text(&quoted_identifier(table))
    );
    let rows = transaction.query_text(&sql).await?;
    Ok(rows.into_iter().flatten().flatten().next())
}
