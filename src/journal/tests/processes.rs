//! Several writers at once, and one that is killed: threads of this process, and the tests' own binary
//! started again.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    thread,
};

use super::*;

/// Tells the started binary which folder to write to.
const FOLDER: &str = "KEYRACK_TEST_JOURNAL";

/// Starts this binary again as the named test, which writes to the journal.
fn start(test: &str, kept: &Kept) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("journal::tests::processes::{test}"), "--exact"])
        .args(["--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, kept.folder())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn given() -> Journal {
    Journal::at(Path::new(&std::env::var_os(FOLDER).unwrap()))
}

fn write(journal: &Journal, entries: usize) {
    for _ in 0..entries {
        let id = journal.begin(&create("a")).unwrap();
        journal.note(id, &ended(State::Done)).unwrap();
    }
}

#[test]
#[ignore = "started by the tests of several processes"]
fn writes_many() {
    write(&given(), 50);
}

#[test]
#[ignore = "started by the test of a killed process"]
fn begins_and_stays() {
    let journal = given();
    journal.begin(&create("done before")).unwrap();
    let id = journal.begin(&create("cut off")).unwrap();
    let mut out = std::io::stdout();
    std::io::Write::write_all(&mut out, format!("\nbegun {id}\n").as_bytes()).unwrap();
    loop {
        thread::park();
    }
}

/// Everybody's entries are there, each with its outcome, in one chain.
fn assert_whole(kept: &Kept, entries: usize) {
    let verified = kept.journal.verify().unwrap();
    assert_eq!((verified.lines, verified.broken), (2 * entries, None));
    assert!(verified.torn.is_empty());
    let read = kept.journal.read().unwrap();
    assert_eq!(read.len(), entries);
    assert!(waiting(&read).is_empty());
}

#[test]
fn eight_threads_keep_one_chain() {
    let kept = Kept::new();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| write(&kept.journal, 50));
        }
    });
    assert_whole(&kept, 400);
}

#[test]
fn four_processes_keep_one_chain() {
    let kept = Kept::new();
    let children: Vec<Child> = (0..4).map(|_| start("writes_many", &kept)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    assert_whole(&kept, 200);
}

#[test]
fn what_was_begun_is_known_after_sigkill() {
    let kept = Kept::new();
    let mut child = start("begins_and_stays", &kept);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let begun = lines
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("begun ").map(str::to_owned));
    child.kill().unwrap();
    child.wait().unwrap();
    let entries = kept.journal.read().unwrap();
    let last = entries.last().unwrap();
    assert_eq!(Some(last.id.to_string()), begun);
    assert_eq!(last.intent(), Some(&create("cut off")));
    assert_eq!(last.open(), Some(Waiting::InFlight));
    kept.journal.note(last.id, &ended(State::Done)).unwrap();
    assert_eq!(kept.broken(), None);
}

#[test]
fn a_writer_that_was_killed_holds_up_nobody() {
    let kept = Kept::with(1);
    for _ in 0..5 {
        let mut child = start("writes_many", &kept);
        let before = kept.lines().len();
        while kept.lines().len() < before + 6 {
            thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kept.journal.begin(&create("after")).unwrap();
        assert_eq!(kept.broken(), None);
    }
}
