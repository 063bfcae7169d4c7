//! Values that nobody types: made here, from a file, a command or a variable. What the service is sent is
//! looked at, and that nothing is sent before the value is right.

use std::{fs, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    desk::{Console, Desk, write_private},
    wire::{Bench, Service, chutes, djinn, json_of, ssh_key},
};

const KEY: &str = include_str!("../fixtures/ssh/ed25519.key");
const FINGERPRINT: &str = "SHA256:PAOIt3M746HyZJCanEZwEgTeZ9zoIpOAb1nao0Au4x8";

/// A key of the fixtures, in a file of its own.
fn file(folder: &Path, text: &str) -> String {
    let path = folder.join("id_somebody");
    write_private(&path, text);
    path.to_str().unwrap().to_owned()
}

/// A service that takes SSH keys, and a config with these sources.
async fn ci(sources: &str) -> (Service, Bench) {
    let server = djinn(&[ssh_key(1, "id_one", "")]).await;
    let made = ssh_key(2, "id_new", "");
    server.respond("POST", "/keys", json_of(201, &made)).await;
    let bench = Bench::new().context("ci", "djinn", &server).line(sources);
    (server, bench)
}

/// Opens the form of a new SSH key, the cursor in the private key.
async fn new_key(bench: &Bench) -> Console {
    let mut console = bench.open();
    console.sees("id_one").await;
    console.press("n").await;
    console.0.type_text("id_new");
    console.press("Tab Tab").await;
    console
}

/// Says where the value comes from.
async fn from(console: &mut Console, place: &str) {
    console.press("ctrl-o").await;
    console.0.type_text(place);
    console.press("Enter").await;
}

/// The bodies of all creates so far.
async fn bodies(server: &Service) -> Vec<Value> {
    let sent = server.sent("POST").await;
    sent.iter().map(|it| it.body_json().unwrap()).collect()
}

/// The public half on the screen, put together from its lines.
fn public_on(screen: &str) -> String {
    let inside = |line| str::split(line, '│').nth(1).unwrap_or("").trim();
    let lines = screen.lines().map(inside);
    let lines: Vec<&str> = lines
        .skip_while(|line| !line.starts_with("ssh-ed25519 "))
        .take_while(|line| !line.is_empty() && !line.starts_with("SHA256:"))
        .collect();
    assert!(!lines.is_empty(), "no public half:\n{screen}");
    let mut words = lines.concat();
    words.truncate(words.find(" id_").unwrap_or(words.len()));
    words
}

/// Whether a private key of OpenSSH's format is the other half of this line.
fn belongs_to(private: &str, public: &str) -> bool {
    let body: String = private
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let bytes = STANDARD.decode(body).unwrap();
    let blob = STANDARD.decode(public.split(' ').nth(1).unwrap()).unwrap();
    bytes.windows(blob.len()).any(|window| window == blob)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_made_here_its_private_half_sent_and_its_public_half_shown() {
    let (server, bench) = ci("").await;
    let mut console = new_key(&bench).await;
    console
        .press_and_see("ctrl-g", "characters · OpenSSH ed25519")
        .await;
    console.shows("Private key made here");
    let public = public_on(&console.screen());
    console.hides("b3BlbnNzaC1rZXk");
    assert_eq!(server.writes().await, 0);
    console
        .press_and_see("ctrl-s", "Public half of the new key")
        .await;
    console.shows("nowhere else");
    assert_eq!(public_on(&console.screen()), public);
    let bodies = bodies(&server).await;
    let sent = bodies[0]["key"].as_str().unwrap();
    assert!(sent.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    assert!(sent.ends_with("-----END OPENSSH PRIVATE KEY-----\n"));
    assert!(belongs_to(sent, &public), "{public}");
    assert!(!belongs_to(KEY, &public), "the comparison can fail");
    console.press("Esc").await;
    console.shows("Close without a copy of the public half?");
    console.press("Tab Enter").await;
    console.hides("ssh-ed25519");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_survives_a_lost_answer_and_is_taken_by_the_service() {
    let mut desk = Desk::on(&["djinn"]).await;
    desk.console.press_and_see("2", "60 keys").await;
    desk.console.rests().await;
    desk.console.press("n").await;
    desk.console.0.type_text("id_made");
    desk.console.press("Tab Tab").await;
    desk.console
        .press_and_see("ctrl-g", "characters · OpenSSH ed25519")
        .await;
    let public = public_on(&desk.console.screen());
    desk.server.trouble(&["lost-before:1.0"]).unwrap();
    desk.console.press("ctrl-s").await;
    desk.console.sees("unknown").await;
    desk.server.trouble(&[]).unwrap();
    desk.console.sees("The SSH key is not in the list.").await;
    desk.console.press_and_see("Esc", "stays unknown").await;
    // What was made here waits with the question, and leaves only by its answer.
    desk.console
        .press_and_see("L", "creation · SSH key “id_made”")
        .await;
    desk.console.press_and_see("Enter", "5 of 5").await;
    desk.console
        .until("the looks end", |screen| !screen.contains("5 of 5"))
        .await;
    desk.console
        .press_and_see("End Enter", "Public half of the new key")
        .await;
    assert_eq!(public_on(&desk.console.screen()), public);
    let keys = desk.djinn_keys().await;
    let made = keys.as_array().unwrap().iter();
    assert_eq!(made.filter(|key| key["name"] == "id_made").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_build_could_not_use_is_never_sent() {
    let (server, bench) = ci("").await;
    let mut console = new_key(&bench).await;
    for (text, words) in [
        (
            include_str!("../fixtures/ssh/openssh_passphrase.key"),
            "ssh-keygen -p",
        ),
        (
            include_str!("../fixtures/ssh/pkcs1_passphrase.key"),
            "ssh-keygen -p",
        ),
        (
            include_str!("../fixtures/ssh/ed25519.pub"),
            "This is a public key",
        ),
    ] {
        console.press("ctrl-u").await;
        console.0.paste(text);
        console.shows(words);
        console.press("ctrl-s").await;
        console.shows(words);
    }
    assert_eq!(server.writes().await, 0);
    // The form is still good for a key that can be used.
    console.press("ctrl-u").await;
    console.0.paste(KEY);
    console.press("ctrl-s").await;
    console.sees("“id_new” in ci was created.").await;
    assert_eq!(bodies(&server).await[0]["key"], KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_and_a_command_give_a_key_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let windows = KEY.replace('\n', "\r\n");
    let path = file(folder.path(), &windows);
    let sources = format!("[sources.deploy]\ncommand = [\"cat\", \"{path}\"]");
    for place in [
        format!("file:{path}"),
        path.clone(),
        "command:deploy".to_owned(),
    ] {
        let (server, bench) = ci(&sources).await;
        let mut console = new_key(&bench).await;
        console.press("ctrl-o").await;
        console.shows("env:VARIABLE, command:deploy");
        console.0.type_text(&place);
        console.press("Enter").await;
        console.sees(FINGERPRINT).await;
        console.shows("with \\r\\n");
        console.shows(if place.starts_with("command") {
            "from command:deploy"
        } else {
            "from id_somebody"
        });
        console.press("ctrl-s").await;
        console.sees("“id_new” in ci was created.").await;
        assert_eq!(bodies(&server).await[0]["key"], windows, "{place}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_gives_nothing_says_what_to_do_at_the_field() {
    let sources = "[sources.broken]\ncommand = [\"sh\", \"-c\", \"echo hunter2; exit 3\"]";
    let (server, bench) = ci(sources).await;
    let mut console = new_key(&bench).await;
    for (place, words) in [
        ("command:brokn", "did you mean broken?"),
        ("command:broken", "sh ended with code 3; run it by hand"),
        ("env:KEYRACK_TEST_UNSET", "not set; export it"),
        ("file:/nowhere/at/all", "/nowhere/at/all cannot be read"),
    ] {
        from(&mut console, place).await;
        console.sees(words).await;
        console.hides("hunter2");
        console.press("Esc Tab BackTab").await;
        if console.screen().contains("Drop what was typed?") {
            console.press("Esc").await;
        }
    }
    assert_eq!(server.writes().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_does_not_end_is_given_up_and_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}; exec sleep 600", pid.display());
    let sources = format!("[sources.slow]\ncommand = [\"sh\", \"-c\", \"{script}\"]");
    let (_server, bench) = ci(&sources).await;
    let mut console = new_key(&bench).await;
    from(&mut console, "command:slow").await;
    console.shows("the command of [sources.slow] is running…");
    console.press("x").await;
    console.shows("Esc gives it up");
    let written = || fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'));
    until("the command runs", written).await;
    let process = format!("/proc/{}", fs::read_to_string(&pid).unwrap().trim());
    console.press("Esc").await;
    console.shows("nothing was taken");
    let gone = || {
        let status = fs::read_to_string(format!("{process}/status"));
        status.map_or(true, |status| status.contains("State:\tZ"))
    };
    until("the command is ended", gone).await;
    // The form goes on.
    console.0.paste(KEY);
    console.shows(FINGERPRINT);
}

async fn until(what: &str, state: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !state() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_stays_in_its_form_until_the_service_has_it() {
    let server = chutes(&[], &[]).await;
    let sources = "[sources.hf]\ncommand = [\"echo\", \"hf_from_a_command\"]";
    let bench = Bench::new()
        .context("chutes", "chutes", &server)
        .line(sources);
    let mut console = bench.open();
    console
        .press_and_see("2", "There is nothing under Secrets yet.")
        .await;
    console.press("n").await;
    console.0.type_text("HF_TOKEN");
    console.press("Tab").await;
    console.0.type_text("my-chute");
    console.press("Tab").await;
    from(&mut console, "command:hf").await;
    console.sees("17 characters, from command:hf").await;
    let detail = |words: &str| json!({ "detail": words });
    for (status, words) in [
        (
            409,
            "A secret already exists for this purpose with this key.",
        ),
        (404, "Did not find target chute my-chute"),
        (503, "Database connectivity problems"),
    ] {
        let how = json_of(status, &detail(words));
        server.respond("POST", "/secrets/", how).await;
        console.press_and_see("ctrl-s", words).await;
        if status == 503 {
            console.sees("The secret is not in the list.").await;
        } else {
            console.shows("17 characters, from command:hf");
        }
    }
    let made = json!({ "secret_id": "1", "key": "HF_TOKEN", "purpose": "p", "value": "c30d",
        "user_id": "u", "created_at": "2026-11-20T23:57:23" });
    server
        .respond("POST", "/secrets/", json_of(200, &made))
        .await;
    console
        .press_and_see("End Enter", "“HF_TOKEN” in chutes was created.")
        .await;
    let bodies = bodies(&server).await;
    assert_eq!(bodies.len(), 4);
    for body in bodies {
        assert_eq!(body["value"], "hf_from_a_command");
    }
}
