//! Where the client connects, how often it tries, and what it sends (N3, N4, N5, N10, N11, N14).

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use super::*;

const LIST: &str = "call = \"GET /keys\"";
const ROW: &str = r#"[{"id":"1","name":"a"}]"#;

fn refusal(url: &str, change: impl FnOnce(&mut Connection)) -> Option<ApiError> {
    let mut connection = connection(small(LIST, OPS), url);
    change(&mut connection);
    Client::new(Arc::new(connection), inputs(&[("token", CANARY)])).err()
}

#[test]
fn plain_http_is_refused_before_any_packet_unless_the_host_is_this_machine() {
    for url in [
        "http://127.0.0.1:1",
        "http://127.8.8.8",
        "http://[::1]:1",
        "http://localhost",
        "http://a.localhost",
        "http://[::ffff:127.0.0.1]",
        "https://example.org",
    ] {
        assert_eq!(refusal(url, |_| {}), None, "{url}");
    }
    for url in [
        "http://example.org",
        "http://10.0.0.1",
        "http://localhost.example.org",
        "http://0.0.0.0",
        "http://127.0.0.1.example.org",
    ] {
        let error = refusal(url, |_| {}).expect("refused").to_string();
        assert!(error.contains("plain http to "), "{url}: {error}");
        assert_eq!(
            refusal(url, |connection| connection.allow_plaintext = true),
            None
        );
    }
    assert!(refusal("ftp://example.org", |_| {}).is_some());
    assert!(refusal("https://user:pass@example.org", |_| {}).is_some());
}

#[test]
fn a_context_without_a_whole_credential_is_refused_with_what_it_needs() {
    let connection = Arc::new(connection(builtin("runai"), "https://example.org"));
    let error = Client::new(connection, inputs(&[("client_id", "a")])).expect_err("incomplete");
    let said =
        "the context's credential is not complete: it needs bearer, or client_id and client_secret";
    assert_eq!(error, ApiError::Credential(said.to_owned()));
}

#[tokio::test]
async fn loopback_is_never_asked_through_a_proxy() {
    let proxy = Raw::start(|_, _| Some(json(ROW))).await;
    let server = Raw::start(|_, _| Some(json(ROW))).await;
    let mut local = connection(small(LIST, OPS), &server.url);
    local.proxy = Some(proxy.url.clone());
    assert_eq!(
        list(&with(local, &[("token", CANARY)]), "keys").await.ids(),
        ["1"]
    );
    assert_eq!((proxy.connections(), server.connections()), (0, 1));
    let mut remote = connection(small(LIST, OPS), "http://keyrack.invalid");
    remote.proxy = Some(proxy.url.clone());
    remote.allow_plaintext = true;
    assert_eq!(
        list(&with(remote, &[("token", CANARY)]), "keys")
            .await
            .ids(),
        ["1"]
    );
    assert_eq!(proxy.connections(), 1);
    assert!(proxy.requests()[0].starts_with("GET http://keyrack.invalid/keys "));
}

#[tokio::test]
async fn a_read_is_tried_three_times_and_a_write_once() {
    for status in [429, 502, 503, 504] {
        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::any())
            .respond_with(ResponseTemplate::new(status).append_header("Retry-After", "0"))
            .mount(&server)
            .await;
        let client = small_client(LIST, &server.uri());
        assert!(list(&client, "keys").await.end.is_err());
        assert_eq!(got(&server).await.len(), 3, "{status}");
        assert!(!matches!(create(&client).await, Outcome::Done { .. }));
        assert_eq!(got(&server).await.len(), 4, "{status}");
    }
    for status in [400, 401, 403, 404, 409, 500, 501] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(ResponseTemplate::new(status))
            .mount(&server)
            .await;
        assert!(
            list(&small_client(LIST, &server.uri()), "keys")
                .await
                .end
                .is_err()
        );
        assert_eq!(got(&server).await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_read_that_broke_off_is_tried_again_and_comes_whole() {
    let cut = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\nzz".to_vec();
    let server = Raw::start(move |connection, _| match connection {
        0 => None,
        1 => Some(cut.clone()),
        _ => Some(json(ROW)),
    })
    .await;
    let listed = list(&small_client(LIST, &server.url), "keys").await;
    assert_eq!(
        (listed.ids(), server.requests().len()),
        (vec!["1".to_owned()], 3)
    );
}

#[tokio::test]
async fn no_try_is_earlier_than_the_server_asks() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&times);
    let server = Raw::start(move |_, _| {
        let mut times = log.lock().expect("a log");
        times.push(Instant::now());
        Some(if times.len() == 1 {
            http("503 X", "Retry-After: 1\r\n", "")
        } else {
            json(ROW)
        })
    })
    .await;
    assert_eq!(
        list(&small_client(LIST, &server.url), "keys").await.ids(),
        ["1"]
    );
    let times = times.lock().expect("a log");
    assert_eq!(times.len(), 2);
    assert!(times[1] - times[0] >= Duration::from_millis(950));
}

#[tokio::test]
async fn a_server_that_asks_for_more_than_a_minute_is_left_alone_in_words() {
    let server = Raw::start(|_, _| {
        Some(http(
            "429 X",
            "Retry-After: 61\r\n",
            r#"{"message":"slow down"}"#,
        ))
    })
    .await;
    let error = list(&small_client(LIST, &server.url), "keys")
        .await
        .end
        .expect_err("busy");
    let said = "slow down; it asks to be left alone for 61 s (429)";
    assert_eq!(
        (error.to_string().as_str(), server.requests().len()),
        (said, 1)
    );
}

#[tokio::test]
async fn a_connection_that_the_server_closed_never_decides_the_fate_of_a_create() {
    // Every connection ends right after its first answer, without saying so before.
    let server = Raw::start(|_, request| {
        Some(if request.starts_with("POST") {
            json(r#"{"id":"2","name":"a","secret":"s"}"#)
        } else {
            json(ROW)
        })
    })
    .await;
    let client = small_client(LIST, &server.url);
    for _ in 0..5 {
        list(&client, "keys").await;
        let before = server.connections();
        assert_eq!(told(&create(&client).await).0, "done");
        assert_eq!(server.connections(), before + 1, "a connection of its own");
    }
    let posts = server
        .requests()
        .iter()
        .filter(|text| text.starts_with("POST"))
        .count();
    assert_eq!(posts, 5);
}

#[tokio::test]
async fn a_filter_is_one_encoded_value_and_never_a_second_parameter() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"accessKeys":[]}"#))
        .mount(&server)
        .await;
    let client = client("runai", &server.uri(), &[("bearer", CANARY)]);
    let value = "a&clientId=evil#x?y=z%26\u{1F511} +";
    list_by(
        &client,
        "administration",
        &[("clientId", value), ("createdBy", "")],
    )
    .await;
    let requests = server.received_requests().await.expect("recorded");
    let pairs: Vec<(String, String)> = requests[0].url.query_pairs().into_owned().collect();
    assert_eq!(pairs, [("clientId".to_owned(), value.to_owned())]);
}

#[tokio::test]
async fn a_client_key_that_others_may_read_is_refused_by_name_and_remedy() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, mode| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, "-----BEGIN NOTHING-----").expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        path
    };
    let (cert, open) = (file("cert.pem", 0o644), file("key.pem", 0o640));
    let closed = file("closed.pem", 0o600);
    for (key, words) in [
        (open, "chmod 600"),
        (closed, "not a certificate with a private key"),
    ] {
        let mut connection = connection(small(LIST, OPS), "https://127.0.0.1:1");
        connection.client_cert = Some(cert.clone());
        connection.client_key = Some(key);
        let outcome = create(&with(connection, &[("token", CANARY)])).await;
        assert_eq!(told(&outcome).0, "not done");
        assert!(told(&outcome).1.contains(words), "{}", told(&outcome).1);
    }
}
