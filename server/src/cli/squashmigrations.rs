//! `nuages squashmigrations`: one migration for several.

use super::migration_files::{MigrationFailure, print_operations, project_and_names, write_new};
use clap::Args;
use nuages_migrations::{History, squash};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the project (the current one when left out), the first migration (of all when left out) and the last: their
    /// names or how they begin
    #[arg(value_names = ["PROJECT", "START", "END"], num_args = 1..=3, required = true)]
    arguments: Vec<String>,
    /// Name of the new migration, after its number
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Writes the new migration beside those that it replaces. The answer is what is printed.
pub(super) fn run(arguments: &Arguments) -> Result<String, MigrationFailure> {
    let (project, names) = project_and_names(&arguments.arguments);
    let (start, end) = match names {
        [end] => (None, end),
        [start, end] => (Some(start.as_str()), end),
        _ => {
            let first = arguments.arguments.first().map(String::as_str).unwrap_or_default();
            return Err(MigrationFailure::Other(format!("`{first}` is not the folder of a project")));
        }
    };
    let history = History::read(&project)?;
    let file = squash(&history, start, end, arguments.name.as_deref())?;
    let before: usize = file
        .replaces
        .iter()
        .filter_map(|name| history.get(name))
        .map(|migration| migration.operations.len())
        .sum();
    let path = write_new(&project, &file)?;
    Ok(format!(
        "Wrote {}: {before} operations became {}\n{}\
         It replaces {}. Keep those until every database has them all or the new one; then delete their files and the \
         line `replaces`, and name the new one in the dependencies of those that come after it.\n",
        path.display(),
        file.operations.len(),
        print_operations(&file),
        file.replaces.join(", "),
    ))
}
