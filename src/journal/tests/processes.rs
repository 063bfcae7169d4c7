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

/// Another process that has begun an entry and stays.
fn begun(kept: &Kept) -> (Child, EntryId) {
    let mut child = start("begins_and_stays", kept);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let begun = lines
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("begun ").map(str::to_owned));
    let id = begun.unwrap().parse().unwrap();
    (child, id)
}

#[test]
fn what_was_begun_is_known_after_sigkill() {
    let kept = Kept::new();
    let (mut child, begun) = begun(&kept);
    child.kill().unwrap();
    child.wait().unwrap();
    let entries = kept.journal.read().unwrap();
    let last = entries.last().unwrap();
    assert_eq!(last.id, begun);
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

#[test]
fn an_entry_of_a_living_run_is_taken_up_by_nobody_and_of_a_dead_one_by_one() {
    let kept = Kept::with(1);
    let (mut child, id) = begun(&kept);
    let held = |journal: &Journal| {
        let entries = journal.read().unwrap();
        entries.iter().find(|it| it.id == id).unwrap().held
    };
    let runs = || fs::read_dir(kept.folder().join("runs")).unwrap().count();
    let began = held(&kept.journal).unwrap();
    assert!(Timestamp::now().duration_since(began).as_secs() < 60);
    let lines = kept.lines().len();
    let refused = kept.journal.take(id).unwrap_err().to_string();
    assert!(
        refused.starts_with("another keyrack is at it (started 2"),
        "{refused}"
    );
    assert_eq!((kept.lines().len(), runs()), (lines, 2));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(held(&kept.journal), None);
    kept.journal.take(id).unwrap();
    kept.journal.take(id).unwrap();
    assert_eq!((kept.lines().len(), held(&kept.journal)), (lines + 1, None));
    let second = Journal::at(&kept.folder());
    assert!(held(&second).is_some());
    second.take(id).unwrap_err();
    assert_eq!(runs(), 2, "what the killed one left is gone");
    drop(second);
    assert_eq!((runs(), kept.broken()), (1, None));
}

#[test]
fn eight_that_take_it_up_at_once_are_one() {
    let kept = Kept::new();
    let id = Journal::at(&kept.folder()).begin(&create("left")).unwrap();
    let all: Vec<Journal> = (0..8).map(|_| Journal::at(&kept.folder())).collect();
    let took = thread::scope(|scope| {
        let each = all
            .iter()
            .map(|one| scope.spawn(move || one.take(id).is_ok()));
        let each: Vec<_> = each.collect();
        each.into_iter()
            .filter_map(|one| one.join().ok())
            .filter(|took| *took)
            .count()
    });
    assert_eq!((took, kept.broken()), (1, None));
}

#[test]
fn what_an_earlier_version_wrote_is_of_a_dead_run() {
    let kept = Kept::new();
    let id = kept.journal.begin(&create("old")).unwrap();
    let entries = kept.journal.read().unwrap();
    let run = format!("\"run\":\"{}\",", entries[0].run.unwrap());
    kept.rewrite(&kept.text().replace(&run, ""));
    let other = Journal::at(&kept.folder());
    assert_eq!(other.read().unwrap()[0].held, None);
    other.take(id).unwrap();
    assert_eq!(kept.broken(), None);
}
