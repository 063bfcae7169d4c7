//! Writes that a context does not allow are not sent.

use super::*;

fn guarded(write: Write) -> Desk {
    let mut dev = context("dev", "typesense");
    dev.write = write;
    let mut desk = Desk::new(vec![dev]);
    desk.answer();
    desk
}

#[test]
fn a_read_only_context_opens_no_form_and_no_question() {
    let mut desk = guarded(Write::Never);
    for keys in ["n", "j d", "C", "A"] {
        desk.press(keys);
        assert!(desk.model.dialogs.is_empty(), "{keys}");
        assert!(
            desk.notice().contains("read-only"),
            "{keys}: {}",
            desk.notice()
        );
    }
}

#[test]
fn arming_lasts_ten_minutes_and_not_a_moment_longer() {
    let mut desk = guarded(Write::Arm);
    desk.press("j d");
    assert!(desk.notice().contains("press A"), "{}", desk.notice());
    desk.press("A");
    let until = desk.model.contexts[0].armed_until.unwrap();
    assert!(
        desk.take()
            .iter()
            .any(|it| matches!(it, Effect::WakeAt(at) if *at == until))
    );
    desk.press("d Tab");
    desk.model.now = until;
    desk.hurry("Enter");
    assert!(desk.writes().is_empty(), "armed no more when it was sent");
    assert!(
        desk.notice().contains("Nothing was sent"),
        "{}",
        desk.notice()
    );
}

#[test]
fn an_armed_context_may_write() {
    let mut desk = guarded(Write::Arm);
    desk.press("A j d Tab Enter");
    assert_eq!(desk.writes().len(), 1);
    desk.model.now = Moment::from_micros(desk.model.contexts[0].armed_until.unwrap().micros());
    desk.send(Msg::Woken);
    assert_eq!(desk.model.contexts[0].armed_until, None);
}

#[test]
fn an_action_that_a_service_does_not_have_says_so() {
    let mut desk = Desk::of("chutes");
    desk.press("e");
    assert_eq!(
        desk.notice(),
        "Chutes cannot change an API key: delete it and make a new one."
    );
}
