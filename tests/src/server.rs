//! A running `nuages serve`, stopped when it is dropped.

use crate::data::Project;
use crate::databases::TestDatabase;
use crate::program;
use crate::watched::{self, Watched};
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// How a server is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// `--debug`: answers list their statements and plans.
    pub debug: bool,
    /// `relay = true` of the configuration.
    pub relay: bool,
}

/// A server on a free port of this machine.
#[derive(Debug)]
pub struct Server {
    process: Watched,
    address: String,
    // After the process, so that it is gone when the files go.
    _database: TestDatabase,
}

impl Server {
    /// Serves a project on a database and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready in a minute; the message has what it wrote.
    pub fn start(project: Project, database: TestDatabase, settings: Settings) -> Self {
        let folder = project.folder();
        let folder = folder.to_str().expect("the workspace's path is UTF-8");
        let mut problem = String::new();
        // Another process may take the free port first.
        for _ in 0..3 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let address = format!("127.0.0.1:{port}");
            let mut command =
                program::command(&["serve", folder, "--address", &address, "--database", &database.url]);
            if settings.debug {
                command.arg("--debug");
            }
            if settings.relay {
                command.env("NUAGES_RELAY", "true");
            }
            let files = tempfile::Builder::new().prefix("nuages-serve-").tempdir().unwrap().keep();
            let mut process = watched::start(&command, "TERM", &files);
            if wait_until_ready(&mut process, &address) {
                return Self { process, address, _database: database };
            }
            problem = process.log();
        }
        panic!("`nuages serve {folder}` does not become ready:\n{problem}");
    }

    /// The address of `/graphql`.
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.address)
    }

    /// `HOST:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Fails when the server ended or wrote of a panic.
    ///
    /// # Panics
    /// In these cases; the message has what the server wrote.
    pub fn assert_healthy(&mut self) {
        let ended = self.process.ended();
        let log = self.process.log();
        assert!(ended.is_none(), "the server ended with {ended:?}:\n{log}");
        assert!(!log.contains("panicked at"), "the server panicked:\n{log}");
    }
}

fn wait_until_ready(process: &mut Watched, address: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline && process.ended().is_none() {
        if get_status(address, "/readyz") == Some(200) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    false
}

/// The status of a GET; by hand, because this is called inside and outside of async runtimes.
fn get_status(address: &str, path: &str) -> Option<u16> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}
