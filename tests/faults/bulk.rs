//! Many keys at once while answers are lost: every row ends as the list says, none is sent twice, and after the
//! first that has no known end no other begins.

use std::collections::BTreeSet;

use crate::{desk::Desk, kind::TYPESENSE};

/// The console on Typesense with its first ten keys marked and their number typed for a deletion; gives their
/// ids.
async fn ten(parallel: usize) -> (Desk, BTreeSet<String>) {
    let more = format!("[bulk]\nparallel = {parallel}\n");
    let mut desk = Desk::with(&["typesense"], &more).await;
    desk.console.sees("80 keys").await;
    desk.console.rests().await;
    let before = TYPESENSE.ids(&desk).await;
    let keys = "/ i d > 1 5 Space i d < 2 6 Enter";
    desk.console.press_and_see(keys, "10 of 80 shown").await;
    desk.console.press_and_see("*", "10 marked").await;
    desk.console
        .press_and_see("d", "10 keys will be deleted")
        .await;
    desk.console.press("1 0").await;
    (desk, before)
}

/// How many of the keys that were there are gone.
async fn gone(desk: &Desk, before: &BTreeSet<String>) -> usize {
    let now = TYPESENSE.ids(desk).await;
    before.difference(&now).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_are_looked_for_and_every_row_ends_as_the_list_says() {
    let (mut desk, before) = ten(4).await;
    desk.server
        .trouble(&["lost-after:1.0:DELETE/keys:2"])
        .unwrap();
    desk.console.press("Enter").await;
    desk.console.sees("10 of 10 keys deleted.").await;
    assert_eq!(gone(&desk, &before).await, 10);
    assert_eq!(desk.server.writes("DELETE /typesense/keys"), 10);
    desk.console.press("Esc").await;
    desk.console.sees("70 keys").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_first_without_a_known_end_no_other_begins() {
    for parallel in [1, 4] {
        let (mut desk, before) = ten(parallel).await;
        // The others are answered seconds after the first: the next of them can only begin by mistake.
        let trouble = ["503:1.0:DELETE/keys:1", "slow:1.0:DELETE/keys"];
        desk.server.trouble(&trouble).unwrap();
        desk.console.press("Enter").await;
        desk.console.sees("Stopped").await;
        desk.console.shows("1 unknown");
        let sent = desk.server.writes("DELETE /typesense/keys");
        assert!((1..=parallel).contains(&sent), "{sent} were sent");
        let done = gone(&desk, &before).await;
        assert_eq!(done, sent - 1);
        desk.console.shows(&format!("{done} of 10 keys deleted"));
        desk.console.shows(&format!("{} untouched", 10 - sent));
        // What was looked for and is still there is sent once more, and the rest goes on.
        desk.server.trouble(&[]).unwrap();
        desk.console.press_and_see("l", "r retry").await;
        desk.console.press("r").await;
        desk.console.sees("10 of 10 keys deleted.").await;
        assert_eq!(gone(&desk, &before).await, 10);
        assert_eq!(desk.server.writes("DELETE /typesense/keys"), 11);
    }
}
