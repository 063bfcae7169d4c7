use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "supabase/documented.txt";
const KEYS: &str = "keys in abcdefghijklmnopqrst";
const ID: &str = "22222222-2222-4222-8222-222222222222";

async fn scene() -> Scene {
    Scene::new("supabase", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn projects_hold_their_keys_and_an_old_key_has_no_id() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["projects"], "projects").await;
    whole(&listed, &["abcdefghijklmnopqrst"]);
    let listed = scene.paged(FILE, &["list"], KEYS).await;
    whole(&listed, &[ID]);
    assert_eq!(listed.rows.len(), 2);
    assert_eq!(shown(&listed.rows, 0, "name"), "anon");
    assert_eq!(shown(&listed.rows, 1, "prefix"), "sb_secret_abcde");
    let created = "Time(Moment(1748736000000000))";
    assert_eq!(shown(&listed.rows, 1, "inserted_at"), created);
    assert!(!format!("{:?}", listed.rows).contains("fake-masked"));
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_create_asks_for_the_key_itself() {
    let scene = scene().await;
    let values = json!({
        "name": "backend", "type": "secret", "description": "jobs",
        "secret_jwt_template": {"role": "service_role"}
    });
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .write(&exchange, KEYS, Verb::Create, None, values)
        .await;
    assert_eq!(scene.last().await.url.query(), Some("reveal=true"));
    made(outcome, Some(ID), "sb_secret_fake_created");
}

#[tokio::test]
async fn a_key_is_told_again_renamed_and_deleted() {
    let scene = scene().await;
    let told = scene.reveal(&recorded(FILE, "reveal"), KEYS, ID).await;
    assert_eq!(told, "sb_secret_fake_again");
    assert_eq!(scene.last().await.url.query(), Some("reveal=true"));
    let exchange = recorded(FILE, "update");
    let values = json!({"name": "backend_eu"});
    let outcome = scene
        .write(&exchange, KEYS, Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, KEYS, ID).await;
}

#[tokio::test]
async fn a_bad_token_is_a_credential_error_and_the_check_names_the_organization() {
    let scene = scene().await;
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, "projects").await);
    let words = "Unauthorized";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
    recorded(FILE, "organizations").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("Acme".to_owned())));
}
