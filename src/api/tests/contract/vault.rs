use serde_json::json;

use super::{
    steps::{failed, made, whole},
    *,
};

const FILE: &str = "vault/documented.txt";
const TESLA: &str = "8609694a-cdbc-db9b-d345-e782dbb562ed";
const ROOT: &str = "bb00c093-b7d3-b0e9-69cc-c4d85081165b";
const OTHER: &str = "476ea048-ded5-4d07-eeea-938c6b4e43ec";
const SECRET_ID: &str = "2be760a4-86bb-2fa9-1637-1b7fa9ba2896";

async fn scene() -> Scene {
    Scene::new("vault", "", &[("token", CANARY)]).await
}

#[tokio::test]
async fn accessors_are_listed_and_each_is_looked_up() {
    let scene = scene().await;
    for title in ["lookup", "lookup of a root token", "lookup, not allowed"] {
        scene.answer_once(&recorded(FILE, title)).await;
    }
    recorded(FILE, "accessors").mount(&scene.server).await;
    let listed = list(&scene.client, "tokens").await;
    assert_eq!(listed.ids(), [TESLA, ROOT, OTHER]);
    assert_eq!(shown(&listed.rows, 0, "display_name"), "ldap2-tesla");
    let expires = "Time(Moment(1526744154466476))";
    assert_eq!(shown(&listed.rows, 0, "expire_time"), expires);
    assert_eq!(shown(&listed.rows, 1, "expire_time"), "Never");
    let why = listed.rows.bad(2).expect("a row that could not be read");
    assert!(why.contains("permission denied"), "{why}");
    let first = line(&scene.of_lists().await[0]);
    assert_eq!(first, "LIST /v1/auth/token/accessors");
    assert_eq!(scene.carried("x-vault-token").await, CANARY);
}

#[tokio::test]
async fn a_namespace_goes_with_each_call_where_the_context_has_one() {
    let inputs = [("token", CANARY), ("namespace", "admin/team")];
    let scene = Scene::new("vault", "", &inputs).await;
    scene.list(&recorded(FILE, "roles"), "approles").await;
    assert_eq!(scene.carried("x-vault-namespace").await, "admin/team");
    assert_eq!(scene.carried("x-vault-token").await, CANARY);
}

#[tokio::test]
async fn an_approle_signs_in_for_a_token() {
    let id = "e5a7b66e-5d08-da9c-7075-71984634b882";
    let inputs = [
        ("role_id", id),
        ("secret_id", "fake-secret-id"),
        ("approle", "approle"),
    ];
    let scene = Scene::new("vault", "", &inputs).await;
    let titles = ["approle login", "roles"];
    let listed = scene.paged(FILE, &titles, "approles").await;
    whole(&listed, &["dev", "prod", "test"]);
    assert_eq!(scene.carried("x-vault-token").await, "hvs.fake_session");
}

#[tokio::test]
async fn a_create_gives_the_token_and_its_accessor() {
    let scene = scene().await;
    let values = json!({
        "policies": ["web", "stage"], "meta": {"user": "armon"}, "expire_time": "1h", "renewable": true
    });
    let exchange = recorded(FILE, "create");
    let outcome = scene
        .send(&exchange, "tokens", Verb::Create, None, values)
        .await;
    made(
        outcome,
        Some("B6oixijqmeR4bsLOJH88Ska9"),
        "hvs.fake_created",
    );
}

#[tokio::test]
async fn a_token_is_read_renewed_and_revoked_by_its_accessor() {
    let scene = scene().await;
    let rows = scene.read(&recorded(FILE, "lookup"), "tokens", TESLA).await;
    assert_eq!(shown(&rows, 0, "path"), "auth/ldap2/login/tesla");
    let exchange = recorded(FILE, "renew");
    done(scene.act(&exchange, "tokens", "renew", TESLA).await);
    let exchange = recorded(FILE, "revoke");
    scene.ends(&exchange, "tokens", TESLA).await;
}

#[tokio::test]
async fn a_403_is_about_the_credential() {
    let scene = scene().await;
    let exchange = recorded(FILE, "accessors, not allowed");
    let error = failed(scene.list(&exchange, "tokens").await);
    let words = "permission denied";
    assert_eq!(refused(&error), (403, Meaning::Credential, words, vec![]));
}

#[tokio::test]
async fn a_mount_without_approles_has_an_empty_list() {
    let scene = scene().await;
    let listed = scene.list(&recorded(FILE, "no roles"), "approles").await;
    whole(&listed, &[]);
}

#[tokio::test]
async fn the_role_id_of_an_approle_is_told() {
    let scene = scene().await;
    let told = scene
        .reveal(&recorded(FILE, "role id"), "approles", "dev")
        .await;
    assert_eq!(told, "e5a7b66e-5d08-da9c-7075-71984634b882");
}

#[tokio::test]
async fn the_secret_ids_of_an_approle_are_its_rows() {
    let scene = scene().await;
    let titles = ["secret ids", "secret id lookup"];
    let listed = scene.paged(FILE, &titles, "secret-ids in dev").await;
    whole(&listed, &[SECRET_ID]);
    assert_eq!(shown(&listed.rows, 0, "expiration_time"), "Never");
    assert_eq!(shown(&listed.rows, 0, "secret_id_num_uses"), "Int(0)");
}

#[tokio::test]
async fn a_secret_id_is_made_and_destroyed_below_its_approle() {
    let scene = scene().await;
    let id = "84896a0c-1347-aa90-a4f6-aca8b7558780";
    let values = json!({
        "metadata_sent": "{ \"tag1\": \"production\" }", "expiration_time": 600, "secret_id_num_uses": 50
    });
    let exchange = recorded(FILE, "secret id create");
    let outcome = scene
        .write(&exchange, "secret-ids in dev", Verb::Create, None, values)
        .await;
    made(outcome, Some(id), "fake-secret-id-created");
    let exchange = recorded(FILE, "secret id destroy");
    let values = json!({});
    let outcome = scene
        .write(
            &exchange,
            "secret-ids in dev",
            Verb::Delete,
            Some(id),
            values,
        )
        .await;
    assert_eq!(done(outcome).1, 0);
}

#[tokio::test]
async fn the_check_names_the_token() {
    let scene = scene().await;
    recorded(FILE, "self").mount(&scene.server).await;
    let checked = scene.client.check().await;
    assert_eq!(checked[0].result, Ok(Some("ldap2-tesla".to_owned())));
}
