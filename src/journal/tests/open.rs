//! What is left open, and what a rotation has to do next.

use super::*;

/// The intent's entry after these events.
fn entry(intent: Intent, events: Vec<Event>) -> Entry {
    let at = Timestamp::UNIX_EPOCH;
    let noted = |event| Noted { at, event };
    Entry {
        run: None,
        held: None,
        id: EntryId::fresh(at).unwrap(),
        at,
        begun: Begun::Intent(Box::new(intent)),
        events: events.into_iter().map(noted).collect(),
    }
}

fn secret(events: Vec<Event>) -> Option<Waiting> {
    let intent = Intent {
        secret: true,
        ..Intent::default()
    };
    entry(intent, events).open()
}

fn plain(events: Vec<Event>) -> Option<Waiting> {
    entry(Intent::default(), events).open()
}

fn came() -> Event {
    Event::Outcome(Outcome {
        state: State::Done,
        id: Some("k1".to_owned()),
        secret: true,
        message: None,
    })
}

fn exists() -> Event {
    Event::Resolved(Found::Exists {
        id: Some("k1".to_owned()),
    })
}

fn delivered() -> Event {
    Event::Delivered(Delivery {
        to: "file:/x".to_owned(),
    })
}

fn closed() -> Event {
    Event::Closed {
        why: "given up".to_owned(),
    }
}

#[test]
fn a_write_without_an_outcome_is_in_flight() {
    assert_eq!(plain(vec![]), Some(Waiting::InFlight));
    assert_eq!(plain(vec![ended(State::Done)]), None);
    assert_eq!(plain(vec![ended(State::NotDone)]), None);
    assert_eq!(plain(vec![closed()]), None);
}

#[test]
fn an_unknown_outcome_waits_until_the_list_has_told() {
    let unknown = || ended(State::Unknown);
    assert_eq!(plain(vec![unknown()]), Some(Waiting::Unknown));
    let unclear = Event::Resolved(Found::Unclear);
    assert_eq!(plain(vec![unknown(), unclear]), Some(Waiting::Unknown));
    let absent = Event::Resolved(Found::Absent);
    assert_eq!(plain(vec![unknown(), absent]), None);
    assert_eq!(plain(vec![unknown(), exists()]), None);
    // It was sent again.
    assert_eq!(plain(vec![unknown(), ended(State::Done)]), None);
    let again = entry(
        create("a"),
        vec![unknown(), ended(State::NotDone), closed()],
    );
    assert_eq!(again.outcome().map(|end| end.state), Some(State::NotDone));
}

#[test]
fn a_secret_that_came_waits_until_it_is_delivered_or_closed() {
    let id = || Some("k1".to_owned());
    assert_eq!(
        secret(vec![came()]),
        Some(Waiting::Undelivered { id: id() })
    );
    assert_eq!(secret(vec![came(), delivered()]), None);
    let how = "discarded".to_owned();
    assert_eq!(secret(vec![came(), Event::Acknowledged { how }]), None);
}

#[test]
fn a_key_that_is_there_without_its_secret_waits_for_somebody_to_mend_it() {
    let lost = || {
        Some(Waiting::SecretLost {
            id: Some("k1".to_owned()),
        })
    };
    assert_eq!(secret(vec![ended(State::Unknown), exists()]), lost());
    let unreadable = Event::Outcome(Outcome {
        state: State::Unreadable,
        id: Some("k1".to_owned()),
        ..Outcome::default()
    });
    assert_eq!(secret(vec![unreadable.clone()]), lost());
    assert_eq!(secret(vec![unreadable.clone(), closed()]), None);
    // A key whose value the operator holds lacks nothing.
    assert_eq!(plain(vec![unreadable]), None);
    // The value was chosen here and delivered all the same.
    assert_eq!(
        secret(vec![ended(State::Unknown), exists(), delivered()]),
        None
    );
}

#[test]
fn what_is_known_to_be_done_stays_done_where_the_list_does_not_tell() {
    let unclear = || Event::Resolved(Found::Unclear);
    let events = || vec![ended(State::Unreadable), unclear()];
    assert_eq!(secret(events()), Some(Waiting::SecretLost { id: None }));
    assert_eq!(plain(events()), None);
    // It was sent again, and of that nothing is known.
    let again = [events(), vec![ended(State::Unknown), unclear()]].concat();
    assert_eq!(secret(again), Some(Waiting::Unknown));
}

#[test]
fn what_a_list_says_is_meant_as_the_verb_means_it() {
    let seen = |verb, found: Found| {
        let intent = Intent {
            verb,
            ..Intent::default()
        };
        entry(intent, Vec::new()).seen(&found)
    };
    let so = || Found::Exists { id: None };
    assert_eq!(seen(Verb::Delete, so()), Seen::Gone);
    assert_eq!(seen(Verb::Delete, Found::Absent), Seen::Gone);
    assert_eq!(seen(Verb::Update, so()), Seen::AsWanted);
    assert_eq!(seen(Verb::Create, so()), Seen::There);
    assert_eq!(seen(Verb::Create, Found::Absent), Seen::Missing);
    assert_eq!(seen(Verb::Delete, Found::Unclear), Seen::Unclear);
}

/// The next step of a rotation after these.
fn next(mode: Mode, order: Order, keep_old: bool, stages: &[Stage]) -> Option<Next> {
    let mut entry = entry(
        Intent::default(),
        stages.iter().map(|stage| taken(*stage)).collect(),
    );
    entry.begun = Begun::Rotation(Box::new(Rotation {
        mode,
        order,
        keep_old,
        ..Rotation::default()
    }));
    match entry.open() {
        Some(Waiting::Rotation { next }) => Some(next),
        None => None,
        other => panic!("{other:?}"),
    }
}

fn taken(stage: Stage) -> Event {
    Event::Step(Step {
        stage,
        id: None,
        message: None,
    })
}

#[test]
fn a_rotation_says_its_next_step_after_each() {
    use Stage::{Chosen, Created, Dead, Delivered, HandedOver, Revoked, Unproven, Verified};
    let all = [
        Chosen, Created, Delivered, Verified, HandedOver, Revoked, Dead,
    ];
    let expected = [
        Some(Next::Create),
        Some(Next::Create),
        Some(Next::Deliver),
        Some(Next::Verify),
        Some(Next::HandOver),
        Some(Next::Revoke),
        Some(Next::CheckDead),
        None,
    ];
    for (taken, expected) in expected.into_iter().enumerate() {
        let found = next(Mode::Replace, Order::CreateFirst, false, &all[..taken]);
        assert_eq!(found, expected, "{taken}");
    }
    let first = |stages: &[Stage]| next(Mode::Replace, Order::DeleteFirst, false, stages);
    assert_eq!(first(&[Chosen]), Some(Next::Revoke));
    assert_eq!(first(&[Chosen, Revoked]), Some(Next::Create));
    // Its value is the operator's: there is nothing to deliver.
    assert_eq!(first(&[Chosen, Revoked, Created, Unproven]), None);
    let same = |stages: &[Stage]| next(Mode::Regenerate, Order::CreateFirst, false, stages);
    assert_eq!(same(&[Chosen]), Some(Next::Create));
    assert_eq!(same(&[Chosen, Created, Delivered, Verified]), None);
}

#[test]
fn a_rotation_that_keeps_the_old_key_ends_before_the_revoke() {
    use Stage::{Created, Delivered, Kept, Verified};
    let stages = [Created, Delivered, Verified];
    assert_eq!(next(Mode::Replace, Order::CreateFirst, true, &stages), None);
    let stages = [Created, Delivered, Verified, Kept];
    assert_eq!(
        next(Mode::Replace, Order::CreateFirst, false, &stages),
        None
    );
}

#[test]
fn a_failed_step_is_the_next_one_again() {
    use Stage::{Chosen, Created, Failed};
    let stages = [Chosen, Created, Failed];
    assert_eq!(
        next(Mode::Replace, Order::CreateFirst, false, &stages),
        Some(Next::Deliver)
    );
}

#[test]
fn a_write_of_a_waiting_rotation_is_told_once_as_what_to_settle_first() {
    let kept = Kept::new();
    let outer = kept.journal.begin_rotation(&Rotation::default()).unwrap();
    let step = Intent {
        rotation: Some(outer),
        secret: true,
        ..create("twin")
    };
    let write = kept.journal.begin(&step).unwrap();
    let told = |kept: &Kept| {
        let entries = kept.journal.read().unwrap();
        let waiting = waiting(&entries);
        waiting
            .into_iter()
            .map(|(entry, why)| (entry.id, why))
            .collect::<Vec<_>>()
    };
    let rotation = |next| Waiting::Rotation { next };
    assert_eq!(told(&kept), [(outer, rotation(Next::Settle(write)))]);
    kept.journal.note(write, &came()).unwrap();
    assert_eq!(told(&kept), [(outer, rotation(Next::Create))]);
    kept.journal.note(outer, &taken(Stage::Created)).unwrap();
    assert_eq!(told(&kept), [(outer, rotation(Next::Deliver))]);
    // A rotation that was given up leaves what its writes left.
    kept.journal.note(outer, &closed()).unwrap();
    let lost = Waiting::Undelivered {
        id: Some("k1".to_owned()),
    };
    assert_eq!(told(&kept), [(write, lost)]);
}

#[test]
fn an_entry_whose_first_line_is_lost_still_waits() {
    let kept = Kept::with(1);
    kept.journal.begin(&create("a")).unwrap();
    let lines = kept.lines();
    kept.rewrite(&format!("{}\n{}\n", lines[1], lines[2]));
    let entries = kept.journal.read().unwrap();
    assert_eq!(entries[0].begun, Begun::Lost);
    assert_eq!(
        (entries[0].open(), entries[1].open()),
        (None, Some(Waiting::InFlight))
    );
}

#[test]
fn the_key_is_the_one_told_last() {
    let target = Some(Target {
        id: "old".to_owned(),
        name: "n".to_owned(),
    });
    let intent = Intent {
        verb: Verb::Delete,
        target,
        ..Intent::default()
    };
    let entry = |events| entry(intent.clone(), events);
    assert_eq!(entry(vec![]).key(), Some("old"));
    assert_eq!(entry(vec![came(), delivered()]).key(), Some("k1"));
    assert_eq!(
        entry(vec![delivered()]).delivered().collect::<Vec<_>>(),
        ["file:/x"]
    );
}
