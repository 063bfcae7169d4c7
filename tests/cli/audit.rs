//! `keyrack audit` over the embedded backend: the findings, their form, and the exit code.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::harness::{Demo, Ran};

const RULES: [&str; 12] = [
    "expired",
    "expires-soon",
    "admin",
    "over-broad",
    "duplicate-name",
    "look-alike-name",
    "owner-unknown",
    "idle",
    "never-used",
    "too-old",
    "never-expires",
    "use-not-recorded",
];

fn findings(ran: &Ran) -> Vec<Value> {
    ran.json()["findings"].as_array().unwrap().clone()
}

/// Context, resource and id of the keys that a rule found, or that a list has.
fn keys<'a>(items: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let key = |item: &Value| format!("{} {} {}", item["context"], item["resource"], item["id"]);
    items.into_iter().map(key).collect()
}

fn of(ran: &Ran, rule: &str) -> BTreeSet<String> {
    let findings = findings(ran);
    let mine = findings.iter().filter(|finding| finding["rule"] == rule);
    keys(mine.map(|finding| &finding["item"]))
}

#[test]
fn every_finding_has_its_five_members_and_the_item_of_the_list() {
    let demo = Demo::start(&[]);
    let ran = demo.run(&["audit", "--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let envelope = ran.json();
    let members: Vec<&String> = envelope.as_object().unwrap().keys().collect();
    assert_eq!(members, ["findings", "contexts"]);
    let contexts: Vec<&String> = envelope["contexts"].as_object().unwrap().keys().collect();
    assert_eq!(contexts, ["chutes", "runai", "djinn", "typesense"]);
    let mut items = Vec::new();
    for pane in ["api-keys", "secrets", "access-keys", "admin"] {
        let listed = demo.run(&["ls", pane, "--json"]).json();
        items.extend(listed["items"].as_array().unwrap().clone());
    }
    for finding in findings(&ran) {
        let members: Vec<&String> = finding.as_object().unwrap().keys().collect();
        assert_eq!(members, ["level", "rule", "since", "next", "item"]);
        assert!(["info", "warn", "danger"].contains(&finding["level"].as_str().unwrap()));
        assert!(
            RULES.contains(&finding["rule"].as_str().unwrap()),
            "{finding}"
        );
        assert!(finding["next"].as_str().unwrap().ends_with('.'));
        if finding["item"]["id"].is_null() {
            assert_eq!(finding["rule"], "use-not-recorded");
        } else {
            assert!(items.contains(&finding["item"]), "{finding}");
        }
    }
}

#[test]
fn a_rule_finds_what_the_filter_of_the_same_meaning_keeps() {
    let demo = Demo::start(&[]);
    let ran = demo.run(&["audit", "--json"]);
    let mut found = 0;
    for (rule, filter) in [
        ("expired", "is:expired"),
        ("expires-soon", "expires<14d !is:expired"),
        ("admin", "is:admin"),
        ("over-broad", "is:broad !is:admin"),
        ("idle", "used>90d"),
        ("never-used", "used:never age>90d"),
        ("too-old", "age>365d"),
        ("never-expires", "expires:never"),
    ] {
        let mut kept = BTreeSet::new();
        for pane in ["api-keys", "secrets", "access-keys", "admin"] {
            let listed = demo.run(&["ls", pane, "--json", "-f", filter]).json();
            kept.extend(keys(listed["items"].as_array().unwrap()));
        }
        assert_eq!(of(&ran, rule), kept, "{rule}");
        found += kept.len();
        let only = demo.run(&["audit", "--json", "-f", filter]);
        assert_eq!(of(&only, rule), kept, "{rule} of {filter}");
    }
    assert!(found > 10, "the sample keys have something of most rules");
}

#[test]
fn a_level_that_is_reached_ends_with_1_and_none_with_0() {
    let demo = Demo::start(&[]);
    let code = |arguments: &[&str]| demo.run(&[&["audit"], arguments].concat()).code;
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "info"]), 1);
    assert_eq!(code(&["--fail-on", "danger"]), 1, "an expired key");
    let fine = ["-f", "!is:expired", "--fail-on", "danger"];
    assert_eq!(code(&fine), 0);
    let warned = ["-f", "!is:expired", "--fail-on", "warn"];
    assert_eq!(code(&warned), 1);
    assert_eq!(code(&["-f", "no-such-key", "--fail-on", "info"]), 0);
    demo.run(&["audit", "--fail-on", "fatal"])
        .fails(2, "[possible values: info, warn, danger]");
    demo.run(&["audit", "-f", "age>"])
        .fails(2, "filter, character");
}

#[test]
fn what_was_found_weighs_more_than_a_context_that_failed() {
    let demo = Demo::start(&[]);
    demo.overwrite("typesense.api_key", "wrong");
    let ran = demo.run(&["audit", "--json"]);
    assert_eq!(ran.code, 3, "a part is missing");
    assert_eq!(ran.json()["contexts"]["typesense"]["state"], "failed");
    assert!(ran.stderr.starts_with("keyrack: typesense: "));
    let ran = demo.run(&["audit", "--json", "--fail-on", "info"]);
    assert_eq!(ran.code, 1, "what was found is found");
    assert!(ran.stderr.starts_with("keyrack: typesense: "));
    let none = demo.run(&["audit", "-f", "no-such-key", "--fail-on", "info"]);
    assert_eq!(none.code, 3, "what was not seen is not fine");
    let alone = demo.run(&["audit", "-c", "typesense"]);
    assert_eq!(alone.code, 1);
}

#[test]
fn the_policy_of_the_config_decides() {
    let demo = Demo::start(&[]);
    let before = of(&demo.run(&["audit", "--json"]), "too-old");
    let config = fs::read_to_string(&demo.config).unwrap();
    let policy = "[policy]\nmax_age = \"1d\"\nidle = \"9000d\"\n";
    fs::write(&demo.config, format!("{config}\n{policy}")).unwrap();
    let ran = demo.run(&["audit", "--json"]);
    assert_eq!(ran.stderr, "");
    assert!(of(&ran, "too-old").len() > before.len());
    assert_eq!(of(&ran, "idle"), BTreeSet::new());
}

#[test]
fn people_get_a_table_for_each_rule_and_the_sum() {
    let demo = Demo::start(&[]);
    let ran = demo.run(&["audit", "-c", "typesense"]);
    let text = &ran.stdout;
    assert!(text.starts_with("expired · danger · "), "{text}");
    assert!(text.contains("The key has ended. Delete it"), "{text}");
    assert!(text.contains("LEVEL   CONTEXT    RESOURCE"), "{text}");
    let sum = ran.lines().pop().unwrap();
    assert!(
        sum.contains(" findings in ") && sum.contains(" danger, "),
        "{sum}"
    );
    let none = demo.run(&["audit", "-f", "no-such-key"]);
    let sum = none.stdout;
    assert!(sum.starts_with("0 findings in 0 of "), "{sum}");
}
