//! PostgreSQL clusters of our own: throw-away ones for tests, and lasting ones for measurements.
//!
//! A server ends with the process, however that ends (see [`crate::watched`]).

use crate::postgres::try_execute;
use crate::watched::{self, Watched};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const REMEDY: &str = "install PostgreSQL (Debian: `apt-get install postgresql`), or set TEST_DATABASE_URL to \
    postgres://USER:PASSWORD@HOST/DATABASE of a user who may create databases";

/// What every server here is started with: nothing has to survive a failing machine.
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "logging_collector=off",
];

/// A running server, stopped when this is dropped.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    _server: Watched,
}

impl Cluster {
    /// URL of the server's own database, of a user who may do everything.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Makes a cluster in a new temporary folder, which goes with it, and starts its server with these settings
/// (`name=value`) besides.
///
/// # Panics
/// When there is no PostgreSQL or it does not start, with what to do about it.
pub fn throw_away(settings: &[&str]) -> Cluster {
    start(None, settings)
}

/// Starts a server on the cluster in this folder; it is made when it is not there, and stays. Where PostgreSQL runs
/// as another user, that user must be able to reach the folder.
///
/// # Panics
/// When there is no PostgreSQL or it does not start, with what to do about it.
pub fn lasting(folder: &Path, settings: &[&str]) -> Cluster {
    start(Some(folder), settings)
}

fn start(lasting: Option<&Path>, settings: &[&str]) -> Cluster {
    let programs = programs();
    let owner = Owner::of_this_process();
    // Another process may take the free port before the server does.
    let mut problem = String::new();
    for _ in 0..3 {
        match try_start(&programs, &owner, lasting, settings) {
            Ok(cluster) => return cluster,
            Err(message) => problem = message,
        }
    }
    panic!("the PostgreSQL server does not start: {problem}\n{REMEDY}");
}

fn try_start(
    programs: &Path,
    owner: &Owner,
    lasting: Option<&Path>,
    settings: &[&str],
) -> Result<Cluster, String> {
    let folder = server_folder(owner);
    let data = match lasting {
        Some(place) => {
            fs::create_dir_all(place).unwrap();
            owner.take(place);
            place.join("data")
        }
        None => folder.join("data"),
    };
    let port = free_port();
    let url = format!("postgres://nuages@127.0.0.1:{port}/postgres");
    let place = Place { folder: &folder, data: &data, port };
    let server = launch(programs, owner, place, "", settings, &url)?;
    Ok(Cluster { url, _server: server })
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

/// Where a server is.
struct Place<'p> {
    /// The folder of its socket.
    folder: &'p Path,
    /// The cluster's files.
    data: &'p Path,
    /// Where it listens.
    port: u16,
}

/// Starts a server, on a new cluster where there is none; `prepare` is what the shell does once that is made. Waits until
/// `url` answers.
fn launch(
    programs: &Path,
    owner: &Owner,
    place: Place<'_>,
    prepare: &str,
    settings: &[&str],
    url: &str,
) -> Result<Watched, String> {
    // One watched program from the first file on, so that nothing is left when the process is killed meanwhile.
    let script = format!(
        "programs=$1; data=$2; shift 2
        if [ ! -s \"$data/PG_VERSION\" ]; then
            \"$programs/initdb\" --pgdata \"$data\" --username=nuages --auth=trust --encoding=UTF8 --locale=C \\
                --no-sync --no-instructions >/dev/null || exit 1
            {prepare}
        fi
        exec \"$programs/postgres\" -D \"$data\" \"$@\""
    );
    let mut server = owner.command(Path::new("sh"));
    server.args(["-c", &script, "cluster"]).arg(programs).arg(place.data);
    server.arg("-p").arg(place.port.to_string()).arg("-k").arg(place.folder);
    for setting in SETTINGS.iter().chain(settings) {
        server.arg("-c").arg(setting);
    }
    // INT is PostgreSQL's fast shutdown: it does not wait for clients.
    let mut server = watched::start(&server, "INT", place.folder);
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline && server.ended().is_none() {
        if place.data.join("postmaster.pid").exists() && try_execute(url, "SELECT 1").is_ok() {
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
        let (data, port) = (socket.join("data"), free_port());
        let prepare = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -keyout \"$data/server.key\" -out \"$data/server.crt\" || exit 1
            chmod 600 \"$data/server.key\"
            echo ssl=on >>\"$data/postgresql.conf\"
            printf 'local all all trust\\nhostssl all all 127.0.0.1/32 trust\\n' >\"$data/pg_hba.conf\"";
        let url =
            format!("postgres://nuages@{}:{port}/postgres", socket.display().to_string().replace('/', "%2F"));
        let place = Place { folder: &socket, data: &data, port };
        let server = launch(&programs(), &owner, place, prepare, &[], &url)
            .unwrap_or_else(|log| panic!("the server with TLS does not start (it needs `openssl`): {log}"));
        Self { port, certificate: data.join("server.crt"), socket, _server: server }
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
pub(crate) fn programs() -> PathBuf {
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
