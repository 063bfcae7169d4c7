//! Lists from which one thing is chosen, and details.

use super::*;
use crate::app::{columns::Column, pane::Sorting};

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
fn space_adds_columns_that_decide_between_equals() {
    let mut desk = Desk::of("typesense");
    let orders = |desk: &Desk| -> Vec<(String, bool)> {
        let pane = desk.model.pane();
        let title = |order: &Sorting| {
            let column = pane.known.iter().find(|it| it.id == order.column);
            (column.unwrap().title.clone(), order.descending)
        };
        pane.order.iter().map(title).collect()
    };
    desk.press("o");
    desk.type_text("when");
    desk.press("Space Backspace Backspace Backspace Backspace");
    desk.type_text("description");
    desk.press("Space Right Enter");
    let both = [
        ("Delete when expired".to_owned(), false),
        ("Description".to_owned(), true),
    ];
    assert_eq!(orders(&desk), both);
    desk.press("g");
    assert_eq!(desk.selected(), "key 2", "all are equal by the first");
    desk.press("O g");
    assert_eq!(desk.selected(), "key 0", "both are reversed");
    desk.press("o");
    desk.type_text("when");
    desk.press("Space Enter");
    assert_eq!(orders(&desk), [("Description".to_owned(), false)]);
    desk.press("o");
    desk.type_text("description");
    desk.press("Space Enter");
    assert!(orders(&desk).is_empty(), "the manifest's own order again");
}

#[test]
fn columns_are_shown_hidden_and_moved_and_the_name_stays() {
    let mut desk = Desk::of("typesense");
    let titles = |desk: &Desk| -> Vec<String> {
        let columns = desk.model.pane().columns.iter();
        columns.map(|column| column.title.clone()).collect()
    };
    let own = titles(&desk);
    desk.press("| j J Esc");
    assert_eq!(titles(&desk), own, "Esc leaves it as it was");
    desk.press("| j K Enter");
    let mut turned = own.clone();
    turned.swap(0, 1);
    assert_eq!(titles(&desk), turned);
    let name = desk.model.pane().known.iter().position(Column::is_name);
    assert!(name.is_some());
    desk.press("|");
    for _ in 0..20 {
        desk.press("Space j");
    }
    assert!(desk.notice().starts_with("The name is always shown") || desk.notice().is_empty());
    desk.press("Enter");
    assert!(desk.model.pane().columns.iter().any(Column::is_name));
    desk.press("| r Enter");
    assert_eq!(titles(&desk), own);
}

#[test]
fn a_field_that_is_no_column_of_its_own_can_be_one_unless_it_is_secret() {
    for backend in ["typesense", "chutes", "runai", "djinn"] {
        let desk = Desk::of(backend);
        let pane = desk.model.pane();
        let resource = &pane.sources[0].resource;
        let open = |at: usize| resource.field[at].kind != crate::manifest::Kind::Secret;
        let count = (0..resource.field.len()).filter(|at| open(*at)).count();
        assert_eq!(pane.known.len(), count + 1, "{backend}: and the state");
    }
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
