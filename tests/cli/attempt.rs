//! `keyrack backend try`: the exact request with its secrets masked, and no connection to anybody.

use std::{io::ErrorKind, net::TcpListener};

use super::harness::{Home, Ran};

/// A service that has every kind of operation.
const ACME: &str = r#"
manifest = 1
id = "acme"
title = "Acme"

[inputs.user]
label = "User"

[inputs.password]
label = "Password"
secret = true

[headers]
X-Api-Version = "2"

[[auth]]
id = "basic"
inputs = ["user", "password"]
basic = ["{user}", "{password}"]

[[auth]]
id = "session"
inputs = ["user", "password"]
headers = { X-Session = "{session}" }

[[auth.login]]
call = "POST /login"
encode = "form"
body = { user = "{user}", password = "{password}" }
capture = { session = "header:X-Session" }

[[auth]]
id = "signed"
inputs = ["user"]
command = { argv = ["/nowhere/sign", "{user}"] }

[[auth]]
id = "cookie"
inputs = ["user", "password"]
login = [{ call = "POST /login", body = { user = "{user}", password = "{password}" }, cookies = true }]

[[check]]
id = "me"
call = "GET /me"

[[resource]]
id = "projects"
title = "Projects"
noun = "project"
pane = "api-keys"
item_id = "/id"
name = "/name"
list = { call = "GET /projects", page = { by = "page", param = "page", first = 1, size_param = "per_page", size = 50 } }

[[resource]]
id = "keys"
title = "Keys"
noun = "key"
pane = "api-keys"
parent = "projects"
item_id = ["/owner", "/id"]
list = { call = "POST /projects/{parent.id}/keys.list", body = { project = "{parent.id}" }, page = { by = "cursor", param = "/page/after", next = "/next", in = "body" } }
get = { call = "GET /keys/{id.1}/{id.2}", item = "" }
create = { call = "POST /projects/{parent.id}/keys?dry={form.dry}", item = "/key", secret = ["/key/id", "/secret"], wrap = "key", body = { source = "keyrack" } }
update = { call = "PATCH /keys/{id.1}/{id.2}", item = "" }
delete = { call = "POST /keys.delete", body = { owner = "{id.1}", id = "{id.2}", name = "{item.name}" } }
reveal = { call = "GET /keys/{id.1}/{id.2}/secret", secret = "/value" }

[[resource.action]]
id = "disable"
title = "Disable"
call = "POST /keys/{id.1}/{id.2}/state"
body = { enabled = false }

[[resource.filter]]
id = "state"
title = "State"
in = "body"
kind = "choice"
choices = ["on", "off"]

[[resource.field]]
key = "name"
title = "Name"
role = "name"
column = true
required = true
send = ["create", "update"]

[[resource.field]]
key = "pin"
title = "PIN"
kind = "secret"
required = true
send = ["create"]

[[resource.field]]
key = "limit"
title = "Limit"
kind = "int"
required = true
send = ["create", "update"]

[[resource.field]]
key = "expires_at"
title = "Expires"
kind = "expiry"
format = "date"
send = ["create"]

[[resource.field]]
key = "dry"
title = "Dry run"
kind = "bool"
send = ["create"]
"#;

struct Acme {
    home: Home,
    file: String,
    listener: TcpListener,
}

impl Acme {
    /// Contexts at a port where somebody counts who comes.
    fn new() -> Self {
        let home = Home::new();
        let file = home.write("keyrack/backends/acme.toml", ACME, 0o600);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        // A source that would tell were it asked.
        let asked = home.path("asked");
        let config = format!(
            "[contexts.prod]\nbackend = \"acme\"\nurl = \"http://127.0.0.1:{port}/api\"\ncredential = {{ user = \"ann\", password = {{ command = [\"touch\", {asked:?}] }} }}\n"
        );
        home.config(&config, 0o600);
        Self {
            home,
            file,
            listener,
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.home.run(&[&["backend", "try"], arguments].concat())
    }

    /// What was told of a context, with another name for its port.
    fn told(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        let port = self.listener.local_addr().unwrap().port().to_string();
        let text = format!("$ {}\n{}\n{}", arguments.join(" "), ran.stdout, ran.stderr);
        text.replace(&port, "PORT")
    }

    fn nobody_came(&self) {
        let came = self.listener.accept().map(|_| ());
        assert_eq!(came.unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(!self.home.path("asked").exists());
    }
}

#[test]
fn every_operation_is_shown_as_it_would_be_sent_and_nobody_is_asked() {
    let acme = Acme::new();
    let tries: [&[&str]; 14] = [
        &["prod", "check"],
        &["prod", "projects.list", "--page", "2"],
        &[
            "prod",
            "keys.list",
            "--parent",
            "p/1",
            "--server-filter",
            "state=on",
        ],
        &["prod", "keys.list", "--page", "2"],
        &["prod", "get", "--id", "ann", "--id", "a b"],
        &["prod", "create"],
        &[
            "prod",
            "create",
            "--parent",
            "p1",
            "--set",
            "name=x \"y\"",
            "--set",
            "limit=3",
            "--set",
            "expires_at=2030-01-02",
            "--set",
            "dry=true",
        ],
        &["prod", "update"],
        &[
            "prod", "update", "--id", "ann", "--id", "1", "--set", "name=new",
        ],
        &["prod", "delete"],
        &[
            "prod", "delete", "--id", "ann", "--id", "1", "--item", "name=ci",
        ],
        &["prod", "reveal"],
        &["prod", "disable"],
        &["prod", "login", "--auth", "session"],
    ];
    let told: Vec<String> = tries.iter().map(|it| acme.told(it)).collect();
    insta::assert_snapshot!(told.join("\n"));
    acme.nobody_came();
}

#[test]
fn a_file_a_backend_and_a_login_are_shown_without_a_context() {
    let acme = Acme::new();
    let told = acme.told(&[&acme.file, "get", "--auth", "session"]);
    assert!(told.contains("### login\nPOST {url}/login\n"), "{told}");
    assert!(
        told.contains("user={user}&password=••••{password}"),
        "{told}"
    );
    assert!(
        told.contains("### get\nGET {url}/keys/{id.1}/{id.2}\n"),
        "{told}"
    );
    assert!(told.contains("X-Session: ••••{session}\n"), "{told}");
    let told = acme.told(&["prod", "get", "--auth", "signed"]);
    assert!(
        told.contains("# and the headers that the program of"),
        "{told}"
    );
    let told = acme.told(&["prod", "get", "--auth", "cookie"]);
    assert!(told.contains("Cookie: session=••••{session}\n"), "{told}");
    let told = acme.told(&["typesense", "create"]);
    assert!(told.contains("POST http://localhost:8108/keys\n"), "{told}");
    assert!(
        told.contains("X-Typesense-Api-Key: ••••{api_key}\n"),
        "{told}"
    );
    assert!(told.contains("\"value\": \"••••{value}\""), "{told}");
    let told = acme.told(&["chutes", "secrets.create", "--auth", "hotkey"]);
    assert!(
        told.contains("X-Chutes-Signature: ••••{made from the hotkey}\n"),
        "{told}"
    );
    let told = acme.told(&["runai", "check"]);
    assert_eq!(
        told.matches("### login, where the one above is not there\n")
            .count(),
        2
    );
    acme.nobody_came();
}

#[test]
fn a_config_that_cannot_be_used_is_told_where_a_context_may_be_meant() {
    let acme = Acme::new();
    acme.home.config("[contexts.prod]\nbackend = 1\n", 0o600);
    acme.run(&["prod", "list"]).fails(78, "config.toml:2:11");
    assert_eq!(acme.run(&["acme", "get"]).code, 0);
}

#[test]
fn what_cannot_be_shown_says_why_and_what_there_is() {
    let acme = Acme::new();
    let fails = |arguments: &[&str], words: &str| acme.run(arguments).fails(2, words);
    fails(
        &["prod", "list"],
        "Acme has several: projects.list, keys.list",
    );
    fails(&["prod", "keys.delte"], "did you mean keys.delete?");
    fails(&["prod", "rotate"], "there are projects.list, keys.list");
    fails(&["pord", "list"], "did you mean \"prod\"");
    fails(
        &["prod", "get", "--id", "ann"],
        "has 2 parts: give --id as many times",
    );
    fails(
        &["prod", "create", "--set", "pin=1234"],
        "pin: It is a secret",
    );
    fails(&["prod", "create", "--set", "nmae=x"], "did you mean name?");
    fails(&["prod", "create", "--set", "limit=x"], "limit: ");
    fails(
        &["prod", "delete", "--item", "nmae=x"],
        "Keys has no field nmae",
    );
    fails(
        &["prod", "keys.list", "--server-filter", "state=up"],
        "is one of on, off",
    );
    fails(
        &["prod", "projects.list", "--parent", "x"],
        "leave --parent out",
    );
    fails(
        &["prod", "get", "--auth", "sesion"],
        "there are basic, session, signed, cookie",
    );
    fails(&["typesense", "login"], "has no login");
    let ran = acme.run(&["prod", "create", "--set", "hunter2"]);
    assert!(!ran.stderr.contains("hunter2"), "{ran:?}");
    ran.fails(2, "write --set NAME=VALUE");
    acme.nobody_came();
}
