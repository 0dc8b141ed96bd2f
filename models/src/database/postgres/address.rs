//! From a URL to how to connect: `sslmode` and `sslrootcert` as libpq reads them, and sockets of this machine.
//!
//! The driver knows three modes and no files, so both parameters are taken out of the URL before it reads the rest.
//! Rules: <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS>.

use super::super::DatabaseError;
use percent_encoding::percent_decode_str;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use tokio_postgres::Socket;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Where servers put their socket: Debian's place, then PostgreSQL's own.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// `sslmode`, and what each means to the driver and to the certificate.
const MODES: [(&str, SslMode, Check); 6] = [
    ("disable", SslMode::Disable, Check::Nothing),
    // libpq tries without TLS first; both take what the server offers and trust it.
    ("allow", SslMode::Prefer, Check::Nothing),
    ("prefer", SslMode::Prefer, Check::Nothing),
    ("require", SslMode::Require, Check::Nothing),
    ("verify-ca", SslMode::Require, Check::Authority),
    ("verify-full", SslMode::Require, Check::AuthorityAndName),
];

/// What of the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    Nothing,
    Authority,
    AuthorityAndName,
}

/// How to connect.
#[derive(Debug)]
pub(super) struct Address {
    /// Hosts, user, database.
    pub(super) config: Config,
    /// What speaks TLS, where it is spoken.
    pub(super) tls: Tls,
}

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`], with what is wrong and what to write instead.
    pub(super) fn parse(url: &str) -> Result<Self, DatabaseError> {
        let (rest, parameters) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root_file, mut others) = (None, None, Vec::new());
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let value = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            match parameter.split_once('=') {
                Some(("sslmode", text)) => mode = Some(value(text)),
                Some(("sslrootcert", text)) => root_file = Some(value(text)),
                _ => others.push(parameter),
            }
        }
        let text = format!("{rest}?{}", others.join("&"));
        let mut config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
            // The driver's own words are only that it is wrong.
            wrong_url(error.source().map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        let (mode, mut check) = chosen_mode(mode.as_deref().unwrap_or("prefer"))?;
        if check == Check::Nothing && mode == SslMode::Require && root_file.is_some() {
            // So does libpq, for the sake of older versions of it.
            check = Check::Authority;
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            let port = config.get_ports().first().copied().unwrap_or(5432);
            let has_socket = |folder: &&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
            config.host(SOCKET_FOLDERS.into_iter().find(has_socket).unwrap_or("localhost"));
        }
        let only_sockets = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        // Servers speak no TLS on sockets; libpq ignores the mode there.
        config.ssl_mode(if only_sockets && config.get_hostaddrs().is_empty() {
            SslMode::Disable
        } else {
            mode
        });
        Ok(Self { config, tls: Tls::new(check, root_file.as_deref())? })
    }
}

fn chosen_mode(text: &str) -> Result<(SslMode, Check), DatabaseError> {
    let known = MODES.iter().find(|(name, ..)| *name == text);
    known.map(|(_, mode, check)| (*mode, *check)).ok_or_else(|| {
        let names: Vec<_> = MODES.iter().map(|(name, ..)| *name).collect();
        wrong_url(format_args!("`sslmode={text}` is none of {}", names.join(", ")))
    })
}

fn wrong_url(problem: impl std::fmt::Display) -> DatabaseError {
    DatabaseError::Unavailable(format!("the URL is wrong: {problem}"))
}

/// rustls, also where there is no host's name: the driver asks for it before it knows whether TLS is spoken.
#[derive(Clone)]
pub(super) struct Tls(MakeRustlsConnect);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;
    type TlsConnect = <MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Self::TlsConnect, Self::Error> {
        // `invalid.` is nobody's name (RFC 6761), so that a certificate cannot be valid for it.
        let host = if host.is_empty() { "invalid" } else { host };
        MakeTlsConnect::<Socket>::make_tls_connect(&mut self.0, host)
    }
}

impl Tls {
    fn new(check: Check, root_file: Option<&str>) -> Result<Self, DatabaseError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = Verifier::new(check, root_file, Arc::clone(&provider))?;
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| DatabaseError::Unavailable(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Self(MakeRustlsConnect::new(config)))
    }
}

/// Checks as much of a certificate as the mode asks for.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    trust: Trust,
}

/// Whom to believe.
#[derive(Debug)]
enum Trust {
    /// Everyone: the connection is encrypted, and who is at its other end is not known.
    Everyone,
    /// Whoever these authorities vouch for.
    Authorities {
        chain: Arc<WebPkiServerVerifier>,
        /// The certificates of the root file: a server may use one of them itself.
        known: Vec<CertificateDer<'static>>,
        name: bool,
    },
}

impl Verifier {
    fn new(
        check: Check,
        root_file: Option<&str>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, DatabaseError> {
        if check == Check::Nothing {
            return Ok(Self { provider, trust: Trust::Everyone });
        }
        let mut roots = RootCertStore::empty();
        let known = match root_file {
            // `system` is libpq's word for the authorities that everybody knows.
            None | Some("system") => Vec::new(),
            Some(file) => certificates(file)?,
        };
        if known.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        roots.add_parsable_certificates(known.iter().cloned());
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(wrong_url)?;
        let name = check == Check::AuthorityAndName;
        Ok(Self { provider, trust: Trust::Authorities { chain, known, name } })
    }
}

/// The certificates of a PEM file, at least one.
fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, DatabaseError> {
    let wrong = |problem: String| wrong_url(format_args!("`sslrootcert={file}`: {problem}"));
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let found = found.map_err(|error| wrong(error.to_string()))?;
    if found.is_empty() {
        return Err(wrong("the file has no certificate; it should be PEM".to_owned()));
    }
    Ok(found)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError as Wrong;
        let Trust::Authorities { chain, known, name } = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at last.
            Err(rustls::Error::InvalidCertificate(
                Wrong::NotValidForName | Wrong::NotValidForNameContext { .. },
            )) if !name => Ok(ServerCertVerified::assertion()),
            // The time is looked at first.
            Err(
                error @ rustls::Error::InvalidCertificate(
                    Wrong::Expired
                    | Wrong::ExpiredContext { .. }
                    | Wrong::NotValidYet
                    | Wrong::NotValidYetContext { .. },
                ),
            ) => Err(error),
            // A certificate that is its own authority and says so is refused as a server's, but it was given to be
            // believed.
            Err(_) if known.iter().any(|root| **root == **end_entity) => {
                if *name {
                    verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                }
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if matches!(self.trust, Trust::Everyone) {
            // Also certificates that rustls cannot read (version 1, say).
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if matches!(self.trust, Trust::Everyone) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str) -> String {
        Address::parse(url).unwrap_err().to_string()
    }

    #[test]
    fn modes_are_those_of_libpq() {
        for (name, mode, _) in MODES {
            let address =
                Address::parse(&format!("postgres://a@h/b?connect_timeout=3&sslmode={name}")).unwrap();
            assert_eq!(address.config.get_ssl_mode(), mode, "{name}");
            assert_eq!(address.config.get_connect_timeout().map(|time| time.as_secs()), Some(3));
        }
        assert_eq!(Address::parse("postgres://a@h/b").unwrap().config.get_ssl_mode(), SslMode::Prefer);
        assert!(problem("postgres://a@h/b?sslmode=verify").contains("verify-ca, verify-full"));
    }

    #[test]
    fn files_are_looked_for() {
        let missing = problem("postgres://a@h/b?sslmode=verify-ca&sslrootcert=%2Fno%20where");
        assert!(missing.contains("`sslrootcert=/no where`"), "{missing}");
    }

    #[test]
    fn sockets_speak_no_tls() {
        for url in ["postgres://a@%2Frun%2Fx/b?sslmode=require", "postgres:///b?host=/run/x&sslmode=require"]
        {
            assert_eq!(Address::parse(url).unwrap().config.get_ssl_mode(), SslMode::Disable, "{url}");
        }
        assert_eq!(Address::parse("postgres:///b").unwrap().config.get_hosts().len(), 1);
    }
}
