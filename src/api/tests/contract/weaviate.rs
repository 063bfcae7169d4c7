use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "weaviate/documented.txt";
const USER: &str = "custom-user";

async fn scene() -> Scene {
    Scene::new("weaviate", "", &[("api_key", "ZmFrZS1yb290")]).await
}

#[tokio::test]
async fn the_list_asks_for_the_last_use_and_finds_the_key_that_it_is_signed_with() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list"], "users").await;
    whole(&listed, &[USER, "root-user", "operator"]);
    let used = "Time(Moment(1743496200000000))";
    assert_eq!(shown(&listed.rows, 0, "lastUsedAt"), used);
    assert_eq!(shown(&listed.rows, 1, "lastUsedAt"), "Never");
    assert_eq!(shown(&listed.rows, 2, "active"), "Bool(false)");
    let own = listed.end().own.as_ref().map(|id| id.as_str().to_owned());
    assert_eq!(own.as_deref(), Some("operator"));
    assert_eq!(scene.carried("authorization").await, "Bearer ZmFrZS1yb290");
}

#[tokio::test]
async fn who_makes_a_user_chooses_its_id_in_the_path() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(
            &exchange,
            "users",
            Verb::Create,
            None,
            json!({"userId": USER}),
        )
        .await;
    made(outcome, Some(USER), "fake-key-created");
}

#[tokio::test]
async fn a_rotation_gives_a_new_key_under_the_same_id() {
    let scene = scene().await;
    let exchange = recorded(FILE, "rotate");
    let outcome = scene
        .send(&exchange, "users", Verb::Rotate, Some(USER), json!({}))
        .await;
    let (_, rows, secret) = done(outcome);
    assert_eq!(
        (rows, open(secret).as_deref()),
        (0, Some("fake-key-rotated"))
    );
}

#[tokio::test]
async fn a_user_is_deactivated_with_and_without_its_key_and_activated() {
    for (title, action) in [
        ("deactivate", "deactivate"),
        ("deactivate and revoke", "revoke"),
        ("activate", "activate"),
    ] {
        let scene = scene().await;
        done(
            scene
                .act(&recorded(FILE, title), "users", action, USER)
                .await,
        );
    }
}

#[tokio::test]
async fn a_user_is_read_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "users", USER).await;
    assert_eq!(shown(&rows, 0, "dbUserType"), "db_user");
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, "users", USER).await;
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, taken");
    let values = json!({"userId": USER});
    let outcome = scene
        .send(&exchange, "users", Verb::Create, None, values)
        .await;
    let words = "user 'custom-user' already exists";
    assert_eq!(not_done(&outcome), (409, Meaning::Conflict, words, vec![]));
    let exchange = recorded(FILE, "rotate, not a user of the database");
    let id = Some("root-user");
    let outcome = scene
        .send(&exchange, "users", Verb::Rotate, id, json!({}))
        .await;
    let words = "user 'root-user' is static user";
    assert_eq!(not_done(&outcome), (422, Meaning::Invalid, words, vec![]));
    let exchange = recorded(FILE, "delete, not found");
    let outcome = scene
        .send(&exchange, "users", Verb::Delete, Some(USER), json!({}))
        .await;
    assert_eq!(not_done(&outcome).1, Meaning::NotFound);
    let exchange = recorded(FILE, "list, not allowed");
    let error = failed(scene.list(&exchange, "users").await);
    assert_eq!(refused(&error).1, Meaning::Forbidden);
    assert!(error.to_string().contains("read_users"), "{error}");
}

#[tokio::test]
async fn the_check_names_the_user() {
    let scene = scene().await;
    recorded(FILE, "own info").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("root-user".to_owned())));
}
