use serde_json::json;

use super::{
    steps::{failed, whole},
    *,
};

const FILE: &str = "anthropic/documented.txt";
const ID: &str = "apikey_01Rj2N8SVvo6BePZj99NhmiT";

async fn scene() -> Scene {
    Scene::new("anthropic", "", &[("admin_key", CANARY)]).await
}

#[tokio::test]
async fn the_list_goes_on_behind_the_last_id_with_key_and_version_in_the_headers() {
    let scene = scene().await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "api_keys").await;
    whole(&listed, &[ID, "apikey_01AAAAAAAAAAAAAAAAAAAAAA"]);
    assert_eq!(shown(&listed.rows, 0, "name"), "Developer Key");
    assert_eq!(
        shown(&listed.rows, 0, "created_by"),
        "user_01WCz1FkmYMm4gnmykNKUu3Q"
    );
    let expires = "Time(Moment(1730332707427722))";
    assert_eq!(shown(&listed.rows, 0, "expires_at"), expires);
    assert_eq!(shown(&listed.rows, 1, "expires_at"), "Never");
    assert_eq!(
        shown(&listed.rows, 1, "scope_workspace_id"),
        "wrkspc_01BBBBBBBBBBBBBBBBBBBBBB"
    );
    assert_eq!(scene.carried("x-api-key").await, CANARY);
    assert_eq!(scene.carried("anthropic-version").await, "2023-06-01");
}

#[tokio::test]
async fn the_services_filters_go_to_the_server() {
    let scene = scene().await;
    let list = recorded(FILE, "list of inactive keys");
    let filters = [("status", "inactive")];
    let listed = scene.filtered(&list, "api_keys", &filters).await;
    whole(&listed, &["apikey_01AAAAAAAAAAAAAAAAAAAAAA"]);
}

#[tokio::test]
async fn a_key_is_read_and_renamed() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "api_keys", ID).await;
    assert_eq!(
        shown(&rows, 0, "partial_key_hint"),
        "sk-ant-api03-R2D...igAA"
    );
    let rename = recorded(FILE, "rename");
    let values = json!({"name": "New Key Name"});
    let outcome = scene
        .send(&rename, "api_keys", Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
}

#[tokio::test]
async fn a_key_is_switched_off_on_and_archived_by_its_status_and_in_no_other_way() {
    let scene = scene().await;
    let resource = scene.client.resource("api_keys");
    assert!(resource.create.is_none() && resource.delete.is_none());
    let mut change = recorded(FILE, "deactivate");
    let outcome = scene.act(&change, "api_keys", "deactivate", ID).await;
    let Outcome::Done { rows, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(shown(&rows, 0, "status"), "inactive");
    for (id, status) in [("activate", "active"), ("archive", "archived")] {
        change.sent = json!({"status": status}).to_string().into_bytes();
        let outcome = scene.act(&change, "api_keys", id, ID).await;
        assert_eq!(done(outcome).1, 1);
    }
}

#[tokio::test]
async fn refusals_have_the_services_words_and_the_number_of_the_request() {
    let scene = scene().await;
    let error = failed(scene.list(&recorded(FILE, "wrong key"), "api_keys").await);
    let words = "invalid x-api-key";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
    assert!(format!("{error:?}").contains("req_018EeWyXxfu5pfWkrYcMdjWG"));
    let gone = recorded(FILE, "rename, no such key");
    let values = json!({"name": "New Key Name"});
    let outcome = scene
        .send(&gone, "api_keys", Verb::Update, Some("apikey_gone"), values)
        .await;
    let words = "The requested resource could not be found.";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
}

#[tokio::test]
async fn the_check_names_the_organization() {
    let scene = scene().await;
    recorded(FILE, "organization").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("Organization Name".to_owned())));
}
