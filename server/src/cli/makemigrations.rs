//! `nuages makemigrations`: writes the migration that leads to the models.

use super::migration_files::{MigrationFailure, print_operations, write_new};
use super::questions::{Decisions, Questions, Terminal};
use clap::Args;
use nuages_migrations::{History, MigrationFile, Operation, ProjectState, detect, merge, migration_name};
use nuages_models::define::read_project;
use nuages_models::registry::FieldTypes;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the project
    #[arg(default_value = ".", value_name = "PROJECT")]
    project: PathBuf,
    /// Name of the migration, after its number
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write nothing, and fail when a migration is missing
    #[arg(long)]
    check: bool,
    /// Write nothing, and print the migration
    #[arg(long)]
    dry_run: bool,
    /// Write a migration without operations, to be filled in by hand
    #[arg(long, conflicts_with_all = ["merge", "check"])]
    empty: bool,
    /// Join the several ends of the history
    #[arg(long, conflicts_with = "check")]
    merge: bool,
    /// A model or field that has another name: blog.Post=blog.Article, blog.Post.title=blog.Post.headline
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    /// Nothing is renamed: what is gone is removed, with what is in it
    #[arg(long)]
    no_renames: bool,
    /// What existing rows get in a field, once: blog.Post.status=active, or blog.Post.slug='{ expr = "lower(title)" }'
    #[arg(long, value_name = "FIELD=VALUE")]
    fill: Vec<String>,
    /// Never ask, even on a terminal
    #[arg(long)]
    no_input: bool,
}

/// Writes the migration, or says what it would be. The answer is what is printed.
pub(super) fn run(arguments: &Arguments, types: &FieldTypes) -> Result<(String, ExitCode), MigrationFailure> {
    let root = &arguments.project;
    check_name(arguments.name.as_deref())?;
    let history = History::read(root)?;
    let name = arguments.name.as_deref();
    let file = if arguments.merge {
        merge(&history, name)?
    } else {
        let operations = if arguments.empty { Vec::new() } else { detected(arguments, types, &history)? };
        if operations.is_empty() && !arguments.empty {
            return Ok(("No changes detected\n".to_owned(), ExitCode::SUCCESS));
        }
        next(&history, operations, name)?
    };
    if arguments.check {
        let shown = format!("A migration is missing; `nuages makemigrations` writes it:\n{}", listed(&file));
        return Ok((shown, ExitCode::FAILURE));
    }
    if arguments.dry_run {
        return Ok((file.text(), ExitCode::SUCCESS));
    }
    let path = write_new(root, &file)?;
    let shown = format!("Wrote {}\n{}", path.display(), print_operations(&file));
    Ok((shown, ExitCode::SUCCESS))
}

/// A name becomes that of a file.
fn check_name(name: Option<&str>) -> Result<(), MigrationFailure> {
    let legal = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match name.filter(|name| !legal(name)) {
        Some(name) => Err(MigrationFailure::Other(format!(
            "--name {name} has other characters than letters, digits and `_`"
        ))),
        None => Ok(()),
    }
}

fn next(
    history: &History,
    operations: Vec<Operation>,
    name: Option<&str>,
) -> Result<MigrationFile, MigrationFailure> {
    Ok(MigrationFile {
        name: migration_name(history.next_number(), &operations, name),
        dependencies: history.leaf()?.map(str::to_owned).into_iter().collect(),
        replaces: Vec::new(),
        atomic: true,
        operations,
    })
}

fn detected(
    arguments: &Arguments,
    types: &FieldTypes,
    history: &History,
) -> Result<Vec<Operation>, MigrationFailure> {
    let decisions = Decisions::read(&arguments.rename, arguments.no_renames, &arguments.fill)
        .map_err(MigrationFailure::Other)?;
    let before = history.state()?;
    let files = read_project(&arguments.project).map_err(crate::project::ProjectError::from)?;
    let (models, renamed) =
        ProjectState::from_files_with(&files, types).map_err(crate::project::ProjectError::from)?;
    let asks = !arguments.no_input && io::stdin().is_terminal() && io::stderr().is_terminal();
    let (mut input, mut output) = (io::stdin().lock(), io::stderr().lock());
    let terminal = asks.then_some(Terminal { input: &mut input, output: &mut output });
    let mut questions = Questions::new(decisions, &models, terminal);
    let operations = detect(&before, &models, &renamed, &mut questions);
    if let Some(problem) = questions.problem.take() {
        return Err(MigrationFailure::Other(problem));
    }
    let operations = operations?;
    match questions.unused() {
        // It was meant to keep something that is removed now.
        Some(flag) => Err(MigrationFailure::Other(format!(
            "{flag} decides nothing: the models and the history have no such change; nothing was written"
        ))),
        None => Ok(operations),
    }
}

fn listed(file: &MigrationFile) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  {}", file.file_name());
    text + &print_operations(file)
}
