//! Operations: the steps of a migration, as plain data.
//!
//! An operation changes a [`ProjectState`]. It knows no SQL: what a database has to do follows from comparing the tables of
//! the registries before and after it, with the [`Renames`] that it declares. What only data can say (`fill`,
//! [`UpdateRows`], [`RunSql`]) stands in the operation.
//!
//! | what | module |
//! |---|---|
//! | the state after an operation | `apply` |
//! | the operations that undo it | `reverse` |
//! | what has another name afterwards | `names` |
//! | one sentence for people | `describe` |
//! | two operations as one or none | `reduce` |

mod apply;
mod describe;
mod names;
mod reduce;
pub(crate) mod references;
mod reverse;

pub use apply::OperationError;
pub use names::{Names, Renames};
pub use reduce::optimize;

pub use reverse::Irreversible;
pub(crate) use reverse::reverse_all;

use crate::state::{ModelName, ProjectState};
use indexmap::IndexMap;
use nuages_models::database::Dialect;
use nuages_models::define::{
    ConstraintDefinition, FieldDefinition, IndexDefinition, ManagerDefinition, ModelDefinition,
};
use serde_json::Value as Json;

/// A step of a migration.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// A new model.
    CreateModel(Box<ModelDefinition>),
    /// A model goes, with its rows.
    DeleteModel {
        /// Which.
        model: ModelName,
    },
    /// A model has another name, or stands in the file of another app. What refers to it follows.
    RenameModel {
        /// Which.
        model: ModelName,
        /// Its name afterwards.
        to: ModelName,
    },
    /// A new field.
    AddField {
        /// In which model.
        model: ModelName,
        /// Its name.
        name: String,
        /// What it is.
        field: FieldDefinition,
        /// What the rows that are there get, when the field is not null and has no default.
        fill: Option<Fill>,
    },
    /// A field goes, with its values.
    RemoveField {
        /// In which model.
        model: ModelName,
        /// Which.
        name: String,
    },
    /// A field is another one.
    AlterField {
        /// In which model.
        model: ModelName,
        /// Which.
        name: String,
        /// What it is afterwards.
        field: FieldDefinition,
        /// What the rows with NULL get, when the field becomes not null.
        fill: Option<Fill>,
    },
    /// A field has another name. What refers to it follows.
    RenameField {
        /// In which model.
        model: ModelName,
        /// Which.
        name: String,
        /// Its name afterwards.
        to: String,
    },
    /// A new index.
    AddIndex {
        /// On which model.
        model: ModelName,
        /// Its name.
        name: String,
        /// What it is.
        index: IndexDefinition,
        /// Built without keeping writers out, outside of a transaction (PostgreSQL).
        concurrently: bool,
    },
    /// An index goes.
    RemoveIndex {
        /// On which model.
        model: ModelName,
        /// Which.
        name: String,
        /// Without keeping writers out, outside of a transaction (PostgreSQL).
        concurrently: bool,
    },
    /// An index has another name.
    RenameIndex {
        /// On which model.
        model: ModelName,
        /// Which.
        name: String,
        /// Its name afterwards.
        to: String,
    },
    /// A new constraint.
    AddConstraint {
        /// On which model.
        model: ModelName,
        /// Its name.
        name: String,
        /// What it is.
        constraint: ConstraintDefinition,
        /// Added for new rows first and then validated, so that writers are not kept out meanwhile (PostgreSQL, checks).
        not_valid: bool,
    },
    /// A constraint goes.
    RemoveConstraint {
        /// On which model.
        model: ModelName,
        /// Which.
        name: String,
    },
    /// What the model says about its table is something else.
    AlterTable {
        /// Which.
        model: ModelName,
        /// What it says afterwards.
        changes: TableChanges,
    },
    /// The model has these managers. Nothing happens in the database.
    AlterManagers {
        /// Which.
        model: ModelName,
        /// All of its managers afterwards.
        managers: IndexMap<String, ManagerDefinition>,
    },
    /// SQL of your own.
    RunSql(RunSql),
    /// Rows get new values, in batches.
    UpdateRows(UpdateRows),
    /// What happens in the database is not what the state sees.
    SeparateDatabaseAndState {
        /// Why, for who reads the migration.
        note: Option<String>,
        /// Done in the database, beginning at the state before.
        database: Vec<Operation>,
        /// Seen by the state.
        state: Vec<Operation>,
    },
}

/// What existing rows get, once; the model does not keep it.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// A value of the field's type, in JSON form as defaults are.
    Value(Json),
    /// An expression over the row.
    Expression(String),
}

/// What a model says about its table; absent is as before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableChanges {
    /// The name; `Some(None)` for the default one.
    pub table: Option<Option<String>>,
    /// The comment; `Some(None)` for none.
    pub db_comment: Option<Option<String>>,
    /// Whether Nuages creates and migrates it.
    pub managed: Option<bool>,
    /// The fields of a primary key of several; empty for a key of one field.
    pub primary_key: Option<Vec<String>>,
    /// Sets of fields that are unique together.
    pub unique_together: Option<Vec<Vec<String>>>,
}

/// SQL, for all databases or for each its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SqlText {
    /// For PostgreSQL; absent means that there is nothing to do.
    pub postgres: Option<String>,
    /// For SQLite; absent means that there is nothing to do.
    pub sqlite: Option<String>,
}

impl SqlText {
    /// The same on all databases.
    pub fn same(sql: impl Into<String>) -> Self {
        let sql = sql.into();
        Self { postgres: Some(sql.clone()), sqlite: Some(sql) }
    }

    /// The text for a database.
    pub fn for_dialect(&self, dialect: Dialect) -> Option<&str> {
        match dialect {
            Dialect::Postgres => self.postgres.as_deref(),
            Dialect::Sqlite => self.sqlite.as_deref(),
        }
    }
}

/// SQL of your own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunSql {
    /// What is run: one or more statements.
    pub forward: SqlText,
    /// What undoes it; empty texts when there is nothing to undo, `None` when it cannot be undone.
    pub reverse: Option<SqlText>,
    /// What it means for the state.
    pub state: Vec<Operation>,
}

/// Rows get new values: a data migration. Only rows that the filter finds are written, a batch in each transaction where the
/// migration is not atomic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateRows {
    /// Of which model; no manager's filter applies.
    pub model: ModelName,
    /// Which rows, an expression; all when absent.
    pub filter: Option<String>,
    /// Expressions by the fields that get their values.
    pub set: IndexMap<String, String>,
    /// Rows of a batch; all at once when absent.
    pub batch: Option<u32>,
    /// What undoes it; `None` when it cannot be undone.
    pub reverse: Option<UndoRows>,
}

/// What undoes [`UpdateRows`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoRows {
    /// Nothing needs to be undone.
    Nothing,
    /// Another update of the same model.
    Update {
        /// Which rows; all when absent.
        filter: Option<String>,
        /// Expressions by the fields that get their values.
        set: IndexMap<String, String>,
    },
}

impl Operation {
    /// The operations that the state sees, where they are not this one.
    fn state_operations(&self) -> Option<&[Operation]> {
        match self {
            Self::RunSql(run) => Some(&run.state),
            Self::SeparateDatabaseAndState { state, .. } => Some(state),
            _ => None,
        }
    }
}

/// The state after operations.
///
/// # Errors
/// The first that does not fit the state before it.
pub fn apply_all(operations: &[Operation], state: &mut ProjectState) -> Result<(), OperationError> {
    operations.iter().try_for_each(|operation| operation.apply(state))
}
