//! A secret is on the screen when somebody asked for it, and nowhere else: not on the terminal before,
//! not in the log at its most talkative, not in a file.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use rustix::process::Signal;
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
const SETTLE: Duration = Duration::from_millis(300);
/// How long a secret stays readable.
const MASKED_AFTER: Duration = Duration::from_secs(30);
/// Shortly before that.
const READABLE: Duration = Duration::from_secs(27);

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
    session.signal(Signal::TERM);
    assert_eq!(session.exit_code(), 143);
    assert_clean("the terminal", &session.log());
    session.assert_restored();
}

#[test]
fn a_storm_of_sizes_loses_no_secret() {
    let mut session = revealed(&[]);
    for shown in [false, true] {
        if shown {
            session.press("v");
            session.wait_text(CANARY);
        }
        for round in 0..10 {
            for size in [
                (0, 0),
                (1, 1),
                (1000, 1000),
                (1, 1000),
                (1000, 1),
                (20, 4),
                (40 + round, 10),
                (250, 2),
            ] {
                session.resize(size);
            }
        }
        session.resize(SIZE);
        let last = Instant::now();
        session.wait_text("New secret of the API key “canary of the tests”");
        session.wait_text(if shown { CANARY } else { "••••" });
        println!("drawn {:?} after the last size", last.elapsed());
        session.wait_text("copies");
    }
    session.press("Enter");
    session.wait_gone("New secret of");
    session.press("q");
    assert_eq!(session.exit_code(), 0);
    session.assert_restored();
}

/// Frames that end after this place in the log.
fn frames(log: &[u8], from: usize) -> Vec<&[u8]> {
    const END: &[u8] = b"\x1b[?2026l";
    let mut rest = &log[from..];
    let mut frames = Vec::new();
    while let Some(end) = rest.windows(END.len()).position(|part| part == END) {
        frames.push(&rest[..end]);
        rest = &rest[end + END.len()..];
    }
    frames
}

/// What was sent while the main screen was in front.
fn on_the_main_screen(log: &[u8]) -> Vec<u8> {
    const ENTER: &[u8] = b"\x1b[?1049h";
    const LEAVE: &[u8] = b"\x1b[?1049l";
    let (mut main, mut sent, mut rest) = (true, Vec::new(), log);
    loop {
        let mark = if main { ENTER } else { LEAVE };
        let at = rest.windows(mark.len()).position(|part| part == mark);
        let part = &rest[..at.unwrap_or(rest.len())];
        if main {
            sent.extend_from_slice(part);
        }
        let Some(at) = at else {
            return sent;
        };
        rest = &rest[at + mark.len()..];
        main = !main;
    }
}

#[test]
fn a_secret_is_masked_by_the_first_frame_after_the_terminal_lost_the_focus() {
    let mut session = revealed(&[]);
    session.press("v");
    session.wait_text(CANARY);
    let from = session.log().len();
    session.send(b"\x1b[O");
    session.wait_gone(CANARY);
    session.wait_text("shows");
    let log = session.log();
    let frames = frames(&log, from);
    assert!(!frames.is_empty(), "it was painted over");
    for frame in &frames {
        assert_clean("a frame after the focus was lost", frame);
    }
    // All was painted anew: what was there is there no more.
    assert!(
        frames[0].windows(4).any(|part| part == b"\x1b[2J"),
        "{}",
        frames[0].escape_ascii()
    );
    session.send(b"\x1b[I");
    session.press("j");
    assert!(!session.text().contains(CANARY), "it stays masked");
}

#[test]
fn a_secret_is_masked_after_half_a_minute() {
    let mut session = revealed(&[]);
    let shown = Instant::now();
    session.press("v");
    session.wait_text(CANARY);
    // The rule itself is a time.
    std::thread::sleep(READABLE);
    assert!(session.text().contains(CANARY), "it is still readable");
    session.wait_gone(CANARY);
    let after = shown.elapsed();
    println!("masked after {after:?}");
    assert!(after >= MASKED_AFTER, "{after:?}");
    assert_eq!(session.text().matches("New secret of").count(), 1);
}

#[test]
fn a_secret_is_on_the_alternate_screen_alone() {
    for ending in ["q", "TERM", "HUP", "panic"] {
        let panics = [("KEYRACK_TEST_PANIC", "shown")];
        let mut session = revealed(if ending == "panic" { &panics } else { &[] });
        session.press("v");
        session.wait_text(CANARY);
        let code = match ending {
            "panic" => {
                session.press("j");
                101
            }
            "TERM" => {
                session.signal(Signal::TERM);
                143
            }
            "HUP" => {
                session.signal(Signal::HUP);
                129
            }
            _ => {
                session.press("ctrl-z");
                session.wait_stopped();
                session.go_on();
                session.wait_for("the alternate screen", vt100::Screen::alternate_screen);
                session.wait_text("v shows");
                session.press("v");
                session.wait_text(CANARY);
                session.press("Enter");
                session.wait_gone("New secret of");
                session.press("q");
                0
            }
        };
        assert_eq!(session.exit_code(), code, "{ending}");
        session.assert_restored();
        let log = session.log();
        let shown = log.windows(CANARY.len());
        assert!(shown.filter(|part| *part == CANARY.as_bytes()).count() > 0);
        assert_clean(
            &format!("the main screen before and after {ending}"),
            &on_the_main_screen(&log),
        );
    }
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
