//! A rotation goes step by step, says which key lives, and deletes nothing before the new key was handed
//! over.

use super::*;
use crate::{
    api::Proof,
    app::{
        CallId,
        flight::Rotating,
        held,
        rotation::{Next, Rotation, steps::Step},
    },
    secret::Secret,
};

fn rotation(desk: &Desk) -> &Rotation {
    let Some(Dialog::Rotation(id)) = desk.model.dialogs.last() else {
        panic!("no rotation but {:?}", desk.model.dialogs.last())
    };
    desk.model
        .rotations
        .iter()
        .find(|one| one.id == *id)
        .unwrap()
}

fn offers(desk: &Desk) -> Vec<Next> {
    let choices = &rotation(desk).choices;
    choices.iter().map(|(choice, _)| choice.next).collect()
}

/// The proof that was asked for, taken.
fn prove(desk: &mut Desk) -> (CallId, Secret) {
    let mut effects = desk.take().into_iter();
    let found = effects.find_map(|effect| match effect {
        Effect::Prove { call, secret, .. } => Some((call, secret)),
        _ => None,
    });
    found.expect("a proof")
}

fn looked_for(desk: &mut Desk) -> CallId {
    let mut effects = desk.take().into_iter();
    let found = effects.find_map(|effect| match effect {
        Effect::Look { call, .. } => Some(call),
        _ => None,
    });
    found.expect("a look")
}

/// A Typesense key whose twin was made, its secret in the tray.
fn with_twin() -> Desk {
    let mut desk = Desk::of("typesense");
    desk.press("j r Enter Enter");
    assert_eq!(form(&desk).button(), "Create");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    assert_eq!(change.verb, Verb::Create);
    desk.done(call, &change, Some("9"), Some("twin-secret"));
    desk.take();
    desk
}

/// A Typesense key whose new one was made, stored and tried.
fn handed_over(own: bool) -> Desk {
    let mut desk = with_twin();
    desk.model.rotations[0].own = own;
    desk.press("v Enter");
    let (call, secret) = prove(&mut desk);
    let by = "it answered".to_owned();
    desk.send(Msg::Proved {
        call,
        secret,
        proof: Proof::Alive { by },
    });
    assert_eq!(rotation(&desk).at, Step::HandOver);
    desk
}

#[test]
fn the_old_key_is_deleted_only_after_the_new_one_was_made_stored_proved_and_handed_over() {
    let mut desk = with_twin();
    assert_eq!(rotation(&desk).at, Step::Store);
    assert_eq!(rotation(&desk).lives(), "Both keys work.");
    desk.press("y");
    let receipt = copied(&desk, true);
    desk.send(receipt);
    desk.press("Enter");
    assert!(desk.model.tray.is_empty());
    let (call, secret) = prove(&mut desk);
    let by = "GET /keys answered 200".to_owned();
    desk.send(Msg::Proved {
        call,
        secret,
        proof: Proof::Alive { by },
    });
    assert_eq!(rotation(&desk).at, Step::HandOver);
    assert!(
        rotation(&desk).secret.is_none(),
        "it is not needed any more"
    );
    assert_eq!(offers(&desk), [Next::Leave, Next::GoOn, Next::Keep]);
    assert!(desk.writes().is_empty(), "nothing was deleted so far");
    desk.press("Down Enter");
    assert!(!asked(&desk));
    desk.press("Tab Enter");
    let (call, change) = desk.write();
    assert_eq!(
        (change.verb, change.target.as_ref().unwrap().id.as_str()),
        (Verb::Delete, "1")
    );
    desk.done(call, &change, None, None);
    let call = looked_for(&mut desk);
    desk.send(Msg::Looked {
        call,
        sighting: Sighting::Absent,
    });
    assert_eq!(rotation(&desk).at, Step::Ended);
    assert_eq!(rotation(&desk).lives(), "Only the new key works.");
    desk.press("Enter");
    assert!(desk.model.rotations.is_empty());
}

#[test]
fn a_new_key_that_does_not_work_stops_the_rotation_and_keeps_its_secret_for_another_try() {
    let mut desk = with_twin();
    desk.press("v Enter");
    let (call, secret) = prove(&mut desk);
    let why = "it was refused with 401".to_owned();
    desk.send(Msg::Proved {
        call,
        secret,
        proof: Proof::Dead { why },
    });
    assert_eq!(rotation(&desk).at, Step::Prove);
    assert!(rotation(&desk).problem.as_deref().unwrap().contains("401"));
    assert_eq!(offers(&desk), [Next::Again, Next::GoOn, Next::Leave]);
    desk.press("Enter");
    let (_, secret) = prove(&mut desk);
    assert_eq!(secret.chars(), "twin-secret".len());
}

#[test]
fn a_rotation_that_is_left_waits_and_goes_on_where_it_was() {
    let mut desk = handed_over(false);
    desk.press("Esc");
    assert!(
        desk.notice().contains("Both keys work."),
        "{}",
        desk.notice()
    );
    assert_eq!(desk.model.rotations.len(), 1);
    desk.press("g j r");
    assert_eq!(rotation(&desk).at, Step::HandOver);
    desk.press("End Enter");
    assert!(desk.model.rotations.is_empty(), "the old key is kept");
    assert!(desk.writes().is_empty());
}

#[test]
fn a_new_secret_that_was_discarded_is_not_stored_and_the_old_key_is_not_offered_to_be_deleted() {
    let mut desk = with_twin();
    desk.press("Esc Tab Enter");
    assert!(desk.model.tray.is_empty());
    let effects = desk.take();
    assert!(
        !effects.iter().any(|it| matches!(it, Effect::Prove { .. })),
        "{effects:?}"
    );
    assert_eq!(rotation(&desk).at, Step::Store);
    assert!(!rotation(&desk).did(Step::Store));
    assert_eq!(offers(&desk), [Next::Leave, Next::GoOn, Next::DropNew]);
}

#[test]
fn no_step_is_taken_while_a_write_is_on_its_way() {
    let mut desk = Desk::of("typesense");
    desk.press("j r Enter Enter ctrl-s");
    let (call, change) = desk.write();
    desk.press("Esc");
    assert!(offers(&desk).is_empty());
    desk.press("Enter ctrl-s");
    assert!(desk.writes().is_empty(), "it was sent twice");
    desk.press("Esc");
    assert!(desk.notice().contains("waits"), "{}", desk.notice());
    desk.press("r");
    assert!(rotation(&desk).busy.is_some(), "it is the same rotation");
    desk.done(call, &change, Some("9"), Some("twin-secret"));
    assert_eq!(rotation(&desk).at, Step::Store);
}

#[test]
fn an_old_key_that_is_gone_already_is_looked_for_and_the_rotation_ends() {
    let mut desk = handed_over(false);
    desk.press("Down Enter");
    desk.confirm();
    let (call, change) = desk.write();
    let error = refused(404, Meaning::NotFound, "no such key", &[]);
    desk.ends(call, &change, Outcome::NotDone(error));
    let effects = desk.take();
    let look = effects.iter().find_map(|effect| match effect {
        Effect::Look { call, .. } => Some(*call),
        _ => None,
    });
    assert!(
        effects.iter().any(|it| matches!(it, Effect::List { .. })),
        "the list that still shows it is read anew"
    );
    desk.send(Msg::Looked {
        call: look.expect("a look"),
        sighting: Sighting::Absent,
    });
    assert_eq!(rotation(&desk).at, Step::Ended);
    assert_eq!(rotation(&desk).lives(), "Only the new key works.");
}

#[test]
fn a_question_that_is_cancelled_leaves_the_step_as_it_was() {
    let mut desk = handed_over(false);
    let before = offers(&desk);
    desk.press("Down Enter Esc");
    assert_eq!(rotation(&desk).at, Step::HandOver);
    assert!(!rotation(&desk).did(Step::HandOver));
    assert_eq!(offers(&desk), before);
}

#[test]
fn the_key_that_the_context_signs_in_with_can_be_taken_up_until_the_end() {
    let mut desk = handed_over(true);
    assert_eq!(offers(&desk)[..2], [Next::Leave, Next::Adopt]);
    desk.press("Down Down Enter");
    // Its pane may not even be shown.
    desk.model
        .panes
        .iter_mut()
        .for_each(|pane| pane.sources.clear());
    desk.press("Esc Enter");
    desk.confirm();
    assert!(desk.writes().is_empty(), "asked once");
    desk.confirm();
    let (call, change) = desk.write();
    desk.done(call, &change, None, None);
    desk.take();
    assert_eq!(rotation(&desk).at, Step::Dead);
    let call = rotation(&desk).busy.as_ref().unwrap().0;
    let why = refused(401, Meaning::Credential, "no", &[]);
    desk.send(Msg::Looked {
        call,
        sighting: Sighting::Unclear(why.into()),
    });
    assert_eq!(
        offers(&desk),
        [Next::Leave, Next::Adopt, Next::Again, Next::Keep]
    );
    desk.press("End Enter");
    assert_eq!(offers(&desk), [Next::Adopt, Next::Leave]);
}

#[test]
fn a_rotation_of_which_nothing_was_sent_is_forgotten() {
    let mut desk = Desk::of("typesense");
    desk.press("j r Enter Esc");
    assert!(desk.model.rotations.is_empty());
    assert_eq!(desk.notice(), "Cancelled: nothing was sent.");
}

#[test]
fn a_twin_starts_as_a_copy_under_a_name_of_its_own() {
    let mut desk = Desk::of("chutes");
    desk.press("r Enter Enter");
    let name = &form(&desk).entries[0];
    assert!(matches!(&name.editor, Editor::Line(input) if input.value() == "reader-2"));
    desk.press("ctrl-s");
    let (_, change) = desk.write();
    assert_eq!(plain(&change.values)[1].1, "reader-2");
}

/// A Chutes secret whose new value was filled in: the old one is asked about.
fn filled() -> Desk {
    let mut desk = Desk::new(vec![context("dev", "chutes")]);
    desk.answer();
    desk.press("2");
    desk.answer();
    desk.press("r Enter");
    let fields: Vec<&str> = form(&desk).entries.iter().map(|it| &*it.key).collect();
    let fixed = |key: &str| {
        let at = fields.iter().position(|it| *it == key).unwrap();
        form(&desk).entries[at].locked.is_some()
    };
    assert!(fixed("purpose") && fixed("key") && !fixed("value"));
    let title = "Rotate the secret “HF_TOKEN” in dev: the new secret";
    assert_eq!(form(&desk).title, title);
    let free = fields.iter().filter(|key| !fixed(key));
    let value = free.into_iter().position(|key| *key == "value").unwrap();
    desk.press(&"Tab ".repeat(value));
    desk.type_text("hf_new");
    desk.press("ctrl-s");
    assert!(!asked(&desk), "the old one goes first, and is asked about");
    assert!(desk.writes().is_empty());
    desk
}

/// The same once the old one is gone and the new one is on its way.
fn with_old_gone() -> (Desk, CallId, crate::api::Change) {
    let mut desk = filled();
    desk.press("Tab Enter");
    let mut effects = desk.take().into_iter();
    let sent = effects.find_map(|effect| match effect {
        Effect::Send { call, errand, .. } => Some((call, errand)),
        _ => None,
    });
    let (call, errand) = sent.expect("a write");
    let Rotating::Begins(begun) = &errand.rotation else {
        panic!("no rotation but {:?}", errand.rotation)
    };
    assert_eq!(
        begun.changed["key"], "\"HF_TOKEN\"",
        "it is copied from nowhere else"
    );
    assert!(!begun.changed.contains_key("value"));
    let change = errand.change;
    assert_eq!(change.verb, Verb::Delete);
    desk.done(call, &change, None, None);
    let (call, change) = desk.write();
    assert_eq!(change.verb, Verb::Create);
    assert!(matches!(change.values["value"], FieldValue::Secret(_)));
    (desk, call, change)
}

#[test]
fn a_secret_under_the_same_name_is_held_until_the_old_one_is_gone_and_it_is_created() {
    let (mut desk, call, change) = with_old_gone();
    // It is refused: what was typed is still there.
    let error = refused(503, Meaning::Unavailable, "down", &[]);
    desk.ends(call, &change, Outcome::NotDone(error));
    assert!(form(&desk).problem.as_deref().unwrap().contains("down"));
    assert!(desk.model.rotations[0].lives().starts_with("Neither"));
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(
        call,
        &change,
        Some("5b0c7d2e-0000-4000-8000-000000000001"),
        None,
    );
    assert_eq!(rotation(&desk).at, Step::Ended);
    assert_eq!(rotation(&desk).lives(), "Only the new key works.");
}

#[test]
fn a_new_secret_with_the_id_of_the_deleted_one_is_known_as_new_and_again_when_it_is_sent_again() {
    let mut desk = Desk::new(vec![context("dev", "chutes")]);
    desk.answer();
    desk.press("2");
    desk.answer();
    let old = desk.model.pane().target().unwrap().2.id;
    desk.press("r Enter");
    // What the key is known by stays, so that the value is the first to be filled in.
    desk.type_text("hf_new");
    desk.press("ctrl-s Tab Enter");
    let (call, change) = desk.write();
    desk.done(call, &change, None, None);
    let sent = |desk: &mut Desk| {
        let found = desk.take().into_iter().find_map(|effect| match effect {
            Effect::Send { call, errand, .. } => Some((call, errand)),
            _ => None,
        });
        found.expect("a write")
    };
    let knows = |trace: &crate::api::trace::Trace| {
        let seen = trace.seen.as_ref().expect("the list was whole");
        seen.contains(old.as_str())
    };
    let (call, errand) = sent(&mut desk);
    assert!(!knows(&errand.trace));
    let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
    desk.comes_back(call, errand.change, lost);
    let trace = errand.trace;
    if let Some(Dialog::Doubt(doubt)) = desk.model.dialogs.last_mut() {
        *doubt.flight.trace = trace;
    }
    let sighting = Sighting::Absent;
    desk.send(Msg::Looked { call, sighting });
    // What the list shows by now may be what the first one made.
    desk.answer();
    desk.press("End Enter");
    let (_, errand) = sent(&mut desk);
    assert!(errand.repeat && !knows(&errand.trace));
}

#[test]
fn regenerating_says_that_the_old_secret_dies_and_asks_for_the_name() {
    let mut desk = Desk::of("runai");
    desk.press("r Down Enter Enter");
    match desk.model.dialogs.last() {
        Some(Dialog::Confirm(confirm)) => {
            assert!(confirm.typed.is_some());
            let told = confirm.lines.join(" ");
            assert!(told.contains("stops working at once"), "{told}");
        }
        other => panic!("no question but {other:?}"),
    }
}

#[test]
fn a_destination_is_tried_before_anything_is_made() {
    let mut desk = Desk::of("typesense");
    desk.model.sinks = vec!["vault".to_owned()];
    desk.press("j r Enter Down Enter");
    let effects = desk.take();
    let [Effect::CheckSink { call, sink }] = effects.as_slice() else {
        panic!("no check but {effects:?}")
    };
    assert_eq!(sink, "cmd:vault");
    let result = Err("vault is not there.".to_owned());
    desk.send(Msg::SinkChecked {
        call: *call,
        result,
    });
    assert!(
        rotation(&desk)
            .problem
            .as_deref()
            .unwrap()
            .contains("Nothing was sent")
    );
    assert!(desk.writes().is_empty());
    desk.press("Enter");
    let effects = desk.take();
    let [Effect::CheckSink { call, .. }] = effects.as_slice() else {
        panic!("no check but {effects:?}")
    };
    desk.send(Msg::SinkChecked {
        call: *call,
        result: Ok(()),
    });
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("twin-secret"));
    let effects = desk.take();
    assert!(
        effects
            .iter()
            .any(|it| matches!(it, Effect::Deliver { sink, .. } if sink == "cmd:vault")),
        "{effects:?}"
    );
    assert!(
        desk.model.tray[0].shown.is_none(),
        "delivered without display"
    );
}

#[test]
fn what_only_the_console_holds_is_kept_when_it_ends_and_asked_about_when_it_is_left() {
    let held = |desk: &Desk| {
        let secrets = held::secrets(&desk.model).into_iter();
        secrets.map(|one| one.label).collect::<Vec<_>>()
    };
    let label = "Value of the secret “HF_TOKEN” in dev";
    let (mut desk, call, change) = with_old_gone();
    assert_eq!(held(&desk), [label], "on its way");
    let error = refused(503, Meaning::Unavailable, "down", &[]);
    desk.ends(call, &change, Outcome::NotDone(error));
    assert_eq!(held(&desk), [label], "refused");
    desk.press("Esc");
    let Some(Dialog::Confirm(question)) = desk.model.dialogs.last() else {
        panic!("no question but {:?}", desk.model.dialogs.last())
    };
    let told = question.lines.join(" ");
    assert!(
        told.starts_with("It was sent, and the service refused it. Neither key works"),
        "{told}"
    );
    desk.press("Esc");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
    desk.comes_back(call, change, lost);
    assert_eq!(held(&desk), [label], "once, though the doubt has it too");
    // A form that waits for the old key to be deleted is not left without a question.
    let mut desk = filled();
    desk.press("Esc Esc");
    assert_eq!(held(&desk), [label]);
    desk.take();
    desk.press("q");
    assert!(!asked(&desk));
    assert!(desk.take().is_empty());
    // What was typed and never sent is with whoever typed it.
    let mut desk = Desk::of("djinn");
    desk.press("n Tab Tab");
    desk.paste("typed");
    assert!(held(&desk).is_empty());
}
