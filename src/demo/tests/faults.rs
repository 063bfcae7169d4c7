//! What goes wrong on the way, over real HTTP.

use super::*;

/// Keys of a list of three after a create whose answer was lost, as the next start finds them.
async fn keys_after_a_lost_create(fault: &str) -> usize {
    let home = tempfile::tempdir().unwrap();
    let kept = Options {
        data: Some(home.path().to_owned()),
        keys: Some(3),
        ..faulty(fault)
    };
    let bench = Bench::new(kept.clone()).await;
    let create = bench.typesense("POST", "/keys").body(NEW_KEY);
    let error = create.send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    drop(bench);
    let bench = Bench::new(Options {
        faults: Vec::new(),
        ..kept
    })
    .await;
    bench.typesense_keys().await.len()
}

#[tokio::test]
async fn a_create_that_is_lost_before_it_is_processed_leaves_nothing() {
    assert_eq!(keys_after_a_lost_create("lost-before:1").await, 3);
}

#[tokio::test]
async fn a_create_that_is_lost_after_it_is_processed_is_there() {
    assert_eq!(keys_after_a_lost_create("lost-after:1").await, 4);
}

#[tokio::test]
async fn a_limit_and_an_outage_are_said_in_the_words_of_the_service() {
    let bench = Bench::new(faulty("429:1")).await;
    let limited = bench.ask(bench.typesense("GET", "/keys")).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "1"));
    assert_eq!(
        limited.text,
        r#"{ "message": "Rate limit exceeded or blocked"}"#
    );
    let bench = Bench::new(faulty("503:1")).await;
    let down = bench.ask(bench.typesense("GET", "/health")).await;
    assert_eq!(
        (down.status, down.text.as_str()),
        (503, r#"{ "message": "Not Ready or Lagging"}"#)
    );
}

#[tokio::test]
async fn a_slow_answer_begins_at_once_and_ends_three_seconds_later() {
    let bench = Bench::new(faulty("slow:1")).await;
    let asked = std::time::Instant::now();
    let mut response = bench.typesense("GET", "/health").send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert!(asked.elapsed() < STALL_AT_LEAST, "{:?}", asked.elapsed());
    assert_eq!(&first[..], br#"{"ok""#);
    assert_eq!(response.text().await.unwrap(), ":true}");
    assert!(asked.elapsed() >= STALL_AT_LEAST, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_cut_answer_has_its_head_and_a_part_of_its_body_before_it_ends() {
    let bench = Bench::new(faulty("cut:1")).await;
    let mut response = bench.typesense("GET", "/health").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.content_length()),
        (200, Some(11))
    );
    assert_eq!(&response.chunk().await.unwrap().unwrap()[..], br#"{"ok""#);
    let error = response.chunk().await.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
}

const STALL_AT_LEAST: Duration = Duration::from_millis(2_900);

#[tokio::test]
async fn latency_is_added_to_every_answer() {
    let latency = Duration::from_millis(120);
    let bench = Bench::new(Options {
        latency,
        ..Options::default()
    })
    .await;
    let asked = std::time::Instant::now();
    assert_eq!(bench.ask(bench.typesense("GET", "/nope")).await.status, 404);
    assert!(asked.elapsed() >= latency, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn each_service_has_its_own_words_for_a_limit_and_an_outage() {
    let limited = Bench::new(faulty("429:1")).await;
    let down = Bench::new(faulty("503:1")).await;
    for (context, on_429, on_503) in [
        (
            "chutes",
            r#"{"detail":"Too many requests"}"#,
            r#"{"detail":"Database connectivity problems: connection refused"}"#,
        ),
        (
            "runai",
            r#"{"code":429,"message":"Too Many Requests"}"#,
            r#"{"code":503,"message":"Please try again in few minutes."}"#,
        ),
        (
            "djinn",
            "{\"message\":\"Too Many Requests\"}\n",
            "{\"message\":\"Service Unavailable\"}\n",
        ),
    ] {
        let answer = limited
            .ask(limited.client.get(limited.url(context, "/x")))
            .await;
        assert_eq!((answer.status, answer.text.as_str()), (429, on_429));
        assert_eq!(answer.header("retry-after"), "1");
        let answer = down.ask(down.client.get(down.url(context, "/x"))).await;
        assert_eq!((answer.status, answer.text.as_str()), (503, on_503));
    }
}

#[tokio::test]
async fn whatever_is_asked_without_a_credential_is_answered_and_nothing_crashes() {
    let bench = Bench::new(Options {
        keys: Some(2),
        ..Options::default()
    })
    .await;
    let paths = [
        "/chutes",
        "/chutes/",
        "/chutes//",
        "/chutes/api_keys/",
        "/chutes/api_keys/%00",
        "/chutes/secrets/%ff",
        "/chutes/registry/auth",
        "/chutes/users/login",
        "/chutes/users/me",
        "/runai",
        "/runai/api",
        "/runai/api/v1/token",
        "/runai/api/v2/token",
        "/runai/api/v1/access-keys/%2e%2e",
        "/runai/api/v1/administration/access-keys",
        "/djinn",
        "/djinn/api",
        "/djinn/api/keys",
        "/djinn/api/keys/99999999999",
        "/djinn/api/user",
        "/typesense",
        "/typesense/keys",
        "/typesense/keys/1",
        "/typesense/health?x=%zz",
    ];
    let bodies = [
        "",
        "{",
        "[]",
        "null",
        "1",
        "\"\u{0}\"",
        r#"{"name":{},"scopes":[1],"grantType":[]}"#,
        "a=%ff&b",
    ];
    for path in paths {
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "BREW",
        ] {
            for body in bodies {
                let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
                let url = format!("http://{}{path}", bench.demo.address);
                let request = bench.client.request(method.clone(), url);
                let request = request
                    .header("content-type", "application/json")
                    .body(body);
                let answer = bench.ask(request).await;
                assert!(answer.status < 500, "{method} {path} {body:?}: {answer:?}");
            }
        }
    }
}
