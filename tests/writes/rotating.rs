//! Rotations from the first step to the last on all four services, and where each of them stops when a step
//! does not end well.

use std::fs;

use serde_json::Value;

use crate::{
    desk::{Desk, ONE, report, reports},
    wire::Fate,
};

fn done(ran: &crate::harness::Ran) -> Value {
    let told = report(ran);
    assert_eq!((ran.code, &told["outcome"]), (0, &"done".into()), "{ran:?}");
    told
}

#[test]
fn a_regenerated_secret_is_stored_and_tried() {
    let desk = Desk::new();
    let id = desk.id("access-keys", "runai", "name=test2");
    let file = format!("file:{}", desk.file("key"));
    let rotate = ["rotate", "access-keys", &id, "-c", "runai", "--to", &file];
    desk.run(&rotate).fails(2, "confirm it with --yes");
    for (more, words) in [
        (&["--set", "name=x"][..], "a regenerated key stays as it is"),
        (&["--keep-old"], "--keep-old cannot be"),
    ] {
        desk.run(&[&rotate[..], more].concat()).fails(2, words);
    }
    desk.keyrack(&format!("rotate access-keys {id} -c runai --yes"))
        .fails(2, "say where it goes");
    assert_eq!(desk.wire.count("POST", "/secret"), 0);
    let ran = desk.run(&[&rotate[..], &["--yes", "--json"]].concat());
    let told = done(&ran);
    assert_eq!(told["id"], id);
    assert!(
        ran.stderr.contains("the new key works: it signed in"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("Only the new secret works"), "{ran:?}");
    desk.hides(&desk.read("key"), &ran, &["key"]);
    assert_eq!(desk.wire.count("POST", "/secret"), 1);
    assert_eq!(desk.waits(), Vec::<Value>::new());
    let log = desk.log();
    let turn = log
        .iter()
        .find(|entry| entry["kind"] == "rotation")
        .unwrap();
    assert_eq!(
        turn["steps"],
        serde_json::json!(["created", "delivered", "verified"])
    );
    assert_eq!(turn["journal"], told["journal"]);
}

#[test]
fn a_twin_is_made_stored_and_tried_before_the_old_key_goes() {
    let desk = Desk::new();
    let file = |name: &str| format!("file:{}", desk.file(name));
    let id = desk.id("access-keys", "runai", "name=test2");
    let ran = desk.run(&[
        "rotate",
        "access-keys",
        &id,
        "-c",
        "runai",
        "--mode",
        "replace",
        "--to",
        &file("runai"),
        "--yes",
        "--json",
    ]);
    let told = done(&ran);
    assert_eq!(told["name"], "test2-2");
    assert_eq!(told["id"], desk.id("access-keys", "runai", "name=test2-2"));
    assert!(desk.keys("access-keys", "runai", "name=test2").is_empty());
    let ran = desk.run(&[
        "rotate",
        "api-keys",
        "5",
        "-c",
        "typesense",
        "--set",
        "expires_at=90d",
        "--to",
        &file("typesense"),
        "--yes",
        "--json",
    ]);
    let told = done(&ran);
    let new = told["id"].as_str().unwrap();
    let item = desk
        .run(&["show", "api-keys", new, "-c", "typesense", "--json"])
        .json();
    assert_eq!(
        item["fields"]["collections"],
        serde_json::json!(["products", "reviews"])
    );
    assert!(
        item["expires"].as_str().unwrap().starts_with("20"),
        "{item}"
    );
    assert!(desk.keys("api-keys", "typesense", "id=5").is_empty());
    assert_eq!(desk.wire.count("DELETE", ""), 2);
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn the_old_key_stays_where_that_was_asked_for() {
    let desk = Desk::new();
    let file = |name: &str| format!("file:{}", desk.file(name));
    let id = desk.id("api-keys", "chutes", "name=break-glass");
    let ran = desk.run(&[
        "rotate",
        "api-keys",
        &id,
        "-c",
        "chutes",
        "--keep-old",
        "--to",
        &file("chutes"),
        "--json",
    ]);
    assert_eq!(done(&ran)["name"], "break-glass-2");
    assert!(ran.stderr.contains("Both keys work."), "{ran:?}");
    desk.id("api-keys", "chutes", "name=break-glass");
    assert!(desk.works("chutes", "api_key", &desk.read("chutes")));
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn where_the_old_key_goes_first_the_new_value_is_at_hand_before() {
    let desk = Desk::new();
    let secret = desk.keys("secrets", "chutes", "")[0].clone();
    let id = secret["id"].as_str().unwrap();
    let rotate = ["rotate", "secrets", id, "-c", "chutes", "--yes", "--json"];
    desk.run(&rotate).fails(
        2,
        "value: This is needed. Give it with --set-file value=PATH",
    );
    desk.run(&[&rotate[..], &["--keep-old"]].concat())
        .fails(2, "the old one goes first");
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    let ran = desk.run_with(
        &[&rotate[..], &["--set-file", "value=-"]].concat(),
        "hf_CANARY",
    );
    assert_eq!(done(&ran)["id"], id);
    desk.hides("hf_CANARY", &ran, &[]);
    let again = desk.keys("secrets", "chutes", "")[0].clone();
    assert_eq!(
        (&again["name"], &again["fields"]["purpose"]),
        (&secret["name"], &secret["fields"]["purpose"])
    );
    assert!(again["created"].as_str() > secret["created"].as_str());
    // A pair is made here and goes where it was asked to.
    let old = desk.keys("secrets", "djinn", "name:deploy")[0].clone();
    let file = format!("file:{}", desk.file("id"));
    let id = old["id"].as_str().unwrap();
    let ran = desk.keyrack(&format!(
        "rotate secrets {id} -c djinn --to {file} --yes --json"
    ));
    let told = done(&ran);
    assert_eq!(told["name"], old["name"]);
    assert_ne!(told["id"], old["id"]);
    assert!(
        desk.read("id")
            .starts_with("-----BEGIN OPENSSH PRIVATE KEY-----")
    );
    assert!(
        ran.stderr
            .contains("the public half of the new key: ssh-ed25519 "),
        "{ran:?}"
    );
    let new = told["id"].as_str().unwrap();
    let item = desk
        .run(&["show", "secrets", new, "-c", "djinn", "--json"])
        .json();
    for field in ["namespace", "config"] {
        assert_eq!(item["fields"][field], old["fields"][field], "{field}");
    }
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn the_key_that_the_context_signs_in_with_is_stored_in_its_config_before_it_goes() {
    let desk = Desk::new();
    let id = desk.id("api-keys", "chutes", "is:mine");
    let file = format!("file:{}", desk.file("key"));
    let rotate = [
        "rotate", "api-keys", &id, "-c", "chutes", "--to", &file, "--yes",
    ];
    desk.run(&rotate).fails(2, "--yes --yes");
    assert_eq!(desk.wire.count("POST", ""), 0);
    let ran = desk.run(&[&rotate[..], &["--yes"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let credential = desk.demo.config.with_file_name("chutes.api_key");
    assert!(
        ran.stderr
            .contains(&format!("stored in {}", credential.display())),
        "{ran:?}"
    );
    assert_eq!(fs::read_to_string(&credential).unwrap(), desk.read("key"));
    assert_ne!(desk.id("api-keys", "chutes", "is:mine"), id);
    // The same for a secret that is regenerated.
    let id = desk.id("access-keys", "runai", "is:mine");
    let file = format!("file:{}", desk.file("runai"));
    let ran = desk.keyrack(&format!(
        "rotate access-keys {id} -c runai --to {file} --yes --yes"
    ));
    assert_eq!(ran.code, 0, "{ran:?}");
    let credential = desk.demo.config.with_file_name("runai.client_secret");
    assert_eq!(fs::read_to_string(&credential).unwrap(), desk.read("runai"));
    assert_eq!(desk.id("access-keys", "runai", "is:mine"), id);
}

#[test]
fn a_new_key_that_does_not_work_leaves_the_old_one() {
    let desk = Desk::new();
    let id = desk.id("access-keys", "runai", "name=test2");
    let file = format!("file:{}", desk.file("key"));
    // The second sign-in is that of the new key.
    desk.wire.after(1, "POST", "/token", Fate::Status(401));
    let ran = desk.keyrack(&format!(
        "rotate access-keys {id} -c runai --mode replace --to {file} --yes --json"
    ));
    let told = report(&ran);
    assert_eq!(
        (ran.code, &told["outcome"]),
        (3, &"not_done".into()),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("The new key does not work"), "{ran:?}");
    assert!(ran.stderr.contains("Both keys work."), "{ran:?}");
    assert_eq!(desk.wire.count("DELETE", ""), 0);
    assert_eq!(desk.waits()[0]["next"], "verify");
}

#[test]
fn what_was_not_begun_leaves_nothing_that_waits() {
    let desk = Desk::new();
    let id = desk.id("access-keys", "runai", "name=test2");
    let file = format!("file:{}", desk.file("key"));
    desk.wire.once("POST", "/access-keys", Fate::Status(403));
    let ran = desk.keyrack(&format!(
        "rotate access-keys {id} -c runai --mode replace --to {file} --yes --json"
    ));
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (1, &"not_done".into()),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("Only the old key works."), "{ran:?}");
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn a_copy_that_would_be_another_key_is_not_made_in_silence() {
    let desk = Desk::new();
    let keys = desk.keys("api-keys", "chutes", "!is:admin scopes:chutes");
    let id = keys[0]["id"].as_str().unwrap();
    let rotate = [
        "rotate", "api-keys", id, "-c", "chutes", "--to", "stdout", "--yes",
    ];
    desk.run(&rotate)
        .fails(2, "scopes: The service does not tell the “Action”");
    let scopes = r#"scopes=[{"object_type":"chutes","action":"invoke"}]"#;
    let ran = desk.run(&[&rotate[..], &["--set-json", scopes]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(desk.wire.count("POST", "/api_keys/"), 1);
}

#[test]
fn several_keys_go_one_after_the_other_to_a_command() {
    let desk = Desk::with(&format!(
        "{ONE}\n[sinks.pile]\ncommand = [\"sh\", \"-c\", \"cat >> $HOME/pile; echo >> $HOME/pile\"]",
    ));
    let filter = "name=test OR name=test2";
    let rotate = [
        "rotate",
        "access-keys",
        "-f",
        filter,
        "-c",
        "runai",
        "--yes",
        "--json",
    ];
    let file = format!("file:{}", desk.file("key"));
    desk.run(&[&rotate[..], &["--to", &file]].concat())
        .fails(2, "give them to a command: cmd:NAME");
    let plan = desk.keyrack(&format!(
        "rotate access-keys -f '{filter}' -c runai --plan --json"
    ));
    let plan = plan.json()["items"].as_array().unwrap().clone();
    assert_eq!(
        (plan.len(), &plan[0]["mode"], &plan[0]["confirm"]),
        (2, &"regenerate".into(), &"--yes".into())
    );
    assert_eq!(desk.wire.count("POST", "/secret"), 0);
    let ran = desk.run(&[&rotate[..], &["--to", "cmd:pile"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(reports(&ran).iter().all(|item| item["outcome"] == "done"));
    assert_eq!(desk.read("pile").lines().count(), 2);
    // One that does not end well is the last.
    desk.wire.once("POST", "/secret", Fate::Status(403));
    let ran = desk.run(&[&rotate[..], &["--to", "cmd:pile"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let items = reports(&ran);
    assert!(
        items[1]["message"]
            .as_str()
            .unwrap()
            .starts_with("untouched: "),
        "{items:?}"
    );
    assert_eq!(desk.wire.count("POST", "/secret"), 3);
}
