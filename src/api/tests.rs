//! The client against servers: what it sends, what it reports, what it refuses to do.

mod contract;
mod cookies;
#[cfg(feature = "demo")]
mod embedded;
mod hostile;
mod lists;
mod login;
mod lookup;
mod network;
mod outcomes;
mod program;
mod prove;
mod recorded;
mod rehearse;
mod tls;
mod words;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use wiremock::{MockServer, Request};
use zeroize::Zeroizing;

use super::{
    ApiError, Change, Connection, FieldValue, Inputs, Limits, ListEnd, Outcome, Query, Target,
    client::Client,
};
use crate::{
    manifest::{self, Manifest, Resource, Verb},
    record::{KeyId, Rows},
    secret::Secret,
};

/// The credential of every test; it may stand in requests and nowhere else.
const CANARY: &str = "canary-6d1f0c55ab";

fn secret(text: &str) -> Secret {
    Secret::new(Zeroizing::new(text.to_owned()))
}

fn builtin(name: &str) -> Arc<Manifest> {
    manifest::load(manifest::builtin(name).expect("a built-in")).expect("a good manifest")
}

fn connection(manifest: Arc<Manifest>, url: &str) -> Connection {
    Connection {
        name: "test".into(),
        manifest,
        url: url::Url::parse(url).expect("a url"),
        credential: BTreeMap::new(),
        ca_cert: None,
        client_cert: None,
        client_key: None,
        proxy: None,
        allow_plaintext: false,
        limits: Limits::default(),
    }
}

fn inputs(pairs: &[(&str, &str)]) -> Inputs {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), secret(value)))
        .collect()
}

/// A client of a built-in backend.
fn client(backend: &str, url: &str, credential: &[(&str, &str)]) -> Client {
    with(connection(builtin(backend), url), credential)
}

fn with(connection: Connection, credential: &[(&str, &str)]) -> Client {
    Client::new(Arc::new(connection), inputs(credential)).expect("a client")
}

/// A manifest with one resource `keys` of `id` and `name`, and what a test adds.
fn small(list: &str, more: &str) -> Arc<Manifest> {
    let text = format!(
        r#"
        manifest = 1
        id = "small"
        title = "Small"
        [inputs.token]
        label = "Token"
        secret = true
        [[auth]]
        id = "token"
        inputs = ["token"]
        headers = {{ Authorization = "Bearer {{token}}" }}
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        {list}
        {more}
        [[resource.field]]
        key = "name"
        title = "Name"
        role = "name"
        send = ["create", "update"]
        [[resource.field]]
        key = "id"
        title = "ID"
        "#
    );
    manifest::load(&text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

const OPS: &str = r#"
    [resource.get]
    call = "GET /keys/{id}"
    item = ""
    [resource.create]
    call = "POST /keys"
    item = ""
    secret = "/secret"
    [resource.update]
    call = "PATCH /keys/{id}"
    [resource.delete]
    call = "DELETE /keys/{id}"
"#;

fn small_client(list: &str, url: &str) -> Client {
    with(connection(small(list, OPS), url), &[("token", CANARY)])
}

impl Client {
    fn resource(&self, id: &str) -> Arc<Resource> {
        Arc::clone(self.manifest().resource(id).expect("the resource"))
    }
}

/// All that a list reported.
struct Listed {
    rows: Rows,
    steps: Vec<(usize, Option<usize>, Option<u64>)>,
    end: Result<ListEnd, ApiError>,
}

impl Listed {
    fn ids(&self) -> Vec<String> {
        let ids = self.rows.iter().filter_map(crate::record::Record::id);
        ids.map(|id| id.as_str().to_owned()).collect()
    }

    fn end(&self) -> &ListEnd {
        self.end.as_ref().expect("a list")
    }

    fn cut(&self) -> &str {
        self.end().cut.as_deref().unwrap_or("whole")
    }
}

async fn list(client: &Client, resource: &str) -> Listed {
    list_by(client, resource, &[]).await
}

async fn list_by(client: &Client, resource: &str, filters: &[(&str, &str)]) -> Listed {
    list_of(client, client.resource(resource), filters).await
}

async fn list_of(client: &Client, resource: Arc<Resource>, filters: &[(&str, &str)]) -> Listed {
    let filters = filters.iter();
    let query = Query {
        resource: Arc::clone(&resource),
        filters: filters
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
    };
    let mut rows = Rows::new(resource);
    let mut steps = Vec::new();
    let end = client
        .list(&query, &mut |some| {
            rows.append(&some.rows);
            steps.push((some.page, some.pages, some.total));
        })
        .await;
    Listed { rows, steps, end }
}

fn key(resource: &Resource, id: &str) -> KeyId {
    KeyId::new(id, resource.id_kind()).expect("an id")
}

fn change(client: &Client, resource: &str, verb: Verb, id: Option<&str>, values: Value) -> Change {
    let resource = client.resource(resource);
    let target = id.map(|id| Target::named(key(&resource, id), String::new()));
    let Value::Object(values) = values else {
        panic!("values are an object");
    };
    Change {
        context: "test".into(),
        resource,
        verb,
        target,
        values: values
            .into_iter()
            .map(|(k, v)| (k, FieldValue::Plain(v)))
            .collect(),
    }
}

async fn create(client: &Client) -> Outcome {
    let change = change(
        client,
        "keys",
        Verb::Create,
        None,
        serde_json::json!({"name": "a"}),
    );
    client.send(&change).await
}

/// The class of an outcome, and what is said.
fn told(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Done { .. } => ("done", String::new()),
        Outcome::NotDone(error) => ("not done", error.to_string()),
        Outcome::Unreadable { error, .. } => ("unreadable", error.to_string()),
        Outcome::Earlier(error) => ("earlier", error.to_string()),
        Outcome::Unknown(error) => ("unknown", error.to_string()),
    }
}

/// What a mock server got, as `METHOD /path?query`.
async fn got(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.expect("recorded");
    requests.iter().map(line).collect()
}

fn line(request: &Request) -> String {
    let query = request.url.query().map(|query| format!("?{query}"));
    format!(
        "{} {}{}",
        request.method,
        request.url.path(),
        query.unwrap_or_default()
    )
}

/// A server written by hand: each connection's requests are answered by `answer`, which gets the
/// number of the connection, the request's text, and may end the connection by answering nothing.
struct Raw {
    url: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    async fn start(
        answer: impl Fn(usize, &str) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (count, log) = (Arc::clone(&connections), Arc::clone(&requests));
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    let mut stream = stream;
                    while let Some(request) = read_request(&mut stream).await {
                        log.lock().expect("a log").push(request.clone());
                        let Some(bytes) = answer(number, &request) else {
                            return;
                        };
                        if stream.write_all(&bytes).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self {
            url,
            connections,
            requests,
        }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a log").clone()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

/// An HTTP answer as bytes.
fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn json(body: &str) -> Vec<u8> {
    http("200 OK", "Content-Type: application/json\r\n", body)
}
