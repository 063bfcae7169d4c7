//! A new secret is on the screen when it was asked for, and at no other time; nothing else prints it.

use std::process::Command;

use serde_json::json;

use crate::{
    desk::Console,
    wire::{Bench, access_key, chutes, json_of, runai},
};

const CANARY: &str = "canary-5a0d2f7734b1-secret";

/// Everything that the screen showed, step by step.
struct Watch {
    console: Console,
    seen: Vec<String>,
}

impl Watch {
    async fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.console.press(key).await;
            self.look();
        }
    }

    async fn sees(&mut self, text: &str) {
        self.console.sees(text).await;
        self.look();
    }

    fn look(&mut self) {
        self.seen.push(self.console.screen());
    }

    /// No screen since the last call, the present one included, shows the secret or a good part of it.
    fn saw_nothing(&mut self) {
        self.look();
        for screen in self.seen.drain(..) {
            assert!(!screen.contains("5a0d2f"), "{screen}");
        }
    }
}

/// What scripts print from the same lists.
fn scripts_print_nothing_of_it(bench: &Bench) {
    let config = bench.path();
    for arguments in [
        &["ls", "access-keys", "--json"][..],
        &["ls", "access-keys", "--csv"],
        &["ls", "access-keys"],
        &["show", "access-keys", "id-2", "-c", "cluster", "--json"],
    ] {
        let ran = Command::new(env!("CARGO_BIN_EXE_keyrack"))
            .args(arguments)
            .arg("--config")
            .arg(&config)
            .env_clear()
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&ran.stdout);
        assert!(out.contains("newer"), "{arguments:?}: {ran:?}");
        let all = format!("{out}{}", String::from_utf8_lossy(&ran.stderr));
        assert!(!all.contains("5a0d2f"), "{arguments:?}: {all}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_is_on_the_screen_only_when_asked_for() {
    let server = runai(&[access_key(1, "agent")], &[]).await;
    let made = json!({
        "id": "id-2", "clientId": "client-0002", "name": "newer", "clientSecret": CANARY,
        "createdAt": "2026-01-05T14:05:10Z", "lastLogin": null,
    });
    server
        .respond("POST", "/api/v1/access-keys", json_of(201, &made))
        .await;
    let bench = Bench::new().context("cluster", "runai", &server);
    let mut watch = Watch {
        console: bench.open(),
        seen: Vec::new(),
    };
    watch.sees("agent").await;
    let both = json!({ "accessKeys": [access_key(1, "agent"), made] });
    server.answer("GET", "/api/v1/access-keys", both).await;
    server
        .answer("GET", "/api/v1/access-keys/id-2", made.clone())
        .await;
    watch.press("n").await;
    watch.console.0.type_text("newer");
    watch.press("ctrl-s").await;
    watch.sees("New secret of the access key “newer”").await;
    watch.press("j k Tab / n d ctrl-r").await;
    watch.saw_nothing();
    watch.console.press("v").await;
    watch.console.shows(CANARY);
    watch.console.0.focus(false);
    watch.saw_nothing();
    watch.console.0.focus(true);
    watch.saw_nothing();
    watch.console.press("v").await;
    watch.console.shows(CANARY);
    watch.console.0.resize(80, 24);
    watch.console.shows(CANARY);
    watch.console.press("v").await;
    watch.saw_nothing();
    // Asking whether to close masks it, too.
    watch.console.press("v Esc").await;
    watch.saw_nothing();
    watch.press("Tab Enter").await;
    watch
        .console
        .until("the list is back", |screen| screen.contains("newer"))
        .await;
    watch.console.rests().await;
    watch
        .press("g Enter Esc j Enter Esc C Esc d Esc ? Esc : Esc 4 3")
        .await;
    watch.saw_nothing();
    scripts_print_nothing_of_it(&bench);
}

#[tokio::test(flavor = "multi_thread")]
async fn ciphertext_in_an_answer_is_not_shown_as_the_secret() {
    let server = chutes(&[], &[]).await;
    let made = json!({
        "secret_id": "7aa6b802-4c1b-596b-a463-b00e54b149c2", "key": "HF_TOKEN", "purpose": "p",
        "created_at": "2026-11-20T23:57:23", "user_id": "u", "value": CANARY,
    });
    server.answer("POST", "/secrets/", made.clone()).await;
    let bench = Bench::new().context("chutes", "chutes", &server);
    let mut watch = Watch {
        console: bench.open(),
        seen: Vec::new(),
    };
    watch.console.press("2").await;
    watch.sees("There is nothing under Secrets yet.").await;
    let page = json!({ "total": 1, "page": 0, "limit": 100, "items": [made] });
    server.answer("GET", "/secrets/", page).await;
    watch.press("n").await;
    watch.console.0.type_text("HF_TOKEN");
    watch.press("Tab").await;
    watch.console.0.type_text("mine");
    watch.press("Tab").await;
    watch.console.0.type_text("5a0d2f-typed");
    watch.press("ctrl-s").await;
    watch.sees("“HF_TOKEN” in chutes was created.").await;
    watch.console.hides("New secret");
    watch.press("Esc Enter").await;
    watch.saw_nothing();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_secret_goes_to_the_terminal_and_nowhere_near_the_screen() {
    let server = runai(&[access_key(1, "agent")], &[]).await;
    let made = json!({
        "id": "id-2", "clientId": "client-0002", "name": "newer", "clientSecret": CANARY,
        "createdAt": null, "lastLogin": null,
    });
    server
        .respond("POST", "/api/v1/access-keys", json_of(201, &made))
        .await;
    let bench = Bench::new().context("cluster", "runai", &server);
    let mut watch = Watch {
        console: bench.open(),
        seen: Vec::new(),
    };
    watch.sees("agent").await;
    watch.press("n").await;
    watch.console.0.type_text("newer");
    watch.press("ctrl-s").await;
    watch.sees("New secret").await;
    watch.press("y").await;
    // The receipt names the channel and claims no more than is known.
    watch
        .sees("sent to the terminal (OSC 52), which may ignore it")
        .await;
    watch.saw_nothing();
    let sent = String::from_utf8(watch.console.0.sent.clone()).unwrap();
    let coded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, CANARY);
    assert_eq!(sent, format!("\x1b]52;c;{coded}\x1b\\"));
    // Copying closes nothing; what may have been ignored is asked about.
    watch.press("Esc").await;
    watch.sees("New secret").await;
    watch.press("Tab Enter").await;
    watch.saw_nothing();
}
