//! Answers that do not come: whether the service did it is then unknown, and said so.

use serde_json::Value;

use crate::desk::Desk;

/// Fills in the form of a new Typesense key and sends it.
async fn create(desk: &mut Desk, name: &str) {
    desk.console.press("n").await;
    desk.console.0.type_text(name);
    desk.console.press("Tab").await;
    desk.console.0.type_text("documents:search");
    desk.console.press("ctrl-s").await;
}

async fn named(desk: &Desk, name: &str) -> Vec<Value> {
    let keys = desk.get("typesense", "/keys").await;
    let keys = keys["keys"].as_array().unwrap().iter();
    keys.filter(|key| key["description"] == name)
        .cloned()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_is_lost_is_unknown_and_not_repeated() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    desk.server.trouble(&["lost-after:1.0"]).unwrap();
    create(&mut desk, "lost after").await;
    desk.console.sees("unknown").await;
    desk.console.hides("was not created");
    desk.console.hides("was created");
    desk.console.hides("New secret");
    desk.server.trouble(&[]).unwrap();
    // Its secret was chosen here, so that nothing is lost once it is seen to be there.
    desk.console
        .sees("New secret of the API key “lost after”")
        .await;
    desk.console.shows("keyrack had chosen this secret itself");
    desk.console.press("v Enter").await;
    desk.console.sees("1 API keys · 81").await;
    assert_eq!(named(&desk, "lost after").await.len(), 1);
    assert_eq!(desk.server.writes("POST /typesense/keys"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_never_arrived_makes_nothing() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    desk.server.trouble(&["lost-before:1.0"]).unwrap();
    create(&mut desk, "lost before").await;
    // From here it cannot be told from one that was done.
    desk.console.sees("unknown").await;
    desk.console.hides("was created");
    desk.server.trouble(&[]).unwrap();
    assert_eq!(named(&desk, "lost before").await.len(), 0);
    desk.console.sees("The API key is not in the list.").await;
    assert_eq!(desk.server.writes("POST /typesense/keys"), 1);
    // It is sent again when the operator says so, and only then.
    desk.console.press("Down Down Enter").await;
    desk.console
        .sees("New secret of the API key “lost before”")
        .await;
    assert_eq!(named(&desk, "lost before").await.len(), 1);
    assert_eq!(desk.server.writes("POST /typesense/keys"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_whose_answer_is_lost_is_looked_up_in_the_list() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.rests().await;
    desk.console.press("/").await;
    desk.console.0.type_text("powerless2");
    desk.console.press("Enter").await;
    desk.server.trouble(&["lost-after:1.0"]).unwrap();
    desk.console.press("d Tab Enter").await;
    desk.console.sees("unknown").await;
    desk.console.shows("“powerless2” in chutes");
    desk.server.trouble(&[]).unwrap();
    desk.console.press("Esc Esc ctrl-r").await;
    desk.console.sees("1 API keys · 59").await;
    desk.console.hides("powerless2");
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    assert_eq!(keys["total"], 59);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regeneration_whose_answer_is_lost_promises_nothing() {
    let mut desk = Desk::on(&["runai"]).await;
    desk.console.sees("14 keys").await;
    desk.console.rests().await;
    desk.console.press("/").await;
    desk.console.0.type_text("name=test2");
    desk.console.press("Enter").await;
    desk.server.trouble(&["lost-after:1.0"]).unwrap();
    desk.console.press("r Down Enter Enter Home").await;
    desk.console.0.type_text("test2");
    desk.console.press("Enter Enter").await;
    desk.console.sees("unknown").await;
    desk.console
        .sees("Whether a secret was made cannot be seen")
        .await;
    desk.console.hides("still works");
    desk.console.hides("New secret");
    // Neither does the rotation that it belongs to, once this is left.
    desk.console.press("Esc").await;
    desk.console.shows("Rotate the access key “test2”");
    desk.console.shows("Which secret works is not known");
    desk.console.hides("The old secret works");
    desk.console.hides("the old one is dead");
    assert_eq!(desk.server.writes("POST /runai/api/v1/access-keys/"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_while_nobody_listens_was_certainly_not_done() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    desk.server.stop();
    desk.console.press("d Tab Enter").await;
    desk.console.sees("was not deleted").await;
    desk.console.shows("Nothing was sent");
    desk.console.press("Esc").await;
    desk.console
        .press_and_see("ctrl-r", "the older rows stay")
        .await;
    desk.console.shows("Storefront search");
}
