//! A rotation whose process was killed between any two steps goes on: the journal and the list say where, and
//! nothing is done twice.

use std::process::Child;

use serde_json::Value;

use crate::{
    desk::{Desk, report},
    harness::Ran,
    wire::Fate,
};

/// Starts a command and kills it while an answer is held back.
fn killed(desk: &Desk, arguments: &[&str], method: &'static str, path: &'static str) -> String {
    desk.wire.once(method, path, Fate::Held);
    let mut child: Child = desk.start(arguments);
    desk.wire.holds(1);
    child.kill().unwrap();
    child.wait().unwrap();
    let waits = desk.waits();
    let turn = waits.iter().find(|entry| entry["kind"] == "rotation");
    turn.unwrap_or_else(|| panic!("{waits:?}"))["journal"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn goes_on(desk: &Desk, journal: &str, more: &[&str]) -> Ran {
    let resume = ["rotate", "--resume", journal, "--yes", "--json"];
    let ran = desk.run(&[&resume[..], more].concat());
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (0, &"done".into()),
        "{ran:?}"
    );
    assert_eq!(desk.waits(), Vec::<Value>::new());
    assert_eq!(desk.keyrack("log --verify").code, 0);
    ran
}

#[test]
fn a_twin_whose_secret_died_with_its_process_is_made_anew() {
    let desk = Desk::new();
    let id = desk.id("access-keys", "runai", "name=test2");
    let file = format!("file:{}", desk.file("key"));
    let rotate = [
        "rotate",
        "access-keys",
        &id,
        "-c",
        "runai",
        "--mode",
        "replace",
        "--to",
        &file,
        "--yes",
    ];
    let journal = killed(&desk, &rotate, "POST", "/access-keys");
    let lost = desk.id("access-keys", "runai", "name=test2-2");
    assert_eq!(desk.waits()[0]["next"], "settle");
    desk.keyrack(&format!("rotate --resume {journal}"))
        .fails(2, "is deleted first, for nobody has its secret");
    let ran = goes_on(&desk, &journal, &[]);
    assert!(
        ran.stderr.contains("the new key works: it signed in"),
        "{ran:?}"
    );
    assert_ne!(desk.id("access-keys", "runai", "name=test2-2"), lost);
    assert!(desk.keys("access-keys", "runai", "name=test2").is_empty());
    assert_eq!(desk.wire.count("POST", "/access-keys"), 2);
    assert_eq!(desk.wire.count("DELETE", "/access-keys/"), 2);
}

#[test]
fn a_regeneration_that_was_killed_makes_another_secret() {
    let desk = Desk::new();
    let id = desk.id("access-keys", "runai", "name=test2");
    let file = format!("file:{}", desk.file("key"));
    let rotate = [
        "rotate",
        "access-keys",
        &id,
        "-c",
        "runai",
        "--to",
        &file,
        "--yes",
    ];
    let journal = killed(&desk, &rotate, "POST", "/secret");
    let other = format!("file:{}", desk.file("other"));
    let ran = goes_on(&desk, &journal, &["--to", &other]);
    assert!(
        ran.stderr.contains("the new key works: it signed in"),
        "{ran:?}"
    );
    assert!(!desk.demo.home.path("key").exists());
    assert_eq!(desk.read("other").len(), 40);
    assert_eq!(desk.wire.count("POST", "/secret"), 2);
}

#[test]
fn a_revocation_that_was_killed_is_seen_to_be_done() {
    let desk = Desk::new();
    let file = format!("file:{}", desk.file("key"));
    let rotate = [
        "rotate",
        "api-keys",
        "5",
        "-c",
        "typesense",
        "--to",
        &file,
        "--yes",
    ];
    let journal = killed(&desk, &rotate, "DELETE", "/keys/5");
    let stored = desk.read("key");
    let ran = goes_on(&desk, &journal, &[]);
    assert!(ran.stderr.contains("looking: 1 of 5"), "{ran:?}");
    assert_eq!(desk.read("key"), stored);
    assert_eq!(
        (
            desk.wire.count("POST", "/keys"),
            desk.wire.count("DELETE", "")
        ),
        (1, 1)
    );
}

#[test]
fn a_process_that_was_killed_while_it_tried_the_new_key_goes_on_there() {
    let desk = Desk::new();
    let file = format!("file:{}", desk.file("key"));
    let rotate = [
        "rotate",
        "api-keys",
        "5",
        "-c",
        "typesense",
        "--to",
        &file,
        "--yes",
    ];
    let journal = killed(&desk, &rotate, "GET", "/documents/search");
    assert_eq!(desk.waits()[0]["next"], "verify");
    let asked = desk.keyrack(&format!("rotate --resume {journal}"));
    asked.fails(2, "this takes it as working");
    let next = "Next: try the new key, then hand it over, then the old key is deleted.";
    asked.fails(2, next);
    goes_on(&desk, &journal, &[]);
    assert!(desk.keys("api-keys", "typesense", "id=5").is_empty());
    assert_eq!(
        (
            desk.wire.count("POST", "/keys"),
            desk.wire.count("DELETE", "")
        ),
        (1, 1)
    );
}

#[test]
fn a_key_that_went_first_is_made_again_with_its_value_given_once_more() {
    let desk = Desk::new();
    let secret = desk.keys("secrets", "chutes", "")[0].clone();
    let id = secret["id"].as_str().unwrap();
    let value = format!(
        "value={}",
        desk.demo.home.write("value", "hf_CANARY", 0o600)
    );
    let rotate = [
        "rotate",
        "secrets",
        id,
        "-c",
        "chutes",
        "--set-file",
        &value,
        "--yes",
    ];
    let journal = killed(&desk, &rotate, "DELETE", "/secrets/");
    assert!(
        desk.keys("secrets", "chutes", &format!("id={id}"))
            .is_empty()
    );
    let ran = desk.keyrack(&format!("rotate --resume {journal} --yes"));
    ran.fails(
        2,
        "value: This is needed. Give it with --set-file value=PATH",
    );
    let ran = goes_on(&desk, &journal, &["--set-file", &value]);
    desk.hides("hf_CANARY", &ran, &["value"]);
    let again = &desk.keys("secrets", "chutes", &format!("id={id}"))[0];
    assert_eq!(again["fields"]["purpose"], secret["fields"]["purpose"]);
    assert_eq!(
        (
            desk.wire.count("POST", "/secrets/"),
            desk.wire.count("DELETE", "")
        ),
        (1, 1)
    );
}

#[test]
fn a_secret_that_took_the_id_of_the_deleted_one_is_found_at_once_and_by_the_next_run() {
    let value = |desk: &Desk| {
        let file = desk.demo.home.write("value", "hf_CANARY", 0o600);
        format!("value={file}")
    };
    let rotate = |id: &str, value: &str| {
        let words = [
            "rotate",
            "secrets",
            id,
            "-c",
            "chutes",
            "--set-file",
            value,
            "--yes",
        ];
        words.map(ToOwned::to_owned)
    };
    let desk = Desk::new();
    let id = desk.keys("secrets", "chutes", "")[0]["id"].clone();
    let words = rotate(id.as_str().unwrap(), &value(&desk));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    desk.wire.once("POST", "/secrets/", Fate::LostAfter);
    let ran = desk.run(&words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(desk.waits(), Vec::<Value>::new());
    let journal = killed(&desk, &words, "POST", "/secrets/");
    let ran = desk.keyrack(&format!("rotate --resume {journal} --yes"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(desk.wire.count("POST", "/secrets/"), 2);
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn a_pair_that_was_made_here_and_died_with_its_process_is_made_anew() {
    let desk = Desk::new();
    let old = desk.keys("secrets", "djinn", "name:deploy")[0].clone();
    let file = format!("file:{}", desk.file("id"));
    let id = old["id"].as_str().unwrap();
    let rotate = [
        "rotate", "secrets", id, "-c", "djinn", "--to", &file, "--yes",
    ];
    let journal = killed(&desk, &rotate, "POST", "/keys");
    let ran = goes_on(&desk, &journal, &[]);
    let told = report(&ran);
    assert_eq!(told["name"], old["name"]);
    let new = told["id"].as_str().unwrap();
    let item = desk
        .run(&["show", "secrets", new, "-c", "djinn", "--json"])
        .json();
    assert_eq!(item["fields"]["config"], old["fields"]["config"]);
    assert!(
        desk.read("id")
            .starts_with("-----BEGIN OPENSSH PRIVATE KEY-----")
    );
    assert_eq!(
        (
            desk.wire.count("POST", "/keys"),
            desk.wire.count("DELETE", "")
        ),
        (2, 2)
    );
}

#[test]
fn a_secret_that_did_not_arrive_is_made_anew_for_another_destination() {
    let desk = Desk::with("[clipboard]\nrescue = \"off\"\n[sinks.broken]\ncommand = [\"false\"]");
    let before = desk
        .keys("api-keys", "typesense", "description=prod-indexer")
        .len();
    let rotate = [
        "rotate",
        "api-keys",
        "5",
        "-c",
        "typesense",
        "--to",
        "cmd:broken",
        "--yes",
        "--json",
    ];
    let ran = desk.run(&rotate);
    let told = report(&ran);
    assert_eq!(
        (ran.code, &told["outcome"]),
        (3, &"not_done".into()),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("did not arrive at cmd:broken. Both keys work."),
        "{ran:?}"
    );
    assert_eq!(desk.waits()[0]["next"], "deliver");
    let file = format!("file:{}", desk.file("key"));
    let journal = told["journal"].as_str().unwrap();
    goes_on(&desk, journal, &["--to", &file]);
    assert_eq!(
        desk.keys("api-keys", "typesense", "description=prod-indexer")
            .len(),
        before
    );
    assert_eq!(
        (
            desk.wire.count("POST", "/keys"),
            desk.wire.count("DELETE", "")
        ),
        (2, 2)
    );
}

#[test]
fn what_cannot_go_on_here_says_why_and_sends_nothing() {
    let desk = Desk::new();
    let resume = |id: &str| desk.keyrack(&format!("rotate --resume {id} --yes"));
    resume("nonsense").fails(2, "this is not the id of a journal entry");
    resume("0a1b2c3d4e5f6").fails(2, "no rotation waits under 0a1b2c3d4e5f6");
    let file = format!("file:{}", desk.file("key"));
    let rotate = [
        "rotate",
        "api-keys",
        "5",
        "-c",
        "typesense",
        "--to",
        &file,
        "--yes",
    ];
    let journal = killed(&desk, &rotate, "GET", "/documents/search");
    desk.context("typesense", "write = \"arm\"");
    resume(&journal).fails(2, "give --arm");
    desk.context("typesense", "production = true");
    let config = std::fs::read_to_string(&desk.demo.config).unwrap();
    desk.demo.overwrite(
        "config.toml",
        &config.replace("[contexts.typesense]", "[contexts.other]"),
    );
    resume(&journal).fails(2, "is not configured here");
    assert_eq!(desk.wire.count("DELETE", ""), 0);
}

#[test]
fn a_rotation_that_another_keyrack_is_at_is_left_alone_until_that_one_ends() {
    let desk = Desk::new();
    let (file, other) = (desk.file("key"), desk.file("other"));
    let to = format!("file:{file}");
    let rotate = [
        "rotate",
        "api-keys",
        "5",
        "-c",
        "typesense",
        "--to",
        &to,
        "--yes",
    ];
    desk.wire.once("GET", "/documents/search", Fate::Held);
    let mut first = desk.start(&rotate);
    desk.wire.holds(1);
    let journal = desk.waits()[0]["journal"].as_str().unwrap().to_owned();
    let resume = format!("rotate --resume {journal} --yes");
    let at_it = "another keyrack is at it (started ";
    desk.keyrack(&format!("{resume} --to file:{other}"))
        .fails(2, at_it);
    desk.run(&rotate).fails(2, at_it);
    assert!(desk.keyrack("log").stdout.contains(at_it));
    assert_eq!(
        (
            desk.wire.count("POST", "/keys"),
            desk.wire.count("DELETE", "")
        ),
        (1, 0)
    );
    first.kill().unwrap();
    first.wait().unwrap();
    // A rotation that waits is not forgotten over a new one.
    let go_on = format!("waits already; go on with: keyrack rotate --resume {journal}");
    desk.run(&rotate).fails(2, &go_on);
    // Whoever goes on has it then, and nobody else.
    desk.wire.once("DELETE", "/keys/5", Fate::Held);
    let resumes = ["rotate", "--resume", &journal, "--yes"];
    let mut second = desk.start(&resumes);
    desk.wire.holds(2);
    desk.keyrack(&resume).fails(2, at_it);
    second.kill().unwrap();
    second.wait().unwrap();
    goes_on(&desk, &journal, &[]);
    assert_eq!(
        (
            desk.wire.count("POST", "/keys"),
            desk.wire.count("DELETE", "")
        ),
        (1, 1)
    );
}
