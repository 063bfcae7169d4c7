//! Keys are made, changed and deleted on all four services, once each, and a new secret is where it was to
//! go and nowhere else.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use serde_json::Value;

use crate::desk::{Desk, ran, report, reports};

/// A private key that nobody uses.
const PEM: &str = include_str!("id_test");

fn mode(path: &str) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn each_service_makes_one_key_and_its_secret_is_in_its_place_alone() {
    let desk =
        Desk::with("[sinks.shelf]\ncommand = [\"sh\", \"-c\", \"cat > \\\"$HOME/shelf\\\"\"]");
    let file = desk.file("typesense.key");
    let ran = desk.keyrack(&format!("create api-keys -c typesense --set description=ci --set actions=keys:* --set expires_at=30d --to file:{file} --json"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let made = report(&ran);
    assert_eq!(
        (&made["outcome"], &made["name"]),
        (&"done".into(), &"ci".into())
    );
    let secret = fs::read_to_string(&file).unwrap();
    assert_eq!((mode(&file), secret.len()), (0o600, 40));
    desk.hides(&secret, &ran, &["typesense.key"]);
    assert!(desk.works("typesense", "api_key", &secret));
    assert_eq!(
        desk.keys("api-keys", "typesense", "description=ci").len(),
        1
    );

    let ran = desk.keyrack("create api-keys -c chutes --set name=ci --set admin=true --to stdout");
    assert_eq!(ran.code, 0, "{ran:?}");
    let secret = ran.stdout.strip_suffix('\n').unwrap();
    assert!(
        secret.starts_with("cpk_") && !secret.contains('\n'),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains(secret) && !desk.journal().contains(secret));
    assert!(desk.works("chutes", "api_key", secret));

    let env = desk.file(".env");
    let ran = desk.keyrack(&format!(
        "create access-keys -c runai --set name=ci-two --to env:{env}:RUNAI_SECRET --json"
    ));
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = fs::read_to_string(&env).unwrap();
    let (_, secret) = text.trim_end().split_once("RUNAI_SECRET=").unwrap();
    desk.hides(secret.trim_matches('\''), &ran, &[".env"]);

    let ran = desk.keyrack("create secrets -c djinn --set name=id_ci --to cmd:shelf --json");
    assert_eq!(ran.code, 0, "{ran:?}");
    let pem = desk.read("shelf");
    assert!(pem.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n") && pem.ends_with("-----\n"));
    let made = report(&ran);
    let message = made["message"].as_str().unwrap();
    assert!(
        message.contains("ssh-ed25519 ") && message.contains(" id_ci"),
        "{message}"
    );
    desk.hides(pem.lines().nth(1).unwrap(), &ran, &["shelf"]);
    assert_eq!(desk.keys("secrets", "djinn", "name=id_ci").len(), 1);
    for path in [
        "/typesense/keys",
        "/api_keys/",
        "/access-keys",
        "/djinn/api/keys",
    ] {
        assert_eq!(desk.wire.count("POST", path), 1, "{path}");
    }
    assert_eq!(desk.waits(), Vec::<Value>::new());
    assert_eq!(desk.keyrack("log --verify").code, 0);
}

#[test]
fn a_value_of_ones_own_comes_from_a_pipe_a_file_or_a_command_and_is_told_nowhere() {
    let desk = Desk::with("[sources.hf]\ncommand = [\"sh\", \"-c\", \"cat $HOME/source\"]");
    desk.demo.home.write("source", "hf_CANARY_command\n", 0o600);
    let chute = desk.keys("secrets", "chutes", "")[0]["fields"]["purpose"].clone();
    let purpose = format!("purpose={}", chute.as_str().unwrap());
    let chosen = |key: &str, from: &[&str], input: &str| {
        let key = format!("key={key}");
        let fixed = [
            "create", "secrets", "-c", "chutes", "--set", &key, "--set", &purpose,
        ];
        let log = desk.file("log.txt");
        desk.run_with(
            &[&fixed[..], from, &["--json", "--log", &log]].concat(),
            input,
        )
    };
    let ran = chosen("FROM_PIPE", &["--set-file", "value=-"], "hf_CANARY_pipe");
    assert_eq!(ran.code, 0, "{ran:?}");
    desk.hides("CANARY", &ran, &["source"]);
    let file = desk.demo.home.write("value", "hf_CANARY_file", 0o644);
    let ran = chosen("FROM_FILE", &["--set-file", &format!("value={file}")], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("can be read by others") && ran.stderr.contains("chmod 600"));
    desk.hides("CANARY", &ran, &["value", "source"]);
    let ran = chosen("FROM_COMMAND", &["--set-command", "value=hf"], "");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("ends with a newline"), "{ran:?}");
    desk.hides("CANARY", &ran, &["value", "source"]);
    // A destination for what is one's own already is a mistake.
    let ran = chosen(
        "MORE",
        &["--set-file", "value=-", "--to", "stdout"],
        "hf_CANARY",
    );
    assert_eq!(ran.code, 2, "{ran:?}");
    assert_eq!(desk.wire.count("POST", "/secrets/"), 3);

    let pem = desk.demo.home.write("id", PEM, 0o600);
    let key = format!("key={pem}");
    let ran = desk.keyrack(&format!(
        "create secrets -c djinn --set name=id_own --set-file {key} --json"
    ));
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (0, &"done".into()),
        "{ran:?}"
    );
    desk.hides(PEM.lines().nth(1).unwrap(), &ran, &["id"]);
}

#[test]
fn all_mistakes_are_told_at_once_and_nothing_is_sent() {
    let desk = Desk::new();
    let ran = desk.keyrack("create api-keys -c typesense --set descripton=x --set value=CANARY --set id=5 --set-json actions=[ --to stdout");
    ran.fails(2, "descripton: ");
    assert!(ran.stderr.contains("did you mean description?"), "{ran:?}");
    assert!(
        ran.stderr
            .contains("value: A secret is never given as an argument")
    );
    assert!(ran.stderr.contains("--set-file value=PATH") && ran.stderr.contains("--set-command"));
    assert!(ran.stderr.contains("id: This cannot be set"), "{ran:?}");
    assert!(!ran.stderr.contains("CANARY"), "{ran:?}");
    desk.keyrack("create api-keys -c typesense --set CANARY --to stdout")
        .fails(2, "write --set NAME=VALUE");
    let update = ["update", "secrets", "6", "-c", "djinn"];
    desk.run(&update).fails(2, "there is nothing to change");
    desk.run(&[&update[..], &["--set", "name=x"]].concat())
        .fails(2, "the service does not change it");
    assert_eq!(desk.wire.all(), 0);
    // Names that are taken are known from the list alone.
    let taken = desk.keys("access-keys", "runai", "")[0]["name"].clone();
    let name = format!("name={}", taken.as_str().unwrap());
    desk.keyrack(&format!(
        "create access-keys -c runai --set {name} --to stdout"
    ))
    .fails(2, "name: This name is taken");
    desk.keyrack("create access-keys -c runai --set name=X --to stdout")
        .fails(2, "name: At least 2 characters");
    let create = [
        "create",
        "api-keys",
        "-c",
        "typesense",
        "--set",
        "description=x",
    ];
    let more = ["--set", "expires_at=2001-01-01", "--to", "stdout"];
    let ran = desk.run(&[&create[..], &more].concat());
    ran.fails(2, "expires_at: this is not in the future");
    assert!(
        ran.stderr
            .contains("actions: This is needed. Give it with --set actions=VALUE.")
    );
    assert_eq!(desk.wire.count("POST", "keys"), 0);
    assert_eq!(desk.journal(), "");
}

#[test]
fn a_destination_is_asked_for_exactly_where_a_secret_is_made_and_looked_into_first() {
    let desk = Desk::new();
    let create = [
        "create",
        "api-keys",
        "-c",
        "typesense",
        "--set",
        "description=x",
        "--set",
        "actions=*",
    ];
    let run = |more: &[&str]| desk.run(&[&create[..], more].concat());
    run(&[]).fails(2, "say where it goes");
    run(&["--to", "stdout", "--json"]).fails(2, "--to stdout and --json");
    run(&["--to", "vault"]).fails(2, "is no place for a secret");
    run(&["--to", "cmd:vault"]).fails(2, "there is no command vault");
    run(&["--to", "clipboard"]).fails(2, "nothing was sent");
    let there = desk.demo.home.write("there", "mine", 0o600);
    run(&["--to", &format!("file:{there}")]).fails(2, "nothing was sent");
    assert_eq!(desk.read("there"), "mine");
    // So does one that is closed look to a program.
    let mut nowhere = desk.command(&[&create[..], &["--to", "stdout"]].concat());
    let output = nowhere.stdin(Stdio::null()).stdout(Stdio::null()).output();
    ran(output.unwrap()).fails(2, "/dev/null");
    assert_eq!(desk.wire.all(), 0);
}

#[test]
fn only_what_differs_is_sent() {
    let desk = Desk::new();
    let update = |config: &str| {
        let config = format!("config={config}");
        desk.keyrack(&format!(
            "update secrets 6 -c djinn --set '{config}' --json"
        ))
    };
    let ran = update("Host writes");
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (0, &"done".into()),
        "{ran:?}"
    );
    let shown = desk
        .run(&["show", "secrets", "6", "-c", "djinn", "--json"])
        .json();
    assert_eq!(shown["fields"]["config"], "Host writes");
    let ran = update("Host writes");
    assert_eq!(
        (ran.code, &report(&ran)["journal"]),
        (0, &Value::Null),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("is so already: nothing was sent"));
    assert_eq!(desk.wire.count("PATCH", "/keys/6"), 1);
    let lines = desk.demo.home.write("config", "Host a\n  User b\n", 0o600);
    let ran = desk.keyrack(&format!(
        "update secrets 6 -c djinn --set-file config={lines}"
    ));
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown = desk
        .run(&["show", "secrets", "6", "-c", "djinn", "--json"])
        .json();
    assert_eq!(shown["fields"]["config"], "Host a\n  User b\n");
    desk.keyrack("update secrets 999 -c djinn --set config=x")
        .fails(1, "");
    desk.keyrack("update api-keys 1 -c typesense --set description=x")
        .fails(2, "cannot change a key of this kind");
}

#[test]
fn keys_are_deleted_one_after_the_other_each_once() {
    let desk = Desk::new();
    let plan = desk.keyrack("rm api-keys -c typesense -f id<3 --plan --json");
    assert_eq!(plan.code, 0, "{plan:?}");
    let items = plan.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 3);
    assert_eq!(items[1]["action"], "delete");
    assert!(
        items[1]["reasons"][0]
            .as_str()
            .unwrap()
            .contains("far-reaching")
    );
    assert_eq!(
        (desk.wire.count("DELETE", ""), desk.journal().as_str()),
        (0, "")
    );
    let ran = desk.keyrack("rm api-keys 10 11 10 9999 -c typesense --yes --json");
    assert_eq!(ran.code, 3, "{ran:?}");
    let items = reports(&ran);
    let outcomes: Vec<_> = items
        .iter()
        .map(|item| item["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "done", "not_done"]);
    assert_eq!(desk.wire.count("DELETE", "/typesense/keys/"), 2);
    assert!(
        desk.keys("api-keys", "typesense", "id=10 OR id=11")
            .is_empty()
    );
    let ran = desk.keyrack("rm api-keys -f no-such-key -c typesense --yes --json");
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "{\"items\":[]}\n"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("no key matches"), "{ran:?}");
    for (pane, context, filter) in [
        ("api-keys", "chutes", "name=powerless2"),
        ("secrets", "djinn", "id=30"),
        ("access-keys", "runai", "name=test2"),
        ("admin", "runai", "name=beacon-batch-eu"),
    ] {
        let keys = desk.keys(pane, context, filter);
        let id = keys[0]["id"].as_str().unwrap();
        let ran = desk.keyrack(&format!("rm {pane} {id} -c {context} --yes --json"));
        assert_eq!(
            (ran.code, &report(&ran)["outcome"]),
            (0, &"done".into()),
            "{ran:?}"
        );
        assert_eq!(desk.keys(pane, context, filter).len(), keys.len() - 1);
    }
}

#[test]
fn what_the_service_refuses_was_not_done() {
    let desk = Desk::new();
    let keys = desk.keys("secrets", "djinn", "name:deploy");
    let key = keys
        .iter()
        .find(|key| key["fields"]["namespace"] == Value::Null);
    let name = format!("name={}", key.unwrap()["name"].as_str().unwrap());
    let file = format!("file:{}", desk.file("key"));
    let ran = desk.keyrack(&format!(
        "create secrets -c djinn --set {name} --to {file} --json"
    ));
    let told = report(&ran);
    assert_eq!(
        (ran.code, &told["outcome"], &told["id"]),
        (1, &"not_done".into(), &Value::Null),
        "{ran:?}"
    );
    assert!(!desk.demo.home.path("key").exists());
    // Somebody else was faster: the first answer is 404, which says nothing of this command.
    desk.wire
        .once("DELETE", "/keys/10", crate::wire::Fate::Status(404));
    let ran = desk.keyrack("rm api-keys 10 -c typesense --yes --json");
    assert_eq!(
        (ran.code, &report(&ran)["outcome"]),
        (1, &"not_done".into()),
        "{ran:?}"
    );
    assert_eq!(desk.waits(), Vec::<Value>::new());
}

#[test]
fn a_secret_that_its_destination_does_not_take_is_kept_elsewhere() {
    let more = "[clipboard]\nrescue = \"runtime\"\n[sinks.broken]\ncommand = [\"sh\", \"-c\", \"cat > /dev/null; exit 3\"]";
    let desk = Desk::with(more);
    let runtime = desk.private_runtime();
    let create = [
        "create",
        "api-keys",
        "-c",
        "typesense",
        "--set",
        "description=ci",
        "--set",
        "actions=keys:*",
        "--to",
        "cmd:broken",
        "--json",
    ];
    let ran = desk.run(&create);
    let told = report(&ran);
    assert_eq!((ran.code, &told["outcome"]), (3, &"done".into()), "{ran:?}");
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("did not arrive at cmd:broken")
    );
    assert!(
        ran.stderr.contains("until the next start of keyrack"),
        "{ran:?}"
    );
    let kept: Vec<_> = fs::read_dir(runtime.join("keyrack")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let kept = fs::read_to_string(kept[0].as_ref().unwrap().path()).unwrap();
    let secret = kept.lines().nth(1).unwrap();
    assert!(desk.works("typesense", "api_key", secret));
    assert_eq!(desk.waits()[0]["waits"], "undelivered");
    // Where nothing may keep it, that is said, with what helps.
    let config = fs::read_to_string(&desk.demo.config).unwrap();
    desk.demo
        .overwrite("config.toml", &config.replace("\"runtime\"", "\"off\""));
    let ran = desk.run(&create);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("it was not kept"), "{ran:?}");
    assert!(ran.stderr.contains("keyrack rm api-keys "), "{ran:?}");
}

#[test]
fn several_runs_at_once_write_one_journal() {
    let desk = Desk::new();
    let runs: Vec<_> = (0..4)
        .map(|number| {
            let file = format!("file:{}", desk.file(&format!("key-{number}")));
            let name = format!("description=run-{number}");
            desk.start(&[
                "create",
                "api-keys",
                "-c",
                "typesense",
                "--set",
                &name,
                "--set",
                "actions=*",
                "--to",
                &file,
            ])
        })
        .collect();
    for run in runs {
        let ran = crate::desk::ran(run.wait_with_output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    assert_eq!(desk.log().len(), 4);
    assert_eq!(desk.keyrack("log --verify").code, 0);
    assert_eq!(desk.keys("api-keys", "typesense", "run-").len(), 4);
}
