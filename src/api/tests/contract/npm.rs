use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "npm/documented.txt";
const REAL: &str = "npm/verdaccio.txt";
const READS: &str = "fa06877427ed1fd75abd41c2fe12fa12b100e93b4dd00df46f653fa67de8b9ec38dd6982401adf360c3d380af432f619434b30199ec92332b96e42ce2802a0c9";
const WRITES: &str = "48297953007cfb44e3451902d39c5bacf7a4f49369591e511de9f174afa90288f35b4a940a54dfe9f110ac30634443f24667c673fb65ef771954236c51e9b036";

async fn scene() -> Scene {
    Scene::new("npm", "", &[("token", CANARY)]).await
}

/// A create with the password, as a form gives it.
fn with_password(scene: &Scene, values: Value) -> Change {
    let mut change = change(&scene.client, "tokens", Verb::Create, None, values);
    let password = FieldValue::Secret(secret("fake-password"));
    change.values.insert("password".to_owned(), password);
    change
}

#[tokio::test]
async fn the_list_follows_the_address_of_the_next_page_until_it_is_empty() {
    let scene = scene().await;
    let titles = ["list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &[READS, WRITES]);
    assert_eq!(shown(&listed.rows, 0, "readonly"), "Bool(true)");
    let created = "Time(Moment(1502783072151000))";
    assert_eq!(shown(&listed.rows, 0, "created"), created);
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_create_asks_for_the_password_again_and_sends_the_one_time_password_as_a_header() {
    let scene = scene().await;
    let values = json!({"readonly": true, "cidr_whitelist": ["192.168.1.1/32"], "otp": "123456"});
    let change = with_password(&scene, values);
    let outcome = scene.carry(&recorded(FILE, "create"), &change).await;
    assert!(!format!("{outcome:?} {change:?}").contains("fake-password"));
    assert_eq!(scene.carried("npm-otp").await, "123456");
    made(outcome, Some(READS), "npm_fake_created");
}

#[tokio::test]
async fn without_a_one_time_password_there_is_no_header_and_a_refusal_is_told() {
    let scene = scene().await;
    let change = with_password(&scene, json!({"otp": ""}));
    let exchange = recorded(FILE, "create, wrong password");
    let outcome = scene.carry(&exchange, &change).await;
    let words = "bad username/password, access denied; the credential of this context, or the Password of the form, is wrong";
    let expected = (401, Meaning::Credential, words, vec![]);
    assert_eq!(not_done(&outcome), expected);
    assert!(!scene.last().await.headers.contains_key("npm-otp"));
    assert_eq!(got(&scene.server).await.len(), 1);
}

#[tokio::test]
async fn a_token_is_deleted_by_its_hash() {
    let scene = scene().await;
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, "tokens", WRITES).await;
}

#[tokio::test]
async fn a_bad_token_is_a_credential_error() {
    let scene = scene().await;
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, "tokens").await);
    let words = "Unauthorized";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_checks_name_the_user_and_ask_for_tokens() {
    let scene = scene().await;
    for title in ["whoami", "list, second page"] {
        recorded(FILE, title).mount(&scene.server).await;
    }
    let checked = scene.client.check().await;
    let results: Vec<_> = checked.into_iter().map(|one| one.result).collect();
    let name = "test-chrisdickinson".to_owned();
    assert_eq!(results, [Ok(Some(name)), Ok(None)]);
}

#[tokio::test]
async fn verdaccio_lists_makes_and_deletes_tokens_by_the_same_calls() {
    let scene = scene().await;
    let listed = scene.paged(REAL, &["list"], "tokens").await;
    let ids = [
        "d012d9eea7807fe311bd9532ba5bb7f6",
        "d8b095c2513cfeb4e42a6e9cea14cc5e",
    ];
    whole(&listed, &ids);
    assert_eq!(shown(&listed.rows, 1, "readonly"), "Bool(true)");
    let values = json!({"readonly": true, "cidr_whitelist": ["192.0.2.0/24"]});
    let mut change = with_password(&scene, values);
    let outcome = scene.carry(&recorded(REAL, "create"), &change).await;
    made(outcome, Some(ids[1]), "fake-token-created");
    scene.server.reset().await;
    change = with_password(&scene, json!({"readonly": true}));
    let wrong = FieldValue::Secret(secret("fake-wrong"));
    change.values.insert("password".to_owned(), wrong);
    let exchange = recorded(REAL, "create, wrong password");
    let outcome = scene.carry(&exchange, &change).await;
    assert_eq!(not_done(&outcome).1, Meaning::Credential);
    let exchange = recorded(REAL, "delete of what is gone");
    scene.ends(&exchange, "tokens", "deadbeef").await;
}

#[tokio::test]
async fn a_wrong_token_passes_no_check_although_verdaccio_answers_who_am_i_with_200() {
    let scene = scene().await;
    for title in ["whoami, bad token", "list, bad token"] {
        recorded(REAL, title).mount(&scene.server).await;
    }
    let checked = scene.client.check().await;
    // It answers with nobody's name.
    assert!(checked[0].result.is_err(), "{checked:?}");
    let error = checked[1].result.as_ref().expect_err("refused");
    assert_eq!(refused(error).1, Meaning::Credential);
    let resource = scene.client.resource("tokens");
    let proof = scene.client.prove(&resource, &secret("new"), None).await;
    assert!(matches!(proof, crate::api::Proof::Dead { .. }), "{proof:?}");
}
