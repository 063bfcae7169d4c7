//! What lies between two snapshots, and what cannot be told from them.

use super::*;

fn key(id: &str, name: &str) -> Value {
    json!({ "context": "dev", "resource": "keys", "id": id, "name": name,
            "fields": { "name": name, "used": null } })
}

fn snapshot(state: &str, items: &[Value]) -> Snapshot {
    let text = json!({
        "snapshot": VERSION, "taken": "2026-11-20T14:03:20Z", "contexts": {},
        "lists": [{ "context": "dev", "resource": "keys", "state": state }],
        "items": items,
    });
    serde_json::from_str(&text.to_string()).unwrap()
}

/// Ids of the keys made, deleted and changed, and how many are left open.
fn between(old: &Snapshot, new: &Snapshot) -> (String, String, String, Vec<usize>) {
    let difference = compare(old, new).unwrap();
    let id = |head: &Head| head.id.clone().unwrap();
    (
        difference.created.iter().map(|it| id(&it.0)).collect(),
        difference.deleted.iter().map(|it| id(&it.0)).collect(),
        difference.changed.iter().map(|it| id(&it.0)).collect(),
        difference.unsure.values().map(|it| it.1).collect(),
    )
}

fn found(
    created: &str,
    deleted: &str,
    changed: &str,
    open: &[usize],
) -> (String, String, String, Vec<usize>) {
    (created.into(), deleted.into(), changed.into(), open.into())
}

#[test]
fn keys_are_told_apart_by_their_id_and_changes_by_the_field() {
    let old = snapshot("ok", &[key("1", "a"), key("2", "b"), key("3", "c")]);
    let new = snapshot("ok", &[key("4", "d"), key("3", "z"), key("1", "a")]);
    assert_eq!(between(&old, &new), found("4", "2", "3", &[]));
    let difference = compare(&old, &new).unwrap();
    let change = Change {
        field: "name".into(),
        old: "c".into(),
        new: "z".into(),
    };
    assert_eq!(difference.changed[0].2, [change]);
    assert_eq!(between(&new, &new), found("", "", "", &[]));
}

#[test]
fn what_a_list_that_is_not_whole_does_not_show_is_not_taken_for_a_deletion() {
    let whole = snapshot("ok", &[key("1", "a"), key("2", "b")]);
    for state in ["failed", "partial"] {
        let part = snapshot(state, &[key("1", "z")]);
        assert_eq!(between(&whole, &part), found("", "", "1", &[1]), "{state}");
        assert_eq!(between(&part, &whole), found("", "", "1", &[1]), "{state}");
    }
}

#[test]
fn a_list_that_one_snapshot_does_not_have_is_neither_made_nor_deleted() {
    let whole = snapshot("ok", &[key("1", "a")]);
    let mut without = snapshot("ok", &[]);
    without.lists.clear();
    assert_eq!(between(&whole, &without), found("", "", "", &[1]));
    assert_eq!(between(&without, &whole), found("", "", "", &[1]));
    let difference = compare(&whole, &without).unwrap();
    let why: Vec<&str> = difference.unsure.values().map(|it| it.0.as_str()).collect();
    assert_eq!(why, ["only the first snapshot has it"]);
}

#[test]
fn a_field_that_came_or_went_is_a_change_unless_it_says_nothing() {
    let with = |fields: Value| {
        let mut key = key("1", "a");
        key["fields"] = fields;
        snapshot("ok", &[key])
    };
    let of = |old: Value, new: Value| {
        let (old, new) = (with(old), with(new));
        let changed = compare(&old, &new).unwrap().changed;
        changed.into_iter().map(|it| it.2.len()).sum::<usize>()
    };
    assert_eq!(of(json!({}), json!({ "x": null })), 0);
    assert_eq!(of(json!({ "x": null }), json!({})), 0);
    assert_eq!(of(json!({}), json!({ "x": 1 })), 1);
    assert_eq!(of(json!({ "x": [1] }), json!({})), 1);
    assert_eq!(of(json!({ "x": [1, 2] }), json!({ "x": [2, 1] })), 1);
}

#[test]
fn text_of_a_snapshot_cannot_move_the_cursor() {
    let old = snapshot("ok", &[]);
    let new = snapshot("ok", &[key("1", "a\u{1b}[2Jb\u{202e}")]);
    let difference = compare(&old, &new).unwrap();
    for text in [
        plain(&difference),
        document(&old, &new, &difference).unwrap(),
    ] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}
