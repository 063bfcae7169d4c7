use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "consul/documented.txt";
const AGENT: &str = "6a1253d2-1785-24fd-91c2-f8e78c745511";
const ANONYMOUS: &str = "00000000-0000-0000-0000-000000000002";
const BOOTSTRAP: &str = "3328f9a6-433c-02d0-6649-7d07268dfec7";

async fn scene() -> Scene {
    Scene::new("consul", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn the_list_has_its_rows_and_no_secret_that_stands_in_it() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list"], "tokens").await;
    whole(&listed, &[AGENT, ANONYMOUS, BOOTSTRAP]);
    assert_eq!(
        shown(&listed.rows, 0, "Description"),
        "Agent token for 'my-agent'"
    );
    assert_eq!(shown(&listed.rows, 0, "ExpirationTime"), "Absent");
    let expires = "Time(Moment(1540482122642700))";
    assert_eq!(shown(&listed.rows, 2, "ExpirationTime"), expires);
    assert!(!format!("{:?}", listed.rows).contains("fake-secret"));
    assert_eq!(scene.carried("x-consul-token").await, CANARY);
}

#[tokio::test]
async fn a_namespace_goes_with_each_call_where_the_context_has_one() {
    let inputs = [("token", CANARY), ("namespace", "team-a")];
    let scene = Scene::new("consul", "", &inputs).await;
    scene.list(&recorded(FILE, "list"), "tokens").await;
    assert_eq!(scene.carried("x-consul-namespace").await, "team-a");
    assert_eq!(scene.carried("x-consul-token").await, CANARY);
}

#[tokio::test]
async fn a_create_is_a_put_and_gives_the_secret() {
    let scene = scene().await;
    let policies = json!([{"ID": "165d4317-e379-f732-ce70-86278c4558f7"}, {"Name": "node-read"}]);
    let values =
        json!({"Description": "Agent token for node1", "Policies": policies, "Local": false});
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, "tokens", Verb::Create, None, values)
        .await;
    made(outcome, Some(AGENT), "fake-secret-created");
}

#[tokio::test]
async fn an_update_sends_the_whole_token_and_local_as_it_is() {
    let scene = scene().await;
    let listed = scene.list(&recorded(FILE, "list"), "tokens").await;
    let policies = json!([
        {"ID": "165d4317-e379-f732-ce70-86278c4558f7"}, {"Name": "node-read"}, {"Name": "service-read"}
    ]);
    let values = json!({"Description": "Agent token for node1", "Policies": policies});
    let mut change = change(&scene.client, "tokens", Verb::Update, None, values);
    change.target = Target::of(listed.rows.record(2));
    let outcome = scene.carry(&recorded(FILE, "update"), &change).await;
    assert!(!format!("{outcome:?}").contains("fake-secret"));
    assert_eq!(done(outcome).1, 1);
}

#[tokio::test]
async fn a_secret_is_told_again_and_a_token_deleted() {
    let scene = scene().await;
    let told = scene.reveal(&recorded(FILE, "read"), "tokens", AGENT).await;
    assert_eq!(told, "fake-secret-read");
    let rows = scene.read(&recorded(FILE, "read"), "tokens", AGENT).await;
    assert_eq!(shown(&rows, 0, "AccessorID"), AGENT);
    let exchange = recorded(FILE, "delete");
    let id = "8f246b77-f3e1-ff88-5b48-8ec93abf3e05";
    scene.ends(&exchange, "tokens", id).await;
}

#[tokio::test]
async fn a_403_is_plain_text_and_may_be_the_credential() {
    let scene = scene().await;
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, "tokens").await);
    let expected = (403, Meaning::CredentialOrNotFound, "ACL not found", vec![]);
    assert_eq!(refused(&error), expected);
}

#[tokio::test]
async fn the_check_names_the_token() {
    let scene = scene().await;
    recorded(FILE, "self").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("Operator".to_owned())));
}
