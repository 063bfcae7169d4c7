//! Marks: by key, by range, all, inverted; and what outlives what.

use super::*;

fn names(desk: &Desk) -> Vec<String> {
    let pane = desk.model.pane();
    let marked = pane.all_marked();
    let name = |one: &crate::app::mark::Marked| {
        let source = &pane.sources[one.row.source as usize];
        let record = source.rows.record(one.row.row as usize);
        record.name().exact().to_owned()
    };
    marked.iter().map(name).collect()
}

/// A console on ten Typesense keys, `key 0` to `key 9`.
fn ten() -> Desk {
    let mut desk = Desk::new(vec![crate::app::fixture::context("dev", "typesense")]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &crate::app::fixture::many(10));
        desk.ended(call);
    }
    desk
}

#[test]
fn space_marks_the_selected_key_and_goes_on() {
    let mut desk = ten();
    desk.press("Space Space j Space");
    assert_eq!(names(&desk), ["key 0", "key 1", "key 3"]);
    desk.press("g Space");
    assert_eq!(names(&desk), ["key 1", "key 3"]);
}

#[test]
fn a_range_marks_what_lies_between_and_esc_gives_it_up() {
    let mut desk = ten();
    desk.press("j j v k k");
    assert_eq!(desk.model.pane().range(), Some((0, 2)));
    assert!(desk.model.pane().shows_marked(1));
    desk.press("Esc");
    assert_eq!(names(&desk), [""; 0]);
    desk.press("v j j v");
    assert_eq!(names(&desk), ["key 0", "key 1", "key 2"]);
    assert_eq!(desk.model.pane().range(), None);
}

#[test]
fn all_shown_are_marked_once_and_unmarked_twice() {
    let mut desk = ten();
    desk.press("/ k e y Space 3 Enter *");
    assert_eq!(names(&desk), ["key 3"]);
    desk.press("Esc");
    assert_eq!(names(&desk), ["key 3"]);
    desk.press("*");
    assert_eq!(names(&desk).len(), 10);
    desk.press("*");
    assert_eq!(names(&desk).len(), 0);
}

#[test]
fn inverting_turns_the_shown_keys_and_no_others() {
    let mut desk = ten();
    desk.press("Space / k e y Space 5 Enter i");
    assert_eq!(names(&desk), ["key 5", "key 0"]);
    let shown: Vec<bool> = desk
        .model
        .pane()
        .all_marked()
        .iter()
        .map(|one| one.shown)
        .collect();
    assert_eq!(shown, [true, false]);
}

#[test]
fn a_mark_outlives_a_refresh_by_its_id_and_ends_with_its_key() {
    let mut desk = ten();
    desk.press("G Space k Space ctrl-r");
    assert_eq!(names(&desk), ["key 8", "key 9"]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &crate::app::fixture::many(9));
        desk.ended(call);
    }
    assert_eq!(names(&desk), ["key 8"]);
}

#[test]
fn esc_takes_the_filter_first_and_then_the_marks() {
    let mut desk = ten();
    desk.press("Space / k e y Enter Esc");
    assert_eq!(names(&desk), ["key 0"]);
    desk.press("Esc");
    assert_eq!(names(&desk), [""; 0]);
    assert_eq!(desk.notice(), "No key is marked any more.");
}
