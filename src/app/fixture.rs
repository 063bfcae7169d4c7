//! A console at a fixed time on the built-in backends, driven by keys in the config's notation: the
//! tests of `app` and `ui` share it. A key is pressed well after the screen was drawn, unless in a hurry.

use std::sync::Arc;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    CallId, Context, Effect, Light, Model, Msg, flight::Sent, gate::Write, keymap::Keymap, update,
};
use crate::{
    api::{ApiError, Change, ListEnd, Outcome, Progress, Query, trace::Trace},
    journal::JournalError,
    manifest::{self, Meaning, Resource},
    record::{KeyId, Moment, Rows, decode_page},
    secret::Secret,
};

/// The time at which all tests happen.
pub const NOW: &str = "2026-11-20T14:03:20Z";

/// Somebody at the console.
pub struct Desk {
    /// The console.
    pub model: Model,
    /// All that it asked for so far and that was not taken yet.
    pub asked: Vec<Effect>,
}

/// A context on a built-in backend that works and may be written to.
#[must_use]
pub fn context(name: &str, backend: &str) -> Context {
    context_of(
        name,
        manifest::load(manifest::builtin(backend).unwrap()).unwrap(),
    )
}

/// A context on the service of `tests/manifests/nested.toml`, whose keys are in rows of others.
#[must_use]
pub fn nested(name: &str) -> Context {
    let text = include_str!("../../tests/manifests/nested.toml");
    context_of(name, manifest::load(text).unwrap())
}

fn context_of(name: &str, manifest: Arc<manifest::Manifest>) -> Context {
    Context {
        name: Arc::from(name),
        address: manifest
            .base_url
            .clone()
            .unwrap_or_else(|| "https://ci.example.org".to_owned()),
        manifest,
        production: false,
        plaintext: false,
        write: Write::Always,
        accent: None,
        armed_until: None,
        chosen: true,
        light: Light::Ok(None),
        keeps: std::collections::BTreeMap::new(),
    }
}

impl Desk {
    /// A console on these contexts that has asked for the first tab.
    #[must_use]
    pub fn new(contexts: Vec<Context>) -> Self {
        let mut model = Model::new(contexts, Keymap::default());
        model.now = Moment::read(NOW).unwrap();
        let asked = model.start();
        Self { model, asked }
    }

    /// A console on one context with the rows of [`sample`].
    #[must_use]
    pub fn of(backend: &str) -> Self {
        let mut desk = Self::new(vec![context("dev", backend)]);
        let tab = desk
            .model
            .panes
            .iter()
            .position(|pane| !pane.sources.is_empty());
        desk.press(&(tab.unwrap() + 1).to_string());
        desk.answer();
        desk
    }

    /// A message.
    pub fn send(&mut self, msg: Msg) {
        for effect in update(&mut self.model, msg) {
            match effect {
                Effect::TakeUp { entry } => {
                    let mut all = self.model.journal.iter();
                    let result = match all.find(|it| it.id == entry).and_then(|it| it.held) {
                        Some(began) => Err(format!("{}.", JournalError::Held { began })),
                        None => Ok(self.model.journal.clone()),
                    };
                    self.send(Msg::TakenUp { entry, result });
                }
                Effect::Continue(tab) => self.send(Msg::Continue(tab)),
                effect => self.asked.push(effect),
            }
        }
    }

    /// Presses keys that are separated by blanks, each well after the screen was drawn.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.send(Msg::Drawn);
            self.wait(200);
            self.send(Msg::Key(key.parse().unwrap()));
        }
    }

    /// Presses keys faster than the screen is drawn.
    pub fn hurry(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.send(Msg::Key(key.parse().unwrap()));
        }
    }

    /// Types a text letter by letter.
    pub fn type_text(&mut self, text: &str) {
        self.send(Msg::Drawn);
        self.wait(200);
        for letter in text.chars() {
            let code = super::key::Code::Char(letter);
            self.send(Msg::Key(super::key::Key::plain(code)));
        }
    }

    /// Says yes to the question in front, by typing what it asks for.
    pub fn confirm(&mut self) {
        let Some(super::dialog::Dialog::Confirm(confirm)) = self.model.dialogs.last() else {
            panic!("no question")
        };
        let word = confirm.typed.as_ref().map(|typed| typed.word.clone());
        if let Some(word) = word {
            self.type_text(&word);
        }
        self.press("Tab Enter");
    }

    /// Pastes a text.
    pub fn paste(&mut self, text: &str) {
        self.send(Msg::Paste(Zeroizing::new(text.to_owned())));
    }

    /// Milliseconds go by.
    pub fn wait(&mut self, millis: i64) {
        let now = self.model.now.micros() + millis * 1_000;
        self.model.now = Moment::from_micros(now);
    }

    /// Takes what was asked for so far.
    pub fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.asked)
    }

    /// The list calls that were asked for, taken.
    pub fn lists(&mut self) -> Vec<(CallId, Query)> {
        let lists = self.take().into_iter().filter_map(|effect| match effect {
            Effect::List { call, query, .. } => Some((call, query)),
            _ => None,
        });
        lists.collect()
    }

    /// The writes that were asked for, taken.
    pub fn writes(&mut self) -> Vec<(CallId, Change)> {
        let writes = self.take().into_iter().filter_map(|effect| match effect {
            Effect::Send { call, errand, .. } => Some((call, errand.change)),
            _ => None,
        });
        writes.collect()
    }

    /// The only write that was asked for.
    pub fn write(&mut self) -> (CallId, Change) {
        let mut writes = self.writes();
        assert_eq!(writes.len(), 1, "one write");
        writes.remove(0)
    }

    /// Answers all list calls with [`sample`]s.
    pub fn answer(&mut self) {
        for (call, query) in self.lists() {
            let body = sample(&query.resource);
            self.rows(call, &query, &body);
            self.ended(call);
        }
    }

    /// Rows come for a call.
    pub fn rows(&mut self, call: CallId, query: &Query, body: &Value) {
        let resource = &query.resource;
        let page = decode_page(resource, &resource.list, body.to_string().as_bytes()).unwrap();
        self.send(Msg::Rows {
            call,
            progress: Progress {
                rows: page.rows,
                page: 1,
                pages: None,
                total: page.total,
                own: None,
            },
        });
    }

    /// A list ends well.
    pub fn ended(&mut self, call: CallId) {
        let result = Ok(ListEnd::default());
        self.send(Msg::Listed { call, result });
    }

    /// A list fails.
    pub fn failed(&mut self, call: CallId, error: ApiError) {
        self.send(Msg::Listed {
            call,
            result: Err(error),
        });
    }

    /// A write was done; the answer names this id and holds this secret.
    pub fn done(&mut self, call: CallId, change: &Change, id: Option<&str>, secret: Option<&str>) {
        let outcome = Outcome::Done {
            id: id.map(|id| KeyId::new(id, change.resource.id_kind()).unwrap()),
            rows: Rows::new(Arc::clone(&change.resource)),
            secret: secret.map(|text| Secret::new(Zeroizing::new(text.to_owned()))),
        };
        self.ends(call, change, outcome);
    }

    /// A write ends so; its values do not come back.
    pub fn ends(&mut self, call: CallId, change: &Change, outcome: Outcome) {
        let change = Change {
            context: Arc::clone(&change.context),
            resource: Arc::clone(&change.resource),
            verb: change.verb,
            target: change.target.clone(),
            values: std::collections::BTreeMap::new(),
        };
        self.comes_back(call, change, outcome);
    }

    /// A write ends so, and what was sent comes back with it.
    pub fn comes_back(&mut self, call: CallId, change: Change, outcome: Outcome) {
        let trace = Trace::of(&change, None, self.model.now);
        let sent = Sent {
            outcome,
            change,
            trace,
            entry: None,
            rotation: None,
        };
        self.send(Msg::Sent {
            call,
            sent: Box::new(sent),
        });
    }

    /// What the status line says just now.
    #[must_use]
    pub fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| &notice.text)
    }

    /// The name of the selected key.
    #[must_use]
    pub fn selected(&self) -> String {
        let current = self.model.pane().current();
        current.map_or_else(String::new, |(_, record)| record.name().exact().to_owned())
    }
}

/// A refusal by the service.
#[must_use]
pub fn refused(status: u16, meaning: Meaning, message: &str, fields: &[(&str, &str)]) -> ApiError {
    let fields = fields
        .iter()
        .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
    ApiError::Refused {
        status,
        meaning,
        message: message.to_owned(),
        code: None,
        fields: fields.collect(),
        request_id: None,
    }
}

/// A list's answer of a built-in resource.
#[must_use]
pub fn sample(resource: &Resource) -> Value {
    match resource.id.as_str() {
        "tokens" => json!([
            { "id": 2, "name": "deploy", "client": "cl-deploy", "expires": "2026-11-25T00:00:00Z" },
            { "id": 5, "name": "nightly", "client": "cl-nightly", "expires": null },
        ]),
        "hooks" => json!([
            { "token": "whsec-0123456789abcdef", "label": "deploy" },
            { "token": "whsec-fedcba9876543210" },
        ]),
        "grants" | "uses" => json!([
            { "id": "a", "name": format!("{} a", resource.noun) },
            { "id": "b", "name": format!("{} b", resource.noun) },
        ]),
        _ if resource.list.items.is_empty() => json!([]),
        "api_keys" => chutes_keys(),
        "secrets" => json!({ "total": 1, "items": [
            { "secret_id": "5b0c7d2e-0000-4000-8000-000000000001", "purpose": "chute-a", "key": "HF_TOKEN",
              "created_at": "2026-10-01T09:00:00Z" },
        ]}),
        "access-keys" => json!({ "accessKeys": [
            run_ai("41", "ci-deploy", "cid-ci-deploy", "2026-11-17T10:00:00Z", Some("2026-11-20T13:00:00Z")),
            run_ai("42", "nightly", "cid-nightly", "2026-05-02T10:00:00Z", Some("2026-06-01T13:00:00Z")),
            run_ai("43", "old-laptop", "cid-old-laptop", "2025-02-03T10:00:00Z", None),
        ]}),
        "administration" => json!({ "accessKeys": [
            admin("41", "ci-deploy", "ana@example.org"),
            admin("77", "batch", "ben@example.org"),
        ]}),
        "accounts" => json!({ "accounts": [
            { "id": 1, "name": "ci-bot", "role": "Viewer" },
            { "id": 2, "name": "backup", "role": "Admin" },
            { "id": 3, "name": "grafana-agent", "role": "Viewer" },
        ]}),
        "keys" => json!({ "keys": (0..3).map(typesense).collect::<Vec<_>>() }),
        _ => json!([]),
    }
}

fn chutes_keys() -> Value {
    json!({ "total": 3, "items": [
        { "api_key_id": "00000000-0000-4000-8000-0000000000a1", "user_id": "u1", "name": "prod-admin",
          "admin": true, "scopes": [], "created_at": "2026-11-01T08:00:00Z", "last_used_at": null },
        { "api_key_id": "00000000-0000-4000-8000-0000000000a2", "user_id": "u1", "name": "reader",
          "admin": false, "created_at": "2026-11-18T08:00:00Z", "last_used_at": null,
          "scopes": [
            { "object_type": "chutes", "object_id": null, "action": "invoke" },
            { "object_type": "images", "object_id": null, "action": null },
            { "object_type": "invocations", "object_id": null, "action": "read" },
          ] },
        { "api_key_id": "00000000-0000-4000-8000-0000000000a3", "user_id": "u1", "name": "рrod-admin",
          "admin": false, "scopes": [], "created_at": "2025-03-01T08:00:00Z", "last_used_at": null },
    ]})
}

fn run_ai(id: &str, name: &str, client: &str, created: &str, used: Option<&str>) -> Value {
    json!({ "id": id, "name": name, "clientId": client, "createdAt": created, "lastLogin": used })
}

fn admin(id: &str, name: &str, by: &str) -> Value {
    json!({ "id": id, "name": name, "createdBy": by, "clientId": format!("cid-{name}"),
            "createdAt": "2026-09-01T10:00:00Z", "lastLogin": "2026-11-19T10:00:00Z" })
}

/// A Typesense key: every third is broad, every second ends.
#[must_use]
pub fn typesense(number: u64) -> Value {
    let actions = if number.is_multiple_of(3) {
        json!(["*"])
    } else {
        json!(["documents:search", "documents:get"])
    };
    let ends = if number.is_multiple_of(2) {
        64_723_363_199
    } else {
        1_795_000_000 + number * 86_400
    };
    json!({ "id": number, "description": format!("key {number}"), "value_prefix": format!("k{number:03}"),
            "actions": actions, "collections": ["*"], "expires_at": ends, "autodelete": false })
}

/// A list of this many Typesense keys.
#[must_use]
pub fn many(count: u64) -> Value {
    json!({ "keys": (0..count).map(typesense).collect::<Vec<_>>() })
}
