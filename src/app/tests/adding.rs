//! A context that is added takes nothing away from those that are there, nor from what is open in them.

use super::*;
use crate::app::{Context, listing};

/// Another config is read, as the runtime does it.
fn switch(desk: &mut Desk, contexts: Vec<Context>) {
    match listing::places(&desk.model, &contexts) {
        Ok(places) => {
            let contexts = listing::placed(contexts, &places);
            desk.send(Msg::Contexts(contexts));
        }
        Err(why) => desk.send(Msg::ContextsKept(why)),
    }
}

/// A rotation of a Typesense key that waits for its old key to be deleted, beside another context.
fn waiting() -> Desk {
    let mut desk = Desk::new(vec![
        context("search", "typesense"),
        context("ci", "chutes"),
    ]);
    desk.press("1");
    desk.answer();
    desk.press("j r Enter Enter ctrl-s");
    let (call, change) = desk.write();
    desk.done(call, &change, Some("9"), Some("twin-secret"));
    desk.press("v Enter");
    desk.press("Down Enter Esc");
    assert_eq!(desk.model.rotations.len(), 1);
    desk.take();
    desk
}

#[test]
fn a_rotation_that_waits_stays_in_its_context_when_the_config_has_another_order() {
    let mut desk = waiting();
    let order = vec![
        context("ci", "chutes"),
        context("new", "typesense"),
        context("search", "typesense"),
    ];
    switch(&mut desk, order);
    let names: Vec<&str> = desk.model.contexts.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["search", "ci", "new"]);
    assert_eq!(
        desk.lists().len(),
        1,
        "only the new one's list is asked for"
    );
    desk.press("g j r");
    assert_eq!(desk.model.rotations.len(), 1, "it is the same rotation");
    assert_eq!(desk.model.rotations[0].lives(), "Both keys work.");
}

#[test]
fn what_is_open_stays_open_when_a_context_is_added() {
    let mut desk = waiting();
    desk.press("g j d Tab Enter");
    let (call, change) = desk.write();
    let lost = Outcome::Unknown(ApiError::Lost("silence".to_owned()));
    desk.ends(call, &change, lost);
    let order = vec![
        context("new", "chutes"),
        context("search", "typesense"),
        context("ci", "chutes"),
    ];
    switch(&mut desk, order);
    let flight = &doubt(&desk).flight;
    assert_eq!(&*desk.model.contexts[flight.context].name, "search");
}

#[test]
fn a_context_in_which_something_is_open_is_not_taken_away() {
    for now in [
        vec![context("ci", "chutes"), context("new", "chutes")],
        vec![context("search", "chutes"), context("ci", "chutes")],
    ] {
        let mut desk = waiting();
        switch(&mut desk, now);
        let why = &problem(&desk).lines[0];
        assert!(why.contains("“key 1” in search is open"), "{why}");
        assert_eq!(&*desk.model.contexts[0].name, "search");
        assert_eq!(desk.model.rotations.len(), 1);
    }
}
