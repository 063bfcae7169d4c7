use serde_json::json;

use super::{
    steps::{added, failed, whole},
    *,
};

const FILE: &str = "hetzner/documented.txt";
const KEYS: &str = "ssh-keys";
const ID: &str = "2323";
const PUBLIC: &str = "ssh-rsa AAAjjk76kgf...Xt";

async fn scene() -> Scene {
    Scene::new("hetzner", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn pages_are_asked_for_by_number_until_the_total() {
    let scene = scene().await;
    let titles = ["list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, KEYS).await;
    whole(&listed, &[ID, "2324"]);
    assert_eq!(listed.end().total, Some(2));
    assert_eq!(shown(&listed.rows, 0, "name"), "My ssh key");
    let created = "Time(Moment(1454198100000000))";
    assert_eq!(shown(&listed.rows, 0, "created"), created);
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn labels_are_asked_for_in_the_query() {
    let scene = scene().await;
    let exchange = recorded(FILE, "list by label");
    let filters = [("label_selector", "env=prod")];
    whole(&scene.filtered(&exchange, KEYS, &filters).await, &[]);
}

#[tokio::test]
async fn a_public_key_goes_in_and_no_secret_comes_out() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create");
    let values =
        json!({"name": "My ssh key", "public_key": PUBLIC, "labels": {"environment": "prod"}});
    let outcome = scene
        .send(&exchange, KEYS, Verb::Create, None, values)
        .await;
    added(outcome, ID);
}

#[tokio::test]
async fn one_key_is_read_changed_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), KEYS, ID).await;
    assert_eq!(shown(&rows, 0, "public_key"), PUBLIC);
    let exchange = recorded(FILE, "update");
    let values = json!({"name": "My new name", "labels": {"labelkey": "value"}});
    let outcome = scene
        .send(&exchange, KEYS, Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, KEYS, ID).await;
}

#[tokio::test]
async fn a_refused_field_is_named() {
    for (title, status, meaning, said) in [
        ("create, taken", 409, Meaning::Conflict, "was refused"),
        (
            "create, invalid",
            422,
            Meaning::Invalid,
            "is not a valid SSH key",
        ),
    ] {
        let scene = scene().await;
        let values = json!({"name": "My ssh key", "public_key": PUBLIC});
        let exchange = recorded(FILE, title);
        let outcome = scene
            .send(&exchange, KEYS, Verb::Create, None, values)
            .await;
        let (found, means, _, fields) = not_done(&outcome);
        assert_eq!((found, means), (status, meaning));
        assert_eq!(fields, [("public_key", said)]);
    }
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete, not found");
    let outcome = scene
        .send(&exchange, KEYS, Verb::Delete, Some(ID), json!({}))
        .await;
    let words = "ssh_key with ID '2323' not found";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, KEYS).await);
    let words = "unable to authenticate";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_check_asks_for_one_key() {
    let scene = scene().await;
    let exchange = recorded(FILE, "list, first page");
    exchange.mount(&scene.server).await;
    assert_eq!(scene.client.check().await[0].result, Ok(None));
    assert_eq!(got(&scene.server).await, ["GET /v1/ssh_keys?per_page=1"]);
}
