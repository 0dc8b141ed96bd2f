//! `nuages migrate`, `showmigrations` and `sqlmigrate`.

use super::DatabaseFlag;
use super::run::{Failure, Opening, open, print};
use crate::project::{Project, ProjectError, Tables};
use clap::{Args, ValueEnum};
use nuages_migrations::History;
use nuages_migrations::executor::{self, Direction, Event, MigrateOptions, Readiness, Target};
use nuages_models::database::{Database, Dialect};
use nuages_models::registry::FieldTypes;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `migrate` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Folder of the project (the current one when left out), and up to which migration: a name, the beginning of one, or `zero`
    #[arg(value_names = ["PROJECT", "MIGRATION"], num_args = 0..=2)]
    arguments: Vec<String>,
    #[command(flatten)]
    database: DatabaseFlag,
    /// Show what would be done, and what locks or loses; change nothing
    #[arg(long)]
    plan: bool,
    /// Write down that migrations are applied, or undone, and do nothing else
    #[arg(long, conflicts_with = "plan")]
    fake: bool,
    /// Where the tables of a first migration are there already, and as it makes them, write down that it is applied
    #[arg(long)]
    fake_initial: bool,
    /// Refuse what locks or loses
    #[arg(long)]
    strict: bool,
    /// How long a statement waits for a lock before it lets others go first and tries again (PostgreSQL)
    #[arg(long, value_name = "MILLISECONDS")]
    lock_timeout: Option<u64>,
}

/// What `showmigrations` takes.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// Folder of the project
    #[arg(default_value = ".", value_name = "PROJECT")]
    project: PathBuf,
    #[command(flatten)]
    database: DatabaseFlag,
}

/// What `sqlmigrate` takes.
#[derive(Debug, Args)]
pub(super) struct SqlArguments {
    /// Folder of the project (the current one when left out), and the migration: a name or the beginning of one
    #[arg(value_names = ["PROJECT", "MIGRATION"], num_args = 1..=2, required = true)]
    arguments: Vec<String>,
    #[command(flatten)]
    database: DatabaseFlag,
    /// For which database; that of the project when left out
    #[arg(long, value_name = "DATABASE")]
    dialect: Option<DialectName>,
    /// The statements that undo it
    #[arg(long)]
    backwards: bool,
}

/// A database's name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DialectName {
    Postgres,
    Sqlite,
}

/// Splits `[PROJECT] [MIGRATION]`: a folder is the project.
fn split(mut arguments: Vec<String>) -> (PathBuf, Option<String>) {
    if arguments.len() < 2 {
        return match arguments.pop() {
            Some(one) if !Path::new(&one).is_dir() => (PathBuf::from("."), Some(one)),
            Some(folder) => (PathBuf::from(folder), None),
            None => (PathBuf::from("."), None),
        };
    }
    let migration = arguments.pop();
    (PathBuf::from(arguments.swap_remove(0)), migration)
}

/// Applies migrations, or creates the tables of a project without any.
pub(super) async fn migrate(arguments: Arguments, types: FieldTypes) -> Result<ExitCode, Failure> {
    let (root, target) = split(arguments.arguments);
    let project = open(&root, &Opening { overrides: arguments.database.overrides(), types })?;
    let registry = project.registry()?;
    let Some(history) = project.history()? else {
        let asks = target.is_some() || arguments.plan || arguments.fake || arguments.fake_initial;
        if asks {
            return Err(Failure::Argument(format!(
                "{} has no folder `migrations`; `nuages makemigrations` writes the first migration",
                root.display()
            )));
        }
        let database = project.connect().await?;
        let shown = project.config().database_without_password();
        match project.migrate(&registry, &database).await? {
            Tables::Created => print(&format!("Created the tables in {shown}\n"))?,
            Tables::Unchanged => print(&format!("Nothing to do: {shown} has the tables of the models\n"))?,
        }
        return Ok(ExitCode::SUCCESS);
    };
    let database = project.connect().await?;
    let options = MigrateOptions {
        target: match target.as_deref() {
            None => Target::Latest,
            Some("zero") => Target::Zero,
            Some(name) => Target::Migration(name.to_owned()),
        },
        fake: arguments.fake,
        fake_initial: arguments.fake_initial,
        strict: arguments.strict,
        lock_timeout_ms: arguments.lock_timeout.unwrap_or(MigrateOptions::default().lock_timeout_ms),
        ..MigrateOptions::default()
    };
    if arguments.plan {
        return plan(&database, &history, &options).await;
    }
    let mut shown = Shown { failed: None };
    let applied = executor::apply(&database, &history, &options, &mut |event| shown.event(event)).await;
    if let Some(error) = shown.failed {
        return Err(Failure::Output(error));
    }
    let report = applied.map_err(ProjectError::from)?;
    if report.done.is_empty() && report.faked.is_empty() {
        print("  No migrations to apply.\n")?;
    }
    if options.target == Target::Latest {
        if let Some(rows) = project.load_initial_data(&registry, &database).await? {
            print(&format!("  Loaded {rows} rows of the initial data.\n"))?;
        }
        remind(&project, &database, &registry).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says when the models are ahead of the migrations.
async fn remind(
    project: &Project,
    database: &Database,
    registry: &nuages_models::Registry,
) -> Result<(), Failure> {
    if let Readiness::Different(differences) = project.readiness(registry, database).await? {
        let lines: Vec<String> = differences.iter().map(|difference| format!("    {difference}\n")).collect();
        print(&format!(
            "  The tables are not those of the models yet; nuages makemigrations writes what is missing, and where it finds no \
             change, the tables are to be changed, or the models be managed = false:\n{}",
            lines.concat()
        ))?;
    }
    Ok(())
}

/// Writes what happens.
struct Shown {
    /// Why nothing can be written any more.
    failed: Option<std::io::Error>,
}

impl Shown {
    fn event(&mut self, event: Event<'_>) {
        let line = match event {
            Event::Begins { migration, direction } => format!("{}\n", heading(direction, migration)),
            Event::Operation { description, .. } => format!("    {description}\n"),
            Event::Risk(risk) => format!("      warning: {}\n      {}\n", risk.what, risk.remedy),
            Event::Waiting { migration: "", reason } => format!("  Waiting: {reason}\n"),
            Event::Waiting { migration, reason } => {
                format!(
                    "  {migration} waits, and is tried again: {}\n",
                    reason.lines().next().unwrap_or(reason)
                )
            }
            Event::Ends { faked: true, .. } => "    written down only\n".to_owned(),
            // A person sees that the next line is another migration's; a log has times.
            Event::Ends { .. } if std::io::stdout().is_terminal() => "    done\n".to_owned(),
            Event::Ends { .. } => String::new(),
        };
        let mut output = std::io::stdout().lock();
        if let Err(error) = output.write_all(line.as_bytes()).and_then(|()| output.flush()) {
            self.failed.get_or_insert(error);
        }
    }
}

fn heading(direction: Direction, migration: &str) -> String {
    match direction {
        Direction::Forward => format!("  Applying {migration}"),
        Direction::Backward => format!("  Undoing {migration}"),
    }
}

async fn plan(database: &Database, history: &History, options: &MigrateOptions) -> Result<ExitCode, Failure> {
    let outlook = executor::outlook(database, history, options).await.map_err(ProjectError::from)?;
    let mut text = String::from("Planned operations:\n");
    for script in &outlook.scripts {
        text.push_str(&format!("{}\n", heading(script.direction, &script.migration)));
        for operation in &script.operations {
            text.push_str(&format!("    {}\n", operation.description));
            for risk in &operation.risks {
                text.push_str(&format!("      warning: {}\n      {}\n", risk.what, risk.remedy));
            }
        }
    }
    if outlook.scripts.is_empty() {
        text.push_str("  No planned migration operations.\n");
    }
    print(&text)?;
    let risky = outlook.scripts.iter().flat_map(|script| &script.operations).any(|one| !one.risks.is_empty());
    Ok(if options.strict && risky { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Lists the migrations with a cross at those that are applied.
pub(super) async fn show(arguments: ShowArguments, types: FieldTypes) -> Result<ExitCode, Failure> {
    let project = open(&arguments.project, &Opening { overrides: arguments.database.overrides(), types })?;
    let history = project.history()?.unwrap_or_default();
    let database = project.connect().await?;
    let statuses = executor::statuses(&database, &history).await.map_err(ProjectError::from)?;
    let mut text = String::new();
    for status in &statuses {
        let mark = match (status.applied, status.interrupted) {
            (true, _) => 'X',
            (false, true) => '-',
            (false, false) => ' ',
        };
        text.push_str(&format!(" [{mark}] {}", status.migration));
        if !status.replaces.is_empty() {
            text.push_str(&format!(" ({} squashed migrations)", status.replaces.len()));
        }
        if status.interrupted {
            text.push_str(" (interrupted: nuages migrate finishes it)");
        }
        if status.edited {
            text.push_str(" (its file was changed after it was applied)");
        }
        if !status.has_file {
            text.push_str(" (there is no file of it)");
        }
        text.push('\n');
    }
    if statuses.is_empty() {
        text.push_str(" (no migrations)\n");
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the statements of a migration.
pub(super) fn sql(arguments: SqlArguments, types: FieldTypes) -> Result<ExitCode, Failure> {
    let (root, migration) = split(arguments.arguments);
    let migration = migration.ok_or_else(|| Failure::Argument("say which migration".to_owned()))?;
    let project = open(&root, &Opening { overrides: arguments.database.overrides(), types })?;
    let history = project.history()?.unwrap_or_default();
    let dialect = match arguments.dialect {
        Some(DialectName::Postgres) => Dialect::Postgres,
        Some(DialectName::Sqlite) => Dialect::Sqlite,
        None => project.dialect(),
    };
    let direction = if arguments.backwards { Direction::Backward } else { Direction::Forward };
    let lines = executor::sql(&history, &migration, direction, dialect).map_err(ProjectError::from)?;
    print(&format!("{}\n", lines.join("\n")))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        assert_eq!(split(Vec::new()), (PathBuf::from("."), None));
        assert_eq!(split(vec!["0002".to_owned()]), (PathBuf::from("."), Some("0002".to_owned())));
        assert_eq!(split(vec![path.clone()]), (folder.path().to_path_buf(), None));
        assert_eq!(
            split(vec![path, "zero".to_owned()]),
            (folder.path().to_path_buf(), Some("zero".to_owned()))
        );
    }
}
