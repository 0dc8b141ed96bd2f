//! From a migration to its script: the work of each operation, derived from the states before and after it.

use super::error::ExecuteError;
use super::fill::{self, Filling};
use crate::describe::tables_of;
use crate::editor::{self, ColumnFill, How, Risk, RiskKind, Step, When};
use crate::file::MigrationFile;
use crate::operation::{Operation, RunSql, UpdateRows};
use crate::state::{ModelName, ProjectState};
use crate::table::Table;
use nuages_models::Registry;
use nuages_models::database::Dialect;
use std::sync::Arc;

/// Which way a migration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It is applied.
    Forward,
    /// It is undone.
    Backward,
}

/// What a migration does in one database.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// The migration's name.
    pub(crate) name: String,
    pub(crate) checksum: String,
    pub(crate) direction: Direction,
    /// Whether it asks for one transaction.
    pub(crate) atomic: bool,
    pub(crate) parts: Vec<Part>,
    /// The tables that are there when it is done.
    pub(crate) tables: Vec<Table>,
    /// Those of them that it creates.
    pub(crate) created: Vec<String>,
}

/// The work of an operation, or of a part of one.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// `+ Add field rating to blog.Post`.
    pub(crate) description: String,
    pub(crate) work: Work,
    /// What to know before it is done.
    pub(crate) risks: Vec<Risk>,
}

#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Tables change.
    Tables(Vec<Step>),
    /// SQL of the migration's own.
    Sql(String),
    /// Rows get new values.
    Rows(Box<Rows>),
}

/// Rows that get new values, with the models as they are at that point of the history.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) registry: Arc<Registry>,
    pub(crate) update: UpdateRows,
}

/// A state, and what follows from it.
struct Moment {
    state: ProjectState,
    registry: Registry,
    tables: Vec<Table>,
}

/// Builds the script of a migration from the state before it, which becomes the state after it; for the way back, from the
/// state before it too, which stays then.
///
/// # Errors
/// When an operation does not fit, cannot be undone, or cannot be done in this database.
pub(crate) fn script(
    migration: &MigrationFile,
    state: &mut ProjectState,
    direction: Direction,
    dialect: Dialect,
) -> Result<Script, ExecuteError> {
    let before = state.clone();
    let (start, operations) = match direction {
        Direction::Forward => (before.clone(), migration.operations.clone()),
        Direction::Backward => {
            let mut after = before.clone();
            migration.apply(&mut after)?;
            let operations = crate::operation::reverse_all(&migration.operations, &before)
                .map_err(|error| ExecuteError::Irreversible { migration: migration.name.clone(), error })?;
            (after, operations)
        }
    };
    let mut builder = Builder { migration: &migration.name, direction, dialect, parts: Vec::new() };
    let mut moment = builder.moment(start)?;
    let there: Vec<String> = moment.tables.iter().map(|table| table.name.clone()).collect();
    for operation in &operations {
        moment = builder.operation(operation, moment)?;
    }
    let parts = builder.parts;
    if direction == Direction::Forward {
        *state = moment.state;
    }
    let created: Vec<String> =
        moment.tables.iter().map(|table| table.name.clone()).filter(|name| !there.contains(name)).collect();
    Ok(Script {
        name: migration.name.clone(),
        checksum: migration.checksum(),
        direction,
        atomic: migration.atomic,
        parts,
        tables: moment.tables,
        created,
    })
}

struct Builder<'a> {
    migration: &'a str,
    direction: Direction,
    dialect: Dialect,
    parts: Vec<Part>,
}

impl Builder<'_> {
    fn fails(&self, operation: &str, reason: impl ToString) -> ExecuteError {
        ExecuteError::Impossible {
            migration: self.migration.to_owned(),
            operation: operation.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn moment(&self, state: ProjectState) -> Result<Moment, ExecuteError> {
        let registry = state.registry().map_err(|errors| ExecuteError::State {
            migration: self.migration.to_owned(),
            errors: errors.render(false),
        })?;
        let tables = tables_of(&registry, self.dialect).map_err(|unsupported| ExecuteError::Unsupported {
            migration: self.migration.to_owned(),
            unsupported,
        })?;
        Ok(Moment { state, registry, tables })
    }

    fn applied(&self, operation: &Operation, before: &Moment) -> Result<Moment, ExecuteError> {
        let mut state = before.state.clone();
        operation.apply(&mut state).map_err(|error| self.fails(&error.operation, &error.reason))?;
        self.moment(state)
    }

    fn operation(&mut self, operation: &Operation, before: Moment) -> Result<Moment, ExecuteError> {
        let description = format!("{} {}", operation.sign(), operation.describe());
        match operation {
            Operation::RunSql(RunSql { forward, .. }) => {
                if let Some(sql) = forward.for_dialect(self.dialect).filter(|sql| !sql.trim().is_empty()) {
                    let work = Work::Sql(sql.to_owned());
                    self.parts.push(Part { description, work, risks: Vec::new() });
                }
                self.applied(operation, &before)
            }
            Operation::UpdateRows(update) => {
                self.rows(update, description, &before.state)?;
                Ok(before)
            }
            Operation::SeparateDatabaseAndState { database, .. } => {
                let after = self.applied(operation, &before)?;
                let mut moment = before;
                for inner in database {
                    moment = self.operation(inner, moment)?;
                }
                Ok(after)
            }
            Operation::AddField { model, name, field, fill }
            | Operation::AlterField { model, name, field, fill } => {
                let is_new = matches!(operation, Operation::AddField { .. });
                let given = fill.as_ref().map(fill::expression);
                let after = self.applied(operation, &before)?;
                let filling = fill::filling(
                    (&before.registry, &after.registry),
                    (model, name),
                    field,
                    given.as_deref(),
                    (is_new, self.direction),
                    self.dialect,
                );
                match filling {
                    Filling::Nothing => self.tables(operation, description, &before, &after, &[])?,
                    Filling::Literal { fill, note } => {
                        self.tables(operation, description, &before, &after, &[fill])?;
                        self.note(note);
                    }
                    Filling::Expression { text, note } => {
                        self.fill_rows(operation, description, before, &after, &text)?;
                        self.note(note);
                    }
                }
                Ok(after)
            }
            _ => {
                let after = self.applied(operation, &before)?;
                self.tables(operation, description, &before, &after, &[])?;
                Ok(after)
            }
        }
    }

    /// Something to know about the part that was made last.
    fn note(&mut self, note: Option<String>) {
        if let (Some(what), Some(part)) = (note, self.parts.last_mut()) {
            let remedy = "load the values from a backup afterwards, if they are needed".to_owned();
            part.risks.push(Risk { kind: RiskKind::Loses, when: When::Always, what, remedy });
        }
    }

    /// A field that is computed for the rows that are there: null first, then the rows, then as it is to be.
    fn fill_rows(
        &mut self,
        operation: &Operation,
        description: String,
        before: Moment,
        after: &Moment,
        text: &str,
    ) -> Result<(), ExecuteError> {
        let (Operation::AddField { model, name, field, .. }
        | Operation::AlterField { model, name, field, .. }) = operation
        else {
            return Ok(());
        };
        let mut open = field.clone();
        open.options.insert("null".to_owned(), true.into());
        let open = match operation {
            Operation::AddField { .. } => {
                Operation::AddField { model: model.clone(), name: name.clone(), field: open, fill: None }
            }
            _ => Operation::AlterField { model: model.clone(), name: name.clone(), field: open, fill: None },
        };
        let between = self.applied(&open, &before)?;
        self.tables(&open, description.clone(), &before, &between, &[])?;
        let update = UpdateRows {
            model: model.clone(),
            filter: Some(format!("\"{name}\" is null")),
            set: std::iter::once((name.clone(), text.to_owned())).collect(),
            batch: Some(1000),
            reverse: None,
        };
        self.rows(&update, format!("d Fill {name} of {model}"), &between.state)?;
        let closed = Operation::AlterField {
            model: model.clone(),
            name: name.clone(),
            field: field.clone(),
            fill: None,
        };
        self.tables(&closed, format!("~ Alter field {name} of {model} to what it is"), &between, after, &[])
    }

    fn rows(
        &mut self,
        update: &UpdateRows,
        description: String,
        state: &ProjectState,
    ) -> Result<(), ExecuteError> {
        // Only the rows and the values count that the migration says: no manager's filter, no `auto_now`.
        let mut bare = state.clone();
        for model in bare.models.values_mut() {
            model.managers.clear();
            for field in model.fields.values_mut() {
                field.options.remove("auto_now");
            }
        }
        let registry = bare.registry_for_rows().map_err(|errors| ExecuteError::State {
            migration: self.migration.to_owned(),
            errors: errors.render(false),
        })?;
        let rows = Rows { registry: Arc::new(registry), update: update.clone() };
        super::rows::check(&rows).map_err(|reason| self.fails(&description, reason))?;
        self.parts.push(Part { description, work: Work::Rows(Box::new(rows)), risks: Vec::new() });
        Ok(())
    }

    fn tables(
        &mut self,
        operation: &Operation,
        description: String,
        before: &Moment,
        after: &Moment,
        fills: &[ColumnFill],
    ) -> Result<(), ExecuteError> {
        let renames = operation.renames(&before.registry, &after.registry);
        let (mut old, mut new) = (before.tables.clone(), after.tables.clone());
        if let Operation::AlterTable { model, changes } = operation
            && changes.managed.is_some()
        {
            // Who takes a table over, or gives it away, leaves it as it is.
            let tables = tables_of_model(&before.registry, model)
                .into_iter()
                .chain(tables_of_model(&after.registry, model))
                .collect::<Vec<_>>();
            old.retain(|table| !tables.contains(&table.name));
            new.retain(|table| !tables.contains(&table.name));
        }
        let failed = |error| self.fails(&description, error);
        let mut steps = editor::plan(&old, &new, &renames, fills, self.dialect).map_err(failed)?;
        if asks_online(operation) && self.dialect == Dialect::Postgres {
            steps.iter_mut().filter_map(Step::how_mut).for_each(|how| *how = How::Online);
        }
        let risks = editor::risks(&old, &new, &renames, fills, &steps, self.dialect).map_err(failed)?;
        self.parts.push(Part { description, work: Work::Tables(steps), risks });
        Ok(())
    }
}

/// The table of a model, and those of the links that it declares.
fn tables_of_model(registry: &Registry, name: &ModelName) -> Vec<String> {
    let Some(model) = registry.model_named(&name.name) else { return Vec::new() };
    let links = model.relations.iter().filter_map(|relation| relation.through.as_ref());
    let links = links.map(|through| registry.model(through.model)).filter(|link| link.implicit);
    std::iter::once(model.table.clone()).chain(links.map(|link| link.table.clone())).collect()
}

/// Whether a migration asks for building or checking beside those who write.
fn asks_online(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::AddIndex { concurrently: true, .. }
            | Operation::RemoveIndex { concurrently: true, .. }
            | Operation::AddConstraint { not_valid: true, .. }
    )
}
