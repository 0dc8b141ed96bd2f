//! A throw-away PostgreSQL server for this test process, or that of `TEST_DATABASE_URL`.
//!
//! A shell holds the server: when this process ends, however it ends, the shell's input closes, and it stops the
//! server and removes its files.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nuages_models::database::{Database, DatabaseOptions};

struct Cluster {
    url: String,
    _shell: Option<Child>,
}

/// The URL of a new empty database.
pub(crate) async fn new_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    let cluster = tokio::task::spawn_blocking(|| CLUSTER.get_or_init(start)).await.unwrap();
    let name = format!("migrate_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let server = wait_for(&cluster.url).await;
    // Not in a transaction: CREATE DATABASE refuses that.
    server.query_text(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await.unwrap();
    match cluster.url.split_once('?') {
        Some((url, rest)) => format!("{}/{name}?{rest}", url.rsplit_once('/').unwrap().0),
        None => format!("{}/{name}", cluster.url.rsplit_once('/').unwrap().0),
    }
}

async fn wait_for(url: &str) -> Database {
    let mut last = String::new();
    for _ in 0..200 {
        match Database::connect(url, DatabaseOptions { pool_size: Some(1), ..Default::default() }).await {
            Ok(database) => return database,
            Err(error) => last = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("PostgreSQL does not answer: {last}");
}

fn start() -> Cluster {
    if let Ok(url) = std::env::var("TEST_DATABASE_URL") {
        return Cluster { url, _shell: None };
    }
    let programs = programs();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = format!(
        "set -e; umask 077; d=$(mktemp -d /tmp/nuages-migrate-XXXXXX); trap 'rm -rf \"$d\"' EXIT; \
         '{bin}/initdb' -D \"$d/data\" -U postgres -A trust -E UTF8 --no-locale -N >/dev/null; \
         '{bin}/postgres' -D \"$d/data\" -p {port} -h 127.0.0.1 -k \"$d\" -F -c logging_collector=off \
         2>/dev/null </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server || true",
        bin = programs.display(),
    );
    // The server refuses to run as root.
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut shell = if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh", "-c", &script]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", &script]);
        command
    };
    let shell = shell.current_dir("/tmp").stdin(Stdio::piped()).spawn().unwrap();
    Cluster {
        url: format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable"),
        _shell: Some(shell),
    }
}

fn programs() -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists()).expect(
        "PostgreSQL is needed (Debian: apt-get install postgresql), or TEST_DATABASE_URL=postgres://USER@HOST/DATABASE",
    )
}
