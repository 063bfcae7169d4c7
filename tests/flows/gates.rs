//! A context that must not be written to is not, whatever keys are pressed; where mistakes hurt, the name is
//! typed.

use serde_json::json;

use crate::wire::{Bench, Service, key, typesense};

async fn one_key() -> Service {
    let server = typesense(&[key(1, "one"), key(2, "two")]).await;
    server.answer("DELETE", "/keys/1", json!({ "id": 1 })).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_context_is_never_written_to() {
    let server = one_key().await;
    let bench = Bench::new()
        .context("search", "typesense", &server)
        .line("write = \"never\"");
    let mut console = bench.open();
    console.sees("one").await;
    console.shows("READ-ONLY");
    for keys in ["d", "n", "C", "A d", "A n"] {
        console.press(keys).await;
        console.shows("search is read-only: its config says write = \"never\".");
        console.hides("Delete the");
        console.hides("New API key");
    }
    console.press("Enter d").await;
    console.shows("read-only");
    assert_eq!(server.writes().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_context_is_armed_first() {
    let server = one_key().await;
    let bench = Bench::new()
        .context("search", "typesense", &server)
        .line("write = \"arm\"");
    let mut console = bench.open();
    console.sees("one").await;
    for keys in ["d", "n"] {
        console.press(keys).await;
        console.shows("search is protected: press A to allow writes for ten minutes");
    }
    assert_eq!(server.writes().await, 0);
    console.press("A").await;
    console.shows("search is armed: writes are allowed for ten minutes.");
    console.shows("ARMED");
    console.press("d Tab Enter").await;
    console.sees("“one” in search was deleted.").await;
    assert_eq!(server.writes().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_armed_and_its_keys_are_deleted_by_name() {
    let server = one_key().await;
    let bench = Bench::new()
        .context("live", "typesense", &server)
        .line("production = true");
    let mut console = bench.open();
    console.sees("one").await;
    console.shows("PROD");
    console.press("d").await;
    console.shows("live is protected: press A");
    console.press("A d").await;
    console.shows("live is a production context.");
    console.shows("Type the name one to go on:");
    console.press("Tab Enter").await;
    console.shows("Cancelled: nothing was sent.");
    console.press("d Home").await;
    console.0.type_text("two");
    console.press("Tab Enter").await;
    console.shows("That is not the name. Nothing was sent");
    assert_eq!(server.writes().await, 0);
    console.press("Backspace Backspace Backspace").await;
    console.0.type_text("one");
    console.press("Tab Enter").await;
    console.sees("“one” in live was deleted.").await;
    assert_eq!(server.writes().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_that_signs_in_is_deleted_by_name_and_a_second_yes() {
    let mut own = key(1, "own");
    own["value_prefix"] = crate::wire::CREDENTIAL[..4].into();
    let server = typesense(&[own, key(2, "two")]).await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("own").await;
    console.rests().await;
    console.press("d").await;
    console.shows("This is the key with which search signs in: keyrack would lock");
    console.shows("Type the name own to go on:");
    console.press("Esc j d").await;
    console.hides("Type the name");
}
