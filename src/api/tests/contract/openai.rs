use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "openai/documented.txt";
const KEYS: &str = "api_keys in proj_abc";
const ACCOUNTS: &str = "service_accounts in proj_abc";

async fn scene() -> Scene {
    Scene::new("openai", "", &[("admin_key", CANARY)]).await
}

#[tokio::test]
async fn the_projects_are_listed_with_the_admin_key_in_the_header() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list projects"], "projects").await;
    whole(&listed, &["proj_abc"]);
    assert_eq!(shown(&listed.rows, 0, "name"), "Project example");
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_projects_keys_come_page_by_page_behind_the_last_id_and_name_their_owners() {
    let scene = scene().await;
    let titles = ["list project keys", "list project keys, second page"];
    let listed = scene.paged(FILE, &titles, KEYS).await;
    whole(&listed, &["key_abc", "key_def"]);
    assert_eq!(shown(&listed.rows, 0, "owner"), "user@example.com");
    assert_eq!(shown(&listed.rows, 1, "service_account"), "Production App");
    assert_eq!(shown(&listed.rows, 1, "last_used_at"), "Never");
    let expires = shown(&listed.rows, 1, "expires_at");
    assert_eq!(expires, "Time(Moment(1714063533000000))");
}

#[tokio::test]
async fn a_projects_key_is_read_and_deleted_unless_a_service_account_has_it() {
    let scene = scene().await;
    let get = recorded(FILE, "get project key");
    let rows = scene.read(&get, KEYS, "key_abc").await;
    assert_eq!(shown(&rows, 0, "redacted_value"), "sk-abc...def");
    let delete = recorded(FILE, "delete project key");
    scene.ends(&delete, KEYS, "key_abc").await;
    let refused = recorded(FILE, "delete project key of a service account");
    let outcome = scene
        .write(&refused, KEYS, Verb::Delete, Some("key_def"), json!({}))
        .await;
    let words =
        "API keys cannot be deleted for service accounts, please delete the service account";
    assert_eq!(not_done(&outcome), (400, Meaning::Invalid, words, vec![]));
}

#[tokio::test]
async fn a_service_account_comes_with_a_key_and_ends_with_it() {
    let scene = scene().await;
    let id = "svc_acct_abc";
    let listed = scene
        .paged(FILE, &["list service accounts"], ACCOUNTS)
        .await;
    whole(&listed, &[id]);
    assert_eq!(shown(&listed.rows, 0, "role"), "owner");
    let create = recorded(FILE, "create service account");
    let values = json!({"name": "Production App", "expires_in_seconds": 2_592_000});
    let outcome = scene
        .write(&create, ACCOUNTS, Verb::Create, None, values)
        .await;
    made(outcome, Some(id), "sk-fake-service-account");
    let update = recorded(FILE, "update service account");
    let values = json!({"role": "owner"});
    let outcome = scene
        .write(&update, ACCOUNTS, Verb::Update, Some(id), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let delete = recorded(FILE, "delete service account");
    scene.ends(&delete, ACCOUNTS, id).await;
}

#[tokio::test]
async fn an_admin_key_is_made_with_an_end_in_seconds_and_told_once() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list admin keys"], "admin_keys").await;
    whole(&listed, &["key_abc"]);
    assert_eq!(shown(&listed.rows, 0, "owner"), "My Service Account");
    assert_eq!(shown(&listed.rows, 0, "expires_at"), "Never");
    let create = recorded(FILE, "create admin key");
    let values = json!({"name": "New Admin Key", "expires_at": 2_592_000});
    let outcome = scene
        .send(&create, "admin_keys", Verb::Create, None, values)
        .await;
    assert!(!format!("{outcome:?}").contains("sk-admin-fake"));
    made(outcome, Some("key_xyz"), "sk-admin-fake-new-admin-key");
    let delete = recorded(FILE, "delete admin key");
    let id = Some("key_abc");
    let outcome = scene
        .send(&delete, "admin_keys", Verb::Delete, id, json!({}))
        .await;
    assert_eq!(done(outcome).1, 0);
}

#[tokio::test]
async fn a_wrong_key_is_a_credential_error_and_proves_a_new_one_dead() {
    let scene = scene().await;
    let wrong = recorded(FILE, "wrong key");
    let error = failed(scene.list(&wrong, "admin_keys").await);
    let (status, meaning, words, _) = refused(&error);
    assert_eq!((status, meaning), (401, Meaning::Credential));
    assert!(words.starts_with("Incorrect API key provided"), "{words}");
    assert_eq!(scene.tried("admin_keys", None).await, "dead");
    assert_eq!(scene.carried("authorization").await, "Bearer new-secret");
}

#[tokio::test]
async fn the_admin_key_that_signs_in_is_recognised_by_what_the_list_shows_of_it() {
    for (credential, own) in [("sk-admin-0123def", Some("key_abc")), (CANARY, None)] {
        let scene = Scene::new("openai", "", &[("admin_key", credential)]).await;
        let listed = scene.paged(FILE, &["list admin keys"], "admin_keys").await;
        assert_eq!(listed.end().own.as_ref().map(KeyId::as_str), own);
    }
}
