//! What every flow needs: the console on some contexts, and what the services hold, read past the console.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use keyrack::testing::{DemoServer, Harness};
use serde_json::Value;
use tempfile::TempDir;

/// Columns and rows of the screen.
pub const SIZE: (u16, u16) = (120, 40);

/// The console; what goes wrong is told with the screen as it is.
pub struct Console(pub Harness);

impl Console {
    pub fn open(config: &Path) -> Self {
        Self(Harness::open(config, SIZE.0, SIZE.1).unwrap_or_else(|why| panic!("{why}")))
    }

    pub async fn press(&mut self, keys: &str) {
        self.0
            .press(keys)
            .await
            .unwrap_or_else(|why| panic!("{why}"));
    }

    /// Waits until the screen shows this.
    pub async fn sees(&mut self, text: &str) {
        if let Err(why) = self.0.wait_for(text).await {
            panic!("{why}");
        }
    }

    /// Waits until the screen is as it should be.
    pub async fn until(&mut self, what: &str, right: impl Fn(&str) -> bool) {
        if let Err(screen) = self.0.wait_until(right).await {
            panic!("not so: {what}:\n{screen}");
        }
    }

    /// Waits until every list and every write is answered.
    pub async fn rests(&mut self) {
        self.until("nothing is on its way", |screen| {
            !screen.contains("reading") && !screen.contains("on its way")
        })
        .await;
    }

    /// Presses keys and waits for what they bring.
    pub async fn press_and_see(&mut self, keys: &str, text: &str) {
        self.press(keys).await;
        self.sees(text).await;
    }

    pub fn screen(&self) -> String {
        self.0.screen()
    }

    /// The screen shows this now.
    pub fn shows(&self, text: &str) {
        let screen = self.screen();
        assert!(
            screen.contains(text),
            "no {text:?} on the screen:\n{screen}"
        );
    }

    /// The screen does not show this now.
    pub fn hides(&self, text: &str) {
        let screen = self.screen();
        assert!(!screen.contains(text), "{text:?} on the screen:\n{screen}");
    }

    /// The line that the cursor is on.
    pub fn selected(&self) -> String {
        let screen = self.screen();
        let mut lines = screen
            .lines()
            .filter(|line| line.starts_with(['▌', '>', '›']));
        lines.next().unwrap_or_default().to_owned()
    }
}

/// The embedded backend, and the console on some of its contexts.
pub struct Desk {
    pub server: DemoServer,
    pub console: Console,
    contexts: toml::Table,
    _home: TempDir,
}

impl Desk {
    /// The console on these contexts.
    pub async fn on(names: &[&str]) -> Self {
        Self::with(names, "").await
    }

    /// The console on these contexts, each with more lines of config.
    pub async fn with(names: &[&str], more: &str) -> Self {
        let server = DemoServer::start(&[]).await.unwrap();
        let text = fs::read_to_string(server.config_path()).unwrap();
        let all: toml::Table = toml::from_str(&text).unwrap();
        let contexts = all["contexts"].as_table().unwrap().clone();
        let chosen = text.split("[contexts.").filter_map(|context| {
            let (name, lines) = context.split_once(']')?;
            let wanted = names.contains(&name);
            wanted.then(|| format!("[contexts.{name}]{lines}\n{more}\n"))
        });
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config.toml");
        write_private(&config, &chosen.collect::<String>());
        Self {
            server,
            console: Console::open(&config),
            contexts,
            _home: home,
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

    fn url(&self, context: &str) -> &str {
        self.contexts[context]["url"].as_str().unwrap()
    }
}

fn http() -> reqwest::Client {
    // Another test may have been first.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The secret that the dialog shows: the longest word at the left edge.
pub fn secret_on(screen: &str) -> String {
    let lines = screen.lines().filter(|line| !line.starts_with(' '));
    let words = lines.filter(|line| line.is_ascii() && !line.contains(' '));
    let secret = words.max_by_key(|line| line.len()).unwrap_or_default();
    assert!(secret.len() >= 16, "no secret on the screen:\n{screen}");
    secret.to_owned()
}

/// Writes a file that its owner alone can read.
pub fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
