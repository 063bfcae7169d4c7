use serde_json::json;

use super::{steps::added, *};

const FILE: &str = "djinn/keys.txt";
const KEY: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n";

async fn scene() -> Scene {
    Scene::new("djinn", "/api/", &[("token", CANARY)]).await
}

#[tokio::test]
async fn a_short_page_is_the_last_although_its_link_says_next() {
    let scene = scene().await;
    let listed = scene.list(&recorded(FILE, "list"), "keys").await;
    assert_eq!(listed.ids(), ["10", "11"]);
    assert_eq!(shown(&listed.rows, 0, "namespace"), "blackmesa");
    assert_eq!(got(&scene.server).await, ["GET /api/keys"]);
    let sent = scene.last().await;
    assert_eq!(
        sent.headers.get("authorization").expect("a token"),
        &format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_search_goes_to_the_server() {
    let scene = scene().await;
    recorded(FILE, "list").mount(&scene.server).await;
    list_by(&scene.client, "keys", &[("search", "a b&c=d")]).await;
    assert_eq!(
        got(&scene.server).await,
        ["GET /api/keys?search=a+b%26c%3Dd"]
    );
}

#[tokio::test]
async fn a_private_key_goes_in_and_nowhere_else() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create");
    let values = json!({"name": "id_deploy", "namespace": "blackmesa@gordon", "config": "Host github.com\n  User git\n"});
    exchange.mount(&scene.server).await;
    let mut change = change(&scene.client, "keys", Verb::Create, None, values);
    change
        .values
        .insert("key".to_owned(), FieldValue::Secret(secret(KEY)));
    let outcome = scene.client.send(&change).await;
    exchange.same(&scene.last().await);
    assert!(!format!("{outcome:?} {change:?}").contains("b3BlbnNzaA"));
    added(outcome, "12");
}

#[tokio::test]
async fn per_field_errors_reach_their_fields_whatever_their_case() {
    let scene = scene().await;
    let values = json!({"name": "id_deploy", "key": "x"});
    let exchange = recorded(FILE, "create, name taken and no key");
    let outcome = scene
        .send(&exchange, "keys", Verb::Create, None, values)
        .await;
    let (status, meaning, message, fields) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    let key = "Key field required; Key ssh: no key found";
    assert_eq!(fields, [("key", key), ("name", "Name already exists")]);
    assert_eq!(
        message,
        format!("Private key: {key}; Name: Name already exists")
    );
    let exchange = recorded(FILE, "create, wrong type");
    scene.server.reset().await;
    let values = json!({"name": 1, "key": "x"});
    let outcome = scene
        .send(&exchange, "keys", Verb::Create, None, values)
        .await;
    let both = "cannot unmarshal number to string; Name field required";
    assert_eq!(not_done(&outcome).3, [("name", both)]);
}

#[tokio::test]
async fn an_emptied_config_is_sent_as_a_newline_and_nothing_else_is_sent() {
    let scene = scene().await;
    let exchange = recorded(FILE, "update, config emptied");
    let values = json!({"config": ""});
    let outcome = scene
        .send(&exchange, "keys", Verb::Update, Some("10"), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let named = change(
        &scene.client,
        "keys",
        Verb::Update,
        Some("10"),
        json!({"name": "other"}),
    );
    let refused = scene.client.send(&named).await;
    assert_eq!(told(&refused).0, "not done");
    assert_eq!(got(&scene.server).await.len(), 1);
}

#[tokio::test]
async fn one_key_is_read_and_deleted() {
    let scene = scene().await;
    let rows = scene
        .get(&recorded(FILE, "get"), "keys", "10")
        .await
        .expect("a row");
    assert_eq!(shown(&rows, 0, "name"), "id_deploy");
    scene.ends(&recorded(FILE, "delete"), "keys", "10").await;
}

#[tokio::test]
async fn a_404_may_be_the_credential() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete again");
    let outcome = scene
        .send(&exchange, "keys", Verb::Delete, Some("10"), json!({}))
        .await;
    let expected = (404, Meaning::CredentialOrNotFound, "Not Found", vec![]);
    assert_eq!(not_done(&outcome), expected);
}

#[tokio::test]
async fn the_check_names_the_user() {
    let scene = scene().await;
    recorded(FILE, "user").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("me".to_owned())));
}

#[tokio::test]
async fn pages_instead_of_the_api_are_told_with_a_hint_at_the_url() {
    let scene = Scene::new("djinn", "", &[("token", CANARY)]).await;
    let exchange = recorded(FILE, "the pages instead of the API");
    let error = scene.list(&exchange, "keys").await.end.expect_err("a page");
    assert!(
        error.to_string().contains("web page, not the API"),
        "{error}"
    );
    assert!(error.to_string().contains("/api?"), "{error}");
    let exchange = recorded(FILE, "the pages refuse a write");
    let values = json!({"name": "a", "key": "x"});
    let outcome = scene
        .send(&exchange, "keys", Verb::Create, None, values)
        .await;
    assert_eq!(
        told(&outcome),
        (
            "not done",
            "Forbidden - CSRF token invalid (403)".to_owned()
        )
    );
}
