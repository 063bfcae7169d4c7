//! Many keys by one command, some at once: every outcome is that of the service's own list afterwards, each row
//! is sent once, and what was not begun is not touched.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _},
    process::Child,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    desk::{Desk, ran, reports},
    harness::Ran,
    wire::Fate,
};

fn outcomes(ran: &Ran) -> Vec<String> {
    let items = reports(ran);
    let words = items.iter().map(|item| item["outcome"].as_str().unwrap());
    words.map(str::to_owned).collect()
}

fn untouched(items: &[Value]) -> usize {
    let of = |item: &&Value| {
        let words = item["message"].as_str().unwrap();
        let left = words.starts_with("untouched: ");
        assert!(!left || item["journal"].is_null(), "{item}");
        left
    };
    items.iter().filter(of).count()
}

/// The ids of the keys of Typesense.
fn ids(desk: &Desk) -> BTreeSet<String> {
    let ran = desk.run(&["ls", "api-keys", "-c", "typesense", "--ids"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.lines().into_iter().map(str::to_owned).collect()
}

/// The command that deletes keys that the context does not sign in with.
fn rm<'a>(ids: &[&'a str]) -> Vec<&'a str> {
    let tail = ["-c", "typesense", "--yes", "--json"];
    [&["rm", "api-keys"][..], ids, &tail].concat()
}

/// Reads what a command says until a line has these words; gives the rest of it when it has ended.
fn until(child: &mut Child, words: &str) -> BufReader<std::process::ChildStderr> {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "no {words}");
    }
    lines
}

fn ends(child: Child, mut lines: BufReader<std::process::ChildStderr>) -> Ran {
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    Ran {
        stderr: rest,
        ..ran(child.wait_with_output().unwrap())
    }
}

#[test]
fn fifty_deletions_under_faults_end_as_the_list_says_and_are_sent_once_each() {
    let desk = Desk::of(
        &["--keys", "80"],
        "[bulk]\nparallel = 8\nstop_on_unknown = false",
    );
    let before = ids(&desk);
    let chosen: Vec<&str> = before.iter().map(String::as_str).take(50).collect();
    let path = |at: usize| -> &'static str { format!("/keys/{}", chosen[at]).leak() };
    for (at, fate) in [
        (3, Fate::LostAfter),
        (11, Fate::LostBefore),
        (12, Fate::Status(503)),
        (20, Fate::Cut),
        (30, Fate::LostAfter),
        (41, Fate::Status(404)),
        (44, Fate::Held),
    ] {
        desk.wire.end("DELETE", path(at), fate);
    }
    let mut child = desk.start(&rm(&chosen));
    // All the others end beside one that takes long.
    let lines = until(&mut child, "[49/50] ");
    desk.wire.let_go();
    let ran = ends(child, lines);
    assert_eq!(ran.code, 3, "{ran:?}");
    let items = reports(&ran);
    assert_eq!(items.len(), 50);
    let after = ids(&desk);
    for (item, id) in items.iter().zip(&chosen) {
        assert_eq!(item["id"], **id, "the order of the plan");
        match item["outcome"].as_str().unwrap() {
            "done" => assert!(!after.contains(*id), "{item}"),
            "not_done" => assert!(after.contains(*id), "{item}"),
            outcome => assert_eq!((outcome, after.contains(*id)), ("unknown", true), "{item}"),
        }
    }
    let mut counts = BTreeMap::<String, usize>::new();
    for outcome in outcomes(&ran) {
        *counts.entry(outcome).or_default() += 1;
    }
    assert_eq!(counts["done"], 47, "{counts:?}");
    assert_eq!(untouched(&items), 0);
    let sent = desk.wire.paths("DELETE");
    let different: BTreeSet<&String> = sent.iter().collect();
    assert_eq!((sent.len(), different.len()), (50, 50));
    let rest: BTreeSet<String> = before.iter().skip(50).cloned().collect();
    assert!(rest.is_subset(&after), "what was not asked for is there");
}

/// Deletes twelve keys of which the first is lost on its way, while those beside it are held back.
fn first_unknown(parallel: usize) {
    let desk = Desk::of(&["--keys", "30"], &format!("[bulk]\nparallel = {parallel}"));
    let before = ids(&desk);
    let chosen: Vec<&str> = before.iter().map(String::as_str).take(12).collect();
    let first: &'static str = format!("/keys/{}", chosen[0]).leak();
    desk.wire.end("DELETE", first, Fate::LostBefore);
    desk.wire.always("DELETE", "/keys/", Fate::Held);
    let mut child = desk.start(&rm(&chosen));
    desk.wire.holds(parallel - 1);
    let lines = until(&mut child, "[1/12] ");
    desk.wire.let_go();
    let ran = ends(child, lines);
    assert_eq!(ran.code, 3, "{ran:?}");
    let items = reports(&ran);
    let told = outcomes(&ran);
    assert_eq!(told[0], "unknown");
    assert!(
        told[1..parallel].iter().all(|told| told == "done"),
        "{told:?}"
    );
    assert_eq!(untouched(&items[parallel..]), 12 - parallel);
    assert_eq!(desk.wire.count("DELETE", ""), parallel);
    let after = ids(&desk);
    assert!(chosen[parallel..].iter().all(|id| after.contains(*id)));
}

#[test]
fn after_the_first_unknown_end_those_in_flight_end_and_no_other_begins() {
    first_unknown(4);
}

#[test]
fn one_after_the_other_nothing_begins_after_the_first_unknown_end() {
    first_unknown(1);
}

#[test]
fn a_lost_deletion_that_is_found_lets_the_others_go_on() {
    let desk = Desk::of(&["--keys", "30"], "[bulk]\nparallel = 2");
    let before = ids(&desk);
    let chosen: Vec<&str> = before.iter().map(String::as_str).take(6).collect();
    desk.wire.once("DELETE", "/keys/", Fate::LostAfter);
    let ran = desk.run(&rm(&chosen));
    assert_eq!((ran.code, outcomes(&ran)), (0, vec!["done".to_owned(); 6]));
    assert!(ran.stderr.contains("unknown, looking: 1 of 5"), "{ran:?}");
    assert_eq!(desk.wire.count("DELETE", ""), 6);
    assert!(desk.waits().is_empty());
}

/// Nine deletions of which three are in flight.
fn three_of_nine() -> (Desk, Child) {
    let desk = Desk::of(&["--keys", "30"], "[bulk]\nparallel = 3");
    let before = ids(&desk);
    let chosen: Vec<&str> = before.iter().map(String::as_str).take(9).collect();
    desk.wire.always("DELETE", "/keys/", Fate::Held);
    let child = desk.start(&rm(&chosen));
    desk.wire.holds(3);
    (desk, child)
}

#[test]
fn a_signal_lets_those_in_flight_end_and_leaves_the_others_alone() {
    let (desk, mut child) = three_of_nine();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let lines = until(&mut child, "once more leaves it to the journal");
    desk.wire.let_go();
    let ran = ends(child, lines);
    assert_eq!(ran.code, 3, "{ran:?}");
    let items = reports(&ran);
    assert_eq!(outcomes(&ran)[..3], ["done", "done", "done"]);
    assert_eq!(untouched(&items), 6);
    assert_eq!(desk.wire.count("DELETE", ""), 3);
    assert!(desk.waits().is_empty());
}

#[test]
fn the_key_that_the_context_signs_in_with_goes_last() {
    let desk = Desk::new();
    let own = desk.id("api-keys", "chutes", "is:mine");
    let ran = desk.run(&[
        "rm", "api-keys", "-f", "", "-c", "chutes", "--plan", "--csv",
    ]);
    let lines = ran.lines();
    assert_eq!(
        lines[0],
        "context,resource,id,name,action,mode,to,own,confirm,reasons"
    );
    assert!(lines.len() > 2, "{ran:?}");
    assert!(lines[lines.len() - 1].contains(&own), "{ran:?}");
    assert_eq!(desk.wire.count("DELETE", ""), 0);
}

#[test]
fn the_second_signal_leaves_all_that_is_in_flight_to_the_journal() {
    let (desk, mut child) = three_of_nine();
    let signal = |child: &Child| kill_process(Pid::from_child(child), Signal::INT).unwrap();
    signal(&child);
    let lines = until(&mut child, "once more leaves it to the journal");
    signal(&child);
    let ran = ends(child, lines);
    assert_eq!(ran.code, 130, "{ran:?}");
    assert_eq!(outcomes(&ran)[..3], ["unknown", "unknown", "unknown"]);
    assert_eq!(untouched(&reports(&ran)), 6);
    assert_eq!((desk.wire.count("DELETE", ""), desk.waits().len()), (3, 3));
}

#[test]
fn keys_whose_old_one_goes_first_are_rotated_one_after_the_other() {
    let desk = Desk::new();
    let secrets = desk.keys("secrets", "chutes", "");
    assert!(secrets.len() > 1);
    std::fs::write(desk.file("value"), "hf_CANARY").unwrap();
    let rotate = [
        "rotate", "secrets", "-f", "", "-c", "chutes", "--yes", "--json",
    ];
    desk.run_with(&[&rotate[..], &["--set-file", "value=-"]].concat(), "x")
        .fails(2, "these are several");
    assert!(desk.wire.writes().is_empty());
    let value = format!("value={}", desk.file("value"));
    let ran = desk.run(&[&rotate[..], &["--set-file", &value]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let writes = desk.wire.writes();
    assert_eq!(writes.len(), 2 * secrets.len());
    for pair in writes.chunks(2) {
        assert!(
            pair[0].starts_with("DELETE ") && pair[1].starts_with("POST "),
            "{writes:?}"
        );
    }
    desk.hides("hf_CANARY", &ran, &["value"]);
}

#[test]
fn the_key_that_is_signed_in_with_is_rotated_after_all_others() {
    let desk = Desk::new();
    let all = desk.keys("api-keys", "chutes", "").len();
    let filter = "is:mine OR name=terraform OR name=break-glass";
    let own = desk.id("api-keys", "chutes", "is:mine");
    let to = format!("file:{}", desk.file("key-{id}"));
    let rotate = [
        "rotate", "api-keys", "-f", filter, "-c", "chutes", "--to", &to, "--json",
    ];
    desk.run(&[&rotate[..], &["--yes"]].concat())
        .fails(2, "confirmed twice");
    let ran = desk.run(&[&rotate[..], &["--yes", "--yes"]].concat());
    assert_eq!(
        (ran.code, outcomes(&ran)),
        (0, vec!["done".to_owned(); 3]),
        "{ran:?}"
    );
    let gone = desk.wire.paths("DELETE");
    assert_eq!(gone.len(), 3);
    assert!(gone[2].contains(&own), "{gone:?}");
    let credential = desk.demo.config.with_file_name("chutes.api_key");
    let new = desk.read(&format!("key-{own}"));
    assert_eq!(std::fs::read_to_string(credential).unwrap(), new);
    assert_eq!(desk.keys("api-keys", "chutes", "").len(), all);
}

const ROTATE: [&str; 7] = [
    "rotate",
    "access-keys",
    "-f",
    "name=test OR name=test2",
    "-c",
    "runai",
    "--yes",
];

#[test]
fn the_secrets_of_several_keys_go_to_one_file_each_under_its_name() {
    let desk = Desk::new();
    let to = format!("env:{}:KEY_{{name}}", desk.file("env"));
    let plan = desk.run(&[&ROTATE[..], &["--plan", "--to", &to]].concat());
    assert!(plan.stdout.contains(":KEY_test2\n"), "{plan:?}");
    let ran = desk.run(&[&ROTATE[..], &["--csv", "--to", &to]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines = ran.lines();
    assert_eq!(lines[0], "context,resource,id,name,outcome,message,journal");
    assert_eq!(lines.len(), 3);
    let env = desk.read("env");
    let values: BTreeMap<&str, &str> = env
        .lines()
        .map(|line| line.split_once('=').unwrap())
        .collect();
    assert_eq!(
        values.keys().copied().collect::<Vec<_>>(),
        ["KEY_test", "KEY_test2"]
    );
    for secret in values.values() {
        desk.hides(secret, &ran, &["env"]);
    }
    assert_eq!(desk.wire.count("POST", "/secret"), 2);
    assert!(desk.waits().is_empty());
}

#[test]
fn a_command_is_told_whose_secret_it_gets() {
    let desk = Desk::with(
        "[sinks.put]\ncommand = [\"sh\", \"-c\", \"cat > \\\"$HOME/put-$1\\\"\", \"sh\", \"{context}-{name}\"]",
    );
    let ran = desk.run(&[&ROTATE[..], &["--json", "--to", "cmd:put"]].concat());
    assert_eq!((ran.code, outcomes(&ran)), (0, vec!["done".to_owned(); 2]));
    let secrets = ["put-runai-test", "put-runai-test2"].map(|file| desk.read(file));
    assert_ne!(secrets[0], secrets[1]);
    assert!(secrets.iter().all(|secret| secret.len() > 20));
    let made = desk.keyrack("create api-keys -c typesense --set description=x --to cmd:put");
    made.fails(2, "wants to know the key");
}

#[test]
fn two_secrets_that_would_have_one_place_are_refused_before_anything_is_sent() {
    let desk = Desk::new();
    for name in ["a b", "a/b"] {
        let set = format!("description={name}");
        let ran = desk.run(&[
            "create",
            "api-keys",
            "-c",
            "typesense",
            "--set",
            &set,
            "--set",
            "actions=*",
            "--to",
            "stdout",
        ]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let made = desk.wire.count("POST", "");
    let to = format!("file:{}", desk.file("{name}"));
    let rotate = |to: &str, more: &[&str]| {
        let args = [
            "rotate",
            "api-keys",
            "-f",
            "name=\"a b\" OR name=a/b",
            "-c",
            "typesense",
            "--yes",
            "--to",
            to,
        ];
        desk.run(&[&args[..], more].concat())
    };
    for more in [&[][..], &["--plan"]] {
        rotate(&to, more).fails(2, "would both go to");
    }
    let there = desk.file("taken-a_b");
    std::fs::write(&there, "x").unwrap();
    let to = format!("file:{}", desk.file("taken-{name}"));
    rotate(&to, &[]).fails(2, "would both go to");
    assert_eq!(desk.wire.count("POST", ""), made);
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    // By their ids they are apart, and each key is replaced by a twin of its own.
    let to = format!("file:{}", desk.file("{name}-{id}"));
    let ran = rotate(&to, &["--json"]);
    assert_eq!((ran.code, outcomes(&ran)), (0, vec!["done".to_owned(); 2]));
    assert_eq!(desk.wire.count("POST", ""), made + 2);
    assert_eq!(desk.wire.count("DELETE", ""), 2);
}

#[test]
fn a_lost_twin_among_many_is_found_by_its_own_name() {
    let desk = Desk::new();
    desk.wire.once("POST", "/keys", Fate::LostAfter);
    let to = format!("file:{}", desk.file("key-{id}"));
    let filter = "name=\"bad pattern\" OR name=\"whole value shown, it is short\"";
    let ran = desk.run(&[
        "rotate",
        "api-keys",
        "-f",
        filter,
        "-c",
        "typesense",
        "--yes",
        "--json",
        "--to",
        &to,
    ]);
    assert_eq!(
        (ran.code, outcomes(&ran)),
        (0, vec!["done".to_owned(); 2]),
        "{ran:?}"
    );
    for item in reports(&ran) {
        assert_ne!(item["id"], "10");
        assert_ne!(item["id"], "11");
    }
    assert_ne!(desk.read("key-10"), desk.read("key-11"));
    assert_eq!(desk.wire.count("POST", "/keys"), 2);
}
