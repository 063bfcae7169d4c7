//! A manifest on a service that is as it says, on one that is not, and what no report may show.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path, path_regex},
};
use zeroize::Zeroizing;

use super::{lines::Lines, live};
use crate::{
    api::{Connection, Inputs, Limits, client::Client},
    manifest,
    secret::Secret,
};

/// A manifest that has every kind of read: pages, single rows, nested and hydrated lists.
const GOOD: &str = include_str!("tests/acme.toml");

fn key(at: usize) -> Value {
    json!({
        "key_id": format!("k{at}"), "name": format!("ci-{at}"), "created": 1_760_000_000 + at,
        "expires_at": if at == 0 { Value::from("forever") } else { Value::Null },
        "status": if at == 2 { "paused" } else { "active" },
        "owner": {"id": at, "email": "a@x.test"}, "labels": {format!("canary-name-{at}"): 1},
        "scopes": [{"action": "read", "object": "canary-value"}], "token": "canary-secret",
    })
}

fn keys(request: &Request) -> ResponseTemplate {
    let asked: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
    let number = |name: &str| asked.get(name).and_then(|it| it.parse::<usize>().ok());
    let (size, page) = (number("limit").unwrap_or(2), number("page").unwrap_or(1));
    let rows: Vec<Value> = (0..3).map(key).collect();
    let rows: Vec<_> = rows
        .into_iter()
        .skip((page - 1) * size)
        .take(size)
        .collect();
    ResponseTemplate::new(200).set_body_json(json!({"result": {"keys": rows, "total": 3}}))
}

async fn acme() -> MockServer {
    let server = MockServer::start().await;
    let answer = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let all = [
        ("/me", answer(json!({"login": "ada"}))),
        (
            "/projects",
            answer(
                json!({"data": [{"id": "p0", "display_name": "Empty"}, {"id": "p1", "display_name": "Full"}], "next_cursor": null}),
            ),
        ),
        (
            "/projects/p0/keys",
            answer(json!({"result": {"keys": [], "total": 0}})),
        ),
        ("/tokens", answer(json!({"tokens": ["t1", "t2"]}))),
    ];
    for (at, answer) in all {
        Mock::given(method("GET"))
            .and(path(at))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    Mock::given(path("/projects/p1/keys"))
        .respond_with(keys)
        .mount(&server)
        .await;
    let one = answer(json!({"key": key(0), "more": 1}));
    Mock::given(path("/projects/p1/keys/k0"))
        .respond_with(one)
        .mount(&server)
        .await;
    let token = |request: &Request| {
        let id = request.url.path().rsplit('/').next().unwrap();
        ResponseTemplate::new(200)
            .set_body_json(json!({"id": id, "description": "d", "ends": null}))
    };
    Mock::given(path_regex("^/tokens/"))
        .respond_with(token)
        .mount(&server)
        .await;
    server
}

/// What is told of a manifest on a service.
async fn told(text: &str, server: &MockServer, suggest: bool) -> (String, bool) {
    let manifest = manifest::load(text).unwrap_or_else(|faults| panic!("{faults:?}"));
    let connection = Connection {
        name: "test".into(),
        manifest: Arc::clone(&manifest),
        url: url::Url::parse(&server.uri()).unwrap(),
        credential: BTreeMap::new(),
        ca_cert: None,
        client_cert: None,
        client_key: None,
        proxy: None,
        allow_plaintext: false,
        limits: Limits::default(),
    };
    let token = Secret::new(Zeroizing::new("canary-credential".to_owned()));
    let inputs: Inputs = [("token".to_owned(), token)].into();
    let client = Client::new(Arc::new(connection), inputs).unwrap().watched();
    let mut lines = Lines::default();
    live::run(&client, &manifest, &mut lines).await;
    let text = lines.text(Some(80), suggest);
    assert!(!text.contains("canary"), "{text}");
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|it| it.method.as_str() == "GET"));
    (text, lines.failed())
}

fn with(edits: &[(&str, &str)]) -> String {
    let mut text = GOOD.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

#[tokio::test]
async fn a_service_that_is_as_the_manifest_says_is_read_to_its_end() {
    let (text, failed) = told(GOOD, &acme().await, true).await;
    assert!(!failed);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn what_is_not_as_the_manifest_says_is_told_with_what_to_write() {
    let text = with(&[
        ("items = \"/data\"", ""),
        ("items = \"/tokens\"", "items = \"/list\""),
    ]);
    let (text, failed) = told(&text, &acme().await, false).await;
    assert!(failed);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn fields_that_do_not_fit_the_rows_are_told_one_by_one() {
    let text = with(&[
        ("name = \"/display_name\"", "name = \"/name\""),
        ("kind = \"time\"\nrole = \"created\"", ""),
        ("never = [\"forever\"]", ""),
        (
            "choices = [\"active\", \"paused\"]",
            "choices = [\"active\"]",
        ),
        ("key = \"token\"", "key = \"Token\""),
        ("at = \"/token\"", "at = \"/tokn\""),
        ("item = \"/key\"", "item = \"\""),
        ("param = \"page\"", "param = \"p\""),
        ("size = 2", "size = 2, total = \"/result/total\""),
        ("key = \"action\"", "key = \"act\""),
    ]);
    let (text, failed) = told(&text, &acme().await, false).await;
    assert!(failed);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn a_service_that_refuses_or_is_not_there_is_told_for_each_step() {
    let server = MockServer::start().await;
    let (text, failed) = told(GOOD, &server, false).await;
    assert!(failed);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn an_older_api_is_tried_beside_the_main_one() {
    let server = acme().await;
    let text = with(&[(
        "[[resource.field]]\nkey = \"description\"",
        "[[resource.alternatives]]\ntitle = \"Acme 1\"\nlist = { call = \"GET /v0/tokens\" }\n\n[[resource.field]]\nkey = \"description\"",
    )]);
    let (told, failed) = told(&text, &server, false).await;
    assert!(!failed, "{told}");
    assert!(told.contains("not there, by Acme 1 (404)"), "{told}");
}

#[tokio::test]
async fn what_is_suggested_is_taken_back_whatever_members_are_called() {
    let server = MockServer::start().await;
    let row = json!({"id": "1", "$id": "x", "@type": "Key", "secret_thing": "s", "password_hash": "h", "secretId": "i", "a.b": {"-c": 1}, "parts": [{"$kind": "x"}]});
    Mock::given(path("/keys"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!([row])))
        .mount(&server)
        .await;
    let text = "manifest = 1\nid = \"a\"\ntitle = \"A\"\n[inputs.token]\nlabel = \"T\"\nsecret = true\n[[auth]]\nid = \"t\"\ninputs = [\"token\"]\nheaders = { A = \"{token}\" }\n[[resource]]\nid = \"keys\"\ntitle = \"Keys\"\nnoun = \"key\"\npane = \"api-keys\"\nitem_id = \"/id\"\n[resource.list]\ncall = \"GET /keys\"\n";
    let (told, _) = told(text, &server, true).await;
    let (_, lines) = told.split_once("[[resource.field").unwrap();
    let whole = format!("{text}[[resource.field{lines}");
    let manifest = manifest::load(&whole).unwrap_or_else(|faults| panic!("{faults:?}\n{whole}"));
    let field = |key: &str| manifest.resource[0].field.iter().find(|it| it.key == key);
    assert_eq!(field("id").unwrap().at.as_deref(), Some("/$id"));
    for key in ["secret_thing", "password_hash"] {
        assert_eq!(field(key).unwrap().kind, manifest::Kind::Secret, "{key}");
    }
    assert_eq!(field("secretId").unwrap().kind, manifest::Kind::Text);
}
