//! Lists from which one thing is chosen, and details.

use super::*;

#[test]
fn the_palette_lists_what_cannot_be_done_and_says_why() {
    let mut desk = Desk::of("chutes");
    desk.press(":");
    desk.type_text("cannot change an");
    desk.press("Enter");
    assert!(desk.notice().starts_with("Chutes cannot change an API key"));
    assert_eq!(desk.model.dialogs.len(), 1);
}

#[test]
fn one_context_is_shown_by_enter_and_several_by_marks() {
    let mut desk = Desk::new(vec![context("a", "typesense"), context("b", "typesense")]);
    desk.answer();
    desk.press("c Enter");
    let chosen: Vec<bool> = desk.model.contexts.iter().map(|it| it.chosen).collect();
    assert_eq!(chosen, [true, false]);
    assert_eq!(desk.model.pane().total(), 3);
    desk.press("c a Enter");
    assert!(desk.model.contexts.iter().all(|it| it.chosen));
}

#[test]
fn sorting_by_the_same_column_again_turns_it_around() {
    let mut desk = Desk::of("typesense");
    desk.press("j o Enter");
    assert_eq!(desk.selected(), "key 1", "the cursor stays on its key");
    desk.press("o Enter g");
    assert_eq!(desk.selected(), "key 2");
    desk.press("O g");
    assert_eq!(desk.selected(), "key 0");
}

#[test]
fn details_read_the_key_anew_and_keep_what_the_list_said_when_that_fails() {
    let mut desk = Desk::of("typesense");
    desk.press("j Enter");
    let call = desk.take().into_iter().find_map(|effect| match effect {
        Effect::Get { call, id, .. } => {
            assert_eq!(id.as_str(), "1");
            Some(call)
        }
        _ => None,
    });
    let result = Err(ApiError::Lost("the answer broke off".to_owned()));
    desk.send(Msg::Fetched {
        call: call.unwrap(),
        result,
    });
    match desk.model.dialogs.last() {
        Some(Dialog::Details(details)) => {
            assert!(details.error.is_some());
            assert_eq!(details.rows.record(0).name().exact(), "key 1");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn scrolled_help_comes_back_with_as_many_keys() {
    let mut desk = Desk::of("typesense");
    desk.press("? G");
    let end = match desk.model.dialogs[0] {
        Dialog::Help(scrolled) => scrolled,
        _ => 0,
    };
    desk.press("j j j k");
    assert!(matches!(desk.model.dialogs[0], Dialog::Help(at) if at + 1 == end));
}
