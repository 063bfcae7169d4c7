//! What keyrack says when something goes wrong, on the screen, on standard error and in its log: neither a
//! credential nor a query nor a body is in it, though a service sends all of them back, and a panic says no
//! more than its place.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::{
    desk::{self, SIZE},
    harness::Home,
    session::Session,
};

const CREDENTIAL: &str = "cred-zq7Vd3-canary-Xw9Lp2";
const TYPED: &str = "typed-Rt5Kj8-canary-Hn4Gb6";

/// A service that sends back whatever it got, in its words, its headers and its address; a list that it is
/// asked for is empty unless it has a status for that too.
fn echo(status: &'static str, lists: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream, status, lists));
        }
    });
    url
}

fn answer(mut stream: TcpStream, status: &str, lists: bool) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(number) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = number.trim().parse().ok()?;
        }
        request.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).ok()?;
    request.push_str(&body);
    let (status, head, body) = if lists && request.starts_with("GET") {
        ("200 OK", String::new(), r#"{"keys":[]}"#.to_owned())
    } else {
        let echoed = serde_json::to_string(&request).ok()?;
        let body = format!(r#"{{"message":{echoed},"detail":{echoed},"error":{echoed}}}"#);
        let head = format!(
            "X-Request-Id: {CREDENTIAL}\r\nLocation: http://127.0.0.1:9/{CREDENTIAL}?{TYPED}\r\n"
        );
        (status, head, body)
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{head}Connection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()
}

/// The config of a context at this address.
fn context(backend: &str, url: &str) -> String {
    let input = if backend == "djinn" {
        "token"
    } else {
        "api_key"
    };
    format!(
        "[contexts.echo]\nbackend = \"{backend}\"\nurl = \"{url}\"\n\
         credential = {{ {input} = {{ env = \"ECHOED\" }} }}\n"
    )
}

#[track_caller]
fn assert_silent(what: &str, text: &str) {
    for secret in [CREDENTIAL, TYPED, &CREDENTIAL[..12], &TYPED[..12]] {
        assert!(!text.contains(secret), "{what} says {secret}:\n{text}");
    }
}

#[test]
fn no_error_and_no_log_says_a_credential_that_a_service_sends_back() {
    let mut runs = 0;
    let statuses = [
        "200 OK",
        "302 Found",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "409 Conflict",
        "422 Unprocessable Entity",
        "429 Too Many Requests",
        "500 Internal Server Error",
    ];
    for backend in ["typesense", "chutes", "djinn"] {
        for status in statuses {
            let home = Home::new();
            home.config(&context(backend, &echo(status, false)), 0o600);
            let log = home.path("log");
            let tab = if backend == "djinn" {
                "secrets"
            } else {
                "api-keys"
            };
            for command in [
                &["ls", tab, "--json"][..],
                &["ls", tab],
                &["context", "check"],
            ] {
                let arguments = [&["--log", log.to_str().unwrap()], command].concat();
                let variables = [("ECHOED", CREDENTIAL), ("KEYRACK_LOG", "trace")];
                let ran = home.run_with(&arguments, &variables);
                let told = format!("{}\n{}", ran.stdout, ran.stderr);
                // A check asks whether there is an answer.
                assert!(
                    ran.code != 0 || command[0] == "context",
                    "{status}: {ran:?}"
                );
                assert_silent(&format!("{backend}, {status}, {command:?}"), &told);
                runs += 1;
            }
            let log = fs::read_to_string(&log).unwrap();
            assert!(!log.is_empty(), "the log is there");
            assert_silent(&format!("the log of {backend}, {status}"), &log);
        }
    }
    println!("{runs} runs");
}

#[test]
fn no_screen_says_a_value_that_a_service_refuses_and_sends_back() {
    for status in [
        "400 Bad Request",
        "409 Conflict",
        "500 Internal Server Error",
    ] {
        let text = context("typesense", &echo(status, true));
        let (_folder, path) = desk::private(&text);
        let args = ["--config", path.to_str().unwrap(), "--log", "trace.log"];
        let env = [("ECHOED", CREDENTIAL), ("KEYRACK_LOG", "trace")];
        let mut session = Session::start(&args, SIZE, &env);
        session.wait_text("There is nothing under");
        session.press("n");
        session.wait_text("New API key in echo");
        session.type_text("echoed");
        session.press("Tab");
        session.type_text("documents:search");
        session.press("Tab Tab Tab Tab");
        session.type_text(TYPED);
        session.press("ctrl-s");
        session.wait_text(if status.starts_with('5') {
            "unknown"
        } else {
            "[redacted]"
        });
        thread::sleep(desk::SETTLE);
        session.press("Esc");
        session.signal(rustix::process::Signal::TERM);
        assert_eq!(session.exit_code(), 143);
        let log = fs::read_to_string(session.home().join("trace.log")).unwrap();
        assert_silent("the log", &log);
        assert_silent("the terminal", &String::from_utf8_lossy(&session.log()));
        let journal = session.home().join("state/keyrack/journal.jsonl");
        assert_silent("the journal", &fs::read_to_string(journal).unwrap());
    }
}

// Only debug builds panic on request.
#[cfg(debug_assertions)]
#[test]
fn a_panic_while_a_secret_waits_says_its_place_alone() {
    let demo = crate::harness::Demo::start(&[]);
    let credentials = demo.credentials();
    let (_folder, path) = desk::private(&desk::context(&demo, "runai"));
    let args = ["--config", path.to_str().unwrap(), "--log", "trace.log"];
    let env = [
        ("KEYRACK_TEST_PANIC", "secret"),
        ("KEYRACK_LOG", "trace"),
        // More would print lines of the sources, where they are on the disk.
        ("RUST_BACKTRACE", "1"),
    ];
    let mut session = Session::start(&args, SIZE, &env);
    session.wait_text("as of");
    session.press("n");
    session.wait_text("ctrl-s");
    session.type_text("panics");
    session.press("ctrl-s");
    session.wait_text("New secret of");
    session.press("v");
    assert_eq!(session.exit_code(), 101);
    session.assert_restored();
    let log = String::from_utf8_lossy(&session.log()).into_owned();
    let (_, after) = log.rsplit_once("\x1b[?1049l").unwrap();
    assert!(
        after.contains("broke off") && after.contains(".rs:"),
        "{after}"
    );
    assert!(
        after.contains("not saved when keyrack was ended"),
        "{after}"
    );
    let trace = fs::read_to_string(session.home().join("trace.log")).unwrap();
    for (what, text) in [("the terminal", &log), ("the log", &trace)] {
        assert!(!text.contains("canary-in-a-panic"), "{what}: {text}");
        for (input, credential) in &credentials {
            assert!(!text.contains(credential.as_str()), "{what}: {input}");
        }
        for header in ["Bearer", "authorization", "clientSecret"] {
            assert!(!text.contains(header), "{what} says {header}");
        }
    }
}
