//! A backend that signs in by a program of the operator's: it runs once it was approved, by scripts and for
//! reads, checks and writes alike, and not once it was changed.

use std::{
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use sha2::{Digest as _, Sha256};

use crate::harness::{Home, Ran};

const KEY: &str = "canary-of-the-signer";

/// What the program has beside it; it reads its key by itself.
const SCRIPT: &str = r#"
import hashlib, json, sys
told = json.load(sys.stdin)
key = open(sys.argv[1]).read()
text = "\n".join([key, told["method"], told["url"], told["body_sha256"]])
print(json.dumps({"headers": {"X-Signature": hashlib.sha256(text.encode()).hexdigest()}}))
"#;

const MANIFEST: &str = r#"
manifest = 1
id = "acme"
title = "Acme"

[inputs.key_file]
label = "File with the key"

[[auth]]
id = "signed"
inputs = ["key_file"]
command = { argv = ["python3", "sign.py", "{key_file}"] }

[[check]]
id = "me"
call = "GET /me"
who = "/name"

[[resource]]
id = "keys"
title = "API keys"
noun = "API key"
pane = "api-keys"
item_id = "/id"
list = { call = "GET /keys?page=1" }
create = { call = "POST /keys", item = "" }

[[resource.field]]
key = "name"
title = "Name"
role = "name"
column = true
send = ["create"]
"#;

fn hex(text: &[u8]) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(text) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A service that answers whoever signs with the key, and the lines of the requests that it got.
struct Service {
    url: String,
    got: Arc<Mutex<Vec<String>>>,
}

impl Service {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let (base, log) = (url.clone(), Arc::clone(&got));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (base, log) = (base.clone(), Arc::clone(&log));
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    while let Some(answer) = answer(&stream, &base, &log) {
                        if stream.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { url, got }
    }

    fn got(&self) -> Vec<String> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }
}

/// Reads one request and says what it gets.
fn answer(stream: &TcpStream, base: &str, log: &Mutex<Vec<String>>) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let mut pairs = lines.iter().filter_map(|line| line.split_once(": "));
        pairs.find_map(|(key, value)| (key == name).then(|| value.to_owned()))
    };
    let length = header("content-length").map_or(0, |it| it.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (method, rest) = lines.first()?.split_once(' ')?;
    let target = rest.split(' ').next()?;
    log.lock().unwrap().push(format!("{method} {target}"));
    let text = [KEY, method, &format!("{base}{target}"), &hex(&body)].join("\n");
    let (status, body) = match header("x-signature") {
        Some(signature) if signature != hex(text.as_bytes()) => (
            "403 Forbidden",
            format!(r#"{{"message":"{signature} is no signature"}}"#),
        ),
        None => ("401 Unauthorized", String::new()),
        _ if target == "/me" => ("200 OK", r#"{"name":"ann"}"#.to_owned()),
        _ if method == "POST" => ("201 Created", r#"{"id":"2","name":"ci"}"#.to_owned()),
        _ => ("200 OK", r#"[{"id":"1","name":"first"}]"#.to_owned()),
    };
    let length = body.len();
    Some(format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

fn home(service: &Service) -> Home {
    let home = Home::new();
    let key = home.write("acme.key", KEY, 0o600);
    home.write("keyrack/backends/acme.toml", MANIFEST, 0o600);
    home.write("keyrack/backends/sign.py", SCRIPT, 0o600);
    let url = &service.url;
    home.config(
        &format!("[contexts.acme]\nbackend = \"acme\"\nurl = \"{url}\"\ncredential = {{ key_file = \"{key}\" }}\n"),
        0o600,
    );
    home
}

const LS: [&str; 5] = ["ls", "api-keys", "-c", "acme", "--ids"];

#[test]
fn a_program_signs_reads_checks_and_writes_once_it_was_approved() {
    let service = Service::start();
    let home = home(&service);
    let refusal = "nothing was sent: the backend acme signs in by running `python3 sign.py {key_file}`, \
                   which nobody has approved here; look at it and run: keyrack backend approve acme";
    home.run(&LS).fails(2, refusal);
    let create = ["create", "api-keys", "-c", "acme", "--set", "name=ci"];
    home.run(&create).fails(2, refusal);
    let check = home.run(&["context", "check", "acme"]);
    assert_eq!(check.code, 2, "{check:?}");
    assert!(check.stdout.contains(refusal), "{check:?}");
    assert!(service.got().is_empty());

    let approved = home.run(&["backend", "approve", "acme", "--yes"]);
    assert_eq!(approved.code, 0, "{approved:?}");
    let ran = home.run(&LS);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "1\n"), "{ran:?}");
    let check = home.run(&["context", "check", "acme"]);
    assert!(check.stdout.contains("ok      ann"), "{check:?}");
    let ran = home.run(&create);
    assert_eq!(ran.code, 0, "{ran:?}");
    let got = service.got();
    assert_eq!(got[..2], ["GET /keys?page=1", "GET /me"]);
    assert!(got.contains(&"POST /keys".to_owned()), "{got:?}");
}

#[test]
fn an_approval_shows_what_it_is_of_and_asks() {
    let service = Service::start();
    let home = home(&service);
    let asked = |arguments: &[&str]| -> Ran {
        home.run_unattended(&[&["backend", "approve", "acme"], arguments].concat())
    };
    let ran = asked(&[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.stderr
            .contains("not approved, for there is no terminal to ask on"),
        "{ran:?}"
    );
    let script = hex(SCRIPT.as_bytes());
    let folder = home.path("keyrack/backends");
    for words in [
        "Acme signs in by running",
        "\n  python3 sign.py {key_file}\n",
        &format!("{script}  {}/sign.py", folder.display()),
        &format!(
            "{}  {}",
            hex(KEY.as_bytes()),
            home.path("acme.key").display()
        ),
        "/python3",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
    assert!(!ran.stdout.contains(KEY));
    home.run(&LS).fails(2, "nobody has approved");
    assert_eq!(asked(&["--yes"]).code, 0);
    let again = asked(&["--yes"]);
    assert!(again.stderr.contains("approved already"), "{again:?}");
    assert_eq!(home.mode(".local/state/keyrack/approvals.json"), 0o600);
    assert_eq!(asked(&["--revoke"]).code, 0);
    assert_eq!(asked(&["--revoke"]).code, 2);
    home.run(&LS).fails(2, "nobody has approved");
    let none = home.run(&["backend", "approve", "djinn"]);
    none.fails(
        2,
        "djinn signs in without a program: there is nothing to approve",
    );
    home.run(&["backend", "approve", "acne"])
        .fails(2, "did you mean");
}

#[test]
fn a_script_that_was_changed_does_not_run_before_it_is_looked_at_again() {
    let service = Service::start();
    let home = home(&service);
    home.run(&["backend", "approve", "acme", "--yes"]);
    let doctor = home.run(&["doctor"]);
    let words = "acme: `python3 sign.py {key_file}` may run, approved 2";
    assert!(doctor.stdout.contains(words), "{doctor:?}");
    let other = SCRIPT.replace("import", "open('ran', 'w'); import");
    let path = home.write("keyrack/backends/sign.py", &other, 0o600);
    let changed = format!("{path} has changed");
    home.run(&LS).fails(2, &changed);
    assert!(!home.path("keyrack/backends/ran").exists());
    let doctor = home.run(&["doctor"]);
    assert!(
        doctor.stdout.contains(&format!("may not run: {changed}")),
        "{doctor:?}"
    );
    home.run(&["backend", "approve", "acme", "--yes"]);
    assert_eq!(home.run(&LS).code, 0);
    home.write("keyrack/backends/sign.py", &other, 0o666);
    home.run(&LS).fails(1, "can be changed by others");
    assert_eq!(service.got(), ["GET /keys?page=1"]);
}

#[test]
fn neither_an_error_nor_the_log_has_what_a_program_made() {
    let service = Service::start();
    let home = home(&service);
    home.write("acme.key", "canary-of-another-signer", 0o600);
    home.run(&["backend", "approve", "acme", "--yes"]);
    let log = home.path("log").display().to_string();
    let arguments = [&["--log", &log], &LS[..]].concat();
    let ran = home.run_with(&arguments, &[("KEYRACK_LOG", "trace")]);
    ran.fails(1, "[redacted] is no signature (403)");
    assert!(
        ran.stderr
            .contains("some services also answer so to a wrong one"),
        "{ran:?}"
    );
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("GET /keys answered 403"), "{text}");
    let body = hex(b"");
    let url = format!("{}/keys?page=1", service.url);
    let signature = ["canary-of-another-signer", "GET", &url, &body].join("\n");
    for secret in [hex(signature.as_bytes()).as_str(), "canary", "page=1"] {
        assert!(
            !text.contains(secret) && !ran.stderr.contains(secret),
            "{secret}: {text}"
        );
    }
}

#[test]
fn what_a_program_says_of_its_failure_is_told_by_its_first_line() {
    let service = Service::start();
    let home = home(&service);
    let script = "import sys; sys.exit('no key today\\nand more')";
    home.write("keyrack/backends/sign.py", script, 0o600);
    home.run(&["backend", "approve", "acme", "--yes"]);
    let ran = home.run(&LS);
    ran.fails(
        1,
        "acme: nothing was sent: python3 ended with code 1: no key today\n",
    );
    assert!(ran.stderr.contains("Run the program by hand"), "{ran:?}");
    assert!(service.got().is_empty());
}

#[test]
fn a_credential_in_the_query_is_in_no_error_and_no_log() {
    let service = Service::start();
    let home = home(&service);
    let way = "[[auth]]\nid = \"query\"\ninputs = [\"key\"]\nquery = { api_key = \"{key}\" }\n";
    let input = "[inputs.key]\nlabel = \"Key\"\nsecret = true\n";
    let (start, rest) = MANIFEST.split_once("[inputs.key_file]").unwrap();
    let (_, rest) = rest.split_once("[[check]]").unwrap();
    let manifest = format!("{start}{input}\n{way}\n[[check]]{rest}");
    home.write("keyrack/backends/acme.toml", &manifest, 0o600);
    let url = &service.url;
    let config = "credential = { key = { env = \"ACME_KEY\" } }";
    let config = format!("[contexts.acme]\nbackend = \"acme\"\nurl = \"{url}\"\n{config}\n");
    home.config(&config, 0o600);
    let log = home.path("log").display().to_string();
    let arguments = [&["--log", &log], &LS[..]].concat();
    let variables = [("KEYRACK_LOG", "trace"), ("ACME_KEY", KEY)];
    let ran = home.run_with(&arguments, &variables);
    ran.fails(1, "the server answered 401");
    assert_eq!(service.got(), [format!("GET /keys?page=1&api_key={KEY}")]);
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("GET /keys answered 401"), "{text}");
    assert!(!text.contains(KEY) && !ran.stderr.contains(KEY), "{text}");
}

#[test]
fn a_manifest_that_is_still_being_written_is_approved_by_its_file() {
    let service = Service::start();
    let home = home(&service);
    let file = home.write(
        "draft.toml",
        &MANIFEST.replace("Acme", "Acme of tomorrow"),
        0o600,
    );
    let live = ["backend", "check", &file, "-c", "acme"];
    let ran = home.run(&live);
    assert_eq!(ran.code, 2, "{ran:?}");
    let ran = home.run(&["backend", "approve", &file, "--yes"]);
    assert!(
        ran.stdout.contains("Acme of tomorrow signs in by running"),
        "{ran:?}"
    );
    let ran = home.run(&live);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("ok      1 row"), "{ran:?}");
}
