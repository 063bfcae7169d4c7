//! The kinds of keys that the console makes: how each is filled in, counted and tried at its service.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::services::Services;

/// The name of the key that a test makes.
pub const NAME: &str = "doubted";
/// A private key that Djinn takes.
pub const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

/// What gives a usable secret after the answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// The secret was the operator's own.
    Known,
    /// keyrack had chosen it.
    Chosen,
    /// The key gets another one.
    Another,
    /// The key is deleted and made once more.
    Again,
}

/// Something that a person does.
#[derive(Debug, Clone)]
pub enum Step {
    /// Presses keys.
    Press(&'static str),
    /// Types a text.
    Type(String),
    /// Pastes a text.
    Paste(&'static str),
}

/// A kind of keys.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub context: &'static str,
    /// The key of its tab.
    pub tab: &'static str,
    /// What stands on the screen once its list is there.
    pub loaded: &'static str,
    pub noun: &'static str,
    /// Where the server has it, within its service.
    pub path: &'static str,
    /// The same from the server's root.
    pub root: &'static str,
    pub recovery: Recovery,
}

pub const TYPESENSE: Kind = Kind {
    context: "typesense",
    tab: "1",
    loaded: "80 keys",
    noun: "API key",
    path: "/keys",
    root: "/typesense/keys",
    recovery: Recovery::Chosen,
};
pub const CHUTES: Kind = Kind {
    context: "chutes",
    tab: "1",
    loaded: "60 keys",
    noun: "API key",
    path: "/api_keys",
    root: "/chutes/api_keys/",
    recovery: Recovery::Again,
};
pub const SECRETS: Kind = Kind {
    context: "chutes",
    tab: "2",
    loaded: "25 keys",
    noun: "secret",
    path: "/secrets",
    root: "/chutes/secrets/",
    recovery: Recovery::Known,
};
pub const RUNAI: Kind = Kind {
    context: "runai",
    tab: "3",
    loaded: "14 keys",
    noun: "access key",
    path: "/access-keys",
    root: "/runai/api/v1/access-keys",
    recovery: Recovery::Another,
};
pub const DJINN: Kind = Kind {
    context: "djinn",
    tab: "2",
    loaded: "60 keys",
    noun: "SSH key",
    path: "/keys",
    root: "/djinn/api/keys",
    recovery: Recovery::Known,
};
pub const KINDS: [Kind; 5] = [TYPESENSE, CHUTES, SECRETS, RUNAI, DJINN];

impl Kind {
    /// A method and the path that all of this kind's requests begin with.
    pub fn sends(self, method: &str) -> String {
        format!("{method} {}", self.root)
    }

    /// What fills in the form of a new key of this name, once it is open.
    pub fn filling(self, name: &str) -> Vec<Step> {
        use Step::{Paste, Press, Type};
        let mut steps = vec![Type(name.to_owned())];
        steps.extend(match self.path {
            "/keys" if self.context == "typesense" => {
                vec![Press("Tab"), Type("keys:list".to_owned())]
            }
            "/secrets" => vec![
                Press("Tab"),
                Type("atlas-chat".to_owned()),
                Press("Tab"),
                Type("hf_doubted4711".to_owned()),
            ],
            "/keys" => vec![Press("Tab Tab"), Paste(PEM)],
            // Only an administrator's key can be tried by a list.
            "/api_keys" => vec![Press("Tab Space")],
            _ => Vec::new(),
        });
        steps
    }

    /// A key that a button is enough to delete: its id and its name.
    pub async fn weak(self, services: &Services) -> (String, String) {
        let rows = self.rows(services).await;
        let weak = |row: &&Value| match self.context {
            "typesense" => row["actions"]
                .as_array()
                .is_some_and(|all| all.iter().all(|it| it == "documents:search")),
            "runai" => row["name"] != "keyrack",
            _ => row["admin"] != true,
        };
        let plain = |row: &&Value| {
            let name = row[self.name_at()].as_str().expect("a name");
            let sign = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
            name.len() > 3 && name != "config" && name.chars().all(sign)
        };
        let mut fit = rows.iter().filter(weak).filter(plain);
        let row = fit.next().expect("such a key");
        (text(&row[self.id_at()]), text(&row[self.name_at()]))
    }

    /// The key whose id is within a Chutes secret: its id and its name.
    pub async fn own(self, services: &Services, secret: &str) -> (String, String) {
        let inside = |row: &&Value| secret.contains(&text(&row[self.id_at()]).replace('-', ""));
        let rows = self.rows(services).await;
        let row = rows.iter().find(inside).expect("the own key");
        (text(&row[self.id_at()]), text(&row[self.name_at()]))
    }

    /// The ids of all its keys.
    pub async fn ids(self, services: &Services) -> BTreeSet<String> {
        let rows = self.rows(services).await;
        rows.iter().map(|row| text(&row[self.id_at()])).collect()
    }

    /// The ids of its keys of this name.
    pub async fn named(self, services: &Services, name: &str) -> Vec<String> {
        let rows = self.rows(services).await;
        let those = rows.iter().filter(|row| row[self.name_at()] == name);
        those.map(|row| text(&row[self.id_at()])).collect()
    }

    /// All rows of the service.
    async fn rows(self, services: &Services) -> Vec<Value> {
        let listed = match self.context {
            "typesense" => services.get("typesense", "/keys").await["keys"].take(),
            "runai" => services.get("runai", "/api/v1/access-keys").await["accessKeys"].take(),
            "djinn" => services.djinn_keys().await,
            _ => {
                let path = format!("{}/?limit=1000", self.path);
                services.get("chutes", &path).await["items"].take()
            }
        };
        listed.as_array().expect("a list").clone()
    }

    fn name_at(self) -> &'static str {
        match self.context {
            "typesense" => "description",
            _ if self.path == "/secrets" => "key",
            _ => "name",
        }
    }

    /// The field of its id.
    pub fn id_at(self) -> &'static str {
        match (self.context, self.path) {
            ("chutes", "/secrets") => "secret_id",
            ("chutes", _) => "api_key_id",
            _ => "id",
        }
    }

    /// The service takes the secret of the key of this name.
    pub async fn takes(self, services: &Services, name: &str, secret: &str) -> bool {
        match self.context {
            "typesense" => services.typesense_status(secret, "/keys").await == 200,
            "runai" => {
                let rows = self.rows(services).await;
                let row = rows
                    .iter()
                    .find(|row| row["name"] == name)
                    .expect("its row");
                let client = row["clientId"].as_str().expect("an id");
                services.token(client, secret).await.is_some()
            }
            _ => services.chutes_status(secret, "/api_keys/?limit=1").await == 200,
        }
    }
}

/// A text or a number as text.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}
