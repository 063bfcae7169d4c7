//! Lost deletions at a service whose 404 may mean the credential: nothing is said to be gone that no whole
//! list of a good credential shows to be gone.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::{
    desk::Console,
    wire::{Bench, Service, djinn, json_of, ssh_key},
};

/// Asks for a deletion whose answer is lost.
async fn lost_deletion() -> (Service, Console, Bench) {
    let server = djinn(&[ssh_key(1, "id_one", ""), ssh_key(2, "id_two", "")]).await;
    server
        .respond("DELETE", "/keys/1", ResponseTemplate::new(502))
        .await;
    let bench = Bench::new().context("ci", "djinn", &server);
    let mut console = bench.open();
    console.sees("id_two").await;
    console.press("d").await;
    console.shows("Delete the SSH key “id_one”?");
    (server, console, bench)
}

async fn looked_in_vain(console: &mut Console) {
    for round in ["3 of 5", "5 of 5"] {
        console.sees(round).await;
    }
    console.sees("It could not be found out").await;
    console.hides("was deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_a_bad_token_gets_too_is_no_proof_that_a_key_is_gone() {
    let (server, mut console, _bench) = lost_deletion().await;
    // The token is withdrawn: lists are empty, and everything else is not found.
    let nothing = || json_of(404, &json!({ "message": "Not found" }));
    server.answer("GET", "/keys", json!([])).await;
    for path in ["/user", "/keys/1"] {
        server.respond("GET", path, nothing()).await;
    }
    console.press("Tab Enter").await;
    console.sees("unknown").await;
    looked_in_vain(&mut console).await;
    server.respond("DELETE", "/keys/1", nothing()).await;
    console.press("Down Down Enter").await;
    looked_in_vain(&mut console).await;
    assert_eq!(server.sent("DELETE").await.len(), 2);
    // The token is good again, and the key is not there: that is a proof.
    server
        .answer("GET", "/keys", json!([ssh_key(2, "id_two", "")]))
        .await;
    server
        .answer(
            "GET",
            "/user",
            json!({ "username": "me", "email": "me@example.com" }),
        )
        .await;
    console.press("Down Enter").await;
    console.sees("“id_one” in ci was deleted.").await;
    assert_eq!(server.sent("DELETE").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_still_listed_after_a_refused_repeat_is_not_gone() {
    let (server, mut console, _bench) = lost_deletion().await;
    console.press("Tab Enter").await;
    console.sees("The SSH key is still in the list.").await;
    let refused = json_of(404, &json!({ "message": "Not found" }));
    server.respond("DELETE", "/keys/1", refused).await;
    console.press("Down Down Enter").await;
    console.sees("5 of 5").await;
    console.sees("The SSH key is still in the list.").await;
    console.hides("was deleted");
    assert_eq!(server.sent("DELETE").await.len(), 2);
}
