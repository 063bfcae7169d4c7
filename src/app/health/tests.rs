//! Each rule finds what it is for and nothing else, and the filter of a rule keeps the same keys.

use std::sync::Arc;

use super::*;
use crate::{
    app::filter::{Facts, Filter, Names},
    manifest::{Manifest, Resource},
    record::{KeyId, Value},
};

const DAY: i64 = 86_400 * 1_000_000;
const NOW: i64 = 1_000 * DAY;

const MANIFEST: &str = r#"
    manifest = 1
    id = "svc"
    title = "Service"
    [[resource]]
    id = "keys"
    title = "Keys"
    noun = "key"
    pane = "api-keys"
    item_id = "/id"
    list = { call = "GET /keys" }
    field = [
      { key = "name", title = "Name", role = "name" },
      { key = "expires", title = "Expires", role = "expires", kind = "expiry" },
      { key = "used", title = "Used", role = "last-used", kind = "time" },
      { key = "created", title = "Created", role = "created", kind = "time" },
      { key = "admin", title = "Admin", role = "admin", kind = "bool" },
      { key = "actions", title = "Actions", kind = "list", broad = ["*"] },
      { key = "owner", title = "Owner", role = "owner" },
      { key = "creator", title = "Creator", role = "creator" },
    ]
    [[resource]]
    id = "secrets"
    title = "Secrets"
    noun = "secret"
    pane = "secrets"
    item_id = "/id"
    natural_key = ["purpose", "key"]
    list = { call = "GET /secrets" }
    field = [
      { key = "key", title = "Key", role = "name" },
      { key = "purpose", title = "Purpose" },
    ]
"#;

fn resource(id: &str) -> Arc<Resource> {
    let manifest: Manifest = toml::from_str(MANIFEST).unwrap();
    Arc::clone(manifest.resource(id).unwrap())
}

fn text(text: &'static str) -> Value<'static> {
    Value::Text(text.into())
}

fn at(days: i64) -> Value<'static> {
    Value::Time(moment(days))
}

fn moment(days: i64) -> Moment {
    Moment::from_micros(NOW + days * DAY)
}

fn now() -> Moment {
    moment(0)
}

/// A key as it should be.
fn good() -> Vec<Value<'static>> {
    vec![
        text("ci"),
        at(200),
        at(-1),
        at(-30),
        Value::Bool(false),
        Value::List(vec!["get".into()]),
        text("ann"),
        Value::Absent,
    ]
}

const NAME: usize = 0;
const EXPIRES: usize = 1;
const USED: usize = 2;
const CREATED: usize = 3;
const ADMIN: usize = 4;
const ACTIONS: usize = 5;
const OWNER: usize = 6;
const CREATOR: usize = 7;

/// The key with other values.
fn but(changes: &[(usize, Value<'static>)]) -> Vec<Value<'static>> {
    let mut values = good();
    for (place, value) in changes {
        values[*place] = value.clone();
    }
    values
}

fn rows(id: &str, all: Vec<Vec<Value<'static>>>) -> Rows {
    let resource = resource(id);
    let mut rows = Rows::new(Arc::clone(&resource));
    for (at, values) in all.into_iter().enumerate() {
        let id = KeyId::new(&at.to_string(), resource.id_kind()).unwrap();
        rows.push(Some(&id), values);
    }
    rows
}

fn found(rows: &Rows) -> Vec<Finding> {
    examine(rows, now(), &Policy::default(), |_| true)
}

/// The rules that find something in one key, with the time since when.
fn of_one(changes: &[(usize, Value<'static>)]) -> Vec<(Rule, Option<Moment>)> {
    let findings = found(&rows("keys", vec![but(changes)]));
    findings.iter().map(|it| (it.rule, it.since)).collect()
}

/// Rule and row of all findings.
fn pairs(rows: &Rows) -> Vec<(Rule, About)> {
    let findings = found(rows).into_iter();
    findings.map(|it| (it.rule, it.about)).collect()
}

#[test]
fn a_key_as_it_should_be_has_no_finding() {
    assert_eq!(of_one(&[]), []);
}

#[test]
fn a_key_has_ended_at_its_end_and_ends_soon_within_the_warning_time() {
    let end = |value| of_one(&[(EXPIRES, value)]);
    assert_eq!(end(at(0)), [(Rule::Expired, Some(now()))]);
    assert_eq!(end(at(-7)), [(Rule::Expired, Some(moment(-7)))]);
    assert_eq!(end(at(13)), [(Rule::ExpiresSoon, Some(moment(-1)))]);
    assert_eq!(end(at(14)), []);
    assert_eq!(end(Value::Null), [], "an end that is not told is none");
    assert_eq!(end(Value::Never), [(Rule::NeverExpires, Some(moment(-30)))]);
}

#[test]
fn never_used_is_kept_apart_from_not_recorded_and_counts_once_the_key_is_old() {
    let used = |value, created| of_one(&[(USED, value), (CREATED, created)]);
    assert_eq!(used(at(-91), at(-300)), [(Rule::Idle, Some(moment(-91)))]);
    assert_eq!(used(at(-90), at(-300)), []);
    let never = [(Rule::NeverUsed, Some(moment(-91)))];
    assert_eq!(used(Value::Never, at(-91)), never);
    assert_eq!(used(Value::Never, at(-90)), []);
    assert_eq!(used(Value::Never, Value::Null), [], "its age is not known");
    let unrecorded = [(Rule::UseNotRecorded, None)];
    assert_eq!(used(Value::Unrecorded, at(-300)), unrecorded);
    assert_eq!(used(Value::Null, at(-300)), []);
}

#[test]
fn what_is_not_recorded_is_said_once_of_a_list() {
    let without = |value: &Value<'static>| but(&[(USED, value.clone())]);
    let mixed = [Value::Unrecorded, at(-1), Value::Unrecorded];
    let mut all: Vec<_> = mixed.iter().map(without).collect();
    for (at, values) in all.iter_mut().enumerate() {
        values[NAME] = text(["a", "b", "c"][at]);
    }
    assert_eq!(
        pairs(&rows("keys", all)),
        [(Rule::UseNotRecorded, About::List(2))]
    );
    let bare = rows("secrets", vec![vec![text("A"), text("p")]]);
    assert_eq!(pairs(&bare), [(Rule::UseNotRecorded, About::List(1))]);
    assert_eq!(pairs(&rows("secrets", Vec::new())), []);
}

#[test]
fn a_key_is_too_old_from_the_day_after_its_greatest_age() {
    let made = |value| of_one(&[(CREATED, value)]);
    assert_eq!(made(at(-365)), []);
    assert_eq!(made(at(-366)), [(Rule::TooOld, Some(moment(-1)))]);
    assert_eq!(made(Value::Null), []);
}

#[test]
fn a_key_that_may_be_broad_is_no_finding_and_an_admin_key_stays_one() {
    let all = Value::List(vec!["*".into()]);
    let since = Some(moment(-30));
    assert_eq!(
        of_one(&[(ACTIONS, all.clone())]),
        [(Rule::OverBroad, since)]
    );
    let admin = [(ADMIN, Value::Bool(true)), (ACTIONS, all.clone())];
    assert_eq!(of_one(&admin), [(Rule::Admin, since)], "told once");
    let policy = Policy {
        allow_broad: vec!["root".to_owned(), "ci".to_owned()],
        ..Policy::default()
    };
    let levels = |changes: &[_]| {
        let findings = examine(&rows("keys", vec![but(changes)]), now(), &policy, |_| true);
        findings.iter().map(|it| it.level).collect::<Vec<_>>()
    };
    assert_eq!(levels(&[(ACTIONS, all)]), []);
    assert_eq!(levels(&admin), [Severity::Info]);
}

#[test]
fn an_owner_is_unknown_where_the_service_tells_of_owners_and_says_none() {
    let owner = |owner, creator| of_one(&[(OWNER, owner), (CREATOR, creator)]);
    let unknown = [(Rule::OwnerUnknown, None)];
    assert_eq!(owner(Value::Null, Value::Absent), unknown);
    assert_eq!(owner(text(" "), text("")), unknown);
    assert_eq!(owner(Value::Null, text("ben")), [], "its creator will do");
    let bare = rows("secrets", vec![vec![text("A"), text("p")]]);
    assert!(found(&bare).iter().all(|it| it.rule != Rule::OwnerUnknown));
}

#[test]
fn names_are_compared_within_a_list_as_the_eye_reads_them() {
    let named = |names: &[&'static str]| {
        let all = names.iter().map(|name| but(&[(NAME, text(name))]));
        pairs(&rows("keys", all.collect()))
    };
    let row = |rule, row| (rule, About::Row(row));
    assert_eq!(named(&["a", "b", ""]), []);
    assert_eq!(
        named(&["a", "b", "a"]),
        [row(Rule::DuplicateName, 0), row(Rule::DuplicateName, 2)]
    );
    let looks = Rule::LookAlikeName;
    assert_eq!(named(&["Prod", "prod"]), [row(looks, 0), row(looks, 1)]);
    // The first letter is Cyrillic: it is told once, with its twin and without.
    assert_eq!(named(&["рrod", "prod"]), [row(looks, 0), row(looks, 1)]);
    assert_eq!(named(&["рrod"]), [row(looks, 0)]);
    assert_eq!(
        named(&["x", "X", "x"]),
        [
            row(Rule::DuplicateName, 0),
            row(Rule::DuplicateName, 2),
            row(looks, 0),
            row(looks, 1),
            row(looks, 2)
        ]
    );
}

#[test]
fn keys_that_a_service_tells_apart_by_more_than_the_name_are_no_duplicates() {
    let of = |pairs: &[(&'static str, &'static str)]| {
        let all = pairs
            .iter()
            .map(|(key, purpose)| vec![text(key), text(purpose)]);
        let findings = found(&rows("secrets", all.collect()));
        let names = findings.iter().filter(|it| it.rule == Rule::DuplicateName);
        names.count()
    };
    assert_eq!(of(&[("HF_TOKEN", "a"), ("HF_TOKEN", "b")]), 0);
    assert_eq!(of(&[("HF_TOKEN", "a"), ("HF_TOKEN", "a")]), 2);
}

#[test]
fn only_the_kept_keys_are_told_but_their_names_are_compared_with_all() {
    let twins = ["a", "a", "b"].map(|name| but(&[(NAME, text(name)), (USED, Value::Unrecorded)]));
    let rows = rows("keys", twins.into());
    let findings = examine(&rows, now(), &Policy::default(), |row| row == 1);
    let about: Vec<_> = findings.iter().map(|it| (it.rule, it.about)).collect();
    let expected = [
        (Rule::DuplicateName, About::Row(1)),
        (Rule::UseNotRecorded, About::List(1)),
    ];
    assert_eq!(about, expected);
}

#[test]
fn a_row_that_cannot_be_read_has_no_finding() {
    let mut rows = Rows::new(resource("keys"));
    rows.push_bad(None, "no id");
    assert_eq!(pairs(&rows), []);
}

/// One key for each rule and some as they should be.
fn mixed() -> Rows {
    let all = Value::List(vec!["*".into()]);
    let mut made = vec![
        but(&[(EXPIRES, at(-3))]),
        but(&[(EXPIRES, at(3))]),
        but(&[(EXPIRES, Value::Never)]),
        but(&[(USED, at(-100)), (CREATED, at(-200))]),
        but(&[(USED, Value::Never), (CREATED, at(-200))]),
        but(&[(USED, Value::Never)]),
        but(&[(USED, Value::Unrecorded), (CREATED, at(-800))]),
        but(&[(ADMIN, Value::Bool(true))]),
        but(&[(ACTIONS, all.clone())]),
        but(&[(ACTIONS, all)]),
        but(&[(CREATED, Value::Null), (EXPIRES, Value::Null)]),
        good(),
    ];
    for (at, values) in made.iter_mut().enumerate() {
        values[NAME] = Value::Text(format!("key {at} \"a\\b\"").into());
    }
    rows("keys", made)
}

#[test]
fn the_filter_of_a_rule_keeps_the_keys_that_the_rule_finds() {
    let rows = mixed();
    let policy = Policy {
        allow_broad: vec!["key 9 \"a\\b\"".to_owned()],
        ..Policy::default()
    };
    let findings = examine(&rows, now(), &policy, |_| true);
    let facts = Facts {
        now: now(),
        context: "dev",
        backend: "svc",
        own: None,
    };
    for rule in Rule::ALL {
        let Some(text) = rule.filter(&policy) else {
            continue;
        };
        let filter = Filter::parse(&text, &Names::of([&**rows.resource()])).unwrap();
        let kept: Vec<usize> = filter.positions(&rows, 0, &facts).collect();
        let mine = || findings.iter().filter(|it| it.rule == rule);
        assert!(!kept.is_empty(), "{text} keeps nothing");
        assert_eq!(
            kept.len(),
            mine().map(Finding::keys).sum::<usize>(),
            "{text}"
        );
        let places = mine().filter_map(|it| match it.about {
            About::Row(row) => Some(row),
            About::List(_) => None,
        });
        let places: Vec<usize> = places.collect();
        assert!(places.is_empty() || places == kept, "{text}");
    }
}

#[test]
fn a_time_that_filters_cannot_say_has_no_filter() {
    let policy = |idle| Policy {
        idle,
        ..Policy::default()
    };
    let filter = |idle| Rule::Idle.filter(&policy(idle));
    assert_eq!(filter(90 * DAY).as_deref(), Some("used>90d"));
    assert_eq!(filter(36 * DAY / 24).as_deref(), Some("used>36h"));
    assert_eq!(filter(250_000), None);
}

#[test]
fn a_rule_has_a_name_of_its_own_and_the_worst_come_first() {
    let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
    assert!(Rule::ALL.is_sorted());
    let levels = Rule::ALL.map(Rule::level);
    assert!(levels.is_sorted_by(|one, next| one >= next), "{levels:?}");
}
