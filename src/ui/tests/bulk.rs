//! Many keys at once, from the marks to the outcome.

use super::*;
use crate::app::{
    CallId, Effect,
    bulk::News,
    report::{End, Report},
};

/// Ten keys, three of them marked and one of those hidden by the filter.
fn marked() -> Desk {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &many(10));
        desk.ended(call);
    }
    desk.press("Space Space j Space");
    desk
}

fn walks(desk: &mut Desk) -> Vec<CallId> {
    let walks = desk.take().into_iter().filter_map(|effect| match effect {
        Effect::Walk { call, .. } => Some(call),
        _ => None,
    });
    walks.collect()
}

fn ends(desk: &mut Desk, call: CallId, end: End, message: &str) {
    let report = Report {
        end,
        id: None,
        name: None,
        message: message.to_owned(),
        journal: None,
        partial: false,
    };
    desk.send(Msg::Walked { call, report });
}

#[test]
fn marks_stand_beside_the_keys_and_are_counted() {
    let mut desk = marked();
    shows!("marks", desk);
}

#[test]
fn a_plan_has_a_line_for_every_key_and_asks_for_their_number() {
    let mut desk = marked();
    desk.press("/ k e y Space 0 Enter d");
    shows!("bulk_plan", desk);
    desk.press("7 Enter");
    shows!("bulk_wrong", desk);
}

#[test]
fn a_plan_says_how_many_keys_are_of_production() {
    let mut desk = marked();
    desk.model.contexts[0].production = true;
    desk.press("d");
    let screen = screen(&mut desk, (40, 10), &Look::default());
    assert!(screen.contains("3 in PROD"), "{screen}");
}

#[test]
fn a_bulk_shows_how_far_it_is_and_then_what_became_of_each_key() {
    let mut desk = marked();
    desk.model.bulk.parallel = 2;
    desk.press("d 3 Enter");
    let calls = walks(&mut desk);
    desk.send(Msg::Walking {
        call: calls[1],
        news: News::Doubted,
    });
    desk.send(Msg::Walking {
        call: calls[1],
        news: News::Looking(2, 5),
    });
    desk.wait(500);
    ends(
        &mut desk,
        calls[0],
        End::NotDone,
        "The API key “key 0” in dev was not deleted. The service is overloaded (503). Try again later.",
    );
    shows!("bulk_runs", desk);
    desk.wait(500);
    ends(
        &mut desk,
        calls[1],
        End::Unknown,
        "The API key “key 1” in dev: whether it was deleted is unknown. The connection was lost. The API key is still in the list; its deletion may still arrive.",
    );
    shows!("bulk_stopped", desk);
    desk.press("e");
    shows!("bulk_save", desk);
}

#[test]
fn it_is_asked_how_many_keys_are_rotated_and_where_their_secrets_go() {
    let mut desk = Desk::of("runai");
    desk.model.sinks = vec!["vault".to_owned()];
    desk.press("* r");
    shows!("bulk_ways", desk);
    desk.press("Enter");
    shows!("bulk_destination", desk);
    desk.press("Down Enter");
    desk.type_text("env:.env:{name}");
    shows!("bulk_typing", desk);
}
