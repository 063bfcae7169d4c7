//! Filters with a name.

use super::*;
use crate::app::{fixture, picker::Picker, saved::Saved};

fn saved(name: &str, text: &str) -> Saved {
    Saved {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

fn desk() -> Desk {
    let mut desk = Desk::of("typesense");
    desk.model.saved = vec![saved("wide", "is:broad"), saved("odd", "id<many")];
    desk
}

fn picker(desk: &Desk) -> &Picker {
    let Some(Dialog::Picker(picker)) = desk.model.dialogs.last() else {
        panic!("no list")
    };
    picker
}

#[test]
fn the_list_says_what_each_filter_is_worth_here() {
    let mut desk = desk();
    desk.press(".");
    let items = picker(&desk).items.iter();
    let items: Vec<_> = items.map(|it| (&*it.label, &*it.note, it.off)).collect();
    assert_eq!(
        items,
        [
            ("wide", "is:broad · 1 key", false),
            (
                "odd",
                "makes no sense here, character 4: id takes a whole number · id<many",
                true
            ),
            ("Save as…", "no filter is on: / makes one", true),
        ]
    );
    desk.press("Down Enter");
    assert!(desk.notice().contains("character 4"));
    desk.press("Up Enter");
    assert!(desk.model.dialogs.is_empty());
    let line = &desk.model.pane().filter;
    assert_eq!((line.input.value(), line.editing), ("is:broad", false));
    assert_eq!(desk.model.pane().view.len(), 1);
}

#[test]
fn numbers_are_left_out_where_counting_takes_long() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &fixture::many(60_000));
    desk.ended(call);
    desk.model.saved = vec![saved("wide", "is:broad")];
    desk.press(".");
    assert_eq!(picker(&desk).items[0].note, "is:broad");
}

fn asked(desk: &mut Desk) -> Vec<(Saved, bool)> {
    let asked = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::SaveFilter(saved, replace) => Some((saved, replace)),
        _ => None,
    });
    asked.collect()
}

#[test]
fn the_present_filter_is_saved_under_a_typed_name() {
    let mut desk = Desk::of("typesense");
    desk.press("/");
    desk.type_text("key 2");
    desk.press("Enter . Enter");
    desk.type_text("two");
    desk.press("ctrl-s");
    assert_eq!(asked(&mut desk), [(saved("two", "key 2"), false)]);
    desk.send(Msg::NotAdded("the file is full".to_owned()));
    let Some(Dialog::Form(form)) = desk.model.dialogs.last() else {
        panic!("the form stays")
    };
    assert_eq!(form.problem.as_deref(), Some("the file is full"));
    desk.press("ctrl-s");
    assert_eq!(asked(&mut desk).len(), 1);
    desk.send(Msg::FilterSaved {
        name: "two".to_owned(),
        saved: vec![saved("two", "key 2")],
    });
    assert!(desk.model.dialogs.is_empty());
    assert!(desk.notice().contains("“two”"));
    desk.press(".");
    assert_eq!(picker(&desk).items[0].note, "key 2 · 1 key");
}

#[test]
fn a_name_that_is_taken_is_asked_about() {
    let mut desk = desk();
    desk.press("/");
    desk.type_text("key 2");
    desk.press("Enter . Down Down Enter");
    desk.type_text("wide");
    desk.press("ctrl-s");
    assert!(asked(&mut desk).is_empty());
    desk.press("Enter");
    assert!(asked(&mut desk).is_empty(), "Cancel has the cursor");
    assert!(matches!(desk.model.dialogs.last(), Some(Dialog::Form(_))));
    desk.press("ctrl-s");
    desk.confirm();
    assert_eq!(asked(&mut desk), [(saved("wide", "key 2"), true)]);
}

#[test]
fn the_demo_saves_no_filter() {
    let mut desk = desk();
    desk.model.demo = true;
    desk.press("/");
    desk.type_text("key");
    desk.press("Enter .");
    let last = picker(&desk).items.last().unwrap();
    assert!(last.off && last.note.contains("demo"), "{last:?}");
}
