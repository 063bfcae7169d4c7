use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "cloudflare/documented.txt";
const ID: &str = "ed17574386854bf78a67040be0a770b0";

async fn scene() -> Scene {
    Scene::new("cloudflare", "/client/v4", &[("token", CANARY)]).await
}

/// What a recorded request had in its body, by the fields of the form.
fn typed(exchange: &Exchange) -> Value {
    let mut values: Value = serde_json::from_slice(&exchange.sent).expect("JSON");
    let all = values.as_object_mut().expect("an object");
    if let Some(condition) = all.remove("condition") {
        let ips = &condition["request_ip"];
        all.insert("allowed_ips".to_owned(), ips["in"].clone());
        all.insert("refused_ips".to_owned(), ips["not_in"].clone());
    }
    values
}

#[tokio::test]
async fn the_list_stands_in_result_and_is_asked_for_by_number() {
    let scene = scene().await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &[ID, "0d17574386854bf78a67040be0a770b1"]);
    assert_eq!(shown(&listed.rows, 0, "name"), "readonly token");
    let expires = "Time(Moment(1577836800000000))";
    assert_eq!(shown(&listed.rows, 0, "expires_on"), expires);
    assert_eq!(shown(&listed.rows, 1, "expires_on"), "Absent");
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_token_is_made_with_its_policies_and_conditions_and_told_once() {
    let scene = scene().await;
    let create = recorded(FILE, "create");
    let outcome = scene
        .send(&create, "tokens", Verb::Create, None, typed(&create))
        .await;
    assert!(!format!("{outcome:?}").contains("fake-8M7"));
    let secret = "fake-8M7wS6hCpXVc-DoRnPPY_UCWPgy8aea4Wy6kCe5T";
    made(outcome, Some(ID), secret);
}

#[tokio::test]
async fn a_roll_gives_a_bare_text_and_no_row() {
    let scene = scene().await;
    let roll = recorded(FILE, "roll");
    let outcome = scene
        .send(&roll, "tokens", Verb::Rotate, Some(ID), json!({}))
        .await;
    made(
        outcome,
        None,
        "fake-8M7wS6hCpXVc-DoRnPPY_UCWPgy8aea4Wy6kCe5T",
    );
}

#[tokio::test]
async fn a_token_is_read_changed_as_a_whole_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "tokens", ID).await;
    let used = "Time(Moment(1577968440000000))";
    assert_eq!(shown(&rows, 0, "last_used_on"), used);
    let update = recorded(FILE, "update");
    let outcome = scene
        .send(&update, "tokens", Verb::Update, Some(ID), typed(&update))
        .await;
    assert_eq!(done(outcome).1, 1);
    let delete = recorded(FILE, "delete");
    scene.ends(&delete, "tokens", ID).await;
}

#[tokio::test]
async fn a_200_that_says_no_is_a_refusal_and_reaches_its_field() {
    let scene = scene().await;
    let refusal = recorded(FILE, "create, refused with 200");
    let outcome = scene
        .send(&refusal, "tokens", Verb::Create, None, typed(&refusal))
        .await;
    let words = "Policies must not be empty";
    let fields = vec![("policies", words)];
    assert_eq!(not_done(&outcome), (200, Meaning::Invalid, words, fields));
}

#[tokio::test]
async fn a_wrong_token_is_a_credential_error_and_any_token_can_be_verified() {
    let scene = scene().await;
    let wrong = recorded(FILE, "wrong token");
    let error = failed(scene.list(&wrong, "tokens").await);
    let words = "Invalid API Token";
    assert_eq!(refused(&error), (401, Meaning::Credential, words, vec![]));
    recorded(FILE, "verify").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(None));
    assert_eq!(scene.tried("tokens", None).await, "alive");
    assert_eq!(scene.carried("authorization").await, "Bearer new-secret");
}
