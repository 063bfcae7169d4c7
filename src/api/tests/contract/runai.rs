use serde_json::json;

use super::*;

const FILE: &str = "runai/access_keys.txt";
const PAIR: &[(&str, &str)] = &[("client_id", "cid"), ("client_secret", "s3cr3t")];

async fn scene() -> Scene {
    let scene = Scene::new("runai", "", PAIR).await;
    recorded(FILE, "token v2 (form)").mount(&scene.server).await;
    // An answer that settles which API is spoken, for writes without a list before them.
    recorded(FILE, "list own").mount(&scene.server).await;
    recorded(FILE, "admin list").mount(&scene.server).await;
    scene
}

#[tokio::test]
async fn the_list_comes_after_one_login_by_form() {
    let scene = scene().await;
    let listed = scene.list(&recorded(FILE, "list own"), "access-keys").await;
    assert_eq!(listed.rows.len(), 2);
    assert_eq!(listed.end().alternative, None);
    assert_eq!(shown(&listed.rows, 0, "clientId"), "3434c-12323ab-4ce2ea6");
    let requests = scene.server.received_requests().await.expect("recorded");
    recorded(FILE, "token v2 (form)").form(&requests[0]);
    let bearer = requests[1].headers.get("authorization").expect("a token");
    assert_eq!(bearer, "Bearer JWT-REMOVED");
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn an_old_token_endpoint_is_tried_where_the_new_one_is_not_there() {
    let scene = Scene::new("runai", "", PAIR).await;
    recorded(FILE, "token v1 (JSON)").mount(&scene.server).await;
    let listed = scene.list(&recorded(FILE, "list own"), "access-keys").await;
    assert_eq!(listed.rows.len(), 2);
    let lines = got(&scene.server).await;
    assert_eq!(
        lines,
        [
            "POST /api/v2/token",
            "POST /api/v1/token",
            "GET /api/v1/access-keys"
        ]
    );
    let requests = scene.server.received_requests().await.expect("recorded");
    recorded(FILE, "token v1 (JSON)").same(&requests[1]);
}

#[tokio::test]
async fn the_oldest_login_follows_a_400_and_its_refusal_is_about_the_credential() {
    let scene = Scene::new("runai", "", PAIR).await;
    recorded(FILE, "token v1, forced 400")
        .mount(&scene.server)
        .await;
    let error = list(&scene.client, "access-keys")
        .await
        .end
        .expect_err("refused");
    let words = "signing in was refused: Required parameter is missing";
    assert_eq!(refused(&error), (400, Meaning::Credential, words, vec![]));
    let requests = scene.server.received_requests().await.expect("recorded");
    let last = requests[2].body_json::<Value>().expect("JSON");
    assert_eq!(last["grantType"], "app_token");
    assert_eq!(last["AppSecret"], "s3cr3t");
}

#[tokio::test]
async fn a_refused_login_is_a_credential_error_and_sends_nothing_else() {
    let scene = Scene::new("runai", "", PAIR).await;
    recorded(FILE, "token v2, forced 401")
        .mount(&scene.server)
        .await;
    let error = list(&scene.client, "access-keys")
        .await
        .end
        .expect_err("refused");
    let (status, meaning, message, _) = refused(&error);
    assert_eq!((status, meaning), (401, Meaning::Credential));
    assert!(message.starts_with("signing in was refused: "), "{message}");
    assert_eq!(got(&scene.server).await, ["POST /api/v2/token"]);
}

#[tokio::test]
async fn a_create_gives_the_client_secret() {
    let scene = scene().await;
    let values = json!({"name": "ci-pipeline"});
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Create, None, values)
        .await;
    let (id, rows, secret) = done(outcome);
    assert_eq!(id.as_deref(), Some("0eeaf222-e503-4f35-9d9c-c419816272e3"));
    assert_eq!(rows, 1);
    assert_eq!(
        open(secret).as_deref(),
        Some("this-is-the-access-key-secret")
    );
}

#[tokio::test]
async fn a_taken_name_is_a_conflict() {
    let scene = scene().await;
    let values = json!({"name": "ci-pipeline"});
    let exchange = recorded(FILE, "create, forced 409");
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Create, None, values)
        .await;
    let words = "Resource with this name already exists";
    assert_eq!(not_done(&outcome), (409, Meaning::Conflict, words, vec![]));
}

#[tokio::test]
async fn a_new_secret_comes_without_a_body_and_without_a_row() {
    let scene = scene().await;
    let exchange = recorded(FILE, "regenerate");
    let id = exchange.path.split('/').nth(4).expect("an id").to_owned();
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Rotate, Some(&id), json!({}))
        .await;
    let (_, rows, secret) = done(outcome);
    assert_eq!(rows, 0);
    assert_eq!(
        open(secret).as_deref(),
        exchange.json()["clientSecret"].as_str()
    );
}

#[tokio::test]
async fn one_key_is_read_and_deleted_with_an_empty_answer() {
    let scene = scene().await;
    let exchange = recorded(FILE, "get one");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    let rows = scene
        .get(&exchange, "access-keys", &id)
        .await
        .expect("a row");
    assert_eq!(rows.len(), 1);
    let exchange = recorded(FILE, "delete own");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Delete, Some(&id), json!({}))
        .await;
    assert_eq!((exchange.status, done(outcome).1), (204, 0));
}

#[tokio::test]
async fn a_failing_delete_is_unknown() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete own, forced 500");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Delete, Some(&id), json!({}))
        .await;
    assert_eq!(
        told(&outcome),
        ("unknown", "Something went wrong. (500)".to_owned())
    );
}

#[tokio::test]
async fn the_admin_list_takes_filters_to_the_server() {
    let scene = scene().await;
    let exchange = recorded(FILE, "admin list filtered");
    let filters = [
        ("clientId", "3434c-12323ab-4ce2ea6-b44fc-db344d"),
        ("createdBy", "test@run.ai"),
    ];
    let listed = list_by(&scene.client, "administration", &filters).await;
    assert_eq!(listed.rows.len(), 2);
    assert_eq!(scene.last().await.url.query(), exchange.query.as_deref());
    let id = listed.ids().remove(0);
    let exchange = recorded(FILE, "admin delete");
    scene.ends(&exchange, "administration", &id).await;
}

#[tokio::test]
async fn exactly_a_hundred_rows_of_the_admin_list_may_be_cut() {
    let scene = Scene::new("runai", "", &[("bearer", CANARY)]).await;
    let mut exchange = recorded(FILE, "admin list");
    for (count, cut) in [(100, true), (99, false)] {
        let rows = (0..count).map(|n| json!({"id": format!("k{n}"), "name": "n", "clientId": "c", "createdBy": "a", "createdAt": null, "lastLogin": null}));
        exchange.body = json!({"accessKeys": rows.collect::<Vec<_>>()}).to_string();
        scene.server.reset().await;
        exchange.mount(&scene.server).await;
        let listed = list(&scene.client, "administration").await;
        assert_eq!(listed.cut().contains("100"), cut, "{}", listed.cut());
        assert_eq!(listed.end().fetched, count);
    }
}

#[tokio::test]
async fn user_applications_are_spoken_where_access_keys_are_not_there() {
    let scene = Scene::new("runai", "", &[("bearer", CANARY)]).await;
    let exchange = recorded(FILE, "old name: list user applications (bare array)");
    let listed = scene.list(&exchange, "access-keys").await;
    assert_eq!(listed.rows.len(), 1);
    let older = listed.end().alternative.as_deref();
    assert_eq!(older, Some("user applications (2.20 to 2.23)"));
    let exchange = recorded(
        FILE,
        "old name: create user application (secret, not clientSecret)",
    );
    let values = json!({"name": "app-1"});
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Create, None, values)
        .await;
    assert_eq!(
        open(done(outcome).2).as_deref(),
        Some("this-is-the-app-secret")
    );
    let main = got(&scene.server).await;
    let asked = main
        .iter()
        .filter(|line| line.contains("/access-keys"))
        .count();
    assert_eq!(asked, 1, "the older API is remembered: {main:?}");
}

#[tokio::test]
async fn a_write_without_a_list_before_it_finds_the_older_api_itself() {
    let scene = Scene::new("runai", "", &[("bearer", CANARY)]).await;
    recorded(FILE, "old name: list user applications (bare array)")
        .mount(&scene.server)
        .await;
    let exchange = recorded(
        FILE,
        "old name: create user application (secret, not clientSecret)",
    );
    let values = json!({"name": "app-1"});
    let outcome = scene
        .send(&exchange, "access-keys", Verb::Create, None, values)
        .await;
    assert!(done(outcome).2.is_some());
    let posts = got(&scene.server)
        .await
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn a_forbidden_list_says_forbidden_and_hints_at_the_credential() {
    let scene = scene().await;
    scene.server.reset().await;
    recorded(FILE, "token v2 (form)").mount(&scene.server).await;
    let error = scene
        .list(&recorded(FILE, "list, forced 403"), "access-keys")
        .await
        .end;
    let error = error.expect_err("refused");
    let words = "You do not have sufficient permissions.";
    assert_eq!(refused(&error), (403, Meaning::Forbidden, words, vec![]));
    assert!(error.next_step().contains("credential"));
}

#[tokio::test]
async fn the_check_is_the_login() {
    let scene = scene().await;
    let checked = scene.client.check().await;
    assert_eq!(checked.len(), 1);
    assert_eq!(
        (checked[0].id.as_str(), &checked[0].result),
        ("token", &Ok(None))
    );
    assert_eq!(got(&scene.server).await, ["POST /api/v2/token"]);
}
