//! A throw-away PostgreSQL cluster, one for a test process, and fresh databases on it.
//!
//! With `TEST_DATABASE_URL` (of a user who may create databases) its server is used instead.
//!
//! The server ends with the process, however that ends (see [`crate::watched`]), and its files go with it.

use crate::watched::{self, Watched};
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio_postgres::{NoTls, SimpleQueryMessage};

const REMEDY: &str = "install PostgreSQL (Debian: `apt-get install postgresql`), or set TEST_DATABASE_URL to \
    postgres://USER:PASSWORD@HOST/DATABASE of a user who may create databases";

/// The server of this process's databases.
#[derive(Debug)]
struct Cluster {
    /// URL of the server's own database.
    url: String,
    /// The server, when it is ours.
    _server: Option<Watched>,
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
    execute(&cluster().url, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(database_name(url))));
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
    let server = &cluster().url;
    let options = match template {
        "template0" => "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        _ => "",
    };
    execute(server, &format!("CREATE DATABASE {} TEMPLATE {template} {options}", quoted(&unique)));
    with_database(server, &unique)
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => {
            if let Err(message) = try_execute(&url, "SELECT 1") {
                panic!("TEST_DATABASE_URL is set, but its server does not answer: {message}");
            }
            Cluster { url, _server: None }
        }
        Err(_) => start(),
    })
}

/// Makes a cluster in a new temporary folder and starts its server.
fn start() -> Cluster {
    let programs = programs();
    let owner = Owner::of_this_process();
    // Another process may take the free port before the server does.
    let mut problem = String::new();
    for _ in 0..3 {
        match try_start(&programs, &owner) {
            Ok(cluster) => return cluster,
            Err(message) => problem = message,
        }
    }
    panic!("the throw-away PostgreSQL server does not start: {problem}\n{REMEDY}");
}

fn try_start(programs: &Path, owner: &Owner) -> Result<Cluster, String> {
    let folder = server_folder(owner);
    let port = free_port();
    let url = format!("postgres://nuages@127.0.0.1:{port}/postgres");
    let server = launch(programs, owner, &folder, port, "", &url)?;
    Ok(Cluster { url, _server: Some(server) })
}

/// `/tmp` and not TMPDIR: the server may run as another user, and a socket's path is at most 107 bytes.
fn server_folder(owner: &Owner) -> PathBuf {
    let folder = tempfile::Builder::new().prefix("nuages-postgres-").tempdir_in("/tmp").unwrap();
    owner.take(folder.path());
    folder.keep()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Makes a cluster and starts its server; `prepare` is what the shell does between the two. Waits until `url` answers.
fn launch(
    programs: &Path,
    owner: &Owner,
    folder: &Path,
    port: u16,
    prepare: &str,
    url: &str,
) -> Result<Watched, String> {
    let data = folder.join("data");
    // One watched program from the first file on, so that nothing is left when the process is killed meanwhile.
    let script = format!(
        "programs=$1; data=$2; shift 2
        \"$programs/initdb\" --pgdata \"$data\" --username=nuages --auth=trust --encoding=UTF8 --locale=C \\
            --no-sync --no-instructions >/dev/null || exit 1
        {prepare}
        exec \"$programs/postgres\" -D \"$data\" \"$@\""
    );
    let mut server = owner.command(Path::new("sh"));
    server.args(["-c", &script, "cluster"]).arg(programs).arg(&data);
    server.arg("-p").arg(port.to_string()).arg("-k").arg(folder);
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=200",
        "shared_buffers=64MB",
        "autovacuum=off",
        "logging_collector=off",
    ] {
        server.arg("-c").arg(setting);
    }
    // INT is PostgreSQL's fast shutdown: it does not wait for clients.
    let mut server = watched::start(&server, "INT", folder);
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline && server.ended().is_none() {
        if data.join("postmaster.pid").exists() && try_execute(url, "SELECT 1").is_ok() {
            return Ok(server);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(server.log())
}

/// A server that answers on its socket and, over TCP, to TLS alone. Its certificate is its own authority, as Debian's
/// is, and names `localhost`.
#[derive(Debug)]
pub struct TlsServer {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    /// The folder of its socket.
    pub socket: PathBuf,
    /// Its certificate.
    pub certificate: PathBuf,
    _server: Watched,
}

impl TlsServer {
    /// Starts one.
    ///
    /// # Panics
    /// When there is no PostgreSQL or no `openssl`, with what to do about it.
    pub fn start() -> Self {
        let owner = Owner::of_this_process();
        let socket = server_folder(&owner);
        let port = free_port();
        let prepare = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -keyout \"$data/server.key\" -out \"$data/server.crt\" || exit 1
            chmod 600 \"$data/server.key\"
            echo ssl=on >>\"$data/postgresql.conf\"
            printf 'local all all trust\\nhostssl all all 127.0.0.1/32 trust\\n' >\"$data/pg_hba.conf\"";
        let url =
            format!("postgres://nuages@{}:{port}/postgres", socket.display().to_string().replace('/', "%2F"));
        let server = launch(&programs(), &owner, &socket, port, prepare, &url)
            .unwrap_or_else(|log| panic!("the server with TLS does not start (it needs `openssl`): {log}"));
        Self { port, certificate: socket.join("data/server.crt"), socket, _server: server }
    }
}

/// Who runs the server: PostgreSQL refuses to run as root.
enum Owner {
    Myself,
    User { name: String },
}

impl Owner {
    fn of_this_process() -> Self {
        let me = Command::new("id").arg("-u").output().expect("`id` is on every Unix");
        if me.stdout.trim_ascii() != b"0" {
            return Self::Myself;
        }
        let name = "postgres".to_owned();
        let known = Command::new("id").arg(&name).output().is_ok_and(|output| output.status.success());
        assert!(known, "PostgreSQL does not run as root and there is no user `postgres`: {REMEDY}");
        Self::User { name }
    }

    /// Gives the folder to the server's user alone.
    fn take(&self, folder: &Path) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        if let Self::User { name } = self {
            let status =
                Command::new("chown").arg(name).arg(folder).status().expect("`chown` is on every Unix");
            assert!(status.success(), "`chown {name} {}` failed", folder.display());
        }
    }

    /// The program, run as the server's user. `setpriv` becomes the program, so signals reach it.
    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Myself => Command::new(program),
            Self::User { name } => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", name, "--regid", name, "--clear-groups", "--"]).arg(program);
                command
            }
        }
    }
}

/// The folder of the newest PostgreSQL's programs. Debian keeps them out of PATH; a distribution's `initdb` in PATH
/// may be a link, so its real place is what counts.
fn programs() -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    versions.sort();
    let search = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&search)
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok()?.parent().map(Path::to_owned))
        .find(|folder| folder.join("postgres").is_file());
    versions
        .pop()
        .map(|(_, folder)| folder)
        .or(in_path)
        .unwrap_or_else(|| panic!("there is no PostgreSQL on this machine: {REMEDY}"))
}

/// Runs statements on a thread of its own, so that it can be called inside and outside of an async runtime.
/// Gives the first value of the first row, as text.
fn try_execute(url: &str, sql: &str) -> Result<Option<String>, String> {
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
