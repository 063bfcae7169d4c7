//! What a command says and ends with when a part of it cannot be done.

use std::fs;

use crate::harness::{Demo, Home};

#[cfg(target_os = "linux")]
#[test]
fn a_credential_that_nobody_can_type_fails_its_context_alone() {
    let demo = Demo::start(&[]);
    let config = fs::read_to_string(&demo.config).unwrap();
    let (start, rest) = config.split_once("[contexts.typesense]").unwrap();
    let (url, _) = rest.split_once("credential").unwrap();
    demo.overwrite(
        "config.toml",
        &format!(
            "{start}[contexts.typesense]{url}credential = {{ api_key = {{ prompt = true }} }}\n"
        ),
    );
    let run = |arguments: &[&str]| demo.home.run_unattended(&demo.with_config(arguments));
    let ran = run(&["ls", "api-keys", "--json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let envelope = ran.json();
    assert_eq!(envelope["contexts"]["typesense"]["state"], "failed");
    assert_eq!(envelope["contexts"]["chutes"]["state"], "ok");
    assert!(!envelope["items"].as_array().unwrap().is_empty());
    let told = ran.stderr.lines().next().unwrap();
    assert!(
        told.starts_with("keyrack: typesense: api_key: cannot ask on the terminal"),
        "{told}"
    );
    let ran = run(&["context", "check"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stdout.contains("chutes") && ran.stdout.contains("  ok"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("cannot ask on the terminal"), "{ran:?}");
}

#[test]
fn a_server_filter_without_a_value_is_refused_for_it_would_list_everything() {
    let demo = Demo::start(&[]);
    for empty in ["clientId=", "clientId= "] {
        demo.run(&["ls", "admin", "--server-filter", empty])
            .fails(2, "an empty filter would list everything");
    }
}

#[test]
fn a_key_that_is_not_in_a_list_that_was_cut_may_be_behind_the_cut() {
    let demo = Demo::start(&[]);
    let config = fs::read_to_string(&demo.config).unwrap();
    demo.overwrite("config.toml", &format!("{config}\n[limits]\nrows = 2\n"));
    let ran = demo.run(&["show", "admin", "no-such-id", "-c", "runai"]);
    ran.fails(1, "is among the 2 that came, but the list was cut");
    assert!(
        ran.stderr
            .contains("keyrack ls admin -c runai --server-filter ")
            && ran.stderr.contains("clientId=VALUE"),
        "{ran:?}"
    );
}

#[test]
fn a_list_or_check_that_is_not_found_is_about_the_url_and_names_its_context_once() {
    let demo = Demo::start(&[]);
    let config = fs::read_to_string(&demo.config).unwrap();
    demo.overwrite(
        "config.toml",
        &config.replace("/typesense\"", "/typesense/v9\""),
    );
    let ran = demo.run(&["ls", "api-keys", "-c", "typesense"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("Check the context's url"), "{ran:?}");
    assert!(!ran.stderr.contains("efresh"), "{ran:?}");
    let ran = demo.run(&["context", "check", "typesense"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("Check the context's url"), "{ran:?}");
    demo.overwrite("config.toml", &config);
    demo.overwrite("typesense.api_key", "");
    let ran = demo.run(&["ls", "api-keys", "-c", "typesense"]);
    assert!(
        ran.stderr.starts_with("keyrack: typesense: api_key: "),
        "{ran:?}"
    );
}

#[test]
fn a_manifest_that_is_tried_on_a_context_of_another_backend_says_so_first() {
    let demo = Demo::start(&[]);
    let text = demo.run(&["backend", "show", "typesense"]).stdout;
    let file = demo.home.write("own.toml", &text, 0o600);
    let ran = demo.run(&["backend", "check", &file, "-c", "djinn"]);
    let first = ran.stderr.lines().next().unwrap_or("");
    assert!(
        first.contains("the backend of djinn is djinn, and this manifest is of typesense"),
        "{ran:?}"
    );
}

#[test]
fn a_demo_for_the_network_is_told_about_and_called_by_its_loopback_address() {
    let demo = Demo::start(&["--listen", "0.0.0.0:0"]);
    let url = demo.ready["contexts"]["typesense"]["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let config = fs::read_to_string(&demo.config).unwrap();
    assert!(
        config.contains(url) && !config.contains("0.0.0.0"),
        "{config}"
    );
    let ran = demo.run(&["ls", "api-keys"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(demo.stderr().contains("can be reached from the network"));
    assert_eq!(Demo::start(&[]).stderr(), "");
}

#[test]
fn a_backend_that_cannot_be_used_is_told_beside_the_list_of_the_others() {
    let home = Home::new();
    home.write("keyrack/backends/own.toml", "manifest = 1\n", 0o600);
    let ran = home.run(&["backend", "ls"]);
    let lines = 1 + super::built_in();
    assert_eq!((ran.code, ran.lines().len()), (1, lines), "{ran:?}");
    assert!(
        ran.stderr
            .starts_with("keyrack: not listed, because it cannot be used:\n")
            && ran.stderr.contains("own.toml:"),
        "{ran:?}"
    );
}

#[test]
fn a_relative_home_is_no_home() {
    let home = Home::new();
    let unset = |command: &mut std::process::Command| {
        command
            .env("HOME", "relative")
            .env_remove("XDG_CONFIG_HOME");
        command.output().unwrap()
    };
    let output = unset(&mut home.command(&["paths"]));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{told}");
    assert!(told.contains("there is no home folder"), "{told}");
}

#[test]
fn a_table_for_people_has_the_ids_that_commands_take() {
    let demo = Demo::start(&[]);
    for context in ["chutes", "typesense"] {
        let ids = demo.run(&["ls", "api-keys", "-c", context, "--ids"]);
        let table = demo.run(&["ls", "api-keys", "-c", context]);
        let head = table.lines()[0].to_owned();
        let titles = head.split_whitespace().filter(|title| *title == "ID");
        assert_eq!(titles.count(), 1, "once: {head}");
        for id in ids.lines() {
            let in_row = |line: &&str| line.split_whitespace().any(|word| word == id);
            assert!(table.lines().iter().any(in_row), "{id}: {table:?}");
        }
    }
}
