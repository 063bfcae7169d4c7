use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "unkey/documented.txt";
const KEY: &str = "key_1234567890abcdef";

async fn scene() -> Scene {
    let inputs = [("root_key", CANARY), ("api_id", "api_1234abcd")];
    Scene::new("unkey", "", &inputs).await
}

#[tokio::test]
async fn the_mark_of_the_next_page_goes_into_the_body() {
    let scene = scene().await;
    let titles = ["list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, "keys").await;
    whole(&listed, &[KEY, "key_2cGKbMxRyIzhCxo1Idjz8q"]);
    assert_eq!(shown(&listed.rows, 0, "name"), "Production API Key");
    let expires = "Time(Moment(1735689600000000))";
    assert_eq!(shown(&listed.rows, 0, "expires"), expires);
    assert_eq!(shown(&listed.rows, 1, "enabled"), "Bool(false)");
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_user_of_ones_own_is_asked_for_in_the_body() {
    let scene = scene().await;
    let exchange = recorded(FILE, "list of one user");
    let filters = [("externalId", "user_1234abcd")];
    whole(&scene.filtered(&exchange, "keys", &filters).await, &[]);
}

#[tokio::test]
async fn one_key_is_read_without_its_secret_and_told_again_when_asked() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "keys", KEY).await;
    assert_eq!(shown(&rows, 0, "start"), "sk_test_abc123");
    scene.server.reset().await;
    let told = scene.reveal(&recorded(FILE, "reveal"), "keys", KEY).await;
    assert_eq!(told, "sk_test_fake_again");
}

#[tokio::test]
async fn a_create_sends_the_api_and_gives_the_key() {
    let scene = scene().await;
    let values = json!({
        "name": "Service API key", "externalId": "service_456",
        "permissions": ["documents.read", "documents.write"], "credits": {"remaining": 1000},
        "ratelimits": [{"name": "api_requests", "limit": 100, "duration": 60000, "autoApply": false}],
        "meta": {"service": "document_processor", "version": "1.0"}
    });
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, "keys", Verb::Create, None, values)
        .await;
    made(
        outcome,
        Some("key_2cGKbMxRyIzhCxo1Idjz8q"),
        "prod_fake_created",
    );
}

#[tokio::test]
async fn a_reroll_gives_a_key_with_a_new_id() {
    let scene = scene().await;
    let exchange = recorded(FILE, "reroll");
    let values = json!({"grace": 86_400_000});
    let outcome = scene
        .send(&exchange, "keys", Verb::Rotate, Some(KEY), values)
        .await;
    made(
        outcome,
        Some("key_3dHLcNySzJaiDyp2Jekz9r"),
        "prod_fake_rerolled",
    );
}

#[tokio::test]
async fn an_update_and_a_delete_name_the_key_in_the_body() {
    let scene = scene().await;
    let exchange = recorded(FILE, "update");
    let values = json!({"name": "Payment Service Production Key"});
    let outcome = scene
        .send(&exchange, "keys", Verb::Update, Some(KEY), values)
        .await;
    assert_eq!(done(outcome).1, 0);
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, "keys", KEY).await;
}

#[tokio::test]
async fn a_key_is_disabled_and_enabled() {
    for action in ["disable", "enable"] {
        let scene = scene().await;
        let exchange = recorded(FILE, action);
        done(scene.act(&exchange, "keys", action, KEY).await);
    }
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, refused");
    let outcome = scene
        .send(&exchange, "keys", Verb::Create, None, json!({"name": "x"}))
        .await;
    let (status, meaning, message, fields) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    assert_eq!(fields, [("name", "Must be at least 3 characters long")]);
    assert!(message.ends_with("failed to validate schema"), "{message}");
    let exchange = recorded(FILE, "delete, not found");
    let outcome = scene
        .send(&exchange, "keys", Verb::Delete, Some(KEY), json!({}))
        .await;
    let words = "The specified key was not found.";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
    let exchange = recorded(FILE, "list, bad root key");
    let error = failed(scene.list(&exchange, "keys").await);
    let words = "The provided root key is invalid.";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_check_needs_no_key() {
    let scene = scene().await;
    recorded(FILE, "liveness").mount(&scene.server).await;
    assert_eq!(scene.client.check().await[0].result, Ok(None));
}
