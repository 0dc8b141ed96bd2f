//! The data of a run: the same rows on PostgreSQL and on SQLite.
//!
//! The tables are those of `nuages migrate` (`benches/project`), which have the shapes that the other servers expect.
//! Their text is `COLLATE "C"`, as is the cluster's locale: every contestant compares the same bytes at the same cost.
//! PostgreSQL makes the rows itself (`benches/sql/fill.sql`); SQLite gets them by `dumpdata` and `loaddata`. What was
//! made is kept, because a large set takes minutes.

use crate::contestants::Databases;
use crate::failure::Failure;
use crate::programs;
use crate::scale::{Rows, Scale};
use nuages_tests::cluster::{self, Cluster};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio_postgres::{Client, NoTls};

const FILL: &str = include_str!("../sql/fill.sql");
const MODELS: &str = include_str!("../project/models/bench.toml");

/// After filling. VACUUM marks pages as visible to all only when the commit of their rows is on disk, and commits are
/// asynchronous here: without the first checkpoint no index-only scan is one.
const SETTLE: [&str; 3] = ["CHECKPOINT", "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"];

/// What the server is started with. The data of 1x fits into its memory.
const SETTINGS: [&str; 9] = [
    "shared_buffers=1GB",
    "shared_preload_libraries=pg_stat_statements",
    "max_connections=200",
    "maintenance_work_mem=256MB",
    "max_wal_size=8GB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "timezone=UTC",
    "checkpoint_timeout=1h",
];

/// Both databases, filled; the server runs until this is dropped.
#[derive(Debug)]
pub struct Data {
    /// How much there is.
    pub rows: Rows,
    /// The database on PostgreSQL.
    pub postgres: String,
    /// The file of SQLite.
    pub sqlite: PathBuf,
    _cluster: Cluster,
}

/// Starts the databases of this size in this folder; makes and fills them when they are not there or were made for
/// other tables.
///
/// # Errors
/// When a file, a program or a statement fails.
///
/// # Panics
/// When there is no PostgreSQL on the machine.
pub async fn prepare(scale: Scale, folder: &Path) -> Result<Data, Failure> {
    let folder = folder.join(scale.name());
    let finished = folder.join("finished");
    let mut hasher = DefaultHasher::new();
    (FILL, MODELS, SETTLE).hash(&mut hasher);
    let version = hasher.finish().to_string();
    let is_finished = fs::read_to_string(&finished).is_ok_and(|made| made == version);
    if !is_finished && folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::io(folder.display().to_string()))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::io(folder.display().to_string()))?;
    let cluster = cluster::lasting(&folder.join("postgres"), &SETTINGS);
    let postgres = format!("{}/bench", cluster.url().trim_end_matches("/postgres"));
    let sqlite = folder.join("bench.db");
    if !is_finished {
        connect(cluster.url()).await?.batch_execute("CREATE DATABASE bench").await?;
        connect(&postgres).await?.batch_execute("CREATE EXTENSION pg_stat_statements").await?;
        fill(scale.rows(), &postgres, &sqlite).await?;
        fs::write(&finished, version).map_err(Failure::io(finished.display().to_string()))?;
    }
    Ok(Data { rows: scale.rows(), postgres, sqlite, _cluster: cluster })
}

/// Makes and fills the tables of an empty PostgreSQL database, and an SQLite file with the same rows.
///
/// # Errors
/// When a program or a statement fails.
pub async fn fill(rows: Rows, postgres: &str, sqlite: &Path) -> Result<(), Failure> {
    let project = programs::project().display().to_string();
    programs::run(&mut programs::nuages(&["migrate", &project, "--database", postgres])?)?;
    let statements = FILL
        .replace(":users", &rows.users.to_string())
        .replace(":posts", &rows.posts.to_string())
        .replace(":comments", &rows.comments.to_string())
        .replace(":tags", &rows.tags.to_string())
        .replace(":post_tags", &rows.post_tags.to_string());
    let client = connect(postgres).await?;
    client.batch_execute(&statements).await?;
    for statement in SETTLE {
        client.batch_execute(statement).await?;
    }
    copy_to_sqlite(&project, postgres, sqlite)
}

/// Moves the rows with our own tools, one program into the other.
fn copy_to_sqlite(project: &str, postgres: &str, sqlite: &Path) -> Result<(), Failure> {
    let url = format!("sqlite:{}", sqlite.display());
    let mut dump = programs::nuages(&["dumpdata", project, "--database", postgres])?;
    let mut dump = dump.stdout(Stdio::piped()).spawn().map_err(Failure::io("nuages dumpdata"))?;
    let mut load = programs::nuages(&["loaddata", project, "-", "--migrate", "--database", &url])?;
    if let Some(rows) = dump.stdout.take() {
        load.stdin(rows);
    }
    let loaded = programs::run(load.stdout(Stdio::null()));
    let dumped = dump.wait().map_err(Failure::io("nuages dumpdata"))?;
    loaded?;
    if !dumped.success() {
        return Err(Failure::Program { program: "nuages dumpdata".to_owned(), status: dumped.to_string() });
    }
    let connection = rusqlite::Connection::open(sqlite)?;
    connection.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// Removes the posts that contestants have created, so that the next run finds the same rows.
///
/// # Errors
/// When a statement fails.
pub async fn forget_created(databases: &Databases) -> Result<(), Failure> {
    let delete = format!("DELETE FROM posts WHERE id > {}", databases.rows.posts);
    let client = connect(&databases.postgres).await?;
    if client.execute(&delete, &[]).await? > 0 {
        client.batch_execute("VACUUM posts").await?;
    }
    let connection = rusqlite::Connection::open(&databases.sqlite)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(&delete)?;
    Ok(())
}

/// A connection of the harness itself.
///
/// # Errors
/// When the server does not take it.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
