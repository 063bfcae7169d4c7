//! Every end that a write can have, on every kind of key: the screen says what is known, the server counts
//! what it was sent, and what is lost can be had again.

use futures_util::future::join_all;

use crate::{
    desk::{Console, Desk, secret_on},
    kind::{KINDS, Kind, NAME, Recovery},
};

/// Has a create of every kind end so, and judges each.
async fn creates<F: Future<Output = ()>>(fault: &str, judge: impl Fn(Kind, Desk) -> F) {
    join_all(KINDS.map(|kind| {
        let judged = &judge;
        async move {
            let mut desk = kind.desk("").await;
            desk.server
                .trouble(&[&format!("{fault}:1:POST{}:1", kind.path)])
                .unwrap();
            kind.fill(&mut desk.console).await;
            desk.console.press("ctrl-s").await;
            judged(kind, desk).await;
        }
    }))
    .await;
}

/// The create was done, and its answer never came or made no sense.
async fn done_without_an_answer(kind: Kind, mut desk: Desk, said: &str) {
    desk.console.sees(said).await;
    if !desk.console.screen().contains("New secret") {
        desk.console.hides("was not created");
    }
    assert_eq!(kind.count(&desk).await, 1, "{kind:?}");
    recover(kind, &mut desk).await;
    assert_eq!(kind.count(&desk).await, 1, "{kind:?}");
}

/// What came is shown as it came where the secret may stand in it, and then looked for.
async fn done_with_an_answer_that_cannot_be_read(kind: Kind, mut desk: Desk) {
    if kind.recovery != Recovery::Known {
        desk.console.sees("This is the whole answer").await;
        desk.console.press_and_see("v", "v masks").await;
        desk.console.press("Enter").await;
    }
    let said = "It was done, but the answer cannot be read";
    done_without_an_answer(kind, desk, said).await;
}

/// Gets at the secret by the way that is offered, and tries it.
async fn recover(kind: Kind, desk: &mut Desk) {
    let new = format!("New secret of the {} “{NAME}”", kind.noun);
    let console = &mut desk.console;
    let (posts, deletes) = match kind.recovery {
        Recovery::Known => {
            console.sees(&format!("“{NAME}” in {}", kind.context)).await;
            console.sees("was created.").await;
            (1, 0)
        }
        Recovery::Chosen => {
            console.sees(&new).await;
            console.shows("keyrack had chosen this secret itself");
            (1, 0)
        }
        Recovery::Another => {
            console.sees("Its secret ").await;
            console.shows("It was done");
            console.press("Down Enter Home").await;
            console.0.type_text(NAME);
            console.press("Enter Enter").await;
            console.sees(&new).await;
            (2, 0)
        }
        Recovery::Again => {
            console.sees("Its secret ").await;
            console.shows("It was done");
            // An administrator's key is deleted by its name, once the list says that it is one.
            console.sees("1 API keys · 61").await;
            console.press("Down Enter Home").await;
            console.shows(&format!("Delete the {} “{NAME}”?", kind.noun));
            console.0.type_text(NAME);
            console.press("Enter Enter").await;
            console.sees("was deleted").await;
            console.rests().await;
            // What was typed is still there.
            console.press("ctrl-s").await;
            console.sees(&new).await;
            (2, 1)
        }
    };
    if kind.recovery != Recovery::Known {
        works(kind, desk).await;
    }
    let server = &desk.server;
    assert_eq!(server.writes(&kind.sends("POST")), posts, "{kind:?}");
    assert_eq!(server.writes(&kind.sends("DELETE")), deletes, "{kind:?}");
}

/// The service takes the secret that is shown.
async fn works(kind: Kind, desk: &mut Desk) {
    desk.console.press("v").await;
    let secret = secret_on(&desk.console.screen());
    assert!(kind.takes(desk, NAME, &secret).await, "{kind:?}");
    assert!(
        !kind.takes(desk, NAME, "not-the-secret-at-all").await,
        "the trial can fail"
    );
    desk.console.press("Enter").await;
}

async fn five_looks(console: &mut Console) {
    console.sees("5 of 5").await;
    console
        .until("the looks end", |it| !it.contains("5 of 5"))
        .await;
}

/// The create was not done, which nobody can know before the list was looked at.
async fn not_done_and_not_known(kind: Kind, mut desk: Desk) {
    desk.console.sees("unknown").await;
    desk.console.hides("was not created");
    desk.console.hides("was created");
    five_looks(&mut desk.console).await;
    let absent = format!("The {} is not in the list.", kind.noun);
    desk.console.shows(&absent);
    assert_eq!(desk.server.writes(&kind.sends("POST")), 1, "{kind:?}");
    assert_eq!(kind.count(&desk).await, 0, "{kind:?}");
    desk.console.press("Down Down Enter").await;
    match kind.recovery {
        Recovery::Known => desk.console.sees("was created.").await,
        _ => desk.console.sees("New secret of the").await,
    }
    assert_eq!(desk.server.writes(&kind.sends("POST")), 2, "{kind:?}");
    assert_eq!(kind.count(&desk).await, 1, "{kind:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_is_lost_before_it_is_done_is_sent_again_only_by_choice() {
    creates("lost-before", not_done_and_not_known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_no_proof_that_nothing_was_made() {
    creates("503", not_done_and_not_known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_is_lost_is_found() {
    creates("lost-after", |kind, desk| {
        done_without_an_answer(kind, desk, "unknown")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_a_proxy_replaces_is_found() {
    creates("502", |kind, desk| {
        done_without_an_answer(kind, desk, "unknown")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_breaks_off_is_done_and_found() {
    creates("cut", done_with_an_answer_that_cannot_be_read).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_makes_no_sense_is_done_and_found() {
    creates("garbage", done_with_an_answer_that_cannot_be_read).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_is_never_answered_is_found_once_its_time_is_over() {
    join_all(KINDS.map(|kind| async move {
        let mut desk = kind.desk("[limits]\nwrite = \"1s\"\nidle = \"1s\"").await;
        let fault = format!("silent:1:POST{}:1", kind.path);
        desk.server.trouble(&[&fault]).unwrap();
        kind.fill(&mut desk.console).await;
        desk.console.press("ctrl-s").await;
        done_without_an_answer(kind, desk, "unknown").await;
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_is_put_off_was_not_done_and_its_form_says_so() {
    creates("429", |kind, mut desk| async move {
        desk.console.sees("Not done: ").await;
        desk.console.shows(NAME);
        desk.console.hides("unknown");
        assert_eq!(desk.server.writes(&kind.sends("POST")), 1, "{kind:?}");
        assert_eq!(kind.count(&desk).await, 0, "{kind:?}");
    })
    .await;
}

/// The first one arrives late: it is refused as the same, and taken for what it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_is_sent_again_after_it_was_done_is_one_key() {
    join_all(KINDS.map(|kind| async move {
        let mut desk = kind.desk("").await;
        // No list is to be had, so that nothing can be seen.
        let (lost, blind) = (
            format!("lost-after:1:POST{}:1", kind.path),
            format!("lost-before:1:GET{}", kind.path),
        );
        desk.server.trouble(&[&lost, &blind]).unwrap();
        kind.fill(&mut desk.console).await;
        desk.console.press("ctrl-s").await;
        desk.console.sees("unknown").await;
        // Each look tries three times before it gives up.
        for round in ["2 of 5", "4 of 5", "5 of 5"] {
            desk.console.sees(round).await;
        }
        desk.console.sees("It could not be found out").await;
        desk.server.trouble(&[]).unwrap();
        desk.console.press("Down Down Enter").await;
        assert_eq!(kind.count(&desk).await, 1, "{kind:?}");
        let again = desk.server.writes(&kind.sends("POST"));
        match kind.recovery {
            Recovery::Known => desk.console.sees("was created.").await,
            Recovery::Chosen => desk.console.sees("New secret of the").await,
            _ => desk.console.sees("Its secret is lost").await,
        }
        assert_eq!(kind.count(&desk).await, 1, "{kind:?}");
        assert!(again <= 2, "{kind:?}");
        assert_eq!(desk.server.writes(&kind.sends("POST")), 2, "{kind:?}");
    }))
    .await;
}

/// What a deletion says at its end, and how many were sent.
async fn deletes(fault: &str, is_done: bool) {
    join_all(KINDS.map(|kind| async move {
        let mut desk = kind.desk("[limits]\nwrite = \"2s\"\nidle = \"2s\"").await;
        let id = kind.select_a_key(&mut desk).await;
        let aimed = format!("{fault}:1:DELETE:1");
        desk.server.trouble(&[&aimed]).unwrap();
        desk.console.press("d").await;
        desk.console.shows(&id);
        desk.console.press("Tab Enter").await;
        desk.console
            .until("its end is told", |it| {
                it.contains("It may have been done, or not") || it.contains("answer cannot be read")
            })
            .await;
        desk.console.hides("was deleted");
        desk.console.hides("was not deleted");
        if is_done {
            desk.console.sees("was deleted.").await;
        } else {
            five_looks(&mut desk.console).await;
            desk.console.shows("is still in the list.");
            desk.console.hides("was deleted");
            desk.console.press("Down Down Enter").await;
            desk.console.sees("was deleted.").await;
        }
        let sent = if is_done { 1 } else { 2 };
        assert_eq!(desk.server.writes("DELETE"), sent, "{kind:?}");
        // Only the key that the question showed.
        let deleted = desk.server.writes(&format!(
            "{}/{id}",
            kind.sends("DELETE").trim_end_matches('/')
        ));
        assert_eq!(deleted, sent, "{kind:?} {id}");
        assert!(!kind.has(&desk, &id).await, "{kind:?}");
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_whose_answer_is_lost_is_seen_to_be_done() {
    deletes("lost-after", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_a_proxy_answers_is_seen_to_be_done() {
    deletes("502", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_never_answered_is_seen_to_be_done() {
    deletes("silent", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_lost_before_it_is_done_is_sent_again_only_by_choice() {
    deletes("lost-before", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_during_an_outage_is_sent_again_only_by_choice() {
    deletes("503", false).await;
}
