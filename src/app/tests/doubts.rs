//! A write whose end is not known ends in what was seen, or in what can be done about it.

use super::*;
use crate::{
    api::Change,
    app::{CallId, doubt::Next, flight::Link},
    record::Rows,
};

/// A key that was sent to be made, and whose answer is lost.
fn lost_create(backend: &str) -> (Desk, CallId) {
    let mut desk = Desk::of(backend);
    desk.press("n");
    desk.type_text("fresh");
    if backend == "typesense" {
        desk.press("Tab");
        desk.type_text("documents:search");
    }
    desk.press("ctrl-s");
    let (call, mut change) = desk.write();
    crate::api::generate::complete(&mut change).unwrap();
    let lost = Outcome::Unknown(ApiError::Lost("the answer broke off".to_owned()));
    desk.comes_back(call, change, lost);
    desk.take();
    (desk, call)
}

fn sees(desk: &mut Desk, call: CallId, sighting: Sighting) {
    desk.send(Msg::Looked { call, sighting });
}

fn there(desk: &Desk, id: &str) -> Sighting {
    let resource = std::sync::Arc::clone(&desk.model.pane().sources[0].resource);
    let id = KeyId::new(id, resource.id_kind()).unwrap();
    Sighting::Exists(id, Rows::new(resource))
}

fn offers(desk: &Desk) -> Vec<Next> {
    let choices = &doubt(desk).choices;
    choices.iter().map(|(choice, _)| choice.next).collect()
}

#[test]
fn a_key_whose_secret_was_chosen_here_loses_nothing_with_its_answer() {
    let (mut desk, call) = lost_create("typesense");
    let found = there(&desk, "9");
    sees(&mut desk, call, found);
    assert!(
        desk.model.dialogs.is_empty(),
        "the form and the doubt are closed"
    );
    let reveal = &desk.model.tray[0];
    assert_eq!(
        (reveal.secret.chars(), reveal.id.as_deref()),
        (40, Some("9"))
    );
    assert!(
        reveal
            .note
            .as_deref()
            .unwrap()
            .contains("chosen this secret itself")
    );
    assert!(desk.writes().is_empty());
}

#[test]
fn a_key_whose_secret_the_service_made_is_deleted_or_left_and_its_form_stays() {
    let (mut desk, call) = lost_create("chutes");
    let found = there(&desk, "00000000-0000-4000-8000-0000000000b1");
    sees(&mut desk, call, found);
    assert_eq!(offers(&desk), [Next::Leave, Next::DeleteIt]);
    assert!(doubt(&desk).found[1].contains("secret is lost"));
    desk.press("Down Enter");
    assert!(!asked(&desk), "the deletion is asked about, on Cancel");
    // A key that is not in the list may be any key.
    let told = question(&desk).lines.join(" ");
    assert!(told.contains("not among the keys that came"), "{told}");
    assert!(question(&desk).typed.is_some());
    desk.confirm();
    let (_, change) = desk.write();
    assert_eq!(change.verb, Verb::Delete);
    assert_eq!(
        change.target.unwrap().id.as_str(),
        "00000000-0000-4000-8000-0000000000b1"
    );
    assert!(form(&desk).sending.is_none());
}

#[test]
fn a_key_that_can_get_another_secret_is_offered_one() {
    let (mut desk, call) = lost_create("runai");
    let found = there(&desk, "99");
    sees(&mut desk, call, found);
    assert_eq!(offers(&desk), [Next::Leave, Next::Regenerate]);
}

#[test]
fn a_create_that_is_not_there_is_sent_again_only_by_choice_and_is_the_same() {
    let (mut desk, call) = lost_create("typesense");
    sees(&mut desk, call, Sighting::Absent);
    assert_eq!(offers(&desk), [Next::Leave, Next::Look, Next::SendAgain]);
    desk.hurry("Down Down Enter");
    assert!(
        desk.writes().is_empty(),
        "typed before it was on the screen"
    );
    desk.press("End Enter");
    let effects = desk.take();
    let [Effect::Send { errand, .. }] = effects.as_slice() else {
        panic!("no write but {effects:?}")
    };
    assert!(errand.repeat);
    assert!(
        errand.change.values.contains_key("value"),
        "with the same secret"
    );
    assert!(
        form(&desk).sending.is_some(),
        "the form waits for the second one"
    );
}

#[test]
fn an_update_or_a_deletion_that_is_seen_to_be_done_is_done() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (call, change) = desk.write();
    let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
    desk.ends(call, &change, lost);
    sees(&mut desk, call, Sighting::Absent);
    assert!(desk.model.dialogs.is_empty());
    assert_eq!(desk.notice(), "The API key “key 1” in dev was deleted.");
}

#[test]
fn a_deletion_that_cannot_be_seen_promises_nothing() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (call, change) = desk.write();
    let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
    desk.ends(call, &change, lost);
    let unread = ApiError::Lost("no route".to_owned());
    sees(&mut desk, call, Sighting::Unclear(unread.into()));
    assert_eq!(offers(&desk), [Next::Leave, Next::Look, Next::SendAgain]);
    desk.press("Esc");
    assert!(desk.notice().contains("stays unknown"), "{}", desk.notice());
}

#[test]
fn a_doubt_that_is_left_while_it_is_looked_for_comes_back_with_what_was_found() {
    let (mut desk, call) = lost_create("chutes");
    desk.press("Esc");
    assert!(
        desk.model.dialogs.is_empty(),
        "no form that waits for an answer"
    );
    let found = there(&desk, "00000000-0000-4000-8000-0000000000b1");
    sees(&mut desk, call, found);
    assert_eq!(offers(&desk), [Next::Leave, Next::DeleteIt]);
}

#[test]
fn a_task_that_broke_off_leaves_a_write_in_doubt_and_not_on_its_way_for_ever() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (call, _) = desk.write();
    desk.send(Msg::Broken(call));
    assert!(desk.model.flights.is_empty());
    assert!(doubt(&desk).reason.contains("defect"));
    sees(&mut desk, call, Sighting::Present);
    assert_eq!(offers(&desk), [Next::Leave, Next::Look, Next::Forget]);
}

#[test]
fn nothing_is_sent_while_the_journal_cannot_be_written_unless_the_operator_says_so() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let effects = desk.take();
    let Some(Effect::Send { call, errand, .. }) = effects.into_iter().last() else {
        panic!("no write")
    };
    let why = "the disk is full.".to_owned();
    desk.send(Msg::Unwritten { call, why, errand });
    assert!(!asked(&desk));
    desk.press("Tab Enter");
    let effects = desk.take();
    let [Effect::Send { errand, .. }] = effects.as_slice() else {
        panic!("no write but {effects:?}")
    };
    assert!(errand.unwritten);
    let change: &Change = &errand.change;
    assert_eq!(change.target.as_ref().unwrap().id.as_str(), "1");
    assert!(!Link::default().unwritten);
}

#[test]
fn an_answer_that_cannot_be_read_is_kept_as_it_came() {
    let mut desk = Desk::of("chutes");
    desk.press("n");
    desk.type_text("fresh");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    let raw = "{\"secret_key\":\"cpk_";
    let outcome = Outcome::Unreadable {
        error: ApiError::Unexpected("it breaks off".to_owned()),
        raw: Some(crate::secret::Secret::new(raw.to_owned().into())),
    };
    let trace = crate::api::trace::Trace::of(&change, None, desk.model.now);
    let sent = Box::new(crate::app::flight::Sent {
        outcome,
        change,
        trace,
        entry: Some("0000000000007".parse().unwrap()),
        rotation: None,
    });
    desk.send(Msg::Sent { call, sent });
    assert_eq!(desk.model.tray[0].secret.chars(), raw.len());
    assert!(doubt(&desk).unreadable);
    assert_eq!(
        (desk.model.tray[0].raw, desk.model.tray[0].entry),
        (true, None)
    );
    desk.press("v Enter");
    assert!(desk.model.tray.is_empty());
    let noted = |effect: &Effect| matches!(effect, Effect::Note { .. });
    assert!(!desk.take().iter().any(noted));
    let found = there(&desk, "00000000-0000-4000-8000-0000000000b1");
    sees(&mut desk, call, found);
    assert_eq!(offers(&desk), [Next::Leave, Next::DeleteIt]);
}

/// The sending that was asked for.
fn sent(desk: &mut Desk) -> (CallId, Box<crate::app::flight::Errand>) {
    let found = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Send { call, errand, .. } => Some((call, errand)),
        _ => None,
    });
    found.expect("a write")
}

fn has_its_secret(desk: &Desk) -> bool {
    let change = doubt(desk).change.as_ref();
    change.is_some_and(|change| change.values.contains_key("value"))
}

#[test]
fn a_secret_that_was_chosen_here_outlives_a_second_sending_that_does_not_leave() {
    let (mut desk, call) = lost_create("typesense");
    sees(&mut desk, call, Sighting::Absent);
    desk.model.contexts[0].write = Write::Arm;
    desk.press("End Enter");
    assert!(desk.writes().is_empty());
    assert!(has_its_secret(&desk), "the gate is shut");
    desk.model.contexts[0].write = Write::Always;
    desk.press("End Enter");
    let (call, errand) = sent(&mut desk);
    let why = "the disk is full.".to_owned();
    desk.send(Msg::Unwritten { call, why, errand });
    assert!(!asked(&desk));
    desk.press("Enter");
    assert!(has_its_secret(&desk), "cancelled");
    desk.press("End Enter");
    let (call, errand) = sent(&mut desk);
    let why = "the disk is full.".to_owned();
    desk.send(Msg::Unwritten { call, why, errand });
    desk.press("Tab Enter");
    let (call, errand) = sent(&mut desk);
    assert!(errand.unwritten && errand.repeat);
    let busy = refused(429, Meaning::Unavailable, "slow down", &[]);
    desk.comes_back(call, errand.change, Outcome::NotDone(busy));
    assert!(has_its_secret(&desk), "refused");
    assert!(doubt(&desk).reason.contains("slow down"));
}

#[test]
fn a_doubt_that_holds_a_secret_is_kept_when_it_is_left() {
    let (mut desk, call) = lost_create("typesense");
    sees(&mut desk, call, Sighting::Absent);
    desk.press("Enter");
    assert_eq!(desk.model.doubts.len(), 1);
    desk.model.dialogs.clear();
    desk.press("L");
    assert!(has_its_secret(&desk));
}

#[test]
fn a_create_whose_doubt_was_left_is_sent_only_as_its_repetition() {
    let (mut desk, call) = lost_create("chutes");
    sees(&mut desk, call, Sighting::Absent);
    desk.press("Enter");
    assert!(desk.model.dialogs.is_empty(), "the form waits with it");
    assert!(desk.notice().contains("stays unknown"));
    desk.press("ctrl-s");
    assert!(desk.writes().is_empty());
    if let Some(doubt) = desk.model.doubts.last_mut() {
        doubt.flight.entry = None;
    }
    desk.press("L");
    let found = there(&desk, "00000000-0000-4000-8000-0000000000b1");
    sees(&mut desk, call, found);
    desk.press("Enter");
    assert!(desk.notice().contains("was done"), "{}", desk.notice());
    desk.press("L");
    sees(&mut desk, call, Sighting::Absent);
    desk.press("End Enter");
    let (call, errand) = sent(&mut desk);
    assert!(errand.repeat);
    desk.done(call, &errand.change, Some("b1"), Some("cpk_new"));
    assert!(desk.model.dialogs.is_empty() && desk.model.aside.is_empty());
    assert!(desk.model.doubts.is_empty());
}

#[test]
fn what_is_done_at_the_third_sending_closes_both_entries_before() {
    let (mut desk, mut call) = lost_create("typesense");
    for entry in ["0000000000001", "0000000000002"] {
        if let Some(Dialog::Doubt(doubt)) = desk.model.dialogs.last_mut() {
            doubt.flight.entry = Some(entry.parse().unwrap());
        }
        sees(&mut desk, call, Sighting::Absent);
        desk.take();
        desk.press("End Enter");
        let (again, errand) = sent(&mut desk);
        call = again;
        if entry == "0000000000001" {
            let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
            desk.comes_back(call, errand.change, lost);
        } else {
            desk.done(call, &errand.change, Some("9"), Some("a-new-secret"));
        }
    }
    let closed = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::Note {
            entry,
            event: crate::journal::Event::Closed { why },
        } => Some((entry.to_string(), why)),
        _ => None,
    });
    let why = || "it was done when it was sent again".to_owned();
    assert_eq!(
        closed.collect::<Vec<_>>(),
        [
            ("0000000000001".to_owned(), why()),
            ("0000000000002".to_owned(), why())
        ]
    );
}

#[test]
fn a_repeated_deletion_is_called_safe_only_where_no_newer_key_can_have_its_id() {
    for (backend, keys, safe) in [("typesense", "j d", true), ("chutes", "d", false)] {
        let mut desk = Desk::new(vec![context("dev", backend)]);
        desk.answer();
        desk.press(if safe { "1" } else { "2" });
        desk.answer();
        desk.press(keys);
        desk.press("Tab Enter");
        let (call, change) = desk.write();
        let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
        desk.ends(call, &change, lost);
        sees(&mut desk, call, Sighting::Present);
        let means = doubt(&desk)
            .choices
            .iter()
            .last()
            .map(|(it, _)| it.note.clone());
        assert_eq!(means.unwrap().starts_with("safe"), safe, "{backend}");
    }
}
