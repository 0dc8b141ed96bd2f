//! The command line.

mod init;
mod inspect;
mod makemigrations;
mod migrate;
mod migration_files;
mod optimizemigration;
mod questions;
mod run;
mod squashmigrations;

use crate::config::Overrides;
use clap::{Args, Parser, Subcommand};
use nuages_models::registry::FieldTypes;
use std::path::PathBuf;
use std::process::ExitCode;

/// A GraphQL server over your models, on SQLite or PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "nuages", version, about, propagate_version = true, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a new project that serves at once
    Init {
        /// Folder of the project; it is created
        #[arg(default_value = ".", value_name = "DIR")]
        folder: PathBuf,
    },
    /// Serve a project
    Serve {
        #[command(flatten)]
        project: ProjectArgument,
        #[command(flatten)]
        flags: ServeFlags,
    },
    /// Check the model files and report every error
    Check {
        #[command(flatten)]
        project: ProjectArgument,
        #[command(flatten)]
        database: DatabaseFlag,
        /// Print the JSON Schema of a model file, for editors
        #[arg(long)]
        json_schema: bool,
    },
    /// Print the GraphQL schema
    Schema {
        #[command(flatten)]
        project: ProjectArgument,
        #[command(flatten)]
        database: DatabaseFlag,
        /// Print the introspection result as JSON instead of SDL
        #[arg(long)]
        json: bool,
    },
    /// Run one GraphQL document and print its answer
    Query {
        /// Folder of the project (the current one when left out), and the document, a file with it, or `-` for standard input
        #[arg(value_names = ["PROJECT", "DOCUMENT"], num_args = 1..=2, required = true)]
        arguments: Vec<String>,
        /// Values of the document's variables, a JSON object
        #[arg(long, value_name = "JSON")]
        variables: Option<String>,
        /// Which operation of the document to run
        #[arg(long, value_name = "NAME")]
        operation: Option<String>,
        #[command(flatten)]
        database: DatabaseFlag,
        /// Show the SQL in the answer's extensions
        #[arg(long)]
        debug: bool,
        /// Apply migrations first; without any, create missing tables
        #[arg(long)]
        migrate: bool,
    },
    /// Apply the project's migrations, or undo them. Without a folder `migrations`: create the tables of the models where they are
    /// missing
    Migrate(migrate::Arguments),
    /// List the migrations and which of them the database has
    Showmigrations(migrate::ShowArguments),
    /// Print the statements of a migration
    Sqlmigrate(migrate::SqlArguments),
    /// Write the migration that leads to the models
    Makemigrations(makemigrations::Arguments),
    /// Write one migration that replaces several
    Squashmigrations(squashmigrations::Arguments),
    /// Merge the operations of a migration that is not applied yet
    Optimizemigration(optimizemigration::Arguments),
    /// Write model files for a database that is there
    Inspectdb(inspect::InspectArguments),
    /// Load rows from a file of JSON lines, all or none
    Loaddata {
        /// Folder of the project (the current one when left out), and the file (`.gz` is unpacked) or `-`
        #[arg(value_names = ["PROJECT", "FILE"], num_args = 1..=2, required = true)]
        arguments: Vec<String>,
        #[command(flatten)]
        database: DatabaseFlag,
        /// Apply migrations first; without any, create missing tables
        #[arg(long)]
        migrate: bool,
    },
    /// Print a new key for encrypted fields
    GenerateKey,
    /// Encrypt all encrypted values anew with the first of the encryption keys, all or none
    RotateKeys {
        #[command(flatten)]
        project: ProjectArgument,
        #[command(flatten)]
        database: DatabaseFlag,
    },
    /// Write rows as JSON lines
    Dumpdata {
        /// Folder of the project
        #[arg(default_value = ".", value_name = "PROJECT")]
        project: PathBuf,
        /// Models whose rows are written; all when left out
        #[arg(value_name = "MODEL")]
        models: Vec<String>,
        /// File to write (`.gz` is packed); the standard output when left out
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        database: DatabaseFlag,
    },
}

#[derive(Debug, Args)]
struct ProjectArgument {
    /// Folder of the project
    #[arg(default_value = ".", value_name = "PROJECT")]
    project: PathBuf,
}

#[derive(Debug, Args)]
struct DatabaseFlag {
    /// Database to use: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl DatabaseFlag {
    fn overrides(self) -> Overrides {
        Overrides { database: self.database, ..Overrides::default() }
    }
}

#[derive(Debug, Args)]
struct ServeFlags {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT")]
    address: Option<String>,
    #[command(flatten)]
    database: DatabaseFlag,
    /// Reload changed models, show SQL in answers, allow browsers from localhost
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    debug: Option<bool>,
    /// Apply migrations first; without any, create missing tables
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    migrate: Option<bool>,
}

impl ServeFlags {
    fn overrides(self) -> Overrides {
        let Self { address, database, debug, migrate } = self;
        Overrides { address, database: database.database, debug, migrate }
    }
}

/// Runs the command line of the process to its end.
pub fn run() -> ExitCode {
    run_with(FieldTypes::new())
}

/// [`run`] with field types of an embedder's own: the `main` of a program that is `nuages` and knows them.
///
/// ```no_run
/// use nuages_models::registry::FieldTypes;
///
/// fn main() -> std::process::ExitCode {
///     // One `.with(…)` for each type.
///     nuages::cli::run_with(FieldTypes::new())
/// }
/// ```
pub fn run_with(types: FieldTypes) -> ExitCode {
    let command = match CommandLine::try_parse() {
        Ok(line) => line.command,
        Err(error) => {
            // Help and version are no failures; clap knows which stream each belongs to.
            let code = if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
            return if error.print().is_ok() { code } else { ExitCode::FAILURE };
        }
    };
    let outcome = run::run(command, types);
    crate::telemetry::flush();
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            run::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn flags_become_overrides() {
        let line = CommandLine::try_parse_from([
            "nuages",
            "serve",
            "blog",
            "--address",
            "0.0.0.0:80",
            "--database",
            "sqlite:x.db",
            "--debug",
            "--migrate=false",
        ]);
        let Command::Serve { project, flags } = line.unwrap().command else { panic!("serve") };
        assert_eq!(project.project, PathBuf::from("blog"));
        let expected = Overrides {
            address: Some("0.0.0.0:80".into()),
            database: Some("sqlite:x.db".into()),
            debug: Some(true),
            migrate: Some(false),
        };
        assert_eq!(flags.overrides(), expected);
    }

    #[test]
    fn the_project_of_a_query_may_be_left_out() {
        for (given, expected) in [(vec!["{ a }"], 1), (vec!["blog", "{ a }"], 2)] {
            let line = CommandLine::try_parse_from(["nuages", "query"].into_iter().chain(given)).unwrap();
            let Command::Query { arguments, .. } = line.command else { panic!("query") };
            assert_eq!(arguments.len(), expected);
        }
        assert!(CommandLine::try_parse_from(["nuages", "query"]).is_err());
        assert!(CommandLine::try_parse_from(["nuages", "query", "a", "b", "c"]).is_err());
    }
}
