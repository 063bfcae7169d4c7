//! Services that answer as they are told and keep what they were sent: for what must be counted, delayed or
//! refused.

use std::{
    fmt::Write as _,
    path::PathBuf,
    sync::atomic::{AtomicU8, Ordering},
};

use keyrack::testing::Harness;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{method, path},
};

use crate::desk::{Console, SIZE, write_private};

/// The key that the contexts sign in with.
pub const CREDENTIAL: &str = "credential-that-is-not-shown-9931";

/// A config in the making.
pub struct Bench {
    home: TempDir,
    config: String,
}

impl Bench {
    pub fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            config: String::new(),
        }
    }

    /// A manifest beside the config.
    pub fn backend(self, name: &str, manifest: &str) -> Self {
        let folder = self.home.path().join("backends");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.toml")), manifest).unwrap();
        self
    }

    /// One more context on a server that stands in for this backend.
    pub fn context(mut self, name: &str, backend: &str, server: &Service) -> Self {
        let input = match backend {
            "runai" => "bearer",
            "djinn" | "accounts" => "token",
            _ => "api_key",
        };
        let file = self.home.path().join(format!("{name}.credential"));
        write_private(&file, CREDENTIAL);
        write!(
            self.config,
            "\n[contexts.{name}]\nbackend = \"{backend}\"\nurl = \"{}\"\ncredential = {{ {input} = {{ file = \"{}\" }} }}\n",
            server.server.uri(),
            file.display()
        )
        .unwrap();
        self
    }

    /// More lines for the last context.
    pub fn line(mut self, line: &str) -> Self {
        self.config.push_str(line);
        self.config.push('\n');
        self
    }

    pub fn path(&self) -> PathBuf {
        let path = self.home.path().join("config.toml");
        write_private(&path, &self.config);
        path
    }

    /// The console; the files stay as long as the bench does.
    pub fn open(&self) -> Console {
        let opened = Harness::open(&self.path(), SIZE.0, SIZE.1);
        Console(opened.unwrap_or_else(|why| panic!("{why}")))
    }
}

/// A stand-in for Typesense with these keys.
pub async fn typesense(keys: &[Value]) -> Service {
    let server = Service::start().await;
    server.answer("GET", "/keys", json!({ "keys": keys })).await;
    server.answer("GET", "/health", json!({ "ok": true })).await;
    server
        .answer("GET", "/debug", json!({ "state": 1, "version": "29.0" }))
        .await;
    server
}

/// A key as Typesense lists it.
pub fn key(id: u32, description: &str) -> Value {
    json!({
        "id": id, "description": description, "actions": ["documents:search"], "collections": ["*"],
        "expires_at": 64_723_363_199_u64, "value_prefix": format!("p{id:03}"), "autodelete": false,
    })
}

/// A stand-in for Djinn with these keys.
pub async fn djinn(keys: &[Value]) -> Service {
    let server = Service::start().await;
    server.answer("GET", "/keys", json!(keys)).await;
    server
        .answer(
            "GET",
            "/user",
            json!({ "username": "me", "email": "me@example.com" }),
        )
        .await;
    server
}

/// A key as Djinn lists it.
pub fn ssh_key(id: u32, name: &str, config: &str) -> Value {
    json!({
        "id": id, "name": name, "config": config, "user_id": 1, "author_id": 1,
        "created_at": "2026-01-05T14:05:10Z", "updated_at": "2026-01-05T14:05:10Z",
        "namespace": null, "namespace_id": null, "url": format!("/keys/{id}"),
        "user": { "username": "me" }, "author": { "username": "me" },
    })
}

/// A stand-in for Chutes with these API keys and secrets.
pub async fn chutes(keys: &[Value], secrets: &[Value]) -> Service {
    let page = |items: &[Value]| json!({ "total": items.len(), "page": 0, "limit": 1000, "items": items, "cord_refs": null });
    let server = Service::start().await;
    server.answer("GET", "/api_keys/", page(keys)).await;
    server.answer("GET", "/secrets/", page(secrets)).await;
    server
        .answer("GET", "/ping", json!({ "message": "pong" }))
        .await;
    server
}

/// A stand-in for Run:ai with these access keys, one's own and everybody's.
pub async fn runai(own: &[Value], all: &[Value]) -> Service {
    let server = Service::start().await;
    server
        .answer("GET", "/api/v1/access-keys", json!({ "accessKeys": own }))
        .await;
    let admin = "/api/v1/administration/access-keys";
    server
        .answer("GET", admin, json!({ "accessKeys": all }))
        .await;
    server
}

/// A key as Run:ai lists it.
pub fn access_key(id: u32, name: &str) -> Value {
    json!({
        "id": format!("id-{id}"), "name": name, "clientId": format!("client-{id:04}"),
        "createdBy": "somebody@example.com", "createdAt": "2026-01-05T14:05:10Z", "lastLogin": null,
    })
}

pub fn json_of(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

/// A server that answers as it is told, and keeps what it was sent.
pub struct Service {
    pub server: MockServer,
    turn: AtomicU8,
}

impl Service {
    pub async fn start() -> Self {
        Self {
            server: MockServer::start().await,
            turn: AtomicU8::new(u8::MAX),
        }
    }

    /// Has a path answer 200.
    pub async fn answer(&self, verb: &str, at: &str, body: Value) {
        self.respond(verb, at, json_of(200, &body)).await;
    }

    /// Has a path answer in this way, whatever it answered before.
    pub async fn respond(&self, verb: &str, at: &str, how: impl Respond + 'static) {
        Mock::given(method(verb))
            .and(path(at))
            .respond_with(how)
            .with_priority(self.turn.fetch_sub(1, Ordering::Relaxed))
            .mount(&self.server)
            .await;
    }

    /// The requests of this method so far.
    pub async fn sent(&self, verb: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter()
            .filter(|it| it.method.as_str() == verb)
            .collect()
    }

    /// How many requests so far were more than reads.
    pub async fn writes(&self) -> usize {
        let all = self.server.received_requests().await.unwrap();
        all.iter().filter(|it| it.method.as_str() != "GET").count()
    }
}
