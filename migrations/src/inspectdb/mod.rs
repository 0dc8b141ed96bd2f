//! From an existing database to model files.
//!
//! | stage | input → output | module |
//! |---|---|---|
//! | catalog | a database → its relations, with all that is on them | `catalog` |
//! | kinds, keys | a column → its field type; a relation → its key | `kinds`, `keys` |
//! | plan | relations → models, references, links and their names | `plan`, `naming` |
//! | build | the plan → drafts of models | `build`, `blocks` |
//! | settle | drafts are defined and compared with the database until nothing differs | `settle` |
//!
//! What a model file has no words for becomes a comment in it.

mod blocks;
mod build;
mod catalog;
mod draft;
mod keys;
mod kinds;
mod naming;
mod plan;
mod settle;

use crate::inspect::{Cells, Reader};
use crate::migrate::MigrateError;
use catalog::{Catalog, Facts, Relation};
use indexmap::IndexMap;
use nuages_models::database::{Database, DatabaseError, Dialect};
use nuages_models::define::{DefineErrors, SourceFile};
use nuages_models::sql::quoted_identifier;
use plan::{Kinds, Known};
use std::collections::BTreeSet;

/// Tables that are of the machinery of Django or of Nuages, and left out unless they are asked for.
const MACHINERY: &[(&str, &str)] = &[
    ("django_migrations", "Django keeps its migrations in it"),
    ("django_session", "Django keeps its sessions in it"),
    ("nuages_migration", "Nuages keeps its migrations in it"),
    ("nuages_migrations", "Nuages keeps its migrations in it"),
    ("spatial_ref_sys", "PostGIS keeps its reference systems in it"),
];

/// What to read, and where to put it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InspectOptions {
    /// The database's name, for the model file of tables that have no app's prefix.
    pub name: String,
    /// The app of all models; by the tables' prefixes when there is none.
    pub app: Option<String>,
    /// The tables to read; all when empty.
    pub tables: Vec<String>,
}

/// Model files of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The files, their paths relative to a project's folder: `models/blog.toml`.
    pub files: Vec<SourceFile>,
    /// What is in no file, and why.
    pub outside: Vec<String>,
    /// How many models there are.
    pub models: usize,
    /// The tables that are not managed, with the reasons.
    pub unmanaged: Vec<(String, String)>,
}

/// Why there are no model files.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// The database has nothing to make models of.
    #[error("the database has no tables{}", .0.iter().map(|line| format!("\n  {line}")).collect::<String>())]
    Empty(Vec<String>),
    /// A table that was asked for is not there.
    #[error("the database has no table {}; it has {}", .missing.join(", "), .known.join(", "))]
    UnknownTables {
        /// What was asked for.
        missing: Vec<String>,
        /// What there is.
        known: Vec<String>,
    },
    /// The app's name cannot be a file's.
    #[error("`{given}` cannot be the name of a model file; `{remedy}` would do")]
    BadApp {
        /// What was given.
        given: String,
        /// A name like it.
        remedy: String,
    },
    /// The files that were made are wrong: a defect of this program.
    #[error("the model files that were made have errors; this is a defect of nuages, please report it:\n{}", .0.render(false))]
    Define(#[from] DefineErrors),
    /// The tables could not be compared.
    #[error(transparent)]
    Compare(#[from] MigrateError),
    /// The database could not be read.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Reads a database and writes model files for it. Nothing in the database is changed.
///
/// # Errors
/// When the database cannot be read, or has no such tables.
pub async fn inspectdb(database: &Database, options: &InspectOptions) -> Result<Inspected, InspectError> {
    if let Some(app) = &options.app
        && naming::app_name(app) != *app
    {
        return Err(InspectError::BadApp { given: app.clone(), remedy: naming::app_name(app) });
    }
    let reader = Reader::Database(database);
    let mut catalog = catalog::read(&reader).await?;
    choose(&mut catalog, options)?;
    let placed = naming::place(&catalog, options.app.as_deref(), &options.name);
    let mut known = IndexMap::new();
    for relation in &catalog.relations {
        let Some(placed) = placed.get(&relation.name).cloned() else { continue };
        let kinds = kinds(&reader, relation).await?;
        let key = keys::key(&reader, relation, &kinds).await?.unwrap_or_default();
        known.insert(relation.name.clone(), Known { placed, kinds, key });
    }
    let mut explicit = BTreeSet::new();
    loop {
        let plan = plan::plan(&catalog, known.clone(), &explicit);
        let drafts = build::drafts(&plan);
        match settle::settle(database, drafts, &plan, &catalog).await? {
            settle::Settled::Files(inspected) => return Ok(inspected),
            // Its table is not as a many-to-many field would make it.
            settle::Settled::Link(link) => {
                explicit.insert(link);
            }
        }
    }
}

/// Keeps the tables that are asked for.
fn choose(catalog: &mut Catalog, options: &InspectOptions) -> Result<(), InspectError> {
    let names = |catalog: &Catalog| {
        catalog.relations.iter().map(|relation| relation.name.clone()).collect::<Vec<_>>()
    };
    let known = names(catalog);
    let missing: Vec<String> = options.tables.iter().filter(|name| !known.contains(name)).cloned().collect();
    if !missing.is_empty() {
        return Err(InspectError::UnknownTables { missing, known });
    }
    if options.tables.is_empty() {
        for (table, why) in MACHINERY {
            if known.iter().any(|name| name == table) {
                catalog.outside.push(format!("{table}: {why}"));
            }
        }
        catalog.relations.retain(|relation| !MACHINERY.iter().any(|(table, _)| *table == relation.name));
    } else {
        catalog.relations.retain(|relation| options.tables.contains(&relation.name));
    }
    if catalog.relations.is_empty() {
        return Err(InspectError::Empty(catalog.outside.clone()));
    }
    Ok(())
}

async fn kinds(reader: &Reader<'_>, relation: &Relation) -> Result<Kinds, DatabaseError> {
    let mut kinds = Kinds::new();
    if reader.dialect() == Dialect::Sqlite {
        let facts = catalog::facts(reader, relation).await?;
        for column in relation.found.columns.keys() {
            let facts = facts.get(column).copied().unwrap_or_default();
            kinds.insert(column.clone(), kinds::sqlite(relation, column, &facts));
        }
        return Ok(kinds);
    }
    for column in relation.found.columns.keys() {
        let of = relation.columns.get(column).and_then(|details| details.postgres.as_ref());
        let Some(of) = of else { continue };
        let facts = match kinds::is_unbounded_decimal(of) {
            true => decimal_facts(reader, &relation.name, column).await,
            false => None,
        };
        kinds.insert(column.clone(), kinds::postgres(of, facts.as_ref()));
    }
    Ok(kinds)
}

/// The most digits that the decimals of a column have. A view may fail or take too long; then nothing is known.
async fn decimal_facts(reader: &Reader<'_>, table: &str, column: &str) -> Option<Facts> {
    let column = quoted_identifier(column);
    let sql = format!(
        "SELECT max(length(trunc(abs({column}))::text)), max(scale({column})) FROM {}",
        quoted_identifier(table)
    );
    let mut cells = Cells::new(reader.query_text(&sql).await.ok()?.into_iter().next()?);
    let mut number = || cells.text().parse().unwrap_or(0);
    Some(Facts { whole_digits: number(), places: number(), ..Facts::default() })
}
