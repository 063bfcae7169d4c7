//! A new secret is tried by using it: what proves it alive, what proves it dead, and what proves nothing.

use serde_json::json;
use wiremock::{Mock, ResponseTemplate, matchers::path};

use super::*;
use crate::{api::Proof, record::decode_item};

pub(super) fn said(proof: &Proof) -> (&'static str, &str) {
    match proof {
        Proof::Alive { by } => ("alive", by),
        Proof::Dead { why } => ("dead", why),
        Proof::Unproven { why } => ("unproven", why),
    }
}

#[track_caller]
pub(super) fn expect(proof: &Proof, class: &str, start: &str) {
    let (is, words) = said(proof);
    assert!(is == class && words.starts_with(start), "{is}: {words}");
}

/// A row as the answer to a create has it.
fn row(client: &Client, resource: &str, json: &Value) -> Rows {
    let resource = client.resource(resource);
    let op = resource.create.as_ref().expect("a create");
    let mut json = json.clone();
    let at = op
        .secret
        .as_ref()
        .and_then(|it| it.one())
        .unwrap_or("/none");
    json[at.trim_start_matches('/')] = json!("x");
    let body = json.to_string().into_bytes();
    decode_item(&resource, op, &body).expect("a row").rows
}

async fn prove(client: &Client, resource: &str, key: &str, rows: Option<&Rows>) -> Proof {
    let resource = client.resource(resource);
    let row = rows.map(|rows| rows.record(0));
    client.prove(&resource, &secret(key), row).await
}

async fn answers(server: &MockServer, at: &str, status: u16, body: &str) {
    Mock::given(path(at))
        .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
        .mount(server)
        .await;
}

const NEW: &str = "brand-new-1f9d27";

#[tokio::test]
async fn the_new_key_alone_is_sent() {
    let server = MockServer::start().await;
    answers(&server, "/api_keys/", 200, "{}").await;
    let seed = "11".repeat(32);
    for own in [("api_key", CANARY), ("hotkey", &seed)] {
        let client = client("chutes", &server.uri(), &[own]);
        let proof = prove(&client, "api_keys", NEW, None).await;
        expect(&proof, "alive", "GET /api_keys/ let it in (200)");
    }
    let requests = server.received_requests().await.expect("recorded");
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(line(&request), "GET /api_keys/?limit=1");
        assert_eq!(
            request.headers["authorization"],
            format!("Bearer {NEW}").as_str()
        );
        assert!(
            !format!("{:?}", request.headers)
                .to_lowercase()
                .contains("hotkey")
        );
    }
}

#[tokio::test]
async fn a_new_client_secret_signs_in_also_where_the_context_has_a_bearer() {
    for own in [
        vec![("bearer", CANARY)],
        vec![("client_id", "mine"), ("client_secret", CANARY)],
        vec![
            ("bearer", CANARY),
            ("client_id", "mine"),
            ("client_secret", CANARY),
        ],
    ] {
        let server = MockServer::start().await;
        answers(&server, "/api/v2/token", 200, r#"{"access_token":"t"}"#).await;
        let client = client("runai", &server.uri(), &own);
        let rows = row(
            &client,
            "access-keys",
            &json!({"id": "1", "clientId": "new-id"}),
        );
        let proof = prove(&client, "access-keys", NEW, Some(&rows)).await;
        expect(&proof, "alive", "it signed in");
        let requests = server.received_requests().await.expect("recorded");
        let sent: Vec<_> = requests
            .iter()
            .map(|it| String::from_utf8_lossy(&it.body))
            .collect();
        let body = format!("grant_type=client_credentials&client_id=new-id&client_secret={NEW}");
        assert_eq!(sent, [body]);
    }
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_dead_and_one_that_is_not_well_proves_nothing() {
    let invalid = format!(r#"{{"error":"invalid_client","error_description":"bad {NEW}"}}"#);
    for (status, class, words) in [
        (401, "dead", "signing in was refused: bad [redacted] (401)"),
        (400, "dead", "signing in was refused: bad [redacted] (400)"),
        (429, "unproven", "The sign-in is busy"),
        (503, "unproven", "The sign-in is not available"),
    ] {
        let server = MockServer::start().await;
        answers(&server, "/api/v2/token", status, &invalid).await;
        let client = client("runai", &server.uri(), &[("bearer", CANARY)]);
        let rows = row(
            &client,
            "access-keys",
            &json!({"id": "1", "clientId": "new-id"}),
        );
        let proof = prove(&client, "access-keys", NEW, Some(&rows)).await;
        expect(&proof, class, words);
        // A login is never tried again by itself.
        assert_eq!(got(&server).await, ["POST /api/v2/token"]);
    }
}

#[tokio::test]
async fn what_a_proof_needs_and_does_not_have_is_said_and_nothing_is_sent() {
    let server = MockServer::start().await;
    let client = client("runai", &server.uri(), &[("bearer", CANARY)]);
    let nameless = row(&client, "access-keys", &json!({"id": "1"}));
    for rows in [None, Some(&nameless)] {
        let proof = prove(&client, "access-keys", NEW, rows).await;
        let words =
            "Nothing was sent: the Client ID of the new access key is not known. Sign in with";
        expect(&proof, "unproven", words);
    }
    let proof = prove(&client, "administration", NEW, None).await;
    let words = "NVIDIA Run:ai has nothing by which a new access key can be tried here.";
    expect(&proof, "unproven", words);
    assert_eq!(got(&server).await.len(), 0);
}

/// The rows of a new key of Typesense with these collections, and its proof where both reads answer so.
async fn typesense(
    list: u16,
    search: u16,
    media: &str,
    collections: Value,
) -> (Proof, Vec<String>) {
    let server = MockServer::start().await;
    let body = match media {
        "text/html" => format!("<p>no {NEW}</p>"),
        _ => format!(r#"{{"message":"no {NEW}"}}"#),
    };
    for (at, status) in [("^/keys$", list), ("^/collections/", search)] {
        Mock::given(wiremock::matchers::path_regex(at))
            .respond_with(ResponseTemplate::new(status).set_body_raw(body.clone(), media))
            .mount(&server)
            .await;
    }
    let client = client("typesense", &server.uri(), &[("api_key", CANARY)]);
    let key = json!({"id": 1, "description": "d", "actions": ["x"], "collections": collections});
    let rows = row(&client, "keys", &key);
    let proof = prove(&client, "keys", NEW, Some(&rows)).await;
    (proof, got(&server).await)
}

#[tokio::test]
async fn the_first_read_that_proves_something_decides() {
    const JSON: &str = "application/json";
    let (proof, sent) = typesense(200, 200, JSON, json!(["companies"])).await;
    expect(&proof, "alive", "GET /keys let it in (200)");
    assert_eq!(sent, ["GET /keys"]);
    for status in [200, 400, 404] {
        let (proof, sent) = typesense(401, status, JSON, json!(["companies", "other"])).await;
        let words = format!("GET /collections/companies/documents/search let it in ({status})");
        expect(&proof, "alive", &words);
        let search = "GET /collections/companies/documents/search?q=*";
        assert_eq!(sent, ["GET /keys", search]);
    }
}

#[tokio::test]
async fn a_status_that_stands_in_neither_list_proves_nothing_and_is_not_asked_for_again() {
    const JSON: &str = "application/json";
    for status in [401, 403, 429, 500, 503] {
        let (proof, sent) = typesense(status, status, JSON, json!(["*"])).await;
        let (class, words) = said(&proof);
        assert_eq!((class, sent.len()), ("unproven", 2), "{words}");
        assert!(
            words.contains("answered ") && words.ends_with("delete the old one."),
            "{words}"
        );
        assert!(!words.contains(NEW), "{words}");
    }
    let (proof, sent) = typesense(401, 404, "text/html", json!(["*"])).await;
    let words = said(&proof).1;
    assert!(
        words.contains("documents/search answered 404: this is a web page"),
        "{words}"
    );
    assert_eq!(sent.len(), 2);
    // Without a collection there is nothing to put into the path.
    let (proof, sent) = typesense(401, 404, JSON, json!([])).await;
    assert_eq!((said(&proof).0, sent.len()), ("unproven", 1));
}

#[tokio::test]
async fn a_field_of_the_row_is_one_segment_of_the_path() {
    for (collection, segment) in [("a/b?c#d", "a%2Fb%3Fc%23d"), ("logs_.*", "logs_.*")] {
        let (proof, sent) = typesense(401, 404, "application/json", json!([collection])).await;
        assert_eq!(said(&proof).0, "alive");
        assert_eq!(
            sent[1],
            format!("GET /collections/{segment}/documents/search?q=*")
        );
    }
    let (proof, sent) = typesense(401, 404, "application/json", json!([".."])).await;
    assert_eq!((said(&proof).0, sent.len()), ("unproven", 1));
}

#[tokio::test]
async fn a_dead_status_and_a_failure_behind_a_2xx_are_told_apart_from_life() {
    let more = format!(
        "{OPS}\n[[resource.verify]]\ninput = \"token\"\ncall = \"GET /me/{{id}}\"\ndead = [401]\nhelp = \"Look.\"\n"
    );
    let manifest = small("call = \"GET /keys\"", &more);
    for (status, body, class, words) in [
        (204, "", "alive", "GET /me/7 let it in (204)"),
        (401, r#"{"message":"bad"}"#, "dead", "GET /me/7: bad (401)"),
        (
            403,
            r#"{"message":"no"}"#,
            "unproven",
            "GET /me/7 answered 403: no (403). Look.",
        ),
        (
            302,
            "",
            "unproven",
            "GET /me/7 answered 302: the server answered 302",
        ),
    ] {
        let server = MockServer::start().await;
        answers(&server, "/me/7", status, body).await;
        let client = with(
            connection(Arc::clone(&manifest), &server.uri()),
            &[("token", CANARY)],
        );
        let rows = row(&client, "keys", &json!({"id": "7", "name": "n"}));
        expect(
            &prove(&client, "keys", NEW, Some(&rows)).await,
            class,
            words,
        );
    }
}

#[tokio::test]
async fn no_connection_proves_nothing() {
    let client = client("chutes", "http://127.0.0.1:1", &[("api_key", CANARY)]);
    let proof = prove(&client, "api_keys", NEW, None).await;
    expect(
        &proof,
        "unproven",
        "Nothing was sent: no connection to 127.0.0.1",
    );
}

#[tokio::test]
async fn a_proof_keeps_no_connection_and_leaves_the_contexts_own_session_alone() {
    let server = Raw::start(|_, request| {
        Some(if request.contains("/token") {
            super::json(r#"{"access_token":"t","expires_in":3600}"#)
        } else {
            super::json(r#"{"accessKeys":[]}"#)
        })
    })
    .await;
    let own = [("client_id", "mine"), ("client_secret", CANARY)];
    let client = client("runai", &server.url, &own);
    let rows = row(
        &client,
        "access-keys",
        &json!({"id": "1", "clientId": "new-id"}),
    );
    list(&client, "access-keys").await;
    prove(&client, "access-keys", NEW, Some(&rows)).await;
    list(&client, "access-keys").await;
    let requests = server.requests();
    let logins: Vec<bool> = requests.iter().map(|it| it.contains("/token")).collect();
    // The own login, a list, the login of the proof, and a list by the token that was there.
    assert_eq!(logins, [true, false, true, false]);
    assert!(requests[2].contains(NEW) && !requests[2].contains(CANARY));
    assert_eq!(server.connections(), 3);
}
