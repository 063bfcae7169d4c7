//! What an earlier run left open is said at the start and can be taken up.

use super::*;
use crate::{
    app::rotation::steps::Step,
    journal::{self, Begun, Entry, Event, Intent, Noted, Stage},
};

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn entry(id: &str, begun: Begun, events: Vec<Event>) -> Entry {
    Entry {
        id: id.parse().unwrap(),
        at: at(0),
        begun,
        events: events
            .into_iter()
            .map(|event| Noted { at: at(1), event })
            .collect(),
    }
}

fn intent(verb: journal::Verb) -> Begun {
    Begun::Intent(Box::new(Intent {
        context: "dev".to_owned(),
        origin: "http://localhost:8108".to_owned(),
        backend: "typesense".to_owned(),
        resource: "keys".to_owned(),
        noun: "API key".to_owned(),
        verb,
        name: Some("fresh".to_owned()),
        natural: [("description".to_owned(), "fresh".to_owned())].into(),
        secret: verb == journal::Verb::Create,
        ..Intent::default()
    }))
}

fn with(entries: Vec<Entry>) -> Desk {
    let mut desk = Desk::of("typesense");
    desk.model.contexts[0].address = "http://localhost:8108".to_owned();
    desk.send(Msg::Journal {
        entries,
        show: false,
    });
    desk
}

#[test]
fn a_start_says_what_waits_and_shows_it_when_asked() {
    let entries = vec![
        entry("0000000000001", intent(journal::Verb::Create), Vec::new()),
        entry("0000000000002", intent(journal::Verb::Delete), Vec::new()),
    ];
    let mut desk = with(entries.clone());
    assert_eq!(
        desk.notice(),
        "2 writes have no known end: L shows what waits."
    );
    desk.press("L");
    assert!(
        desk.take()
            .iter()
            .any(|it| matches!(it, Effect::ReadJournal { show: true }))
    );
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    desk.press("Enter");
    assert_eq!(doubt(&desk).looking, Some((0, 0)));
    let effects = desk.take();
    let [Effect::Look { trace, .. }] = effects.as_slice() else {
        panic!("no look but {effects:?}")
    };
    assert_eq!(trace.natural["description"], "fresh");
}

#[test]
fn a_context_that_is_not_here_any_more_is_told_and_nothing_is_asked() {
    let mut desk = with(vec![entry(
        "0000000000001",
        intent(journal::Verb::Create),
        Vec::new(),
    )]);
    desk.model.contexts[0].address = "http://elsewhere:8108".to_owned();
    let entries = desk.model.journal.clone();
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    desk.press("Enter");
    assert!(problem(&desk).lines[0].contains("not configured here"));
    assert!(desk.take().is_empty());
}

#[test]
fn a_rotation_goes_on_at_the_step_that_was_not_taken() {
    let rotation = journal::Rotation {
        context: "dev".to_owned(),
        origin: "http://localhost:8108".to_owned(),
        resource: "keys".to_owned(),
        noun: "API key".to_owned(),
        mode: journal::Mode::Replace,
        target: journal::Target {
            id: "1".to_owned(),
            name: "key 1".to_owned(),
        },
        ..journal::Rotation::default()
    };
    let step = |stage, id: Option<&str>| {
        Event::Step(journal::Step {
            stage,
            id: id.map(str::to_owned),
            message: None,
        })
    };
    let events = vec![
        step(Stage::Created, Some("9")),
        step(Stage::Delivered, None),
        step(Stage::Verified, None),
    ];
    let begun = Begun::Rotation(Box::new(rotation));
    let entries = vec![entry("0000000000003", begun, events)];
    let mut desk = with(entries.clone());
    assert_eq!(
        desk.notice(),
        "1 rotation waits (next: hand over to the new one): L shows what waits."
    );
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    desk.press("Enter");
    let one = &desk.model.rotations[0];
    assert_eq!((one.at, one.lives()), (Step::HandOver, "Both keys work."));
    assert_eq!(one.new.as_ref().unwrap().id.as_str(), "9");
    desk.press("Down Enter Tab Enter");
    let (_, change) = desk.write();
    assert_eq!(change.target.unwrap().id.as_str(), "1");
}

#[test]
fn a_secret_that_nobody_stored_is_offered_to_be_made_anew() {
    let made = journal::Outcome {
        state: journal::State::Done,
        id: Some("9".to_owned()),
        message: None,
        secret: true,
    };
    let entries = vec![entry(
        "0000000000001",
        intent(journal::Verb::Create),
        vec![Event::Outcome(made)],
    )];
    let mut desk = with(entries.clone());
    assert_eq!(desk.notice(), "1 key has no holder: L shows what waits.");
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    desk.press("Enter Down Enter");
    desk.confirm();
    let (_, change) = desk.write();
    assert_eq!(
        (change.verb, change.target.unwrap().id.as_str()),
        (Verb::Delete, "9")
    );
}

#[test]
fn the_form_of_a_key_whose_old_one_is_gone_starts_as_it_was_filled_in() {
    let rotation = journal::Rotation {
        context: "dev".to_owned(),
        origin: "https://api.chutes.ai".to_owned(),
        resource: "secrets".to_owned(),
        noun: "secret".to_owned(),
        mode: journal::Mode::Replace,
        order: journal::Order::DeleteFirst,
        target: journal::Target {
            id: "5b0c7d2e-0000-4000-8000-000000000009".to_owned(),
            name: "OLD_TOKEN".to_owned(),
        },
        changed: [("purpose", "\"chute-b\""), ("key", "\"OLD_TOKEN\"")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..journal::Rotation::default()
    };
    let revoked = Event::Step(journal::Step {
        stage: Stage::Revoked,
        id: None,
        message: None,
    });
    let begun = Begun::Rotation(Box::new(rotation));
    let entries = vec![entry("0000000000004", begun, vec![revoked])];
    let mut desk = Desk::new(vec![context("dev", "chutes")]);
    desk.model.contexts[0].address = "https://api.chutes.ai".to_owned();
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    desk.press("Enter Enter");
    let text = |key: &str| {
        let mut entries = form(&desk).entries.iter();
        match &entries.find(|entry| entry.key == key).unwrap().editor {
            Editor::Line(input) => input.value().to_owned(),
            other => panic!("no line but {other:?}"),
        }
    };
    assert_eq!((&*text("purpose"), &*text("key")), ("chute-b", "OLD_TOKEN"));
    let intro = form(&desk).intro.as_deref().unwrap();
    assert!(intro.contains("except for secrets"), "{intro}");
}
