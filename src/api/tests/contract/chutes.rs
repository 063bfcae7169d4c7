use serde_json::json;

use super::*;

const KEYS: &str = "chutes/api_keys.txt";
const SECRETS: &str = "chutes/secrets.txt";
const SEED: &str = "1111111111111111111111111111111111111111111111111111111111111111";

async fn scene() -> Scene {
    Scene::new("chutes", "", &[("api_key", CANARY)]).await
}

#[tokio::test]
async fn the_list_is_one_page_and_its_hostile_names_are_kept_exactly_and_shown_safely() {
    let scene = scene().await;
    let titles = [
        "create scoped key, several scopes",
        "name with C1 control U+009B (CSI)",
        "name with RTL override U+202E",
    ];
    let rows = titles.map(|title| {
        let mut row = recorded(KEYS, title).json();
        row.as_object_mut().expect("an object").remove("secret_key");
        row
    });
    let mut exchange = recorded(KEYS, "list with Bearer cpk_ admin key");
    exchange.body = json!({"total": 3, "page": 0, "limit": 1000, "items": rows}).to_string();
    let listed = scene.list(&exchange, "api_keys").await;
    assert_eq!((listed.end().fetched, listed.end().total), (3, Some(3)));
    assert_eq!(listed.cut(), "whole");
    assert_eq!(
        got(&scene.server).await,
        ["GET /api_keys/?page=0&limit=1000"]
    );
    for (at, row) in rows.iter().enumerate() {
        let name = row["name"].as_str().expect("a name");
        assert_eq!(shown(&listed.rows, at, "name"), name);
        let safe = listed.rows.record(at).name().shown().into_owned();
        assert!(
            !safe.contains(['\u{9b}', '\u{202e}', '\n', '\t']),
            "{safe:?}"
        );
    }
}

#[tokio::test]
async fn the_rest_of_an_unordered_list_is_asked_for_in_one_page_and_a_difference_is_told() {
    let scene = scene().await;
    let exchange = recorded(KEYS, "list ?page=0&limit=2");
    let listed = scene.list(&exchange, "api_keys").await;
    let lines = [
        "GET /api_keys/?page=0&limit=1000",
        "GET /api_keys/?page=0&limit=17",
    ];
    assert_eq!(got(&scene.server).await, lines);
    assert_eq!(listed.ids().len(), 2);
    assert_eq!(
        listed.cut(),
        "the service says that there are 17, and 2 came"
    );
}

#[tokio::test]
async fn the_key_that_signs_in_is_recognised_by_the_id_inside_it() {
    let exchange = recorded(KEYS, "list with Bearer cpk_ admin key");
    let id = exchange.json()["items"][0]["api_key_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let credential = format!("cpk_{}.x.y", id.replace('-', ""));
    let scene = Scene::new("chutes", "", &[("api_key", &credential)]).await;
    let listed = scene.list(&exchange, "api_keys").await;
    assert_eq!(
        listed.end().own.as_ref().map(KeyId::as_str),
        Some(id.as_str())
    );
    let other = self::scene().await.list(&exchange, "api_keys").await;
    assert_eq!(other.end().own, None);
}

#[tokio::test]
async fn a_key_with_scopes_is_created_and_its_secret_taken_out() {
    let scene = scene().await;
    let exchange = recorded(KEYS, "create scoped key, several scopes");
    let body: Value = serde_json::from_slice(&exchange.sent).expect("JSON");
    let outcome = scene
        .send(&exchange, "api_keys", Verb::Create, None, body)
        .await;
    let Outcome::Done { id, rows, secret } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        id.expect("an id").as_str(),
        "a37b3065-fb45-41c0-aa53-e5e04af4edc0"
    );
    let secret = open(secret).expect("a secret");
    assert_eq!(
        Some(secret.as_str()),
        exchange.json()["secret_key"].as_str()
    );
    assert!(!format!("{rows:?}").contains(&secret));
}

#[tokio::test]
async fn the_words_of_every_refusal_are_the_services_own() {
    for (title, status, words, fields) in [
        (
            "duplicate name",
            409,
            "An API key already exists with this name",
            vec![],
        ),
        (
            "missing name",
            422,
            "Field required",
            vec![("name", "Field required")],
        ),
        (
            "bad action",
            422,
            "Input should be 'read', 'write', 'delete' or 'invoke'",
            vec![(
                "scopes",
                "Input should be 'read', 'write', 'delete' or 'invoke'",
            )],
        ),
        (
            "bad object_type",
            400,
            "Invalid request: Invalid object_type, must be one of images, chutes, invocations",
            vec![],
        ),
    ] {
        let scene = scene().await;
        let exchange = recorded(KEYS, title);
        let body: Value = serde_json::from_slice(&exchange.sent).expect("JSON");
        let outcome = scene
            .send(&exchange, "api_keys", Verb::Create, None, body)
            .await;
        let (code, _, message, found) = not_done(&outcome);
        assert_eq!((code, message, found), (status, words, fields), "{title}");
    }
}

#[tokio::test]
async fn a_crash_in_plain_text_leaves_the_outcome_unknown() {
    let scene = scene().await;
    recorded(KEYS, "create non-admin, scopes null")
        .mount(&scene.server)
        .await;
    let values = json!({"admin": false, "name": "nullscopes"});
    let change = change(&scene.client, "api_keys", Verb::Create, None, values);
    let outcome = scene.client.send(&change).await;
    assert_eq!(
        told(&outcome),
        ("unknown", "Internal Server Error (500)".to_owned())
    );
}

#[tokio::test]
async fn a_validation_error_that_echoes_the_secret_shows_only_place_and_words() {
    let scene = scene().await;
    let exchange = recorded(
        "chutes/validation_echo.txt",
        "422 echoes the submitted secret value back in detail[].input",
    );
    assert!(exchange.body.contains("hf_super_secret"));
    let body: Value = serde_json::from_slice(&exchange.sent).expect("JSON");
    let outcome = scene
        .send(&exchange, "secrets", Verb::Create, None, body)
        .await;
    assert!(!format!("{outcome:?}").contains("hf_super_secret"));
    let (status, meaning, message, fields) = not_done(&outcome);
    assert_eq!(
        (status, meaning, message),
        (422, Meaning::Invalid, "Field required")
    );
    assert_eq!(fields, [("purpose", "Field required")]);
}

#[tokio::test]
async fn one_key_is_read_deleted_and_then_not_found() {
    let scene = scene().await;
    let exchange = recorded(KEYS, "get one");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    assert_eq!(
        scene
            .get(&exchange, "api_keys", &id)
            .await
            .expect("a row")
            .len(),
        1
    );
    for (title, class) in [("delete one", "done"), ("delete again", "not done")] {
        let scene = self::scene().await;
        let exchange = recorded(KEYS, title);
        let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
        let outcome = scene
            .send(&exchange, "api_keys", Verb::Delete, Some(&id), json!({}))
            .await;
        assert_eq!(told(&outcome).0, class);
    }
    let exchange = recorded(KEYS, "get unknown id");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    let error = scene
        .get(&exchange, "api_keys", &id)
        .await
        .expect_err("not found");
    assert_eq!(refused(&error).1, Meaning::NotFound);
}

#[tokio::test]
async fn a_stored_secret_is_listed_read_created_and_deleted_and_its_ciphertext_is_dropped() {
    let scene = scene().await;
    let exchange = recorded(SECRETS, "list, hotkey signed with purpose 'secrets'");
    let listed = scene.list(&exchange, "secrets").await;
    assert_eq!((listed.end().fetched, listed.end().total), (13, Some(13)));
    let exchange = recorded(SECRETS, "create by chute id");
    let body: Value = serde_json::from_slice(&exchange.sent).expect("JSON");
    let outcome = scene
        .send(&exchange, "secrets", Verb::Create, None, body)
        .await;
    assert!(!format!("{outcome:?}").contains("c30d0407"));
    let (id, rows, secret) = done(outcome);
    assert_eq!(
        (id.as_deref(), rows),
        (exchange.json()["secret_id"].as_str(), 1)
    );
    assert!(secret.is_none());
    let exchange = recorded(SECRETS, "get one");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    assert_eq!(
        scene
            .get(&exchange, "secrets", &id)
            .await
            .expect("a row")
            .len(),
        1
    );
    let exchange = recorded(SECRETS, "delete one");
    let id = exchange.path.rsplit('/').next().expect("an id").to_owned();
    let outcome = scene
        .send(&exchange, "secrets", Verb::Delete, Some(&id), json!({}))
        .await;
    assert_eq!(told(&outcome).0, "done");
}

#[tokio::test]
async fn a_banned_secret_is_forbidden_in_the_services_words() {
    let scene = scene().await;
    let exchange = recorded(SECRETS, "banned key HTTP_PROXY");
    let body: Value = serde_json::from_slice(&exchange.sent).expect("JSON");
    let outcome = scene
        .send(&exchange, "secrets", Verb::Create, None, body)
        .await;
    let words = "Banned secret key: HTTP_PROXY";
    assert_eq!(not_done(&outcome), (403, Meaning::Forbidden, words, vec![]));
}

#[tokio::test]
async fn a_weak_or_wrong_key_is_a_credential_error() {
    for title in [
        "garbage bearer (treated as JWT)",
        "well formed, wrong secret",
        "scoped (non admin) key lists keys",
        "tampered signature",
    ] {
        let scene = scene().await;
        let exchange = recorded("chutes/auth_errors.txt", title);
        let error = scene
            .list(&exchange, "api_keys")
            .await
            .end
            .expect_err("refused");
        assert_eq!(refused(&error).1, Meaning::Credential, "{title}");
        assert_eq!(got(&scene.server).await.len(), 1, "{title}");
    }
}

#[tokio::test]
async fn a_hotkey_signs_each_call_and_needs_no_other_credential() {
    let scene = Scene::new("chutes", "", &[("hotkey", SEED)]).await;
    scene
        .list(
            &recorded(SECRETS, "list, hotkey signed with purpose 'secrets'"),
            "secrets",
        )
        .await;
    let sent = scene.last().await;
    let address = sent.headers.get("x-chutes-hotkey").expect("an address");
    assert_eq!(address, "5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi");
    assert_eq!(
        sent.headers
            .get("x-chutes-signature")
            .expect("a signature")
            .len(),
        128
    );
    assert!(sent.headers.get("authorization").is_none());
}

#[tokio::test]
async fn the_registry_check_runs_with_a_hotkey_only_and_never_shows_the_password() {
    let file = "chutes/registry_auth.txt";
    let with_key = scene().await;
    let ids: Vec<String> = with_key
        .client
        .check()
        .await
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, ["ping"]);
    for (title, good) in [
        ("hotkey registered on netuid 64 (metagraph)", true),
        ("hotkey of a user, not a miner on netuid 64", false),
    ] {
        let scene = Scene::new("chutes", "", &[("hotkey", SEED)]).await;
        recorded(file, title).mount(&scene.server).await;
        let checked = scene.client.check().await;
        let registry = checked
            .iter()
            .find(|one| one.id == "registry")
            .expect("the check");
        assert_eq!(registry.result.is_ok(), good);
        assert!(!format!("{checked:?}").contains("OnJlZ2lzdHJ5"));
    }
}
