//! Keys in rows of others, from keys to the wire: what is done inside goes to the row that was opened.

use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::{
    desk::Console,
    wire::{Bench, Service, json_of},
};

const MANIFEST: &str = include_str!("../manifests/nested.toml");

fn tokens() -> Value {
    json!([
        { "id": 2, "name": "deploy", "client": "cl-deploy", "expires": null },
        { "id": 5, "name": "nightly", "client": "cl-nightly", "expires": null },
    ])
}

/// A service with two accounts, of which the second has tokens, and the console on it.
async fn accounts() -> (Service, Bench, Console) {
    let server = Service::start().await;
    let all = json!({ "accounts": [
        { "id": 1, "name": "ci-bot", "role": "Viewer" },
        { "id": 2, "name": "backup", "role": "Admin" },
    ]});
    server.answer("GET", "/accounts", all).await;
    server.answer("GET", "/me", json!({ "login": "ana" })).await;
    server.answer("GET", "/accounts/1/tokens", json!([])).await;
    server.answer("GET", "/accounts/2/tokens", tokens()).await;
    let bench = Bench::new()
        .backend("accounts", MANIFEST)
        .context("acme", "accounts", &server);
    let mut console = bench.open();
    console.sees("backup").await;
    (server, bench, console)
}

fn made(request: &Request) -> ResponseTemplate {
    let mut body: Value = request.body_json().unwrap();
    body["id"] = 7.into();
    body["key"] = "sk-of-the-new-one-0123456789".into();
    json_of(201, &body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_shown_and_told_again_in_the_row_that_was_opened() {
    let (server, _bench, mut console) = accounts().await;
    console
        .press_and_see("Enter", "“ci-bot” has no tokens yet.")
        .await;
    console.press("Esc j").await;
    console.press_and_see("Enter", "nightly").await;
    console.shows("acme › API keys › backup › deploy");
    server.respond("POST", "/accounts/2/tokens", made).await;
    console
        .press_and_see("n", "New token of “backup” in acme")
        .await;
    console.0.type_text("fresh");
    console
        .press_and_see("ctrl-s", "New secret of the token “fresh”")
        .await;
    console.hides("sk-of-the-new-one");
    console
        .press_and_see("v", "sk-of-the-new-one-0123456789")
        .await;
    console.press("Enter").await;
    console.rests().await;
    let pair = json!({ "client": "cl-deploy", "key": "sk-told-again-0123456789" });
    server
        .answer("GET", "/accounts/2/tokens/2", tokens()[0].clone())
        .await;
    server.answer("GET", "/accounts/2/tokens/2/key", pair).await;
    console.press("g l").await;
    console
        .press_and_see("v", "Secret of the token “deploy”")
        .await;
    console.shows("The service tells it again when asked.");
    console.shows("client, key");
    console.press_and_see("v", "sk-told-again-0123456789").await;
    // Closing it loses nothing and asks nothing; the details are still there.
    console.press("Esc").await;
    console.hides("sk-told-again");
    console.shows("token “deploy”");
    console.press("Esc Esc").await;
    console.shows("acme › API keys › backup");
    console.hides("nightly");
    let posts = server.sent("POST").await;
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].url.path(), "/accounts/2/tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_sent_once_to_the_key_that_was_asked_about() {
    let (server, _bench, mut console) = accounts().await;
    let disable = "/accounts/2/tokens/5/disable";
    server.answer("POST", disable, json!({})).await;
    console.press("j").await;
    console.press_and_see("Enter", "nightly").await;
    console
        .press_and_see("j a", "Requests with it are refused")
        .await;
    console
        .press_and_see("Enter", "Disable the token “nightly”?")
        .await;
    console.shows("in “backup”");
    console.press("Tab").await;
    console.press_and_see("Enter", "“Disable” is done.").await;
    let posts = server.sent("POST").await;
    let paths: Vec<&str> = posts.iter().map(|it| it.url.path()).collect();
    assert_eq!(paths, [disable]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_write_is_looked_for_in_its_row() {
    let (server, _bench, mut console) = accounts().await;
    let cut = ResponseTemplate::new(503);
    server.respond("POST", "/accounts/2/tokens", cut).await;
    console.press("j").await;
    console.press_and_see("Enter", "nightly").await;
    // The whole list is known before.
    console.rests().await;
    let there = json!([{ "id": 9, "name": "fresh", "client": "cl-fresh", "expires": null }]);
    console.press_and_see("n", "New token of “backup”").await;
    console.0.type_text("fresh");
    server.answer("GET", "/accounts/2/tokens", there).await;
    console.press("ctrl-s").await;
    console
        .sees("It was done: the token is there, with the id 9.")
        .await;
    assert_eq!(server.sent("POST").await.len(), 1);
}
