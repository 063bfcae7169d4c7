//! `keyrack log` on journals whose lines and hashes are made here, by what the README says of them.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{Home, Ran};

pub const FILE: &str = ".local/state/keyrack/journal.jsonl";
const FIRST: &str = "0a1b2c3d4e5f6";
const SECOND: &str = "0a1b2c3d4e5f7";
const THIRD: &str = "0a1b2c3d4e5f8";
const HOSTILE: &str = "pr\u{202e}od\u{1b}[2J\n";

fn hash(line: &str) -> String {
    Sha256::digest(line.as_bytes())
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The lines of these events: id, event, data.
fn lines(events: &[(&str, &str, Value)]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (second, (id, event, data)) in events.iter().enumerate() {
        let prev = hash(lines.last().map_or("", String::as_str));
        let at = format!("2026-01-02T03:04:{second:02}.5Z");
        lines.push(format!(
            r#"{{"prev":"{prev}","at":"{at}","id":"{id}","event":"{event}","data":{data}}}"#
        ));
    }
    lines
}

fn home(lines: &[String]) -> Home {
    let home = Home::new();
    home.write(FILE, &(lines.join("\n") + "\n"), 0o600);
    home
}

fn log(home: &Home, flags: &[&str]) -> Ran {
    home.run(&[&["log"], flags].concat())
}

fn intent(verb: &str, name: &str) -> Value {
    json!({
        "context": "search", "origin": "http://localhost:8108", "backend": "typesense",
        "resource": "keys", "noun": "API key", "verb": verb, "name": name, "secret": true,
        "sink": "file:/x",
    })
}

/// What somebody does to the lines.
type Change = fn(&mut Vec<String>);

/// A create that is done and delivered, a rotation that waits with its write, and a create that nobody knows
/// about.
pub fn sample() -> Vec<String> {
    let target = json!({"id": "7", "name": "deploy"});
    let mut twin = intent("create", "deploy-2");
    twin["rotation"] = SECOND.into();
    lines(&[
        (FIRST, "intent", intent("create", HOSTILE)),
        (
            FIRST,
            "outcome",
            json!({"outcome": "done", "id": "12", "secret": true}),
        ),
        (FIRST, "delivered", json!({"to": "file:/x"})),
        (
            SECOND,
            "rotation",
            json!({
                "context": "ci", "backend": "djinn", "resource": "keys", "noun": "SSH key",
                "mode": "replace", "order": "create-first", "target": target,
            }),
        ),
        (THIRD, "intent", twin),
        (THIRD, "outcome", json!({"outcome": "done", "id": "8"})),
        (SECOND, "step", json!({"step": "created", "id": "8"})),
        (SECOND, "invented-later", json!({})),
        ("0a1b2c3d4e5f9", "intent", intent("delete", "old")),
        (
            "0a1b2c3d4e5f9",
            "outcome",
            json!({"outcome": "unknown", "message": "the answer was lost"}),
        ),
    ])
}

#[test]
fn without_a_journal_that_is_said_and_nothing_is_made() {
    let home = Home::new();
    for flags in [&["--verify"][..], &[]] {
        let ran = log(&home, flags);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
        assert!(
            ran.stderr.contains("nothing was written down yet"),
            "{ran:?}"
        );
        assert!(ran.stderr.contains(FILE), "{ran:?}");
    }
    let ran = log(&home, &["--json"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "", "")
    );
    assert!(!home.path(".local").exists());
}

#[test]
fn what_waits_stands_above_what_was_done_the_latest_first() {
    let ran = log(&home(&sample()), &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let lines = ran.lines();
    assert_eq!(lines[0], "1 rotation waits, 1 write waits:");
    assert!(
        lines[1].contains(&format!(
            "ci: replace SSH key deploy: the next step is to deliver the new secret; go on with: keyrack rotate --resume {SECOND}"
        )),
        "{ran:?}"
    );
    assert!(
        lines[2].contains("search: delete API key old: nobody knows yet"),
        "{ran:?}"
    );
    assert_eq!(lines[3], "");
    assert!(lines[4].starts_with("WHEN"), "{ran:?}");
    assert_eq!(lines.len(), 5 + 4);
    for (at, words) in [
        (5, "delete API key"),
        (6, "create API key"),
        (7, "replace SSH key"),
        (8, "done, secret to file:/x"),
    ] {
        assert!(lines[at].contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn a_hostile_name_reaches_a_terminal_as_what_it_is_and_scripts_as_it_was() {
    let home = home(&sample());
    let ran = log(&home, &[]);
    assert!(ran.stdout.contains("pr‹U+202E›od␛[2J␊"), "{ran:?}");
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
    let ran = log(&home, &["--json"]);
    let first: Value = serde_json::from_str(ran.lines()[0]).unwrap();
    assert_eq!(first["name"], HOSTILE);
}

#[test]
fn scripts_get_one_object_a_line_with_fields_that_are_always_there() {
    let ran = log(&home(&sample()), &["--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let objects: Vec<Value> = ran
        .lines()
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 4);
    let readme = std::fs::read_to_string("README.md").unwrap();
    let keys = |object: &Value| {
        let keys = object.as_object().unwrap().keys();
        keys.cloned().collect::<Vec<_>>()
    };
    for key in keys(&objects[0]) {
        assert!(
            readme.contains(&format!("`{key}`")),
            "the README lacks {key}"
        );
    }
    for object in &objects {
        assert_eq!(keys(object), keys(&objects[0]));
    }
    let told = |at: usize, fields: &[&str]| {
        let fields = fields.iter().map(|field| objects[at][field].clone());
        fields.collect::<Vec<_>>()
    };
    let common = ["journal", "kind", "state", "waits", "next", "id", "outcome"];
    assert_eq!(
        told(0, &common),
        [
            FIRST.into(),
            "write".into(),
            "closed".into(),
            Value::Null,
            Value::Null,
            "12".into(),
            "done".into()
        ]
    );
    assert_eq!(objects[0]["at"], "2026-01-02T03:04:00.5Z");
    assert_eq!(objects[0]["delivered"], json!(["file:/x"]));
    assert_eq!(
        told(1, &common),
        [
            SECOND.into(),
            "rotation".into(),
            "open".into(),
            "rotation".into(),
            "deliver".into(),
            "8".into(),
            Value::Null
        ]
    );
    assert_eq!(objects[1]["steps"], json!(["created"]));
    assert_eq!(objects[2]["rotation"], SECOND);
    assert_eq!(
        told(3, &["state", "waits", "outcome"]),
        ["open", "unknown", "unknown"]
    );
    assert_eq!(objects[3]["message"], "the answer was lost");
}

#[test]
fn of_a_deletion_that_was_looked_for_the_key_is_said_to_be_gone() {
    let unknown = json!({"outcome": "unknown", "message": "the answer was lost"});
    let home = home(&lines(&[
        (FIRST, "intent", intent("delete", "old")),
        (FIRST, "outcome", unknown.clone()),
        (FIRST, "resolved", json!({"how": "exists"})),
        (SECOND, "intent", intent("update", "changed")),
        (SECOND, "outcome", unknown),
        (SECOND, "resolved", json!({"how": "exists"})),
    ]));
    let ran = log(&home, &[]);
    assert!(ran.stdout.contains("unknown, it is gone"), "{ran:?}");
    assert!(
        ran.stdout.contains("unknown, it is as it was to be"),
        "{ran:?}"
    );
    assert!(!ran.stdout.contains("it is there"), "{ran:?}");
    let ran = log(&home, &["--json"]);
    let resolved = |at: usize| {
        let object: Value = serde_json::from_str(ran.lines()[at]).unwrap();
        object["resolved"].clone()
    };
    assert_eq!(
        (resolved(0), resolved(1)),
        ("gone".into(), "as_wanted".into())
    );
}

#[test]
fn a_create_whose_answer_could_not_be_read_is_known_to_be_done() {
    let home = home(&lines(&[
        (FIRST, "intent", intent("create", "new")),
        (FIRST, "outcome", json!({"outcome": "unreadable"})),
        (FIRST, "resolved", json!({"how": "unclear"})),
    ]));
    let ran = log(&home, &[]);
    assert!(!ran.stdout.contains("nobody knows yet"), "{ran:?}");
    assert!(!ran.stdout.contains("still unknown"), "{ran:?}");
    assert!(ran.stdout.contains("its secret was lost"), "{ran:?}");
    let told = log(&home, &["--json"]).json();
    assert_eq!(
        (&told["outcome"], &told["waits"]),
        (&"unreadable".into(), &"secret_lost".into())
    );
}

#[test]
fn a_whole_chain_is_said_to_be_whole_and_no_more_than_that() {
    let lines = sample();
    let home = home(&lines);
    let ran = log(&home, &["--verify"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.stdout
            .contains("10 lines, each follows from the one before"),
        "{ran:?}"
    );
    for limit in [
        "lines at the end were cut off",
        "the whole file was written anew",
    ] {
        assert!(ran.stdout.contains(limit), "{ran:?}");
    }
    let last = hash(lines.last().unwrap());
    assert!(ran.stdout.contains(&last), "{ran:?}");
    let ran = log(&home, &["--verify", "--json"]);
    let told = ran.json();
    assert_eq!(told["path"], home.path(FILE).to_str().unwrap());
    assert_eq!(
        (
            &told["lines"],
            &told["whole"],
            &told["broken"],
            &told["last"]
        ),
        (&10.into(), &true.into(), &Value::Null, &last.into())
    );
}

#[test]
fn a_chain_that_is_broken_is_said_with_its_line_and_fails() {
    let whole = sample();
    let changes: [(&str, Change); 4] = [
        ("line 3 of 10 does not follow from line 2", |lines| {
            lines[1] = lines[1].replace("\"12\"", "\"13\"");
        }),
        ("line 4 of 9 does not follow from line 3", |lines| {
            drop(lines.remove(3));
        }),
        ("line 5 of 10 does not follow from line 4", |lines| {
            lines.swap(4, 5);
        }),
        ("line 2 of 11 is no line of a journal", |lines| {
            lines.insert(1, "noise".to_owned());
        }),
    ];
    for (words, change) in changes {
        let mut lines = whole.clone();
        change(&mut lines);
        let home = home(&lines);
        let ran = log(&home, &["--verify"]);
        assert_eq!(ran.code, 1, "{words}: {ran:?}");
        assert!(
            ran.stdout.contains(&format!("BROKEN: {words}")),
            "{words}: {ran:?}"
        );
        let ran = log(&home, &["--verify", "--json"]);
        assert_eq!((ran.code, &ran.json()["whole"]), (1, &false.into()));
        // What can be read is shown all the same.
        assert_eq!(log(&home, &[]).code, 0);
    }
}

#[test]
fn a_line_that_was_cut_off_is_told_and_no_fault() {
    let home = Home::new();
    let text = sample().join("\n");
    home.write(FILE, &text[..text.len() - 9], 0o600);
    let ran = log(&home, &["--verify"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.contains("by a crash or a full disk: line 10"),
        "{ran:?}"
    );
    assert_eq!(log(&home, &["--json"]).lines().len(), 4);
}

#[test]
fn a_journal_that_others_could_have_written_is_not_believed() {
    for flags in [&["--verify"][..], &["--json"], &[]] {
        let home = Home::new();
        let path = home.write(FILE, &sample().join("\n"), 0o602);
        let fix = format!("correct it with: chmod go-w {path}");
        log(&home, flags).fails(1, &fix);
    }
}
