//! A deletion is asked about, sent once and told to its end.

use super::*;
use crate::{
    api::Query,
    app::{CallId, fixture::typesense},
};

#[test]
fn asks_with_cancel_in_front() {
    let mut desk = Desk::of("typesense");
    desk.press("j d");
    assert!(!asked(&desk));
    desk.press("Enter");
    assert!(desk.model.dialogs.is_empty());
    assert!(desk.writes().is_empty());
    assert_eq!(desk.notice(), "Cancelled: nothing was sent.");
}

#[test]
fn sends_exactly_the_key_that_was_asked_about() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (_, change) = desk.write();
    assert_eq!(change.verb, Verb::Delete);
    assert_eq!(change.target.unwrap().id.as_str(), "1");
}

#[test]
fn is_not_answered_by_keys_typed_before_the_question_was_drawn() {
    let mut desk = Desk::of("typesense");
    desk.press("j");
    desk.hurry("d Tab Enter Enter y Esc");
    assert!(!asked(&desk), "the question is still open, on Cancel");
    assert!(desk.writes().is_empty());
}

#[test]
fn is_not_answered_within_150_milliseconds_of_the_first_drawing() {
    let mut desk = Desk::of("typesense");
    desk.press("j d");
    desk.send(Msg::Drawn);
    desk.wait(149);
    desk.send(Msg::Drawn);
    desk.hurry("Tab Enter");
    assert!(!asked(&desk));
    desk.wait(1);
    desk.hurry("Tab");
    assert!(asked(&desk));
    desk.hurry("Enter");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_broad_key_needs_its_name_typed() {
    let mut desk = Desk::of("typesense");
    desk.press("d Tab Enter");
    assert!(desk.writes().is_empty(), "key 0 may do everything");
    desk.press("d");
    desk.type_text("key 1");
    desk.press("Tab Enter");
    assert!(desk.writes().is_empty(), "the wrong name");
    assert!(desk.notice().starts_with("That is not the name."));
    desk.press("Esc d");
    desk.type_text("key 0");
    desk.press("Tab Enter");
    assert_eq!(desk.writes().len(), 1);
}

#[test]
fn a_pasted_name_confirms_nothing() {
    let mut desk = Desk::of("typesense");
    desk.press("d");
    desk.paste("key 0");
    desk.press("Tab Enter");
    assert!(desk.writes().is_empty());
}

#[test]
fn a_production_context_needs_the_name_typed() {
    let mut prod = context("prod", "typesense");
    prod.production = true;
    let mut desk = Desk::new(vec![prod]);
    desk.answer();
    desk.press("j d Tab Enter");
    assert!(desk.writes().is_empty());
}

#[test]
fn a_refusal_says_what_happened_why_and_what_to_do() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (call, change) = desk.write();
    let error = refused(403, Meaning::Forbidden, "not yours", &[]);
    desk.ends(call, &change, Outcome::NotDone(error));
    let problem = problem(&desk);
    assert_eq!(problem.title, "The API key “key 1” in dev was not deleted");
    assert!(problem.lines[0].contains("not yours"));
    assert!(problem.lines[1].contains("permission"));
}

#[test]
fn an_unknown_outcome_is_looked_for_and_never_sent_again_by_itself() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (call, change) = desk.write();
    let lost = Outcome::Unknown(ApiError::Lost("no answer within 60 s".to_owned()));
    desk.ends(call, &change, lost);
    assert_eq!(doubt(&desk).looking, Some((0, 0)));
    let effects = desk.take();
    assert!(effects.iter().any(|it| matches!(it, Effect::Look { .. })));
    assert!(!effects.iter().any(|it| matches!(it, Effect::Send { .. })));
    desk.press("Enter Enter Esc ctrl-r");
    assert!(desk.writes().is_empty());
}

#[test]
fn an_answer_that_came_twice_is_told_once() {
    let mut desk = Desk::of("typesense");
    desk.press("j d Tab Enter");
    let (call, change) = desk.write();
    desk.done(call, &change, None, None);
    desk.press("j");
    desk.done(call, &change, None, None);
    assert_eq!(desk.notice(), "");
}

#[test]
fn an_action_in_the_details_is_about_the_key_that_they_show() {
    let mut desk = Desk::of("typesense");
    desk.press("j Enter ctrl-r");
    let shown = desk.selected();
    desk.take();
    desk.model.pane_mut().select(2, 10);
    assert_ne!(desk.selected(), shown);
    desk.press("y");
    assert!(
        matches!(desk.take().as_slice(), [Effect::Copy(what, text)] if text == "1" && what == "The id of “key 1”"),
        "{shown}"
    );
}

#[test]
fn the_key_that_the_context_signs_in_with_is_asked_about_twice() {
    let mut desk = Desk::new(vec![context("dev", "typesense")]);
    for (call, query) in desk.lists() {
        desk.rows(call, &query, &sample(&query.resource));
        let own = KeyId::new("1", query.resource.id_kind()).unwrap();
        let end = ListEnd {
            own: Some(own),
            ..ListEnd::default()
        };
        desk.send(Msg::Listed {
            call,
            result: Ok(end),
        });
    }
    desk.press("j d");
    desk.type_text("key 1");
    desk.press("Tab Enter");
    assert!(desk.writes().is_empty(), "asked once");
    assert!(!asked(&desk), "the second question is on Cancel");
    desk.press("Enter");
    assert!(desk.writes().is_empty(), "cancelled");
    desk.press("d");
    desk.type_text("key 1");
    desk.press("Tab Enter Tab Enter");
    let (_, change) = desk.write();
    assert_eq!(change.target.unwrap().id.as_str(), "1");
}

#[test]
fn a_hundred_deletions_are_of_the_key_that_was_asked_about_whatever_the_list_does_meanwhile() {
    let mut desk = Desk::of("typesense");
    let asks = |desk: &mut Desk| {
        desk.press("ctrl-r");
        desk.lists().remove(0)
    };
    let answer = |desk: &mut Desk, (call, query): (CallId, Query), numbers: Vec<u64>| {
        let keys: Vec<_> = numbers.into_iter().map(typesense).collect();
        desk.rows(call, &query, &serde_json::json!({ "keys": keys }));
        desk.ended(call);
    };
    for number in 0..100_u64 {
        let list = asks(&mut desk);
        answer(&mut desk, list, (0..100).collect());
        desk.model
            .pane_mut()
            .select(usize::try_from(number).unwrap(), 200);
        let asked_about = desk.model.pane().target().unwrap().2.id;
        let list = asks(&mut desk);
        desk.press("d");
        let told = question(&desk).lines.join(" ");
        assert!(
            told.contains(&format!("id {}", asked_about.as_str())),
            "{told}"
        );
        // The row under the cursor is another one by the time that it is confirmed.
        answer(&mut desk, list, (100..200).rev().collect());
        assert_ne!(desk.model.pane().target().unwrap().2.id, asked_about);
        desk.confirm();
        let (call, change) = desk.write();
        assert_eq!(change.target.as_ref().unwrap().id, asked_about);
        desk.done(call, &change, None, None);
        desk.take();
    }
}
