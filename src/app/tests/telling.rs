//! A secret that a service tells again is asked for, shown masked, and closed without a question.

use super::*;
use crate::{app::fixture, secret::Secret};

/// A console on the tokens of the first account.
fn tokens() -> Desk {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    desk.answer();
    desk.press("Enter");
    desk.answer();
    desk
}

/// The question for a secret that was asked, taken.
fn question_for(desk: &mut Desk) -> (crate::app::CallId, String) {
    let found = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Reveal { call, target, .. } => Some((call, target.id.as_str().to_owned())),
        _ => None,
    });
    found.expect("a secret is asked for")
}

fn tells(desk: &mut Desk, call: crate::app::CallId) {
    let text = "cl-deploy\nsk-live".to_owned();
    let result = Ok(Secret::new(zeroize::Zeroizing::new(text)));
    desk.send(Msg::Told { call, result });
}

#[test]
fn the_details_have_it_told_and_stay() {
    let mut desk = tokens();
    desk.press("j l v");
    let (call, id) = question_for(&mut desk);
    assert_eq!(id, "5");
    assert!(
        desk.notice()
            .starts_with("Asking for the secret of the token “nightly”")
    );
    tells(&mut desk, call);
    let reveal = &desk.model.tray[0];
    assert!(reveal.shown.is_none(), "masked");
    assert_eq!(
        (reveal.again, &*reveal.name, reveal.client_id.as_deref()),
        (true, "nightly", Some("cl-nightly"))
    );
    assert_eq!(reveal.lines, ["client", "key"]);
    desk.press("v");
    assert!(desk.model.tray[0].shown.is_some());
    desk.press("Esc");
    assert!(desk.model.tray.is_empty(), "nothing is lost by closing it");
    assert!(matches!(
        desk.model.dialogs.last(),
        Some(Dialog::Details(_))
    ));
    assert!(desk.notice().contains("closed"), "{}", desk.notice());
}

#[test]
fn it_is_copied_and_stored_as_a_new_one() {
    let mut desk = tokens();
    desk.press("l v");
    let (call, _) = question_for(&mut desk);
    tells(&mut desk, call);
    desk.press("y");
    let delivered = desk.take();
    assert!(
        matches!(delivered.as_slice(), [Effect::Deliver { call: of, sink }] if *of == call && sink == "clipboard")
    );
}

#[test]
fn it_is_no_key_without_a_holder_when_the_console_ends() {
    let mut desk = tokens();
    desk.press("l v");
    let (call, _) = question_for(&mut desk);
    tells(&mut desk, call);
    assert!(desk.model.tray[0].is_elsewhere());
    assert!(
        desk.model.tray[0].entry.is_none(),
        "the journal waits for nothing"
    );
}

#[test]
fn a_refusal_says_why() {
    let mut desk = tokens();
    desk.press("l v");
    let (call, _) = question_for(&mut desk);
    let result = Err(refused(403, Meaning::Forbidden, "not yours", &[]));
    desk.send(Msg::Told { call, result });
    let Some(Dialog::Problem(problem)) = desk.model.dialogs.last() else {
        panic!("no problem")
    };
    assert_eq!(
        problem.title,
        "The secret of the token “deploy” of “ci-bot” in dev was not told"
    );
    assert!(desk.model.tray.is_empty());
}

#[test]
fn asking_twice_shows_it_once() {
    let mut desk = tokens();
    desk.press("l v");
    let (first, _) = question_for(&mut desk);
    desk.press("v");
    let given_up = desk.take();
    assert!(matches!(given_up[0], Effect::Cancel(call) if call == first));
    let Effect::Reveal { call, .. } = given_up[1] else {
        panic!("not asked again")
    };
    tells(&mut desk, first);
    tells(&mut desk, call);
    assert_eq!(desk.model.tray.len(), 1);
}

#[test]
fn the_palette_has_it_for_the_selected_key() {
    let mut desk = tokens();
    desk.press(":");
    desk.type_text("reveal");
    desk.press("Enter");
    assert_eq!(question_for(&mut desk).1, "2");
}

#[test]
fn a_service_that_shows_a_secret_once_says_so() {
    let mut desk = Desk::of("typesense");
    desk.press("l v");
    assert_eq!(
        desk.notice(),
        "Typesense does not tell the secret of an API key again."
    );
    let asked = desk.take();
    assert!(!asked.iter().any(|it| matches!(it, Effect::Reveal { .. })));
}
