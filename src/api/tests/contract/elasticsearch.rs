use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "elasticsearch/documented.txt";
const ID: &str = "VuaCfGcBCdbkQm-e5aOx";

async fn scene() -> Scene {
    Scene::new("elasticsearch", "", &[("api_key", CANARY)]).await
}

#[tokio::test]
async fn pages_are_asked_for_in_the_body_beside_the_query() {
    let scene = scene().await;
    let titles = ["query, first page", "query, second page"];
    let listed = scene.paged(FILE, &titles, "keys").await;
    let ids = [
        "CLXgVnsBOGkf8IyjcXU7",
        "BrXgVnsBOGkf8IyjbXVB",
        "A7XgVnsBOGkf8IyjaXXy",
    ];
    whole(&listed, &ids);
    assert_eq!(listed.end().total, Some(3));
    assert_eq!(shown(&listed.rows, 0, "name"), "app1-key-79");
    let expires = "Time(Moment(1660786154811000))";
    assert_eq!(shown(&listed.rows, 0, "expiration"), expires);
    assert_eq!(shown(&listed.rows, 1, "username"), "org-admin-user");
    let key = scene.carried("authorization").await;
    assert_eq!(key, format!("ApiKey {CANARY}"));
}

#[tokio::test]
async fn filters_join_the_query() {
    let scene = scene().await;
    let exchange = recorded(FILE, "query by name and owner");
    let filters = [("name", "app1-key-*"), ("username", "org-admin-user")];
    whole(&scene.filtered(&exchange, "keys", &filters).await, &[]);
}

#[tokio::test]
async fn one_key_is_the_only_one_of_a_list() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "keys", ID).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(shown(&rows, 0, "name"), "my-api-key");
}

#[tokio::test]
async fn a_create_gives_the_encoded_key() {
    let scene = scene().await;
    let roles = json!({"role-a": {"cluster": ["all"], "indices": [{"names": ["index-a*"], "privileges": ["read"]}]}});
    let values = json!({
        "name": "my-api-key", "expiration": "1d", "role_descriptors": roles,
        "metadata": {"application": "my-application"}
    });
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, "keys", Verb::Create, None, values)
        .await;
    made(outcome, Some(ID), "ZmFrZS1lbmNvZGVkLWNyZWF0ZWQ=");
}

#[tokio::test]
async fn an_update_is_signed_with_user_and_password() {
    let inputs = [("username", "myuser"), ("password", "fake")];
    let scene = Scene::new("elasticsearch", "", &inputs).await;
    let values = json!({"metadata": {"environment": {"level": 2, "trusted": true}}});
    let exchange = recorded(FILE, "update");
    let outcome = scene
        .send(&exchange, "keys", Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 0);
    let basic = scene.carried("authorization").await;
    assert_eq!(basic, "Basic bXl1c2VyOmZha2U=");
    recorded(FILE, "authenticate").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("rdeniro".to_owned())));
}

#[tokio::test]
async fn a_delete_names_its_key_in_a_list_in_the_body() {
    let scene = scene().await;
    let exchange = recorded(FILE, "invalidate");
    scene.ends(&exchange, "keys", ID).await;
}

#[tokio::test]
async fn a_key_that_was_not_invalidated_is_told_although_the_status_is_200() {
    let scene = scene().await;
    let exchange = recorded(FILE, "invalidate, failed");
    let outcome = scene
        .send(&exchange, "keys", Verb::Delete, Some(ID), json!({}))
        .await;
    let (status, _, message, _) = not_done(&outcome);
    assert_eq!((status, message), (200, "invalid api key id"));
}

#[tokio::test]
async fn a_bad_key_is_a_credential_error() {
    let scene = scene().await;
    let exchange = recorded(FILE, "query, bad key");
    let error = failed(scene.list(&exchange, "keys").await);
    let (status, meaning, message, _) = refused(&error);
    assert_eq!((status, meaning), (401, Meaning::Credential));
    assert!(message.starts_with("unable to authenticate"), "{message}");
}
