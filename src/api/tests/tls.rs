//! Certificates are always verified, and a private authority or a client certificate comes by file (N4).

use std::{
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};

use super::*;

const LIST: &str = "call = \"GET /keys\"";
const CREATED: &str = r#"{"id":"2","name":"a","secret":"s"}"#;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/tls")
        .join(name)
}

/// A TLS server with this certificate; counts the bytes of HTTP that it could read.
struct Tls {
    url: String,
    http_bytes: Arc<AtomicUsize>,
}

impl Tls {
    fn start(name: &str, ask_client: bool) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions");
        let certs: Result<Vec<_>, _> =
            CertificateDer::pem_file_iter(fixture(&format!("{name}.pem")))
                .expect("a file")
                .collect();
        let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key"))).expect("a key");
        let builder = if ask_client {
            let mut roots = RootCertStore::empty();
            let ca = CertificateDer::from_pem_file(fixture("ca.pem")).expect("an authority");
            roots.add(ca).expect("added");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let config = builder
            .with_single_cert(certs.expect("certificates"), key)
            .expect("a config");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("an address"));
        let http_bytes = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&http_bytes);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
                let mut stream = StreamOwned::new(connection, stream);
                let mut bytes = [0; 4096];
                let read = stream.read(&mut bytes).unwrap_or(0);
                count.fetch_add(read, Ordering::SeqCst);
                if read > 0 {
                    let end = "Connection: close\r\n";
                    let _ = stream.write_all(&http("200 OK", end, CREATED));
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        Self { url, http_bytes }
    }

    fn http_bytes(&self) -> usize {
        self.http_bytes.load(Ordering::SeqCst)
    }
}

fn client(url: &str, change: impl FnOnce(&mut Connection)) -> Client {
    let mut connection = connection(small(LIST, OPS), url);
    connection.ca_cert = Some(fixture("ca.pem"));
    change(&mut connection);
    with(connection, &[("token", CANARY)])
}

#[tokio::test]
async fn a_certificate_that_does_not_prove_the_server_is_refused_and_no_http_is_sent() {
    for (name, why) in [
        ("foreign", "UnknownIssuer"),
        ("selfsigned", "UnknownIssuer"),
        ("host", "not valid for name"),
        ("expired", "expired"),
        ("future", "not valid yet"),
        ("usage", "usage"),
    ] {
        let server = Tls::start(name, false);
        let (class, words) = told(&create(&client(&server.url, |_| {})).await);
        assert_eq!(
            (class, server.http_bytes()),
            ("not done", 0),
            "{name}: {words}"
        );
        assert!(
            words.starts_with("nothing was sent: no connection to 127.0.0.1: "),
            "{words}"
        );
        assert!(words.contains(why), "{name}: {words}");
    }
    let unknown = Tls::start("good", false);
    let outcome = create(&client(&unknown.url, |connection| {
        connection.ca_cert = None;
    }))
    .await;
    assert_eq!(
        (told(&outcome).0, unknown.http_bytes()),
        ("not done", 0),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_server_without_tls_or_with_half_a_handshake_gets_no_http() {
    let plain = Raw::start(|_, _| Some(json(CREATED))).await;
    let url = plain.url.replace("http://", "https://");
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let mute_url = format!("https://{}", mute.local_addr().expect("an address"));
    for url in [url, mute_url] {
        let client = client(&url, |connection| {
            connection.limits.connect = Duration::from_millis(200);
        });
        let (class, words) = told(&create(&client).await);
        assert_eq!(class, "not done", "{words}");
    }
    assert!(plain.requests().iter().all(|text| !text.contains("POST")));
}

#[tokio::test]
async fn the_named_authority_is_trusted_for_its_context() {
    let server = Tls::start("good", false);
    assert_eq!(told(&create(&client(&server.url, |_| {})).await).0, "done");
    assert!(server.http_bytes() > 0);
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for_and_its_absence_is_not_done() {
    let server = Tls::start("good", true);
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("client.key");
    std::fs::copy(fixture("client.key"), &key).expect("copied");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("set");
    let outcome = create(&client(&server.url, |connection| {
        connection.client_cert = Some(fixture("client.pem"));
        connection.client_key = Some(key);
    }))
    .await;
    assert_eq!(told(&outcome).0, "done", "{outcome:?}");
    let before = server.http_bytes();
    let (class, words) = told(&create(&client(&server.url, |_| {})).await);
    assert_eq!(
        (class, server.http_bytes()),
        ("not done", before),
        "{words}"
    );
}
