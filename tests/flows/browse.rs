//! Looking around on the embedded backend: tabs, filters, order, details, contexts, help and palette.

use crate::desk::Desk;

const ALL: [&str; 4] = ["chutes", "runai", "djinn", "typesense"];

#[tokio::test(flavor = "multi_thread")]
async fn four_panes_show_the_keys_of_four_services() {
    let mut desk = Desk::on(&ALL).await;
    desk.console.sees("140 keys").await;
    desk.console.shows("4 contexts › API keys");
    desk.console.press_and_see("2", "85 keys").await;
    desk.console.shows("djinn");
    desk.console.shows("HF_TOKEN");
    desk.console.press_and_see("3", "14 keys").await;
    desk.console.shows("jupyter-atlas");
    desk.console.press_and_see("4", "90 keys").await;
    desk.console.shows("jonas.weber@lument");
    // Each tab keeps its place.
    desk.console.press("j j j").await;
    let there = desk.console.selected();
    desk.console.press("1 4").await;
    assert_eq!(desk.console.selected(), there);
    desk.console.press("] [ [").await;
    desk.console.shows("4 contexts › Access keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_narrows_as_it_is_typed() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("/").await;
    desk.console.0.type_text("is:expired");
    desk.console.press("Enter").await;
    desk.console.shows("filter: is:expired");
    let keys = desk.get("typesense", "/keys").await;
    let keys = keys["keys"].as_array().unwrap().clone();
    let now = jiff::Timestamp::now().as_second();
    let expired = keys
        .iter()
        .filter(|key| key["expires_at"].as_i64().unwrap() <= now)
        .count();
    desk.console.shows(&format!("{expired} of 80 shown"));
    desk.console.press("/ ctrl-u").await;
    desk.console.0.type_text("actions=* OR id<2");
    desk.console.press("Enter").await;
    let fits = |key: &&serde_json::Value| {
        key["id"].as_i64() < Some(2)
            || key["actions"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it == "*")
    };
    desk.console
        .shows(&format!("{} of 80 shown", keys.iter().filter(fits).count()));
    desk.console.press("Esc").await;
    desk.console.shows("80 keys");
    // While it makes no sense the rows stay, and the line says why.
    desk.console.press("/").await;
    desk.console.0.type_text("expires<banana");
    desk.console.shows("banana");
    desk.console.shows("of 80 shown");
    // What is pasted lands in the line.
    desk.console.press("ctrl-u").await;
    desk.console.0.paste("prod-indexer\n");
    desk.console.shows("/ prod-indexer");
    desk.console.press("Esc").await;
    desk.console.shows("80 keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sorted_by_any_column() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.shows("by ID ↑");
    desk.console.press("j").await;
    assert!(desk.console.selected().contains("Admin key of the old"));
    desk.console.press("O").await;
    desk.console.shows("by ID ↓");
    // The cursor stays on its key.
    assert!(desk.console.selected().contains("Admin key of the old"));
    desk.console.press("g").await;
    assert!(
        desk.console.selected().contains(" 79 "),
        "{}",
        desk.console.selected()
    );
    desk.console.press("o").await;
    desk.console.0.type_text("prefix");
    desk.console.press("Enter").await;
    desk.console.shows("by Prefix ↑");
    desk.console.press("G").await;
    let keys = desk.get("typesense", "/keys").await;
    let prefixes = keys["keys"].as_array().unwrap().iter();
    let prefixes = prefixes.map(|key| key["value_prefix"].as_str().unwrap());
    let last = prefixes.max_by_key(|prefix| prefix.to_lowercase()).unwrap();
    let selected = desk.console.selected();
    assert!(selected.contains(last), "{selected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn details_show_every_field_and_what_an_empty_one_means() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.press("Enter").await;
    desk.console.rests().await;
    desk.console.shows("API key “tidepool-indexer-test”");
    desk.console.shows("User id");
    desk.console.shows("3cc2b8df-e17c-50f0-98d6-45b7ca2856db");
    desk.console.shows("not recorded");
    desk.console.press("Esc").await;
    desk.console.hides("User id");
    // The next row's details, then an action on it.
    desk.console.press("j Enter d").await;
    desk.console
        .shows("Delete the API key “quarry-train-prod”?");
    desk.console.press("Enter").await;
    desk.console.shows("Cancelled: nothing was sent.");
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_are_shown_one_several_or_all() {
    let mut desk = Desk::on(&ALL).await;
    desk.console.sees("140 keys").await;
    desk.console.press("c").await;
    desk.console.shows("[x] typesense");
    desk.console.press("j j j Enter").await;
    desk.console.shows("typesense › API keys");
    desk.console.shows("80 keys");
    // One context: the service's own columns.
    desk.console.shows("Actions");
    // Two of them.
    desk.console.press("c g k k k k Space Enter").await;
    desk.console.shows("2 contexts › API keys");
    desk.console.sees("140 keys").await;
    desk.console.press("c a Enter").await;
    desk.console.shows("4 contexts › API keys");
    desk.console.sees("140 keys").await;
    // Esc changes nothing.
    desk.console.press("c Space Esc").await;
    desk.console.shows("4 contexts › API keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_without_keys_says_why() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("4").await;
    desk.console.shows("Typesense has nothing under Admin.");
    desk.console.shows("typesense › API keys");
    // The neighbours are stepped over.
    desk.console.press("]").await;
    desk.console.shows("typesense › API keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_is_not_there_is_listed_with_its_reason() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("e").await;
    desk.console.shows("Typesense cannot change an API key");
    desk.console.press("F").await;
    desk.console
        .shows("The service has no filter of its own here");
    desk.console.press(":").await;
    desk.console.0.type_text("edit");
    desk.console.shows("Typesense cannot change an API key");
    desk.console.press("Enter").await;
    desk.console.shows("Typesense cannot change an API key");
    desk.console.press("Esc :").await;
    desk.console.0.type_text("reverse");
    desk.console.press("Enter").await;
    desk.console.shows("by ID ↓");
    desk.console.press("? PageDown").await;
    desk.console
        .shows("Delete the selected key, after a confirmation.");
    desk.console.press("Esc").await;
    desk.console.hides("after a confirmation");
    // Keys of others are neither made here nor given a new secret.
    let mut desk = Desk::on(&["runai"]).await;
    desk.console.press_and_see("4", "90 keys").await;
    desk.console.press("r").await;
    desk.console
        .shows("Run:ai can neither make an access key here nor give this one a new secret.");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_asks_the_server_and_filters_locally() {
    let who = "jonas.weber@lumentide.example";
    let mut desk = Desk::on(&["runai"]).await;
    desk.console.press_and_see("4", "90 keys").await;
    desk.console.press("F Tab").await;
    desk.console.0.type_text(who);
    desk.console.press("ctrl-s").await;
    let path = format!("/api/v1/administration/access-keys?createdBy={who}");
    let keys = desk.get("runai", &path).await;
    let theirs = keys["accessKeys"].as_array().unwrap().len();
    assert!((1..90).contains(&theirs));
    desk.console.sees(&format!("{theirs} keys")).await;
    desk.console
        .sees(&format!("server: createdBy={who} → {theirs} keys"))
        .await;
    desk.console.hides("tomasz.kowalski");
    // The local filter works on what the server sent.
    desk.console.press("/").await;
    desk.console.0.type_text("used:never");
    desk.console.press("Enter").await;
    let unused = keys["accessKeys"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|key| key["lastLogin"].is_null());
    desk.console
        .shows(&format!("{} of {theirs} shown", unused.count()));
    desk.console.shows("here: used:never →");
    // Esc takes one layer at a time.
    desk.console.press("Esc").await;
    desk.console.shows(&format!("server: createdBy={who}"));
    desk.console.press_and_see("Esc", "Admin · 90").await;
    desk.console.hides("server:");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_is_copied_or_it_is_said_why_not() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("j j y").await;
    // No display here: the terminal itself is asked, which nobody can check.
    desk.console.sees("sent to the terminal (OSC 52)").await;
    assert_eq!(desk.console.0.sent, b"\x1b]52;c;Mg==\x1b\\");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_quits_only_when_nothing_waits() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.press("n").await;
    desk.console.0.type_text("flow quit");
    desk.console.press("Tab").await;
    desk.console.0.type_text("documents:search");
    desk.console.press("ctrl-s").await;
    desk.console.sees("New secret").await;
    for keys in ["q", "Esc", "ctrl-c"] {
        desk.console.press(keys).await;
        desk.console.shows("It was not stored.");
        desk.console.press("Enter").await;
        desk.console.shows("New secret");
        assert_eq!(desk.console.0.exit, None, "{keys}");
    }
    // Nothing else closes it either.
    desk.console.press("j d 2 Space n ctrl-r F").await;
    desk.console.0.resize(60, 20);
    desk.console.0.paste("\n\n\n");
    desk.console.shows("New secret");
    desk.console.press("q Tab Enter").await;
    desk.console.hides("New secret");
    desk.console.press("q").await;
    assert_eq!(desk.console.0.exit, Some(0));
}
