use serde_json::json;

use super::{
    steps::{added, failed, made, whole},
    *,
};

const FILE: &str = "gitea/documented.txt";
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI laptop";

async fn by_password() -> Scene {
    Scene::new("gitea", "", &[("user", "test"), ("password", CANARY)]).await
}

async fn by_token() -> Scene {
    Scene::new("gitea", "", &[("user", "test"), ("token", CANARY)]).await
}

#[tokio::test]
async fn the_users_tokens_are_listed_with_the_password_as_far_as_a_header_says() {
    let scene = by_password().await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &["1", "2"]);
    assert_eq!(shown(&listed.rows, 0, "token_last_eight"), "8eb69b8d");
    let used = "Time(Moment(1735725600000000))";
    assert_eq!(shown(&listed.rows, 1, "last_used_at"), used);
    assert_eq!(
        scene.carried("authorization").await,
        "Basic dGVzdDpjYW5hcnktNmQxZjBjNTVhYg=="
    );
}

#[tokio::test]
async fn a_token_is_made_told_once_and_deleted_by_its_number() {
    let scene = by_password().await;
    let create = recorded(FILE, "create");
    let values = json!({"name": "test", "scopes": ["read:repository"]});
    let outcome = scene
        .send(&create, "tokens", Verb::Create, None, values)
        .await;
    assert!(!format!("{outcome:?}").contains("fake-9fcb"));
    made(
        outcome,
        Some("1"),
        "fake-9fcb1158165773dd010fca5f0cf7174316c3e37d",
    );
    let delete = recorded(FILE, "delete");
    scene.ends(&delete, "tokens", "1").await;
}

#[tokio::test]
async fn refusals_have_the_services_words() {
    let scene = by_password().await;
    let taken = recorded(FILE, "create, name taken");
    let values = json!({"name": "test", "scopes": ["read:repository"]});
    let outcome = scene
        .send(&taken, "tokens", Verb::Create, None, values)
        .await;
    let words = "access token name has been used already";
    assert_eq!(not_done(&outcome), (400, Meaning::Invalid, words, vec![]));
    let gone = recorded(FILE, "delete again");
    let outcome = scene
        .send(&gone, "tokens", Verb::Delete, Some("1"), json!({}))
        .await;
    let words = "The target couldn't be found.";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
    let taken = recorded(FILE, "create key, taken");
    let values = json!({"title": "laptop", "key": KEY});
    let outcome = scene.send(&taken, "keys", Verb::Create, None, values).await;
    let words = "Key content has been used as non-deploy key";
    assert_eq!(not_done(&outcome), (422, Meaning::Invalid, words, vec![]));
}

#[tokio::test]
async fn a_token_signs_in_by_its_own_word_and_may_not_list_tokens() {
    let scene = by_token().await;
    let refusal = recorded(FILE, "a token may not list tokens");
    let error = failed(scene.list(&refusal, "tokens").await);
    let words = "auth required";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
    assert_eq!(
        scene.carried("authorization").await,
        format!("token {CANARY}")
    );
}

#[tokio::test]
async fn ssh_keys_are_listed_added_read_and_removed() {
    let scene = by_token().await;
    let listed = scene.paged(FILE, &["list keys"], "keys").await;
    whole(&listed, &["7"]);
    assert_eq!(shown(&listed.rows, 0, "user"), "test");
    assert_eq!(shown(&listed.rows, 0, "read_only"), "Bool(true)");
    let create = recorded(FILE, "create key");
    let values = json!({"title": "laptop", "key": KEY, "read_only": true});
    let outcome = scene
        .send(&create, "keys", Verb::Create, None, values)
        .await;
    added(outcome, "7");
    let rows = scene.read(&recorded(FILE, "get key"), "keys", "7").await;
    assert_eq!(shown(&rows, 0, "key"), KEY);
    let delete = recorded(FILE, "delete key");
    scene.ends(&delete, "keys", "7").await;
}

#[tokio::test]
async fn a_new_token_is_tried_as_a_token_in_a_context_that_signs_in_with_a_password() {
    let scene = by_password().await;
    recorded(FILE, "user").mount(&scene.server).await;
    assert_eq!(scene.tried("tokens", None).await, "alive");
    assert_eq!(scene.carried("authorization").await, "token new-secret");
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("test".to_owned())));
}
