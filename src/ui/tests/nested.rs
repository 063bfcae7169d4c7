//! Rows that hold others, and what is in one.

use super::*;
use crate::app::gate;

/// A console on a service whose keys are in accounts.
fn accounts() -> Desk {
    let mut desk = Desk::new(vec![fixture::nested("dev")]);
    desk.answer();
    desk
}

fn inside() -> Desk {
    let mut desk = accounts();
    desk.press("Enter");
    desk.answer();
    desk
}

#[test]
fn a_table_of_rows_that_open_says_so() {
    let mut desk = accounts();
    shows!("accounts", desk);
}

#[test]
fn what_is_in_a_row_stands_under_its_name() {
    let mut desk = inside();
    shows!("inside", desk);
    desk.press("l");
    shows!("inside_details", desk);
}

#[test]
fn what_is_in_a_row_of_several_contexts_is_of_its_own() {
    let mut prod = fixture::nested("prod");
    (prod.production, prod.write) = (true, gate::Write::Arm);
    prod.light = Light::Ok(Some("ana@example.org".to_owned()));
    let mut desk = Desk::new(vec![fixture::nested("dev"), prod]);
    desk.answer();
    desk.press("G Enter");
    desk.answer();
    desk.press("j Enter");
    desk.answer();
    shows!("inside_twice", desk);
}

#[test]
fn a_row_with_nothing_in_it_says_so() {
    let mut desk = accounts();
    desk.press("j Enter");
    let (call, query) = desk.lists().remove(0);
    desk.rows(call, &query, &serde_json::json!([]));
    desk.ended(call);
    shows!("inside_empty", desk);
}

#[test]
fn a_row_that_cannot_be_opened_says_why() {
    let mut desk = accounts();
    desk.press("j Enter");
    let (call, _) = desk.lists().remove(0);
    desk.failed(
        call,
        refused(404, Meaning::NotFound, "account not found", &[]),
    );
    shows!("inside_failed", desk);
}

#[test]
fn health_says_where_it_looked() {
    let mut desk = accounts();
    desk.press("h");
    desk.answer();
    shows!("health_places", desk);
    let mut desk = inside();
    desk.press("h");
    desk.answer();
    shows!("health_inside", desk);
}

#[test]
fn a_leaked_value_is_not_looked_for_in_rows_that_are_closed() {
    let mut desk = inside();
    desk.press("w");
    desk.paste("cl-nightly");
    desk.press("Enter");
    shows!("whose_inside", desk);
}

#[test]
fn the_actions_of_a_key_are_chosen_and_asked_about() {
    let mut desk = inside();
    desk.press("a");
    shows!("actions", desk);
    desk.press("Enter");
    shows!("action_asked", desk);
}

#[test]
fn a_secret_that_is_told_again_is_not_said_to_be_shown_once() {
    let mut desk = inside();
    desk.press("l v");
    let call = desk.take().into_iter().find_map(|effect| match effect {
        crate::app::Effect::Reveal { call, .. } => Some(call),
        _ => None,
    });
    let call = call.unwrap();
    shows!("telling", desk);
    let text = zeroize::Zeroizing::new("cl-deploy\nsk-live-0002-abcdefghijklmnop".to_owned());
    let result = Ok(crate::secret::Secret::new(text));
    desk.send(Msg::Told { call, result });
    shows!("told", desk);
    desk.press("v");
    shows!("told_shown", desk);
}

#[test]
fn an_id_that_is_a_secret_is_on_no_screen() {
    let mut desk = accounts();
    desk.press("2");
    desk.answer();
    for keys in [
        "",
        "j",
        "l",
        "Esc a",
        "Enter",
        "Esc d",
        "Esc Esc h",
        "Esc : ",
        "Esc * d",
    ] {
        desk.press(keys);
        for size in [(80, 24), (40, 10)] {
            let screen = screen(&mut desk, size, &Look::default());
            assert!(!screen.contains("whsec"), "{keys}: {screen}");
        }
    }
    let mut desk = accounts();
    desk.press("2");
    desk.answer();
    desk.press("j");
    shows!("secret_ids", desk);
    desk.press("l");
    shows!("secret_id_details", desk);
}
