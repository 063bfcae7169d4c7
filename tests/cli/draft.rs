//! A manifest to begin with: the one that explains itself, and those drafted from documents.

use std::{fs, io::Write as _, process::Stdio};

use crate::harness::{Demo, Home, Ran};

fn fixture(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/openapi/");
    format!("{folder}{name}")
}

#[test]
fn a_new_manifest_explains_itself_and_passes_the_checker() {
    let home = Home::new();
    let ran = home.run(&["backend", "new"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("# A backend for keyrack"));
    let file = home.write("acme.toml", &ran.stdout, 0o600);
    let checked = home.run(&["backend", "check", &file]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert_eq!(checked.lines(), [format!("{file}: no mistakes")]);
    let ran = home.run(&[
        "backend",
        "new",
        "--id",
        "ours",
        "--base-url",
        "http://localhost:8080",
    ]);
    assert!(
        ran.stdout.contains("id = \"ours\"\n")
            && ran.stdout.contains("base_url = \"http://localhost:8080\"")
    );
    home.run(&["backend", "new", "--id", "our keys"])
        .fails(2, "is not a name");
    home.run(&["backend", "new", "--id", "runai"])
        .fails(2, "is built in");
}

#[test]
fn a_draft_goes_to_standard_output_and_what_to_do_with_it_beside_it() {
    let home = Home::new();
    let file = fixture("orbit.yaml");
    let ran = home.run(&["backend", "new", "--openapi", &file, "--path", "/api_keys"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("words guessed") && ran.stderr.contains("backend check"),
        "{}",
        ran.stderr
    );
    let own = home.write("orbit.toml", &ran.stdout, 0o600);
    assert_eq!(home.run(&["backend", "check", &own]).code, 0);
    let mut command = home.command(&["backend", "new", "--openapi", "-", "--path", "/api_keys"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&fs::read(&file).unwrap())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let piped = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        piped.lines().skip(3).collect::<Vec<_>>(),
        ran.stdout.lines().skip(3).collect::<Vec<_>>()
    );
}

#[test]
fn what_no_draft_can_be_made_of_is_told_once_with_what_to_do() {
    let home = Home::new();
    let new =
        |file: &str, path: &str| home.run(&["backend", "new", "--openapi", file, "--path", path]);
    let orbit = fixture("orbit.yaml");
    new(&orbit, "/keys").fails(2, "the nearest are:\n    /api_keys");
    home.run(&["backend", "new", "--openapi", &orbit])
        .fails(2, "--path");
    home.run(&["backend", "new", "--path", "/keys"])
        .fails(2, "--openapi");
    new("/nowhere.yaml", "/keys").fails(1, "cannot read /nowhere.yaml");
    let file = home.write("page.html", "<!DOCTYPE html>", 0o600);
    new(&file, "/keys").fails(1, "it looks like a web page");
    let file = home.write("broken.yaml", "openapi: 3.0.0\npaths: [", 0o600);
    new(&file, "/keys").fails(1, "line 3, column 1");
    let large = home.path("large.json");
    fs::File::create(&large)
        .unwrap()
        .set_len((32 << 20) + 1)
        .unwrap();
    new(large.to_str().unwrap(), "/keys").fails(1, "is larger than 32 MiB");
}

/// A home whose only context signs in to a service by a drafted manifest.
fn drafted(url: &str, key: &str) -> Home {
    let home = Home::new();
    let document = fixture("search.yaml");
    let new = ["backend", "new", "--openapi", &document, "--path", "/keys"];
    let ran = home.run(&[&new[..], &["--id", "drafted"]].concat());
    home.write("keyrack/backends/drafted.toml", &ran.stdout, 0o600);
    home.write("key", key, 0o600);
    let file = home.path("key");
    let credential = format!("{{ file = \"{}\" }}", file.display());
    let context = "[contexts.own]\nbackend = \"drafted\"\n";
    home.config(
        &format!("{context}url = \"{url}\"\ncredential = {credential}\n"),
        0o600,
    );
    home
}

/// The draft as it comes, with nothing corrected, on the embedded service that it describes.
#[test]
fn keys_are_managed_by_a_draft_alone() {
    let demo = Demo::start(&[]);
    let context = &demo.ready["contexts"]["typesense"];
    let (url, key) = (
        context["url"].as_str().unwrap(),
        context["credential"]["api_key"].as_str().unwrap(),
    );
    let home = drafted(url, key);
    let done = |arguments: &[&str]| -> Ran {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        ran
    };
    done(&["context", "check"]);
    let before = done(&["ls", "api-keys", "--ids"]).lines().len();
    assert!(before > 5);
    let made = done(&[
        "create",
        "api-keys",
        "-c",
        "own",
        "--set",
        "description=by a draft",
        "--set",
        "actions=documents:search",
        "--set",
        "collections=*",
        "--set",
        "expires_at=30d",
        "--to",
        "stdout",
    ]);
    let id = home
        .run(&["ls", "api-keys", "-f", "name=\"by a draft\"", "--ids"])
        .stdout;
    let id = id.trim();
    assert!(!id.is_empty(), "{made:?}");
    let shown = done(&["show", "api-keys", id, "-c", "own", "--json"]).json();
    assert_eq!(shown["scopes"], serde_json::json!(["documents:search"]));
    assert!(
        shown["expires"].is_string() && shown["prefix"].is_string(),
        "{shown}"
    );
    done(&["rm", "api-keys", id, "-c", "own", "--yes"]);
    assert_eq!(done(&["ls", "api-keys", "--ids"]).lines().len(), before);
}
