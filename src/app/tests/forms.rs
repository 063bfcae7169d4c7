//! What is typed is checked, sent, refused and kept.

use super::*;

#[test]
fn nothing_is_sent_while_a_field_is_wrong() {
    let mut desk = Desk::of("typesense");
    desk.press("n ctrl-s");
    assert_eq!(error(&desk, "description"), "This is needed.");
    assert_eq!(error(&desk, "actions"), "This is needed.");
    assert!(desk.writes().is_empty());
    desk.type_text("search");
    assert_eq!(error(&desk, "description"), "");
}

#[test]
fn a_name_that_is_taken_is_not_sent() {
    let mut desk = Desk::of("runai");
    desk.press("n");
    desk.type_text("nightly");
    desk.press("ctrl-s");
    assert_eq!(error(&desk, "name"), "This name is taken: choose another.");
    assert!(desk.writes().is_empty());
}

#[test]
fn a_name_that_the_service_would_refuse_is_not_sent() {
    let mut desk = Desk::of("runai");
    desk.press("n");
    desk.type_text("Not Good");
    desk.press("ctrl-s");
    assert!(error(&desk, "name").starts_with("The service would refuse this."));
    assert!(desk.writes().is_empty());
}

#[test]
fn a_refusal_reaches_the_fields_and_keeps_what_was_typed() {
    let mut desk = Desk::of("chutes");
    desk.press("n");
    desk.type_text("fresh");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    assert_eq!(plain(&change.values)[1].1, "fresh");
    desk.press("x Backspace Tab");
    assert!(
        form(&desk).sending.is_some(),
        "locked until the answer is here"
    );
    let outcome = Outcome::NotDone(refused(
        422,
        Meaning::Invalid,
        "",
        &[("name", "no such letters")],
    ));
    desk.ends(call, &change, outcome);
    assert_eq!(error(&desk, "name"), "no such letters");
    assert!(
        matches!(&form(&desk).entries[0].editor, Editor::Line(input) if input.value() == "fresh")
    );
    desk.press("ctrl-s");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn an_unknown_outcome_keeps_the_form_with_its_doubt_and_sends_nothing() {
    let mut desk = Desk::of("chutes");
    desk.press("n");
    desk.type_text("fresh");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    let outcome = Outcome::Unknown(ApiError::Lost("no answer".to_owned()));
    desk.ends(call, &change, outcome);
    desk.send(Msg::Looked {
        call,
        sighting: Sighting::Absent,
    });
    assert!(desk.writes().is_empty());
    desk.press("Esc");
    assert!(desk.model.dialogs.is_empty());
    assert_eq!(desk.model.aside[0].sending, Some(call));
}

#[test]
fn what_was_typed_is_dropped_only_after_a_question() {
    let mut desk = Desk::of("chutes");
    desk.press("n Esc");
    assert!(desk.model.dialogs.is_empty(), "nothing was typed");
    desk.press("n");
    desk.type_text("x");
    desk.press("Esc Enter");
    assert!(matches!(&form(&desk).entries[0].editor, Editor::Line(input) if input.value() == "x"));
    desk.press("Esc Tab Enter");
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn pasted_lines_do_not_send_a_form() {
    let mut desk = Desk::of("chutes");
    desk.press("n");
    desk.paste("one\ntwo\n");
    assert!(desk.writes().is_empty());
    assert!(form(&desk).entries[0].editor.is_empty());
    assert_eq!(
        error(&desk, "name"),
        "Nothing was taken: the value has one line, and this has several."
    );
}

#[test]
fn completion_takes_the_rest_of_the_word() {
    let mut desk = Desk::of("typesense");
    desk.press("n Tab");
    desk.type_text("documents:search, doc");
    desk.press("Right");
    assert!(matches!(&form(&desk).entries[1].editor,
        Editor::Line(input) if input.value() == "documents:search, documents:search"));
}

#[test]
fn a_clone_starts_as_a_copy_without_the_secret() {
    let mut desk = Desk::of("typesense");
    desk.press("j C");
    let entries = &form(&desk).entries;
    assert!(matches!(&entries[0].editor, Editor::Line(input) if input.value() == "key 1"));
    assert!(
        entries
            .iter()
            .any(|entry| matches!(&entry.editor, Editor::Secret(it) if it.text.is_empty()))
    );
}

#[test]
fn an_edit_sends_only_what_changed_and_nothing_when_nothing_did() {
    let mut desk = djinn();
    desk.press("e ctrl-s");
    assert!(desk.writes().is_empty());
    assert_eq!(desk.notice(), "Nothing was changed, so nothing was sent.");
    desk.press("e");
    assert!(
        form(&desk)
            .entries
            .iter()
            .filter(|entry| entry.locked.is_some())
            .count()
            >= 2
    );
    desk.type_text(" more");
    desk.press("ctrl-s");
    let (_, change) = desk.write();
    assert_eq!(
        plain(&change.values),
        [("config", "Host a\n  User b more".into())]
    );
}

fn djinn() -> Desk {
    let mut desk = Desk::new(vec![context("ci", "djinn")]);
    desk.press("2");
    let (call, query) = desk.lists().remove(0);
    let rows = serde_json::json!([{ "id": 5, "name": "deploy", "namespace": { "path": "n" },
        "config": "Host a\n  User b", "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z" }]);
    desk.rows(call, &query, &rows);
    desk.ended(call);
    desk
}

#[test]
fn a_value_is_refused_rather_than_altered() {
    let mut desk = Desk::of("typesense");
    desk.press("n BackTab BackTab BackTab");
    assert_eq!(form(&desk).entry().unwrap().key, "value");
    desk.paste("one\rtwo");
    assert_eq!(
        error(&desk, "value"),
        "Nothing was taken: the value has one line, and this has several."
    );
    desk.paste("bell\u{7}");
    assert_eq!(
        error(&desk, "value"),
        "Nothing was taken: it holds a control character."
    );
    desk.paste(&"x".repeat(70_000));
    assert_eq!(
        error(&desk, "value"),
        "Nothing was taken: more than 64 KiB do not fit."
    );
    assert!(form(&desk).entry().unwrap().editor.is_empty());
    desk.paste("whole\n");
    assert!(
        matches!(&form(&desk).entry().unwrap().editor, Editor::Secret(masked) if *masked.text == "whole")
    );
}

#[test]
fn pasted_returns_are_line_breaks_where_the_field_has_lines() {
    let mut desk = Desk::of("chutes");
    desk.press("2 n");
    while form(&desk).entry().unwrap().key != "value" {
        desk.press("Tab");
    }
    desk.paste("a\rb\r\nc\n");
    assert!(
        matches!(&form(&desk).entry().unwrap().editor, Editor::Secret(masked) if *masked.text == "a\nb\nc\n")
    );
}

#[test]
fn a_form_whose_write_hangs_can_be_put_aside_and_comes_back_when_it_is_refused() {
    let mut desk = Desk::of("typesense");
    desk.press("n");
    desk.type_text("search");
    desk.press("Tab");
    desk.type_text("documents:search");
    desk.press("ctrl-s");
    let (call, change) = desk.write();
    desk.press("Esc");
    assert!(desk.model.dialogs.is_empty());
    desk.press("ctrl-c");
    assert!(
        matches!(desk.model.dialogs.last(), Some(Dialog::Confirm(_))),
        "leaving asks"
    );
    desk.press("Esc");
    let down = refused(503, Meaning::Unavailable, "down", &[]);
    desk.ends(call, &change, Outcome::NotDone(down));
    assert!(form(&desk).problem.as_deref().unwrap().contains("down"));
    assert!(desk.model.aside.is_empty());
}
