//! A client of servers over TLS: of one whose certificate it trusts, and of one that anybody could be.

use std::process::Command;
use std::sync::Arc;

use penguiflow_restate::{Client, Error};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::asks;
use crate::server::{self, TOKEN};

/// The addresses of both servers, in the environment of the process that asks them.
const SERVERS: &str = "PENGUIFLOW_TEST_SERVERS";

/// What the system trusts is read from the environment, so the client runs in a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_asked_over_tls_if_its_certificate_is_trusted() {
    if let Ok(servers) = std::env::var(SERVERS) {
        let (trusted, other) = servers.split_once(' ').expect("two addresses");
        return is_trusted_alone(trusted, other).await;
    }
    let ((trusted, certificate), (other, _)) = (start().await, start().await);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&file, certificate).expect("written");
    let mut process = Command::new(std::env::current_exe().expect("a program"));
    process.args([
        "--exact",
        "tls::a_server_is_asked_over_tls_if_its_certificate_is_trusted",
    ]);
    process.env(SERVERS, format!("{trusted} {other}"));
    process
        .env("SSL_CERT_FILE", file.path())
        .env_remove("SSL_CERT_DIR");
    let output = process.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{text}");
}

async fn is_trusted_alone(trusted: &str, other: &str) {
    let client = Client::new(trusted, trusted).token(TOKEN);
    asks(&client).await.expect("its certificate is trusted");

    let client = Client::new(other, other).token(TOKEN);
    let error = asks(&client)
        .await
        .expect_err("its certificate is not trusted");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(
        error.to_string().contains("invalid peer certificate"),
        "{error}"
    );
}

/// Serves over TLS as long as the runtime; returns its address, and its certificate as PEM.
async fn start() -> (String, String) {
    let certified = generate_simple_self_signed(["127.0.0.1".to_owned()]);
    let CertifiedKey { cert, signing_key } = certified.expect("a certificate");
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into());
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("a configuration")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate leaves here.
            if let Ok(stream) = acceptor.accept(stream).await {
                tokio::spawn(server::serve(stream));
            }
        }
    });
    (format!("https://{address}"), cert.pem())
}
