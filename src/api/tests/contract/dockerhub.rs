use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "dockerhub/documented.txt";
const ID: &str = "b30bbf97-506c-4ecd-aabc-842f3cb484fb";

async fn scene() -> Scene {
    let inputs = [("identifier", "myusername"), ("secret", "dckr_pat_fake")];
    let scene = Scene::new("dockerhub", "", &inputs).await;
    recorded(FILE, "login").mount(&scene.server).await;
    scene
}

#[tokio::test]
async fn the_list_comes_after_one_login_and_follows_the_address_of_the_next_page() {
    let scene = scene().await;
    let titles = ["login", "list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &[ID, "a7a5ef25-8889-43a0-8cc7-f2a94268e861"]);
    assert_eq!(shown(&listed.rows, 0, "token_label"), "My read only token");
    let expires = "Time(Moment(1635445819520861))";
    assert_eq!(shown(&listed.rows, 0, "expires_at"), expires);
    assert_eq!(shown(&listed.rows, 1, "expires_at"), "Never");
    assert_eq!(
        scene.carried("authorization").await,
        "Bearer jwt.fake.session"
    );
}

#[tokio::test]
async fn a_refused_login_is_about_the_credential() {
    let inputs = [("identifier", "myusername"), ("secret", "dckr_pat_fake")];
    let scene = Scene::new("dockerhub", "", &inputs).await;
    recorded(FILE, "login, refused").mount(&scene.server).await;
    let error = failed(list(&scene.client, "tokens").await);
    let words = "signing in was refused: Incorrect authentication credentials";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn a_create_gives_the_token_once_and_not_in_its_row() {
    let scene = scene().await;
    let values = json!({
        "token_label": "My read only token", "scopes": ["repo:read"],
        "expires_at": "2021-10-28T18:30:19Z"
    });
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, "tokens", Verb::Create, None, values)
        .await;
    assert!(!format!("{outcome:?}").contains("dckr_pat_fake_created"));
    made(outcome, Some(ID), "dckr_pat_fake_created");
}

#[tokio::test]
async fn one_token_is_read_renamed_deactivated_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "tokens", ID).await;
    assert_eq!(shown(&rows, 0, "is_active"), "Bool(true)");
    let exchange = recorded(FILE, "update");
    let values = json!({"token_label": "My read write token"});
    let outcome = scene
        .send(&exchange, "tokens", Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, "tokens", ID).await;
}

#[tokio::test]
async fn a_token_is_deactivated_by_its_flag() {
    let scene = scene().await;
    let exchange = recorded(FILE, "deactivate");
    let outcome = scene.act(&exchange, "tokens", "deactivate", ID).await;
    assert_eq!(done(outcome).1, 1);
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, refused");
    let values = json!({"token_label": "ci", "scopes": ["repo:read"]});
    let outcome = scene
        .send(&exchange, "tokens", Verb::Create, None, values)
        .await;
    let words = "invalid request: the scope is not allowed for this account";
    assert_eq!(not_done(&outcome), (400, Meaning::Invalid, words, vec![]));
    let exchange = recorded(FILE, "get, not found");
    let error = scene.get(&exchange, "tokens", ID).await.expect_err("none");
    let words = "object not found";
    assert_eq!(refused(&error), (404, Meaning::NotFound, words, vec![]));
}

#[tokio::test]
async fn the_check_is_the_login() {
    let scene = scene().await;
    assert_eq!(scene.client.check().await[0].result, Ok(None));
    assert_eq!(got(&scene.server).await, ["POST /v2/auth/token"]);
}
