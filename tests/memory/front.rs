//! The embedded backend behind TLS: a certificate of the fixtures' authority, one connection a request.

use std::{
    fs,
    io::{self, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

use crate::harness::Demo;

/// TLS on the way to one service; the console gets this address in its config.
pub struct Front {
    pub demo: Demo,
    pub context: &'static str,
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Front {
    pub fn of(context: &'static str) -> Self {
        let demo = Demo::start(&[]);
        let text = fs::read_to_string(&demo.config).unwrap();
        let behind = text.split("http://").nth(1).unwrap();
        let behind = behind.split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let (config, count) = (config(), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let stream = StreamOwned::new(connection, stream);
                let (behind, count) = (behind.clone(), Arc::clone(&count));
                thread::spawn(move || {
                    if serve(stream, &behind).is_ok() {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Self {
            demo,
            context,
            address,
            requests,
        }
    }

    /// Requests that were answered.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// A config's text with this address in the place of the service's own.
    pub fn instead(&self, config: &str) -> String {
        let (before, rest) = config.split_once("http://").unwrap();
        let (_, after) = rest.split_once('/').unwrap();
        let authority = fixture("ca.pem");
        format!(
            "{before}https://{}/{after}\nca_cert = \"{}\"\n",
            self.address,
            authority.display()
        )
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/tls")
        .join(name)
}

fn config() -> Arc<ServerConfig> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_file_iter(fixture("good.pem"))
        .unwrap()
        .collect();
    let key = PrivateKeyDer::from_pem_file(fixture("good.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates.unwrap(), key)
        .unwrap();
    Arc::new(config)
}

/// Hands one request on and its answer back.
fn serve(mut stream: StreamOwned<ServerConnection, TcpStream>, behind: &str) -> io::Result<()> {
    let request = request(&mut BufReader::new(&mut stream))?;
    let mut service = TcpStream::connect(behind)?;
    service.write_all(&request)?;
    let mut answer = Vec::new();
    service.read_to_end(&mut answer)?;
    stream.write_all(&answer)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// A request whose answer ends its connection.
fn request(from: &mut impl io::BufRead) -> io::Result<Vec<u8>> {
    let (mut whole, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let lower = line.to_ascii_lowercase();
        if let Some(number) = lower.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
        if line.trim_end().is_empty() {
            break;
        }
        whole.extend_from_slice(line.as_bytes());
    }
    whole.extend_from_slice(b"Connection: close\r\n\r\n");
    from.take(length).read_to_end(&mut whole)?;
    Ok(whole)
}
