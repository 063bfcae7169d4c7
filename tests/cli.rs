//! The real binary against its own embedded backend: what scripts rely on.

#![cfg(all(unix, feature = "demo"))]

#[cfg(test)]
#[path = "cli/attempt.rs"]
mod attempt;
#[cfg(test)]
#[path = "cli/audit.rs"]
mod audit;
#[cfg(test)]
#[path = "cli/doctor.rs"]
mod doctor;
#[cfg(test)]
#[path = "cli/draft.rs"]
mod draft;
#[cfg(test)]
#[path = "cli/failures.rs"]
mod failures;
#[cfg(test)]
#[path = "cli/harness.rs"]
mod harness;
#[cfg(test)]
#[path = "cli/history.rs"]
mod history;
#[cfg(test)]
#[path = "cli/own.rs"]
mod own;
#[cfg(test)]
#[path = "cli/signing.rs"]
mod signing;
#[cfg(test)]
#[path = "cli/snapshot.rs"]
mod snapshot;

use std::fs;

use harness::{Demo, Home, Ran};
use serde_json::Value;

const PANES: [(&str, &[&str]); 4] = [
    ("api-keys", &["chutes", "typesense"]),
    ("secrets", &["chutes", "djinn"]),
    ("access-keys", &["runai"]),
    ("admin", &["runai"]),
];

#[test]
fn every_pane_is_one_envelope_with_its_contexts() {
    let demo = Demo::start(&[]);
    for (pane, contexts) in PANES {
        let ran = demo.run(&["ls", pane, "--json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{pane}");
        let envelope = ran.json();
        let ends = envelope["contexts"].as_object().unwrap();
        let names: Vec<&str> = ends.keys().map(String::as_str).collect();
        assert_eq!(names, contexts, "{pane}");
        let items = envelope["items"].as_array().unwrap();
        for (name, end) in ends {
            let keys: Vec<&str> = end
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(keys, ["state", "error", "fetched", "total"]);
            assert_eq!((&end["state"], &end["error"]), (&"ok".into(), &Value::Null));
            let own = items.iter().filter(|item| item["context"] == **name);
            assert_eq!(end["fetched"], own.count(), "{name}");
        }
        assert!(items.len() > 5);
        for item in items {
            for role in [
                "context",
                "backend",
                "resource",
                "id",
                "name",
                "never",
                "unrecorded",
                "fields",
            ] {
                assert!(item.get(role).is_some(), "{pane} lacks {role}");
            }
        }
    }
}

#[test]
fn csv_and_ids_have_the_rows_of_the_json_in_its_order() {
    let demo = Demo::start(&[]);
    for (pane, _) in PANES {
        let envelope = demo.run(&["ls", pane, "--json"]).json();
        let ids: Vec<&str> = envelope["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(demo.run(&["ls", pane, "--ids"]).lines(), ids);
        let csv = demo.run(&["ls", pane, "--csv"]).stdout;
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        assert!(csv.contains("\r\n"));
        assert_eq!(
            rows.headers().unwrap().iter().collect::<Vec<_>>()[..5],
            ["context", "backend", "resource", "id", "name"]
        );
        let of_csv: Vec<String> = rows
            .records()
            .map(|row| row.unwrap()[3].to_owned())
            .collect();
        assert_eq!(of_csv, ids);
    }
}

#[test]
fn filters_sorts_and_server_filters_choose_the_rows() {
    let demo = Demo::start(&[]);
    let names = |arguments: &[&str]| -> Vec<String> {
        let envelope = demo
            .run(&[&["ls", "admin", "--json"], arguments].concat())
            .json();
        let items = envelope["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["creator"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = names(&[]);
    let someone = all[0].as_str();
    let theirs = names(&["--server-filter", &format!("createdBy={someone}")]);
    assert!(!theirs.is_empty() && theirs.len() < all.len());
    assert!(theirs.iter().all(|creator| creator == someone));
    assert_eq!(names(&["-f", &format!("creator=\"{someone}\"")]), theirs);
    let sorted = names(&["--sort", "creator"]);
    let mut turned = names(&["--sort", "creator:desc"]);
    turned.reverse();
    assert_eq!(
        (sorted.first(), sorted.last()),
        (turned.first(), turned.last())
    );
    assert_eq!(
        names(&["-f", "no-such-word-anywhere"]),
        Vec::<String>::new()
    );
}

#[test]
fn a_key_is_shown_from_its_own_call_or_from_the_list() {
    let demo = Demo::start(&[]);
    for (pane, contexts) in PANES {
        let context = contexts[0];
        let listed = demo.run(&["ls", pane, "-c", context, "--json"]).json();
        let first = &listed["items"][0];
        let id = first["id"].as_str().unwrap();
        let shown = demo.run(&["show", pane, id, "-c", context, "--json"]);
        assert_eq!((shown.code, shown.stderr.as_str()), (0, ""), "{pane}");
        assert_eq!(shown.json()["id"], *id);
        assert_eq!(shown.json()["name"], first["name"]);
        let plain = demo.run(&["show", pane, id, "-c", context]);
        assert!(plain.stdout.contains(id) && plain.stdout.starts_with("Context "));
    }
    let missing = demo.run(&["show", "api-keys", "4294967295", "-c", "typesense"]);
    missing.fails(1, "typesense: ");
    demo.run(&["show", "api-keys", "../1", "-c", "typesense"])
        .fails(2, "the id ");
    demo.run(&["show", "admin", "x", "-c", "typesense"])
        .fails(2, "typesense has no admin");
}

#[test]
fn contexts_are_checked_and_one_that_fails_is_told() {
    let demo = Demo::start(&[]);
    let ran = demo.run(&["context", "check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    for context in ["chutes", "runai", "djinn", "typesense"] {
        let line = ran
            .lines()
            .into_iter()
            .find(|line| line.starts_with(context));
        assert!(line.is_some_and(|line| line.contains("  ok")), "{context}");
    }
    demo.overwrite("typesense.api_key", "wrong");
    let ran = demo.run(&["context", "check", "typesense"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("failed") && ran.stdout.contains("keyrack context check"));
    assert!(!ran.stdout.contains("wrong"));
}

#[test]
fn a_list_with_failed_contexts_keeps_the_other_rows_and_ends_with_3() {
    let demo = Demo::start(&[]);
    demo.overwrite("typesense.api_key", "wrong");
    let ran = demo.run(&["ls", "api-keys", "--json"]);
    assert_eq!(ran.code, 3);
    let envelope = ran.json();
    assert_eq!(envelope["contexts"]["chutes"]["state"], "ok");
    assert_eq!(envelope["contexts"]["typesense"]["state"], "failed");
    assert!(envelope["contexts"]["typesense"]["error"].is_string());
    assert!(!envelope["items"].as_array().unwrap().is_empty());
    assert!(ran.stderr.starts_with("keyrack: typesense: "));
    let ran = demo.run(&["ls", "api-keys", "-c", "typesense"]);
    assert_eq!(ran.code, 1);
    demo.close("typesense.api_key", 0o644);
    let ran = demo.run(&["ls", "api-keys", "-c", "typesense"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("chmod 600 "), "{}", ran.stderr);
}

#[test]
fn a_mistake_on_the_command_line_ends_with_2_and_says_what_was_meant() {
    let demo = Demo::start(&[]);
    demo.run(&["ls", "api-key"])
        .fails(2, "a similar value exists: 'api-keys'");
    demo.run(&["ls", "api-keys", "-c", "typesens"])
        .fails(2, "did you mean \"typesense\"?");
    demo.run(&["ls", "secrets", "-c", "typesense"])
        .fails(2, "none of these contexts has secrets");
    demo.run(&["ls", "admin", "--server-filter", "createBy=x"])
        .fails(2, "did you mean \"createdBy\"?");
    demo.run(&["ls", "admin", "--sort", "nmae"])
        .fails(2, "did you mean name?");
    demo.run(&["ls", "admin", "-f", "age>"])
        .fails(2, "  age>\n      ^");
    demo.run(&["rm", "admin", "-c", "runai", "-f", "x is:odd"])
        .fails(2, "  x is:odd\n       ^");
    demo.run(&["ls", "admin", "--resource", "x"])
        .fails(2, "administration");
    demo.run(&["ls", "admin", "--json", "--csv"])
        .fails(2, "cannot be used with");
}

#[test]
fn a_config_that_cannot_be_used_ends_with_78() {
    let home = Home::new();
    home.run(&["ls", "api-keys"])
        .fails(78, "keyrack context add");
    home.config("[contexts.a]\nbackend = \"typesens\"\n", 0o600);
    home.run(&["ls", "api-keys"])
        .fails(78, ":2:11: there is no backend \"typesens\"");
    home.config("[ui]\nmouse = true\n", 0o666);
    home.run(&["context", "ls"]).fails(78, "chmod go-w ");
    home.config(
        "[contexts.a]\nbackend = \"typesense\"\ncredential = \"hunter2\"\n",
        0o644,
    );
    let ran = home.run(&["context", "check"]);
    assert!(!ran.stderr.contains("hunter2"));
    ran.fails(78, "chmod 600 ");
    home.run(&["--config", "/nowhere/at/all", "context", "ls"])
        .fails(78, "/nowhere/at/all is not there");
}

#[test]
fn a_context_is_added_beside_the_comments_that_are_there() {
    let home = Home::new();
    let add = |name: &str, more: &[&str]| -> Ran {
        let start = [
            "context",
            "add",
            name,
            "--backend",
            "typesense",
            "--url",
            "http://localhost:1",
        ];
        home.run(&[&start, more].concat())
    };
    let ran = add("one", &["--credential", "api_key=env:KEY_ONE"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(ran.stderr.contains("keyrack context check one"));
    assert_eq!(home.mode("keyrack/config.toml"), 0o600);
    assert_eq!(home.mode("keyrack"), 0o700);
    let text = home.read() + "\n# kept\n[ui]\nmouse = true # kept too\n";
    home.config(&text, 0o600);
    assert_eq!(
        add("two", &["--credential", "api_key=command:pass show two"]).code,
        0
    );
    let text = home.read();
    assert!(
        text.contains("# kept\n[ui]\nmouse = true # kept too"),
        "{text}"
    );
    assert!(
        text.contains("credential = { api_key = { command = [\"pass\", \"show\", \"two\"] } }"),
        "{text}"
    );
    let ran = home.run(&["context", "ls"]);
    assert_eq!(ran.lines().len(), 3);
    add("two", &["--credential", "api_key=env:X"]).fails(2, "there is a context \"two\" already");
    add("three", &[]).fails(2, "needs api_key");
    add("three", &["--credential", "api_key=hunter2"]).fails(2, "never the credential itself");
    add("a b", &["--credential", "api_key=env:X"]).fails(2, "cannot name a context");
    assert_eq!(home.read(), text);
}

/// How many manifests come with the program.
#[cfg(test)]
fn built_in() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/backends");
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn backends_are_listed_shown_and_checked() {
    let home = Home::new();
    let ran = home.run(&["backend", "ls"]);
    assert_eq!((ran.code, ran.lines().len()), (0, 1 + built_in()));
    let text = home.run(&["backend", "show", "typesense"]).stdout;
    let file = home.write("own.toml", &text, 0o600);
    let ran = home.run(&["backend", "check", &file]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let file = home.write("own.toml", &text.replace("item_id", "itemid"), 0o600);
    let ran = home.run(&["backend", "check", &file]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("own.toml:") && ran.stdout.contains("item_id"),
        "{}",
        ran.stdout
    );
    let plain = text.replace("secret = true", "");
    let (good, hint) = (file.replace("own", "good"), file.replace("own", "hint"));
    home.write("good.toml", &text, 0o600);
    home.write("hint.toml", &plain, 0o600);
    let ran = home.run(&["backend", "check", &good, &file, &hint]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("good.toml: no mistakes"), "{ran:?}");
    assert!(
        ran.stdout
            .contains(": hint: `api_key` looks like a credential"),
        "{ran:?}"
    );
    home.run(&["backend", "check", &good, &hint, "-c", "x"])
        .fails(2, "name one file");
    let schema: Value = home.run(&["backend", "schema"]).json();
    assert_eq!(schema["title"], "Manifest");
    home.run(&["backend", "show", "typesens"])
        .fails(2, "did you mean \"typesense\"");
}

#[test]
fn a_manifest_is_tried_on_the_live_service_of_a_context() {
    let demo = Demo::start(&[]);
    let text = demo.run(&["backend", "show", "djinn"]).stdout;
    let file = demo.home.write("own.toml", &text, 0o600);
    let ran = demo.run(&["backend", "check", &file, "-c", "djinn"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("keys list") && ran.stdout.contains(" rows"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("keys get"), "{}", ran.stdout);
    assert!(ran.stdout.contains("--suggest prints"), "{}", ran.stdout);
    let ran = demo.run(&["backend", "check", &file, "-c", "djinn", "--suggest"]);
    assert!(
        ran.stdout
            .contains("[[resource.field]]\nkey = \"user_created_at\""),
        "{}",
        ran.stdout
    );
    let wrong = text.replace("GET /keys", "GET /nowhere");
    let file = demo.home.write("own.toml", &wrong, 0o600);
    let ran = demo.run(&["backend", "check", &file, "-c", "djinn"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn the_manual_and_completions_know_every_command() {
    let home = Home::new();
    let man = home.run(&["man"]).stdout;
    let commands = [
        "demo",
        "ls",
        "show",
        "context",
        "backend",
        "paths",
        "completions",
        "man",
    ];
    for command in commands {
        assert!(man.contains(&format!("keyrack\\-{command}")), "{command}");
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = home.run(&["completions", shell]).stdout;
            assert!(script.contains(command), "{shell} lacks {command}");
        }
    }
    let paths = home.run(&["paths"]);
    assert_eq!(paths.lines().len(), 4);
    assert!(paths.stdout.contains("keyrack/config.toml"));
}

#[test]
fn help_says_what_can_be_typed() {
    let home = Home::new();
    let pages: &[&[&str]] = &[
        &[],
        &["demo"],
        &["ls"],
        &["show"],
        &["context"],
        &["context", "check"],
        &["context", "add"],
        &["backend"],
        &["backend", "check"],
        &["backend", "new"],
        &["log"],
        &["completions"],
    ];
    let texts = pages.iter().map(|page| {
        let ran = home.run(&[page, &["--help"][..]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        format!("$ keyrack {} --help\n{}\n", page.join(" "), ran.stdout)
    });
    insta::assert_snapshot!(texts.collect::<Vec<_>>().concat());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let demo = Demo::start(&["--keys", "2000"]);
    let ran = demo
        .home
        .with_closed_pipe(&demo.with_config(&["ls", "api-keys", "--json"]));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn the_log_is_private_and_holds_no_credential() {
    let demo = Demo::start(&[]);
    let log = demo.home.path("k.log");
    let log = log.to_str().unwrap();
    let ran = demo.home.run_with(
        &demo.with_config(&["--log", log, "context", "check"]),
        &[("KEYRACK_LOG", "trace")],
    );
    assert_eq!(ran.code, 0);
    assert_eq!(demo.home.mode("k.log"), 0o600);
    let text = fs::read_to_string(log).unwrap();
    for (input, value) in demo.credentials() {
        assert!(!text.contains(&value), "{input} is in the log");
    }
    let ran = demo.home.run_with(
        &demo.with_config(&["--log", log, "paths"]),
        &[("KEYRACK_LOG", "a=b=c")],
    );
    ran.fails(2, "KEYRACK_LOG");
}

#[test]
fn the_served_demo_ends_well_and_leaves_nothing() {
    let demo = Demo::start(&[]);
    let config = demo.config.clone();
    assert!(config.exists());
    let names: Vec<String> = demo.ready["contexts"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(names, ["chutes", "runai", "djinn", "typesense"]);
    assert_eq!(demo.stop(), 0);
    assert!(!config.exists());
}
