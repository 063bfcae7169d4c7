//! What else a manifest names is chosen, asked about, sent once and told to its end.

use super::*;
use crate::app::{fixture, picker::Picker};

/// A console inside the first account.
fn tokens() -> Desk {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    desk.answer();
    desk.press("Enter");
    desk.answer();
    desk
}

fn picker(desk: &Desk) -> &Picker {
    match desk.model.dialogs.last() {
        Some(Dialog::Picker(picker)) => picker,
        other => panic!("no list but {other:?}"),
    }
}

#[test]
fn the_actions_of_a_key_are_listed_with_what_they_do() {
    let mut desk = tokens();
    desk.press("a");
    let picker = picker(&desk);
    assert_eq!(picker.title, "Token “deploy”");
    let items = picker.items.iter();
    let items: Vec<_> = items.map(|it| (&*it.label, &*it.note)).collect();
    assert_eq!(
        items,
        [
            (
                "Disable",
                "Requests with it are refused until it is enabled again."
            ),
            ("Enable", ""),
        ]
    );
}

#[test]
fn an_action_is_asked_about_with_cancel_in_front_and_sent_once() {
    let mut desk = tokens();
    desk.press("j a Enter");
    let confirm = question(&desk);
    assert_eq!(confirm.title, "Disable the token “nightly”?");
    assert_eq!(confirm.verb, "Disable");
    assert_eq!(
        confirm.lines,
        [
            "Context dev · in “ci-bot” · id 5",
            "Requests with it are refused until it is enabled again.",
        ]
    );
    assert!(!asked(&desk));
    desk.press("Tab Enter");
    let (call, change) = desk.write();
    assert_eq!(change.verb, Verb::Act(0));
    assert_eq!(change.target.as_ref().unwrap().id.as_str(), "5");
    desk.done(call, &change, None, None);
    assert_eq!(
        desk.notice(),
        "The token “nightly” of “ci-bot” in dev: “Disable” is done."
    );
    assert_eq!(
        desk.lists().len(),
        2,
        "what is shown and what lies behind is read again"
    );
}

#[test]
fn the_key_is_the_one_that_was_selected_when_the_list_opened() {
    let mut desk = tokens();
    desk.press("ctrl-r");
    let (call, query) = desk.lists().remove(0);
    desk.press("j a");
    desk.rows(
        call,
        &query,
        &serde_json::json!([{ "id": 2, "name": "deploy" }]),
    );
    desk.ended(call);
    assert_eq!(desk.selected(), "deploy");
    desk.press("Enter");
    assert_eq!(question(&desk).title, "Disable the token “nightly”?");
}

#[test]
fn a_production_context_wants_the_name_and_the_own_key_two_answers() {
    let mut prod = fixture::nested("prod");
    prod.production = true;
    let mut desk = Desk::new(vec![prod]);
    desk.answer();
    desk.press("Enter");
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &sample(&query.resource));
    let own = KeyId::new("2", query.resource.id_kind()).ok();
    let result = Ok(ListEnd {
        own,
        ..ListEnd::default()
    });
    desk.send(Msg::Listed { call, result });
    desk.press("j a Enter");
    let typed = question(&desk).typed.as_ref();
    assert_eq!(typed.map(|it| &*it.word), Some("nightly"));
    desk.press("Esc k a Enter");
    let lines = question(&desk).lines.join(" ");
    assert!(lines.contains("keyrack may lock itself out"), "{lines}");
    desk.confirm();
    assert!(desk.writes().is_empty(), "it is asked once more");
    desk.confirm();
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn what_does_not_go_says_so() {
    let mut desk = tokens();
    desk.press("a Enter Tab Enter");
    let (call, change) = desk.write();
    let error = refused(403, Meaning::Forbidden, "nightly must run", &[]);
    desk.ends(call, &change, Outcome::NotDone(error));
    let Some(Dialog::Problem(problem)) = desk.model.dialogs.last() else {
        panic!("no problem")
    };
    assert_eq!(
        problem.title,
        "The token “deploy” of “ci-bot” in dev is as it was: “Disable” was not done"
    );
}

#[test]
fn an_action_whose_answer_is_lost_is_in_doubt_and_never_sent_again_by_itself() {
    let mut desk = tokens();
    desk.press("a Enter Tab Enter");
    let (call, change) = desk.write();
    desk.comes_back(
        call,
        change,
        Outcome::Unknown(ApiError::Lost("no answer".to_owned())),
    );
    let looks = desk.take();
    assert!(looks.iter().any(|it| matches!(it, Effect::Look { .. })));
    let why = crate::api::trace::Doubt::Untold("only the key itself may show it".to_owned());
    desk.send(Msg::Looked {
        call,
        sighting: Sighting::Unclear(why),
    });
    let Some(Dialog::Doubt(doubt)) = desk.model.dialogs.last() else {
        panic!("no doubt")
    };
    assert!(
        doubt.found[0].contains("only the key itself"),
        "{:?}",
        doubt.found
    );
    assert!(desk.writes().is_empty());
}

#[test]
fn there_are_none_for_marked_keys_nor_where_a_manifest_names_none() {
    let mut desk = tokens();
    desk.press("Space a");
    assert_eq!(
        desk.notice(),
        "This is done to one key at a time: Esc takes the marks off."
    );
    let mut desk = Desk::of("typesense");
    desk.press("a");
    assert_eq!(
        desk.notice(),
        "Typesense has no other action for an API key."
    );
    assert!(desk.model.dialogs.is_empty());
}

#[test]
fn details_lead_to_the_actions_of_the_key_that_they_show() {
    let mut desk = tokens();
    desk.press("j l a");
    assert_eq!(picker(&desk).title, "Token “nightly”");
}

#[test]
fn a_read_only_context_does_none() {
    let mut never = fixture::nested("dev");
    never.write = Write::Never;
    let mut desk = Desk::new(vec![never]);
    desk.answer();
    desk.press("Enter");
    desk.answer();
    desk.press("a");
    assert!(desk.notice().contains("read-only"), "{}", desk.notice());
}
