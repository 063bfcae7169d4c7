use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "gitlab/documented.txt";
const OF_PROJECT: &str = "project_tokens in 4";

async fn scene() -> Scene {
    Scene::new("gitlab", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn the_list_is_asked_for_by_number_as_far_as_its_header_says() {
    let scene = scene().await;
    let titles = ["list", "list, second page"];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &["4", "5"]);
    assert_eq!(shown(&listed.rows, 0, "name"), "Test Token");
    assert_eq!(shown(&listed.rows, 0, "expires_at"), "Never");
    let expires = "Time(Moment(1692057600000000))";
    assert_eq!(shown(&listed.rows, 1, "expires_at"), expires);
    assert_eq!(shown(&listed.rows, 1, "last_used_at"), "Never");
    assert_eq!(scene.carried("private-token").await, CANARY);
}

#[tokio::test]
async fn a_list_without_a_total_goes_on_until_a_page_brings_nothing() {
    let scene = scene().await;
    let titles = [
        "list, without a total",
        "list, without a total, second page",
        "list, beyond the last page",
    ];
    let listed = scene.paged(FILE, &titles, "tokens").await;
    whole(&listed, &["4", "5"]);
}

#[tokio::test]
async fn a_token_is_made_for_the_user_whose_number_stands_in_the_path() {
    let scene = scene().await;
    let create = recorded(FILE, "create");
    let values =
        json!({"user_id": 42, "name": "mytoken", "scopes": ["api"], "expires_at": "2020-12-31"});
    let outcome = scene
        .send(&create, "tokens", Verb::Create, None, values)
        .await;
    made(outcome, Some("3"), "glpat-fake-created");
}

#[tokio::test]
async fn a_rotated_token_has_another_id() {
    let scene = scene().await;
    let rotate = recorded(FILE, "rotate");
    let values = json!({"expires_at": "2023-08-15"});
    let outcome = scene
        .send(&rotate, "tokens", Verb::Rotate, Some("41"), values)
        .await;
    made(outcome, Some("42"), "glpat-fake-rotated");
}

#[tokio::test]
async fn one_token_is_read_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "tokens", "4").await;
    assert_eq!(shown(&rows, 0, "user_id"), "Int(3)");
    let delete = recorded(FILE, "delete");
    scene.ends(&delete, "tokens", "4").await;
}

#[tokio::test]
async fn a_401_may_be_a_token_that_is_not_there() {
    let scene = scene().await;
    let revoked = recorded(FILE, "rotate what was revoked");
    let outcome = scene
        .send(&revoked, "tokens", Verb::Rotate, Some("41"), json!({}))
        .await;
    let meaning = Meaning::CredentialOrNotFound;
    let expected = (401, meaning, "401 Unauthorized", vec![]);
    assert_eq!(not_done(&outcome), expected);
}

#[tokio::test]
async fn refusals_are_read_whether_they_name_fields_or_not() {
    let scene = scene().await;
    let fields = recorded(FILE, "create, refused fields");
    let values = json!({"user_id": 42, "name": "mytoken", "scopes": ["nothing"]});
    let outcome = scene
        .send(&fields, "tokens", Verb::Create, None, values)
        .await;
    let (status, meaning, _, fields) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    let expected = [
        ("expires_at", "can not be blank"),
        ("scopes", "can only contain available scopes"),
    ];
    assert_eq!(fields, expected);
    scene.server.reset().await;
    let base = recorded(FILE, "create, refused as a whole");
    let values = json!({"user_id": 42, "name": "mytoken", "scopes": ["api"]});
    let outcome = scene
        .send(&base, "tokens", Verb::Create, None, values)
        .await;
    let words = "base: Expiration date of the token must be before 2027-01-01";
    assert_eq!(not_done(&outcome), (400, Meaning::Invalid, words, vec![]));
    scene.server.reset().await;
    let missing = recorded(FILE, "create, a parameter is missing");
    let values = json!({"user_id": 42, "name": "mytoken", "scopes": ["api"]});
    let outcome = scene
        .send(&missing, "tokens", Verb::Create, None, values)
        .await;
    let words = "scopes is missing";
    assert_eq!(not_done(&outcome), (400, Meaning::Invalid, words, vec![]));
    scene.server.reset().await;
    let wrong = recorded(FILE, "wrong token");
    let error = failed(scene.list(&wrong, "projects").await);
    assert_eq!(refused(&error).2, "401 Unauthorized");
}

#[tokio::test]
async fn a_projects_tokens_are_listed_made_rotated_and_deleted_within_it() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list projects"], "projects").await;
    whole(&listed, &["4"]);
    let name = listed.rows.record(0).name();
    assert_eq!(name.exact(), "diaspora/diaspora-client");
    let listed = scene
        .paged(FILE, &["list project tokens"], OF_PROJECT)
        .await;
    whole(&listed, &["42", "43"]);
    assert_eq!(shown(&listed.rows, 0, "access_level"), "Int(40)");
    let create = recorded(FILE, "create project token");
    let values = json!({"name": "test_token", "scopes": ["api", "read_repository"], "expires_at": "2021-01-31", "access_level": 30});
    let outcome = scene
        .write(&create, OF_PROJECT, Verb::Create, None, values)
        .await;
    made(outcome, Some("58"), "glpat-fake-project");
    let rotate = recorded(FILE, "rotate project token");
    let outcome = scene
        .write(&rotate, OF_PROJECT, Verb::Rotate, Some("41"), json!({}))
        .await;
    made(outcome, Some("42"), "glpat-fake-project-rotated");
    let delete = recorded(FILE, "delete project token");
    scene.ends(&delete, OF_PROJECT, "42").await;
}

#[tokio::test]
async fn a_new_token_is_tried_by_looking_at_itself() {
    let scene = scene().await;
    recorded(FILE, "self").mount(&scene.server).await;
    assert_eq!(scene.tried("tokens", None).await, "alive");
    assert_eq!(scene.carried("private-token").await, "new-secret");
    let asked = got(&scene.server).await;
    assert_eq!(asked, ["GET /api/v4/personal_access_tokens/self"]);
}

#[tokio::test]
async fn the_check_names_the_user() {
    let scene = scene().await;
    recorded(FILE, "user").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("john_smith".to_owned())));
}
