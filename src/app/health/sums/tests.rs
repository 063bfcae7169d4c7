//! Every key is counted once on each chart, in the place that its time has.

use std::sync::Arc;

use super::*;
use crate::{
    manifest::{self, Manifest},
    record::Value,
};

fn now() -> Moment {
    Moment::read("2026-11-20T14:03:20Z").unwrap()
}

fn days(days: i64) -> Value<'static> {
    Value::Time(Moment::from_micros(now().micros() + days * DAY))
}

fn manifest() -> Arc<Manifest> {
    manifest::load(manifest::builtin("runai").unwrap()).unwrap()
}

/// Rows of access keys with these values in the field of a role.
fn rows(role: Role, values: Vec<Value<'static>>) -> Rows {
    let manifest = manifest();
    let resource = manifest.resource("administration").unwrap();
    let at = resource.role(role).unwrap();
    let mut rows = Rows::new(Arc::clone(resource));
    for value in values {
        let mut row = vec![Value::Absent; at];
        row.push(value);
        rows.push(None, row);
    }
    rows
}

fn sums(rows: &Rows) -> Sums {
    Sums::of((Tab::Admin, 0), rows, (now(), &Policy::default()))
}

#[test]
fn ages_and_uses_stand_in_the_first_span_that_holds_them() {
    let ago = [0, -7, -8, -30, -365, -731];
    let made = sums(&rows(Role::Created, ago.map(days).into())).made;
    assert_eq!(made.within, [2, 2, 0, 0, 1, 0]);
    assert_eq!((made.older, made.unknown), (1, 0));
    let told = vec![days(-1), Value::Never, Value::Unrecorded, Value::Null];
    let used = sums(&rows(Role::LastUsed, told)).used;
    assert_eq!(used.within[0], 1);
    assert_eq!((used.never, used.unrecorded, used.unknown), (1, 1, 1));
}

#[test]
fn the_strip_of_uses_counts_weeks_back_from_now() {
    let ago = [1, 0, -6, -7, -363, -364];
    let heat = sums(&rows(Role::LastUsed, ago.map(days).into())).heat;
    let (context, weeks) = heat[0];
    assert_eq!((context, weeks[0], weeks[1], weeks[51]), (0, 3, 1, 1));
    assert_eq!(weeks.iter().sum::<usize>(), 5, "what is older is a bar");
}

#[test]
fn ends_stand_on_their_day_of_the_weeks_from_monday_on() {
    assert_eq!(monday(now()).rfc3339(), "2026-11-16T00:00:00Z");
    let mut ends = Ends::default();
    let at = |text| Seen::At(Moment::read(text).unwrap());
    for seen in [
        at("2026-11-20T14:03:20Z"),
        at("2026-11-20T14:03:21Z"),
        at("2026-11-22T23:59:59Z"),
        at("2026-11-23T00:00:00Z"),
        at("2027-02-07T23:59:59Z"),
        at("2027-02-08T00:00:00Z"),
        Seen::Never,
        Seen::Unknown,
    ] {
        ends.add(seen, now());
    }
    assert_eq!(
        (ends.over, ends.later, ends.never, ends.unknown),
        (1, 1, 1, 1)
    );
    assert_eq!(ends.days[0], [0, 0, 0, 0, 1, 0, 1]);
    assert_eq!((ends.days[1][0], ends.days[11][6]), (1, 1));
}

#[test]
fn several_lists_come_to_the_sum_of_each() {
    let people = ["ann", "ben", "ann"];
    let text = |name: &&'static str| Value::Text((*name).into());
    let one = rows(Role::Creator, people.iter().map(text).collect());
    let two = rows(Role::Creator, vec![text(&"ben"), Value::Null]);
    let place = |context| (Tab::Admin, context);
    let asked = || (now(), Policy::default());
    let of = |context, rows| {
        let (now, policy) = asked();
        Sums::of(place(context), rows, (now, &policy))
    };
    let all = Sums::all(&[of(1, &one), of(0, &two), of(1, &two)]);
    assert_eq!(all.keys, 7);
    let owner = |name: &str| Some(name.to_owned());
    assert_eq!(
        all.owners,
        [(owner("ben"), 3), (None, 2), (owner("ann"), 2)]
    );
    let contexts: Vec<_> = all.contexts.iter().map(|it| (it.0, it.1)).collect();
    assert_eq!(contexts, [(0, 2), (1, 5)]);
    let unknown = all.lines.iter().find(|it| it.rule == Rule::OwnerUnknown);
    assert_eq!(unknown.map(|it| it.keys), Some(2));
}
