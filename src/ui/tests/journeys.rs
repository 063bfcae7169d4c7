//! What takes several steps: a lost write until it is settled, a rotation from its choice to its end, a
//! secret on its way to where it is stored, the journal.

use super::*;
use crate::{
    api::{Outcome, Proof, trace::Sighting},
    app::Effect,
    record::{KeyId, Rows},
};

/// A Chutes key that was sent to be made, and whose answer was lost.
fn lost() -> (Desk, crate::app::CallId) {
    let mut desk = Desk::of("chutes");
    desk.press("n");
    desk.type_text("fresh");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    let error = ApiError::Lost("the answer broke off: connection reset by peer".to_owned());
    desk.comes_back(call, change, Outcome::Unknown(error));
    (desk, call)
}

#[test]
fn a_lost_write_is_looked_for_then_settled() {
    let (mut desk, call) = lost();
    desk.send(Msg::Looking {
        call,
        round: 2,
        of: 5,
    });
    shows!("doubt_looking", desk);
    let resource = std::sync::Arc::clone(&desk.model.pane().sources[0].resource);
    let id = "00000000-0000-4000-8000-0000000000b1";
    let id = KeyId::new(id, resource.id_kind()).unwrap();
    let sighting = Sighting::Exists(id, Rows::new(resource));
    desk.send(Msg::Looked { call, sighting });
    shows!("doubt_secret_lost", desk);
    let (mut desk, call) = lost();
    let sighting = Sighting::Absent;
    desk.send(Msg::Looked { call, sighting });
    shows!("doubt_absent", desk);
}

#[test]
fn a_rotation_shows_its_steps_and_which_key_lives() {
    let mut desk = Desk::of("typesense");
    desk.model.sinks = vec!["vault".to_owned()];
    desk.press("j r");
    shows!("rotation_choose", desk);
    desk.press("Enter");
    shows!("rotation_destination", desk);
    desk.press("Down Down Enter");
    desk.type_text("env:/srv/app/.env:SEARCH_KEY");
    shows!("rotation_typed", desk);
    desk.press("Enter");
    let Some(Effect::CheckSink { call, .. }) = desk.take().pop() else {
        panic!("no check")
    };
    let result = Ok(());
    desk.send(Msg::SinkChecked { call, result });
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("s3cr3t-Vn2Kq8Zr4Tb7Wm1X"));
    desk.send(Msg::Delivered(Receipt {
        delivered: true,
        words: "stored as SEARCH_KEY in /srv/app/.env".to_owned(),
        lasting: false,
        until: None,
        secret: desk.model.tray.front().map(|reveal| reveal.call),
    }));
    shows!("rotation_stored", desk);
    desk.press("Enter");
    let Some((call, secret)) = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Prove { call, secret, .. } => Some((call, secret)),
        _ => None,
    }) else {
        panic!("no proof")
    };
    let why = "it was refused with 401, like any key that may not list keys.".to_owned();
    let proof = Proof::Unproven { why };
    desk.send(Msg::Proved {
        call,
        secret,
        proof,
    });
    shows!("rotation_unproven", desk);
    desk.press("Down Enter");
    shows!("rotation_hand_over", desk);
    desk.press("Down Enter Tab Enter");
    let (call, change) = desk.write();
    desk.done(call, &change, None, None);
    let Some(call) = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Look { call, .. } => Some(call),
        _ => None,
    }) else {
        panic!("no look")
    };
    let sighting = Sighting::Absent;
    desk.send(Msg::Looked { call, sighting });
    shows!("rotation_ended", desk);
}

#[test]
fn a_destination_is_typed_below_the_secret() {
    let mut desk = revealed();
    desk.model.sinks = vec!["vault".to_owned()];
    desk.press("s");
    shows!("reveal_store", desk);
    desk.type_text("cm");
    shows!("reveal_complete", desk);
    desk.press("Esc y");
    let until = crate::record::Moment::read("2026-11-20T14:03:50Z");
    desk.send(Msg::Delivered(Receipt {
        delivered: true,
        words: "copied to the clipboard (X11)".to_owned(),
        lasting: false,
        until,
        secret: desk.model.tray.front().map(|reveal| reveal.call),
    }));
    shows!("reveal_copied", desk);
}

#[test]
fn what_a_choice_means_is_read_to_its_end() {
    let mut desk = Desk::of("runai");
    desk.press("r");
    shows!("rotation_ways", desk);
    let text = screen(&mut desk, (80, 24), &Look::default());
    assert!(text.contains("has the new one"), "{text}");
}

#[test]
fn a_small_screen_has_the_whole_name_of_a_key_the_warning_and_every_way_out() {
    let mut desk = revealed();
    desk.model.tray[0].name = "keyrack operator, mira.okafor@lumentide.example".to_owned();
    let text = screen(&mut desk, (40, 10), &Look::default());
    for words in [
        "mira.okafor@lumentide.example”",
        "old secret stopped",
        "s store",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
}
