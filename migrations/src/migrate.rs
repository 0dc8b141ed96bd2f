//! [`migrate`]: from the models to the tables of a database.

use crate::compare::{Aspect, Difference, Printed, Weight, compare, has_expressions};
use crate::describe::{Unsupported, tables_of};
use crate::inspect;
use crate::render;
use crate::table::Table;
use nuages_models::Registry;
use nuages_models::database::{Database, DatabaseError, Dialect, Transaction};

/// The lock that keeps processes that start together from creating the same tables: `nuages` in ASCII.
pub(crate) const LOCK: i64 = 0x6e75_6167_6573;

/// What a database has of the models' tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// None of them.
    Empty,
    /// All of them, as the models need them.
    Current,
    /// Something else.
    Different(Vec<Difference>),
}

/// What [`migrate`] has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrateReport {
    /// The tables that were created; empty when all existed and agreed.
    pub created: Vec<String>,
    /// The statements that ran, in order.
    pub statements: Vec<String>,
}

/// Why the tables are not as the models need them.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The models ask for what the database has not.
    #[error("the models cannot become tables:\n{}", lines(.0))]
    Unsupported(Vec<Unsupported>),
    /// The database has tables of the models' names, but different ones.
    #[error(
        "the database's tables differ from the models; nothing was changed. Change the models or the tables, or \
        use an empty database:\n{}",
        lines(.0)
    )]
    Different(Vec<Difference>),
    /// A statement failed.
    #[error("the database refused to create a table: {error}\n{statement}")]
    Statement {
        /// The statement.
        statement: String,
        /// Why.
        #[source]
        error: DatabaseError,
    },
    /// The database could not be looked at.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

pub(crate) fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(|item| format!("  {}", item.to_string())).collect::<Vec<_>>().join("\n")
}

/// Creates the tables of the models, all in one transaction, on a database that has none of them. When it has them and
/// they agree, nothing is done. Processes that start together take turns.
///
/// # Errors
/// When the tables differ, with every difference; when the models cannot become tables; when the database fails.
pub async fn migrate(database: &Database, registry: &Registry) -> Result<MigrateReport, MigrateError> {
    let tables = tables_of(registry, database.dialect()).map_err(MigrateError::Unsupported)?;
    let transaction = database.begin().await?;
    if database.dialect() == Dialect::Postgres {
        // Given back when the transaction ends. SQLite's transaction is itself the lock.
        transaction.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    match look(&inspect::Reader::Transaction(&transaction), &tables).await? {
        State::Current => return Ok(MigrateReport::default()),
        State::Different(differences) => return Err(MigrateError::Different(differences)),
        State::Empty => {}
    }
    let statements = render::create(&tables, database.dialect());
    for statement in &statements {
        run(&transaction, statement).await?;
    }
    transaction.commit().await?;
    let created = tables.into_iter().map(|table| table.name).collect();
    tracing::info!(statements = statements.len(), "created the tables");
    Ok(MigrateReport { created, statements })
}

/// What the database has of the models' tables. Nothing is changed: on PostgreSQL temporary tables are made in a transaction
/// that is given up, where the models have expressions to compare.
///
/// # Errors
/// When the models cannot become tables; when the database cannot be looked at (on PostgreSQL: when temporary tables cannot be
/// made).
pub async fn state(database: &Database, registry: &Registry) -> Result<State, MigrateError> {
    let tables = tables_of(registry, database.dialect()).map_err(MigrateError::Unsupported)?;
    match database.dialect() {
        Dialect::Sqlite => look(&inspect::Reader::Database(database), &tables).await,
        Dialect::Postgres => {
            let transaction = database.begin().await?;
            // Dropping it undoes everything.
            look(&inspect::Reader::Transaction(&transaction), &tables).await
        }
    }
}

/// Every difference, those that are served rightly among them.
pub(crate) async fn differences_of(
    database: &Database,
    tables: &[Table],
) -> Result<Vec<Difference>, MigrateError> {
    match database.dialect() {
        Dialect::Sqlite => differences(&inspect::Reader::Database(database), tables).await,
        Dialect::Postgres => {
            let transaction = database.begin().await?;
            // Dropping it undoes everything.
            differences(&inspect::Reader::Transaction(&transaction), tables).await
        }
    }
}

async fn differences(
    reader: &inspect::Reader<'_>,
    tables: &[Table],
) -> Result<Vec<Difference>, MigrateError> {
    let found = inspect::tables(reader, inspect::Schema::Current).await?;
    let printed = match reader {
        inspect::Reader::Transaction(transaction) if reader.dialect() == Dialect::Postgres => {
            printed(reader, transaction, tables, &found).await?
        }
        _ => Printed::new(),
    };
    Ok(compare(tables, &found, &printed, reader.dialect()))
}

pub(crate) async fn look(reader: &inspect::Reader<'_>, tables: &[Table]) -> Result<State, MigrateError> {
    let (served, differences): (Vec<_>, Vec<_>) = differences(reader, tables)
        .await?
        .into_iter()
        .partition(|difference| difference.weight == Weight::Served);
    for difference in &served {
        tracing::debug!("served as it is: {difference}");
    }
    if differences.is_empty() {
        return Ok(State::Current);
    }
    let missing = differences.iter().filter(|d| d.aspect == Aspect::Table).count();
    if missing == tables.len() {
        return Ok(State::Empty);
    }
    Ok(State::Different(differences))
}

/// How PostgreSQL prints the expressions of the tables that it has: it makes temporary tables of the same names, which are gone
/// when the transaction goes back to where it was. Which words, casts and parentheses it prints hangs on its version and on the
/// types of columns, so nothing but PostgreSQL can say it.
async fn printed(
    reader: &inspect::Reader<'_>,
    transaction: &Transaction,
    tables: &[Table],
    found: &Printed,
) -> Result<Printed, MigrateError> {
    let kept: Vec<&Table> =
        tables.iter().filter(|table| found.contains_key(&table.name) && has_expressions(table)).collect();
    if kept.is_empty() {
        // No temporary table is made, which not everybody may.
        return Ok(Printed::new());
    }
    let mut printed = Printed::new();
    transaction.batch("SAVEPOINT nuages_printed").await?;
    // Each table and index holds locks, of which the server has a bounded number, until it is given up.
    for some in kept.chunks(50) {
        for statement in some.iter().flat_map(|table| render::temporary(table)) {
            run(transaction, &statement).await?;
        }
        printed.extend(inspect::tables(reader, inspect::Schema::Temporary).await?);
        transaction.batch("ROLLBACK TO SAVEPOINT nuages_printed").await?;
    }
    Ok(printed)
}

async fn run(transaction: &Transaction, statement: &str) -> Result<(), MigrateError> {
    let refused = |error| MigrateError::Statement { statement: statement.to_owned(), error };
    transaction.batch(statement).await.map_err(refused)
}
