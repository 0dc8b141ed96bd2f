//! The databases of the corpus and the models over them.

use flate2::read::GzDecoder;
use nuages::{Config, Project as Folder};
use nuages_models::Registry;
use nuages_models::database::Dialect;
use nuages_models::objects::Orm;
use nuages_tests::data::Project;
use nuages_tests::databases::TestDatabase;
use nuages_tests::{postgres, workspace};
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

/// The databases that were needed so far.
#[derive(Debug, Default)]
pub(crate) struct World {
    known: HashMap<(String, bool), Result<Arc<Place>, Absent>>,
}

/// One database with its models.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) orm: Orm,
    /// Gone when dropped.
    _database: TestDatabase,
}

/// Why there is no database.
#[derive(Debug, Clone)]
pub(crate) enum Absent {
    /// Its data is other people's and not on this machine.
    Data(String),
    /// It could not be made.
    Broken(String),
}

impl World {
    /// The database that holds an app's models.
    pub(crate) async fn place(&mut self, app: &str, dialect: Dialect) -> Result<Arc<Place>, Absent> {
        let set = match app {
            "blog" | "kinds" => "blog_kinds_small",
            other => other,
        };
        let key = (set.to_owned(), dialect == Dialect::Sqlite);
        if !self.known.contains_key(&key) {
            let made = make(set, dialect).await.map(Arc::new);
            self.known.insert(key.clone(), made);
        }
        self.known[&key].clone()
    }
}

async fn make(set: &str, dialect: Dialect) -> Result<Place, Absent> {
    let (database, folder) = match set {
        "chinook" | "pagila" => {
            let project = Project::named(set);
            let database = TestDatabase::filled(dialect, project)
                .ok_or_else(|| Absent::Data(format!("the {set} data is not on this machine")))?;
            (database, project.folder())
        }
        "blog_kinds_small" | "pgkinds" => {
            let name = set.to_owned();
            // A server without the extensions that a dump asks for is a reason, not a panic.
            let made = tokio::task::spawn_blocking(move || dumped(&name, dialect)).await;
            let database = made.map_err(|_| Absent::Broken(format!("the dump of {set} cannot be loaded")))?;
            (database, workspace::path("tests/oracle"))
        }
        other => return Err(Absent::Broken(format!("there are no models of `{other}`"))),
    };
    let (orm, database) = connect(folder, database).await?;
    Ok(Place { orm, _database: database })
}

fn dumped(name: &str, dialect: Dialect) -> TestDatabase {
    let suffix = if dialect == Dialect::Sqlite { "sqlite" } else { "pg" };
    let file = workspace::path("tests/oracle").join(format!("{name}.{suffix}.sql.gz"));
    let mut sql = String::new();
    GzDecoder::new(File::open(&file).expect("the dump is part of the repository"))
        .read_to_string(&mut sql)
        .expect("the dump is gzipped UTF-8");
    let database = TestDatabase::empty(dialect, name);
    match dialect {
        Dialect::Sqlite => {
            let connection = rusqlite::Connection::open(database.path()).expect("the file opens");
            connection.execute_batch(&sql).expect("the dump loads");
        }
        Dialect::Postgres => {
            if name == "pgkinds" {
                // The dump names the extensions of its columns only.
                sql.insert_str(0, "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent;\n");
            }
            postgres::run_script(&database.url, &sql);
        }
    }
    database
}

async fn connect(folder: PathBuf, database: TestDatabase) -> Result<(Orm, TestDatabase), Absent> {
    let broken = |error: nuages::ProjectError| Absent::Broken(error.render(false));
    let config = Config { database: database.url.clone(), ..Config::default() };
    let project = Folder::with_config(folder, config);
    let registry: Registry = project.registry().map_err(broken)?;
    let connected = project.connect().await.map_err(broken)?;
    Ok((Orm::new(Arc::new(registry), connected), database))
}
