use serde_json::json;

use super::{
    steps::{added, failed, whole},
    *,
};

const FILE: &str = "github/documented.txt";
const KEY: &str = "2Sg8iYjAxxmI2LvUXpJjkYrMxURPc8r+dB7TJyvv1234";
const OF_REPOSITORY: &str = "deploy_keys in octocat/Hello-World";

async fn scene() -> Scene {
    Scene::new("github", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn the_list_follows_its_links_with_token_and_version_in_the_headers() {
    let scene = scene().await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "keys").await;
    whole(&listed, &["2", "3"]);
    assert_eq!(
        shown(&listed.rows, 0, "title"),
        "ssh-rsa AAAAB3NzaC1yc2EAAA"
    );
    let used = "Time(Moment(1641830022000000))";
    assert_eq!(shown(&listed.rows, 1, "last_used"), used);
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
    assert_eq!(scene.carried("x-github-api-version").await, "2022-11-28");
}

#[tokio::test]
async fn a_public_key_is_added_read_and_removed_and_no_secret_comes_back() {
    let scene = scene().await;
    let create = recorded(FILE, "create");
    let values = json!({"title": "ssh-rsa AAAAB3NzaC1yc2EAAA", "key": KEY});
    let outcome = scene
        .send(&create, "keys", Verb::Create, None, values)
        .await;
    added(outcome, "2");
    let rows = scene.read(&recorded(FILE, "get"), "keys", "2").await;
    assert_eq!(shown(&rows, 0, "key"), KEY);
    let delete = recorded(FILE, "delete");
    scene.ends(&delete, "keys", "2").await;
}

#[tokio::test]
async fn what_the_service_says_of_a_field_reaches_it() {
    let scene = scene().await;
    let taken = recorded(FILE, "create, key taken");
    let values = json!({"title": "laptop", "key": KEY});
    let outcome = scene.send(&taken, "keys", Verb::Create, None, values).await;
    let words = "Validation Failed: key is already in use";
    let fields = vec![("key", "key is already in use")];
    assert_eq!(not_done(&outcome), (422, Meaning::Invalid, words, fields));
}

#[tokio::test]
async fn a_404_may_be_the_token_and_a_wrong_token_is_told_as_such() {
    let scene = scene().await;
    let gone = recorded(FILE, "delete again");
    let outcome = scene
        .send(&gone, "keys", Verb::Delete, Some("2"), json!({}))
        .await;
    let expected = (404, Meaning::CredentialOrNotFound, "Not Found", vec![]);
    assert_eq!(not_done(&outcome), expected);
    let error = failed(scene.list(&recorded(FILE, "wrong token"), "keys").await);
    let words = "Bad credentials";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn deploy_keys_stand_in_a_repository_that_owner_and_name_tell() {
    let scene = scene().await;
    let titles = ["list repositories"];
    let listed = scene.paged(FILE, &titles, "repositories").await;
    whole(&listed, &["octocat/Hello-World"]);
    assert_eq!(shown(&listed.rows, 0, "admin"), "Bool(true)");
    let titles = ["list deploy keys"];
    let listed = scene.paged(FILE, &titles, OF_REPOSITORY).await;
    whole(&listed, &["1"]);
    assert_eq!(shown(&listed.rows, 0, "added_by"), "octocat");
    let create = recorded(FILE, "create deploy key");
    let values = json!({"title": "octocat@octomac", "key": "ssh-rsa AAA...", "read_only": true});
    let outcome = scene
        .write(&create, OF_REPOSITORY, Verb::Create, None, values)
        .await;
    assert_eq!(done(outcome).0.as_deref(), Some("1"));
    let get = recorded(FILE, "get deploy key");
    let rows = scene.read(&get, OF_REPOSITORY, "1").await;
    assert_eq!(shown(&rows, 0, "read_only"), "Bool(true)");
    let delete = recorded(FILE, "delete deploy key");
    scene.ends(&delete, OF_REPOSITORY, "1").await;
}

#[tokio::test]
async fn the_check_names_the_user() {
    let scene = scene().await;
    recorded(FILE, "user").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("octocat".to_owned())));
}
