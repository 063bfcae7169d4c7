use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "meilisearch/documented.txt";
const ID: &str = "6062abda-a5aa-4414-ac91-ecd7944c0f8d";
const SECRET: &str = "fake-d0552b41536279a0ad88bd595327b96f01176a60c2243e906c52ac02375f9bc4";

async fn scene() -> Scene {
    Scene::new("meilisearch", "", &[("api_key", CANARY)]).await
}

#[tokio::test]
async fn the_list_is_asked_for_by_offset_and_its_keys_are_hidden() {
    let scene = scene().await;
    let listed = scene.paged(FILE, &["list", "list, rest"], "keys").await;
    let ids = [
        ID,
        "74c9c733-3368-4738-bbe5-1d18a5fecb37",
        "20f7e4c4-612c-4dd1-b783-7934cc038213",
    ];
    whole(&listed, &ids);
    assert_eq!(shown(&listed.rows, 1, "name"), "Default Search API Key");
    let expires = "Time(Moment(1640995199000000))";
    assert_eq!(shown(&listed.rows, 0, "expiresAt"), expires);
    assert_eq!(shown(&listed.rows, 1, "expiresAt"), "Never");
    assert_eq!(shown(&listed.rows, 0, "key"), "Hidden");
    assert!(!format!("{:?}", listed.rows).contains("fake-"));
    assert_eq!(
        scene.carried("authorization").await,
        format!("Bearer {CANARY}")
    );
}

#[tokio::test]
async fn a_key_is_made_and_told_and_told_again() {
    let scene = scene().await;
    let create = recorded(FILE, "create");
    let values = json!({"description": "Add documents: Products API key", "actions": ["documents.add"], "indexes": ["products"], "expiresAt": "2042-04-02T00:42:42Z"});
    let outcome = scene
        .send(&create, "keys", Verb::Create, None, values)
        .await;
    made(
        outcome,
        Some("01b4bc42-eb33-4041-b481-254d00cce834"),
        SECRET,
    );
    let again = scene.reveal(&recorded(FILE, "get"), "keys", ID).await;
    assert_eq!(again, SECRET);
}

#[tokio::test]
async fn a_key_that_never_ends_says_so_with_null() {
    let scene = scene().await;
    recorded(FILE, "create").mount(&scene.server).await;
    let values = json!({"actions": ["search"], "indexes": ["*"]});
    let change = change(&scene.client, "keys", Verb::Create, None, values);
    scene.client.send(&change).await;
    let sent = scene.last().await.body_json::<Value>().expect("JSON");
    assert_eq!(sent.get("expiresAt"), Some(&Value::Null));
}

#[tokio::test]
async fn a_key_is_read_renamed_and_deleted() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "get"), "keys", ID).await;
    let description = "Add documents: Products API key";
    assert_eq!(shown(&rows, 0, "description"), description);
    let update = recorded(FILE, "update");
    let values = serde_json::from_slice(&update.sent).expect("JSON");
    let outcome = scene
        .send(&update, "keys", Verb::Update, Some(ID), values)
        .await;
    assert_eq!(done(outcome).1, 1);
    let delete = recorded(FILE, "delete");
    scene.ends(&delete, "keys", ID).await;
}

#[tokio::test]
async fn refusals_are_read_as_they_are_meant() {
    let scene = scene().await;
    let gone = recorded(FILE, "delete again");
    let outcome = scene
        .send(&gone, "keys", Verb::Delete, Some(ID), json!({}))
        .await;
    let words = format!("API key `{ID}` not found.");
    let expected = (404, Meaning::NotFound, words.as_str(), vec![]);
    assert_eq!(not_done(&outcome), expected);
    let unknown = recorded(FILE, "create, unknown action");
    let values = json!({"actions": ["doc.add"], "indexes": ["products"]});
    let outcome = scene
        .send(&unknown, "keys", Verb::Create, None, values)
        .await;
    let (status, meaning, words, _) = not_done(&outcome);
    assert_eq!((status, meaning), (400, Meaning::Invalid));
    assert!(words.starts_with("Unknown value `doc.add`"), "{words}");
    let error = failed(scene.list(&recorded(FILE, "wrong key"), "keys").await);
    let words = "The provided API key is invalid.";
    assert_eq!(refused(&error), (403, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn a_new_key_is_tried_in_its_first_index_and_a_403_proves_nothing() {
    let scene = scene().await;
    let listed = scene.list(&recorded(FILE, "list"), "keys").await;
    let row = Some(listed.rows.record(0));
    let mut answer = recorded(FILE, "wrong key");
    for (status, told) in [(403, "like a wrong one"), (404, "alive")] {
        scene.server.reset().await;
        for (path, status) in [("/indexes", 403), ("/indexes/prod*/search", status)] {
            path.clone_into(&mut answer.path);
            answer.status = status;
            answer.mount(&scene.server).await;
        }
        let came = scene.tried("keys", row).await;
        assert!(came.contains(told), "{came}");
        assert_eq!(scene.carried("authorization").await, "Bearer new-secret");
    }
}

#[tokio::test]
async fn the_checks_are_health_and_keys() {
    let scene = scene().await;
    recorded(FILE, "health").mount(&scene.server).await;
    recorded(FILE, "wrong key").mount(&scene.server).await;
    let checked = scene.client.check().await;
    let results: Vec<_> = checked
        .iter()
        .map(|one| (one.id.as_str(), one.result.is_ok()))
        .collect();
    assert_eq!(results, [("health", true), ("keys", false)]);
}
