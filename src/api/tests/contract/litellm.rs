use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "litellm/documented.txt";
const ID: &str = "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b";

async fn scene() -> Scene {
    Scene::new("litellm", "", &[("api_key", CANARY)]).await
}

#[tokio::test]
async fn the_list_asks_for_whole_keys_by_number() {
    let scene = scene().await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "keys").await;
    let first = "7f8e1c0b4c0d3a6e9e8f4f0b5c2d1a3e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c";
    whole(&listed, &[first, ID]);
    assert_eq!(shown(&listed.rows, 0, "key_alias"), "core-infra");
    assert_eq!(shown(&listed.rows, 0, "spend"), "0.0012");
    let expires = "Time(Moment(1700357905834000))";
    assert_eq!(shown(&listed.rows, 0, "expires"), expires);
    assert_eq!(shown(&listed.rows, 1, "expires"), "Never");
    assert_eq!(shown(&listed.rows, 1, "blocked"), "Bool(true)");
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_new_key_is_known_by_its_hash_and_its_value_stands_in_no_row() {
    let scene = scene().await;
    let create = recorded(FILE, "create");
    let values = json!({"models": ["gpt-3.5-turbo", "gpt-4"], "metadata": {"user": "someone@example.com"}, "key_alias": "ci", "max_budget": 10.5, "expires": "30d"});
    let outcome = scene
        .send(&create, "keys", Verb::Create, None, values)
        .await;
    assert!(!format!("{outcome:?}").contains("sk-fake"));
    let id = "5f2c0bde0a0f4d3b8c7e6a5d4c3b2a190817263544536271809f0e1d2c3b4a59";
    made(outcome, Some(id), "sk-fake-kdEXbIqZRwEeEiHwdg7sFA");
}

#[tokio::test]
async fn a_change_and_an_end_name_the_key_in_the_body() {
    let scene = scene().await;
    let update = recorded(FILE, "update");
    let values = json!({"key_alias": "batch", "rpm_limit": 10});
    let outcome = scene
        .send(&update, "keys", Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 0);
    let delete = recorded(FILE, "delete");
    scene.ends(&delete, "keys", ID).await;
}

#[tokio::test]
async fn a_regenerated_key_has_another_hash() {
    let scene = scene().await;
    let regenerate = recorded(FILE, "regenerate");
    let values = json!({"grace_period": "24h"});
    let outcome = scene
        .send(&regenerate, "keys", Verb::Rotate, Some(ID), values)
        .await;
    let id = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";
    made(outcome, Some(id), "sk-fake-regenerated");
}

#[tokio::test]
async fn a_key_is_blocked_and_unblocked() {
    let scene = scene().await;
    for action in ["block", "unblock"] {
        let outcome = scene.act(&recorded(FILE, action), "keys", action, ID).await;
        assert_eq!(done(outcome).1, 0);
    }
}

#[tokio::test]
async fn refusals_are_read_wherever_their_words_stand() {
    let scene = scene().await;
    let licence = recorded(FILE, "regenerate, without a licence");
    let outcome = scene
        .send(&licence, "keys", Verb::Rotate, Some(ID), json!({}))
        .await;
    let (status, meaning, words, _) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    assert!(words.contains("is an Enterprise feature"), "{words}");
    let gone = recorded(FILE, "delete again");
    let outcome = scene
        .send(&gone, "keys", Verb::Delete, Some(ID), json!({}))
        .await;
    let words = "No keys found";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
    let error = failed(scene.list(&recorded(FILE, "wrong key"), "keys").await);
    let (status, meaning, words, _) = refused(&error);
    assert_eq!((status, meaning), (401, Meaning::Credential));
    assert!(words.starts_with("Authentication Error"), "{words}");
}

#[tokio::test]
async fn the_checks_ask_for_the_database_and_for_keys() {
    let scene = scene().await;
    recorded(FILE, "readiness").mount(&scene.server).await;
    recorded(FILE, "wrong key").mount(&scene.server).await;
    let checked = scene.client.check().await;
    let results: Vec<_> = checked
        .iter()
        .map(|one| (one.id.as_str(), one.result.is_ok()))
        .collect();
    assert_eq!(results, [("readiness", true), ("keys", false)]);
}

#[tokio::test]
async fn the_key_that_signs_in_is_recognised_by_its_last_characters() {
    let scene = Scene::new("litellm", "", &[("api_key", "sk-0123abcd")]).await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "keys").await;
    assert_eq!(listed.end().own.as_ref().map(KeyId::as_str), Some(ID));
}
