//! A service that is not well: reads are tried again by themselves, writes are not.

use crate::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_tried_again_until_the_service_is_well() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    for fault in ["503:1.0", "429:1.0", "lost-before:1.0", "lost-after:1.0"] {
        desk.server.trouble(&[fault]).unwrap();
        let before = desk.server.struck();
        desk.console.press("ctrl-r").await;
        desk.console.shows("reading");
        while desk.server.struck() == before {
            tokio::task::yield_now().await;
        }
        desk.server.trouble(&[]).unwrap();
        desk.console.rests().await;
        desk.console.shows("80 keys");
        desk.console.hides("tries again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stays_unwell_is_said_and_its_rows_stay() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    desk.server.trouble(&["503:1.0"]).unwrap();
    desk.console
        .press_and_see("ctrl-r", "the older rows stay")
        .await;
    desk.console.shows("(503)");
    desk.console.shows("Storefront search");
    desk.server.trouble(&[]).unwrap();
    desk.console.press("ctrl-r").await;
    desk.console
        .until("the banner is gone", |screen| !screen.contains("(503)"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_put_off_is_not_repeated() {
    let mut desk = Desk::on(&["chutes"]).await;
    desk.console.sees("60 keys").await;
    desk.console.rests().await;
    desk.server.trouble(&["429:1.0"]).unwrap();
    desk.console.press("d Tab Enter").await;
    desk.console.sees("was not deleted").await;
    desk.console.shows("Wait a moment, then try again.");
    desk.server.trouble(&[]).unwrap();
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    assert_eq!(keys["total"], 60);
    // An outage proves nothing.
    desk.server.trouble(&["503:1.0"]).unwrap();
    desk.console.press("Esc d Tab Enter").await;
    desk.console.sees("It may have been done, or not").await;
    desk.server.trouble(&[]).unwrap();
    let keys = desk.get("chutes", "/api_keys/?limit=1000").await;
    assert_eq!(keys["total"], 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalling_answer_holds_up_no_key() {
    let mut desk = Desk::on(&["typesense"]).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    desk.server.trouble(&["slow:1.0"]).unwrap();
    desk.console.press("ctrl-r j j").await;
    desk.console.shows("reading");
    assert!(desk.console.selected().contains("keyrack operator"));
    desk.console.press("Enter").await;
    desk.console.shows("API key “keyrack operator");
    desk.console.press("Esc").await;
    desk.console.rests().await;
    desk.console.shows("80 keys");
}
