use serde_json::json;

use super::{
    steps::{added, failed, whole},
    *,
};

const FILE: &str = "digitalocean/documented.txt";
const KEYS: &str = "ssh-keys";
const ID: &str = "512189";
const PUBLIC: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFake example";

async fn scene() -> Scene {
    Scene::new("digitalocean", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn pages_are_asked_for_by_number_until_the_total() {
    let scene = scene().await;
    let titles = ["list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, KEYS).await;
    whole(&listed, &["289794", ID]);
    assert_eq!(listed.end().total, Some(2));
    assert_eq!(shown(&listed.rows, 1, "name"), "My SSH Public Key");
    assert!(shown(&listed.rows, 0, "fingerprint").starts_with("3b:16:e4"));
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_public_key_goes_in_and_no_secret_comes_out() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create");
    let values = json!({"name": "My SSH Public Key", "public_key": PUBLIC});
    let outcome = scene
        .send(&exchange, KEYS, Verb::Create, None, values)
        .await;
    added(outcome, ID);
}

#[tokio::test]
async fn one_key_is_read_renamed_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), KEYS, ID).await;
    assert_eq!(shown(&rows, 0, "name"), "My SSH Public Key");
    let exchange = recorded(FILE, "update");
    let values = json!({"name": "Renamed SSH Key"});
    let outcome = scene
        .send(&exchange, KEYS, Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, KEYS, ID).await;
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, in use");
    let values = json!({"name": "My SSH Public Key", "public_key": PUBLIC});
    let outcome = scene
        .send(&exchange, KEYS, Verb::Create, None, values)
        .await;
    let words = "SSH Key is already in use on your account";
    assert_eq!(not_done(&outcome), (422, Meaning::Invalid, words, vec![]));
    let exchange = recorded(FILE, "delete, not found");
    let outcome = scene
        .send(&exchange, KEYS, Verb::Delete, Some(ID), json!({}))
        .await;
    let words = "The resource you requested could not be found.";
    assert_eq!(not_done(&outcome), (404, Meaning::NotFound, words, vec![]));
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, KEYS).await);
    let words = "Unable to authenticate you";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_check_names_the_account() {
    let scene = scene().await;
    recorded(FILE, "account").mount(&scene.server).await;
    let checked = scene.client.check().await;
    let name = "sammy@digitalocean.com".to_owned();
    assert_eq!(checked[0].result, Ok(Some(name)));
}
