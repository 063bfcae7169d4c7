use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "pinecone/documented.txt";
const PROJECT: &str = "32c8235a-5220-4a80-a9f1-69c24109e6f2";
const KEYS: &str = "keys in 32c8235a-5220-4a80-a9f1-69c24109e6f2";
const ID: &str = "62b0dbfe-3489-4b79-b850-34d911527c88";

async fn scene() -> Scene {
    Scene::new("pinecone", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn projects_hold_their_keys_and_each_call_says_its_version() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["projects"], "projects").await;
    whole(&listed, &[PROJECT]);
    assert_eq!(shown(&listed.rows, 0, "name"), "example-project");
    let listed = scene.paged(FILE, &["list"], KEYS).await;
    whole(&listed, &[ID]);
    assert_eq!(shown(&listed.rows, 0, "name"), "example-api-key");
    let created = "Time(Moment(1761003627069075))";
    assert_eq!(shown(&listed.rows, 0, "created_at"), created);
    assert_eq!(scene.carried("x-pinecone-api-version").await, "2025-10");
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_key_is_made_below_its_project_and_its_value_comes_beside_it() {
    let scene = scene().await;
    let values = json!({"name": "example-api-key", "roles": ["ProjectEditor"]});
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .write(&exchange, KEYS, Verb::Create, None, values)
        .await;
    made(outcome, Some(ID), "pckey_fake_created");
}

#[tokio::test]
async fn a_key_is_read_changed_and_deleted_without_its_project() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), KEYS, ID).await;
    assert_eq!(shown(&rows, 0, "project_id"), PROJECT);
    let values = json!({"roles": ["ProjectViewer"]});
    let exchange = recorded(FILE, "update");
    let outcome = scene
        .write(&exchange, KEYS, Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let exchange = recorded(FILE, "delete");
    let outcome = scene
        .write(&exchange, KEYS, Verb::Delete, Some(ID), json!({}))
        .await;
    assert_eq!((exchange.status, done(outcome).1), (202, 0));
}

#[tokio::test]
async fn a_bad_token_is_a_credential_error_and_the_check_names_the_organization() {
    let scene = scene().await;
    let exchange = recorded(FILE, "projects, bad token");
    let error = failed(scene.list(&exchange, "projects").await);
    let words = "Invalid API key.";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
    recorded(FILE, "organizations").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("example-org".to_owned())));
}
