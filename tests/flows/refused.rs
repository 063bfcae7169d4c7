//! What a refusal looks like: at its field, with what was typed kept, and with what to do next.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::{
    desk::Console,
    wire::{Bench, access_key, chutes, djinn, json_of, key, runai, ssh_key, typesense},
};

/// The line of the screen with this text.
fn line(console: &Console, text: &str) -> usize {
    let screen = console.screen();
    let at = screen.lines().position(|line| line.contains(text));
    at.unwrap_or_else(|| panic!("no {text:?}:\n{screen}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_djinn_stand_at_their_fields() {
    let server = djinn(&[ssh_key(1, "id_one", "")]).await;
    let refusal = json!({ "name": ["Name already exists"], "key": ["Key ssh: no key found"] });
    server
        .respond("POST", "/keys", json_of(400, &refusal))
        .await;
    let bench = Bench::new().context("ci", "djinn", &server);
    let mut console = bench.open();
    console.sees("id_one").await;
    console.press("n").await;
    console.0.type_text("id_two");
    console.press("Tab Tab").await;
    console.0.paste(include_str!("../fixtures/ssh/pkcs8.key"));
    console.press("Tab").await;
    console.0.type_text("Host kept");
    console.press("ctrl-s").await;
    console.sees("Name already exists").await;
    console.shows("Key ssh: no key found");
    let lines = [
        "id_two",
        "Name already exists",
        "119 characters",
        "no key found",
        "Host kept",
    ];
    let at: Vec<usize> = lines.iter().map(|text| line(&console, text)).collect();
    assert!(at.is_sorted(), "{at:?}\n{}", console.screen());
    console.shows("the service refused the marked fields");
    // The corrected form is sent as a new attempt.
    let made = ssh_key(2, "id_three", "Host kept");
    server.respond("POST", "/keys", json_of(201, &made)).await;
    console.press("ctrl-u").await;
    console.0.type_text("id_three");
    console.press("ctrl-s").await;
    console.sees("“id_three” in ci was created.").await;
    let bodies: Vec<Value> = server
        .sent("POST")
        .await
        .iter()
        .map(|it| it.body_json().unwrap())
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[1]["name"], "id_three");
    assert_eq!(bodies[1]["config"], "Host kept");
    assert_eq!(bodies[1]["key"], bodies[0]["key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_echo_of_the_request_is_not_repeated() {
    let server = chutes(&[], &[]).await;
    let refusal = json!({ "detail": [{
        "type": "string_too_short", "loc": ["body", "value"], "input": "hf_canary_55102",
        "msg": "Value is not a token",
    }] });
    server
        .respond("POST", "/secrets/", json_of(422, &refusal))
        .await;
    let bench = Bench::new().context("chutes", "chutes", &server);
    let mut console = bench.open();
    console
        .press_and_see("2", "There is nothing under Secrets yet.")
        .await;
    console.press("n").await;
    console.0.type_text("HF_TOKEN");
    console.press("Tab").await;
    console.0.type_text("my-chute");
    console.press("Tab").await;
    console.0.type_text("hf_canary_55102");
    console.press("ctrl-s").await;
    console.sees("Value is not a token").await;
    console.hides("canary");
    assert!(line(&console, "15 characters") < line(&console, "Value is not a token"));
    console.shows("HF_TOKEN");
    console.shows("my-chute");
    let body: Value = server.sent("POST").await[0].body_json().unwrap();
    assert_eq!(body["value"], "hf_canary_55102");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_refused_says_what_to_do() {
    let server = typesense(&[]).await;
    let refusal =
        json!({ "message": "Forbidden - a valid `x-typesense-api-key` header must be sent." });
    server.respond("GET", "/keys", json_of(401, &refusal)).await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("Forbidden - a valid").await;
    console.shows("keyrack context check");
    console.hides(crate::wire::CREDENTIAL);
    // The same at a write, from a list that could be read.
    server
        .answer("GET", "/keys", json!({ "keys": [key(1, "one")] }))
        .await;
    server
        .respond("DELETE", "/keys/1", json_of(401, &refusal))
        .await;
    console.press_and_see("ctrl-r", "one").await;
    console.rests().await;
    console.press("d Tab Enter").await;
    console.sees("was not deleted").await;
    console.shows("(401)");
    console.shows("Check the credential of this context");
    assert_eq!(server.writes().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_said_by_the_console_or_by_the_service() {
    let server = runai(&[access_key(1, "agent")], &[]).await;
    let refusal = json!({ "code": 409, "message": "Resource with this name already exists" });
    server
        .respond("POST", "/api/v1/access-keys", json_of(409, &refusal))
        .await;
    let bench = Bench::new().context("cluster", "runai", &server);
    let mut console = bench.open();
    console.sees("agent").await;
    console.press("n").await;
    console.0.type_text("agent");
    console.press("ctrl-s").await;
    console.shows("This name is taken");
    assert_eq!(server.writes().await, 0);
    console.0.type_text("-2");
    console.press("ctrl-s").await;
    console.sees("Resource with this name already exists").await;
    console.shows("Choose another name");
    console.shows("agent-2");
    assert_eq!(server.writes().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn djinns_one_404_is_told_as_what_it_may_be() {
    let server = djinn(&[]).await;
    let refusal = json_of(404, &json!({ "message": "Not Found" }));
    server.respond("GET", "/keys", refusal).await;
    let bench = Bench::new().context("ci", "djinn", &server);
    let mut console = bench.open();
    console.sees("Not Found").await;
    console.shows("The service does not say which");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_in_place_of_the_api_says_so() {
    let server = djinn(&[]).await;
    let page =
        ResponseTemplate::new(200).set_body_raw("<html><title>Djinn</title></html>", "text/html");
    server.respond("GET", "/keys", page).await;
    let bench = Bench::new().context("ci", "djinn", &server);
    let mut console = bench.open();
    console.sees("This is a web page, not the API").await;
    console.shows("the API stand under /api?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_dropped_only_after_a_question() {
    let server = typesense(&[key(1, "one")]).await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("one").await;
    console.press("n").await;
    console.0.type_text("precious");
    console.press("Esc").await;
    console.shows("Drop what was typed?");
    console.press("Enter").await;
    console.shows("precious");
    console.press("Esc Tab Enter").await;
    console.hides("precious");
    console.hides("New API key");
    assert_eq!(server.writes().await, 0);
}
