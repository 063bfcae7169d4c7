//! A program that signs: what it is told, how long its headers serve, and that nothing is sent without them.

use std::time::Duration;

use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, header, method},
};

use super::*;
use crate::api::auth::{
    command::{Runner, Signer},
    hotkey::hex,
};

/// What a test's program answers to what it is told, which it keeps.
type Answer = Box<dyn Fn(usize, &Value) -> Result<String, ApiError> + Send + Sync>;

struct Program {
    answer: Answer,
    argv: Mutex<Vec<Vec<String>>>,
    told: Mutex<Vec<Value>>,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Program")
    }
}

impl Program {
    fn answering(
        answer: impl Fn(usize, &Value) -> Result<String, ApiError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            argv: Mutex::default(),
            told: Mutex::default(),
        })
    }

    fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap().clone()
    }

    fn runs(&self) -> usize {
        self.told().len()
    }
}

impl Runner for Program {
    fn check<'a>(&'a self, _: Signer<'a>) -> BoxFuture<'a, Result<(), ApiError>> {
        Box::pin(async { Ok(()) })
    }

    fn run<'a>(
        &'a self,
        signer: Signer<'a>,
        told: &'a [u8],
    ) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>, ApiError>> {
        Box::pin(async move {
            let value: Value = serde_json::from_slice(told).unwrap();
            self.argv.lock().unwrap().push(signer.argv.to_vec());
            let run = {
                let mut all = self.told.lock().unwrap();
                all.push(value.clone());
                all.len()
            };
            tokio::time::sleep(Duration::from_millis(20)).await;
            let answer = (self.answer)(run, &value)?;
            Ok(Zeroizing::new(answer.into_bytes()))
        })
    }
}

fn signed() -> Arc<Manifest> {
    let text = r#"
        manifest = 1
        id = "signed"
        title = "Signed"
        [headers]
        X-Version = "2024-01-01"
        X-Tenant = "{tenant}"
        X-Other = "Key {other}"
        [inputs.tenant]
        label = "Tenant"
        default = "acme"
        [inputs.other]
        label = "The secret of something else"
        secret = true
        [[auth]]
        id = "program"
        command = { argv = ["acme-sign", "--tenant={tenant}"] }
        [[check]]
        id = "me"
        call = "GET /me"
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        [resource.list]
        call = "GET /keys?all=true"
        [resource.create]
        call = "POST /keys"
        [[resource.field]]
        key = "name"
        title = "Name"
        role = "name"
        send = ["create"]
    "#;
    manifest::load(text).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn client_of(server: &MockServer, program: &Arc<Program>) -> Client {
    let connection = connection(signed(), &server.uri());
    let runner = Arc::clone(program) as Arc<dyn Runner>;
    with(connection, &[("other", CANARY)]).signed_by(Some(runner))
}

async fn taking(status: u16, body: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status).set_body_string(body))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

fn alone(run: usize) -> String {
    format!(r#"{{"headers": {{"Authorization": "Sign sig-{run:08}"}}}}"#)
}

fn until(run: usize, end: &str) -> String {
    format!(r#"{{"headers": {{"Authorization": "Sign sig-{run:08}"}}, "expires_at": {end}}}"#)
}

const LATER: &str = "\"2100-01-01T00:00:00Z\"";

#[tokio::test]
async fn a_program_is_told_the_request_with_the_hash_of_the_bytes_that_are_sent() {
    let server = taking(200, "[]").await;
    let program = Program::answering(|run, _| Ok(alone(run)));
    let client = client_of(&server, &program);
    assert!(list(&client, "keys").await.end.is_ok());
    create(&client).await;
    assert!(client.check().await[0].result.is_ok());
    let (told, sent) = (program.told(), server.received_requests().await.unwrap());
    assert_eq!((told.len(), sent.len()), (3, 3));
    for (at, (told, sent)) in told.iter().zip(&sent).enumerate() {
        assert_eq!(told["method"], sent.method.as_str());
        let line = line(sent);
        let target = line.split_once(' ').unwrap().1;
        assert_eq!(told["url"], format!("{}{target}", server.uri()));
        assert_eq!(told["body_sha256"], hex(&Sha256::digest(&sent.body)));
        let signature = format!("Sign sig-{:08}", at + 1);
        assert_eq!(sent.headers["authorization"], signature.as_str());
        for (name, value) in told["headers"].as_object().unwrap() {
            assert_eq!(sent.headers[name.as_str()], value.as_str().unwrap());
        }
    }
    assert!(!sent[1].body.is_empty());
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(told[0]["body_sha256"], empty);
}

#[tokio::test]
async fn a_program_gets_no_secret_of_another_way_and_its_words_are_filled() {
    let server = taking(200, "[]").await;
    let program = Program::answering(|run, _| Ok(alone(run)));
    let client = client_of(&server, &program);
    assert!(list(&client, "keys").await.end.is_ok());
    let told = program.told();
    let headers = told[0]["headers"].as_object().unwrap();
    let names: Vec<&String> = headers.keys().collect();
    assert_eq!(names, ["accept", "x-tenant", "x-version"]);
    assert!(!told[0].to_string().contains(CANARY));
    let argv = program.argv.lock().unwrap().clone();
    assert_eq!(argv, [["acme-sign", "--tenant=acme"]]);
    let sent = server.received_requests().await.unwrap();
    assert_eq!(sent[0].headers["x-other"], format!("Key {CANARY}").as_str());
}

#[tokio::test]
async fn headers_without_an_end_are_for_one_request_and_runs_do_not_wait_for_each_other() {
    let server = taking(200, "[]").await;
    let program = Program::answering(|run, _| Ok(alone(run)));
    let client = client_of(&server, &program);
    for ends in ["once", "many"] {
        let lists = (0..8).map(|_| list(&client, "keys"));
        let all = futures_util::future::join_all(lists).await;
        assert!(all.iter().all(|listed| listed.end.is_ok()), "{ends}");
    }
    assert_eq!(program.runs(), 16);
    let sent = server.received_requests().await.unwrap();
    let mut signatures: Vec<_> = sent.iter().map(|it| &it.headers["authorization"]).collect();
    signatures.sort();
    signatures.dedup();
    assert_eq!(signatures.len(), 16);
}

#[tokio::test]
async fn headers_with_an_end_serve_all_requests_until_shortly_before_it() {
    let soon = jiff::Timestamp::now().as_second() + 61;
    let soon = soon.to_string();
    // One that has ended already is for its own request.
    for (end, runs) in [(LATER, 1), (soon.as_str(), 1), ("1", 9)] {
        let server = taking(200, "[]").await;
        let text = end.to_owned();
        let program = Program::answering(move |run, _| Ok(until(run, &text)));
        let client = client_of(&server, &program);
        let lists = (0..8).map(|_| list(&client, "keys"));
        let all = futures_util::future::join_all(lists).await;
        assert!(all.iter().all(|listed| listed.end.is_ok()));
        create(&client).await;
        assert_eq!(program.runs(), runs, "{end}");
    }
}

#[tokio::test]
async fn shared_headers_that_are_refused_are_made_once_more() {
    let server = taking(401, r#"{"message":"No."}"#).await;
    let second = Mock::given(method("GET"))
        .and(header("authorization", "Sign sig-00000002"))
        .respond_with(ResponseTemplate::new(200).set_body_string("[]"));
    second.mount(&server).await;
    let program = Program::answering(|run, _| Ok(until(run, LATER)));
    let client = client_of(&server, &program);
    let lists = (0..4).map(|_| list(&client, "keys"));
    let all = futures_util::future::join_all(lists).await;
    assert!(all.iter().all(|listed| listed.end.is_ok()));
    assert_eq!(program.runs(), 2);
    server.reset().await;
    let refusing = Mock::given(any()).respond_with(ResponseTemplate::new(401));
    refusing.mount(&server).await;
    assert!(list(&client, "keys").await.end.is_err());
    assert_eq!((program.runs(), got(&server).await.len()), (3, 2));
}

#[tokio::test]
async fn headers_for_one_request_that_are_refused_end_it() {
    let server = taking(401, r#"{"message":"No."}"#).await;
    let program = Program::answering(|run, _| Ok(alone(run)));
    let client = client_of(&server, &program);
    let error = list(&client, "keys").await.end.expect_err("refused");
    assert_eq!(error.to_string(), "No. (401)");
    assert_eq!((program.runs(), got(&server).await.len()), (1, 1));
}

/// What a run of a program comes to.
type Case = fn() -> Result<String, ApiError>;

#[tokio::test]
async fn nothing_is_sent_where_the_program_fails_or_its_answer_cannot_be_used() {
    let cases: [(Case, &str); 5] = [
        (
            || Ok("{}".to_owned()),
            "acme-sign answered without headers; its answer has to be",
        ),
        (
            || Ok(r#"{"headers": {"Host": "x"}}"#.to_owned()),
            "acme-sign gave the header \"Host\", which keyrack sets itself",
        ),
        (
            || Ok(CANARY.to_owned()),
            "acme-sign answered something that is not JSON",
        ),
        (
            || Err(ApiError::Unapproved("look at it".to_owned())),
            "look at it",
        ),
        (
            || {
                Err(ApiError::Unsigned(format!(
                    "acme-sign ended with code 3: {CANARY}"
                )))
            },
            "acme-sign ended with code 3: [redacted]",
        ),
    ];
    for (answer, words) in cases {
        let server = taking(200, "[]").await;
        let program = Program::answering(move |_, _| answer());
        let client = client_of(&server, &program);
        let error = list(&client, "keys").await.end.expect_err("not signed");
        let told_of = error.to_string();
        assert!(
            told_of.starts_with(&format!("nothing was sent: {words}")),
            "{told_of}"
        );
        let (class, why) = told(&create(&client).await);
        assert_eq!((class, why.as_str()), ("not done", told_of.as_str()));
        assert!(!why.contains(CANARY));
        assert!(got(&server).await.is_empty());
    }
}

#[tokio::test]
async fn who_waits_for_a_program_that_fails_takes_its_failure() {
    let server = taking(200, "[]").await;
    let program = Program::answering(|_, _| Err(ApiError::Unsigned("no".to_owned())));
    let client = client_of(&server, &program);
    let lists = (0..8).map(|_| list(&client, "keys"));
    let all = futures_util::future::join_all(lists).await;
    assert!(all.iter().all(|listed| listed.end.is_err()));
    assert_eq!(program.runs(), 1);
}

#[tokio::test]
async fn what_a_program_made_is_redacted_when_a_service_echoes_it() {
    let body = r#"{"message":"bad signature sig-00000001 in Sign sig-00000001"}"#;
    let server = taking(403, body).await;
    let program = Program::answering(|run, _| Ok(alone(run)));
    let client = client_of(&server, &program);
    let error = list(&client, "keys").await.end.expect_err("forbidden");
    let words = error.to_string();
    assert_eq!(words, "bad signature [redacted] in [redacted] (403)");
}

#[tokio::test]
async fn a_client_without_a_runner_sends_nothing() {
    let server = taking(200, "[]").await;
    let client = with(connection(signed(), &server.uri()), &[("other", CANARY)]);
    assert!(list(&client, "keys").await.end.is_err());
    assert!(matches!(
        client.may_sign().await,
        Err(ApiError::Unsigned(_))
    ));
    assert!(got(&server).await.is_empty());
}
