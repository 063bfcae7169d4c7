use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "qdrant/documented.txt";
const ACCOUNT: &str = "11111111-1111-4111-8111-111111111111";
const CLUSTER: &str = "33333333-3333-4333-8333-333333333333";
const KEYS: &str = "keys in 33333333-3333-4333-8333-333333333333";
const ID: &str = "22222222-2222-4222-8222-222222222222";

async fn scene() -> Scene {
    Scene::new("qdrant", "", &[("key", CANARY), ("account", ACCOUNT)]).await
}

#[tokio::test]
async fn clusters_hold_their_keys() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["clusters"], "clusters").await;
    whole(&listed, &[CLUSTER]);
    let listed = scene.paged(FILE, &["list"], KEYS).await;
    whole(&listed, &[ID, "44444444-4444-4444-8444-444444444444"]);
    assert_eq!(shown(&listed.rows, 0, "created_by_email"), "me@example.com");
    let expires = "Time(Moment(1777716000000000))";
    assert_eq!(shown(&listed.rows, 0, "expires_at"), expires);
    assert_eq!(
        scene.carried("authorization").await,
        format!("apikey {CANARY}")
    );
}

#[tokio::test]
async fn a_create_is_wrapped_and_names_account_and_cluster() {
    let scene = scene().await;
    let rules =
        json!([{"global_access": {"access_type": "GLOBAL_ACCESS_RULE_ACCESS_TYPE_READ_ONLY"}}]);
    let values =
        json!({"name": "reader", "expires_at": "2026-05-02T10:00:00Z", "access_rules": rules});
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .write(&exchange, KEYS, Verb::Create, None, values)
        .await;
    assert!(!format!("{outcome:?}").contains("eyJhb.fake"));
    made(outcome, Some(ID), "eyJhb.fake.created");
}

#[tokio::test]
async fn a_delete_names_its_cluster_in_the_query() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, KEYS, ID).await;
    assert_eq!(scene.last().await.url.query(), exchange.query.as_deref());
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, refused");
    let outcome = scene
        .write(&exchange, KEYS, Verb::Create, None, json!({"name": "x"}))
        .await;
    let (status, meaning, message, _) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    assert!(message.contains("at least 4 characters"), "{message}");
    let exchange = recorded(FILE, "clusters, bad key");
    let error = failed(scene.list(&exchange, "clusters").await);
    let words = "unauthenticated";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_check_asks_for_the_clusters() {
    let scene = scene().await;
    recorded(FILE, "clusters").mount(&scene.server).await;
    assert_eq!(scene.client.check().await[0].result, Ok(None));
}
