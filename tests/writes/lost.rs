//! An answer that is lost or cut: the list tells what came of the write, it is sent once, and what cannot be
//! told stays unknown.

use serde_json::Value;

use crate::{
    desk::{Desk, ONE, report, reports},
    wire::Fate,
};

const TYPESENSE: [&str; 8] = [
    "create",
    "api-keys",
    "-c",
    "typesense",
    "--set",
    "description=lost",
    "--set",
    "actions=keys:*",
];

#[test]
fn a_lost_create_whose_value_keyrack_chose_is_found_and_its_secret_arrives() {
    for fate in [Fate::LostAfter, Fate::Cut] {
        let desk = Desk::new();
        desk.wire.once("POST", "/keys", fate);
        let file = format!("file:{}", desk.file("key"));
        let ran = desk.run(&[&TYPESENSE[..], &["--to", &file, "--json"]].concat());
        let told = report(&ran);
        assert_eq!((ran.code, &told["outcome"]), (0, &"done".into()), "{ran:?}");
        assert!(ran.stderr.contains("looking: 1 of 5"), "{ran:?}");
        let id = desk.id("api-keys", "typesense", "description=lost");
        assert_eq!(told["id"], id);
        assert!(desk.works("typesense", "api_key", &desk.read("key")));
        assert_eq!(desk.wire.count("POST", "/keys"), 1);
        assert_eq!(desk.waits(), Vec::<Value>::new());
    }
}

#[test]
fn a_lost_pair_that_was_made_here_is_found_and_arrives() {
    let desk = Desk::new();
    desk.wire.once("POST", "/keys", Fate::LostAfter);
    let file = format!("file:{}", desk.file("id"));
    let ran = desk.keyrack(&format!(
        "create secrets -c djinn --set name=id_lost --to {file} --json"
    ));
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (0, &"done".into()),
        "{ran:?}"
    );
    assert!(
        desk.read("id")
            .starts_with("-----BEGIN OPENSSH PRIVATE KEY-----")
    );
    assert_eq!(desk.wire.count("POST", "/keys"), 1);
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn a_lost_create_whose_secret_the_service_made_is_found_without_it() {
    let desk = Desk::new();
    for (pane, context, name, fate, helps) in [
        (
            "api-keys",
            "chutes",
            "lost",
            Fate::LostAfter,
            "keyrack rm api-keys ",
        ),
        (
            "access-keys",
            "runai",
            "lost-key",
            Fate::Cut,
            "keyrack rotate access-keys ",
        ),
    ] {
        desk.wire.once("POST", "keys", fate);
        let set = format!("name={name}");
        let file = format!("file:{}", desk.file(context));
        let ran = desk.keyrack(&format!(
            "create {pane} -c {context} --set {set} --to {file} --json"
        ));
        let told = report(&ran);
        assert_eq!(
            (ran.code, &told["outcome"]),
            (3, &"unreadable".into()),
            "{ran:?}"
        );
        assert_eq!(told["id"], desk.id(pane, context, &format!("name={name}")));
        let message = told["message"].as_str().unwrap();
        // What came is handed over as it came.
        let came = fate == Fate::Cut;
        let lost = if came {
            "may stand in it"
        } else {
            "its secret is lost"
        };
        assert!(
            message.contains(lost) && message.contains(helps),
            "{message}"
        );
        assert_eq!(desk.demo.home.path(context).exists(), came);
    }
    assert_eq!(desk.wire.count("POST", "keys"), 2);
    let waits = desk.waits();
    assert_eq!(waits.len(), 2);
    assert!(waits.iter().all(|entry| entry["waits"] == "secret_lost"));
}

#[test]
fn an_answer_that_cannot_be_read_is_kept_for_the_secret_that_may_stand_in_it() {
    let desk = Desk::with("[clipboard]\nrescue = \"runtime\"");
    let runtime = desk.private_runtime();
    desk.wire.once("POST", "/api_keys/", Fate::Garbled);
    // It would be taken for the secret there.
    let file = desk.file("key");
    let ran = desk.keyrack(&format!(
        "create api-keys -c chutes --set name=garbled --to env:{file}:KEY --json"
    ));
    let told = report(&ran);
    assert_eq!(
        (ran.code, &told["outcome"]),
        (3, &"unreadable".into()),
        "{ran:?}"
    );
    assert!(!desk.demo.home.path("key").exists());
    assert!(
        ran.stderr.contains("it would be taken for the secret"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("in an answer that cannot be read"),
        "{ran:?}"
    );
    let mut kept = std::fs::read_dir(runtime.join("keyrack")).unwrap();
    let kept = std::fs::read_to_string(kept.next().unwrap().unwrap().path()).unwrap();
    assert!(kept.contains("cpk_"), "the raw answer");
}

#[test]
fn an_answer_that_cannot_be_read_goes_whole_where_its_secret_was_to_go() {
    let desk = Desk::new();
    let file = format!("file:{}", desk.file("raw"));
    for (name, sink) in [("printed", "stdout"), ("stored", &file)] {
        desk.wire.once("POST", "/api_keys/", Fate::Garbled);
        let ran = desk.keyrack(&format!(
            "create api-keys -c chutes --set name={name} --to {sink}"
        ));
        assert_eq!(ran.code, 3, "{ran:?}");
        let raw = if sink == "stdout" {
            ran.stdout.clone()
        } else {
            desk.read("raw")
        };
        assert!(raw.contains("cpk_"), "the raw answer: {ran:?}");
        assert!(!ran.stderr.contains("cpk_"), "{ran:?}");
        let told = format!("its answer could not be read: it went whole to {sink}");
        assert!(ran.stderr.contains(&told), "{ran:?}");
        assert!(!ran.stderr.contains("its secret is lost"), "{ran:?}");
    }
    // Whether the secret stood in it only its reader knows.
    let waits = desk.waits();
    assert!(waits.iter().all(|entry| entry["waits"] == "secret_lost"));
    assert_eq!(waits.len(), 2);
}

#[test]
fn a_secret_that_keyrack_chose_is_handed_over_although_its_key_may_not_be_there() {
    let desk = Desk::new();
    desk.wire.once("POST", "/keys", Fate::LostBefore);
    let ran = desk.run(&[&TYPESENSE[..], &["--to", "stdout"]].concat());
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(ran.stdout.trim_end().len(), 40, "{ran:?}");
    for words in [
        "whether it was created is unknown",
        "it works if the key is there, and is of no use if not",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
    assert_eq!(desk.waits()[0]["waits"], "unknown");
    assert_eq!(desk.wire.count("POST", "/keys"), 1);
}

#[test]
fn a_create_that_is_not_in_the_list_stays_unknown_and_is_not_sent_again() {
    let desk = Desk::new();
    desk.wire.once("POST", "/access-keys", Fate::LostBefore);
    let file = format!("file:{}", desk.file("key"));
    let ran = desk.keyrack(&format!(
        "create access-keys -c runai --set name=lost-key --to {file} --json"
    ));
    let told = report(&ran);
    assert_eq!(
        (ran.code, &told["outcome"]),
        (3, &"unknown".into()),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("looking: 5 of 5"), "{ran:?}");
    let message = told["message"].as_str().unwrap();
    assert!(
        !message.contains("was not created") && message.contains("is unknown"),
        "{message}"
    );
    assert!(message.contains("keyrack ls access-keys -c runai -f 'name:\"lost-key\"'"));
    assert!(
        message.contains("refuses the same name a second time"),
        "{message}"
    );
    assert_eq!(desk.wire.count("POST", "/access-keys"), 1);
    assert_eq!(desk.waits()[0]["waits"], "unknown");
}

#[test]
fn a_lost_change_or_deletion_is_seen_to_be_done() {
    let desk = Desk::new();
    desk.wire.once("PATCH", "/keys/30", Fate::LostAfter);
    let ran = desk.keyrack("update secrets 30 -c djinn --set 'config=Host z' --json");
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (0, &"done".into()),
        "{ran:?}"
    );
    for (pane, context, filter) in [
        ("api-keys", "typesense", "id=10"),
        ("api-keys", "chutes", "name=powerless2"),
        ("secrets", "djinn", "id=30"),
        ("access-keys", "runai", "name=test2"),
    ] {
        let id = desk.id(pane, context, filter);
        desk.wire.once("DELETE", "/", Fate::LostAfter);
        let ran = desk.keyrack(&format!("rm {pane} {id} -c {context} --yes --json"));
        assert_eq!(
            (ran.code, &report(&ran)["outcome"]),
            (0, &"done".into()),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("is unknown"), "{ran:?}");
    }
    assert_eq!(
        (desk.wire.count("PATCH", ""), desk.wire.count("DELETE", "")),
        (1, 4)
    );
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn after_a_deletion_with_no_known_end_no_other_is_begun() {
    let desk = Desk::with(ONE);
    desk.wire.after(2, "DELETE", "/keys/", Fate::LostBefore);
    let ran = desk.keyrack("rm api-keys 10 11 12 13 14 -c typesense --yes --json");
    assert_eq!(ran.code, 3, "{ran:?}");
    let items = reports(&ran);
    let outcomes: Vec<_> = items
        .iter()
        .map(|item| item["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        outcomes,
        ["done", "done", "unknown", "not_done", "not_done"]
    );
    assert!(
        items[2]["message"]
            .as_str()
            .unwrap()
            .contains("still in the list")
    );
    for item in &items[3..] {
        assert!(item["message"].as_str().unwrap().starts_with("untouched: "));
        assert_eq!(item["journal"], Value::Null);
    }
    assert_eq!(desk.wire.count("DELETE", "/keys/"), 3);
    // The same command once more ends it.
    let ran = desk.keyrack("rm api-keys 12 13 14 -c typesense --yes");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn where_nobody_listens_nothing_was_done() {
    let desk = Desk::new();
    desk.wire.always("GET", "/", Fate::LostBefore);
    let ran = desk.run(&[&TYPESENSE[..], &["--to", "stdout"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
    assert_eq!(desk.wire.count("POST", ""), 0);
    assert_eq!(desk.journal(), "");
}

#[test]
fn a_regeneration_whose_answer_is_lost_promises_nothing_and_goes_on() {
    let desk = Desk::new();
    let id = desk.id("access-keys", "runai", "name=test2");
    desk.wire.once("POST", "/secret", Fate::LostAfter);
    let file = format!("file:{}", desk.file("key"));
    let ran = desk.keyrack(&format!(
        "rotate access-keys {id} -c runai --to {file} --yes --json"
    ));
    let told = report(&ran);
    assert_eq!(
        (ran.code, &told["outcome"]),
        (3, &"unknown".into()),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("Whether the old secret still works is not known"),
        "{ran:?}"
    );
    let journal = told["journal"].as_str().unwrap();
    assert!(
        ran.stderr
            .contains(&format!("keyrack rotate --resume {journal}"))
    );
    desk.keyrack(&format!("rotate --resume {journal}"))
        .fails(2, "confirm it with --yes");
    let ran = desk.keyrack(&format!("rotate --resume {journal} --yes --json"));
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (0, &"done".into()),
        "{ran:?}"
    );
    assert_eq!(desk.wire.count("POST", "/secret"), 2);
    assert_eq!(desk.waits(), Vec::<Value>::new());
    desk.keyrack(&format!("rotate --resume {journal} --yes"))
        .fails(2, "no rotation waits");
}
