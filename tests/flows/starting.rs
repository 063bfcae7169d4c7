//! Before there is anything to show: no config, a context to add, a credential to type.

use std::{fs, path::Path};

use keyrack::testing::Harness;
use serde_json::json;

use crate::{
    desk::{Console, SIZE, write_private},
    wire::{CREDENTIAL, key, typesense},
};

fn at_home(folder: &Path) -> Console {
    let opened = Harness::at_home(folder, SIZE.0, SIZE.1);
    Console(opened.unwrap_or_else(|why| panic!("{why}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_config_the_demo_is_one_key_away() {
    let home = tempfile::tempdir().unwrap();
    let mut console = at_home(home.path());
    console.shows("Welcome to keyrack");
    console.press("Enter").await;
    console.sees("140 keys").await;
    console.shows("4 contexts");
    console.press("c").await;
    console.shows("not in the demo");
    console.press("Esc q").await;
    assert_eq!(console.0.exit, Some(0));
    assert!(!home.path().join("config.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_is_added_and_its_credential_typed_but_never_written() {
    let server = typesense(&[key(1, "one")]).await;
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    let mut console = at_home(home.path());
    console
        .press_and_see("j Enter", "A context for which service?")
        .await;
    console.press("j j j Enter").await;
    console.shows("New context for Typesense");
    console.press("ctrl-u").await;
    console.0.type_text("search");
    console.press("Tab ctrl-u").await;
    console.0.paste(&server.server.uri());
    console.press("ctrl-s").await;
    console.sees("Sign in to search").await;
    console.0.type_text(CREDENTIAL);
    console.hides("credential-that");
    console.press("Enter Enter").await;
    console.sees("one").await;
    console.rests().await;
    console.hides("credential-that");
    let sent = server.sent("GET").await;
    let lists: Vec<_> = sent.iter().filter(|it| it.url.path() == "/keys").collect();
    assert_eq!(lists.len(), 1);
    assert_eq!(lists[0].headers["x-typesense-api-key"], CREDENTIAL);
    let written = fs::read_to_string(&config).unwrap();
    assert!(written.contains("[contexts.search]"), "{written}");
    assert!(!written.contains(CREDENTIAL), "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_not_given_is_asked_for_again() {
    let server = typesense(&[key(1, "one")]).await;
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    let text = format!(
        "[contexts.search]\nbackend = \"typesense\"\nurl = \"{}\"\ncredential = {{ prompt = true }}\n",
        server.server.uri()
    );
    write_private(&config, &text);
    let mut console = Console::open(&config);
    console.sees("Sign in to search").await;
    console.press("Esc").await;
    console.sees("The credential was not given").await;
    assert_eq!(server.sent("GET").await.len(), 0);
    console.press("ctrl-r").await;
    console.sees("Sign in to search").await;
    console.0.paste(&format!("{CREDENTIAL}\n"));
    console.press_and_see("ctrl-s", "one").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_config_takes_the_place_of_the_default() {
    let server = typesense(&[key(1, "one")]).await;
    let bench = crate::wire::Bench::new()
        .context("search", "typesense", &server)
        .line("[keys]\ndelete = \"X\"\nrefresh = \"F5\"");
    let mut console = bench.open();
    console.sees("one").await;
    console.rests().await;
    console.press("d").await;
    console.hides("Delete the API key");
    console.shows("F5 refresh");
    server
        .answer("GET", "/keys", json!({ "keys": [key(2, "two")] }))
        .await;
    console.press_and_see("F5", "two").await;
    console.press("X").await;
    console.shows("Delete the API key “two”?");
}
