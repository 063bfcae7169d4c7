//! Chutes over real HTTP: signing in. The lists have their own tests beside this.

mod lists;
mod secrets;

use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};
use sha2::{Digest as _, Sha256};

use super::super::Options;
use super::super::tests::{Answer, Bench};
use super::*;

pub(super) fn few(keys: usize) -> Options {
    Options {
        keys: Some(keys),
        ..Options::default()
    }
}

impl Bench {
    pub(super) fn chutes(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, self.url("chutes", path))
            .bearer_auth(self.input("chutes", "api_key"))
    }

    pub(super) async fn chutes_post(&self, path: &str, body: &Value) -> Answer {
        let request = self
            .chutes(Method::POST, path)
            .header("content-type", "application/json");
        self.ask(request.body(body.to_string())).await
    }

    async fn with_authorization(&self, value: &str) -> Answer {
        self.ask(
            self.client
                .get(self.url("chutes", "/api_keys/"))
                .header("authorization", value),
        )
        .await
    }

    /// A call that a hotkey signs; `tail` is the purpose, or the hash of the body.
    fn signed(
        &self,
        method: Method,
        path: &str,
        seed: u8,
        nonce: i64,
        tail: &str,
    ) -> RequestBuilder {
        let (address, pair) = hotkey(seed);
        let signature =
            pair.sign_simple(b"substrate", format!("{address}:{nonce}:{tail}").as_bytes());
        let request = self
            .client
            .request(method, self.url("chutes", path))
            .header("X-Chutes-Hotkey", address);
        let request = request.header("X-Chutes-Nonce", nonce.to_string());
        request.header("X-Chutes-Signature", vault::hex(&signature.to_bytes()))
    }
}

fn hotkey(seed: u8) -> (&'static str, schnorrkel::Keypair) {
    let address = match seed {
        0x11 => sample::OPERATOR_HOTKEY,
        0x22 => sample::COLLEAGUE_HOTKEY,
        _ => "5CfCr47VsAnVsGkHUVbUmEsEAQ8NKSV6NzLW8gY9aYHtnTNT",
    };
    let seed = schnorrkel::MiniSecretKey::from_bytes(&[seed; 32]).unwrap();
    (
        address,
        seed.expand_to_keypair(schnorrkel::ExpansionMode::Ed25519),
    )
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

fn detail(answer: &Answer) -> (u16, String) {
    (
        answer.status,
        answer.json()["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    )
}

fn refused(text: &str) -> (u16, String) {
    (401, text.to_owned())
}

#[tokio::test]
async fn the_last_word_of_authorization_is_the_key() {
    let bench = Bench::new(few(2)).await;
    let key = bench.input("chutes", "api_key");
    for good in [
        key.clone(),
        format!("Bearer {key}"),
        format!("bearer {key}"),
        format!("Basic {key}"),
        format!("Token {key}"),
    ] {
        assert_eq!(bench.with_authorization(&good).await.status, 200, "{good}");
    }
    let (head, _) = key.rsplit_once('.').unwrap();
    let wrong_secret = format!("Bearer {head}.{}", "A".repeat(32));
    let other_user = key.replace(&sample::OPERATOR_ID.replace('-', ""), &"0".repeat(32));
    for (value, message) in [
        ("", "Can't find a user with that api key in our db :("),
        ("Bearer", "Missing or invalid authorization header(s)"),
        ("Basic abc", "Missing or invalid authorization header(s)"),
        (
            "Bearer cpk_abc",
            "Missing or invalid authorization header(s)",
        ),
        ("Bearer abc", "Invalid token."),
        (
            "Bearer cak_x.y",
            "Can't find a user with that api key in our db :(",
        ),
        (&wrong_secret, "Invalid token or user not found"),
        (&other_user, "Invalid token or user not found"),
    ] {
        assert_eq!(
            detail(&bench.with_authorization(value).await),
            refused(message),
            "{value}"
        );
    }
    let none = bench
        .ask(bench.client.get(bench.url("chutes", "/secrets/")))
        .await;
    assert_eq!(
        none.text,
        r#"{"detail":"Can't find a user with that api key in our db :("}"#
    );
    let header = bench
        .client
        .get(bench.url("chutes", "/api_keys/"))
        .header("x-api-key", &key);
    assert_eq!(bench.ask(header).await.status, 401);
}

#[tokio::test]
async fn a_key_that_is_not_an_admins_is_as_good_as_wrong() {
    let bench = Bench::new(few(2)).await;
    let scoped = json!({ "admin": false, "name": "scoped", "scopes": [{ "object_type": "chutes", "action": "invoke" }] });
    let made = bench.chutes_post("/api_keys/", &scoped).await.json();
    let answer = bench
        .with_authorization(&format!("Bearer {}", made["secret_key"].as_str().unwrap()))
        .await;
    assert_eq!(detail(&answer), refused("Invalid token or user not found"));
}

#[tokio::test]
async fn a_hotkey_signs_the_purpose_or_the_body() {
    let bench = Bench::new(few(2)).await;
    assert_eq!(
        bench
            .ask(bench.signed(Method::GET, "/api_keys/", 0x11, now(), "api_keys"))
            .await
            .status,
        200
    );
    let again = bench
        .signed(Method::GET, "/api_keys/", 0x11, now() - 590, "api_keys")
        .bearer_auth("bad");
    assert_eq!(bench.ask(again).await.status, 200);
    let body = r#"{"admin":true, "name":"signed"}"#;
    let hash = vault::hex(&Sha256::digest(body));
    let post = |body: &'static str| {
        let request = bench.signed(Method::POST, "/api_keys/", 0x11, now(), &hash);
        request
            .header("content-type", "application/json")
            .body(body)
    };
    let changed = bench.ask(post(r#"{"admin":true,"name":"signed"}"#)).await;
    assert!(
        detail(&changed)
            .1
            .starts_with("Invalid request signature for hotkey 5DtD"),
        "{}",
        changed.text
    );
    assert_eq!(bench.ask(post(body)).await.status, 200);
}

#[tokio::test]
async fn a_signature_that_is_wrong_says_what_should_have_been_signed() {
    let bench = Bench::new(few(2)).await;
    let now = now();
    let wrong = bench
        .ask(bench.signed(Method::GET, "/api_keys/", 0x11, now, "secrets"))
        .await;
    let address = sample::OPERATOR_HOTKEY;
    let message = format!(
        "Invalid request signature for hotkey {address}. Message: {address}:{now}:api_keys"
    );
    assert_eq!(detail(&wrong), refused(&message));
    let headers = |hotkey: &str, nonce: &str, signature: &str| {
        let request = bench
            .client
            .get(bench.url("chutes", "/api_keys/"))
            .header("x-chutes-hotkey", hotkey);
        request
            .header("x-chutes-nonce", nonce)
            .header("x-chutes-signature", signature)
    };
    let hex = bench.ask(headers(address, &now.to_string(), "0x7a")).await;
    let message = "Invalid signature: 0x7a, with error: non-hexadecimal number found in fromhex() arg at position 1";
    assert_eq!(detail(&hex), refused(message));
    for nonce in [
        (now - 601).to_string(),
        (now + 601).to_string(),
        format!("{now}.5"),
        format!("{now}000"),
    ] {
        assert_eq!(
            detail(&bench.ask(headers(address, &nonce, "00")).await),
            refused("Invalid nonce!"),
            "{nonce}"
        );
    }
    let partly = bench
        .client
        .get(bench.url("chutes", "/api_keys/"))
        .header("x-chutes-hotkey", address);
    assert_eq!(
        detail(&bench.ask(partly).await),
        refused("Can't find a user with that api key in our db :(")
    );
}

#[tokio::test]
async fn a_hotkey_of_nobody_is_named() {
    let bench = Bench::new(few(2)).await;
    let (_, pair) = hotkey(0x33);
    let mut body = vec![42];
    body.extend(pair.public.to_bytes());
    let digest = blake2::Blake2b512::digest([b"SS58PRE".as_slice(), &body].concat());
    body.extend(&digest[..2]);
    let address = bs58::encode(body).into_string();
    let signature = pair.sign_simple(
        b"substrate",
        format!("{address}:{}:api_keys", now()).as_bytes(),
    );
    let request = bench
        .client
        .get(bench.url("chutes", "/api_keys/"))
        .header("x-chutes-hotkey", &address);
    let request = request
        .header("x-chutes-nonce", now())
        .header("x-chutes-signature", vault::hex(&signature.to_bytes()));
    assert_eq!(
        detail(&bench.ask(request).await),
        refused(&format!("Could not find user with hotkey: {address}"))
    );
}

#[tokio::test]
async fn the_registry_lets_registered_miners_in() {
    let bench = Bench::new(few(2)).await;
    let key = bench.ask(bench.chutes(Method::GET, "/registry/auth")).await;
    assert_eq!(detail(&key), refused("Invalid BT Auth."));
    let miner = bench
        .ask(bench.signed(Method::GET, "/registry/auth", 0x11, now(), "registry"))
        .await;
    assert_eq!(
        (miner.status, miner.text.as_str()),
        (200, r#"{"authenticated":true}"#)
    );
    assert_eq!(miner.header("authorization"), "Basic b'OnJlZ2lzdHJ5'");
    let plain = bench
        .ask(bench.signed(Method::GET, "/registry/auth", 0x22, now(), "registry"))
        .await;
    assert_eq!(
        detail(&plain),
        refused("Hotkey is not registered on netuid 64")
    );
    let slash = bench
        .ask(bench.signed(Method::GET, "/registry/auth/", 0x11, now(), "registry"))
        .await;
    assert_eq!(
        detail(&slash),
        refused("Either payload_str or purpose must be provided")
    );
}

#[tokio::test]
async fn a_jwt_comes_by_fingerprint_or_by_a_nonce_that_is_good_once() {
    let bench = Bench::new(few(2)).await;
    let login = |body: Value| {
        let request = bench
            .client
            .post(bench.url("chutes", "/users/login"))
            .body(body.to_string());
        bench.ask(request)
    };
    let token = login(json!({ "fingerprint": sample::OPERATOR_FINGERPRINT }))
        .await
        .json()["token"]
        .clone();
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    assert_eq!(bench.with_authorization(&bearer).await.json()["total"], 2);
    assert_eq!(
        detail(&login(json!({ "fingerprint": "nope" })).await),
        refused("Invalid fingerprint.")
    );
    assert_eq!(login(json!({})).await.status, 400);
    let nonce = bench
        .ask(bench.client.get(bench.url("chutes", "/users/login/nonce")))
        .await
        .json();
    let nonce = nonce["nonce"].as_str().unwrap().to_owned();
    let (address, pair) = hotkey(0x22);
    let signature = vault::hex(&pair.sign_simple(b"substrate", nonce.as_bytes()).to_bytes());
    let body = json!({ "hotkey": address, "nonce": nonce, "signature": signature });
    let token = login(body.clone()).await.json()["token"].clone();
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    assert_eq!(bench.with_authorization(&bearer).await.json()["total"], 5);
    assert_eq!(
        detail(&login(body).await),
        refused("Invalid or expired nonce. Please request a new one.")
    );
}

#[tokio::test]
async fn ping_and_me_answer() {
    let bench = Bench::new(few(2)).await;
    let ping = bench
        .ask(bench.client.get(bench.url("chutes", "/ping")))
        .await;
    assert_eq!(
        (ping.status, ping.text.as_str()),
        (200, r#"{"message":"pong"}"#)
    );
    let me = bench
        .ask(bench.signed(Method::GET, "/users/me", 0x22, now(), "me"))
        .await
        .json();
    assert_eq!(
        (&me["username"], &me["hotkey"]),
        (&json!("jonas"), &json!(sample::COLLEAGUE_HOTKEY))
    );
    assert_eq!(
        bench
            .ask(bench.chutes(Method::GET, "/users/me"))
            .await
            .json()["user_id"],
        sample::OPERATOR_ID
    );
    let chutes = bench
        .ask(bench.chutes(Method::GET, "/chutes/?limit=2"))
        .await
        .json();
    assert_eq!(
        (&chutes["total"], chutes["items"].as_array().unwrap().len()),
        (&json!(6), 2)
    );
    assert_eq!(
        bench
            .ask(bench.chutes(Method::GET, "/images/"))
            .await
            .json()["total"],
        1
    );
}
