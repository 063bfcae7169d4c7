//! The services of the embedded backend as others than the console see them.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// The contexts of the demo's config, and what their services hold.
pub struct Services {
    contexts: toml::Table,
}

impl Services {
    /// Those of the config at this path.
    pub fn of(config: &Path) -> Self {
        let text = fs::read_to_string(config).unwrap();
        let all: toml::Table = toml::from_str(&text).unwrap();
        Self {
            contexts: all["contexts"].as_table().unwrap().clone(),
        }
    }

    /// The input of a context, in the clear.
    pub fn input(&self, context: &str, input: &str) -> String {
        let value = &self.contexts[context]["credential"][input];
        match value.get("file").and_then(toml::Value::as_str) {
            Some(path) => fs::read_to_string(path).unwrap().trim_end().to_owned(),
            None => value.as_str().unwrap().to_owned(),
        }
    }

    /// The file that an input of a context stands in.
    pub fn file(&self, context: &str, input: &str) -> PathBuf {
        let value = &self.contexts[context]["credential"][input];
        value["file"].as_str().unwrap().into()
    }

    /// What a service answers to a GET by the demo's own credential.
    pub async fn get(&self, context: &str, path: &str) -> Value {
        let http = http();
        let mut request = http.get(format!("{}{path}", self.url(context)));
        request = match context {
            "typesense" => request.header("X-TYPESENSE-API-KEY", self.input(context, "api_key")),
            "runai" => {
                let (id, secret) = (
                    self.input(context, "client_id"),
                    self.input(context, "client_secret"),
                );
                let token = self.token(&id, &secret).await.expect("the demo signs in");
                request.header("Authorization", format!("Bearer {token}"))
            }
            "djinn" => request.header("Accept", "application/json").header(
                "Authorization",
                format!("Bearer {}", self.input(context, "token")),
            ),
            _ => request.header(
                "Authorization",
                format!("Bearer {}", self.input(context, "api_key")),
            ),
        };
        let body = request.send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice(&body)
            .unwrap_or_else(|_| panic!("{path}: {}", String::from_utf8_lossy(&body)))
    }

    /// All of Djinn's keys.
    pub async fn djinn_keys(&self) -> Value {
        let mut all = Vec::new();
        for page in 1..=3 {
            let keys = self.get("djinn", &format!("/keys?page={page}")).await;
            all.extend(keys.as_array().unwrap().iter().cloned());
        }
        all.into()
    }

    /// The status of a GET at Typesense by this key.
    pub async fn typesense_status(&self, key: &str, path: &str) -> u16 {
        let request = http().get(format!("{}{path}", self.url("typesense")));
        let sent = request.header("X-TYPESENSE-API-KEY", key).send();
        sent.await.unwrap().status().as_u16()
    }

    /// The status of a GET at Chutes by this key.
    pub async fn chutes_status(&self, key: &str, path: &str) -> u16 {
        let request = http().get(format!("{}{path}", self.url("chutes")));
        let sent = request
            .header("Authorization", format!("Bearer {key}"))
            .send();
        sent.await.unwrap().status().as_u16()
    }

    /// A Run:ai token for this pair; `None` when it is refused.
    pub async fn token(&self, id: &str, secret: &str) -> Option<String> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let answer = http()
            .post(format!("{}/api/v2/token", self.url("runai")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        body["access_token"].as_str().map(ToOwned::to_owned)
    }

    /// Makes a Run:ai key as another operator would; gives its secret.
    pub async fn make_access_key(&self, name: &str) -> String {
        let (id, secret) = (
            self.input("runai", "client_id"),
            self.input("runai", "client_secret"),
        );
        let token = self.token(&id, &secret).await.expect("the demo signs in");
        let sent = http()
            .post(format!("{}/api/v1/access-keys", self.url("runai")))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .body(serde_json::json!({ "name": name }).to_string())
            .send();
        let body = sent.await.unwrap().bytes().await.unwrap();
        let made: Value = serde_json::from_slice(&body).unwrap();
        made["clientSecret"].as_str().expect("a secret").to_owned()
    }

    /// The address of a context.
    pub fn url(&self, context: &str) -> &str {
        self.contexts[context]["url"].as_str().unwrap()
    }
}

fn http() -> reqwest::Client {
    // Another test may have been first.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Writes a file that its owner alone can read.
pub fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
