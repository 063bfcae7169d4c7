//! Lists that are slow, fail, are cut or are hostile: the screen stays of use and says what it is.

use std::time::Duration;

use serde_json::{Value, json};

use crate::wire::{Bench, access_key, json_of, key, runai, typesense};

fn minutes(body: &Value) -> wiremock::ResponseTemplate {
    json_of(200, body).set_delay(Duration::from_mins(5))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_that_fails_is_a_banner() {
    let (good, bad) = (typesense(&[key(1, "one")]).await, typesense(&[]).await);
    let trouble = json!({ "message": "Could not find a leader." });
    bad.respond("GET", "/keys", json_of(500, &trouble)).await;
    let bench = Bench::new()
        .context("good", "typesense", &good)
        .context("bad", "typesense", &bad);
    let mut console = bench.open();
    console.sees("one").await;
    console.sees("bad: Could not find a leader. (500)").await;
    console.shows("R tries again");
    console.sees("1 of 2 contexts").await;
    console.shows("one");
    bad.answer("GET", "/keys", json!({ "keys": [key(2, "two")] }))
        .await;
    // Only the one that failed is asked again.
    let asked = good.sent("GET").await.len();
    console.press_and_see("R", "two").await;
    console.rests().await;
    assert_eq!(good.sent("GET").await.len(), asked);
    console.hides("leader");
    console.hides("of 2 contexts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_context_holds_up_nothing() {
    let good = typesense(&[key(1, "one"), key(2, "two")]).await;
    let slow = typesense(&[]).await;
    slow.respond("GET", "/keys", minutes(&json!({ "keys": [] })))
        .await;
    let bench =
        Bench::new()
            .context("good", "typesense", &good)
            .context("slow", "typesense", &slow);
    let mut console = bench.open();
    console.sees("two").await;
    console.shows("reading");
    console.press("j").await;
    assert!(console.selected().contains("two"));
    console.press("/").await;
    console.0.type_text("one");
    console.shows("1 of 2 shown");
    console.press("Esc d Tab Enter").await;
    console.sees("was not deleted").await;
    console.press("Esc q").await;
    assert_eq!(console.0.exit, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn older_rows_stay_while_a_list_is_read_again_and_when_that_fails() {
    let server = typesense(&[key(1, "one"), key(2, "two")]).await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("two").await;
    console.rests().await;
    server
        .respond("GET", "/keys", minutes(&json!({ "keys": [] })))
        .await;
    console.press("j ctrl-r").await;
    console.shows("reading");
    console.shows("one");
    assert!(console.selected().contains("two"));
    let trouble = json!({ "message": "Something is wrong" });
    server.respond("GET", "/keys", json_of(500, &trouble)).await;
    console.press_and_see("ctrl-r", "Something is wrong").await;
    console.shows("the older rows stay");
    assert!(console.selected().contains("two"));
    server.answer("GET", "/keys", json!({ "keys": [] })).await;
    console
        .press_and_see("ctrl-r", "There is nothing under API keys yet.")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_may_be_cut_says_so_and_offers_the_server_filter() {
    let all: Vec<Value> = (0..100)
        .map(|id| access_key(id, &format!("key-{id}")))
        .collect();
    let server = runai(&[], &all).await;
    let bench = Bench::new().context("cluster", "runai", &server);
    let mut console = bench.open();
    console.press_and_see("4", "100 keys").await;
    console.rests().await;
    console.shows("cluster: ");
    console.shows("100");
    console.shows("F server filter");
    console.sees("filter").await;
    console.press("F").await;
    console.0.type_text("client-0042&createdBy=x");
    console.press("ctrl-s").await;
    console.rests().await;
    let asked = server.sent("GET").await;
    let last = asked
        .last()
        .unwrap()
        .url
        .query_pairs()
        .into_owned()
        .collect::<Vec<_>>();
    assert_eq!(
        last,
        [("clientId".to_owned(), "client-0042&createdBy=x".to_owned())]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_api_is_used_and_said() {
    let server = crate::wire::Service::start().await;
    server
        .answer(
            "GET",
            "/api/v1/user-applications",
            json!([access_key(1, "older")]),
        )
        .await;
    let made = json!({ "id": "id-2", "clientId": "client-0002", "name": "newer", "secret": "older-secret-7781" });
    server
        .respond("POST", "/api/v1/user-applications", json_of(201, &made))
        .await;
    let bench = Bench::new().context("cluster", "runai", &server);
    let mut console = bench.open();
    console.sees("older").await;
    console.sees("over user applications (2.20 to 2.23)").await;
    console.press("n").await;
    console.0.type_text("newer");
    console.press("ctrl-s").await;
    console.sees("New secret of the access key “newer”").await;
    console.press("v").await;
    console.shows("older-secret-7781");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_is_shown_with_its_marks_everywhere() {
    let name = "good\u{202e}txt.exe\u{9b}31m\nnext\u{200b}";
    let server = typesense(&[key(1, name)]).await;
    server.answer("GET", "/keys/1", key(1, name)).await;
    server.answer("DELETE", "/keys/1", json!({ "id": 1 })).await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    let shown = "good‹U+202E›txt.exe‹U+009B›31m␊next‹U+200B›";
    let clean = |screen: &str| {
        screen.chars().all(|c| {
            !['\u{202e}', '\u{200b}', '\u{9b}'].contains(&c) && (c == '\n' || !c.is_control())
        })
    };
    console.sees("good‹U+202E›").await;
    assert!(clean(&console.screen()));
    for keys in ["Enter", "Esc C", "Esc d"] {
        console.press(keys).await;
        console.rests().await;
        if keys != "Esc C" {
            console.shows(shown);
        }
        assert!(clean(&console.screen()), "{keys}: {}", console.screen());
    }
    console.shows("id 1");
    console.press("Tab Enter").await;
    console.sees("was deleted").await;
    assert!(clean(&console.screen()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_makes_no_sense_does_not_take_the_others_along() {
    let server = typesense(&[
        key(1, "one"),
        json!({ "id": {}, "description": 7 }),
        key(3, "three"),
    ])
    .await;
    let bench = Bench::new().context("search", "typesense", &server);
    let mut console = bench.open();
    console.sees("three").await;
    console.shows("one");
    console.shows("unreadable row");
}
