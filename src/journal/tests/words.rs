//! What is written is what is read.

use proptest::{collection, option, prelude::*};

use super::*;

/// Any text, with what could end a line, a string or a sequence more often than chance has it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        collection::vec(
            prop::sample::select(vec![
                "\n",
                "\r",
                "\u{2028}",
                "\0",
                "\u{1b}[2J",
                "\"",
                "\\",
                "}",
                "é",
                "\u{202e}"
            ]),
            0..8
        )
        .prop_map(|parts| parts.concat()),
    ]
}

prop_compose! {
    fn intents()(
        words in collection::vec(text(), 7),
        verb in prop::sample::select(vec![Verb::Create, Verb::Update, Verb::Rotate, Verb::Delete]),
        target in option::of((text(), text())),
        parent in option::of((text(), text())),
        natural in collection::btree_map(text(), text(), 0..4),
        seen in collection::vec(text(), 0..4),
        (prefix, sink, secret) in (option::of(text()), option::of(text()), any::<bool>()),
    ) -> Intent {
        let mut words = words.into_iter();
        let mut word = || words.next().unwrap();
        Intent {
            context: word(),
            origin: word(),
            backend: word(),
            resource: word(),
            parent: parent.map(|(id, name)| Target { id, name }),
            noun: word(),
            verb,
            action: Some(word()),
            target: target.map(|(id, name)| Target { id, name }),
            name: Some(word()),
            natural,
            prefix,
            seen: Some(seen),
            secret,
            sink,
            rotation: None,
        }
    }
}

fn events() -> impl Strategy<Value = Event> {
    let ends = prop::sample::select(vec![
        State::Done,
        State::NotDone,
        State::Unknown,
        State::Unreadable,
    ]);
    let steps = prop::sample::select(vec![Stage::Chosen, Stage::HandedOver, Stage::Failed]);
    let maybe = || option::of(text());
    prop_oneof![
        (ends, maybe(), maybe(), any::<bool>()).prop_map(|(state, id, message, secret)| {
            Event::Outcome(Outcome {
                state,
                id,
                message,
                secret,
            })
        }),
        maybe().prop_map(|id| Event::Resolved(Found::Exists { id })),
        Just(Event::Resolved(Found::Absent)),
        Just(Event::Resolved(Found::Unclear)),
        text().prop_map(|to| Event::Delivered(Delivery { to })),
        text().prop_map(|how| Event::Acknowledged { how }),
        (steps, maybe(), maybe()).prop_map(|(stage, id, message)| Event::Step(Step {
            stage,
            id,
            message
        })),
        text().prop_map(|why| Event::Closed { why }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_are_read_back_as_they_were_written(
        intent in intents(),
        rotation in (text(), text(), collection::btree_map(text(), text(), 0..3)),
        events in collection::vec(events(), 0..5),
    ) {
        let kept = Kept::new();
        let (context, id, changed) = rotation;
        let target = Target { id, name: String::new() };
        let rotation = Rotation { context, target, changed, mode: Mode::Replace, ..Rotation::default() };
        let outer = kept.journal.begin_rotation(&rotation).unwrap();
        let intent = Intent { rotation: Some(outer), ..intent };
        let inner = kept.journal.begin(&intent).unwrap();
        for event in &events {
            kept.journal.note(inner, event).unwrap();
        }
        let entries = kept.journal.read().unwrap();
        prop_assert_eq!(entries.len(), 2);
        prop_assert_eq!(entries[0].rotation(), Some(&rotation));
        prop_assert_eq!(entries[1].intent(), Some(&intent));
        let read: Vec<Event> = entries[1].events.iter().map(|noted| noted.event.clone()).collect();
        prop_assert_eq!(read, events.clone());
        prop_assert_eq!(kept.text().lines().count(), 2 + events.len());
        prop_assert_eq!(kept.text().matches('\n').count(), 2 + events.len());
        prop_assert_eq!(kept.broken(), None);
    }

    #[test]
    fn a_line_never_holds_an_end_of_line(words in text()) {
        let id = EntryId::fresh(Timestamp::now()).unwrap();
        let line = line::write("", Timestamp::now(), (id, None), &words, &words).unwrap();
        prop_assert!(!line.contains(&b'\n'));
    }
}

#[test]
fn what_a_newer_version_writes_is_kept_by_its_name() {
    let kept = Kept::with(1);
    let id = kept.journal.read().unwrap()[0].id;
    let state = kept.folder();
    let newer = |event: &str, data: serde_json::Value| {
        file::append(&state, |before| {
            line::write(
                &crate::journal::chain::hash(before),
                Timestamp::now(),
                (id, None),
                event,
                &data,
            )
        })
        .unwrap();
    };
    newer("archived", serde_json::json!([1, 2]));
    newer("step", serde_json::json!({"step": "teleported"}));
    newer(
        "outcome",
        serde_json::json!({"outcome": "done", "colour": "red"}),
    );
    let entry = &kept.journal.read().unwrap()[0];
    let other = |name: &str| Event::Other {
        name: name.to_owned(),
    };
    let events: Vec<&Event> = entry.events.iter().map(|noted| &noted.event).collect();
    assert_eq!(
        events[1..],
        [&other("archived"), &other("step"), &ended(State::Done)]
    );
    assert_eq!(kept.broken(), None);
    assert_eq!(entry.open(), None);
}

#[test]
fn a_time_is_written_to_the_millisecond_in_utc() {
    let id = EntryId::fresh(Timestamp::now()).unwrap();
    let now = "2026-01-02T03:04:05.678912Z".parse().unwrap();
    let line = line::write("", now, (id, None), "closed", &"").unwrap();
    let text = String::from_utf8(line).unwrap();
    assert!(
        text.contains("\"at\":\"2026-01-02T03:04:05.678Z\""),
        "{text}"
    );
}

#[test]
fn a_long_journal_is_read_in_one_pass() {
    let kept = Kept::with(1);
    let line = kept.lines()[0].clone();
    let id = kept.journal.read().unwrap()[0].id.to_string();
    let mut text = String::new();
    for at in 0..100_000 {
        let other = EntryId::fresh(Timestamp::from_millisecond(1_800_000_000_000 + at).unwrap());
        text.push_str(&line.replace(&id, &other.unwrap().to_string()));
        text.push('\n');
    }
    kept.rewrite(&text);
    let entries = kept.journal.read().unwrap();
    assert_eq!(entries.len(), 100_000);
    assert_eq!(waiting(&entries).len(), 100_000);
}
