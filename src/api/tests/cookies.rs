//! Sessions by cookie: kept where the manifest says so and nowhere else, sent with their origin, renewed as
//! tokens are.

use super::{login::signing, *};

const BY_COOKIE: &str = r#"
        [[auth.login]]
        call = "POST /login"
        body = { user = "{user}", password = "{password}" }
        cookies = true
"#;

const ME: &[(&str, &str)] = &[("user", "me"), ("password", CANARY)];

fn cookie_of(request: &str) -> Option<&str> {
    request
        .lines()
        .find_map(|line| line.strip_prefix("cookie: "))
}

fn origin_of(request: &str) -> Option<&str> {
    request
        .lines()
        .find_map(|line| line.strip_prefix("origin: "))
}

fn logins(server: &Raw) -> usize {
    let all = server.requests();
    all.iter()
        .filter(|it| it.starts_with("POST /login"))
        .count()
}

const SET: &str = "Set-Cookie: sid=s-11112222; Path=/; HttpOnly\r\nSet-Cookie: csrf=c-33334444\r\n\
                   Set-Cookie: gone=; Max-Age=0\r\n";

#[tokio::test]
async fn the_cookies_of_a_login_are_sent_with_each_call_and_with_their_origin() {
    let server = Raw::start(|_, request| {
        Some(if request.starts_with("POST /login") {
            http("204 No Content", SET, "")
        } else {
            json("[]")
        })
    })
    .await;
    let client = with(connection(signing(BY_COOKIE), &server.url), ME);
    for _ in 0..2 {
        assert!(list(&client, "keys").await.end.is_ok());
    }
    create(&client).await;
    let requests = server.requests();
    assert_eq!((requests.len(), logins(&server)), (4, 1));
    assert_eq!(cookie_of(&requests[0]), None);
    for request in &requests[1..] {
        assert_eq!(cookie_of(request), Some("sid=s-11112222; csrf=c-33334444"));
    }
    for request in &requests {
        assert_eq!(origin_of(request), Some(server.url.as_str()));
    }
}

#[tokio::test]
async fn a_login_that_captures_a_token_keeps_no_cookie_unless_it_says_so() {
    let token = r#"
        headers = { Authorization = "Bearer {token}" }
        [[auth.login]]
        call = "POST /login"
        capture = { token = "/token" }
    "#;
    for (more, kept) in [
        ("", None),
        ("cookies = true", Some("sid=s-11112222; csrf=c-33334444")),
    ] {
        let server = Raw::start(|_, request| {
            Some(if request.starts_with("POST /login") {
                http("200 OK", SET, r#"{"token":"t-55556666"}"#)
            } else {
                json("[]")
            })
        })
        .await;
        let way = format!("{token}\n{more}");
        let client = with(connection(signing(&way), &server.url), ME);
        assert!(list(&client, "keys").await.end.is_ok());
        let request = server.requests().pop().expect("a request");
        assert!(
            request.contains("authorization: Bearer t-55556666"),
            "{request}"
        );
        assert_eq!(cookie_of(&request), kept);
        assert_eq!(origin_of(&request).is_some(), kept.is_some());
    }
}

#[tokio::test]
async fn a_session_that_ended_is_renewed_once_for_all_who_use_it() {
    let logins_so_far = AtomicUsize::new(0);
    let server = Raw::start(move |_, request| {
        Some(if request.starts_with("POST /login") {
            let turn = logins_so_far.fetch_add(1, Ordering::SeqCst);
            let set = format!("Set-Cookie: sid=session-{turn}\r\n");
            http("200 OK", &set, "{}")
        } else if cookie_of(request) == Some("sid=session-1") {
            json("[]")
        } else {
            http("401 Unauthorized", "Set-Cookie: sid=; Max-Age=0\r\n", "")
        })
    })
    .await;
    let client = with(connection(signing(BY_COOKIE), &server.url), ME);
    let lists = (0..4).map(|_| list(&client, "keys"));
    let all = futures_util::future::join_all(lists).await;
    assert!(all.iter().all(|listed| listed.end.is_ok()));
    assert_eq!(logins(&server), 2);
}

#[tokio::test]
async fn a_session_that_gets_another_cookie_on_the_way_goes_on_with_that() {
    let server = Raw::start(|_, request| {
        Some(if request.starts_with("POST /login") {
            http("200 OK", "Set-Cookie: sid=first-11\r\n", "{}")
        } else {
            let set = "Set-Cookie: sid=second-22; Path=/\r\nSet-Cookie: other=x\r\n";
            http("200 OK", set, "[]")
        })
    })
    .await;
    let client = with(connection(signing(BY_COOKIE), &server.url), ME);
    for _ in 0..2 {
        assert!(list(&client, "keys").await.end.is_ok());
    }
    let sent = server.requests();
    let sent: Vec<_> = sent.iter().filter_map(|it| cookie_of(it)).collect();
    assert_eq!(sent, ["sid=first-11", "sid=second-22"]);
    assert_eq!(logins(&server), 1);
}

#[tokio::test]
async fn a_login_that_sets_no_cookie_is_told_and_one_that_is_echoed_is_redacted() {
    let server =
        Raw::start(|_, _| Some(http("200 OK", "Set-Cookie: sid=; Max-Age=0\r\n", "{}"))).await;
    let client = with(connection(signing(BY_COOKIE), &server.url), ME);
    let error = list(&client, "keys").await.end.expect_err("no cookie");
    assert_eq!(
        error.to_string(),
        "the answer to the sign-in sets no cookie"
    );
    let server = Raw::start(|_, request| {
        Some(if request.starts_with("POST /login") {
            http("200 OK", SET, "{}")
        } else {
            let echo = r#"{"message":"bad s-11112222 in sid=s-11112222; csrf=c-33334444"}"#;
            http("403 Forbidden", "", echo)
        })
    })
    .await;
    let client = with(connection(signing(BY_COOKIE), &server.url), ME);
    let error = list(&client, "keys")
        .await
        .end
        .expect_err("forbidden")
        .to_string();
    assert!(
        !error.contains("11112222") && !error.contains("33334444"),
        "{error}"
    );
}
