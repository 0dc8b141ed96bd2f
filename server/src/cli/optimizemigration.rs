//! `nuages optimizemigration`: the same migration with fewer operations.

use super::migration_files::{MigrationFailure, print_operations, project_and_names, write_again};
use clap::Args;
use nuages_migrations::{History, optimized};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the project (the current one when left out), and the migration: its name or how it begins
    #[arg(value_names = ["PROJECT", "MIGRATION"], num_args = 1..=2, required = true)]
    arguments: Vec<String>,
    /// Write nothing, and fail when the operations can be fewer
    #[arg(long)]
    check: bool,
}

/// Rewrites the migration. The answer is what is printed.
pub(super) fn run(arguments: &Arguments) -> Result<(String, ExitCode), MigrationFailure> {
    let (project, names) = project_and_names(&arguments.arguments);
    let [name] = names else {
        let first = arguments.arguments.first().map(String::as_str).unwrap_or_default();
        return Err(MigrationFailure::Other(format!("`{first}` is not the folder of a project")));
    };
    let history = History::read(&project)?;
    let migration = history.find(name)?;
    let fewer = optimized(&history, migration)?;
    let (before, after) = (migration.operations.len(), fewer.operations.len());
    if after == before {
        let shown = format!("{} has no operations that can be merged\n", migration.name);
        return Ok((shown, ExitCode::SUCCESS));
    }
    let shown = print_operations(&fewer);
    if arguments.check {
        let shown = format!("{}: {before} operations can be {after}\n{shown}", migration.name);
        return Ok((shown, ExitCode::FAILURE));
    }
    let path = write_again(&project, &fewer)?;
    let shown = format!(
        "Wrote {}: {before} operations became {after}\n{shown}A database that has applied it would find it edited: do this \
         before it is applied anywhere.\n",
        path.display()
    );
    Ok((shown, ExitCode::SUCCESS))
}
