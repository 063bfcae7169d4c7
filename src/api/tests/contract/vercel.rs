use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "vercel/documented.txt";
const CI: &str = "5d9f2ebd38ddca62e5d51e9c1704c72530bdc8bfdd41e782a6687c48399e8391";

async fn scene() -> Scene {
    Scene::new("vercel", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn the_next_page_is_asked_for_by_the_time_that_the_last_one_gave() {
    let scene = scene().await;
    let titles = ["list, first page", "list, second page"];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &[CI, "a1b2c3"]);
    assert_eq!(shown(&listed.rows, 0, "name"), "CI");
    let expires = "Time(Moment(1735689600000000))";
    assert_eq!(shown(&listed.rows, 0, "expiresAt"), expires);
    let leaked = "Time(Moment(1632816531000000))";
    assert_eq!(shown(&listed.rows, 1, "leakedAt"), leaked);
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_token_is_made_for_the_team_of_the_context() {
    let team = "team_1a2b3c4d5e6f7g8h9i0j1k2l";
    let scene = Scene::new("vercel", "", &[("token", CANARY), ("team", team)]).await;
    let exchange = recorded(FILE, "create");
    let values = json!({"name": "CI", "expiresAt": 1_632_816_536_002_i64});
    let outcome = scene
        .send(&exchange, "tokens", Verb::Create, None, values)
        .await;
    made(outcome, Some(CI), "vcp_fake_created");
    let query = format!("teamId={team}");
    assert_eq!(scene.last().await.url.query(), Some(&*query));
}

#[tokio::test]
async fn one_token_is_read_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "tokens", "a1b2c3").await;
    assert_eq!(shown(&rows, 0, "type"), "oauth2-token");
    let exchange = recorded(FILE, "delete");
    scene.ends(&exchange, "tokens", "a1b2c3").await;
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let scene = scene().await;
    let exchange = recorded(FILE, "create, refused");
    let outcome = scene
        .send(
            &exchange,
            "tokens",
            Verb::Create,
            None,
            json!({"name": "CI"}),
        )
        .await;
    let (status, meaning, message, _) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    assert!(message.contains("128 characters"), "{message}");
    let exchange = recorded(FILE, "list, bad token");
    let error = failed(scene.list(&exchange, "tokens").await);
    let words = "Not authorized";
    assert_eq!(refused(&error), (403, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn the_check_names_the_user() {
    let scene = scene().await;
    recorded(FILE, "user").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("jdoe".to_owned())));
}
