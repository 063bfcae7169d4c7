//! Writes from the keyboard to the embedded backend's database: what the screen says and what the service
//! holds are both looked at.

use serde_json::Value;

use crate::desk::{Desk, secret_on, write_private};

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

fn named<'a>(items: &'a Value, field: &str, name: &str) -> Vec<&'a Value> {
    let items = items.as_array().expect("a list");
    items.iter().filter(|item| item[field] == name).collect()
}

/// Fills in the confirmation that asks for a word.
async fn confirm_by(desk: &mut Desk, word: &str) {
    // Any key that does nothing, once the dialog has settled.
    desk.console.press("Home").await;
    desk.console.0.type_text(word);
    desk.console.press("Enter Enter").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typesense_key_is_made_shown_once_and_selected() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("flow key");
    desk.console.press("Tab").await;
    desk.console.0.type_text("keys:list");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("New secret of the API key “flow key”")
        .await;
    desk.console.shows("40 characters");
    desk.console.press("v").await;
    let secret = secret_on(&desk.console.screen());
    assert_eq!(secret.len(), 40);
    desk.console.press("v").await;
    desk.console.hides(&secret);
    desk.console.press("Enter").await;
    desk.console
        .until("the new key is selected", |screen| {
            screen
                .lines()
                .any(|line| line.starts_with('▌') && line.contains("flow key"))
        })
        .await;
    desk.console.hides(&secret);
    assert!(desk.console.selected().contains(&secret[..4]));
    let keys = desk.get("typesense", "/keys").await;
    let made = named(&keys["keys"], "description", "flow key");
    assert_eq!(made.len(), 1);
    assert_eq!(made[0]["value_prefix"], secret[..4]);
    assert_eq!(desk.typesense_status(&secret, "/keys").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chutes_key_takes_two_scopes() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("flow scopes");
    desk.console.press("Tab Tab ctrl-n").await;
    desk.console.0.type_text("chutes");
    desk.console.press("Tab Tab Right ctrl-n").await;
    desk.console.0.type_text("images");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("New secret of the API key “flow scopes”")
        .await;
    desk.console.press("v").await;
    let secret = secret_on(&desk.console.screen());
    assert!(
        secret.starts_with("cpk_") && secret.len() == 102,
        "{secret}"
    );
    desk.console.press("Enter").await;
    desk.console.sees("1 API keys · 61").await;
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    let made = named(&keys["items"], "name", "flow scopes");
    assert_eq!(made.len(), 1);
    let scopes = made[0]["scopes"].as_array().unwrap();
    let kinds: Vec<_> = scopes
        .iter()
        .map(|scope| scope["object_type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["chutes", "images"]);
    assert_eq!(made[0]["admin"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_typed_is_never_on_the_screen() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.press_and_see("2", "25 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("FLOW_TOKEN");
    desk.console.press("Tab").await;
    desk.console.0.type_text("atlas-chat");
    desk.console.press("Tab").await;
    for letter in "hf_flow4711".chars() {
        desk.console.0.type_text(&letter.to_string());
        desk.console.hides("hf_flow");
    }
    desk.console.shows("11 characters");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("The secret “FLOW_TOKEN” in chutes was created.")
        .await;
    desk.console.hides("hf_flow");
    // What the service makes of it, ciphertext, is not the secret: nothing is revealed.
    desk.console.hides("New secret");
    desk.console.press_and_see("Esc", "26 keys").await;
    assert!(
        desk.console.selected().contains("FLOW_TOKEN"),
        "{}",
        desk.console.screen()
    );
    desk.console.press("Enter").await;
    desk.console.hides("hf_flow");
    let secrets = desk.get("chutes", "/secrets/?limit=1000").await;
    assert_eq!(named(&secrets["items"], "key", "FLOW_TOKEN").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_key_of_many_lines_is_pasted() {
    let mut desk = Desk::on(&["djinn"]).await;
    desk.console.press_and_see("2", "60 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("id_pasted");
    desk.console.press("Tab Tab").await;
    desk.console.0.paste(PEM);
    desk.console.shows("119 characters · PKCS#8");
    desk.console.hides("MC4CAQ");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("The SSH key “id_pasted” in djinn was created.")
        .await;
    let keys = desk.djinn_keys().await;
    assert_eq!(named(&keys, "name", "id_pasted").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_key_comes_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("id");
    write_private(&file, PEM);
    let mut desk = Desk::on(&["djinn"]).await;
    desk.console.press_and_see("2", "60 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("id_filed");
    desk.console.press("Tab Tab ctrl-o").await;
    desk.console.0.type_text("/nowhere/at/all");
    desk.console.press_and_see("Enter", "cannot be read").await;
    desk.console.press("ctrl-o").await;
    desk.console.0.type_text(file.to_str().unwrap());
    desk.console
        .press_and_see("Enter", "119 characters · PKCS#8")
        .await;
    desk.console.hides("MC4CAQ");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("The SSH key “id_filed” in djinn was created.")
        .await;
    let keys = desk.djinn_keys().await;
    assert_eq!(named(&keys, "name", "id_filed").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_is_changed_and_emptied() {
    let mut desk = Desk::on(&["djinn"]).await;
    desk.console.press_and_see("2", "60 keys").await;
    desk.console.press("e").await;
    desk.console.shows("Edit the SSH key “..” in djinn");
    desk.console.shows("the service does not change it");
    desk.console.0.type_text("Host flows");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("The SSH key “..” in djinn was changed.")
        .await;
    let key = desk.get("djinn", "/keys/6").await;
    let config = key["config"].as_str().unwrap();
    assert!(config.ends_with("Host flows"), "{key}");
    desk.console.press_and_see("Esc", "60 keys").await;
    desk.console.rests().await;
    desk.console.press("e").await;
    for _ in config.lines() {
        desk.console.press("ctrl-u Backspace").await;
    }
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("The SSH key “..” in djinn was changed.")
        .await;
    let key = desk.get("djinn", "/keys/6").await;
    assert_eq!(key["config"], "\n");
    desk.console.press("Esc").await;
    desk.console.rests().await;
    desk.console.press("e ctrl-s").await;
    desk.console
        .shows("Nothing was changed, so nothing was sent.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regenerated_secret_ends_the_old_one_at_once() {
    let mut desk = Desk::on(&["runai"]).await;
    desk.console.press_and_see("3", "14 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("flow-agent");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("New secret of the access key “flow-agent”")
        .await;
    desk.console.press("v").await;
    let old = secret_on(&desk.console.screen());
    desk.console.press("Enter").await;
    desk.console
        .until("the new key is selected", |screen| {
            screen
                .lines()
                .any(|line| line.starts_with('▌') && line.contains("flow-agent"))
        })
        .await;
    let keys = desk.get("runai", "/api/v1/access-keys").await;
    let client = named(&keys["accessKeys"], "name", "flow-agent")[0]["clientId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(desk.token(&client, &old).await.is_some());
    desk.console.press("r Down Enter Enter").await;
    desk.console
        .shows("Regenerate the secret of the access key “flow-agent”?");
    desk.console.shows("stops working at once");
    // A wrong name does nothing.
    confirm_by(&mut desk, "flow-agen").await;
    assert!(desk.token(&client, &old).await.is_some());
    desk.console.press("Esc").await;
    desk.console.shows("The old secret works.");
    desk.console.press("Enter").await;
    confirm_by(&mut desk, "flow-agent").await;
    desk.console
        .sees("New secret of the access key “flow-agent”")
        .await;
    desk.console.shows(&client);
    desk.console.shows("The old secret stopped working");
    desk.console.press("v").await;
    let new = secret_on(&desk.console.screen());
    assert_ne!(new, old);
    assert_eq!(desk.token(&client, &old).await, None);
    assert!(desk.token(&client, &new).await.is_some());
    desk.console.press("Enter").await;
    desk.console.hides(&new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_cancelled_first_and_then_confirmed() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.press("/").await;
    desk.console.0.type_text("powerless2");
    desk.console.press("Enter").await;
    desk.console.shows("1 of 60 shown");
    desk.console.press("d Enter").await;
    desk.console.shows("Cancelled: nothing was sent.");
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    assert_eq!(named(&keys["items"], "name", "powerless2").len(), 1);
    desk.console.press("d Tab Enter").await;
    desk.console
        .sees(
            "The API key “powerless2” in chutes was deleted. It may keep working for up to 120 s.",
        )
        .await;
    desk.console.press_and_see("Esc", "59 keys").await;
    desk.console.hides("powerless2");
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    assert_eq!(named(&keys["items"], "name", "powerless2").len(), 0);
    assert_eq!(keys["total"], 59);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worst_keys_are_deleted_by_typing_their_name() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.press("/").await;
    desk.console.0.type_text("name=break-glass");
    desk.console.press("Enter d").await;
    desk.console.shows("far-reaching rights");
    desk.console.press("Tab Enter").await;
    desk.console.shows("Cancelled: nothing was sent.");
    desk.console.press("d").await;
    confirm_by(&mut desk, "break-glass").await;
    desk.console
        .sees("“break-glass” in chutes was deleted.")
        .await;
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    assert_eq!(keys["total"], 59);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clone_starts_as_a_copy() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("j j j j j C").await;
    desk.console.shows("New API key in typesense");
    desk.console.shows("products, reviews");
    desk.console.press("ctrl-u").await;
    desk.console.0.type_text("flow clone");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("New secret of the API key “flow clone”")
        .await;
    desk.console.press("v Enter").await;
    let keys = desk.get("typesense", "/keys").await;
    let from = named(&keys["keys"], "description", "prod-indexer")
        .into_iter()
        .find(|key| key["id"] == 5)
        .unwrap();
    let made = named(&keys["keys"], "description", "flow clone")[0];
    for field in ["actions", "collections", "expires_at"] {
        assert_eq!(made[field], from[field], "{field}");
    }
    assert_ne!(made["id"], from["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_revokes_somebody_elses_key() {
    let mut desk = Desk::on(&["runai"]).await;
    desk.console.press_and_see("4", "90 keys").await;
    desk.console.press("j d").await;
    desk.console.shows("It belongs to somebody else, or may.");
    confirm_by(&mut desk, "beacon-batch-eu").await;
    desk.console
        .sees("“beacon-batch-eu” in runai was deleted.")
        .await;
    desk.console.press_and_see("Esc", "89 keys").await;
    let keys = desk
        .get("runai", "/api/v1/administration/access-keys")
        .await;
    assert_eq!(keys["accessKeys"].as_array().unwrap().len(), 89);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_several_services_the_kind_of_key_is_chosen_first() {
    let mut desk = Desk::on(&["chutes", "typesense"]).await;
    desk.console.sees("140 keys").await;
    desk.console.press("n").await;
    desk.console.shows("API key in chutes");
    desk.console.press("j Enter").await;
    desk.console.shows("New API key in typesense");
    desk.console.0.type_text("flow several");
    desk.console.press("Tab").await;
    desk.console.0.type_text("documents:search");
    desk.console.press("ctrl-s").await;
    desk.console
        .sees("New secret of the API key “flow several”")
        .await;
    desk.console.shows("context typesense");
    desk.console.press("v Enter").await;
    desk.console
        .until("the new key is selected", |screen| {
            screen
                .lines()
                .any(|line| line.starts_with('▌') && line.contains("flow several"))
        })
        .await;
    let keys = desk.get("typesense", "/keys").await;
    assert_eq!(named(&keys["keys"], "description", "flow several").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_screen_shows_the_whole_secret() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.0.resize(40, 10);
    desk.console.press("n").await;
    desk.console.0.type_text("flow small");
    desk.console.press("ctrl-s").await;
    desk.console.sees("flow small").await;
    desk.console.sees("••••").await;
    desk.console.press("v").await;
    let joined = |screen: &str| -> String {
        let lines = screen.lines().filter(|line| !line.starts_with(' '));
        lines.collect()
    };
    let small = joined(&desk.console.screen());
    desk.console.0.resize(120, 40);
    let secret = secret_on(&desk.console.screen());
    assert_eq!(secret.len(), 102);
    assert!(small.contains(&secret), "{small}");
    // Too small for anything: it says so, shows nothing, and loses nothing.
    desk.console.0.resize(20, 5);
    desk.console.hides(&secret[..16]);
    desk.console.press("j q").await;
    desk.console.0.resize(80, 24);
    desk.console.shows("flow small");
    assert_eq!(desk.console.0.exit, None);
}
