//! A write that is on its way is waited for; only a second signal leaves it, to the journal.

use std::{
    io::{BufRead as _, BufReader},
    process::Child,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{
    desk::{Desk, ONE},
    wire::Fate,
};

const CREATE: [&str; 8] = [
    "create",
    "api-keys",
    "-c",
    "typesense",
    "--set",
    "description=held",
    "--set",
    "actions=*",
];

/// Sends a signal and waits until its words are there.
fn told(child: &mut Child, signal: Signal, words: &str) {
    kill_process(Pid::from_child(child), signal).unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "no {words}");
    }
    child.stderr = Some(lines.into_inner());
}

#[test]
fn the_first_signal_waits_for_the_answer_and_its_secret_arrives() {
    let desk = Desk::new();
    desk.wire.once("POST", "/keys", Fate::Held);
    let file = format!("file:{}", desk.file("key"));
    let mut child = desk.start(&[&CREATE[..], &["--to", &file]].concat());
    desk.wire.holds(1);
    told(
        &mut child,
        Signal::INT,
        "waiting for the answer to the creation of the API key “held”",
    );
    desk.wire.let_go();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(desk.read("key").len(), 40);
    assert!(desk.waits().is_empty());
}

#[test]
fn the_second_signal_leaves_it_to_the_journal() {
    for (first, second, code) in [
        (Signal::INT, Signal::INT, 130),
        (Signal::TERM, Signal::TERM, 143),
        (Signal::HUP, Signal::TERM, 143),
    ] {
        let desk = Desk::new();
        desk.wire.once("POST", "/keys", Fate::Held);
        let file = format!("file:{}", desk.file("key"));
        let mut child = desk.start(&[&CREATE[..], &["--to", &file]].concat());
        desk.wire.holds(1);
        told(&mut child, first, "once more leaves it to the journal");
        told(&mut child, second, "not waited for any longer");
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let waits = desk.waits();
        assert_eq!((waits.len(), &waits[0]["waits"]), (1, &"in_flight".into()));
        assert_eq!(desk.wire.count("POST", "/keys"), 1);
    }
}

#[test]
fn after_a_signal_no_other_key_is_begun() {
    let desk = Desk::with(ONE);
    desk.wire.once("DELETE", "/keys/10", Fate::Held);
    let mut child = desk.start(&[
        "rm",
        "api-keys",
        "10",
        "11",
        "-c",
        "typesense",
        "--yes",
        "--json",
    ]);
    desk.wire.holds(1);
    told(&mut child, Signal::INT, "waiting for the answer");
    desk.wire.let_go();
    let ran = crate::desk::ran(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 3, "{ran:?}");
    let outcomes: Vec<String> = crate::desk::reports(&ran)
        .iter()
        .map(|item| item["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(outcomes, ["done", "not_done"]);
    assert_eq!(desk.wire.count("DELETE", ""), 1);
}
