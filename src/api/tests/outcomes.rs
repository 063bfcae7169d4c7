//! What became of a write, for every way in which an answer can come or fail to (SAFETY.md section 4).

use std::time::Duration;

use serde_json::json;

use super::*;

const LIST: &str = "call = \"GET /keys\"";

#[tokio::test]
async fn each_status_has_its_class_and_costs_one_request() {
    let not_done = [
        300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 414,
        415, 416, 417, 421, 422, 423, 426, 428, 429, 431,
    ];
    let unknown = [
        402, 407, 408, 412, 418, 424, 425, 451, 500, 501, 502, 503, 504, 520, 599,
    ];
    let expected = not_done.map(|status| (status, "not done"));
    let others = unknown.map(|status| (status, "unknown"));
    for (status, class) in expected.into_iter().chain(others) {
        let server = Raw::start(move |_, _| Some(http(&format!("{status} X"), "", "{}"))).await;
        let outcome = create(&small_client(LIST, &server.url)).await;
        assert_eq!(
            (told(&outcome).0, server.requests().len()),
            (class, 1),
            "{status}"
        );
    }
}

#[tokio::test]
async fn what_a_manifest_says_that_a_status_means_decides_too() {
    for (status, meaning, class) in [
        (412, "conflict", "not done"),
        (402, "forbidden", "not done"),
        (408, "busy", "unknown"),
        (500, "invalid", "unknown"),
    ] {
        let server = Raw::start(move |_, _| Some(http(&format!("{status} X"), "", "{}"))).await;
        let list = format!("{LIST}\n[errors.status]\n{status} = \"{meaning}\"");
        let outcome = create(&small_client(&list, &server.url)).await;
        assert_eq!(told(&outcome).0, class, "{status} {meaning}");
    }
}

#[tokio::test]
async fn a_whole_answer_of_the_right_shape_is_done() {
    for status in ["200 OK", "201 Created", "202 Accepted"] {
        let body = r#"{"id":"2","name":"a","secret":"s3"}"#;
        let server = Raw::start(move |_, _| Some(http(status, "", body))).await;
        let outcome = create(&small_client(LIST, &server.url)).await;
        let Outcome::Done { id, rows, secret } = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(id.expect("an id").as_str(), "2");
        assert_eq!((rows.len(), secret.expect("a secret").chars()), (1, 2));
    }
}

#[tokio::test]
async fn a_label_makes_no_web_page_of_json_of_a_word_or_of_nothing() {
    let html = |status, body| http(status, "Content-Type: text/html; charset=utf-8\r\n", body);
    let made = html(
        "201 Created",
        " {\"id\":\"2\",\"name\":\"a\",\"secret\":\"s3\"}",
    );
    let server = Raw::start(move |_, _| Some(made.clone())).await;
    match create(&small_client(LIST, &server.url)).await {
        Outcome::Done { secret, .. } => assert_eq!(secret.expect("a secret").chars(), 2),
        other => panic!("{other:?}"),
    }
    let cut = html("200 OK", "{\"id\":\"2\",\"secret\":\"s3");
    let server = Raw::start(move |_, _| Some(cut.clone())).await;
    match create(&small_client(LIST, &server.url)).await {
        Outcome::Unreadable { raw, .. } => assert!(raw.is_some()),
        other => panic!("{other:?}"),
    }
    let page = "\n<!doctype html><h1>Sign in</h1>";
    for (class, answer) in [
        ("done", html("204 No Content", "")),
        ("done", html("200 OK", " \n")),
        ("done", html("200 OK", "deleted")),
        ("unknown", html("200 OK", page)),
        ("unknown", html("200 OK", &format!("\u{feff}{page}"))),
    ] {
        let text = String::from_utf8_lossy(&answer).into_owned();
        let server = Raw::start(move |_, _| Some(answer.clone())).await;
        let client = small_client(LIST, &server.url);
        let change = change(&client, "keys", Verb::Delete, Some("7"), json!({}));
        assert_eq!(told(&client.send(&change).await).0, class, "{text}");
    }
}

#[tokio::test]
async fn a_2xx_that_cannot_be_read_is_done_but_unreadable() {
    let cut = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\nzz".to_vec();
    for (what, answer) in [
        ("cut", cut),
        ("no secret", json(r#"{"id":"2","name":"a"}"#)),
        (
            "null secret",
            json(r#"{"id":"2","name":"a","secret":null}"#),
        ),
        ("wrong shape", json("[]")),
        ("not JSON", json("ok")),
        ("empty", http("204 No Content", "", "")),
        (
            "compressed",
            http("200 OK", "Content-Encoding: gzip\r\n", "x"),
        ),
    ] {
        let server = Raw::start(move |_, _| Some(answer.clone())).await;
        let outcome = create(&small_client(LIST, &server.url)).await;
        assert_eq!(
            (told(&outcome).0, server.requests().len()),
            ("unreadable", 1),
            "{what}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_or_makes_no_sense_leaves_it_unknown() {
    for (what, answer) in [
        ("closed", None),
        ("garbage", Some(b"\x15\x03\x01 what\r\n\r\n".to_vec())),
        ("head cut", Some(b"HTTP/1.1 20".to_vec())),
        (
            "a web page",
            Some(http("200 OK", "Content-Type: text/html\r\n", "<html>")),
        ),
    ] {
        let server = Raw::start(move |_, _| answer.clone()).await;
        let mut connection = connection(small(LIST, OPS), &server.url);
        connection.limits.write = Duration::from_millis(200);
        let outcome = create(&with(connection, &[("token", CANARY)])).await;
        assert_eq!(
            (told(&outcome).0, server.requests().len()),
            ("unknown", 1),
            "{what}"
        );
    }
}

#[tokio::test]
async fn no_connection_means_not_done_and_nothing_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let (class, words) = told(&create(&small_client(LIST, &url)).await);
    assert_eq!(class, "not done");
    assert!(
        words.starts_with("nothing was sent: no connection to 127.0.0.1: "),
        "{words}"
    );
}

#[tokio::test]
async fn what_cannot_be_built_is_not_done_and_nothing_sent() {
    let server = Raw::start(|_, _| Some(json("{}"))).await;
    let client = small_client(LIST, &server.url);
    let undeclared = change(&client, "keys", Verb::Create, None, json!({"id": "7"}));
    let without_op = change(&client, "keys", Verb::Rotate, Some("7"), json!({}));
    for change in [undeclared, without_op] {
        let (class, words) = told(&client.send(&change).await);
        assert_eq!(class, "not done");
        assert!(words.starts_with("nothing was sent: "), "{words}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_empty_answer_is_enough_where_nothing_is_read_from_it() {
    let server = Raw::start(|_, _| Some(http("204 No Content", "", ""))).await;
    let client = small_client(LIST, &server.url);
    for (verb, values) in [
        (Verb::Delete, json!({})),
        (Verb::Update, json!({"name": "b"})),
    ] {
        let outcome = client
            .send(&change(&client, "keys", verb, Some("7"), values))
            .await;
        assert_eq!(told(&outcome).0, "done");
    }
    assert!(server.requests()[0].starts_with("DELETE /keys/7 HTTP/1.1\r\n"));
    assert!(server.requests()[1].ends_with(r#"{"name":"b"}"#));
}

#[tokio::test]
async fn json_that_breaks_off_is_done_but_unreadable_even_where_nothing_is_read_from_it() {
    let plain = |body| http("200 OK", "Content-Type: text/plain\r\n", body);
    let problem = "Content-Type: application/problem+json; charset=utf-8\r\n";
    for (class, answer) in [
        ("unreadable", json("upstream connect error")),
        ("unreadable", http("200 OK", problem, "oops")),
        ("unreadable", http("200 OK", "", r#"{"id":"7","na"#)),
        ("done", json("true")),
        ("done", json("{}")),
        ("done", json(" \n")),
        ("done", plain("OK")),
        ("done", http("200 OK", "", "deleted")),
    ] {
        let text = String::from_utf8_lossy(&answer).into_owned();
        let server = Raw::start(move |_, _| Some(answer.clone())).await;
        let client = small_client(LIST, &server.url);
        for (verb, values) in [
            (Verb::Delete, json!({})),
            (Verb::Update, json!({"name": "b"})),
        ] {
            let change = change(&client, "keys", verb, Some("7"), values);
            assert_eq!(told(&client.send(&change).await).0, class, "{text}");
        }
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_2xx_with_a_failure_flag_is_a_refusal() {
    for flag in ["ok = \"/success\"", "fail_if = \"/errors\""] {
        let manifest = small(
            LIST,
            &format!("{OPS}\n[errors]\n{flag}\nmessage = [\"/errors/0/message\"]"),
        );
        let body = r#"{"success":false,"errors":[{"message":"no such zone"}]}"#;
        let server = Raw::start(move |_, _| Some(json(body))).await;
        let client = with(connection(manifest, &server.url), &[("token", CANARY)]);
        assert_eq!(
            told(&create(&client).await),
            ("not done", "no such zone (200)".to_owned())
        );
    }
}

#[tokio::test]
async fn an_id_is_one_segment_whatever_it_holds() {
    let server = Raw::start(|_, _| Some(http("204 No Content", "", ""))).await;
    let client = small_client(LIST, &format!("{}/v1", server.url));
    for (id, path) in [
        ("a/../../b", "/v1/keys/a%2F..%2F..%2Fb"),
        ("*:development.x", "/v1/keys/*:development.x"),
        ("a b?c#d%2e", "/v1/keys/a%20b%3Fc%23d%252e"),
        ("%2e%2e", "/v1/keys/%252e%252e"),
        ("a\\b", "/v1/keys/a%5Cb"),
    ] {
        let change = change(&client, "keys", Verb::Delete, Some(id), json!({}));
        assert_eq!(told(&client.send(&change).await).0, "done", "{id}");
        let request = server.requests().pop().expect("a request");
        assert!(
            request.starts_with(&format!("DELETE {path} HTTP")),
            "{request}"
        );
    }
}
