//! A throw-away PostgreSQL cluster, one for a test process, and fresh databases on it.
//!
//! With `TEST_DATABASE_URL` (of a user who may create databases) its server is used instead.
//!
//! The server ends with the process, however that ends (see [`crate::watched`]), and its files go with it.

use crate::cluster::{self, Cluster, programs};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// The server of this process's databases.
#[derive(Debug)]
struct Server {
    /// URL of the server's own database.
    url: String,
    /// The server, when it is ours.
    _cluster: Option<Cluster>,
}

/// Creates an empty database (UTF-8, the plainest locale) and gives its URL. `name` is for people who look at the
/// server; the database's own name is made unique.
///
/// # Panics
/// When there is no PostgreSQL, with what to do about it.
pub fn create_database(name: &str) -> String {
    create("template0", name)
}

/// Creates a copy of a database that [`create_database`] made and nobody is connected to; far quicker than filling
/// another one.
///
/// # Panics
/// When somebody is connected to the template.
pub fn copy_database(template_url: &str, name: &str) -> String {
    create(&quoted(database_name(template_url)), name)
}

/// Drops a database that [`create_database`] made, and whoever is connected to it.
///
/// # Panics
/// When the server is gone.
pub fn drop_database(url: &str) {
    execute(&server().url, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(database_name(url))));
}

/// Whether the databases are on somebody's lasting server, where they must be dropped after use.
pub fn is_external() -> bool {
    std::env::var_os("TEST_DATABASE_URL").is_some()
}

/// Runs statements, separated by `;`, on the database of this URL, and gives the first value of the first row.
///
/// # Panics
/// With the database's message when one fails.
pub fn execute(url: &str, sql: &str) -> Option<String> {
    try_execute(url, sql).unwrap_or_else(|message| panic!("{message}\nin: {sql}"))
}

/// Runs a dump with `psql`, which alone understands its `COPY … FROM stdin`.
///
/// # Panics
/// With what psql wrote when a statement fails.
pub fn run_script(url: &str, sql: &str) {
    let mut psql = Command::new(programs().join("psql"));
    psql.args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", url]);
    psql.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut psql = psql.spawn().expect("psql starts");
    let mut input = psql.stdin.take().expect("it is piped");
    let sql = sql.to_owned();
    let writer = std::thread::spawn(move || {
        // `\restrict` guards against hostile dumps; a psql older than it stops at it. When psql ends early,
        // its message says why, so a broken pipe is not worth another.
        for line in sql.split_inclusive('\n').filter(|line| !is_restriction(line)) {
            if input.write_all(line.as_bytes()).is_err() {
                return;
            }
        }
    });
    let output = psql.wait_with_output().expect("psql ends");
    writer.join().expect("the writer does not panic");
    assert!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
}

fn is_restriction(line: &str) -> bool {
    line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ")
}

fn create(template: &str, name: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let readable: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .take(40)
        .collect();
    let unique = format!("nuages_{readable}_{}_{number}", std::process::id());
    let server = &server().url;
    let options = match template {
        "template0" => "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        _ => "",
    };
    execute(server, &format!("CREATE DATABASE {} TEMPLATE {template} {options}", quoted(&unique)));
    with_database(server, &unique)
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => {
            if let Err(message) = try_execute(&url, "SELECT 1") {
                panic!("TEST_DATABASE_URL is set, but its server does not answer: {message}");
            }
            Server { url, _cluster: None }
        }
        Err(_) => {
            let cluster = cluster::throw_away(&["max_connections=200", "shared_buffers=64MB"]);
            Server { url: cluster.url().to_owned(), _cluster: Some(cluster) }
        }
    })
}

/// Runs statements on a thread of its own, so that it can be called inside and outside of an async runtime.
/// Gives the first value of the first row, as text.
pub(crate) fn try_execute(url: &str, sql: &str) -> Result<Option<String>, String> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let worker = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.map_err(describe)?;
            let connection = tokio::spawn(connection);
            let result = client.simple_query(&sql).await.map_err(describe);
            drop(client);
            // Only after this does the server count the connection as gone, and lets the database be copied.
            let _ = connection.await;
            let first = result?.into_iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
                _ => None,
            });
            Ok(first.flatten())
        })
    });
    worker.join().unwrap_or_else(|_| Err("the worker thread panicked".to_owned()))
}

fn describe(error: tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(database) => format!("{}: {}", database.code().code(), database.message()),
        None => error.to_string(),
    }
}

fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

fn database_name(url: &str) -> &str {
    let (without_options, _) = url.split_once('?').unwrap_or((url, ""));
    without_options.rsplit('/').next().unwrap_or_default()
}

fn with_database(server: &str, name: &str) -> String {
    let (address, options) = match server.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (server, String::new()),
    };
    let end =
        match address.find("://").map(|scheme| address[scheme + 3..].find('/').map(|at| scheme + 3 + at)) {
            Some(Some(slash)) => slash,
            _ => address.len(),
        };
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_their_database() {
        assert_eq!(
            with_database("postgres://a:b@h:1/x?sslmode=disable", "y"),
            "postgres://a:b@h:1/y?sslmode=disable"
        );
        assert_eq!(with_database("postgres://h", "y"), "postgres://h/y");
        assert_eq!(database_name("postgres://a:b@h:1/x?sslmode=disable"), "x");
    }

    #[test]
    fn databases_are_separate_and_copied() {
        let first = create_database("first one");
        execute(&first, "CREATE TABLE t (i int); INSERT INTO t VALUES (1)");
        let copy = copy_database(&first, "copy");
        execute(&copy, "INSERT INTO t VALUES (2)");
        assert!(try_execute(&create_database("empty"), "TABLE t").is_err());
        assert_eq!(execute(&first, "SELECT count(*) FROM t").as_deref(), Some("1"));
        assert_eq!(execute(&copy, "SELECT count(*) FROM t").as_deref(), Some("2"));
        drop_database(&copy);
        assert!(try_execute(&copy, "SELECT 1").is_err());
    }
}
