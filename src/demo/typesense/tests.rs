//! Typesense over real HTTP.

use serde_json::json;

use super::super::Options;
use super::super::tests::{Answer, Bench};
use super::*;

fn few(keys: usize) -> Options {
    Options {
        keys: Some(keys),
        ..Options::default()
    }
}

async fn create(bench: &Bench, body: &Value) -> Answer {
    bench
        .ask(bench.typesense("POST", "/keys").body(body.to_string()))
        .await
}

fn search_key() -> Value {
    json!({ "description": "d", "actions": ["documents:search"], "collections": ["*"] })
}

#[tokio::test]
async fn a_new_key_is_whole_once_and_a_prefix_from_then_on() {
    let bench = Bench::new(few(0)).await;
    let body = json!({ "description": "Search-only companies key.", "actions": ["documents:search"],
        "collections": ["companies"], "expires_at": 1_906_054_106, "value": "RN23GFr1s6jQ9kgSNg2O7fYcAUXU7127" });
    let made = create(&bench, &body).await;
    assert_eq!(made.status, 201);
    assert_eq!(
        made.text,
        r#"{"actions":["documents:search"],"autodelete":false,"collections":["companies"],"description":"Search-only companies key.","expires_at":1906054106,"id":0,"value":"RN23GFr1s6jQ9kgSNg2O7fYcAUXU7127"}"#
    );
    assert_eq!(
        made.header("content-type"),
        "application/json; charset=utf-8"
    );
    let one = bench.ask(bench.typesense("GET", "/keys/0")).await;
    assert_eq!(
        one.text,
        r#"{"actions":["documents:search"],"autodelete":false,"collections":["companies"],"description":"Search-only companies key.","expires_at":1906054106,"id":0,"value_prefix":"RN23"}"#
    );
    let list = bench.ask(bench.typesense("GET", "/keys")).await;
    assert_eq!(list.text, format!(r#"{{"keys":[{}]}}"#, one.text));
}

#[tokio::test]
async fn a_key_that_the_server_makes_has_32_letters_and_digits_and_never_expires() {
    let bench = Bench::new(few(0)).await;
    let made = create(&bench, &search_key()).await.json();
    let value = made["value"].as_str().unwrap();
    assert!(
        value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{value}"
    );
    assert_eq!(made["expires_at"], NEVER);
}

#[tokio::test]
async fn ids_are_listed_in_byte_order_and_never_used_again() {
    let bench = Bench::new(few(12)).await;
    let ids: Vec<u64> = bench
        .typesense_keys()
        .await
        .iter()
        .map(|key| key["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids, [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]);
    let gone = bench.ask(bench.typesense("DELETE", "/keys/11")).await;
    assert_eq!((gone.status, gone.text.as_str()), (200, r#"{"id":11}"#));
    let again = bench.ask(bench.typesense("DELETE", "/keys/11")).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (404, r#"{"message": "Not found."}"#)
    );
    assert_eq!(create(&bench, &search_key()).await.json()["id"], 12);
}

#[tokio::test]
async fn an_id_is_read_as_the_server_reads_it() {
    assert_eq!(as_server_reads("1abc"), Some(1));
    assert_eq!(as_server_reads("4294967297"), Some(1));
    assert_eq!(as_server_reads("-1"), Some(u32::MAX));
    assert_eq!(as_server_reads("abc"), None);
    assert_eq!(as_server_reads("99999999999999999999999"), None);
    let bench = Bench::new(few(3)).await;
    assert_eq!(
        bench
            .ask(bench.typesense("DELETE", "/keys/4294967297"))
            .await
            .text,
        r#"{"id":1}"#
    );
    let bad = bench.ask(bench.typesense("DELETE", "/keys/abc")).await;
    assert_eq!(
        (bad.status, bad.text.as_str()),
        (400, r#"{"message": "Bad request."}"#)
    );
    let soon = std::time::Duration::from_millis(300);
    let silent = bench
        .typesense("GET", "/keys/abc")
        .timeout(soon)
        .send()
        .await;
    assert!(silent.unwrap_err().is_timeout());
}

#[tokio::test]
async fn every_lack_of_privilege_has_the_same_401() {
    let bench = Bench::new(few(1)).await;
    let with = |key: &str| {
        bench
            .client
            .get(bench.url("typesense", "/keys"))
            .header("x-typesense-api-key", key)
    };
    let mut body = search_key();
    body["value"] = "expired-key".into();
    body["actions"] = json!(["*"]);
    body["expires_at"] = 0.into();
    assert_eq!(create(&bench, &body).await.status, 201);
    body["value"] = "search-only".into();
    body["actions"] = json!(["documents:search", "documents:*", "keys:get"]);
    body["expires_at"] = NEVER.into();
    assert_eq!(create(&bench, &body).await.status, 201);
    let nothing = bench.client.get(bench.url("typesense", "/keys"));
    for refused in [
        nothing,
        with("nope"),
        with("expired-key"),
        with("search-only"),
    ] {
        let answer = bench.ask(refused).await;
        assert_eq!(answer.status, 401);
        assert_eq!(
            answer.text,
            r#"{"message": "Forbidden - a valid `x-typesense-api-key` header must be sent."}"#
        );
    }
}

#[tokio::test]
async fn a_key_may_do_what_its_actions_cover() {
    let bench = Bench::new(few(1)).await;
    for (value, actions) in [
        ("all", json!(["*"])),
        ("keys", json!(["keys:*"])),
        ("list", json!(["keys:list"])),
    ] {
        let mut body = search_key();
        body["value"] = value.into();
        body["actions"] = actions;
        assert_eq!(create(&bench, &body).await.status, 201);
        let request = bench
            .client
            .get(bench.url("typesense", "/keys"))
            .header("x-typesense-api-key", value);
        assert_eq!(bench.ask(request).await.status, 200, "{value}");
        let request = bench
            .client
            .get(bench.url("typesense", "/debug"))
            .header("x-typesense-api-key", value);
        assert_eq!(
            bench.ask(request).await.status,
            if value == "all" { 200 } else { 401 },
            "{value}"
        );
    }
    let by_query = bench
        .client
        .get(bench.url("typesense", "/keys?x-typesense-api-key=list"));
    assert_eq!(bench.ask(by_query).await.status, 200);
}

#[tokio::test]
async fn a_value_that_is_taken_conflicts() {
    let bench = Bench::new(few(1)).await;
    let mut body = search_key();
    body["value"] = "the same value".into();
    assert_eq!(create(&bench, &body).await.status, 201);
    let bootstrap = bench.input("typesense", "api_key");
    for value in ["the same value", &bootstrap] {
        body["value"] = value.into();
        let conflict = create(&bench, &body).await;
        assert_eq!(
            (conflict.status, conflict.text.as_str()),
            (409, r#"{"message": "API key generation conflict."}"#)
        );
    }
    assert_eq!(bench.typesense_keys().await.len(), 2);
}

#[tokio::test]
async fn a_body_that_is_wrong_says_which_rule_it_breaks() {
    let bench = Bench::new(few(0)).await;
    let without = |field: &str| {
        let mut body = search_key();
        body.as_object_mut().unwrap().remove(field);
        body.to_string()
    };
    let with = |field: &str, value: Value| {
        let mut body = search_key();
        body[field] = value;
        body.to_string()
    };
    let expires = "Wrong format for `expires_at`. It should be an unsigned integer.";
    let cases = [
        ("{".to_owned(), "Bad JSON."),
        (String::new(), "Bad JSON."),
        ("[]".to_owned(), "Could not find a `description` key."),
        (
            without("description"),
            "Could not find a `description` key.",
        ),
        (without("actions"), "Could not find a `actions` key."),
        (
            without("collections"),
            "Could not find a `collections` key.",
        ),
        (
            with("actions", json!([])),
            "Wrong format for `actions`. It should be an array of string.",
        ),
        (
            with("actions", json!("*")),
            "Wrong format for `actions`. It should be an array of string.",
        ),
        (
            with("collections", json!([1])),
            "Wrong format for `collections`. It should be an array of string.",
        ),
        (with("expires_at", json!(-1)), expires),
        (with("expires_at", json!(1.5)), expires),
        (with("expires_at", json!("never")), expires),
        (with("value", json!(1)), "Key value must be a string."),
        (
            with("description", json!(1)),
            "Key description must be a string.",
        ),
        (with("autodelete", json!("yes")), "Bad request."),
    ];
    for (body, message) in cases {
        let answer = bench
            .ask(bench.typesense("POST", "/keys").body(body.clone()))
            .await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(
            answer.text,
            format!(r#"{{"message": "{message}"}}"#),
            "{body}"
        );
    }
    assert!(bench.typesense_keys().await.is_empty());
}

#[tokio::test]
async fn an_unknown_route_is_not_found_whatever_the_key() {
    let bench = Bench::new(few(1)).await;
    for request in [
        bench.client.get(bench.url("typesense", "/api/keys")),
        bench.typesense("PUT", "/keys/0"),
    ] {
        let answer = bench.ask(request).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (404, r#"{ "message": "Not Found"}"#)
        );
    }
    let missing = bench.ask(bench.typesense("GET", "/keys/7")).await;
    assert_eq!(
        (missing.status, missing.text.as_str()),
        (404, r#"{"message": "Not found."}"#)
    );
}

#[tokio::test]
async fn health_needs_no_key_and_debug_needs_one() {
    let bench = Bench::new(few(1)).await;
    let health = bench
        .ask(bench.client.get(bench.url("typesense", "/health")))
        .await;
    assert_eq!(
        (health.status, health.text.as_str()),
        (200, r#"{"ok":true}"#)
    );
    assert_eq!(
        bench
            .ask(bench.client.get(bench.url("typesense", "/debug")))
            .await
            .status,
        401
    );
    assert_eq!(
        bench.ask(bench.typesense("GET", "/debug")).await.text,
        r#"{"state":1,"version":"29.0"}"#
    );
}

#[tokio::test]
async fn the_sample_has_expired_expiring_broad_twin_and_hostile_keys() {
    let bench = Bench::new(Options::default()).await;
    let keys = bench.typesense_keys().await;
    assert_eq!(keys.len(), 80);
    let now = u64::try_from(Timestamp::now().as_second()).unwrap();
    let expiry = |key: &Value| key["expires_at"].as_u64().unwrap();
    assert!(keys.iter().any(|key| expiry(key) == 0));
    assert!(keys.iter().filter(|key| expiry(key) < now).count() > 3);
    assert!(
        keys.iter()
            .filter(|key| (now..now + 14 * 86_400).contains(&expiry(key)))
            .count()
            > 2
    );
    assert!(keys.iter().any(|key| key["actions"] == json!(["*"])));
    assert!(keys.iter().any(|key| key["actions"] == json!(["keys:*"])));
    let has = |part: &str| {
        keys.iter()
            .any(|key| key["description"].as_str().unwrap().contains(part))
    };
    for part in [
        "\u{1b}[31m",
        "\u{9b}",
        "\u{202e}",
        "\n",
        "prod-indexer",
        "\u{440}rod-indexer",
        "\u{200d}",
    ] {
        assert!(has(part), "{part:?}");
    }
    assert!(
        keys.iter()
            .any(|key| key["description"].as_str().unwrap().len() > 1_000)
    );
}

#[tokio::test]
async fn a_search_is_let_in_by_action_and_collection_and_finds_nothing_here() {
    let bench = Bench::new(few(0)).await;
    for (value, action, rules) in [
        (
            "names-of-16-letters",
            "documents:search",
            json!(["companies"]),
        ),
        (
            "patterns-of-16-letters",
            "documents:*",
            json!(["logs_.*", "("]),
        ),
        ("all-of-16-letters", "*", json!(["*"])),
        ("reads-of-16-letters", "documents:get", json!(["*"])),
    ] {
        let body = json!({ "description": "d", "actions": [action], "collections": rules, "value": value });
        assert_eq!(create(&bench, &body).await.status, 201);
    }
    for (value, collection, status) in [
        ("names-of-16-letters", "companies", 404),
        ("names-of-16-letters", "companies2", 401),
        ("patterns-of-16-letters", "logs_.*", 404),
        ("patterns-of-16-letters", "logs_2026", 404),
        ("patterns-of-16-letters", "my_logs_2026", 401),
        ("patterns-of-16-letters", "(", 404),
        ("patterns-of-16-letters", ")", 401),
        ("all-of-16-letters", "*", 404),
        ("reads-of-16-letters", "companies", 401),
        ("unknown-of-16-letters", "companies", 401),
    ] {
        let mut url = url::Url::parse(&bench.url("typesense", "/collections")).unwrap();
        url.path_segments_mut()
            .unwrap()
            .extend([collection, "documents", "search"]);
        url.set_query(Some("q=*"));
        let call = bench.client.get(url).header("x-typesense-api-key", value);
        let answer = bench.ask(call).await;
        let said = if status == 404 {
            "Not found."
        } else {
            FORBIDDEN
        };
        assert_eq!(answer.status, status, "{value} {collection}");
        assert_eq!(answer.json()["message"], said);
    }
    let path = "/collections/companies/documents/search?q=*";
    let admin = bench.ask(bench.typesense("GET", path)).await;
    assert_eq!(
        (admin.status, admin.text.as_str()),
        (404, r#"{"message": "Not found."}"#)
    );
}
