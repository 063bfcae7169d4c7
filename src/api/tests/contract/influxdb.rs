use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "influxdb/documented.txt";
const TOKENS: &str = "authorizations";
const ID: &str = "08e64ffe9b764000";

async fn scene() -> Scene {
    Scene::new("influxdb", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn the_list_follows_the_address_of_the_next_page_and_holds_no_token() {
    let scene = scene().await;
    let titles = ["list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, TOKENS).await;
    whole(&listed, &[ID, "08e64ffe9b764001"]);
    assert_eq!(
        shown(&listed.rows, 0, "description"),
        "IoT Center Device: device3"
    );
    assert_eq!(
        shown(&listed.rows, 0, "createdAt"),
        "Time(Moment(1645038433000000))"
    );
    assert_eq!(shown(&listed.rows, 1, "status"), "inactive");
    assert!(!format!("{:?}", listed.rows).contains("fake-token"));
    assert_eq!(
        scene.carried("authorization").await,
        format!("Token {CANARY}")
    );
}

#[tokio::test]
async fn a_create_gives_the_token() {
    let scene = scene().await;
    let values = json!({
        "description": "IoT Center Device: device3", "orgID": "f0f0f0f0f0f0f0f0", "status": "active",
        "permissions": [{"action": "read", "resource": {"type": "buckets"}}]
    });
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, TOKENS, Verb::Create, None, values)
        .await;
    made(outcome, Some("0e5a4f0a4c2b9000"), "fake-token-created");
}

#[tokio::test]
async fn a_token_is_read_without_its_value_and_told_again_when_asked() {
    let scene = scene().await;
    let exchange = recorded(FILE, "get");
    let rows = scene.read(&exchange, TOKENS, ID).await;
    assert!(!format!("{rows:?}").contains("fake-token"));
    assert_eq!(shown(&rows, 0, "org"), "my-org");
    assert_eq!(
        scene.reveal(&exchange, TOKENS, ID).await,
        "fake-token-again"
    );
}

#[tokio::test]
async fn an_update_changes_the_description() {
    let scene = scene().await;
    let exchange = recorded(FILE, "update");
    let values = json!({"description": "deprecated"});
    let outcome = scene
        .send(&exchange, TOKENS, Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
}

#[tokio::test]
async fn a_token_is_disabled_and_enabled_by_its_status() {
    for action in ["disable", "enable"] {
        let scene = scene().await;
        let exchange = recorded(FILE, action);
        let outcome = scene.act(&exchange, TOKENS, action, ID).await;
        assert_eq!(done(outcome).1, 1, "{action}");
    }
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, refused");
    let values = json!({
        "description": "x", "orgID": "f0f0f0f0f0f0f0f0", "permissions": [], "status": "active"
    });
    let outcome = scene
        .send(&exchange, TOKENS, Verb::Create, None, values)
        .await;
    let words = "authorization must include permissions";
    assert_eq!(not_done(&outcome), (400, Meaning::Invalid, words, vec![]));
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, TOKENS).await);
    let words = "unauthorized access";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn a_delete_is_empty_and_a_second_one_is_not_found() {
    let id = Some(ID);
    let first = scene().await;
    let exchange = recorded(FILE, "delete");
    let outcome = first
        .send(&exchange, TOKENS, Verb::Delete, id, json!({}))
        .await;
    assert_eq!(done(outcome).1, 0);
    let second = scene().await;
    let exchange = recorded(FILE, "delete, not found");
    let outcome = second
        .send(&exchange, TOKENS, Verb::Delete, id, json!({}))
        .await;
    let words = "authorization not found";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
}

#[tokio::test]
async fn the_checks_are_health_and_the_user() {
    let scene = scene().await;
    for title in ["health", "me"] {
        recorded(FILE, title).mount(&scene.server).await;
    }
    let checked = scene.client.check().await;
    let results: Vec<_> = checked.into_iter().map(|one| one.result).collect();
    assert_eq!(results, [Ok(None), Ok(Some("my-user".to_owned()))]);
}
