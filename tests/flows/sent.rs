//! What is sent, as the service received it: once, to the key that was asked about, and only after an answer
//! that a person gave.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use crate::wire::{
    Bench, Service, access_key, chutes, djinn, json_of, key, runai, ssh_key, typesense,
};

/// Makes the key that it is asked for.
fn made(request: &Request) -> ResponseTemplate {
    let mut body: Value = request.body_json().unwrap();
    body["id"] = 7.into();
    json_of(201, &body)
}

async fn three_keys() -> Service {
    let server = typesense(&[key(1, "one"), key(2, "two"), key(3, "three")]).await;
    server.respond("POST", "/keys", made).await;
    for id in 1..=3 {
        let path = format!("/keys/{id}");
        server.answer("DELETE", &path, json!({ "id": id })).await;
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_confirmed_twice_is_sent_once() {
    let server = three_keys().await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("three").await;
    console.press("n").await;
    console.0.type_text("mine");
    console.press("Tab").await;
    console.0.type_text("documents:search, documents:get");
    console.press("Tab Tab Tab Tab Tab").await;
    console.0.type_ahead("Enter Enter ctrl-s Enter").unwrap();
    console.sees("New secret of the API key “mine”").await;
    console.press("v Enter").await;
    console.rests().await;
    let posts = server.sent("POST").await;
    assert_eq!(posts.len(), 1);
    assert_eq!(
        posts[0].headers["x-typesense-api-key"],
        crate::wire::CREDENTIAL
    );
    let body: Value = posts[0].body_json().unwrap();
    let value = body["value"].as_str().unwrap();
    assert_eq!(value.len(), 40);
    assert_eq!(
        body,
        json!({
            "description": "mine", "actions": ["documents:search", "documents:get"],
            "collections": ["*"], "autodelete": false, "value": value,
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_while_a_field_is_wrong() {
    let server = three_keys().await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("three").await;
    console.press("n ctrl-s").await;
    console.shows("This is needed.");
    console.0.type_text("mine");
    console.press("Tab").await;
    console.0.type_text("documents:search");
    console.press("Tab Tab").await;
    console.0.type_text("soon");
    console.press("ctrl-s").await;
    console.shows("soon");
    console.shows("mine");
    assert_eq!(server.writes().await, 0);
    console.press("ctrl-u").await;
    console.0.type_text("30d");
    console.shows("ends ");
    console.press("ctrl-s").await;
    console.sees("New secret").await;
    let body: Value = server.sent("POST").await[0].body_json().unwrap();
    let days = (body["expires_at"].as_i64().unwrap() - jiff::Timestamp::now().as_second()) / 86_400;
    assert!((29..=30).contains(&days), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_typed_before_a_question_was_drawn_answer_nothing() {
    let server = three_keys().await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("three").await;
    for keys in ["d Enter", "Tab Enter", "Left Enter Enter"] {
        console.0.type_ahead(keys).unwrap();
        console.shows("Delete the API key “one”?");
    }
    console.press("Esc").await;
    console.hides("Delete the API key");
    assert_eq!(server.writes().await, 0);
    console.press("d Tab Enter").await;
    console.sees("“one” in search was deleted.").await;
    let sent = server.sent("DELETE").await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].url.path(), "/keys/1");
    assert!(sent[0].body.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn pasted_text_answers_nothing() {
    let server = three_keys().await;
    let bench = Bench::new()
        .context("search", "typesense", &server)
        .line("production = true\nwrite = \"always\"");
    let mut console = bench.open();
    console.sees("three").await;
    console.0.paste("d\t\n\n");
    console.shows("Pasted text was ignored");
    console.press("d Home").await;
    console.0.paste("one\n\n");
    console.shows("Pasted text does not confirm anything");
    console.press("Tab Enter").await;
    console.shows("Cancelled: nothing was sent.");
    assert_eq!(server.writes().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_means_the_key_that_was_asked_about() {
    let server = three_keys().await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("three").await;
    console.press("j").await;
    let moved =
        json!({ "keys": [key(0, "zero"), key(3, "three"), key(1, "one"), key(2, "renamed")] });
    server.answer("GET", "/keys", moved).await;
    console.press("ctrl-r d").await;
    console.shows("Delete the API key “two”?");
    console.sees("zero").await;
    console.shows("Delete the API key “two”?");
    console.shows("id 2");
    console.press("Tab Enter").await;
    console.sees("“two” in search was deleted.").await;
    let sent = server.sent("DELETE").await;
    let paths: Vec<&str> = sent.iter().map(|it| it.url.path()).collect();
    assert_eq!(paths, ["/keys/2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_at_djinn_sends_the_config_alone() {
    let keys = [
        ssh_key(10, "id_deploy", "Host old"),
        ssh_key(11, "id_other", ""),
    ];
    let server = djinn(&keys).await;
    server
        .respond("PATCH", "/keys/10", json_of(200, &keys[0]))
        .await;
    let bench = Bench::new().context("ci", "djinn", &server);
    let mut console = bench.open();
    console.sees("id_deploy").await;
    console.press("e ctrl-u").await;
    console.0.paste("Host new\n  User git\n");
    console.press("ctrl-s").await;
    console.sees("“id_deploy” in ci was changed.").await;
    console.rests().await;
    console.press("Esc e ctrl-u Backspace ctrl-s").await;
    console.sees("“id_deploy” in ci was changed.").await;
    let sent = server.sent("PATCH").await;
    let bodies: Vec<Value> = sent.iter().map(|it| it.body_json().unwrap()).collect();
    assert_eq!(
        bodies,
        [
            json!({ "config": "Host new\n  User git\n" }),
            json!({ "config": "\n" })
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regeneration_has_no_body_and_is_sent_once() {
    let server = runai(&[access_key(1, "agent")], &[]).await;
    let path = "/api/v1/access-keys/id-1/secret";
    server
        .answer("POST", path, json!({ "clientSecret": "regenerated-4471" }))
        .await;
    let bench = Bench::new().context("cluster", "runai", &server);
    let mut console = bench.open();
    console.sees("agent").await;
    console.press("r Down Enter Enter Home").await;
    console.0.type_text("agent");
    console.press("Enter Enter").await;
    console.sees("New secret of the access key “agent”").await;
    console.shows("client-0001");
    let sent = server.sent("POST").await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].url.path(), path);
    assert!(sent[0].body.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_are_sent_as_a_list_of_records() {
    let server = chutes(&[], &[]).await;
    let made = json!({
        "api_key_id": "a37b3065-fb45-41c0-aa53-e5e04af4edc0", "name": "two scopes", "admin": false,
        "scopes": [], "created_at": "2026-11-20T23:53:54", "secret_key": "cpk_shown.once.only",
    });
    server.answer("POST", "/api_keys/", made).await;
    let bench = Bench::new().context("chutes", "chutes", &server);
    let mut console = bench.open();
    console.sees("There is nothing under API keys yet.").await;
    console.press("n").await;
    console.0.type_text("two scopes");
    console.press("Tab Tab ctrl-n").await;
    console.0.type_text("chutes");
    console.press("Tab").await;
    console.0.type_text("some-chute");
    console.press("Tab Right ctrl-n").await;
    console.0.type_text("images");
    console.press("ctrl-n").await;
    console.0.type_text("mistaken");
    console.press("ctrl-x ctrl-s").await;
    console.sees("New secret").await;
    let body: Value = server.sent("POST").await[0].body_json().unwrap();
    assert_eq!(
        body,
        json!({ "name": "two scopes", "admin": false, "scopes": [
            { "object_type": "chutes", "object_id": "some-chute", "action": "invoke" },
            { "object_type": "images", "object_id": null, "action": null },
        ] })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_while_a_write_is_on_its_way_asks() {
    let server = three_keys().await;
    let slow = json_of(200, &json!({ "id": 1 })).set_delay(Duration::from_mins(5));
    server.respond("DELETE", "/keys/1", slow).await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("three").await;
    console.press("d Tab Enter").await;
    console.shows("is on its way");
    // Keys work meanwhile.
    console.press("j").await;
    assert!(console.selected().contains("two"));
    console.press("q").await;
    console.shows("Leave while a write is on its way?");
    console.press("Enter").await;
    assert_eq!(console.0.exit, None);
    console.press("q Tab Enter").await;
    assert_eq!(console.0.exit, Some(0));
}
