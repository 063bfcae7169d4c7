//! A secret is on the screen when somebody asked for it, and nowhere else: not on the terminal before,
//! not in the log at its most talkative, not in a file.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use session::Session;

const SIZE: (u16, u16) = (100, 30);
const CANARY: &str = "zq7Vd3-canary-Xw9Lp2";

/// The console with a new Typesense key whose secret waits masked.
fn revealed(env: &[(&str, &str)]) -> Session {
    let mut session = Session::start(&["demo", "--log", "trace.log"], SIZE, env);
    session.wait_text("as of");
    session.press("n");
    session.wait_text("API key in typesense");
    session.press("Down Enter");
    session.wait_text("New API key in typesense");
    session.type_text("canary of the tests");
    session.press("Tab");
    session.type_text("documents:search");
    session.press("Tab Tab Tab Tab");
    session.type_text(CANARY);
    session.press("ctrl-s");
    session.wait_text("New secret of");
    // Keys count only once the secret has been on the screen for a moment: that is the product's rule.
    std::thread::sleep(SETTLE);
    session
}

/// Longer than the console ignores keys for.
const SETTLE: std::time::Duration = std::time::Duration::from_millis(300);

/// No piece of the canary that is longer than what a list shows of a key.
fn assert_clean(what: &str, bytes: &[u8]) {
    for piece in CANARY.as_bytes().windows(7) {
        assert!(
            !bytes.windows(piece.len()).any(|part| part == piece),
            "{what} holds {}",
            piece.escape_ascii()
        );
    }
    let encoded = BASE64_STANDARD.encode(CANARY);
    let encoded = encoded.trim_end_matches('=').as_bytes();
    assert!(
        !bytes.windows(encoded.len()).any(|part| part == encoded),
        "{what} holds it in base64"
    );
}

fn assert_files_clean(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += assert_files_clean(&path);
        } else {
            assert_clean(&path.display().to_string(), &std::fs::read(&path).unwrap());
            files += 1;
        }
    }
    files
}

#[test]
fn a_new_secret_is_on_the_terminal_only_once_it_is_asked_for() {
    let mut session = revealed(&[("KEYRACK_LOG", "trace")]);
    assert_clean("the terminal", &session.log());
    session.press("v");
    session.wait_text(CANARY);
    assert!(session.screen().alternate_screen());
    let from = session.log().len();
    session.press("v");
    session.wait_gone(CANARY);
    session.resize((90, 25));
    session.wait_for("the new width", |screen| screen.size().1.get() == 90);
    session.press("Enter");
    session.wait_gone("New secret of");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    assert_clean("the terminal afterwards", &session.log()[from..]);
    assert!(assert_files_clean(session.home()) > 0, "the log is there");
    session.assert_restored();
}

#[test]
fn a_stopped_console_hides_its_secret_first() {
    let mut session = revealed(&[]);
    session.press("v");
    session.wait_text(CANARY);
    let from = session.log().len();
    session.press("ctrl-z");
    session.wait_stopped();
    session.wait_for("the main screen", |screen| !screen.alternate_screen());
    session.go_on();
    session.wait_text("New secret of");
    assert_clean("the terminal afterwards", &session.log()[from..]);
    assert!(!session.text().contains(CANARY));
}

#[test]
fn a_signal_or_a_panic_does_not_spill_a_secret() {
    let session = revealed(&[]);
    session.signal(rustix::process::Signal::TERM);
    assert_eq!(session.exit_code(), 143);
    assert_clean("the terminal", &session.log());
    session.assert_restored();
}

#[test]
fn a_copy_without_a_display_goes_to_the_terminal_and_says_so() {
    let mut session = revealed(&[("KEYRACK_LOG", "trace")]);
    session.press("y");
    session.wait_text("sent to the terminal (OSC 52), which may ignore it");
    let sent = format!("\x1b]52;c;{}\x1b\\", BASE64_STANDARD.encode(CANARY));
    let log = session.log();
    let count = log
        .windows(sent.len())
        .filter(|part| *part == sent.as_bytes());
    assert_eq!(count.count(), 1);
    session.wait_text("New secret of");
    assert!(assert_files_clean(session.home()) > 0, "the log is there");
}
