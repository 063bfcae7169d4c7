//! A service that nobody here planned for, managed by a manifest beside the config: keys within accounts, an
//! action, a secret that is told again.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use crate::harness::{Home, Ran};

const MANIFEST: &str = r#"
manifest = 1
id = "acme"
title = "Acme"

[inputs.token]
label = "Token"
secret = true

[[auth]]
id = "token"
inputs = ["token"]
headers = { Authorization = "Bearer {token}" }

[[resource]]
id = "accounts"
title = "Accounts"
noun = "account"
pane = "api-keys"
item_id = "/id"
name = "/name"

[resource.list]
call = "GET /accounts"
items = "/items"

[[resource]]
id = "tokens"
title = "Tokens"
noun = "token"
pane = "api-keys"
parent = "accounts"
item_id = "/id"

[resource.list]
call = "GET /accounts/{parent.id}/tokens"
items = "/items"

[resource.create]
call = "POST /accounts/{parent.id}/tokens"
item = ""
secret = "/key"

[resource.delete]
call = "DELETE /accounts/{parent.id}/tokens/{id}"

[resource.reveal]
call = "GET /accounts/{parent.id}/tokens/{id}/key"
secret = "/key"

[[resource.action]]
id = "disable"
title = "Disable"
confirm = "Requests with it are refused."
call = "PUT /accounts/{parent.id}/tokens/{id}"
body = { active = false }

[[resource.field]]
key = "name"
title = "Name"
role = "name"
column = true
send = ["create"]
required = true

[[resource.field]]
key = "active"
title = "Active"
kind = "bool"
column = true

[[resource.filter]]
id = "state"
title = "State"
kind = "choice"
choices = ["active", "inactive"]
"#;

/// The service: the tokens of one account.
#[derive(Clone, Default)]
struct Service(Arc<Mutex<Vec<Value>>>);

impl Service {
    fn answer(&self, request: &Request) -> ResponseTemplate {
        let mut tokens = self.0.lock().unwrap();
        let path = request.url.path();
        let within = path.strip_prefix("/accounts/acc-1/tokens");
        let (id, rest) = match within.and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
            None => ("", ""),
        };
        let found = tokens.iter().position(|token| token["id"] == id);
        let ok = |body: Value| ResponseTemplate::new(200).set_body_json(body);
        match (request.method.as_str(), within, found) {
            ("GET", None, _) => ok(json!({"items": [{"id": "acc-1", "name": "robot"}]})),
            ("GET", Some(""), _) => ok(json!({"items": *tokens})),
            ("POST", Some(""), _) => {
                let sent: Value = request.body_json().unwrap();
                let mut token = json!({"id": "t1", "name": sent["name"], "active": true});
                tokens.push(token.clone());
                token["key"] = "told-once-1".into();
                ok(token)
            }
            ("GET", Some(_), Some(_)) if rest == "key" => ok(json!({"key": "told-again-1"})),
            ("PUT", Some(_), Some(at)) => {
                let sent: Value = request.body_json().unwrap();
                tokens[at]["active"] = sent["active"].clone();
                ok(json!({}))
            }
            ("DELETE", Some(_), Some(at)) => {
                tokens.remove(at);
                ok(json!({}))
            }
            _ => ResponseTemplate::new(404).set_body_json(json!({"message": "no such thing"})),
        }
    }
}

struct Desk {
    home: Home,
    service: Service,
    _server: MockServer,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let service = Service::default();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let service = service.clone();
            let answer = move |request: &Request| service.answer(request);
            Mock::given(any()).respond_with(answer).mount(&server).await;
            server
        });
        let home = Home::new();
        fs::create_dir_all(home.path("keyrack/backends")).unwrap();
        fs::write(home.path("keyrack/backends/acme.toml"), MANIFEST).unwrap();
        let url = server.uri();
        let config = format!(
            "[contexts.ours]\nbackend = \"acme\"\nurl = \"{url}\"\ncredential = {{ env = \"ACME\" }}\n"
        );
        fs::write(home.path("keyrack/config.toml"), config).unwrap();
        Self {
            home,
            service,
            _server: server,
            _runtime: runtime,
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.home.run_with(arguments, &[("ACME", "loopback")])
    }

    /// A command on the tokens of the account.
    fn within(&self, arguments: &[&str]) -> Ran {
        let all = [arguments, &["--resource", "tokens", "--parent", "acc-1"]];
        self.run(&all.concat())
    }
}

#[test]
fn keys_within_a_row_are_made_listed_told_again_disabled_and_deleted() {
    let desk = Desk::new();
    let accounts = desk.run(&["ls", "api-keys", "--json"]).json();
    assert_eq!(accounts["items"][0]["id"], "acc-1");
    assert_eq!(accounts["items"][0]["name"], "robot");
    let to = format!("file:{}", desk.home.path("new").display());
    let made = desk.within(&[
        "create", "api-keys", "-c", "ours", "--set", "name=ci", "--to", &to,
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(
        fs::read_to_string(desk.home.path("new")).unwrap(),
        "told-once-1"
    );
    let listed = desk.within(&["ls", "api-keys", "--json"]).json();
    assert_eq!(listed["items"][0]["name"], "ci");
    let to = format!("file:{}", desk.home.path("again").display());
    let shown = desk.within(&["show", "api-keys", "t1", "-c", "ours", "--to", &to]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert_eq!(
        fs::read_to_string(desk.home.path("again")).unwrap(),
        "told-again-1"
    );
    let act = [
        "update", "api-keys", "t1", "-c", "ours", "--action", "disable", "--yes",
    ];
    let acted = desk.within(&act);
    assert_eq!(acted.code, 0, "{acted:?}");
    assert!(acted.stderr.contains("“Disable” is done"), "{acted:?}");
    assert_eq!(desk.service.0.lock().unwrap()[0]["active"], false);
    let gone = desk.within(&["rm", "api-keys", "t1", "-c", "ours", "--yes"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    assert!(desk.service.0.lock().unwrap().is_empty());
    let log = desk.run(&["log", "--json"]);
    assert!(
        log.stdout.contains("\"act\"") && !log.stdout.contains("told-"),
        "{log:?}"
    );
}

#[test]
fn what_is_asked_wrongly_of_such_a_service_is_told_before_anything_is_sent() {
    let desk = Desk::new();
    let ran = desk.run(&["ls", "api-keys", "--resource", "tokens"]);
    ran.fails(
        2,
        "tokens are within one of accounts: name it with --parent ID",
    );
    let ran = desk.run(&["rm", "api-keys", "acc-1", "-c", "ours", "--yes"]);
    ran.fails(2, "Acme cannot delete a key of this kind: Accounts");
    let ran = desk.within(&[
        "update", "api-keys", "t1", "-c", "ours", "--action", "disabel",
    ]);
    ran.fails(2, "did you mean disable?");
    let ran = desk.within(&["ls", "api-keys", "--server-filter", "state=on"]);
    ran.fails(2, "State is one of active, inactive");
    let ran = desk.run(&["show", "api-keys", "acc-1", "-c", "ours", "--to", "stdout"]);
    ran.fails(2, "Acme does not tell the secret of a key again: Accounts");
}

#[test]
fn an_audit_and_a_snapshot_ask_for_no_list_that_is_in_a_row() {
    let desk = Desk::new();
    let audit = desk.run(&["audit", "--json"]);
    assert_eq!(audit.code, 0, "{audit:?}");
    assert_eq!(audit.json()["contexts"]["ours"]["state"], "ok");
    let file = desk.home.path("snapshot.json");
    let kept = desk.run(&["snapshot", &file.display().to_string()]);
    assert_eq!(kept.code, 0, "{kept:?}");
}

#[test]
fn what_is_wrong_with_a_context_is_told_and_stops_no_other() {
    let desk = Desk::new();
    fs::write(
        desk.home.path("keyrack/backends/half.toml"),
        "manifest = 1\n",
    )
    .unwrap();
    let config = fs::read_to_string(desk.home.path("keyrack/config.toml")).unwrap();
    let half = config.replace("contexts.ours", "contexts.half");
    let half = half.replace("\"acme\"", "\"half\"");
    fs::write(desk.home.path("keyrack/config.toml"), config + &half).unwrap();
    let ran = desk.run(&["ls", "api-keys", "-c", "ours"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("the context half is left out"),
        "{ran:?}"
    );
    for arguments in [&["ls", "api-keys"][..], &["ls", "api-keys", "-c", "half"]] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 78, "{ran:?}");
        assert!(ran.stderr.contains("half.toml:1:1: "), "{ran:?}");
    }
    desk.service.0.lock().unwrap().push(json!(7));
    let ran = desk.within(&["ls", "api-keys", "-c", "ours"]);
    assert!(
        ran.stderr.contains("ours: 1 row cannot be read: "),
        "{ran:?}"
    );
}
