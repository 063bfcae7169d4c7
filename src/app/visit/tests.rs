//! What is new since the last visit, and what is kept for the next.

use serde_json::json;

use super::*;
use crate::{
    api::ListEnd,
    app::{
        Msg,
        fixture::{Desk, context, many},
    },
};

/// A console that read a list of so many keys; gives what it keeps.
fn visited(visit: Visit, keys: u64) -> (Desk, Vec<Seen>) {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    desk.send(Msg::Visited(visit));
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(keys));
    desk.ended(call);
    let kept = kept(&mut desk);
    (desk, kept)
}

fn kept(desk: &mut Desk) -> Vec<Seen> {
    let kept = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::KeepSeen(seen) => Some(*seen),
        _ => None,
    });
    kept.collect()
}

fn after(seen: Vec<Seen>) -> Visit {
    let mut visit = Visit::default();
    for seen in seen {
        visit.keep(seen);
    }
    visit
}

/// Names of the keys that are new.
fn new(desk: &Desk) -> Vec<String> {
    let sources = desk.model.pane().sources.iter();
    let new = sources.flat_map(|source| {
        let rows = source.rows.iter().filter(|record| source.is_new(*record));
        rows.map(|record| record.name().exact().to_owned())
    });
    new.collect()
}

#[test]
fn a_first_visit_marks_nothing_and_the_next_what_came_since() {
    let (desk, seen) = visited(Visit::default(), 3);
    assert!(new(&desk).is_empty());
    assert_eq!(seen.len(), 1);
    let (desk, seen) = visited(after(seen), 5);
    assert_eq!(new(&desk), ["key 3", "key 4"]);
    let since = desk.model.pane().sources[0].new.as_ref().unwrap().since;
    assert_eq!(since, Moment::read(crate::app::fixture::NOW).unwrap());
    let (desk, _) = visited(after(seen), 5);
    assert!(new(&desk).is_empty(), "they were there at the visit before");
}

#[test]
fn what_is_new_stays_so_while_the_console_is_open() {
    let (_, seen) = visited(Visit::default(), 3);
    let (mut desk, _) = visited(after(seen), 4);
    desk.press("ctrl-r");
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(5));
    desk.ended(call);
    assert_eq!(new(&desk), ["key 3", "key 4"]);
    assert_eq!(kept(&mut desk).len(), 1, "the next visit counts from here");
}

#[test]
fn a_list_that_is_not_whole_is_not_kept() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    desk.send(Msg::Visited(Visit::default()));
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &many(3));
    let cut = ListEnd {
        cut: Some("exactly 100 rows".to_owned()),
        ..ListEnd::default()
    };
    let result = Ok(cut);
    desk.send(Msg::Listed { call, result });
    assert!(kept(&mut desk).is_empty());
}

#[test]
fn a_list_that_came_before_the_last_visit_was_read_is_looked_at_then() {
    let (_, seen) = visited(Visit::default(), 3);
    let mut desk = Desk::of("typesense");
    assert!(
        kept(&mut desk).is_empty(),
        "or it would stand for the last visit"
    );
    desk.send(Msg::Visited(after(seen)));
    assert_eq!(kept(&mut desk).len(), 1);
}

#[test]
fn another_service_under_the_name_of_a_context_has_nothing_new() {
    let (_, mut seen) = visited(Visit::default(), 3);
    seen[0].address = "https://other.example".to_owned();
    let (desk, _) = visited(after(seen), 5);
    assert!(new(&desk).is_empty());
}

#[test]
fn what_is_kept_says_no_id_and_has_a_bound() {
    let (_, seen) = visited(Visit::default(), 3);
    let text = serde_json::to_value(&seen[0]).unwrap();
    let members: Vec<&String> = text.as_object().unwrap().keys().collect();
    assert_eq!(members, ["context", "address", "resource", "at", "ids"]);
    assert_eq!(text["ids"].as_array().unwrap().len(), 3);
    assert_ne!(text["ids"], json!([0, 1, 2]));
    let list = |at: usize| Seen {
        resource: at.to_string(),
        ids: vec![0; MOST_KEYS],
        ..seen[0].clone()
    };
    let visit = after((0..10).map(list).collect());
    let names: Vec<&str> = visit.lists.iter().map(|it| &*it.resource).collect();
    assert_eq!(names, ["2", "3", "4", "5", "6", "7", "8", "9"]);
}
