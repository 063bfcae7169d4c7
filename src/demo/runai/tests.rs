//! Run:ai over real HTTP: signing in. The keys have their own tests beside this.

mod keys;

use std::time::Duration;

use reqwest::Method;

use super::super::Options;
use super::super::tests::{Answer, Bench};
use super::*;

const OWN: &str = "/api/v1/access-keys";
const ALL: &str = "/api/v1/administration/access-keys";

fn few(keys: usize) -> Options {
    Options {
        keys: Some(keys),
        ..Options::default()
    }
}

impl Bench {
    async fn token_for(&self, id: &str, secret: &str) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "client_credentials"),
                ("client_id", id),
                ("client_secret", secret),
            ])
            .finish();
        let request = self
            .client
            .post(self.url("runai", "/api/v2/token"))
            .body(form);
        self.ask(request.header("content-type", "application/x-www-form-urlencoded"))
            .await
    }

    async fn token_v1(&self, body: Value) -> Answer {
        let request = self
            .client
            .post(self.url("runai", "/api/v1/token"))
            .body(body.to_string());
        self.ask(request.header("content-type", "application/json"))
            .await
    }

    async fn signed_in(&self) -> String {
        let (id, secret) = (
            self.input("runai", "client_id"),
            self.input("runai", "client_secret"),
        );
        let answer = self.token_for(&id, &secret).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn runai(&self, token: &str, method: Method, path: &str, body: Value) -> Answer {
        let request = self
            .client
            .request(method, self.url("runai", path))
            .bearer_auth(token);
        let request = if body.is_null() {
            request
        } else {
            request
                .header("content-type", "application/json")
                .body(body.to_string())
        };
        self.ask(request).await
    }

    async fn own(&self, token: &str) -> Vec<Value> {
        let listed = self.runai(token, Method::GET, OWN, Value::Null).await;
        listed.json()["accessKeys"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_token_comes_by_v2_v1_and_app_token() {
    let bench = Bench::new(few(3)).await;
    let (id, secret) = (
        bench.input("runai", "client_id"),
        bench.input("runai", "client_secret"),
    );
    let v2 = bench.token_for(&id, &secret).await;
    assert_eq!(
        (
            v2.status,
            &v2.json()["token_type"],
            &v2.json()["expires_in"]
        ),
        (200, &json!("Bearer"), &json!(3600))
    );
    for body in [
        json!({ "grantType": "client_credentials", "clientID": id, "clientSecret": secret }),
        json!({ "grantType": "client_credentials", "clientId": id, "clientSecret": secret }),
        json!({ "grantType": "app_token", "AppId": id, "AppSecret": secret }),
    ] {
        let v1 = bench.token_v1(body).await;
        assert_eq!((v1.status, &v1.json()["expiresIn"]), (200, &json!(3600)));
        let token = v1.json()["accessToken"].as_str().unwrap().to_owned();
        assert!(!bench.own(&token).await.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_secret_gets_no_token() {
    let bench = Bench::new(few(3)).await;
    let id = bench.input("runai", "client_id");
    let v2 = bench.token_for(&id, "wrong").await;
    assert_eq!(v2.status, 401);
    assert_eq!(
        v2.text,
        r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#
    );
    let other = bench
        .client
        .post(bench.url("runai", "/api/v2/token"))
        .body("grant_type=password");
    let other = bench
        .ask(other.header("content-type", "application/x-www-form-urlencoded"))
        .await;
    assert_eq!(
        other.text,
        r#"{"error":"unsupported_grant_type","error_description":"grant_type is not supported"}"#
    );
    assert_eq!(
        bench
            .token_v1(
                json!({ "grantType": "client_credentials", "clientID": id, "clientSecret": "x" })
            )
            .await
            .status,
        400
    );
    let missing = bench
        .token_v1(json!({ "grantType": "client_credentials" }))
        .await;
    assert_eq!(
        (missing.status, missing.text.as_str()),
        (
            400,
            r#"{"code":400,"message":"Required parameter is missing"}"#
        )
    );
}

#[tokio::test]
async fn an_expired_or_forged_token_is_not_familiar() {
    let bench = Bench::lasting(few(3), Duration::ZERO).await;
    let expired = bench.signed_in().await;
    for token in [expired.as_str(), "a.b.c", ""] {
        let answer = bench.runai(token, Method::GET, OWN, Value::Null).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (401, r#"{"code":401,"message":"Issuer is not familiar."}"#)
        );
    }
    let without = bench.ask(bench.client.get(bench.url("runai", ALL))).await;
    assert_eq!(without.status, 401);
}

#[tokio::test]
async fn the_key_that_signs_in_is_in_the_own_list_and_its_last_login_moves() {
    let bench = Bench::new(Options::default()).await;
    let token = bench.signed_in().await;
    let own = bench.own(&token).await;
    assert_eq!(own.len(), 14);
    let mine = own
        .iter()
        .find(|key| key["clientId"] == json!(bench.input("runai", "client_id")))
        .unwrap();
    let last: Timestamp = mine["lastLogin"].as_str().unwrap().parse().unwrap();
    assert!(
        Timestamp::now().as_second() - last.as_second() < 60,
        "{last}"
    );
    assert!(own.iter().any(|key| key["lastLogin"].is_null()));
}
