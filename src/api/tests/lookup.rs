//! Lost writes looked up, and repeated: what is found, what is never claimed, what is sent.

use serde_json::json;
use wiremock::{
    Mock, ResponseTemplate,
    matchers::{method, path},
};

use super::*;
use crate::{
    api::trace::{Sighting, Trace},
    record::Moment,
};

async fn answers(server: &MockServer, verb: &str, at: &str, status: u16, body: &str, times: u64) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(ResponseTemplate::new(status).set_body_raw(body, "application/json"))
        .up_to_n_times(times)
        .mount(server)
        .await;
}

fn said(sighting: &Sighting) -> String {
    match sighting {
        Sighting::Exists(id, _) => format!("exists {}", id.as_str()),
        Sighting::Unclear(doubt) => format!("unclear: {doubt}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// A trace of a write that was sent just now.
fn trace(change: &Change) -> Trace {
    Trace::of(change, None, Moment::from(jiff::Timestamp::now()))
}

fn runai(server: &MockServer) -> Client {
    client("runai", &server.uri(), &[("bearer", CANARY)])
}

fn djinn(server: &MockServer) -> Client {
    client("djinn", &server.uri(), &[("token", CANARY)])
}

#[tokio::test]
async fn a_lost_create_is_found_by_one_list_and_nothing_is_written() {
    let server = MockServer::start().await;
    let now = jiff::Timestamp::now();
    let row = format!(
        r#"{{"accessKeys":[{{"id":"7","name":"ci","clientId":"c","createdAt":"{now}","lastLogin":null}}]}}"#
    );
    answers(&server, "GET", "/api/v1/access-keys", 200, &row, 1).await;
    let client = runai(&server);
    let change = change(
        &client,
        "access-keys",
        Verb::Create,
        None,
        json!({"name": "ci"}),
    );
    assert_eq!(said(&client.look(&trace(&change)).await), "exists 7");
    assert_eq!(got(&server).await, ["GET /api/v1/access-keys"]);
}

#[tokio::test]
async fn a_list_that_cannot_be_had_tells_nothing() {
    let server = MockServer::start().await;
    answers(
        &server,
        "GET",
        "/api/v1/access-keys",
        403,
        r#"{"message":"no"}"#,
        9,
    )
    .await;
    let client = runai(&server);
    for (verb, id) in [(Verb::Create, None), (Verb::Delete, Some("7"))] {
        let change = change(&client, "access-keys", verb, id, json!({}));
        assert_eq!(
            said(&client.look(&trace(&change)).await),
            "unclear: no (403)"
        );
    }
}

#[tokio::test]
async fn following_ends_as_soon_as_the_row_is_there() {
    let server = MockServer::start().await;
    let row = r#"{"keys":[{"id":3,"description":"d","value_prefix":"abcd","actions":["*"],"collections":["*"],"expires_at":1}]}"#;
    answers(&server, "GET", "/keys", 200, r#"{"keys":[]}"#, 2).await;
    answers(&server, "GET", "/keys", 200, row, 9).await;
    let client = client("typesense", &server.uri(), &[("api_key", CANARY)]);
    let mut change = change(
        &client,
        "keys",
        Verb::Create,
        None,
        json!({"description": "d"}),
    );
    let value = FieldValue::Secret(secret("abcd-and-many-more-characters"));
    change.values.insert("value".to_owned(), value);
    let mut told = Vec::new();
    let waits = [std::time::Duration::from_millis(1); 5];
    let mut tell = |round, of| told.push((round, of));
    let found = client.follow(&trace(&change), &waits, &mut tell).await;
    assert_eq!(said(&found), "exists 3");
    assert_eq!(told, [(1, 5), (2, 5), (3, 5)]);
    assert_eq!(got(&server).await, ["GET /keys"; 3]);
}

#[tokio::test]
async fn a_lost_rotation_is_not_looked_for_because_nothing_would_show_it() {
    let server = MockServer::start().await;
    let client = runai(&server);
    let change = change(&client, "access-keys", Verb::Rotate, Some("7"), json!({}));
    let waits = super::super::client::look::WAITS;
    let found = client.follow(&trace(&change), &waits, &mut |_, _| {}).await;
    assert!(said(&found).starts_with("unclear: no list shows which secret"));
    assert_eq!(got(&server).await.len(), 0);
}

#[tokio::test]
async fn a_lost_update_is_looked_up_in_the_row_itself() {
    for (config, wanted) in [("Host a", "same"), ("Host b", "different")] {
        let server = MockServer::start().await;
        let row = json!({"id": 10, "name": "a", "config": config}).to_string();
        answers(&server, "GET", "/keys/10", 200, &row, 1).await;
        let client = djinn(&server);
        let values = json!({"config": "Host a"});
        let change = change(&client, "keys", Verb::Update, Some("10"), values);
        assert_eq!(said(&client.look(&trace(&change)).await), wanted);
        assert_eq!(got(&server).await, ["GET /keys/10"]);
    }
}

/// What Djinn answers to anything that its token may not do.
const NOT_FOUND: &str = r#"{"message":"Not Found"}"#;

#[tokio::test]
async fn a_bad_token_of_djinn_never_makes_a_key_look_deleted() {
    let server = MockServer::start().await;
    answers(&server, "DELETE", "/keys/10", 404, NOT_FOUND, 9).await;
    answers(&server, "GET", "/keys", 404, NOT_FOUND, 9).await;
    answers(&server, "GET", "/user", 404, NOT_FOUND, 9).await;
    let client = djinn(&server);
    let change = change(&client, "keys", Verb::Delete, Some("10"), json!({}));
    // The first try was lost; the repeat gets the 404 of a bad token.
    assert_eq!(told(&client.repeat(&change).await).0, "earlier");
    let target = change.target.as_ref().expect("a target");
    assert!(client.gone(&change.resource, &target.id).await.is_err());
    assert_eq!(
        said(&client.look(&trace(&change)).await),
        "unclear: Not Found (404)"
    );
    let deletes = got(&server)
        .await
        .iter()
        .filter(|line| line.starts_with("DELETE"))
        .count();
    assert_eq!(deletes, 1);
}

#[tokio::test]
async fn an_empty_list_proves_an_absence_only_with_a_check_that_succeeds() {
    for (status, body, wanted) in [
        (200, r#"{"username":"me"}"#, "absent"),
        (404, NOT_FOUND, "unclear: Not Found (404)"),
    ] {
        let server = MockServer::start().await;
        answers(&server, "GET", "/keys", 200, "[]", 9).await;
        answers(&server, "GET", "/user", status, body, 9).await;
        let client = djinn(&server);
        let change = change(&client, "keys", Verb::Delete, Some("10"), json!({}));
        assert_eq!(said(&client.look(&trace(&change)).await), wanted);
        let id = &change.target.as_ref().expect("a target").id;
        assert_eq!(
            client.gone(&change.resource, id).await.ok(),
            (status == 200).then_some(true)
        );
        assert_eq!(got(&server).await, ["GET /keys", "GET /user"].repeat(2));
    }
}

#[tokio::test]
async fn a_list_that_is_cut_is_no_proof_and_the_row_itself_is() {
    let rows: Vec<Value> = (0..3)
        .map(|id| json!({"id": id.to_string(), "name": "n"}))
        .collect();
    let list = "call = \"GET /keys\"";
    for (status, body, wanted) in [
        (404, r#"{"message":"gone"}"#, "absent"),
        (200, r#"{"id":"7","name":"n"}"#, "present"),
        (
            500,
            r#"{"message":"down"}"#,
            "unclear: the list may not be whole: stopped at 2 rows (rows under [limits])",
        ),
    ] {
        let server = MockServer::start().await;
        answers(&server, "GET", "/keys", 200, &json!(rows).to_string(), 9).await;
        answers(&server, "GET", "/keys/7", status, body, 9).await;
        let mut connection = connection(small(list, OPS), &server.uri());
        connection.limits.rows = 2;
        let client = with(connection, &[("token", CANARY)]);
        let change = change(&client, "keys", Verb::Delete, Some("7"), json!({}));
        assert_eq!(said(&client.look(&trace(&change)).await), wanted);
    }
}

#[tokio::test]
async fn a_conflict_is_taken_on_the_first_try_and_earlier_on_the_one_behind_an_unknown() {
    let conflict = r#"{"message": "API key generation conflict."}"#;
    let server = MockServer::start().await;
    answers(&server, "POST", "/keys", 409, conflict, 9).await;
    let client = client("typesense", &server.uri(), &[("api_key", CANARY)]);
    let change = change(
        &client,
        "keys",
        Verb::Create,
        None,
        json!({"description": "d"}),
    );
    let words = "API key generation conflict. (409)".to_owned();
    assert_eq!(
        told(&client.send(&change).await),
        ("not done", words.clone())
    );
    assert_eq!(told(&client.repeat(&change).await), ("earlier", words));
    assert_eq!(got(&server).await, ["POST /keys"; 2]);
}

#[tokio::test]
async fn djinns_name_that_exists_is_earlier_too_under_whatever_field_it_is_told() {
    for body in [
        r#"{"name":["Name already exists"]}"#,
        r#"{"key":["Name already exists"]}"#,
    ] {
        let server = MockServer::start().await;
        answers(&server, "POST", "/keys", 400, body, 9).await;
        let client = djinn(&server);
        let values = json!({"name": "a", "key": "x"});
        let change = change(&client, "keys", Verb::Create, None, values);
        assert_eq!(told(&client.send(&change).await).0, "not done", "{body}");
        assert_eq!(told(&client.repeat(&change).await).0, "earlier", "{body}");
    }
}

#[tokio::test]
async fn any_other_refusal_of_a_repeat_leaves_the_first_try_unknown() {
    let verbs = [
        (Verb::Create, "POST", "/keys", None),
        (Verb::Update, "PATCH", "/keys/7", Some("7")),
        (Verb::Delete, "DELETE", "/keys/7", Some("7")),
    ];
    for (verb, method, at, id) in verbs {
        for status in [400, 401, 403, 422, 429, 503] {
            let server = MockServer::start().await;
            answers(&server, method, at, status, "{}", 9).await;
            let client = small_client("call = \"GET /keys\"", &server.uri());
            let change = change(&client, "keys", verb, id, json!({}));
            assert_eq!(
                told(&client.repeat(&change).await).0,
                "unknown",
                "{method} {status}"
            );
        }
    }
    let (nobody, refusing) = (
        small_client("call = \"GET /keys\"", "http://127.0.0.1:1"),
        MockServer::start().await,
    );
    let lost = change(&nobody, "keys", Verb::Create, None, json!({}));
    assert_eq!(told(&nobody.repeat(&lost).await).0, "unknown");
    answers(&refusing, "DELETE", "/keys/7", 404, "{}", 9).await;
    let client = small_client("call = \"GET /keys\"", &refusing.uri());
    let gone = change(&client, "keys", Verb::Delete, Some("7"), json!({}));
    assert_eq!(told(&client.repeat(&gone).await).0, "earlier");
}

#[tokio::test]
async fn every_write_has_a_connection_of_its_own() {
    let server = Raw::start(|_, _| Some(json_answer())).await;
    let client = small_client("call = \"GET /keys\"", &server.url);
    list(&client, "keys").await;
    for (verb, id) in [
        (Verb::Create, None),
        (Verb::Update, Some("7")),
        (Verb::Delete, Some("7")),
    ] {
        client
            .send(&change(&client, "keys", verb, id, json!({})))
            .await;
    }
    list(&client, "keys").await;
    // One for each write; both lists share one.
    assert_eq!((server.connections(), server.requests().len()), (4, 5));
}

fn json_answer() -> Vec<u8> {
    super::json("[]")
}

#[test]
fn looking_can_go_on_beside_the_screen() {
    fn is_send<T: Send>(_: T) {}
    let client = small_client("call = \"GET /keys\"", "http://127.0.0.1:1");
    let change = change(&client, "keys", Verb::Create, None, json!({}));
    let trace = trace(&change);
    is_send(client.follow(&trace, &[], &mut |_, _| {}));
    is_send(client.look(&trace));
    let key = secret("x");
    is_send(client.prove(&change.resource, &key, None));
}
