//! What is looked at before it is sent is what is sent: the same line, headers and body; and while it is
//! looked at nothing is sent.

use std::collections::BTreeMap;

use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::*;
use crate::api::{client::rehearse::Rehearsed, request};

/// A request as it can be compared: the line, the headers without those of the transport, the body.
type Seen = (String, BTreeMap<String, String>, String);

fn seen(method: &str, url: &url::Url, headers: &reqwest::header::HeaderMap, body: &[u8]) -> Seen {
    let query = url.query().map(|query| format!("?{query}"));
    let line = format!("{method} {}{}", url.path(), query.unwrap_or_default());
    let headers = headers.iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .filter(|(name, _)| !["host", "content-length"].contains(&name.as_str()));
    (
        line,
        headers.collect(),
        String::from_utf8_lossy(body).into_owned(),
    )
}

fn looked_at(request: &request::Request) -> Seen {
    let body = request.body.as_ref();
    let body = body.map(|body| body.bytes.to_vec()).unwrap_or_default();
    seen(
        request.method.as_str(),
        &request.url,
        &request.headers,
        &body,
    )
}

async fn sent(server: &MockServer) -> Vec<Seen> {
    let requests = server.received_requests().await.unwrap();
    let requests = requests.iter();
    requests
        .map(|it| seen(it.method.as_str(), &it.url, &it.headers, &it.body))
        .collect()
}

fn rehearsing(manifest: Arc<Manifest>, url: &str, credential: &[(&str, &str)]) -> Client {
    let gives = |name: &str| format!("captured-{name}");
    let connection = Arc::new(connection(manifest, url));
    Client::rehearsing(connection, inputs(credential), None, &gives).unwrap()
}

async fn answering(body: Value) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn a_write_is_looked_at_as_it_is_sent() {
    let (silent, server) = (MockServer::start().await, answering(json!({"id": 1})).await);
    let credential = [("api_key", CANARY)];
    let looks = rehearsing(builtin("typesense"), &silent.uri(), &credential);
    let sends = client("typesense", &server.uri(), &credential);
    let values = json!({"description": "a \"b\"", "actions": ["*"], "collections": ["c/d"]});
    for (verb, id) in [(Verb::Create, None), (Verb::Delete, Some("7"))] {
        let values = if id.is_none() {
            values.clone()
        } else {
            json!({})
        };
        let change = change(&sends, "keys", verb, id, values);
        let requests = looks.rehearse(Rehearsed::Write(&change)).await.unwrap();
        sends.send(&change).await;
        let last = sent(&server).await.pop().unwrap();
        assert_eq!(requests.iter().map(looked_at).collect::<Vec<_>>(), [last]);
    }
    assert_eq!(got(&silent).await, [""; 0]);
}

#[tokio::test]
async fn reads_are_looked_at_as_they_are_sent_and_the_login_comes_first() {
    let silent = MockServer::start().await;
    let server = answering(json!({"access_token": "captured-token", "accessKeys": []})).await;
    let credential = [("client_id", "me"), ("client_secret", CANARY)];
    let looks = rehearsing(builtin("runai"), &silent.uri(), &credential);
    let sends = client("runai", &server.uri(), &credential);
    let resource = Arc::new(Resource {
        alternatives: Vec::new(),
        ..(*sends.resource("access-keys")).clone()
    });
    let query = Query {
        resource: Arc::clone(&resource),
        filters: BTreeMap::new(),
    };
    let requests = looks
        .rehearse(Rehearsed::List(&query, 1, ""))
        .await
        .unwrap();
    let _ = sends.list(&query, &mut |_| {}).await;
    assert_eq!(
        requests.iter().map(looked_at).collect::<Vec<_>>(),
        sent(&server).await
    );
    assert_eq!(requests.len(), 2);
    let id = key(&resource, "k1");
    // The session is there by now.
    let requests = looks
        .rehearse(Rehearsed::Get(&resource, &id))
        .await
        .unwrap();
    let _ = sends.get(&resource, &id).await;
    let last = sent(&server).await.pop().unwrap();
    assert_eq!(requests.iter().map(looked_at).collect::<Vec<_>>(), [last]);
    assert_eq!(got(&silent).await, [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_built_is_told() {
    let looks = rehearsing(
        builtin("typesense"),
        "http://127.0.0.1:9",
        &[("api_key", CANARY)],
    );
    let change = change(&looks, "keys", Verb::Create, None, json!({"nothing": 1}));
    let error = looks.rehearse(Rehearsed::Write(&change)).await.unwrap_err();
    assert!(
        error.to_string().contains("nothing is not a value"),
        "{error}"
    );
}
