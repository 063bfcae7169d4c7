//! `keyrack snapshot` and `keyrack diff` over the embedded backend.

use std::fs;

use serde_json::Value;

use super::harness::{Demo, Ran};

fn ids(ran: &Ran, what: &str) -> Vec<String> {
    let all = ran.json()[what].as_array().unwrap().clone();
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    all.iter().map(id).collect()
}

impl Demo {
    fn snapshot(&self, name: &str) -> String {
        let file = self.home.path(name).to_str().unwrap().to_owned();
        let ran = self.run(&["snapshot", &file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
        file
    }
}

#[test]
fn what_was_made_deleted_and_changed_between_two_snapshots_is_told() {
    let demo = Demo::start(&[]);
    let before = demo.snapshot("before.json");
    let made = [
        "create",
        "api-keys",
        "-c",
        "typesense",
        "--set",
        "description=fresh",
        "--set",
        "actions=documents:search",
        "--set",
        "collections=*",
        "--to",
        "stdout",
    ];
    assert_eq!(demo.run(&made).code, 0);
    let gone = demo.run(&["rm", "api-keys", "7", "-c", "typesense", "--yes"]);
    assert_eq!(gone.code, 0, "{gone:?}");
    let config = demo.home.write("ssh_config", "Host changed\n", 0o600);
    let file = format!("config={config}");
    let update = ["update", "secrets", "1", "-c", "djinn", "--set-file", &file];
    let changed = demo.run(&update);
    assert_eq!(changed.code, 0, "{changed:?}");
    let after = demo.snapshot("after.json");

    let ran = demo.run(&["diff", &before, &after, "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let members: Vec<String> = ran.json().as_object().unwrap().keys().cloned().collect();
    let expected = ["from", "to", "created", "deleted", "changed", "unsure"];
    assert_eq!(members, expected);
    assert_eq!(ran.json()["created"][0]["name"], "fresh");
    assert_eq!(ids(&ran, "deleted"), ["7"]);
    let document = ran.json();
    let change = document["changed"].as_array().unwrap().iter();
    let mut change = change.filter(|it| it["item"]["context"] == "djinn");
    let change = change.next().unwrap();
    let field = change["changes"].as_array().unwrap().iter();
    let mut field = field.filter(|it| it["field"] == "config");
    assert_eq!(field.next().unwrap()["new"], "Host changed\n");

    let plain = demo.run(&["diff", &before, &after]);
    assert!(plain.stdout.contains("deleted · 1 key\n"), "{plain:?}");
    assert!(plain.stdout.contains("1 created, 1 deleted, "), "{plain:?}");
    let same = demo.run(&["diff", &after, &after]);
    assert_eq!(
        (same.code, same.stdout.as_str()),
        (0, "0 created, 0 deleted, 0 changed\n")
    );
}

#[test]
fn a_snapshot_is_private_never_overwrites_and_has_no_secrets() {
    let demo = Demo::start(&[]);
    let file = demo.snapshot("all.json");
    assert_eq!(demo.home.mode("all.json"), 0o600);
    let text = fs::read_to_string(&file).unwrap();
    for (input, secret) in demo.credentials() {
        assert!(!text.contains(&secret), "{input}");
    }
    assert!(!text.contains("PRIVATE KEY"));
    let items: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(items["snapshot"], 1);
    let listed = demo.run(&["ls", "api-keys", "--json"]).json();
    let all = items["items"].as_array().unwrap();
    for item in listed["items"].as_array().unwrap() {
        assert!(all.contains(item), "{item}");
    }
    demo.run(&["snapshot", &file]).fails(2, "never overwritten");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn keys_of_a_context_that_failed_are_not_taken_for_deleted() {
    let demo = Demo::start(&[]);
    let before = demo.snapshot("before.json");
    demo.overwrite("typesense.api_key", "wrong");
    let after = demo.home.path("after.json").to_str().unwrap().to_owned();
    let ran = demo.run(&["snapshot", &after]);
    assert_eq!(ran.code, 3, "{ran:?}");
    for (old, new) in [(&before, &after), (&after, &before)] {
        let ran = demo.run(&["diff", old, new, "--json"]);
        assert_eq!(ran.code, 3);
        assert_eq!(ids(&ran, "deleted"), [""; 0]);
        assert_eq!(ids(&ran, "created"), [""; 0]);
        assert_eq!(ran.json()["unsure"][0]["context"], "typesense");
        assert!(
            ran.stderr.contains("may be as before, new or gone"),
            "{ran:?}"
        );
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_told() {
    let demo = Demo::start(&[]);
    let good = demo.snapshot("good.json");
    let none = demo.home.write("none.json", "{\"items\":[]}", 0o600);
    demo.run(&["diff", &good, &none]).fails(2, "is no snapshot");
    let text = fs::read_to_string(&good).unwrap();
    let newer = text.replacen("\"snapshot\":1", "\"snapshot\":2", 1);
    let newer = demo.home.write("newer.json", &newer, 0o600);
    demo.run(&["diff", &newer, &good]).fails(2, "version 2");
    demo.run(&["diff", &good, "/not/there"])
        .fails(2, "cannot be read");
}
