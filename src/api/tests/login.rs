//! Logins: one for all who wait, renewed early and once, their failures about the credential.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, method, path},
};

use super::*;

const ROWS: &str = r#"{"accessKeys":[]}"#;
const PAIR: &[(&str, &str)] = &[("client_id", "cid"), ("client_secret", CANARY)];

async fn token(server: &MockServer, text: &str, times: u64) {
    let body = format!(r#"{{"access_token":"{text}","expires_in":3600}}"#);
    Mock::given(method("POST"))
        .and(path("/api/v2/token"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_string(body)
                .set_delay(Duration::from_millis(20)),
        )
        .up_to_n_times(times)
        .mount(server)
        .await;
}

async fn rows(server: &MockServer, token: &str) {
    Mock::given(method("GET"))
        .and(header("authorization", format!("Bearer {token}")))
        .respond_with(ResponseTemplate::new(200).set_body_string(ROWS))
        .mount(server)
        .await;
}

async fn refusing(server: &MockServer) {
    Mock::given(wiremock::matchers::any())
        .respond_with(
            ResponseTemplate::new(401).set_body_string(r#"{"message":"Issuer is not familiar."}"#),
        )
        .with_priority(9)
        .mount(server)
        .await;
}

async fn logins(server: &MockServer) -> usize {
    got(server)
        .await
        .iter()
        .filter(|line| line.ends_with("/token"))
        .count()
}

#[tokio::test]
async fn many_calls_at_once_wait_for_one_login() {
    let server = MockServer::start().await;
    token(&server, "one", 9).await;
    rows(&server, "one").await;
    let client = client("runai", &server.uri(), PAIR);
    let lists = (0..8).map(|_| list(&client, "administration"));
    let all = futures_util::future::join_all(lists).await;
    assert!(all.iter().all(|listed| listed.end.is_ok()));
    assert_eq!(logins(&server).await, 1);
}

#[tokio::test]
async fn many_calls_at_once_share_one_failed_login() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(401).set_delay(Duration::from_millis(20)))
        .mount(&server)
        .await;
    let client = client("runai", &server.uri(), PAIR);
    let lists = (0..8).map(|_| list(&client, "administration"));
    let all = futures_util::future::join_all(lists).await;
    assert!(all.iter().all(|listed| listed.end.is_err()));
    assert_eq!(got(&server).await.len(), 1);
}

#[tokio::test]
async fn a_token_that_ended_early_is_renewed_once_for_all() {
    let server = MockServer::start().await;
    token(&server, "one", 1).await;
    token(&server, "two", 1).await;
    rows(&server, "two").await;
    refusing(&server).await;
    let client = client("runai", &server.uri(), PAIR);
    let lists = (0..4).map(|_| list(&client, "administration"));
    let all = futures_util::future::join_all(lists).await;
    assert!(all.iter().all(|listed| listed.end.is_ok()));
    assert_eq!(logins(&server).await, 2);
}

#[tokio::test]
async fn a_call_that_a_new_token_cannot_help_fails_after_one_renewal() {
    let server = MockServer::start().await;
    token(&server, "one", 9).await;
    refusing(&server).await;
    let client = client("runai", &server.uri(), PAIR);
    let error = list(&client, "administration")
        .await
        .end
        .expect_err("refused");
    assert_eq!(error.to_string(), "Issuer is not familiar. (401)");
    assert_eq!((logins(&server).await, got(&server).await.len()), (2, 4));
}

#[tokio::test]
async fn a_short_lived_token_is_renewed_before_its_end() {
    // 0 seconds are over at once; 61 are not, for they are renewed a minute early.
    for (seconds, logins_after_two) in [("0", 2), ("61", 1), ("\"3600\"", 1)] {
        let server = MockServer::start().await;
        let body = format!(r#"{{"access_token":"t","expires_in":{seconds}}}"#);
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200).set_body_string(body))
            .mount(&server)
            .await;
        rows(&server, "t").await;
        let client = client("runai", &server.uri(), PAIR);
        for _ in 0..2 {
            assert!(list(&client, "administration").await.end.is_ok());
        }
        assert_eq!(logins(&server).await, logins_after_two, "{seconds}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_say_how_long_it_lives_is_read_as_a_jwt() {
    for (exp, logins_after_two) in [(1, 2), (99_999_999_999_u64, 1)] {
        let server = MockServer::start().await;
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{exp}}}"#));
        let jwt = format!("e30.{claims}.sig");
        let body = format!(r#"{{"access_token":"{jwt}"}}"#);
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200).set_body_string(body))
            .mount(&server)
            .await;
        rows(&server, &jwt).await;
        let client = client("runai", &server.uri(), PAIR);
        for _ in 0..2 {
            assert!(list(&client, "administration").await.end.is_ok());
        }
        assert_eq!(logins(&server).await, logins_after_two, "{exp}");
    }
}

#[tokio::test]
async fn a_write_whose_login_fails_was_not_done_and_not_sent() {
    use manifest::Meaning::{Busy, Credential, Unavailable};
    for (status, expected) in [
        (400, Credential),
        (401, Credential),
        (403, Credential),
        (429, Busy),
        (500, Unavailable),
        (503, Unavailable),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/api/v2/token"))
            .respond_with(ResponseTemplate::new(status))
            .mount(&server)
            .await;
        let client = client("runai", &server.uri(), PAIR);
        let values = serde_json::json!({});
        let change = change(&client, "administration", Verb::Delete, Some("a"), values);
        let Outcome::NotDone(ApiError::Refused { meaning, .. }) = client.send(&change).await else {
            panic!("{status}");
        };
        assert_eq!(meaning, expected, "{status}");
        assert_eq!(got(&server).await, ["POST /api/v2/token"]);
    }
}

#[tokio::test]
async fn a_sign_in_that_fails_says_whether_the_credential_the_service_or_the_url_is_to_blame() {
    for (status, words, next) in [
        (401, "signing in was refused (401)", "credential"),
        (404, "check the context's url (404)", "credential"),
        (429, "the sign-in is busy (429)", "Wait a moment"),
        (503, "the sign-in is not available (503)", "try again later"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status))
            .mount(&server)
            .await;
        let client = client("runai", &server.uri(), PAIR);
        let error = list(&client, "administration").await.end.expect_err("no");
        assert!(error.to_string().ends_with(words), "{error}");
        assert!(error.next_step().contains(next), "{}", error.next_step());
    }
}

#[tokio::test]
async fn a_login_answer_without_the_token_names_the_pointer() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"other":"x"}"#))
        .mount(&server)
        .await;
    let client = client("runai", &server.uri(), PAIR);
    let error = list(&client, "administration")
        .await
        .end
        .expect_err("no token");
    assert_eq!(
        error.to_string(),
        "the answer to the sign-in has nothing at /access_token"
    );
}

pub fn signing(auth: &str) -> Arc<manifest::Manifest> {
    let text = format!(
        r#"
        manifest = 1
        id = "ways"
        title = "Ways"
        [inputs.user]
        label = "User"
        [inputs.password]
        label = "Password"
        secret = true
        [[auth]]
        id = "way"
        inputs = ["user", "password"]
        {auth}
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        call = "GET /keys"
        [resource.create]
        call = "POST /keys"
        item = ""
        secret = "/secret"
        [[resource.field]]
        key = "id"
        title = "ID"
        [[resource.field]]
        key = "name"
        title = "Name"
        send = ["create"]
        [[resource.field]]
        key = "again"
        title = "Password"
        kind = "secret"
        send = ["create"]
        "#
    );
    manifest::load(&text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

#[tokio::test]
async fn basic_query_and_captured_header_credentials_are_sent_and_redacted_when_echoed() {
    let login = "headers = { X-Token = \"{session}\" }\n[[auth.login]]\ncall = \"POST /login\"\nbasic = [\"{user}\", \"{password}\"]\ncapture = { session = \"header:X-Session\" }";
    for (auth, wanted) in [
        (
            "basic = [\"{user}\", \"{password}\"]",
            "authorization: Basic bWU6cA==",
        ),
        ("query = { key = \"{password}\" }", "GET /keys?key=p"),
        (login, "x-token: s-1234"),
    ] {
        let server = Raw::start(|_, request| {
            Some(if request.starts_with("POST /login") {
                assert!(request.contains("Basic bWU6cA=="));
                http("200 OK", "X-Session: s-1234\r\n", "")
            } else {
                let echo = format!(r#"{{"message":"{}"}}"#, request.replace(['\r', '\n'], " "));
                http("403 X", "", &echo)
            })
        })
        .await;
        let client = with(
            connection(signing(auth), &server.url),
            &[("user", "me"), ("password", "p")],
        );
        let error = list(&client, "keys")
            .await
            .end
            .expect_err("forbidden")
            .to_string();
        let request = server.requests().pop().expect("a request");
        assert!(request.contains(wanted), "{request}");
        for credential in ["bWU6cA==", "s-1234", "key=p"] {
            assert!(!error.contains(credential), "{error}");
        }
    }
}

const LOGIN: &str =
    "headers = { Authorization = \"Bearer {token}\" }\n[[auth.login]]\ncall = \"POST /login\"\n";
const ME: &[(&str, &str)] = &[("user", "me"), ("password", CANARY)];

/// A server whose login answers so, and which takes every other call.
async fn answering(login: &'static str) -> Raw {
    Raw::start(move |_, request| {
        Some(if request.starts_with("POST /login") {
            json(login)
        } else {
            json("[]")
        })
    })
    .await
}

#[tokio::test]
async fn a_login_sends_json_or_a_form_with_its_inputs_alone() {
    for (encode, wanted) in [
        (
            "",
            format!(
                "content-type: application/json|{{\"u\":\"me\",\"p\":\"{CANARY}\",\"grant\":\"x y\"}}"
            ),
        ),
        (
            "encode = \"form\"",
            format!("content-type: application/x-www-form-urlencoded|u=me&p={CANARY}&grant=x+y"),
        ),
    ] {
        let server = answering(r#"{"token":"t"}"#).await;
        let body = r#"body = { u = "{user}", p = "{password}", grant = "x y" }"#;
        let way = format!("{LOGIN}{body}\n{encode}\ncapture = {{ token = \"/token\" }}");
        let client = with(connection(signing(&way), &server.url), ME);
        assert!(list(&client, "keys").await.end.is_ok());
        let login = server.requests().remove(0);
        let (head, body) = login.split_once("\r\n\r\n").expect("a body");
        let media = head.lines().find(|line| line.starts_with("content-type"));
        assert_eq!(format!("{}|{body}", media.expect("a type")), wanted);
        assert!(!head.contains("authorization"), "{head}");
    }
}

#[tokio::test]
async fn a_token_is_captured_from_where_it_stands_a_number_as_it_is_written() {
    for (answer, at, token) in [
        (r#"{"token":"abc"}"#, "/token", "abc"),
        (
            r#"{"data":{"token":{"id":9007199254740993}}}"#,
            "/data/token/id",
            "9007199254740993",
        ),
        (r#"{"tokens":["a","b"]}"#, "/tokens/-1", "b"),
        (r#""bare""#, "", "bare"),
    ] {
        let server = answering(answer).await;
        let way = format!("{LOGIN}capture = {{ token = \"{at}\" }}");
        let client = with(connection(signing(&way), &server.url), ME);
        assert!(list(&client, "keys").await.end.is_ok(), "{answer}");
        let request = server.requests().pop().expect("a request");
        let wanted = format!("authorization: Bearer {token}\r\n");
        assert!(request.contains(&wanted), "{request}");
    }
}

#[tokio::test]
async fn nothing_that_is_no_token_is_captured() {
    for answer in [
        r#"{"token":""}"#,
        r#"{"token":null}"#,
        r#"{"token":true}"#,
        r#"{"token":["a"]}"#,
        r#"{"token":{"a":1}}"#,
        "no JSON",
    ] {
        let server = answering(answer).await;
        let way = format!("{LOGIN}capture = {{ token = \"/token\" }}");
        let client = with(connection(signing(&way), &server.url), ME);
        let error = list(&client, "keys").await.end.expect_err("no token");
        let words = "the answer to the sign-in has nothing at /token";
        assert_eq!(
            (error.to_string().as_str(), server.requests().len()),
            (words, 1)
        );
    }
}

/// The manifest of a service that signs in so.
fn with_calls(auth: &str, list: &str, create: &str) -> Arc<manifest::Manifest> {
    let text = format!(
        r#"
        manifest = 1
        id = "calls"
        title = "Calls"
        [inputs.password]
        label = "Password"
        secret = true
        [[auth]]
        id = "way"
        inputs = ["password"]
        {auth}
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        {list}
        [resource.create]
        {create}
        [[resource.field]]
        key = "name"
        title = "Name"
        send = ["create"]
        "#
    );
    manifest::load(&text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

#[tokio::test]
async fn what_a_login_gave_stands_in_paths_queries_headers_and_bodies() {
    let auth = "headers = { X-Token = \"{token}\" }\n[[auth.login]]\ncall = \"POST /login\"\n\
                body = { p = \"{password}\" }\ncapture = { token = \"/token\", account = \"/id\", org = \"header:X-Org\" }";
    let manifest = with_calls(
        auth,
        "call = \"GET /accounts/{account}/keys?org={org}\"\nheaders = { X-Org = \"{org}\" }",
        "call = \"POST /accounts/{account}/keys\"\nbody = { org = \"{org}\", account = \"{account}\" }",
    );
    let server = Raw::start(|_, request| {
        Some(if request.starts_with("POST /login") {
            http(
                "200 OK",
                "X-Org: o/1 x\r\n",
                r#"{"token":"t-11112222","id":42}"#,
            )
        } else {
            json("[]")
        })
    })
    .await;
    let client = with(connection(manifest, &server.url), &[("password", CANARY)]);
    assert!(list(&client, "keys").await.end.is_ok());
    create(&client).await;
    let requests = server.requests();
    assert!(
        requests[1].starts_with("GET /accounts/42/keys?org=o%2F1+x HTTP"),
        "{}",
        requests[1]
    );
    assert!(requests[1].contains("x-org: o/1 x\r\n"));
    assert!(requests[2].starts_with("POST /accounts/42/keys HTTP"));
    assert!(
        requests[2].ends_with(r#"{"org":"o/1 x","account":"42","name":"a"}"#),
        "{}",
        requests[2]
    );
    assert_eq!(requests.len(), 3);
}

/// A create that asks for a password again.
fn with_password(client: &Client) -> Change {
    let mut change = change(
        client,
        "keys",
        Verb::Create,
        None,
        serde_json::json!({"name": "a"}),
    );
    let again = FieldValue::Secret(secret("wrong-one"));
    change.values.insert("again".to_owned(), again);
    change
}

#[tokio::test]
async fn a_wrong_password_in_a_form_neither_ends_the_session_nor_is_sent_for_ever() {
    let token = "headers = { Authorization = \"Bearer {password}\" }";
    let login = format!("{LOGIN}capture = {{ token = \"/token\" }}");
    // A login may have ended as well: the one renewal tells, and the session goes on with it.
    for (way, logins, creates) in [(token, 0, 1), (login.as_str(), 2, 2)] {
        let server = Raw::start(|_, request| {
            Some(if request.starts_with("POST /login") {
                json(r#"{"token":"t-11112222"}"#)
            } else if request.starts_with("POST") {
                http(
                    "401 Unauthorized",
                    "",
                    r#"{"message":"incorrect password"}"#,
                )
            } else {
                json("[]")
            })
        })
        .await;
        let client = with(connection(signing(way), &server.url), ME);
        assert!(list(&client, "keys").await.end.is_ok());
        let (class, why) = told(&client.send(&with_password(&client)).await);
        assert_eq!(class, "not done");
        assert!(why.starts_with("incorrect password"), "{why}");
        assert!(list(&client, "keys").await.end.is_ok());
        let requests = server.requests();
        let count = |start: &str| requests.iter().filter(|it| it.starts_with(start)).count();
        assert_eq!(
            (count("POST /login"), count("POST /keys")),
            (logins, creates)
        );
    }
}

#[tokio::test]
async fn a_refusal_of_a_form_with_a_password_says_that_it_may_be_the_password() {
    let server = Raw::start(|_, _| Some(http("401 Unauthorized", "", "{}"))).await;
    let token = "headers = { Authorization = \"Bearer {password}\" }";
    let client = with(connection(signing(token), &server.url), ME);
    let Outcome::NotDone(error) = client.send(&with_password(&client)).await else {
        panic!("a 401 does nothing");
    };
    let words = "the credential of this context, or the Password of the form, is wrong (401)";
    assert_eq!(error.to_string(), words);
    let (_, plain) = told(&create(&client).await);
    assert_eq!(plain, "the server answered 401");
}
