//! Servers that lie, flood, stall and swap (N1, N2, N6, N7, N8, N12, N13).

use std::{cell::RefCell, time::Duration};

use super::*;

const ROW: &str = r#"[{"id":"1","name":"a"}]"#;
const LIST: &str = "call = \"GET /keys\"";

/// A client with small bounds, so that a test reaches them at once.
fn bounded(url: &str, limits: Limits) -> Client {
    let mut connection = connection(small(LIST, OPS), url);
    connection.limits = limits;
    with(connection, &[("token", CANARY)])
}

#[tokio::test]
async fn a_redirect_is_shown_and_not_followed_and_the_credential_stays_home() {
    for status in ["301 X", "302 X", "303 X", "307 X", "308 X"] {
        let other = Raw::start(|_, _| Some(json(ROW))).await;
        let to = other.url.replace("127.0.0.1", "localhost");
        let server =
            Raw::start(move |_, _| Some(http(status, &format!("Location: {to}/keys\r\n"), "")))
                .await;
        let client = small_client(LIST, &server.url);
        let error = list(&client, "keys").await.end.expect_err("a redirect");
        let code = &status[..3];
        assert_eq!(
            error.to_string(),
            format!(
                "the server answered {code}, a redirect to localhost; redirects are not followed"
            )
        );
        let outcome = create(&client).await;
        assert_eq!(told(&outcome).0, "not done");
        assert_eq!(server.requests().len(), 2, "one request an action");
        assert_eq!(other.connections(), 0, "nothing went to the other origin");
    }
}

#[tokio::test]
async fn the_credential_goes_to_the_configured_origin_only() {
    let other = Raw::start(|_, _| Some(json("[]"))).await;
    let elsewhere = other.url.clone();
    let server = Raw::start(move |_, _| {
        let link = format!("Link: <{elsewhere}/keys?page=2>; rel=\"next\"\r\n");
        Some(http("200 OK", &link, ROW))
    })
    .await;
    let client = small_client(
        "call = \"GET /keys\"\npage = { by = \"link\" }",
        &server.url,
    );
    let listed = list(&client, "keys").await;
    assert_eq!(listed.ids(), ["1"]);
    assert!(
        listed.cut().contains("another origin (127.0.0.1)"),
        "{}",
        listed.cut()
    );
    assert_eq!(other.connections(), 0);
    let address = format!(r#"{{"items":{ROW},"next":"{}/keys?page=2"}}"#, other.url);
    let server = Raw::start(move |_, _| Some(json(&address))).await;
    let page =
        "call = \"GET /keys\"\nitems = \"/items\"\npage = { by = \"url\", next = \"/next\" }";
    let listed = list(&small_client(page, &server.url), "keys").await;
    assert!(listed.cut().contains("never followed"), "{}", listed.cut());
    assert_eq!((other.connections(), server.requests().len()), (0, 1));
}

#[tokio::test]
async fn a_list_larger_than_its_bound_is_given_up_and_the_bound_is_named() {
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n[{}", " ".repeat(3 << 20));
    let told_size = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[".to_owned();
    for answer in [endless, told_size] {
        let server = Raw::start(move |_, _| Some(answer.clone().into_bytes())).await;
        let limits = Limits {
            list_bytes: 1 << 20,
            ..Limits::default()
        };
        let error = list(&bounded(&server.url, limits), "keys").await.end;
        let said = "the answer is larger than 1 MiB (list_mib under [limits])";
        assert_eq!(
            error.expect_err("a bound"),
            ApiError::Bound(said.to_owned())
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_to_a_create_that_is_too_large_means_done_but_unreadable() {
    let body = format!("{{\"x\":\"{}\"}}", "a".repeat(2 << 20));
    let server = Raw::start(move |_, _| Some(json(&body))).await;
    let outcome = create(&small_client(LIST, &server.url)).await;
    let said = "the answer is larger than 1 MiB (item_mib under [limits])";
    assert_eq!(told(&outcome), ("unreadable", said.to_owned()));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_head_above_64_kib_is_refused() {
    let header = format!("X-Long: {}\r\n", "a".repeat(66_000));
    let server = Raw::start(move |_, _| Some(http("200 OK", &header, ROW))).await;
    let error = list(&small_client(LIST, &server.url), "keys").await.end;
    assert_eq!(
        error.expect_err("a bound").to_string(),
        "the head of the answer is larger than 64 KiB"
    );
    let header = format!("X-Long: {}\r\n", "a".repeat(60_000));
    let server = Raw::start(move |_, _| Some(http("200 OK", &header, ROW))).await;
    assert_eq!(
        list(&small_client(LIST, &server.url), "keys").await.ids(),
        ["1"]
    );
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_the_idle_bound_and_not_asked_again() {
    let short = Limits {
        idle: Duration::from_millis(50),
        ..Limits::default()
    };
    let mute = Raw::start(|_, _| Some(Vec::new())).await;
    let error = list(&bounded(&mute.url, short.clone()), "keys")
        .await
        .end
        .expect_err("silence");
    assert_eq!(
        error,
        ApiError::Lost("the server was silent for 50ms".to_owned())
    );
    let stalled =
        Raw::start(|_, _| Some(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[".to_vec())).await;
    let error = list(&bounded(&stalled.url, short), "keys")
        .await
        .end
        .expect_err("silence");
    assert_eq!(
        error,
        ApiError::Lost("the server was silent for 50ms".to_owned())
    );
    assert_eq!((mute.requests().len(), stalled.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_compressed_answer_is_told_as_an_unexpected_encoding() {
    for (encoding, good) in [("gzip", false), ("br", false), ("identity", true)] {
        let header = format!("Content-Encoding: {encoding}\r\n");
        let server = Raw::start(move |_, _| Some(http("200 OK", &header, ROW))).await;
        let listed = list(&small_client(LIST, &server.url), "keys").await;
        match listed.end {
            Ok(_) => assert!(good),
            Err(error) => {
                let said = format!("unexpected encoding of the answer: {encoding}");
                assert_eq!((error.to_string(), good), (said, false));
            }
        }
        let asked = server.requests().join("").to_ascii_lowercase();
        assert!(!asked.contains("accept-encoding"), "{asked}");
    }
}

#[tokio::test]
async fn a_bad_row_stays_as_a_bad_row_and_a_wrong_envelope_names_the_pointer() {
    let rows = r#"[{"id":"1","name":"a"},7,{"id":null,"name":"b"},{"id":"2","name":{"x":1}}]"#;
    let server = Raw::start(move |_, _| Some(json(rows))).await;
    let listed = list(&small_client(LIST, &server.url), "keys").await;
    assert_eq!(listed.rows.len(), 4);
    assert!(listed.ids().contains(&"1".to_owned()));
    assert!(listed.rows.iter().any(|row| row.bad().is_some()));
    let server = Raw::start(|_, _| Some(json(r#"{"rows":[{"secret-text":1}]}"#))).await;
    let client = small_client("call = \"GET /keys\"\nitems = \"/keys\"", &server.url);
    let error = list(&client, "keys")
        .await
        .end
        .expect_err("no rows")
        .to_string();
    assert!(
        error.contains("/keys") && !error.contains("secret-text"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_that_was_not_asked_for_is_never_taken_for_one_that_was() {
    let swapped = r#"{"id":"9","secret":"desync-secret"}"#;
    let server = Raw::start(move |connection, request| {
        if request.starts_with("GET /keys ") {
            // Two answers to one question.
            let mut bytes = json(ROW);
            bytes.extend(json(swapped));
            return Some(bytes);
        }
        assert!(connection > 0, "a fresh connection");
        Some(json(r#"{"id":"2","name":"a","secret":"own-secret"}"#))
    })
    .await;
    let client = small_client(LIST, &server.url);
    list(&client, "keys").await;
    let outcome = create(&client).await;
    let Outcome::Done { id, secret, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(id.expect("an id").as_str(), "2");
    assert_eq!(secret.expect("a secret").chars(), "own-secret".len());
    let resource = client.resource("keys");
    let read = client
        .get(&resource, &key(&resource, "2"))
        .await
        .expect("a row");
    assert_eq!(read.rows.record(0).id().expect("an id").as_str(), "2");
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server =
        Raw::start(|_, _| Some(http("200 OK", "Set-Cookie: session=x; Path=/\r\n", ROW))).await;
    let client = small_client(LIST, &server.url);
    for _ in 0..3 {
        list(&client, "keys").await;
    }
    create(&client).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    let cookies = requests
        .iter()
        .filter(|text| text.to_ascii_lowercase().contains("\ncookie:"));
    assert_eq!(cookies.count(), 0);
}

#[tokio::test]
async fn an_echoed_credential_is_redacted_wherever_it_stands() {
    let echo = format!(r#"{{"message":"bad token Bearer {CANARY}\u001b[31m, try {CANARY}"}}"#);
    let server = Raw::start(move |_, _| {
        Some(http(
            "401 X",
            &format!("X-Request-Id: id-{CANARY}\r\n"),
            &echo,
        ))
    })
    .await;
    let client = small_client(LIST, &server.url);
    let outcome = create(&client).await;
    let said = format!("{outcome:?} {}", told(&outcome).1);
    assert!(!said.contains(CANARY), "{said}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    assert!(said.contains("bad token [redacted]"), "{said}");
}

thread_local! {
    /// What was logged on this thread.
    static LOG: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Hears every crate at every level.
struct Log;

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, event: &log::Record<'_>) {
        let line = format!("{} {}\n", event.target(), event.args());
        LOG.with_borrow_mut(|log| log.push_str(&line));
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn the_log_has_method_path_status_and_time_and_no_query_header_or_body() {
    let server = Raw::start(|_, _| {
        Some(http(
            "200 OK",
            "X-Head: head-of-answer\r\n",
            r#"{"keys":[],"x":"body-of-answer"}"#,
        ))
    })
    .await;
    log::set_logger(&Log).expect("no other log in the tests");
    log::set_max_level(log::LevelFilter::Trace);
    let client = small_client(
        "call = \"GET /keys?limit=query-text\"\nitems = \"/keys\"",
        &server.url,
    );
    list(&client, "keys").await;
    create(&client).await;
    let text = LOG.take();
    assert!(text.contains("GET /keys answered 200 in "), "{text}");
    for never in [
        CANARY,
        "query-text",
        "head-of-answer",
        "body-of-answer",
        "Bearer",
    ] {
        assert!(!text.contains(never), "{text}");
    }
    assert!(!format!("{client:?}").contains(CANARY));
}
