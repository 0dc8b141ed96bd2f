//! `sslmode` does what libpq's does, against a server that speaks TLS with a certificate of its own making.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use nuages_tests::cluster::TlsServer;
use nuages_tests::data::Project;
use nuages_tests::postgres;
use nuages_tests::program;

/// What `nuages migrate` says of a URL: nothing when it worked.
fn problem(url: &str) -> Option<String> {
    let folder = Project::Blog.folder();
    let output =
        program::command(&["migrate", folder.to_str().unwrap(), "--database", url]).output().unwrap();
    (!output.status.success()).then(|| String::from_utf8(output.stderr).unwrap())
}

#[test]
fn modes() {
    if postgres::is_external() {
        println!(
            "skipped: TEST_DATABASE_URL names a server, and this needs one with a certificate of its own"
        );
        return;
    }
    let server = TlsServer::start();
    let port = server.port;
    let url = |host: &str, parameters: &str| format!("postgres://nuages@{host}:{port}/postgres{parameters}");
    let certificate = server.certificate.to_str().unwrap();
    let rooted = |mode: &str| format!("?sslmode={mode}&sslrootcert={certificate}");

    // Encrypted, and nobody asks whose certificate it is: what Debian's PostgreSQL needs.
    for parameters in ["", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require"] {
        assert_eq!(problem(&url("127.0.0.1", parameters)), None, "{parameters}");
    }
    assert_eq!(problem(&url("127.0.0.1", &rooted("verify-ca"))), None);
    assert_eq!(problem(&url("localhost", &rooted("verify-full"))), None);
    let socket = server.socket.to_str().unwrap().replace('/', "%2F");
    for parameters in ["", "?sslmode=require"] {
        assert_eq!(problem(&url(&socket, parameters)), None, "over the socket{parameters}");
    }

    for (host, parameters, expected) in [
        ("127.0.0.1", "?sslmode=disable".to_owned(), "no encryption"),
        ("127.0.0.1", "?sslmode=verify-ca".to_owned(), "certificate"),
        ("localhost", "?sslmode=verify-full".to_owned(), "certificate"),
        ("127.0.0.1", rooted("verify-full"), "not valid for name"),
    ] {
        let message = problem(&url(host, &parameters)).expect(&parameters);
        assert!(message.contains(expected), "{host} {parameters}: {message}");
    }
}
