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
        run: None,
        held: None,
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

/// The journal is shown, and its first entry is entered.
fn entered(entry: Entry) -> Desk {
    let mut desk = with(vec![entry]);
    let entries = desk.model.journal.clone();
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    desk.press("Enter");
    desk
}

#[test]
fn what_was_told_of_an_end_is_told_again_and_an_end_that_never_came_alone_is_called_that() {
    let end = |state| {
        Event::Outcome(journal::Outcome {
            state,
            message: Some("the service answered 502".to_owned()),
            ..journal::Outcome::default()
        })
    };
    let reason = |events| {
        let create = intent(journal::Verb::Create);
        let desk = entered(entry("0000000000001", create, events));
        let doubt = doubt(&desk);
        (
            doubt.reason.clone(),
            doubt.unreadable,
            doubt.looking.is_some(),
        )
    };
    let told = "The service answered 502.".to_owned();
    assert_eq!(
        reason(vec![end(journal::State::Unknown)]),
        (told.clone(), false, true)
    );
    // Which key it made is looked for.
    assert_eq!(
        reason(vec![end(journal::State::Unreadable)]),
        (told, true, true)
    );
    let ended = "keyrack ended before the answer was here.".to_owned();
    assert_eq!(reason(Vec::new()), (ended, false, true));
}

#[test]
fn of_a_deletion_that_was_looked_for_the_log_says_that_the_key_is_gone() {
    let unknown = Event::Outcome(journal::Outcome::default());
    let seen = Event::Resolved(journal::Found::Exists { id: None });
    let delete = intent(journal::Verb::Delete);
    let desk = entered(entry("0000000000001", delete, vec![unknown, seen]));
    let lines = problem(&desk).lines.join("\n");
    assert!(lines.contains("looked for: it is gone"), "{lines}");
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

/// Brings the cursor to the first key.
fn select_first(desk: &mut Desk) {
    while desk.model.pane().target().unwrap().2.id.as_str() != "1" {
        desk.press("Down");
    }
}

/// A rotation of the first key, whose new key is made, stored and tried.
fn left_to_hand_over() -> Vec<Entry> {
    let rotation = of_key_1();
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
    let Begun::Intent(mut made) = intent(journal::Verb::Create) else {
        panic!("no intent")
    };
    made.rotation = Some("0000000000003".parse().unwrap());
    let outcome = journal::Outcome {
        state: journal::State::Done,
        id: Some("9".to_owned()),
        ..journal::Outcome::default()
    };
    vec![
        entry("0000000000003", begun, events),
        entry(
            "0000000000004",
            Begun::Intent(made),
            vec![Event::Outcome(outcome)],
        ),
    ]
}

#[test]
fn a_rotation_goes_on_at_the_step_that_was_not_taken() {
    let entries = left_to_hand_over();
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
    let new = one.new.as_ref().unwrap();
    assert_eq!((new.id.as_str(), &*new.name), ("9", "fresh"));
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
    desk.press("Enter");
    let promised = doubt(&desk)
        .choices
        .iter()
        .any(|(it, _)| it.note.contains("form"));
    assert!(!promised);
    desk.press("Down Enter");
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

/// A rotation of the key 1 that makes the new one first.
fn of_key_1() -> journal::Rotation {
    journal::Rotation {
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
    }
}

#[test]
fn a_rescued_secret_ends_what_the_journal_waits_for_and_its_rotation_goes_on() {
    let mut begun = intent(journal::Verb::Create);
    if let Begun::Intent(intent) = &mut begun {
        intent.rotation = Some("0000000000003".parse().unwrap());
    }
    let made = journal::Outcome {
        state: journal::State::Done,
        id: Some("9".to_owned()),
        message: None,
        secret: true,
    };
    let created = Event::Step(journal::Step {
        stage: Stage::Created,
        id: Some("9".to_owned()),
        message: None,
    });
    let alone = Event::Outcome(made.clone());
    let mut desk = with(vec![
        entry(
            "0000000000001",
            intent(journal::Verb::Create),
            vec![Event::Outcome(made)],
        ),
        entry(
            "0000000000003",
            Begun::Rotation(Box::new(of_key_1())),
            vec![created],
        ),
        entry("0000000000004", begun, vec![alone]),
    ]);
    assert!(desk.notice().contains("1 key has no holder"));
    let secret = || crate::secret::Secret::new("kept".to_owned().into());
    let ids = ["0000000000001", "0000000000004"].map(|id| id.parse().unwrap());
    let secrets = ids.map(|id| ("ci".to_owned(), Some(id), secret()));
    desk.send(Msg::Rescued(secrets.into()));
    assert!(!desk.notice().contains("no holder"), "{}", desk.notice());
    let ended = |desk: &mut Desk| {
        desk.press("v Enter");
        let mut effects = desk.take().into_iter();
        effects.find_map(|effect| match effect {
            Effect::Note {
                entry,
                event: Event::Acknowledged { .. },
            } => Some(entry),
            _ => None,
        })
    };
    assert_eq!(ended(&mut desk), Some(ids[0]));
    assert!(desk.model.rotations.is_empty());
    assert_eq!(ended(&mut desk), Some(ids[1]));
    let one = &desk.model.rotations[0];
    assert_eq!((one.at, one.secret.is_none()), (Step::Prove, true));
}

#[test]
fn r_takes_up_the_rotation_that_an_earlier_run_left() {
    let mut desk = with(left_to_hand_over());
    select_first(&mut desk);
    desk.press("r");
    let one = &desk.model.rotations[0];
    assert_eq!((one.at, one.lives()), (Step::HandOver, "Both keys work."));
}

#[test]
fn many_keys_are_rotated_without_one_whose_rotation_waits() {
    let mut desk = with(left_to_hand_over());
    desk.press("* r");
    let Some(Dialog::Bulk(bulk)) = desk.model.dialogs.last() else {
        panic!("no bulk")
    };
    let left: Vec<_> = bulk
        .rows
        .iter()
        .filter(|row| !row.plan.does.sends())
        .collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].plan.target.id.as_str(), "1");
    assert!(left[0].plan.reasons[0].contains("waits already"));
}

#[test]
fn what_another_keyrack_has_does_not_wait_and_cannot_be_taken_up() {
    let mut entries = left_to_hand_over();
    entries[0].held = Some(at(0));
    let mut desk = with(entries.clone());
    assert!(desk.model.waits.is_empty());
    assert_eq!(desk.notice(), "");
    desk.send(Msg::Journal {
        entries,
        show: true,
    });
    let Some(Dialog::Picker(picker)) = desk.model.dialogs.last() else {
        panic!("no list")
    };
    let shown = format!("{picker:?}");
    assert!(shown.contains("another keyrack has it"), "{shown}");
    desk.press("Enter");
    let why = "Another keyrack is at it (started 2026-11-18 11:06:40 UTC); end it there first.";
    assert_eq!(problem(&desk).lines[0], why);
    desk.press("Esc");
    select_first(&mut desk);
    desk.press("r");
    assert_eq!(problem(&desk).lines[0], why);
    assert!(desk.model.rotations.is_empty() && desk.writes().is_empty());
}
