use serde_json::json;

use super::*;

const FILE: &str = "typesense/keys.txt";

async fn scene() -> Scene {
    Scene::new("typesense", "", &[("api_key", CANARY)]).await
}

fn values() -> Value {
    json!({"description": "Search-only key.", "actions": ["documents:search"], "collections": ["*"]})
}

#[tokio::test]
async fn the_list_has_its_rows_and_the_key_in_its_header() {
    let scene = scene().await;
    let listed = scene.list(&recorded(FILE, "list"), "keys").await;
    assert_eq!(listed.ids(), ["1", "10"]);
    assert_eq!(listed.end().cut, None);
    assert_eq!(shown(&listed.rows, 0, "value_prefix"), "k8pX");
    assert_eq!(shown(&listed.rows, 1, "expires_at"), "Never");
    let sent = scene.last().await;
    assert_eq!(
        sent.headers.get("x-typesense-api-key").expect("the key"),
        CANARY
    );
}

#[tokio::test]
async fn one_key_is_read_by_its_number() {
    let scene = scene().await;
    let rows = scene
        .get(&recorded(FILE, "get one"), "keys", "1")
        .await
        .expect("a row");
    assert_eq!(shown(&rows, 0, "description"), "Search-only companies key.");
    let resource = scene.client.resource("keys");
    assert!(KeyId::new("1abc", resource.id_kind()).is_err());
    assert!(KeyId::new("4294967297", resource.id_kind()).is_err());
}

#[tokio::test]
async fn a_create_gives_the_value_once_and_not_in_the_row() {
    let scene = scene().await;
    let outcome = scene
        .send(
            &recorded(FILE, "create"),
            "keys",
            Verb::Create,
            None,
            values(),
        )
        .await;
    let Outcome::Done { id, rows, secret } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(id.expect("an id").as_str(), "1");
    assert_eq!(
        open(secret).as_deref(),
        Some("k8pX5hD0793d8YQC5aD1aEPd7VleSuGP")
    );
    assert!(!format!("{rows:?}").contains("k8pX5hD0"));
}

#[tokio::test]
async fn a_value_that_was_made_here_is_sent_and_never_shown() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, forced 409");
    exchange.mount(&scene.server).await;
    let mut change = change(&scene.client, "keys", Verb::Create, None, values());
    change.values.insert(
        "value".to_owned(),
        FieldValue::Secret(secret("made-here-0123456789")),
    );
    let outcome = scene.client.send(&change).await;
    let expected = (
        409,
        Meaning::Conflict,
        "API key generation conflict.",
        vec![],
    );
    assert_eq!(not_done(&outcome), expected);
    let sent = scene.last().await.body_json::<Value>().expect("JSON");
    assert_eq!(sent["value"], "made-here-0123456789");
}

#[tokio::test]
async fn a_delete_is_done_although_its_answer_is_no_row() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, "keys", "1").await;
}

#[tokio::test]
async fn every_refusal_is_not_done_and_every_failure_is_unknown() {
    for (title, class, said) in [
        (
            "create, actions missing",
            "not done",
            "Could not find a `actions` key. (400)",
        ),
        (
            "create, forced 429",
            "not done",
            "Rate limit exceeded or blocked (429)",
        ),
        (
            "create, forced 500",
            "unknown",
            "Could not find a leader. (500)",
        ),
        (
            "create, forced 503",
            "unknown",
            "Not Ready or Lagging (503)",
        ),
    ] {
        let scene = scene().await;
        recorded(FILE, title).mount(&scene.server).await;
        let change = change(&scene.client, "keys", Verb::Create, None, values());
        let outcome = scene.client.send(&change).await;
        assert_eq!(told(&outcome), (class, said.to_owned()), "{title}");
        assert_eq!(got(&scene.server).await.len(), 1, "{title}");
    }
}

#[tokio::test]
async fn a_delete_of_what_is_gone_is_refused_as_not_found() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete, forced 404");
    let outcome = scene
        .send(&exchange, "keys", Verb::Delete, Some("7"), json!({}))
        .await;
    assert_eq!(
        not_done(&outcome),
        (404, Meaning::NotFound, "Not found.", vec![])
    );
}

#[tokio::test]
async fn a_bad_key_is_a_credential_error() {
    let scene = scene().await;
    let error = scene
        .list(&recorded(FILE, "no key -> 401"), "keys")
        .await
        .end;
    let error = error.expect_err("refused");
    let words = "Forbidden - a valid `x-typesense-api-key` header must be sent.";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_checks_are_health_and_debug() {
    let scene = scene().await;
    recorded(FILE, "health").mount(&scene.server).await;
    let checked = scene.client.check().await;
    let results: Vec<_> = checked
        .iter()
        .map(|one| (one.id.as_str(), one.result.is_ok()))
        .collect();
    assert_eq!(results, [("health", true), ("debug", false)]);
}
