//! A new secret leaves only by an explicit act.

use super::*;

#[test]
fn no_stray_key_resize_refresh_or_paste_dismisses_a_new_secret() {
    let mut desk = with_secret();
    desk.press("j k d n q Esc Esc x Space Tab 1 2 ctrl-r ctrl-d : ? /");
    desk.send(Msg::Resize(40, 10));
    desk.send(Msg::Focus(false));
    desk.send(Msg::Suspend);
    desk.paste("Enter");
    assert_eq!(desk.model.tray.len(), 1);
    assert!(desk.writes().is_empty());
}

#[test]
fn quit_only_asks_while_a_secret_waits() {
    let mut desk = with_secret();
    for keys in ["ctrl-c", "ctrl-c", "q"] {
        desk.press(keys);
        assert!(
            !desk.take().iter().any(|it| matches!(it, Effect::Quit)),
            "{keys}"
        );
    }
    assert_eq!(desk.model.tray[0].asking, Some(false));
}

#[test]
fn closing_it_uncopied_asks_and_only_discard_closes() {
    let mut desk = with_secret();
    desk.press("Enter");
    assert_eq!(desk.model.tray[0].asking, Some(false));
    desk.press("Enter");
    assert_eq!(
        (desk.model.tray.len(), desk.model.tray[0].asking),
        (1, None)
    );
    desk.press("Esc Right Enter");
    assert!(desk.model.tray.is_empty());
}

#[test]
fn a_copied_secret_closes_and_is_painted_over() {
    let mut desk = with_secret();
    desk.press("y");
    assert!(
        matches!(desk.take().as_slice(), [Effect::Deliver { sink, .. }] if sink == "clipboard")
    );
    let receipt = copied(&desk, true);
    desk.send(receipt);
    assert_eq!(desk.model.tray.len(), 1, "a copy alone closes nothing");
    desk.press("Enter");
    assert!(desk.model.tray.is_empty());
    assert!(desk.take().iter().any(|it| matches!(it, Effect::Repaint)));
}

#[test]
fn a_failed_copy_is_no_delivery() {
    let mut desk = with_secret();
    desk.press("y");
    let receipt = copied(&desk, false);
    desk.send(receipt);
    desk.press("Esc");
    assert_eq!(desk.model.tray[0].asking, Some(false));
}

#[test]
fn it_is_masked_until_asked_for_and_again_when_the_focus_goes() {
    let mut desk = with_secret();
    assert!(desk.model.tray[0].shown.is_none());
    desk.press("v");
    assert!(desk.model.tray[0].shown.is_some());
    desk.take();
    desk.send(Msg::Focus(false));
    assert!(desk.model.tray[0].shown.is_none());
    assert!(matches!(desk.take().as_slice(), [Effect::Repaint]));
}

#[test]
fn a_second_secret_waits_behind_the_first() {
    let mut desk = with_secret();
    let mut other = with_secret();
    let second = other.model.tray.pop_front().unwrap();
    desk.model.tray.push_back(second);
    desk.press("v Enter");
    assert_eq!(desk.model.tray.len(), 1);
}

#[test]
fn the_client_id_comes_from_the_row_that_was_asked_about() {
    let mut desk = Desk::of("runai");
    desk.press("r Down Enter Enter");
    desk.type_text("ci-deploy");
    desk.press("Tab Enter");
    let (call, change) = desk.write();
    assert_eq!(change.verb, Verb::Rotate);
    desk.done(call, &change, None, Some("fresh"));
    assert_eq!(
        desk.model.tray[0].client_id.as_deref(),
        Some("cid-ci-deploy")
    );
    assert_eq!(desk.model.tray[0].id.as_deref(), Some("41"));
}

#[test]
fn keys_typed_ahead_never_show_copy_or_close_a_new_secret() {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    desk.type_text("search");
    desk.press("Tab");
    desk.type_text("documents:search");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("a-new-secret"));
    desk.take();
    desk.hurry("v Enter y Esc Right Enter q");
    desk.send(Msg::Drawn);
    desk.hurry("v Enter y Esc Right Enter q");
    assert_eq!(desk.model.tray.len(), 1);
    assert!(desk.take().is_empty());
}

#[test]
fn a_secret_counts_as_seen_only_once_it_was_on_the_screen() {
    let mut desk = with_secret();
    desk.send(Msg::Drawn);
    desk.wait(200);
    desk.hurry("v Enter");
    assert_eq!(desk.model.tray[0].asking, Some(false));
}

#[test]
fn a_receipt_belongs_to_the_secret_that_was_copied() {
    let mut desk = with_secret();
    desk.press("y");
    let late = Msg::Delivered(Receipt {
        delivered: true,
        lasting: false,
        until: None,
        words: "copied".to_owned(),
        secret: Some(super::super::CallId(0)),
    });
    desk.send(late);
    assert_eq!(desk.model.tray[0].receipt, None);
    desk.press("Enter Esc q");
    assert_eq!(
        desk.model.tray.len(),
        1,
        "nothing closes while a copy is on its way"
    );
}

#[test]
fn what_arrived_counts_after_another_delivery_failed() {
    let mut desk = with_secret();
    let Msg::Delivered(failed) = copied(&desk, false) else {
        panic!("a receipt")
    };
    let stored = Receipt {
        delivered: true,
        lasting: true,
        words: "stored in /tmp/x".to_owned(),
        ..failed.clone()
    };
    desk.model.tray[0].entry = Some("0000000000007".parse().unwrap());
    for receipt in [stored, failed] {
        desk.press("y");
        desk.send(Msg::Delivered(receipt));
    }
    desk.take();
    desk.press("Enter");
    assert!(desk.model.tray.is_empty(), "the file has it");
    let noted = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Note {
            event: crate::journal::Event::Acknowledged { how },
            ..
        } => Some(how),
        _ => None,
    });
    assert_eq!(noted.as_deref(), Some("stored in /tmp/x"));
}

#[test]
fn a_destination_can_be_pasted_and_what_cannot_be_done_is_said() {
    let mut desk = with_secret();
    desk.press("x");
    assert!(desk.notice().contains("extended"), "{}", desk.notice());
    desk.press("s");
    desk.paste("file:/tmp/x");
    desk.press("Enter");
    assert!(
        matches!(desk.take().as_slice(), [Effect::Deliver { sink, .. }] if sink == "file:/tmp/x")
    );
    desk.press("Enter");
    assert!(desk.notice().contains("on its way"), "{}", desk.notice());
}
