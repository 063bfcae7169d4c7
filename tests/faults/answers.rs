//! What is typed ahead, pasted or held down answers nothing: no write leaves that nobody meant.

use std::time::Duration;

use crate::{
    desk::Desk,
    kind::{CHUTES, KINDS, RUNAI, TYPESENSE},
};

/// Longer than any dialog waits before it takes an answer, several times over.
const HELD: Duration = Duration::from_secs(3);
/// Lines that would move through any offer and take it.
const PASTED: &str = "\r\n\n\tj\n\x1b[B\ry\ndoubted\n\n";

impl Desk {
    /// Types ahead through whatever comes, pastes, and holds Enter down.
    async fn meddle(&mut self) {
        let console = &mut self.console;
        for keys in [
            "Down Down Enter",
            "Tab Enter Enter",
            "End Enter",
            "j j Enter",
        ] {
            console.0.type_ahead(keys).unwrap();
        }
        console.0.paste(PASTED);
        console.0.hold("Enter", HELD).await.unwrap();
        console.rests().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_not_meant_answers_what_is_asked_about_a_lost_write() {
    for (kind, found) in [
        (CHUTES, "Its secret is lost"),
        (RUNAI, "Its secret is lost"),
    ] {
        let mut desk = kind.desk("").await;
        let lost = format!("lost-after:1:POST{}:1", kind.path);
        desk.server.trouble(&[&lost]).unwrap();
        kind.fill(&mut desk.console).await;
        // Sent by its button, so that Enter would send it once more.
        let tabs = if kind.path == CHUTES.path {
            "Tab Tab"
        } else {
            "Tab"
        };
        desk.console.press(tabs).await;
        desk.console
            .0
            .hold("Enter", Duration::from_millis(500))
            .await
            .unwrap();
        desk.console.sees(found).await;
        desk.meddle().await;
        assert_eq!(desk.server.writes(&kind.sends("POST")), 1, "{kind:?}");
        assert_eq!(desk.server.writes(&kind.sends("DELETE")), 0, "{kind:?}");
        assert_eq!(kind.count(&desk).await, 1, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_not_meant_sends_a_lost_write_again() {
    let mut desk = TYPESENSE.desk("").await;
    desk.server.trouble(&["lost-before:1:POST/keys:1"]).unwrap();
    TYPESENSE.fill(&mut desk.console).await;
    desk.console.press("ctrl-s").await;
    desk.console.sees("5 of 5").await;
    desk.console.sees("The API key is not in the list.").await;
    desk.meddle().await;
    assert_eq!(desk.server.writes("POST /typesense/keys"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_answered_by_the_key_that_is_still_held_down() {
    let mut desk = TYPESENSE.desk("").await;
    desk.server.trouble(&["429:1:POST/keys"]).unwrap();
    TYPESENSE.fill(&mut desk.console).await;
    desk.console.press("Tab Tab Tab Tab Tab").await;
    desk.console.0.hold("Enter", HELD).await.unwrap();
    desk.console.sees("Not done: ").await;
    assert_eq!(desk.server.writes("POST /typesense/keys"), 1);
    // Let go and pressed anew it is meant.
    desk.console.press("ctrl-s").await;
    desk.console.rests().await;
    assert_eq!(desk.server.writes("POST /typesense/keys"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_not_meant_goes_through_a_rotation() {
    for kind in KINDS {
        let mut desk = kind.desk("").await;
        kind.select_a_key(&mut desk).await;
        for from in ["r", "r Enter", "r Down Enter Enter"] {
            desk.console.press(from).await;
            desk.meddle().await;
            desk.console.press("Esc").await;
            if desk.console.screen().contains("Drop what was typed?") {
                desk.console.press("Tab Enter").await;
            }
            desk.console.press("Esc").await;
        }
        // A login of Run:ai is a POST as well.
        for method in ["POST", "DELETE"] {
            let sent = desk.server.writes(&kind.sends(method));
            assert_eq!(sent, 0, "{kind:?} {method}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_before_a_deletion_is_not_answered_by_what_was_not_meant() {
    for kind in KINDS {
        let mut desk = kind.desk("").await;
        let id = kind.select_a_key(&mut desk).await;
        for _ in 0..3 {
            desk.console.press("d").await;
            desk.meddle().await;
            desk.console.press("Esc Esc").await;
        }
        assert_eq!(desk.server.writes("DELETE"), 0, "{kind:?}");
        assert!(kind.has(&desk, &id).await, "{kind:?}");
    }
}
