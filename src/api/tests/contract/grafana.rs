use serde_json::json;

use super::{
    steps::{added, failed, made, whole},
    *,
};

const FILE: &str = "grafana/documented.txt";
const ACCOUNTS: &str = "service_accounts";
const TOKENS: &str = "tokens in 2";

async fn scene() -> Scene {
    let inputs = [("user", "admin"), ("password", "admin")];
    Scene::new("grafana", "", &inputs).await
}

#[tokio::test]
async fn the_accounts_are_listed_by_password_or_by_token() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list accounts"], ACCOUNTS).await;
    whole(&listed, &["1", "2"]);
    assert_eq!(shown(&listed.rows, 1, "name"), "test");
    assert_eq!(
        scene.carried("authorization").await,
        "Basic YWRtaW46YWRtaW4="
    );
    let scene = Scene::new("grafana", "", &[("token", CANARY)]).await;
    scene.paged(FILE, &["list accounts"], ACCOUNTS).await;
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn an_account_is_made_read_changed_switched_off_and_deleted() {
    let scene = scene().await;
    let create = recorded(FILE, "create account");
    let values = json!({"name": "grafana", "role": "Viewer", "isDisabled": false});
    let outcome = scene
        .send(&create, ACCOUNTS, Verb::Create, None, values)
        .await;
    added(outcome, "1");
    let rows = scene
        .read(&recorded(FILE, "get account"), ACCOUNTS, "1")
        .await;
    let created = "Time(Moment(1647873333000000))";
    assert_eq!(shown(&rows, 0, "createdAt"), created);
    let update = recorded(FILE, "update account");
    let values = json!({"name": "test", "role": "Editor"});
    let outcome = scene
        .send(&update, ACCOUNTS, Verb::Update, Some("2"), values)
        .await;
    assert_eq!(done(outcome).1, 0);
    let mut change = recorded(FILE, "disable account");
    assert_eq!(
        done(scene.act(&change, ACCOUNTS, "disable", "2").await).1,
        0
    );
    change.sent = json!({"isDisabled": false}).to_string().into_bytes();
    assert_eq!(done(scene.act(&change, ACCOUNTS, "enable", "2").await).1, 0);
    let delete = recorded(FILE, "delete account");
    scene.ends(&delete, ACCOUNTS, "2").await;
}

#[tokio::test]
async fn an_accounts_tokens_are_listed_made_and_deleted_within_it() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list tokens"], TOKENS).await;
    whole(&listed, &["1", "2"]);
    assert_eq!(shown(&listed.rows, 0, "expiration"), "Never");
    let expires = "Time(Moment(1648636262000000))";
    assert_eq!(shown(&listed.rows, 1, "expiration"), expires);
    let create = recorded(FILE, "create token");
    let values = json!({"name": "grafana", "expiration": 604_800});
    let outcome = scene
        .write(&create, TOKENS, Verb::Create, None, values)
        .await;
    let secret = "glsa_fake_eyJrIjoiVjFxTHZ6dGdPSjg5Um92MjN1";
    made(outcome, Some("7"), secret);
    let delete = recorded(FILE, "delete token");
    scene.ends(&delete, TOKENS, "1").await;
}

#[tokio::test]
async fn a_taken_name_is_a_conflict_and_a_wrong_token_a_credential_error() {
    let scene = scene().await;
    let taken = recorded(FILE, "create token, name taken");
    let values = json!({"name": "grafana"});
    let outcome = scene
        .write(&taken, TOKENS, Verb::Create, None, values)
        .await;
    let words = "service account token with given name already exists in the organization";
    assert_eq!(not_done(&outcome), (409, Meaning::Conflict, words, vec![]));
    let wrong = recorded(FILE, "wrong token");
    let error = failed(scene.list(&wrong, ACCOUNTS).await);
    let words = "Invalid API key";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn a_new_token_is_alive_where_it_signs_in_although_it_may_do_nothing() {
    let scene = scene().await;
    let mut organization = recorded(FILE, "organization");
    for (status, told) in [(403, "alive"), (401, "dead"), (200, "alive")] {
        scene.server.reset().await;
        organization.status = status;
        organization.mount(&scene.server).await;
        assert_eq!(scene.tried(TOKENS, None).await, told);
        assert_eq!(scene.carried("authorization").await, "Bearer new-secret");
    }
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("Main Org.".to_owned())));
}
